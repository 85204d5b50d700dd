"""How the devices spent their time that were successful last, found while a run is counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
NOT_YET = np.iinfo(np.int64).max
"""Stands for the success of a device that was not successful."""
ROOM = 2
"""Times the devices that are looked for are kept before who came too early is thrown out."""


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
        self._success = np.zeros(0, np.int64)
        self._device = np.zeros(0, np.int64)
        self._spent = np.zeros((0, ways), np.int64)

    def add(self, success: Whole, device: Whole, spent: Whole) -> None:
        """Take some devices.

        Parameters
        ----------
        success, device
            When each was successful, or `NOT_YET`; shape (devices,).
        spent
            How long it spent in each way, if it was; shape (devices, ways).
        """
        done = np.flatnonzero(success < NOT_YET)
        late = done[self._may_be_last(success[done])]
        self._success = np.concatenate([self._success, success[late]])
        self._device = np.concatenate([self._device, device[late]])
        self._spent = np.concatenate([self._spent, spent[late]])
        if len(self._success) > ROOM * self._most:
            stay = self._may_be_last(self._success)
            self._success, self._device = self._success[stay], self._device[stay]
            self._spent = self._spent[stay]

    def _may_be_last(self, success: Whole) -> NDArray[np.bool_]:
        """Tell who is not earlier than as many others as are looked for."""
        if not 0 < self._most < len(success):
            return np.full(len(success), self._most > 0)
        begin = len(success) - self._most
        return np.asarray(success >= np.partition(success, begin)[begin])

    def spent_by(self, is_one: NDArray[np.bool_]) -> Whole:
        """Return how long some devices of the fleet spent in each way together; shape (ways,)."""
        total: Whole = self._spent[is_one[self._device]].sum(axis=0)
        return total
