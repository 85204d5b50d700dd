"""From the values of several runs to an estimate with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.catalogue import Unit
from fwsim.measures.precision import USUAL_LEVEL

Floats = NDArray[np.float64]


class Method(Enum):
    """How an estimate and its interval are made; the value says so to a reader."""

    ONE_RUN = "one run, no interval"
    MEAN = "mean, Hall's t"
    DIFFERENCE = "mean, Student's t"
    MEDIAN = "median, order statistics"
    CHANCE = "share of the runs, Clopper–Pearson"
    CHANCES_APART = "shares of the runs, Bonett–Price"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a measure is estimated to be.

    Parameters
    ----------
    value
        The estimate; infinite where most runs never got there.
    low, high
        Interval at `level`; equal to `value` if all runs agree, infinite where the runs do not
        bound it, NaN for one run alone.
    level
        Confidence of the interval, 0 to 1.
    runs
        How many runs it stands on.
    reached
        In how many of them the value is finite.
    least, most
        Extremes over the runs.
    method
        How it was made.
    """

    value: float
    low: float
    high: float
    level: float
    runs: int
    reached: int
    least: float
    most: float
    method: Method

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2

    @property
    def is_open(self) -> bool:
        """Whether there are too few runs to bound it: its interval is all that there is."""
        return self.method is Method.MEDIAN and _median_ranks(self.runs, self.level) < 0


@cache
def t_quantile(level: float, degrees: float) -> float:
    """Return how many standard errors an interval of Student's t reaches to each side."""
    from scipy.special import stdtrit  # what `scipy.stats.t` calls: the package takes a second more

    return float(stdtrit(degrees, (1 + level) / 2))


@cache
def _clopper_pearson(hits: int, runs: int, level: float) -> tuple[float, float]:
    from scipy.stats import binomtest

    interval = binomtest(hits, runs).proportion_ci(level, "exact")
    return float(interval.low), float(interval.high)


def share_of_runs(hits: int, runs: int, level: float = USUAL_LEVEL) -> tuple[float, float, float]:
    """Return a share of the runs with its interval (Clopper and Pearson)."""
    return hits / runs, *_clopper_pearson(hits, runs, level)


def unseen_share(confidence: float, runs: int) -> float:
    """Return how large a share of all runs can be that none of so many runs shows."""
    bound: float = 1 - (1 - confidence) ** (1 / runs)
    return bound


@cache
def binomial_quantile(chance: float, runs: int, share: float) -> int:
    """Return the smallest number of successes in `runs` that a chance does not exceed."""
    from scipy.special import bdtr

    return int(np.searchsorted(bdtr(np.arange(runs + 1), runs, share), chance))


@cache
def _median_ranks(runs: int, level: float) -> int:
    """Return how many values to leave out at each end for an interval of the median; -1 if none.

    The number of values below the median is binomial with 1/2, whatever the law.
    """
    return binomial_quantile((1 - level) / 2, runs, 0.5) - 1


def mean_interval(values: Sequence[float], level: float) -> tuple[float, float, float]:
    """Return mean and Student-t interval of independent values; at least two."""
    count = len(values)
    # Of equal values the quotient may be the next number beside them.
    mean = min(max(values), max(min(values), math.fsum(values) / count))
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    half = t_quantile(level, count - 1) * math.sqrt(variance / count)
    return mean, mean - half, mean + half


def skewed_mean_interval(values: Sequence[float], level: float) -> tuple[float, float, float]:
    """Return mean and interval of independent values that may be skewed, as times are.

    Student's interval holds the mean of ten log-normal times in 84 to 92 % of the cases instead of
    95 %: their mean and their standard error hang together. Hall's transformation takes that out:
    P. Hall, *On the removal of skewness by transformation*, Journal of the Royal Statistical
    Society B 54 (1992) 221-228. Of symmetric values it is Student's.
    """
    mean, low, high = mean_interval(values, level)
    count = len(values)
    second = math.fsum((value - mean) ** 2 for value in values) / count
    if second <= 0 or not math.isfinite(second):
        return mean, low, high
    skewness: float = math.fsum((value - mean) ** 3 for value in values) / count / second**1.5
    root, error = math.sqrt(count), math.sqrt(second / (count - 1))
    third = skewness / (3 * root)
    if abs(third) < 1e-6:
        return mean, low, high

    def back(t: float) -> float:
        """Return which number of standard errors the transformation makes this one."""
        return (math.cbrt(1 + 3 * third * (t - third / 2)) - 1) / third

    reach = t_quantile(level, count - 1)
    return mean, min(mean, mean - back(reach) * error), max(mean, mean - back(-reach) * error)


