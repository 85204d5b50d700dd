"""How a line was shared by the transfers that a log tells of.

Between two moments at which a transfer begins or ends, each gets an equal part of the line, or
what its device takes or one connection of the site carries at most. How fast the line really was
follows from how much came over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.model.minutes import Cells, Floats, Integers, by_minute
from fwsim.model.past import UNTOLD, Past
from fwsim.model.rollout import REPOSITORY, Rollout
from fwsim.model.set_up import SetUp
from fwsim.quantities.counts import NO_CEILING

STANDSTILL = 1e-6
"""Bytes per second of a line that carries none: a transfer told to be in came all the same."""


@dataclass(frozen=True)
class ToldTransfers:
    """Transfers over lines; arrays have shape (transfers,).

    Parameters
    ----------
    site
        Whose line.
    begin, end
        Milliseconds.
    size
        Bytes; `UNTOLD` where the log does not tell them.
    rate
        What the device takes at most, bytes per second.
    """

    site: Integers
    begin: Integers
    end: Integers
    size: Integers
    rate: Integers

    def at_sites(self, sites: NDArray[np.bool_]) -> ToldTransfers:
        """Return those of some sites only; `sites` has shape (sites,)."""
        kept = sites[self.site]
        return ToldTransfers(
            self.site[kept], self.begin[kept], self.end[kept], self.size[kept], self.rate[kept]
        )

    def with_unseen(self, sites: Integers, begin: int, end: int) -> ToldTransfers:
        """Return them and, where all others are known, one of which the log tells nothing.

        Parameters
        ----------
        sites
            At which sites, by their index.
        begin, end
            From when to when.
        """
        sites = np.setdiff1d(sites, self.site[self.size == UNTOLD])
        of_each = np.ones(len(sites), np.int64)
        added = (sites, begin * of_each, end * of_each, UNTOLD * of_each, NO_CEILING * of_each)
        own = (self.site, self.begin, self.end, self.size, self.rate)
        return ToldTransfers(*map(np.concatenate, zip(own, added, strict=True)))


def told_transfers(
    past: Past,
    rollout: Rollout,
    sites: NDArray[np.bool_],
    until: int,
    line: Integers,
    missing: Integers,
) -> ToldTransfers:
    """Return what a log tells of transfers.

    Parameters
    ----------
    past
        The log.
    rollout
        Knows whose line a device has.
    sites
        Of which sites; shape (sites,).
    until
        Up to when those last that the log leaves open.
    line, missing
        Lines that tell that bytes had come, and how many the run was short of. They are transfers
        of their own where the log does not tell when theirs began.
    """
    lines = past.lines
    begun, after, sizes = past.told_to_begin
    is_first = past.is_first(line)
    unseen = _begins_unseen(past, line, is_first)
    line, missing, is_first = line[unseen], missing[unseen], is_first[unseen]
    of_line = np.concatenate([begun, line])
    device = lines.device[of_line]
    site, rate = rollout.fleet.site.codes[device], rollout.fleet.device_rate[device]
    ends = np.where(after < len(lines), lines.time[np.minimum(after, len(lines) - 1)], until)
    end = np.maximum(np.concatenate([ends, lines.time[line]]), 1)
    before = np.where(is_first, lines.time[line], lines.time[np.maximum(line - 1, 0)])
    size = np.concatenate([sizes, missing])
    begin = np.concatenate([lines.time[begun], before])
    begin = begin + SetUp(rollout).least_of(site, rate, np.maximum(size, 1))
    told = ToldTransfers(site.astype(np.int64), np.minimum(begin, end - 1), end, size, rate)
    return told.at_sites(sites)


def _begins_unseen(past: Past, line: Integers, is_first: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which lines of a log do not end a transfer that it tells to have begun."""
    before = past.lines.state[np.maximum(line - 1, 0)]
    unseen: NDArray[np.bool_] = is_first | (before != State.TRANSFER)
    return unseen


def carried_as_told(told: ToldTransfers, rollout: Rollout, totals: Floats, stretch: int) -> Cells:
    """Return what lines have carried, shared by the transfers that a log tells of.

    Parameters
    ----------
    told
        All of them.
    rollout
        Knows how the lines change over time.
    totals
        Bytes that each line has carried in all; shape (sites,).
    stretch
        Milliseconds of a minute.
    """
    if not len(told.site):
        nothing = np.zeros(0, np.int64)
        return Cells(nothing, nothing, nothing.astype(np.float64))
    shared = _SharedLines.of(told, rollout)
    got = shared.got(told)
    came = shared.carried(told, _sizes(told, got, totals), got)
    flow, minute, carried = by_minute(*shared.intervals(), came, stretch)
    return Cells(minute, shared.site[:-1][flow], carried)


