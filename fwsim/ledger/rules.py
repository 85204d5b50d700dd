"""Proper scores of a forecast that is kept as 99 quantiles, and how often its range held.

A proper score is best, on average, for whoever says what he believes (T. Gneiting, A. E. Raftery,
*Strictly proper scoring rules, prediction, and estimation*, JASA 102 (2007) 359-378). Less is
better; the unit is that of what was forecast, and Brier's has none.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEVELS: Floats = np.arange(1, 100) / 100
"""Of the quantiles that are kept."""


@cache
def ranks(runs: int) -> NDArray[np.int64]:
    """Return which of the ordered runs, from 1, stands for each of `LEVELS`.

    The next rollout lies below the r-th of K runs with a chance of r / (K + 1), whatever the law;
    so the nearest r is taken, as far from one end as from the other.
    """
    half = LEVELS[: len(LEVELS) // 2]
    low = np.maximum(1, np.floor(half * (runs + 1) + 0.5 - 1e-9)).astype(np.int64)
    return np.concatenate([low, [(runs + 1) // 2], runs + 1 - low[::-1]])


def quantiles_of(values: Floats) -> Floats:
    """Return what is kept of the runs' values: one of them for each of `LEVELS`; shape (99,)."""
    kept: Floats = np.sort(np.asarray(values, np.float64))[ranks(len(values)) - 1]
    return kept


def quantile_scores(quantiles: Floats, actual: float) -> Floats:
    """Return the score of each quantile: its distance, weighted by its level; shape (99,)."""
    scores: Floats = ((actual < quantiles) - LEVELS) * (quantiles - actual)
    return scores


def crps(quantiles: Floats, actual: float) -> float:
    """Return the continuous ranked probability score: twice the mean of the quantiles' scores.

    It is the integral of Brier's score over all thresholds, and the distance if the forecast is one
    number. (F. Laio and S. Tamea, Hydrol. Earth Syst. Sci. 11 (2007) 1267-1277.)
    """
    return 2 * float(quantile_scores(quantiles, actual).mean())


def interval_score(low: float, high: float, actual: float, held: float) -> float:
    """Return how wide a range is, and what it costs that it missed.

    Parameters
    ----------
    low, high
        Its ends.
    actual
        What came.
    held
        The chance with which it was to hold, below 1.
    """
    missed = max(low - actual, 0.0) + max(actual - high, 0.0)
    return high - low + 2 / (1 - held) * missed


def brier(chance: float, *, came: bool) -> float:
    """Return the score of the chance of an event."""
    return (chance - came) ** 2


def pit_range(quantiles: Floats, runs: int, actual: float) -> tuple[float, float]:
    """Return between which shares of the forecast's law that lies which came: its PIT.

    A number drawn evenly from there is uniform if forecasts are calibrated, whatever their laws and
    however few their runs; equal values, such as counts have, make the stretch long. (C. Czado,
    T. Gneiting and L. Held, Biometrics 65 (2009) 1254-1261.)

    Parameters
    ----------
    quantiles
        As `quantiles_of` gives them; infinite is *never*.
    runs
        How many they come from.
    actual
        What came.
    """
    at = np.concatenate([[0.0], ranks(runs) / (runs + 1), [1.0]])
    below = int((quantiles < actual).sum())
    up_to = int((quantiles <= actual).sum())
    return float(at[below]), float(at[up_to + 1])


def chance_by(quantiles: Floats, runs: int, time: float) -> float:
    """Return the chance that a forecast gives to *by then*: the middle of what its runs leave."""
    low, high = pit_range(quantiles, runs, time)
    return (low + high) / 2


def held_between(hits: float, rollouts: int) -> tuple[float, float]:
    """Return between which ends the share of rollouts lies that a range will hold.

    Jeffreys' interval at 95 %: that of Beta(h + 1/2, n - h + 1/2), of equal tails. A rollout whose
    forecasts held only in part counts in part.
    """
    from scipy.special import betaincinv

    tail = 0.025
    low, high = betaincinv(hits + 0.5, rollouts - hits + 0.5, [tail, 1 - tail])
    return float(low), float(high)
