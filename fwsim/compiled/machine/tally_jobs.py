"""What the jobs of one device tell: outcomes, stages, people's time, busy workers."""

from __future__ import annotations

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import State
from fwsim.compiled.codes import IS_OUTCOME
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    attempt_at,
    end_at,
    index_at,
    line_at,
    span_at,
    tally_at,
    tally_run_at,
)
from fwsim.compiled.machine.tally_people import count_forced, count_lost

NOT_YET = (1 << 63) - 1
MINUTE = 60_000


@compiled
def add(table: int, place: int, amount: int) -> None:
    """Add to a number of a table."""
    put_whole(table, place, whole_at(table, place) + amount)


@unit
def _sort_by_run(w: Record, begin: int, behind: int) -> None:
    t = tally_at(w.tally, 0)
    for place in range(begin + 1, behind):
        number = index_at(t.order, place).number
        run = line_at(w.log, number).run
        gap = place
        while gap > begin:
            before = index_at(t.order, gap - 1).number
            if line_at(w.log, before).run <= run:
                break
            index_at(t.order, gap).number = before
            gap -= 1
        index_at(t.order, gap).number = number


@unit
def sort_by_run(w: Record, begin: int, behind: int) -> None:
    """Bring a device's lines into the order of runs; few devices have any out of it."""
    t = tally_at(w.tally, 0)
    last = NOBODY
    for place in range(begin, behind):
        run = line_at(w.log, index_at(t.order, place).number).run
        if run < last:
            _sort_by_run(w, begin, behind)
            return
        last = run


@compiled
def _occupies(state: int) -> bool:
    return state == State.INSTALL or state == State.REBOOT or state == State.OUT_OF_CONTACT  # noqa: PLR1714 - compiled code knows no tuples of an enum


@unit
def _count_left(w: Record, device: int, job: int, number: int) -> None:
    """Count the time after a job's last line, if the device is left occupied.

    A device without power writes no line: it may have lost it while more was fetched.
    """
    t = tally_at(w.tally, 0)
    line = line_at(w.log, number)
    fetches = line.state == State.TRANSFER or line.state == State.QUEUEING  # noqa: PLR1714
    is_written = attempt_at(t.attempts, job).installation != NOT_YET
    if _occupies(line.state) or (fetches and is_written):
        count_lost(w, device, line.at, w.end)


@unit
def _goes_on(w: Record, job: int, place: int) -> bool:
    """Tell whether a start asks nobody, and goes on with what an earlier try of its began."""
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    assignment = tally_run_at(t.runs, attempt.run).assignment
    if assignment == NOBODY:
        return False
    for before in range(attempt.begin, place):
        if line_at(w.log, index_at(t.order, before).number).state == State.NOTIFYING:
            return False
    for number in range(job):
        earlier = attempt_at(t.attempts, number)
        is_of_it = tally_run_at(t.runs, earlier.run).assignment == assignment
        if is_of_it and earlier.has_begun:
            return True
    return False


@unit
def _is_forced(w: Record, job: int, place: int) -> bool:
    """Tell whether a line of a job begins its update without a click.

    It does when the notice before it has run out, or from the moment on when nobody is asked.
    """
    t = tally_at(w.tally, 0)
    line = line_at(w.log, index_at(t.order, place).number)
    run = tally_run_at(t.runs, line.run)
    if place > attempt_at(t.attempts, job).begin:
        before = line_at(w.log, index_at(t.order, place - 1).number)
        if before.state == State.NOTIFYING:
            ran_out = run.shown > 0 and line.at - before.at == run.shown
            return ran_out or line.at == run.force_at
    return line.at >= run.force_at and not _goes_on(w, job, place)


