"""How long the server's workers were busy, worked out from the status log."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.results.run.record import RunRecord, once_a_run

_ANSWERED = (State.CHECKING, State.NOTIFYING, State.REJECTED)


@once_a_run
def _busy_stretches(record: RunRecord) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return from when to when one of the server's workers was busy, both of shape (stretches,).

    A worker is busy until the line after *waiting for its turn*; how long before, the rules of
    dispatch tell (docs/model.md).
    """
    log, a = record.log, record.rollout.assumptions
    now, then = record.jobs.successive
    after = then[log.state[now] == State.PROBING]
    only_on = np.array([run.command.only_switched_on for run in log.runs], bool)
    pinged = np.array([run.command.check_reachability for run in log.runs], bool)
    run, state = log.run[after], log.state[after]
    if not len(after):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    unanswered = np.where(only_on[run] & ~pinged[run], a.connect_timeout, a.ping_timeout)
    busy = np.where(np.isin(state, [int(s) for s in _ANSWERED]), a.send_time, unanswered)
    busy[log.detail[after] == Detail.SHOWN_AS_OFF] = 0
    end = log.time[after]
    return end - busy, end


def busy_workers(record: RunRecord, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how long the server's workers were busy between each edge and the next.

    Returns
    -------
    ndarray of int64, shape (edges - 1,)
        Milliseconds, all workers together.
    """
    busy = np.zeros(len(edges), np.int64)
    for at, sign in zip(_busy_stretches(record), (1, -1), strict=True):
        moments = np.sort(at)
        passed = np.searchsorted(moments, edges, side="right")
        busy += sign * (passed * edges - np.append(0, np.cumsum(moments))[passed])
    return np.diff(busy)
