"""How flows share the lines: twin of `fwsim.simulation.fair_sharing`, where it is explained.

Clocks count millionths of a byte and may run over; only differences between them are compared,
and those never come near the limit.
"""

from __future__ import annotations

from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.machine import flow_heap, hub, uplink
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.flow_heap import ENDED, UNDER_WAY
from fwsim.compiled.machine.memory import Record, put_small, put_whole, small_at, whole_at
from fwsim.compiled.machine.rows import NOBODY, flow_at, group_at, hub_at, load_at, site_at
from fwsim.compiled.machine.wrapping import minus, plus, times
from fwsim.model.line_units import MICRO, PER_MS


@compiled
def touch(w: Record, number: int) -> None:
    """Note that a site's shares are to be found anew."""
    w.changed = 1
    site = site_at(w.sites, number)
    if not site.touched:
        site.touched = True
        put_whole(w.touched, w.touched_count, number)
        w.touched_count += 1


@compiled
def _count(w: Record, number: int, change: int) -> None:
    group = group_at(w.groups, number)
    site = group.site
    row = site_at(w.sites, site)
    row.parts += change * group.weight
    row.flows += change
    uplink.count(w, number, change)
    if row.hub != NOBODY:
        hub.count(w, row.hub, number)
    touch(w, site)


@unit
def _share_site(w: Record, number: int) -> None:
    site = site_at(w.sites, number)
    left, parts, above = site.rate, site.parts, site.hub
    for i in range(number * w.kinds, (number + 1) * w.kinds):
        group = group_at(w.groups, i)
        if group.count == 0:
            continue
        share = left // parts * group.weight
        if group.device_rate <= share:
            share = group.device_rate
            left -= group.count * share
            parts -= group.count * group.weight
        if above == NOBODY:
            _give(w, i, share)
        else:
            put_whole(w.site_shares, i, share)
    if above != NOBODY:
        hub.touch(w, above)


@compiled
def _give(w: Record, number: int, share: int) -> None:
    group = group_at(w.groups, number)
    if share != group.share:
        uplink.set_share(w, number, share, w.shared_at)
    if not group.aimed:
        uplink.look_at(w, number)


@unit
def _share_hub(w: Record, number: int) -> None:
    level = hub.level(w, number)
    row = hub_at(w.hubs, number)
    for i in range(row.first, row.first + row.running):
        group = whole_at(w.hub_groups, i)
        share = whole_at(w.site_shares, group)
        if level != hub.UNFILLED:
            share = min(share, level * group_at(w.groups, group).weight)
        _give(w, group, share)


@unit
def next_completion(w: Record) -> int:
    """Return when the next flow ends if nothing changes; `NEVER` if none does."""
    if w.changed:
        now = w.shared_at
        uplink.settle(w, now)
        for i in range(w.touched_count):
            site = whole_at(w.touched, i)
            site_at(w.sites, site).touched = False
            _share_site(w, site)
        w.touched_count = 0
        for i in range(w.touched_hubs_count):
            touched = whole_at(w.touched_hubs, i)
            hub_at(w.hubs, touched).touched = False
            _share_hub(w, touched)
        w.touched_hubs_count = 0
        uplink.balance(w, now)
        uplink.aim_all(w)
        w.next_end = uplink.next_due(w)
        w.changed = 0
    return w.next_end


@compiled
def _joined_at(flow: Record) -> int:
    """Return what the group's clock showed when a flow joined."""
    return minus(flow.finish, times(flow.size, MICRO))


@unit
def _release(w: Record, number: int) -> None:
    group = group_at(w.groups, number)
    clock = uplink.clock_of(w, group, w.shared_at)
    site = site_at(w.sites, group.site)
    released = 0
    while group.root >= 0:
        flow = flow_at(w.flows, group.root)
        if minus(flow.finish, clock) > 0:
            break
        ended = group.root
        flow_heap.remove(w, group, ended)
        flow.status = ENDED
        put_whole(w.done_flows, w.done_count, ended)
        w.done_count += 1
        w.active -= 1
        site.ended += flow.size
        group.joined = minus(group.joined, _joined_at(flow))
        released += 1
    group.aimed = False
    _count(w, number, -released)


