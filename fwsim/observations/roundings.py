"""Lines that say what others say with their times rounded: one job in seconds and in minutes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.alike import first_alike

Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]


def told_in_both(
    columns: Sequence[Ints],
    times: Sequence[Ints],
    is_coarse: Flags,
    step: int,
    source: Ints,
    beside: Sequence[Ints] = (),
) -> Flags:
    """Tell which rows say the same as one of the other clock, but for its roundings.

    A file cuts all its times off, or rounds all of them: as more of its rows are told then.

    Parameters
    ----------
    columns
        Numbers that must be the same, each of shape (rows,).
    times
        Times that must be, cut off or rounded to whole steps.
    is_coarse
        Which rows have times in whole steps; the others have finer ones.
    step
        The coarse step, milliseconds.
    source
        Number of each row's file.
    beside
        More numbers that must be the same; how times are rounded shows without them.
    """
    files, file = np.unique(source, return_inverse=True)
    shifts = (0, step // 2) if step > 1 else (0,)
    cells = [[(at + np.where(is_coarse, 0, shift)) // step for at in times] for shift in shifts]
    told = [_in_both([*columns, *at], is_coarse) & is_coarse for at in cells]
    counts = np.array([np.bincount(file[some], minlength=len(files)) for some in told])
    way = np.argmax(counts, axis=0)[file]
    found = np.zeros(len(is_coarse), bool)
    for number, at in enumerate(cells):
        some = ~is_coarse | (way == number)
        found[some] |= _in_both([each[some] for each in (*columns, *beside, *at)], is_coarse[some])
    return found


def _in_both(columns: Sequence[Ints], is_coarse: Flags) -> Flags:
    """Tell which rows are as one of the other clock in all columns."""
    kind = first_alike(columns)
    coarse, fine = (
        np.bincount(kind[some], minlength=len(kind)) > 0 for some in (is_coarse, ~is_coarse)
    )
    return np.where(is_coarse, fine[kind], coarse[kind])


def told_more_exactly(
    columns: Sequence[Ints],
    times: Sequence[Ints],
    step: Ints,
    source: Ints,
    beside: Sequence[Ints] = (),
) -> Flags:
    """Tell which rows say in coarser times what others say in finer ones.

    Parameters
    ----------
    columns, times, source, beside
        As for `told_in_both`.
    step
        Of each row's times, milliseconds.
    """
    found = np.zeros(len(step), bool)
    for coarse in np.unique(step)[1:].tolist():
        some = np.flatnonzero(step <= coarse)
        is_coarse = step[some] == coarse
        mine, at, more = ([one[some] for one in each] for each in (columns, times, beside))
        same = told_in_both(mine, at, is_coarse, coarse, source[some], more)
        found[some[same & is_coarse]] = True
    return found
