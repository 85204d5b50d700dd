"""What devices do by a log, in tries: which steps it shows of each, and which come before them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.observed import Observed, What
from fwsim.observations.words import ENDS

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_FEWEST_TIMES = 3
"""From so many times on it is known how long a state usually takes [A]."""
MOST_WITHOUT = 0.1
"""What more do without at other times, a log does not tell [A]."""
_USUAL = 0.9
"""Share of the times in a state that are no longer than usual [A]."""
_LONG = 3
"""Who has been at a step for so many times what is usual is no longer at it [A]."""
STEPS = (
    What.CHECKING,
    What.FETCHING,
    What.FETCHED,
    What.WRITING,
    What.WRITTEN,
    What.RESTARTING,
)
_END = len(STEPS) + 1
_RANK = {what: rank for rank, what in enumerate(STEPS, 1)}
_COMES_AFTER = _RANK | {What.NOT_NEEDED: 2, What.DONE: _END - 1}
"""Which steps come before what a line tells: all of lower rank."""
_RANKS, _ALL_BELOW = (
    np.array([ranks.get(what, 0) for what in What], np.int64) for ranks in (_RANK, _COMES_AFTER)
)
"""The same by the numbers of `What`; 0 for what is no step, and for what tells of none before."""
_BROUGHT = 3
"""Steps below this come before a delivery is done."""
_NO_MATTER = (What.ON, What.OFF, What.QUEUED, What.STARTED, What.RAN_OUT)
"""In fwsim's own log the last two have the time of the state after them."""


@dataclass(frozen=True)
class Power:
    """Lines that tell that devices go on or off, device by device; shape (lines,)."""

    device: _Ints
    at: _Ints
    row: _Ints
    is_off: _Flags

    def are_off(self, device: _Ints, at: _Ints, since: _Ints) -> _Flags:
        """Tell which of some devices are off at a time, for having gone off since a line."""
        times = np.unique(self.at)

        def key(device: _Ints, at: _Ints) -> _Ints:
            return device * (len(times) + 1) + np.searchsorted(times, at, side="right")

        last = np.searchsorted(key(self.device, self.at), key(device, at), side="right") - 1
        found = last >= 0
        last = last[found]
        is_its = (self.device[last] == device[found]) & (self.row[last] > since[found])
        found[found] = is_its & self.is_off[last]
        return found


@dataclass(frozen=True)
class Lines:
    """What devices do, in tries, each from its beginning to its end; arrays have shape (lines,)."""

    device: _Ints
    at: _Ints
    step: _Ints
    """`_RANK` of each; 0 for none."""
    after: _Ints
    """Steps below this come before it; 0 where that says nothing."""
    before: _Ints
    """How far the device had come in this try before it."""
    goes_on: _Flags
    """Whether the next line is of the same try."""
    is_end: _Flags
    """Whether it ends the try."""
    row: _Ints
    """Which line of the log it is."""
    power: Power
    """When devices go on and off."""

    def usual(self) -> _Ints:
        """Return how long devices usually are at each step; 0 where nobody can say."""
        found = np.zeros(_END + 1, np.int64)
        on = np.flatnonzero(self.goes_on)
        took, step = self.at[on + 1] - self.at[on], self.step[on]
        for rank in range(1, _END):
            mine = took[step == rank]
            found[rank] = np.quantile(mine, _USUAL) if len(mine) >= _FEWEST_TIMES else 0
        return found

    def stop(self, usual: _Ints, until: int) -> _Flags:
        """Tell of which devices nothing more comes, though what they did last cannot take so long.

        A slow line may hold those for hours that were fetching.
        """
        is_last = np.append(self.device[1:] != self.device[:-1], True)
        is_long = until - self.at > _LONG * usual[self.step]
        return np.asarray((self.step > 0) & is_last & is_long & ~self._is_fetching & ~self.is_end)

    def end_next(self) -> _Flags:
        """Tell which lines of devices at work have the end of the try right after them."""
        ends = self.goes_on & np.roll(self.is_end, -1)
        return np.asarray((self.step > 0) & ends & ~self._is_fetching)

    @property
    def _is_fetching(self) -> _Flags:
        return np.asarray(self.step == _RANK[What.FETCHING])

    def told(self, spans: _Flags) -> _Ints:
        """Return which steps the log tells: those that most show, and at other times nearly all.

        Parameters
        ----------
        spans
            Which lines have a silence before them: what is missing there may be lost.
        """
        shown = np.bincount(self.step, minlength=_END + 1)
        found, everywhere = [], np.ones_like(spans)
        for rank in range(1, _END):
            most = self.without(rank, everywhere)[0] <= shown[rank]
            if most and self.without(rank, ~spans)[0] <= MOST_WITHOUT * shown[rank]:
                found.append(rank)
        return np.array(found, np.int64)

    def without(self, rank: int, some: _Flags) -> tuple[int, int]:
        """Return before how many of some lines a step is missing, and how often it is shown."""
        lacks = (self.before < rank) & (rank < self.after) & some
        return int(lacks.sum()), int((self.step == rank).sum())


