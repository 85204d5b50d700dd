"""How a successful device spent its time: see `fwsim.results.run.tail`."""

from __future__ import annotations

from fwsim.commands.lifecycle import State
from fwsim.compiled.codes import IS_OUTCOME
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    attempt_at,
    index_at,
    line_at,
    tally_at,
    tally_run_at,
)
from fwsim.compiled.machine.tally_jobs import NOT_YET, add


@unit
def _rank_attempts(w: Record, jobs: int, best: int) -> int:
    """Bring what a device did up to one job into the order of beginnings; return how many."""
    t = tally_at(w.tally, 0)
    last = attempt_at(t.attempts, best).first
    count = 0
    for job in range(jobs):
        attempt = attempt_at(t.attempts, job)
        if attempt.first > last or not tally_run_at(t.runs, attempt.run).is_update:
            continue
        gap = count
        while gap > 0 and attempt_at(t.attempts, whole_at(t.ranked, gap - 1)).first > attempt.first:
            put_whole(t.ranked, gap, whole_at(t.ranked, gap - 1))
            gap -= 1
        put_whole(t.ranked, gap, job)
        count += 1
    return count


@compiled
def _wait_after(t: Record, line: Record) -> int:
    return whole_at(t.wait_after, line.state * t.details + line.detail)


@compiled
def _spend(t: Record, first_way: int, way: int, lasted: int) -> None:
    if lasted > 0:
        add(t.spent, first_way + way, lasted)
        add(t.by_all, way, lasted)


@unit
def _place(w: Record, count: int) -> None:
    """Find when each attempt is over, and from when on its time is its own."""
    t = tally_at(w.tally, 0)
    best = attempt_at(t.attempts, whole_at(t.ranked, count - 1))
    most = line_at(w.log, best.end).at
    until = t.first_command
    for rank in range(count):
        attempt = attempt_at(t.attempts, whole_at(t.ranked, rank))
        end = line_at(w.log, attempt.end)
        over = end.at
        if not IS_OUTCOME[end.state]:
            after = attempt_at(t.attempts, whole_at(t.ranked, rank + 1))
            over = line_at(w.log, after.first).at
        attempt.over = min(over, most)
        attempt.since = until
        until = attempt.over if rank == 0 else max(until, attempt.over)


@unit
def _count_within(w: Record, job: int, first_way: int) -> None:
    """Count the stretches of an attempt, as far as none before was still under way."""
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    end = line_at(w.log, attempt.end)
    is_cut = _wait_after(t, end) == t.power_lost
    behind = attempt.end if IS_OUTCOME[end.state] else NOT_YET
    for place in range(attempt.begin, attempt.behind):
        number = index_at(t.order, place).number
        if number >= behind:
            break
        line = line_at(w.log, number)
        if IS_OUTCOME[line.state]:
            continue
        way, then = whole_at(t.stage_of, line.state), attempt.over
        if place + 1 < attempt.behind:
            after = index_at(t.order, place + 1).number
            then = min(then, line_at(w.log, after).at)
            if is_cut and after == attempt.end:
                way = t.cut_off
        _spend(t, first_way, way, then - max(line.at, attempt.since))


@unit
def count_time(w: Record, jobs: int, best: int, first_way: int) -> None:
    """Count how a successful device spent its time from the first command to its success.

    Parameters
    ----------
    w
        The world.
    jobs
        How many the device has.
    best
        The one that was successful.
    first_way
        Place of its time in the first way.
    """
    t = tally_at(w.tally, 0)
    for way in range(t.ways):
        put_whole(t.spent, first_way + way, 0)
    count = _rank_attempts(w, jobs, best)
    _place(w, count)
    latest = NOBODY
    for rank in range(count):
        job = whole_at(t.ranked, rank)
        attempt = attempt_at(t.attempts, job)
        first = line_at(w.log, attempt.first)
        is_sent = first.state == State.PROBING
        turn = t.dispatch if is_sent else t.own_start
        wait = t.later if is_sent else t.own_start
        if rank > 0:
            wait = _wait_after(t, line_at(w.log, attempt_at(t.attempts, latest).end))
        due = max(tally_run_at(t.runs, attempt.run).at, attempt.since)
        due = min(due, max(attempt.since, first.at))
        _spend(t, first_way, wait, due - attempt.since)
        _spend(t, first_way, turn, first.at - due)
        _count_within(w, job, first_way)
        if rank == 0 or attempt.over >= attempt_at(t.attempts, latest).over:
            latest = job
