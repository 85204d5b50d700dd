"""When somebody is there, and when a click comes: time to answer counts only in presence."""

from __future__ import annotations

from bisect import bisect_right

from fwsim.commands.notice import NEVER


class Presence:
    """The hours of one kind of people.

    Parameters
    ----------
    intervals
        Sorted, disjoint (from, to) in milliseconds.
    """

    def __init__(self, intervals: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in intervals]
        self._ends = [end for _, end in intervals]

    def holds(self, at: int) -> bool:
        """Tell whether somebody is there."""
        i = bisect_right(self._starts, at) - 1
        return i >= 0 and at < self._ends[i]

    def began(self, at: int) -> int:
        """Return since when somebody has been there who is there at a moment."""
        return self._starts[bisect_right(self._starts, at) - 1]

    def ends(self, at: int) -> int:
        """Return until when somebody is there who is there at a moment."""
        return self._ends[bisect_right(self._starts, at) - 1]

    def between(self, since: int, until: int) -> int:
        """Return for how many milliseconds somebody was there between two moments."""
        i, there = max(bisect_right(self._starts, since) - 1, 0), 0
        while i < len(self._starts) and self._starts[i] < until:
            there += max(min(self._ends[i], until) - max(self._starts[i], since), 0)
            i += 1
        return there

    def after(self, since: int, needed: int) -> int:
        """Return when `needed` milliseconds of presence have passed since `since`.

        Returns
        -------
        int
            The time, or `NEVER` if that much presence does not come.
        """
        i = max(bisect_right(self._starts, since) - 1, 0)
        while i < len(self._starts):
            start = max(since, self._starts[i])
            there = self._ends[i] - start
            if there > 0:
                if needed <= there:
                    return start + needed
                needed -= there
            i += 1
        return NEVER
