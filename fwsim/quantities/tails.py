"""What is left of a law when a quantity is known to be larger than it has been so far."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.elementary import Floats

STEPS = 2**52
"""Chances are as fine as those that are drawn; see `fwsim.model.chances`."""


def beyond(
    value_of: Callable[[Floats], Floats], bounds: Floats, luck: Floats
) -> tuple[Floats, Floats]:
    """Return what share of a law lies beyond each bound, and a chance drawn from that share.

    With a law's F and a chance u it is the chance F(bound) + u (1 - F(bound)). F is not asked for:
    the first chance whose value lies beyond the bound is searched for, so that what is drawn is
    beyond it whatever is rounded on the way.

    Parameters
    ----------
    value_of
        From chances of shape (bounds,) to values that never fall as a chance rises.
    bounds
        Each of its own quantity.
    luck
        A chance for each, or several; shape (..., bounds).

    Returns
    -------
    (shares, chances)
        Of shape (bounds,), and of that of `luck`. Where a share is 0 no value lies beyond, and the
        chance is void.
    """
    first = np.zeros(len(bounds), np.int64)
    last = np.full(len(bounds), STEPS, np.int64)
    for _ in range(STEPS.bit_length()):
        middle = (first + last) // 2
        is_beyond = value_of(_chance(np.minimum(middle, STEPS - 1))) > bounds
        last = np.where(is_beyond, middle, last)
        first = np.where(is_beyond, first, np.minimum(middle + 1, last))
    left = STEPS - first
    place = first + np.minimum((luck * left).astype(np.int64), left - 1)
    return left / STEPS, _chance(np.clip(place, 0, STEPS - 1))


def _chance(step: NDArray[np.int64]) -> Floats:
    found: Floats = (step + 0.5) / STEPS
    return found
