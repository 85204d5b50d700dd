"""The most bytes a line can carry by a time, also while it keeps limits on its minutes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MINUTE = 60_000
_NO_LIMIT = 1e30
Spans = tuple[tuple[int, int], ...]
Floats = NDArray[np.float64]
Times = NDArray[np.int64]


class LineCapacity:
    """A line whose rate changes over time; asked in O(log changes).

    Loads are metered by the whole minute, so a limit on a peak is one on the bytes of each minute,
    also of those in which the traffic begins, ends, or the rate changes.

    Parameters
    ----------
    steps
        (milliseconds, bytes per second) from which on each rate holds; ascending, the first at 0.
    limits
        (bytes per second, from-to) of each limit; None holds always. A minute is meant if it
        starts within.
    since
        When the traffic can begin, milliseconds.
    """

    def __init__(
        self,
        steps: Sequence[tuple[int, int]],
        limits: Sequence[tuple[float, Spans | None]],
        since: int,
    ) -> None:
        self._at: Times = np.array([at for at, _ in steps], np.int64)
        self._rate: Floats = np.array([rate for _, rate in steps], np.float64)
        carried = self._rate[:-1] * np.diff(self._at) / 1000
        self._sum: Floats = np.append(0.0, np.cumsum(carried))
        edges = np.array([since, *self._at, *_edges(limits)], np.int64)
        whole = np.concatenate([edges // MINUTE, -(-edges // MINUTE)]) * MINUTE
        self._marks: Times = np.unique(np.append(whole[whole > since], since))
        """Between two of them the rate is one, or they are one minute apart at most."""
        self._limit = _limit_at(self._marks // MINUTE * MINUTE, limits)
        begin, end = self._marks[:-1], self._marks[1:]
        minutes = -(-(end - begin) // MINUTE)
        pieces = np.minimum(self._bytes(end) - self._bytes(begin), self._limit[:-1] * minutes * 60)
        self._kept: Floats = np.append(0.0, np.cumsum(pieces))

    def by(self, until: int) -> float:
        """Return the most bytes by a time, milliseconds."""
        place = int(np.searchsorted(self._marks, until, "right")) - 1
        if place < 0:
            return 0.0
        begin, limit = int(self._marks[place]), float(self._limit[place]) * 60
        minutes = (until - begin) // MINUTE
        edge = begin + minutes * MINUTE
        at_begin, at_edge, at_end = self._bytes(np.array([begin, edge, until], np.int64)).tolist()
        whole = min(at_edge - at_begin, limit * minutes) if minutes else 0.0
        carried: float = self._kept[place] + whole + min(at_end - at_edge, limit)
        return float(carried)

    def _bytes(self, times: Times) -> Floats:
        """Return what the line alone could carry from the start to each time."""
        place = np.searchsorted(self._at, times, "right") - 1
        carried: Floats = self._sum[place] + self._rate[place] * (times - self._at[place]) / 1000
        return carried


def _edges(limits: Sequence[tuple[float, Spans | None]]) -> list[int]:
    return [-(-at // MINUTE) * MINUTE for _, spans in limits for span in spans or () for at in span]


def _limit_at(minutes: Times, limits: Sequence[tuple[float, Spans | None]]) -> Floats:
    """Return the tightest limit on each minute, bytes per second."""
    tightest = np.full(len(minutes), _NO_LIMIT)
    for rate, spans in limits:
        if spans is None:
            tightest = np.minimum(tightest, rate)
            continue
        edges = np.array(spans, np.int64).reshape(-1, 2)
        place = np.searchsorted(edges[:, 0], minutes, "right") - 1
        within = (place >= 0) & (minutes < edges[np.maximum(place, 0), 1]) if len(edges) else False
        tightest = np.where(within, np.minimum(tightest, rate), tightest)
    return tightest
