"""A first look at a large rollout: a part of its devices, of every kind and line its share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.experiments.first_looks.kinds import Codes, device_kinds, line_classes
from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.grouping import told_people
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.problems import Hints
from fwsim.quantities.doubted import times
from fwsim.scenario.fleet_build import DEFAULT, build_fleet
from fwsim.scenario.schema import Scenario

FEW = 200
"""Devices that a first look runs with, about."""
SERVER_TIMES = ("send_time", "connect_timeout", "ping_timeout")
ENOUGH = 3
"""Devices of the part from which on sites of one kind and line have a share of their own."""

_KEPT = "part of it"
SITES_AT_ONCE = 3
"""So many sites at least share the repository's connections, as they do in the whole: a site is
thinned where its devices would take them all."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a fleet that stands for all of it.

    Parameters
    ----------
    devices
        Those kept, ascending.
    kept
        Share of the devices at each site, and then behind each hub, that is kept; its line is as
        much thinner. Shape (lines,).
    of
        Devices of the whole.
    left_out
        Devices that are left out and have none of their kind on such a line in the part.
    kinds_left_out
        How many kinds, or kinds on such lines, that is.
    """

    devices: NDArray[np.int64]
    kept: NDArray[np.float64]
    of: int
    left_out: int = 0
    kinds_left_out: int = 0

    @property
    def stands_for(self) -> float:
        """How many devices one of the part stands for."""
        return self.of / max(len(self.devices), 1)


def choose(rollout: Rollout, few: int = FEW) -> Part:
    """Choose the devices of a first look.

    Every device has the same weight, and each kind of device on each kind of line gets its share
    to within a device, the remainder passed on to the kinds beside it. Sites stay whole as far as
    their share allows, so that a line goes on being shared as it is; else devices and line are
    thinned together. What is too rare for the part is counted in it.

    Parameters
    ----------
    rollout
        The whole.
    few
        How many devices to keep.
    """
    fleet = rollout.fleet
    sites = len(fleet.site.values)
    if len(fleet) <= few:
        return Part(np.arange(len(fleet)), np.ones(len(rollout.lines())), len(fleet))
    kinds, classes = device_kinds(rollout), line_classes(rollout)
    order = np.lexsort((kinds, fleet.site.codes))
    sizes = np.bincount(fleet.site.codes, minlength=sites)
    begins = np.append(0, np.cumsum(sizes))
    step = len(fleet) / few
    most = max(ENOUGH, int(rollout.scenario.network.repository.connections / step) // SITES_AT_ONCE)
    chosen, total, given = [], 0, 0
    for group in _groups(kinds, classes, fleet.site.codes, sizes, step):
        total += int(sizes[group].sum())
        share = round(total / step) - given
        given += share
        taken = group[_spread_over(sizes[group], share, most)]
        mine = np.concatenate([order[begins[site] : begins[site + 1]] for site in taken.tolist()])
        chosen.append(mine[_evenly(len(mine), share)])
    devices = np.union1d(np.concatenate(chosen), _proxies(rollout, np.concatenate(chosen)))
    counts = np.bincount(fleet.site.codes[devices], minlength=sites)
    strata = kinds * (int(classes.max()) + 1) + classes[fleet.site.codes]
    missed = ~np.isin(strata, strata[devices])
    return Part(
        devices,
        _kept(rollout, counts, sizes),
        len(fleet),
        int(missed.sum()),
        len(np.unique(strata[missed])),
    )


def _kept(
    rollout: Rollout, counts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of the devices of each line that is kept; of all of a site, and of some."""
    behind = [rollout.hub_of == hub for hub in range(len(rollout.hubs()))]
    some = np.append(counts, [int(counts[mine].sum()) for mine in behind])
    every = np.append(sizes, [int(sizes[mine].sum()) for mine in behind])
    found: NDArray[np.float64] = some / np.maximum(every, 1)
    return found


def _evenly(count: int, wanted: int) -> NDArray[np.int64]:
    """Return `wanted` of `count` places, as far apart as can be."""
    wanted = min(wanted, count)
    return (2 * np.arange(wanted, dtype=np.int64) + 1) * count // (2 * max(wanted, 1))


