"""The packages on their way to a device. Twin of `fwsim.simulation.transferring`.

A log of a rollout under way may say that a transfer took longer than its bytes did: then it is
held until the log, or luck, lets it go.
"""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.compiled.codes import NOTHING_MORE, Due
from fwsim.compiled.machine import network, set_up
from fwsim.compiled.machine.asking import set_fact
from fwsim.compiled.machine.clock import put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.declared import offer, request, step
from fwsim.compiled.machine.luck import number_drawn
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.package_fetch import comes_whole, goes_beyond, next_size, take_in
from fwsim.compiled.machine.rows import NOBODY, job_at, order_at, seen_at, web_at
from fwsim.compiled.machine.seen import after_log, has_more, is_early, may_come, tells, tells_end_of
from fwsim.compiled.machine.update_partition import deliver, empty_if_ordered, make_room
from fwsim.compiled.machine.walk import denies
from fwsim.model.event_rank import EventRank
from fwsim.model.purposes import Purpose

# Connections


@compiled
def ask_for_connection(w: Record, number: int) -> None:
    """Note whether a connection is free, or none needed."""
    job = job_at(w.jobs, number)
    needs_none = job.proxy != NOBODY or next_size(w, job) == 0
    is_free = needs_none or network.has_free_connection(w)
    set_fact(job, Fact.CONNECTION_FREE, is_free)


@compiled
def _must_wait(w: Record, download: int) -> bool:
    """Tell whether a log says that a download stood in the queue still."""
    if download < 0:
        return False
    job = job_at(w.jobs, download)
    return job.state == State.QUEUEING and not has_more(job) and is_early(w, job, State.TRANSFER)


@unit
def connect_waiting(w: Record) -> None:
    """Give free connections to those who wait longest."""
    while w.free > 0 and w.first_waiting != NOBODY:
        if w.has_past and _must_wait(w, network.first_in_queue(w)):
            return
        download = network.pop_waiting(w)
        if download < 0:
            web = web_at(w.webs, -1 - download)
            if web.waits:
                web.waits = False
                time = set_up.of_file(w, web.device, web.size)
                network.start(w, download, web.size, time)
        elif job_at(w.jobs, download).state == State.QUEUEING:
            step(w, download, Event.CONNECTED.value, 0)


@compiled
def abort(w: Record, download: int) -> int:
    """Break a download off; return the bytes it carried."""
    carried = network.take_off(w, download)
    connect_waiting(w)
    return carried


# One stretch after another


@unit
def fetch_packages(w: Record, number: int) -> int:
    """Fetch the next stretch; return what follows at once."""
    empty_if_ordered(w, number)
    job = job_at(w.jobs, number)
    size = next_size(w, job)
    if job.proxy != NOBODY:
        if size > 0:
            make_room(w, number, size)
            request(w, number, size)
            return NOTHING_MORE
        if comes_whole(w, job):
            offer(w, job.proxy, job.device)
    if size <= 0:
        if _is_to_hold(w, number, comes_whole(w, job)):
            _hold_unless_beyond(w, number)
            return NOTHING_MORE
        return _stretch_is_in(w, number)
    network.start(w, number, size, set_up.of_stretch(w, number, size))
    return NOTHING_MORE


@compiled
def _stretch_is_in(w: Record, number: int) -> int:
    """Count the stretch as fetched; return what follows."""
    job = job_at(w.jobs, number)
    if not take_in(w, job):
        job.has_broken = job.stop_detail == Detail.TRANSFER_FAILED
        return Event.TRANSFER_ERROR.value
    set_fact(job, Fact.MORE_PACKAGES, job.stretch < job.stretches)
    if order_at(w.orders, job.order).is_delivery and job.has_checked:
        deliver(w, job.device, job.image)
    return Event.PACKAGES_IN.value


@compiled
def transferred(w: Record, number: int) -> None:
    """Go on: the bytes of this stretch are in, all of them or up to a fault."""
    if _is_to_hold(w, number, comes_whole(w, job_at(w.jobs, number))):
        _hold_unless_beyond(w, number)
        return
    event = _stretch_is_in(w, number)
    job = job_at(w.jobs, number)
    step(w, number, event, job.stop_detail if event == Event.TRANSFER_ERROR else 0)


@compiled
def transfer_breaks(w: Record, number: int, carried: int) -> None:
    """End the transfer after `carried` bytes."""
    job = job_at(w.jobs, number)
    job.rest = NOBODY
    if _is_to_hold(w, number, False):
        _hold(w, number, carried)
        return
    job.fetched += carried
    job.has_broken = True
    step(w, number, Event.TRANSFER_ERROR.value, Detail.TRANSFER_FAILED.value)


# Held back by a log


@compiled
def _is_to_hold(w: Record, number: int, whole: bool) -> bool:
    """Tell whether the log says that a transfer did not end now, or not like this."""
    if w.has_past == 0:
        return False
    job = job_at(w.jobs, number)
    if not may_come(w, job) and tells_end_of(w, job, State.TRANSFER):
        return True
    return denies(w, number, Event.PACKAGES_IN.value if whole else Event.TRANSFER_ERROR.value)


@unit
def _hold_unless_beyond(w: Record, number: int) -> None:
    """Fetch on if the log says that the transfer did not fail here; else wait."""
    job = job_at(w.jobs, number)
    is_open = not has_more(job) and not comes_whole(w, job)
    if is_open and job.proxy == NOBODY and job.has_checked and network.has_free_connection(w):
        more = goes_beyond(w, number)
        if more > 0:
            network.start(w, number, more, 0)
            return
    _hold(w, number, next_size(w, job_at(w.jobs, number)))


@compiled
def _let_go_at(w: Record, job: Record) -> int:
    """Return when a transfer is in that has not been by the log."""
    if not tells(w, State.TRANSFER):  # it may not have begun either
        return after_log(w, job, w.now)
    if job.seen_stop == 0:
        return w.past_until + 1
    lasted = w.past_until - seen_at(w.past_lines, job.seen - 1).at
    excess = number_drawn(w, Purpose.TRANSFER_EXCESS, job.order, job.device)
    return w.past_until + 1 + int(lasted * excess)


@compiled
def _hold(w: Record, number: int, carried: int) -> None:
    """Wait with the bytes that are in: the log says that the transfer took longer."""
    job = job_at(w.jobs, number)
    job.is_held = True
    job.carried = carried
    if not has_more(job):
        at = _let_go_at(w, job)
        put_event(w, at, EventRank.NETWORK, job.device + 1, Due.LET_GO, number, 0, 0)


@unit
def let_go(w: Record, number: int) -> None:
    """Go on with bytes that were in before the log says so."""
    job = job_at(w.jobs, number)
    if job.state == State.TRANSFER and job.is_held:
        job.is_held = False
        if job.carried < next_size(w, job):
            transfer_breaks(w, number, job.carried)
        else:
            transferred(w, number)
