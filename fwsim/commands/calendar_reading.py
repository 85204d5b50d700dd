"""Reading a calendar event as systemd does: what it takes is taken, what it refuses is refused.

Referee: ``systemd-analyze calendar`` of systemd 252 (`tests/commands/test_calendar_referee.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from fwsim.commands.calendar_event import (
    FIRST_YEAR,
    LAST_MICROSECOND,
    LAST_YEAR,
    SECOND,
    CalendarEvent,
    Term,
    Terms,
)
from fwsim.commands.calendar_slips import over_week_end, plain_event
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.weekdays import KEYS, NAMES
from fwsim.quantities.zones import zone_meant

LONGEST_EVENT = 10_000
_SHOWN = 80
"""Letters of a wrong event that are told."""
MOST_TERMS = 241
_LARGEST = (1 << 31) - 1
_FEWER_DAYS = 3
_DAY_NAMES = tuple(names[0] for names in NAMES)
_NUMBERS = {name[:length]: n for n, name in enumerate(_DAY_NAMES) for length in (3, len(name))}
_SHORTHANDS = {
    "minutely": "*:*",
    "hourly": "*:00",
    "daily": "00:00",
    "weekly": "Mon 00:00",
    "monthly": "*-*-01",
    **dict.fromkeys(("yearly", "annually", "anually"), "*-01-01"),
    "quarterly": "*-01,04,07,10-01",
    **dict.fromkeys(("semiannually", "semi-annually", "biannually", "bi-annually"), "*-01,07-01"),
}
_STARTS_WITH_DAY = re.compile("|".join(KEYS), re.IGNORECASE)
_DATE = re.compile(r"([^-~]+)([-~])([^-~]+)(?:([-~])([^-~]+))?")
_EPOCH = re.compile(r"@[ \t\n\v\f\r]*([+-]?)([0-9]+)")
_NUMBER = r"[0-9]+"
_FRACTION = r"[0-9]+(?:\.[0-9]+)?"


@dataclass(frozen=True, slots=True)
class _Field:
    """A part of an event: what it is called and how far it reaches."""

    name: str
    low: int
    high: int
    unit: int = 1
    from_end: bool = False

    @property
    def pattern(self) -> str:
        number = _NUMBER if self.unit == 1 else _FRACTION
        return rf"({number})(?:\.\.({number}))?(?:/({number}))?"

    @property
    def none(self) -> str:
        """What a text is that is none of it."""
        return say(f"calendar_event.no.{self.name}")

    def written(self, value: int) -> str:
        """Write a value of it for people."""
        return f"{value / self.unit:.6f}".rstrip("0").rstrip(".")


_YEAR = _Field("year", FIRST_YEAR, LAST_YEAR)
_MONTH, _DAY = _Field("month", 1, 12), _Field("day", 1, 31)
_DAY_FROM_END = _Field("day_from_end", 1, 28, from_end=True)
_HOUR, _MINUTE = _Field("hour", 0, 23), _Field("minute", 0, 59)
_SECONDS = _Field("second", 0, LAST_MICROSECOND, SECOND)


class _NoEventError(ValueError):
    """Says what is wrong with a part, and what may be meant; the whole is named where known."""

    def __init__(self, fault: str, near: str = "", *, has_example: bool = False) -> None:
        super().__init__(f"{fault}{near}")
        self.fault, self.has_example = fault, has_example


@lru_cache(1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime"}


def _number(text: str, field: _Field) -> int:
    """Return a number in the unit of its field, rounded to whole ones."""
    whole, _, fraction = text.partition(".")
    found = int(whole.lstrip("0")[:12] or "0") * field.unit
    if fraction:
        digits = fraction[:7].ljust(7, "0")
        found += int(digits[:6]) + (digits[6] >= "5")
    if found > _LARGEST:
        raise _NoEventError(say("calendar_event.too_large", text=text[:20], none=field.none))
    return found


def _full_year(year: int) -> int:
    return year + (2000 if year < 70 else 1900) if year < 100 else year


def _read_term(text: str, field: _Field) -> Term:
    match = re.fullmatch(field.pattern, text)
    if match is None:
        fault, hint = say("calendar_event.none", text=text, none=field.none), _hint(text, field)
        raise _NoEventError(fault + hint, has_example=bool(hint))
    start, stop, step = (_number(part, field) if part else None for part in match.groups())
    assert start is not None  # noqa: S101 - the pattern has one
    if step == 0:
        raise _NoEventError(say("calendar_event.stands_still", text=text, none=field.none))
    if field is _YEAR:
        start, stop = _full_year(start), None if stop is None else _full_year(stop)
    if stop is None:
        return Term(start, None, step or 0)
    if stop < start:
        raise _NoEventError(say("calendar_event.backwards", text=text, none=field.none))
    if step is None and field is _SECONDS and stop - start < SECOND:
        raise _NoEventError(say("calendar_event.too_short", text=text, none=field.none))
    # What no repetition reaches is left out, and a range without one is a value alone.
    step = step or field.unit
    stop -= (stop - start) % step
    return Term(start, stop, step) if stop > start else Term(start)


def _hint(text: str, field: _Field) -> str:
    if not text.startswith("*/"):
        return ""
    return say("calendar_event.star", example=f"{field.written(field.low)}{text[1:]}")


def _check(term: Term, field: _Field, text: str) -> None:
    low, high = field.written(field.low), field.written(field.high)
    for end in (term.start, term.start if term.stop is None else term.stop):
        if not field.low <= end <= field.high:
            raise _NoEventError(
                say("calendar_event.range", text=text, none=field.none, low=low, high=high)
            )
    second = term.start - term.step if field.from_end else term.start + term.step
    if term.stop is None and not field.low <= second <= field.high:
        raise _NoEventError(
            say(
                "calendar_event.beyond",
                text=text,
                none=field.none,
                first=field.written(second),
                end=low if field.from_end else high,
            )
        )


def _read_terms(text: str, field: _Field) -> Terms:
    if text == "*":
        return (Term(0, None, field.unit),) if field is _SECONDS else ()
    parts = text.split(",")
    if parts[0] == "*":
        raise _NoEventError(say("calendar_event.star_in_list", text=text, none=field.none))
    if len(parts) > MOST_TERMS:
        raise _NoEventError(say("calendar_event.too_many", most=MOST_TERMS))
    found = {_read_term(part, field): part for part in parts}
    terms = sorted(found, key=lambda t: (t.start, -1 if t.stop is None else t.stop, t.step))
    for place, term in enumerate(terms):
        # In a list counted from the end systemd lets each next one reach three days less far.
        reach = field.high - _FEWER_DAYS * place if field.from_end else field.high
        _check(term, replace(field, high=reach), found[term])
    return tuple(terms)


def _read_weekdays(part: str) -> frozenset[int]:
    found: set[int] = set()
    for term in part.removesuffix(",").split(","):
        names = re.split(r"\.\.|-", term)
        for name in names:
            if not name:
                raise _NoEventError(say("calendar_event.day_expected", text=part))
            if name.lower() not in _NUMBERS:
                fault = say("calendar_event.no_weekday", text=name)
                raise _NoEventError(fault, nearest(name, _DAY_NAMES))
        first, last = _NUMBERS[names[0].lower()], _NUMBERS[names[-1].lower()]
        if len(names) > 2:
            raise _NoEventError(say("calendar_event.no_days", text=term))
        if first > last:
            text = say(
                "calendar_event.over_week_end", text=term, example=over_week_end(first, last)
            )
            raise _NoEventError(text, has_example=True)
        found.update(range(first, last + 1))
    return frozenset(found)


def _read_date(part: str) -> tuple[Terms, Terms, Terms, bool]:
    match = _DATE.fullmatch(part)
    if match is None:
        raise _NoEventError(say("calendar_event.no_date", text=part))
    first, mark, second, last_mark, third = match.groups()
    if third is None:
        first, second, third, mark, last_mark = "*", first, second, "-", mark
    if mark == "~":
        raise _NoEventError(say("calendar_event.tilde", text=part))
    from_end = last_mark == "~" and third != "*"
    days = _read_terms(third, _DAY_FROM_END if from_end else _DAY)
    return _read_terms(first, _YEAR), _read_terms(second, _MONTH), days, from_end


def _read_time(part: str) -> tuple[Terms, Terms, Terms]:
    pieces = part.split(":")
    if len(pieces) == 2:
        pieces.append("0")
    if len(pieces) != 3:
        raise _NoEventError(say("calendar_event.no_time", text=part))
    hours, minutes, seconds = pieces
    return (
        _read_terms(hours, _HOUR),
        _read_terms(minutes, _MINUTE),
        _read_terms(seconds, _SECONDS),
    )


def clock_names(zone: ZoneInfo, start: datetime) -> tuple[str, ...]:
    """Return what a zone's clock is called in the year from `start` on, such as CET and CEST."""
    start = min(start, datetime(LAST_YEAR, 1, 1, tzinfo=UTC))
    weeks = (start + timedelta(weeks=week) for week in range(53))
    return tuple(dict.fromkeys(at.astimezone(zone).tzname() or "" for at in weeks))


