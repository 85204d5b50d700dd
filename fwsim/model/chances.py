"""All randomness: every uncertain quantity of a run, drawn by purpose and device.

A chance is a number in (0, 1) from a counter-based generator. Its stream is named by seed,
replication, purpose and the number of the draw; its place in the stream is the device. So the same
device meets the same luck whatever else is in the fleet, in the scenario or on the machine, and
two plans under one seed meet the same users and the same faults.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.model.purposes import Purpose
from fwsim.quantities.elementary import Floats

T = TypeVar("T")


class Chances:
    """The luck of one replication.

    Parameters
    ----------
    seed
        Names the experiment; any whole number.
    replication
        Which of its runs.
    given
        Chances handed over instead of drawn, by purpose: one number for every device, so that
        a story or a test knows every second of its outcome.
    """

    def __init__(
        self, seed: int, replication: int = 0, given: Mapping[Purpose, float] | None = None
    ) -> None:
        self.seed = seed
        self.replication = replication
        self.given = dict(given or {})

    def draw(self, purpose: Purpose, draw: int, count: int) -> Floats:
        """Return the chances of the first `count` devices (or sites) for one purpose.

        Parameters
        ----------
        purpose
            What they decide.
        draw
            The n-th time the question comes up for a device, from 0.
        count
            How many devices, or sites.

        Returns
        -------
        ndarray of float64, shape (count,)
            Each in the open interval (0, 1).
        """
        if purpose in self.given:
            return np.full(count, self.given[purpose])
        name = f"fwsim/{self.seed}/{self.replication}/{purpose.stream}/{draw}"
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        key = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
        raw: NDArray[np.uint64] = np.random.Philox(key=key).random_raw(count)
        # 52 bits and a half step: symmetric, and never 0 or 1.
        return ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class Drawn(Generic[T]):
    """One quantity of every device, a row per draw, drawn when first asked for.

    Parameters
    ----------
    make
        Returns the quantity of all devices for the given draw; a single value where all devices
        have the same.
    devices
        How many there are.
    """

    def __init__(self, make: Callable[[int], NDArray[Any]], devices: int) -> None:
        self._make = make
        self._devices = devices
        self._rows: dict[int, NDArray[Any]] = {}
        self._lists: dict[int, list[T]] = {}
        self._alike: dict[T, list[T]] = {}

    def row(self, draw: int) -> NDArray[Any]:
        """Return the quantity of all devices; shape (devices,), or (1,) if all are alike."""
        row = self._rows.get(draw)
        if row is None:
            row = self._rows[draw] = self._make(draw)
        return row

    def __getitem__(self, draw: int) -> list[T]:
        values = self._lists.get(draw)
        if values is None:
            values = self._lists[draw] = self._list(self._make(draw))
        return values

    def _list(self, row: NDArray[Any]) -> list[T]:
        values: list[T] = row.tolist()
        if len(values) == self._devices:
            return values
        return self._alike.setdefault(values[0], values * self._devices)
