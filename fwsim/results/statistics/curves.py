"""What several runs went through over time: their curves, and where their time went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.results.run.replication import Replication
from fwsim.results.run.stages import SELDOM, STAGES, STAGES_UNDER_WAY, Stage, way_name
from fwsim.results.statistics.forecast import HELD, predictive_band

Floats = NDArray[np.float64]
BAND = HELD
"""Chance with which a band holds the next rollout; share of the runs in one of luck or doubt."""


@dataclass(frozen=True)
class Band:
    """A curve over several runs; arrays have shape (points,).

    Parameters
    ----------
    times
        Milliseconds after the start.
    mean
        Over the runs.
    low, high
        Edges of the band that holds the next rollout with 90 %, at each point by itself; of fewer
        than 19 runs least and most.
    """

    times: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats


def band_of(curves: Floats, times: NDArray[np.int64]) -> Band:
    """Return mean and band of curves, one a run; shape (runs, points)."""
    low, high = predictive_band(curves)
    return Band(times, curves.mean(axis=0), low, high)


def mean_stages(runs: Sequence[Replication]) -> Floats:
    """Return devices in each stage at each point, mean over runs; shape (stages, points)."""
    total = np.zeros(runs[0].timeline.stages.shape)
    for run in runs:
        total += run.timeline.stages
    mean: Floats = total / len(runs)
    return mean


def completion_curves(runs: Sequence[Replication]) -> Floats:
    """Return the share of targeted devices that were successful; shape (runs, points)."""
    row = STAGES.index(Stage.SUCCESSFUL)
    return np.array([run.timeline.stages[row] / max(run.targeted, 1) for run in runs])


def minutes_by_stage(
    runs: Sequence[Replication], *, has_windows: bool
) -> list[tuple[str, float, float, float]]:
    """Return stage, minutes on average for all and for the last 5 %, and how many more those are.

    Parameters
    ----------
    runs
        All of them.
    has_windows
        Whether updates wait for windows, too.
    """
    done = [run.spent for run in runs if run.spent.devices]
    zero = [np.zeros(len(STAGES_UNDER_WAY))]
    by_all = np.mean([spent.by_all for spent in done] or zero, axis=0) / 60_000
    by_last = np.mean([spent.by_last for spent in done] or zero, axis=0) / 60_000
    return [
        (way_name(way, has_windows=has_windows), every, last, last - every)
        for way, every, last in zip(
            STAGES_UNDER_WAY, by_all.tolist(), by_last.tolist(), strict=True
        )
        if every > 0 or (isinstance(way, Stage) and way not in SELDOM)
    ]
