"""The rows of Scout's update jobs, one a device, in the server's own codes.

Source: facts, "Server-side record of an update job": start state 1 was off, 3 was on; state 1 off,
2 starting, 3 on, 4 updating, 5 done, 6 waiting for halt; result 0 OK, 1 error; times in Unix
seconds. What a row says between *created* and *modified* is known to have happened in between.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.server_record import RecordResult, RecordState
from fwsim.fleet.fleet import Column
from fwsim.observations.context import Rows, told_again
from fwsim.observations.observed import Account, What
from fwsim.observations.pieces import Piece
from fwsim.observations.stamps import ReadTimes

ROLES = ("start state", "result", "created", "modified")
_STARTS = (RecordState.OFF, RecordState.ON)
_OPEN = int(RecordResult.OPEN)
_MINUTE = 60_000


def read_job_rows(rows: Rows, source: int) -> tuple[Piece, Account]:
    """Read rows of update jobs."""
    table, complaints = rows.table, rows.complaints
    form = f"rows of update jobs ({table.kind})"
    state_role = "status" if "status" in rows.roles else "state"
    devices = rows.devices()
    start = _code(rows, "start state", "start state", [int(code) for code in _STARTS], _STARTS[1])
    state = _code(rows, state_role, "state", [int(code) for code in RecordState], RecordState.NONE)
    result = _code(rows, "result", "result", [_OPEN, 0, 1], _OPEN)
    created, modified = rows.times("created"), rows.times("modified")
    _leave_out_backwards(rows, created, modified)
    complaints.check_most_are_good(table.rows_read, form)
    command = rows.texts("command")
    ends = created.earliest, modified.latest
    again = rows.leave_out_told_again(*ends, devices.codes, command.codes, start, state, result)
    kept = np.flatnonzero(rows.good)
    what, since = _what(start, state, result)
    told = kept[what[kept] >= 0]
    both = np.concatenate([kept, told])
    is_end = np.arange(len(both)) >= len(kept)
    within = is_end & ~since[both]
    piece = Piece(
        device=devices.rows(both),
        earliest=np.where(is_end & ~within, modified.earliest[both], created.earliest[both]),
        latest=np.where(is_end, modified.latest[both], created.latest[both]),
        what=np.where(
            is_end, what[both], np.where(start[both] == RecordState.OFF, What.OFF, What.ON)
        ).astype(np.int8),
        amount=np.full(len(both), -1, np.int64),
        detail=Column(("",), np.zeros(len(both), np.int32)),
        command=command.rows(both),
        line=rows.line[both],
        source=np.full(len(both), source, np.int16),
        until=int(modified.latest[kept].max()),
        resolution=_resolution(created.resolution, modified.resolution),
    )
    bad, aside = complaints.bad, told_again(again)
    return piece, Account(complaints.source, form, table.rows_read, bad, aside)


def _resolution(created: int, modified: int) -> int:
    """Return the step of a table's times; that commands begin on the minute tells nothing of it."""
    return modified if created == _MINUTE else max(created, modified)


def _leave_out_backwards(rows: Rows, created: ReadTimes, modified: ReadTimes) -> None:
    """Leave rows out that were modified before they were created."""
    given, later = rows.texts("created"), rows.texts("modified")
    shown = rows.complaints.shown

    def say(row: int) -> str:
        first, second = shown(given[row]), shown(later[row])
        return f"was modified at {second}, before it was created; expected {first} or later"

    rows.leave_out(rows.good & (modified.latest < created.earliest), "modified", say)


def _code(rows: Rows, role: str, what: str, known: list[int], missing: int) -> NDArray[np.int64]:
    codes = [str(code) for code in known if code >= 0]
    shown = ", ".join(codes)
    numbers = rows.numbers(role, what, missing=int(missing), example=codes[0])

    def say(row: int) -> str:
        return f"{what} {numbers[row]} is none of the codes; expected one of {shown}"

    rows.leave_out(~np.isin(numbers, known), role, say)
    return numbers


def _what(
    start: NDArray[np.int64], state: NDArray[np.int64], result: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what each row says beside its start (-1: nothing), and whether *modified* is when.

    An error in the state *off* or *starting* is a device that could not be switched on. A device
    that waits for its halt, or is off again, had ended some time before.
    """
    is_done = state == RecordState.DONE
    halts = (state == RecordState.WAITING_FOR_HALT) | (
        (state == RecordState.OFF) & (start == RecordState.OFF) & (result == RecordResult.OK)
    )
    unreached = np.isin(state, (RecordState.OFF, RecordState.STARTING, RecordState.NONE))
    what = np.select(
        [
            (is_done | halts) & (result == RecordResult.OK),
            unreached & (result == RecordResult.ERROR),
            result == RecordResult.ERROR,
            state == RecordState.UPDATING,
            (state == RecordState.ON) & (start == RecordState.OFF),
        ],
        [What.DONE, What.UNREACHED, What.FAILED, What.CHECKING, What.ON],
        default=-1,
    )
    return what, ~halts & (state != RecordState.UPDATING)
