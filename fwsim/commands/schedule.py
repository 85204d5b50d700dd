"""When a command runs: now, once, or every so often, on the server's clock.

Sources: Scout manual, "Command options"; scmd manual page "clients" (union of terms) [S].
That schedules follow the server's zone is inferred [I]; what happens when the clocks change is
assumed [A] and can be chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum, StrEnum
from zoneinfo import ZoneInfo

from fwsim.messages import say

_TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class Weekday(IntEnum):
    """Days of the week, numbered as `datetime.date.weekday` does."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


class SkippedHour(StrEnum):
    """What becomes of a time that the clocks jump over [A]."""

    AFTER_GAP = "after_gap"
    SKIP = "skip"


class DoubledHour(StrEnum):
    """Which of two equal wall-clock times counts when the clocks are set back [A]."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Now:
    """Run as soon as the server sees the command: at the start of the scenario."""


@dataclass(frozen=True, slots=True)
class Once:
    """Run at one wall-clock time of the server's zone.

    Parameters
    ----------
    at
        Naive date and time, whole seconds.

    Raises
    ------
    ValueError
        If the time carries a zone or parts of a second.
    """

    at: datetime

    def __post_init__(self) -> None:
        check_wall_clock(self.at)


@dataclass(frozen=True, slots=True)
class Every:
    """Run on each of `weekdays` and on each of `days` of the month: a union [S].

    Parameters
    ----------
    at
        Naive time of day, whole seconds.
    weekdays, days
        In any order; kept sorted and without repeats. Days are 1 to 31; a month without the
        day is left out [A].

    Raises
    ------
    ValueError
        If no day is given, a day is out of range, or the time is no plain time of day.
    """

    at: time
    weekdays: tuple[Weekday, ...] = ()
    days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_wall_clock(self.at)
        if not self.weekdays and not self.days:
            raise ValueError(say("command_option.every_when"))
        for day in self.days:
            if not 1 <= day <= 31:
                text = say("entry_of_commands.day_of_month", value=day)
                raise ValueError(f"every: {text}")
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))


Schedule = Now | Once | Every


def read_time_of_day(text: str) -> time | None:
    """Return the time of ``9:00`` or ``22:00:30``; None if it is none."""
    match = _TIME_OF_DAY.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(part) for part in match.groups(default="0"))
    return time(hour, minute, second) if max(minute, second) < 60 and hour < 24 else None


def check_wall_clock(at: datetime | time) -> None:
    """Raise a `ValueError` for a time that carries a zone or parts of a second."""
    if at.tzinfo is not None or at.microsecond:
        raise ValueError(say("command_option.no_wall_clock", time=at))


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clocks have jumped; it lies in (before, after]."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, round((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def instant_of(
    wall: datetime,
    zone: ZoneInfo,
    *,
    skipped_hour: SkippedHour = SkippedHour.AFTER_GAP,
    doubled_hour: DoubledHour = DoubledHour.FIRST,
) -> datetime | None:
    """Return the instant of a wall-clock time, in UTC.

    Parameters
    ----------
    wall
        Naive date and time.
    zone
        Whose clock it is read on.
    skipped_hour
        What a time means that the clocks jump over: the first instant after the gap, or none.
    doubled_hour
        Which one counts when the clocks show the time twice.
    """
    fold = 1 if doubled_hour is DoubledHour.SECOND else 0
    try:
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    except OverflowError:  # the instant lies outside the calendar
        return None
    if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
        return at
    if skipped_hour is SkippedHour.SKIP:
        return None
    early, late = (wall.replace(tzinfo=zone, fold=f).astimezone(UTC) for f in (1, 0))
    return _end_of_gap(early, late, zone)


def offset_if_twice(at: datetime) -> str:
    """Return the offset of a time that the clock of its zone shows twice; else nothing."""
    if at.tzinfo is None or at.utcoffset() == at.replace(fold=1 - at.fold).utcoffset():
        return ""
    return at.isoformat(timespec="minutes")[16:]  # behind the minutes


def stamp(at: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
    """Return a time of a clock as it is told: of two that are shown alike, with its offset."""
    return f"{at:{form}}{offset_if_twice(at)}"


def on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant a clock shows a wall time, in UTC.

    A time that the clocks skip is the instant they jump; of two equal ones it is the first.

    Raises
    ------
    OverflowError
        If the instant lies outside the calendar.
    """
    at = instant_of(wall, zone)
    if at is None:
        raise OverflowError(f"{wall} in {zone} lies outside the calendar")
    return at


def _wall_times(
    schedule: Every, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[datetime]:
    # A jump of the clocks can carry a time over midnight: a day more on either side.
    day = start.astimezone(zone).date() - timedelta(days=2)
    last = end.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        if Weekday(day.weekday()) in schedule.weekdays or day.day in schedule.days:
            yield datetime.combine(day, schedule.at)
        day += timedelta(days=1)


def firings(
    schedule: Schedule,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    *,
    skipped_hour: SkippedHour = SkippedHour.AFTER_GAP,
    doubled_hour: DoubledHour = DoubledHour.FIRST,
) -> list[datetime]:
    """Return when a command runs.

    Parameters
    ----------
    schedule
        Now, once or every.
    zone
        The server's zone [I].
    start, end
        Aware. Firings lie in [start, end); a time before the start is missed, not made up [A].
    skipped_hour, doubled_hour
        See `instant_of`.

    Returns
    -------
    list of datetime
        In UTC, increasing; one firing where several terms meet [A].
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    match schedule:
        case Now():
            return [start] if start < end else []
        case Once(at):
            walls: Iterator[datetime] = iter((at,))
        case Every():
            walls = _wall_times(schedule, zone, start, end)
    instants = {
        instant_of(wall, zone, skipped_hour=skipped_hour, doubled_hour=doubled_hour)
        for wall in walls
    }
    return sorted(at for at in instants if at is not None and start <= at < end)
