"""Times that are cut: how long a restart, a check, an installation takes.

Log likelihood of a time between a and b that could only be seen between e and c (notes A1):
log(F(b) - F(a)) - log(F(c) - F(e)); b is infinite where it was still under way when the log ended,
a = b where it is exact, c is finite where only what has finished was exported, e is above 0 where
it had begun before the log did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.families import FAMILIES, LOGNORMAL, Family, chosen
from fwsim.learning.goodness import Goodness, goodness_of
from fwsim.learning.posterior import Posterior, Top, posterior_of, top_of
from fwsim.quantities.elementary import Floats
from fwsim.quantities.small_matrices import inner

_SMALLEST = 1e-300
_MANY = 1_000
"""From so many times on the posterior is taken as normal."""
_ENOUGH_FOR_LAW = 10_000
"""So many times tell laws apart."""
FEWEST_FOR_SAMPLE = 30
"""From so many whole times on they may stand for themselves."""
SAMPLE_SIZE = 200


@dataclass(frozen=True)
class Spans:
    """Times that were seen, in any unit; arrays have shape (times,).

    Parameters
    ----------
    low, high
        Between which ends each lies: equal where it is exact, infinite above where it was not over.
    after, before
        Between which ends it had to lie to be seen at all; 0 and infinite if anything was seen.
    """

    low: Floats
    high: Floats
    after: Floats
    before: Floats

    @classmethod
    def of(
        cls,
        low: Floats,
        high: Floats | None = None,
        *,
        after: Floats | float = 0.0,
        before: Floats | float = np.inf,
    ) -> Spans:
        """Return times; exact and seen whatever they are, unless it is said."""
        low = np.asarray(low, np.float64)
        high = low if high is None else np.asarray(high, np.float64)
        shape = low.shape
        return cls(low, high, np.broadcast_to(after, shape), np.broadcast_to(before, shape))

    def __len__(self) -> int:
        return len(self.low)

    def where(self, chosen: NDArray[np.bool_]) -> Spans:
        """Return some of them."""
        columns = (self.low, self.high, self.after, self.before)
        return Spans(*(column[chosen] for column in columns))

    def times(self, factor: float) -> Spans:
        """Return them in another unit."""
        columns = (self.low, self.high, self.after, self.before)
        return Spans(*(column * factor for column in columns))

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which were over when the log ended."""
        return np.isfinite(self.high)

    @property
    def vague(self) -> NDArray[np.bool_]:
        """Which are known so roughly that their middle is as good as any: wider than it is long.

        Times of about a step of the log's clock, or in the hour that clocks go through twice.
        """
        return np.asarray(self.whole & (self.high - self.low > self.middles))

    @property
    def middles(self) -> Floats:
        """The middle of what is known of each; of what was not over, how long it had taken."""
        return np.where(self.whole, (self.low + np.where(self.whole, self.high, 0.0)) / 2, self.low)

    def divided(self, by: Floats | float) -> Spans:
        """Return them as multiples of something."""
        return Spans(self.low / by, self.high / by, self.after / by, self.before / by)


def most_are_vague(spans: Spans) -> bool:
    """Tell whether more than half of what was over is vague: the rest would be the longest."""
    return bool(2 * spans.vague.sum() > spans.whole.sum())


def log_likelihood(spans: Spans, family: Family, median: float, spread: float) -> float:
    """Return the log likelihood of a law."""
    exact = spans.low == spans.high
    logs = np.log(np.maximum(spans.low[exact], _SMALLEST))
    total = float(family.log_density(logs, median, spread).sum())
    if not exact.all():
        cut = spans.where(~exact)
        after = np.where(cut.whole, cut.high, 1.0) / median
        beyond = np.where(cut.whole, family.above(after, spread), 0.0)
        between = family.above(cut.low / median, spread) - beyond
        total += float(np.log(np.maximum(between, _SMALLEST)).sum())
    hidden = np.isfinite(spans.before) | (spans.after > 0)
    if hidden.any():
        seen = _seen(spans.where(hidden), family, median, spread)
        total -= float(np.log(np.maximum(seen, _SMALLEST)).sum())
    return total


def _seen(spans: Spans, family: Family, median: float, spread: float) -> Floats:
    """Return the chance of being seen at all."""
    return _below(spans.before, family, median, spread) - _below(
        spans.after, family, median, spread
    )


def _below(times: Floats, family: Family, median: float, spread: float) -> Floats:
    finite = np.isfinite(times)
    return np.where(finite, family.below(np.where(finite, times, 1.0) / median, spread), 1.0)


@dataclass(frozen=True)
class TimeBelief:
    """What is believed of the law of a time: normal on the logarithms of median and spread.

    Parameters
    ----------
    median, median_spread
        Its median and how far it may be off, on the logarithm.
    spread, spread_spread
        The same of its spread as a lognormal law.
    """

    median: float
    median_spread: float
    spread: float
    spread_spread: float

    def log_density(self, place: Floats, family: Family) -> float:
        """Return the log density of (log median, log spread)."""
        away = (place - self.start(family)) / [self.median_spread, self.spread_spread]
        return -0.5 * inner(away, away)

    def start(self, family: Family) -> Floats:
        """Return its middle."""
        return np.log([self.median, self.spread * family.usual_spread])


def flat_around(spans: Spans) -> TimeBelief:
    """Return a belief that says next to nothing, in the region of what was seen."""
    logs = np.log(np.maximum(spans.middles, 1e-9))
    spread = max(float(logs.std()), 0.01)
    return TimeBelief(float(np.exp(np.median(logs))), 20.0, spread, 20.0)


