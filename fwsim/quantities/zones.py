"""Names of time zones that mean the same on every machine."""

from __future__ import annotations

import difflib
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
    area, _, city = name.casefold().replace(" ", "_").rpartition("/")
    cities: dict[str, str] = {}
    for zone in sorted(zone_names(), key=lambda one: (not _lies_in(one, area), one)):
        cities.setdefault(zone.casefold().rpartition("/")[2], zone)
    near = difflib.get_close_matches(city, cities, n=1, cutoff=_ALIKE)
    return meant(name, cities[near[0]]) if near else ""


def _lies_in(zone: str, area: str) -> bool:
    return zone.casefold().rpartition("/")[0] == area
