"""What a broken transfer leaves to the next try. Twin of `fwsim.simulation.broken_transfer`."""

from __future__ import annotations

from fwsim.commands.lifecycle import Fact
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, bits_at, put_bits
from fwsim.compiled.machine.rows import NOBODY, device_at, job_at, order_at


@compiled
def is_same_assignment(w: Record, one: int, other: int) -> bool:
    """Tell whether two jobs are tries of the same standing assignment."""
    first, second = job_at(w.jobs, one).order, job_at(w.jobs, other).order
    return order_at(w.orders, first).assignment == order_at(w.orders, second).assignment


@compiled
def broken_before(w: Record, number: int) -> int:
    """Return the job whose transfer a job takes up: its assignment's, of the same image."""
    job = job_at(w.jobs, number)
    before = device_at(w.devices, job.device).broken
    if before == NOBODY or not is_same_assignment(w, before, number):
        return NOBODY
    return before if job_at(w.jobs, before).image == job.image else NOBODY


@compiled
def agree_as_before(w: Record, number: int, before: int) -> None:
    """Ask nobody who has agreed to the transfer that broke."""
    if before != NOBODY and job_at(w.jobs, before).has_agreed:
        job = job_at(w.jobs, number)
        job.has_agreed = True
        job.facts |= Fact.CONSENTED


@unit
def plan_as_before(w: Record, number: int, before: int) -> None:
    """Fetch what a broken transfer was fetching."""
    job, other = job_at(w.jobs, number), job_at(w.jobs, before)
    job.plan, job.total = other.plan, other.total
    job.is_partly_written = other.is_partly_written
    for word in range(w.words):
        put_bits(
            w.job_masks, number * w.words + word, bits_at(w.job_masks, before * w.words + word)
        )
