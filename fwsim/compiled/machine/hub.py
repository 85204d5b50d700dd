"""A link that several sites share: twin of `fwsim.simulation.hub_link`.

Each hub has a part of one table for the groups of its sites; those with flows stand first, in any
order.
"""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import NOBODY, group_at, hub_at

UNFILLED = -1


@compiled
def touch(w: Record, number: int) -> None:
    """Note that a hub's shares are to be found anew."""
    w.changed = 1
    hub = hub_at(w.hubs, number)
    if not hub.touched:
        hub.touched = True
        put_whole(w.touched_hubs, w.touched_hubs_count, number)
        w.touched_hubs_count += 1


@unit
def count(w: Record, number: int, group: int) -> None:
    """Note that flows have joined or left a group of a hub."""
    hub = hub_at(w.hubs, number)
    place = whole_at(w.hub_places, group)
    if group_at(w.groups, group).count:
        if place == NOBODY:
            _settle_in(w, hub.first + hub.running, group)
            hub.running += 1
    elif place != NOBODY:
        hub.running -= 1
        _settle_in(w, place, whole_at(w.hub_groups, hub.first + hub.running))
        put_whole(w.hub_places, group, NOBODY)


@compiled
def _settle_in(w: Record, place: int, group: int) -> None:
    put_whole(w.hub_groups, place, group)
    put_whole(w.hub_places, group, place)


@unit
def level(w: Record, hub_number: int) -> int:
    """Return to what the hub holds each part of its flows back; `UNFILLED` if it does not.

    Every group that fits under an even split is let through, which leaves more for the others,
    until none fits.
    """
    hub = hub_at(w.hubs, hub_number)
    left, parts = hub.rate, 0
    for i in range(hub.first, hub.first + hub.running):
        group = group_at(w.groups, whole_at(w.hub_groups, i))
        parts += group.count * group.weight
    through = -1  # groups with no more than that are let through
    while parts > 0:
        even = left // parts
        before = parts
        for i in range(hub.first, hub.first + hub.running):
            number = whole_at(w.hub_groups, i)
            group = group_at(w.groups, number)
            share = whole_at(w.site_shares, number)
            if through * group.weight < share <= even * group.weight:
                left -= group.count * share
                parts -= group.count * group.weight
        if parts == before:
            return even
        through = even
    return UNFILLED
