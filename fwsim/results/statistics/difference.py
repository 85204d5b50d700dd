"""How two plans differ when their runs come in pairs: run n of both meets the same luck.

What a person is told is the difference in the *next rollout*, if both plans met the same world: its
median, its range, and in how many pairs the plan was better. Whether a difference is *settled* is
said of the mean. Two chances are shares of the runs, and differ as such.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., sections 10.2.1 (paired-t interval) and
11.2 (common random numbers).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import is_nothing
from fwsim.measures.catalogue import LOAD, Unit
from fwsim.measures.measure import Measure
from fwsim.measures.precision import USUAL_LEVEL
from fwsim.results.statistics.difference_of_chances import (
    chances_apart,
    half_without_pairs,
    pairs_to_settle,
)
from fwsim.results.statistics.estimate import (
    Method,
    mean_interval,
    median_interval,
    t_quantile,
)
from fwsim.results.statistics.forecast import Forecast, forecast
from fwsim.results.statistics.in_words import none_needs_it

_ROUNDING = 1e-6
"""Part of a load that whole bytes, minute by minute, may add to it or take away."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a measure comes to under one plan, less what it comes to under another.

    Parameters
    ----------
    measure
        What is compared.
    value
        Mean of the paired differences, of a chance the difference of the shares of runs; their
        median where a run never got there: infinite where
        mostly the second alone got there, minus infinite where mostly the first alone did, NaN
        where that is no number.
    low, high
        Its interval at `level`, over the same pairs; infinite where the runs do not bound it.
    level
        Confidence, 0 to 1.
    runs
        Pairs.
    method
        Mean or median.
    settled
        Whether the interval leaves no doubt which is larger.
    same
        Whether every pair agrees to the last digit; neither got there is agreement, too, and so is
        that neither has a device that needs the update.
    scale
        What the measure comes to under the plan in which it is larger.
    independent_half
        Half of the interval that as many runs without common random numbers would give; NaN for
        a median.
    neither
        Pairs in which neither got there; they have no difference and are in no number here.
    only_first, only_second
        Pairs in which one alone got there: that with the measure, or that it is compared with.
    pairs
        The difference in each pair; infinite where one alone got there, none where neither did.
    without_need
        Pairs in which no targeted device of one or both needs the update: a time until they have
        it is none. They have no difference and are in no number here.
    under_way
        Whether every pair is a way in which one rollout under way goes on, not a rollout.
    """

    measure: Measure
    value: float
    low: float
    high: float
    level: float
    runs: int
    method: Method
    settled: bool
    same: bool
    scale: float
    independent_half: float
    neither: int = 0
    only_first: int = 0
    only_second: int = 0
    pairs: tuple[float, ...] = ()
    without_need: int = 0
    under_way: bool = False

    @property
    def next_one(self) -> Forecast | None:
        """The difference in the next rollout; None if neither ever got there, and of a chance."""
        if not self.pairs or self.is_of_chances:
            return None
        return forecast(self.pairs, counted=self.measure.definition.is_counted)

    @property
    def is_of_chances(self) -> bool:
        """Whether it is one of shares of the runs, which no single rollout has."""
        return self.measure.definition.unit is Unit.CHANCE

    @property
    def better_in(self) -> int:
        """In how many pairs the first of the two was better."""
        if self.measure.is_neutral:
            return 0
        sign = 1 if self.measure.more_is_better else -1
        return sum(sign * pair > 0 for pair in self.pairs)

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2

    @property
    def narrower(self) -> float:
        """How many times narrower the pairs make the interval; NaN where that has no meaning."""
        half = self.half_width
        if not math.isfinite(self.independent_half) or not half > 0:
            return math.nan
        return self.independent_half / half

    @property
    def pairs_help(self) -> bool:
        """Whether pairs make the interval narrower by a factor that is told as more than 1.0."""
        return round(self.narrower, 1) > 1 and self.runs_saved > 0

    @property
    def runs_saved(self) -> int:
        """How many more runs of each plan the same interval would take without pairs."""
        ratio = self.narrower
        return 0 if math.isnan(ratio) else max(0, round(self.runs * (ratio**2 - 1)))

    @property
    def runs_to_settle(self) -> int | None:
        """About how many pairs would settle it, if the difference is what it seems to be."""
        if self.settled or not math.isfinite(self.half_width) or abs(self.value) == 0:
            return None
        if self.is_of_chances:
            return pairs_to_settle(self.pairs, self.level)
        towards_0 = self.low if self.value > 0 else self.high
        ratio = (self.value - towards_0) / self.value
        return max(self.runs + 1, math.ceil(self.runs * ratio**2))

    @property
    def weight(self) -> float:
        """How large it is in its own terms: against the larger of the two, or the whole."""
        if math.isinf(self.value):
            return math.inf
        if self.measure.definition.unit in {Unit.SHARE, Unit.CHANCE}:
            return abs(self.value)
        return abs(self.value) / self.scale if self.scale else 0.0

    @property
    def shows(self) -> bool:
        """Whether the difference is more than nothing in the digits people read.

        That mostly one alone gets there is more than nothing.
        """
        if math.isinf(self.value):
            return True
        return not math.isnan(self.value) and not is_nothing(self.value, self.measure.definition)

    @property
    def may_as_well_turn(self) -> bool:
        """Whether it is none in the middle, and the next one may be more, the other way round.

        More than it is on average, that is.
        """
        expected = self.next_one
        if expected is None or not is_nothing(expected.middle.value, self.measure.definition):
            return False
        other_way = -expected.low.value if self.value > 0 else expected.high.value
        return other_way > abs(self.value)

    @property
    def is_two_edged(self) -> bool:
        """Whether the one gets there sooner and the other more often."""
        if not math.isfinite(self.value):
            return False
        more_often = self.only_first - self.only_second
        return self.value * more_often > 0

    @property
    def tells_apart(self) -> bool:
        """Whether it makes one of the two the better one."""
        is_seen = self.settled and self.shows
        return is_seen and not self.may_as_well_turn and not self.is_two_edged

    @property
    def is_better(self) -> bool:
        """Whether the first of the two is better by what it seems to be."""
        if math.isnan(self.value) or self.value == 0 or self.measure.is_neutral:
            return False
        return (self.value > 0) == self.measure.more_is_better


def _independent_half(pairs: Sequence[tuple[float, float]], level: float) -> float:
    """Return half of Welch's interval."""
    one, other = zip(*pairs, strict=True)
    squares = [statistics.variance(values) / len(values) for values in (one, other)]
    if not any(squares):
        return 0.0
    degrees = sum(squares) ** 2 / sum(square**2 / (len(one) - 1) for square in squares)
    return t_quantile(level, degrees) * math.sqrt(sum(squares))


