"""Lines that seem to have stood still for a while: an outage passes for a slow line."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import stamp
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.journeys import Ints, Journeys
from fwsim.learning.lines import LineDownloads
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.learning.silent_sites import named_sites
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers
from fwsim.quantities.units import write_duration
from fwsim.scenario.network_section import LineSection

_FEWEST = 3
"""Downloads that have to be under way, and that a rate is told by [A]."""
_LONG = 10 * 60_000
"""Milliseconds for which nothing ends beyond what the downloads need [A]."""
_TIMES = 2.0
"""Times what they need [A]."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StoodStill:
    """A line on which no download ended for long, though it brought more at other times.

    Parameters
    ----------
    sites
        Whose line; of several the one that stood still for longest first.
    since
        From when on nothing ended on the first one.
    lasted
        For how long, milliseconds.
    downloads
        How many were under way there.
    """

    sites: tuple[str, ...]
    since: datetime
    lasted: int
    downloads: int

    @property
    def text(self) -> str:
        """What is to be said of it."""
        lasted, since = write_duration(round(self.lasted, -4)), stamp(self.since)
        told = {"site": self.sites[0], "lasted": lasted, "since": since, "count": self.downloads}
        if len(self.sites) == 1:
            return say("learn.stood_still", **told)
        return say("learn.several_stood_still", sites=named_sites(self.sites), **told)


def stood_still(
    journeys: Journeys,
    rollout: Rollout,
    web: Transfers | None = None,
    learnt: Collection[str] | None = None,
) -> StoodStill | None:
    """Return the lines that seem to have stood still for a while; None if there are none.

    Parameters
    ----------
    journeys
        What was seen of the devices. Of exports of a console, logs with gaps, and several logs of
        one time nothing is said.
    rollout
        Of the scenario; outages and the traffic of others that it states are known.
    web
        What the web server saw.
    learnt
        Sites whose lines are learnt: of others nothing is said. By default all.
    """
    if journeys.is_look.any() or journeys.stretch.any():
        return None
    if RolloutsApart.of(journeys, rollout.zone).later.any():
        return None
    seen = DownloadsSeen.of(journeys, rollout, web)
    lines = _lines_of_sites(rollout)
    found = [
        one
        for site, downloads in seen.crossing.items()
        if (learnt is None or site in learnt)
        and (one := _longest(site, downloads, seen, lines[site], rollout.zone))
    ]
    if not found:
        return None
    found.sort(key=lambda one: -one.lasted)
    return replace(found[0], sites=tuple(one.sites[0] for one in found))


def _lines_of_sites(rollout: Rollout) -> dict[str, tuple[LineSection, ...]]:
    """Return each site's line, and its hub's."""
    names, hubs = rollout.fleet.site.values, rollout.hubs()
    lines = zip(names, rollout.sites(), rollout.hub_of.tolist(), strict=True)
    return {name: (line, *((hubs[hub],) if hub >= 0 else ())) for name, line, hub in lines}


def _longest(
    site: str,
    downloads: LineDownloads,
    seen: DownloadsSeen,
    lines: tuple[LineSection, ...],
    zone: ZoneInfo,
) -> StoodStill | None:
    """Return the longest stretch in which no download ended, if it is too long for them."""
    sized = downloads.where((downloads.size > 0) & (downloads.end > downloads.begin))
    if len(sized) < 2 * _FEWEST:
        return None
    until = np.unique(sized.end)
    since, count, size = _before(until, sized, np.unique(downloads.end))
    found = (count >= _FEWEST) & _is_too_long(since, until, size, sized)
    for begin, end in seen.cuts.get(site, ()):
        found &= (end <= since) | (until <= begin)
    for line in lines if found.any() else ():
        if not (shares := seen.taken_of(line, downloads, zone)):
            continue
        # Nobody knows whether others take what is stated: neither with it nor without may it do.
        free = _left_by(shares, downloads)
        ahead = LineDownloads(free(sized.begin), free(sized.end), sized.size)
        found &= _is_too_long(free(since), free(until), size, ahead)
    if not found.any():
        return None
    lasted = until - since
    longest = int(np.argmax(np.where(found, lasted, 0)))
    at = (_EPOCH + timedelta(milliseconds=int(since[longest]))).astimezone(zone)
    return StoodStill((site,), at, int(lasted[longest]), int(count[longest]))


