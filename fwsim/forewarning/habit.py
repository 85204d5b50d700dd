"""When devices are on, or people there, by their habits and zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.fleet import Column
from fwsim.fleet.week import Week
from fwsim.model.hours import Hours

Devices = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Habit:
    """Stretches of the rollout in which something holds, alike for devices of one kind.

    Parameters
    ----------
    stretches
        Of each kind, as begin and end in milliseconds after the start.
    kinds
        Each device's.
    """

    stretches: list[list[tuple[int, int]]]
    kinds: NDArray[np.int64]

    @classmethod
    def of(cls, hours: Hours, kinds: Column, weeks: list[Week]) -> Self:
        """Return a habit; parameters as of `Hours.by_kind`."""
        stretches, of_device = hours.by_kind(kinds, weeks)
        return cls(stretches, np.array(of_device, np.int64))

    def holds_at(self, devices: Devices, at: int) -> Flags:
        """Tell for which devices it holds at a time."""
        kinds = [any(a <= at < b for a, b in each) for each in self.stretches]
        return np.array(kinds, bool)[self.kinds[devices]]

    def holds_between(self, devices: Devices, begin: int, end: int) -> Flags:
        """Tell for which devices it holds from one time to another."""
        kinds = [any(a <= begin and b >= end for a, b in each) for each in self.stretches]
        return np.array(kinds, bool)[self.kinds[devices]]

    @property
    def ever_holds(self) -> Flags:
        """Whether it holds at any time; shape (devices,)."""
        return np.array([bool(each) for each in self.stretches], bool)[self.kinds]
