"""Whether times have two peaks: tonight or tomorrow night, and nothing in between.

The widest gap between neighbouring runs is held against the scatter on either side of it, once in
the times themselves and once in their logarithms: a long tail to the right makes no gap in the
logarithms, one to the left none in the times. What it takes to be told was found by simulation
(`tests/results/statistics/test_peaks.py` repeats it): of log-normal, normal, exponential and
uniform samples fewer than 1 % seem to have two peaks, whatever their number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 20
"""Runs that got there; fewer tell no peaks."""
FEWEST_OF_A_PEAK = 3
LEAST_SHARE = 0.05
"""Of the runs in the smaller peak."""
APART = {20: 3.0, 30: 2.2}
"""From so many runs on, the gap in standard deviations of the runs within the peaks."""
LEAST_GAP = 60 * 60_000.0
"""Milliseconds; what is closer nobody plans around."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """Two groups of runs, far apart.

    Parameters
    ----------
    earlier, later
        How many runs are in each.
    until
        The last value of the earlier ones.
    since
        The first value of the later ones.
    """

    earlier: int
    later: int
    until: float
    since: float


def _gaps(ordered: Floats, fewest: int) -> Floats:
    """Return each gap with enough runs on both sides, in standard deviations within them."""
    runs = len(ordered)
    centred = ordered - ordered.mean()
    first = np.arange(fewest, runs - fewest + 1)
    sums, squares = np.cumsum(centred), np.cumsum(centred**2)
    below, above = sums[first - 1], sums[-1] - sums[first - 1]
    within = squares[-1] - below**2 / first - above**2 / (runs - first)
    scatter = np.sqrt(np.maximum(within, 0.0) / (runs - 2))
    gaps = ordered[first] - ordered[first - 1]
    apart: Floats = np.where(gaps > 0, np.inf, 0.0)
    np.divide(gaps, scatter, out=apart, where=scatter > 0)
    return apart


def peaks(values: Sequence[float]) -> Peaks | None:
    """Return the two peaks of times; None if they have not two that are well apart.

    Parameters
    ----------
    values
        One a run, milliseconds; infinite ones are in neither peak.
    """
    ordered = np.sort(np.array([value for value in values if math.isfinite(value)], float))
    runs = len(ordered)
    if runs < FEWEST or ordered[0] < 0:
        return None
    fewest = max(FEWEST_OF_A_PEAK, math.ceil(LEAST_SHARE * runs))
    wanted = APART[max(least for least in APART if least <= runs)]
    apart = np.minimum(_gaps(ordered, fewest), _gaps(np.log(np.maximum(ordered, 1.0)), fewest))
    place = int(np.argmax(apart))
    earlier = fewest + place
    until, since = float(ordered[earlier - 1]), float(ordered[earlier])
    if apart[place] < wanted or since - until < LEAST_GAP:
        return None
    return Peaks(earlier, runs - earlier, until, since)
