"""What a device finds at its URL. Twin of `fwsim.simulation.image_check`."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Event, Fact
from fwsim.compiled.machine.asking import ask_nobody_if_so_wished, set_fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import step
from fwsim.compiled.machine.luck import falls
from fwsim.compiled.machine.memory import Record, bits_at, put_bits, whole_at
from fwsim.compiled.machine.network import is_cut
from fwsim.compiled.machine.rows import (
    NOBODY,
    address_at,
    device_at,
    job_at,
    order_at,
    plan_at,
    uefi_at,
)
from fwsim.compiled.machine.settings import epoch_at
from fwsim.compiled.machine.taking_up import agree_as_before, broken_before
from fwsim.compiled.machine.update_partition import is_fetched
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE


@unit
def image_check(w: Record, number: int, is_told: bool) -> int:
    """Find what the URL leads to; return why there is nothing, or `Detail.NONE`.

    Where a log tells that an image was found, no cut and no fault keeps the device from it.
    """
    job = job_at(w.jobs, number)
    order = order_at(w.orders, job.order)
    if not is_told and is_cut(w, job.device):
        return Detail.IDF_NOT_AVAILABLE.value
    if order.is_uefi:
        return _uefi_check(w, number)
    place = address_at(w.addresses, job.address).place
    served = whole_at(w.served, epoch_at(w, w.now) * w.places + place)
    if served < 0:
        return -served
    if not is_told and falls(w, Purpose.IDF_FAULT, job.order, job.device):
        return Detail.IDF_NOT_AVAILABLE.value
    _note_what_lies_there(w, number)
    pair = (device_at(w.devices, job.device).image + 1) * w.images_count + served
    job.plan = 2 * pair + (1 if order.formats_system else 0)
    job.image = served
    job.total = _bytes_to_fetch(w, number)
    return Detail.NONE.value


@compiled
def _note_what_lies_there(w: Record, number: int) -> None:
    """Note what is delivered already; where that gives way when the transfer begins, nothing.

    No variable holds either: of a signed 0 and unsigned bits numba makes a float, which has room
    for 53 packages only.
    """
    job = job_at(w.jobs, number)
    gives_way = order_at(w.orders, job.order).empties_update_partition
    for word in range(w.words):
        place = number * w.words + word
        if gives_way:
            put_bits(w.job_masks, place, 0)
        else:
            put_bits(w.job_masks, place, bits_at(w.delivered, job.device * w.words + word))


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
def idf_fetched(w: Record, number: int) -> None:
    """Compare the image with what the device runs."""
    missing = image_check(w, number, False)
    if missing:
        step(w, number, Event.IDF_MISSING.value, missing)
        return
    job = job_at(w.jobs, number)
    job.has_checked = True
    set_fact(job, Fact.MODIFIED, is_modified(w, job))
    set_fact(job, Fact.UPDATE_PARTITION, device_at(w.devices, job.device).update > 0)
    agree_as_before(w, number, broken_before(w, number))
    ask_nobody_if_so_wished(w, number)
    step(w, number, Event.IDF_FETCHED.value, 0)
