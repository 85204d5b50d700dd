"""The rows of Scout's update jobs, one a device, in the server's own codes.

Source: facts, "Server-side record of an update job": start state 1 was off, 3 was on; state 1 off,
2 starting, 3 on, 4 updating, 5 done, 6 waiting for halt; result 0 OK, 1 error; times in Unix
seconds. What a row says between *created* and *modified* is known to have happened in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.server_record import RecordResult, RecordState
from fwsim.fleet.fleet import Column
from fwsim.messages import say
from fwsim.observations.complaints import Complaints, and_more
from fwsim.observations.context import Rows, told_again
from fwsim.observations.observed import Account, What
from fwsim.observations.overlaps import ASIDE, LESS_EXACT, account_of_overlap, told_before
from fwsim.observations.pieces import Piece
from fwsim.observations.roundings import told_more_exactly
from fwsim.observations.stamps import ReadTimes

ROLES = ("start state", "result", "created", "modified")
_STARTS = (RecordState.OFF, RecordState.ON)
_OPEN = int(RecordResult.OPEN)
_MINUTE = 60_000
ANEW = "of jobs of which another row tells more"


@dataclass
class JobRows:
    """Good rows of update jobs; arrays have shape (rows,).

    Parameters
    ----------
    device, command
        Whose job it is, and under which command.
    start, state, result
        Codes.
    created, modified
        Between which times, each of shape (2, rows).
    line
        Where each stands.
    resolution
        Step of the times.
    steps
        Of each row's *created* and *modified*, of shape (2, rows).
    """

    device: Column
    command: Column
    start: NDArray[np.int64]
    state: NDArray[np.int64]
    result: NDArray[np.int64]
    created: NDArray[np.int64]
    modified: NDArray[np.int64]
    line: NDArray[np.int64]
    resolution: int
    steps: NDArray[np.int64]

    def rows(self, rows: NDArray[np.int64]) -> JobRows:
        """Return some of the rows."""
        codes = (self.start[rows], self.state[rows], self.result[rows])
        times = (self.created[:, rows], self.modified[:, rows])
        device, command = self.device.rows(rows), self.command.rows(rows)
        line, steps = self.line[rows], self.steps[:, rows]
        return JobRows(device, command, *codes, *times, line, self.resolution, steps)


def read_job_rows(rows: Rows) -> tuple[JobRows, Account]:
    """Read rows of update jobs; what they tell of shows with all exports of the rollout."""
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
    jobs = JobRows(
        devices,
        command,
        start,
        state,
        result,
        np.stack([created.earliest, created.latest]),
        np.stack([modified.earliest, modified.latest]),
        rows.line,
        _resolution(created.resolution, modified.resolution),
        np.repeat([[created.resolution], [modified.resolution]], len(rows), axis=1),
    )
    bad, aside = complaints.bad, told_again(again)
    account = Account(complaints.source, form, table.rows_read, bad, aside)
    return jobs.rows(np.flatnonzero(rows.good)), account


def joined_job_rows(
    exports: Mapping[int, JobRows], accounts: dict[int, Account], complaints: Sequence[Complaints]
) -> Piece:
    """Return what exports of one rollout tell together; of each job the row modified last counts.

    The server has one row a job, and writes it anew: an export made meanwhile shows it as it was.

    Parameters
    ----------
    exports
        Rows, by the number of their file.
    accounts
        Of files, by the same; what is set aside is put down there.
    complaints
        Of all files.
    """
    parts = list(exports.values())
    source = np.repeat(list(exports), [len(part.line) for part in parts]).astype(np.int16)
    jobs = _put_together(parts)
    job = (jobs.device.codes, jobs.command.codes, _job_of(jobs, source))
    codes = (jobs.start, jobs.state, jobs.result)
    less = told_more_exactly((*job, *codes), list(jobs.modified), jobs.steps[1], source)
    again = told_before((*job, *jobs.created, *jobs.modified, *codes), source, ~less)
    anew = _told_anew(job, jobs, ~again & ~less)
    for number in exports:
        mine = source == number
        for which, reason in ((again, ASIDE), (less, LESS_EXACT)):
            lines = jobs.line[mine & which]
            told = account_of_overlap(
                complaints[number], accounts[number], lines, len(lines), reason
            )
            accounts[number] = told
        accounts[number] = _tell_of_anew(
            complaints[number], accounts[number], jobs.line[mine & anew]
        )
    kept = np.flatnonzero(~again & ~less & ~anew)
    step = max(exports[number].resolution for number in np.unique(source[kept]).tolist())
    piece = _piece_of(jobs.rows(kept), source[kept])
    return replace(piece, until=int(jobs.modified[1].max()), resolution=step)


def _put_together(parts: Sequence[JobRows]) -> JobRows:
    """Return the rows of all exports, one export after the other."""

    def joined(name: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    return JobRows(
        device=Column.join([part.device for part in parts]),
        command=Column.join([part.command for part in parts]),
        start=joined("start"),
        state=joined("state"),
        result=joined("result"),
        created=joined("created"),
        modified=joined("modified"),
        line=joined("line"),
        resolution=max(part.resolution for part in parts),
        steps=joined("steps"),
    )


def _job_of(jobs: JobRows, source: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return when each row's job was created, the same for one job in several exports.

    One export writes seconds, another whole minutes, cut off or rounded.
    """
    at: NDArray[np.int64] = jobs.created[0].copy()
    step, device, command = jobs.steps[0], jobs.device.codes, jobs.command.codes
    if len(np.unique(step)) < 2:
        return at
    order = np.lexsort((at, command, device))
    one, other = order[:-1], order[1:]
    is_same = (device[one] == device[other]) & (command[one] == command[other])
    is_apart = (source[one] != source[other]) & (step[one] != step[other])
    is_apart &= at[other] - at[one] < np.maximum(step[one], step[other])
    is_same &= is_apart | (at[other] == at[one])  # of three exports, two may have one time
    for place in np.flatnonzero(is_same).tolist():
        at[other[place]] = at[one[place]]
    return at


