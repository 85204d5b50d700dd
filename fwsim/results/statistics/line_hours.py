"""What a line carried, hour by hour and run by run; the last hour is as long as runs played it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.model.tally import HOUR
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.setting import Setting


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


def hour_edges(setting: Setting) -> NDArray[np.int64]:
    """Return when the hours begin, and when the last one is over; shape (hours + 1,).

    Where runs are stopped within an hour, it ends then: what it carried, it carried until then.
    Hours after that are empty and without length.

    Parameters
    ----------
    setting
        Milliseconds after its start.
    """
    hours = -(-setting.horizon // HOUR)
    return np.minimum(np.arange(hours + 1, dtype=np.int64) * HOUR, setting.end)
