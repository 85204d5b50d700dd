"""What a log tells of a job and what has not come by itself. Twin of `fwsim.simulation.seen`."""

from __future__ import annotations

from fwsim.commands.lifecycle import Fact, State
from fwsim.compiled.codes import (
    BARS,
    HAS_ARRIVED,
    HAS_NO_PLAN,
    IS_FETCHING_OR_WRITING,
    IS_INSTALLED,
    IS_NEXT_PACKAGE,
    IS_OUTCOME,
    IS_TO_FETCH,
    KNOWS_WHAT_TO_FETCH,
    NEEDS,
    ON_ENTERING,
    ROW_BETWEEN,
    SETS,
    SPEAKS_OF_DEVICE,
    STATES,
    TELLS_OF_BREAK,
    TELLS_OF_WRITING,
)
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine import standing
from fwsim.compiled.machine.acceptance import find_as_told, push_aside
from fwsim.compiled.machine.asking import ask_as_told, disarm, set_fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.image_check import image_check
from fwsim.compiled.machine.installation import note_written
from fwsim.compiled.machine.job import go_off, go_on
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.package_fetch import (
    let_come_whole,
    next_size,
    plan_fetch,
    take_in,
)
from fwsim.compiled.machine.proxy import break_off
from fwsim.compiled.machine.proxy_load import under_way
from fwsim.compiled.machine.rows import (
    NOBODY,
    device_at,
    job_at,
    order_at,
    seen_at,
)
from fwsim.compiled.machine.seen import NO_ROW
from fwsim.compiled.machine.told_bytes import missing_as_told, note_missing
from fwsim.compiled.machine.update_partition import deliver, empty_if_ordered
from fwsim.compiled.machine.walk import write_line


@unit
def line_is_due(w: Record, number: int, line: int) -> None:
    """Go to the state that the log tells, whatever has kept the job from it."""
    job = job_at(w.jobs, number)
    if job.seen != line or job.is_over:
        return
    if job.state == State.ASSIGNED:
        standing.take_as_told(w, job.device, job.order, 0)
        job = job_at(w.jobs, number)
        if job.seen != line:
            return
    w.corrected += 1
    to = seen_at(w.past_lines, line).state
    _leave_for(w, number, to)
    disarm(w, number)
    job = job_at(w.jobs, number)
    row = ROW_BETWEEN[job.state * STATES + to]
    if row != NO_ROW:
        job.facts = (job.facts | NEEDS[row] | SETS[row]) & ~BARS[row]
    if to == State.CHECKING and job.facts & Fact.CHECK_FIRST:  # users are asked after it
        set_fact(job, Fact.CONSENTED, False)
    job.state = to
    write_line(w, number, 0)
    job_at(w.jobs, number).lost_in = 0
    if to == State.HALTED:
        go_off(w, number)
    else:
        go_on(w, number, ON_ENTERING[to])


@unit
def _leave_for(w: Record, number: int, to: int) -> None:
    """Put in order what a job leaves behind when it goes to a state the log tells."""
    job = job_at(w.jobs, number)
    state = job.state
    if state in (State.SCHEDULED, State.ASSIGNED, State.PROBING) and not IS_OUTCOME[to]:
        find_as_told(w, number, devices.is_ready(device_at(w.devices, job.device), w.now))
        push_aside(w, number, to)
        devices.engage(w, job.device, number)
    elif state == State.WAKING and SPEAKS_OF_DEVICE[to]:
        push_aside(w, number, to)
    if SPEAKS_OF_DEVICE[to] and not devices.is_ready(device_at(w.devices, job.device), w.now):
        devices.found_on(w, job.device)
    ask_as_told(w, number, to)
    if IS_TO_FETCH[state] or IS_FETCHING_OR_WRITING[state]:
        _update_as_told(w, number, to)


