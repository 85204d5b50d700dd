"""What devices start by themselves. Twin of `fwsim.simulation.self_starters`."""

from __future__ import annotations

from fwsim.commands.scheduler_file import JobType
from fwsim.compiled.codes import KINDS_OF_CHECK, SPEAKS_OF_DEVICE, Ask, Due, Starts
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine import standing
from fwsim.compiled.machine.acceptance import start_by_device
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.clock import free_node, new_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import shut_down
from fwsim.compiled.machine.luck import number_drawn
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    device_at,
    job_at,
    node_at,
    notification_at,
    scheduled_at,
    seen_at,
)
from fwsim.compiled.machine.seen import may_begin, times_told
from fwsim.compiled.machine.server import new_job
from fwsim.compiled.machine.settings import configuration_from, own_settings
from fwsim.model.event_rank import EventRank
from fwsim.model.purposes import Purpose


@compiled
def _order(w: Record, kind: int, number: int) -> int:
    ask(w, Ask.ORDER, kind, number)
    return w.answer


@compiled
def _start(w: Record, device: int, order: int, loaded_at: int) -> int:
    w.targeted += 1
    number = new_job(w, device, order, loaded_at)
    start_by_device(w, number)
    return number


# Kept to what a log tells


@compiled
def _may_take(w: Record, notification: int, device: int) -> bool:
    return w.has_past == 0 or may_begin(w, whole_at(w.past_notifications, notification), device)


@compiled
def _may_check(w: Record, device: int, count: int, at_shutdown: bool) -> bool:
    if w.has_past == 0:
        return True
    label = NOBODY
    if count < w.past_checks_count:
        label = whole_at(w.past_checks, 2 * count + (1 if at_shutdown else 0))
    return may_begin(w, label, device)


@unit
def put_starts_as_told(w: Record) -> None:
    """See to it that what a log tells is started when it tells it."""
    for place in range(w.past_count):
        if whole_at(w.past_starts, place) != NOBODY:
            at = seen_at(w.past_lines, whole_at(w.past_firsts, place)).at
            device = whole_at(w.past_jobs, place) % w.devices_count
            put_event(w, at, EventRank.PAST, device, Due.STARTS_AS_TOLD, place, 0, 0)


@unit
def start_as_told(w: Record, place: int) -> None:
    """Start what a log tells and what has not started by itself."""
    if whole_at(w.past_begun, place):
        return
    number = whole_at(w.past_jobs, place) % w.devices_count
    ask(w, Ask.ORDER_AS_TOLD, place, 0)
    order = w.answer
    if order == NOBODY:
        return
    if whole_at(w.past_starts, place) == Starts.ASSIGNMENT:
        standing.take_as_told(w, number, order, whole_at(w.past_numbers, place))
        return
    device = devices.known(w, number)
    _count_start(w, device, place)
    first, corrected = whole_at(w.past_firsts, place), w.corrected
    state = seen_at(w.past_lines, first).state
    if SPEAKS_OF_DEVICE[state] and not devices.is_ready(device, w.now):
        devices.found_on(w, number)
    job = _start(w, number, order, configuration_from(device))
    if job_at(w.jobs, job).seen > first and w.corrected == corrected:  # else it counts by itself
        w.corrected += 1


@compiled
def _count_start(w: Record, device: Record, place: int) -> None:
    kind, number = whole_at(w.past_starts, place), whole_at(w.past_numbers, place)
    if kind == Starts.AT_START:
        device.starts = number + 1
    elif kind == Starts.AT_SHUTDOWN:
        device.shutdowns = number + 1
    elif kind == Starts.NOTIFICATION:
        node, before = device.stored, NOBODY
        while node != NOBODY and node_at(w.nodes, node).value != number:
            before, node = node, node_at(w.nodes, node).next
        if node != NOBODY:
            following = free_node(w, node)
            if before == NOBODY:
                device.stored = following
            else:
                node_at(w.nodes, before).next = following


# At a connection, at a shutdown


