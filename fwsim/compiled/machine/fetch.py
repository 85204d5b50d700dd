"""What a device finds at its URL, what it fetches and what it writes.

Twin of `fwsim.simulation.image_check`, `.package_fetch` and `.installation`. The plan of what a
device fetches is a row of a table, worked out by the rulebook for every pair of images; packages
delivered ahead are bits, left out on the way.
"""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.luck import falls, number_drawn
from fwsim.compiled.machine.memory import Record, bits_at, put_bits, small_at, whole_at
from fwsim.compiled.machine.network import is_cut
from fwsim.compiled.machine.rows import (
    NOBODY,
    address_at,
    device_at,
    image_at,
    job_at,
    order_at,
    plan_at,
    uefi_at,
)
from fwsim.compiled.machine.taking_up import broken_before, plan_as_before
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE

BITS = 64

point_of = compiled(transfer.point_of)
transfer_stop = compiled(transfer.transfer_stop)
writing_stop = compiled(transfer.writing_stop)
writing_time = compiled(transfer.writing_time)


@compiled
def epoch_at(w: Record, at: int) -> int:
    """Return which stretch between changes of the configuration a time falls into."""
    epoch = 0
    while epoch < w.changes and whole_at(w.change_times, epoch) <= at:
        epoch += 1
    return epoch


@compiled
def address_of(w: Record, device: int, at: int, is_uefi: bool) -> int:
    """Return where a device is sent by the configuration of a time."""
    place = epoch_at(w, at) * w.classes + device_at(w.devices, device).address_class
    return whole_at(w.addresses_by_class, 2 * place + (1 if is_uefi else 0))


