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

from fwsim.observations.observed import Observed, What
from fwsim.observations.tries import MOST_WITHOUT, Lines

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
_SLACK = 60_000
"""What is due comes within this, milliseconds [A]."""
_NO_SILENCE = -1


@dataclass(frozen=True)
class Silences:
    """When nobody writes for long, in order of time; arrays have shape (silences,)."""

    begins: _Ints
    ends: _Ints

    def __len__(self) -> int:
        return len(self.begins)

    def over_by(self, at: _Ints) -> _Ints:
        """Return how many are over at each of some times."""
        return np.searchsorted(self.ends, at, side="right").astype(np.int64)

    def begun_before(self, at: _Ints) -> _Ints:
        """Return how many begin before each of some times: the number of the next one."""
        return np.searchsorted(self.begins, at).astype(np.int64)


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


class AtWork:
    """Who was at work right before silences or right after, and who of them lacks lines.

    Parameters
    ----------
    lines
        What devices do.
    silences
        At least one.
    until
        When the log ends.
    """

    def __init__(self, lines: Lines, silences: Silences, until: int) -> None:
        self._lines, self._silences = lines, silences
        self._usual = lines.usual()
        follows = np.concatenate([[False], lines.goes_on[:-1]])  # the line before, in its try
        since = np.where(follows, np.roll(lines.at, 1), lines.at)
        self._last_over = silences.over_by(lines.at) - 1
        """The last silence before each line; -1 if there is none."""
        self._first = np.where(follows, silences.begun_before(since), 0)
        """The first one after the line before it."""
        self._at_once = follows & (self._first > self._last_over)
        """Which lines have no silence between them and the line before."""
        told = lines.told(~self._at_once)
        self._needed = np.concatenate([[0], told])[np.searchsorted(told, lines.after)]
        """The last step before each line that the log would have told."""
        self._lacks = lines.before < self._needed
        self._shows = (self._needed > 0) | np.isin(lines.step, told)
        """Which lines show whether any are missing before them."""
        self._ahead = np.minimum(silences.begun_before(lines.at), len(silences) - 1)
        """The next silence after each line."""
        begins = silences.begins[self._ahead]
        self._goes_on_until = lines.at + self._usual[lines.step]
        self._into = (lines.step > 0) & (lines.at <= begins) & (self._goes_on_until >= begins)
        """Which lines tell of devices at work as that silence begins."""
        # Who is off by then has no more to tell; a restart may be told as off and on.
        is_off = lines.power.are_off(lines.device, begins, lines.row)
        self._stops = lines.stop(self._usual, until) & ~is_off
        self._ends_next = lines.end_next()
        self._ends_lost = _share(
            (self._stops & ~self._into).sum(), (self._ends_next & ~self._into).sum()
        )
        steps = (_share(*lines.without(rank, self._at_once)) for rank in told.tolist())
        self._lost = max([self._ends_lost, *steps])

    def seen_again(self) -> Lacking:
        """Return those that were seen again, by the line after a silence and by the one before."""
        parts = zip(self._after_silences(), self._before_silences(), strict=True)
        first, last, device, lacks = (np.concatenate(both) for both in parts)
        return Lacking(first, last, device, lacks.astype(bool), self._lost)

    def not_seen_to_end(self) -> Lacking:
        """Return those that had to come to an end, and who of them was not seen again."""
        lines = self._lines
        is_over = self._ends_next & (np.roll(lines.at, -1) <= self._silences.begins[self._ahead])
        rows = np.flatnonzero(self._into & (self._stops | is_over))
        silence = self._ahead[rows]
        return Lacking(silence, silence, lines.device[rows], self._stops[rows], self._ends_lost)

    def _after_silences(self) -> tuple[_Ints, _Ints, _Ints, _Flags]:
        """Return of lines after silences what had to come in these, as `Lacking` has it.

        The step that the log would have told last came no sooner than it usually takes before.
        """
        came = self._lines.at - self._usual[np.maximum(self._needed, 1)]
        may_tell = self._shows & (self._last_over >= 0) & ~self._at_once
        rows = np.flatnonzero(may_tell & (came <= self._silences.ends[self._last_over]))
        last = self._last_over[rows]
        first = np.maximum(self._first[rows], self._silences.over_by(came[rows]))
        return np.minimum(first, last), last, self._lines.device[rows], self._lacks[rows]

    def _before_silences(self) -> tuple[_Ints, _Ints, _Ints, _Flags]:
        """Return of lines before silences what had to come in these, as `Lacking` has it.

        The next line tells what is missing; that it came in this silence, only if what the device
        was at usually does not take longer.
        """
        rows = np.flatnonzero(self._into & self._lines.goes_on)
        rows = rows[(self._shows & ~self._at_once)[rows + 1]]
        first = self._ahead[rows]
        is_in_it = self._goes_on_until[rows] <= self._silences.ends[first]
        last = np.where(is_in_it, first, self._last_over[rows + 1])
        return first, last, self._lines.device[rows], self._lacks[rows + 1]


def _share(lost: int, shown: int) -> float:
    """Return the share that is lost as Jeffreys has it: of few, none lost is not never."""
    return float((lost + 0.5) / (lost + shown + 1))


def lacking_put_off(observed: Observed, rows: _Ints, silences: Silences) -> Lacking:
    """Return who should have come back in silences to what was put off, and who did not.

    Nobody where a log does not tell who is off, or where many come later than that anyway.

    Parameters
    ----------
    observed
        The log.
    rows
        Those of its lines that came with what they tell.
    silences
        At least one.
    """
    what, at = observed.what[rows], observed.latest[rows]
    device = observed.device.codes[rows].astype(np.int64)
    put_off = np.flatnonzero((what == What.DEFERRED) & (observed.amount[rows] > 0))
    if not len(put_off) or not (what == What.OFF).any():
        return Lacking.nobody()
    since, until = at[put_off], at[put_off] + observed.amount[rows[put_off]]
    due = until + _SLACK
    following = np.minimum(put_off + 1, len(rows) - 1)
    is_own = (following > put_off) & (device[following] == device[put_off])
    comes = np.where(is_own, at[following], observed.until + 1)
    is_late = (comes > due) & (due <= observed.until)
    silence = silences.begun_before(until) - 1
    begin, end = silences.begins[silence], silences.ends[silence]
    within = (silence >= 0) & (since <= begin) & (due < end)
    elsewhere = ~within & (silences.begun_before(since) == np.searchsorted(silences.ends, due))
    late, in_time = (is_late & elsewhere).sum(), (~is_late & elsewhere).sum()
    if late > MOST_WITHOUT * (late + in_time):
        return Lacking.nobody()
    silence = silence[within]
    return Lacking(
        silence, silence, device[put_off][within], is_late[within], _share(late, in_time)
    )
