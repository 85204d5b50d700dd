"""Arrays that compiled code reads by their address: none is empty, so each has one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[Any]


def table(dtype: np.dtype[Any], rows: int) -> Table:
    """Return an empty table; it has at least one row, so that it has an address."""
    return np.zeros(max(rows, 1), dtype)


def whole(values: Any) -> NDArray[np.int64]:
    """Return whole numbers as an array that has an address."""
    numbers = np.ascontiguousarray(values, dtype=np.int64)
    return numbers if len(numbers) else np.zeros(1, np.int64)
