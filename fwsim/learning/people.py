"""What logs tell of people: their answers, how soon, how alike, and the delays they pick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fwsim.commands.notice import Instead
from fwsim.learning.answers import AnswerFit, DrawnAnswers, fit_answers
from fwsim.learning.asked import notices_in
from fwsim.learning.before import answer_belief
from fwsim.learning.counted import delays_picked
from fwsim.learning.families import Family
from fwsim.learning.journeys import Journeys
from fwsim.learning.learnt import Fit, Input, Kept
from fwsim.learning.notices import Notices
from fwsim.learning.shares import FURTHEST, beta_by_moments
from fwsim.learning.writing import (
    Asked,
    digits,
    law_columns,
    law_value,
    moved,
    share_cells,
    share_text,
    with_rollouts,
)
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import What
from fwsim.quantities.beliefs import ENOUGH_ROLLOUTS, Scale
from fwsim.quantities.elementary import Floats
from fwsim.quantities.small_matrices import product
from fwsim.quantities.units import write_duration
from fwsim.scenario.belief_values import DURATION, MOST_WORTH
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.sections import BUTTONS, PeopleSection

_NOTICE = "notice"
_LEAST_WORTH = 1.0


def people_inputs(journeys: Journeys, rollout: Rollout, asked: Asked) -> list[Input]:
    """Return what logs tell of every kind of people that the fleet has."""
    by_kind: dict[str, dict[int, Notices]] = {}
    for (kind, log), notices in notices_in(journeys, rollout).items():
        by_kind.setdefault(kind, {})[log] = notices
    asks = journeys.of(What.ASKED) & journeys.is_look
    none = Kept.ONLY_LOOKED_AT if asks.any() else Kept.NO_NOTICE
    people = rollout.scenario.people
    kinds = dict.fromkeys(
        name if name in people else DEFAULT for name in rollout.fleet.people.values
    )
    picks = delays_picked(journeys, rollout)
    found = []
    for kind in kinds:
        section = people.get(kind, PeopleSection())
        found += _of_kind(kind, section, by_kind.get(kind, {}), rollout, asked, none)
        found.append(_picks(kind, picks.get(kind, {}), len(by_kind.get(kind, {}))))
    return found


def check_in_inputs(rollout: Rollout) -> list[Input]:
    """Return what logs tell of check-ins: nothing, for who finds nothing leaves no line."""
    return [
        Input(place=("assignments", str(number), "check_in"), noun=_NOTICE, kept=Kept.NO_CHECK_IN)
        for number in range(len(rollout.scenario.assignments))
    ]


def _of_kind(
    kind: str,
    section: PeopleSection,
    logs: Mapping[int, Notices],
    rollout: Rollout,
    asked: Asked,
    none: Kept,
) -> list[Input]:
    places = [("people", kind, name) for name in ("answer", "persistence")]
    after = ("people", kind, "answer", "after")
    if not logs:
        return [Input(place=place, noun=_NOTICE, kept=none) for place in (*places, after)]
    instead = Instead[rollout.assumptions.missing_button.name]
    belief = answer_belief(section)

    def fitted(notices: Notices, rows: int, families: tuple[Family, ...]) -> AnswerFit:
        return fit_answers(notices, belief, instead, rows=rows, seed=asked.seed, families=families)

    together = _joined(list(logs.values()))
    fit, rollouts = fitted(together, asked.rows, asked.families), len(logs)
    drawn = fit.drawn()
    if rollouts >= ENOUGH_ROLLOUTS:
        tops = [fitted(log, 2, (fit.family,)).posterior.top.place for log in logs.values()]
        drawn = DrawnAnswers.of(_over_rollouts(np.array(tops), asked, places[0]))
    return [
        _shares(places[0], together, drawn, rollouts, asked),
        _after(after, together, fit, drawn, rollouts, asked),
        _persistence(places[1], together, drawn, rollouts, asked),
    ]


def _joined(logs: list[Notices]) -> Notices:
    first, *others = logs
    for other in others:
        first = first.followed_by(other)
    return first


def _over_rollouts(each: Floats, asked: Asked, place: tuple[str, ...]) -> Floats:
    """Return draws of a rollout to come from those seen: Student's law over rollouts (A2.2).

    Parameters
    ----------
    each
        Numbers on open scales; shape (rollouts, numbers).
    asked
        How many draws.
    place
        Names their chances.
    """
    from scipy.special import chdtri

    luck, count = asked.luck(place), len(each)
    centre = each.mean(axis=0)
    away = (each - centre) / np.sqrt(count - 1)
    few = np.maximum(
        luck.chisquare(count - 1, (asked.rows, 1)), chdtri(count - 1, 2 * FURTHEST - 1)
    )
    stretch = np.sqrt((1 + 1 / count) * (count - 1) / few)
    return np.asarray(centre + stretch * product(luck.standard_normal((asked.rows, count)), away))


def _shares(
    place: tuple[str, ...], notices: Notices, drawn: DrawnAnswers, rollouts: int, asked: Asked
) -> Input:
    means, variances = drawn.shares.mean(axis=0), drawn.shares.var(axis=0)
    worth = float((means * (1 - means)).sum() / max(float(variances.sum()), 1e-12)) - 1
    value: dict[str, Any] = {
        "about": {
            button: share_text(float(mean)) for button, mean in zip(BUTTONS, means, strict=False)
        },
        "worth": digits(min(max(worth, _LEAST_WORTH), MOST_WORTH), 4),
    }
    steps = asked.steps(place, rollouts, drawn.shares.shape[1]) / np.sqrt(2.0)
    shares = drawn.shares * np.exp(steps)
    shares /= shares.sum(axis=1, keepdims=True)
    name = ".".join(place)
    columns = {
        f"{name}.{button}": share_cells(shares[:, part]) for part, button in enumerate(BUTTONS)
    }
    return Input(
        place=place,
        value=value | with_rollouts(rollouts),
        noun=_NOTICE,
        observations=len(notices),
        rollouts=rollouts,
        columns=columns,
    )


def _after(
    place: tuple[str, ...],
    notices: Notices,
    fit: AnswerFit,
    drawn: DrawnAnswers,
    rollouts: int,
    asked: Asked,
) -> Input:
    clicks = int(notices.clicks.sum())  # silence tells, too: of those who are slower than that
    median = drawn.median * 1000
    step = np.exp(asked.steps(place, rollouts)[:, 0])
    return Input(
        place=place,
        value=law_value(fit.family, median, drawn.spread, DURATION, rollouts),
        noun="click" if clicks else "silent notice",
        observations=clicks or len(notices),
        rollouts=rollouts,
        fit=Fit(fit.family.name, fit.goodness, fit.criteria),
        columns=law_columns(place, fit.family, median * step, drawn.spread),
    )


def _persistence(
    place: tuple[str, ...], notices: Notices, drawn: DrawnAnswers, rollouts: int, asked: Asked
) -> Input:
    _, counts = np.unique(notices.person, return_counts=True)
    several = int((counts > 1).sum())
    if not several:
        return Input(place=place, noun="device", kept=Kept.ASKED_ONCE)
    a, b = beta_by_moments(drawn.persistence)
    step = asked.steps(place, rollouts)[:, 0]
    value = {"about": share_text(a / (a + b)), "worth": digits(max(a + b, 0.01), 4)}
    return Input(
        place=place,
        value=value | with_rollouts(rollouts),
        noun="repeatedly asked device",
        observations=several,
        rollouts=rollouts,
        columns={".".join(place): share_cells(moved(drawn.persistence, step, Scale.LOGIT))},
    )


def _picks(kind: str, picks: Mapping[int, int], rollouts: int) -> Input:
    """Return how often each delay is picked."""
    place = ("people", kind, "answer", "picks")
    if len(picks) < 2:
        return Input(place=place, noun="deferment", kept=Kept.NO_CHOICE)
    return Input(
        place=place,
        value={"seen": {write_duration(delay): count for delay, count in picks.items()}},
        noun="deferment",
        observations=sum(picks.values()),
        rollouts=max(1, rollouts),
    )