@unit
def connected(w: Record, number: int, has_started: int) -> None:
    """Look what waits for a device that has just reported to the server."""
    _take_notification(w, number)
    if has_started:
        _check_start(w, number)
    _make_up(w, number)
    if w.assignments_count > 0:
        standing.connected_with(w, number, has_started)


@unit
def _take_notification(w: Record, number: int) -> None:
    """Evaluate the first notification that is set; the others wait for the next connection."""
    device = device_at(w.devices, number)
    if device.job != NOBODY:
        return
    node, before = device.stored, NOBODY
    while node != NOBODY:
        notification = notification_at(w.notifications, node_at(w.nodes, node).value)
        value = node_at(w.nodes, node).value
        if notification.at <= w.now and _may_take(w, value, number):
            if notification.order == NOBODY:
                notification.order = _order(w, Starts.NOTIFICATION, value)
            following = free_node(w, node)
            if before == NOBODY:
                device.stored = following
            else:
                node_at(w.nodes, before).next = following
            _start(w, number, notification.order, w.now)
            return
        before, node = node, node_at(w.nodes, node).next


@unit
def _check_start(w: Record, number: int) -> None:
    """Check for a new version at a start, if the device's own configuration says so."""
    device = device_at(w.devices, number)
    if device.job != NOBODY or not device.checks:
        return
    settings = own_settings(w, number)
    if not settings.at_start:
        return
    kind = Starts.AT_START_ASKING.value if settings.confirms else Starts.AT_START.value
    count = device.starts
    if not _may_check(w, number, count, False):
        return
    device.starts += 1
    order = _order_of_check(w, kind, count)
    _start(w, number, order, configuration_from(device_at(w.devices, number)))


@unit
def updates_at_shutdown(w: Record, number: int) -> bool:
    """Tell whether a device without a job updates before it goes off."""
    device = device_at(w.devices, number)
    if not device.checks:
        return False
    if not own_settings(w, number).at_shutdown:
        return False
    count = device.shutdowns
    if not _may_check(w, number, count, True):
        return False
    device.shutdowns += 1
    order = _order_of_check(w, Starts.AT_SHUTDOWN.value, count)
    _start(w, number, order, configuration_from(device_at(w.devices, number)))
    return True


@unit
def _order_of_check(w: Record, kind: int, count: int) -> int:
    if count >= w.start_orders_room:
        return _order(w, kind, count)
    place = KINDS_OF_CHECK * count + kind - Starts.AT_START.value
    order = whole_at(w.start_orders, place)
    if order == NOBODY:
        order = _order(w, kind, count)
        put_whole(w.start_orders, place, order)
    return order


# The scheduler


@compiled
def _wait(w: Record, scheduled: Record, firing: int, device: int) -> int:
    if not scheduled.spread:
        return 0
    chance = number_drawn(w, Purpose.SPREAD, scheduled.first_firing + firing, device)
    return int(1000 * scheduled.spread * chance)


@compiled
def comes_round(w: Record, number: int, firing: int) -> None:
    """Let a job come round: every device waits its part of the spread."""
    scheduled = scheduled_at(w.scheduled, number)
    for i in range(scheduled.devices):
        device = whole_at(w.scheduled_devices, scheduled.first_device + i)
        at = w.now + _wait(w, scheduled, firing, device)
        put_event(w, at, EventRank.USER, device, Due.JOB_IS_DUE, device, firing, number)
    if firing + 1 < scheduled.firings:
        put_round(w, number, firing + 1)


@compiled
def put_round(w: Record, number: int, firing: int) -> None:
    """Put the next firing of a job on the clock."""
    scheduled = scheduled_at(w.scheduled, number)
    at = whole_at(w.firings, scheduled.first_firing + firing)
    put_event(w, at, EventRank.COMMAND, scheduled.number, Due.COMES_ROUND, number, 0, firing)


