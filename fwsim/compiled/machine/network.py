"""The lines: connections to the repository, one timer for all flows, outages, the meter.

Twin of `fwsim.simulation.network`. A download is a job (its number) or a web download (minus one
minus its number).
"""

from __future__ import annotations

from fwsim.commands import connection
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import Ask, Due, Grows
from fwsim.compiled.machine import sharing, standstills
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.clock import fetch_job, free_node, new_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.flow_heap import ENDED, SETTING_UP
from fwsim.compiled.machine.luck import number_drawn
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    device_at,
    flow_at,
    job_at,
    node_at,
    outage_at,
    web_at,
)
from fwsim.model.event_rank import EventRank
from fwsim.model.line_units import FLOWS_OF_A_DEVICE, STRETCH
from fwsim.model.outages import FLOWING, NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import REPOSITORY

MOST_EPOCHS = 0x7FFFFFFF
"""The timer's epochs begin again; one as old as that finds no flow that has ended."""

share_class = compiled(connection.share_class)


@compiled
def ends_at(w: Record, site: int, now: int) -> int:
    """Return when a site's own line is back; `NOT_CUT` if it is there."""
    back = NOT_CUT
    for i in range(w.outages_count):
        outage = outage_at(w.outages, i)
        if outage.site == site and outage.start <= now < outage.end:
            back = max(back, outage.end)
    return back


@compiled
def line_is_back(w: Record, device: int) -> int:
    """Return when a device's site can be reached again; `NOT_CUT` if it can be now."""
    return ends_at(w, device_at(w.devices, device).site, w.now)


@compiled
def is_cut(w: Record, device: int) -> bool:
    """Tell whether nothing gets from the repository to a device now."""
    if w.outages_count == 0:
        return False
    site = device_at(w.devices, device).site
    return max(ends_at(w, site, w.now), ends_at(w, REPOSITORY, w.now)) != NOT_CUT


@compiled
def device_of(w: Record, download: int) -> int:
    """Return whose download it is."""
    if download >= 0:
        return job_at(w.jobs, download).device
    return web_at(w.webs, -1 - download).device


@compiled
def _flow_of(w: Record, download: int) -> int:
    if download >= 0:
        return job_at(w.jobs, download).flow
    return web_at(w.webs, -1 - download).flow


@compiled
def _set_flow(w: Record, download: int, flow: int) -> None:
    if download >= 0:
        job_at(w.jobs, download).flow = flow
    else:
        web_at(w.webs, -1 - download).flow = flow


@compiled
def _waits(w: Record, download: int) -> bool:
    if download >= 0:
        return job_at(w.jobs, download).state == State.QUEUEING
    return web_at(w.webs, -1 - download).waits


@compiled
def has_stood_still(w: Record, download: int, since: int) -> bool:
    """Tell whether a download has got nothing from some moment up to now."""
    flow = _flow_of(w, download)
    if flow == NOBODY or flow_at(w.flows, flow).begun > since:
        return False
    begun = standstills.standing_since(w, device_at(w.devices, device_of(w, download)).site)
    return FLOWING < begun <= since


@compiled
def _watch_standstill(w: Record, download: int) -> None:
    if has_stood_still(w, download, w.now):
        index = device_of(w, download) + 1
        put_event(w, w.now + w.patience, EventRank.NETWORK, index, Due.STANDSTILL, download, 0, 0)


@unit
def watch_downloads(w: Record, site: int) -> None:
    """Look at every download over a line, or over all of them, in the order in which they began."""
    flow = w.first_flow
    while flow != NOBODY:
        download = flow_at(w.flows, flow).download
        if site == REPOSITORY or device_at(w.devices, device_of(w, download)).site == site:
            _watch_standstill(w, download)
        flow = flow_at(w.flows, flow).newer


@compiled
def reset_timer(w: Record) -> None:
    """Wait for the next flow to end."""
    at = sharing.next_completion(w)
    if at == NEVER or (w.timer_set and w.timer_at <= at):
        return
    w.timer_epoch = (w.timer_epoch + 1) & MOST_EPOCHS
    w.timer_at = at
    w.timer_set = 1
    put_event(w, at, EventRank.NETWORK, 0, Due.COMPLETIONS, 0, w.timer_epoch, 0)


