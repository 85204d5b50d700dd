"""What flows over time but on the lines: amounts spread evenly, and the server's workers.

Both are worked out from the status log: what it does not tell to the minute is spread evenly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.results.run.record import RunRecord, once_a_run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stretches:
    """Amounts that flow evenly over stretches of time; arrays have shape (stretches,).

    Parameters
    ----------
    start, end
        Milliseconds.
    amount
        What flows in all.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    amount: Floats

    def until(self, times: NDArray[np.int64]) -> Floats:
        """Return what has flowed until each of the times; shape like `times`."""
        total = np.zeros(len(times))
        rate = self.amount / np.maximum(self.end - self.start, 1)
        for at, sign in ((self.start, 1.0), (np.maximum(self.end, self.start + 1), -1.0)):
            order = np.argsort(at, kind="stable")
            rates = np.append(0.0, np.cumsum(rate[order]))
            moments = np.append(0.0, np.cumsum(rate[order] * at[order]))
            passed = np.searchsorted(at[order], times, side="right")
            total += sign * (rates[passed] * times - moments[passed])
        return total

    def per_bin(self, edges: NDArray[np.int64]) -> Floats:
        """Return what flows between each edge and the next; shape (edges - 1,)."""
        flowed: Floats = np.maximum(np.diff(self.until(edges)), 0.0)
        return flowed


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
