"""Devices that fetch packages once and serve their neighbours. Twin of `fwsim.simulation.proxy`.

A job has at most one request; its serial tells a new one from an old one that still stands in a
provider's queue.
"""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.commands.lifecycle import Event, State
from fwsim.compiled.codes import SERVES_NOBODY, Due
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine import fetch
from fwsim.compiled.machine.clock import free_node, new_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import (
    abort,
    await_consumers,
    step,
    transfer_breaks,
    transferred,
    wait_for_consumers,
)
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.requests import (
    chain,
    next_package,
    request_of,
    size_of_next,
    skip_present,
    stop,
    unchain,
)
from fwsim.compiled.machine.rows import (
    NOBODY,
    device_at,
    job_at,
    node_at,
    plan_at,
    service_at,
    web_at,
)
from fwsim.compiled.machine.web_downloads import abort_web, begin_download, new_web
from fwsim.model.event_rank import EventRank

MOST_PROVIDERS = transfer.MOST_PROVIDERS
serving_time = compiled(transfer.serving_time)

# Who provides


@compiled
def _is_available(w: Record, number: int) -> bool:
    device = device_at(w.devices, number)
    leaves = device.job != NOBODY and SERVES_NOBODY[job_at(w.jobs, device.job).state]
    return devices.is_ready(device, w.now) and not leaves


@compiled
def _can_provide(w: Record, number: int) -> bool:
    return device_at(w.devices, number).update > 0 and _is_available(w, number)


@unit
def _find_provider(w: Record, number: int) -> None:
    """Keep the provider, or choose another if it is absent: the first who asks."""
    service = service_at(w.services, number)
    if service.provider != NOBODY:
        if _is_available(w, service.provider):
            return
        device_at(w.devices, service.provider).provides = NOBODY
        _drop_download(w, service)
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
        if fetch.is_fetched(w, own, place):
            fetch.keep(w, device, whole_at(w.plan_packages, place))


@unit
def offer(w: Record, number: int, device: int) -> None:
    """Let a device that has all packages already be the provider, if there is none."""
    _find_provider(w, number)
    service = service_at(w.services, number)
    if service.provider == NOBODY and service.fixed == NOBODY and _can_provide(w, device):
        _appoint(w, number, device)


# Asking and being served


@unit
def request(w: Record, number: int, size: int) -> None:
    """Ask the proxy for the next stretch; the job is told when all of it is there."""
    job = job_at(w.jobs, number)
    plan = plan_at(w.plans, job.plan)
    job.request_from, job.request_limit = plan.first, plan.first + plan.count
    if job.stretches > 1:
        job.request_from += job.stretch
        job.request_limit = job.request_from + 1
    else:
        job.request_from = fetch.first_missing(w, number)
    job.request_place = job.request_from
    skip_present(w, number)
    job.request_size, job.request_carried, job.request_providers = size, 0, 0
    job.request_has_slot, job.request_waits_for = False, NOBODY
    job.request_serial += 1
    service = job.proxy
    chain(w, service_at(w.services, service), number)
    _find_provider(w, service)
    admit(w, service, number)


@unit
def admit(w: Record, number: int, job: int) -> None:
    """Serve a request, or let it queue, or send it to the web server."""
    service, asking = service_at(w.services, number), job_at(w.jobs, job)
    if service.provider == NOBODY:
        _go_without(w, number, job)
    elif service.provider == asking.device:
        advance_request(w, number, job)
    elif service.in_service < w.provider_slots:
        service.in_service += 1
        asking.request_has_slot = True
        advance_request(w, number, job)
    else:
        node = new_node(w, job, asking.request_serial, NOBODY)
        if service.last_queued == NOBODY:
            service.first_queued = node
        else:
            node_at(w.nodes, service.last_queued).next = node
        service.last_queued = node


@compiled
def _go_without(w: Record, number: int, job: int) -> None:
    service = service_at(w.services, number)
    unchain(w, service, job)
    carried = job_at(w.jobs, job).request_carried
    if service.fixed != NOBODY:
        transfer_breaks(w, job, carried)
    else:
        _fetch_from_web(w, job, carried)


@unit
def advance_request(w: Record, number: int, job: int) -> None:
    """Go on with the next package of a request."""
    asking = job_at(w.jobs, job)
    package = next_package(w, job)
    if package == NOBODY:
        _finish(w, number, job)
        return
    provider = service_at(w.services, number).provider
    if provider == NOBODY or not fetch.is_delivered(w, provider, package):
        asking.request_waits_for = package
        _want(w, number, package)
        return
    time = 0
    if provider != asking.device:
        time = serving_time(size_of_next(w, job), w.provider_slots, w.lan_rate)
    put_event(
        w,
        w.now + time,
        EventRank.NETWORK,
        asking.device,
        Due.SERVED,
        job,
        asking.request_epoch,
        number,
    )


