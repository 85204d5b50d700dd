"""Standing assignments: devices that come by themselves. Twin of `fwsim.simulation.standing`."""

from __future__ import annotations

from fwsim.commands import check_in, overdue
from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.lifecycle import Event, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import ATTEMPTS_APART, ENDS_ASSIGNMENT, ORDERS_KEPT, Ask, Due, Starts
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.acceptance import start_by_device
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.clock import put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import step
from fwsim.compiled.machine.luck import number_drawn
from fwsim.compiled.machine.memory import Record, put_whole, whole_at
from fwsim.compiled.machine.network import line_is_back
from fwsim.compiled.machine.rows import (
    NOBODY,
    assignment_at,
    device_at,
    job_at,
    order_at,
    seen_at,
    standing_at,
)
from fwsim.compiled.machine.seen import has_more, place_of
from fwsim.compiled.machine.server import new_job
from fwsim.compiled.machine.switch import (
    after_presence,
    is_present,
    presence_began,
    presence_between,
)
from fwsim.model.event_rank import FIRST_ASSIGNMENT, EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose

next_check_in = compiled(check_in.next_check_in)
drawn_anew = compiled(check_in.drawn_anew)
check_in_overdue = compiled(overdue.check_in_overdue)
hurried = compiled(check_in.hurried)


@compiled
def put_assignment(w: Record, number: int) -> None:
    """Put on the clock when an assignment is set."""
    at = assignment_at(w.assignments, number).at
    put_event(w, at, EventRank.COMMAND, FIRST_ASSIGNMENT + number, Due.ASSIGNS, number, 0, 0)


@unit
def _order(w: Record, number: int, attempt: int) -> int:
    """Return the run in which devices take an assignment for the n-th time."""
    place = ORDERS_KEPT * number + attempt
    if attempt < ORDERS_KEPT and whole_at(w.assignment_orders, place) != NOBODY:
        return whole_at(w.assignment_orders, place)
    ask(w, Ask.ORDER, Starts.ASSIGNMENT.value, ATTEMPTS_APART * number + attempt)
    if attempt < ORDERS_KEPT:
        put_whole(w.assignment_orders, place, w.answer)
    return w.answer


@unit
def assign(w: Record, number: int) -> None:
    """Set an assignment: it waits for its devices from now on."""
    assignment = assignment_at(w.assignments, number)
    if assignment.count == 0:
        return
    order = _order(w, number, 0)
    w.targeted += assignment.count
    for place in range(assignment.first, assignment.first + assignment.count):
        one = standing_at(w.standings, place)
        one.is_open = True
        one.job = new_job(w, one.device, order, assignment.at)
        step(w, one.job, Event.ASSIGNED.value, 0)
        _check_in_at(w, place, one.first_at)


# Check-ins


@compiled
def _put(w: Record, place: int, at: int, what: int) -> None:
    if at != NEVER:
        device = standing_at(w.standings, place).device
        put_event(w, at, EventRank.USER, device, what, device, 0, place)


@compiled
def _check_in_at(w: Record, place: int, at: int) -> None:
    standing_at(w.standings, place).next_at = at
    _put(w, place, at, Due.CHECKS_IN)


@compiled
def _is_over(w: Record, one: Record) -> bool:
    """Tell whether a device has no more to do with an assignment."""
    if one.is_open and w.now >= assignment_at(w.assignments, one.assignment).expires:
        one.is_open = False
    return not one.is_open


@compiled
def _is_there(w: Record, number: int) -> bool:
    return devices.is_ready(device_at(w.devices, number), w.now)


@unit
def checks_in(w: Record, place: int) -> None:
    """Check in; a device that is off does so when it has started."""
    one = standing_at(w.standings, place)
    if one.next_at != w.now or _is_over(w, one) or not _is_there(w, one.device):
        return
    if line_is_back(w, one.device) != NOT_CUT or _look(w, place, False):
        _plan_next(w, place)


@unit
def connected_with(w: Record, number: int, has_started: int) -> None:
    """Look what is due on a device that has just reported to the server."""
    place = whole_at(w.first_standings, number)
    while place != NOBODY:
        one = standing_at(w.standings, place)
        if not _is_over(w, one):
            _look_at_connection(w, place, has_started)
        place = one.next


