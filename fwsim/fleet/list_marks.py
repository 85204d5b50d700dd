"""The ' that other programs put in front of every cell of a column, so that it stays a text."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fwsim.fleet.list_headers import FIELDS
from fwsim.fleet.list_rows import Row, Table
from fwsim.spreadsheet import unmarked

_MARK = "'"


def kept_as_text(table: Table) -> frozenset[int]:
    """Return the columns of fields of which every filled cell begins with a '; at least two do.

    One alone may be part of a name.

    Parameters
    ----------
    table
        Its rows are read until there is no such column any more.
    """
    left = {place for place, name in enumerate(table.columns) if name in FIELDS}
    filled = dict.fromkeys(left, 0)
    for _, cells in table.rows:
        for place in [place for place in left if place < len(cells)]:
            text = cells[place].strip()
            if text.startswith(_MARK):
                filled[place] += 1
            elif text:
                left.remove(place)
        if not left:
            break
    return frozenset(place for place in left if filled[place] > 1)


def without_marks(rows: Iterator[Row], places: Collection[int]) -> Iterator[Row]:
    """Yield rows without the ' in some columns; where it is fwsim's own, its reader removes it."""
    for line, cells in rows:
        shown = list(cells)
        for place in places:
            text = shown[place].strip() if place < len(shown) else ""
            if text.startswith(_MARK) and unmarked(text) == text:
                shown[place] = text[1:]
        yield line, shown
