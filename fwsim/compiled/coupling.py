"""Whether the sites of a fleet know of each other, once the dispatcher is done with their devices.

Where they do not, each can be played by itself: the log is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled.inventory import Inventory
from fwsim.model.played import Played
from fwsim.model.rollout import REPOSITORY
from fwsim.model.rollout_lines import NO_HUB

FEWEST_DEVICES = 50_000
"""A smaller fleet is played as a whole: its tables fit the cache well enough."""

DEVICES_OF_A_PART = 4_000
"""The tables of so many stay in the cache."""


@dataclass(frozen=True)
class Part:
    """Sites that are played together.

    Parameters
    ----------
    first, behind
        The first of them, and the one behind the last.
    devices
        How many devices commands are for there.
    """

    first: int
    behind: int
    devices: int


@dataclass(frozen=True)
class Division:
    """How a fleet is divided to be played.

    Parameters
    ----------
    parts
        Those that are played apart; none if the fleet is played as a whole.
    played
        How a large fleet is played.
    """

    parts: tuple[Part, ...] = ()
    played: Played | None = None


def division_of(inventory: Inventory, end: int, *, has_past: bool) -> Division:
    """Return how a fleet is to be divided.

    Parameters
    ----------
    inventory
        Of which rollout.
    end
        Milliseconds at which it stops at the latest.
    has_past
        Whether the rollout is under way.
    """
    if len(inventory.rollout.fleet) < FEWEST_DEVICES:
        return Division()
    targets = _commanded(inventory, end)
    together = Played.UNDER_WAY if has_past else _why_together(inventory, targets)
    if together is not None:
        return Division(played=together)
    parts = _parts(inventory, targets)
    if len(parts) < 2:
        return Division(played=Played.ONE_SITE)
    return Division(parts, Played.SITE_BY_SITE)


def _why_together(inventory: Inventory, targets: NDArray[np.int64]) -> Played | None:
    """Return why sites know of each other; None if they do not."""
    reasons: tuple[tuple[Played, Callable[[], bool]], ...] = (
        (Played.OWN_STARTS, lambda: inventory.has_starters),
        (Played.PROXIES, lambda: inventory.addresses.has_proxies),
        (Played.DEPENDING_TARGETS, lambda: _targets_depend(inventory)),
        (Played.SEVERAL_COMMANDS, lambda: bool((np.bincount(targets) > 1).any())),
        (Played.CONNECTIONS, lambda: len(targets) > inventory.numbers["free"]),
        (Played.REPOSITORY, lambda: _share_repository(inventory, targets)),
    )
    return next((why for why, holds in reasons if holds()), None)


def _targets_depend(inventory: Inventory) -> bool:
    return any(inventory.targets(number) is None for number in range(len(inventory.orders)))


def _share_repository(inventory: Inventory, targets: NDArray[np.int64]) -> bool:
    """Tell whether downloads at one site may slow those at another down."""
    cuts = inventory.arrays["outages"][: inventory.numbers["outages_count"]]
    most = _most_at_once(inventory, targets)
    return most > inventory.numbers["uplink_rate"] or bool((cuts["site"] == REPOSITORY).any())


def _commanded(inventory: Inventory, end: int) -> NDArray[np.int64]:
    """Return the devices of all commands until the end, as far as they are known beforehand."""
    runs = inventory.rollout.runs
    found = [inventory.targets(number) for number, run in enumerate(runs) if run.at <= end]
    return np.concatenate([np.zeros(0, np.int64), *(each for each in found if each is not None)])


def _most_at_once(inventory: Inventory, targets: NDArray[np.int64]) -> int:
    """Return what all sites can take of the repository at once at the most, bytes per second."""
    fleet, lines, numbers = inventory.rollout.fleet, inventory.lines, inventory.numbers
    count = numbers["sites_count"]
    hubs_now = lines.hubs["rate"][: len(inventory.rollout.hubs())] // 1000
    most = np.concatenate([lines.sites["rate_now"][:count], hubs_now])
    arrays = inventory.arrays
    for busy in arrays["busy"][: numbers["busy_count"]]:
        mine = arrays["busy_lines"][busy["first_line"] : busy["first_line"] + busy["lines"]]
        rates = arrays["busy_rate"][busy["first"] : busy["first"] + busy["count"]]
        most[mine] = np.maximum(most[mine], rates.max())
    wanted = np.zeros(count, np.int64)
    np.add.at(wanted, fleet.site.codes[targets], fleet.device_rate[targets])
    taken, hub_of = np.minimum(most[:count], wanted), np.asarray(inventory.rollout.hub_of)
    alone = int(taken[hub_of == NO_HUB].sum())
    hubs = np.zeros(len(most) - count, np.int64)
    np.add.at(hubs, hub_of[hub_of != NO_HUB], taken[hub_of != NO_HUB])
    return alone + int(np.minimum(hubs, most[count:]).sum())


def _parts(inventory: Inventory, targets: NDArray[np.int64]) -> tuple[Part, ...]:
    """Cut the sites into parts; those under one hub stay together."""
    count = inventory.numbers["sites_count"]
    fleet, hub_of = inventory.rollout.fleet, np.asarray(inventory.rollout.hub_of)
    devices = np.bincount(fleet.site.codes[targets], minlength=count).tolist()
    opened = np.zeros(count + 1, np.int64)
    for hub in range(len(inventory.rollout.hubs())):
        mine = np.flatnonzero(hub_of == hub)
        if len(mine):
            opened[mine[0] + 1] += 1  # no cut between its first site and its last
            opened[mine[-1] + 1] -= 1
    may_cut = (np.cumsum(opened) == 0).tolist()
    parts, first, held = [], 0, 0
    for behind in range(1, count + 1):
        held += devices[behind - 1]
        if behind == count or (held >= DEVICES_OF_A_PART and may_cut[behind]):
            parts.append(Part(first, behind, held))
            first, held = behind, 0
    return tuple(part for part in parts if part.devices)


def reaches(inventory: Inventory, end: int, parts: Sequence[Part]) -> NDArray[np.int64]:
    """Return over how many devices of the fleet those of each part are spread.

    Parameters
    ----------
    inventory, end
        Of `division_of`.
    parts
        What it came to.
    """
    targets = _commanded(inventory, end)
    site = inventory.rollout.fleet.site.codes[targets]
    part_of = np.searchsorted([part.first for part in parts], site, side="right") - 1
    first = np.full(len(parts), len(inventory.rollout.fleet), np.int64)
    last = np.zeros(len(parts), np.int64)
    np.minimum.at(first, part_of, targets)
    np.maximum.at(last, part_of, targets)
    return last - first + 1