@compiled
def has_free_connection(w: Record) -> bool:
    """Tell whether the repository takes one more download at once."""
    while w.first_waiting != NOBODY:
        if _waits(w, node_at(w.nodes, w.first_waiting).value):
            return False
        pop_waiting(w)
    return w.free > 0


@compiled
def first_in_queue(w: Record) -> int:
    """Return the download that has waited longest for a connection."""
    return node_at(w.nodes, w.first_waiting).value


@compiled
def pop_waiting(w: Record) -> int:
    """Take the first download out of the queue for a connection."""
    first = w.first_waiting
    download = node_at(w.nodes, first).value
    w.first_waiting = free_node(w, first)
    if w.first_waiting == NOBODY:
        w.last_waiting = NOBODY
        return download
    following = node_at(w.nodes, w.first_waiting)
    if following.value >= 0:  # it connects soon
        fetch_job(w, following.value, following.other)
    return download


@compiled
def wait_for_connection(w: Record, download: int) -> None:
    """Wait for a connection, first come, first served."""
    node = new_node(w, download, device_of(w, download), NOBODY)
    if w.last_waiting == NOBODY:
        w.first_waiting = node
    else:
        node_at(w.nodes, w.last_waiting).next = node
    w.last_waiting = node


@unit
def _new_flow(w: Record, device: int, download: int) -> int:
    number = w.flows_free
    if number >= 0:
        w.flows_free = flow_at(w.flows, number).other
    else:
        if w.flows_count >= w.flows_room:
            ask(w, Ask.GROW, Grows.FLOWS, w.flows_count + 1)
        number = w.flows_count
        w.flows_count += 1
    flow = flow_at(w.flows, number)
    flow.download, flow.begun = download, w.now
    flow.number = _free_number(w, device)
    owner = device_at(w.devices, device)
    flow.other, owner.flows = owner.flows, number
    flow.older, flow.newer = w.last_flow, NOBODY
    if w.last_flow == NOBODY:
        w.first_flow = number
    else:
        flow_at(w.flows, w.last_flow).newer = number
    w.last_flow = number
    return number


@compiled
def _free_number(w: Record, device: int) -> int:
    """Return the first number of a device that none of its flows has."""
    number = device * FLOWS_OF_A_DEVICE
    while True:
        other = device_at(w.devices, device).flows
        while other != NOBODY and flow_at(w.flows, other).number != number:
            other = flow_at(w.flows, other).other
        if other == NOBODY:
            return number
        number += 1


