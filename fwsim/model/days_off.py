"""Days off: those of an iCalendar file (RFC 5545), and the public holidays of a country."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from fwsim.fleet.spans import Stretch
from fwsim.messages import say
from fwsim.model.calendar_file import BEGINNING, TIMES, as_written, events_of
from fwsim.model.recurrence import MOST_DAYS_OFF, Span, TooLongError, TooOftenError, rounds
from fwsim.optional import needed
from fwsim.problems import InputError, Problem, nearest
from fwsim.quantities.zones import zone_meant
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.schema import Scenario
from fwsim.scenario.server_clock import end_of, start_of
from fwsim.scenario.windows_section import CommandWindowsSection, HolidaysSection

LARGEST_CALENDAR = 2_000_000
Length = tuple[timedelta, timedelta]
"""By the clock on the wall, and by a stop-watch behind it."""
_DAYS = re.compile(r"([-+]?)P(?:([0-9]+)W)?(?:([0-9]+)D)?", re.IGNORECASE)


def days_off(
    section: HolidaysSection,
    files: FilesBeside,
    start: datetime,
    end: datetime,
    place: str = "windows.holidays",
) -> list[Stretch]:
    """Return the days off between two moments.

    Parameters
    ----------
    section
        Which.
    files
        Among which its file is.
    start, end
        Aware, on the server's clock: what lies outside is left out, and where a calendar gives a
        moment for a day, this clock tells which day it is.
    place
        Where the section stands in the scenario.

    Raises
    ------
    InputError
        If the file is no calendar or has too many events, the country is unknown, or the package
        that knows countries is not installed.
    """
    try:
        return read_days_off(section, files, start, end)
    except InputError as error:
        raise InputError(placed(one, place) for one in error.problems) from None


def read_days_off(
    section: HolidaysSection, files: FilesBeside, start: datetime, end: datetime
) -> list[Stretch]:
    """Return what `days_off` does; where a problem stands is told within the section.

    Raises
    ------
    InputError
        With everything that is wrong with its file and its country.
    """
    found: list[Stretch] = []
    problems: list[Problem] = []
    try:
        found += _of_file(section.file, files, start, end) if section.file is not None else ()
    except InputError as error:
        problems += error.problems
    try:
        found += _of_country(section, start.year, end.year) if section.country is not None else ()
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def placed(problem: Problem, place: str) -> Problem:
    """Return a problem at its place in the scenario; of a file that cannot be read it has one."""
    return problem if problem.path is None else replace(problem, path=f"{place}.{problem.path}")


def check_days_off(scenario: Scenario) -> None:
    """Read the days off of all windows where nobody is known for whom they hold.

    Raises
    ------
    InputError
        With all problems of all of them.
    """
    windows: list[tuple[str, CommandWindowsSection | None]] = [("", scenario.windows)]
    windows += [(f"assignments.{i}.", one.windows) for i, one in enumerate(scenario.assignments)]
    days = (start_of(scenario), end_of(scenario))
    problems: list[Problem] = []
    for place, of in windows:
        if of is None or of.holidays is None:
            continue
        try:
            days_off(of.holidays, scenario.files, *days, f"{place}windows.holidays")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)


def _refused(text: str, key: str) -> InputError:
    return InputError([Problem(text, path=key)])


# A calendar file


def _of_file(file: str, files: FilesBeside, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Return the days off of a calendar file, which is read once for all that name it."""
    read = _read if files.keeps else _read.__wrapped__
    found = read(file, files, start, end, start.tzinfo)
    if isinstance(found, InputError):
        raise InputError(found.problems)
    return found


@lru_cache(maxsize=64)
def _read(
    file: str,
    files: FilesBeside,
    start: datetime,
    end: datetime,
    clock: tzinfo | None,  # noqa: ARG001 - moments of two clocks may be equal, their days are not
) -> tuple[Stretch, ...] | InputError:
    """Return the days off of a calendar file, or why there are none."""
    try:
        return tuple(_of_calendar(file, files, start, end))
    except InputError as error:
        return error