@unit
def job_is_due(w: Record, device_number: int, number: int, firing: int) -> None:
    """Run a scheduler's job, or note that it was missed."""
    device = device_at(w.devices, device_number)
    if devices.is_ready(device, w.now):
        _run(w, device_number, number, firing)
        return
    scheduled = scheduled_at(w.scheduled, number)
    wakes = scheduled.wakes and device.is_suspended
    if wakes or scheduled.persistent:
        _note_missed(w, device_number, number, firing)
    if wakes:
        devices.power_on(w, device_number)


@unit
def _note_missed(w: Record, device_number: int, number: int, firing: int) -> None:
    """Note the last firing that was missed, at the place of the first."""
    device = device_at(w.devices, device_number)
    scheduled = scheduled_at(w.scheduled, number)
    node, last = device.missed, NOBODY
    while node != NOBODY:
        row = node_at(w.nodes, node)
        if scheduled_at(w.scheduled, row.value).number == scheduled.number:
            row.value, row.other = number, firing
            return
        last, node = node, row.next
    node = new_node(w, number, firing, NOBODY)
    if last == NOBODY:
        device.missed = node
    else:
        node_at(w.nodes, last).next = node


@unit
def _make_up(w: Record, number: int) -> None:
    """Run once what was missed, however often it was missed."""
    device = device_at(w.devices, number)
    missed, device.missed = device.missed, NOBODY
    while missed != NOBODY:
        row = node_at(w.nodes, missed)
        scheduled, firing = row.value, row.other
        missed = free_node(w, missed)
        _make_up_one(w, number, scheduled, firing)


@unit
def _make_up_one(w: Record, device_number: int, number: int, firing: int) -> None:
    """Run one job that was missed, if the device is still there."""
    if not devices.is_ready(device_at(w.devices, device_number), w.now):
        _note_missed(w, device_number, number, firing)
        return
    wait = 0
    if w.spread_missed:
        wait = _wait(w, scheduled_at(w.scheduled, number), firing, device_number)
    if wait == 0:
        _run(w, device_number, number, firing)
        return
    put_event(
        w,
        w.now + wait,
        EventRank.USER,
        device_number,
        Due.JOB_IS_DUE,
        device_number,
        firing,
        number,
    )


@compiled
def _may_fire(w: Record, place: int, device: int) -> bool:
    """Tell whether a device may begin a firing now; the log has not told it as often."""
    label = whole_at(w.past_firings, place)
    if w.now > w.past_until and times_told(w, label, device) >= whole_at(w.past_named, place):
        return False
    return may_begin(w, label, device)


@compiled
def _wait_on(w: Record, device: int, number: int, firing: int) -> None:
    """Let a device that by the log has not begun yet do so in what is left of the spread."""
    scheduled = scheduled_at(w.scheduled, number)
    place = scheduled.first_firing + firing
    left = whole_at(w.firings, place) + 1000 * scheduled.spread - w.past_until - 1
    if w.now > w.past_until or left <= 0:
        return
    chance = number_drawn(w, Purpose.SPREAD_AGAIN, place, device)
    at = w.past_until + 1 + int(left * chance)
    put_event(w, at, EventRank.USER, device, Due.JOB_IS_DUE, device, firing, number)


@unit
def _run(w: Record, device_number: int, number: int, firing: int) -> None:
    scheduled = scheduled_at(w.scheduled, number)
    device = device_at(w.devices, device_number)
    if scheduled.kind == JobType.UPDATE:
        place = scheduled.first_firing + firing
        if w.has_past and not _may_fire(w, place, device_number):
            if times_told(w, whole_at(w.past_firings, place), device_number) == 0:
                _wait_on(w, device_number, number, firing)
            return
        order = whole_at(w.firing_orders, place)
        if order == NOBODY:
            order = _order(w, Starts.FIRING, place)
            put_whole(w.firing_orders, place, order)
        _start(w, device_number, order, configuration_from(device))
    elif scheduled.kind == JobType.SYNCHRONISE:
        device.loaded_at = w.now
    elif scheduled.kind == JobType.SHUT_DOWN:
        shut_down(w, device_number, devices.packed(True, False, False))
    elif scheduled.kind == JobType.RESTART:
        shut_down(w, device_number, devices.packed(True, False, True))
        devices.start_anew(w, device_number)
