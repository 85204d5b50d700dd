"""Memory that runs have left, for the next ones: fresh memory costs as much as playing a run.

The system hands fresh pages out one by one, each of them emptied first. Whoever takes a shelf has
it alone; when the run is over it goes back, and any thread may take it next. What nobody uses is
given up, on shelves that are taken, too, before memory is said to be short.
"""

from __future__ import annotations

from threading import Lock
from typing import Any
from weakref import WeakSet

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


ALIGNED = 64
"""Bytes between which tables begin that lie in memory of others."""

GLIBC_KEEPS = (32 << 20) - (1 << 16)
"""Bytes of a piece that glibc still learns from: it keeps what is freed up to twice that."""


def keep_what_is_freed() -> None:
    """Have small tables, too, come from memory that was used before, where that is glibc's.

    It hands pieces back to the system as soon as they are free, and asks for them anew, unless
    one as large was given back before. This one is never touched, and so takes no memory.
    """
    np.empty(GLIBC_KEEPS, np.uint8)


class Shelf:
    """Tables of one run, by name; several of a name where parts are played at the same time."""

    def __init__(self) -> None:
        self._before: dict[str, list[Table]] = {}
        self._left: dict[str, list[Table]] = {}
        self._lent: list[NDArray[np.uint8]] = []
        self._borrowed: list[Table] = []

    def take(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table of at least so many rows; whatever a run before has written stands in it.

        What does not fit stays for who wants one like it, until the run is over.

        Parameters
        ----------
        name
            Under which it was left.
        dtype
            Of its rows.
        rows
            How many it must have at least.
        """
        with _TAKING:
            before = self._before.get(name, [])
            for place, table in enumerate(before):
                if table.dtype == dtype and rows <= len(table) <= ROOMIER * rows:
                    return before.pop(place)
            lent = self._of_lent(max(rows, 1), dtype)
        if lent is not None:
            return lent
        return np.zeros(max(rows, 1) + rows // SPARE, dtype)

    def lend(self, *memory: NDArray[np.uint8]) -> None:
        """Lend memory of tables that their run needs no more; it stays theirs."""
        with _TAKING:
            self._lent = [*memory]

    def _of_lent(self, rows: int, dtype: np.dtype[Any]) -> Table | None:
        """Return a table in memory that is lent, if it has room for one."""
        size = -(-rows * dtype.itemsize // ALIGNED) * ALIGNED
        for place, memory in enumerate(self._lent):
            if size <= len(memory):
                self._lent[place] = memory[size:]
                self._borrowed.append(found := memory[: rows * dtype.itemsize].view(dtype))
                return found
        return None

    def leave(self, name: str, table: Table) -> None:
        """Leave a table to the next run; one that several have used is left once."""
        with _TAKING:
            if any(one is table for one in self._borrowed):
                return
            left = self._left.setdefault(name, [])
            if not any(one is table for one in left):
                left.append(table)

    def turn(self) -> None:
        """Have the next run find what this one has left; nobody may take anything meanwhile."""
        self._before, self._left = self._left, {}
        self._lent, self._borrowed = [], []

    def clear(self) -> None:
        """Give up what lies here; nobody may take anything meanwhile."""
        self._before, self._left = {}, {}
        self._lent = []

    @property
    def size(self) -> int:
        """Bytes."""
        found = (*self._before.values(), *self._left.values())
        return sum(table.nbytes for some in found for table in some)


_FREE: list[Shelf] = []
_TAKEN: WeakSet[Shelf] = WeakSet()
_TAKING = Lock()


def taken_shelf() -> Shelf:
    """Return a shelf for one run: the one that was given back last, or an empty one."""
    with _TAKING:
        shelf = _FREE.pop() if _FREE else Shelf()
        _TAKEN.add(shelf)
        return shelf


def give_back(shelf: Shelf, *, much: bool = True) -> None:
    """Keep a shelf for the next run, unless all shelves together would keep too much.

    Parameters
    ----------
    shelf
        Whose run is over.
    much
        Whether they may keep more than `KEPT_UNASKED`.
    """
    with _TAKING:
        _TAKEN.discard(shelf)
        shelf.turn()
        size = shelf.size + sum(other.size for other in _FREE)
        if size <= KEPT_UNASKED or (much and LEFT_FREE * size <= (free_memory() or 0)):
            _FREE.append(shelf)
        else:
            shelf.clear()


def memory_for(size: int) -> int | None:
    """Return the bytes that can be had; None where the system does not tell.

    Parameters
    ----------
    size
        Bytes that are wanted. Where fewer are free, what is kept for later runs is given up.
    """
    free = free_memory()
    if free is not None and free < size and _give_up():
        free = free_memory()
    return free


def _give_up() -> bool:
    """Give up all tables that nobody uses; return whether there were any."""
    with _TAKING:
        had = bool(_FREE) or any(shelf.size for shelf in _TAKEN)
        _FREE.clear()
        for shelf in _TAKEN:
            shelf.clear()
    return had
