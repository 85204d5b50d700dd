"""Rows that say the same in all columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_MIXER = np.uint64(0x9E3779B97F4A7C15)


def first_alike(columns: Sequence[NDArray[np.integer]]) -> NDArray[np.int64]:
    """Return, for each row, the first one that is as it in all columns; shape (rows,).

    Parameters
    ----------
    columns
        Numbers, each of shape (rows,).
    """
    values = [np.asarray(column, np.int64) for column in columns]
    first = np.arange(len(values[0]), dtype=np.int64)
    some = _maybe_alike(values)
    if len(some):
        table = np.stack([column[some] for column in values], axis=1)
        _, of_kind, kind = np.unique(table, axis=0, return_index=True, return_inverse=True)
        first[some] = some[of_kind[kind.reshape(-1)]]
    return first


def row_hashes(columns: Sequence[NDArray[np.integer]]) -> NDArray[np.uint64]:
    """Return a number for each row: the same for rows that are alike, and hardly ever for others.

    Parameters
    ----------
    columns
        As for `first_alike`.
    """
    found = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        found = (found ^ np.asarray(column, np.int64).view(np.uint64)) * _MIXER
        found ^= found >> np.uint64(32)
    return found


def _maybe_alike(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the rows that are as another in all columns, and few more."""
    number = row_hashes(columns)
    order = np.argsort(number, kind="stable")
    alike = np.zeros(len(order) + 1, bool)
    alike[1:-1] = number[order][1:] == number[order][:-1]
    return np.asarray(np.sort(order[alike[1:] | alike[:-1]]), np.int64)
