"""Devices that fetch packages once and serve their neighbours. Twin of `fwsim.simulation.proxy`.

A job has at most one request; its serial tells a new one from an old one that still stands in a
provider's queue.
"""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.compiled.codes import Due
from fwsim.compiled.machine.clock import free_node, new_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.package_fetch import bytes_of_first_missing, first_missing, next_size
from fwsim.compiled.machine.providers import (
    await_consumers,
    find_provider,
    keep_package,
    serves,
    wait_for_consumers,
)
from fwsim.compiled.machine.proxy_load import note_sent
from fwsim.compiled.machine.requests import (
    chain,
    next_package,
    requests_of,
    size_of_next,
    skip_present,
    unchain,
)
from fwsim.compiled.machine.rows import NOBODY, job_at, node_at, plan_at, service_at, web_at
from fwsim.compiled.machine.transfer import abort, transfer_breaks, transferred
from fwsim.compiled.machine.update_partition import is_delivered
from fwsim.compiled.machine.wanted import (
    clear_chain,
    clear_wanted,
    drop_download,
    fetch_next,
    forget_wanted,
    want,
)
from fwsim.compiled.machine.web_downloads import abort_web, begin_download, new_web
from fwsim.model.event_rank import EventRank

MOST_PROVIDERS = transfer.MOST_PROVIDERS
serving_time = compiled(transfer.serving_time)


# Asking and being served


@unit
def request(w: Record, number: int, size: int) -> None:
    """Ask the proxy for the next stretch; the job is told when all of it is there."""
    job = job_at(w.jobs, number)
    plan = plan_at(w.plans, job.plan)
    job.request_from, job.request_limit = plan.first, plan.first + plan.count
    job.request_there = 0
    if job.stretches > 1:
        job.request_from += job.stretch
        job.request_limit = job.request_from + 1
    else:
        job.request_from = first_missing(w, number)
        job.request_there = bytes_of_first_missing(w, number)
    job.request_place = job.request_from
    skip_present(w, number)
    job.request_size, job.request_carried, job.request_providers = size, 0, 0
    job.request_provider = NOBODY
    job.request_has_slot, job.request_waits_for = False, NOBODY
    job.request_serial += 1
    service = job.proxy
    chain(w, service_at(w.services, service), number)
    find_provider(w, service)
    _admit(w, service, number)


@unit
def _admit(w: Record, number: int, job: int) -> None:
    """Serve a request, or let it queue, or send it to the web server."""
    service, asking = service_at(w.services, number), job_at(w.jobs, job)
    if not serves(w, number):
        _go_without(w, number, job)
    elif service.provider == asking.device:
        _advance(w, number, job)
    elif service.in_service < w.provider_slots:
        service.in_service += 1
        asking.request_has_slot = True
        _advance(w, number, job)
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


@compiled
def _fetch_from_web(w: Record, number: int, carried: int) -> None:
    """Let a job fetch the rest itself, as there is no proxy; `carried` bytes are there."""
    job = job_at(w.jobs, number)
    job.proxy = NOBODY
    web = new_web(w, job.device, next_size(w, job) - carried)
    row = web_at(w.webs, web)
    row.job, row.carried = number, carried
    job.rest = web
    begin_download(w, web)


@unit
def _advance(w: Record, number: int, job: int) -> None:
    """Go on with the next package of a request."""
    asking = job_at(w.jobs, job)
    package = next_package(w, job)
    if package == NOBODY:
        _finish(w, number, job)
        return
    provider = service_at(w.services, number).provider
    if provider == NOBODY or not is_delivered(w, provider, package):
        asking.request_waits_for = package
        want(w, number, package)
        return
    time = 0
    if provider != asking.device:
        time = serving_time(size_of_next(w, job), w.provider_slots, w.lan_rate)
        asking.request_provider, asking.request_began = provider, w.now
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
    asking, size = job_at(w.jobs, job), size_of_next(w, job)
    note_sent(w, job)
    asking.request_carried += size
    asking.request_there = 0
    asking.request_place += 1
    skip_present(w, job)
    _advance(w, number, job)


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
    """Hand a slot to who is next in the queue."""
    service = service_at(w.services, number)
    while service.first_queued != NOBODY:
        node = node_at(w.nodes, service.first_queued)
        job, serial = node.value, node.other
        service.first_queued = free_node(w, service.first_queued)
        if service.first_queued == NOBODY:
            service.last_queued = NOBODY
        asking = job_at(w.jobs, job)
        if asking.has_request and asking.request_serial == serial:
            asking.request_has_slot = True
            _advance(w, number, job)
            return
    service.in_service -= 1


