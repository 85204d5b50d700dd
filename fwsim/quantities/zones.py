"""Names of time zones that mean the same on every machine."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from zoneinfo import available_timezones

from fwsim.problems import nearest_to
from fwsim.spelling import meant

NO_ZONE = {
    "localtime": "machine",
    "Factory": "nobody",
}
"""Files of the zone database that are none, and whose zone it is: as the messages are called."""
_OTHER_NAMES = {
    "Europe/Berlin": (
        "mez mesz cest germany deutschland",
        "w. europe standard time",
        "central european time",
        "central european summer time",
    ),
    "Europe/Paris": ("france frankreich", "romance standard time"),
    "Europe/London": ("", "gmt standard time"),
    "America/New_York": ("", "eastern standard time"),
    "Europe/Vienna": ("austria österreich",),
    "Europe/Zurich": ("switzerland schweiz",),
    "UTC": ("z zulu", "coordinated universal time"),
}
"""What else a zone is called, first in one word: by the Germans, by Windows, by its country."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])0?(\d{1,2})(?::?00)?", re.IGNORECASE | re.ASCII)
_ALIKE = 0.75
"""How alike the names of two cities are before the one may be a slip of the other."""


@cache
def zone_names() -> frozenset[str]:
    """Return every zone by its name."""
    return frozenset(available_timezones()) - NO_ZONE.keys()  # walks through folders, so once


def zone_meant(name: str, others: Iterable[str] = ()) -> str:
    """Return ``"; did you mean 'Europe/Berlin'?"``, or an empty string.

    Cities are compared, not whole names: half of a name is its continent, and of Milan and Minsk
    one clock is an hour wrong.

    Parameters
    ----------
    name
        What was written.
    others
        Words that would have done, too.
    """
    if word := nearest_to(name, others):
        return meant(name, word)
    if other := _other_name(name.strip().casefold()):
        return meant(name, other)
    area, _, city = name.casefold().replace(" ", "_").rpartition("/")
    cities: dict[str, str] = {}
    for zone in sorted(zone_names(), key=lambda one: (not _lies_in(one, area), one)):
        cities.setdefault(zone.casefold().rpartition("/")[2], zone)
    near = difflib.get_close_matches(city, cities, n=1, cutoff=_ALIKE)
    return meant(name, cities[near[0]]) if near else ""


def _other_name(folded: str) -> str:
    """Return the zone that goes by another name; one of no place has the offset it says."""
    for zone, names in _OTHER_NAMES.items():
        if folded in names[1:] or folded in names[0].split():
            return zone
    if match := _OFFSET.fullmatch(folded):
        sign = "-" if match[1] == "+" else "+"  # as POSIX has it
        zone = f"Etc/GMT{sign}{int(match[2])}" if int(match[2]) else "UTC"
        return zone if zone in zone_names() else ""
    return ""


def _lies_in(zone: str, area: str) -> bool:
    return zone.casefold().rpartition("/")[0] == area
