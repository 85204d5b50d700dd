"""How the devices spent their time that were successful last, found while a run is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
NOT_YET = np.iinfo(np.int64).max
"""Stands for the success of a device that was not successful."""
ROOM = 2
"""Times the devices that are looked for are kept before who came too early is thrown out."""


@dataclass(frozen=True)
class _Some:
    """Devices that were successful, when they were, and how long each spent in each way."""

    success: Whole
    device: Whole
    spent: Whole

    def since(self, at: int) -> _Some:
        """Return those that were successful from a moment on."""
        stay = self.success >= at
        return _Some(self.success[stay], self.device[stay], self.spent[stay])

    def spent_by(self, is_one: NDArray[np.bool_]) -> Whole:
        """Return how long some devices of the fleet spent in each way together."""
        total: Whole = self.spent[is_one[self.device]].sum(axis=0)
        return total


class Latest:
    """Keeps what is told of the devices that may be among the last.

    Parameters
    ----------
    most
        How many are looked for at the most.
    ways
        In how many ways a device spends its time.
    """

    def __init__(self, most: int, ways: int) -> None:
        self._most = most
        nobody = np.zeros(0, np.int64)
        self._kept = [_Some(nobody, nobody, np.zeros((0, ways), np.int64))]
        self._count = 0
        self._since = 0
        """Who was successful before is none of the last."""

    def add(self, success: Whole, device: Whole, spent: Whole) -> None:
        """Take some devices.

        Parameters
        ----------
        success, device
            When each was successful, or `NOT_YET`; shape (devices,).
        spent
            How long it spent in each way, if it was; shape (devices, ways).
        """
        may_be = np.flatnonzero((success < NOT_YET) & (success >= self._since))
        may_be = may_be[success[may_be] >= _since_when(success[may_be], self._most)]
        self._kept.append(_Some(success[may_be], device[may_be], spent[may_be]))
        self._count += len(may_be)
        if self._count > ROOM * self._most:
            self._throw_out()

    def _throw_out(self) -> None:
        """Keep those that are not earlier than as many others as are looked for."""
        success = np.concatenate([some.success for some in self._kept])
        self._since = _since_when(success, self._most)
        self._kept = [some.since(self._since) for some in self._kept]
        self._count = sum(len(some.success) for some in self._kept)

    def spent_by(self, is_one: NDArray[np.bool_]) -> Whole:
        """Return how long some devices of the fleet spent in each way together; shape (ways,)."""
        total: Whole = np.sum([some.spent_by(is_one) for some in self._kept], axis=0)
        return total


def are_last(success: Whole, last: int) -> NDArray[np.bool_]:
    """Tell which are the last; of several at the same moment, those last in the fleet's order.

    Parameters
    ----------
    success
        When each device was successful, in the fleet's order.
    last
        How many are the last.
    """
    moment = _since_when(success, last)
    is_last: NDArray[np.bool_] = success > moment
    level = np.flatnonzero(success == moment)
    is_last[level[len(level) - (last - int(is_last.sum())) :]] = True
    return is_last


def _since_when(success: Whole, last: int) -> int:
    """Return when the first of the last was successful; `NOT_YET` if none is asked for."""
    if last == 0:
        return NOT_YET
    begin = max(len(success) - last, 0)
    return int(np.partition(success, begin)[begin]) if len(success) else 0
