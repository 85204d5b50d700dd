"""What is asked of a newcomer: each field with how it is read and what it is if nothing is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fwsim.commands.command import LONGEST_NOTICE_SECONDS
from fwsim.commands.schedule import Weekday, on_the_clock
from fwsim.fleet.week import Week, intervals, read_week
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.units import read_duration, read_rate, read_share, read_size
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.values import Zone, read_local_time

if TYPE_CHECKING:
    from fwsim.first_scenario.draft import Draft

USUAL_LINE = "20 Mbit/s"
LARGE_SITE_LINE = "100 Mbit/s"
"""Of a site that has so many more devices than the others that it hardly has the same line [A]."""
LARGE_SITE, TIMES_OTHERS = 100, 4
LONGEST_NAME = 200
NOBODY = "nobody"
ANSWERED = "until answered"
NO_WINDOW = "none"
_FORBIDDEN_IN_FILE = re.compile(r"[\s/\\]")
_YES = {"yes": True, "y": True, "no": False, "n": False}
_WINDOW_DAYS = 14


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    Parameters
    ----------
    read
        From what is typed to the value; raises a `ValueError` in words.
    usual
        What it is, as typed, where nothing is said.
    """

    read: Callable[[str, Draft], Any]
    usual: Callable[[Draft], str]


# How each is read


def _title(text: str, _: Draft) -> str:
    plain = " ".join(text.split())
    if not plain.isprintable() or not 0 < len(plain) <= LONGEST_NAME:
        raise ValueError(say("new.wrong_name", most=LONGEST_NAME))
    return plain


def _image_file(text: str, _: Draft) -> str:
    plain = text.strip()
    if not plain.endswith(".idf") or len(plain) < 5 or _FORBIDDEN_IN_FILE.search(plain):
        raise ValueError(say("new.wrong_image", text=plain))
    return plain


def _size(text: str, _: Draft) -> int:
    return _more_than_none(read_size(text), text)


def _rate(text: str, _: Draft) -> int:
    return _more_than_none(read_rate(text), text)


def _more_than_none(amount: int, text: str) -> int:
    if not amount:
        raise ValueError(say("new.wrong_nothing", text=text.strip()))
    return amount


def _share_below_all(text: str, _: Draft) -> float:
    share = read_share(text)
    if share >= 1:
        raise ValueError(say("new.wrong_all", text=text.strip()))
    return share


def _lines_of_sites(text: str, draft: Draft) -> dict[str, int]:
    """Read ``SITE = RATE``, one a line; ``DE/Branches/*`` is every site whose name begins so."""
    found: dict[str, int] = {}
    problems = []
    for entry in filter(None, (line.strip() for line in text.splitlines())):
        name, _, rate = (part.strip() for part in entry.rpartition("="))
        try:
            found |= dict.fromkeys(_sites_meant(name, entry, draft), _rate(rate, draft))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ValueError("\n".join(problems))
    return found


def _sites_meant(name: str, entry: str, draft: Draft) -> list[str]:
    if not name:
        raise ValueError(say("new.wrong_line", text=entry))
    names = [site.name for site in draft.found.sites]
    if name == DEFAULT and name in names:
        raise ValueError(say("new.wrong_default"))
    if name in names:
        return [name]
    begun = [site for site in names if name.endswith("/*") and site.startswith(name[:-1])]
    if not begun:
        raise ValueError(say("new.wrong_site", name=name, near=nearest(name, names)))
    return begun


def _week(text: str, _: Draft) -> Week:
    return read_week(text)


def _zone(text: str, _: Draft) -> str:
    from pydantic import TypeAdapter, ValidationError

    try:
        return str(TypeAdapter(Zone).validate_python(text.strip()))
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None


def _moment(text: str, _: Draft) -> datetime:
    return read_local_time(text.strip())


def _window(text: str, _: Draft) -> Week | None:
    return None if text.strip().casefold() == NO_WINDOW else read_week(text)