def median(values: Iterable[float], *, counted: bool = False) -> float:
    """Return the median of one value or more; of numbers of things a whole one.

    Between the two in the middle each is a median, and there is no half of a device. Shares lie
    between 0 and 1; that numbers of things do, too, has to be said.

    Parameters
    ----------
    values
        Numbers, in any order.
    counted
        Whether they are numbers of things, even if none is above 1.
    """
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    between = (low + high) / 2
    are_whole = float(low).is_integer() and float(high).is_integer()
    is_whole = are_whole and (counted or max(-low, high) > 1)
    return float(round(between)) if is_whole else between


def median_interval(values: Sequence[float], level: float) -> tuple[float, float, float]:
    """Return median of independent values and the interval of its order statistics."""
    ordered = sorted(values)
    count = len(ordered)
    middle = ordered[(count - 1) // 2], ordered[count // 2]
    # Between never and its opposite there is no number: NaN.
    value = middle[0] if middle[0] == middle[1] else sum(middle) / 2
    out = _median_ranks(count, level)
    if out < 0:
        return value, -math.inf, math.inf
    return value, ordered[out], ordered[count - 1 - out]


def estimate(values: Sequence[float], unit: Unit | None, level: float = USUAL_LEVEL) -> Estimate:
    """Return the estimate that independent runs give.

    Parameters
    ----------
    values
        One a run; infinite where the run never got there.
    unit
        A chance is a share of runs; of anything else the mean is estimated, or the median if
        some runs never got there. What has a unit is never negative; without one, None, it may be.
    level
        Confidence of the interval, 0 to 1.
    """
    runs = len(values)
    finite = [value for value in values if math.isfinite(value)]
    if runs == 1:
        found, method = (values[0], math.nan, math.nan), Method.ONE_RUN
    elif unit is Unit.CHANCE:
        hits = round(math.fsum(values))
        found, method = (hits / runs, *_clopper_pearson(hits, runs, level)), Method.CHANCE
    elif len(finite) == runs:
        mean, low, high = skewed_mean_interval(values, level)
        low, high = _possible(low, high, unit)
        # Utilisations of a line may pass 100 % of its own rate by rounding up to the minute.
        found, method = (mean, min(low, mean), max(high, mean)), Method.MEAN
    else:
        value, low, high = median_interval(values, level)
        found, method = (value, *_possible(low, high, unit)), Method.MEDIAN
    return Estimate(*found, level, runs, len(finite), min(values), max(values), method)


def _possible(low: float, high: float, unit: Unit | None) -> tuple[float, float]:
    """Return what of an interval values of a unit can be."""
    if unit is None:
        return low, high
    return max(low, 0.0), min(high, 1.0) if unit is Unit.SHARE else high


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the runs does not exceed."""
    ordered = sorted(values)
    return float(ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)])


def pointwise_band(curves: Floats, share: float) -> tuple[Floats, Floats]:
    """Return the lower and upper edge of the band that holds the middle share of the runs.

    Both are values of runs, the narrowest pair as far from both ends with no fewer runs between
    them: few runs all lie in it.

    Parameters
    ----------
    curves
        One a row; shape (runs, points).
    share
        Of the runs, at each point by itself.
    """
    runs = len(curves)
    left_out = math.floor(round((1 - share) / 2 * runs, 9))
    low, high = left_out, runs - 1 - left_out
    ordered = np.partition(curves, sorted({low, high}), axis=0)
    return ordered[low], ordered[high]