def _of_calendar(file: str, files: FilesBeside, start: datetime, end: datetime) -> list[Stretch]:
    icalendar = needed("icalendar", "plan", say("optional.days_off", file=file))
    text = files.read_text(file, largest=LARGEST_CALENDAR)
    found: list[Stretch] = []
    if not text.lstrip("\ufeff \r\n").casefold().startswith(BEGINNING.casefold()):
        # What another file says is never shown, and a parser would.
        text = say("assignments.no_calendar", file=file, fault=say("assignments.no_beginning"))
        raise _refused(text, "file")
    try:
        events = events_of(icalendar, text)
        if not events:  # as of a list of tasks: no day would be off, and nobody would know
            raise _refused(say("assignments.no_event", file=file), "file")
        moved, span = _moved(events), Span(start, end)
        for event, written in zip(events, as_written(text), strict=True):
            _refuse_unknown_zone(event, file)
            for stretch in _stretches(event, written, moved, span):
                found.append(_ending(stretch, end))
                if len(found) > MOST_DAYS_OFF:
                    text = say("assignments.too_many_events", file=file, most=MOST_DAYS_OFF)
                    raise _refused(text, "file")
    except InputError:
        raise
    except TooOftenError:
        text = say("assignments.too_many_events", file=file, most=MOST_DAYS_OFF)
        raise _refused(text, "file") from None
    except TooLongError:
        raise _refused(say("assignments.too_long", file=file), "file") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        text = say("assignments.no_calendar", file=file, fault=_fault_of(error))
        raise _refused(text, "file") from None
    return found


def _refuse_unknown_zone(event: Any, file: str) -> None:
    """Refuse a zone that is none, and that the file does not describe."""
    for name in TIMES:
        given = event.get(name, [])
        for one in given if isinstance(given, list) else [given]:
            zone = str(one.params.get("TZID", ""))
            dates = [entry.dt for entry in getattr(one, "dts", [one])]
            firsts = [at[0] if isinstance(at, tuple) else at for at in dates]
            if zone and any(isinstance(at, datetime) and at.tzinfo is None for at in firsts):
                words = {"file": file, "zone": zone, "near": zone_meant(zone)}
                raise _refused(say("assignments.no_such_zone", **words), "file")


def _fault_of(error: Exception) -> str:
    """Return what is wrong with a calendar, in words of calendars where Python's say nothing."""
    text = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, KeyError):
        return say("assignments.lacks", name=str(error).strip("'"))
    if "'list' object" in text:
        return say("assignments.twice")
    if isinstance(error, TypeError):
        return say("assignments.day_and_time")
    return text.rpartition("'): ")[2][:100]


