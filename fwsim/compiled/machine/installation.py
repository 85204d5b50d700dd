"""Writing packages, and the restart into them. Twin of `fwsim.simulation.installation`."""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import NOTHING_MORE, Due
from fwsim.compiled.machine.asking import arm, arm_in, set_fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import connected, step
from fwsim.compiled.machine.device import is_ready, load_at_start
from fwsim.compiled.machine.luck import falls, number_drawn, whole_drawn
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.network import line_is_back
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at
from fwsim.compiled.machine.seen import is_line_due, is_next
from fwsim.compiled.machine.transfer import ask_for_connection
from fwsim.compiled.machine.update_partition import empty_update_partition, keep_only
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE

writing_stop = compiled(transfer.writing_stop)
writing_time = compiled(transfer.writing_time)


@compiled
def _next_writing(w: Record, job: Record) -> tuple[int, int]:
    """Return how long the packages fetched so far are written, and why it ends early."""
    device = device_at(w.devices, job.device)
    room = device.system - job.kept - job.written
    fails = job.stretch >= job.stretches and falls(w, Purpose.WRITE_FAULT, job.order, job.device)
    chance = 0.0
    if fails:
        chance = number_drawn(w, Purpose.WRITE_FAULT_POINT, job.order, job.device)
    unwritten = job.fetched + job.ahead - job.written
    size, fault = writing_stop(unwritten, room, fails, chance)
    factor = number_drawn(w, Purpose.INSTALL_FACTOR, 0, job.device)
    time = writing_time(size, w.install_rate, factor)
    if order_at(w.orders, job.order).formats_system and job.written == 0:
        time += w.format_time
    return time, fault


@compiled
def write_packages(w: Record, number: int) -> None:
    """Write what is fetched, up to where it fails."""
    job = job_at(w.jobs, number)
    job.is_partly_written = True
    time, fault = _next_writing(w, job)
    if fault == Detail.NONE:
        arm_in(w, number, time, Due.WRITTEN)
    else:
        arm(w, number, w.now + time, EventRank.DEVICE, Due.WRITE_FAILS, fault)


@unit
def written(w: Record, number: int) -> None:
    """Go on with the next package, or restart."""
    if not is_next(w, job_at(w.jobs, number), State.FAILED):
        note_written(w, number)
    job = job_at(w.jobs, number)
    set_fact(job, Fact.GRACE, _gives_grace(order_at(w.orders, job.order), w.now))
    ask_for_connection(w, number)
    step(w, number, Event.WRITTEN.value, 0)


@compiled
def _gives_grace(order: Record, now: int) -> bool:
    return order.grace > 0 and order.force_at != NEVER and order.force_at <= now


@unit
def note_written(w: Record, number: int) -> None:
    """Note that the packages fetched so far are written."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    job.written += job.fetched + job.ahead - job.written
    if not job.facts & Fact.MORE_PACKAGES:
        job.is_partly_written = False
        is_uefi = order_at(w.orders, job.order).is_uefi
        if not job.has_checked:
            return
        if job.image == UNKNOWN_IMAGE:
            device.uefi_installed = True
        else:
            device.image = job.image
        if is_uefi:
            return
        if device.provides == NOBODY:
            empty_update_partition(w, job.device)
        else:  # neighbours that come later are served from it
            keep_only(w, job.device, job.image)


@compiled
def restart(w: Record, number: int) -> int:
    """Restart into what is written; return what follows at once."""
    job = job_at(w.jobs, number)
    if job.facts & Fact.SHUTTING_DOWN:
        return Event.CONTACT.value
    arm_in(w, number, whole_drawn(w, Purpose.RESTART_TIME, job.order, job.device), Due.RESTARTED)
    return NOTHING_MORE


@unit
def restarted(w: Record, number: int) -> None:
    """Report to the server after the restart, as soon as the line is there."""
    device_number = job_at(w.jobs, number).device
    back = line_is_back(w, device_number)
    if back != NOT_CUT and not is_line_due(w, job_at(w.jobs, number)):
        arm(w, number, back, EventRank.DEVICE, Due.RESTARTED, 0)
        return
    load_at_start(w, device_at(w.devices, device_number))
    step(w, number, Event.CONTACT.value, 0)
    if w.has_starters and is_ready(device_at(w.devices, device_number), w.now):
        connected(w, device_number, 1)
