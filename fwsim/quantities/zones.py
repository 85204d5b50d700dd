"""Names of time zones that mean the same on every machine."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

NO_ZONE = {
    "localtime": "machine",
    "Factory": "nobody",
}
"""Files of the zone database that are none, and whose zone it is: as the messages are called."""


@cache
def zone_names() -> frozenset[str]:
    """Return every zone by its name."""
    return frozenset(available_timezones()) - NO_ZONE.keys()  # walks through folders, so once
