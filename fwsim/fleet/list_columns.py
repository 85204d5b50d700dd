"""Many rows of a device list at once: column by column, each distinct cell looked at once.

Only clean rows are taken so. What is wrong with others, and where, shows when they are read one by
one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fwsim.commands.client_group import FLASH_SIZE
from fwsim.commands.targets import MAC_DIGITS, MAC_SEPARATORS
from fwsim.fleet.list_cells import LONGEST_CELL, NO_MAC, Reader, taken
from fwsim.fleet.list_headers import FIELDS

_UNTIDY = ("\n ", " \n", "\n'", "\n=")
_MACS = re.compile(f"(?:(?:{MAC_DIGITS})?\\n)*")


class UncleanError(ValueError):
    """The rows have to be read one by one."""


def clean_columns(
    rows: Sequence[list[str]], columns: Sequence[str], readers: Mapping[str, Reader]
) -> dict[str, list[Any]]:
    """Return the values of each column, as reading row by row gives them.

    The flash's size is there twice: as a number, and as devices report it.

    Parameters
    ----------
    rows
        The cells of each row.
    columns
        Field or attribute of each column.
    readers
        How the fields are read that are more than a text.

    Raises
    ------
    ValueError
        If a cell is not as expected, or rows are not as wide as the header.
    """
    if len(set(map(len, rows))) != 1 or len(rows[0]) < len(columns):
        raise UncleanError("the rows are not equally wide")
    cells = list(zip(*rows, strict=True))
    if any(cell.strip() for beyond in cells[len(columns) :] for cell in set(beyond)):
        raise UncleanError("there are cells beyond the header")
    values = {
        name: _values(column, name, readers.get(name))
        for name, column in zip(columns, cells, strict=False)
    }
    if "flash" in values:
        values[FLASH_SIZE] = _values(cells[columns.index("flash")], FLASH_SIZE, None)
    values["name"] = _plain_names(values["name"], values.get("unit"))
    return values


def _values(cells: Sequence[str], name: str, reader: Reader | None) -> list[Any]:
    distinct = set(cells)
    # What is the same in many rows goes by its distinct cells even so: it is kept only once.
    if 2 * len(distinct) > len(cells) and _are_tidy(cells):
        if reader is None:
            return list(cells)
        if name == "mac" and (macs := _plain_macs(cells)) is not None:
            return macs
    said = {cell: _value(cell, name, reader) for cell in distinct}
    return [said[cell] for cell in cells]


def _value(cell: str, name: str, reader: Reader | None) -> Any:
    text = taken(cell, breaks=name not in FIELDS)
    if text is None:
        raise UncleanError("a cell is not one short line")
    return reader(text) if reader else text


def _are_tidy(cells: Sequence[str]) -> bool:
    """Tell whether what each cell says is plainly what stands in it."""
    if not "".join(cells).isprintable() or max(map(len, cells)) > LONGEST_CELL:
        return False
    lines = "\n".join(["", *cells, ""])
    return not any(mark in lines for mark in _UNTIDY)


def _plain_macs(cells: Sequence[str]) -> list[str] | None:
    """Return the MACs of tidy cells; None if one is written in a less usual way, or is none."""
    text = "\n".join([*cells, ""]).upper()
    for mark in MAC_SEPARATORS:
        text = text.replace(mark, "")
    if not _MACS.fullmatch(text):
        return None
    macs = text.split("\n")[:-1]
    return macs if macs.count("") == cells.count("") and NO_MAC not in macs else None


def _plain_names(names: list[str], units: Collection[str] | None) -> list[str]:
    """Return the names without the OU that fwsim's own tables put in front.

    Raises
    ------
    UncleanError
        If one is empty or more than a name.
    """
    if units is not None and "/" in "".join(names):
        names = [
            name.removeprefix(f"{unit}/") if unit else name
            for name, unit in zip(names, units, strict=True)
        ]
    if not all(names) or "/" in "".join(names):
        raise UncleanError("a device has no name, or a path in its place")
    return names
