"""The management server. Twin of `fwsim.simulation.server`."""

from __future__ import annotations

from fwsim.commands import dispatch
from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.compiled.codes import Ask, Due, Grows
from fwsim.compiled.machine import apart
from fwsim.compiled.machine import device as devices
from fwsim.compiled.machine.acceptance import probed
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.clock import put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.job import begin, end_if_idle, step
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.network import line_is_back
from fwsim.compiled.machine.rows import (
    NOBODY,
    device_at,
    job_at,
    order_at,
    seen_at,
    waiting_at,
)
from fwsim.compiled.machine.seen import is_next, time_until_probed
from fwsim.compiled.machine.switch import after_presence, presence_ends
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT

worker_time = compiled(dispatch.worker_time)


@unit
def new_job(w: Record, device: int, order: int, loaded_at: int) -> int:
    """Return a new walk of a device through a run of a command."""
    if w.jobs_count >= w.jobs_room:
        ask(w, Ask.GROW, Grows.JOBS, w.jobs_count + 1)
    number = w.jobs_count
    w.jobs_count += 1
    if w.hands_over:
        apart.wait(w, number, device, order)
    begin(w, number, device, order, loaded_at)
    return number


@unit
def run_is_due(w: Record, number: int) -> None:
    """Look up the targets of a run, and begin to hand them out."""
    ask(w, Ask.TARGETS, number, 0)
    order = order_at(w.orders, number)
    order.count = w.targets_count
    w.runs_to_come -= 1
    w.targeted += order.count
    end_if_idle(w)
    order.first_job = w.jobs_count
    for i in range(order.count):
        job = new_job(w, whole_at(w.targets, i), number, order.at)
        step(w, job, Event.DUE.value, 0)
    hand_out(w, number, 0)


@compiled
def hand_out(w: Record, number: int, turn: int) -> None:
    """Hand a device of a run to the workers; and those after it, unless they have to wait."""
    order = order_at(w.orders, number)
    while turn < order.count:
        hand_out_one(w, order.first_job + turn)
        turn += 1
        if turn < order.count and order.devices_wait:
            at = order.at + turn * order.devices_wait
            put_event(w, at, EventRank.COMMAND, number, Due.HAND_OUT, number, 0, turn)
            return


@compiled
def hand_out_one(w: Record, number: int) -> None:
    """Let a device stand in line as soon as its command may start on it, and at its pace."""
    if _opens(w, number) == ALWAYS_OPEN or _is_its_turn(w, number):
        put_in_line(w, number)


@compiled
def _opens(w: Record, number: int) -> int:
    """Return in which hours a command may start on a job's device."""
    if w.hands_over:
        return apart.kind_of_waiting(w, number).opens
    return device_at(w.devices, job_at(w.jobs, number).device).opens


@compiled
def _is_its_turn(w: Record, number: int) -> bool:
    """Tell whether a device may stand in line now; it does so when it may."""
    if w.hands_over:
        apart.look_at(w, number)
    job = job_at(w.jobs, number)
    order = order_at(w.orders, job.order)
    turn = max(w.now, order.next_turn)
    opening = after_presence(w, device_at(w.devices, job.device).opens, turn, 0)
    if opening == turn:
        order.next_turn = turn + order.devices_wait
        if turn == w.now:
            return True
        put_event(w, turn, EventRank.COMMAND, job.order, Due.STANDS_IN_LINE, number, 0, 0)
    elif opening != NEVER:
        put_event(w, opening, EventRank.COMMAND, job.order, Due.WINDOW_OPENS, number, 0, 0)
    return False


@compiled
def _puts_off(w: Record, number: int) -> bool:
    """Tell whether a command may not start on a device now; it is handed out when it may."""
    job = job_at(w.jobs, number)
    opens = device_at(w.devices, job.device).opens
    if opens == ALWAYS_OPEN:
        return False
    opening = after_presence(w, opens, w.now, 0)
    if opening == w.now:
        return False
    if opening != NEVER:
        put_event(w, opening, EventRank.COMMAND, job.order, Due.WINDOW_OPENS, number, 0, 0)
    return True


