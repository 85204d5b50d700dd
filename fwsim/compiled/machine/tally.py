"""Measures, counted from the raw log when the clock stands: no line is looked at by Python.

The same values as `fwsim.results.run` gives, which stays as the reference: for SimPy, for logs
that were kept, and for measures of one's own. A walk over the lines as they came counts what each
line tells; a walk over the devices, each with its lines run by run, what its jobs tell together.

A log may be that of the whole fleet, or of a part of it that is played by itself: then only the
lines of each device have to stand in their order.
"""

from __future__ import annotations

from fwsim.commands.lifecycle import State
from fwsim.compiled import tables
from fwsim.compiled.machine import tally_jobs, tally_tail
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, fetch_ahead, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    attempt_at,
    device_at,
    end_at,
    index_at,
    line_at,
    tally_at,
)
from fwsim.compiled.machine.tally_jobs import add
from fwsim.compiled.machine.tally_people import note_asked

FETCHED_AHEAD = 32
LINE_SIZE = tables.LINE.itemsize


@compiled
def _counts(t: Record, device: int) -> bool:
    """Tell whether a device is counted here: others of the same log may be beside."""
    return t.since <= device < t.before


@unit
def _count_lines(w: Record) -> None:
    """Count what each line tells by itself, and how many lines each device has."""
    t = tally_at(w.tally, 0)
    for number in range(w.log_count):
        line = line_at(w.log, number)
        if not _counts(t, line.device):
            continue
        add(t.places, line.device, 1)
        state = line.state
        if state == State.NOTIFYING:
            end_at(t.ends, line.device).prompts += 1
            kind = whole_at(t.kinds, device_at(w.devices, line.device).people)
            add(t.prompts, kind * t.bins + min(line.at // t.step, t.bins - 1), 1)
        elif state == State.DEFERRED:
            end_at(t.ends, line.device).deferments += 1
        elif state == State.CANCELLED:
            end_at(t.ends, line.device).cancels += 1
        else:
            continue
        note_asked(w, line.device, state, line.at)


@unit
def _sort_by_device(w: Record) -> None:
    """Bring the lines into the order of devices; each device's stay in the order of time."""
    t = tally_at(w.tally, 0)
    place = 0
    for i in range(t.whom_count):
        device = whole_at(t.whom, i)
        count = whole_at(t.places, device)
        put_whole(t.places, device, place)
        place += count
    for number in range(w.log_count):
        device = line_at(w.log, number).device
        if not _counts(t, device):
            continue
        index_at(t.order, whole_at(t.places, device)).number = number
        add(t.places, device, 1)


@unit
def _fetch_lines(w: Record, begin: int, behind: int) -> None:
    """Bring the lines of the device that comes next into the cache: they lie far apart."""
    t = tally_at(w.tally, 0)
    for place in range(begin, min(behind, begin + FETCHED_AHEAD)):
        line = w.log + index_at(t.order, place).number * LINE_SIZE
        fetch_ahead(line)
        fetch_ahead(line + LINE_SIZE - 1)


@unit
def _count_power(w: Record, device: int, jobs: int) -> None:
    """Count a device among those that were on for nothing."""
    t = tally_at(w.tally, 0)
    end = end_at(t.ends, device)
    if end.came_on and end.state != State.SUCCESS:
        t.for_nothing += int(not tally_jobs.has_done_other(w, jobs))


@unit
def _count_jobs(w: Record, place: int, begin: int, behind: int) -> None:
    """Count what the jobs of the n-th device tell together."""
    t = tally_at(w.tally, 0)
    device = whole_at(t.whom, place)
    tally_jobs.sort_by_run(w, begin, behind)
    jobs = 0
    while begin < behind:
        tally_jobs.count_job(w, device, jobs, begin, behind)
        begin = attempt_at(t.attempts, jobs).behind
        jobs += 1
    chosen = tally_jobs.decisive(w, jobs)
    if chosen != NOBODY:
        attempt = attempt_at(t.attempts, chosen)
        line = line_at(w.log, attempt.outcome)
        end = end_at(t.ends, device)
        end.time, end.state, end.detail = line.at, line.state, line.detail
        tally_jobs.count_stages(w, chosen)
        if line.state == State.SUCCESS:
            end.success = line.at
            tally_tail.count_time(w, jobs, chosen, (place - t.first) * t.ways)
    _count_power(w, device, jobs)


@unit
def walk(w: Record) -> None:
    """Count what each line of these devices tells by itself, and sort them by device."""
    _count_lines(w)
    _sort_by_device(w)


@unit
def count(w: Record) -> None:
    """Count what the lines of some of these devices tell together."""
    t = tally_at(w.tally, 0)
    begin = 0
    if t.first > 0:
        begin = whole_at(t.places, whole_at(t.whom, t.first - 1))
    for i in range(t.first, t.behind):
        behind = whole_at(t.places, whole_at(t.whom, i))
        if i + 1 < t.behind:
            _fetch_lines(w, behind, whole_at(t.places, whole_at(t.whom, i + 1)))
        if behind > begin:
            _count_jobs(w, i, begin, behind)
        begin = behind
