"""From the values of several runs to a forecast of the next rollout.

The runs of an experiment and the rollout that is to come are drawn from the same law, as far as
fwsim knows it. Then each of the K + 1 places among K ordered runs is as likely for the next one,
whatever the law: it lies between the i-th and the j-th with a chance of (j - i) / (K + 1).
(H. A. David and H. N. Nagaraja, *Order Statistics*, 3rd ed., section 7.3.) With equal values among
them the chance is larger, never smaller.

What a range says of the *next rollout* does not get narrower with more runs, only better known; how
well it is known is the interval of each `Quantile`. What is expected *on average* is an `Estimate`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fwsim.measures.precision import USUAL_LEVEL
from fwsim.results.statistics.estimate import Floats, binomial_quantile, median

HELD = 0.9
"""Chance with which the range holds the next rollout."""
SURE = 0.9
"""How sure one is of a *90 % sure by*."""
FEWEST_FOR_RANGE = 19
"""Runs with which the range from the least to the most holds the next one with `HELD`."""
FEWEST_TO_BE_SURE = 9
"""Runs with which the next one is no later than the latest with `SURE`."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of the law of the runs, and how well they know it.

    Parameters
    ----------
    value
        As told; infinite where it is never.
    low, high
        Its interval at 95 %, of order statistics; infinite where the runs do not bound it.
    """

    value: float
    low: float
    high: float

    @property
    def within(self) -> float:
        """How far it may be from what is told; infinite where the runs do not bound it."""
        if not math.isfinite(self.value):
            return math.inf
        return max(self.value - self.low, self.high - self.value)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a measure comes to in the next rollout.

    Parameters
    ----------
    runs, reached
        How many runs it stands on; in how many of them the value is finite.
    middle
        The median.
    low, high
        The ends of the range that holds the next rollout with a chance of `holds`: its 5 % and
        95 % quantiles, or least and most of too few runs. One run has none: NaN.
    holds
        That chance: 90 % or a little more; with fewer than 19 runs less. 0 of one run.
    sure
        No later, or no more, than this with 90 %: the 90 % quantile, which is not `high`. NaN
        with fewer than 9 runs.
    least, most
        Extremes over the runs.
    """

    runs: int
    reached: int
    middle: Quantile
    low: Quantile
    high: Quantile
    holds: float
    sure: Quantile
    least: float
    most: float

    @property
    def is_one_run(self) -> bool:
        """Whether it is one run: a story, without a range."""
        return self.runs == 1

    @property
    def is_same(self) -> bool:
        """Whether all runs agree, to the last."""
        return self.runs > 1 and self.least == self.most

    @property
    def missed(self) -> int:
        """In how many runs it was not reached."""
        return self.runs - self.reached


@cache
def quantile_ranks(runs: int, share: float, level: float) -> tuple[int, int]:
    """Return between which order statistics a quantile lies: 0 and `runs` + 1 stand for no bound.

    How many runs lie below it is binomial, whatever the law.
    """
    tail = (1 - level) / 2
    low, high = (binomial_quantile(chance, runs, share) for chance in (tail, 1 - tail))
    return low, high + 1


def quantile_interval(
    ordered: Sequence[float], share: float, level: float = USUAL_LEVEL
) -> tuple[float, float]:
    """Return the interval of a quantile of ordered values; infinite where they do not bound it."""
    low, high = quantile_ranks(len(ordered), share, level)
    return (
        ordered[low - 1] if low >= 1 else -math.inf,
        ordered[high - 1] if high <= len(ordered) else math.inf,
    )


def range_ranks(runs: int, held: float = HELD) -> tuple[int, int]:
    """Return the ranks of the narrowest range, as far from both ends, that holds the next run.

    Parameters
    ----------
    runs
        How many; at least two.
    held
        Chance with which it holds the next one; too few runs give less.
    """
    left_out = math.floor(round((1 - held) / 2 * (runs + 1), 9))
    low = max(1, left_out)
    return low, runs + 1 - low


def range_holds(runs: int) -> float:
    """Return the chance with which the range that `range_ranks` gives holds the next run."""
    low, high = range_ranks(runs)
    return (high - low) / (runs + 1)


def predictive_band(curves: Floats, held: float = HELD) -> tuple[Floats, Floats]:
    """Return the edges of the band that holds the next run, at each point by itself.

    At each point they are the ends that `forecast` tells of the values there.

    Parameters
    ----------
    curves
        One a row, at least two; shape (runs, points).
    held
        Chance with which it holds the next one; too few runs give less: `range_holds`.
    """
    low, high = range_ranks(len(curves), held)
    ordered = np.sort(curves, axis=0)
    return ordered[low - 1], ordered[high - 1]


def sure_rank(runs: int, share: float = SURE) -> int:
    """Return the least rank below which the next run lies with so large a chance."""
    return math.ceil(round(share * (runs + 1), 9))


def sure_by(values: Sequence[float], share: float = SURE) -> float:
    """Return what the next rollout does not exceed with so large a chance.

    Parameters
    ----------
    values
        One a run; infinite is never.
    share
        How sure one is to be, 0 to 1.

    Returns
    -------
    float
        Infinite if too many runs never got there; NaN if there are too few to be so sure.
    """
    rank = sure_rank(len(values), share)
    return sorted(values)[rank - 1] if rank <= len(values) else math.nan


def forecast(values: Sequence[float], *, counted: bool = False) -> Forecast:
    """Return what runs say of the next rollout.

    Parameters
    ----------
    values
        One a run, at least one; infinite where it never got there.
    counted
        Whether they are numbers of things, of which there is no half.
    """
    ordered = sorted(values)
    runs = len(ordered)
    none = Quantile(math.nan, math.nan, math.nan)
    middle = Quantile(median(ordered, counted=counted), *quantile_interval(ordered, 0.5))
    reached = sum(map(math.isfinite, ordered))
    if runs == 1:
        return Forecast(runs, reached, middle, none, none, 0.0, none, ordered[0], ordered[0])
    first, last = range_ranks(runs)
    by = sure_by(ordered)
    return Forecast(
        runs,
        reached,
        middle,
        Quantile(ordered[first - 1], *quantile_interval(ordered, (1 - HELD) / 2)),
        Quantile(ordered[last - 1], *quantile_interval(ordered, (1 + HELD) / 2)),
        range_holds(runs),
        none if math.isnan(by) else Quantile(by, *quantile_interval(ordered, SURE)),
        ordered[0],
        ordered[-1],
    )
