"""When there are enough runs: the sequential procedure of the textbooks.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 9.4.1, after Y. S. Chow and
H. Robbins (1965): start with at least ten runs, add one at a time, stop when the half-width of
Student's t interval is no larger than asked for. sim-tools' `ReplicationsAlgorithm` does the
same for a *relative* precision only and brings plotly and scikit-learn along, so the one
comparison stands here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from fwsim.measures.precision import Precision
from fwsim.results.statistics.estimate import mean_interval

FIRST_RUNS = 10


def is_enough(values: Sequence[float], precision: Precision) -> bool:
    """Tell whether no further runs are wanted.

    Parameters
    ----------
    values
        One a run, at least two.
    precision
        What was asked for.

    Returns
    -------
    bool
        Whether the mean is as precise as asked for, or a run never got there: then there is no
        mean, and no number of further runs makes one.
    """
    if not all(math.isfinite(value) for value in values):
        return True
    _, low, high = mean_interval(values, precision.level)
    return (high - low) / 2 <= precision.half_width
