"""Stretches of time: on a calendar, and as milliseconds of a story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import on_the_clock

Spans = list[tuple[int, int]]
"""From and to, in milliseconds."""
Stretch = tuple[datetime, datetime, timedelta]
"""From when to when, and how much longer by a stop-watch (RFC 5545: hours are elapsed time, days
are those of the clock); naive times are those of the clock that looks at them."""
MILLISECOND = timedelta(milliseconds=1)


def without(spans: Spans, closed: Spans) -> Spans:
    """Return stretches of time less others; both sorted and disjoint.

    Costs O(n + m): either list is gone through once.
    """
    left: Spans = []
    ahead = 0  # of `closed`, the first that is not over
    for start, end in spans:
        since = start
        while ahead < len(closed) and closed[ahead][0] < end:
            first, last = closed[ahead]
            if last > since:
                if first > since:
                    left.append((since, first))
                since = last
            if last > end:
                break  # it goes on into what is next
            ahead += 1
        if since < end:
            left.append((since, end))
    return left


def common(spans: Spans, others: Spans) -> Spans:
    """Return the stretches of time that are in both; both sorted and disjoint."""
    found: Spans = []
    first = 0
    for start, end in spans:
        while first < len(others) and others[first][1] <= start:
            first += 1
        for since, until in others[first:]:
            if since >= end:
                break
            found.append((max(start, since), min(end, until)))
    return found


def merged(spans: Spans) -> Spans:
    """Return stretches of time sorted and disjoint."""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def spans_of(stretches: Iterable[Stretch], clock: ZoneInfo, start: datetime) -> Spans:
    """Return stretches of a calendar in milliseconds, in their order.

    Parameters
    ----------
    stretches
        Their naive times are those of `clock`.
    clock
        A wall clock.
    start
        Aware; what is counted from.
    """

    def milliseconds(wall: datetime) -> int:
        at = wall.astimezone(UTC) if wall.tzinfo is not None else on_the_clock(wall, clock)
        return round((at - start) / MILLISECOND)

    return [
        (milliseconds(first), milliseconds(last) + more // MILLISECOND)
        for first, last, more in stretches
    ]
