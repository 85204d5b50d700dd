"""One device under one command: its way through the table. Twin of `fwsim.simulation.job`."""

from __future__ import annotations

from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import ENDS_WITH_EPILOGUE, NOTHING_MORE, Due
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.asking import (
    arm,
    arm_in,
    disarm,
    open_notice,
    set_fact,
    start_deferment,
)
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import arrive, attempt_over
from fwsim.compiled.machine.installation import restart, write_packages
from fwsim.compiled.machine.luck import falls
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.network import line_is_back, wait_for_connection
from fwsim.compiled.machine.providers import look_for_consumers, wait_for_consumers
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at, site_at
from fwsim.compiled.machine.seen import BITS_OF_EVENT, find_lines, is_next
from fwsim.compiled.machine.settings import address_of
from fwsim.compiled.machine.signatures import verify_idf
from fwsim.compiled.machine.transfer import ask_for_connection, fetch_packages
from fwsim.compiled.machine.walk import advance, take
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE


@unit
def begin(w: Record, number: int, device: int, order: int, loaded_at: int) -> None:
    """Begin an empty walk of a device through a run of a command."""
    devices.known(w, device)
    job, run = job_at(w.jobs, number), order_at(w.orders, order)
    job.device, job.order, job.facts = device, order, run.facts
    job.state = State.SCHEDULED
    job.address = address_of(w, device, loaded_at, run.is_uefi)
    job.due = job.below = job.proxy = job.rest = job.flow = job.to_do = job.plan = NOBODY
    job.image = job.request_waits_for = job.told_end = job.reminder = NOBODY
    if w.has_past:
        find_lines(w, number)


@unit
def step(w: Record, number: int, event: int, detail: int) -> None:
    """Let something happen to a job, and whatever follows from it at once."""
    while event != NOTHING_MORE:
        action = advance(w, number, event, detail)
        if action == Action.END:
            end(w, number)
            return
        detail = 0
        event = _perform(w, number, action)
        if event == Event.TRANSFER_ERROR:
            detail = job_at(w.jobs, number).stop_detail


@unit
def step_again(w: Record, number: int, what: int) -> None:
    """Let an event come that the log has denied up to its end."""
    job = job_at(w.jobs, number)
    most = (1 << BITS_OF_EVENT) - 1
    if job.state != what >> 2 * BITS_OF_EVENT or job.is_over:
        return
    event = what & most
    if job.state == State.WAKING and event == Event.CONTACT:
        arrive(w, number)
        return
    ask_for_connection(w, number)
    step(w, number, event, (what >> BITS_OF_EVENT) & most)


@unit
def step_by(w: Record, number: int, row: int, event: int) -> None:
    """Take a row that has been chosen for an event, and whatever follows from it at once."""
    go_on(w, number, take(w, number, row, event, 0))


@unit
def go_on(w: Record, number: int, action: int) -> None:
    """Do what goes with the state that a job has come to."""
    if action == Action.END:
        end(w, number)
        return
    event = _perform(w, number, action)
    if event == NOTHING_MORE:
        return
    detail = 0
    if event == Event.TRANSFER_ERROR:
        detail = job_at(w.jobs, number).stop_detail
    step(w, number, event, detail)


@unit
def _perform(w: Record, number: int, action: int) -> int:
    """Do what a row of the table says; return what follows from it at once."""
    job = job_at(w.jobs, number)
    if action == Action.FETCH_IDF:
        arm_in(w, number, w.idf_fetch_time, Due.IDF_FETCHED)
    elif action == Action.VERIFY_IDF:
        return verify_idf(w, number)
    elif action == Action.FETCH_PACKAGES:
        return fetch_packages(w, number)
    elif action == Action.VERIFY_PACKAGES:
        arm_in(w, number, w.package_check_time, Due.PACKAGES_VERIFIED)
    elif action == Action.WRITE_PACKAGES:
        write_packages(w, number)
    elif action == Action.RESTART:
        return restart(w, number)
    elif action == Action.QUEUE_FOR_CONNECTION:
        wait_for_connection(w, number)
    elif action == Action.SWITCH_OFF:
        arm_in(w, number, w.halt_time, Due.SWITCHED_OFF)
    elif action == Action.GIVE_GRACE:
        job.due = w.now + order_at(w.orders, job.order).grace
        await_end_of_grace(w, number)
    else:
        _perform_for_user(w, number, action, job)
    return NOTHING_MORE