def _is_without_need(pair: tuple[float, float], measure: Measure) -> bool:
    return any(none_needs_it([value], measure) for value in pair)


def _apart(one: float, other: float, measure: Measure) -> float:
    """Return by how much two values differ; not by a byte that a line carries a minute later."""
    is_load = measure.definition.source == LOAD
    if is_load and math.isclose(one, other, rel_tol=_ROUNDING):
        return 0.0
    return one - other


def difference(
    measure: Measure, one: Sequence[float], other: Sequence[float], level: float = USUAL_LEVEL
) -> Difference:
    """Return how much more a measure comes to in the runs of one plan than in those of another.

    Parameters
    ----------
    measure
        What the values are of.
    one, other
        One value a run, in the same order and as many, at least two; infinite is *not reached*.
    level
        Confidence of the interval, 0 to 1.

    Raises
    ------
    ValueError
        If the runs do not come in pairs.
    """
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(f"{len(one)} and {len(other)} runs make no pairs; expected two or more")
    both = list(zip(one, other, strict=True))
    without_need = [pair for pair in both if _is_without_need(pair, measure)]
    needing = [pair for pair in both if not _is_without_need(pair, measure)]
    there = [(a, b) for a, b in needing if math.isfinite(min(a, b))]
    pairs = [_apart(a, b, measure) for a, b in there]
    neither = len(needing) - len(pairs)
    only_first, only_second = pairs.count(-math.inf), pairs.count(math.inf)
    if measure.definition.unit is Unit.CHANCE:
        value, low, high = chances_apart(pairs, level)
        method, half = Method.CHANCES_APART, half_without_pairs(there, level)
    elif len(pairs) >= 2 and not (neither or only_first or only_second):
        value, low, high = mean_interval(pairs, level)
        method, half = Method.DIFFERENCE, _independent_half(there, level)
    else:
        value, low, high = median_interval(pairs, level) if pairs else (math.nan,) * 3
        method, half = Method.MEDIAN, math.nan
    means = [
        math.fsum(finite) / len(finite)
        for values in zip(*needing, strict=True)
        if (finite := [v for v in values if math.isfinite(v)])
    ]
    return Difference(
        measure,
        value,
        low,
        high,
        level,
        len(one),
        method,
        low > 0 or high < 0,
        same=not any(pairs) and all(a == b for a, b in without_need),
        scale=max(means, default=0.0),
        independent_half=half,
        neither=neither,
        only_first=only_first,
        only_second=only_second,
        pairs=tuple(pairs),
        without_need=len(without_need),
    )