@unit
def _count_start(w: Record, device: int, job: int, place: int) -> None:
    """Count a start that is forced on a user who is there.

    Parameters
    ----------
    w
        The world.
    device
        Whose.
    job
        Its number among the device's jobs.
    place
        Place in the order of lines of the one that begins the update.
    """
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    attempt.has_begun = True
    if t.checks_after:
        place -= 1  # the check comes between the notice and the update
    if place < attempt.begin or not _is_forced(w, job, place):
        return
    count_forced(w, device, line_at(w.log, index_at(t.order, place).number).at)


@compiled
def _spread(table: int, step: int, bins: int, start: int, end: int) -> None:
    """Add a stretch of time to the bins that it lies in."""
    number = max(start, 0) // step
    while number < bins and number * step < end:
        inside = min(end, (number + 1) * step) - max(start, number * step)
        add(table, number, inside)
        number += 1


@compiled
def _has_answered(state: int) -> bool:
    """Tell whether a command has come to its device, which takes it or is too busy for it."""
    return state == State.CHECKING or state == State.NOTIFYING or state == State.REJECTED  # noqa: PLR1714


@unit
def _count_worker(w: Record, then: int) -> None:
    """Count how long one of the server's workers was busy until a line."""
    t = tally_at(w.tally, 0)
    line = line_at(w.log, then)
    if line.detail == Detail.SHOWN_AS_OFF:
        return
    busy = tally_run_at(t.runs, line.run).unanswered
    if _has_answered(line.state):
        busy = w.send_time
    _spread(t.workers, t.step, t.bins, line.at - busy, line.at)
    _spread(t.worker_minutes, MINUTE, t.minutes, line.at - busy, line.at)


@unit
def _count_unfinished(w: Record, device: int, begun: int, over: int) -> None:
    """Count a device for each time of the week in which it began and at whose end it was not over.

    What the run's end cuts might still be over in time. The jobs of a device come one after the
    other, so it is the last one counted if it is counted already.
    """
    t = tally_at(w.tally, 0)
    for week in range(t.weeks_count):
        if whole_at(t.caught_last, week) == device:
            continue
        span = span_at(t.weeks, week)
        end = 0
        for place in range(span.first, span.first + span.count):
            if whole_at(t.week_starts, place) > begun:
                break
            end = whole_at(t.week_ends, place)
        if begun < end < over and end <= w.end:
            add(t.caught, week, 1)
            put_whole(t.caught_last, week, device)


@compiled
def _note_fetch(attempt: Record, line: Record) -> None:
    """Note when a job began to fetch and to install."""
    if line.state == State.TRANSFER and attempt.transfer == NOT_YET:
        attempt.transfer = line.at
    elif line.state == State.INSTALL and attempt.installation == NOT_YET:
        attempt.installation = line.at


@unit
def _count_fetch(w: Record, device: int, job: int) -> None:
    """Count a job that fetched or installed within times of the week and was not over in time."""
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    if t.weeks_count > 0:
        outcome = line_at(w.log, attempt.outcome)
        over = outcome.at if IS_OUTCOME[outcome.state] else NOT_YET
        _count_unfinished(w, device, attempt.transfer, over)  # either may begin in another stretch
        _count_unfinished(w, device, attempt.installation, over)


@compiled
def _count_between(w: Record, device: int, before: int, number: int) -> None:
    """Count whom a job has kept between one of its lines and the next."""
    line, after = line_at(w.log, before), line_at(w.log, number)
    state, then = line.state, after.state
    if state == State.PROBING:
        _count_worker(w, number)
    elif _occupies(state):
        count_lost(w, device, line.at, after.at)
    elif state == State.WAKING and _has_answered(then):
        end_at(tally_at(w.tally, 0).ends, device).came_on = True


@compiled
def _begin(attempt: Record, run: int, place: int, number: int) -> None:
    attempt.run, attempt.begin, attempt.first = run, place, number
    attempt.outcome = attempt.end = NOBODY
    attempt.transfer = attempt.installation = NOT_YET
    attempt.has_begun = False