@compiled
def served(w: Record, number: int, job: int) -> None:
    """Count a package as received, and go on."""
    asking = job_at(w.jobs, job)
    asking.request_carried += size_of_next(w, job)
    asking.request_place += 1
    skip_present(w, job)
    advance_request(w, number, job)


@compiled
def _finish(w: Record, number: int, job: int) -> None:
    service = service_at(w.services, number)
    unchain(w, service, job)
    service.last_served = w.now
    if job_at(w.jobs, job).request_has_slot:
        _free_slot(w, number)
    transferred(w, job)
    await_consumers(w, number)


@unit
def _free_slot(w: Record, number: int) -> None:
    service = service_at(w.services, number)
    service.in_service -= 1
    while service.first_queued != NOBODY:
        node = node_at(w.nodes, service.first_queued)
        job, serial = node.value, node.other
        service.first_queued = free_node(w, service.first_queued)
        if service.first_queued == NOBODY:
            service.last_queued = NOBODY
        asking = job_at(w.jobs, job)
        if asking.has_request and asking.request_serial == serial:
            admit(w, number, job)
            return


@unit
def cancel(w: Record, number: int, job: int) -> int:
    """Forget what a job asked for; return the bytes it got."""
    asking = job_at(w.jobs, job)
    if not asking.has_request:
        return 0
    service = service_at(w.services, number)
    unchain(w, service, job)
    stop(w, job)
    if service.provider != NOBODY:
        wait_for_consumers(w, number)
    if asking.request_has_slot:
        _free_slot(w, number)
    return asking.request_carried


# What the provider lacks


@unit
def _want(w: Record, number: int, package: int) -> None:
    service = service_at(w.services, number)
    node = service.first_wanted
    while node != NOBODY and node_at(w.nodes, node).value != package:
        node = node_at(w.nodes, node).next
    if node == NOBODY:
        node = new_node(w, package, 0, NOBODY)
        if service.last_wanted == NOBODY:
            service.first_wanted = node
        else:
            node_at(w.nodes, service.last_wanted).next = node
        service.last_wanted = node
    fetch_next(w, number)


@unit
def fetch_next(w: Record, number: int) -> None:
    """Let the provider fetch what it lacks, unless it is fetching."""
    service = service_at(w.services, number)
    if service.download != NOBODY or service.first_wanted == NOBODY:
        return
    package = node_at(w.nodes, service.first_wanted).value
    web = new_web(w, service.provider, whole_at(w.package_sizes, package))
    row = web_at(w.webs, web)
    row.package, row.service = package, number
    service.download = web
    begin_download(w, web)


@compiled
def web_breaks(w: Record, download: int, carried: int) -> None:
    """Give a download from the web server up after `carried` bytes."""
    web = web_at(w.webs, -1 - download)
    if web.service != NOBODY:
        _comes_to_nothing(w, web.service)
    else:
        transfer_breaks(w, web.job, web.carried + carried)


@compiled
def _fetch_from_web(w: Record, number: int, carried: int) -> None:
    """Let a job fetch the rest itself, as there is no proxy; `carried` bytes are there."""
    job = job_at(w.jobs, number)
    job.proxy = NOBODY
    web = new_web(w, job.device, fetch.next_size(w, job) - carried)
    row = web_at(w.webs, web)
    row.job, row.carried = number, carried
    job.rest = web
    begin_download(w, web)


@unit
def is_in(w: Record, number: int) -> None:
    """Keep the package that has come in, and serve those who wait for it."""
    service = service_at(w.services, number)
    download, service.download = service.download, NOBODY
    if NOBODY in (download, service.provider):
        return
    package = web_at(w.webs, download).package
    if not fetch.keep(w, service.provider, package):
        _comes_to_nothing(w, number)
        return
    _forget_wanted(w, service, package)
    asking = _requests_of(w, number)
    while asking != NOBODY:
        job = node_at(w.nodes, asking).value
        if job_at(w.jobs, job).request_waits_for == package:
            _go_on_if_waiting(w, number, job)
        asking = free_node(w, asking)
    fetch_next(w, number)


@unit
def _requests_of(w: Record, number: int) -> int:
    """Return a chain of the jobs that ask a proxy, in their order; they may leave it."""
    asking, job = NOBODY, service_at(w.services, number).last_request
    while job != NOBODY:
        asking = new_node(w, job, 0, asking)
        job = job_at(w.jobs, job).request_previous
    return asking


