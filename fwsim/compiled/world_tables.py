"""The tables of one run: laid out from the inventory and the luck, and made longer on demand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.codes import EVENTS_BETWEEN_REPORTS, KINDS_OF_CHECK, ORDERS_KEPT, Grows
from fwsim.compiled.free_memory import free_memory
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.compiled.inventory import Inventory, fill_order
from fwsim.compiled.past_tables import past_tables, tries_told
from fwsim.compiled.shelf import give_back, taken_shelf
from fwsim.compiled.tables import NOBODY
from fwsim.model.draws import Draws
from fwsim.model.past import Past
from fwsim.model.purposes import PURPOSES, Purpose

FIRST_DRAWS = 64
FIRST_CHECKS = 64
USUAL_LINES = 16
BUCKETS_OF_A_DEVICE = 4
FEWEST_BUCKETS = 64
MOST_BUCKETS = 1 << 18
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
}
"""Each growing table's name, the name of its room, and its rows."""


def first_rooms(fleet: int) -> dict[Grows, int]:
    """Return with how many rows each growing table begins."""
    return {
        Grows.QUEUE: 1024 + 2 * fleet,
        Grows.LOG: 256 + USUAL_LINES * fleet,
        Grows.JOBS: 64 + fleet,
        Grows.NODES: 1024,
        Grows.FLOWS: 1024 + fleet // 4,
        Grows.WEBS: 256,
        Grows.LOAD: 1024 + 8 * fleet,
    }


def next_room(room: int, needed: int) -> int:
    """Return how many rows a table gets that has `room` and must hold `needed`."""
    return max(2 * room, needed + 64)