@compiled
def _look_at_connection(w: Record, place: int, has_started: int) -> None:
    one = standing_at(w.standings, place)
    is_due = one.next_at != NEVER and one.next_at <= w.now
    is_start = has_started != 0 and assignment_at(w.assignments, one.assignment).at_start
    if is_due or is_start:
        if is_present(w, one.within, w.now):
            if _look(w, place, is_start):
                _plan_next(w, place)
        elif is_due:
            _check_in_at(w, place, after_presence(w, one.within, w.now, one.phase))
    elif one.take_at != NEVER and one.take_at <= w.now:
        one.take_at = NEVER
        _look(w, place, one.attempts > 0)


@unit
def _plan_next(w: Record, place: int) -> None:
    """Put the next check-in on the clock; who is at work on it needs none."""
    one = standing_at(w.standings, place)
    assignment = assignment_at(w.assignments, one.assignment)
    if one.is_taken or not one.is_open or assignment.every == 0:
        return
    chance = 0.0
    if assignment.jitter:
        chance = number_drawn(w, Purpose.CHECK_IN_JITTER, one.check_ins, one.device)
    wait = next_check_in(assignment.every, assignment.jitter, chance)
    if one.windows != ALWAYS_OPEN and assignment.least and not assignment.opens_itself:
        opening = after_presence(w, one.windows, w.now, 0)
        if opening > w.now:
            wait = hurried(wait, assignment.least, opening - w.now)
    one.check_ins += 1
    one.planned_at = w.now
    one.is_drawn_anew = False
    _check_in_at(w, place, after_presence(w, one.within, w.now, wait))


# Taking it


@unit
def _look(w: Record, place: int, is_certain: bool) -> bool:
    """Take an assignment if it may start now; return whether the next check-in comes as ever."""
    one = standing_at(w.standings, place)
    if device_at(w.devices, one.device).job != NOBODY or w.now < one.not_before:
        return True
    if one.windows != ALWAYS_OPEN:
        opening = after_presence(w, one.windows, w.now, 0)
        if opening != w.now:
            opens_itself = assignment_at(w.assignments, one.assignment).opens_itself
            if opens_itself and opening != one.take_at:
                _take_at(w, place, opening)
            return True
    if w.has_past and not _may_begin(w, place):
        _check_in_later(w, place, is_certain)
        return False
    _take(w, place)
    return True


@compiled
def _take_at(w: Record, place: int, at: int) -> None:
    standing_at(w.standings, place).take_at = at
    _put(w, place, at, Due.MAY_TAKE)


@unit
def may_take(w: Record, place: int) -> None:
    """Start what was put off; a device that is off looks again when it has started."""
    one = standing_at(w.standings, place)
    if one.take_at != w.now or _is_over(w, one) or not _is_there(w, one.device):
        return
    if line_is_back(w, one.device) == NOT_CUT:
        one.take_at = NEVER
        _look(w, place, one.attempts > 0)


@unit
def _take(w: Record, place: int) -> None:
    one = standing_at(w.standings, place)
    job = one.job
    one.job = NOBODY
    if job == NOBODY:
        order = _order(w, one.assignment, one.attempts)
        w.targeted += 1
        job = new_job(w, one.device, order, assignment_at(w.assignments, one.assignment).at)
    one.attempts += 1
    one.is_taken, one.next_at = True, NEVER
    start_by_device(w, job)


# Kept to what a log tells


@compiled
def _line_of_start(w: Record, place: int) -> int:
    """Return the line with which a log tells that a device takes it next, or `NOBODY`."""
    one = standing_at(w.standings, place)
    if one.job != NOBODY:
        return job_at(w.jobs, one.job).seen if has_more(job_at(w.jobs, one.job)) else NOBODY
    if one.attempts >= w.past_tries_each:
        return NOBODY
    label = whole_at(w.past_tries, one.assignment * w.past_tries_each + one.attempts)
    found = place_of(w, label, one.device)
    return NOBODY if found == NOBODY else whole_at(w.past_firsts, found)


