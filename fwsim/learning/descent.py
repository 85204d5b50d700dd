"""Where a smooth function of a few numbers is lowest, by sums in an order that is written down.

The method is that of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright, *Numerical
Optimization*, 2006, chapter 6). SciPy has it, too, but calls a library that sums as the processor
likes, and where it stops then hangs on the processor.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fwsim.quantities.elementary import Floats
from fwsim.quantities.small_matrices import inner, product

Function = Callable[[Floats], float]
_STEP = 1e-5
"""For differences, on an open scale."""
_LITTLE = 1e-9
"""Share of the depth; where three steps in a row gain no more, it is the bottom."""
_MOST_STEPS = 500
_ENOUGH = 1e-4
"""Share of what the slope promises that a step must bring."""
_LONGEST = 1.0
"""Of a step: on a logarithm e times as much, beyond which the slope tells nothing."""
_SHORTER = 0.5
_MOST_IDLE = 3
_SHORTEST = 1e-10


def lowest(function: Function, start: Floats, flat: float) -> Floats:
    """Return where a function is lowest, as near as its slope tells.

    Parameters
    ----------
    function
        Of numbers on open scales.
    start
        Where to begin, shape (numbers,).
    flat
        What slope is as good as none.
    """
    place, inverse = np.array(start, np.float64), np.eye(len(start))
    here, slope, idle = function(place), slope_of(function, place), 0
    for number in range(_MOST_STEPS):
        if float(np.abs(slope).max()) <= flat:
            break
        way = -_times(inverse, slope)
        if inner(way, slope) >= 0.0:
            inverse, way = np.eye(len(start)), -slope
        way = way * min(1.0, _LONGEST / float(np.abs(way).max()))
        step, below = _step(function, place, here, way, inner(way, slope))
        if not step.any():
            break
        idle = idle + 1 if here - below <= _LITTLE * (1.0 + abs(here)) else 0
        place, here = place + step, below
        if idle == _MOST_IDLE:
            break
        before, slope = slope, slope_of(function, place)
        change = slope - before
        if number == 0 and inner(step, change) > 0.0:  # the first guess gets the right scale
            inverse = inverse * (inner(step, change) / inner(change, change))
        inverse = _bent(inverse, step, change)
    return place


def slope_of(function: Function, place: Floats, width: float = _STEP) -> Floats:
    """Return the slope by central differences.

    Parameters
    ----------
    function, place
        Of what, and where.
    width
        How far to either side.
    """
    steps = np.eye(len(place)) * width
    ends = [(function(place + step), function(place - step)) for step in steps]
    return np.array([(up - down) / (2 * width) for up, down in ends])


def _step(
    function: Function, place: Floats, here: float, way: Floats, promised: float
) -> tuple[Floats, float]:
    """Return how far to go, and how low it is there; no step where nothing is lower."""
    share = 1.0
    while share > _SHORTEST:
        below = function(place + share * way)
        if below <= here + _ENOUGH * share * promised:
            return share * way, below
        share *= _SHORTER
    return np.zeros_like(way), here


def _bent(inverse: Floats, step: Floats, change: Floats) -> Floats:
    """Return the inverse curvature as a step and the change of slope over it tell."""
    along = inner(step, change)
    if along <= 0.0:
        return inverse
    turned = _times(inverse, change)
    outer = np.multiply.outer
    stretch = (1.0 + inner(change, turned) / along) / along
    mixed = outer(step, turned)
    return np.asarray(inverse + stretch * outer(step, step) - (mixed + mixed.T) / along)


def _times(matrix: Floats, row: Floats) -> Floats:
    return product(matrix, row[:, None])[:, 0]
