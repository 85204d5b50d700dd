"""In which order the lines of a log came: by time, and at one instant by the lifecycle."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import SILENT, Event, State
from fwsim.commands.lifecycle_table import rows_of

Ints = NDArray[np.int64]
FIRST_STATES = frozenset({State.PROBING, State.ASSIGNED, State.CHECKING, State.NOTIFYING})
"""States in which a job can begin: sent by the server, assigned, or started by the device."""
_MOST_AT_ONCE = 8
"""Lines of a job at one instant that are put in order; more stay as they stand."""


@cache
def follows(before: State | None, state: State, tells: frozenset[State]) -> bool:
    """Tell whether a state can follow another in a log, with what it does not tell in between."""
    if before is None:
        reached, seen = list(FIRST_STATES), set(FIRST_STATES)
        if state in seen:
            return True
    else:
        reached, seen = [before], set()
    while reached:
        here = reached.pop()
        if before is None and here in tells:
            continue
        for to in {row.to for event in Event for row in rows_of(here, event)}:
            if to is state:
                return True
            if to not in seen and (to in SILENT or to not in tells):
                seen.add(to)
                reached.append(to)
    return False


def is_newest_first(time: Ints) -> bool:
    """Tell whether a file runs from the last line to the first."""
    steps = np.diff(time)
    return bool(len(steps)) and bool((steps <= 0).all()) and bool((steps < 0).any())


def behind_later(time: Ints) -> NDArray[np.bool_]:
    """Tell which lines stand after a later one, wherever that stands before them."""
    return np.asarray(time < np.maximum.accumulate(time))


def order_of_lines(
    time: Ints, job: Ints, state: NDArray[np.integer], tells: frozenset[State]
) -> Ints:
    """Return the order in which lines came.

    Lines of one job at one instant keep the order in which they stand, unless no rule of the
    lifecycle leads through them that way and one does another way.

    Parameters
    ----------
    time, job, state
        Of each line: when, whose, and the code of its `State`.
    tells
        The states that such a log tells.
    """
    rows = np.arange(len(time))[::-1] if is_newest_first(time) else np.arange(len(time))
    order = rows[np.argsort(time[rows], kind="stable")]
    by_job = np.argsort(job[order], kind="stable")
    jobs, times = job[order][by_job], time[order][by_job]
    states: Ints = state[order][by_job].astype(np.int64)
    new_job = np.ones(len(jobs), bool)
    new_job[1:] = jobs[1:] != jobs[:-1]
    firsts = new_job.copy()
    firsts[1:] |= times[1:] != times[:-1]
    begins = np.flatnonzero(firsts)
    ends = np.append(begins[1:], len(jobs))
    against = _against(states, new_job, tells)
    counts = np.add.reduceat(against, begins) if len(begins) else against
    # What follows an instant tells of its order, too.
    counts = counts + np.append(against[begins[1:]] & ~new_job[begins[1:]], False)
    for group in np.flatnonzero((counts > 0) & (ends - begins > 1)).tolist():
        first, stop = int(begins[group]), int(ends[group])
        before = None if new_job[first] else int(states[first - 1])
        after = None if stop == len(jobs) or new_job[stop] else int(states[stop])
        way = _way(before, tuple(states[first:stop].tolist()), after, tells)
        places = by_job[first:stop].copy()
        states[first:stop] = states[first:stop][list(way)]
        order[np.sort(places)] = order[places][list(way)]
    return np.asarray(order, np.int64)


def _against(states: Ints, new_job: NDArray[np.bool_], tells: frozenset[State]) -> Ints:
    """Tell, with 1, of each line whether no rule leads to it from the line before."""
    before = np.where(new_job, -1, np.roll(states, 1))
    pairs, back = np.unique(np.stack([before, states], axis=1), axis=0, return_inverse=True)
    bad = [not _can(None if a < 0 else a, b, tells) for a, b in pairs.tolist()]
    return np.array(bad, np.int64)[back.reshape(-1)] if len(states) else np.zeros(0, np.int64)


def _can(before: int | None, state: int, tells: frozenset[State]) -> bool:
    return follows(None if before is None else State(before), State(state), tells)


@lru_cache(10_000)
def _way(
    before: int | None, states: tuple[int, ...], after: int | None, tells: frozenset[State]
) -> tuple[int, ...]:
    """Return in which order lines of one instant came, by their places; as they stand if in none.

    A way that leads on to what follows comes first.
    """
    as_it_stands = tuple(range(len(states)))
    if len(states) > _MOST_AT_ONCE:
        return as_it_stands
    for then in dict.fromkeys((after, None)):
        way = _found(before, states, as_it_stands, then, tells)
        if way is not None:
            return way
    return as_it_stands


def _found(
    before: int | None,
    states: tuple[int, ...],
    left: tuple[int, ...],
    after: int | None,
    tells: frozenset[State],
) -> tuple[int, ...] | None:
    if not left:
        return () if after is None or _can(before, after, tells) else None
    for place in left:
        if not _can(before, states[place], tells):
            continue
        others = tuple(one for one in left if one != place)
        rest = _found(states[place], states, others, after, tells)
        if rest is not None:
            return (place, *rest)
    return None
