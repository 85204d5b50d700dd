"""How long a download's connections are set up before its bytes flow.

Twin of `fwsim.model.set_up`, where it is explained.
"""

from __future__ import annotations

from fwsim.commands import connection
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.package_fetch import bytes_of_first_missing, first_missing
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, plan_at, site_at
from fwsim.compiled.machine.update_partition import is_fetched

slow_start = compiled(connection.slow_start)
set_up_time = compiled(connection.set_up_time)


@unit
def of_file(w: Record, device: int, size: int) -> int:
    """Return how long one file of a device is set up, milliseconds."""
    owner = device_at(w.devices, device)
    site = site_at(w.sites, owner.site)
    if site.round_trip == 0:
        return 0
    own = whole_at(w.device_rates, owner.rate_class)
    in_flight = min(site.alone, own) * site.round_trip // 1000
    rounds = w.handshake + slow_start(size, in_flight, w.initial_window)
    return set_up_time(rounds, site.round_trip)


@unit
def of_stretch(w: Record, number: int, size: int) -> int:
    """Return how long the files of a job's next stretch are set up, milliseconds."""
    job = job_at(w.jobs, number)
    site = site_at(w.sites, device_at(w.devices, job.device).site)
    if site.round_trip == 0:
        return 0
    if job.stretches > 1 or job.plan == NOBODY:
        return of_file(w, job.device, size)
    plan = plan_at(w.plans, job.plan)
    time, left = 0, size
    first, here = first_missing(w, number), bytes_of_first_missing(w, number)
    for place in range(first, plan.first + plan.count):
        if left > 0 and is_fetched(w, number, place):
            package = whole_at(w.package_sizes, whole_at(w.plan_packages, place)) - here
            time += of_file(w, job.device, min(package, left))
            left -= package
            here = 0
    return time
