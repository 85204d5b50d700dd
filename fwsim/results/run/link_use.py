"""How full the lines were: shares of the repository's uplink and of each site's and hub's line.

Lines are numbered: those of the sites first, then those of the hubs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.week import Week
from fwsim.model.line_units import BUSY_MINUTES
from fwsim.model.rollout import Rollout
from fwsim.model.rollout_lines import NO_HUB
from fwsim.model.status_log import LinkLoad
from fwsim.results.run.record import RunRecord, once_a_run

Floats = NDArray[np.float64]
T = TypeVar("T", float, Floats)


def within(record: RunRecord, times: NDArray[np.int64], week: Week | None) -> NDArray[np.bool_]:
    """Return which times lie within times of the week on the server's clock; None is always."""
    if week is None or week.is_always:
        return np.ones(len(times), bool)
    spans = np.array(record.rollout.windows(week), np.int64).reshape(-1, 2)
    after = np.searchsorted(spans[:, 0], times, side="right")
    return (after > 0) & (times < np.append(0, spans[:, 1])[after])


def links(rollout: Rollout) -> Floats:
    """Return the rate of each line, bytes per second; shape (lines,)."""
    return np.array([max(line.carries, 1) for line in rollout.lines()], np.float64)


def _sites(record: RunRecord) -> int:
    return len(record.rollout.fleet.site.values)


@once_a_run
def line_load(record: RunRecord) -> LinkLoad:
    """Return what every line carried, minute by minute: the sites' rows, then the hubs'.

    What crosses a hub is what crosses the lines of its sites, so it need not be metered.
    """
    load, rollout = record.load, record.rollout
    hub = rollout.hub_of[load.site] if rollout.hubs() else np.zeros(0, np.int64)
    of_hub = np.flatnonzero(hub != NO_HUB)
    if not len(of_hub):
        return load
    minute = load.minute[of_hub] // load.stretch
    minutes = int(minute.max()) + 1
    keys, rows = np.unique(hub[of_hub] * minutes + minute, return_inverse=True)
    sizes = np.zeros(len(keys), np.int64)
    np.add.at(sizes, rows, load.size[of_hub])
    lines = (_sites(record) + keys // minutes).astype(np.int32)
    return LinkLoad(
        np.append(load.minute, keys % minutes * load.stretch),
        np.append(load.site, lines),
        np.append(load.size, sizes),
        load.stretch,
    )


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


def share_of_uplink(rollout: Rollout, size: float, milliseconds: int) -> float:
    """Return bytes in some time as a share of the repository's uplink, which is full at most.

    Each line's bytes are rounded to whole ones, so that all together may come to more.
    """
    uplink = max(rollout.scenario.network.repository.carries, 1)
    return min(size * 1000 / milliseconds / uplink, 1.0)


def peak_repository(record: RunRecord, week: Week | None = None) -> float:
    """Return the largest share of the repository's uplink in one minute."""
    minutes = repository_minutes(record)
    size = minutes.size[within(record, minutes.minute, week)]
    return share_of_uplink(record.rollout, float(size.max(initial=0)), record.load.stretch)


def peak_rates(record: RunRecord, week: Week | None = None) -> Floats:
    """Return the largest rate on each line in one minute, bytes per second; shape (lines,)."""
    load = line_load(record)
    chosen = within(record, load.minute, week)
    peaks = np.zeros(len(record.rollout.lines()))
    np.maximum.at(peaks, load.site[chosen], load.size[chosen] * 1000 / load.stretch)
    return peaks


def _fullest(minute: NDArray[np.int64], size: NDArray[np.int64], stretch: int) -> float:
    """Return the most bytes in 60 consecutive minutes; `minute` ascends."""
    if not len(minute):
        return 0.0
    total = np.append(0, np.cumsum(size))
    first = np.searchsorted(minute, minute - (BUSY_MINUTES - 1) * stretch)
    return float((total[1:] - total[first]).max())


def mean_of_busy_hour(fullest: T, stretch: int, end: int) -> T:
    """Return the mean rate of the fullest 60 minutes, bytes per second, from their bytes.

    A run that is stopped before has played fewer: what they carried, they carried until then.

    Parameters
    ----------
    fullest
        Bytes of those minutes.
    stretch
        Milliseconds of a minute.
    end
        When the run was to be stopped, milliseconds after its start.
    """
    played = min(BUSY_MINUTES * stretch, max(end, 1))
    mean: T = fullest / (played / 1000)
    return mean


def busy_hour_repository(record: RunRecord) -> float:
    """Return the mean share of the repository's uplink in its fullest 60 minutes."""
    minutes = repository_minutes(record)
    fullest = _fullest(minutes.minute, minutes.size, record.load.stretch)
    uplink = max(record.rollout.scenario.network.repository.carries, 1)
    return min(mean_of_busy_hour(fullest, record.load.stretch, record.end) / uplink, 1.0)


@once_a_run
def busy_hour_lines(record: RunRecord) -> Floats:
    """Return the mean share of each line in its fullest 60 minutes; shape (lines,)."""
    load, rates = line_load(record), links(record.rollout)
    fullest = np.zeros(len(rates))
    if not len(load.minute):
        return fullest
    # One number for line and minute: lines lie so far apart that no hour reaches into the next.
    apart = int(load.minute.max()) + (BUSY_MINUTES + 1) * load.stretch
    places = load.site * np.int64(apart) + load.minute
    order = np.argsort(places)
    places = places[order]
    total = np.append(0, np.cumsum(load.size[order]))
    first = np.searchsorted(places, places - (BUSY_MINUTES - 1) * load.stretch)
    np.maximum.at(fullest, load.site[order], (total[1:] - total[first]).astype(np.float64))
    return np.minimum(mean_of_busy_hour(fullest, load.stretch, record.end) / rates, 1.0)


def line_bytes(record: RunRecord, week: Week | None = None) -> NDArray[np.int64]:
    """Return the bytes that crossed each line; shape (lines,)."""
    load = line_load(record)
    chosen = within(record, load.minute, week)
    sizes = np.zeros(len(record.rollout.lines()), np.int64)
    np.add.at(sizes, load.site[chosen], load.size[chosen])
    return sizes