@unit
def drop_flow(w: Record, number: int) -> None:
    """Forget a flow that has ended or was broken off."""
    flow = flow_at(w.flows, number)
    _set_flow(w, flow.download, NOBODY)
    if flow.older == NOBODY:
        w.first_flow = flow.newer
    else:
        flow_at(w.flows, flow.older).newer = flow.newer
    if flow.newer == NOBODY:
        w.last_flow = flow.older
    else:
        flow_at(w.flows, flow.newer).older = flow.older
    owner = device_at(w.devices, flow.number // FLOWS_OF_A_DEVICE)
    if owner.flows == number:
        owner.flows = flow.other
    else:
        before = flow_at(w.flows, owner.flows)
        while before.other != number:
            before = flow_at(w.flows, before.other)
        before.other = flow.other
    flow.status = 0
    flow.other = w.flows_free
    w.flows_free = number


@unit
def start(w: Record, download: int, size: int, set_up: int) -> None:
    """Take a free connection and fetch `size` bytes, at least one, after it is set up."""
    w.free -= 1
    number = device_of(w, download)
    flow = _new_flow(w, number, download)
    _set_flow(w, download, flow)
    if set_up > 0:
        row = flow_at(w.flows, flow)
        row.status, row.size, row.finish = SETTING_UP, size, w.now + set_up
        index = number + 1
        put_event(w, row.finish, EventRank.NETWORK, index, Due.SET_UP, download, 0, flow)
    else:
        _flow(w, flow, number, size)
    _watch_standstill(w, download)
    _meter(w)


@unit
def is_set_up(w: Record, download: int, flow: int) -> None:
    """Let the bytes of a download flow, unless it was broken off meanwhile."""
    row = flow_at(w.flows, flow)
    if row.status != SETTING_UP or row.download != download or row.finish != w.now:
        return
    _flow(w, flow, device_of(w, download), row.size)
    _meter(w)


@unit
def _flow(w: Record, flow: int, number: int, size: int) -> None:
    """Let the bytes of a download flow."""
    device = device_at(w.devices, number)
    kind = device.rate_class * w.share_classes
    if w.share_classes > 1:
        kind += share_class(number_drawn(w, Purpose.SHARE, 0, number), w.share_classes)
    sharing.begin(w, flow, device.site, kind, size, w.now)
    reset_timer(w)


@compiled
def _meter(w: Record) -> None:
    if not w.metering:
        w.metering = 1
        arm_meter(w)


@compiled
def arm_meter(w: Record) -> None:
    """Read the meter at the end of the minute."""
    at = (w.now // STRETCH + 1) * STRETCH
    put_event(w, at, EventRank.METER, 0, Due.METER, 0, 0, 0)


@compiled
def meter_is_due(w: Record) -> None:
    """Read the meter, and again as long as anything flows."""
    note_load(w)
    w.metering = 1 if w.active > 0 else 0
    if w.metering:
        arm_meter(w)


@compiled
def note_load(w: Record) -> None:
    """Note what the links have carried in the minute that ends now."""
    sharing.read_meter(w, (w.now - 1) // STRETCH * STRETCH, w.now)


@unit
def take_off(w: Record, download: int) -> int:
    """Take a download off the line; return the bytes it carried.

    The connection it had is free then; `transfer.abort` gives it to the next.
    """
    flow = _flow_of(w, download)
    carried = 0
    if flow_at(w.flows, flow).status != SETTING_UP:
        carried = sharing.break_off(w, flow, w.now)
    if flow_at(w.flows, flow).status == ENDED:
        _forget_done(w, flow)
    drop_flow(w, flow)
    w.free += 1
    reset_timer(w)
    return carried


@compiled
def _forget_done(w: Record, flow: int) -> None:
    for i in range(w.done_count):
        if whole_at(w.done_flows, i) == flow:
            w.done_count -= 1
            put_whole(w.done_flows, i, whole_at(w.done_flows, w.done_count))
            return


@compiled
def _precedes(w: Record, a: int, b: int) -> bool:
    return flow_at(w.flows, a).number < flow_at(w.flows, b).number


@unit
def _sift_down(w: Record, place: int, count: int) -> None:
    table = w.done_flows
    flow = whole_at(table, place)
    while 2 * place + 1 < count:
        child = 2 * place + 1
        if child + 1 < count and _precedes(w, whole_at(table, child), whole_at(table, child + 1)):
            child += 1
        if not _precedes(w, flow, whole_at(table, child)):
            break
        put_whole(table, place, whole_at(table, child))
        place = child
    put_whole(table, place, flow)


@compiled
def _sort_done(w: Record) -> None:
    """Bring the flows that have ended into the order of their numbers."""
    for place in range(w.done_count // 2 - 1, -1, -1):
        _sift_down(w, place, w.done_count)
    for count in range(w.done_count - 1, 0, -1):
        first = whole_at(w.done_flows, 0)
        put_whole(w.done_flows, 0, whole_at(w.done_flows, count))
        put_whole(w.done_flows, count, first)
        _sift_down(w, 0, count)


@unit
def collect(w: Record) -> None:
    """Collect the downloads that are in, in the order of their flows."""
    w.timer_set = 0
    sharing.advance_to(w, w.now)
    _sort_done(w)
    count = w.done_count
    for i in range(count):
        flow = whole_at(w.done_flows, i)
        put_whole(w.completed, i, flow_at(w.flows, flow).download)
        drop_flow(w, flow)
    w.completed_count = count
    w.done_count = 0
    w.free += count


@compiled
def set_rate(w: Record, site: int, rate: int) -> None:
    """Change the rate of a line, or of the repository's uplink."""
    if site == REPOSITORY:
        sharing.set_repository_rate(w, rate, w.now)
    elif site >= 0:
        sharing.set_site_rate(w, site, rate, w.now)
    reset_timer(w)