def _is_too_long(since: Ints, until: Ints, size: Ints, sized: LineDownloads) -> NDArray[np.bool_]:
    """Tell which stretches are too long for the downloads under way in them."""
    best, alone = _best_elsewhere(sized, until), _best_alone(sized)
    with np.errstate(divide="ignore"):
        needs = np.where(best > 0, size / best, np.inf)
    # However little is under way, each takes what a connection takes.
    needs = np.maximum(needs, float(sized.size.max()) / alone)
    too_long: NDArray[np.bool_] = until - since > np.maximum(needs + _LONG, _TIMES * needs)
    return too_long


def _left_by(busy: list[tuple[int, float]], downloads: LineDownloads) -> Callable[[Ints], Ints]:
    """Return what turns times into milliseconds of a line that others leave altogether."""
    last = max(busy[-1][0], int(downloads.end.max())) + 1
    edges = np.array([*(at for at, _ in busy), last], np.int64)
    left = 1.0 - np.array([share for _, share in busy])
    gone = np.append(0.0, np.cumsum(np.diff(edges) * left))
    return lambda times: np.rint(np.interp(times, edges, gone)).astype(np.int64)


def _before(until: Ints, sized: LineDownloads, ends: Ints) -> tuple[Ints, Ints, Ints]:
    """Return what was before some downloads ended; each of the shape of `until`.

    Since when nothing had ended, with enough under way; how many were, and their bytes.

    Parameters
    ----------
    until
        When they ended.
    sized
        Downloads with their bytes.
    ends
        When any ended, ascending.
    """
    begins, by_end = np.sort(sized.begin), np.argsort(sized.end, kind="stable")
    sizes = np.append(0, np.cumsum(sized.size[np.argsort(sized.begin, kind="stable")]))
    gone = np.append(0, np.cumsum(sized.size[by_end]))
    begun, ended = np.searchsorted(begins, until), np.searchsorted(sized.end[by_end], until)
    last = np.searchsorted(ends, until) - 1
    before = np.where(last >= 0, ends[np.maximum(last, 0)], begins[0])
    there = np.searchsorted(begins, before, side="right")
    # As none ended since, whoever began since then was added to those that were there.
    lacking = np.maximum(_FEWEST - (there - ended), 0)
    enough = begins[np.minimum(there + lacking - 1, len(begins) - 1)]
    since = np.where(lacking > 0, np.maximum(before, enough), before)
    return since, begun - ended, sizes[begun] - gone[ended]


def _best_elsewhere(sized: LineDownloads, until: Ints) -> NDArray[np.float64]:
    """Return the most that the line brought in another stretch than that of each end."""
    period = _periods(sized)
    rates = _rates(sized, period)
    by_end = np.argsort(sized.end, kind="stable")
    own = period[by_end][np.searchsorted(sized.end[by_end], until)]
    first = int(np.argmax(rates))
    second = float(np.delete(rates, first).max(initial=0.0))
    return np.where(own == first, second, rates[first])


def _best_alone(sized: LineDownloads) -> float:
    """Return the most that one download had, bytes per millisecond."""
    return float((sized.size / np.maximum(sized.end - sized.begin, 1)).max())


def _periods(downloads: LineDownloads) -> Ints:
    """Return in which stretch with some download under way each one is, from 0."""
    order = np.argsort(downloads.begin, kind="stable")
    latest = np.maximum.accumulate(downloads.end[order])
    begins_anew = downloads.begin[order][1:] > latest[:-1]
    found = np.empty(len(order), np.int64)
    found[order] = np.concatenate([[0], np.cumsum(begins_anew)])
    return found


def _rates(downloads: LineDownloads, period: Ints) -> NDArray[np.float64]:
    """Return what the line brought in each such stretch, bytes per millisecond; 0 of too few."""
    count = int(period.max()) + 1
    begin, end = np.full(count, np.iinfo(np.int64).max), np.zeros(count, np.int64)
    np.minimum.at(begin, period, downloads.begin)
    np.maximum.at(end, period, downloads.end)
    size = np.bincount(period, downloads.size)
    rates = size / np.maximum(end - begin, 1)
    return np.where(np.bincount(period) >= _FEWEST, rates, 0.0)
