"""Rows of a list that are no devices, as exports and people have them, and names that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fwsim.fleet.list_cells import says_nothing
from fwsim.messages import say

BEGINNINGS = ("sep=", "sep=,", "sep=;", "sep=|", "")
"""How the folded name of a row begins that may be none; a rule of dashes is folded to nothing."""
_SEP = re.compile(r'"?sep=[^\w\s]?"?[;,\t| ]*', re.IGNORECASE)
_RULE = re.compile(r"[-_]{2,}")
_OF = r"(?:devices?|geräte?n?|(?:thin[ -]?)?clients?|rows?|zeilen?|computer)"
_TOTAL = re.compile(
    r"(?:(?:(?:grand |sub-?)?totals?|sum|summe|(?:ins)?gesamt(?:summe|zahl|anzahl|ergebnis)?"
    rf"|anzahl|count|number|total (?:number|count))(?: (?:of |der )?{_OF})?"
    r"(?:\s*[:=]\s*\d*|\s+\d+)?"
    rf"|\(?\d+ {_OF}(?: affected)?\)?)",
    re.IGNORECASE,
)
_REMARK = ("#", "=")
_IN_DIRECTORIES = frozenset({"OU=", "CN="})
_PART = re.compile(r"\bOU=((?:\\.|[^,])+)", re.IGNORECASE)


def is_total(name: str) -> bool:
    """Tell whether a name is what stands in front of a number of devices: Total, Summe, 2 rows."""
    return _TOTAL.fullmatch(name.strip()) is not None


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
    is_alone = len(cells) == 1 < expected
    return is_alone and (filled[0].startswith("#") or is_total(filled[0]))


def odd_names(names: Iterable[str], units: Iterable[str]) -> Iterator[str]:
    """Yield a word on the first name that is a remark, a formula, or says that there is none.

    And on the first OU that is written as directories write it: ``OU=Köln,OU=DE,DC=corp``.
    """
    for path in units:
        if path[:3].upper() in _IN_DIRECTORIES and (parts := _PART.findall(path)):
            yield say("row.directory", path=path, meant="/".join(reversed(parts)))
            break
    for name in names:
        if name.startswith(_REMARK) or (not name[-1:].isdigit() and says_nothing(name)):
            yield say("row.odd_name", name=name)
            return
