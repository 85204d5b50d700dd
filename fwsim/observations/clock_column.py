"""Dates and times of day in columns of their own, as in *Datum* and *Uhrzeit*: read as one time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fwsim.observations.headings import may_be_time
from fwsim.observations.named_dates import NAMES_OF_ZONES, with_month_in_digits
from fwsim.observations.text_table import TextTable, combined, plain_cells

_DATE = re.compile(r"\d{1,4}(?P<mark>[./-])\d{1,2}(?P=mark)\d{1,4}")
_CLOCK = re.compile(
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d{1,9})?)?\s*(?:[AP]M|Uhr)?"
    rf"\s*(?:UTC|GMT|{NAMES_OF_ZONES})?",
    re.IGNORECASE,
)
_MOST_TRIED = 1000
_LONGEST = 30


def with_whole_times(
    table: TextTable, roles: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return roles in which dates and times of day are one column, and the two it is made of.

    Parameters
    ----------
    table
        Gets the column, where there are two such.
    roles
        Role → header.
    """
    own = roles.get("time")  # a mapping file may name one of the two; it comes before others
    some = [header for header in table.columns if header == own or may_be_time(header)]
    some.sort(key=lambda header: header != own)
    date, clock = (_first_of(pattern, some, table) for pattern in (_DATE, _CLOCK))
    if date is None or clock is None or own not in {date, clock}:
        return dict(roles), []
    whole = f"{date} {clock}"
    days, times = (plain_cells(table.columns[header]) for header in (date, clock))
    table.columns[whole] = combined(days, times, lambda day, time: f"{day} {time}".strip())
    return {**roles, "time": whole}, [date, clock]


def _first_of(pattern: re.Pattern[str], headers: Sequence[str], table: TextTable) -> str | None:
    """Return the first column of which all cells are of a pattern."""
    for header in headers:
        values = plain_cells(table.columns[header]).values[:_MOST_TRIED]
        filled = [with_month_in_digits(text) for text in values if text]
        if filled and all(len(text) <= _LONGEST and pattern.fullmatch(text) for text in filled):
            return header
    return None
