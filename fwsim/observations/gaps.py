"""Where lines are missing in the midst of a log: nobody writes, and devices go on all the same.

Silence alone says nothing: a night is silent, too. But who was writing a minute before it writes
on, or is done. Who is seen restarting right after it has checked, fetched and written before.
Whoever put an update off until then gets it, or is off. Where several devices lack such lines, a
part of the log is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import stamp
from fwsim.messages import say
from fwsim.observations.observed import NEVER, Gap, Observed, What
from fwsim.observations.words import ENDS
from fwsim.problems import Problem, Severity

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
SHORTEST = 10 * 60_000
"""Of a shorter silence, milliseconds, nothing is said [A]."""
FEWEST = 3
"""Of so many devices lines have to be missing [A]."""
_FEWEST_AT_WORK = 2
"""Of so many among them that were at work [A]: at night, who is off leaves no line, either."""
_MOST_WITHOUT = 0.1
"""What more do without at other times, a log does not tell [A]."""
_USUAL = 0.9
"""Share of the times in a state that are no longer than usual [A]."""
_EACH = 2
"""So many steps may be lost before a line that comes after a silence [A]."""
_MUCH = 3
"""Standard deviations above what lacks lines anyway [A]."""
_MOST_TOLD = 5
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
_NO_MATTER = (What.ON, What.OFF, What.QUEUED, What.STARTED, What.RAN_OUT)
"""In fwsim's own log the last two have the time of the state after them."""


@dataclass(frozen=True)
class _Lines:
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

    def usual(self) -> _Ints:
        """Return how long devices usually are at each step; 0 where nobody can say."""
        found = np.zeros(_END + 1, np.int64)
        on = np.flatnonzero(self.goes_on)
        took, step = self.at[on + 1] - self.at[on], self.step[on]
        for rank in range(1, _END):
            mine = took[step == rank]
            found[rank] = np.quantile(mine, _USUAL) if len(mine) >= FEWEST else 0
        return found

    def stop(self, usual: _Ints, until: int) -> _Flags:
        """Tell of which devices nothing more comes, though what they did last cannot take so long.

        A slow line may hold those for hours that were fetching.
        """
        is_last = np.append(self.device[1:] != self.device[:-1], True)
        is_long = until - self.at > _LONG * usual[self.step]
        return np.asarray(is_last & is_long & (self.step != _RANK[What.FETCHING]))

    def told(self, spans: _Flags) -> _Ints:
        """Return which steps the log tells: those that most show, and at other times nearly all.

        Parameters
        ----------
        spans
            Which lines have a silence before them: what is missing there may be lost.
        """
        shown = np.bincount(self.step, minlength=_END + 1)
        found = []
        for rank in range(1, _END):
            lacks = (self.before < rank) & (rank < self.after)
            most = lacks.sum() <= shown[rank]
            if most and (lacks & ~spans).sum() <= _MOST_WITHOUT * shown[rank]:
                found.append(rank)
        return np.array(found, np.int64)


@dataclass(frozen=True)
class _AtWork:
    """Who was at work right before a silence or right after it; arrays of shape (times,)."""

    silence: _Ints
    device: _Ints
    lacks: _Flags
    """Whether lines of it are missing."""
    anyway: float
    """Share of the lines at other times before which one is missing."""

    def lacking(self, silence: int) -> _Ints:
        """Return the devices of which lines are missing; none where no more are than anyway."""
        mine = self.silence == silence
        found = np.unique(self.device[mine & self.lacks])
        due = _EACH * self.anyway * mine.sum()
        return found if len(found) > due + _MUCH * np.sqrt(due) else found[:0]


def with_gaps(observed: Observed, zone: ZoneInfo | None) -> Observed:
    """Return the same with its gaps, and with what is to be told of them.

    Parameters
    ----------
    observed
        Of one rollout.
    zone
        Of the times that are told; UTC if there is none.
    """
    gaps = gaps_in(observed)
    if not gaps:
        return observed
    told = (told_of(gap, observed, zone) for gap in gaps[:_MOST_TOLD])
    problems = (*observed.problems, *told)
    if len(gaps) > _MOST_TOLD:
        text = say("log_file.more_gaps", count=len(gaps) - _MOST_TOLD)
        source = observed.sources[gaps[_MOST_TOLD].source]
        problems += (Problem(text, source, severity=Severity.WARNING),)
    return replace(observed, gaps=gaps, problems=problems)


