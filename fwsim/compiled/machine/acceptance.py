"""How a device takes a command, or is too busy for it; the first part of `fwsim.simulation.job`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.compiled.codes import ACTION, IS_UPDATING, IS_WAITING, SAYS_OFF, SPEAKS_OF_DEVICE
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.asking import look_who_is_there, set_fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import step, step_by
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at, seen_at
from fwsim.compiled.machine.seen import NO_ROW, has_more
from fwsim.compiled.machine.taking_up import agree_as_before, is_same_assignment
from fwsim.compiled.machine.walk import row_for


@compiled
def bars(w: Record, number: int, order: Record) -> bool:
    """Tell whether a job makes its device reject a second command as busy."""
    state = job_at(w.jobs, number).state
    if IS_UPDATING[state] or state == State.HALTING:
        return True
    return order.is_delivery and IS_WAITING[state]


@unit
def _is_barred(w: Record, number: int) -> bool:
    job = job_at(w.jobs, number)
    device, order = device_at(w.devices, job.device), order_at(w.orders, job.order)
    if not device.is_on or device.job == NOBODY:
        return False
    if bars(w, device.job, order):
        return True
    earlier = device.earlier
    while earlier != NOBODY:
        if bars(w, earlier, order):
            return True
        earlier = job_at(w.jobs, earlier).below
    return False


@compiled
def probed(w: Record, number: int, answers: bool) -> None:
    """Go on after the server has looked for the device."""
    job = job_at(w.jobs, number)
    if w.has_past:
        answers = find_as_told(w, number, answers)
    set_fact(job, Fact.SHOWN_ON, devices.shown_on(w, device_at(w.devices, job.device)))
    set_fact(job, Fact.ANSWERS, answers)
    set_fact(job, Fact.OCCUPIED, _is_barred(w, number))
    _begin(w, number, Event.PROBED.value)


@compiled
def start_by_device(w: Record, number: int) -> None:
    """Go on without the server: the device itself starts."""
    job = job_at(w.jobs, number)
    before = device_at(w.devices, job.device).broken
    is_own = before != NOBODY and is_same_assignment(w, before, number)
    if is_own and not job.facts & Fact.CHECK_FIRST:  # asked before the check: to any image
        agree_as_before(w, number, before)
    set_fact(job, Fact.OCCUPIED, _is_barred(w, number))
    _begin(w, number, Event.DEVICE_STARTS.value)


@unit
def _begin(w: Record, number: int, event: int) -> None:
    job = job_at(w.jobs, number)
    other = device_at(w.devices, job.device).job
    if event == Event.DEVICE_STARTS or job.facts & Fact.ANSWERS:
        look_who_is_there(w, number)
    row = row_for(w, number, event)
    if row == NO_ROW:
        return
    if ACTION[row] != Action.END:
        if other != NOBODY:
            give_way(w, other)
        devices.engage(w, job.device, number)
    step_by(w, number, row, event)


@compiled
def find_as_told(w: Record, number: int, answers: bool) -> bool:
    """Find a device on or off as the log says; return whether it answers."""
    job = job_at(w.jobs, number)
    if not has_more(job):
        return answers
    line = seen_at(w.past_lines, job.seen)
    if SPEAKS_OF_DEVICE[line.state] and not answers:
        devices.found_on(w, job.device)
        return True
    if SAYS_OFF[line.state] and answers:
        if line.detail != Detail.BUSY_AND_SILENT:
            devices.found_off(w, job.device)
        return False
    return answers


@compiled
def give_way(w: Record, number: int) -> None:
    """Leave the device to a newer command."""
    job = job_at(w.jobs, number)
    job.has_given_way = True
    set_fact(job, Fact.WAS_OFF, False)
    set_fact(job, Fact.SHUTTING_DOWN, False)
    if IS_WAITING[job.state]:
        step(w, number, Event.NEWER_COMMAND.value, 0)
