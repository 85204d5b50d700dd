"""How precise runs are, as a precision asks for it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fwsim.measures.precision import Precision
from fwsim.results.statistics.estimate import quantile, skewed_mean_interval
from fwsim.results.statistics.forecast import quantile_interval


def interval(values: Sequence[float], precision: Precision) -> tuple[float, float]:
    """Return the interval that a precision asks for: of the mean, or of a quantile."""
    if precision.quantile is not None:
        return quantile_interval(sorted(values), precision.quantile, precision.level)
    return skewed_mean_interval(values, precision.level)[1:]


def is_hopeless(values: Sequence[float], precision: Precision) -> bool:
    """Tell whether no number of further runs makes it as precise as asked for.

    A run that never got there leaves no mean. A quantile is never where even the lower end of its
    interval is.
    """
    if precision.quantile is None:
        return not all(map(math.isfinite, values))
    return interval(values, precision)[0] == math.inf


def half_width(values: Sequence[float], precision: Precision) -> float:
    """Return how far the interval reaches: half of it, and of a quantile the longer side.

    Infinite where it has no bound.

    Parameters
    ----------
    values
        One a run, at least two.
    precision
        What was asked for.
    """
    if is_hopeless(values, precision):
        return math.inf
    low, high = interval(values, precision)
    if precision.quantile is None:
        return (high - low) / 2
    found = quantile(values, precision.quantile)
    return max(found - low, high - found)