def told_of(gap: Gap, observed: Observed, zone: ZoneInfo | None) -> Problem:
    """Return what to say of a gap, where the first line after it stands."""
    begin, end = (
        stamp(datetime.fromtimestamp(at / 1000, zone or UTC), "%Y-%m-%d %H:%M")
        for at in (gap.begin, gap.end)
    )
    text = say("log_file.gap", begin=begin, end=end, count=gap.devices)
    return Problem(text, observed.sources[gap.source], gap.line, severity=Severity.WARNING)


def gaps_in(observed: Observed) -> tuple[Gap, ...]:
    """Return the gaps of a log whose lines came with what they tell, in order of time.

    What somebody looked up every now and then is told between two looks, and has none.
    """
    rows = np.flatnonzero(_are_events(observed))
    begins, ends = _silences(observed.earliest[rows], observed.latest[rows])
    if not len(begins):
        return ()
    at_work = _at_work(_lines(observed, rows), begins, ends, observed.until)
    overdue = _overdue(observed, rows, begins, ends)
    found = []
    for number, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
        sure = at_work.lacking(number)
        devices = np.union1d(sure, overdue[1][overdue[0] == number])
        if len(sure) >= _FEWEST_AT_WORK and len(devices) >= FEWEST:
            found.append(Gap(begin, end, len(devices), *_line_at(observed, rows, end)))
    return tuple(found)


def _silences(earliest: _Ints, latest: _Ints) -> tuple[_Ints, _Ints]:
    """Return when long silences begin and end: no line can be of a time in them."""
    times = np.unique(latest)
    silent = np.flatnonzero(np.diff(times) >= SHORTEST)
    begins, ends = times[silent], times[silent + 1]
    vague = latest - earliest >= SHORTEST  # as in an hour that clocks go through twice
    if vague.any():
        since, until = np.sort(earliest[vague]), np.sort(latest[vague])
        is_free = np.searchsorted(since, ends) == np.searchsorted(until, begins, side="right")
        begins, ends = begins[is_free], ends[is_free]
    return begins, ends


def stretches_of(observed: Observed) -> tuple[_Ints, _Ints]:
    """Return in which stretch between two gaps each line lies, from 0, and when that ends."""
    ends = np.array([gap.end for gap in observed.gaps], np.int64)
    stretch = np.searchsorted(ends, observed.latest, side="right").astype(np.int64)
    until = [*(min(gap.begin, observed.until) for gap in observed.gaps), observed.until]
    return stretch, np.array(until, np.int64)[stretch]


def may_have_ended(gaps: Sequence[Gap], since: _Ints) -> _Ints:
    """Return when what is under way by the log may have ended in a gap, at the earliest.

    Parameters
    ----------
    gaps
        In order of time.
    since
        When each was last heard of, or until when it was put off; milliseconds since the epoch.

    Returns
    -------
    Integers
        `NEVER` where no gap comes after that; shape as `since`.
    """
    ends = np.array([gap.end for gap in gaps], np.int64)
    begins = np.array([*(gap.begin for gap in gaps), NEVER], np.int64)
    return np.maximum(begins[np.searchsorted(ends, since, side="right")], since)


def _are_events(observed: Observed) -> _Flags:
    """Tell which lines came with what they tell."""
    of_source = [account.is_of_events or account.is_own for account in observed.accounts]
    return np.array([*of_source, False], bool)[observed.source]


def _line_at(observed: Observed, rows: _Ints, time: int) -> tuple[int, int]:
    """Return line and source of the first line at a time."""
    at = rows[observed.latest[rows] == time]
    row = at[np.lexsort((observed.line[at], observed.source[at]))[0]]
    return int(observed.line[row]), int(observed.source[row])


