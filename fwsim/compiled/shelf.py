"""Memory that runs have left, for the next ones: fresh memory costs as much as playing a run.

The system hands fresh pages out one by one, each of them emptied first. Whoever takes a shelf has
it alone; when the run is over it goes back, and any thread may take it next.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled.free_memory import free_memory

Table = NDArray[Any]
KEPT_UNASKED = 1 << 28
"""Bytes that all shelves together keep without anybody looking what is free."""

LEFT_FREE = 4
"""Beyond that, what is free is at least so many times what they keep."""

SPARE = 8
"""A fresh table has a row more for so many: the next run may need a few more."""

ROOMIER = 4
"""A table is taken that has at most so many times the rows that are wanted."""


class Shelf:
    """Tables of one run, by name."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def take(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table of at least so many rows; whatever a run before has written stands in it.

        What does not fit stays where it is, until another is left under its name.

        Parameters
        ----------
        name
            Under which it was left.
        dtype
            Of its rows.
        rows
            How many it must have at least.
        """
        left = self._tables.get(name)
        if left is None or left.dtype != dtype or not rows <= len(left) <= ROOMIER * rows:
            return np.zeros(max(rows, 1) + rows // SPARE, dtype)
        return self._tables.pop(name)

    def leave(self, name: str, table: Table) -> None:
        """Leave a table to the next run."""
        self._tables[name] = table

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(table.nbytes for table in self._tables.values())


_FREE: list[Shelf] = []
_TAKING = Lock()


def taken_shelf() -> Shelf:
    """Return a shelf for one run: the one that was given back last, or an empty one."""
    with _TAKING:
        return _FREE.pop() if _FREE else Shelf()


def give_back(shelf: Shelf) -> None:
    """Keep a shelf for the next run, unless all shelves together would keep too much."""
    with _TAKING:
        size = shelf.size + sum(other.size for other in _FREE)
        if size <= KEPT_UNASKED or LEFT_FREE * size <= (free_memory() or 0):
            _FREE.append(shelf)


def memory_for(size: int) -> int | None:
    """Return the bytes that can be had; None where the system does not tell.

    Parameters
    ----------
    size
        Bytes that are wanted. Where fewer are free, what is kept for later runs is given up.
    """
    free = free_memory()
    if free is not None and free < size and _FREE:
        with _TAKING:
            _FREE.clear()
        free = free_memory()
    return free