def lines_of_devices(observed: Observed, rows: _Ints) -> Lines:
    """Return what devices do: a try ends with an end, or with another command.

    Parameters
    ----------
    observed
        The log.
    rows
        Those of its lines that came with what they tell.
    """
    power = _power(observed, rows)
    order = np.lexsort((observed.command[rows], observed.device.codes[rows]))  # keeps times
    order = order[~np.isin(observed.what[rows[order]], [int(what) for what in _NO_MATTER])]
    rows = rows[order]
    what, command = observed.what[rows], observed.command[rows]
    device = observed.device.codes[rows].astype(np.int64)
    is_end = np.isin(what, [int(one) for one in ENDS])
    goes_on = np.zeros(len(rows), bool)
    goes_on[:-1] = (device[1:] == device[:-1]) & (command[1:] == command[:-1])
    goes_on &= ~is_end
    step = _RANKS[what]
    before = _come_before(step, goes_on & (what != What.DEFERRED))
    brings = (what == What.DONE) & _may_be_deliveries(observed, rows, before)
    after = np.where(brings, _BROUGHT, _ALL_BELOW[what])
    at = observed.latest[rows]
    return Lines(device, at, step, after, before, goes_on, is_end, rows, power)


def _come_before(step: _Ints, goes_on: _Flags) -> _Ints:
    """Return the highest step before each line since its device began anew; 0 if there is none."""
    begins = np.append(True, ~goes_on[:-1])[: len(step)]
    base = np.cumsum(begins) * (_END + 1)  # so that no step before counts
    reached = np.maximum.accumulate(base + step) - base
    return np.where(begins, 0, np.roll(reached, 1))


def _may_be_deliveries(observed: Observed, rows: _Ints, before: _Ints) -> _Flags:
    """Tell which lines may be of a delivery, by how far each device had come.

    Only fwsim's own log is sure to say so: elsewhere who has just fetched may have all of it.
    """
    own = np.array([account.is_own for account in observed.accounts], bool)
    has_fetched = ~own[observed.source[rows]] & (before >= _RANK[What.FETCHING])
    is_told = np.isin(observed.command[rows], list(observed.deliveries))
    return (is_told | has_fetched) & (before <= _RANK[What.FETCHED])


def _power(observed: Observed, rows: _Ints) -> Power:
    """Return which of some lines tell of power, device by device in order of time."""
    rows = rows[np.isin(observed.what[rows], (What.ON, What.OFF))]
    rows = rows[np.lexsort((observed.latest[rows], observed.device.codes[rows]))]
    device = observed.device.codes[rows].astype(np.int64)
    return Power(device, observed.latest[rows], rows, observed.what[rows] == What.OFF)
