"""How much of the time the curve of a rollout lay in the band that a forecast drew."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from fwsim.ledger.kept import MOST_POINTS, KeptForecast, epoch
from fwsim.ledger.rules import Floats
from fwsim.ledger.seen import Seen

_SLACK = 1e-6


def shares_in_band(
    kept: KeptForecast, seen: Seen, until: datetime, *, absent: int = 0
) -> tuple[float, float] | None:
    """Return the least and the most share of the times at which the curve lay in its band.

    Times are those of the grid at which the forecast did not know it already, while the curve or
    the band changed and as far as the log goes. Where it does not tell of some, they may have been
    in it or not: to leave them out would choose among the others. None if it tells of no time.

    Parameters
    ----------
    kept
        The forecast.
    seen
        What the log tells.
    until
        Until when.
    absent
        Of how many devices nobody knows what became: they may have been successful at once.
    """
    end = epoch(until)
    changes = seen.done[seen.done <= end]
    is_to_come = seen.under_way or seen.silent_of(kept.targeted) or len(changes) < len(seen.done)
    if end < kept.ends_at and is_to_come:
        changes = np.append(changes, end)  # it was still to change
    at, places = _grid(kept, changes)
    since = -np.inf if kept.data_up_to is None else epoch(kept.data_up_to)
    asked = (at > since) & (at <= end)
    low, high = (np.array(end)[places] for end in (kept.curve.low, kept.curve.high))
    most, least = (
        np.searchsorted(done, at, side="right") / seen.all_of(kept.targeted)
        for done in (seen.done if ends is None else ends[0] for ends in (seen.sooner, seen.later))
    )
    most += np.where(at >= kept.first_command_at, absent / seen.all_of(kept.targeted), 0.0)
    most += np.searchsorted(seen.lost, at, side="right") / seen.all_of(kept.targeted)
    inside = (low - _SLACK <= least) & (most <= high + _SLACK)
    outside = (most < low - _SLACK) | (least > high + _SLACK)
    if not (asked & (inside | outside)).any():
        return None
    return float(inside[asked].mean()), float((~outside)[asked].mean())


def _grid(kept: KeptForecast, changes: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return times, milliseconds since the epoch, and the point of the band that holds at each.

    The times are those of the band, and those before and after it in which the curve changes: there
    the band is what it was first and last.
    """
    first, step, points = epoch(kept.start) + kept.curve.first, kept.curve.step, len(kept.curve.low)
    begin, last = 0, points - 1
    if len(changes):
        begin = max(min(begin, math.floor((changes[0] - first) / step)), -MOST_POINTS)
        last = min(max(last, math.ceil((changes[-1] - first) / step)), points + MOST_POINTS)
    steps = np.arange(begin, last + 1, dtype=np.int64)
    return (first + step * steps).astype(np.float64), steps.clip(0, points - 1)
