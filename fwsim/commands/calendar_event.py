"""Calendar events as systemd writes them: ``Mon..Fri 18:00``, ``*-*~01 22:00``, ``hourly``.

The eLux Command Scheduler takes them for its jobs [S] (eluxcmdscheduler_ini). Rules: the manual
page systemd.time(7), "Calendar Events". Fractions of a second are not taken.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import DoubledHour, SkippedHour, instant_of
from fwsim.problems import nearest

LONGEST_EVENT = 500
LAST_YEAR = 2199
_DAY_NAMES = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5,
    "sunday": 6,
}  # fmt: skip
_SHORTHANDS = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    "semiannually": "*-01,07-01 00:00:00",
    "semi-annually": "*-01,07-01 00:00:00",
}
_EXAMPLE = "write for example Mon..Fri 18:00"
_DAYS_PART = re.compile(r"[A-Za-z][A-Za-z.,\-]*")
_TERM = re.compile(r"(?P<start>\*|[0-9]+)(?:\.\.(?P<end>[0-9]+))?(?:/(?P<step>[0-9]+))?")

Values = frozenset[int]


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """When something recurs.

    Parameters
    ----------
    weekdays
        Only on these.
    years, months, days
        Dates that match all three.
    from_end
        Days are counted from the end of the month, 1 being the last.
    hours, minutes, seconds
        Times of day: every combination.
    zone
        Whose wall clock, if the text names one.
    text
        As it was written.
    """

    weekdays: Values
    years: Values
    months: Values
    days: Values
    from_end: bool
    hours: Values
    minutes: Values
    seconds: Values
    zone: ZoneInfo | None
    text: str

    def holds_on(self, day: date) -> bool:
        """Tell whether the event falls on a day."""
        number = monthrange(day.year, day.month)[1] - day.day + 1 if self.from_end else day.day
        return (
            day.weekday() in self.weekdays
            and number in self.days
            and day.month in self.months
            and day.year in self.years
        )

    def times(self) -> Iterator[time]:
        """Yield the times of day, earliest first."""
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                for second in sorted(self.seconds):
                    yield time(hour, minute, second)


def _wrong(text: str, why: str) -> ValueError:
    return ValueError(f"{text!r} is no calendar event: {why}; {_EXAMPLE}")


def _weekday(name: str, text: str) -> int:
    folded = name.casefold()
    for full, number in _DAY_NAMES.items():
        if folded in {full, full[:3]}:
            return number
    raise _wrong(text, f"{name!r} is no weekday{nearest(name, _DAY_NAMES)}")


def _read_weekdays(part: str, text: str) -> Values:
    found: set[int] = set()
    for term in part.split(","):
        first, *rest = re.split(r"\.\.|-", term)
        if len(rest) > 1:
            raise _wrong(text, f"{term!r} is no range of weekdays")
        start = _weekday(first, text)
        end = _weekday(rest[0], text) if rest else start
        found.update((start + i) % 7 for i in range((end - start) % 7 + 1))
    return frozenset(found)


def _read_values(part: str, low: int, high: int, what: str, text: str) -> Values:
    found: set[int] = set()
    for term in part.split(","):
        match = _TERM.fullmatch(term)
        if match is None:
            raise _wrong(text, f"{term!r} is no {what}")
        start = low if match["start"] == "*" else int(match["start"][:9])
        open_end = match["start"] == "*" or match["step"]
        end = int(match["end"][:9]) if match["end"] else high if open_end else start
        step = int(match["step"][:9]) if match["step"] else 1
        if not low <= start <= end <= high or step == 0:
            raise _wrong(text, f"{term!r} is no {what}; expected {low} to {high}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _full_years(part: str) -> str:
    def full(match: re.Match[str]) -> str:
        year = int(match[0])
        return str(year + (2000 if year < 70 else 1900)) if len(match[0]) == 2 else match[0]

    # the number behind a / is a step, no year
    return re.sub(r"(?<![/0-9])[0-9]{2}(?![0-9])", full, part)


def _read_date(part: str, text: str) -> tuple[Values, Values, Values, bool]:
    from_end = "~" in part
    pieces = part.replace("~", "-").split("-")
    if len(pieces) == 2:
        pieces = ["*", *pieces]
    if len(pieces) != 3:
        raise _wrong(text, f"{part!r} is no date")
    years, months, days = pieces
    return (
        _read_values(_full_years(years), 1970, LAST_YEAR, "year", text),
        _read_values(months, 1, 12, "month", text),
        _read_values_from_end(days, text) if from_end else _read_values(days, 1, 31, "day", text),
        from_end,
    )


def _read_values_from_end(part: str, text: str) -> Values:
    """Read days counted from the end; with a repetition they run on to the end of the month."""
    found: set[int] = set()
    for term in part.split(","):
        start, _, step = term.partition("/")
        if not step:
            found |= _read_values(term, 1, 31, "day", text)
            continue
        (first,) = _read_values(start, 1, 31, "day", text)
        if not step.isdecimal() or int(step) == 0:
            raise _wrong(text, f"{term!r} is no day")
        found.update(range(first, 0, -int(step)))
    return frozenset(found)


def _read_time(part: str, text: str) -> tuple[Values, Values, Values]:
    pieces = part.split(":")
    if len(pieces) == 2:
        pieces.append("00")
    if len(pieces) != 3:
        raise _wrong(text, f"{part!r} is no time of day")
    hours, minutes, seconds = pieces
    return (
        _read_values(hours, 0, 23, "hour", text),
        _read_values(minutes, 0, 59, "minute", text),
        _read_values(seconds, 0, 59, "second", text),
    )


def _read_zone(parts: list[str], text: str) -> ZoneInfo | None:
    if parts and (parts[-1] == "UTC" or ("/" in parts[-1] and parts[-1][0].isalpha())):
        name = parts.pop()
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise _wrong(text, f"{name!r} is no time zone") from None
    return None


def read_calendar_event(text: str) -> CalendarEvent:
    """Return what a calendar event says.

    Raises
    ------
    ValueError
        If it is none; says what was read and gives an example.
    """
    if len(text) > LONGEST_EVENT:
        raise ValueError(f"a calendar event is longer than {LONGEST_EVENT} characters")
    parts = text.split()
    if not parts:
        raise _wrong(text, "it is empty")
    parts = [*_SHORTHANDS.get(parts[0].casefold(), parts[0]).split(), *parts[1:]]
    zone = _read_zone(parts, text)
    weekdays: Values = frozenset(range(7))
    if parts and _DAYS_PART.fullmatch(parts[0]):
        weekdays = _read_weekdays(parts.pop(0).rstrip(","), text)
    day = next((part for part in parts if ":" not in part), "*-*-*")
    clock = next((part for part in parts if ":" in part), "00:00:00")
    if len(parts) > 2 or [p for p in (day, clock) if p in parts] != parts:
        raise _wrong(text, "expected weekdays, a date, a time, in this order")
    years, months, days, from_end = _read_date(day, text)
    hours, minutes, seconds = _read_time(clock, text)
    return CalendarEvent(
        weekdays, years, months, days, from_end, hours, minutes, seconds, zone, text
    )


def elapses(
    event: CalendarEvent,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    *,
    skipped_hour: SkippedHour = SkippedHour.AFTER_GAP,
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
        What the change of clocks does, as for schedules of the server [A].
    """
    where = event.zone or zone
    day = start.astimezone(where).date() - timedelta(days=2)
    last = end.astimezone(where).date() + timedelta(days=1)
    times = tuple(event.times())
    before = start - timedelta(microseconds=1)
    while day <= last:
        if event.holds_on(day):
            walls = (datetime.combine(day, clock) for clock in times)
            instants = {
                instant_of(wall, where, skipped_hour=skipped_hour, doubled_hour=doubled_hour)
                for wall in walls
            }
            for at in sorted(at for at in instants if at is not None):
                if before < at < end:
                    before = at
                    yield at.astimezone(UTC)
        day += timedelta(days=1)
