"""How far a rollout, or a run of the forecast before its start, had come by a moment."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fwsim.measures.catalogue import Kind
from fwsim.model.status_log import LogColumns
from fwsim.quantities.elementary import Floats
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.jobs import Jobs
from fwsim.results.run.record import FieldRecord
from fwsim.results.run.replication import Replication
from fwsim.results.run.stages import ENDS

Whole = NDArray[np.int64]


class Successes(NamedTuple):
    """Devices that are done, and when each was, milliseconds; both of shape (devices,)."""

    device: NDArray[np.int32]
    time: Whole


def successes_in(log: LogColumns) -> Successes:
    """Return who is done by the end of a log; a command that has not ended takes back nothing.

    Parameters
    ----------
    log
        Of what the rollout is judged by.
    """
    jobs = Jobs.of(log)
    ended = FieldRecord(log.where(ENDS[jobs.state(log)][jobs.of_line]), 0)
    is_done = ended.success_time < NOT_YET
    return Successes(ended.targeted[is_done], ended.success_time[is_done])


def done_by(until: int, run: Replication, times: Whole, curve: Floats) -> tuple[float, float]:
    """Return the least and the largest share of the targeted devices that can have been done then.

    They are the same where a run keeps all moments at which devices were successful. One that was
    read again keeps its curve on a grid whose step may be a quarter of an hour, in which all of it
    may have happened, and its times to 50, 90, 95 and 99 %.

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
    if run.steps is not None:
        at, before, share = run.steps[0], run.steps[1] / devices, run.steps[2] / devices
    else:
        at, before, share = _of_curve(run, times, curve)
    # Who is done at this very moment is done: of points that coincide the last counts.
    place = int(np.searchsorted(at, until, side="right"))
    least = float(share[place - 1]) if place else 0.0
    return least, max(least, float(before[place])) if place < len(at) else least


def _of_curve(run: Replication, times: Whole, curve: Floats) -> tuple[Whole, Floats, Floats]:
    """Return moments, and the shares done before each, at the most, and with it.

    By what is kept of every run.
    """
    devices = max(run.targeted, 1)
    known = [
        (run.first_command + value, math.ceil((measure.share or 0) * devices - 1e-9))
        for measure, value in run.values.items()
        if measure.kind is Kind.TIME_TO and measure.of_targeted and measure.is_of_all
        if math.isfinite(value)
    ]
    reached = np.array([count for _, count in known], np.float64)
    at = np.concatenate([times, np.array([time for time, _ in known], np.int64)])
    share = np.concatenate([curve, reached / devices])
    before = np.concatenate([curve, (reached - 1) / devices])  # it was reached then, not before
    order = np.lexsort((share, at))
    return at[order], before[order], np.maximum.accumulate(share[order])
