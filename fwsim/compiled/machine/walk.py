"""Walking the lifecycle table and writing the log. Twin of `fwsim.simulation.table_walk`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Event, State
from fwsim.compiled.codes import (
    ACTION,
    BARS,
    DETAIL,
    EVENTS,
    IS_SILENT,
    LINE_TELLS_BYTES,
    NEEDS,
    ROWS_UP_TO,
    SETS,
    TEXT,
    TO,
    Ask,
    Grows,
)
from fwsim.compiled.machine.asking import deferments_left
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.fetch import next_size
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import address_at, device_at, job_at, line_at, order_at

NO_ROW = -1


@compiled
def find_row(state: int, event: int, facts: int) -> int:
    """Return the row of the table that applies, or `NO_ROW`."""
    pair = state * EVENTS + event
    first = ROWS_UP_TO[pair - 1] if pair else 0
    for row in range(first, ROWS_UP_TO[pair]):
        if facts & NEEDS[row] == NEEDS[row] and not facts & BARS[row]:
            return row
    return NO_ROW


@compiled
def _amount(w: Record, job: Record) -> int:
    """Return the amount that a line of the job's present state tells."""
    state = job.state
    if state == State.CHECKING:
        return address_at(w.addresses, job.address).url
    if state == State.NOTIFYING:
        return deferments_left(w, job)
    if state == State.DEFERRED:
        return job.due - w.now
    if state == State.TRANSFER:
        return next_size(w, job)
    return job.fetched if LINE_TELLS_BYTES[state] else 0


@unit
def _write_line(w: Record, number: int, reason: int) -> None:
    job = job_at(w.jobs, number)
    state = job.state
    is_update = order_at(w.orders, job.order).is_update
    if TEXT[state] and is_update:
        device_at(w.devices, job.device).text = TEXT[state]
    if w.log_count >= w.log_room:
        ask(w, Ask.GROW, Grows.LOG, w.log_count + 1)
    line = line_at(w.log, w.log_count)
    w.log_count += 1
    line.at, line.device, line.run, line.state = w.now, job.device, job.order, state
    line.detail = reason
    if reason == 0:
        if state == State.CHECKING:
            line.detail = Detail.URL
        elif state == State.DEFERRED:
            line.detail = Detail.DEFERRED_FOR
    line.amount = _amount(w, job)


@unit
def advance(w: Record, number: int, event: int, detail: int) -> int:
    """Take the transition for an event; return the action that goes with it."""
    job = job_at(w.jobs, number)
    row = find_row(job.state, event, job.facts)
    if row == NO_ROW:
        ask(w, Ask.REFUSED, job.state * EVENTS + event, job.facts)
        return 0
    job.facts |= SETS[row]
    to = TO[row]
    if to != job.state:
        job.state = to
        if to == State.OUT_OF_CONTACT:
            job.lost_in = DETAIL[row]
        elif event != Event.POWER_LOST and not IS_SILENT[to]:
            reason = detail
            if reason == 0:
                reason = DETAIL[row]
            if reason == 0:
                reason = job.lost_in
            _write_line(w, number, reason)
            job.lost_in = 0
    return ACTION[row]
