"""Lines that stand idle because the repository serves no more downloads at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fwsim.forewarning.habit import Devices
from fwsim.measures.amounts import counted, shown_duration
from fwsim.model.rollout import Rollout

SLOWER = 3.0
"""Times what the lines alone need: from there on it is told."""
FEW = 2
"""Connections that each site of those served first has at least, where sites are few."""
_MOST_TURNS = 1000


def held_by_few_sites(
    rollout: Rollout, devices: Devices, size: NDArray[np.float64], pause: int
) -> str:
    """Return that devices of few sites hold all connections of the repository; empty if not.

    Downloads are served first come, first served, so those of a thin line keep others waiting
    whose own lines are free.

    Parameters
    ----------
    rollout
        Whose lines they are.
    devices
        Who is sent a command that asks nobody, in the server's order; shape (devices,).
    size
        Bytes that each of them is expected to fetch; shape (devices,).
    pause
        From one device to the next, milliseconds.
    """
    at_a_time = rollout.scenario.network.repository.connections
    fetching, size = devices[size > 0], size[size > 0]
    count = round(size.sum() / size.max()) if len(size) else 0  # some may have it already
    if not at_a_time < count <= _MOST_TURNS * at_a_time:
        return ""
    together = math.ceil(at_a_time * len(fetching) / count)
    of_sites = len(np.unique(rollout.fleet.site.codes[fetching[:together]]))
    if FEW * of_sites > at_a_time:
        return ""
    carries = np.array([max(line.most_for_updates, 1) for line in rollout.lines()], np.float64)
    starts = range(0, len(fetching), together)
    in_turn = sum(
        _needed(rollout, carries, fetching[some], size[some])
        for some in (slice(start, start + together) for start in starts)
    )
    alone = _needed(rollout, carries, fetching, size)
    if in_turn <= max(SLOWER * alone, pause * (count - 1)):
        return ""
    return (
        f"{counted(count, 'device')} fetch, {at_a_time:,} at a time "
        "(network.repository.connections): those of few sites hold all connections, so it may "
        f"take as long as {shown_duration(in_turn)}; the lines alone need {shown_duration(alone)}"
    )


def _needed(
    rollout: Rollout, carries: NDArray[np.float64], devices: Devices, size: NDArray[np.float64]
) -> float:
    """Return the milliseconds that the slowest line needs for some devices."""
    sites = len(rollout.hub_of)
    at_sites = np.bincount(rollout.fleet.site.codes[devices], size, sites)
    behind = rollout.hub_of >= 0
    at_hubs = np.bincount(rollout.hub_of[behind], at_sites[behind], len(carries) - sites)
    lines = (np.append(at_sites, at_hubs) / carries).max()
    return 1000 * float(max(lines, size.sum() / rollout.scenario.network.repository.carries))
