"""Long rows worked out in pieces that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

PIECE = 1 << 14
"""Places of a row that are worked out at a time."""

Room = Callable[[int, DTypeLike], NDArray[Any]]
"""Returns an array of so many values of a type; what stands in it means nothing."""


def in_pieces(
    of_some: Callable[[slice], NDArray[Any]], count: int, dtype: DTypeLike, room: Room = np.empty
) -> NDArray[Any]:
    """Return a row; shape (count,).

    Parameters
    ----------
    of_some
        Works out some of its places; each comes to the same whatever others it is asked for with.
    count
        How many places it has.
    dtype
        Of its values.
    room
        Returns memory for a row that is longer than one piece.
    """
    if count <= PIECE:
        return of_some(slice(0, count)).astype(dtype, copy=False)
    row = room(count, dtype)
    for first in range(0, count, PIECE):
        some = slice(first, min(first + PIECE, count))
        row[some] = of_some(some)
    return row
