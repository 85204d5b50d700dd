"""How a run is counted: the log of the whole fleet, or each part as soon as it is played."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from joblib import cpu_count
from numpy.typing import NDArray

from fwsim.compiled.addressed import Table
from fwsim.compiled.checked import checked_if_interpreted
from fwsim.compiled.counted import counted
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.tally_tables import TallyTables
from fwsim.compiled.world_tables import WorldTables
from fwsim.model.status_log import CommandRun, ProxyLoad
from fwsim.model.tally import Tally, Wanted

FEWEST_A_THREAD = 25_000
"""Devices; for fewer a thread is not worth while."""
MOST_THREADS = 8
"""Each has a table as long as the log."""


class Counting:
    """What a run comes to by what is wanted of it.

    Parameters
    ----------
    inventory
        Of the rollout.
    runs
        What the log's runs are; more may come.
    wanted
        What it is counted by.
    """

    def __init__(self, inventory: Inventory, runs: Sequence[CommandRun], wanted: Wanted) -> None:
        self._inventory, self._runs = inventory, runs
        self.wanted = wanted
        self._tallies: list[TallyTables] = []

    @property
    def needs_log(self) -> bool:
        """Whether something is asked for that only the log of the whole tells."""
        return self.wanted.silence is not None

    def lay_out(self, tables: WorldTables, end: int, count: int = 1) -> list[TallyTables]:
        """Return where devices are to be counted, by one or by several at the same time.

        Parameters
        ----------
        tables
            Of the run.
        end
            Milliseconds after which no line is.
        count
            How many.
        """
        lay_out = partial(
            TallyTables,
            self._inventory,
            self._runs,
            self.wanted,
            end,
            tables.shelf,
            len(self._inventory.rollout.fleet) // count,
        )
        first = lay_out()
        return [first, *(lay_out(first) for _ in range(1, count))]

    def take(self, tallies: Sequence[TallyTables]) -> None:
        """Take what was counted part by part."""
        self._tallies = [*tallies]

    def tally(self, code: MachineCode, tables: WorldTables, ended: int, sent: ProxyLoad) -> Tally:
        """Return what the run came to, its log counted now unless its parts were.

        Parameters
        ----------
        code
            The compiled clock.
        tables
            Of the run.
        ended
            Milliseconds on the clock in the end.
        sent
            What proxies sent to neighbours.
        """
        if not self._tallies:
            self._count_whole(code, tables, ended)
        first, *others = self._tallies
        for other in others:
            first.take_sent(other)
        with checked_if_interpreted(tables, first):
            first.count_repository(code, tables.world)
        return counted(self._inventory, self.wanted, self._tallies, ended, sent)

    def _count_whole(self, code: MachineCode, tables: WorldTables, ended: int) -> None:
        """Count the log of the whole fleet, of a large one by several threads."""
        tables.lend_clock()
        fleet = len(self._inventory.rollout.fleet)
        count = min(fleet // FEWEST_A_THREAD, MOST_THREADS)
        count = 1 if is_interpreted() or count < 2 else min(cpu_count(), count)
        self._tallies = self.lay_out(tables, ended, count)

        def count_some(tally: TallyTables, whom: NDArray[np.int64], world: Table) -> None:
            tally.count(code, world, whom)
            if tally is self._tallies[0]:
                tally.count_load(code, world)

        some = np.array_split(np.arange(fleet), count)
        with checked_if_interpreted(tables, *self._tallies):
            if count == 1:
                count_some(self._tallies[0], some[0], tables.world)
                return
            worlds = [tables.world.copy() for _ in some]  # each names its tally
            with ThreadPoolExecutor(count) as threads:
                [*threads.map(count_some, self._tallies, some, worlds)]

    def close(self) -> None:
        """Leave the memory to the next run."""
        for each in self._tallies:
            each.leave()
        self._tallies = []
