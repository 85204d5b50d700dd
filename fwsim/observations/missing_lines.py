"""Of which devices a log lacks lines that had to come in a silence, and how many lack any anyway.

Where lines are lost at random, each with a chance p, a device lacks one around a silence if the
last line before it was lost or the first one after it: with 1 - (1 - p)². And k lines that follow
each other are lost with p to the k: then there is a silence of which all of them are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.observations.observed import NEVER, Observed, What
from fwsim.observations.words import ENDS

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_FEWEST_TIMES = 3
"""From so many times on it is known how long a state usually takes [A]."""
_MOST_WITHOUT = 0.1
"""What more do without at other times, a log does not tell [A]."""
_USUAL = 0.9
"""Share of the times in a state that are no longer than usual [A]."""
_LONG = 3
"""Who has been at a step for so many times what is usual is no longer at it [A]."""
_SLACK = 60_000
"""What is due comes within this, milliseconds [A]."""
_STEPS = (
    What.CHECKING,
    What.FETCHING,
    What.FETCHED,
    What.WRITING,
    What.WRITTEN,
    What.RESTARTING,
)
_END = len(_STEPS) + 1
_RANK = {what: rank for rank, what in enumerate(_STEPS, 1)}
_COMES_AFTER = _RANK | {What.NOT_NEEDED: 2, What.DONE: _END - 1}
"""Which steps come before what a line tells: all of lower rank."""
_BROUGHT = 3
"""The same of a delivery that is done."""
_NO_SILENCE = -1
_NO_MATTER = (What.ON, What.OFF, What.QUEUED, What.STARTED, What.RAN_OUT)
"""In fwsim's own log the last two have the time of the state after them."""


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
    off: _Ints
    """When its device goes off next, as far as the log tells."""

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
            if most and self.without(rank, ~spans)[0] <= _MOST_WITHOUT * shown[rank]:
                found.append(rank)
        return np.array(found, np.int64)

    def without(self, rank: int, some: _Flags) -> tuple[int, int]:
        """Return before how many of some lines a step is missing, and how often it is shown."""
        lacks = (self.before < rank) & (rank < self.after) & some
        return int(lacks.sum()), int((self.step == rank).sum())


