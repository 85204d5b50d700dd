"""Rows of a list that are no devices, as exports and people have them, and names that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fwsim.fleet.list_cells import ERROR_CELLS, says_nothing
from fwsim.messages import say

BEGINNINGS = ("sep=", "sep=,", "sep=;", "sep=|", "")
"""How the folded name of a row begins that may be none; a rule of dashes is folded to nothing."""
RULED = ("-", "_")
"""What a rule begins with, as databases put it below their headers, however long it is."""
MOST_TOTALS = 3
"""Rows at the end that may be totals: of parts, of all."""
_SEP = re.compile(r'"?sep=[^\w\s]?"?[;,\t| ]*', re.IGNORECASE)
_RULE = re.compile(r"[-_]{2,}")
_OF = r"(?:devices?|geräte?n?|(?:thin[ -]?)?clients?|rows?|zeilen?|computer)"
_NUMBER = r"\d{1,3}(?:[.,'’\s]?\d{3})*"
_AMOUNT = rf"{_NUMBER}(?: {_OF})?"
_TOTAL = re.compile(
    r"(?:(?:(?:grand |sub-?)?totals?|sum|summe|(?:ins)?gesamt(?:summe|zahl|anzahl|ergebnis)?"
    rf"|anzahl|count|number|total (?:number|count))(?: (?:of |der )?{_OF})?"
    rf"(?:\s*[:=](?:\s*{_AMOUNT})?|\s+{_AMOUNT})?"
    rf"|\(?{_NUMBER} {_OF}(?: affected)?\)?)",
    re.IGNORECASE,
)
_COUNT = re.compile(_AMOUNT, re.IGNORECASE)
_OF_MACS = re.compile(r"[\da-f]", re.IGNORECASE)
_MANY = 8
_DIGITS = re.compile(r"\d+")
_NUMBERED = re.compile(r"[^:=]*\d[^:=]*")
_REMARK = ("#", "=")
_IN_DIRECTORIES = frozenset({"OU=", "CN="})
_PART = re.compile(r"\bOU=((?:[\\/],|[^,])+)", re.IGNORECASE)
_PARTED = re.compile(r"[\\/](?=,)")
"""What a comma within a name has in front; where OUs are read, a stroke."""


def is_total(name: str) -> bool:
    """Tell whether a name is what stands in front of a number of devices: Total, Summe, 2 rows."""
    return _TOTAL.fullmatch(name.strip()) is not None


def _are_counted(names: Sequence[str]) -> bool:
    """Tell whether only their numbers tell names apart, as of devices: ``Total 1``, ``Total 2``."""
    bare = {_DIGITS.sub("", name).casefold() for name in names}
    return len(names) > 1 and len(bare) == 1 and all(map(_NUMBERED.fullmatch, names))


def totals_at_end(
    names: Sequence[str],
    macs: Sequence[str],
    rows: Sequence[Sequence[str]],
    columns: Sequence[str],
) -> int:
    """Return how many of the last names are no devices but count them; one device stays.

    Parameters
    ----------
    names, macs
        Of all devices.
    rows
        The cells of the last, of one more than there may be totals.
    columns
        What they are.
    """
    are_devices = _are_counted(names[-2:])
    found = 0
    while found < min(MOST_TOTALS, len(names) - 1):
        before, cells = rows[-2 - found], rows[-1 - found]
        is_named_so = not are_devices and is_total(names[-1 - found])
        if not is_named_so and not _is_total_in_front(before, cells, columns):
            break
        if macs[-1 - found] or _may_have_mac(cells, columns):
            break
        found += 1
    return found


def _may_have_mac(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Tell whether a row has what is a MAC but for a slip, as of a device called *Total*."""
    return "mac" in columns and len(_OF_MACS.findall(cells[columns.index("mac")])) >= _MANY


def _is_total_in_front(before: Sequence[str], cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Tell whether a row is a total, where another column stands before the name.

    An OU may be called *Total*, but then it is not new in the last row, with a number as a name.
    """
    name_at = columns.index("name")
    if not name_at or before[0] == cells[0] or not is_total(cells[0]):
        return False
    name = cells[name_at].strip()
    return not name or name in ERROR_CELLS or _COUNT.fullmatch(name) is not None


def is_no_row(cells: Sequence[str], expected: int) -> bool:
    """Tell whether a row is none: ``sep=;``, a rule of dashes, or a remark or total by itself.

    Parameters
    ----------
    cells
        Of the row.
    expected
        How many the header has.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    if _SEP.fullmatch(";".join(cells).strip()) or all(map(_RULE.fullmatch, filled)):
        return True
    if len(cells) == 1 < expected and filled[0].startswith("#"):
        return True
    is_short = len(cells) < expected and is_total(filled[0])
    return is_short and all(map(_COUNT.fullmatch, filled[1:]))


def odd_names(names: Iterable[str], units: Iterable[str]) -> Iterator[str]:
    """Yield a word on the first name that is a remark, a formula, or says that there is none.

    And on the first OU that is written as directories write it: ``OU=Köln,OU=DE,DC=corp``.
    """
    for path in units:
        if path[:3].upper() in _IN_DIRECTORIES and (parts := _PART.findall(path)):
            meant = "/".join(_PARTED.sub("", part) for part in reversed(parts))
            yield say("row.directory", path=path, meant=meant)
            break
    for name in names:
        if name.startswith(_REMARK) or (not name[-1:].isdigit() and says_nothing(name)):
            yield say("row.odd_name", name=name)
            return
