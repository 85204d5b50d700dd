"""A first look at a large rollout: every so-manieth device, on lines as much thinner."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column, Fleet
from fwsim.rollout import Rollout
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario

FEW = 200
"""Devices that a first look runs with, about."""
LARGE_SITE = 100


@dataclass(frozen=True)
class _Choice:
    """The devices kept, and the sites whose lines are thinned as their devices are."""

    devices: NDArray[np.int64]
    thinned_sites: tuple[str, ...]


def _choose(fleet: Fleet, step: int) -> _Choice:
    """Keep every `step`-th small site as it is, and every `step`-th device of each large one.

    A small site's line behaves as it does only with all its devices; on a large one so many share
    the line that a part of both goes about the same way.
    """
    codes = fleet.site.codes
    sizes = np.bincount(codes, minlength=len(fleet.site.values))
    is_large = sizes >= LARGE_SITE
    small = np.flatnonzero(~is_large & (sizes > 0))
    by_size = small[np.argsort(sizes[small], kind="stable")]
    kept = np.zeros(len(sizes), bool)
    kept[by_size[(len(by_size) - 1) % step // 2 :: step]] = True
    order = np.argsort(codes, kind="stable")
    begins = np.append(True, np.diff(codes[order]) != 0)
    numbers = np.arange(len(order))
    place = np.empty(len(order), np.int64)
    place[order] = numbers - np.maximum.accumulate(np.where(begins, numbers, 0))
    devices = np.flatnonzero(kept[codes] | (is_large[codes] & (place % step == 0)))
    large = np.flatnonzero(is_large).tolist()
    return _Choice(devices, tuple(fleet.site.values[site] for site in large))


def _taken(fleet: Fleet, chosen: NDArray[np.int64]) -> Fleet:
    def column(whole: Column) -> Column:
        return Column(whole.values, whole.codes[chosen])

    return replace(
        fleet,
        names=[fleet.names[device] for device in chosen.tolist()],
        macs=[fleet.macs[device] for device in chosen.tolist()],
        unit=column(fleet.unit), site=column(fleet.site), people=column(fleet.people),
        power=column(fleet.power), installed=column(fleet.installed),
        connection=column(fleet.connection), flash=fleet.flash[chosen],
        device_rate=fleet.device_rate[chosen],
        attributes={name: column(values) for name, values in fleet.attributes.items()},
    )  # fmt: skip


def _thin_lines(scenario: Scenario, step: int, sites: tuple[str, ...]) -> Scenario:
    network = scenario.network
    repository = network.repository.model_copy(
        update={
            "uplink": max(1, network.repository.uplink // step),
            "connections": max(1, network.repository.connections // step),
        }
    )
    lines = dict(network.sites)
    for name in sites:
        site = lines.get(name, lines[DEFAULT])
        lines[name] = site.model_copy(update={"link": max(1, site.link // step)})
    commands = [section.command() for section in scenario.commands]
    slower = [command_data(replace(c, devices_wait=c.devices_wait * step)) for c in commands]
    whole = {**scenario.as_data(), "commands": slower} if slower else scenario.as_data()
    thin = Scenario.model_validate(whole).seen_from(scenario.folder)
    return thin.model_copy(
        update={"network": network.model_copy(update={"repository": repository, "sites": lines})}
    )


def thinned(rollout: Rollout, few: int = FEW) -> tuple[Rollout, int]:
    """Return a smaller rollout that goes about the same way, and how many devices one stands for.

    Small sites stay whole or are left out; large ones are thinned with their lines, and so is the
    repository; commands take as much longer from one device to the next. Shares and times come
    out close, counts are to be multiplied. Devices named one by one may be missing.

    Parameters
    ----------
    rollout
        The whole.
    few
        How many devices to keep, about.
    """
    step = -(-len(rollout.fleet) // few)
    if step <= 1:
        return rollout, 1
    chosen = _choose(rollout.fleet, step)
    thin = _thin_lines(rollout.scenario, step, chosen.thinned_sites)
    return Rollout(thin, _taken(rollout.fleet, chosen.devices)), step