def _notice(text: str, _: Draft) -> str | None:
    plain = text.strip().casefold()
    if plain == NOBODY:
        return None
    if plain == ANSWERED:
        return ANSWERED
    is_number = any(map(str.isdigit, text))
    seconds, rest = divmod(read_duration(text) if is_number else 0, 1000)
    if rest or not 0 < seconds <= LONGEST_NOTICE_SECONDS:
        raise ValueError(say("new.wrong_notice", text=text.strip()))
    return text.strip()


def _yes_or_no(text: str, _: Draft) -> bool:
    try:
        return _YES[text.strip().casefold()]
    except KeyError:
        raise ValueError(say("new.wrong_yes", text=text.strip())) from None


def _deferments(text: str, _: Draft) -> int:
    most = Assumptions().most_deferments
    plain = text.strip()
    if not (plain.isascii() and plain.isdecimal()) or int(plain[:9]) > most:
        raise ValueError(say("new.wrong_deferments", text=plain, last=most))
    return int(plain)


# What each is if nothing is said


def next_monday(today: date) -> date:
    """Return the first Monday after a day."""
    return today + timedelta(days=7 - today.weekday())


def _usual_start(draft: Draft) -> str:
    return f"{datetime.combine(next_monday(draft.today), time(16)):%Y-%m-%d %H:%M}"


def _usual_window(draft: Draft) -> str:
    start: datetime = draft.value("start")
    until = "06:00" if start.hour != 6 else "08:00"
    return f"{Weekday(start.weekday()).name.lower()} {start:%H:%M}-{until}"


def _usual_lines(draft: Draft) -> str:
    """Return a faster line for sites that are many times as large as the others."""
    sites = draft.found.sites
    usual = median(site.devices for site in sites)
    large = [s for s in sites if s.devices >= max(LARGE_SITE, TIMES_OTHERS * usual)]
    if len(sites) < 2 or draft.value("line") >= read_rate(LARGE_SITE_LINE):
        return ""
    return "\n".join(f"{site.name} = {LARGE_SITE_LINE}" for site in large if site.name != DEFAULT)


def _always(text: str) -> Callable[[Draft], str]:
    return lambda _: text


FIELDS: Mapping[str, Field] = {
    "name": Field(_title, lambda draft: say("new.usual_name", count=draft.found.count)),
    "image": Field(_image_file, _always("new-image.idf")),
    "size": Field(_size, _always("600 MB")),
    "line": Field(_rate, _always(USUAL_LINE)),
    "other_lines": Field(_lines_of_sites, _usual_lines),
    "uplink": Field(_rate, _always("1 Gbit/s")),
    "busy": Field(_share_below_all, _always("30 %")),
    "present": Field(_week, _always("mon-fri 08:00-17:00")),
    "on": Field(_week, _always("mon-fri 07:30-17:30")),
    "left_on": Field(lambda text, _: read_share(text), _always("20 %")),
    "zone": Field(_zone, _always("Europe/Berlin")),
    "start": Field(_moment, _usual_start),
    "window": Field(_window, _usual_window),
    "notice": Field(_notice, _always("5 min")),
    "cancel": Field(_yes_or_no, _always("no")),
    "deferments": Field(_deferments, _always("3")),
}


def window_from(week: Week, zone: ZoneInfo, start: datetime) -> tuple[datetime, datetime] | None:
    """Return when a window that holds at a time, or comes after it, begins and ends.

    Parameters
    ----------
    week
        The window.
    zone
        Whose wall clock it is on.
    start
        A time on that clock.
    """
    if week.is_always:
        return None
    begin = on_the_clock(start, zone)
    span = next(iter(intervals(week, zone, begin, begin + timedelta(days=_WINDOW_DAYS))), None)
    if span is None:
        return None
    low, high = ((begin + timedelta(milliseconds=edge)).astimezone(zone) for edge in span)
    return low.replace(tzinfo=None), high.replace(tzinfo=None)