def _sizes(told: ToldTransfers, got: Floats, totals: Floats) -> Floats:
    """Return the bytes of each transfer: as told, and of the rest by their part of the line."""
    is_known = told.size != UNTOLD
    known = np.bincount(told.site, np.where(is_known, told.size, 0), len(totals))
    open_parts = np.bincount(told.site, np.where(is_known, 0, got), len(totals))
    rest = np.where(open_parts > 0, np.maximum(totals - known, 0), 0)
    # Where nothing is open or less has come than is told, what is told is scaled.
    scale = (totals - rest) / np.maximum(known, 1)
    part = rest / np.where(open_parts > 0, open_parts, 1)
    sizes: Floats = np.where(is_known, told.size * scale[told.site], got * part[told.site])
    return sizes


@dataclass(frozen=True)
class _SharedLines:
    """Lines between moments at which anything changes on them, sites one after the other.

    Parameters
    ----------
    site, time
        Whose line, and when something changes on it; shape (moments,).
    begin, end
        At which of them each transfer does; shape (transfers,).
    weight
        By what a device takes at most, how much one transfer gets until the next moment; each of
        shape (moments,).
    """

    site: Integers
    time: Integers
    begin: Integers
    end: Integers
    weight: dict[int, Floats]

    @classmethod
    def of(cls, told: ToldTransfers, rollout: Rollout) -> _SharedLines:
        """Lay the lines out."""
        span = int(told.end.max()) + 1
        changes, rates = _rates_of_lines(np.unique(told.site), rollout, span)
        begin, end = told.site * span + told.begin, told.site * span + told.end
        moments = np.unique(np.concatenate([begin, end, changes]))
        begin, end = np.searchsorted(moments, begin), np.searchsorted(moments, end)
        counts = np.bincount(begin, minlength=len(moments))
        sharers = np.cumsum(counts - np.bincount(end, minlength=len(moments)))
        rate = rates[np.searchsorted(changes, moments, side="right") - 1]
        ceilings = np.array(rollout.ceilings(), np.int64)
        part = np.minimum(rate / np.maximum(sharers, 1), ceilings[moments // span])
        lasts = np.append(np.diff(moments), 0) / 1000
        weight = {
            own: np.maximum(np.minimum(part, own), STANDSTILL) * lasts
            for own in np.unique(told.rate).tolist()
        }
        return cls(moments // span, moments % span, begin, end, weight)

    def intervals(self) -> tuple[Integers, Integers]:
        """Return from when to when nothing changes; none of a line goes on to the next line's."""
        begin, end = self.time[:-1], self.time[1:]
        return begin, np.maximum(end, begin + 1)

    def got(self, told: ToldTransfers) -> Floats:
        """Return how much each transfer would get of the lines as they are stated."""
        got = np.zeros(len(told.site))
        for own, weight in self.weight.items():
            mine = told.rate == own
            so_far = np.append(0.0, np.cumsum(weight))
            got[mine] = so_far[self.end[mine]] - so_far[self.begin[mine]]
        return got

    def carried(self, told: ToldTransfers, size: Floats, got: Floats) -> Floats:
        """Return what came in each of the intervals, by the bytes of each transfer and `got`."""
        carried = np.zeros(len(self.time))
        pace = size / np.maximum(got, STANDSTILL / 1000)
        for own, weight in self.weight.items():
            mine = told.rate == own
            begin, end = self.begin[mine], self.end[mine]
            counts = np.bincount(begin, minlength=len(carried))
            are_there = np.cumsum(counts - np.bincount(end, minlength=len(carried))) > 0
            paces = np.bincount(begin, pace[mine], len(carried))
            paces = np.cumsum(paces - np.bincount(end, pace[mine], len(carried)))
            carried += np.where(are_there, np.maximum(paces, 0) * weight, 0)
        return carried[:-1]


def _rates_of_lines(sites: Integers, rollout: Rollout, span: int) -> tuple[Integers, Floats]:
    """Return when the rates of lines change, and to how many bytes per second.

    Moments of the n-th site count from `span` times n, so that all are in one order.
    """
    over_time, outages = rollout.rates_over_time(), rollout.outages()
    cuts: dict[int, list[tuple[int, int]]] = {}
    for site, start, end in outages:
        cuts.setdefault(site, []).append((start, end))
    moments, rates = [], []
    for site in sites.tolist():
        at, rate = over_time[site]
        cut = [*cuts.get(site, []), *cuts.get(REPOSITORY, [])]
        if not cut:
            is_in = at < span
            moments.append(site * span + at[is_in])
            rates.append(rate[is_in].astype(np.float64))
            continue
        edges = np.array([edge for pair in cut for edge in pair], np.int64)
        whens = np.unique(np.concatenate([at, edges]))
        whens = whens[whens < span]
        now = rate[np.searchsorted(at, whens, side="right") - 1].astype(np.float64)
        for start, end in cut:
            now[(whens >= start) & (whens < end)] = 0
        moments.append(site * span + whens)
        rates.append(now)
    return np.concatenate(moments), np.concatenate(rates)
