"""What providers send to neighbours, minute by minute. Twin of `fwsim.simulation.proxy_sent`.

The rows of one proxy are a chain, the latest minute first.
"""

from __future__ import annotations

from fwsim.commands import transfer
from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.requests import size_of_next
from fwsim.compiled.machine.rows import NOBODY, job_at, proxy_load_at, service_at
from fwsim.model.line_units import STRETCH

bytes_served = compiled(transfer.bytes_served)


@compiled
def new_row(w: Record, minute: int, provider: int, size: int) -> int:
    """Return a new row, in no chain."""
    if w.proxy_load_count >= w.proxy_load_room:
        ask(w, Ask.GROW, Grows.PROXY_LOAD, w.proxy_load_count + 1)
    number: int = w.proxy_load_count
    w.proxy_load_count += 1
    row = proxy_load_at(w.proxy_load, number)
    row.minute, row.provider, row.size, row.before = minute, provider, size, NOBODY
    return number


@compiled
def _is_later(row: Record, minute: int, provider: int) -> bool:
    return row.minute > minute or (row.minute == minute and row.provider > provider)


@unit
def _add(w: Record, number: int, later: int, minute: int, provider: int, size: int) -> int:
    """Add to a minute of a provider; return its row, which stands below a later one, if any."""
    service = service_at(w.services, number)
    row = service.last_sent if later == NOBODY else proxy_load_at(w.proxy_load, later).before
    while row != NOBODY and _is_later(proxy_load_at(w.proxy_load, row), minute, provider):
        later, row = row, proxy_load_at(w.proxy_load, row).before
    if row != NOBODY:
        found = proxy_load_at(w.proxy_load, row)
        if found.minute == minute and found.provider == provider:
            found.size += size
            return row
    added = new_row(w, minute, provider, size)
    proxy_load_at(w.proxy_load, added).before = row
    if later == NOBODY:
        service.last_sent = added
    else:
        proxy_load_at(w.proxy_load, later).before = added
    return added


@compiled
def under_way(w: Record, number: int) -> int:
    """Return the bytes of a package that is on its way from a neighbour."""
    job = job_at(w.jobs, number)
    if not job.has_request or job.request_provider == NOBODY:
        return 0
    passed = w.now - job.request_began
    return bytes_served(size_of_next(w, number), passed, w.provider_slots, w.lan_rate)


@unit
def note_sent(w: Record, number: int) -> None:
    """Note what a neighbour has sent of a package, which is in or breaks off now."""
    job = job_at(w.jobs, number)
    provider, began = job.request_provider, job.request_began
    if provider == NOBODY:
        return
    job.request_provider = NOBODY
    size, row, at = size_of_next(w, number), NOBODY, w.now
    sent = bytes_served(size, at - began, w.provider_slots, w.lan_rate)
    while at > began:
        minute = (at - 1) // STRETCH * STRETCH
        at = max(minute, began)
        before = bytes_served(size, at - began, w.provider_slots, w.lan_rate)
        if sent > before:
            row = _add(w, job.proxy, row, minute, provider, sent - before)
        sent = before


@unit
def note_under_way(w: Record) -> None:
    """Note what has been sent of packages that are on their way when the run ends."""
    for number in range(w.services_count):
        job = service_at(w.services, number).first_request
        while job != NOBODY:
            note_sent(w, job)
            job = job_at(w.jobs, job).request_next