@unit
def count_job(w: Record, device: int, job: int, begin: int, behind: int) -> None:
    """Count what a job's lines tell, and note where it begins, ends and tells its outcome.

    Parameters
    ----------
    w
        The world.
    device
        Whose.
    job
        Its number among the device's jobs, from 0.
    begin, behind
        Places in the order of lines: of the job's first one, and behind the device's last one.
    """
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    before = index_at(t.order, begin).number
    run = line_at(w.log, before).run
    _begin(attempt, run, begin, before)
    place = begin
    while place < behind:
        number = index_at(t.order, place).number
        line = line_at(w.log, number)
        if line.run != run:
            break
        if place > begin:
            _count_between(w, device, before, number)
        if IS_OUTCOME[line.state]:
            attempt.outcome = number
            if line.state == State.SUCCESS and attempt.end == NOBODY:
                attempt.end = number
        if line.state == State.VERIFY_IDF:
            _count_start(w, device, job, place)
        _note_fetch(attempt, line)
        before = number
        place += 1
    attempt.behind = place
    if attempt.outcome == NOBODY:
        attempt.outcome = before
    if attempt.end == NOBODY:
        attempt.end = attempt.outcome
    _count_fetch(w, device, job)
    _count_left(w, device, job, before)


@unit
def has_done_other(w: Record, jobs: int) -> bool:
    """Tell whether any of a device's jobs was successful that the rollout is not judged by."""
    t = tally_at(w.tally, 0)
    for job in range(jobs):
        attempt = attempt_at(t.attempts, job)
        is_won = line_at(w.log, attempt.end).state == State.SUCCESS
        if is_won and not tally_run_at(t.runs, attempt.run).is_update:
            return True
    return False


@compiled
def _rank(state: int) -> int:
    """Return how much a job's outcome counts beside others of its device."""
    if state == State.SKIPPED or state == State.UNREACHED:  # noqa: PLR1714
        return 1
    return 0 if state == State.REJECTED or state == State.SUPERSEDED else 2  # noqa: PLR1714


@unit
def decisive(w: Record, jobs: int) -> int:
    """Return the job that tells a device's outcome: see `fwsim.results.run.jobs.Jobs.of_devices`.

    Returns
    -------
    int
        Its number, or `NOBODY` if none is among them that the rollout is judged by.
    """
    t = tally_at(w.tally, 0)
    chosen, succeeded, rank = NOBODY, NOBODY, NOBODY
    for job in range(jobs):
        attempt = attempt_at(t.attempts, job)
        if not tally_run_at(t.runs, attempt.run).is_update:
            continue
        state = line_at(w.log, attempt.outcome).state
        mine = _rank(state)
        if mine > rank or (
            mine == rank and attempt.outcome > attempt_at(t.attempts, chosen).outcome
        ):
            chosen, rank = job, mine
        if state == State.SUCCESS:
            succeeded = job
    if succeeded == NOBODY:
        return chosen
    state = line_at(w.log, attempt_at(t.attempts, chosen).outcome).state
    return succeeded if state == State.NOT_NEEDED else chosen


@unit
def count_stages(w: Record, job: int) -> None:
    """Count a device into the stages it goes through, by its decisive job."""
    t = tally_at(w.tally, 0)
    attempt = attempt_at(t.attempts, job)
    width = t.bins + 2
    before = NOBODY
    for place in range(attempt.begin, attempt.behind):
        number = index_at(t.order, place).number
        if number > attempt.outcome:
            break
        line = line_at(w.log, number)
        at = min((line.at + t.step - 1) // t.step, t.bins + 1)
        if before != NOBODY:
            add(t.stage_changes, before * width + at, -1)
        else:
            begin = (t.first_command + t.step - 1) // t.step
            if at > begin:
                add(t.stage_changes, t.dispatch * width + begin, 1)
                add(t.stage_changes, t.dispatch * width + at, -1)
        before = whole_at(t.stage_of, line.state)
        add(t.stage_changes, before * width + at, 1)