class WorldTables:
    """The memory of one run.

    Parameters
    ----------
    inventory, draws
        What is certain, and what is not.
    end
        Milliseconds at which the clock stops at the latest.
    callback
        Address of the function that compiled code calls.
    """

    def __init__(self, inventory: Inventory, draws: Draws, end: int, callback: int) -> None:
        self._inventory = inventory
        self._draws = draws
        self.arrays: dict[str, Table] = {}
        self.world = np.zeros(1, tables.WORLD)
        self._rows: list[Table] = []
        self._drawn: dict[tuple[int, int], Table] = {}
        self._checked: CheckedMemory | None = None
        self.shelf = taken_shelf()
        self._lay_out(end, callback)

    def grow(self, kind: Grows, needed: int) -> None:
        """Make a table longer, at least `needed` rows; what goes with it, too."""
        name, room_name, _ = GROWING[kind]
        room = next_room(int(self.world[room_name][0]), needed)
        self.put(name, self._longer(name, room))
        if kind is Grows.JOBS:
            words = self._inventory.numbers["words"]
            self.put("job_masks", longer(self.arrays["job_masks"], max(room * words, 1)))
        elif kind is Grows.QUEUE:
            self.put("events", longer(self.arrays["events"], room))
        elif kind is Grows.FLOWS:
            for other in ("done_flows", "completed"):
                self.put(other, longer(self.arrays[other], room))
        self.world[room_name] = room

    def _longer(self, name: str, rows: int) -> Table:
        """Return a longer copy of a table, if there is memory left: many a system only pretends."""
        size = rows * self.arrays[name].itemsize
        free = free_memory() if size >= LARGE else None
        if free is not None and size > free:
            raise MemoryError(
                f"{size / 1e9:,.1f} GB more are needed, {free / 1e9:,.1f} GB are free"
            )
        return longer(self.arrays[name], rows)

    def close(self) -> None:
        """Leave the large tables to the next run; nothing may use them any more.

        Rows are written before they are read, but for jobs, which begin empty.
        """
        as_bytes(self.arrays["jobs"][: int(self.world["jobs_count"][0])])[:] = 0
        for name in (*(name for name, _, _ in GROWING.values()), "events", "devices"):
            self.shelf.leave(name, self.arrays.pop(name))
        give_back(self.shelf)

    def put(self, name: str, array: Table) -> None:
        """Take a table and tell the world where it lies."""
        self.arrays[name] = array
        self._note(name, array)
        self.world[name] = array.ctypes.data

    def put_drawn(self, quantity: int, draw: int, values: Table) -> None:
        """Take a row of luck: a value for every device, or one for all."""
        rows, quantities = self._rows[quantity], self.arrays["quantities"]
        if draw >= len(rows):
            rows = self._rows[quantity] = longer(rows, 2 * draw + 64)
            self._note(f"draws of {PURPOSES[quantity].name}", rows)
            quantities[quantity] = (rows.ctypes.data, len(rows))
        self._drawn[quantity, draw] = values
        self._note(f"{PURPOSES[quantity].name}[{draw}]", values)
        fleet = len(self._inventory.rollout.fleet)
        rows[draw] = (values.ctypes.data, 1 if len(values) == fleet and fleet > 1 else 0)

    def check(self, memory: CheckedMemory) -> None:
        """Show all memory of the run, now and when it grows, to what checks every touch of it."""
        self._checked = memory
        self._note("world", self.world)
        for name, array in self.arrays.items():
            self._note(name, array)
        for quantity, rows in zip(Purpose, self._rows, strict=True):
            self._note(f"draws of {quantity.name}", rows)

    def _note(self, name: str, array: Table) -> None:
        if self._checked is not None:
            self._checked.note(name, array)

    def set(self, **numbers: int) -> None:
        """Write numbers of the world."""
        for name, number in numbers.items():
            self.world[name] = number

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
            report_at=EVENTS_BETWEEN_REPORTS,
            python=callback,
        )
        self._lay_out_growing(fleet)
        self._lay_out_buckets(fleet, end)
        self._lay_out_orders()
        self._lay_out_luck(fleet)
        if self._draws.past is not None:
            self._lay_out_past(self._draws.past)
        self._lay_out_lines()
        self._store_notifications()

    def _lay_out_growing(self, fleet: int) -> None:
        rooms = first_rooms(fleet)
        for kind, room in rooms.items():
            name, room_name, dtype = GROWING[kind]
            self.put(name, self.shelf.take(name, dtype, room))
            rooms[kind] = len(self.arrays[name])
            self.set(**{room_name: rooms[kind]})
        words = self._inventory.numbers["words"]
        self.put("job_masks", np.zeros(max(rooms[Grows.JOBS] * words, 1), np.uint64))
        self.put("delivered", np.zeros(max(fleet * words, 1), np.uint64))
        self.put("events", self.shelf.take("events", tables.EVENT, rooms[Grows.QUEUE]))
        for name in ("done_flows", "completed"):
            self.put(name, np.zeros(rooms[Grows.FLOWS], np.int64))

    def _lay_out_buckets(self, fleet: int, end: int) -> None:
        """Cut the time into stretches of a power of two, some for each device."""
        most = min(BUCKETS_OF_A_DEVICE * fleet, MOST_BUCKETS)
        bits = (end // max(most, FEWEST_BUCKETS)).bit_length()
        self.put("buckets", np.full((end >> bits) + 1, NOBODY, np.int64))
        self.set(bucket_bits=bits)

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
        quantities = table(tables.QUANTITY, len(Purpose))
        self._rows = [table(tables.ROW, FIRST_DRAWS) for _ in Purpose]
        for quantity, rows in zip(quantities, self._rows, strict=True):
            quantity["rows"], quantity["room"] = rows.ctypes.data, len(rows)
        self.put("quantities", quantities)
        certain = self._inventory.devices
        devices = self.shelf.take("devices", tables.DEVICE, len(certain))[: len(certain)]
        as_bytes(devices)[:] = as_bytes(certain)
        devices["image"][:fleet] = self._draws.installed()
        self.put("devices", devices)
        self.put("uefi", self._inventory.uefi)

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
        self.put("rank_keys", np.zeros(4 * groups, np.int64))
        self.put("rank_places", np.full(4 * groups, NOBODY, np.int64))
        self.put("rank_heaps", np.zeros(4 * groups, np.int64))
        self.put("rank_counts", np.zeros(4, np.int64))
        self.put("unaimed", np.zeros(2 * groups, np.int64))
        self.put("touched", np.zeros(max(numbers["sites_count"], 1), np.int64))
        self._lay_out_hubs(groups)
        for name in ("idle", "woken"):
            self.put(name, np.zeros(max(numbers["workers"], 1), np.int64))
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


def longer(array: Table, rows: int) -> Table:
    """Return a copy of a table with more rows, empty ones."""
    longer = np.zeros(rows, array.dtype)
    as_bytes(longer[: len(array)])[:] = as_bytes(array)
    return longer


def as_bytes(rows: Table) -> NDArray[np.uint8]:
    """Return the memory of some rows; records are copied field by field, bytes at once."""
    return rows.view(np.uint8)
