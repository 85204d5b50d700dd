"""Calendar events as systemd writes them: ``Mon..Fri 18:00``, ``*-*~01 22:00``, ``hourly``.

The eLux Command Scheduler takes them for its jobs [S] (eluxcmdscheduler_ini). Rules: the manual
page systemd.time(7), "Calendar Events"; what it leaves open is as ``systemd-analyze calendar`` does
it (`calendar_reading`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import groupby
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import DoubledHour, SkippedHour, instant_of

SECOND = 1_000_000
"""Microseconds."""
LAST_MICROSECOND = 60 * SECOND - 1
FIRST_YEAR, LAST_YEAR = 1970, 2199


@dataclass(frozen=True, slots=True)
class Term:
    """A value, a range of them, or a value that repeats.

    Parameters
    ----------
    start
        The first; of days counted from the end of the month, the one nearest to it if `stop` is
        given.
    stop
        The last; None for a value alone, or one that repeats for as long as there are any.
    step
        From each to the next; 0 for a value alone.
    """

    start: int
    stop: int | None = None
    step: int = 0

    def holds(self, value: int) -> bool:
        """Tell whether a value is one of these."""
        ahead = value - self.start
        return self._is_on_step(ahead) and (self.stop is None or value <= self.stop)

    def holds_from_end(self, value: int) -> bool:
        """Tell whether a day counted from the end of the month is one of these.

        Where nothing stops it, a repetition runs on to the end of the month.
        """
        return self.holds(value) if self.stop else self._is_on_step(self.start - value)

    def _is_on_step(self, ahead: int) -> bool:
        return ahead >= 0 and ahead % self.step == 0 if self.step else ahead == 0

    def values(self, low: int, high: int) -> range:
        """Return those of the values that lie from `low` to `high`."""
        if not self.step:
            return range(self.start, self.start + (low <= self.start <= high))
        last = high if self.stop is None else min(self.stop, high)
        missed = max(0, -((self.start - low) // self.step))
        return range(self.start + missed * self.step, last + 1, self.step)


Terms = tuple[Term, ...]
"""Any of them; without one, every value."""


def _hold(terms: Terms, value: int) -> bool:
    return not terms or any(term.holds(value) for term in terms)


def _values(terms: Terms, low: int, high: int) -> Iterator[int]:
    """Yield what terms mean from `low` to `high`: increasing, each once, one at a time."""
    found = merge(*(term.values(low, high) for term in terms or (Term(0, None, 1),)))
    return (value for value, _ in groupby(found))


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """When something recurs.

    Parameters
    ----------
    weekdays
        Only on these, Monday being 0.
    years, months, days
        Dates that match all three.
    from_end
        Days are counted from the end of the month, 1 being the last.
    hours, minutes, microseconds
        Times of day: every combination. Microseconds are those of a minute.
    zone
        Whose wall clock, if the text names one.
    clock
        Only while the device's clock bears this name, such as ``CET``; None is always.
    text
        As it was written.
    """

    weekdays: frozenset[int]
    years: Terms
    months: Terms
    days: Terms
    from_end: bool
    hours: Terms
    minutes: Terms
    microseconds: Terms
    zone: ZoneInfo | None
    clock: str | None
    text: str

    def holds_on(self, day: date) -> bool:
        """Tell whether the event falls on a day."""
        if day.weekday() not in self.weekdays or not _hold(self.years, day.year):
            return False
        if self.from_end:
            left = monthrange(day.year, day.month)[1] - day.day + 1
            is_day = any(term.holds_from_end(left) for term in self.days)
        else:
            is_day = _hold(self.days, day.day)
        return is_day and _hold(self.months, day.month)

    def times(self, since: time = time.min) -> Iterator[time]:
        """Yield the times of day from one of them on, earliest first."""
        for hour in _values(self.hours, since.hour, 23):
            is_first_hour = hour == since.hour
            for minute in _values(self.minutes, since.minute if is_first_hour else 0, 59):
                is_first = is_first_hour and minute == since.minute
                low = since.second * SECOND + since.microsecond if is_first else 0
                for at in _values(self.microseconds, low, LAST_MICROSECOND):
                    yield time(hour, minute, at // SECOND, at % SECOND)


def _first_wall(start: datetime, zone: ZoneInfo, doubled_hour: DoubledHour) -> datetime:
    """Return the first whole second of the wall clock whose instant is not before `start`.

    A later wall time never means an earlier instant, so halves can be left out.
    """
    shown = start.astimezone(zone).replace(tzinfo=None, microsecond=0, fold=0)
    low, high = -172_800, 172_800
    while high - low > 1:
        middle = (low + high) // 2
        at = instant_of(shown + timedelta(seconds=middle), zone, doubled_hour=doubled_hour)
        if at is not None and at < start.replace(microsecond=0):
            low = middle
        else:
            high = middle
    return shown + timedelta(seconds=high)


def elapses(
    event: CalendarEvent,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    *,
    skipped_hour: SkippedHour = SkippedHour.SKIP,
    doubled_hour: DoubledHour = DoubledHour.FIRST,
) -> Iterator[datetime]:
    """Yield when an event comes round, in UTC, increasing.

    Parameters
    ----------
    event
        The event.
    zone
        The device's zone [S], where the event names none.
    start, end
        Aware; the times lie in [start, end).
    skipped_hour, doubled_hour
        What the change of clocks does; systemd leaves a skipped time out, and takes the first of
        two equal ones.
    """
    where = event.zone or zone
    start = max(start, datetime(FIRST_YEAR - 1, 12, 30, tzinfo=UTC))
    end = min(end, datetime(LAST_YEAR + 1, 1, 2, tzinfo=UTC))
    if start >= end:
        return
    # Of two equal times the clock's name says which: either may be meant.
    folds = [doubled_hour] if event.clock is None else [DoubledHour.SECOND, DoubledHour.FIRST]
    first = _first_wall(start, where, folds[0])
    day, last = first.date(), end.astimezone(where).date() + timedelta(days=1)
    last = min(last, date(LAST_YEAR, 12, 31))
    before = start - timedelta(microseconds=1)
    while day <= last:
        if not _hold(event.years, day.year):
            day = date(day.year + 1, 1, 1)
            continue
        since = first.time() if day == first.date() else time.min
        for clock in event.times(since) if event.holds_on(day) else ():
            wall = datetime.combine(day, clock)
            meant = [
                at
                for fold in folds
                if (at := instant_of(wall, where, skipped_hour=skipped_hour, doubled_hour=fold))
            ]
            if meant and min(meant) >= end:
                return
            at = next((one for one in meant if _is_named(event, one, where)), before)
            if not before < at < end:
                continue
            before = at
            yield at
        day += timedelta(days=1)


def _is_named(event: CalendarEvent, at: datetime, where: ZoneInfo) -> bool:
    return event.clock is None or at.astimezone(where).tzname() == event.clock
