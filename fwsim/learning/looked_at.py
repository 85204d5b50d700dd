"""Which factors of a hub are looked at: all of them would take too long, a few hide the best."""

from __future__ import annotations

import numpy as np

from fwsim.learning.factors import NO_CHANCE, Factors
from fwsim.quantities.elementary import Floats

_APART = 4
"""Every fourth factor of a hub is looked at, and more near the best and where it is steep."""
_STEEP, _FLAT, _FAR = 0.1, 1e-9, 10.0
"""More factors are looked at near where two of a hub explain what was seen differently by so much
on the logarithm: not between two that explain it alike, nor where it is that far from the best."""
_FINEST = 1e-4
"""No factors are looked at that are closer on the logarithm: there is a step between them."""
_COARSE = 1.5
"""Standard deviations: a bell is added up to within 1 % by values so far apart, wherever it is."""


def first_of(hub: Factors) -> Floats:
    """Return the logarithms of the factors of a hub that are looked at first.

    Parameters
    ----------
    hub
        What is believed of it.
    """
    count = len(hub.logs)
    # All that is believed to lie beyond the label stands in the last one, which has to be narrow.
    at_label = range(max(0, count - 2), count)
    return hub.logs[sorted({*range(0, count, _APART), *at_label})]


def more_of(hub: Factors, likely: Floats, apart: Floats) -> list[float]:
    """Return which factors of a hub are to be looked at, too: near the best, and where it is steep.

    Parameters
    ----------
    hub
        Those that were looked at.
    likely
        How likely they make what was seen, on the logarithm.
    apart
        By how many standard errors what sites get differs from one to the next: a hub that holds
        one line of many leaves it much more where it carries a little more.
    """
    if len(hub.logs) < 2:
        return []
    told = likely + np.log(np.maximum(hub.shares, NO_CHANCE) / np.diff(hub.edges))
    better, steps = np.maximum(told[1:], told[:-1]), np.diff(hub.logs)
    hidden = apart**2 / 8  # a bell's height in the middle above both ends
    change = np.abs(np.diff(likely))
    is_steep = np.concatenate([[False], (change > _STEEP) | (better == told.max()), [False]])
    is_near = is_steep[1:-1] | is_steep[:-2] | is_steep[2:]
    counts = (change > _FLAT) & (better + hidden > told.max() - _FAR)
    some = np.flatnonzero(is_near & counts & (apart > _COARSE) & (steps > 2 * _FINEST))
    parts = np.clip(np.ceil(apart[some] / _COARSE), 2, _APART).astype(int)
    return [
        float(hub.logs[place] + steps[place] * part / count)
        for place, count in zip(some.tolist(), parts.tolist(), strict=True)
        for part in range(1, count)
    ]
