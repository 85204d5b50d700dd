"""Measures, counted from the raw log when the clock stands: no line is looked at by Python.

The same values as `fwsim.results.run` gives, which stays as the reference: for SimPy, for logs
that were kept, and for measures of one's own. A walk over the lines as they came counts what each
line tells; a walk over the devices, each with its lines run by run, what its jobs tell together.
Then it is known who was last, and these are looked at once more.
"""

from __future__ import annotations

import math

from fwsim.commands.lifecycle import State
from fwsim.compiled import tables
from fwsim.compiled.machine import tally_jobs, tally_lines, tally_tail
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, fetch_ahead, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    attempt_at,
    end_at,
    line_at,
    tally_at,
)
from fwsim.compiled.machine.tally_jobs import NOT_YET, add

FETCHED_AHEAD = 32
LINE_SIZE = tables.LINE.itemsize


@compiled
def _at_line(number: int) -> int:
    """Return what stands for the time of a line until all devices have been looked at."""
    return -1 - number


@unit
def _clear(w: Record) -> None:
    """Begin anew: the memory may have served a run before."""
    t = tally_at(w.tally, 0)
    for device in range(w.devices_count):
        end = end_at(t.ends, device)
        end.time, end.success, end.state, end.detail, end.prompts = 0, NOT_YET, NOBODY, 0, 0
        end.was_woken = end.has_answered = False
        put_whole(t.places, device, 0)
    t.successes = t.served_count = t.deferments = t.cancels = t.forced = t.lost = 0
    t.prompted = t.devices_prompted = t.most_prompts = t.for_nothing = 0


@unit
def _count_lines(w: Record) -> None:
    """Count what each line tells by itself, and how many lines each device has."""
    t = tally_at(w.tally, 0)
    for number in range(w.log_count):
        line = line_at(w.log, number)
        add(t.places, line.device, 1)
        end = end_at(t.ends, line.device)
        state = line.state
        if state == State.NOTIFYING:
            end.prompts += 1
            end.has_answered = True
            add(t.prompts, min(line.at // t.step, t.bins - 1), 1)
        elif state == State.CHECKING:
            end.has_answered = True
        elif state == State.WAKING:
            end.was_woken = True
        elif state == State.DEFERRED:
            t.deferments += 1
        elif state == State.CANCELLED:
            t.cancels += 1


@unit
def _rank_successes(w: Record) -> None:
    """Bring the times of the devices' successes into their order, which is that of the lines."""
    t = tally_at(w.tally, 0)
    for number in range(w.log_count):
        line = line_at(w.log, number)
        if line.state != State.SUCCESS:
            continue
        end = end_at(t.ends, line.device)
        if end.success == _at_line(number):
            end.success = line.at
            put_whole(t.ranked, t.successes, line.at)
            t.successes += 1


@unit
def _mark_late(w: Record) -> None:
    """Find when the tail of the successful devices begins, and how many of that moment are none.

    Of those that were successful at the very moment the last in the fleet's order belong to it.
    """
    t = tally_at(w.tally, 0)
    last = math.ceil(t.tail * t.successes)
    if last == 0:
        return
    begin = t.successes - last
    t.late_at = whole_at(t.ranked, begin)
    before = begin
    while before > 0 and whole_at(t.ranked, before - 1) == t.late_at:
        before -= 1
    t.late_skipped = begin - before


@unit
def _sort_by_device(w: Record) -> None:
    """Bring the lines into the order of devices; each device's stay in the order of time."""
    t = tally_at(w.tally, 0)
    place = 0
    for device in range(w.devices_count):
        count = whole_at(t.places, device)
        put_whole(t.places, device, place)
        place += count
    for number in range(w.log_count):
        device = line_at(w.log, number).device
        put_whole(t.order, whole_at(t.places, device), number)
        add(t.places, device, 1)


@unit
def _fetch_lines(w: Record, begin: int, behind: int) -> None:
    """Bring the lines of the device that comes next into the cache: they lie far apart."""
    t = tally_at(w.tally, 0)
    for place in range(begin, min(behind, begin + FETCHED_AHEAD)):
        fetch_ahead(w.log + whole_at(t.order, place) * LINE_SIZE)


@compiled
def _is_late(t: Record, success: int) -> bool:
    """Tell whether a device, in the fleet's order, belongs to the tail."""
    if success != t.late_at:
        return success > t.late_at
    t.late_skipped -= 1
    return t.late_skipped < 0


@unit
def _count_notices(w: Record, device: int, jobs: int) -> None:
    """Count a device among those that were asked, and those that were on for nothing."""
    t = tally_at(w.tally, 0)
    end = end_at(t.ends, device)
    t.prompted += end.prompts
    t.devices_prompted += int(end.prompts > 0)
    t.most_prompts = max(t.most_prompts, end.prompts)
    if end.was_woken and end.has_answered and end.state != State.SUCCESS:
        t.for_nothing += int(not tally_jobs.has_done_other(w, jobs))


@unit
def _outline(w: Record, begin: int, behind: int) -> int:
    """Note where each of a device's jobs lies; return how many there are."""
    t = tally_at(w.tally, 0)
    jobs = 0
    place = begin
    while place < behind:
        tally_jobs.outline(w, jobs, place, behind)
        place = attempt_at(t.attempts, jobs).behind
        jobs += 1
    return jobs


@unit
def _count_jobs(w: Record, device: int, begin: int, behind: int) -> None:
    """Count what a device's jobs tell together."""
    t = tally_at(w.tally, 0)
    tally_jobs.sort_by_run(w, begin, behind)
    jobs = _outline(w, begin, behind)
    for job in range(jobs):
        tally_jobs.count_job(w, device, job)
    chosen = tally_jobs.decisive(w, jobs)
    if chosen != NOBODY:
        attempt = attempt_at(t.attempts, chosen)
        line = line_at(w.log, attempt.outcome)
        end = end_at(t.ends, device)
        end.time, end.state, end.detail = line.at, line.state, line.detail
        tally_jobs.count_stages(w, chosen)
        if line.state == State.SUCCESS:
            end.success = _at_line(attempt.outcome)
            tally_tail.count_time(w, jobs, chosen, t.by_all)
    _count_notices(w, device, jobs)


@unit
def _count_tail(w: Record) -> None:
    """Count how the last of the successful devices spent their time."""
    t = tally_at(w.tally, 0)
    if t.successes == 0:
        return
    begin = 0
    for device in range(w.devices_count):
        behind = whole_at(t.places, device)
        success = end_at(t.ends, device).success
        if success != NOT_YET and _is_late(t, success):
            jobs = _outline(w, begin, behind)
            tally_tail.count_time(w, jobs, tally_jobs.decisive(w, jobs), t.by_last)
        begin = behind


@unit
def tally(w: Record) -> None:
    """Count a run's log and the load of its lines."""
    t = tally_at(w.tally, 0)
    _clear(w)
    _count_lines(w)
    _sort_by_device(w)
    begin = 0
    for device in range(w.devices_count):
        behind = whole_at(t.places, device)
        if device + 1 < w.devices_count:
            _fetch_lines(w, behind, whole_at(t.places, device + 1))
        if behind > begin:
            _count_jobs(w, device, begin, behind)
        begin = behind
    _rank_successes(w)
    _mark_late(w)
    _count_tail(w)
    tally_jobs.add_up_stages(w)
    tally_lines.count_load(w)