@compiled
def _go_on_if_waiting(w: Record, number: int, job: int) -> None:
    """Serve a request whose package has come in."""
    asking = job_at(w.jobs, job)
    if asking.request_waits_for != NOBODY:
        asking.request_waits_for = NOBODY
        advance_request(w, number, job)


@compiled
def _forget_wanted(w: Record, service: Record, package: int) -> None:
    node, before = service.first_wanted, NOBODY
    while node != NOBODY and node_at(w.nodes, node).value != package:
        before, node = node, node_at(w.nodes, node).next
    if node == NOBODY:
        return
    following = free_node(w, node)
    if before == NOBODY:
        service.first_wanted = following
    else:
        node_at(w.nodes, before).next = following
    if following == NOBODY:
        service.last_wanted = before


@compiled
def _clear_chain(w: Record, node: int) -> None:
    while node != NOBODY:
        node = free_node(w, node)


@compiled
def _comes_to_nothing(w: Record, number: int) -> None:
    """Let those fail who wait for what the provider cannot fetch or keep."""
    service = service_at(w.services, number)
    service.download = NOBODY
    _clear_wanted(w, service)
    asking = _requests_of(w, number)
    while asking != NOBODY:
        _break_if_waiting(w, number, node_at(w.nodes, asking).value)
        asking = free_node(w, asking)


@compiled
def _break_if_waiting(w: Record, number: int, job: int) -> None:
    """Let a request fail that waits for a package which will not come."""
    if job_at(w.jobs, job).request_waits_for != NOBODY:
        transfer_breaks(w, job, cancel(w, number, job))


# The provider's own turn, and its loss


@compiled
def look_for_consumers(w: Record, number: int) -> None:
    """Let the provider install if nobody has asked for a while."""
    service = service_at(w.services, number)
    waited = w.now - service.last_served
    is_idle = service.first_request == NOBODY and waited >= w.provider_patience
    if service.provider == NOBODY or not is_idle:
        return
    job = device_at(w.devices, service.provider).job
    if job != NOBODY and job_at(w.jobs, job).state == State.PROVIDING:
        step(w, job, Event.CONSUMERS_SERVED.value, 0)


@compiled
def _clear_wanted(w: Record, service: Record) -> None:
    _clear_chain(w, service.first_wanted)
    service.first_wanted = service.last_wanted = NOBODY


@compiled
def _drop_download(w: Record, service: Record) -> None:
    if service.download != NOBODY:
        abort_web(w, service.download)
        service.download = NOBODY
    _clear_wanted(w, service)


@compiled
def break_off(w: Record, number: int) -> int:
    """Break a job's transfer off; return the bytes it carried."""
    job = job_at(w.jobs, number)
    if job.rest != NOBODY:
        return abort_web(w, job.rest)
    if job.proxy != NOBODY:
        return cancel(w, job.proxy, number)
    return abort(w, number)


@unit
def provider_gone(w: Record, number: int) -> None:
    """Find another provider for those in the middle; each package that came whole stays."""
    service = service_at(w.services, number)
    gone, service.provider = service.provider, NOBODY
    _drop_download(w, service)
    _clear_chain(w, service.first_queued)
    service.first_queued = service.last_queued = NOBODY
    service.in_service = 0
    job = service.first_request
    service.first_request = service.last_request = NOBODY
    left = _stop_all(w, job, gone)
    while left != NOBODY:
        job = left
        asking = job_at(w.jobs, job)
        left = asking.request_next
        if service.fixed != NOBODY or asking.request_providers >= MOST_PROVIDERS:
            transfer_breaks(w, job, asking.request_carried)
        else:
            chain(w, service, job)
    _find_provider(w, number)
    left = _requests_of(w, number)
    while left != NOBODY:
        admit(w, number, node_at(w.nodes, left).value)
        left = free_node(w, left)


@unit
def _stop_all(w: Record, first: int, gone: int) -> int:
    """Stop the requests of a chain; return the chain without that of the provider."""
    left, last, job = NOBODY, NOBODY, first
    while job != NOBODY:
        asking = job_at(w.jobs, job)
        following = asking.request_next
        asking.has_request = False
        if asking.device != gone:
            stop(w, job)
            asking.request_has_slot = False
            asking.request_providers += 1
            asking.request_next = NOBODY
            if last == NOBODY:
                left = job
            else:
                job_at(w.jobs, last).request_next = job
            last = job
        job = following
    return left
