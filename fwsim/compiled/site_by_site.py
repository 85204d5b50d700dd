"""A run played site by site: the dispatcher, then parts of the fleet that fit the cache.

As many parts are played at the same time as there are processors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from joblib import cpu_count
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.checked import checked_if_interpreted
from fwsim.compiled.codes import Ask
from fwsim.compiled.counting import Counting
from fwsim.compiled.coupling import Part
from fwsim.compiled.growing_tables import in_order, sorted_by
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.merged_log import Segment, merged, merged_load
from fwsim.compiled.part_run import Answer, Beginning, DrawSome, PartRun
from fwsim.compiled.part_tables import PartTables
from fwsim.compiled.tally_tables import WHOLE, TallyTables
from fwsim.compiled.world_tables import WorldTables

MOST_IN_A_TURN = 4
"""Parts for which luck is drawn together: more would not fit the cache."""
TURNS_OF_A_CLOCK = 8
"""So many at least, so that all clocks end at about the same time."""


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
        left, taking = iter(self._next_to_each_other()), Lock()

        def play_or_stop(run: PartRun) -> bool:
            try:
                return self._play_turns(code, run, beginnings, partial(_next_of, left, taking))
            except BaseException:
                self.stop()
                raise

        if len(self._runs) == 1:
            are_whole = play_or_stop(self._runs[0])
        else:
            with ThreadPoolExecutor(len(self._runs)) as threads:
                are_whole = all(list(threads.map(play_or_stop, self._runs)))
        if are_whole and not self._is_stopped:
            self._merge(code)
        return are_whole

    def _play_turns(
        self,
        code: MachineCode,
        run: PartRun,
        beginnings: Sequence[Beginning],
        next_ones: Callable[[], range],
    ) -> bool:
        """Play parts on one of the clocks until none is left; tell whether they can be merged."""
        while numbers := next_ones():
            run.draw_for(beginnings[numbers.start : numbers.stop])
            if not all(self._play_part(code, run, n, beginnings[n]) for n in numbers):
                self._end_all()  # whatever the others came to, it is not one log
                return False
        return True

    def _play_part(
        self, code: MachineCode, run: PartRun, number: int, beginning: Beginning
    ) -> bool:
        """Play a part, unless all is over; tell whether it can be merged with the others."""
        if self._is_over or not run.play(code, number, self._parts[number], beginning):
            return False
        self._tell(0, 0)
        return True

    def _next_to_each_other(self) -> Iterator[range]:
        """Yield numbers of parts that one clock plays one after the other."""
        count = len(self._parts)
        some = max(min(count // (TURNS_OF_A_CLOCK * len(self._runs)), MOST_IN_A_TURN), 1)
        for first in range(0, count, some):
            yield range(first, min(first + some, count))

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


def _next_of(left: Iterator[range], taking: Lock) -> range:
    """Return what is next, to one thread alone; nothing if nothing is left."""
    with taking:
        return next(left, range(0))


def _one_at_a_time(answers: Sequence[Answer]) -> list[Answer]:
    """Return answers of which only one is worked out at a time."""
    answering = Lock()

    def locked(answer: Answer) -> Answer:
        def answered(first: int, second: int) -> None:
            with answering:
                answer(first, second)

        return answered

    return [locked(answer) for answer in answers]
