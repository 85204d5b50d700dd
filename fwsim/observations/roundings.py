"""Lines that say what others say with their times rounded: one job in seconds and in minutes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.alike import first_alike

Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]


def told_in_both(
    columns: Sequence[Ints], times: Sequence[Ints], is_coarse: Flags, step: int
) -> Flags:
    """Tell which rows say the same as one of the other clock, but for its roundings.

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
    """
    found = np.zeros(len(is_coarse), bool)
    for shift in (0, step // 2) if step > 1 else (0,):
        shifted = [(at + np.where(is_coarse, 0, shift)) // step for at in times]
        kind = first_alike([*columns, *shifted])
        coarse, fine = (
            np.bincount(kind[some], minlength=len(kind)) > 0 for some in (is_coarse, ~is_coarse)
        )
        found |= np.where(is_coarse, fine[kind], coarse[kind])
    return found


def told_more_exactly(columns: Sequence[Ints], times: Sequence[Ints], step: Ints) -> Flags:
    """Tell which rows say in coarser times what others say in finer ones.

    Parameters
    ----------
    columns, times
        As for `told_in_both`.
    step
        Of each row's times, milliseconds.
    """
    found = np.zeros(len(step), bool)
    for coarse in np.unique(step)[1:].tolist():
        some = np.flatnonzero(step <= coarse)
        is_coarse = step[some] == coarse
        same = told_in_both(
            [column[some] for column in columns], [at[some] for at in times], is_coarse, coarse
        )
        found[some[same & is_coarse]] = True
    return found