@unit
def advance_to(w: Record, now: int) -> None:
    """Let time pass; flows that end on the way leave the links when they end."""
    if now == w.shared_at:
        return
    due = next_completion(w)
    while due != NEVER and due <= now:
        w.shared_at = due
        while True:
            group = uplink.take_due(w, due)
            if group == NOBODY:
                break
            uplink.hold_due(w, group)
        for i in range(w.unaimed_count):
            _release(w, whole_at(w.unaimed, i))
        w.unaimed_count = 0
        due = next_completion(w)
    w.shared_at = now


@unit
def begin(w: Record, number: int, site: int, kind: int, size: int, now: int) -> None:
    """Let a flow of a kind begin."""
    advance_to(w, now)
    place = site * w.kinds + whole_at(w.group_places, site * w.kinds + kind)
    group, flow = group_at(w.groups, place), flow_at(w.flows, number)
    clock = uplink.clock_of(w, group, now)
    flow.finish = plus(clock, times(size, MICRO))
    flow.size = size
    flow.group = place
    flow.status = UNDER_WAY
    w.active += 1
    flow_heap.add(w, group, number)
    if group.root == number:
        group.aimed = False
    group.joined = plus(group.joined, clock)
    _count(w, place, 1)
    put_small(w.metered, site, 1)


@unit
def break_off(w: Record, number: int, now: int) -> int:
    """Break a flow off; return the bytes it has received."""
    advance_to(w, now)
    flow = flow_at(w.flows, number)
    if flow.status == ENDED:
        return flow.size
    group = group_at(w.groups, flow.group)
    missing = minus(flow.finish, uplink.clock_of(w, group, now))
    received = flow.size + -missing // MICRO
    if group.root == number:
        group.aimed = False
    flow_heap.remove(w, group, number)
    w.active -= 1
    group.joined = minus(group.joined, _joined_at(flow))
    site_at(w.sites, group.site).ended += received
    _count(w, flow.group, -1)
    return received


@compiled
def set_site_rate(w: Record, site: int, rate: int, now: int) -> None:
    """Change the capacity of a site's link, bytes per second."""
    advance_to(w, now)
    site_at(w.sites, site).rate = rate * PER_MS
    touch(w, site)


@compiled
def set_hub_rate(w: Record, number: int, rate: int, now: int) -> None:
    """Change the capacity of a hub's link, bytes per second."""
    advance_to(w, now)
    hub_at(w.hubs, number).rate = rate * PER_MS
    hub.touch(w, number)


@compiled
def set_repository_rate(w: Record, rate: int, now: int) -> None:
    """Change the capacity of the repository's uplink, bytes per second."""
    advance_to(w, now)
    w.uplink = rate * PER_MS
    w.changed = 1


@compiled
def _carried(w: Record, number: int, now: int) -> int:
    site = site_at(w.sites, number)
    received = times(site.ended - site.carried, MICRO)
    for i in range(number * w.kinds, (number + 1) * w.kinds):
        group = group_at(w.groups, i)
        if group.count:
            clocks = times(group.count, uplink.clock_of(w, group, now))
            received = plus(received, minus(clocks, group.joined))
    return received // MICRO - site.flows


@unit
def read_meter(w: Record, minute: int, now: int) -> None:
    """Note what every site's link has carried since the meter was last read."""
    advance_to(w, now)
    for number in range(w.first_site, w.behind_site):
        if small_at(w.metered, number) == 0:
            continue
        site = site_at(w.sites, number)
        size = _carried(w, number, now)
        if size > 0:
            site.carried += size
            if w.load_count >= w.load_room:
                ask(w, Ask.GROW, Grows.LOAD, w.load_count + 1)
            row = load_at(w.load, w.load_count)
            w.load_count += 1
            row.minute, row.site, row.size = minute, number, size
        if site.flows == 0:
            put_small(w.metered, number, 0)
