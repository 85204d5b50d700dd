"""Where lines are missing in the midst of a log: nobody writes, and devices go on all the same.

Silence alone says nothing: a night is silent, too. But who was writing a minute before it writes
on, or is done. Who is seen restarting right after it has checked, fetched and written before.
Whoever put an update off until then gets it, or is off. Where several devices lack such lines, and
more than where lines are lost at random, a part of the log is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import stamp
from fwsim.messages import say
from fwsim.observations.missing_lines import AtWork, Lacking, Silences, lacking_put_off
from fwsim.observations.observed import NEVER, Gap, Observed
from fwsim.observations.tries import lines_of_devices
from fwsim.problems import Problem, Severity

_Ints = NDArray[np.int64]
_Flags = NDArray[np.bool_]
SHORTEST = 10 * 60_000
"""Of a shorter silence, milliseconds, nothing is said [A]."""
FEWEST = 3
"""Of so many devices lines have to be missing [A]."""
_FEWEST_AT_WORK = 2
"""Of so many among them that were at work [A]: at night, who is off leaves no line, either."""
_BY_CHANCE = 0.05
"""Chance of as much anywhere in a log whose lines are lost at random, at most [A]."""
_MOST_TOLD = 5


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
    told = (gap_warning(gap, observed, zone) for gap in gaps[:_MOST_TOLD])
    problems = (*observed.problems, *told, *_more(observed, gaps))
    return replace(observed, gaps=gaps, problems=problems)


def with_gaps_begun_by(observed: Observed, moment: int) -> Observed:
    """Return the same with those gaps alone that had begun, and what is told of these.

    Parameters
    ----------
    observed
        With its gaps.
    moment
        Milliseconds since the epoch.
    """
    gaps = tuple(gap for gap in observed.gaps if gap.begin < moment)
    if len(gaps) == len(observed.gaps):
        return observed
    # What is told of a gap stands at the first line after it, which is later yet.
    later = {(observed.sources[gap.source], gap.line) for gap in observed.gaps[len(gaps) :]}
    more = _more(observed, observed.gaps)
    kept = (
        problem
        for problem in observed.problems
        if (problem.source, problem.line) not in later and problem not in more
    )
    return replace(observed, gaps=gaps, problems=(*kept, *_more(observed, gaps)))


def _more(observed: Observed, gaps: tuple[Gap, ...]) -> tuple[Problem, ...]:
    """Return what to say of gaps that are not told one by one."""
    if len(gaps) <= _MOST_TOLD:
        return ()
    text = say("log_file.more_gaps", count=len(gaps) - _MOST_TOLD)
    source = observed.sources[gaps[_MOST_TOLD].source]
    return (Problem(text, source, severity=Severity.WARNING),)


def gap_warning(gap: Gap, observed: Observed, zone: ZoneInfo | None) -> Problem:
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
    rows = np.flatnonzero(are_events(observed))
    silences = _silences(observed.earliest[rows], observed.latest[rows])
    if not len(silences):
        return ()
    at_work = AtWork(lines_of_devices(observed, rows), silences, observed.until)
    again, ended = at_work.seen_again(), at_work.not_seen_to_end()
    late = lacking_put_off(observed, rows, silences)
    sure = [_chance((again, ended, late), number) for number in range(len(silences))]
    again = again.where_likeliest(sure)
    found = []
    for number in range(len(silences)):
        were_at_work = np.union1d(again.of(number), ended.of(number))
        devices = np.union1d(were_at_work, late.of(number))
        if len(were_at_work) < _FEWEST_AT_WORK or len(devices) < FEWEST:
            continue
        if _by_chance((again, ended, late), number, len(silences), len(rows)) <= _BY_CHANCE:
            begin, end = int(silences.begins[number]), int(silences.ends[number])
            found.append(Gap(begin, end, len(devices), *_line_at(observed, rows, end)))
    return tuple(found)


def _by_chance(kinds: Sequence[Lacking], silence: int, silences: int, lines: int) -> float:
    """Return how often as much is missing in a log whose lines are lost at random.

    In a silence that there is anyway, or where nothing but lost lines makes one, at any line.
    """
    made = math.prod(kind.chance_of_silence(silence) for kind in kinds)
    return silences * _chance(kinds, silence) + lines * made


def _chance(kinds: Sequence[Lacking], silence: int) -> float:
    """Return the chance that as much is missing in a silence, by all kinds together (Fisher)."""
    product = math.prod(kind.chance(silence) for kind in kinds)
    if not product:
        return 0.0  # hundreds of devices: less than a number can be
    tell = sum(kind.has_any(silence) for kind in kinds)
    return product * sum((-math.log(product)) ** n / math.factorial(n) for n in range(max(tell, 1)))


def _silences(earliest: _Ints, latest: _Ints) -> Silences:
    """Return when long silences begin and end: no line can be of a time in them."""
    times = np.unique(latest)
    silent = np.flatnonzero(np.diff(times) >= SHORTEST)
    begins, ends = times[silent], times[silent + 1]
    vague = latest - earliest >= SHORTEST  # as in an hour that clocks go through twice
    if vague.any():
        since, until = np.sort(earliest[vague]), np.sort(latest[vague])
        is_free = np.searchsorted(since, ends) == np.searchsorted(until, begins, side="right")
        begins, ends = begins[is_free], ends[is_free]
    return Silences(begins, ends)


def stretches_of(observed: Observed) -> tuple[_Ints, _Ints]:
    """Return in which stretch between two gaps each line lies, from 0, and when that ends."""
    ends = np.array([gap.end for gap in observed.gaps], np.int64)
    stretch = np.searchsorted(ends, observed.latest, side="right").astype(np.int64)
    until = [*(min(gap.begin, observed.until) for gap in observed.gaps), observed.until]
    return stretch, np.array(until, np.int64)[stretch]


def may_have_ended(observed: Observed, device: _Ints, since: _Ints) -> _Ints:
    """Return when what is under way by the log may have ended unseen, at the earliest.

    Where lines are missing, or after the last look that shows the device, if others come so much
    later that a silence would be told.

    Parameters
    ----------
    observed
        The log.
    device
        Of whom, as the codes of its devices; -1 for one that it does not have.
    since
        When each was last heard of, or until when it was put off; milliseconds since the epoch.

    Returns
    -------
    Integers
        `NEVER` where nothing of the kind comes after that; shape as `since`.
    """
    gaps = [gap for gap in observed.gaps if gap.begin < observed.until]
    ends = np.array([gap.end for gap in gaps], np.int64)
    begins = np.array([*(gap.begin for gap in gaps), NEVER], np.int64)
    in_gap = begins[np.searchsorted(ends, since, side="right")]
    looks = [observed.last_looks.get(name, NEVER) for name in observed.device.values]
    looked = np.array([*looks, NEVER], np.int64)[device]
    looked[looked > max(observed.last_looks.values(), default=NEVER) - SHORTEST] = NEVER
    return np.maximum(np.minimum(in_gap, looked), since)


def idle_in(observed: Observed) -> set[str]:
    """Return whom the last exports show, and none shows with anything that had come to it."""
    values = observed.device.values
    return shown_last(observed) - {values[code] for code in np.unique(observed.device.codes)}


def shown_last(observed: Observed) -> set[str]:
    """Return whom the last exports of the console show, whatever they show of it.

    Beside events, those that were made as the log ends.
    """
    if observed.looks is None:
        return set()
    last = observed.looks.last_of_each(observed.until)
    latest = observed.until if observed.looks.beside_events else max(last.values(), default=NEVER)
    since = latest - SHORTEST
    return {name for name, at in last.items() if at > since} - observed.looks.strangers


def are_events(observed: Observed) -> _Flags:
    """Tell which lines of a log came with what they tell."""
    of_source = [account.is_of_events or account.is_own for account in observed.accounts]
    return np.array([*of_source, False], bool)[observed.source]


def _line_at(observed: Observed, rows: _Ints, time: int) -> tuple[int, int]:
    """Return line and source of the first line at a time."""
    at = rows[observed.latest[rows] == time]
    row = at[np.lexsort((observed.line[at], observed.source[at]))[0]]
    return int(observed.line[row]), int(observed.source[row])
