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
    """

    def __init__(self, devices: NDArray[np.int32], record: RunRecord) -> None:
        updates, log = record.updates, record.updates.log
        count = len(record.rollout.fleet)
        state = np.full(count, -1, np.int64)
        time = np.full(count, NOT_YET, np.int64)
        over = ENDS[updates.outcome_state]
        ended, lines = updates.targeted[over], updates.outcome_line[over]
        state[ended], time[ended] = log.state[lines], log.time[lines]
        begun = np.full(count, NOT_YET, np.int64)
        lines = np.flatnonzero(log.in_state(State.CHECKING))
        np.minimum.at(begun, log.device[lines], log.time[lines])
        self.begun: Times = begun[devices]
        self.time: Times = time[devices]
        self.state: NDArray[np.int64] = state[devices]

    def times(self, first: int, end: int, *states: State) -> Times:
        """Return when the devices of a group ended in one of these states, ascending."""
        chosen = np.isin(self.state[first:end], [int(state) for state in states])
        times: Times = np.sort(self.time[first:end][chosen])
        return times
