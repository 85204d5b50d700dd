"""Which lines of a log tell of what a rollout is judged by.

Lines that name no command have the number -1; those of them that a scenario tells to be deliveries
or UEFI updates have one of their own below that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.ledger.ends import Ints
from fwsim.ledger.unnamed import fields_of_unnamed
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import notifications_of
from fwsim.model.device_orders import assignment_label, notification_label
from fwsim.model.rollout import Rollout
from fwsim.model.tries import assigned_in, number_in
from fwsim.observations.observed import Observed


def with_fields(observed: Observed, rollout: Rollout) -> Observed:
    """Return a log with which of its commands are none of updates, as far as the scenario says.

    Parameters
    ----------
    observed
        The log. What it says itself of a command holds; what its lines are of that name none is
        told by when they came.
    rollout
        The scenario made ready.
    """
    fields = dict(_fields(rollout))
    found: dict[StatusField, set[int]] = {
        StatusField.DELIVERY: set(observed.deliveries),
        StatusField.UEFI: set(observed.uefi),
    }
    told = observed.deliveries | observed.uefi
    for number, label in enumerate(observed.commands):
        field = fields.get(name_of(label))
        if number not in told and field in found:
            found[field].add(number)
    command = observed.command.copy()
    rows, of_unnamed = fields_of_unnamed(observed, rollout)
    command[rows] = -1 - of_unnamed
    for each, numbers in found.items():
        if (of_unnamed == each).any():
            numbers.add(-1 - each)
    deliveries, uefi = (frozenset(numbers) for numbers in found.values())
    return replace(observed, command=command, deliveries=deliveries, uefi=uefi)


def _fields(rollout: Rollout) -> Iterator[tuple[str, StatusField]]:
    """Yield what each name is of; whatever else has a label brings updates."""
    for run in rollout.runs:
        yield run.label, run.command.status_field
    for number, waiting in enumerate(notifications_of(rollout)):
        yield notification_label(number), waiting.command.status_field
    for one in assigned_of(rollout).assignments:
        yield name_of(assignment_label(one.number, 0)), one.command.status_field


def name_of(label: str) -> str:
    """Return what a label is of: of an assignment all its tries are one."""
    word, _ = number_in(label)
    return word if assigned_in(word) >= 0 else label


def fields_in(observed: Observed) -> Ints:
    """Return which `StatusField` each line is of, as far as the log says; shape (lines,)."""
    field = np.full(len(observed), int(StatusField.UPDATE))
    field[np.isin(observed.command, list(observed.deliveries))] = StatusField.DELIVERY
    field[np.isin(observed.command, list(observed.uefi))] = StatusField.UEFI
    return field


def tells_of(observed: Observed, field: StatusField) -> NDArray[np.bool_]:
    """Return which lines tell of updates, UEFI updates or deliveries; shape (lines,).

    Where nothing is known to be a UEFI update, whatever is no delivery counts as one: who asks
    for UEFI updates has commanded no other.
    """
    fields = fields_in(observed)
    if field is StatusField.UEFI and not (fields == StatusField.UEFI).any():
        return np.asarray(fields != StatusField.DELIVERY)
    return np.asarray(fields == field)