@compiled
def _closes(w: Record, job: Record) -> int:
    """Return when the window closes in which a command may start on a device now."""
    opens = device_at(w.devices, job.device).opens
    return NEVER if opens == ALWAYS_OPEN else presence_ends(w, opens, w.now)


@unit
def put_in_line(w: Record, number: int) -> None:
    """Let a device wait for a worker."""
    if w.last_to_do == NOBODY:
        w.first_to_do = number
    elif w.hands_over:
        waiting_at(w.waiting, w.last_to_do).to_do = number
    else:
        job_at(w.jobs, w.last_to_do).to_do = number
    w.last_to_do = number
    if w.idle_count > 0:
        w.idle_count -= 1
        w.woken_count += 1


@compiled
def _await(w: Record, number: int) -> None:
    """Let a device stand in line when a log has it sent the command, if only after its turn."""
    job = job_at(w.jobs, number)
    if job.state == State.SCHEDULED and is_next(w, job, State.PROBING):
        at = seen_at(w.past_lines, job.seen).at
        put_event(w, at, EventRank.PAST, job.device, Due.STANDS_IN_LINE, number, 0, 0)


@compiled
def _reaches(w: Record, number: int) -> bool:
    return devices.is_ready(device_at(w.devices, number), w.now) and (
        line_is_back(w, number) == NOT_CUT
    )


@unit
def work(w: Record) -> None:
    """Let a worker take one device after the other, until one needs time or there is none."""
    while w.first_to_do != NOBODY:
        if _takes_time(w):
            return
    w.idle_count += 1


@compiled
def _leave_line(w: Record, number: int) -> None:
    """Take the first device out of the line."""
    if w.hands_over:
        apart.look_at(w, number)
        waiting = waiting_at(w.waiting, number)
        w.first_to_do, waiting.to_do = waiting.to_do, NOBODY
    else:
        job = job_at(w.jobs, number)
        w.first_to_do, job.to_do = job.to_do, NOBODY
    if w.first_to_do == NOBODY:
        w.last_to_do = NOBODY


@unit
def _takes_time(w: Record) -> bool:
    """Take the next device; tell whether a worker is busy with it for a while.

    Workers are alike: of those done at one millisecond, who took its device first is first.
    """
    number = w.first_to_do
    _leave_line(w, number)
    job = job_at(w.jobs, number)
    if w.has_past and job.state != State.PROBING:
        _await(w, number)  # else a log told of it before its turn
        return False
    if _puts_off(w, number):
        return False  # the window has closed while it stood in line
    devices.catch_up(w, job.device)
    answers = _reaches(w, job.device)
    needed = worker_time(
        (job.facts & Fact.ONLY_SWITCHED_ON) != 0,
        devices.shown_on(w, device_at(w.devices, job.device)),
        answers,
        (job.facts & Fact.CHECK_REACHABILITY) != 0,
        (w.send_time, w.connect_timeout, w.ping_timeout),
    )
    if w.has_past:
        needed = time_until_probed(w, job, needed, _closes(w, job))
    if needed:
        put_event(w, w.now + needed, EventRank.DISPATCH, 0, Due.DISPATCHED, number, 0, 0)
        return True
    _hand_over(w, number, _reaches(w, job_at(w.jobs, number).device))
    return False


@compiled
def _hand_over(w: Record, number: int, answers: bool) -> None:
    """Let a device go on: now, or when its site is played."""
    if w.hands_over:
        apart.hand_over(w, number, answers)
    else:
        probed(w, number, answers)


@compiled
def dispatched(w: Record, number: int) -> None:
    """Hand the command over to a device, and take the next one."""
    if w.hands_over:
        apart.look_at(w, number)
    device = job_at(w.jobs, number).device
    devices.catch_up(w, device)
    is_told = w.has_past and job_at(w.jobs, number).state != State.PROBING
    if not is_told and not _puts_off(w, number):
        _hand_over(w, number, _reaches(w, device))
    work(w)