def _without_zone(text: str, clocks: Sequence[str]) -> tuple[str, ZoneInfo | None, str | None]:
    """Part an event from the zone at its end."""
    rest, blank, name = text.rpartition(" ")
    if not blank:
        return text, None, None
    if name.lower() == "utc":
        return rest, ZoneInfo("UTC"), None
    for clock in clocks:
        if clock and name.lower() == clock.lower():
            return rest, None, clock
    if name == "localtime":  # the device's own
        return rest, None, None
    if (plain := name.removeprefix("posix/")) in _zones():
        return rest, ZoneInfo(plain), None
    if rest and name[:1].isalpha() and not _STARTS_WITH_DAY.match(name):
        kind = "no_clock" if clocks else "no_zone"
        text = say(f"calendar_event.{kind}", text=name, clocks=", ".join(clocks))
        raise _NoEventError(text, zone_meant(name))
    return text, None, None


def _of_epoch(text: str) -> datetime:
    """Return the time of ``@1500000000``; read as C's strtoul does."""
    match = _EPOCH.fullmatch(text)
    if match is None:
        raise _NoEventError(say("calendar_event.no_epoch", text=text))
    sign, digits = match.groups()
    seconds = int(digits.lstrip("0")[:21] or "0")
    if sign == "-" and seconds < 1 << 64:
        seconds = -seconds % (1 << 64)
    latest = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    if seconds >= latest.timestamp():
        raise _NoEventError(say("calendar_event.too_late", text=text, year=str(LAST_YEAR)))
    return datetime.fromtimestamp(seconds, UTC)


