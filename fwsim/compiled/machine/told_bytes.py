"""Bytes that a log tells of, and a run has not fetched, or not then."""

from __future__ import annotations

from fwsim.compiled.codes import LINE_TELLS_BYTES, Ask, Grows
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.proxy_load import new_row
from fwsim.compiled.machine.rows import NOBODY, device_at, load_at, seen_at, service_at


@compiled
def missing_as_told(w: Record, job: Record) -> int:
    """Return how many more bytes have come by the log than are there; below 0 if fewer."""
    told = seen_at(w.past_lines, job.seen)
    if told.amount < 0 or not LINE_TELLS_BYTES[told.state]:
        return 0
    return told.amount - (job.fetched - job.taken_up)


@compiled
def _is_of_proxy(w: Record, job: Record, size: int) -> bool:
    """Note what has come of a proxy by the log only; return False if it came over the line.

    Where nobody provides in the run yet, the first device that may have provided has fetched for
    itself, and has sent to those that follow. No provider has sent to itself.
    """
    service = service_at(w.services, job.proxy)
    provider = service.provider if service.provider != NOBODY else service.fixed
    if provider == NOBODY and size != 0:
        provider = service.provider_by_log
        if provider == NOBODY and device_at(w.devices, job.device).update > 0:
            service.provider_by_log = job.device
    if provider == NOBODY or (service.provider == NOBODY and provider == job.device):
        return False
    if provider != job.device and size != 0:
        new_row(w, -1 - job.seen, provider, size)
    return True


@compiled
def note_missing(w: Record, job: Record, size: int, is_under_way: bool) -> None:
    """Note what has come by the log only: of its proxy, or over the line where none provides.

    Of a transfer under way nothing may be missing: it came at another time.
    """
    if job.proxy != NOBODY:
        if _is_of_proxy(w, job, size):
            return
        is_under_way = False
    if is_under_way or size != 0:
        _note_on_line(w, job, size)


@compiled
def _note_on_line(w: Record, job: Record, size: int) -> None:
    """Note bytes that the site's line has carried by the log, not in the run, or the other way.

    Python finds out when: what a run fetched at another time than the log tells is noted, too.

    The row stands among the loads, with minus one minus the line of the log as its minute.
    """
    if w.load_count >= w.load_room:
        ask(w, Ask.GROW, Grows.LOAD, w.load_count + 1)
    row = load_at(w.load, w.load_count)
    w.load_count += 1
    row.minute, row.site, row.size = -1 - job.seen, device_at(w.devices, job.device).site, size


@compiled
def break_off_as_told(w: Record, job: Record) -> None:
    """Take over how many bytes had come when the power was lost."""
    missing = missing_as_told(w, job)
    job.fetched += missing
    note_missing(w, job, missing, False)
