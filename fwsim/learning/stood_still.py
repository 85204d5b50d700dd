"""Lines that seem to have stood still for a while: an outage passes for a slow line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import stamp
from fwsim.learning.downloads_seen import DownloadsSeen
from fwsim.learning.journeys import Ints, Journeys
from fwsim.learning.learnt import Input, Kept
from fwsim.learning.line_inputs import BOUND, SITES
from fwsim.learning.lines import SMALLEST, Cuts, LineDownloads
from fwsim.learning.rollouts_apart import RolloutsApart
from fwsim.learning.silent_sites import named_sites
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import Transfers
from fwsim.quantities.units import write_duration
from fwsim.scenario.network_section import LineSection

_AT_ONCE = 2
"""Downloads that have to be under way [A]."""
_FEWEST = 3
"""Downloads that a rate is told by [A]."""
_MINUTE = 60_000
_LONG = 8 * _MINUTE
"""Milliseconds for which nothing ends beyond what the downloads need [A]."""
_TIMES = 2.0
"""Times what they need [A]."""
_AS_FAST = 0.5
"""Share of what a line brought elsewhere that it has to bring after a standstill [A]."""
_NEXT_TO_NOTHING = 10.0
"""Times what downloads need, from which on a line brought next to nothing [A]."""
_TELLS = 0.1
"""Share of the largest download's bytes that one has to have whose time tells a rate [A]: a small
one is written to a server's buffers at once, however slow the line."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StoodStill:
    """A line on which no download ended for long, though it brought more at other times.

    Parameters
    ----------
    sites
        Whose line; of several the one that stood still for longest first.
    since
        From when on nothing ended on the first one, in its longest stretch.
    lasted
        For how long, milliseconds.
    downloads
        How many were under way there.
    is_left_out
        Whether what the line carries was learnt without such stretches.
    """

    sites: tuple[str, ...]
    since: datetime
    lasted: int
    downloads: int
    is_left_out: bool = True

    @property
    def text(self) -> str:
        """What is to be said of it."""
        lasted, since = write_duration(round(self.lasted / _MINUTE) * _MINUTE), stamp(self.since)
        told = {"site": self.sites[0], "lasted": lasted, "since": since, "count": self.downloads}
        if len(self.sites) == 1:
            name = "learn.stood_still" if self.is_left_out else "learn.may_have_stood_still"
            return say(name, **told)
        several = "learn.several_stood_still", "learn.several_may_have_stood_still"
        name = several[0] if self.is_left_out else several[1]
        return say(name, sites=named_sites(self.sites), **told)


@dataclass(frozen=True)
class Standstills:
    """When lines seem to have stood still, by the names of their sites.

    Parameters
    ----------
    cuts
        From when to when lines stood still that were as fast again later, or brought next to
        nothing; milliseconds, sorted and disjoint. They are learnt without that.
    longest
        The longest stretch of each line, of those others that may have been slow instead, too.
    """

    cuts: Mapping[str, Cuts] = field(default_factory=dict)
    longest: Mapping[str, StoodStill] = field(default_factory=dict)

    def told(self, inputs: Iterable[Input]) -> Iterator[StoodStill]:
        """Yield what is to be said of lines, by what was learnt of them.

        Of a line that is kept for another reason nothing is said.

        Parameters
        ----------
        inputs
            What was learnt, and what was kept.
        """
        left_out: list[StoodStill] = []
        others: list[StoodStill] = []
        for one in inputs:
            is_line = one.place[:2] == SITES and one.place[-1] != "busy"
            found = self.longest.get(one.place[2]) if is_line else None
            if found is None or not (one.is_learnt or one.kept is Kept.STOOD_STILL):
                continue
            # What is learnt together with a hub is learnt of all times.
            if found.is_left_out and (one.kept is Kept.STOOD_STILL or BOUND in one.by):
                left_out.append(found)
            else:
                others.append(replace(found, is_left_out=False))
        for several in (left_out, others):
            several.sort(key=lambda one: -one.lasted)
            if several:
                yield replace(several[0], sites=tuple(one.sites[0] for one in several))


def standstills(journeys: Journeys, rollout: Rollout, web: Transfers | None = None) -> Standstills:
    """Return when lines seem to have stood still for a while.

    Parameters
    ----------
    journeys
        What was seen of the devices. Of exports of a console, logs with gaps, and several logs of
        one time nothing is said.
    rollout
        Of the scenario; outages and the traffic of others that it states are known.
    web
        What the web server saw.
    """
    if journeys.is_look.any() or journeys.stretch.any():
        return Standstills()
    if RolloutsApart.of(journeys, rollout.zone).later.any():
        return Standstills()
    seen = DownloadsSeen.of(journeys, rollout, web)
    lines = _lines_of_sites(rollout)
    cuts: dict[str, Cuts] = {}
    longest: dict[str, StoodStill] = {}
    for site, downloads in seen.crossing.items():
        found = _stretches(site, downloads, seen, lines[site], rollout.zone)
        if not len(found.since):
            continue
        if found.is_over.any():
            found = found.where(found.is_over)
            cuts[site] = list(zip(found.since.tolist(), found.until.tolist(), strict=True))
        longest[site] = found.longest(site, rollout.zone)
    return Standstills(cuts, longest)


def _lines_of_sites(rollout: Rollout) -> dict[str, tuple[LineSection, ...]]:
    """Return each site's line, and its hub's."""
    names, hubs = rollout.fleet.site.values, rollout.hubs()
    lines = zip(names, rollout.sites(), rollout.hub_of.tolist(), strict=True)
    return {name: (line, *((hubs[hub],) if hub >= 0 else ())) for name, line, hub in lines}