def _told_anew(
    job: Sequence[NDArray[np.integer]], jobs: JobRows, some: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which of some rows are of a job of which another of them tells more."""
    rows = np.flatnonzero(some)
    by_job = rows[np.lexsort([column[rows] for column in job])]
    same = np.ones(max(len(rows) - 1, 0), bool)
    for column in job:
        same &= column[by_job][1:] == column[by_job][:-1]
    number = np.zeros(len(some), np.int64)
    number[by_job] = np.cumsum(np.concatenate([[False], ~same])[: len(rows)])
    keys = [key[rows] for key in (*_how_late(jobs, number, some), number)]
    order = rows[np.lexsort((rows, *keys))]
    found = np.zeros(len(some), bool)
    found[order[:-1][number[order][1:] == number[order][:-1]]] = True
    return found


def _how_late(
    jobs: JobRows, job: NDArray[np.int64], some: NDArray[np.bool_]
) -> list[NDArray[np.int64]]:
    """Return by what rows of a job are put in order, the most important last.

    Of two modified at one time, as far as their clocks tell, that of an end is the later one. A
    device that halts has ended some time before: a row that shows the end, or an earlier one of
    that kind, tells better when.
    """
    halts = _halts(jobs.start, jobs.state, jobs.result) & (jobs.result == RecordResult.OK)
    has_ended = (jobs.result != _OPEN).astype(np.int64)
    stage = np.isin(job, job[halts]) * (has_ended + (has_ended & ~halts))
    late = jobs.modified[1] + np.where(has_ended > 0, 1, -1) * _may_be_off(jobs, job, some)
    return [jobs.state, has_ended, np.where(halts, -jobs.modified[1], late), stage]


def _may_be_off(
    jobs: JobRows, job: NDArray[np.int64], some: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return by how much a row's time of change may be off, where its job is told in other steps.

    An end may have come up to a step after a time that is cut off; what went on before an end may
    have been half a step before one that is rounded.
    """
    step = jobs.steps[1]
    of_job = np.zeros((2, int(job.max(initial=0)) + 1), np.int64)
    of_job[0] = np.iinfo(np.int64).max
    np.minimum.at(of_job[0], job[some], step[some])
    np.maximum.at(of_job[1], job[some], step[some])
    is_apart = (of_job[0] < of_job[1])[job]
    return np.where(is_apart, np.where(jobs.result != _OPEN, step - 1, step // 2), 0)


def _tell_of_anew(complaints: Complaints, account: Account, lines: NDArray[np.int64]) -> Account:
    if not len(lines):
        return account
    text = say("log_line.tells_less", more=and_more(len(lines) - 1))
    complaints.warn(text, int(lines.min()))
    return replace(account, aside=dict(account.aside) | {ANEW: len(lines)})


def _piece_of(jobs: JobRows, source: NDArray[np.int16]) -> Piece:
    what, since = _what(jobs.start, jobs.state, jobs.result)
    rows = np.arange(len(what))
    both = np.concatenate([rows, rows[what >= 0]])
    is_end = np.arange(len(both)) >= len(rows)
    within = is_end & ~since[both]
    begins = np.where(jobs.start[both] == RecordState.OFF, What.OFF, What.ON)
    created, modified = jobs.created[:, both], jobs.modified[:, both]
    return Piece(
        device=jobs.device.rows(both),
        earliest=np.where(is_end & ~within, modified[0], created[0]),
        latest=np.where(is_end, modified[1], created[1]),
        what=np.where(is_end, what[both], begins).astype(np.int8),
        amount=np.full(len(both), -1, np.int64),
        detail=Column(("",), np.zeros(len(both), np.int32)),
        command=jobs.command.rows(both),
        line=jobs.line[both],
        source=source[both],
        until=int(jobs.modified[1].max()),
        resolution=jobs.resolution,
    )


def _resolution(created: int, modified: int) -> int:
    """Return the step of a table's times; that commands begin on the minute tells nothing of it."""
    return modified if created == _MINUTE else max(created, modified)


def _leave_out_backwards(rows: Rows, created: ReadTimes, modified: ReadTimes) -> None:
    """Leave rows out that were modified before they were created."""
    given, later = rows.texts("created"), rows.texts("modified")
    shown = rows.complaints.shown

    def why(row: int) -> str:
        first, second = shown(given[row]), shown(later[row])
        return say("log_line.modified_before", time=second, earliest=first)

    rows.leave_out(rows.good & (modified.latest < created.earliest), "modified", why)


def _code(rows: Rows, role: str, what: str, known: list[int], missing: int) -> NDArray[np.int64]:
    codes = [str(code) for code in known if code >= 0]
    shown = ", ".join(codes)
    numbers = rows.numbers(role, what, missing=int(missing), example=codes[0])

    def why(row: int) -> str:
        return say("log_line.no_code", what=what, number=numbers[row], codes=shown)

    rows.leave_out(~np.isin(numbers, known), role, why)
    return numbers


def _what(
    start: NDArray[np.int64], state: NDArray[np.int64], result: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return what each row says beside its start (-1: nothing), and whether *modified* is when.

    An error in the state *off* or *starting* is a device that could not be switched on. A device
    that waits for its halt, or is off again, had ended some time before.
    """
    is_done = state == RecordState.DONE
    halts = _halts(start, state, result)
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


def _halts(
    start: NDArray[np.int64], state: NDArray[np.int64], result: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which rows are of devices that wait for their halt, or are off again."""
    is_off_again = (state == RecordState.OFF) & (start == RecordState.OFF)
    return np.asarray(
        (state == RecordState.WAITING_FOR_HALT) | (is_off_again & (result == RecordResult.OK))
    )
