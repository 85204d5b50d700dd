"""When something may start: windows without days off, cut to what can still end inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fwsim.commands.notice import NEVER
from fwsim.commands.schedule import on_the_clock
from fwsim.fleet.week import Week, intervals
from fwsim.model.days_off import days_off
from fwsim.model.rollout import Rollout
from fwsim.scenario.windows_section import CommandWindowsSection

Spans = list[tuple[int, int]]


def without(spans: Spans, closed: Spans) -> Spans:
    """Return stretches of time less others; both sorted and disjoint."""
    left: Spans = []
    for start, end in spans:
        since = start
        for first, last in closed:
            if last <= since or first >= end:
                continue
            if first > since:
                left.append((since, first))
            since = max(since, last)
        if since < end:
            left.append((since, end))
    return left


def merged(spans: Spans) -> Spans:
    """Return stretches of time sorted and disjoint."""
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def starts_that_fit(spans: Spans, run_time: int) -> Spans:
    """Return when something may start that must end within the same stretch.

    Configuration Manager's rule: what cannot end inside by its allowed run time waits for the
    next window.
    """
    if run_time == 0:
        return spans
    return [(start, end - run_time + 1) for start, end in spans if end - start >= run_time]


class OpenHours:
    """When something may start on devices of a zone.

    Parameters
    ----------
    rollout
        Of which.
    windows
        What is open.
    active
        Times of the week, on the device's clock, in which nothing starts; None for none.
    deadline
        Until when active hours count, milliseconds; `NEVER` if always.

    Raises
    ------
    InputError
        If its calendar of days off cannot be read.
    """

    def __init__(
        self,
        rollout: Rollout,
        windows: CommandWindowsSection,
        active: Week | None = None,
        deadline: int = NEVER,
    ) -> None:
        self._rollout, self._windows = rollout, windows
        self._active, self._deadline = active, deadline
        # Beyond the horizon, too: the end of the story closes no window.
        length = timedelta(milliseconds=rollout.horizon + self._windows.run_time)
        self._end = rollout.start + length
        self._days_off = []
        if self._windows.holidays is not None:
            days = (rollout.start - timedelta(days=2), self._end + timedelta(days=2))
            self._days_off = days_off(self._windows.holidays, rollout.scenario.files, *days)

    def in_zone(self, zone: ZoneInfo) -> Spans:
        """Return when devices with this clock may start, sorted and disjoint, milliseconds."""
        windows, start = self._windows, self._rollout.start
        clock = self._clock(zone)
        spans = intervals(windows.times, clock, start, self._end)
        closed = [
            (self._instant(section.start, clock), self._instant(section.end, clock))
            for section in windows.blackouts
        ]
        closed += [
            (self._instant(a, clock), self._instant(b, clock) + more // timedelta(milliseconds=1))
            for a, b, more in self._days_off
        ]
        if self._active is not None:
            active = intervals(self._active, zone, start, self._end)
            until = self._deadline
            if until != NEVER:
                active = [(a, min(b, until)) for a, b in active if a < until]
            closed += active
        return starts_that_fit(without(spans, merged(closed)), windows.run_time)

    def _clock(self, zone: ZoneInfo) -> ZoneInfo:
        named = {"device": zone, "server": self._rollout.zone}
        return named.get(self._windows.zone) or ZoneInfo(self._windows.zone)

    def _instant(self, wall: datetime, clock: ZoneInfo) -> int:
        """Return a wall-clock time of a clock, or an aware one, as milliseconds of the story."""
        at = wall.astimezone(UTC) if wall.tzinfo is not None else on_the_clock(wall, clock)
        return self._rollout.milliseconds(at)
