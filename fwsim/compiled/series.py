"""Rows of numbers worked out by compiled code; other threads run meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.quantities.series import Floats

Work = Callable[[int], None]
"""Takes the address of a record of `tables.SERIES`."""
_RECORD = ctypes.c_uint64 * len(tables.SERIES.names or ())


class CompiledSeries:
    """See `fwsim.quantities.series.Series`.

    Parameters
    ----------
    exponential, logarithm, normal_quantile, chances
        The units of `fwsim.compiled.machine.series`.
    """

    def __init__(
        self, exponential: Work, logarithm: Work, normal_quantile: Work, chances: Work
    ) -> None:
        self._exponential, self._logarithm = exponential, logarithm
        self._normal_quantile, self._chances = normal_quantile, chances

    def exponential(self, x: Floats) -> Floats:
        """Return e to the power of `x`."""
        return _worked_out(self._exponential, x)

    def logarithm(self, x: Floats) -> Floats:
        """Return the natural logarithm of `x`."""
        return _worked_out(self._logarithm, x)

    def normal_quantile(self, u: Floats) -> Floats:
        """Return the standard normal quantile of `u`."""
        return _worked_out(self._normal_quantile, u)

    def chances(self, key: NDArray[np.uint64], count: int, blocks_before: int) -> Floats:
        """Return chances of the stream with a key, behind so many blocks of it; shape (count,)."""
        found = np.empty(count)
        record = _RECORD(0, found.ctypes.data, count, blocks_before, *key.tolist())
        self._chances(ctypes.addressof(record))
        return found


def _worked_out(work: Work, x: Floats) -> Floats:
    source = np.ascontiguousarray(x, np.float64)
    found = np.empty(x.shape)
    record = _RECORD(source.ctypes.data, found.ctypes.data, found.size)
    work(ctypes.addressof(record))
    return found
