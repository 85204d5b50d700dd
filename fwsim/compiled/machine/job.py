"""One device under one command. Twin of `fwsim.simulation.job` and `.updating`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import (
    ENDS_WITH_EPILOGUE,
    NOTHING_MORE,
    Due,
)
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine import fetch, network, set_up
from fwsim.compiled.machine.asking import (
    arm,
    arm_in,
    ask_nobody_if_so_wished,
    disarm,
    open_notice,
    set_fact,
    start_deferment,
)
from fwsim.compiled.machine.clock import put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import attempt_over, connected, offer, request
from fwsim.compiled.machine.luck import falls, number_drawn, whole_drawn
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import (
    NOBODY,
    address_at,
    device_at,
    image_at,
    job_at,
    order_at,
    seen_at,
    service_at,
    site_at,
    web_at,
)
from fwsim.compiled.machine.seen import (
    BITS_OF_EVENT,
    has_more,
    is_early,
    is_next,
    may_come,
    tells_end_of,
)
from fwsim.compiled.machine.taking_up import agree_as_before, broken_before
from fwsim.compiled.machine.walk import advance, take
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE


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
    if job.state == what >> 2 * BITS_OF_EVENT and not job.is_over:
        step(w, number, what & most, (what >> BITS_OF_EVENT) & most)


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
        return _verify_idf(w, number)
    elif action == Action.FETCH_PACKAGES:
        return _fetch_packages(w, number)
    elif action == Action.VERIFY_PACKAGES:
        arm_in(w, number, w.package_check_time, Due.PACKAGES_VERIFIED)
    elif action == Action.WRITE_PACKAGES:
        _write_packages(w, number)
    elif action == Action.RESTART:
        return _restart(w, number)
    elif action == Action.QUEUE_FOR_CONNECTION:
        network.wait_for_connection(w, number)
    elif action == Action.SWITCH_OFF:
        arm_in(w, number, w.halt_time, Due.SWITCHED_OFF)
    elif action == Action.GIVE_GRACE:
        arm_in(w, number, order_at(w.orders, job.order).grace, Due.GRACE_OVER)
    else:
        _perform_for_user(w, number, action, job)
    return NOTHING_MORE


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
        provides = device_at(w.devices, job.device).provides
        if provides != NOBODY:
            wait_for_consumers(w, provides)


@compiled
def wait_for_consumers(w: Record, number: int) -> None:
    """Note that a provider has its own packages and waits for its turn."""
    service_at(w.services, number).last_served = w.now
    await_consumers(w, number)


@compiled
def await_consumers(w: Record, number: int) -> None:
    """Let the provider install once nobody has asked for a while."""
    provider = service_at(w.services, number).provider
    at = w.now + w.provider_patience
    put_event(w, at, EventRank.DEVICE, provider, Due.LOOK_FOR_CONSUMERS, number, 0, 0)


@unit
def _wake(w: Record, number: int) -> None:
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    arm_in(w, number, w.wake_timeout, Due.NOT_WOKEN)
    if (
        device.is_wired
        and site_at(w.sites, device.site).wakes
        and network.line_is_back(w, job.device) == NOT_CUT
        and falls(w, Purpose.DEVICE_WAKES, job.order, job.device)
    ):
        devices.power_on(w, job.device)


@unit
def not_woken(w: Record, number: int) -> None:
    """Give a device up that has not reported in time."""
    job = job_at(w.jobs, number)
    answers = devices.is_ready(device_at(w.devices, job.device), w.now)
    is_heard = network.line_is_back(w, job.device) == NOT_CUT
    if is_next(w, job, State.UNREACHED) and answers and is_heard:
        devices.found_off(w, job.device)
    step(w, number, Event.WAKE_TIMEOUT.value, 0)


# The update itself


@unit
def idf_fetched(w: Record, number: int) -> None:
    """Compare the image with what the device runs."""
    missing = fetch.image_check(w, number)
    if missing:
        step(w, number, Event.IDF_MISSING.value, missing)
        return
    job = job_at(w.jobs, number)
    job.has_checked = True
    set_fact(job, Fact.MODIFIED, fetch.is_modified(w, job))
    set_fact(job, Fact.UPDATE_PARTITION, device_at(w.devices, job.device).update > 0)
    agree_as_before(w, number, broken_before(w, number))
    ask_nobody_if_so_wished(w, number)
    step(w, number, Event.IDF_FETCHED.value, 0)


@unit
def _verify_idf(w: Record, number: int) -> int:
    job = job_at(w.jobs, number)
    order, address = order_at(w.orders, job.order), address_at(w.addresses, job.address)
    if order.is_update:
        job.proxy = address.service
        if address.turns_to_subnet:
            job.proxy = device_at(w.devices, job.device).subnet
    fetch.plan_fetch(w, number)
    if address.checks_idf and not order.is_uefi:
        arm_in(w, number, w.idf_signature_time, Due.IDF_VERIFIED)
        return NOTHING_MORE
    _ask_for_connection(w, number)
    return Event.IDF_VERIFIED.value


@unit
def idf_verified(w: Record, number: int) -> None:
    """Go on with a valid signature, or end."""
    job = job_at(w.jobs, number)
    fault = falls(w, Purpose.IDF_SIGNATURE_FAULT, job.order, job.device)
    bad = fault or _is_unsigned(w, job, False)
    set_fact(job, Fact.IDF_SIGNATURE_BAD, bad)
    _ask_for_connection(w, number)
    step(w, number, Event.IDF_VERIFIED.value, 0)


@compiled
def _is_unsigned(w: Record, job: Record, packages: bool) -> bool:
    """Tell whether the IDF or its packages lack a signature that the device trusts."""
    if not job.has_checked:
        return False
    image = image_at(w.images, job.image)
    is_signed = image.packages_signed if packages else image.signed
    loaded = devices.configuration_from(device_at(w.devices, job.device))
    return not is_signed or not fetch.trusts(w, job.device, loaded, job.image)


@compiled
def _ask_for_connection(w: Record, number: int) -> None:
    job = job_at(w.jobs, number)
    needs_none = job.proxy != NOBODY or fetch.next_size(w, job) == 0
    is_free = needs_none or network.has_free_connection(w)
    set_fact(job, Fact.CONNECTION_FREE, is_free)


@unit
def _fetch_packages(w: Record, number: int) -> int:
    job = job_at(w.jobs, number)
    size = fetch.next_size(w, job)
    if job.proxy != NOBODY:
        if size > 0:
            request(w, number, size)
            return NOTHING_MORE
        if fetch.comes_whole(w, job):
            offer(w, job.proxy, job.device)
    if size <= 0:
        if _is_to_hold(w, number, fetch.comes_whole(w, job)):
            _hold_unless_beyond(w, number)
            return NOTHING_MORE
        return _stretch_is_in(w, number)
    network.start(w, number, size, set_up.of_stretch(w, number, size))
    return NOTHING_MORE


@compiled
def _stretch_is_in(w: Record, number: int) -> int:
    """Count the stretch as fetched; return what follows."""
    job = job_at(w.jobs, number)
    if not fetch.take_in(w, job):
        job.has_broken = job.stop_detail == Detail.TRANSFER_FAILED
        return Event.TRANSFER_ERROR.value
    set_fact(job, Fact.MORE_PACKAGES, job.stretch < job.stretches)
    if order_at(w.orders, job.order).is_delivery and job.has_checked:
        fetch.deliver(w, job.device, job.image)
    return Event.PACKAGES_IN.value


@compiled
def transferred(w: Record, number: int) -> None:
    """Go on: the bytes of this stretch are in, all of them or up to a fault."""
    if _is_to_hold(w, number, fetch.comes_whole(w, job_at(w.jobs, number))):
        _hold_unless_beyond(w, number)
        return
    event = _stretch_is_in(w, number)
    job = job_at(w.jobs, number)
    step(w, number, event, job.stop_detail if event == Event.TRANSFER_ERROR else 0)


@compiled
def transfer_breaks(w: Record, number: int, carried: int) -> None:
    """End the transfer after `carried` bytes."""
    job = job_at(w.jobs, number)
    job.rest = NOBODY
    if _is_to_hold(w, number, False):
        hold(w, number)
        return
    job.fetched += carried
    job.has_broken = True
    step(w, number, Event.TRANSFER_ERROR.value, Detail.TRANSFER_FAILED.value)


@compiled
def _is_to_hold(w: Record, number: int, whole: bool) -> bool:
    """Tell whether the log says that a transfer did not end now, or not like this."""
    if w.has_past == 0 or not tells_end_of(w, State.TRANSFER):
        return False
    job = job_at(w.jobs, number)
    if not may_come(w, job):
        return True
    return has_more(job) and is_next(w, job, State.FAILED) == whole


@unit
def _hold_unless_beyond(w: Record, number: int) -> None:
    """Fetch on if the log says that the transfer did not fail here; else wait."""
    job = job_at(w.jobs, number)
    is_open = not has_more(job) and not fetch.comes_whole(w, job)
    if is_open and job.proxy == NOBODY and job.has_checked and network.has_free_connection(w):
        more = fetch.goes_beyond(w, number)
        if more > 0:
            network.start(w, number, more, 0)
            return
    hold(w, number)


@compiled
def _excess(w: Record, job: Record) -> int:
    """Return how much longer a transfer takes that the run had through when the log ends."""
    if job.seen_stop == 0:
        return 0
    lasted = w.past_until - seen_at(w.past_lines, job.seen - 1).at
    return int(lasted * number_drawn(w, Purpose.TRANSFER_EXCESS, job.order, job.device))


@compiled
def hold(w: Record, number: int) -> None:
    """Wait with the bytes that are in: the log says that the transfer took longer."""
    job = job_at(w.jobs, number)
    job.is_held = True
    if not has_more(job):
        at = w.past_until + 1 + _excess(w, job)
        put_event(w, at, EventRank.NETWORK, job.device + 1, Due.LET_GO, number, 0, 0)


@unit
def let_go(w: Record, number: int) -> None:
    """Go on with bytes that were in before the log says so."""
    job = job_at(w.jobs, number)
    if job.state == State.TRANSFER and job.is_held:
        job.is_held = False
        w.corrected += 1
        transferred(w, number)


@unit
def packages_verified(w: Record, number: int) -> None:
    """Go on with valid signatures, or end."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    is_uefi = order_at(w.orders, job.order).is_uefi
    if address_at(w.addresses, job.address).checks_packages and not is_uefi:
        fault = falls(w, Purpose.PACKAGE_SIGNATURE_FAULT, job.order, job.device)
        bad = fault or _is_unsigned(w, job, True)
        set_fact(job, Fact.PACKAGE_SIGNATURE_BAD, bad)
    set_fact(job, Fact.PROVIDES, device.provides != NOBODY)
    step(w, number, Event.PACKAGES_VERIFIED.value, 0)


