"""All randomness: every uncertain quantity of a run, drawn by purpose and device.

A chance is a number in (0, 1) from a counter-based generator. Its stream is named by seed,
replication, purpose and the how-manieth draw; its place in the stream is the device. So the same
device meets the same luck whatever else is in the fleet, in the scenario or on the machine, and
two plans under one seed meet the same users and the same faults.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.elementary import Floats

T = TypeVar("T")


class Purpose(Enum):
    """What a chance decides. The value names the stream and never changes its meaning."""

    ANSWER = "which button a user clicks"
    ANSWER_TIME = "how long a user takes to click"
    DELAY_PICK = "which delay a user picks"
    BOOT_TIME = "how long a device takes to start"
    RESTART_TIME = "how long a device takes to restart after the installation"
    INSTALL_TIME = "how much longer or shorter a device installs"
    INSTALLED = "which image a device runs at the start"
    IDF_FAULT = "whether the image definition file cannot be had"
    IDF_SIGNATURE_FAULT = "whether a device cannot verify the IDF"
    PACKAGE_FAULT = "whether a package cannot be found"
    TRANSFER_FAULT = "whether a transfer breaks"
    TRANSFER_FAULT_POINT = "how far a broken transfer gets"
    PACKAGE_SIGNATURE_FAULT = "whether a device cannot verify the packages"
    WRITE_FAULT = "whether the installation fails"
    WRITE_FAULT_POINT = "how far a failed installation gets"
    POWER_LOSS = "when a device loses power"
    OUTAGE = "how long the power stays away"
    RECOVERY = "whether a partly written device starts again"
    SITE_WAKES = "whether wake-up works at a site"
    DEVICE_WAKES = "whether a device wakes where wake-up works"
    SWITCH_ON = "how early or late a device is switched on"
    SWITCH_OFF = "how early or late a device is switched off"
    LEFT_ON = "whether a device is left on overnight"
    UNREPORTED = "whether a switch-off goes unreported"
    SUSPENDED = "whether a device is only suspended"
    SPREAD = "how long a device waits within a job's spread"


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
            The how-manieth time the question comes up for a device, from 0.
        count
            How many.

        Returns
        -------
        ndarray of float64, shape (count,)
            Each in the open interval (0, 1).
        """
        if purpose in self.given:
            return np.full(count, self.given[purpose])
        name = f"fwsim/{self.seed}/{self.replication}/{purpose.name}/{draw}"
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
        found = self._rows.get(draw)
        if found is None:
            found = self._rows[draw] = self._make(draw)
        return found

    def __getitem__(self, draw: int) -> list[T]:
        found = self._lists.get(draw)
        if found is None:
            found = self._lists[draw] = self._list(self._make(draw))
        return found

    def _list(self, row: NDArray[Any]) -> list[T]:
        values: list[T] = row.tolist()
        if len(values) == self._devices:
            return values
        return self._alike.setdefault(values[0], values * self._devices)
