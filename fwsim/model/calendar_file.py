"""An iCalendar file: its events as icalendar reads them, and as they are written."""

from __future__ import annotations

import re
import warnings
from datetime import datetime
from threading import Lock
from typing import Any

from fwsim.messages import say
from fwsim.model.recurrence import MOST_SHOWN

BEGINNING = "BEGIN:VCALENDAR"
TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
"""Properties of an event that say when."""
_CALENDARS = re.compile(rf"^(?={BEGINNING}[ \t]*$)", re.IGNORECASE | re.MULTILINE)
_QUOTED_NAME = re.compile(r'^(TZID:)"([^"\n]*)"', re.IGNORECASE | re.MULTILINE)
"""Exchange writes so; where an event names the zone, the quotation marks are none of the name."""
_FOLD = re.compile(r"\r?\n[ \t]")
_RULE = re.compile(r"^RRULE[^:\n]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_ONE_AT_A_TIME = Lock()
"""icalendar knows the zones that calendars describe in one place for all of them."""


def events_of(icalendar: Any, text: str) -> list[Any]:
    """Return the events of a file; exports are put into one, each with zones of its own.

    Parameters
    ----------
    icalendar
        The library.
    text
        Of the file.

    Raises
    ------
    ValueError
        If a calendar in it does not end, or is none.
    """
    plain = text.replace("\r\n", "\n").lstrip("\ufeff \r\n")
    parts = [part for part in _CALENDARS.split(plain) if part]
    zones = [_zones(part) for part in parts]
    described = [line for of_one in zones for line in of_one]
    read: dict[int, list[Any]] = {}
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a zone is guessed by its name is no news
        _know(icalendar, described)
        for number, part in sorted(enumerate(parts), key=lambda one: bool(zones[one[0]])):
            if zones[number]:
                _know(icalendar, zones[number])
            read[number] = icalendar.Calendar.from_ical(part, multiple=True)
            if not read[number]:
                raise ValueError(say("assignments.no_calendar_ends"))
    events = [event for n in range(len(parts)) for one in read[n] for event in one.walk("VEVENT")]
    for event in events:
        _without_clocks_of_days(event)
    return events


def _know(icalendar: Any, zones: list[str]) -> None:
    """Have icalendar know these zones and no others; an event may stand before the zone it is in.

    It would have a zone of the same name from any calendar before.
    """
    icalendar.use_zoneinfo()
    text = "\n".join([BEGINNING, *zones, "END:VCALENDAR"])
    icalendar.Calendar.from_ical(_QUOTED_NAME.sub(r"\1\2", text))


def _zones(text: str) -> list[str]:
    """Return the lines in which time zones are described.

    Raises
    ------
    ValueError
        If a clock is put back or forward oftener than a few times a year: to find out what it shows
        would take for ever.
    """
    found: list[str] = []
    within: list[str] | None = None
    for line in text.split("\n"):
        bound = line.strip().upper()
        if bound == "BEGIN:VTIMEZONE":
            within = []
        if within is not None:
            within.append(line)
            if bound == "END:VTIMEZONE":
                found += within
                within = None
    for rule in _RULE.findall(_FOLD.sub("", "\n".join(found))):
        if "FREQ=YEARLY" not in rule.upper():
            raise ValueError(say("assignments.rule", rule=rule[:MOST_SHOWN], part="FREQ"))
    return found


def as_written(text: str) -> list[dict[str, list[str]]]:
    """Return, for each event, the values of its properties as they stand there.

    Once it is read, PT24H is a day: which of the two it was shows only in its text.
    """
    found: list[dict[str, list[str]]] = []
    within: list[str] = []
    for line in _FOLD.sub("", text).splitlines():
        head, _, value = line.rpartition(":")
        name = re.split("[;:]", head, maxsplit=1)[0].upper()
        if name == "BEGIN":
            within.append(value.strip().upper())
            if within[-1] == "VEVENT":
                found.append({})
        elif name == "END":
            within.pop()
        elif within and within[-1] == "VEVENT":
            found[-1].setdefault(name, []).extend(value.strip().split(","))
    return found


def _without_clocks_of_days(event: Any) -> None:
    """Make days of the days that name a zone, as some programs write them: a day has none."""
    for name in TIMES:
        given = event.get(name, [])
        for one in given if isinstance(given, list) else [given]:
            if str(one.params.get("VALUE", "")).upper() == "DATE":
                for entry in getattr(one, "dts", [one]):
                    if isinstance(entry.dt, datetime):
                        entry.dt = entry.dt.date()