@compiled
def _write_packages(w: Record, number: int) -> None:
    job = job_at(w.jobs, number)
    job.is_partly_written = True
    time, fault = fetch.next_writing(w, job)
    if fault == Detail.NONE:
        arm_in(w, number, time, Due.WRITTEN)
    else:
        arm(w, number, w.now + time, EventRank.DEVICE, Due.WRITE_FAILS, fault)


@unit
def written(w: Record, number: int) -> None:
    """Go on with the next package, or restart."""
    note_written(w, number)
    job = job_at(w.jobs, number)
    set_fact(job, Fact.GRACE, _gives_grace(order_at(w.orders, job.order), w.now))
    _ask_for_connection(w, number)
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
        if device.provides == NOBODY and not is_uefi:
            fetch.empty_update_partition(w, job.device)


@compiled
def _restart(w: Record, number: int) -> int:
    job = job_at(w.jobs, number)
    if job.facts & Fact.SHUTTING_DOWN:
        return Event.CONTACT.value
    arm_in(w, number, whole_drawn(w, Purpose.RESTART_TIME, job.order, job.device), Due.RESTARTED)
    return NOTHING_MORE


@unit
def restarted(w: Record, number: int) -> None:
    """Report to the server after the restart, as soon as the line is there."""
    device_number = job_at(w.jobs, number).device
    back = network.line_is_back(w, device_number)
    if back != NOT_CUT:
        arm(w, number, back, EventRank.DEVICE, Due.RESTARTED, 0)
        return
    device_at(w.devices, device_number).loaded_at = w.now
    step(w, number, Event.CONTACT.value, 0)
    if w.has_starters and devices.is_ready(device_at(w.devices, device_number), w.now):
        connected(w, device_number, 0)


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
        if is_next(w, job, State.HALTING):
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


# The network's view


@compiled
def _must_wait(w: Record, download: int) -> bool:
    """Tell whether a log says that a download stood in the queue still."""
    if download < 0:
        return False
    job = job_at(w.jobs, download)
    return job.state == State.QUEUEING and not has_more(job) and is_early(w, job, State.TRANSFER)


@unit
def connect_waiting(w: Record) -> None:
    """Give free connections to those who wait longest."""
    while w.free > 0 and w.first_waiting != NOBODY:
        if w.has_past and _must_wait(w, network.first_in_queue(w)):
            return
        download = network.pop_waiting(w)
        if download < 0:
            web = web_at(w.webs, -1 - download)
            if web.waits:
                web.waits = False
                time = set_up.of_file(w, web.device, web.size)
                network.start(w, download, web.size, time)
        elif job_at(w.jobs, download).state == State.QUEUEING:
            step(w, download, Event.CONNECTED.value, 0)


@compiled
def abort(w: Record, download: int) -> int:
    """Break a download off; return the bytes it carried."""
    carried = network.take_off(w, download)
    connect_waiting(w)
    return carried
