"""What a line that several sites share leaves each transfer: the same, unless it takes less."""

from __future__ import annotations

import numpy as np

from fwsim.quantities.elementary import Floats


def level(busy: Floats, each: Floats, room: Floats) -> Floats:
    """Return what a line that several share leaves each transfer at most, by max-min fairness.

    Parameters
    ----------
    busy
        How many transfers of each site are under way; shape (stretches, sites).
    each
        What one of them takes at most; shape (stretches, sites).
    room
        What the line has; shape (stretches,).

    Returns
    -------
    ndarray of float64, shape (stretches,)
        Infinite where the line is not full.
    """
    order = np.argsort(each, axis=1)
    want, count = np.take_along_axis(each, order, axis=1), np.take_along_axis(busy, order, axis=1)
    taken = np.cumsum(want * count, axis=1) - want * count
    left = count[:, ::-1].cumsum(axis=1)[:, ::-1]
    share = (room[:, None] - taken) / np.maximum(left, 1e-9)
    holds = (share < want) & (left > 0)
    first = holds.argmax(axis=1)
    found = np.take_along_axis(share, first[:, None], axis=1)[:, 0]
    return np.where(holds.any(axis=1), np.maximum(found, 0.0), np.inf)
