"""What users click, how soon, and how alike each answers: fitted together from cut notices.

With all buttons offered and every notice answered at once, counts would do. But a notice runs out,
and who has not clicked by then may have been slow or may never have clicked: a cure model (Boag
1949; notes A1). So shares p and answer time F have one likelihood, a click of kind k at t giving
p_k f(t) and silence until c giving 1 - q F(c), with q the sum of p. Where a button was missing, the
shares are those the missing-button rule makes of p. One who answers as ever with probability π
(persistence) has one chance u for all notices, so a device's likelihood is the mean over u of the
product over its notices of π L(answer of u) + (1 - π) L.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.commands.notice import Answer, Instead
from fwsim.learning.answer_pieces import Pieces, answer_shares, pieces_of
from fwsim.learning.families import FAMILIES, Family, chosen
from fwsim.learning.goodness import Goodness, goodness_of
from fwsim.learning.notices import Ended, Notices, without_twins
from fwsim.learning.posterior import Posterior, Top, posterior_of, top_of
from fwsim.quantities.elementary import Floats

_KINDS = 3
_SMALLEST = 1e-300
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
            self.alphas @ np.log(np.maximum(numbers.shares, _SMALLEST))
            - 0.5 * (median**2 + spread**2)
            + a * np.log(max(numbers.persistence, _SMALLEST))
            + b * np.log(max(1 - numbers.persistence, _SMALLEST))
        )

    def start(self, family: Family) -> Floats:
        """Return the middle of it all on the open scales."""
        a, b = self.persistence
        logs = np.log(self.alphas)
        usual = np.log([self.median, self.spread * family.usual_spread])
        return np.array([*(logs[:_KINDS] - logs[_KINDS]), *usual, np.log(a / b)])


@dataclass(frozen=True)
class Unpacked:
    """One point of the posterior.

    Parameters
    ----------
    shares
        Of now, defer, cancel and nothing.
    median, spread
        Of the answer time.
    persistence
        Share of notices answered as ever.
    """

    shares: Floats
    median: float
    spread: float
    persistence: float

    @classmethod
    def of(cls, place: Floats) -> Unpacked:
        """Return what numbers on open scales stand for."""
        logs = np.append(place[:_KINDS], 0.0)
        grown = np.exp(logs - logs.max())
        median, spread = np.exp(np.clip(place[3:5], -30.0, 30.0))
        persistence = 1.0 / (1.0 + np.exp(-np.clip(place[5], -300, 300)))
        return cls(grown / grown.sum(), float(median), float(spread), float(persistence))


class Likelihood:
    """The log likelihood of answers.

    Parameters
    ----------
    notices
        What was seen.
    instead
        What those do whose button is missing.
    family
        Of the answer time.
    """

    def __init__(self, notices: Notices, instead: Instead, family: Family) -> None:
        self._instead, self._family = instead, family
        _, place, counts = np.unique(notices.person, return_inverse=True, return_counts=True)
        is_alone = counts[place] == 1
        alone, self._weights = without_twins(notices.where(is_alone))
        again = notices.where(
            np.flatnonzero(~is_alone)[np.argsort(place[~is_alone], kind="stable")]
        )
        self._notices = n = alone.followed_by(again)
        self._alone = len(alone)
        several = counts[counts > 1]
        self._starts = np.cumsum(several) - several
        self._offers, self._offer = np.unique(n.offered, return_inverse=True)
        is_exact, is_silent = n.low == n.high, n.ended == Ended.SILENT
        self._quiet = np.flatnonzero(is_silent | (n.ended == Ended.EITHER))
        self._exact = np.flatnonzero(is_exact & ~is_silent)
        self._wide = np.flatnonzero(~is_exact & ~is_silent)
        self._clicks = np.flatnonzero(n.clicks)
        self._either = np.flatnonzero(n.ended == Ended.EITHER)

    def __call__(self, numbers: Unpacked) -> float:
        """Return the log likelihood at a point."""
        if not len(self._notices):
            return 0.0
        by_answer = self._by_answer(numbers)
        shares = np.array(
            [answer_shares(numbers.shares, offer, self._instead) for offer in self._offers]
        )
        anew = np.einsum("ij,ij->i", by_answer, shares[self._offer])
        logs = np.log(np.maximum(anew[: self._alone], _SMALLEST))
        total = float(self._weights @ logs)
        if len(self._starts) > 0:
            pieces = pieces_of(numbers.shares, self._offers, self._instead)
            total += self._of_several(numbers.persistence, by_answer, anew, pieces)
        return total

    def _by_answer(self, numbers: Unpacked) -> Floats:
        """Return the likelihood of each notice, given the answer; shape (notices, answers)."""
        n, family = self._notices, self._family
        median, spread = numbers.median, numbers.spread
        click = np.zeros(len(n))
        click[self._exact] = family.density(n.low[self._exact], median, spread)
        if len(self._wide):
            low, high = n.low[self._wide], n.high[self._wide]
            between = family.below(high / median, spread) - family.below(low / median, spread)
            click[self._wide] = between / (high - low)
        table = np.zeros((len(n), len(Answer)))
        table[self._clicks, n.ended[self._clicks]] = click[self._clicks]
        quiet, either = self._quiet, self._either
        table[quiet, :_KINDS] = family.above(n.low[quiet] / median, spread)[:, None]
        table[quiet, Answer.IGNORE] = 1.0
        table[either, Answer.NOW] += n.span[either] * click[either]
        return table

    def _of_several(
        self, persistence: float, by_answer: Floats, anew: Floats, pieces: Pieces
    ) -> float:
        """Return the log likelihood of devices with several notices."""
        rows = np.arange(self._alone, len(by_answer))
        as_ever = by_answer[rows[:, None], pieces.answers[self._offer[rows]]]
        mixed = persistence * as_ever + (1 - persistence) * anew[rows, None]
        logs = np.log(np.maximum(mixed, _SMALLEST))
        sums = np.add.reduceat(logs, self._starts, axis=0)
        highest = sums.max(axis=1, keepdims=True)
        means = np.exp(sums - highest) @ pieces.widths
        return float((highest[:, 0] + np.log(np.maximum(means, _SMALLEST))).sum())


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

    def drawn(self) -> Drawn:
        """Return the draws as numbers a scenario holds."""
        return Drawn.of(self.posterior.draws)


@dataclass(frozen=True)
class Drawn:
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
    def of(cls, draws: Floats) -> Drawn:
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
    tops: dict[str, Top] = {}
    criteria: dict[str, float] = {}
    some = _part_of(notices)
    for family in families:
        density, likelihood = _density(some, belief, instead, family)
        top = tops[family.name] = top_of(density, belief.start(family))
        numbers = len(top.place)
        criteria[family.name] = 2.0 * numbers - 2.0 * likelihood(Unpacked.of(top.place))
    family = chosen(criteria)
    top = tops[family.name]
    density, _ = _density(notices, belief, instead, family)
    if some is not notices:
        top = top_of(density, top.place)
    few = len(notices) < _MANY
    posterior = posterior_of(density, top, rows, seed, weighed=few)
    middle = Unpacked.of(posterior.top.place)
    return AnswerFit(family, criteria, posterior, _goodness(notices, family, middle))


def _part_of(notices: Notices) -> Notices:
    """Return as many as tell laws apart."""
    if len(notices) <= _ENOUGH_FOR_LAW:
        return notices
    people = np.unique(notices.person)
    every = -(-len(notices) // _ENOUGH_FOR_LAW)
    return notices.where(np.isin(notices.person, people[::every]))


def _density(
    notices: Notices, belief: AnswerBelief, instead: Instead, family: Family
) -> tuple[_Density, Likelihood]:
    likelihood = Likelihood(notices, instead, family)
    return _Density(belief, likelihood, family), likelihood


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
    ends = [family.below(end / middle.median, middle.spread) / at_all for end in (low, high)]
    return goodness_of(ends[0], ends[1])
