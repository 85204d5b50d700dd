"""The lines as tables of numbers: sites, groups of like downloads, hubs, busy hours, outages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.tables import NOBODY
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_lines import NO_HUB
from fwsim.model.sharing_classes import kinds_of, weights_of


@dataclass(frozen=True)
class LineTables:
    """What is certain about the lines of a rollout.

    Parameters
    ----------
    rates
        The rates that devices have by themselves, ascending.
    sites, groups, hubs
        Tables from which every run starts.
    hub_groups
        How much room the groups of all hubs take.
    arrays, numbers
        What no run changes, by name.
    """

    rates: list[int]
    sites: Table
    groups: Table
    hubs: Table
    hub_groups: int
    arrays: dict[str, Table]
    numbers: dict[str, int]


def line_tables(rollout: Rollout) -> LineTables:
    """Return the lines of a rollout as tables."""
    steps = [rollout.link_steps(line) for line in rollout.lines()]
    rates = sorted(set(rollout.fleet.device_rate.tolist()))
    lines = len(rollout.hub_of)
    sites = table(tables.SITE, lines)
    sites["rate_now"][:lines] = [step[0][1] for step in steps[:lines]]
    sites["rate"] = sites["rate_now"] * 1000
    sites["hub"][:lines] = rollout.hub_of
    sites["round_trip"][:lines] = rollout.round_trips()
    sites["alone"][:lines] = rollout.rates_alone() if sites["round_trip"].any() else 0
    groups, arrays, numbers = _groups(rollout, rates)
    hubs, hub_groups = _hubs(rollout, [step[0][1] for step in steps[lines:]], numbers["kinds"])
    outages = rollout.outages()
    cuts = arrays["outages"] = table(tables.OUTAGE, len(outages))
    cuts[: len(outages)] = np.array(outages, tables.OUTAGE)
    repository = rollout.scenario.network.repository
    numbers |= {
        "sites_count": lines,
        "outages_count": len(outages),
        "uplink_rate": repository.carries,
        "uplink": repository.carries * 1000,
        "free": repository.connections,
    }
    busy = _busy(steps)
    arrays |= busy[0]
    numbers |= busy[1]
    return LineTables(rates, sites, groups, hubs, hub_groups, arrays, numbers)


def _groups(
    rollout: Rollout, device_rates: list[int]
) -> tuple[Table, dict[str, Table], dict[str, int]]:
    """Lay out the groups of each site in the order of its kinds of downloads."""
    lines = len(rollout.hub_of)
    weights = weights_of(rollout.assumptions.share_spread)
    kinds = len(device_rates) * len(weights)
    ceilings, site_kind = np.unique(np.array(rollout.ceilings(), np.int64), return_inverse=True)
    orders = [kinds_of(device_rates, weights, ceiling) for ceiling in ceilings.tolist()]
    rates, parts, numbers = (
        np.array([[getattr(kind, name) for kind in order] for order in orders], np.int64)
        for name in ("rate", "weight", "number")
    )
    places = np.argsort(numbers.reshape(-1, kinds), axis=1)
    count = lines * kinds
    groups = table(tables.GROUP, count)
    groups["device_rate"][:count] = rates.reshape(-1, kinds)[site_kind].reshape(-1)
    groups["weight"][:count] = parts.reshape(-1, kinds)[site_kind].reshape(-1)
    groups["site"][:count] = np.repeat(np.arange(lines), kinds)
    groups["root"] = NOBODY
    groups["aimed"] = True
    arrays = {
        "device_rates": whole(device_rates),
        "group_places": whole(places[site_kind].reshape(-1)),
    }
    counts = {"groups_count": count, "kinds": kinds, "share_classes": len(weights)}
    return groups, arrays, counts


def _hubs(rollout: Rollout, rates: list[int], kinds: int) -> tuple[Table, int]:
    """Lay the hubs out, each with as much room as its sites have groups."""
    hubs = table(tables.HUB, len(rates))
    hubs["rate_now"][: len(rates)] = rates
    hubs["rate"] = hubs["rate_now"] * 1000
    hub_of = rollout.hub_of
    rooms = np.bincount(hub_of[hub_of != NO_HUB], minlength=len(hubs))
    rooms *= kinds
    hubs["first"] = np.cumsum(rooms) - rooms
    return hubs, int(rooms.sum())


def _busy(steps: list[list[tuple[int, int]]]) -> tuple[dict[str, Table], dict[str, int]]:
    """Lay out busy hours, those of lines with the same day together."""
    alike: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for line, changes in enumerate(steps):
        if len(changes) > 1:
            alike.setdefault(tuple(changes[1:]), []).append(line)
    busy = table(tables.BUSY, len(alike))
    mine = busy[: len(alike)]
    parts = (("count", "first", alike.keys()), ("lines", "first_line", alike.values()))
    for counts, first, things in parts:
        sizes = np.array([len(thing) for thing in things], np.int64)
        mine[counts], mine[first] = sizes, np.cumsum(sizes) - sizes
    steps_together = [step for changes in alike for step in changes]
    moments, rates = np.array(steps_together, np.int64).reshape(-1, 2).T
    lines = [line for same in alike.values() for line in same]
    arrays = {
        "busy": busy,
        "busy_at": whole(moments),
        "busy_rate": whole(rates),
        "busy_lines": whole(lines),
    }
    return arrays, {"busy_count": len(alike)}