@compiled
def await_end_of_grace(w: Record, number: int) -> None:
    """Wait for the restart, which may have been due while the device slept."""
    at = max(job_at(w.jobs, number).due, w.now)
    arm(w, number, at, EventRank.DEVICE, Due.WAIT_OVER, Event.GRACE_OVER.value)


@compiled
def wait_over(w: Record, number: int, event: int) -> None:
    """Go on after the grace before a restart, or after a wait in which no neighbour has come."""
    job = job_at(w.jobs, number)
    if event == Event.GRACE_OVER:
        step(w, number, event, 0)
    elif job.state == State.PROVIDING:
        provides = device_at(w.devices, job.device).provides
        if provides != NOBODY:
            look_for_consumers(w, provides)
        else:
            step(w, number, event, 0)


@compiled
def _perform_for_user(w: Record, number: int, action: int, job: Record) -> None:
    if action == Action.OPEN_NOTICE:
        open_notice(w, number)
    elif action == Action.START_DEFERMENT:
        start_deferment(w, number)
    elif action == Action.SEND_WAKE_UP:
        _wake(w, number)
    elif action == Action.WAIT_FOR_POWER:
        if job.state == State.DEFERRED and job.due == NEVER:
            job.due = w.now
    elif action == Action.SERVE_CONSUMERS:
        _serve_consumers(w, number, job)


@compiled
def _serve_consumers(w: Record, number: int, job: Record) -> None:
    """Wait for neighbours; who has some by a log only waits as long as for one [A]."""
    provides = device_at(w.devices, job.device).provides
    if provides != NOBODY:
        wait_for_consumers(w, provides)
    else:
        at, event = w.now + w.provider_patience, Event.CONSUMERS_SERVED.value
        arm(w, number, at, EventRank.DEVICE, Due.WAIT_OVER, event)


@unit
def _wake(w: Record, number: int) -> None:
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    job.is_on_unheard = devices.is_ready(device, w.now)
    arm_in(w, number, w.wake_timeout, Due.NOT_WOKEN)
    if (
        device.is_wired
        and site_at(w.sites, device.site).wakes
        and line_is_back(w, job.device) == NOT_CUT
        and falls(w, Purpose.DEVICE_WAKES, job.order, job.device)
    ):
        devices.power_on(w, job.device)


@unit
def not_woken(w: Record, number: int) -> None:
    """Give a device up that has not reported in time."""
    job = job_at(w.jobs, number)
    answers = devices.is_ready(device_at(w.devices, job.device), w.now) and not job.is_on_unheard
    is_heard = line_is_back(w, job.device) == NOT_CUT
    if is_next(w, job, State.UNREACHED) and answers and is_heard:
        devices.found_off(w, job.device)
    step(w, number, Event.WAKE_TIMEOUT.value, 0)


# The end


@unit
def end(w: Record, number: int) -> None:
    """End the command for the device, which may go off again."""
    disarm(w, number)
    job = job_at(w.jobs, number)
    order = order_at(w.orders, job.order)
    if order.assignment != NOBODY:
        attempt_over(w, number)
    if job.is_partly_written and order.is_update:
        device_at(w.devices, job.device).image = UNKNOWN_IMAGE
    if ENDS_WITH_EPILOGUE[job.state]:
        if is_next(w, job, State.HALTING) or is_next(w, job, State.HALTED):
            set_fact(job, Fact.WAS_OFF, True)
        if advance(w, number, Event.OVER, 0) == Action.SWITCH_OFF:
            arm_in(w, number, w.halt_time, Due.SWITCHED_OFF)
        if job.state == State.HALTING:
            return
    finish(w, number)


@compiled
def switched_off(w: Record, number: int) -> None:
    """Let the device go off, its update done."""
    advance(w, number, Event.SWITCHED_OFF, 0)
    go_off(w, number)


@compiled
def go_off(w: Record, number: int) -> None:
    """Let the device go off and let go of it."""
    devices.halt(w, job_at(w.jobs, number).device)
    finish(w, number)


@compiled
def finish(w: Record, number: int) -> None:
    """Let go of the device."""
    job_at(w.jobs, number).is_over = True
    devices.release(w, job_at(w.jobs, number).device, number)
    w.done += 1
    end_if_idle(w)


@compiled
def end_if_idle(w: Record) -> None:
    """End the run when no command is to come and no device has one."""
    if not w.has_starters and w.runs_to_come == 0 and w.done == w.targeted:
        w.over = 1
