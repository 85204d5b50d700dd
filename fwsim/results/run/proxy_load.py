"""What proxies sent, over time.

A neighbour of a static proxy, which stands at its site, has all its packages from it. Among
neighbours with a dynamic one the log does not tell who provided: how much they sent in all at a
site the clock has counted. Transfers under way in the end tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.firmware import FirmwareSettings, ProxyType
from fwsim.commands.lifecycle import TELLS_BYTES, State
from fwsim.commands.status_text import StatusField
from fwsim.model.rollout import Rollout
from fwsim.model.tally import NEVER_BEGUN, TalliedTransfers
from fwsim.results.run.fleet_load import Floats, Stretches
from fwsim.results.run.record import RunRecord, once_a_run

_WEB = -2
_SUBNET = -1
"""Whom an OU's devices turn to, unless it is the index of a static proxy."""


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
        device=jobs.device[mine],
        is_update=(log.fields() == StatusField.UPDATE)[end[mine]],
    )


def _turned_to(settings: FirmwareSettings, rollout: Rollout) -> int:
    if not settings.has_proxy:
        return _WEB
    if settings.proxy_type is not ProxyType.STATIC:
        return _SUBNET
    return rollout.fleet.find(settings.proxy or "")[0]


def _sources(transfers: TalliedTransfers, rollout: Rollout) -> NDArray[np.int64]:
    """Return whom each transfer turned to by the settings of its time; shape (jobs,)."""
    configuration, unit = rollout.configuration, rollout.fleet.unit
    table = np.array(
        [
            [_turned_to(settings, rollout) for settings in configuration.over_time(path)]
            for path in unit.values
        ],
        np.int64,
    )
    at = np.where(transfers.start == NEVER_BEGUN, transfers.end, transfers.start)
    epoch = np.searchsorted(np.array(configuration.change_times, np.int64), at, side="right")
    source = table[unit.codes[transfers.device], epoch]
    source[~transfers.is_update] = _WEB
    return np.where(source == transfers.device, _WEB, source)  # a proxy's own packages


def loads_of_proxies(
    transfers: TalliedTransfers, sent: NDArray[np.int64], rollout: Rollout
) -> dict[int, Stretches]:
    """Return what the proxies of each site sent, by the site's index; those without are left out.

    It is spread evenly over their neighbours' transfers.

    Parameters
    ----------
    transfers
        What every job fetched.
    sent
        Bytes that dynamic proxies sent to neighbours at each site; shape (sites,).
    rollout
        Whose settings tell who turns to which proxy.
    """
    if not rollout.configuration.may_be_served.any():
        return {}
    source = _sources(transfers, rollout)
    if not (source != _WEB).any():
        return {}
    site = rollout.fleet.site.codes[transfers.device]
    part: Floats = np.where(source >= 0, 1.0, 0.0)
    in_subnet = source == _SUBNET
    asked = np.bincount(site[in_subnet], transfers.size[in_subnet], len(sent))
    of_site = np.minimum(sent / np.maximum(asked, 1.0), 1.0)
    part[in_subnet] = of_site[site[in_subnet]]
    served = np.flatnonzero((transfers.start != NEVER_BEGUN) & (part > 0))
    served = served[np.argsort(site[served], kind="stable")]
    sites = np.unique(site[part > 0])
    begins, ends = (np.searchsorted(site[served], sites, side) for side in ("left", "right"))
    loads = {}
    for number, begin, end in zip(sites.tolist(), begins.tolist(), ends.tolist(), strict=True):
        mine = served[begin:end]
        loads[number] = Stretches(
            transfers.start[mine], transfers.end[mine], part[mine] * transfers.size[mine]
        )
    return loads


@once_a_run
def provider_load(record: RunRecord) -> dict[int, Stretches]:
    """Return what proxies sent at each site, by its index; sites without any are left out."""
    return loads_of_proxies(transfers_of(record), record.sent, record.rollout)


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
