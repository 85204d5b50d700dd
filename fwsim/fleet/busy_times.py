"""What others take of a line: the largest of the shares that hold at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

Spans = Iterable[tuple[int, int]]


@dataclass(frozen=True)
class ByDay:
    """A share that others take of a line, which differs from day to day.

    Parameters
    ----------
    usual
        On a day that is not named.
    days
        Days, as 2026-11-26, with their shares.
    """

    usual: float
    days: tuple[tuple[str, float], ...]

    def __float__(self) -> float:
        """Return the usual share, which stands for all days where one number has to."""
        return float(self.usual)  # of a belief, too


def largest_shares(busy: Iterable[tuple[Spans, float]]) -> list[tuple[int, float]]:
    """Return how the largest of several shares changes over time.

    Parameters
    ----------
    busy
        Stretches (from, to) in milliseconds, and the share that is taken in each of them.

    Returns
    -------
    list of (int, float)
        (milliseconds, share), sorted, the first at 0; only where the share changes. Costs
        O(n log n) in the number of stretches.
    """
    stretches = sorted(
        (begin, end, share)
        for spans, share in ((spans, float(share)) for spans, share in busy)  # of a belief, too
        for begin, end in spans
        if begin < end
    )
    if all(one[1] <= other[0] for one, other in pairwise(stretches)):
        return _one_by_one(stretches)
    return _overlapping(stretches)


def _one_by_one(stretches: Iterable[tuple[int, int, float]]) -> list[tuple[int, float]]:
    steps = [(0, 0.0)]
    for begin, end, share in stretches:
        if not share:
            continue
        if steps[-1] == (begin, 0.0):
            steps.pop()
        if not steps or steps[-1][1] != share:
            steps.append((begin, share))
        steps.append((end, 0.0))
    return steps


def _overlapping(stretches: Iterable[tuple[int, int, float]]) -> list[tuple[int, float]]:
    edges = sorted(
        edge
        for begin, end, share in stretches
        for edge in ((begin, True, share), (end, False, share))
    )
    holding: Counter[float] = Counter()
    largest = [0.0]  # a heap of negative shares; those that no longer hold are dropped late
    steps = [(0, 0.0)]
    for at, begins, share in edges:
        holding[share] += 1 if begins else -1
        if begins:
            heappush(largest, -share)
        while largest[0] and not holding[-largest[0]]:
            heappop(largest)
        taken = -largest[0] if largest[0] else 0.0
        if steps[-1][0] == at:
            steps.pop()
        if not steps or steps[-1][1] != taken:
            steps.append((at, taken))
    return steps
