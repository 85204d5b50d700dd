"""The most bytes lines can carry by a time, also while they keep limits on their minutes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MINUTE = 60_000
_NO_LIMIT = 1e30
Spans = tuple[tuple[int, int], ...]
Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Limit = tuple[Floats, Spans | None]


class LineCapacities:
    """Lines whose rates change at the same times; asked in O(log changes).

    Loads are metered by the whole minute, so a limit on a peak is one on the bytes of each minute,
    also of those in which the traffic begins, ends, or the rate changes.

    Parameters
    ----------
    at
        Milliseconds from which on each rate holds; ascending, the first 0; shape (times,).
    rates
        Bytes per second from then on; shape (lines, times).
    limits
        (bytes per second of each line, from-to) of each limit; None holds always. A minute is
        meant if it starts within.
    since
        When the traffic can begin, milliseconds.
    """

    def __init__(self, at: Times, rates: Floats, limits: Sequence[Limit], since: int) -> None:
        self._at, self._rate = at, rates
        self._sum = _added_up(rates[:, :-1] * np.diff(at) / 1000)
        edges = np.array([since, *at.tolist(), *_edges(limits)], np.int64)
        whole = np.concatenate([edges // MINUTE, -(-edges // MINUTE)]) * MINUTE
        self._marks: Times = np.unique(np.append(whole[whole > since], since))
        """Between two of them the rate is one, or they are one minute apart at most."""
        self._limit = _limit_at(self._marks // MINUTE * MINUTE, limits, len(rates))
        begin, end = self._marks[:-1], self._marks[1:]
        minutes = -(-(end - begin) // MINUTE)
        alone = self._bytes(self._marks)
        pieces = np.minimum(alone[:, 1:] - alone[:, :-1], self._limit[:, :-1] * minutes * 60)
        self._kept = _added_up(pieces)

    def by(self, until: int) -> Floats:
        """Return the most bytes of each line by a time, milliseconds; shape (lines,)."""
        place = int(np.searchsorted(self._marks, until, "right")) - 1
        if place < 0:
            return np.zeros(len(self._rate))
        begin, limit = int(self._marks[place]), self._limit[:, place] * 60
        minutes = (until - begin) // MINUTE
        edge = begin + minutes * MINUTE
        at_begin, at_edge, at_end = self._bytes(np.array([begin, edge, until], np.int64)).T
        whole = np.minimum(at_edge - at_begin, limit * minutes) if minutes else 0.0
        carried: Floats = self._kept[:, place] + whole + np.minimum(at_end - at_edge, limit)
        return carried

    def _bytes(self, times: Times) -> Floats:
        """Return what each line alone could carry from the start to each time."""
        place = np.searchsorted(self._at, times, "right") - 1
        since = times - self._at[place]
        carried: Floats = self._sum[:, place] + self._rate[:, place] * since / 1000
        return carried


def _added_up(pieces: Floats) -> Floats:
    """Return the sums of each row's first pieces, of none of them first."""
    sums = np.zeros((len(pieces), pieces.shape[1] + 1))
    np.cumsum(pieces, axis=1, out=sums[:, 1:])
    return sums


def _edges(limits: Sequence[Limit]) -> list[int]:
    return [-(-at // MINUTE) * MINUTE for _, spans in limits for span in spans or () for at in span]


def _limit_at(minutes: Times, limits: Sequence[Limit], lines: int) -> Floats:
    """Return the tightest limit on each minute, bytes per second; shape (lines, minutes)."""
    tightest = np.full((lines, len(minutes)), _NO_LIMIT)
    for rates, spans in limits:
        if spans is None:
            tightest = np.minimum(tightest, rates[:, None])
            continue
        edges = np.array(spans, np.int64).reshape(-1, 2)
        place = np.searchsorted(edges[:, 0], minutes, "right") - 1
        within = (place >= 0) & (minutes < edges[np.maximum(place, 0), 1]) if len(edges) else False
        tightest = np.where(within, np.minimum(tightest, rates[:, None]), tightest)
    return tightest
