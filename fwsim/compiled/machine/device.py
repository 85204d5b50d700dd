"""A device: its power and its contact with the server. Twin of `fwsim.simulation.device`."""

from __future__ import annotations

from fwsim.commands import dispatch
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import Due
from fwsim.compiled.machine import switch
from fwsim.compiled.machine.clock import free_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import (
    connected,
    contacted,
    lost_power,
    provider_gone,
    shut_down,
)
from fwsim.compiled.machine.jobs_of_device import (
    has_bricked_job,
    is_known_to_have_power,
    jobs_of,
    leave_earlier,
)
from fwsim.compiled.machine.luck import whole_drawn
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.network import line_is_back
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, node_at
from fwsim.compiled.machine.settings import certificates_from, configuration_from
from fwsim.compiled.machine.switch import turn_next
from fwsim.compiled.machine.taking_up import is_same_assignment
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose

is_shown_on = compiled(dispatch.is_shown_on)


@compiled
def known(w: Record, number: int) -> Record:
    """Return a device, with the state it has from before the story."""
    device = device_at(w.devices, number)
    if not device.known:
        device.known = True
        switch.begin(w, number)
    return device


@compiled
def is_ready(device: Record, at: int) -> bool:
    """Tell whether a device is up and reachable."""
    return device.is_on and device.ready_at > NEVER and device.ready_at <= at


@compiled
def shown_on(w: Record, device: Record) -> bool:
    """Tell whether the console shows a device as switched on, rightly or not."""
    return is_shown_on(is_ready(device, w.now), device.shown_on, device.off_at, w.now, w.keep_alive)


@compiled
def load_at_start(w: Record, device: Record) -> None:
    """Take over the server's configuration and the certificates that go with it."""
    device.loaded_at = w.now
    device.certified_at = w.now


@compiled
def is_watched(device: Record) -> bool:
    """Tell whether what happens to a device is an event on the clock."""
    return device.job != NOBODY or device.starts_by_itself


@unit
def _boot(w: Record, number: int, at: int) -> None:
    device = device_at(w.devices, number)
    device.is_on = True
    device.restarts = device.goes_unheard = False
    device.is_resuming = device.sleeps = device.is_suspended
    device.is_suspended = False
    if device.is_resuming:
        device.ready_at = at + w.resume_time
        return
    device.ready_at = at + whole_drawn(w, Purpose.BOOT_TIME, device.boots, number)
    device.boots += 1


@unit
def _note_off(w: Record, number: int, at: int, reported: bool) -> None:
    """Note that a device is off; consumers look for another provider."""
    device = device_at(w.devices, number)
    was_ready = is_ready(device, at)
    if was_ready:
        device.loaded_at = configuration_from(device)
        device.certified_at = certificates_from(device)
    device.shown_on = not reported and (device.shown_on or was_ready)
    device.is_on = False
    device.ready_at = NEVER
    device.off_at = at
    service, device.provides = device.provides, NOBODY
    if service != NOBODY:
        provider_gone(w, service)


@compiled
def catch_up(w: Record, number: int) -> None:
    """Apply what the switch did while nobody watched."""
    device = known(w, number)
    while not is_watched(device) and device.has_next and device.next_at <= w.now:
        if device.next_on and not device.is_on and device.has_power:
            _boot(w, number, device.next_at)
        elif not device.next_on and device.is_on:
            _note_off(w, number, device.next_at, device.next_reported)
            device.is_suspended = device.next_suspends
        device.restarts = device.next_on
        turn_next(w, number)


@compiled
def watch(w: Record, number: int) -> None:
    """Watch a device for good: it starts or serves something by itself."""
    device = known(w, number)
    was_watched = is_watched(device)
    device.starts_by_itself = True
    if not was_watched:
        _watch_all(w, number)


@compiled
def _watch_all(w: Record, number: int) -> None:
    device = device_at(w.devices, number)
    _watch_switch(w, number)
    _watch_power(w, number)
    if device.is_on and not is_ready(device, w.now):
        _watch_contact(w, number, device.ready_at)


@compiled
def engage(w: Record, number: int, job: int) -> None:
    """Give a device a job and watch its power from now on."""
    device = device_at(w.devices, number)
    was_watched = is_watched(device)
    if device.job != NOBODY:
        job_at(w.jobs, device.job).below = device.earlier
        device.earlier = device.job
    device.job = job
    if not was_watched:
        _watch_all(w, number)


@compiled
def forget_broken(w: Record, number: int, job: int) -> None:
    """Drop what is there of a broken transfer: something other than its assignment has come."""
    device = device_at(w.devices, number)
    if device.broken != NOBODY and not is_same_assignment(w, device.broken, job):
        device.broken = NOBODY


@compiled
def is_being_woken(w: Record, number: int) -> bool:
    """Tell whether a device's latest command waits for its contact."""
    job = device_at(w.devices, number).job
    return job != NOBODY and job_at(w.jobs, job).state == State.WAKING


@unit
def release(w: Record, number: int, job: int) -> None:
    """Take a job away; with the last one power is no longer watched."""
    device = device_at(w.devices, number)
    if job != device.job:
        leave_earlier(w, device, job)
        return
    device.job = device.earlier
    if device.earlier != NOBODY:
        device.earlier = job_at(w.jobs, device.earlier).below
    if is_watched(device):
        return
    device.shown_on = shown_on(w, device)
    device.switch_epoch += 1
    device.contact_epoch += 1
    if device.has_power and device.power_timer_set:
        device.power_epoch += 1
        device.power_timer_set = False
        device.loss_left = max(device.loss_due - w.now, 0)


