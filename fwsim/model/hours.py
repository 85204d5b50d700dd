"""Habits by kind and zone: when they hold, each combination worked out once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

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
        pairs, of_device = self._combined(kinds)
        intervals = [self._rollout.week_intervals(*pair) for pair in self._named(pairs, weeks)]
        combinations: list[int] = of_device.tolist()
        return intervals, combinations

    def ended_before(self, kinds: Column, weeks: list[Week]) -> list[int]:
        """Return when each combination of `by_kind` held last before the start.

        Zero or less in milliseconds; `NO_EVENING` where it holds at the start, or never did.
        """
        pairs, _ = self._combined(kinds)
        return [self._rollout.ended_before(*pair) for pair in self._named(pairs, weeks)]

    def _combined(self, kinds: Column) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        codes = kinds.codes.astype(np.int64) * len(self._zones) + self._zone_of
        pairs, of_device = np.unique(codes, return_inverse=True)
        return pairs, of_device

    def _named(self, pairs: NDArray[np.int64], weeks: list[Week]) -> list[tuple[Week, ZoneInfo]]:
        count = len(self._zones)
        return [(weeks[pair // count], self._zones[pair % count]) for pair in pairs.tolist()]
