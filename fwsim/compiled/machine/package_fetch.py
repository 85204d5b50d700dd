"""What a device fetches, and how far it gets. Twin of `fwsim.simulation.package_fetch`.

The plan of what a device fetches is a row of a table, worked out by the rulebook for every pair of
images; packages delivered ahead are left out on the way.
"""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.commands.image import NOWHERE
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.luck import falls, number_drawn
from fwsim.compiled.machine.memory import Record, small_at, whole_at
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at, plan_at
from fwsim.compiled.machine.settings import own_settings
from fwsim.compiled.machine.taking_up import broken_before, plan_as_before
from fwsim.compiled.machine.update_partition import (
    is_delivered,
    is_fetched,
    is_installed,
    room_without,
)
from fwsim.model.purposes import Purpose

point_of = compiled(transfer.point_of)
transfer_stop = compiled(transfer.transfer_stop)


# Where it will stop


@compiled
def _faults_of_plan(w: Record, number: int) -> tuple[int, int, int]:
    """Return bytes before a missing package, size of the last package, number of packages."""
    job = job_at(w.jobs, number)
    if job.plan == NOBODY:
        return NOWHERE, job.total, 1
    plan = plan_at(w.plans, job.plan)
    before, missing_at, last, count = 0, NOWHERE, 0, 0
    for place in range(plan.first, plan.first + plan.count):
        if is_fetched(w, number, place):
            if missing_at == NOWHERE and small_at(w.plan_missing, place):
                missing_at = before
            last = whole_at(w.package_sizes, whole_at(w.plan_packages, place))
            before += last
            count += 1
    return missing_at, last, count


@unit
def _space(w: Record, number: int) -> int:
    """Return how much of a job's plan the update partition has room for; `NOWHERE` without one.

    Packages of the plan that a provider has kept since it was made are in its room already, and
    those of the image that it runs are kept for neighbours: they give way. Under a proxy, where a
    device may keep packages of any image, all gives way but what the update needs [A].
    """
    job = job_at(w.jobs, number)
    room = device_at(w.devices, job.device).update
    if room <= 0:
        return NOWHERE
    if NOBODY not in (job.proxy, job.plan):
        return max(0, room - (plan_at(w.plans, job.plan).written - job.total))
    there = 0
    if job.plan != NOBODY and w.words > 0:
        plan = plan_at(w.plans, job.plan)
        for place in range(plan.first, plan.first + plan.count):
            package = whole_at(w.plan_packages, place)
            if (
                is_fetched(w, number, place)
                and is_delivered(w, job.device, package)
                and not is_installed(w, job.device, package)
            ):
                there += whole_at(w.package_sizes, package)
    return max(0, room_without(w, job.device, device_at(w.devices, job.device).image) + there)


@compiled
def _broken_at(w: Record, job: Record, fault: int, point: int) -> int:
    """Return the byte at which luck breaks a transfer; `NOWHERE` if it does not."""
    if not falls(w, fault, job.order, job.device):
        return NOWHERE
    return point_of(job.total, number_drawn(w, point, job.order, job.device))


@compiled
def _choose_source(w: Record, job: Record) -> None:
    """Turn to the proxy that the device's own settings name, or to the one of the subnet."""
    if order_at(w.orders, job.order).is_update:
        own = own_settings(w, job.device)
        job.proxy = own.service
        if own.turns_to_subnet:
            job.proxy = device_at(w.devices, job.device).subnet


