"""How long a download's connections are set up before its bytes flow.

All files of a stretch are set up ahead, one after the other: it takes as long as one before each
file would, and others have the line meanwhile, as they would then.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.connection import ROUND, set_up_time, slow_start
from fwsim.model.rollout import Rollout
from fwsim.quantities.counts import LARGEST_DOWNLOAD

Integers = NDArray[np.signedinteger[Any]]

ROUNDING = 1
"""Milliseconds by which files each rounded may stay below all of them together."""


class SetUp:
    """The time before the first byte, by site.

    Parameters
    ----------
    rollout
        Knows the round trips, and how fast a single download is.
    """

    def __init__(self, rollout: Rollout) -> None:
        self.round_trips = rollout.round_trips()
        self._handshake = rollout.handshake
        self._window: int = rollout.assumptions.initial_window
        self._alone = rollout.rates_alone().tolist() if any(self.round_trips) else []

    def time(self, site: int, device_rate: int, files: tuple[int, ...]) -> int:
        """Return how long some files are set up, milliseconds.

        Parameters
        ----------
        site, device_rate
            Where, and what the device takes at most, bytes per second.
        files
            Bytes of each.
        """
        round_trip = self.round_trips[site]
        in_flight = min(self._alone[site], device_rate) * round_trip // 1000
        return sum(
            set_up_time(self._handshake + slow_start(size, in_flight, self._window), round_trip)
            for size in files
        )

    def least(self, site: int, device_rate: int, size: int) -> int:
        """Return how long files of some bytes in all are set up at least, however many they are.

        Parameters
        ----------
        site, device_rate
            As for `time`.
        size
            Bytes; nothing is set up for none.
        """
        if not size or not self.round_trips[site]:
            return 0
        # A second file costs a handshake, and saves at most one doubling of the first.
        one = size if self._handshake >= 2 * ROUND else 0
        return max(0, self.time(site, device_rate, (one,)) - ROUNDING)

    def least_of(self, site: Integers, device_rate: Integers, size: Integers) -> Integers:
        """Return `least` for many; arrays of one shape."""
        if not any(self.round_trips):
            return np.zeros(len(site), np.int64)
        known = np.clip(size, 0, LARGEST_DOWNLOAD)
        rows = np.stack([site.astype(np.int64), device_rate.astype(np.int64), known])
        kinds, of_each = np.unique(rows, axis=1, return_inverse=True)
        least = np.array([self.least(*kind) for kind in kinds.T.tolist()], np.int64)
        found: Integers = least[of_each.reshape(-1)]
        return found