def _only_at(at: datetime, weekdays: frozenset[int], text: str) -> CalendarEvent:
    seconds = (Term(at.second * SECOND),)
    years, months, days, hours, minutes = (
        (Term(value),) for value in (at.year, at.month, at.day, at.hour, at.minute)
    )
    return CalendarEvent(
        weekdays, years, months, days, False, hours, minutes, seconds, ZoneInfo("UTC"), None, text
    )


def _read(text: str, clocks: Sequence[str]) -> CalendarEvent:
    if not text.isascii():
        odd = next(letter for letter in text if not letter.isascii())
        raise _NoEventError(say("calendar_event.odd", text=odd))
    rest, zone, clock = _without_zone(text, clocks)
    if not rest.strip(" "):
        raise _NoEventError(say("calendar_event.empty"))
    if rest[0] == " ":
        raise _NoEventError(say("calendar_event.blank"))
    rest = _SHORTHANDS.get(rest.lower(), rest)
    weekdays = frozenset(range(7))
    head, _, tail = rest.partition(" ")
    if head.lower() in _SHORTHANDS:
        raise _NoEventError(say("calendar_event.stands_alone", text=head))
    if _STARTS_WITH_DAY.match(rest):
        weekdays, rest = _read_weekdays(head), tail.lstrip(" ")
    elif head[0].isalpha():
        near = nearest(head, [*_DAY_NAMES, *_SHORTHANDS])
        raise _NoEventError(say("calendar_event.no_weekday", text=head), near)
    if rest.startswith("@"):
        return _only_at(_of_epoch(rest), weekdays, text)
    day_part, clock_part = _parted(rest)
    return CalendarEvent(
        weekdays, *_read_date(day_part), *_read_time(clock_part), zone, clock, text
    )


def _parted(text: str) -> tuple[str, str]:
    """Part a date from a time; either may be missing."""
    first, blank, tail = text.partition(" ")
    if ":" in first:
        if blank:
            raise _NoEventError(say("calendar_event.order"))
        return "*-*-*", first
    tail = tail.lstrip(" ")
    if " " in tail:
        raise _NoEventError(say("calendar_event.order"))
    return first or "*-*-*", tail or "00:00:00"


def read_calendar_event(text: str, clocks: Sequence[str] = ()) -> CalendarEvent:
    """Return what a calendar event says.

    Parameters
    ----------
    text
        The event; systemd takes no blank before it.
    clocks
        What the device's own clock is called (`clock_names`): such a name may stand at the end.

    Raises
    ------
    ValueError
        If it is none; says what was read and gives an example.
    """
    if len(text) > LONGEST_EVENT:
        raise ValueError(say("calendar_event.too_long", most=LONGEST_EVENT))
    try:
        return _read(text, clocks)
    except _NoEventError as error:
        shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
        if not error.has_example and (meant := _meant(text, clocks)):
            near = say("near.meant", name=meant)
            told = say("calendar_event.is_none", text=shown, why=f"{error.fault}{near}")
            raise ValueError(told) from None
        example = "" if error.has_example else say("calendar_event.example")
        told = say("calendar_event.is_none", text=shown, why=error)
        raise ValueError(told + example) from None


def _meant(text: str, clocks: Sequence[str]) -> str:
    """Return the event that is written in other words, if it is one."""
    if len(text) > _SHOWN or (plain := plain_event(text)) == text:
        return ""
    try:
        _read(plain, clocks)
    except _NoEventError:
        return ""
    return plain