@compiled
def _stop(w: Record, number: int) -> None:
    """Stop being served; what came whole stays."""
    note_sent(w, number)
    job = job_at(w.jobs, number)
    job.request_epoch += 1
    job.request_waits_for = NOBODY


@unit
def _cancel(w: Record, number: int, job: int) -> int:
    """Forget what a job asked for; return the bytes it got."""
    asking = job_at(w.jobs, job)
    if not asking.has_request:
        return 0
    service = service_at(w.services, number)
    unchain(w, service, job)
    _stop(w, job)
    if service.provider != NOBODY:
        wait_for_consumers(w, number)
    if asking.request_has_slot:
        _free_slot(w, number)
    return asking.request_carried


@compiled
def break_off(w: Record, number: int) -> int:
    """Break a job's transfer off; return the bytes of the stretch that it carried."""
    job = job_at(w.jobs, number)
    if job.is_held:
        job.is_held = False
        return job.carried
    if job.rest != NOBODY:
        rest, job.rest = job.rest, NOBODY
        carried = web_at(w.webs, rest).carried
        return carried + abort_web(w, rest)
    if job.proxy != NOBODY:
        return _cancel(w, job.proxy, number)
    return abort(w, number)


# What the provider fetches


@unit
def is_in(w: Record, number: int) -> None:
    """Keep the package that has come in, and serve those who wait for it."""
    service = service_at(w.services, number)
    download, service.download = service.download, NOBODY
    if NOBODY in (download, service.provider):
        return
    package = web_at(w.webs, download).package
    forget_wanted(w, service, package)
    has_room = keep_package(w, number, service.provider, package)
    asking = requests_of(w, number)
    while asking != NOBODY:
        job = node_at(w.nodes, asking).value
        if job_at(w.jobs, job).request_waits_for == package:
            if has_room:
                _go_on_if_waiting(w, number, job)
            else:
                _break_if_waiting(w, number, job)
        asking = free_node(w, asking)
    fetch_next(w, number)


@compiled
def _go_on_if_waiting(w: Record, number: int, job: int) -> None:
    """Serve a request whose package has come in."""
    asking = job_at(w.jobs, job)
    if asking.request_waits_for != NOBODY:
        asking.request_waits_for = NOBODY
        _advance(w, number, job)


@compiled
def _comes_to_nothing(w: Record, number: int) -> None:
    """Let those fail who wait for what the provider cannot fetch."""
    service = service_at(w.services, number)
    service.download = NOBODY
    clear_wanted(w, service)
    asking = requests_of(w, number)
    while asking != NOBODY:
        _break_if_waiting(w, number, node_at(w.nodes, asking).value)
        asking = free_node(w, asking)


@compiled
def _break_if_waiting(w: Record, number: int, job: int) -> None:
    """Let a request fail that waits for a package which will not come."""
    if job_at(w.jobs, job).request_waits_for != NOBODY:
        transfer_breaks(w, job, _cancel(w, number, job))


@compiled
def web_breaks(w: Record, download: int, carried: int) -> None:
    """Give a download from the web server up after `carried` bytes."""
    web = web_at(w.webs, -1 - download)
    if web.service != NOBODY:
        _comes_to_nothing(w, web.service)
    else:
        transfer_breaks(w, web.job, web.carried + carried)


# The provider's loss


@unit
def stop_all(w: Record, first: int, gone: int) -> int:
    """Stop the requests of a chain; return the chain without that of the provider."""
    left, last, job = NOBODY, NOBODY, first
    while job != NOBODY:
        asking = job_at(w.jobs, job)
        following = asking.request_next
        asking.has_request = False
        if asking.device != gone:
            _stop(w, job)
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


@unit
def provider_gone(w: Record, number: int) -> None:
    """Find another provider for those in the middle; each package that came whole stays."""
    service = service_at(w.services, number)
    gone, service.provider = service.provider, NOBODY
    drop_download(w, service)
    clear_chain(w, service.first_queued)
    service.first_queued = service.last_queued = NOBODY
    service.in_service = 0
    job = service.first_request
    service.first_request = service.last_request = NOBODY
    left = stop_all(w, job, gone)
    while left != NOBODY:
        job = left
        asking = job_at(w.jobs, job)
        left = asking.request_next
        if service.fixed != NOBODY or asking.request_providers >= MOST_PROVIDERS:
            transfer_breaks(w, job, asking.request_carried)
        else:
            chain(w, service, job)
    find_provider(w, number)
    left = requests_of(w, number)
    while left != NOBODY:
        _admit(w, number, node_at(w.nodes, left).value)
        left = free_node(w, left)
