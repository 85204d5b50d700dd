"""Standing assignments as tables of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.compiled import tables
from fwsim.compiled.tables import NOBODY
from fwsim.model.assigned import Assigned

Table = NDArray[Any]


def assignment_tables(assigned: Assigned, fleet: int, first_hours: int) -> dict[str, Table]:
    """Return the tables by their names, and of each device its first row of `standings`.

    Parameters
    ----------
    assigned
        What there is.
    fleet
        How many devices there are.
    first_hours
        Where the hours of assignments begin among all hours that are looked up.
    """
    count = sum(len(assignment.devices) for assignment in assigned.assignments)
    rows = np.zeros(max(len(assigned.assignments), 1), tables.ASSIGNMENT)
    standings = np.zeros(max(count, 1), tables.STANDING)
    waits: list[int] = []
    first = 0
    for row, assignment in zip(rows, assigned.assignments, strict=False):
        for name in ("number", "at", "every", "jitter", "least", "expires"):
            row[name] = getattr(assignment, name)
        for name in ("opens_itself", "at_start", "is_told"):
            row[name] = getattr(assignment, name)
        row["first_wait"], row["waits"] = len(waits), len(assignment.waits)
        waits += assignment.waits
        row["first_resume"], row["resumes"] = len(waits), len(assignment.resumes)
        waits += assignment.resumes
        row["first"], row["count"] = first, len(assignment.devices)
        mine = standings[first : first + len(assignment.devices)]
        mine["device"], mine["assignment"] = assignment.devices, assignment.number
        windows = np.array(assignment.windows, np.int64)
        mine["within"] = first_hours + np.array(assignment.within, np.int64)
        mine["windows"] = np.where(windows == ALWAYS_OPEN, ALWAYS_OPEN, first_hours + windows)
        first += len(assignment.devices)
    for name in ("next_at", "take_at", "not_before", "job", "next"):
        standings[name] = NOBODY
    return {
        "assignments": rows,
        "standings": standings,
        "retry_waits": np.array(waits or [0], np.int64),
        "first_standings": _chained(standings[:count], fleet),
    }


def _chained(standings: Table, fleet: int) -> NDArray[np.int64]:
    """Chain each device's rows, first come first; return the first of each device."""
    firsts = np.full(max(fleet, 1), NOBODY, np.int64)
    devices = standings["device"]
    order = np.argsort(devices, kind="stable")
    same = devices[order][1:] == devices[order][:-1]
    standings["next"][order[:-1][same]] = order[1:][same]
    begins = np.append(True, ~same) if len(order) else np.zeros(0, bool)
    firsts[devices[order][begins]] = order[begins]
    return firsts
