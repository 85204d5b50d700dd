"""The jobs of one device: the one that acts, and those a newer command has come before.

Twin of the jobs in `fwsim.simulation.device`.
"""

from __future__ import annotations

from fwsim.compiled.machine.clock import new_node
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at
from fwsim.compiled.machine.walk import denies_loss


@compiled
def job_below(w: Record, device: Record, number: int) -> int:
    """Return the job that came to a device before another one; `NOBODY` behind the first.

    A device that has any job has one that acts.
    """
    return device.earlier if number == device.job else job_at(w.jobs, number).below


@unit
def jobs_of(w: Record, number: int) -> int:
    """Return a chain of all jobs of a device, the one that acts last; they may leave it."""
    device = device_at(w.devices, number)
    chain, job = NOBODY, device.job
    while job != NOBODY:
        chain = new_node(w, job, 0, chain)
        job = job_below(w, device, job)
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
    number = device.job
    while number != NOBODY:
        if job_at(w.jobs, number).is_bricked:
            return True
        number = job_below(w, device, number)
    return False


@compiled
def is_known_to_have_power(w: Record, device: Record) -> bool:
    """Tell whether a log says that the device does not lose its power now."""
    if w.has_past == 0:
        return False
    number = device.job
    while number != NOBODY:
        if denies_loss(w, number):
            return True
        number = job_below(w, device, number)
    return False
