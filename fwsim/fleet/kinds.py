"""Devices that are alike: so much less is worked out and kept for each kind of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FITS = 1 << 62
"""Kinds that a whole number can tell apart."""


def kinds_of(columns: Sequence[NDArray[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return devices that are alike in all columns as one kind.

    Parameters
    ----------
    columns
        Whole numbers or flags, at least one column; each of shape (devices,).

    Returns
    -------
    tuple of ndarray
        The kind of each device, shape (devices,), and the first device of each kind. Kinds are in
        the order of their numbers, the first column first.
    """
    codes, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        least = int(column.min(initial=0))
        size = int(column.max(initial=0)) - least + 1
        if room * size > _FITS:
            _, codes = np.unique(codes, return_inverse=True)
            room = len(codes)
        codes = codes * size + (column.astype(np.int64) - least)
        room *= size
    _, first, kinds = np.unique(codes, return_index=True, return_inverse=True)
    return kinds.astype(np.int64), first.astype(np.int64)
