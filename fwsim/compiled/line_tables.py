"""The lines as tables of numbers: sites, groups of like downloads, hubs, busy hours, outages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table, whole
from fwsim.compiled.tables import NOBODY
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_lines import NO_HUB, OverTime
from fwsim.model.sharing_classes import kinds_of, weights_of
from fwsim.model.standstills import Standstills

LaidOut = tuple[Table, dict[str, Table], dict[str, int]]
"""Groups, and what goes with them by name."""
_NEVER: OverTime = (np.zeros(0, np.int64), np.zeros(0, np.int64))
"""Of a line whose rate does not change."""


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
    likeness, laid_out
        What the groups hang on beside the rates, and what came of it.
    """

    rates: list[int]
    sites: Table
    groups: Table
    hubs: Table
    hub_groups: int
    arrays: dict[str, Table]
    numbers: dict[str, int]
    likeness: tuple[list[int], tuple[int, ...]]
    laid_out: LaidOut


def line_tables(rollout: Rollout, before: LineTables | None = None) -> LineTables:
    """Return the lines of a rollout as tables.

    Parameters
    ----------
    rollout
        Whose.
    before
        Those of another world of the same fleet; what is the same is shared.
    """
    over_time = rollout.rates_over_time()
    at_first = [int(rates[0]) for _, rates in over_time]
    rates = _device_rates(rollout) if before is None else before.rates
    lines = len(rollout.hub_of)
    sites = table(tables.SITE, lines)
    sites["rate_now"][:lines] = at_first[:lines]
    sites["rate"] = sites["rate_now"] * 1000
    sites["hub"][:lines] = rollout.hub_of
    sites["round_trip"][:lines] = rollout.round_trips()
    sites["alone"][:lines] = rollout.rates_alone() if sites["round_trip"].any() else 0
    likeness = (rollout.ceilings(), weights_of(rollout.assumptions.share_spread))
    if before is not None and before.likeness == likeness:
        laid_out = before.laid_out
    else:
        laid_out = _groups(lines, rates, likeness[0], likeness[1])
    groups, arrays, numbers = laid_out[0], {**laid_out[1]}, {**laid_out[2]}
    hubs, hub_groups = _hubs(rollout, at_first[lines:], numbers["kinds"])
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
    standstills = Standstills(rollout)
    sites["standstills"][:lines] = standstills.of_site
    arrays |= _standstills(standstills)
    busy = _busy(over_time)
    arrays |= busy[0]
    numbers |= busy[1]
    return LineTables(rates, sites, groups, hubs, hub_groups, arrays, numbers, likeness, laid_out)


def _device_rates(rollout: Rollout) -> list[int]:
    rates: list[int] = np.unique(rollout.fleet.device_rate).tolist()
    return rates


def _groups(
    lines: int, device_rates: list[int], ceilings: list[int], weights: tuple[int, ...]
) -> LaidOut:
    """Lay out the groups of each site in the order of its kinds of downloads."""
    kinds = len(device_rates) * len(weights)
    kinds_of_ceiling, site_kind = np.unique(np.array(ceilings, np.int64), return_inverse=True)
    orders = [kinds_of(device_rates, weights, ceiling) for ceiling in kinds_of_ceiling.tolist()]
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
    hubs["rate"][: len(rates)] = np.array(rates, np.int64) * 1000
    hub_of = rollout.hub_of
    rooms = np.bincount(hub_of[hub_of != NO_HUB], minlength=len(hubs))
    rooms *= kinds
    hubs["first"] = np.cumsum(rooms) - rooms
    return hubs, int(rooms.sum())


def _standstills(standstills: Standstills) -> dict[str, Table]:
    """Lay out when lines give nothing, one row for all sites of which the same is so."""
    rows = table(tables.SPAN, len(standstills.kinds))
    sizes = np.array([len(spans) for spans in standstills.kinds], np.int64)
    rows["count"][: len(sizes)], rows["first"][: len(sizes)] = sizes, np.cumsum(sizes) - sizes
    edges = [edges for spans in standstills.kinds for edges in spans]
    return {
        "standstills": rows,
        "standstill_starts": whole([start for start, _ in edges]),
        "standstill_ends": whole([end for _, end in edges]),
    }


def _busy(over_time: list[OverTime]) -> tuple[dict[str, Table], dict[str, int]]:
    """Lay out busy hours, those of lines with the same day together."""
    days: dict[tuple[bytes, bytes], tuple[OverTime, list[int]]] = {}
    for line, (moments, rates) in enumerate(over_time):
        if len(moments) > 1:
            later = moments[1:], rates[1:]
            key = later[0].tobytes(), later[1].tobytes()
            days.setdefault(key, (later, []))[1].append(line)
    busy = table(tables.BUSY, len(days))
    mine = busy[: len(days)]
    parts = (
        ("count", "first", [len(rates) for (_, rates), _ in days.values()]),
        ("lines", "first_line", [len(lines) for _, lines in days.values()]),
    )
    for counts, first, sizes in parts:
        mine[counts], mine[first] = sizes, np.cumsum(sizes) - sizes
    changes = [change for change, _ in days.values()] or [_NEVER]
    arrays = {
        "busy": busy,
        "busy_at": whole(np.concatenate([moments for moments, _ in changes])),
        "busy_rate": whole(np.concatenate([rates for _, rates in changes])),
        "busy_lines": whole([line for _, lines in days.values() for line in lines]),
    }
    return arrays, {"busy_count": len(days)}
