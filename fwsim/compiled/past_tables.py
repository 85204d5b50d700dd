"""The past of a rollout under way as tables of numbers."""

from __future__ import annotations

import numpy as np

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.codes import Starts
from fwsim.compiled.inventory import Inventory
from fwsim.compiled.tables import NOBODY
from fwsim.model.device_orders import (
    assignment_label,
    check_label,
    firing_label,
    firings_by_label,
    notification_label,
)
from fwsim.model.past import Past
from fwsim.model.tries import assigned_in, number_in

_KIND_OF_WORD = {
    "notification": Starts.NOTIFICATION,
    "start": Starts.AT_START,
    "shutdown": Starts.AT_SHUTDOWN,
}


def past_tables(past: Past, inventory: Inventory) -> dict[str, Table]:
    """Return the tables by their names in the world of the compiled clock.

    Runs share them, but for what a run notes as begun.
    """
    tables_told = inventory.told.get(past)
    if tables_told is None:
        tables_told = inventory.told[past] = _tables_told(past, inventory)
    return {**tables_told, "past_begun": np.zeros(max(len(past.jobs), 1), np.int64)}


def _tables_told(past: Past, inventory: Inventory) -> dict[str, Table]:
    lines = table(tables.SEEN, len(past.log))
    for name, column in (
        ("at", past.lines.time),
        ("amount", past.lines.amount),
        ("state", past.lines.state),
        ("detail", past.lines.detail),
    ):
        lines[name][: len(column)] = column
    starts, numbers = _starts(past, inventory)
    return {
        "past_lines": lines,
        "past_jobs": whole(past.jobs),
        "past_firsts": whole(past.firsts),
        "past_starts": whole(starts),
        "past_numbers": whole(numbers),
        **_labels(past, inventory),
    }


def _starts(past: Past, inventory: Inventory) -> tuple[list[int], list[int]]:
    """Return how devices started each job by themselves, and the n-th time of it."""
    commanded = {order.run.label for order in inventory.orders}
    of_label = {}
    for label in past.numbers:
        word, number = number_in(label)
        kind = _KIND_OF_WORD.get(word, Starts.FIRING)
        if assigned_in(word) >= 0:
            kind = Starts.ASSIGNMENT
        of_label[label] = (NOBODY, 0) if label in commanded else (int(kind), number)
    pairs = [of_label[label] for label, _ in past.started]
    return [kind for kind, _ in pairs], [number for _, number in pairs]


def tries_told(past: Past) -> int:
    """Return up to which try of a standing assignment a log tells, as a number of tries."""
    words = map(number_in, past.numbers)
    return max((n + 1 for word, n in words if assigned_in(word) >= 0), default=0)


def _labels(past: Past, inventory: Inventory) -> dict[str, Table]:
    """Return the numbers of the labels under which devices start something by themselves."""

    def number_of(label: str) -> int:
        return past.numbers.get(label, NOBODY)

    told = [number for _, number in map(number_in, past.numbers)]
    firings = [
        firing_label(scheduled, firing)
        for scheduled in inventory.scheduled
        for firing in range(len(scheduled.firings))
    ]
    named = firings_by_label(inventory.scheduled)
    tries = range(tries_told(past))
    return {
        "past_tries": whole(
            [
                number_of(assignment_label(number, attempt))
                for number in range(len(inventory.assigned.assignments))
                for attempt in tries
            ]
        ),
        "past_notifications": whole(
            [number_of(notification_label(n)) for n in range(len(inventory.notifications))]
        ),
        "past_checks": whole(
            [
                number_of(check_label(count, at_shutdown=at_shutdown))
                for count in range(max(told, default=0) + 1)
                for at_shutdown in (False, True)
            ]
        ),
        "past_firings": whole([number_of(label) for label in firings]),
        "past_named": whole([named[label] for label in firings]),
    }