@compiled
def _watch_switch(w: Record, number: int) -> None:
    device = device_at(w.devices, number)
    if device.has_next:
        put_event(
            w,
            device.next_at,
            EventRank.SWITCH,
            number,
            Due.SWITCHED,
            number,
            device.switch_epoch,
            0,
        )


@compiled
def _watch_contact(w: Record, number: int, at: int) -> None:
    epoch = device_at(w.devices, number).contact_epoch
    put_event(w, at, EventRank.CONTACT, number, Due.REPORTS, number, epoch, 0)


@unit
def _watch_power(w: Record, number: int) -> None:
    """Wait for the next loss; time in which nobody watched does not count."""
    device = device_at(w.devices, number)
    if not device.has_power:
        return
    if device.loss_left == NEVER:
        device.loss_left = whole_drawn(w, Purpose.POWER_LOSS, device.losses, number)
    if device.loss_left != NEVER:
        device.loss_due = w.now + device.loss_left
        device.power_timer_set = True
        put_event(
            w,
            device.loss_due,
            EventRank.POWER,
            number,
            Due.LOSES_POWER,
            number,
            device.power_epoch,
            0,
        )


@compiled
def switched(w: Record, number: int) -> None:
    """Do what the turn of the switch says that is due now."""
    device = device_at(w.devices, number)
    on, reported, suspends = device.next_on, device.next_reported, device.next_suspends
    turn_next(w, number)
    _watch_switch(w, number)
    if on:
        power_on(w, number)
        device_at(w.devices, number).restarts = True  # its user is there, should it go off
    elif device.is_on:
        shut_down(w, number, packed(reported, suspends, False))


@compiled
def packed(reported: bool, suspends: bool, restarts: bool) -> int:
    """Return how a device goes off as one number."""
    return (1 if reported else 0) + (2 if suspends else 0) + (4 if restarts else 0)


@compiled
def power_on(w: Record, number: int) -> None:
    """Switch a device on, by hand or by wake-up; it reports when it has started."""
    device = device_at(w.devices, number)
    if not device.is_on and device.has_power and not has_bricked_job(w, device):
        _boot(w, number, w.now)
        _watch_contact(w, number, device.ready_at)


@compiled
def found_on(w: Record, number: int) -> None:
    """Be on and heard since now, whatever the habits say: a log tells it."""
    device = device_at(w.devices, number)
    device.contact_epoch += 1
    if not device.has_power:
        device.has_power = True
        device.power_epoch += 1
        device.power_timer_set = False
        if is_watched(device):
            _watch_power(w, number)
    if not device.is_on:
        device.goes_unheard = False
        device.is_resuming = device.sleeps = device.is_suspended
    device.is_on = device.shown_on = True
    device.is_suspended = False
    device.ready_at = w.now


@compiled
def found_off(w: Record, number: int) -> None:
    """Be off since now, whatever the habits say: a log tells it."""
    power_off(w, number, False)


@compiled
def power_off(w: Record, number: int, reported: bool) -> None:
    """Switch a device off; over VPN it cannot report that [S]."""
    _note_off(w, number, w.now, reported and not device_at(w.devices, number).is_vpn)
    device_at(w.devices, number).contact_epoch += 1


@compiled
def start_anew(w: Record, number: int) -> None:
    """Switch a device on again that was to restart."""
    device = device_at(w.devices, number)
    if device.restarts and not device.is_on:
        power_on(w, number)
        device_at(w.devices, number).restarts = False


@compiled
def halt(w: Record, number: int) -> None:
    """Go off after an update, or to sleep: as it was bidden, else as it was found."""
    device = device_at(w.devices, number)
    power_off(w, number, not device.goes_unheard)
    device.is_suspended = device.sleeps
    start_anew(w, number)


@unit
def reports(w: Record, number: int) -> None:
    """Report to the server, as soon as the line is there."""
    back = line_is_back(w, number)
    device = device_at(w.devices, number)
    if back != NOT_CUT:
        _watch_contact(w, number, back)
        return
    device.shown_on = True
    has_started = not device.is_resuming
    if has_started:
        load_at_start(w, device)
    job = jobs_of(w, number)
    while job != NOBODY:
        contacted(w, node_at(w.nodes, job).value, has_started)
        job = free_node(w, job)
    if w.has_starters:
        connected(w, number, 1 if has_started else 0)


@unit
def loses_power(w: Record, number: int) -> None:
    """Lose power, if the device is on."""
    device = device_at(w.devices, number)
    device.losses += 1
    device.loss_left = NEVER
    if not device.is_on or is_known_to_have_power(w, device):
        _watch_power(w, number)
        return
    device.restarts = False
    power_off(w, number, False)
    _stay_without_power(w, number)


@unit
def _stay_without_power(w: Record, number: int) -> None:
    """Wait for the power; stop whatever the device was doing."""
    device = device_at(w.devices, number)
    device.has_power = False
    device.power_timer_set = True
    at = w.now + whole_drawn(w, Purpose.OUTAGE, device.losses, number)
    put_event(w, at, EventRank.POWER, number, Due.GETS_POWER_BACK, number, device.power_epoch, 0)
    job = jobs_of(w, number)
    while job != NOBODY:
        lost_power(w, node_at(w.nodes, job).value)
        job = free_node(w, job)


@unit
def gets_power_back(w: Record, number: int) -> None:
    """Have power again."""
    device = device_at(w.devices, number)
    if has_bricked_job(w, device):
        return
    device.has_power = True
    device.power_timer_set = False
    if is_watched(device):
        power_on(w, number)
        _watch_power(w, number)
    else:
        _boot(w, number, w.now)
