"""The tables in which the compiled clock counts a run, and what they tell in the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from fwsim.commands.command import UpdateCommand
from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, whole
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.shelf import Shelf
from fwsim.compiled.tables import NOBODY
from fwsim.model.first_due import what_is_due
from fwsim.model.status_log import CommandRun, LinkLoad
from fwsim.model.tally import (
    MINUTE,
    TalliedDevices,
    TalliedLines,
    TalliedPeople,
    TalliedTransfers,
    Tally,
    Wanted,
)

WHOLE = np.dtype(np.int64)


class TallyTables:
    """Where one run is counted.

    Parameters
    ----------
    inventory
        Of the rollout.
    world
        The run's world, when the clock stands.
    runs
        What the log's runs are.
    wanted
        What it is counted by.
    shelf
        Has memory that runs before have left.
    """

    def __init__(
        self,
        inventory: Inventory,
        world: Table,
        runs: Sequence[CommandRun],
        wanted: Wanted,
        shelf: Shelf,
    ) -> None:
        self._inventory, self._wanted, self._shelf = inventory, wanted, shelf
        self._ended = int(world["now"][0])
        self._arrays: dict[str, Table] = {}
        self.tally = np.zeros(1, tables.TALLY)
        self._lay_out_certain(runs)
        self._lay_out_devices(len(runs), int(world["log_count"][0]))
        self._lay_out_lines(int(world["load_count"][0]))
        self._put("served", self._room("served", tables.SERVED, int(world["jobs_count"][0])))
        world["tally"] = self.tally.ctypes.data

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory to what checks every touch of it."""
        memory.note("tally", self.tally)
        for name, array in self._arrays.items():
            memory.note(f"tally's {name}", array)

    def _put(self, name: str, array: Table) -> None:
        self._arrays[name] = array
        self.tally[name] = array.ctypes.data

    def _set(self, **numbers: int) -> None:
        for name, number in numbers.items():
            self.tally[name] = number

    def _room(self, name: str, dtype: np.dtype[Any], rows: int) -> Table:
        """Return a table that is written before it is read."""
        return self._shelf.take(f"tally's {name}", dtype, max(rows, 1))

    def _lay_out_certain(self, runs: Sequence[CommandRun]) -> None:
        wanted, ways = self._wanted, self._wanted.ways
        self._put("runs", self._runs(runs))
        self._put("presence_sums", self._inventory.presence_sums)
        self._put("stage_of", whole(wanted.stage_of))
        self._put("wait_after", whole(wanted.wait_after.ravel()))
        spans = np.zeros(len(wanted.weeks), tables.SPAN)
        sizes = np.array([len(week) for week in wanted.weeks], np.int64)
        spans["count"], spans["first"] = sizes, np.cumsum(sizes) - sizes
        together = np.concatenate(wanted.weeks)
        self._put("weeks", spans)
        self._put("week_starts", whole(together[:, 0]))
        self._put("week_ends", whole(together[:, 1]))
        due = what_is_due(self._inventory.rollout)
        self._set(
            first_command=due.first(due.judged),
            step=wanted.step,
            bins=wanted.bins,
            minutes=self._ended // MINUTE + 1,
            stages=wanted.stages,
            details=wanted.wait_after.shape[1],
            dispatch=ways.dispatch,
            later=ways.later,
            own_start=ways.own_start,
            cut_off=ways.cut_off,
            power_lost=ways.power_lost,
            weeks_count=len(wanted.weeks),
            stretch=LinkLoad.stretch,
        )
        self.tally["tail"] = wanted.tail

    def _runs(self, runs: Sequence[CommandRun]) -> Table:
        assumptions = self._inventory.assumptions
        judged = what_is_due(self._inventory.rollout).judged
        rows = np.zeros(max(len(runs), 1), tables.TALLY_RUN)
        for row, run in zip(rows, runs, strict=False):
            command = run.command
            row["at"] = run.at
            if isinstance(command, UpdateCommand):
                row["shown"] = 1000 * (command.inform_user or 0)
            row["is_update"] = command.status_field is judged
            connects = command.only_switched_on and not command.check_reachability
            row["unanswered"] = (
                assumptions.connect_timeout if connects else assumptions.ping_timeout
            )
        return rows

    def _lay_out_devices(self, runs: int, lines: int) -> None:
        wanted, fleet = self._wanted, len(self._inventory.rollout.fleet)
        self._put("ends", self._room("ends", tables.END, fleet))
        self._put("places", self._room("places", WHOLE, fleet))
        self._put("order", self._room("order", WHOLE, lines))
        self._put("attempts", self._room("attempts", tables.ATTEMPT, runs))
        self._put("ranked", self._room("ranked", WHOLE, max(runs, fleet)))
        self._put("stage_changes", np.zeros(wanted.stages * (wanted.bins + 2), WHOLE))
        for name in ("prompts", "workers"):
            self._put(name, np.zeros(wanted.bins, WHOLE))
        self._put("worker_minutes", np.zeros(self._ended // MINUTE + 1, WHOLE))
        for name in ("by_all", "by_last"):
            self._put(name, np.zeros(wanted.ways.count, WHOLE))
        self._put("caught", np.zeros(len(wanted.weeks), WHOLE))
        self._put("caught_last", np.full(len(wanted.weeks), NOBODY, WHOLE))

    def _lay_out_lines(self, rows: int) -> None:
        wanted, rollout = self._wanted, self._inventory.rollout
        lines = len(rollout.hub_of) + len(rollout.hubs()) + 1
        for name in ("line_places", "line_last", "fullest"):
            self._put(name, np.zeros(lines, WHOLE))
        for name in ("sizes", "peaks"):
            self._put(name, np.zeros(len(wanted.weeks) * lines, WHOLE))
        self._put("line_rows", self._room("line_rows", tables.LOAD, 3 * rows))
        self._put("line_hours", self._room("line_hours", tables.HOUR, 2 * rows))
        self._put("repository", np.zeros(wanted.bins, WHOLE))
        self._set(lines_count=lines)

    # What it came to

    def counted(self) -> Tally:
        """Return what the run came to, and leave the memory to the next."""
        wanted, numbers, arrays = self._wanted, self.tally[0], self._arrays
        stages = arrays["stage_changes"].reshape(wanted.stages, -1)[:, : wanted.bins + 1]
        successful = int(numbers["successes"])
        tally = Tally(
            ended=self._ended,
            first_command=int(numbers["first_command"]),
            devices=self._devices(),
            people=self._people(),
            lines=self._lines(),
            transfers=self._transfers(),
            stages=stages.astype(np.int32),
            prompts=arrays["prompts"].astype(np.int32),
            workers=arrays["workers"],
            worker_minutes=arrays["worker_minutes"],
            successful=successful,
            last=math.ceil(wanted.tail * successful),
            by_all=arrays["by_all"],
            by_last=arrays["by_last"],
            unfinished=arrays["caught"],
        )
        for name in ("ends", "places", "order", "attempts", "ranked", "line_rows", "line_hours"):
            self._shelf.leave(f"tally's {name}", arrays[name])
        self._shelf.leave("tally's served", arrays["served"])
        return tally

    def _devices(self) -> TalliedDevices:
        ends = self._arrays["ends"][: len(self._inventory.rollout.fleet)]
        devices = np.flatnonzero(ends["state"] >= 0).astype(np.int32)
        ends = ends[devices]
        return TalliedDevices(
            device=devices,
            state=ends["state"].astype(np.int8),
            detail=ends["detail"].astype(np.int8),
            time=np.ascontiguousarray(ends["time"]),
            success=np.ascontiguousarray(ends["success"]),
        )

    def _people(self) -> TalliedPeople:
        numbers = self.tally[0]
        return TalliedPeople(
            prompts=int(numbers["prompted"]),
            devices_prompted=int(numbers["devices_prompted"]),
            most_prompts=int(numbers["most_prompts"]),
            deferments=int(numbers["deferments"]),
            cancels=int(numbers["cancels"]),
            forced_starts=int(numbers["forced"]),
            time_lost=int(numbers["lost"]),
            on_for_nothing=int(numbers["for_nothing"]),
        )

    def _lines(self) -> TalliedLines:
        arrays, lines = self._arrays, int(self.tally["lines_count"][0])
        hours = arrays["line_hours"][: int(self.tally["line_hours_count"][0])]
        return TalliedLines(
            stretch=LinkLoad.stretch,
            sizes=arrays["sizes"].reshape(-1, lines),
            peaks=arrays["peaks"].reshape(-1, lines),
            fullest=arrays["fullest"],
            hours=np.stack([hours[name] for name in ("line", "hour", "size")]),
            repository=arrays["repository"],
        )

    def _transfers(self) -> TalliedTransfers:
        rows = self._arrays["served"][: int(self.tally["served_count"][0])]
        return TalliedTransfers(
            start=rows["start"].copy(),
            end=rows["end"].copy(),
            size=rows["size"].copy(),
            site=rows["site"].copy(),
        )