def _moved(events: list[Any]) -> dict[str, set[date]]:
    """Return, by UID, which rounds of an event other events stand for (RECURRENCE-ID)."""
    moved: dict[str, set[date]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            instead_of = event["RECURRENCE-ID"]
            if "RANGE" in instead_of.params:
                raise ValueError(say("assignments.with_range"))
            moved.setdefault(str(event.get("UID", "")), set()).add(instead_of.dt)
    return moved


def _stretches(
    event: Any,
    written: dict[str, list[str]],
    moved: dict[str, set[date]],
    span: Span,
) -> Iterator[Stretch]:
    """Yield an event each time that it comes round; a day is whole, in whatever zone."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    if "EXRULE" in event:
        raise ValueError(say("assignments.with_rule"))
    begin, lasts = _as_time(event["DTSTART"].dt), _length(event, written)
    left_out = _left_out(event, moved, span.start.tzinfo)
    span.take(len(left_out))
    for at in rounds(event, begin, span, lasts=sum(lasts, timedelta(0))):
        if left_out.isdisjoint({at, at.date()}):
            yield _lasting(at, lasts)
    yield from _listed(event, written.get("RDATE", []), lasts, left_out)


def _left_out(event: Any, moved: dict[str, set[date]], here: tzinfo | None) -> set[date]:
    """Return the rounds that an event leaves out: moments, or days where a day is all that counts.

    Programs write a day of an event that has a time, and midnight of one of whole days.
    """
    given: set[date] = set(_dates(event, "EXDATE"))
    if "RECURRENCE-ID" not in event:
        given |= moved.get(str(event.get("UID", "")), set())
    first = event["DTSTART"].dt
    if not isinstance(first, datetime):
        return {_day_of(at, here) for at in given}
    return {_on_clock(at, first.tzinfo, here) for at in given}


def _on_clock(at: date, clock: tzinfo | None, here: tzinfo | None) -> date:
    """Return a moment as an event's rounds have it; one without a zone is on the event's clock."""
    if not isinstance(at, datetime):
        return at
    if at.tzinfo is None:
        return at.replace(tzinfo=clock)
    return at if clock is not None else at.astimezone(here).replace(tzinfo=None)


def _day_of(at: date, here: tzinfo | None) -> date:
    if not isinstance(at, datetime):
        return at
    is_moment = at.tzname() == "UTC" and at.time() != time.min
    return (at.astimezone(here) if is_moment else at).date()


def _listed(
    event: Any, written: list[str], lasts: Length, left_out: set[date]
) -> Iterator[Stretch]:
    """Yield an event each time that is listed for it, some of them with a length of their own."""
    for entry, text in zip(_dates(event, "RDATE"), written, strict=True):
        from_, to = entry if isinstance(entry, tuple) else (entry, lasts)
        at = _as_time(from_)
        if left_out.isdisjoint({at, at.date()}):
            if isinstance(to, datetime):
                if to < at:
                    raise ValueError(say("assignments.ends_first", first=from_))
                yield at, to, timedelta(0)
            else:
                own = isinstance(to, timedelta)
                yield _lasting(at, _of_duration(to, text.partition("/")[2]) if own else to)


def _ending(stretch: Stretch, end: datetime) -> Stretch:
    """Return a stretch that ends where a clock can still tell it: 9999 is said for *for ever*."""
    at, to, more = stretch
    latest = end.date() + timedelta(3)
    return at, datetime.combine(latest, time.min, to.tzinfo) if to.date() > latest else to, more


def _lasting(at: datetime, lasts: Length) -> Stretch:
    by_the_clock, elapsed = lasts
    return at, at + by_the_clock, elapsed


def _length(event: Any, written: dict[str, list[str]]) -> Length:
    """Return how long an event lasts; a day without an end, or with none after it, is one day."""
    first = event["DTSTART"].dt
    lasts = timedelta(0), timedelta(0)
    if "DTEND" in event:
        last = event["DTEND"].dt
        # Only between times of one clock does Python count what that clock shows.
        one_clock = getattr(first, "tzinfo", None) is getattr(last, "tzinfo", None)
        lasts = (last - first, timedelta(0)) if one_clock else (timedelta(0), last - first)
    elif "DURATION" in event:
        lasts = _of_duration(event["DURATION"].dt, written["DURATION"][0])
    if sum(lasts, timedelta(0)) < timedelta(0):
        raise ValueError(say("assignments.ends_first", first=first))
    is_day = not isinstance(first, datetime)
    return (timedelta(1), timedelta(0)) if is_day and not any(lasts) else lasts


def _of_duration(given: timedelta, written: str) -> Length:
    """Return a duration's days as the clock has them, and its hours as they elapse."""
    match = _DAYS.match(written.strip())
    sign, weeks, days = match.groups() if match else ("", None, None)
    count = 7 * int(weeks or 0) + int(days or 0)
    by_the_clock = timedelta(days=-count if sign == "-" else count)
    return by_the_clock, given - by_the_clock


def _dates(event: Any, name: str) -> Iterator[Any]:
    """Yield the dates of a property that may stand several times and list several."""
    given = event.get(name, [])
    for dates in given if isinstance(given, list) else [given]:
        for entry in dates.dts:
            yield entry.dt


def _as_time(at: date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time.min)


# A country


def _of_country(section: HolidaysSection, first: int, last: int) -> list[Stretch]:
    try:
        holidays = importlib.import_module("holidays")
    except ImportError:
        text = say("assignments.holidays_missing", country=section.country)
        raise _refused(text, "country") from None
    country, subdivision = section.country or "", section.subdivision
    known = holidays.list_supported_countries()
    if country not in known:
        near = nearest(country, known)
        text = say("assignments.no_such_country", country=country, near=near)
        raise _refused(text, "country")
    if subdivision is not None and subdivision not in known[country]:
        text = say(
            "assignments.no_such_subdivision",
            subdivision=subdivision,
            country=country,
            known=", ".join(known[country][:30]) or "none",
        )
        raise _refused(text, "subdivision")
    days = holidays.country_holidays(country, subdiv=subdivision, years=range(first, last + 1))
    begins = [datetime.combine(day, time.min) for day in sorted(days)]
    return [_lasting(begin, (timedelta(days=1), timedelta(0))) for begin in begins]
