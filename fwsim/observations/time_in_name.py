"""When a file was exported, as its name tells: ``states-2026-11-02T09-15.csv``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from fwsim.messages import say

EXAMPLE = "states-2026-11-02T09-15.csv"
_LIKE_A_MARK = str.maketrans("‐‑‒–—−꞉∶", "------::")
"""Names cannot hold a colon everywhere, so there is what looks like one."""
_DATE = (
    r"(?:(?P<year{n}>20\d\d)(?P<mark{n}>[-_.]?)(?P<month{n}>[01]\d)(?P=mark{n})(?P<day{n}>[0-3]\d)"
    r"|(?<!\d\.)(?P<day_{n}>[0-3]?\d)\.(?P<month_{n}>[01]?\d)\.(?P<year_{n}>20\d\d))"
)
_WEEKDAY = (
    r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?|Mo|Di|Mi|Do|Fr|Sa|So"
    r"|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend)"
)
_BETWEEN = rf"[ _.,-]+(?:{_WEEKDAY}[ _.,-]+)?(?:(?:at|um)[ _]+)?"
_WHOLE = re.compile(
    rf"(?<!\d){_DATE.format(n='')}"
    rf"(?:(?P<t>T)|{_BETWEEN}|)(?!{_DATE.format(n='2')}(?!\d))"
    r"(?P<hour>[0-2]\d|(?<=[T _])\d(?=[-:_.h]))(?P<colon>[-:_.h]?)"
    r"(?P<minute>[0-5]\d)"
    r"(?:(?:(?P=colon)|(?<=h\d\d)m)(?P<second>[0-5]\d)(?:[.,]\d{1,9}(?!\d)|-\d{3}(?=Z)|s)?)?"
    r"(?!\d)",
    re.ASCII | re.IGNORECASE,
)
_BEGUN = re.compile(rf"(?<!\d){_DATE.format(n='')}T\d", re.ASCII | re.IGNORECASE)
_TAIL = re.compile(
    r"(?:[ _-]?(?P<half>[AP])\.?M\.?(?![A-Z]))?(?:[ _-]?Uhr(?![A-Z]))?"
    r"(?:[ _-]?[(\[]?(?P<zone>(?:(?<=\d)Z|(?-i:Z)|UTC|GMT)(?![A-Z\d+])(?!-\d)"
    r"|\+\d\d[-:_.]?[0-5]\d(?!\d)|\+\d\d(?![-:_.]?\d)|(?:CES?T|MES?Z)(?![A-Z]))[)\]]?)?",
    re.ASCII | re.IGNORECASE,
)
_DOUBT = re.compile(
    rf"[+]|%2B|[ _]?-(?!{_DATE.format(n='')})"
    r"\d\d(?:[-:_.]?\d\d)?(?!\d)"
    rf"|[ _-]+(?:(?:to|till|until|bis)[ _-]+(?!{_DATE.format(n='2')})\d"
    rf"|(?!{_DATE.format(n='3')})\d\d[-:.h]\d\d(?!\d))"
    r"|(?-i:[ _-]?(?:Z\d|(?:WES?T|EES?T|[ECMP][SD]T|BST|IST|MSK|JST|AE[SD]T)(?![A-Za-z])))",
    re.ASCII | re.IGNORECASE,
)
"""What stands behind a time and may be a zone, a second, another time or a number of its own."""
_ZONE = re.compile(r"(?<![A-Z])(?:UTC|GMT|CES?T|MES?Z)(?![A-Z])", re.IGNORECASE)
_OF_CLOCK = {"CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00"}
_CENTRAL_EUROPE = ZoneInfo("Europe/Berlin")


def time_in_name(name: str) -> str | None:
    """Return the time that a file's name tells, in ISO 8601; None if it tells none.

    Of several the last one counts, if it is the latest: a name may tell from when to when.

    Parameters
    ----------
    name
        Of the file, without its folder.

    Raises
    ------
    ValueError
        If it may be read in several ways.
    """
    name = unicodedata.normalize("NFKC", name).translate(_LIKE_A_MARK)
    matches = list(_WHOLE.finditer(name))
    if not matches:
        if _BEGUN.search(name):
            raise ValueError(say("log_name.no_time", text=""))
        return None
    found = [_iso(name, match) for match in matches]
    clock, zone = found[-1]
    if any(other > clock or its_zone != zone for other, its_zone in found):
        raise ValueError(say("log_name.several"))
    if any(_ZONE.search(part) for part in _beside(name, matches)):
        raise ValueError(say("log_name.zone"))
    return clock + zone


def _iso(name: str, match: re.Match[str]) -> tuple[str, str]:
    """Return what the clock showed, and its zone; empty for none."""
    end, half, zone = _tail(name, match)
    if _DOUBT.match(name, end) or (half and match["t"]):
        raise _several_ways(name, match)
    hour = int(match["hour"])
    if hour > 23 or (half and not 1 <= hour <= 12 and not (half == "P" and hour > 12)):
        shown = f", {name[match.start() : end]!r}"
        raise ValueError(say("log_name.no_time", text=shown))
    if half:
        hour = hour % 12 + 12 * (half == "P")
    year, month, day = (match[part] or match[f"{part}_"] for part in ("year", "month", "day"))
    clock = f"{year}-{month:0>2}-{day:0>2}T{hour:02d}:{match['minute']}:{match['second'] or '00'}"
    if zone in _OF_CLOCK and not _is_called_so(clock, zone):
        raise _several_ways(name, match)
    return clock, _offset(zone)


def _several_ways(name: str, match: re.Match[str]) -> ValueError:
    return ValueError(say("log_name.several_ways", text=repr(name[match.start() :])))


def _tail(name: str, match: re.Match[str]) -> tuple[int, str, str]:
    """Return where a time ends with what belongs to it, its half of the day, and its zone."""
    tail = _TAIL.match(name, match.end())
    if tail is None:
        return match.end(), "", ""
    return tail.end(), (tail["half"] or "").upper(), (tail["zone"] or "").upper()


def _beside(name: str, matches: list[re.Match[str]]) -> Iterator[str]:
    """Yield what stands before, between and behind times."""
    begin = 0
    for match in matches:
        yield name[begin : match.start()]
        begin = _tail(name, match)[0]
    yield name[begin:]


def _is_called_so(clock: str, zone: str) -> bool:
    """Tell whether clocks bear that name then: many write CET and mean the time in summer."""
    try:
        at = datetime.fromisoformat(clock).replace(tzinfo=_CENTRAL_EUROPE)
    except ValueError:
        return True  # there is no such day, which is told
    names = {at.replace(fold=fold).tzname() for fold in (0, 1)}
    return zone.replace("MESZ", "CEST").replace("MEZ", "CET") in names


def _offset(zone: str) -> str:
    """Return a zone as ISO 8601 has it."""
    if zone.startswith("+"):
        digits = re.sub(r"\D", "", zone)
        return f"+{digits[:2]}:{digits[2:] or '00'}"
    return _OF_CLOCK.get(zone, "+00:00" if zone else "")
