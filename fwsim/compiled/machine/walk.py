"""Walking the lifecycle table and writing the log. Twin of `fwsim.simulation.table_walk`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, State
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
from fwsim.compiled.machine.asking import defer_beyond, offer_deferments
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole
from fwsim.compiled.machine.package_fetch import next_size
from fwsim.compiled.machine.rows import address_at, device_at, job_at, line_at, order_at, seen_at
from fwsim.compiled.machine.seen import (
    NO_ROW,
    is_denied,
    is_next,
    row_as_told,
    try_again,
    watch_for_line,
)
from fwsim.compiled.machine.told_bytes import break_off_as_told


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
        return offer_deferments(w, job)
    if state == State.DEFERRED:
        return job.due - w.now
    if state == State.TRANSFER:
        return next_size(w, job)
    return job.fetched - job.taken_up if LINE_TELLS_BYTES[state] else 0


@unit
def write_line(w: Record, number: int, reason: int) -> None:
    """Write that a job has come to its present state."""
    job = job_at(w.jobs, number)
    state = job.state
    is_update = order_at(w.orders, job.order).is_update
    if TEXT[state] and is_update:
        device_at(w.devices, job.device).text = TEXT[state]
    if w.log_count >= w.log_room:
        ask(w, Ask.GROW, Grows.LOG, w.log_count + 1)
    line = line_at(w.log, w.log_count)
    if w.turns != 0:
        put_whole(w.turns, w.log_count, w.turn)
    w.log_count += 1
    line.at, line.device, line.run, line.state = w.now, job.device, job.order, state
    line.detail = reason
    if reason == 0:
        if state == State.CHECKING:
            line.detail = Detail.URL
        elif state == State.DEFERRED:
            line.detail = Detail.DEFERRED_FOR
    if is_next(w, job, state):
        _tell_as_told(w, number, line)
    else:
        line.amount = _amount(w, job)


@compiled
def _tell_as_told(w: Record, number: int, line: Record) -> None:
    """Let a line tell what the log tells."""
    job = job_at(w.jobs, number)
    told = seen_at(w.past_lines, job.seen)
    if told.state == State.DEFERRED:
        if told.amount >= 0:
            job.due = w.now + told.amount
        elif job.seen + 1 == job.seen_stop and job.due <= w.past_until:
            defer_beyond(w, job, w.past_until)
    if told.detail == Detail.POWER_LOST_IN_TRANSFER:
        break_off_as_told(w, job)
    line.amount = _amount(w, job)
    if told.state != State.CHECKING:
        line.detail = told.detail
        if told.amount >= 0:
            line.amount = told.amount
    job.seen += 1
    watch_for_line(w, number)


@compiled
def denies(w: Record, number: int, event: int) -> bool:
    """Tell whether a log says that something does not happen to a job now."""
    if w.has_past == 0:
        return False
    job = job_at(w.jobs, number)
    return is_denied(w, job, event, find_row(job.state, event, job.facts))


@compiled
def denies_loss(w: Record, number: int) -> bool:
    """Tell whether a log says that a job's device does not lose its power now."""
    state = job_at(w.jobs, number).state
    loses = state not in (State.WAKING, State.OUT_OF_CONTACT)
    return loses and denies(w, number, Event.POWER_LOST.value)


@unit
def row_for(w: Record, number: int, event: int) -> int:
    """Return the row that applies; `NO_ROW` if a log says that the event did not happen."""
    job = job_at(w.jobs, number)
    row = find_row(job.state, event, job.facts)
    if row == NO_ROW:
        ask(w, Ask.REFUSED, job.state * EVENTS + event, job.facts)
    elif w.has_past:
        row = row_as_told(w, job, event, row)
    return row


@unit
def advance(w: Record, number: int, event: int, detail: int) -> int:
    """Take the transition for an event; return the action that goes with it."""
    row = row_for(w, number, event)
    if row == NO_ROW:
        if w.has_past:
            try_again(w, number, event, detail)
        return Action.NOTHING.value
    return take(w, number, row, event, detail)


@unit
def take(w: Record, number: int, row: int, event: int, detail: int) -> int:
    """Take a transition; return the action that goes with it."""
    job = job_at(w.jobs, number)
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
            write_line(w, number, reason)
            job.lost_in = 0
    return ACTION[row]
