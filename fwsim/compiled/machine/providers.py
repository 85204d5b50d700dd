"""Which device provides packages to others, and its own turn. Twin of `fwsim.simulation.proxy`."""

from __future__ import annotations

from fwsim.commands.lifecycle import Event, State
from fwsim.compiled.codes import SERVES_NOBODY, Due
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.clock import free_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import step
from fwsim.compiled.machine.jobs_of_device import job_below, jobs_of
from fwsim.compiled.machine.memory import Record, bits_at, whole_at
from fwsim.compiled.machine.requests import request_of
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, node_at, service_at
from fwsim.compiled.machine.update_partition import (
    is_fetched,
    keep,
    less_lacked,
    remove,
    space_for_packages,
)
from fwsim.compiled.machine.wanted import drop_download
from fwsim.model.event_rank import EventRank


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
def serves(w: Record, number: int) -> bool:
    """Tell whether somebody provides now; who has begun to serve goes on, whatever a log tells."""
    service = service_at(w.services, number)
    if service.provider == NOBODY:
        return False
    answers = devices.is_ready(device_at(w.devices, service.provider), w.now)
    return _is_available(w, service.provider) or (service.in_service > 0 and answers)


@compiled
def _can_provide(w: Record, number: int, candidate: int) -> bool:
    """Tell whether a device can provide; a static proxy serves no subnet beside that [A]."""
    if candidate == NOBODY:
        return False
    device = device_at(w.devices, candidate)
    is_free = service_at(w.services, number).fixed != NOBODY or device.is_static_proxy == 0
    return is_free and device.update > 0 and _is_available(w, candidate)


@unit
def find_provider(w: Record, number: int) -> None:
    """Keep the provider, or choose another if it is absent: the last one, or the first who asks.

    Where nobody else can be, it is again when it has installed and restarted.
    """
    service = service_at(w.services, number)
    if serves(w, number):
        return
    candidate = service.last_provider
    if service.fixed != NOBODY:
        candidate = service.fixed
        devices.catch_up(w, candidate)
    if _can_provide(w, number, candidate):
        _appoint(w, number, candidate)
        return
    job = service.first_request if service.fixed == NOBODY else NOBODY
    while job != NOBODY:
        candidate = job_at(w.jobs, job).device
        if _can_provide(w, number, candidate):
            _appoint(w, number, candidate)
            return
        job = job_at(w.jobs, job).request_next


@unit
def _appoint(w: Record, number: int, device: int) -> None:
    service = service_at(w.services, number)
    if service.provider != NOBODY:
        device_at(w.devices, service.provider).provides = NOBODY
        drop_download(w, service)
    service.provider = service.last_provider = device
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
            remove(w, device, word, _unlacked(w, number, device, word))
    return keep(w, device, package)


@compiled
def _unlacked(w: Record, number: int, device: int, word: int) -> int:
    """Return the packages of a word that no job of the provider and no neighbour lacks now."""
    provider = device_at(w.devices, device)
    idle = bits_at(w.delivered, device * w.words + word)
    job = provider.job
    while job != NOBODY:
        idle = less_lacked(w, idle, job, word)
        job = job_below(w, provider, job)
    job = service_at(w.services, number).first_request
    while job != NOBODY:
        idle = less_lacked(w, idle, job, word)
        job = job_at(w.jobs, job).request_next
    return idle


@unit
def offer(w: Record, number: int, device: int) -> None:
    """Let a device that has all packages already be the provider, if there is none."""
    find_provider(w, number)
    service = service_at(w.services, number)
    if service.fixed == NOBODY and not serves(w, number) and _can_provide(w, number, device):
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
