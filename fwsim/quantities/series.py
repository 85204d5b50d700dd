"""Whole rows of numbers at once: by NumPy, or by something faster that gives the same bits."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Series(Protocol):
    """Works out whole arrays, to the bits of `fwsim.quantities.elementary` and of Philox."""

    def exponential(self, x: Floats) -> Floats:
        """Return e to the power of `x`."""

    def logarithm(self, x: Floats) -> Floats:
        """Return the natural logarithm of `x`."""

    def normal_quantile(self, u: Floats) -> Floats:
        """Return the standard normal quantile of `u`."""

    def chances(self, key: NDArray[np.uint64], count: int, blocks_before: int) -> Floats:
        """Return chances of the stream with a key, behind so many blocks of it."""


_FASTER: list[Series] = []


def work_with(series: Series | None) -> None:
    """Have rows worked out by something faster from now on, or by NumPy; no result changes."""
    _FASTER[:] = [] if series is None else [series]


def faster() -> Series | None:
    """Return what works rows out faster than NumPy, if it is there."""
    return _FASTER[0] if _FASTER else None