@dataclass(frozen=True)
class Lacking:
    """Of whom lines had to come in silences, and who lacks them; arrays of shape (times,)."""

    first: _Ints
    last: _Ints
    """In one of the silences from the first to the last."""
    device: _Ints
    lacks: _Flags
    """Whether lines of it are missing."""
    lost: float
    """The chance of a line to be missing anyway."""

    @classmethod
    def nobody(cls) -> Lacking:
        """Return that nothing had to come."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none, none.astype(bool), 0.0)

    def where_likeliest(self, chances: Sequence[float]) -> Lacking:
        """Return the same, each in that silence of its own of which others tell most.

        Parameters
        ----------
        chances
            Of what is missing in each silence for certain; where that is nothing, 1.
        """
        ranges = np.stack([self.first, self.last], axis=1)
        kinds, of_row = np.unique(ranges, axis=0, return_inverse=True)
        chosen = []
        for first, last in kinds.tolist():
            own = list(chances[first : last + 1])
            is_told = first == last or min(own) < 1
            chosen.append(first + own.index(min(own)) if is_told else _NO_SILENCE)
        silence = np.array(chosen, np.int64)[of_row.reshape(-1)]
        return replace(self, first=silence, last=silence)

    @cached_property
    def _by_silence(self) -> tuple[_Ints, _Ints]:
        """Rows in the order of their silences, and these, for those of which that is known."""
        silence = np.where(self.first == self.last, self.last, _NO_SILENCE)
        order = np.argsort(silence, kind="stable")
        return order, silence[order]

    def _rows(self, silence: int) -> _Ints:
        order, silences = self._by_silence
        begin, end = np.searchsorted(silences, [silence, silence + 1])
        return np.asarray(order[begin:end])

    def of(self, silence: int) -> _Ints:
        """Return the devices of which lines are missing in a silence."""
        rows = self._rows(silence)
        return np.unique(self.device[rows[self.lacks[rows]]])

    def has_any(self, silence: int) -> bool:
        """Tell whether lines of any device had to come in a silence."""
        return len(self._rows(silence)) > 0

    def chance(self, silence: int) -> float:
        """Return the chance that so many or more of the devices lack lines there anyway."""
        from scipy.special import betainc

        count = len(self.of(silence))
        others = len(np.unique(self.device[self._rows(silence)])) - count
        return float(betainc(count, others + 1, 1 - (1 - self.lost) ** 2)) if count else 1.0

    def chance_of_silence(self, silence: int) -> float:
        """Return the chance that lines of so many devices are lost one after the other."""
        return float(self.lost ** len(self.of(silence)))


def lines_of_devices(observed: Observed, rows: _Ints) -> Lines:
    """Return what devices do: a try ends with an end, or with another command.

    Parameters
    ----------
    observed
        The log.
    rows
        Those of its lines that came with what they tell.
    """
    goes_off = _next_off(observed, rows)
    matters = ~np.isin(observed.what[rows], [int(what) for what in _NO_MATTER])
    rows, goes_off = rows[matters], goes_off[matters]
    device = observed.device.codes[rows].astype(np.int64)
    command = observed.command[rows].astype(np.int64)
    order = np.lexsort((np.arange(len(rows)), command, device))
    rows, device, command = rows[order], device[order], command[order]
    goes_off = goes_off[order]
    what = observed.what[rows]
    step, after = (
        np.array([ranks.get(one, 0) for one in What], np.int64)[what]
        for ranks in (_RANK, _COMES_AFTER)
    )
    is_end = np.isin(what, [int(one) for one in ENDS])
    goes_on = np.zeros(len(rows), bool)
    goes_on[:-1] = (device[1:] == device[:-1]) & (command[1:] == command[:-1])
    goes_on &= ~is_end
    begins = np.ones(len(rows), bool)
    # Whoever has put it off begins anew.
    begins[1:] = ~goes_on[:-1] | (what[:-1] == What.DEFERRED)
    tries = np.cumsum(begins) * (_END + 1)
    reached = np.maximum.accumulate(tries + step) - tries
    before = np.where(begins, 0, np.roll(reached, 1))
    of_delivery = np.isin(command, list(observed.deliveries))
    # Only fwsim's own log is sure to say so: elsewhere who has just fetched may have all of it.
    own = np.array([account.is_own for account in observed.accounts], bool)
    of_delivery |= ~own[observed.source[rows]] & (before >= _RANK[What.FETCHING])
    of_delivery &= before <= _RANK[What.FETCHED]
    after = np.where(of_delivery & (what == What.DONE), _BROUGHT, after)
    return Lines(device, observed.latest[rows], step, after, before, goes_on, is_end, goes_off)


def _next_off(observed: Observed, rows: _Ints) -> _Ints:
    """Return when the device of each line goes off next; `NEVER` if it does not."""
    device = observed.device.codes[rows]
    off = np.flatnonzero(observed.what[rows] == What.OFF)
    following = np.append(off, -1)[np.searchsorted(off, np.arange(len(rows)))]
    is_own = (following >= 0) & (device[following] == device)
    return np.where(is_own, observed.latest[rows[following]], NEVER)


def lacking_at_work(
    lines: Lines, begins: _Ints, ends: _Ints, until: int
) -> tuple[Lacking, Lacking]:
    """Return who was at work right before silences or right after, and who of them lacks lines.

    First those that were seen again, then those that had to come to an end and were not.

    Parameters
    ----------
    lines
        What devices do.
    begins, ends
        Of silences, in order of time.
    until
        When the log ends.
    """
    previous = np.concatenate([[False], lines.goes_on[:-1]])
    since = np.where(previous, np.roll(lines.at, 1), lines.at)
    ended = np.searchsorted(ends, lines.at, side="right")
    silence = ended - 1
    start = np.where(previous, np.searchsorted(begins, since), 0)
    elsewhere = previous & (start > silence)
    told, usual = lines.told(~elsewhere), lines.usual()
    # The last step before each line that the log would have told.
    needed = np.concatenate([[0], told])[np.searchsorted(told, lines.after)]
    lacks = lines.before < needed
    shows = (needed > 0) | np.isin(lines.step, told)  # whether it lacks lines, or that it does not
    came = lines.at - usual[np.maximum(needed, 1)]
    emerges = shows & (silence >= 0) & ~elsewhere & (came <= ends[silence])
    first = np.minimum(np.maximum(start, np.searchsorted(ends, came, side="right")), silence)
    ahead = np.minimum(np.searchsorted(begins, lines.at), len(begins) - 1)
    goes = lines.at + usual[lines.step]
    near = (lines.step > 0) & (lines.at <= begins[ahead]) & (goes >= begins[ahead])
    is_next = near & lines.goes_on & np.roll(shows & ~elsewhere, -1)
    last = np.where(goes <= ends[ahead], ahead, np.roll(silence, -1))
    stops, over = lines.stop(usual, until), lines.end_next()
    stops &= lines.off > begins[ahead]  # who is switched off before has no more to tell
    ending = near & (stops | (over & (np.roll(lines.at, -1) <= begins[ahead])))
    lost = _share((stops & ~near).sum(), (over & ~near).sum())
    again = Lacking(
        np.concatenate([first[emerges], ahead[is_next]]),
        np.concatenate([silence[emerges], last[is_next]]),
        np.concatenate([lines.device[emerges], lines.device[is_next]]),
        np.concatenate([lacks[emerges], np.roll(lacks, -1)[is_next]]),
        max([lost, *(_share(*lines.without(rank, elsewhere)) for rank in told.tolist())]),
    )
    return again, Lacking(ahead[ending], ahead[ending], lines.device[ending], stops[ending], lost)


def _share(lost: int, shown: int) -> float:
    """Return the share that is lost as Jeffreys has it: of few, none lost is not never."""
    return float((lost + 0.5) / (lost + shown + 1))


def lacking_put_off(observed: Observed, rows: _Ints, begins: _Ints, ends: _Ints) -> Lacking:
    """Return who should have come back in silences to what was put off, and who did not.

    Nobody where a log does not tell who is off, or where many come later than that anyway.

    Parameters
    ----------
    observed
        The log.
    rows
        Those of its lines that came with what they tell.
    begins, ends
        Of silences, in order of time.
    """
    what, at = observed.what[rows], observed.latest[rows]
    device = observed.device.codes[rows].astype(np.int64)
    put_off = np.flatnonzero((what == What.DEFERRED) & (observed.amount[rows] > 0))
    if not len(put_off) or not (what == What.OFF).any():
        return Lacking.nobody()
    due = at[put_off] + observed.amount[rows[put_off]] + _SLACK
    following = np.minimum(put_off + 1, len(rows) - 1)
    is_own = (following > put_off) & (device[following] == device[put_off])
    comes = np.where(is_own, at[following], observed.until + 1)
    silence = np.searchsorted(begins, due - _SLACK) - 1
    within = (silence >= 0) & (due < ends[silence]) & (at[put_off] <= begins[silence])
    is_late = (comes > due) & (due <= observed.until)
    elsewhere = ~within & (np.searchsorted(begins, at[put_off]) == np.searchsorted(ends, due))
    if (is_late & elsewhere).sum() > _MOST_WITHOUT * elsewhere.sum():
        return Lacking.nobody()
    lost = _share((is_late & elsewhere).sum(), (~is_late & elsewhere).sum())
    silence = silence[within]
    return Lacking(silence, silence, device[put_off][within], is_late[within], lost)
