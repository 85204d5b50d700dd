"""When things are in a rollout: zone, start and horizon, and the milliseconds of a run."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import Schedule, firings, on_the_clock
from fwsim.fleet.week import Week, intervals
from fwsim.model.purposes import NO_EVENING
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.schema import Scenario
from fwsim.scenario.server_clock import start_of

BEFORE_AND_AFTER = timedelta(days=62)
"""So long before the start and after the horizon days off are known: logs reach beyond both."""
_MORE_THAN_A_WEEK = timedelta(days=8)


class RolloutTimes:
    """What a rollout knows of time.

    Parameters
    ----------
    scenario
        Says where the clock stands, from when and how long.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.zone = ZoneInfo(scenario.zone)
        self.start = start_of(scenario)
        self.horizon: int = scenario.horizon
        self._spans: dict[tuple[Week, ZoneInfo, int], list[tuple[int, int]]] = {}

    @property
    def assumptions(self) -> Assumptions:
        """The scenario's parameters."""
        return self.scenario.assumptions

    @property
    def epoch(self) -> int:
        """Milliseconds since 1970 (UTC) at the start."""
        return round(self.start.timestamp() * 1000)

    @property
    def starts_on_a_minute(self) -> bool:
        """Whether the minutes of a run, by which lines are metered, are those of the clock."""
        return self.scenario.start == self.scenario.start.replace(second=0, microsecond=0)

    def milliseconds(self, at: datetime) -> int:
        """Return an aware time as milliseconds since the start."""
        return round((at - self.start) / timedelta(milliseconds=1))

    def end_by(self, until: int | None) -> int:
        """Return when a run ends that is stopped at some time, if it is; milliseconds."""
        return self.horizon if until is None else min(until, self.horizon)

    def milliseconds_of(self, at: datetime) -> int:
        """Return a wall-clock time of the server's zone as milliseconds since the start."""
        return self.milliseconds(on_the_clock(at, self.zone))

    def local_time(self, milliseconds: int) -> datetime:
        """Return a time of the clock on the server's wall clock."""
        return (self.start + timedelta(milliseconds=milliseconds)).astimezone(self.zone)

    def firings_of(self, schedule: Schedule) -> list[int]:
        """Return when a schedule fires before the horizon, milliseconds after the start."""
        end = self.start + timedelta(milliseconds=self.horizon)
        times = firings(
            schedule,
            self.zone,
            self.start,
            end,
            skipped_hour=self.assumptions.skipped_hour,
            doubled_hour=self.assumptions.doubled_hour,
        )
        return [self.milliseconds(at) for at in times]

    def week_intervals(self, week: Week, zone: ZoneInfo | None = None) -> list[tuple[int, int]]:
        """Return when a pattern holds between start and horizon, in milliseconds.

        Parameters
        ----------
        week
            The pattern.
        zone
            Whose wall clock; the server's by default.
        """
        return self._spans_until(week, zone or self.zone, self.horizon)

    def ended_before(self, week: Week, zone: ZoneInfo) -> int:
        """Return when a pattern held last before the start, zero or less in milliseconds.

        Returns
        -------
        int
            `NO_EVENING` where it never held, or holds at the start.
        """
        back = BEFORE_AND_AFTER if week.days_off else _MORE_THAN_A_WEEK
        spans = intervals(week, zone, self.start - back, self.start + timedelta(milliseconds=1))
        end = spans[-1][1] - round(back / timedelta(milliseconds=1)) if spans else 1
        return end if end <= 0 else NO_EVENING

    def windows(self, week: Week) -> list[tuple[int, int]]:
        """Return when a pattern holds on the server's clock, as `week_intervals` does.

        One that is not over at the horizon ends a millisecond behind it, so that it can be told
        from one that is over just then.
        """
        return self._spans_until(week, self.zone, self.horizon + 1)

    def _spans_until(self, week: Week, zone: ZoneInfo, end: int) -> list[tuple[int, int]]:
        key = week, zone, end
        if key not in self._spans:
            until = self.start + timedelta(milliseconds=end)
            self._spans[key] = intervals(week, zone, self.start, until)
        return self._spans[key]

    @cached_property
    def days(self) -> list[tuple[str, int, int]]:
        """The days of the server's clock up to the horizon: name, begin and end, milliseconds."""
        last = self.local_time(self.horizon).date()
        day, days = self.local_time(0).date(), []
        while day <= last:
            edges = (datetime.combine(at, time()) for at in (day, day + timedelta(days=1)))
            begin, end = (self.milliseconds_of(at) for at in edges)
            days.append((day.isoformat(), begin, end))
            day += timedelta(days=1)
        return days

    @cached_property
    def _day_ends(self) -> list[int]:
        return [end for _, _, end in self.days]
