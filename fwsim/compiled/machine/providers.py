"""Which device provides packages to others, and its own turn. Twin of `fwsim.simulation.proxy`."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event, State
from fwsim.compiled.codes import SERVES_NOBODY, Due
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.clock import free_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import step
from fwsim.compiled.machine.jobs_of_device import job_below, jobs_of
from fwsim.compiled.machine.memory import Record, bits_at, put_bits, whole_at
from fwsim.compiled.machine.requests import request_of
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, node_at, order_at, service_at
from fwsim.compiled.machine.update_partition import is_fetched, keep, space_for_packages
from fwsim.compiled.machine.wanted import drop_download
from fwsim.model.event_rank import EventRank
from fwsim.model.rollout import UNKNOWN_IMAGE


@compiled
def _is_available(w: Record, number: int) -> bool:
    device = device_at(w.devices, number)
    if not devices.is_ready(device, w.now):
        return False
    job = device.job
    while job != NOBODY:
        if SERVES_NOBODY[job_at(w.jobs, job).state]:
            return False
        job = job_below(w, device, job)
    return True


@compiled
def _can_provide(w: Record, number: int) -> bool:
    return device_at(w.devices, number).update > 0 and _is_available(w, number)


@unit
def find_provider(w: Record, number: int) -> None:
    """Keep the provider, or choose another if it is absent: the first who asks."""
    service = service_at(w.services, number)
    if service.provider != NOBODY:
        if _is_available(w, service.provider):
            return
        device_at(w.devices, service.provider).provides = NOBODY
        drop_download(w, service)
    service.provider = NOBODY
    if service.fixed != NOBODY:
        devices.catch_up(w, service.fixed)
        if _can_provide(w, service.fixed):
            _appoint(w, number, service.fixed)
        return
    job = service.first_request
    while job != NOBODY:
        device = job_at(w.jobs, job).device
        if _can_provide(w, device):
            _appoint(w, number, device)
            return
        job = job_at(w.jobs, job).request_next


@unit
def _appoint(w: Record, number: int, device: int) -> None:
    service = service_at(w.services, number)
    service.provider = device
    device_at(w.devices, device).provides = number
    devices.watch(w, device)
    own = request_of(w, service, device)
    if own == NOBODY:
        return
    job = job_at(w.jobs, own)
    for place in range(job.request_from, job.request_place):
        if is_fetched(w, own, place):
            keep_package(w, number, device, whole_at(w.plan_packages, place))


@unit
def keep_package(w: Record, number: int, device: int, package: int) -> bool:
    """Put a package on the provider's update partition; False if there is no room.

    What neither it nor any neighbour lacks now of the image that it wants gives way [A].
    """
    if whole_at(w.package_sizes, package) > space_for_packages(w, device):
        for word in range(w.words):
            place = device * w.words + word
            idle = _unlacked(w, number, device, word)
            put_bits(w.delivered, place, bits_at(w.delivered, place) & ~idle)
    return keep(w, device, package)


@compiled
def _unlacked(w: Record, number: int, device: int, word: int) -> int:
    """Return the packages of a word that no job of the provider and no neighbour lacks now."""
    provider = device_at(w.devices, device)
    idle = bits_at(w.delivered, device * w.words + word)
    job = provider.job
    while job != NOBODY:
        idle = _less_lacked(w, idle, job, word)
        job = job_below(w, provider, job)
    job = service_at(w.services, number).first_request
    while job != NOBODY:
        idle = _less_lacked(w, idle, job, word)
        job = job_at(w.jobs, job).request_next
    return idle


@compiled
def _less_lacked(w: Record, packages: int, number: int, word: int) -> int:
    """Return packages of a word without those that a job has found and its device lacks."""
    job = job_at(w.jobs, number)
    if job.image == UNKNOWN_IMAGE:
        return packages
    lacks = bits_at(w.image_masks, job.image * w.words + word)
    have = device_at(w.devices, job.device).image
    if have != UNKNOWN_IMAGE and not order_at(w.orders, job.order).formats_system:
        lacks &= ~bits_at(w.image_masks, have * w.words + word)
    return packages & ~lacks


@unit
def offer(w: Record, number: int, device: int) -> None:
    """Let a device that has all packages already be the provider, if there is none."""
    find_provider(w, number)
    service = service_at(w.services, number)
    if service.provider == NOBODY and service.fixed == NOBODY and _can_provide(w, device):
        _appoint(w, number, device)


# The provider's own turn


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


@compiled
def look_for_consumers(w: Record, number: int) -> None:
    """Let the provider install if nobody has asked for a while."""
    service = service_at(w.services, number)
    waited = w.now - service.last_served
    is_idle = service.first_request == NOBODY and waited >= w.provider_patience
    if service.provider == NOBODY or not is_idle:
        return
    chain = jobs_of(w, service.provider)
    while chain != NOBODY:
        job = node_at(w.nodes, chain).value
        chain = free_node(w, chain)
        if job_at(w.jobs, job).state == State.PROVIDING:
            step(w, job, Event.CONSUMERS_SERVED.value, 0)