@unit
def plan_fetch(w: Record, number: int) -> None:
    """Find what the job fetches, and where; and where luck and space will stop it."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    _choose_source(w, job)
    before = broken_before(w, number)
    if before != NOBODY:
        plan_as_before(w, number, before)
    has_update_partition = device.update > 0
    missing_at, last, count = _faults_of_plan(w, number)
    total = job.total
    broken_at = _broken_at(w, job, Purpose.TRANSFER_FAULT, Purpose.TRANSFER_FAULT_POINT)
    if (
        missing_at == NOWHERE
        and count > 0
        and falls(w, Purpose.PACKAGE_FAULT, job.order, job.device)
    ):
        missing_at = total - last
    job.fetched = job.taken_up = job.there = job.written = 0
    job.stretch = 0
    job.stretches = 1 if has_update_partition else count
    if before != NOBODY:
        _take_up(w, number, before)
        if broken_at <= job.taken_up:
            broken_at = NOWHERE
    empties = order_at(w.orders, job.order).empties_update_partition and has_update_partition
    space = device.update if empties else _space(w, number)
    stop, detail = transfer_stop(total, missing_at, space, broken_at)
    job.stop, job.stop_detail = max(stop, job.taken_up), detail
    job.kept = job.ahead = 0
    if job.plan != NOBODY:
        plan = plan_at(w.plans, job.plan)
        job.kept = plan.image_size - plan.written
        job.ahead = plan.written - total


@unit
def _take_up(w: Record, number: int, before: int) -> None:
    """Go on from the bytes that are there of a broken transfer of the same packages."""
    job, fetched = job_at(w.jobs, number), job_at(w.jobs, before).fetched
    passed = 0
    while job.stretch < job.stretches - 1 and passed + _stretch_size(w, job) <= fetched:
        passed += _stretch_size(w, job)
        job.stretch += 1
    job.there = fetched - passed
    if job.proxy != NOBODY:  # it serves whole packages
        job.there = 0 if job.stretches > 1 else _whole_bytes(w, number, job.there)
    job.fetched = job.taken_up = passed + job.there
    job.written = job_at(w.jobs, before).written


@unit
def goes_beyond(w: Record, number: int) -> int:
    """Let a transfer go on that a log says has not failed where luck would have it.

    Return the bytes of this stretch up to where it stops now; 0 if it goes no further.
    """
    job = job_at(w.jobs, number)
    before = next_size(w, job)
    there = job.fetched + before
    stop, detail = _stop_beyond(w, number, there)
    if stop <= there:
        return 0
    job.stop, job.stop_detail = stop, detail
    return next_size(w, job) - before


@compiled
def _stop_beyond(w: Record, number: int, there: int) -> tuple[int, int]:
    """Return where a transfer stops that has so many bytes by a log, and why."""
    job = job_at(w.jobs, number)
    missing_at, _, _ = _faults_of_plan(w, number)
    broken_at = _broken_at(w, job, Purpose.TRANSFER_FAULT_AGAIN, Purpose.TRANSFER_FAULT_POINT_AGAIN)
    if broken_at <= there:
        broken_at = NOWHERE
    return transfer_stop(job.total, missing_at, _space(w, number), broken_at)


@unit
def let_come_whole(w: Record, number: int) -> None:
    """Let this stretch come whole, wherever luck would have broken it.

    Where the transfer stops in a later one, is drawn anew.
    """
    job = job_at(w.jobs, number)
    if comes_whole(w, job) or not job.has_checked:
        return
    end = job.fetched + _stretch_size(w, job) - job.there
    stop, detail = _stop_beyond(w, number, end)
    job.stop, job.stop_detail = max(stop, end), detail


# Places in the plan


@compiled
def _whole_bytes(w: Record, number: int, there: int) -> int:
    """Return how many of so many bytes are of packages that are whole or lie on the device."""
    place, job = _place_after(w, number, there), job_at(w.jobs, number)
    plan = plan_at(w.plans, job.plan)
    is_within = place < plan.first + plan.count
    if is_within and is_delivered(w, job.device, whole_at(w.plan_packages, place)):
        return there
    return _bytes_before(w, number, place)


@compiled
def _place_after(w: Record, number: int, there: int) -> int:
    """Return the place in a job's plan behind the packages that are whole in so many bytes."""
    plan = plan_at(w.plans, job_at(w.jobs, number).plan)
    place, end = plan.first, 0
    while place < plan.first + plan.count:
        if is_fetched(w, number, place):
            end += whole_at(w.package_sizes, whole_at(w.plan_packages, place))
            if end > there:
                return place
        place += 1
    return place


@compiled
def _bytes_before(w: Record, number: int, place: int) -> int:
    """Return the bytes that a job fetches before a place in its plan."""
    size = 0
    for before in range(plan_at(w.plans, job_at(w.jobs, number).plan).first, place):
        if is_fetched(w, number, before):
            size += whole_at(w.package_sizes, whole_at(w.plan_packages, before))
    return size


@compiled
def first_missing(w: Record, number: int) -> int:
    """Return the place in a job's plan of the first package that is not there whole."""
    job = job_at(w.jobs, number)
    if job.there == 0:
        return plan_at(w.plans, job.plan).first
    return _place_after(w, number, job.there)


@compiled
def bytes_of_first_missing(w: Record, number: int) -> int:
    """Return how many bytes are there of the first package that is not there whole."""
    return job_at(w.jobs, number).there - _bytes_before(w, number, first_missing(w, number))


# Stretches


@compiled
def _stretch_size(w: Record, job: Record) -> int:
    if job.stretches == 1:
        return job.total
    plan = plan_at(w.plans, job.plan)
    return whole_at(w.package_sizes, whole_at(w.plan_packages, plan.first + job.stretch))


@compiled
def next_size(w: Record, job: Record) -> int:
    """Return the bytes of the next stretch, up to where the transfer stops."""
    if job.stretch >= job.stretches:
        return 0
    return min(_stretch_size(w, job) - job.there, job.stop - job.fetched)


@compiled
def comes_whole(w: Record, job: Record) -> bool:
    """Tell whether the next stretch comes whole."""
    return job.stretch >= job.stretches or next_size(w, job) == _stretch_size(w, job) - job.there


@compiled
def take_in(w: Record, job: Record) -> bool:
    """Count the next stretch as fetched; return whether it came whole."""
    whole = comes_whole(w, job)
    job.fetched += next_size(w, job)
    job.there = 0
    job.stretch += 1
    return whole
