"""When there are enough runs: the sequential procedure of the textbooks.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., section 9.4.1, after Y. S. Chow and
H. Robbins (1965): start with some runs, add one at a time, stop when the half-width of the interval
is no larger than asked for. Ten runs, as the book has it, are too few for times: they are skewed,
and an interval that happens to be narrow early is one that missed the long tail. So there are
thirty, and the interval of a mean is Hall's. sim-tools' `ReplicationsAlgorithm` does the same for a
*relative* precision only and brings plotly and scikit-learn along, so the one comparison stands
here.
"""

from __future__ import annotations

from collections.abc import Sequence

from fwsim.measures.precision import Precision
from fwsim.results.statistics.reached_precision import half_width, is_hopeless

FIRST_RUNS = 30
IN_A_ROW = 10
"""Runs after each of which the interval of a quantile is narrow enough.

It jumps from run to run; who stops at the first narrow one has one of 93 % instead of 95 %.
"""


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
        Whether the mean, or the quantile, is as precise as asked for; or no number of further runs
        makes it so.
    """
    if is_hopeless(values, precision):
        return True
    count = len(values)
    since = count - 1 if precision.quantile is None else max(1, count - IN_A_ROW)
    return all(
        half_width(values[:number], precision) <= precision.half_width
        for number in range(count, since, -1)
    )
