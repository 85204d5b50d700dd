"""When each device began and ended in a run, and how: what gates and paces look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stages import ENDS

FINISHED = (State.SUCCESS, State.NOT_NEEDED)
FAILED_OR_CANCELLED = (State.FAILED, State.CANCELLED, State.SUPERSEDED)
"""What closes the action of a product besides; one never reached, or rejected, leaves it open."""
Times = NDArray[np.int64]


class Ends:
    """When each device began and ended, and how; arrays have shape (devices,).

    Parameters
    ----------
    devices
        Which, in which order.
    record
        A run.
    run
        The command's run under which, as index into the log's runs; None for what counts in the
        end of all runs.
    """

    def __init__(
        self, devices: NDArray[np.int32], record: RunRecord, run: int | None = None
    ) -> None:
        updates, log = record.updates, record.updates.log
        count = len(record.rollout.fleet)
        state = np.full(count, -1, np.int64)
        time = np.full(count, NOT_YET, np.int64)
        jobs = updates.jobs
        counts = updates.decisive if run is None else np.flatnonzero(jobs.run == run)
        lines = jobs.outcome_line[counts]
        lines = lines[ENDS[log.state[lines]]]
        ended = log.device[lines]
        state[ended], time[ended] = log.state[lines], log.time[lines]
        begun = np.full(count, NOT_YET, np.int64)
        is_begin = log.in_state(State.CHECKING)
        lines = np.flatnonzero(is_begin if run is None else is_begin & (log.run == run))
        np.minimum.at(begun, log.device[lines], log.time[lines])
        self.begun: Times = begun[devices]
        self.time: Times = time[devices]
        self.state: NDArray[np.int64] = state[devices]

    def times(self, first: int, end: int, *states: State) -> Times:
        """Return when the devices of a group ended in one of these states, ascending."""
        chosen = np.isin(self.state[first:end], [int(state) for state in states])
        times: Times = np.sort(self.time[first:end][chosen])
        return times
