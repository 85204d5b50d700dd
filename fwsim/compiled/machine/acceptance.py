"""How a device takes a command, or is too busy for it. Twin of `fwsim.simulation.acceptance`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.compiled.codes import ACTION, IS_UPDATING, IS_WAITING, SAYS_OFF, SPEAKS_OF_DEVICE, TO
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.asking import look_who_is_there, set_fact
from fwsim.compiled.machine.clock import free_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import step, step_by
from fwsim.compiled.machine.jobs_of_device import job_below, jobs_of
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, node_at, order_at, seen_at
from fwsim.compiled.machine.seen import NO_ROW, has_more, try_again
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
    if not device.is_on:
        return False
    other = device.job
    while other != NOBODY:
        if other != number and bars(w, other, order):
            return True
        other = job_below(w, device, other)
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
    if event == Event.DEVICE_STARTS or job.facts & Fact.ANSWERS:
        look_who_is_there(w, number)
    row = row_for(w, number, event)
    if row == NO_ROW:
        return
    if ACTION[row] != Action.END:
        push_aside(w, number, TO[row])
        devices.engage(w, job.device, number)
    step_by(w, number, row, event)


@unit
def arrive(w: Record, number: int) -> None:
    """Come to the device that was to be woken, unless it has become too busy meanwhile."""
    look_who_is_there(w, number)
    set_fact(job_at(w.jobs, number), Fact.OCCUPIED, _is_barred(w, number))
    row = row_for(w, number, Event.CONTACT.value)
    if row == NO_ROW:
        if w.has_past:
            try_again(w, number, Event.CONTACT.value, 0)
        return
    if ACTION[row] != Action.END:
        push_aside(w, number, TO[row])
    step_by(w, number, row, Event.CONTACT.value)


@unit
def push_aside(w: Record, number: int, to: int) -> None:
    """Let what is on the device give way: a wake-up call, where this is only another."""
    device = job_at(w.jobs, number).device
    has_come = to != State.WAKING
    chain = jobs_of(w, device)
    while chain != NOBODY:
        other = node_at(w.nodes, chain).value
        chain = free_node(w, chain)
        if other != number and (has_come or job_at(w.jobs, other).state == State.WAKING):
            give_way(w, other)
    if has_come:
        devices.forget_broken(w, device, number)


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
