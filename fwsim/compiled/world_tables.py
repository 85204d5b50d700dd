"""The tables of one run: laid out from the inventory and the luck, and made longer on demand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
from joblib import cpu_count
from numpy.typing import DTypeLike, NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.codes import EVENTS_BETWEEN_REPORTS, KINDS_OF_CHECK, ORDERS_KEPT, Grows
from fwsim.compiled.device_tables import DeviceTable
from fwsim.compiled.growing_tables import (
    GROWING,
    LARGE,
    LINES_DISPATCHED,
    GrowingTables,
    as_bytes,
    first_rooms,
)
from fwsim.compiled.interpreted import is_interpreted
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.inventory import Inventory, fill_order
from fwsim.compiled.luck_tables import LuckTables
from fwsim.compiled.past_tables import past_tables, tries_told
from fwsim.compiled.shelf import give_back, taken_shelf
from fwsim.compiled.tables import NOBODY
from fwsim.model.draws import Draws
from fwsim.model.past import Past

AT_A_TIME = 4096
"""Devices that are laid out while their rows are in the cache."""
WORTH_THREADS = 32
"""Times so many devices from which on several threads lay them out."""
FIRST_CHECKS = 64


class WorldTables(GrowingTables):
    """The memory of one run.

    Parameters
    ----------
    inventory, draws
        What is certain, and what is not.
    end
        Milliseconds at which the clock stops at the latest.
    callback
        Address of the function that compiled code calls.
    handed_over
        How many devices the dispatcher hands over to parts of the fleet, which have their own
        devices and jobs; 0 where the fleet is played as a whole.
    """

    def __init__(
        self,
        inventory: Inventory,
        draws: Draws,
        end: int,
        callback: int,
        handed_over: int = 0,
    ) -> None:
        super().__init__(inventory.numbers["words"])
        self._inventory = inventory
        self._draws = draws
        self.luck = LuckTables()
        self.shelf = taken_shelf()
        self._rows_of_luck: list[Table] = []
        draws.draw_into(self._room_for_luck)
        self._handed_over = handed_over
        self._putting = Lock()
        self._lay_out(end, callback)

    def close(self, *, keeps_log: bool = False) -> None:
        """Leave the large tables to the next run; nothing may use them any more.

        Rows are written before they are read, but for jobs, which begin empty.

        Parameters
        ----------
        keeps_log
            Whether somebody has a copy of the log, and will need memory to do something with it.
        """
        as_bytes(self.arrays["jobs"][: int(self.world["jobs_count"][0])])[:] = 0
        self._draws.forget()
        for row in self._rows_of_luck:
            self.shelf.leave("luck", row)
        self._rows_of_luck.clear()
        self.luck.clear()
        for name in (*(name for name, _, _ in GROWING.values()), "events", "devices"):
            if name in self.arrays:
                self.shelf.leave(name, self.arrays.pop(name))
        give_back(self.shelf, much=not keeps_log)

    def lend_clock(self) -> None:
        """Lend what the clock alone needed, where that is much: counting takes memory, too.

        Jobs are emptied when the tables are closed; checked memory lends nothing.
        """
        jobs = self.arrays["jobs"][: int(self.world["jobs_count"][0])]
        if jobs.nbytes >= LARGE and not is_interpreted():
            self.shelf.lend(as_bytes(jobs), as_bytes(self.arrays["events"]))

    @property
    def proxy_load(self) -> Table:
        """What providers sent, in no order."""
        return self.arrays["proxy_load"][: int(self.world["proxy_load_count"][0])]

    def taken(self, name: str) -> Table:
        """Return the rows of a growing table; their memory is not left to the next run."""
        return self.arrays.pop(name)[: int(self.world[f"{name}_count"][0])]

    def _room_for_luck(self, devices: int, dtype: DTypeLike) -> Table:
        """Return a row for a quantity of all devices; it stays until the tables are closed."""
        row = self.shelf.take("luck", np.dtype(dtype), devices)
        self._rows_of_luck.append(row)
        return row[:devices]

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory of the run, now and when it grows, to what checks every touch of it."""
        super().check(memory)
        self.luck.check(memory)

    def _lay_out(self, end: int, callback: int) -> None:
        inventory = self._inventory
        fleet = len(inventory.rollout.fleet)
        numbers = {
            name: number
            for name, number in inventory.numbers.items()
            if name in (tables.WORLD.names or ())
        }
        self.set(**numbers)
        for name, array in inventory.arrays.items():
            if name in (tables.WORLD.names or ()):
                self.put(name, array)
        self.set(
            devices_count=fleet,
            runs_to_come=len(inventory.orders),
            end=end,
            horizon=inventory.rollout.horizon,
            next_end=NOBODY,
            nodes_free=NOBODY,
            flows_free=NOBODY,
            events_free=NOBODY,
            first_flow=NOBODY,
            last_flow=NOBODY,
            first_waiting=NOBODY,
            last_waiting=NOBODY,
            first_to_do=NOBODY,
            last_to_do=NOBODY,
            behind_site=inventory.numbers["sites_count"],
            report_at=EVENTS_BETWEEN_REPORTS,
            python=callback,
        )
        self._lay_out_growing(self._rooms(fleet), self.shelf.take)
        self._lay_out_masks(fleet)
        self._lay_out_buckets(fleet, end)
        self._lay_out_orders()
        self._lay_out_luck(fleet)
        if self._draws.past is not None:
            self._lay_out_past(self._draws.past)
        self._lay_out_lines()
        self._store_notifications()

    def _rooms(self, fleet: int) -> dict[Grows, int]:
        if not self._handed_over:
            return first_rooms(fleet)
        rooms = first_rooms(fleet, LINES_DISPATCHED)
        jobs = self._handed_over if is_interpreted() else 1
        return rooms | dict.fromkeys((Grows.FLOWS, Grows.LOAD), 1) | {Grows.JOBS: jobs}

    def _lay_out_masks(self, fleet: int) -> None:
        for name, rows in (("job_masks", len(self.arrays["jobs"])), ("delivered", fleet)):
            self.put(name, np.zeros(max(rows * self._words, 1), np.uint64))

    def _lay_out_orders(self) -> None:
        rows = table(tables.ORDER, len(self._inventory.orders))
        for row, order in zip(rows, self._inventory.orders, strict=False):
            fill_order(row, order, NOBODY, self._draws.past)
        self.put("orders", rows)
        inventory = self._inventory
        count = max(inventory.numbers["firings_count"], 1)
        self.put("firing_orders", np.full(count, NOBODY, np.int64))
        self.put("start_orders", np.full(FIRST_CHECKS * KINDS_OF_CHECK, NOBODY, np.int64))
        self.set(start_orders_room=FIRST_CHECKS)
        self.put("notifications", inventory.stored.copy())
        self._lay_out_assignments()

    def _lay_out_assignments(self) -> None:
        """Lay out what is assigned, with the first check-in of each device by its luck."""
        inventory = self._inventory
        kept = ORDERS_KEPT * max(len(inventory.assigned.assignments), 1)
        self.put("assignment_orders", np.full(kept, NOBODY, np.int64))
        standings = inventory.standings.copy()
        place = 0
        for firsts, phases in inventory.assigned.first_check_ins(self._draws):
            standings["first_at"][place : place + len(firsts)] = firsts
            standings["phase"][place : place + len(firsts)] = phases
            place += len(firsts)
        self.put("standings", standings)

    def _lay_out_luck(self, fleet: int) -> None:
        self.put("quantities", self.luck.quantities)
        certain, installed = self._inventory.devices, self._draws.installed()
        self.put("uefi", self._inventory.uefi)
        if self._handed_over:
            self._lay_out_looked_at(certain, installed)
            return
        devices = self.shelf.take("devices", tables.DEVICE, fleet)[: max(fleet, 1)]

        def lay_out_some(first: int) -> None:
            some = slice(first, first + AT_A_TIME)
            certain.lay_out(some, devices)
            devices["image"][:fleet][some] = installed[some]

        _all_of(lay_out_some, range(0, fleet, AT_A_TIME))
        self.put("devices", devices)

    def _lay_out_looked_at(self, certain: DeviceTable, installed: NDArray[np.int64]) -> None:
        """Have room for the device that the dispatcher looks at and its job, each in turn.

        Checked memory wants a row of its own for each.
        """
        one = not is_interpreted()
        self.put("devices", table(tables.DEVICE, 1 if one else len(installed)))
        self.put("waiting", table(tables.WAITING, self._handed_over))
        self.put("blank_job", table(tables.JOB, 1))
        self.put("kinds_of_devices", certain.kinds)
        self.put("kind_of", certain.kind_of.view(tables.INDEX))
        self.put("image_of", installed.astype(np.int32).view(tables.INDEX))
        self.set(
            devices_from=self.arrays["devices"].ctypes.data,
            jobs_from=self.arrays["jobs"].ctypes.data,
            device_step=one * tables.DEVICE.itemsize,
            job_step=one * tables.JOB.itemsize,
            jobs_room=self._handed_over,
        )

    def all_devices(self) -> Table | None:
        """Return rows for all devices, where there are any; parts that need them share them."""
        devices = self.arrays["devices"]
        return devices if len(devices) >= len(self._inventory.rollout.fleet) else None

    def put_all_devices(self) -> Table:
        """Have rows for all devices, and return them; nothing stands in them."""
        with self._putting:
            devices = self.all_devices()
            if devices is None:
                fleet = len(self._inventory.rollout.fleet)
                devices = self.shelf.take("devices", tables.DEVICE, fleet)
                self.put("devices", devices)
            return devices

    def _lay_out_past(self, past: Past) -> None:
        for name, array in past_tables(past, self._inventory).items():
            self.put(name, array)
        self.set(
            has_past=1,
            past_until=past.until,
            past_tells=sum(1 << state for state in past.tells),
            past_ends=sum(1 << state for state in past.tells_end_of),
            past_ends_unasked=sum(1 << state for state in past.tells_end_unasked),
            past_count=len(past.jobs),
            past_checks_count=len(self.arrays["past_checks"]) // 2,
            past_tries_each=tries_told(past),
        )

    def _lay_out_lines(self) -> None:
        inventory, numbers = self._inventory, self._inventory.numbers
        sites = inventory.lines.sites.copy()
        sites["wakes"][: numbers["sites_count"]] = self._draws.sites_that_wake()
        self.put("sites", sites)
        self.put("groups", inventory.lines.groups.copy())
        self.put("services", inventory.addresses.services.copy())
        groups = max(numbers["groups_count"], 1)
        self.put("rank_places", np.full(4 * groups, NOBODY, np.int64))
        self.put("rankings", table(tables.RANKED, 4 * groups))
        self.put("rank_counts", np.zeros(4, np.int64))
        self.put("unaimed", np.zeros(2 * groups, np.int64))
        self.put("unfiled", np.zeros(groups, np.int64))
        self.put("touched", np.zeros(max(numbers["sites_count"], 1), np.int64))
        self.put("metered", np.zeros(max(numbers["sites_count"], 1), np.uint8))
        self._lay_out_hubs(groups)
        self.put("targets", np.zeros(1, np.int64))

    def _lay_out_hubs(self, groups: int) -> None:
        rooms = self._inventory.lines.hub_groups
        of_groups = groups if rooms else 1
        self.put("hubs", self._inventory.lines.hubs.copy())
        self.put("hub_groups", np.zeros(max(rooms, 1), np.int64))
        self.put("hub_places", np.full(of_groups, NOBODY, np.int64))
        self.put("site_shares", np.zeros(of_groups, np.int64))
        self.put("touched_hubs", np.zeros(len(self._inventory.lines.hubs), np.int64))

    def _store_notifications(self) -> None:
        """Chain the notifications of each device, first come first."""
        pairs = [
            (device, number)
            for number, notification in enumerate(self._inventory.notifications)
            for device in notification.devices
        ]
        if not pairs:
            return
        pairs.sort()
        devices, numbers = np.array(pairs, np.int64).T
        nodes = table(tables.NODE, 2 * len(pairs) + 1024)
        nodes["value"][: len(pairs)] = numbers
        follows = np.append(devices[1:] == devices[:-1], False)
        nodes["next"][: len(pairs)] = np.where(follows, np.arange(1, len(pairs) + 1), NOBODY)
        first = np.flatnonzero(np.append(True, devices[1:] != devices[:-1]))
        self.arrays["devices"]["stored"][devices[first]] = first
        self.put("nodes", nodes)
        self.set(nodes_count=len(pairs), nodes_room=len(nodes))


def _all_of(work: Callable[[int], None], numbers: range) -> None:
    """Do something for each number, many on several threads."""
    if len(numbers) < WORTH_THREADS:
        for number in numbers:
            work(number)
        return
    with ThreadPoolExecutor(min(cpu_count(), len(numbers))) as threads:
        list(threads.map(work, numbers))