@dataclass(frozen=True)
class LawFit:
    """What times tell of their law.

    Parameters
    ----------
    family
        Which law.
    criteria
        AIC of each family.
    posterior
        Of (log median, log spread).
    goodness
        How well it fits.
    sample
        What stands for a law if none fits; else empty.
    """

    family: Family
    criteria: dict[str, float]
    posterior: Posterior
    goodness: Goodness
    sample: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """Where the posterior is highest."""
        return float(np.exp(self.posterior.top.place[0]))

    @property
    def spread(self) -> float:
        """Where the posterior is highest."""
        return float(np.exp(self.posterior.top.place[1]))


@dataclass(frozen=True)
class Density:
    """Log density of a law of times at (log median, log spread), as `top_of` takes it."""

    spans: Spans
    belief: TimeBelief
    family: Family

    def __call__(self, place: Floats) -> float:
        """Return it at a place."""
        median, spread = np.exp(np.clip(place, -60.0, 60.0))
        likelihood = log_likelihood(self.spans, self.family, float(median), float(spread))
        return likelihood + self.belief.log_density(place, self.family)


def fit_law(
    spans: Spans,
    belief: TimeBelief | None = None,
    *,
    rows: int = 1000,
    seed: int = 1,
    families: tuple[Family, ...] = FAMILIES,
) -> LawFit:
    """Return what times tell of their law.

    Parameters
    ----------
    spans
        At least one, in the unit of the belief.
    belief
        Before they were seen; by default one that says next to nothing.
    rows, seed
        Of the draws.
    families
        To choose from.
    """
    belief = belief or flat_around(spans)
    every = -(-len(spans) // _ENOUGH_FOR_LAW)
    some = spans.where(np.arange(len(spans)) % every == 0) if every > 1 else spans
    family, top, criteria = _law_of(some, belief, families)
    density = Density(spans, belief, family)
    if some is not spans:
        top = top_of(density, top.place)
    posterior = posterior_of(density, top, rows, seed, weighed=len(spans) < _MANY)
    goodness = goodness_by(spans, family, *np.exp(top.place).tolist())
    sample: tuple[float, ...] = ()
    is_enough = (spans.whole & ~spans.vague).sum() >= FEWEST_FOR_SAMPLE
    is_enough &= not (np.isfinite(spans.before).any() or most_are_vague(spans))
    if is_enough and not goodness.fits:
        sample = tailed_sample(spans)
    return LawFit(family, criteria, posterior, goodness, sample)


def _law_of(
    spans: Spans, belief: TimeBelief, families: tuple[Family, ...]
) -> tuple[Family, Top, dict[str, float]]:
    """Return the law that AIC chooses, where its posterior is highest, and AIC of each."""
    tops: dict[str, Top] = {}
    criteria: dict[str, float] = {}
    for family in families:
        top = tops[family.name] = top_of(Density(spans, belief, family), _start(spans, family))
        median, spread = np.exp(top.place).tolist()
        likelihood = log_likelihood(spans, family, median, spread)
        criteria[family.name] = 2.0 * len(top.place) - 2.0 * likelihood
    family = chosen(criteria)
    return family, tops[family.name], criteria


def _start(spans: Spans, family: Family) -> Floats:
    """Return where to begin: the times as they stand."""
    return flat_around(spans).start(family)


def goodness_by(spans: Spans, family: Family, median: float, spread: float) -> Goodness:
    """Return how well times fit a law, given where they could lie."""
    lowest = _below(spans.after, family, median, spread)
    seen = np.maximum(_seen(spans, family, median, spread), _SMALLEST)
    ends = [
        (_below(end, family, median, spread) - lowest) / seen for end in (spans.low, spans.high)
    ]
    return goodness_of(ends[0], ends[1])


def kaplan_meier(times: Floats, over: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the steps of the distribution of cut times (Kaplan, Meier 1958).

    Parameters
    ----------
    times
        How long each took, or had taken when the log ended.
    over
        Which were over.

    Returns
    -------
    tuple of ndarray
        Times at which it steps, and the chance of no more than each.
    """
    at, place = np.unique(times, return_inverse=True)
    ended = np.bincount(place[over], minlength=len(at))
    left = np.bincount(place, minlength=len(at))
    at_risk = len(times) - np.concatenate([[0], np.cumsum(left)[:-1]])
    surviving = np.cumprod(1.0 - ended / at_risk)
    steps = ended > 0
    return at[steps], 1.0 - surviving[steps]


def tailed_sample(spans: Spans) -> tuple[float, ...]:
    """Return a sample that stands for times which no law fits.

    As far as times were seen it has their Kaplan-Meier quantiles; beyond, a lognormal tail.

    Parameters
    ----------
    spans
        Not cut on the right by being seen only if short.
    """
    told = spans.where(~spans.vague)
    at, chance = kaplan_meier(told.middles, told.whole)
    wanted = (np.arange(SAMPLE_SIZE) + 0.5) / SAMPLE_SIZE
    reach = chance[-1] if not told.whole.all() else 1.0
    values = at[np.minimum(np.searchsorted(chance, wanted), len(at) - 1)]
    beyond = wanted > reach
    if beyond.any():
        top = top_of(Density(spans, flat_around(spans), LOGNORMAL), _start(spans, LOGNORMAL))
        median, spread = np.exp(top.place).tolist()
        seen = float(LOGNORMAL.below(at[-1:] / median, spread)[0])
        rest = (wanted[beyond] - reach) / (1.0 - reach)
        values[beyond] = median * LOGNORMAL.quantile(seen + rest * (1.0 - seen), spread)
    return tuple(values.tolist())
