"""What consumers ask their proxy for. Twin of `PackageRequest` in `fwsim.simulation`.

The requests of one proxy are a chain in the order in which they came.
"""

from __future__ import annotations

from fwsim.compiled.machine.clock import new_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import NOBODY, job_at, service_at
from fwsim.compiled.machine.update_partition import is_fetched


@compiled
def request_of(w: Record, service: Record, device: int) -> int:
    """Return the job of a device that asks, or `NOBODY`."""
    job = service.first_request
    while job != NOBODY and job_at(w.jobs, job).device != device:
        job = job_at(w.jobs, job).request_next
    return job


@compiled
def chain(w: Record, service: Record, number: int) -> None:
    """Put a request behind the others."""
    job = job_at(w.jobs, number)
    job.has_request = True
    job.request_next, job.request_previous = NOBODY, service.last_request
    if service.last_request == NOBODY:
        service.first_request = number
    else:
        job_at(w.jobs, service.last_request).request_next = number
    service.last_request = number


@compiled
def unchain(w: Record, service: Record, number: int) -> None:
    """Take a request out of the chain."""
    job = job_at(w.jobs, number)
    job.has_request = False
    if job.request_previous == NOBODY:
        service.first_request = job.request_next
    else:
        job_at(w.jobs, job.request_previous).request_next = job.request_next
    if job.request_next == NOBODY:
        service.last_request = job.request_previous
    else:
        job_at(w.jobs, job.request_next).request_previous = job.request_previous


@compiled
def skip_present(w: Record, number: int) -> None:
    """Pass over packages that the device has already."""
    job = job_at(w.jobs, number)
    while job.request_place < job.request_limit and not is_fetched(w, number, job.request_place):
        job.request_place += 1


@compiled
def next_package(w: Record, number: int) -> int:
    """Return the package that comes next; `NOBODY` when there is nothing left to ask for."""
    job = job_at(w.jobs, number)
    if job.request_carried >= job.request_size or job.request_place >= job.request_limit:
        return NOBODY
    return whole_at(w.plan_packages, job.request_place)


@compiled
def size_of_next(w: Record, number: int) -> int:
    """Return the bytes of the next package that are not there, up to where the device stops."""
    package = next_package(w, number)
    if package == NOBODY:
        return 0
    job = job_at(w.jobs, number)
    missing = whole_at(w.package_sizes, package) - job.request_there
    return min(missing, job.request_size - job.request_carried)


@unit
def requests_of(w: Record, number: int) -> int:
    """Return a chain of the jobs that ask a proxy, in their order; they may leave it."""
    asking, job = NOBODY, service_at(w.services, number).last_request
    while job != NOBODY:
        asking = new_node(w, job, 0, asking)
        job = job_at(w.jobs, job).request_previous
    return asking
