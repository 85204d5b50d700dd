"""How full the lines were: shares of the repository's uplink and of each site's line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.week import Week
from fwsim.results.run.record import RunRecord, once_a_run

Floats = NDArray[np.float64]
BUSY_MINUTES = 60


def within(record: RunRecord, times: NDArray[np.int64], week: Week | None) -> NDArray[np.bool_]:
    """Return which times lie within times of the week on the server's clock; None is always."""
    if week is None or week.is_always:
        return np.ones(len(times), bool)
    spans = np.array(record.rollout.week_intervals(week), np.int64).reshape(-1, 2)
    after = np.searchsorted(spans[:, 0], times, side="right")
    return (after > 0) & (times < np.append(0, spans[:, 1])[after])


def site_links(record: RunRecord) -> Floats:
    """Return the rate of each site's line, bytes per second; shape (sites,)."""
    return np.array([max(site.link, 1) for site in record.rollout.sites()], np.float64)


@dataclass(frozen=True)
class RepositoryMinutes:
    """What left the repository in each minute with traffic; arrays have shape (minutes,).

    Parameters
    ----------
    minute
        Milliseconds after the start.
    size
        Bytes.
    """

    minute: NDArray[np.int64]
    size: NDArray[np.int64]


@once_a_run
def repository_minutes(record: RunRecord) -> RepositoryMinutes:
    """Return what left the repository, all sites together."""
    load = record.load
    numbers = load.minute // load.stretch
    first = int(numbers.min(initial=0))
    sizes = np.bincount(numbers - first, weights=load.size)
    with_traffic = np.flatnonzero(np.bincount(numbers - first))
    size = sizes[with_traffic].astype(np.int64)
    return RepositoryMinutes((with_traffic + first) * load.stretch, size)


def peak_repository(record: RunRecord, week: Week | None = None) -> float:
    """Return the largest share of the repository's uplink in one minute."""
    minutes = repository_minutes(record)
    size = minutes.size[within(record, minutes.minute, week)]
    uplink = max(record.rollout.scenario.network.repository.uplink, 1)
    return float(size.max()) * 1000 / record.load.stretch / uplink if len(size) else 0.0


def peak_site_rates(record: RunRecord, week: Week | None = None) -> Floats:
    """Return the largest rate on each site's line in one minute, bytes per second; (sites,)."""
    load = record.load
    chosen = within(record, load.minute, week)
    peaks = np.zeros(len(record.rollout.fleet.site.values))
    np.maximum.at(peaks, load.site[chosen], load.size[chosen] * 1000 / load.stretch)
    return peaks


def peak_sites(record: RunRecord, week: Week | None = None) -> Floats:
    """Return the largest share of each site's line in one minute; shape (sites,)."""
    return peak_site_rates(record, week) / site_links(record)


def _fullest(minute: NDArray[np.int64], size: NDArray[np.int64], stretch: int) -> float:
    """Return the most bytes in 60 consecutive minutes; `minute` ascends."""
    if not len(minute):
        return 0.0
    total = np.append(0, np.cumsum(size))
    first = np.searchsorted(minute, minute - (BUSY_MINUTES - 1) * stretch)
    return float((total[1:] - total[first]).max())


def busy_hour_repository(record: RunRecord) -> float:
    """Return the mean share of the repository's uplink in its fullest 60 minutes."""
    minutes = repository_minutes(record)
    uplink = max(record.rollout.scenario.network.repository.uplink, 1)
    fullest = _fullest(minutes.minute, minutes.size, record.load.stretch)
    return fullest / (BUSY_MINUTES * record.load.stretch / 1000) / uplink


@once_a_run
def busy_hour_sites(record: RunRecord) -> Floats:
    """Return the mean share of each site's line in its fullest 60 minutes; shape (sites,)."""
    load, links = record.load, site_links(record)
    found = np.zeros(len(links))
    if not len(load.minute):
        return found
    # One number for site and minute: sites lie so far apart that no hour reaches into the next.
    apart = int(load.minute.max()) + (BUSY_MINUTES + 1) * load.stretch
    places = load.site * np.int64(apart) + load.minute
    order = np.argsort(places)
    places = places[order]
    total = np.append(0, np.cumsum(load.size[order]))
    first = np.searchsorted(places, places - (BUSY_MINUTES - 1) * load.stretch)
    np.maximum.at(found, load.site[order], (total[1:] - total[first]).astype(np.float64))
    return found / (BUSY_MINUTES * load.stretch / 1000) / links


def site_bytes(record: RunRecord, week: Week | None = None) -> NDArray[np.int64]:
    """Return the bytes that crossed each site's line; shape (sites,)."""
    load = record.load
    chosen = within(record, load.minute, week)
    sites = len(record.rollout.fleet.site.values)
    sizes = np.zeros(sites, np.int64)
    np.add.at(sizes, load.site[chosen], load.size[chosen])
    return sizes
