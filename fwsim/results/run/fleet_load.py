"""The load of what carries a rollout besides the lines: proxies and the server's workers.

Both are worked out from the status log: what it does not tell to the minute is spread evenly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.results.run.jobs import TELL_BYTES
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
def worker_load(record: RunRecord) -> Stretches:
    """Return when the server's workers were busy; amounts are milliseconds of one worker.

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
        return Stretches(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    unanswered = np.where(only_on[run] & ~pinged[run], a.connect_timeout, a.ping_timeout)
    busy = np.where(np.isin(state, [int(s) for s in _ANSWERED]), a.send_time, unanswered)
    busy[log.detail[after] == Detail.SHOWN_AS_OFF] = 0
    end = log.time[after]
    return Stretches(end - busy, end, busy.astype(np.float64))


@once_a_run
def provider_load(record: RunRecord) -> dict[int, Stretches]:
    """Return what proxies sent at each site, by the site's index; sites without any are left out.

    Bytes that devices fetched but that did not cross the site's line came from a proxy; they are
    spread evenly over the transfers of the site's devices.
    """
    log, site_of = record.log, record.rollout.fleet.site.codes
    jobs = record.jobs
    fetched = jobs.fetched(log)
    site = site_of[jobs.device]
    sites = len(record.rollout.fleet.site.values)
    from_web = np.bincount(record.load.site, weights=record.load.size, minlength=sites)
    everything = np.bincount(site, weights=fetched, minlength=sites)
    if not (everything > from_web).any():
        return {}
    start = jobs.first_line_of(log, State.TRANSFER)
    end = np.zeros(len(jobs), np.int64)
    tells = np.flatnonzero(log.amount == fetched[jobs.of_line])
    tells = tells[log.in_state(*TELL_BYTES)[tells]]
    end[jobs.of_line[tells[::-1]]] = tells[::-1]
    loads = {}
    for number in np.flatnonzero(everything > from_web).tolist():
        mine = np.flatnonzero((site == number) & (fetched > 0) & (start >= 0))
        part = 1.0 - from_web[number] / everything[number]
        times = log.time[start[mine]], log.time[end[mine]]
        loads[number] = Stretches(*times, fetched[mine] * part)
    return loads
