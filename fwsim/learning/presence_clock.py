"""How much time somebody was there: an answer takes its time only while somebody is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.week import Week, intervals

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 3600 * 1000


class PresenceClock:
    """Counts milliseconds in which a pattern of the week holds.

    Parameters
    ----------
    week, zone
        The pattern, and whose wall clock it is written for.
    first, last
        Between which times it is asked, milliseconds since the epoch.
    """

    def __init__(self, week: Week, zone: ZoneInfo, first: int, last: int) -> None:
        self._origin = first - _DAY
        start = _EPOCH + timedelta(milliseconds=self._origin)
        end = _EPOCH + timedelta(milliseconds=last + _DAY)
        spans = intervals(week, zone, start, end) or [(0, 0)]
        self._starts, self._ends = np.array(spans, np.int64).T
        lengths = self._ends - self._starts
        self._before = np.cumsum(lengths) - lengths

    def read(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how much of it there was before each time."""
        since = at - self._origin
        place = np.maximum(np.searchsorted(self._starts, since, side="right") - 1, 0)
        here = np.clip(since, self._starts[place], self._ends[place]) - self._starts[place]
        return np.asarray(self._before[place] + here, np.int64)


def zone_of_units(zones: Sequence[ZoneInfo]) -> tuple[list[ZoneInfo], NDArray[np.int64]]:
    """Return the distinct zones, and which of them each unit has."""
    distinct = list(dict.fromkeys(zones))
    return distinct, np.array([distinct.index(zone) for zone in zones], np.int64)
