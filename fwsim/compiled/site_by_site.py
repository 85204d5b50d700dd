"""A run played site by site: the dispatcher, then parts of the fleet that fit the cache.

As many parts are played at the same time as there are processors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from joblib import cpu_count
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.answering import Answering
from fwsim.compiled.checked import checked_if_interpreted
from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.counting import Counting
from fwsim.compiled.coupling import Part
from fwsim.compiled.growing_tables import in_order, sorted_by
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.merged_log import Segment, merged, merged_load
from fwsim.compiled.part_tables import PartTables
from fwsim.compiled.tally_tables import WHOLE, TallyTables
from fwsim.compiled.world_tables import WorldTables

Answer = Callable[[int, int], None]
DrawSome = Callable[[int, int, slice], Table]
"""Returns a quantity, by its number and that of its draw, of some devices; or one for all."""


@dataclass(frozen=True)
class Beginning:
    """What a part of a fleet begins with.

    Parameters
    ----------
    first_handed, handed
        Its devices that the dispatcher is done with, and the first one's place among all.
    lines
        Those that the dispatcher wrote of its devices.
    devices
        All that it has, in the order of the fleet.
    """

    first_handed: int
    handed: Table
    lines: Table
    devices: NDArray[np.int64]


class PartRun(Answering):
    """A clock that plays parts of a fleet, one after the other.

    Parameters
    ----------
    lay_out
        Lays its tables out, given the address of the function that compiled code calls.
    answers
        By code of `Ask`: what the whole run answers.
    draw_some
        Draws for the devices of a part alone.
    tally
        Where each part is counted, and its log and loads forgotten; None keeps those of all parts.
    """

    def __init__(
        self,
        lay_out: Callable[[int], PartTables],
        answers: Sequence[Answer],
        draw_some: DrawSome,
        tally: TallyTables | None,
    ) -> None:
        super().__init__()
        self.tally = tally
        self._answers = [*answers]
        self._draw_all, self._draw_some = answers[Ask.DRAW], draw_some
        self._answers[Ask.GROW] = self._grow
        self._answers[Ask.DRAW] = self._draw
        self.tables = lay_out(self._address)
        self._stopped = self.tables.world["stopped"]
        self.places: dict[int, dict[str, slice]] = {}
        """By part: where its lines stand in the log, and what its lines carried among the loads."""
        self.ended = self.done = 0

    def _grow(self, kind: int, needed: int) -> None:
        self.tables.grow(Grows(kind), needed)

    def _draw(self, quantity: int, draw: int) -> None:
        some = self.tables.some
        if some is None:
            self._draw_all(quantity, draw)
        else:
            values = self._draw_some(quantity, draw, some)
            self.tables.luck.put(quantity, draw, values, some.start)

    @property
    def _world(self) -> Any:
        return self.tables.world[0]

    @property
    def done_now(self) -> int:
        """How many devices are done in the part that is played."""
        return int(self._world["done"])

    @property
    def now(self) -> int:
        """Milliseconds on the clock."""
        return int(self._world["now"])

    def play(self, code: MachineCode, number: int, part: Part, beginning: Beginning) -> bool:
        """Play a part; tell whether it came to its end and can be merged with the others."""
        self.tables.begin(part, beginning.first_handed, beginning.handed)
        if self.tally is not None:
            self.tables.put_lines(beginning.lines)
        firsts = {name: int(self._world[f"{name}_count"]) for name in ("log", "load")}
        address = self.tables.world.ctypes.data
        code.begin_part(address)
        if not self._stopped[0]:
            code.run(address)
        if self._fault is not None:
            raise self._fault
        self.places[number] = {
            name: slice(first, int(self._world[f"{name}_count"])) for name, first in firsts.items()
        }
        is_whole = not self._stopped[0] and not self._world["is_out_of_turn"]
        if self.tally is not None and is_whole:
            self.tally.count(code, self.tables.world, beginning.devices)
            self.tally.count_load(code, self.tables.world)
        self.ended = max(self.ended, self.now)
        done = self.done_now
        self.tables.set(done=0)
        self.done += done
        return is_whole

    def stop(self) -> None:
        """Let the clock stop before the next event."""
        self.tables.set(stopped=1)

    def segment(self, number: int) -> Segment:
        """Return the lines of a part."""
        mine = self.places[number]["log"]
        return Segment(*(self.tables.arrays[name][mine] for name in ("log", "turns")))

    def load(self, number: int) -> Table:
        """Return what the lines of a part carried."""
        return self.tables.arrays["load"][self.places[number]["load"]]

    def close(self) -> None:
        """Let go of what answers."""
        self._forget()


class SiteBySite:
    """A run of a fleet whose sites know nothing of each other: the dispatcher, then all parts.

    Parameters
    ----------
    inventory
        What is certain.
    whole
        Tables of the whole fleet; nothing has happened in them yet.
    parts
        Which sites are played together.
    answers
        By code of `Ask`: what the run answers.
    draw_some
        Draws for the devices of a part alone.
    counting
        How the run is counted instead of keeping its log; None keeps it.
    """

    def __init__(
        self,
        inventory: Inventory,
        whole: WorldTables,
        parts: Sequence[Part],
        answers: Sequence[Answer],
        draw_some: DrawSome,
        counting: Counting | None = None,
    ) -> None:
        self._inventory, self._whole, self._parts = inventory, whole, parts
        self._is_stopped = self._is_over = False
        self._most_done = self._furthest = 0
        devices = sum(part.devices for part in parts)
        whole.put("handed", table(tables.HANDED, devices))
        whole.put("turns", table(WHOLE, len(whole.arrays["log"])))
        whole.set(hands_over=1)
        fresh = whole.world.copy()
        count = 1 if is_interpreted() else min(cpu_count(), len(parts))
        largest, each = max(part.devices for part in parts), devices // count
        lay_out = partial(PartTables, inventory, whole, fresh, largest, each, counting is None)
        shared = _one_at_a_time(answers)
        self._tell = shared[Ask.REPORT]
        self._counting = counting
        end = int(whole.world["end"][0])
        self._tallies = [] if counting is None else counting.lay_out(whole, end, count)
        of_each: Sequence[TallyTables | None] = self._tallies or [None] * count
        self._runs = [PartRun(lay_out, shared, draw_some, tally) for tally in of_each]

    def play(self, code: MachineCode) -> bool:
        """Play everything; tell whether it came to one log.

        Where the run was stopped, or something went wrong, it did.

        Raises
        ------
        BaseException
            Whatever happened meanwhile in Python in one of the parts.
        """
        address = self._whole.world.ctypes.data
        code.begin(address)
        if not self._whole.world["stopped"][0]:
            code.run(address)
        if self._whole.world["stopped"][0]:
            return True
        try:
            with checked_if_interpreted(*(run.tables for run in self._runs), *self._tallies):
                return self._play_parts(code) or self._is_stopped
        finally:
            for run in self._runs:
                run.close()

    def _play_parts(self, code: MachineCode) -> bool:
        beginnings = self._beginnings()
        self._forget_dispatcher()
        for run in self._runs:
            run.tables.share()
        left, taking = iter(enumerate(self._parts)), Lock()

        def play_some(run: PartRun) -> bool:
            while True:
                with taking:
                    number, part = next(left, (-1, None))
                if part is None:
                    return True
                if self._is_over or not run.play(code, number, part, beginnings[number]):
                    self._end_all()  # whatever the others came to, it is not one log
                    return False
                self._tell(0, 0)

        def play_or_stop(run: PartRun) -> bool:
            try:
                return play_some(run)
            except BaseException:
                self.stop()
                raise

        if len(self._runs) == 1:
            are_whole = play_some(self._runs[0])
        else:
            with ThreadPoolExecutor(len(self._runs)) as threads:
                are_whole = all(list(threads.map(play_or_stop, self._runs)))
        if are_whole and not self._is_stopped:
            self._merge(code)
        return are_whole

    def _beginnings(self) -> list[Beginning]:
        """Bring what the dispatcher left into the order of parts; return each part's of it."""
        arrays, world = self._whole.arrays, self._whole.world[0]
        handed = arrays["handed"][: int(world["handed_count"])]
        log, fleet = table(tables.LINE, 1)[:0], np.zeros(0, np.int64)
        if self._tallies:
            log = arrays["log"][: int(world["log_count"])]
            fleet = np.arange(len(self._inventory.rollout.fleet))

        def handed_by_part() -> list[Table]:
            order, counts = self._by_part(handed["device"])
            self._whole.put("handed", self._reordered("handed of parts", handed, order))
            return _cut(arrays["handed"][: len(handed)], counts)

        def lines_by_part() -> list[Table]:
            order, counts = self._by_part(log["device"])
            return _cut(self._reordered("lines of parts", log, order)[: len(log)], counts)

        def devices_by_part() -> list[Table]:
            return _cut(*self._by_part(fleet))

        with ThreadPoolExecutor(len(self._runs)) as threads:
            works = (lines_by_part, handed_by_part, devices_by_part)
            lines, handed_over, devices = threads.map(lambda work: work(), works)
        firsts = np.cumsum([0, *map(len, handed_over[:-1])]).tolist()
        return [
            Beginning(*of_part) for of_part in zip(firsts, handed_over, lines, devices, strict=True)
        ]

    def _forget_dispatcher(self) -> None:
        """Let go of what only the dispatcher needed, but for a log that is kept."""
        log = ("log", "turns") if self._tallies else ()  # parts have their lines of it
        for name in ("buckets", "waiting", *log):
            self._whole.put(name, table(self._whole.arrays[name].dtype, 1))

    def _borrowed(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table that the next run may have, of at least so many rows."""
        room = self._whole.shelf.take(name, dtype, rows)
        self._whole.shelf.leave(name, room)
        return room

    def _reordered(self, name: str, rows: Table, order: NDArray[np.intp]) -> Table:
        """Return rows in another order; what is behind them means nothing."""
        room = self._borrowed(name, rows.dtype, len(rows))
        in_order(rows, order, room[: len(rows)])
        return room

    def _by_part(self, devices: NDArray[np.integer[Any]]) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Return an order in which devices stand part by part, and how many each part has."""
        behind = np.array([part.behind for part in self._parts])
        sites = np.arange(len(self._inventory.rollout.hub_of))
        part_of = np.searchsorted(behind, sites, side="right")[
            self._inventory.rollout.fleet.site.codes[devices]
        ]
        return sorted_by(part_of), np.bincount(part_of, minlength=len(behind))[: len(behind)]

    def stop(self) -> None:
        """Let all clocks stop before their next event."""
        self._is_stopped = True
        self._end_all()

    def _end_all(self) -> None:
        self._is_over = True
        for run in self._runs:
            run.stop()

    @property
    def done(self) -> int:
        """How many devices are done at least; those that are only handed over are not."""
        self._most_done = max(self._most_done, sum(run.done + run.done_now for run in self._runs))
        return self._most_done

    @property
    def now(self) -> int:
        """Milliseconds on the clock that is ahead, or has been."""
        dispatcher = int(self._whole.world["now"][0])
        self._furthest = max(self._furthest, dispatcher, *(run.now for run in self._runs))
        return self._furthest

    def _merge(self, code: MachineCode) -> None:
        """Bring the logs and the loads of all parts together."""
        whole = self._whole
        if self._counting is not None:
            self._counting.take(self._tallies)
        else:
            log = merged(code, self._segments(), len(self._runs))
            whole.put("log", log)
            loads = [run.load(number) for number, run in self._by_number()]
            load, rows = merged_load(loads, whole.shelf)
            whole.put("load", load)
            whole.set(log_count=len(log), load_count=rows)
        for run in self._runs:
            run.tables.leave()
        ended = max(int(whole.world["now"][0]), *(run.ended for run in self._runs))
        whole.set(now=ended, done=self.done)

    def _by_number(self) -> list[tuple[int, PartRun]]:
        """Return each part with the clock that played it, in the order of parts."""
        run_of = {number: run for run in self._runs for number in run.places}
        return sorted(run_of.items())

    def _segments(self) -> list[Segment]:
        """Return the lines of the dispatcher and those of all parts, in their order."""
        dispatcher = self._whole.arrays
        count = int(self._whole.world["log_count"][0])
        return [
            Segment(dispatcher["log"][:count], dispatcher["turns"][:count]),
            *(run.segment(number) for number, run in self._by_number()),
        ]


def _cut(rows: Table, counts: NDArray[Any]) -> list[Table]:
    """Return rows in stretches of so many; nobody plays what is behind them."""
    return np.split(rows, np.cumsum(counts))[:-1]


def _one_at_a_time(answers: Sequence[Answer]) -> list[Answer]:
    """Return answers of which only one is worked out at a time."""
    answering = Lock()

    def locked(answer: Answer) -> Answer:
        def answered(first: int, second: int) -> None:
            with answering:
                answer(first, second)

        return answered

    return [locked(answer) for answer in answers]
