"""When something may start: windows without days off, cut to what can still end inside."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from fwsim.commands.notice import NEVER
from fwsim.fleet.spans import Spans, merged, spans_of, without
from fwsim.fleet.week import Week, intervals
from fwsim.model.days_off import days_off
from fwsim.model.rollout import Rollout
from fwsim.scenario.windows_section import CommandWindowsSection


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
            start, two_days = rollout.start.astimezone(rollout.zone), timedelta(days=2)
            days = (start - two_days, self._end.astimezone(rollout.zone) + two_days)
            self._days_off = days_off(self._windows.holidays, rollout.scenario.files, *days)

    def in_zone(self, zone: ZoneInfo) -> Spans:
        """Return when devices with this clock may start, sorted and disjoint, milliseconds."""
        windows, start = self._windows, self._rollout.start
        clock = self._clock(zone)
        spans = intervals(windows.times, clock, start, self._end)
        blackouts = [(section.start, section.end, timedelta(0)) for section in windows.blackouts]
        closed = spans_of([*blackouts, *self._days_off], clock, start)
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
