"""What logs tell of devices: restart, checks, installation rate and spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fwsim.learning.before import assumption_unsure, law_belief, number_belief
from fwsim.learning.durations import LawFit, Spans, TimeBelief, fit_law, most_are_vague
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.journeys import Ints, Journeys
from fwsim.learning.learnt import Fit, Input, Kept
from fwsim.learning.pooling import Pooled, levelled, pooled
from fwsim.learning.sizes import Sizes, written_at
from fwsim.learning.took import (
    Took,
    image_checks,
    installations,
    package_checks,
    starts,
)
from fwsim.learning.took import restarts as restarts_in
from fwsim.learning.writing import (
    Asked,
    digits,
    law_columns,
    law_value,
    not_measured,
    ranged,
    rate_or_time,
    with_rollouts,
)
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import ENOUGH_ROLLOUTS
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Law
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.belief_values import DURATION, RATE
from fwsim.scenario.law_values import FACTOR
from fwsim.scenario.numbers import VARY

FEWEST = 3
"""Times from which anything is learnt."""
_SURE = 0.002
"""A number known to this share of itself is written as known."""


def device_inputs(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return what logs tell of how long devices take."""
    return [
        law_input(
            "restart_time", restarts_in(journeys, rollout), "restart", journeys, rollout, asked
        ),
        number_input(
            "package_check_time",
            package_checks(journeys),
            "package check",
            journeys,
            rollout,
            asked,
        ),
        number_input(
            "idf_fetch_time", image_checks(journeys), "image check", journeys, rollout, asked
        ),
        *_installation(journeys, rollout, asked),
        *_starts(journeys, rollout, asked),
    ]


