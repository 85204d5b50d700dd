"""Lines that stand idle because the repository serves no more downloads at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fwsim.forewarning.habit import Devices
from fwsim.forewarning.line_needs import LineNeeds
from fwsim.measures.amounts import shown_duration
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import summed

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
    lines, uplink = LineNeeds(rollout), rollout.scenario.network.repository.carries

    def needed(some: slice) -> float:
        at_sites = lines.at_sites(fetching[some], size[some])
        return max(float(lines.times(at_sites).max()), 1000 * float(at_sites.sum()) / uplink)

    starts = range(0, len(fetching), together)
    in_turn = summed(needed(slice(start, start + together)) for start in starts)
    alone = needed(slice(None))
    if in_turn <= max(SLOWER * alone, pause * (count - 1)):
        return ""
    return say(
        "warning.command.few_sites",
        count=count,
        together=at_a_time,
        in_turn=shown_duration(in_turn),
        alone=shown_duration(alone),
    )
