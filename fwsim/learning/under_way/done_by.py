"""How far a run of the forecast before the start had come by a moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.catalogue import Kind
from fwsim.quantities.elementary import Floats
from fwsim.results.run.replication import Replication


def done_by(until: int, run: Replication, times: NDArray[np.int64], curve: Floats) -> float:
    """Return the share of the targeted devices that were successful by then.

    A run keeps its curve on a grid whose step may be a quarter of an hour, in which all of it may
    have happened. So the times to 50, 90, 95 and 99 % that it keeps are points of the curve, too.

    Parameters
    ----------
    until
        Milliseconds since the start.
    run
        The run.
    times, curve
        Points of its grid, and the shares there; both of shape (points,).
    """
    devices = max(run.targeted, 1)
    known = [
        (run.first_command + value, math.ceil((measure.share or 0) * devices - 1e-9) / devices)
        for measure, value in run.values.items()
        if measure.kind is Kind.TIME_TO and measure.of_targeted and measure.is_of_all
        if math.isfinite(value)
    ]
    at = np.concatenate([times, [time for time, _ in known]])
    share = np.concatenate([curve, [share for _, share in known]])
    order = np.lexsort((share, at))
    found = np.maximum.accumulate(share[order])
    # Who is done at this very moment is done: of points that coincide the last counts.
    place = int(np.searchsorted(at[order], until, side="right"))
    if place == len(found):
        return float(found[-1])
    return float(np.interp(until, at[order][place - 1 :], found[place - 1 :]) if place else 0.0)
