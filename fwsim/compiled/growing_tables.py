"""Tables of a world that compiled code finds by their address, and that grow while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table
from fwsim.compiled.codes import Grows
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.shelf import memory_for

USUAL_LINES = 16
"""Of a device's log; a table with more grows."""
LINES_DISPATCHED = 2
"""Of them by the dispatcher, where the rest is written in parts."""
BUCKETS_OF_A_DEVICE = 4
"""More take longer to empty and to walk through, fewer make slots longer."""
FEWEST_BUCKETS = 64
MOST_BUCKETS = 1 << 20
"""16 MiB of them."""
_BITS_OF_DIGIT = 16
_DIGIT = (1 << _BITS_OF_DIGIT) - 1
LARGE = 1 << 26
"""Bytes from which on a table is only made if there is memory for it."""

GROWING: dict[Grows, tuple[str, str, np.dtype[Any]]] = {
    Grows.QUEUE: ("queue", "queue_room", tables.PLACE),
    Grows.LOG: ("log", "log_room", tables.LINE),
    Grows.JOBS: ("jobs", "jobs_room", tables.JOB),
    Grows.NODES: ("nodes", "nodes_room", tables.NODE),
    Grows.FLOWS: ("flows", "flows_room", tables.FLOW),
    Grows.WEBS: ("webs", "webs_room", tables.WEB),
    Grows.LOAD: ("load", "load_room", tables.LOAD),
    Grows.PROXY_LOAD: ("proxy_load", "proxy_load_room", tables.PROXY_LOAD),
}
"""Each growing table's name, the name of its room, and its rows."""


Take = Callable[[str, np.dtype[Any], int], Table]
"""Returns a table of that name, of such rows, with at least so many of them."""


def first_rooms(devices: int, lines: int = USUAL_LINES) -> dict[Grows, int]:
    """Return with how many rows each growing table begins, the log by lines of a device."""
    return {
        Grows.QUEUE: 1024 + 2 * devices,
        Grows.LOG: 256 + lines * devices,
        Grows.JOBS: 64 + devices,
        Grows.NODES: 1024,
        Grows.FLOWS: 1024 + devices // 4,
        Grows.WEBS: 256,
        Grows.LOAD: 1024 + 8 * devices,
        Grows.PROXY_LOAD: 64,
    }


def next_room(room: int, needed: int) -> int:
    """Return how many rows a table gets that has `room` and must hold `needed`."""
    return max(2 * room, needed + 64)


class GrowingTables:
    """A world, and the tables that belong to it.

    Parameters
    ----------
    words
        How many words a set of packages takes.
    """

    def __init__(self, words: int) -> None:
        self._words = words
        self.arrays: dict[str, Table] = {}
        self.world = np.zeros(1, tables.WORLD)
        self._checked: CheckedMemory | None = None

    def _lay_out_growing(self, rooms: Mapping[Grows, int], take: Take) -> None:
        """Begin with growing tables of so many rows at least, and with what goes with them."""
        for kind, rows in rooms.items():
            name, room_name, dtype = GROWING[kind]
            self.put(name, take(name, dtype, rows))
            self.set(**{room_name: len(self.arrays[name])})
        self.put("events", take("events", tables.EVENT, len(self.arrays["queue"])))
        for name in ("done_flows", "completed"):
            self.put(name, np.zeros(len(self.arrays["flows"]), np.int64))

    def grow(self, kind: Grows, needed: int) -> None:
        """Make a table longer, at least `needed` rows; what goes with it, too."""
        name, room_name, _ = GROWING[kind]
        room = next_room(int(self.world[room_name][0]), needed)
        self.put(name, self._longer(name, room))
        if kind is Grows.JOBS:
            masks = max(room * self._words, 1)
            self.put("job_masks", longer(self.arrays["job_masks"], masks))
        elif kind is Grows.QUEUE:
            self.put("events", longer(self.arrays["events"], room))
        elif kind is Grows.FLOWS:
            for other in ("done_flows", "completed"):
                self.put(other, longer(self.arrays[other], room))
        elif kind is Grows.LOG and "turns" in self.arrays:
            self.put("turns", self._longer("turns", room))
        self.world[room_name] = room

    def _longer(self, name: str, rows: int) -> Table:
        """Return a longer copy of a table, if there is memory left: many a system only pretends."""
        size = rows * self.arrays[name].itemsize
        is_short = rows > len(self.arrays[name])
        free = memory_for(size) if size >= LARGE and is_short else None
        if free is not None and size > free:
            raise MemoryError(
                f"{size / 1e9:,.1f} GB more are needed, {free / 1e9:,.1f} GB are free"
            )
        return longer(self.arrays[name], rows)

    def put(self, name: str, array: Table) -> None:
        """Take a table and tell the world where it lies."""
        self.arrays[name] = array
        self._note(name, array)
        self.world[name] = array.ctypes.data

    def set(self, **numbers: int) -> None:
        """Write numbers of the world."""
        for name, number in numbers.items():
            self.world[name] = number

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory of the run, now and when it grows, to what checks every touch of it."""
        self._checked = memory
        self._note("world", self.world)
        for name, array in self.arrays.items():
            self._note(name, array)

    def _note(self, name: str, array: Table) -> None:
        if self._checked is not None:
            self._checked.note(name, array)

    def _lay_out_buckets(self, devices: int, end: int) -> None:
        """Cut the time into stretches of a power of two, some for each device."""
        most = min(BUCKETS_OF_A_DEVICE * devices, MOST_BUCKETS)
        bits = (end // max(most, FEWEST_BUCKETS)).bit_length()
        self.put("buckets", np.zeros((end >> bits) + 2, tables.BUCKET))
        self.put("slots", np.zeros(tables.SLOTS, tables.SLOT))
        self.put("slots_taken", np.zeros(tables.SLOTS >> tables.BITS_OF_WORD, np.int64))
        self._empty_buckets()
        slot_bits = max(bits - tables.BITS_OF_SLOT, 0)
        self.set(row_first=tables.NOBODY, bucket_bits=bits, slot_bits=slot_bits)

    def _empty_buckets(self) -> None:
        self.arrays["slots_taken"][:] = 0
        as_bytes(self.arrays["buckets"])[:] = 0xFF  # NOBODY


def longer(array: Table, rows: int) -> Table:
    """Return a copy of a table with more rows, empty ones, or the table if it has so many.

    One that a run before has left may have more than what it grows with.
    """
    if rows <= len(array):
        return array
    longer = np.zeros(rows, array.dtype)
    as_bytes(longer[: len(array)])[:] = as_bytes(array)
    return longer


def sorted_by(key: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """Return the stable order of whole numbers from 0: NumPy sorts 16 bits of them by digits."""
    order = np.argsort((key & _DIGIT).astype(np.uint16), kind="stable")
    above = key >> _BITS_OF_DIGIT
    return order[sorted_by(above[order])] if above.any() else order


def in_order(rows: Table, order: NDArray[np.intp], room: Table | None = None) -> Table:
    """Return rows in another order, written into a room for as many if there is one."""
    found = np.empty(len(order), rows.dtype) if room is None else room
    by_row, written = (as_bytes(each).reshape(-1, rows.itemsize) for each in (rows, found))
    np.take(by_row, order, axis=0, out=written, mode="clip")  # "raise" would copy once more
    return found


def as_bytes(rows: Table) -> NDArray[np.uint8]:
    """Return the memory of some rows; records are copied field by field, bytes at once."""
    return rows.view(np.uint8)
