"""Long rows worked out in pieces that stay in the cache, by as many threads as are worth it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from joblib import cpu_count
from numpy.typing import DTypeLike, NDArray

Room = Callable[[int, DTypeLike], NDArray[Any]]
"""Returns an array of so many values of a type; what stands in it means nothing."""
PIECE = 1 << 14
"""Places of a row that are worked out at a time."""
WORTH_THREADS = 8000
"""Times so many places from which on several threads work."""


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
        Returns memory for it.
    """
    pieces = [slice(first, min(first + PIECE, count)) for first in range(0, count, PIECE)]
    if len(pieces) < 2:
        return of_some(slice(0, count)).astype(dtype, copy=False)
    row = room(count, dtype)

    def work_out(some: slice) -> None:
        row[some] = of_some(some)

    if len(pieces) < WORTH_THREADS:
        for some in pieces:
            work_out(some)
        return row
    with ThreadPoolExecutor(cpu_count()) as threads:
        list(threads.map(work_out, pieces))
    return row
