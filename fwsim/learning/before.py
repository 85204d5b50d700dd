"""What a scenario believes before anything is seen, in the form that the fits take.

A number that a scenario states without doubt was somebody's best guess, else nobody would want to
learn it: it gets the doubt that is assumed where nothing is said (`scenario.default_beliefs`),
around what is stated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from fwsim.learning.answers import AnswerBelief
from fwsim.learning.durations import TimeBelief
from fwsim.learning.shares import beta_of
from fwsim.quantities.beliefs import Z95, Belief, Between, SharesAbout, SharesSeen
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.elementary import Floats, summed
from fwsim.quantities.laws import Law, Lognormal
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.belief_values import Quantity
from fwsim.scenario.default_beliefs import ANSWER_TIME, ANSWERS, LINE_FACTOR, PERSISTENCE
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.sections import BUTTONS, AnswerSection, PeopleSection

SPREAD_UNSURE = 0.5
"""Standard deviation of the logarithm of a law's spread: within a factor of 2.3, 90 % sure [A]."""
NUMBER_UNSURE = 1.0
"""The same of a number that is stated without doubt [A]."""
_LEAST_SPREAD = 0.02
_HALF = 0.5
_GRID = (np.arange(999) + 0.5) / 999
"""Chances at which a belief is looked at."""
_FEW = (np.arange(99) + 0.5) / 99


def answer_belief(people: PeopleSection) -> AnswerBelief:
    """Return what is believed of the answers of a kind of people."""
    after: Law = people.answer.after
    unsure = _log_spread(ANSWER_TIME)
    law = law_belief(after, 1000.0, unsure)
    stated = belief_of(people.persistence)
    return AnswerBelief(
        _alphas(people.answer),
        law.median,
        law.median_spread,
        law.spread,
        law.spread_spread,
        beta_of(PERSISTENCE if stated is None else stated),
    )


def _alphas(answer: AnswerSection) -> Floats:
    """Return the Dirichlet parameters of now, defer, cancel and nothing."""
    beliefs = [belief_of(getattr(answer, button)) for button in BUTTONS]
    shares = np.array([float(share) for share in answer.shares()])
    shares = np.append(shares, max(0.0, 1.0 - shares.sum()))
    joint = next((b for b in beliefs if isinstance(b, (SharesAbout, SharesSeen))), None)
    if joint is not None:
        parts = [getattr(getattr(answer, button), "part", None) for button in BUTTONS]
        all_of_them = _joint(joint)
        mine = [all_of_them[part] if part is not None else 0.0 for part in parts]
        return np.maximum([*mine, all_of_them.sum() - summed(mine)], _HALF / 10)
    single = [beta_of(belief) for belief in beliefs if belief is not None]
    worth = float(np.mean([a + b for a, b in single])) if single else ANSWERS.worth
    # What is stated as nobody's habit may still be somebody's: half an observation.
    return np.maximum(shares * worth, _HALF)


def _joint(belief: SharesAbout | SharesSeen) -> Floats:
    if isinstance(belief, SharesAbout):
        return np.array(belief.shares) * belief.worth
    return np.array(belief.counts) + _HALF


def _log_spread(belief: Belief) -> float:
    """Return the standard deviation of the logarithm of what is believed."""
    if isinstance(belief, Between):
        return float(np.log(belief.high / belief.low) / (2 * Z95))
    return float(np.log(belief.quantile(_GRID[:, None])[:, 0]).std())


def law_belief(law: Law, unit: float = 1.0, unsure: float | None = None) -> TimeBelief:
    """Return what is believed of a law of times.

    Parameters
    ----------
    law
        As the scenario states it.
    unit
        How many of the law's units make one of the belief's.
    unsure
        Standard deviation of the logarithm of its median, where the law states none.
    """
    median, high = np.maximum(law.quantile(np.array([0.5, 0.95])), 1e-9).tolist()
    stated = [belief_of(getattr(law, name, None)) for name in ("median", "value", "mean")]
    belief = next((one for one in stated if one is not None), None)
    own = _log_spread(belief) if belief is not None else unsure
    spread = max(float(np.log(max(high, median) / median)) / Z95, _LEAST_SPREAD)
    width = NUMBER_UNSURE if own is None else own
    return TimeBelief(float(median) / unit, width, spread, _spread_unsure(law))


def _spread_unsure(law: Law) -> float:
    """Return how unsure a law's spread is, on the logarithm."""
    if not isinstance(law, Lognormal):
        return SPREAD_UNSURE
    high = belief_of(law.p95)
    if high is None:
        return SPREAD_UNSURE
    middle = belief_of(law.median)
    ends = np.log(high.quantile(_FEW[:, None])[:, 0])
    medians = np.array([law.median]) if middle is None else middle.quantile(_FEW[:, None])[:, 0]
    starts = np.log(medians)
    spreads = np.subtract.outer(ends, starts).ravel() / Z95
    return max(float(np.log(np.maximum(spreads, _LEAST_SPREAD)).std()), _LEAST_SPREAD)


def assumption_unsure(name: str, quantity: Quantity) -> float | None:
    """Return how unsure an assumption is where a scenario says nothing, on the logarithm."""
    from fwsim.scenario.belief_values import read_belief

    extra: Any = Assumptions.model_fields[name].json_schema_extra
    written = extra.get("belief") if isinstance(extra, dict) else None
    return None if written is None else _log_spread(read_belief(written, quantity))


def number_belief(value: float, unsure: float | None) -> tuple[float, float]:
    """Return middle and standard deviation, on the logarithm, of what is believed of a number."""
    belief = belief_of(value)
    if belief is not None:
        logs = np.log(np.maximum(belief.quantile(_GRID[:, None])[:, 0], 1e-12))
        return float(logs.mean()), float(logs.std())
    return float(np.log(value)), NUMBER_UNSURE if unsure is None else unsure


def line_belief(line: LineSection) -> tuple[float, float]:
    """Return middle and standard deviation, on the logarithm, of a line's factor."""
    if "line_factor" in line.model_fields_set:
        stated = belief_of(line.line_factor)
        if stated is not None:
            return number_belief(line.line_factor, None)
        return float(np.log(line.line_factor)), _log_spread(LINE_FACTOR)
    middle = np.log([LINE_FACTOR.low, LINE_FACTOR.high]).mean()
    return float(middle), _log_spread(LINE_FACTOR)


def stated_share(section: Any, name: str) -> Belief | None:
    """Return what a section believes of a share; None where it is not in doubt."""
    return belief_of(getattr(section, name))
