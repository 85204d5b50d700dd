"""The tables in which the compiled clock counts a run, or a part of its fleet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand
from fwsim.commands.notice import NEVER
from fwsim.commands.policies import IdfCheckOrder
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.growing_tables import as_bytes, longer, next_room
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.latest import NOT_YET, Latest
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.shelf import Shelf
from fwsim.compiled.tables import NOBODY
from fwsim.fleet.grouping import kinds_of_people
from fwsim.model.first_due import what_is_due
from fwsim.model.status_log import CommandRun, LinkLoad
from fwsim.model.tally import MINUTE, Wanted
from fwsim.model.tries import assignment_of_run, force_at_of_run

WHOLE = np.dtype(np.int64)
SHARED = ("ends", "borne", "places", "sizes", "peaks", "fullest")
"""Tables with a place for each device or line of the fleet, which one alone counts."""
AT_A_TIME = 4096
"""Devices whose time is kept apart until it is known who may be among the last."""
MOST_LINES = np.iinfo(np.int32).max
"""That their order has room for."""
_LEFT = ("ends", "order", "attempts", "ranked", "spent", "line_rows", "line_hours")


class TallyTables:
    """Where the lines of some devices are counted.

    Parameters
    ----------
    inventory
        Of the rollout.
    runs
        What the log's runs are.
    wanted
        What it is counted by.
    end
        Milliseconds after which no line is.
    shelf
        Has memory that runs before have left.
    likely
        How many devices it is likely to count.
    beside
        Counts other devices of the same fleet; they share what is kept of each device.
    """

    def __init__(
        self,
        inventory: Inventory,
        runs: Sequence[CommandRun],
        wanted: Wanted,
        end: int,
        shelf: Shelf,
        likely: int,
        beside: TallyTables | None = None,
    ) -> None:
        self._inventory, self._wanted, self._shelf, self._end = inventory, wanted, shelf, end
        self._likely = likely
        self._memory: CheckedMemory | None = None
        self.arrays: dict[str, Table] = {}
        self._tally = np.zeros(1, tables.TALLY)
        self._due = what_is_due(inventory.rollout)
        fleet = len(inventory.rollout.fleet)
        self.latest = Latest(math.ceil(wanted.tail * fleet), wanted.ways.count)
        self._lay_out_certain(runs)
        self._lay_out_sums(len(runs))
        self._lay_out_lines()
        if beside is None:
            self._lay_out_devices()
            self._lay_out_use()
        else:
            for name in SHARED:
                self._put(name, beside.arrays[name])

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory to what checks every touch of it, now and when it grows."""
        self._memory = memory
        memory.note("tally", self._tally)
        for name, array in self.arrays.items():
            memory.note(f"tally's {name}", array)

    def _put(self, name: str, array: Table) -> None:
        self.arrays[name] = array
        self._tally[name] = array.ctypes.data
        if self._memory is not None:
            self._memory.note(f"tally's {name}", array)

    def _set(self, **numbers: int) -> None:
        for name, number in numbers.items():
            self._tally[name] = number

    def _room(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table that is written before it is read."""
        return self._shelf.take(f"tally's {name}", dtype, max(rows, 1))

    def _lay_out_certain(self, runs: Sequence[CommandRun]) -> None:
        wanted, ways = self._wanted, self._wanted.ways
        assumptions = self._inventory.assumptions
        self._put("runs", self._runs(runs))
        self._put("presence_sums", self._inventory.presence_sums)
        self._put("kinds", self._kinds())
        self._put("stage_of", whole(wanted.stage_of))
        self._put("wait_after", whole(wanted.wait_after.ravel()))
        weeks = (*wanted.weeks, *wanted.people_weeks)
        spans = np.zeros(len(weeks), tables.SPAN)
        sizes = np.array([len(week) for week in weeks], np.int64)
        spans["count"], spans["first"] = sizes, np.cumsum(sizes) - sizes
        together = np.concatenate(weeks)
        self._put("weeks", spans)
        self._put("week_starts", whole(together[:, 0]))
        self._put("week_ends", whole(together[:, 1]))
        self._set(
            first_command=self._due.first(self._due.judged),
            step=wanted.step,
            bins=wanted.bins,
            minutes=self._end // MINUTE + 1,
            details=wanted.wait_after.shape[1],
            ways=ways.count,
            dispatch=ways.dispatch,
            later=ways.later,
            own_start=ways.own_start,
            cut_off=ways.cut_off,
            power_lost=ways.power_lost,
            weeks_count=len(wanted.weeks),
            people_weeks_count=len(wanted.people_weeks),
            fleet=len(self._inventory.rollout.fleet),
            checks_after=int(assumptions.idf_check_order is IdfCheckOrder.AFTER),
            stretch=LinkLoad.stretch,
        )

    def _kinds(self) -> Table:
        """Return by which kind of people the habits of each row of them are told."""
        fleet = self._inventory.rollout.fleet
        kinds = np.zeros(len(fleet.people.values), WHOLE)
        kinds[fleet.people.codes] = kinds_of_people(fleet).codes
        return kinds

    def _runs(self, runs: Sequence[CommandRun]) -> Table:
        assumptions = self._inventory.assumptions
        rows = np.zeros(max(len(runs), 1), tables.TALLY_RUN)
        for row, run in zip(rows, runs, strict=False):
            command = run.command
            row["at"] = run.at
            if isinstance(command, UpdateCommand):
                row["shown"] = 1000 * (command.inform_user or 0)
            force_at = force_at_of_run(run, self._inventory.rollout)
            row["force_at"] = NOT_YET if force_at == NEVER else force_at
            row["assignment"] = assignment_of_run(run, self._inventory.rollout)
            row["is_update"] = command.status_field is self._due.judged
            connects = command.only_switched_on and not command.check_reachability
            row["unanswered"] = (
                assumptions.connect_timeout if connects else assumptions.ping_timeout
            )
        return rows

    def _lay_out_sums(self, runs: int) -> None:
        wanted = self._wanted
        self._put("attempts", self._room("attempts", tables.ATTEMPT, runs))
        self._put("ranked", self._room("ranked", WHOLE, runs))
        self._put("stage_changes", np.zeros(wanted.stages * (wanted.bins + 2), WHOLE))
        kinds = len(kinds_of_people(self._inventory.rollout.fleet).values)
        self._put("prompts", np.zeros(kinds * wanted.bins, WHOLE))
        self._put("workers", np.zeros(wanted.bins, WHOLE))
        self._put("worker_minutes", np.zeros(self._end // MINUTE + 1, WHOLE))
        self._put("by_all", np.zeros(wanted.ways.count, WHOLE))
        self._put("caught", np.zeros(len(wanted.weeks), WHOLE))
        self._put("caught_last", np.full(len(wanted.weeks), NOBODY, WHOLE))

    def _lay_out_devices(self) -> None:
        fleet = len(self._inventory.rollout.fleet)
        ends = self._room("ends", tables.END, fleet)
        of_fleet = ends[:fleet]  # more rows would be fresh memory for nothing
        as_bytes(of_fleet)[:] = 0
        of_fleet["state"], of_fleet["success"] = NOBODY, NOT_YET
        self._put("ends", ends)
        self._put("places", table(WHOLE, fleet))
        self._put("borne", table(tables.BORNE, len(self._wanted.people_weeks) * fleet))

    def _lay_out_lines(self) -> None:
        rollout = self._inventory.rollout
        lines = len(rollout.hub_of) + len(rollout.hubs()) + 1
        for name in ("line_places", "line_last"):
            self._put(name, np.zeros(lines, WHOLE))
        self._put("sent", np.zeros(self._end // LinkLoad.stretch + 1, WHOLE))
        self._put("repository", np.zeros(self._wanted.bins, WHOLE))
        self._set(lines_count=lines)

    def _lay_out_use(self) -> None:
        lines = int(self.numbers["lines_count"])
        self._put("fullest", np.zeros(lines, WHOLE))
        for name in ("sizes", "peaks"):
            self._put(name, np.zeros(len(self._wanted.weeks) * lines, WHOLE))

    # Counting

    def count(self, code: MachineCode, world: Table, whom: NDArray[np.int64]) -> None:
        """Count the log of a world.

        Parameters
        ----------
        code
            The compiled clock.
        world
            One whose clock stands.
        whom
            Devices, in the order of the fleet: all that its log tells of from the first of them to
            the last. None is counted twice.

        Raises
        ------
        MemoryError
            If the log has more lines than can be put in order.
        """
        lines = int(world["log_count"][0])
        if lines > MOST_LINES:
            raise MemoryError(f"{lines:,} lines of status log are more than can be counted")
        self._make_room("order", lines, tables.INDEX)
        self._put("whom", whom)
        since, before = (int(whom[0]), int(whom[-1]) + 1) if len(whom) else (0, 0)
        self._set(whom_count=len(whom), since=since, before=before)
        world["tally"] = self._tally.ctypes.data
        code.walk(world.ctypes.data)
        for first in range(0, len(whom), AT_A_TIME):
            self._count_some(code, world, whom[first : first + AT_A_TIME], first)

    def _count_some(
        self, code: MachineCode, world: Table, some: NDArray[np.int64], first: int
    ) -> None:
        ways = self._wanted.ways.count
        self._make_room("spent", len(some) * ways)
        self._set(first=first, behind=first + len(some))
        code.count(world.ctypes.data)
        success = self.arrays["ends"]["success"][some]
        spent = self.arrays["spent"][: len(some) * ways].reshape(-1, ways)
        self.latest.add(success, some, spent)

    def _make_room_behind(self, name: str, dtype: np.dtype[Any], count: int, more: int) -> None:
        """Have room for more rows of a table that grows with every part."""
        before = self.arrays.get(name)
        if before is None:
            self._put(name, self._room(name, dtype, max(count + more, self._likely)))
        elif count + more > len(before):
            self._put(name, longer(before, next_room(len(before), count + more)))

    def _make_room(self, name: str, rows: int, dtype: np.dtype[Any] = WHOLE) -> None:
        """Have a table that is written before it is read."""
        if rows > len(self.arrays.get(name, ())):
            self._put(name, self._room(name, dtype, rows))

    def count_load(self, code: MachineCode, world: Table) -> None:
        """Count what the lines of a world carried. None is counted twice.

        Parameters
        ----------
        code
            The compiled clock.
        world
            One whose clock stands, with some sites or all.
        """
        rows = int(world["load_count"][0])
        of_sites_and_hubs = 2 * rows
        self._make_room("line_rows", of_sites_and_hubs, tables.LOAD)
        hours = int(self.numbers["line_hours_count"])
        self._make_room_behind("line_hours", tables.HOUR, hours, of_sites_and_hubs)
        world["tally"] = self._tally.ctypes.data
        code.count_load(world.ctypes.data)

    def count_repository(self, code: MachineCode, world: Table) -> None:
        """Count what the repository sent to whom is counted here, all of it."""
        self._make_room("line_rows", int(np.count_nonzero(self.arrays["sent"])), tables.LOAD)
        world["tally"] = self._tally.ctypes.data
        code.count_repository(world.ctypes.data)

    def take_sent(self, other: TallyTables) -> None:
        """Add what the repository sent to whom another counts."""
        self.arrays["sent"] += other.arrays["sent"]

    # What it came to

    @property
    def numbers(self) -> Any:
        """Single numbers that were counted, by name."""
        return self._tally[0]

    @property
    def hours(self) -> Table:
        """What the lines carried hour by hour; nothing has a table where no part was counted."""
        rows = self.arrays.get("line_hours", table(tables.HOUR, 1))
        return rows[: int(self.numbers["line_hours_count"])]

    def leave(self) -> None:
        """Leave the memory to the next run."""
        for name in _LEFT:
            if name in self.arrays:
                self._shelf.leave(f"tally's {name}", self.arrays.pop(name))
