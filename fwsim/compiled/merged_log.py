"""Logs of parts of a fleet, merged into that of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table
from fwsim.compiled.checked import checked_if_interpreted
from fwsim.compiled.growing_tables import GrowingTables, in_order, sorted_by
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.shelf import Shelf
from fwsim.model.status_log import LinkLoad

_SAMPLED = 64
"""One line of so many tells where to cut the time."""
_GATHERED = "loads of parts"


@dataclass(frozen=True)
class Segment:
    """Lines of a log in their order, with their turns at their milliseconds.

    Parameters
    ----------
    log, turns
        Parts of larger tables.
    """

    log: Table
    turns: Table

    def until(self, at: int) -> int:
        """Return how many lines come before a moment."""
        return int(np.searchsorted(self.log["at"], at))

    def between(self, first: int, behind: int) -> Segment:
        """Return some of the lines."""
        return Segment(self.log[first:behind], self.turns[first:behind])


def merged(code: MachineCode, segments: Sequence[Segment], threads: int) -> Table:
    """Return the lines of all segments by time and turn; of equal ones the first segment's first.

    Parameters
    ----------
    code
        The compiled clock.
    segments
        Of the dispatcher first, then of all parts.
    threads
        How many stretches of time are merged at the same time.
    """
    log = np.empty(max(sum(len(each.log) for each in segments), 1), tables.LINE)
    stretches = _stretches(segments, threads)
    behind = np.cumsum([sum(len(each.log) for each in stretch) for stretch in stretches]).tolist()
    rooms = [log[begin:end] for begin, end in zip([0, *behind], behind, strict=False)]
    if len(stretches) == 1:
        _merge(code, stretches[0], rooms[0])
    else:
        with ThreadPoolExecutor(len(stretches)) as pool:
            list(pool.map(lambda each: _merge(code, *each), zip(stretches, rooms, strict=True)))
    return log[: behind[-1]]


def merged_load(loads: Sequence[Table], shelf: Shelf) -> tuple[Table, int]:
    """Return a table of what all lines carried by minute and site, and how many rows it has.

    Parameters
    ----------
    loads
        Of parts of the fleet in the order of their sites, each by minute and site.
    shelf
        Where memory is taken from.
    """
    count = sum(len(load) for load in loads)
    gathered, ordered = (shelf.take(name, tables.LOAD, count) for name in (_GATHERED, "load"))
    if count:
        np.concatenate(loads, out=gathered[:count])
        order = sorted_by(gathered["minute"][:count] // LinkLoad.stretch)
        in_order(gathered[:count], order, ordered[:count])
    shelf.leave(_GATHERED, gathered)
    return ordered, count


def _stretches(segments: Sequence[Segment], count: int) -> list[list[Segment]]:
    """Cut the time into stretches with about as many lines, and every segment with it."""
    sampled = np.sort(np.concatenate([each.log["at"][::_SAMPLED] for each in segments]))
    if count == 1 or len(sampled) < count:
        return [[*segments]]
    cuts = [int(sampled[len(sampled) * number // count]) for number in range(1, count)]
    places = [[0, *(each.until(cut) for cut in cuts), len(each.log)] for each in segments]
    return [
        [
            each.between(*place[number : number + 2])
            for each, place in zip(segments, places, strict=True)
        ]
        for number in range(count)
    ]


def _merge(code: MachineCode, segments: Sequence[Segment], room: Table) -> None:
    """Merge segments into a table that has as much room as they have lines."""
    filled = [each for each in segments if len(each.log)]
    if not filled:
        return
    rows = np.zeros(len(filled), tables.SEGMENT)
    rows["log"] = [each.log.ctypes.data for each in filled]
    rows["turns"] = [each.turns.ctypes.data for each in filled]
    rows["behind"] = [len(each.log) for each in filled]
    merging = _Merging(room, rows, filled)
    with checked_if_interpreted(merging):
        code.merge(merging.world.ctypes.data)


class _Merging(GrowingTables):
    """A world in which nothing is done but merging."""

    def __init__(self, room: Table, rows: Table, segments: Sequence[Segment]) -> None:
        super().__init__(0)
        self.put("log", room)
        self.put("segments", rows)
        self.put("segment_heap", np.zeros(len(rows), np.int64))
        self.set(segments_count=len(rows))
        self._segments = segments

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory to what checks every touch of it."""
        super().check(memory)
        for number, segment in enumerate(self._segments):
            self._note(f"log of segment {number}", segment.log)
            self._note(f"turns of segment {number}", segment.turns)