def _lines(observed: Observed, rows: _Ints) -> _Lines:
    """Return what devices do: a try ends with an end, or with another command."""
    rows = rows[~np.isin(observed.what[rows], [int(what) for what in _NO_MATTER])]
    device = observed.device.codes[rows].astype(np.int64)
    command = observed.command[rows].astype(np.int64)
    order = np.lexsort((np.arange(len(rows)), command, device))
    rows, device, command = rows[order], device[order], command[order]
    what = observed.what[rows]
    step, after = (
        np.array([ranks.get(one, 0) for one in What], np.int64)[what]
        for ranks in (_RANK, _COMES_AFTER)
    )
    goes_on = np.zeros(len(rows), bool)
    goes_on[:-1] = (device[1:] == device[:-1]) & (command[1:] == command[:-1])
    goes_on &= ~np.isin(what, [int(one) for one in ENDS])
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
    return _Lines(device, observed.latest[rows], step, after, before, goes_on)


def _at_work(lines: _Lines, begins: _Ints, ends: _Ints, until: int) -> _AtWork:
    """Return who was at work right before silences or right after, and who of them lacks lines."""
    previous = np.concatenate([[False], lines.goes_on[:-1]])
    since = np.where(previous, np.roll(lines.at, 1), lines.at)
    spans = np.searchsorted(begins, since) < np.searchsorted(ends, lines.at, side="right")
    elsewhere = previous & ~spans
    told, usual = lines.told(~elsewhere), lines.usual()
    # The last step before each line that the log would have told.
    needed = np.concatenate([[0], told])[np.searchsorted(told, lines.after)]
    lacks = lines.before < needed
    silence = np.searchsorted(ends, lines.at, side="right") - 1
    emerges = (lines.after > 0) & (silence >= 0)
    emerges &= lines.at - ends[silence] <= usual[np.maximum(needed, 1)]
    emerges &= ~previous | (since <= begins[silence])
    ahead = np.minimum(np.searchsorted(begins, lines.at), len(begins) - 1)
    goes_on = lines.goes_on & np.roll(needed > 0, -1) & (np.roll(lines.at, -1) >= ends[ahead])
    stops = lines.stop(usual, until)
    vanishes = (lines.step > 0) & (lines.at <= begins[ahead]) & (goes_on | stops)
    vanishes &= begins[ahead] - lines.at <= usual[lines.step]
    lacks_then = (goes_on & np.roll(lacks, -1)) | stops
    return _AtWork(
        np.concatenate([silence[emerges], ahead[vanishes]]),
        np.concatenate([lines.device[emerges], lines.device[vanishes]]),
        np.concatenate([lacks[emerges], lacks_then[vanishes]]),
        (lacks & elsewhere).sum() / max(((needed > 0) & elsewhere).sum(), 1),
    )


def _overdue(observed: Observed, rows: _Ints, begins: _Ints, ends: _Ints) -> tuple[_Ints, _Ints]:
    """Return silences in which devices should have come back to what they put off, and these.

    Nothing where a log does not tell who is off, or where many come later than that anyway.
    """
    nothing = np.zeros(0, np.int64), np.zeros(0, np.int64)
    what, at = observed.what[rows], observed.latest[rows]
    device = observed.device.codes[rows].astype(np.int64)
    put_off = np.flatnonzero((what == What.DEFERRED) & (observed.amount[rows] > 0))
    if not len(put_off) or not (what == What.OFF).any():
        return nothing
    due = at[put_off] + observed.amount[rows[put_off]] + _SLACK
    following = np.minimum(put_off + 1, len(rows) - 1)
    is_own = (following > put_off) & (device[following] == device[put_off])
    comes = np.where(is_own, at[following], observed.until + 1)
    silence = np.searchsorted(begins, due - _SLACK) - 1
    within = (silence >= 0) & (due < ends[silence]) & (at[put_off] <= begins[silence])
    is_late = (comes > due) & (due <= observed.until)
    elsewhere = ~within & (np.searchsorted(begins, at[put_off]) == np.searchsorted(ends, due))
    if (is_late & elsewhere).sum() > _MOST_WITHOUT * elsewhere.sum():
        return nothing
    return silence[within & is_late], device[put_off][within & is_late]
