"""Long rows worked out in pieces that stay in the cache, by several threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from joblib import cpu_count
from numpy.typing import DTypeLike, NDArray

PIECE = 1 << 14
"""Places of a row that are worked out at a time."""

WORTH_A_THREAD = 8 * PIECE
"""Places for each thread."""

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
    threads = min(cpu_count(), max(count // WORTH_A_THREAD, 1))
    each = -(-count // threads // PIECE) * PIECE

    def work_out(begin: int) -> None:
        for first in range(begin, min(begin + each, count), PIECE):
            some = slice(first, min(first + PIECE, count))
            row[some] = of_some(some)

    if threads == 1:
        work_out(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work_out, range(0, count, each)))
    return row