def _spread_over(sizes: NDArray[np.int64], share: int, most: int) -> NDArray[np.int64]:
    """Return which sites of a group are taken, evenly among all.

    As few as hold the share, and as many as it takes to keep at most so many devices of each.
    """
    whole = -(-share * len(sizes) // max(int(sizes.sum()), 1))
    count = min(len(sizes), max(1, whole, -(-share // most)))
    places = _evenly(len(sizes), count)
    while int(sizes[places].sum()) < share:
        count += 1
        places = _evenly(len(sizes), count)
    return places


def _groups(
    kinds: Codes,
    classes: Codes,
    site_of: Codes | NDArray[np.int32],
    sizes: NDArray[np.int64],
    step: float,
) -> Iterator[NDArray[np.int64]]:
    """Yield sites that are alike, in an order in which neighbours are alike.

    Sites with the same most frequent kind and such a line are together; where their share is less
    than a few devices, they go together with those beside them.
    """
    first, second, dominance = _most_frequent(kinds, site_of, sizes)
    order = np.lexsort((sizes, dominance, second, classes, first))
    order = order[sizes[order] > 0]
    key = first * (int(classes.max()) + 1) + classes
    bounds = np.flatnonzero(np.diff(key[order], prepend=-1, append=-1))
    rare: list[NDArray[np.int64]] = []
    for begin, end in itertools.pairwise(bounds):
        group = order[begin:end]
        is_frequent = int(sizes[group].sum()) >= ENOUGH * step
        if rare and (is_frequent or sum(int(sizes[r].sum()) for r in rare) >= ENOUGH * step):
            yield np.concatenate(rare)
            rare = []
        if is_frequent:
            yield group
        else:
            rare.append(group)
    if rare:
        yield np.concatenate(rare)


def _most_frequent(
    kinds: Codes, site_of: Codes | NDArray[np.int32], sizes: NDArray[np.int64]
) -> tuple[Codes, Codes, NDArray[np.float64]]:
    """Return each site's most frequent kind, its next, and the share of the first."""
    span = int(kinds.max()) + 1
    pairs, counts = np.unique(site_of.astype(np.int64) * span + kinds, return_counts=True)
    by_count = np.lexsort((-counts, pairs // span))
    pairs, counts = pairs[by_count], counts[by_count]
    sites, kind = pairs // span, pairs % span
    starts = np.flatnonzero(np.diff(sites, prepend=-1))
    first, second = np.zeros((2, len(sizes)), np.int64)
    dominance = np.zeros(len(sizes))
    first[sites[starts]] = second[sites[starts]] = kind[starts]
    dominance[sites[starts]] = counts[starts] / sizes[sites[starts]]
    mixed = starts[np.diff(starts, append=len(sites)) > 1] + 1
    second[sites[mixed]] = kind[mixed]
    return first, second, dominance


def _proxies(rollout: Rollout, devices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the static proxies of the devices' OUs: without them nobody gets anything."""
    fleet = rollout.fleet
    units = np.unique(fleet.unit.codes[devices]).tolist()
    names = {
        settings.proxy
        for unit in units
        for settings in rollout.configuration.over_time(fleet.unit.values[unit])
        if settings.proxy is not None
    }
    return np.array([fleet.find(name)[0] for name in sorted(names)], np.int64)


def thinned(rollout: Rollout, few: int = FEW, *, part: Part | None = None) -> tuple[Rollout, float]:
    """Return a smaller rollout that goes about the same way, and how many devices one stands for.

    Shares and times come out close; counts are to be multiplied
    (`fwsim.experiments.first_looks.scaling`).
    Repository and server are thinned as the fleet is, and commands take as much longer from one
    device to the next.

    Parameters
    ----------
    rollout
        The whole.
    few
        How many devices to keep.
    part
        Which, if they are chosen already, also for the same fleet under a plan a little different.
    """
    part = choose(rollout, few) if part is None else part
    if len(part.devices) == part.of:
        return rollout, 1.0
    return _part_of(rollout, part), part.stands_for


def _part_of(rollout: Rollout, part: Part) -> Rollout:
    """Return a part of a rollout; of those that differ in their commands it is made once."""
    elder = rollout.elder
    if elder is None or rollout.origin is not None or rollout.fleet is not elder.fleet:
        return _Thin(rollout, part)
    known = elder.kept.get(_KEPT)
    if not isinstance(known, _Thin) or known.part is not part:
        whole = copy(elder)
        whole.kept = {}  # what is kept of a rollout must not keep it
        known = elder.kept[_KEPT] = _Thin(whole, part)
    return known.under_commands_of(rollout)


class _Thin(Rollout):
    """A part of a rollout; what the whole knows by name is found, if only to be no device here."""

    def __init__(self, whole: Rollout, part: Part) -> None:
        self._whole, self.part = whole, part
        self._place = np.full(len(whole.fleet), -1, np.int32)
        self._place[part.devices] = np.arange(len(part.devices), dtype=np.int32)
        super().__init__(
            _thin_scenario(whole, part),
            _taken(whole.fleet, part.devices),
            tuple(self._slower(run) for run in whole.runs),
        )

    def under_commands_of(self, whole: Rollout) -> Rollout:
        """Return the same part under the commands of another whole."""
        runs = tuple(self._slower(run) for run in whole.runs)
        return self.commanded(whole.scenario.commands, runs)

    def _laid_anew(self, scenario: Scenario) -> Rollout:
        """Return the same part of a fleet that is made of other numbers."""
        other = _Thin.__new__(_Thin)
        other._whole, other.part, other._place = self._whole, self.part, self._place  # noqa: SLF001
        fleet = _taken(build_fleet(scenario), self.part.devices)
        Rollout.__init__(other, scenario, fleet, self.given_runs, self.given_assigned)
        return other

    def find(
        self,
        target: Target,
        live: Mapping[str, Column] = MappingProxyType({}),
        hints: Hints | None = None,
    ) -> NDArray[np.int32]:
        """Return the devices of the part that a target means, ascending."""
        if isinstance(target, ClientGroupTarget):
            return super().find(target, live, hints)
        places = self._place[self._whole.find(target, hints=hints)]
        return places[places >= 0]

    def _slower(self, run: CommandRun) -> CommandRun:
        """Stretch a command's waits, so that it takes as long from its first device to its last."""
        wait = run.command.devices_wait
        if not wait:
            return run
        targets = self._whole.find(run.command.target)
        here = int((self._place[targets] >= 0).sum())
        slower = round(wait * max(len(targets) - 1, 1) / max(here - 1, 1))
        return replace(run, command=replace(run.command, devices_wait=slower))


def _taken(fleet: Fleet, chosen: NDArray[np.int64]) -> Fleet:
    """Return the chosen devices; what none of them has is gone.

    Sites keep their numbers, and so do kinds of people as they are told.
    """

    def column(whole: Column) -> Column:
        used, codes = np.unique(whole.codes[chosen], return_inverse=True)
        return Column(tuple(whole.values[code] for code in used), codes.astype(np.int32))

    return replace(
        fleet,
        names=[fleet.names[device] for device in chosen.tolist()],
        macs=[fleet.macs[device] for device in chosen.tolist()],
        unit=column(fleet.unit),
        people=column(fleet.people),
        told_people=told_people(fleet).rows(chosen),
        site=fleet.site.rows(chosen),
        power=column(fleet.power),
        installed=column(fleet.installed),
        connection=column(fleet.connection),
        flash=fleet.flash[chosen],
        device_rate=fleet.device_rate[chosen],
        attributes={name: column(values) for name, values in fleet.attributes.items()},
    )


def _thin_scenario(whole: Rollout, part: Part) -> Scenario:
    """Return the scenario with lines, repository and server as much thinner as their devices."""
    scenario, share = whole.scenario, 1 / part.stands_for
    network, a = scenario.network, scenario.assumptions
    lines = dict(network.sites)
    for number, name in enumerate(whole.fleet.site.values):
        kept = float(part.kept[number])
        if 0 < kept < 1:
            line = lines.get(name) or network.sites[DEFAULT]
            lines[name] = line.scaled(kept)
    hubs = {
        name: hub.scaled(float(kept)) if 0 < kept < 1 else hub
        for (name, hub), kept in zip(
            network.hubs.items(), part.kept[len(whole.hub_of) :], strict=True
        )
    }
    repository = network.repository.model_copy(
        update={
            "uplink": times(network.repository.uplink, share),
            "connections": max(1, round(network.repository.connections * share)),
        }
    )
    workers = max(1, round(a.dispatch_workers * share))
    slower = workers / (a.dispatch_workers * share)
    server = {name: times(getattr(a, name), slower) for name in SERVER_TIMES}
    return scenario.model_copy(
        update={
            "network": network.model_copy(
                update={"sites": lines, "hubs": hubs, "repository": repository}
            ),
            "assumptions": a.model_copy(update={"dispatch_workers": workers, **server}),
        }
    ).beside(scenario)
