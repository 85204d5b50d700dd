"""How long lines need for what devices fetch over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.forewarning.habit import Devices
from fwsim.model.rollout import Rollout

Floats = NDArray[np.float64]


class LineNeeds:
    """The lines of a rollout: those of its sites, then those of its hubs.

    Parameters
    ----------
    rollout
        Whose lines.
    """

    def __init__(self, rollout: Rollout) -> None:
        self._hub_of = rollout.hub_of
        self._site_of = rollout.fleet.site.codes
        self._carries = np.array(
            [max(line.most_for_updates, 1) for line in rollout.lines()], np.float64
        )

    def at_sites(self, devices: Devices, size: Floats) -> Floats:
        """Return the bytes that devices of each site fetch; shape (sites,)."""
        return np.bincount(self._site_of[devices], size, len(self._hub_of)).astype(np.float64)

    def by_line(self, at_sites: Floats) -> Floats:
        """Return what crosses each line of what comes to each site; shape (lines,)."""
        behind = self._hub_of >= 0
        hubs = len(self._carries) - len(self._hub_of)
        at_hubs = np.bincount(self._hub_of[behind], at_sites[behind], hubs)
        return np.append(at_sites, at_hubs).astype(np.float64)

    def times(self, at_sites: Floats) -> Floats:
        """Return the milliseconds that each line needs for what comes to each site."""
        return self.by_line(at_sites) / self._carries * 1000
