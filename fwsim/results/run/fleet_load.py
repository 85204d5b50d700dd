"""The load of what carries a rollout besides the lines: proxies and the server's workers.

Both are worked out from the status log: what it does not tell to the minute is spread evenly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import TELLS_BYTES, State
from fwsim.model.tally import NEVER_BEGUN, TalliedTransfers
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


def transfers_of(record: RunRecord) -> TalliedTransfers:
    """Return when every job that fetched anything fetched it, by device, then run."""
    log, jobs = record.log, record.jobs
    fetched = jobs.fetched(log)
    first = jobs.first_line_of(log, State.TRANSFER)
    end = np.zeros(len(jobs), np.int64)
    tells = np.flatnonzero(log.amount == fetched[jobs.of_line])
    tells = tells[log.in_state(*TELLS_BYTES)[tells]]
    end[jobs.of_line[tells[::-1]]] = tells[::-1]  # of several the first one stays
    mine = np.flatnonzero(fetched > 0)
    return TalliedTransfers(
        start=np.where(first[mine] >= 0, log.time[first[mine]], NEVER_BEGUN),
        end=log.time[end[mine]],
        size=fetched[mine],
        site=record.rollout.fleet.site.codes[jobs.device[mine]],
    )


def loads_of_proxies(
    transfers: TalliedTransfers, from_web: NDArray[np.int64]
) -> dict[int, Stretches]:
    """Return what proxies sent at each site, by the site's index; sites without any are left out.

    Bytes that devices fetched but that did not cross the site's line came from a proxy; they are
    spread evenly over the transfers of the site's devices.

    Parameters
    ----------
    transfers
        What every job fetched.
    from_web
        Bytes that crossed each site's line; shape (sites,).
    """
    everything = np.bincount(transfers.site, weights=transfers.size, minlength=len(from_web))
    loads = {}
    for number in np.flatnonzero(everything > from_web).tolist():
        mine = (transfers.site == number) & (transfers.start != NEVER_BEGUN)
        part = 1.0 - from_web[number] / everything[number]
        loads[number] = Stretches(
            transfers.start[mine], transfers.end[mine], transfers.size[mine] * part
        )
    return loads


@once_a_run
def provider_load(record: RunRecord) -> dict[int, Stretches]:
    """Return what proxies sent at each site, by its index; sites without any are left out."""
    load, sites = record.load, len(record.rollout.fleet.site.values)
    from_web = np.zeros(sites, np.int64)
    np.add.at(from_web, load.site, load.size)
    return loads_of_proxies(transfers_of(record), from_web)


def sent_by_proxies(loads: Iterable[Stretches], edges: NDArray[np.int64]) -> Floats:
    """Return the bytes that proxies of all sites sent between each edge and the next."""
    return sum((sent.per_bin(edges) for sent in loads), np.zeros(len(edges) - 1))


def busiest_proxies(loads: Iterable[Stretches], edges: NDArray[np.int64]) -> float:
    """Return the most bytes that the proxies of one site sent between two edges."""
    return float(max((_busiest(sent, edges) for sent in loads), default=0.0))


def _busiest(sent: Stretches, edges: NDArray[np.int64]) -> float:
    """Return the most that flows between two edges; only those are looked at that it touches."""
    if not len(sent.start):
        return 0.0
    first = int(np.searchsorted(edges, sent.start.min(), side="right")) - 1
    last = int(np.searchsorted(edges, sent.end.max() + 1, side="left"))
    touched = edges[max(first, 0) : last + 1]
    return float(sent.per_bin(touched).max()) if len(touched) > 1 else 0.0
