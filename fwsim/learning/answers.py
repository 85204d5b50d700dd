"""What users click, how soon, and how alike each answers: fitted together from cut notices.

The posterior is a belief times `fwsim.learning.answer_likelihood`, on open scales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.commands.notice import Instead
from fwsim.learning.answer_likelihood import KINDS, SMALLEST, Likelihood, Unpacked
from fwsim.learning.families import FAMILIES, Family, chosen
from fwsim.learning.goodness import Goodness, goodness_of
from fwsim.learning.notices import Notices
from fwsim.learning.posterior import Posterior, Top, posterior_of, top_of
from fwsim.quantities.elementary import Floats
from fwsim.quantities.small_matrices import inner

_MANY = 1_000
"""From so many notices on the posterior is taken as normal."""
_ENOUGH_FOR_LAW = 5_000
"""So many notices tell the laws of the answer time apart."""


@dataclass(frozen=True)
class AnswerBelief:
    """What is believed of answers.

    Parameters
    ----------
    alphas
        Dirichlet parameters of now, defer, cancel and nothing.
    median, median_spread
        Of the answer time's median, seconds, and its standard deviation on the logarithm.
    spread, spread_spread
        Of the answer time's own spread as a lognormal law, likewise.
    persistence
        Beta parameters.
    """

    alphas: Floats
    median: float
    median_spread: float
    spread: float
    spread_spread: float
    persistence: tuple[float, float]

    def log_density(self, numbers: Unpacked, family: Family) -> float:
        """Return the log density on the open scales."""
        median = (np.log(numbers.median) - np.log(self.median)) / self.median_spread
        usual = self.spread * family.usual_spread
        spread = (np.log(numbers.spread) - np.log(usual)) / self.spread_spread
        a, b = self.persistence
        return float(
            inner(self.alphas, np.log(np.maximum(numbers.shares, SMALLEST)))
            - 0.5 * (median**2 + spread**2)
            + a * np.log(max(numbers.persistence, SMALLEST))
            + b * np.log(max(1 - numbers.persistence, SMALLEST))
        )

    def start(self, family: Family) -> Floats:
        """Return the middle of it all on the open scales."""
        a, b = self.persistence
        logs = np.log(self.alphas)
        usual = np.log([self.median, self.spread * family.usual_spread])
        return np.array([*(logs[:KINDS] - logs[KINDS]), *usual, np.log(a / b)])


@dataclass(frozen=True)
class AnswerFit:
    """What notices tell.

    Parameters
    ----------
    family
        Of the answer time.
    criteria
        AIC of each family.
    posterior
        Of shares, answer time and persistence together, on open scales.
    goodness
        Of the answer times.
    """

    family: Family
    criteria: dict[str, float]
    posterior: Posterior
    goodness: Goodness

    @property
    def middle(self) -> Unpacked:
        """Where the posterior is highest."""
        return Unpacked.of(self.posterior.top.place)

    def drawn(self) -> DrawnAnswers:
        """Return the draws as numbers a scenario holds."""
        return DrawnAnswers.of(self.posterior.draws)


@dataclass(frozen=True)
class DrawnAnswers:
    """Draws of the posterior; arrays have a row each.

    Parameters
    ----------
    shares
        Of now, defer, cancel and nothing.
    median, spread, persistence
        As in `Unpacked`.
    """

    shares: Floats
    median: Floats
    spread: Floats
    persistence: Floats

    @classmethod
    def of(cls, draws: Floats) -> DrawnAnswers:
        """Return what draws on open scales stand for."""
        points = [Unpacked.of(place) for place in draws]
        return cls(
            np.array([point.shares for point in points]),
            np.array([point.median for point in points]),
            np.array([point.spread for point in points]),
            np.array([point.persistence for point in points]),
        )


def fit_answers(
    notices: Notices,
    belief: AnswerBelief,
    instead: Instead,
    *,
    rows: int = 1000,
    seed: int = 1,
    families: tuple[Family, ...] = FAMILIES,
) -> AnswerFit:
    """Return what notices tell of shares, answer time and persistence, together.

    Parameters
    ----------
    notices
        At least one.
    belief
        Before they were seen.
    instead
        What those do whose button is missing.
    rows, seed
        Of the draws.
    families
        Laws of the answer time to choose from.
    """
    some = _part_of(notices)
    family, top, criteria = _law_of(some, belief, instead, families)
    density = _Density(belief, Likelihood(notices, instead, family), family)
    if some is not notices:
        top = top_of(density, top.place)
    few = len(notices) < _MANY
    posterior = posterior_of(density, top, rows, seed, weighed=few)
    middle = Unpacked.of(posterior.top.place)
    return AnswerFit(family, criteria, posterior, _goodness(notices, family, middle))


def _law_of(
    notices: Notices, belief: AnswerBelief, instead: Instead, families: tuple[Family, ...]
) -> tuple[Family, Top, dict[str, float]]:
    """Return the law that AIC chooses, where its posterior is highest, and AIC of each."""
    tops: dict[str, Top] = {}
    criteria: dict[str, float] = {}
    for family in families:
        likelihood = Likelihood(notices, instead, family)
        top = top_of(_Density(belief, likelihood, family), belief.start(family))
        tops[family.name] = top
        criteria[family.name] = 2.0 * len(top.place) - 2.0 * likelihood(Unpacked.of(top.place))
    family = chosen(criteria)
    return family, tops[family.name], criteria


def _part_of(notices: Notices) -> Notices:
    """Return as many as tell laws apart."""
    if len(notices) <= _ENOUGH_FOR_LAW:
        return notices
    people = np.unique(notices.person)
    every = -(-len(notices) // _ENOUGH_FOR_LAW)
    return notices.where(np.isin(notices.person, people[::every]))


@dataclass(frozen=True)
class _Density:
    """Belief times likelihood, as a logarithm."""

    belief: AnswerBelief
    likelihood: Likelihood
    family: Family

    def __call__(self, place: Floats) -> float:
        numbers = Unpacked.of(place)
        return self.belief.log_density(numbers, self.family) + self.likelihood(numbers)


def _goodness(notices: Notices, family: Family, middle: Unpacked) -> Goodness:
    """Return how well the times of clicks fit, given that they came in time."""
    clicks = notices.clicks
    low, high, cut = notices.low[clicks], notices.high[clicks], notices.cut[clicks]
    at_all = family.below(np.maximum(cut, high) / middle.median, middle.spread)
    below = [family.below(end / middle.median, middle.spread) for end in (low, high)]
    # Where the law has none come in time, it says nothing of when: anywhere from 0 to 1.
    ends = [
        np.divide(one, at_all, out=np.full(len(one), none), where=at_all > 0)
        for one, none in zip(below, (0.0, 1.0), strict=True)
    ]
    return goodness_of(ends[0], ends[1])
