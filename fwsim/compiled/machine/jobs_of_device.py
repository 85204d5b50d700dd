"""The jobs of one device: the one that acts, and those before it that are out of contact.

Twin of the jobs in `fwsim.simulation.device`.
"""

from __future__ import annotations

from fwsim.compiled.machine.clock import new_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at
from fwsim.compiled.machine.walk import denies_loss


@unit
def jobs_of(w: Record, number: int) -> int:
    """Return a chain of all jobs of a device, those out of contact first; they may leave it."""
    device = device_at(w.devices, number)
    chain, earlier = NOBODY, device.earlier
    if device.job != NOBODY:
        chain = new_node(w, device.job, 0, NOBODY)
    while earlier != NOBODY:  # from the latest to the first
        chain = new_node(w, earlier, 0, chain)
        earlier = job_at(w.jobs, earlier).below
    return chain


@compiled
def leave_earlier(w: Record, device: Record, job: int) -> None:
    """Take a job out of those below the one that may act."""
    other, before = device.earlier, NOBODY
    while other not in (NOBODY, job):
        before, other = other, job_at(w.jobs, other).below
    if other == NOBODY:
        return
    below = job_at(w.jobs, other).below
    if before == NOBODY:
        device.earlier = below
    else:
        job_at(w.jobs, before).below = below


@compiled
def has_bricked_job(w: Record, device: Record) -> bool:
    """Tell whether power was lost while a job wrote, and nothing starts any more."""
    if device.job != NOBODY and job_at(w.jobs, device.job).is_bricked:
        return True
    earlier = device.earlier
    while earlier != NOBODY:
        if job_at(w.jobs, earlier).is_bricked:
            return True
        earlier = job_at(w.jobs, earlier).below
    return False


@compiled
def is_known_to_have_power(w: Record, device: Record) -> bool:
    """Tell whether a log says that the device does not lose its power now."""
    if w.has_past == 0:
        return False
    if device.job != NOBODY and denies_loss(w, device.job):
        return True
    earlier = device.earlier
    while earlier != NOBODY:
        if denies_loss(w, earlier):
            return True
        earlier = job_at(w.jobs, earlier).below
    return False
