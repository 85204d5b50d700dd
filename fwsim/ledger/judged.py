"""Which lines of a log tell of what a rollout is judged by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.ledger.ends import Ints
from fwsim.ledger.sendings import sendings_of
from fwsim.ledger.unnamed import fields_of_unnamed
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
    fields = {name_of(sent.label): sent.field for sent in sendings_of(rollout)}
    found: dict[StatusField, set[int]] = {
        StatusField.DELIVERY: set(observed.deliveries),
        StatusField.UEFI: set(observed.uefi),
    }
    told = observed.deliveries | observed.uefi
    for number, label in enumerate(observed.commands):
        field = fields.get(name_of(label))
        if number not in told and field in found:
            found[field].add(number)
    deliveries, uefi = (frozenset(numbers) for numbers in found.values())
    labelled = replace(observed, deliveries=deliveries, uefi=uefi)
    of_each = fields_in(labelled).astype(np.int8)
    rows, of_unnamed = fields_of_unnamed(observed, rollout)
    of_each[rows] = of_unnamed
    return replace(labelled, fields=of_each)


def name_of(label: str) -> str:
    """Return what a label is of: of an assignment all its tries are one."""
    word, _ = number_in(label)
    return word if assigned_in(word) >= 0 else label


def fields_in(observed: Observed) -> Ints:
    """Return which `StatusField` each line is of, as far as that is known; shape (lines,)."""
    if observed.fields is not None:
        return observed.fields.astype(np.int64)
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