@unit
def _update_as_told(w: Record, number: int, to: int) -> None:
    """Find, fetch and write what a log says was found, fetched and written."""
    job = job_at(w.jobs, number)
    state, detail = job.state, seen_at(w.past_lines, job.seen).detail
    has_failed = to == State.FAILED
    has_found = KNOWS_WHAT_TO_FETCH[to] or (
        has_failed and (TELLS_OF_BREAK[detail] or TELLS_OF_WRITING[detail])
    )
    if HAS_NO_PLAN[state] and has_found:
        _plan_as_told(w, number)
    _fetch_as_told(w, number, to)
    job = job_at(w.jobs, number)
    if order_at(w.orders, job.order).is_delivery:
        return
    if has_failed and TELLS_OF_WRITING[detail]:
        job.is_partly_written = True
    if IS_INSTALLED[to] or (IS_NEXT_PACKAGE[to] and IS_FETCHING_OR_WRITING[state]):
        set_fact(job, Fact.MORE_PACKAGES, IS_NEXT_PACKAGE[to])
        note_written(w, number)


@compiled
def _plan_as_told(w: Record, number: int) -> None:
    """Find the image that a log says the device has found, and what is to be fetched."""
    job = job_at(w.jobs, number)
    if not job.has_checked and image_check(w, number, True) == 0:
        job.has_checked = True
        set_fact(job, Fact.UPDATE_PARTITION, device_at(w.devices, job.device).update > 0)
    if job.has_checked:
        plan_fetch(w, number)


@compiled
def _break_as_told(w: Record, job: Record) -> None:
    """Leave to the next try what the log says was there when the transfer broke."""
    line = seen_at(w.past_lines, job.seen)
    if TELLS_OF_BREAK[line.detail] and order_at(w.orders, job.order).assignment != NOBODY:
        job.has_broken = True
        if line.amount >= 0:
            job.fetched = min(job.taken_up + line.amount, job.total)


@unit
def _stretch_comes_whole(w: Record, number: int) -> int:
    """Take in a stretch whole, wherever luck would have broken it; return its bytes."""
    let_come_whole(w, number)
    job = job_at(w.jobs, number)
    size = next_size(w, job)
    take_in(w, job)
    set_fact(job, Fact.MORE_PACKAGES, job.stretch < job.stretches)
    if order_at(w.orders, job.order).is_delivery and job.has_checked:
        deliver(w, job.device, job.image)
    return size


@compiled
def _has_begun_as_told(w: Record, job: Record, to: int) -> bool:
    """Tell whether a log that goes on with a state says that a transfer had begun."""
    is_broken = TELLS_OF_BREAK[seen_at(w.past_lines, job.seen).detail]
    return HAS_ARRIVED[to] or (to == State.FAILED and is_broken)


@unit
def _fetch_as_told(w: Record, number: int, to: int) -> None:
    """Have the bytes that a log says have come, of a transfer under way or not begun yet."""
    job = job_at(w.jobs, number)
    is_under_way = job.state == State.TRANSFER
    is_open = is_under_way or IS_TO_FETCH[job.state]
    sent = under_way(w, number) if is_under_way and job.proxy != NOBODY else 0
    carried = break_off(w, number) if is_under_way else 0
    job = job_at(w.jobs, number)
    missing = 0
    if not is_under_way and is_open and _has_begun_as_told(w, job, to):
        empty_if_ordered(w, number)
    if is_open and (HAS_ARRIVED[to] or (is_under_way and IS_NEXT_PACKAGE[to])):
        missing = _stretch_comes_whole(w, number) - carried
    elif is_open:
        job.fetched += carried
        missing = missing_as_told(w, job)
        job.fetched += missing
    job = job_at(w.jobs, number)
    while IS_INSTALLED[to] and job.stretch < job.stretches:
        missing += _stretch_comes_whole(w, number)
        job = job_at(w.jobs, number)
    note_missing(w, job, missing - sent, is_under_way)
    if to == State.FAILED:
        _break_as_told(w, job_at(w.jobs, number))