@compiled
def _may_begin(w: Record, place: int) -> bool:
    """Tell whether a device may take an assignment now, as far as a log tells."""
    line = _line_of_start(w, place)
    if line == NOBODY:
        return w.now > w.past_until
    return w.now == seen_at(w.past_lines, line).at


@unit
def _check_in_later(w: Record, place: int, is_certain: bool) -> None:
    """Draw anew when a device checks in of which a log says that it has not now.

    What leaves no line has not been seen: only moments at which it would have begun are out.
    """
    one = standing_at(w.standings, place)
    of = assignment_at(w.assignments, one.assignment)
    one.take_at = NEVER
    if _line_of_start(w, place) != NOBODY:
        one.next_at = NEVER  # it comes when the log tells it
        return
    if one.is_drawn_anew and one.next_at > w.past_until:
        return
    chance = number_drawn(w, Purpose.CHECK_IN_AGAIN, one.again, one.device)
    one.again += 1
    one.is_drawn_anew = True
    left = 0
    if of.every and not is_certain and not (of.is_told and one.attempts == 0):
        passed = presence_between(w, one.within, _due_since(w, place), w.now)
        left = of.every + (of.jitter if one.attempts else 0) - passed
    if left > 0:
        at = after_presence(w, one.within, w.now, drawn_anew(left, chance))
    else:
        at = w.past_until + check_in_overdue(w.past_until - w.now, chance)
    _check_in_at(w, place, at)


@compiled
def _due_since(w: Record, place: int) -> int:
    """Return since when a device was to check in, and would have begun if it had."""
    one = standing_at(w.standings, place)
    of = assignment_at(w.assignments, one.assignment)
    if one.attempts:
        return one.planned_at
    if one.windows == ALWAYS_OPEN or of.opens_itself:
        return of.at
    return max(of.at, presence_began(w, one.windows, w.now))


@unit
def take_as_told(w: Record, number: int, order: int, attempt: int) -> None:
    """Let a device take an assignment for the n-th time, from 0, because a log tells it."""
    assignment = order_at(w.orders, order).assignment
    place = whole_at(w.first_standings, number)
    while place != NOBODY and standing_at(w.standings, place).assignment != assignment:
        place = standing_at(w.standings, place).next
    if place == NOBODY:
        return
    one = standing_at(w.standings, place)
    one.is_open = True
    one.attempts = attempt
    if attempt:
        one.job = NOBODY
    if not devices.is_ready(devices.known(w, number), w.now):
        devices.found_on(w, number)
    _take(w, place)


@unit
def attempt_over(w: Record, number: int) -> None:
    """Finish an assignment on a device, or have it tried again; who gave way stays with it."""
    job = job_at(w.jobs, number)
    assignment, state = order_at(w.orders, job.order).assignment, job.state
    place = whole_at(w.first_standings, job.device)
    while standing_at(w.standings, place).assignment != assignment:
        place = standing_at(w.standings, place).next
    one = standing_at(w.standings, place)
    one.is_taken = False
    if ENDS_ASSIGNMENT[state]:
        one.is_open = False
        _leave(w, number, NOBODY)
        return
    if state == State.FAILED:
        wait = _wait_after(w, one, number)
        if wait == NEVER:
            one.is_open = False
            return
        one.not_before = w.now + wait
        _take_at(w, place, one.not_before)
    _plan_next(w, place)


@compiled
def _leave(w: Record, number: int, broken: int) -> None:
    """Leave what is there of a transfer, unless something newer has run on the device."""
    job = job_at(w.jobs, number)
    if not job.has_given_way:
        device_at(w.devices, job.device).broken = broken


@compiled
def _wait_after(w: Record, one: Record, number: int) -> int:
    """Return how long a device waits after a failure; `NEVER` if it was the last try.

    A transfer that broke is taken up so often; then it has failed, and a try starts anew.
    """
    of = assignment_at(w.assignments, one.assignment)
    if job_at(w.jobs, number).has_broken and one.breaks < of.resumes:
        _leave(w, number, number)
        one.breaks += 1
        return whole_at(w.retry_waits, of.first_resume + one.breaks - 1)
    _leave(w, number, NOBODY)
    one.breaks = 0
    one.failures += 1
    if one.failures > of.waits:
        return NEVER
    return whole_at(w.retry_waits, of.first_wait + one.failures - 1)
