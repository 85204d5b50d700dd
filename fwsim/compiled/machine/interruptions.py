"""What comes between a job and its update: contact, shutdown and lost power."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import (
    ANSWERS_SHUTDOWN,
    IS_UPDATING,
    IS_WAITING_FOR_CONTACT,
)
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.acceptance import arrive, give_way
from fwsim.compiled.machine.asking import (
    ask_nobody_if_so_wished,
    defer,
    disarm,
    start_deferment,
)
from fwsim.compiled.machine.clock import free_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import await_end_of_grace, finish, step
from fwsim.compiled.machine.jobs_of_device import jobs_of
from fwsim.compiled.machine.luck import falls
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.proxy import break_off
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, node_at
from fwsim.compiled.machine.starters import updates_at_shutdown
from fwsim.compiled.machine.walk import denies
from fwsim.model.purposes import Purpose


@unit
def contacted(w: Record, number: int, has_started: bool) -> None:
    """Hear the device report to the server: it has started, or resumed."""
    job = job_at(w.jobs, number)
    if not IS_WAITING_FOR_CONTACT[job.state] and job.state != State.DEFERRED:
        return
    disarm(w, number)
    if job.state == State.DEFERRED:
        start_deferment(w, number)
    elif job.state == State.WAKING:
        arrive(w, number)
    elif job.state == State.RESTART_PENDING and not has_started:
        await_end_of_grace(w, number)
    else:
        if devices.is_being_woken(w, job.device):  # the newer command comes with this contact
            give_way(w, number)
        step(w, number, Event.CONTACT.value, 0)


@unit
def shut_down(w: Record, number: int, how: int) -> None:
    """Do as the user bids, unless an update answers the shutdown first."""
    device = device_at(w.devices, number)
    suspends = (how & 2) != 0
    device.restarts = (how & 4) != 0
    if devices.is_ready(device, w.now):
        device.sleeps, device.goes_unheard = suspends, (how & 1) == 0
        if device.job != NOBODY:
            if not _answer_shutdown(w, number, suspends):
                go_off(w, number, how)
            return
        if not suspends and w.has_starters and updates_at_shutdown(w, number):
            return
    go_off(w, number, how)


@unit
def _answer_shutdown(w: Record, number: int, suspends: bool) -> bool:
    """Let all jobs of a device answer a shutdown, none may miss it; tell whether one does."""
    device_at(w.devices, number).shutdown_taken = False
    job = jobs_of(w, number)
    while job != NOBODY:
        takes_shutdown(w, node_at(w.nodes, job).value, suspends)
        job = free_node(w, job)
    return device_at(w.devices, number).shutdown_taken


@compiled
def go_off(w: Record, number: int, how: int) -> None:
    """Go off, or suspend."""
    devices.power_off(w, number, (how & 1) != 0)
    device_at(w.devices, number).is_suspended = (how & 2) != 0


@unit
def takes_shutdown(w: Record, number: int, suspends: bool) -> None:
    """Let the update answer a user's shutdown, or give in to it; a deferment sleeps."""
    job = job_at(w.jobs, number)
    if not ANSWERS_SHUTDOWN[job.state]:
        return
    if suspends and job.state == State.DEFERRED:  # nothing comes of it that a log could deny
        disarm(w, number)
        return
    waits = w.shutdown_waits and job.state != State.RESTART_PENDING
    dies = not waits and IS_UPDATING[job.state]
    if denies(w, number, Event.POWER_LOST.value if dies else Event.SHUTDOWN.value):
        device_at(w.devices, job.device).shutdown_taken = True
        return
    if dies and job.told_end == w.now:  # it is what has ended the notice
        job.facts |= Fact.SHUTTING_DOWN
        device_at(w.devices, job.device).shutdown_taken = True
        return
    if dies:
        lost_power(w, number)
        return
    device_at(w.devices, job.device).shutdown_taken = True
    if job.state in (State.NOTIFYING, State.DEFERRED):
        disarm(w, number)
    step(w, number, Event.SHUTDOWN.value, 0)


@unit
def lost_power(w: Record, number: int) -> None:
    """Stop whatever the device was doing."""
    job = job_at(w.jobs, number)
    if job.state == State.WAKING:
        return
    if job.state == State.TRANSFER:
        carried = break_off(w, number)
        job = job_at(w.jobs, number)
        job.has_broken = True
        job.fetched += carried
    disarm(w, number)
    if job.state != State.OUT_OF_CONTACT:
        step(w, number, Event.POWER_LOST.value, 0)
        job = job_at(w.jobs, number)
    if job.state == State.HALTED:
        finish(w, number)
    elif job.is_partly_written and job.state == State.OUT_OF_CONTACT:
        job.is_bricked = falls(w, Purpose.BRICKED, job.order, job.device)


@compiled
def reminded(w: Record, number: int) -> None:
    """Ask again: the deferment is over."""
    job = job_at(w.jobs, number)
    job.due = NEVER
    if not job.facts & Fact.CHECK_AGAIN:
        ask_nobody_if_so_wished(w, number)
    step(w, number, Event.DEFERMENT_OVER.value, 0)


@compiled
def notice_ends(w: Record, number: int, event: int) -> None:
    """Go on as the user wishes, or as silence has it."""
    if event == Event.CLICK_DEFER:
        defer(w, number)
    elif event in (Event.CLICK_NOW, Event.SECONDS_ELAPSED):
        job_at(w.jobs, number).has_agreed = True
    step(w, number, event, 0)
