"""Habits by kind and zone: when they hold, each combination worked out once."""

from __future__ import annotations

import numpy as np

from fwsim.fleet.fleet import Column
from fwsim.fleet.week import Week
from fwsim.model.rollout import Rollout


class Hours:
    """Turns times of the week into intervals on the clock.

    Parameters
    ----------
    rollout
        Knows the zone of every OU.
    """

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        zones = rollout.zones()
        self._zones = list(dict.fromkeys(zones))
        of_unit = np.array([self._zones.index(zone) for zone in zones], np.int64)
        self._zone_of = of_unit[rollout.fleet.unit.codes]

    def by_kind(
        self, kinds: Column, weeks: list[Week]
    ) -> tuple[list[list[tuple[int, int]]], list[int]]:
        """Return the intervals of every combination that occurs, and each device's combination.

        Parameters
        ----------
        kinds
            The kind of habit of each device.
        weeks
            The pattern of each kind.
        """
        count = len(self._zones)
        pairs, of_device = np.unique(
            kinds.codes.astype(np.int64) * count + self._zone_of, return_inverse=True
        )
        intervals = [
            self._rollout.week_intervals(weeks[pair // count], self._zones[pair % count])
            for pair in pairs.tolist()
        ]
        combinations: list[int] = of_device.tolist()
        return intervals, combinations
