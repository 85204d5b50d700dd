"""Which years fwsim plays: those whose zones are known, far from the ends of Python's calendar."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from fwsim.messages import say

FIRST_YEAR, LAST_YEAR = 1970, 2199
Day = TypeVar("Day", bound=date)


def in_range(day: Day) -> Day:
    """Return a day, or a time of a day, as it is.

    Raises
    ------
    ValueError
        If it lies before or after the years fwsim plays.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = {"year": day.year, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValueError(say("value.year", **words))
    return day
