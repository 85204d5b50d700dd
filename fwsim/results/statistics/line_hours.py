"""What a line carried, hour by hour and run by run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.model.tally import HOUR
from fwsim.results.statistics.answer import Answer


def line_hours(answer: Answer, line: int) -> NDArray[np.float64]:
    """Return what a line carried in each hour up to the horizon, bytes; shape (runs, hours).

    Parameters
    ----------
    answer
        The runs.
    line
        Index into the sites and hubs of its setting.
    """
    hours = -(-answer.setting.horizon // HOUR)
    sizes = np.zeros((answer.runs, hours))
    for row, run in enumerate(answer.replications):
        of, hour, size = run.timeline.site_hours
        mine = (of == line) & (hour < hours)
        sizes[row, hour[mine]] = size[mine]
    return sizes
