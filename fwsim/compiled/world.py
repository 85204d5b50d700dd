"""One run of the compiled clock: its tables, its luck, and the Python it calls back."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import Event, State
from fwsim.commands.lifecycle_table import transition
from fwsim.compiled import tables
from fwsim.compiled.codes import (
    EVENTS,
    EVENTS_BETWEEN_REPORTS,
    FIRST_OF_RUN,
    Ask,
    Grows,
    Quantity,
    Starts,
)
from fwsim.compiled.inventory import Inventory, Table, fill_order, table
from fwsim.compiled.machine_code import machine_code
from fwsim.compiled.tables import NOBODY
from fwsim.device_orders import DeviceOrders
from fwsim.draws import Draws
from fwsim.order import Order
from fwsim.status_log import CommandRun, LinkLoad, LogColumns

CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)
FIRST_DRAWS = 64
FIRST_CHECKS = 64
KINDS_OF_CHECK = 3
USUAL_LINES = 16

Progress = Callable[[int, int, int], None]

_GROWING: dict[Grows, tuple[str, str, np.dtype[Any]]] = {
    Grows.QUEUE: ("queue", "queue_room", tables.EVENT),
    Grows.AGENDA: ("agenda", "agenda_room", tables.STEP),
    Grows.LOG: ("log", "log_room", tables.LINE),
    Grows.JOBS: ("jobs", "jobs_room", tables.JOB),
    Grows.NODES: ("nodes", "nodes_room", tables.NODE),
    Grows.FLOWS: ("flows", "flows_room", tables.FLOW),
    Grows.WEBS: ("webs", "webs_room", tables.WEB),
    Grows.LOAD: ("load", "load_room", tables.LOAD),
}


class World:
    """A rollout under one luck, from its beginning to its end.

    Parameters
    ----------
    inventory
        What is certain.
    draws
        What is not.
    end
        Milliseconds at which to stop at the latest.
    progress
        Told now and then how far the run is.
    """

    def __init__(
        self, inventory: Inventory, draws: Draws, end: int, progress: Progress | None = None
    ) -> None:
        self._inventory = inventory
        self._draws = draws
        self._progress = progress
        self._fault: BaseException | None = None
        self._arrays: dict[str, Table] = {}
        self._rows: list[dict[int, NDArray[Any]]] = [{} for _ in Quantity]
        self._world = np.zeros(1, tables.WORLD)
        self._orders = [*inventory.orders]
        self._runs = [order.run for order in inventory.orders]
        self._device_orders = DeviceOrders(self._add_run, inventory.assumptions)
        self._quantities = _makers(draws)
        self._answers: list[Callable[[int, int], None]] = [
            self._grow, self._draw, self._find_targets, self._add_order, self._report,
            self._refuse,
        ]  # fmt: skip
        self._callback = CALLBACK(self._called)
        self._lay_out(end)

    # Laying out

    def _put(self, name: str, array: Table) -> None:
        self._arrays[name] = array
        self._world[name] = array.ctypes.data

    def _set(self, **numbers: int) -> None:
        for name, number in numbers.items():
            self._world[name] = number

    def _lay_out(self, end: int) -> None:
        inventory = self._inventory
        fleet = len(inventory.rollout.fleet)
        numbers = {
            name: number
            for name, number in inventory.numbers.items()
            if name in (tables.WORLD.names or ())
        }
        self._set(**numbers)
        for name, array in inventory.arrays.items():
            if name in (tables.WORLD.names or ()):
                self._put(name, array)
        self._set(
            devices_count=fleet, runs_to_come=len(self._orders), end=end,
            horizon=inventory.rollout.horizon, next_end=NOBODY, nodes_free=NOBODY,
            flows_free=NOBODY, first_flow=NOBODY, last_flow=NOBODY, first_waiting=NOBODY,
            last_waiting=NOBODY, first_to_do=NOBODY, last_to_do=NOBODY,
            report_at=EVENTS_BETWEEN_REPORTS,
            python=ctypes.cast(self._callback, ctypes.c_void_p).value or 0,
        )  # fmt: skip
        self._lay_out_growing(fleet)
        self._lay_out_orders()
        self._lay_out_luck(fleet)
        self._lay_out_lines()
        self._store_notifications()

    def _lay_out_growing(self, fleet: int) -> None:
        rooms = {
            Grows.QUEUE: 1024 + 2 * fleet, Grows.AGENDA: 1024, Grows.LOG: 256 + USUAL_LINES * fleet,
            Grows.JOBS: 64 + fleet, Grows.NODES: 1024, Grows.FLOWS: 1024 + fleet // 4, Grows.WEBS: 256,
            Grows.LOAD: 1024 + 8 * fleet,
        }  # fmt: skip
        for kind, room in rooms.items():
            name, room_name, dtype = _GROWING[kind]
            self._put(name, table(dtype, room))
            self._set(**{room_name: room})
        words = self._inventory.numbers["words"]
        self._put("job_masks", np.zeros(max(rooms[Grows.JOBS] * words, 1), np.uint64))
        self._put("delivered", np.zeros(max(fleet * words, 1), np.uint64))
        for name in ("done_flows", "completed"):
            self._put(name, np.zeros(rooms[Grows.FLOWS], np.int64))

    def _lay_out_orders(self) -> None:
        rows = table(tables.ORDER, len(self._orders))
        for row, order in zip(rows, self._orders, strict=False):
            fill_order(row, order, NOBODY)
        self._put("orders", rows)
        inventory = self._inventory
        count = max(inventory.numbers["firings_count"], 1)
        self._put("firing_orders", np.full(count, NOBODY, np.int64))
        self._put("start_orders", np.full(FIRST_CHECKS * KINDS_OF_CHECK, NOBODY, np.int64))
        self._set(start_orders_room=FIRST_CHECKS)
        self._put("notifications", inventory.stored.copy())

    def _lay_out_luck(self, fleet: int) -> None:
        quantities = table(tables.QUANTITY, len(Quantity))
        self._row_tables = [table(tables.ROW, FIRST_DRAWS) for _ in Quantity]
        for quantity, rows in zip(quantities, self._row_tables, strict=True):
            quantity["rows"], quantity["room"] = rows.ctypes.data, len(rows)
        self._put("quantities", quantities)
        devices = self._inventory.devices.copy()
        devices["image"][:fleet] = self._draws.installed()
        self._put("devices", devices)
        self._put("uefi", self._inventory.uefi)

    def _lay_out_lines(self) -> None:
        inventory, numbers = self._inventory, self._inventory.numbers
        sites = inventory.sites.copy()
        sites["wakes"][: numbers["sites_count"]] = self._draws.sites_that_wake()
        self._put("sites", sites)
        self._put("groups", inventory.groups.copy())
        self._put("services", inventory.addresses.services.copy())
        groups = max(numbers["groups_count"], 1)
        self._put("rank_keys", np.zeros(4 * groups, np.int64))
        self._put("rank_places", np.full(4 * groups, NOBODY, np.int64))
        self._put("rank_heaps", np.zeros(4 * groups, np.int64))
        self._put("rank_counts", np.zeros(4, np.int64))
        self._put("unaimed", np.zeros(2 * groups, np.int64))
        self._put("touched", np.zeros(max(numbers["sites_count"], 1), np.int64))
        for name in ("idle", "woken"):
            self._put(name, np.zeros(max(numbers["workers"], 1), np.int64))
        self._put("targets", np.zeros(1, np.int64))

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
        self._arrays["devices"]["stored"][devices[first]] = first
        self._put("nodes", nodes)
        self._set(nodes_count=len(pairs), nodes_room=len(nodes))

    # What compiled code asks

    def _called(self, what: int, first: int, second: int) -> None:
        try:
            self._answers[what](first, second)
        except BaseException as fault:  # noqa: BLE001 - it is raised again when the clock stands
            self._fault = fault
            self._set(stopped=1)
            if what in {Ask.GROW, Ask.DRAW}:
                self._make_do(Ask(what), first, second)
            elif what == Ask.TARGETS:
                self._set(targets_count=0)

    def _make_do(self, what: Ask, first: int, second: int) -> None:
        """Give compiled code some memory to write to until it stops."""
        if what is Ask.DRAW:
            self._put_row(first, second, np.zeros(1, np.int64))
            return
        name, _, _ = _GROWING[Grows(first)]
        self._set(**{f"{name}_count": 0})

    def _grow(self, kind: int, needed: int) -> None:
        name, room_name, dtype = _GROWING[Grows(kind)]
        room = max(2 * int(self._world[room_name][0]), needed + 64)
        self._put(name, _longer(self._arrays[name], room))
        if kind == Grows.JOBS:
            words = self._inventory.numbers["words"]
            self._put("job_masks", _longer(self._arrays["job_masks"], max(room * words, 1)))
        elif kind == Grows.FLOWS:
            for other in ("done_flows", "completed"):
                self._put(other, _longer(self._arrays[other], room))
        self._world[room_name] = room

    def _draw(self, quantity: int, draw: int) -> None:
        make, dtype = self._quantities[quantity]
        number = draw
        if quantity >= FIRST_OF_RUN:
            number = self._orders[draw].draw
        elif quantity == Quantity.SPREAD:
            number = self._draw_of_firing(draw)
        self._put_row(quantity, draw, np.ascontiguousarray(make(number), dtype))

    def _put_row(self, quantity: int, draw: int, values: NDArray[Any]) -> None:
        rows = self._row_tables[quantity]
        if draw >= len(rows):
            rows = self._row_tables[quantity] = _longer(rows, 2 * draw + 64)
            quantities = self._arrays["quantities"]
            quantities[quantity] = (rows.ctypes.data, len(rows))
        self._rows[quantity][draw] = values
        fleet = len(self._inventory.rollout.fleet)
        rows[draw] = (values.ctypes.data, 1 if len(values) == fleet and fleet > 1 else 0)

    def _draw_of_firing(self, place: int) -> int:
        scheduled, firing = self._firing(place)
        return self._inventory.scheduled[scheduled].draw(firing)

    def _firing(self, place: int) -> tuple[int, int]:
        """Return the job and the how-manieth firing behind a place in the table of firings."""
        first = self._inventory.arrays["scheduled"]["first_firing"]
        counts = self._inventory.arrays["scheduled"]["firings"]
        scheduled = int(np.flatnonzero((first <= place) & (place < first + counts))[0])
        return scheduled, place - int(first[scheduled])

    def _find_targets(self, number: int, _: int) -> None:
        found = self._inventory.targets(number)
        if found is None:
            devices = self._arrays["devices"]
            live = self._inventory.rollout.live_attributes(
                devices["image"].astype(np.int64), devices["text"].astype(np.int64)
            )
            found = np.array(
                self._inventory.rollout.targets(self._inventory.orders[number].run, live), np.int64
            )
        self._put("targets", found if len(found) else np.zeros(1, np.int64))
        self._set(targets_count=len(found))

    def _report(self, _: int, __: int) -> None:
        if self._progress is not None:
            w = self._world[0]
            self._progress(int(w["done"]), int(w["targeted"]), int(w["now"]))

    def _refuse(self, pair: int, facts: int) -> None:
        transition(State(pair // EVENTS), Event(pair % EVENTS), facts)

    # Runs that devices start by themselves

    def _add_run(self, run: CommandRun) -> int:
        self._runs.append(run)
        return len(self._runs) - 1

    def _add_order(self, kind: int, number: int) -> None:
        self._set(answer=0)
        order = self._order_started(Starts(kind), number)
        if order.number == len(self._orders):
            self._orders.append(order)
            rows = self._arrays["orders"]
            if order.number >= len(rows):
                rows = _longer(rows, 2 * len(rows) + 8)
                self._put("orders", rows)
            reminder = NOBODY
            if order.reminder is not None:
                reminder = self._inventory.addresses.reminder(order.reminder)
            fill_order(rows[order.number], order, reminder)
        self._set(answer=order.number)

    def _order_started(self, kind: Starts, number: int) -> Order:
        now = int(self._world["now"][0])
        if kind is Starts.NOTIFICATION:
            return self._device_orders.of_notification(
                now, number, self._inventory.notifications[number]
            )
        if kind is Starts.FIRING:
            scheduled, firing = self._firing(number)
            return self._device_orders.of_firing(now, self._inventory.scheduled[scheduled], firing)
        return self._device_orders.of_check(
            now,
            number,
            asks=kind is Starts.AT_START_ASKING,
            at_shutdown=kind is Starts.AT_SHUTDOWN,
        )

    # Playing

    def play(self) -> None:
        """Let the clock run until nothing is left to do, or the end.

        Raises
        ------
        BaseException
            Whatever happened meanwhile in Python, such as an interrupt from the keyboard.
        """
        code = machine_code()
        code.begin(self._world.ctypes.data)
        code.run(self._world.ctypes.data)
        if self._fault is not None:
            raise self._fault
        self._report(0, 0)

    @property
    def ended(self) -> int:
        """Milliseconds on the clock when nothing was left to do, or the end."""
        return int(self._world["now"][0])

    def log(self) -> LogColumns:
        """Return the status log."""
        lines = self._arrays["log"][: int(self._world["log_count"][0])]
        return LogColumns(
            time=lines["at"].copy(),
            device=lines["device"].copy(),
            run=lines["run"].copy(),
            state=lines["state"].astype(np.int8),
            detail=lines["detail"].astype(np.int8),
            amount=lines["amount"].copy(),
            runs=tuple(self._runs),
        )

    def load(self) -> LinkLoad:
        """Return what every line carried, minute by minute."""
        rows = self._arrays["load"][: int(self._world["load_count"][0])]
        return LinkLoad(rows["minute"].copy(), rows["site"].astype(np.int32), rows["size"].copy())


def _longer(array: Table, rows: int) -> Table:
    """Return a copy of a table with more rows, empty ones."""
    longer = np.zeros(rows, array.dtype)
    longer[: len(array)] = array
    return longer


def _makers(draws: Draws) -> list[tuple[Callable[[int], NDArray[Any]], Any]]:
    """Return who draws each `Quantity`, and as what."""
    d = draws
    whole, number, coin = np.int64, np.float64, np.uint8
    return [
        (d.answer.row, number), (d.answer_time.row, whole), (d.delay_pick.row, number),
        (d.boot_time.row, whole), (d.outage.row, whole), (d.power_loss.row, whole),
        (d.switch_on.row, whole), (d.switch_off.row, whole), (d.left_on.row, coin),
        (d.suspended.row, coin), (d.unreported.row, coin), (d.install_factor.row, number),
        (d.spread.row, number), (d.restart_time.row, whole), (d.idf_fault.row, coin),
        (d.idf_signature_fault.row, coin), (d.package_fault.row, coin),
        (d.transfer_fault.row, coin), (d.transfer_fault_point.row, number),
        (d.package_signature_fault.row, coin), (d.write_fault.row, coin),
        (d.write_fault_point.row, number), (d.bricked.row, coin), (d.device_wakes.row, coin),
    ]  # fmt: skip