@compiled
def _has_bit(table: int, first: int, bit: int) -> bool:
    word = bits_at(table, first + bit // BITS)
    return (word >> (bit % BITS)) & 1 != 0


@compiled
def is_delivered(w: Record, device: int, package: int) -> bool:
    """Tell whether a package lies on a device's update partition."""
    return w.words > 0 and _has_bit(w.delivered, device * w.words, package)


@compiled
def empty_update_partition(w: Record, device: int) -> None:
    """Remove all packages delivered ahead."""
    for word in range(w.words):
        put_bits(w.delivered, device * w.words + word, 0)


@compiled
def deliver(w: Record, device: int, image: int) -> None:
    """Put what a device lacks of an image on its update partition."""
    have = device_at(w.devices, device).image
    for word in range(w.words):
        lacks = bits_at(w.image_masks, image * w.words + word)
        if have != UNKNOWN_IMAGE:
            lacks &= ~bits_at(w.image_masks, have * w.words + word)
        place = device * w.words + word
        put_bits(w.delivered, place, bits_at(w.delivered, place) | lacks)


@compiled
def keep(w: Record, device: int, package: int) -> bool:
    """Put one package on a device's update partition; False if there is no room."""
    if whole_at(w.package_sizes, package) > space_for_packages(w, device):
        return False
    place = device * w.words + package // BITS
    bit = 1 << (package % BITS)
    put_bits(w.delivered, place, bits_at(w.delivered, place) | bit)
    return True


@unit
def space_for_packages(w: Record, device: int) -> int:
    """Return the bytes free on a device's update partition; 0 if it has none."""
    taken = 0
    for word in range(w.words):
        bits = bits_at(w.delivered, device * w.words + word)
        package = word * BITS
        while bits != 0:
            if bits & 1:
                taken += whole_at(w.package_sizes, package)
            bits >>= 1
            package += 1
    return max(0, device_at(w.devices, device).update - taken)


@compiled
def is_fetched(w: Record, number: int, place: int) -> bool:
    """Tell whether a job fetches a package of its plan, which may be there already."""
    if w.words == 0:
        return True
    package = whole_at(w.plan_packages, place)
    return not _has_bit(w.job_masks, number * w.words, package)


@unit
def image_check(w: Record, number: int) -> int:
    """Find what the URL leads to; return why there is nothing, or `Detail.NONE`."""
    job = job_at(w.jobs, number)
    order = order_at(w.orders, job.order)
    if is_cut(w, job.device):
        return Detail.IDF_NOT_AVAILABLE.value
    if order.is_uefi:
        return _uefi_check(w, number)
    place = address_at(w.addresses, job.address).place
    served = whole_at(w.served, epoch_at(w, w.now) * w.places + place)
    if served < 0:
        return -served
    if falls(w, Purpose.IDF_FAULT, job.order, job.device):
        return Detail.IDF_NOT_AVAILABLE.value
    if order.empties_update_partition:
        empty_update_partition(w, job.device)
    for word in range(w.words):
        bits = bits_at(w.delivered, job.device * w.words + word)
        put_bits(w.job_masks, number * w.words + word, bits)
    pair = (device_at(w.devices, job.device).image + 1) * w.images_count + served
    job.plan = 2 * pair + (1 if order.formats_system else 0)
    job.image = served
    job.total = _bytes_to_fetch(w, number)
    return Detail.NONE.value


@unit
def _bytes_to_fetch(w: Record, number: int) -> int:
    job = job_at(w.jobs, number)
    plan = plan_at(w.plans, job.plan)
    if w.words == 0:
        return plan.total
    total = 0
    for place in range(plan.first, plan.first + plan.count):
        if is_fetched(w, number, place):
            total += whole_at(w.package_sizes, whole_at(w.plan_packages, place))
    return total


@compiled
def is_modified(w: Record, job: Record) -> bool:
    """Tell whether what the URL leads to is an update for the device."""
    order = order_at(w.orders, job.order)
    if order.is_uefi:
        offered = uefi_at(w.uefi, job.device)
        if device_at(w.devices, job.device).uefi_installed:
            return offered.differs_after
        return offered.differs
    changed = plan_at(w.plans, job.plan).is_modified
    return changed and (not order.is_delivery or job.total > 0)


@unit
def _uefi_check(w: Record, number: int) -> int:
    job = job_at(w.jobs, number)
    offered = uefi_at(w.uefi, job.device)
    if offered.is_refused:
        return Detail.ENCRYPTED_PARTITION.value
    if not offered.is_listed:
        return Detail.MODEL_NOT_LISTED.value
    job.image = UNKNOWN_IMAGE
    job.plan = NOBODY
    job.total = offered.size
    return Detail.NONE.value


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

    Packages of the plan that a provider has kept since it was made are in its room already.
    """
    job = job_at(w.jobs, number)
    if device_at(w.devices, job.device).update <= 0:
        return NOWHERE
    there = 0
    if job.plan != NOBODY and w.words > 0:
        plan = plan_at(w.plans, job.plan)
        for place in range(plan.first, plan.first + plan.count):
            package = whole_at(w.plan_packages, place)
            if is_fetched(w, number, place) and is_delivered(w, job.device, package):
                there += whole_at(w.package_sizes, package)
    return space_for_packages(w, job.device) + there


@compiled
def _broken_at(w: Record, job: Record, fault: int, point: int) -> int:
    """Return the byte at which luck breaks a transfer; `NOWHERE` if it does not."""
    if not falls(w, fault, job.order, job.device):
        return NOWHERE
    return point_of(job.total, number_drawn(w, point, job.order, job.device))


@unit
def plan_fetch(w: Record, number: int) -> None:
    """Find what the job fetches, and where luck and space will stop it."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
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
    stop, detail = transfer_stop(total, missing_at, _space(w, number), broken_at)
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
        place = _place_after(w, number, job.there)
        job.there = 0 if job.stretches > 1 else _bytes_before(w, number, place)
    job.fetched = job.taken_up = passed + job.there
    job.written = job_at(w.jobs, before).written


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


@unit
def goes_beyond(w: Record, number: int) -> int:
    """Let a transfer go on that a log says has not failed where luck would have it.

    Return the bytes of this stretch up to where it stops now; 0 if it goes no further.
    """
    job = job_at(w.jobs, number)
    before = next_size(w, job)
    there = job.fetched + before
    missing_at, _, _ = _faults_of_plan(w, number)
    broken_at = _broken_at(w, job, Purpose.TRANSFER_FAULT_AGAIN, Purpose.TRANSFER_FAULT_POINT_AGAIN)
    if broken_at <= there:
        broken_at = NOWHERE
    stop, detail = transfer_stop(job.total, missing_at, _space(w, number), broken_at)
    if stop <= there:
        return 0
    job.stop, job.stop_detail = stop, detail
    return next_size(w, job) - before


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


@compiled
def next_writing(w: Record, job: Record) -> tuple[int, int]:
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
def trusts(w: Record, device: int, loaded_at: int, image: int) -> bool:
    """Tell whether a device has an image's certificate: it came with its last start."""
    certificate = image_at(w.images, image).certificate
    if certificate == NOBODY:
        return True
    address = address_of(w, device, loaded_at, False)
    settings = address_at(w.addresses, address).settings
    return small_at(w.trusts, settings * w.certificates + certificate) != 0
