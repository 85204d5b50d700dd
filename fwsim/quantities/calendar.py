"""Which years fwsim plays: those whose zones are known, far from the ends of Python's calendar."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

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
        raise ValueError(
            f"the year {day.year} is out of range; expected {FIRST_YEAR} to {LAST_YEAR}"
        )
    return day