def _starts(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return what those tell who were woken: of others no log says when they were switched on."""
    found = starts(journeys, rollout)
    if not len(found):
        return [Input(place=("assumptions", "boot_time"), noun="start", kept=Kept.START_NOT_TOLD)]
    return [law_input("boot_time", found, "start", journeys, rollout, asked)]


def few_of(journeys: Journeys) -> Kept:
    """Return why there are too few times."""
    return Kept.ONLY_LOOKED_AT if journeys.is_look.any() else Kept.TOO_FEW


def _by_rollout(journeys: Journeys, found: Took) -> list[Spans]:
    """Return the times of each rollout that tells enough."""
    log = journeys.rollout[found.line]
    parts = [found.where(log == number) for number in range(journeys.rollouts)]
    return [part.spans for part in parts if part.spans.whole.sum() >= FEWEST]


def law_input(
    name: str, found: Took, noun: str, journeys: Journeys, rollout: Rollout, asked: Asked
) -> Input:
    """Return a law of times, milliseconds."""
    place = ("assumptions", name)
    whole = int(found.spans.whole.sum())
    if whole < FEWEST:
        return Input(place=place, noun=noun, observations=whole, kept=few_of(journeys))
    law: Law = getattr(rollout.assumptions, name)
    is_stated = name in rollout.assumptions.model_fields_set
    unsure = None if is_stated else assumption_unsure(name, FACTOR)
    belief = law_belief(law, 1.0, unsure)
    log = journeys.rollout[found.line]
    spans = levelled(found.spans, log, np.zeros_like(log), asked.between)
    fit = fit_law(spans, belief, rows=asked.rows, seed=asked.seed, families=asked.families)
    parts = _by_rollout(journeys, found)
    rollouts = max(1, len(parts))
    draws = fit.posterior.draws
    if len(parts) >= ENOUGH_ROLLOUTS:
        draws = _over_rollouts(parts, belief, fit, asked, place)
    median, spread = np.exp(draws).T
    step = np.exp(asked.steps(place, rollouts)[:, 0])
    told = Fit(fit.family.name, fit.goodness, fit.criteria, bool(fit.sample))
    if fit.sample:
        sample = [rate_or_time(DURATION, max(1.0, value)) for value in fit.sample]
        value: dict[str, object] = {"sample": sample, "resampled": True}
        value |= with_rollouts(rollouts)
    else:
        value = law_value(fit.family, median, spread, DURATION, rollouts)
    return Input(
        place=place,
        value=value,
        noun=noun,
        observations=len(found),
        rollouts=rollouts,
        fit=told,
        columns={} if fit.sample else law_columns(place, fit.family, median * step, spread),
    )


def _over_rollouts(
    parts: list[Spans], belief: TimeBelief, fit: LawFit, asked: Asked, place: tuple[str, ...]
) -> Floats:
    """Return draws of a rollout to come: the median by Student's law, the spread as it was."""
    from fwsim.learning.shares import next_rollout

    tops = [
        fit_law(part, belief, rows=2, families=(fit.family,)).posterior.top.place for part in parts
    ]
    draws = fit.posterior.draws.copy()
    law = next_rollout(np.array([top[0] for top in tops]))
    draws[:, 0] = law.draws(asked.rows, asked.luck((*place, "next")))
    return draws


def number_input(
    name: str, found: Took, noun: str, journeys: Journeys, rollout: Rollout, asked: Asked
) -> Input:
    """Return a time that is one number for all devices, milliseconds."""
    place = ("assumptions", name)
    whole = found.where(found.spans.whole)
    if len(whole) < FEWEST:
        return Input(place=place, noun=noun, observations=len(whole), kept=few_of(journeys))
    stated = getattr(rollout.assumptions, name)
    is_stated = name in rollout.assumptions.model_fields_set
    unsure = None if is_stated else assumption_unsure(name, DURATION)
    seen = _in_common(whole.spans)
    if seen is None:
        return Input(place=place, noun=noun, observations=len(whole), kept=Kept.TOO_COARSE)
    believed = met(number_belief(stated, unsure), seen)
    return one_number(place, noun, believed, journeys.rollout[whole.line], asked)


def _in_common(spans: Spans) -> tuple[float, float] | None:
    """Return middle and standard error of the logarithm of one number; None if none is told.

    Where one number agrees with all that was seen, it lies where all of that agrees: what a clock's
    step hides of each it may hide of all alike, and many tell no more of it than one.
    """
    low, high = float(spans.low.max()), float(spans.high.min())
    if low < high:
        middle = (low + high) / 2
        blur = (high - low) / middle
        return None if blur > 1.0 else (float(np.log(middle)), blur / np.sqrt(12.0))
    told = spans.where(~spans.vague)
    if most_are_vague(spans) or len(told) < FEWEST:
        return None
    logs = np.log(np.maximum(told.middles, 1.0))
    blurs = (told.high - told.low) / np.maximum(told.middles, 1.0)
    error = float(np.sqrt((logs.var(ddof=1) + (blurs**2).mean() / 12) / len(logs)))
    return float(logs.mean()), error


def one_number(
    place: tuple[str, ...], noun: str, believed: tuple[float, float], seen_in: Ints, asked: Asked
) -> Input:
    """Return a time that is one number for all devices.

    Parameters
    ----------
    place, noun
        Its keys, and what was counted.
    believed
        Middle and standard deviation of its logarithm, milliseconds.
    seen_in
        Which rollout each time it comes from is of.
    asked
        How many draws.
    """
    middle, error = believed
    rollouts = len(np.unique(seen_in))
    found = Input(place=place, noun=noun, observations=len(seen_in), rollouts=rollouts)
    if error < _SURE:
        return replace(found, value=rate_or_time(DURATION, float(np.exp(middle))))
    draws = np.exp(middle + error * asked.luck(place).standard_normal(asked.rows))
    told = not_measured(rollouts)
    next_ones = draws
    if place[-1] in VARY[Assumptions]:
        next_ones = draws * np.exp(asked.steps(place, told)[:, 0])
    cells = tuple(rate_or_time(DURATION, max(1.0, draw)) for draw in next_ones.tolist())
    value = ranged(draws, DURATION, told)
    return replace(found, value=value, columns={".".join(place): cells})


def met(before: tuple[float, float], seen: tuple[float, float]) -> tuple[float, float]:
    """Return where two normal laws meet: by their precisions."""
    (one, wide), (other, narrow) = before, seen
    narrow = max(narrow, 1e-6)
    weight = wide**2 / (wide**2 + narrow**2)
    return one + weight * (other - one), float(np.sqrt(weight) * narrow)


def _installation(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return installation rate and a device's own factor, pooled over models."""
    rate, spread = ("assumptions", "install_rate"), ("assumptions", "install_spread")
    noun = "installation"
    found, sizes = _with_sizes(journeys, rollout)
    if int(found.spans.whole.sum()) < FEWEST:
        kept = few_of(journeys)
        return [Input(place=place, noun=noun, kept=kept) for place in (rate, spread)]
    if most_are_vague(found.spans) or (found.spans.whole & ~found.spans.vague).sum() < FEWEST:
        kept, count = Kept.TOO_COARSE, len(found)
        places = (rate, spread)
        return [Input(place=at, noun=noun, observations=count, kept=kept) for at in places]
    usual = float(rollout.assumptions.install_rate)
    factors = found.spans.divided(sizes / usual * 1000)
    column = rollout.fleet.attributes.get("Device type")
    names = ("",) if column is None else column.values
    models = np.maximum(journeys.attribute(column, journeys.device[found.line]), 0)
    factors = levelled(factors, journeys.rollout[found.line], models, asked.between)
    pool = pooled(factors, models, names)
    before, unsure = number_belief(rollout.assumptions.install_rate, None)
    middle, error = met((before, unsure), (np.log(usual) - pool.centre, pool.centre_error))
    drawn = np.exp(middle + error * asked.luck(rate).standard_normal(asked.rows))
    rollouts = len(_by_rollout(journeys, found)) or 1
    step = np.exp(asked.steps(rate, not_measured(rollouts))[:, 0])
    rate_input = Input(
        place=rate,
        value=ranged(drawn, RATE, not_measured(rollouts)),
        noun=noun,
        observations=len(found),
        rollouts=rollouts,
        columns={".".join(rate): tuple(rate_or_time(RATE, d) for d in drawn * step)},
        by={name: usual / float(np.exp(mean)) for name, mean in pool.means.items()},
    )
    return [rate_input, _spread(spread, factors, pool, rate_input, asked)]


def _spread(
    place: tuple[str, ...], factors: Spans, pool: Pooled, rate: Input, asked: Asked
) -> Input:
    """Return a device's own factor on the installation time: within a model, and between."""
    whole = fit_law(factors, rows=2, families=(LOGNORMAL,))
    width = float(np.hypot(pool.within, pool.between))
    luck = asked.luck(place).standard_normal(asked.rows)
    widths = width * np.exp(luck / np.sqrt(2.0 * len(factors)))
    p95 = np.maximum(LOGNORMAL.quantile(np.array([0.95]), 1.0)[0] ** widths, 1.0001)
    return replace(
        rate,
        place=place,
        value={"lognormal": {"median": 1.0, "p95": ranged(p95, FACTOR)}},
        fit=Fit(LOGNORMAL.name, whole.goodness, whole.criteria),
        columns={f"{'.'.join(place)}.p95": tuple(digits(one) for one in p95.tolist())},
        by={},
    )


def _with_sizes(journeys: Journeys, rollout: Rollout) -> tuple[Took, Floats]:
    """Return installations whose size is known, without the time to format, and their bytes."""
    found, known = installations(journeys), Sizes.of_journeys(rollout, journeys)
    line = found.line
    sizes = written_at(journeys, line, known)
    runs = {run: known.formats(int(run)) for run in np.unique(journeys.run[line]).tolist()}
    formats = np.array([runs[int(run)] for run in journeys.run[line]], bool)
    extra = np.where(formats, float(rollout.assumptions.format_time), 0.0)
    spans = found.spans
    shorter = Spans(
        np.maximum(spans.low - extra, 0.0),
        np.maximum(spans.high - extra, 0.0),
        spans.after,
        np.maximum(spans.before - extra, 0.0),
    )
    kept = (sizes > 0) & (shorter.high > 0)
    return Took(shorter, line).where(kept), sizes[kept]
