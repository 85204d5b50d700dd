"""What one would say without a model: that it goes as last time, or as it has always gone.

Two forecasts to beat. The curve of the last rollout is one number for each measure. The curve of
all past rollouts together (Kaplan and Meier, Journal of the American Statistical Association 53
(1958) 457-481) takes each device's time as drawn from it, independently. Both know how many are
done when the forecast that they are held against is made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fwsim.ledger.kept import KeptForecast, epoch
from fwsim.ledger.rules import LEVELS, Floats
from fwsim.ledger.seen import Seen
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure


@dataclass(frozen=True)
class PastCurve:
    """By when a device that needs the update has it; arrays have shape (steps,).

    Parameters
    ----------
    times
        Milliseconds after the first line of its log.
    chances
        That it has it by then; those that failed or cancelled never do.
    needed
        Share of the devices that needed it.
    is_certain
        Whether it is taken as one course of things, and not as chances.
    """

    times: Floats
    chances: Floats
    needed: float
    is_certain: bool

    def by(self, time: float) -> float:
        """Return the chance that a device which needs the update has it by a time."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.chances[place - 1]) if place else 0.0

    def when(self, chances: Floats) -> Floats:
        """Return by when chances are reached; infinite is *never*."""
        places = np.searchsorted(self.chances, chances - 1e-12)
        return np.append(self.times, math.inf)[places]


def curve_of(logs: Sequence[Seen], *, is_certain: bool = False) -> PastCurve:
    """Return the curve of past rollouts.

    Parameters
    ----------
    logs
        What each of them tells. Who had not ended when one ends may still have succeeded later.
    is_certain
        Whether it is one course of things.
    """
    times = np.concatenate([log.done - log.first for log in logs])
    at, counts = np.unique(times, return_counts=True)
    cut = np.concatenate([_last_known(log) - log.first for log in logs])
    devices = sum(log.needed for log in logs)
    gone = np.searchsorted(np.sort(times), at) + np.searchsorted(np.sort(cut), at)
    left = np.cumprod(1 - counts / np.maximum(devices - gone, counts))
    return PastCurve(at, 1 - left, devices / sum(log.devices for log in logs), is_certain)


def _last_known(log: Seen) -> Floats:
    """Return until when it is known of devices under way that they were."""
    until = np.full(log.under_way - len(log.lost), float(log.until))
    return np.concatenate([log.lost, until])


def quantiles_from(
    curve: PastCurve, measure: Measure, kept: KeptForecast, done: int
) -> Floats | None:
    """Return what the past says of a measure, for each of `LEVELS`; None if it says nothing.

    Parameters
    ----------
    curve
        Of the past.
    measure
        A time to a share, or a share.
    kept
        The forecast to be beaten: how many devices, and when it was made.
    done
        How many were successful by then.
    """
    if not measure.is_of_all:
        return None
    needed = round(kept.targeted * curve.needed)
    since = 0.0
    if kept.data_up_to is not None:
        since = float(epoch(kept.data_up_to) - kept.first_command_at)
    match measure.kind:
        case Kind.TIME_TO:
            of = kept.targeted if measure.of_targeted else needed
            if not of:
                return np.zeros(len(LEVELS))  # none needs it: as what happened has it
            rank = max(1, math.ceil(round((measure.share or 0.0) * of, 9)))
            return _times(curve, rank - done, needed - done, since)
        case Kind.SUCCESSFUL:
            by = math.inf
            if measure.time is not None:
                by = float(kept.instant(measure.time) - kept.first_command_at)
            counts = done + _counts(curve, by, max(0, needed - done), since)
            return counts / max(kept.targeted, 1)
    return None


def _times(curve: PastCurve, rank: int, left: int, since: float) -> Floats | None:
    """Return when the so many-th of those that are left has it: an order statistic."""
    from scipy.special import betaincinv

    if rank < 1:
        return None
    if rank > left:
        return np.full(len(LEVELS), math.inf)
    if curve.is_certain:
        parts = np.full(len(LEVELS), rank / left)
    else:
        parts = betaincinv(rank, left - rank + 1, LEVELS)
    before = curve.by(since)
    return np.maximum(curve.when(before + (1 - before) * parts), since)


def _counts(curve: PastCurve, by: float, left: int, since: float) -> Floats:
    """Return how many of those that are left have it by a time."""
    from scipy.special import bdtr

    before = curve.by(since)
    chance = (curve.by(by) - before) / (1 - before) if before < 1 else 0.0
    if curve.is_certain:
        return np.full(len(LEVELS), round(left * chance), float)
    up_to = bdtr(np.arange(left + 1), left, min(max(chance, 0.0), 1.0))
    return np.searchsorted(up_to, LEVELS - 1e-12).astype(np.float64)