@dataclass(frozen=True)
class _Stretches:
    """Stretches in which no download ended; arrays have shape (stretches,).

    Parameters
    ----------
    since, until
        Milliseconds.
    count
        How many downloads were under way.
    is_over
        Whether the line was as fast again later.
    """

    since: Ints
    until: Ints
    count: Ints
    is_over: NDArray[np.bool_]

    def where(self, chosen: NDArray[np.bool_]) -> _Stretches:
        """Return some of them."""
        return _Stretches(
            self.since[chosen], self.until[chosen], self.count[chosen], self.is_over[chosen]
        )

    def longest(self, site: str, zone: ZoneInfo) -> StoodStill:
        """Return what is to be said of the longest."""
        first = int(np.argmax(self.until - self.since))
        at = (_EPOCH + timedelta(milliseconds=int(self.since[first]))).astimezone(zone)
        lasted = int(self.until[first] - self.since[first])
        is_over = bool(self.is_over[first])
        return StoodStill((site,), at, lasted, int(self.count[first]), is_over)


def _stretches(
    site: str,
    downloads: LineDownloads,
    seen: DownloadsSeen,
    lines: tuple[LineSection, ...],
    zone: ZoneInfo,
) -> _Stretches:
    """Return the stretches in which no download ended for too long."""
    sized = downloads.where((downloads.size > 0) & (downloads.end > downloads.begin))
    if len(sized) < 2 * _FEWEST:
        none = np.zeros(0, np.int64)
        return _Stretches(none, none, none, np.zeros(0, bool))
    until = np.unique(sized.end)
    since, count, size = _before(until, sized, np.unique(downloads.end))
    is_over = _is_as_fast_again(since, until, size, sized)
    found = (count >= _AT_ONCE) & _is_too_long(since, until, size, sized)
    for begin, end in seen.cuts.get(site, ()):
        found &= (end <= since) | (until <= begin)
    for line in lines if found.any() else ():
        if not (shares := seen.taken_of(line, downloads, zone)):
            continue
        # Nobody knows whether others take what is stated: neither with it nor without may it do.
        free = _left_by(shares, downloads)
        ahead = LineDownloads(free(sized.begin), free(sized.end), sized.size)
        found &= _is_too_long(free(since), free(until), size, ahead)
        is_over &= _is_as_fast_again(free(since), free(until), size, ahead)
    return _Stretches(since, until, count, is_over).where(found)


def _is_too_long(since: Ints, until: Ints, size: Ints, sized: LineDownloads) -> NDArray[np.bool_]:
    """Tell which stretches are too long for the downloads under way in them."""
    needs = _needs(until, size, sized)
    too_long: NDArray[np.bool_] = until - since > np.maximum(needs + _LONG, _TIMES * needs)
    return too_long


def _needs(until: Ints, size: Ints, sized: LineDownloads) -> NDArray[np.float64]:
    """Return how long downloads under way before some ends need at most, milliseconds."""
    best, alone = _best_elsewhere(sized, until), _best_alone(sized)
    with np.errstate(divide="ignore"):
        needs = np.where(best > 0, size / best, np.inf)
        one = np.float64(sized.size.max()) / alone
    # However little is under way, each takes what a connection takes.
    slowest: NDArray[np.float64] = np.maximum(needs, one)
    return slowest


def _is_as_fast_again(
    since: Ints, until: Ints, size: Ints, sized: LineDownloads
) -> NDArray[np.bool_]:
    """Tell after which stretches a line brings what it can, or in which next to nothing came.

    Else others may have taken most of it from then on: that is no outage.
    """
    best = np.minimum(_best_elsewhere(sized, until), _best_alone(sized))
    order = np.argsort(sized.begin, kind="stable")
    begin, end, sizes = sized.begin[order], sized.end[order], sized.size[order]
    # Of those from each one on: their bytes, and how long any of them was under way.
    covered = np.maximum(end - np.maximum(begin, _latest_before(end)), 0)
    bytes_after = np.append(np.cumsum(sizes[::-1])[::-1], 0)
    time_after = np.append(np.cumsum(covered[::-1])[::-1], 0)
    first = np.searchsorted(begin, until)
    is_fast = bytes_after[first] >= _AS_FAST * best * time_after[first]
    are_told = len(begin) - first >= _FEWEST
    next_to_nothing = until - since > _NEXT_TO_NOTHING * _needs(until, size, sized)
    as_fast: NDArray[np.bool_] = np.where(are_told, is_fast, next_to_nothing)
    return as_fast


def _latest_before(end: Ints) -> Ints:
    """Return until when any download before each one was under way."""
    return np.append(np.iinfo(np.int64).min, np.maximum.accumulate(end)[:-1])


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
    lacking = np.maximum(_AT_ONCE - (there - ended), 0)
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
    telling = sized.where(_tell_a_rate(sized))
    if not len(telling):
        return 0.0
    return float((telling.size / np.maximum(telling.end - telling.begin, 1)).max())


def _tell_a_rate(sized: LineDownloads) -> NDArray[np.bool_]:
    """Tell which downloads are large enough for their times to tell how fast a line was."""
    return np.asarray(sized.size >= max(SMALLEST, _TELLS * float(sized.size.max())))


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
    telling = np.bincount(period, _tell_a_rate(downloads))
    return np.where(telling >= _FEWEST, rates, 0.0)
