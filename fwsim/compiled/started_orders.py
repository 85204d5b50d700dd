"""Orders of a run of the compiled clock: of its commands, and what devices start themselves."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from fwsim.compiled.addressed import Table
from fwsim.compiled.codes import ATTEMPTS_APART, Starts
from fwsim.compiled.growing_tables import longer
from fwsim.compiled.inventory import Inventory, fill_order
from fwsim.compiled.tables import NOBODY
from fwsim.model.device_orders import DeviceOrders, OrdersByLabel
from fwsim.model.order import Order
from fwsim.model.past import Past
from fwsim.model.status_log import CommandRun


class StartedOrders:
    """The orders by their numbers; each that comes from no command is there when first asked for.

    Parameters
    ----------
    inventory
        What is certain.
    past
        What a log tells of the rollout so far.
    """

    def __init__(self, inventory: Inventory, past: Past | None) -> None:
        self._inventory = inventory
        self._past = past
        self._orders = [*inventory.orders]
        self.runs = runs = [order.run for order in inventory.orders]

        def add_run(run: CommandRun) -> int:  # that holds no more than the list
            runs.append(run)
            return len(runs) - 1

        self._device_orders = DeviceOrders(add_run, inventory.rollout)

    def draw_of(self, number: int) -> int:
        """Return under which number the luck of an order's run is drawn."""
        return self._orders[number].draw

    def draw_of_firing(self, place: int) -> int:
        """Return the same of a firing, by its place in the table of them."""
        scheduled, firing = self._firing(place)
        return self._inventory.scheduled[scheduled].draw(firing)

    def _firing(self, place: int) -> tuple[int, int]:
        """Return the job and the n-th firing behind a place in the table of firings."""
        first = self._inventory.arrays["scheduled"]["first_firing"]
        counts = self._inventory.arrays["scheduled"]["firings"]
        scheduled = int(np.flatnonzero((first <= place) & (place < first + counts))[0])
        return scheduled, place - int(first[scheduled])

    def started(self, kind: Starts, number: int, now: int) -> Order:
        """Return the order of what a device starts.

        Parameters
        ----------
        kind
            What it starts.
        number
            Which of its kind, as compiled code numbers them.
        now
            Milliseconds on the clock.
        """
        if kind is Starts.NOTIFICATION:
            return self._device_orders.of_notification(
                now, number, self._inventory.notifications[number]
            )
        if kind is Starts.ASSIGNMENT:
            assignment = self._inventory.assigned.assignments[number // ATTEMPTS_APART]
            return self._device_orders.of_assignment(assignment, number % ATTEMPTS_APART)
        if kind is Starts.FIRING:
            scheduled, firing = self._firing(number)
            return self._device_orders.of_firing(now, self._inventory.scheduled[scheduled], firing)
        return self._device_orders.of_check(
            now,
            number,
            asks=kind is Starts.AT_START_ASKING,
            at_shutdown=kind is Starts.AT_SHUTDOWN,
        )

    def as_told(self, place: int, now: int) -> Order | None:
        """Return the order of what a device has started by a log; None if it is not known."""
        if self._past is None:
            return None
        label, device = self._past.started[place]
        return self._by_label.order_of(label, device, now)

    @cached_property
    def _by_label(self) -> OrdersByLabel:
        of = self._inventory
        return OrdersByLabel(
            self._device_orders,
            of.rollout,
            of.notifications,
            of.scheduled,
            of.assigned.assignments,
        )

    def laid_in(self, rows: Table, order: Order) -> Table:
        """Return the table of orders with this one in it; a longer one where it had no room."""
        if order.number < len(self._orders):
            return rows
        self._orders.append(order)
        if order.number >= len(rows):
            rows = longer(rows, 2 * len(rows) + 8)
        reminder = NOBODY
        if order.reminder is not None:
            reminder = self._inventory.addresses.reminder(order.reminder)
        fill_order(rows[order.number], order, reminder, self._past)
        return rows
