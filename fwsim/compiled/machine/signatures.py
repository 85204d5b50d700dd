"""Signatures of the IDF and of the packages: who checks them, and what comes of it.

Twin of what `fwsim.simulation.updating` verifies.
"""

from __future__ import annotations

from fwsim.commands.lifecycle import Event, Fact
from fwsim.compiled.codes import NOTHING_MORE, Due
from fwsim.compiled.machine.asking import arm_in, set_fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import step
from fwsim.compiled.machine.luck import falls
from fwsim.compiled.machine.memory import Record, small_at
from fwsim.compiled.machine.package_fetch import plan_fetch
from fwsim.compiled.machine.rows import (
    NOBODY,
    address_at,
    device_at,
    image_at,
    job_at,
    order_at,
)
from fwsim.compiled.machine.settings import address_of, certificates_from, own_settings
from fwsim.compiled.machine.transfer import ask_for_connection
from fwsim.model.purposes import Purpose


@compiled
def _trusts(w: Record, device: int, loaded_at: int, image: int) -> bool:
    """Tell whether a device has an image's certificate: it came with its last start."""
    certificate = image_at(w.images, image).certificate
    if certificate == NOBODY:
        return True
    address = address_of(w, device, loaded_at, False)
    settings = address_at(w.addresses, address).settings
    return small_at(w.trusts, settings * w.certificates + certificate) != 0


@compiled
def _is_unsigned(w: Record, job: Record, packages: bool) -> bool:
    """Tell whether the IDF or its packages lack a signature that the device trusts."""
    if not job.has_checked:
        return False
    image = image_at(w.images, job.image)
    is_signed = image.packages_signed if packages else image.signed
    loaded = certificates_from(device_at(w.devices, job.device))
    return not is_signed or not _trusts(w, job.device, loaded, job.image)


@unit
def verify_idf(w: Record, number: int) -> int:
    """Plan what is fetched, and check the IDF if it is to be; return what follows at once."""
    job = job_at(w.jobs, number)
    order = order_at(w.orders, job.order)
    plan_fetch(w, number)
    if own_settings(w, job.device).checks_idf and not order.is_uefi:
        arm_in(w, number, w.idf_signature_time, Due.IDF_VERIFIED)
        return NOTHING_MORE
    ask_for_connection(w, number)
    return Event.IDF_VERIFIED.value


@unit
def idf_verified(w: Record, number: int) -> None:
    """Go on with a valid signature, or end."""
    job = job_at(w.jobs, number)
    fault = falls(w, Purpose.IDF_SIGNATURE_FAULT, job.order, job.device)
    bad = fault or _is_unsigned(w, job, False)
    set_fact(job, Fact.IDF_SIGNATURE_BAD, bad)
    ask_for_connection(w, number)
    step(w, number, Event.IDF_VERIFIED.value, 0)


@unit
def packages_verified(w: Record, number: int) -> None:
    """Go on with valid signatures, or end."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    is_uefi = order_at(w.orders, job.order).is_uefi
    if own_settings(w, job.device).checks_packages and not is_uefi:
        fault = falls(w, Purpose.PACKAGE_SIGNATURE_FAULT, job.order, job.device)
        bad = fault or _is_unsigned(w, job, True)
        set_fact(job, Fact.PACKAGE_SIGNATURE_BAD, bad)
    set_fact(job, Fact.PROVIDES, device.provides != NOBODY)
    step(w, number, Event.PACKAGES_VERIFIED.value, 0)
