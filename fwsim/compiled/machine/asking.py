"""The part of a job that deals with the user. Twin of `fwsim.simulation.asking` and `.user`."""

from __future__ import annotations

from typing import Any

from fwsim.commands import notice
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER, Answer
from fwsim.compiled.codes import Due
from fwsim.compiled.machine.clock import new_node, put_event
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.luck import falls, number_drawn, whole_drawn
from fwsim.compiled.machine.memory import Record, span_of_numbers, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    address_at,
    device_at,
    job_at,
    node_at,
    order_at,
    people_at,
    reminder_at,
    span_at,
)
from fwsim.compiled.machine.seen import end_of_wait, has_more, notice_as_told
from fwsim.compiled.machine.settings import own_settings
from fwsim.compiled.machine.switch import after_presence, is_present
from fwsim.model.event_rank import EventRank
from fwsim.model.purposes import Purpose

allowed_deferments = compiled(notice.allowed_deferments)
answer_of = compiled(notice.answer_of)
buttons = compiled(notice.buttons)
picked_place = compiled(notice.picked_place)
chance_beyond = compiled(notice.chance_beyond)
silence_ends_at = compiled(notice.silence_ends_at)


@compiled
def set_fact(job: Record, fact: int, holds: bool) -> None:
    """Note that a fact holds, or that it does not."""
    if holds:
        job.facts |= fact
    else:
        job.facts &= ~fact


@compiled
def arm(w: Record, number: int, at: int, moment: int, what: int, extra: int) -> None:
    """Set a job's timer."""
    job = job_at(w.jobs, number)
    if w.has_past:
        ends = end_of_wait(w, job, at)
        if ends < at:  # what else may have ended it at that instant comes first
            moment = EventRank.CUT_SHORT.value
        at = ends
    put_event(w, at, moment, job.device, what, number, job.epoch, extra)


@compiled
def arm_in(w: Record, number: int, delay: int, what: int) -> None:
    """Set a job's timer to some milliseconds from now."""
    arm(w, number, w.now + delay, EventRank.DEVICE, what, 0)


@compiled
def disarm(w: Record, number: int) -> None:
    """Make the job's timer do nothing."""
    job_at(w.jobs, number).epoch += 1


@compiled
def _counter(w: Record, job: Record) -> int:
    """Return the link that counts a device's deferments of the job's image, or `NOBODY`."""
    counter = address_at(w.addresses, job.address).counter
    node = device_at(w.devices, job.device).deferments
    while node != NOBODY and node_at(w.nodes, node).value != counter:
        node = node_at(w.nodes, node).next
    return node


@compiled
def _used(w: Record, job: Record) -> int:
    if not w.counts_by_image:
        return job.deferments_used
    node = _counter(w, job)
    return 0 if node == NOBODY else node_at(w.nodes, node).other


@compiled
def count_deferment(w: Record, job: Record) -> None:
    """Note that the user has deferred once more."""
    if not w.counts_by_image:
        job.deferments_used += 1
        return
    node = _counter(w, job)
    if node == NOBODY:
        device = device_at(w.devices, job.device)
        counter = address_at(w.addresses, job.address).counter
        device.deferments = new_node(w, counter, 1, device.deferments)
    else:
        node_at(w.nodes, node).other += 1


@compiled
def _look_up_reminder(w: Record, job: Record) -> None:
    """Note what a notice offers; what the device loads while it is open does not change it."""
    number = order_at(w.orders, job.order).reminder
    if number == NOBODY:
        number = own_settings(w, job.device).reminder
    job.reminder = number


@compiled
def offer_deferments(w: Record, job: Record) -> int:
    """Have a notice that comes up offer what holds now; return how often users may defer."""
    _look_up_reminder(w, job)
    reminder = reminder_at(w.reminders, job.reminder)
    allowed = allowed_deferments(
        (job.facts & Fact.INFORM) != 0, reminder.deferments, reminder.count
    )
    return max(0, allowed - _used(w, job))


@compiled
def ask_nobody_if_so_wished(w: Record, number: int) -> None:
    """Take it as consent that nobody is there, where that is the policy."""
    job = job_at(w.jobs, number)
    force_at = order_at(w.orders, job.order).force_at
    if force_at != NEVER and force_at <= w.now:
        job.facts |= Fact.CONSENTED
    if w.skips_dialog:
        presence = device_at(w.devices, job.device).presence
        if not is_present(w, presence, w.now):
            job.facts |= Fact.CONSENTED


@compiled
def look_who_is_there(w: Record, number: int) -> None:
    """See whether anybody is to be asked, where the notice comes before the check."""
    if not job_at(w.jobs, number).facts & Fact.CHECK_FIRST:
        ask_nobody_if_so_wished(w, number)


@compiled
def _event_of(answer: int) -> int:
    if answer == Answer.NOW:
        return Event.CLICK_NOW.value
    if answer == Answer.DEFER:
        return Event.CLICK_DEFER.value
    return Event.CLICK_CANCEL.value


@compiled
def _chance_of_answer(w: Record, number: int) -> float:
    """Return the chance that decides an answer: the device's own, or a new one."""
    device = device_at(w.devices, number)
    persists = people_at(w.people, device.people).persistence > 0.0
    if persists and falls(w, Purpose.PERSISTS, device.notices, number):
        return number_drawn(w, Purpose.OWN_ANSWER, 0, number)
    return number_drawn(w, Purpose.ANSWER, device.notices, number)


@unit
def open_notice(w: Record, number: int) -> None:
    """Show the notice, and know what will end it."""
    job = job_at(w.jobs, number)
    device = device_at(w.devices, job.device)
    left = offer_deferments(w, job)
    set_fact(job, Fact.DEFERMENT_LEFT, left > 0)
    offered = buttons(True, (job.facts & Fact.CAN_CANCEL) != 0, left)
    people = people_at(w.people, device.people)
    chance = _chance_of_answer(w, job.device)
    answer = answer_of(chance, offered, people.now, people.defer, people.cancel, w.instead)
    click = NEVER
    if answer != Answer.IGNORE:
        needed = whole_drawn(w, Purpose.ANSWER_TIME, device.notices, job.device)
        click = after_presence(w, device.presence, w.now, needed)
    order = order_at(w.orders, job.order)
    ends, event = silence_ends_at(w.now, order.seconds), Event.SECONDS_ELAPSED.value
    device.notices += 1
    if click != NEVER and (ends == NEVER or click <= ends):
        ends, event = click, _event_of(answer)
    if order.force_at != NEVER and (ends == NEVER or order.force_at < ends):
        ends, event = order.force_at, Event.START_ANYWAY.value
    job.told_end = NEVER
    moment = EventRank.USER.value
    if w.has_past:
        told, click = notice_as_told(w, job, order, ends, event)
        if told != ends or click != event:
            job.told_end = told
            if click == Event.CLICK_NOW:  # only if nothing else ends it then
                moment = EventRank.CUT_SHORT.value
        ends, event = told, click
    if ends == NEVER:
        return
    if w.has_past and has_more(job):  # the time is the log's already
        at = max(ends, w.now)
        put_event(w, at, moment, job.device, Due.NOTICE_ENDS, number, job.epoch, event)
    else:
        arm(w, number, ends, moment, Due.NOTICE_ENDS, event)


@compiled
def start_deferment(w: Record, number: int) -> None:
    """Wait for the end of the deferment, which may have passed while the device was off."""
    job = job_at(w.jobs, number)
    due = max(job.due, w.now)
    force_at = order_at(w.orders, job.order).force_at
    if force_at != NEVER and force_at <= due:
        at = max(force_at, w.now)
        arm(w, number, at, EventRank.DEVICE, Due.NOTICE_ENDS, Event.START_ANYWAY)
    else:
        arm(w, number, due, EventRank.DEVICE, Due.REMINDED, 0)


@compiled
def _edges_of(w: Record, job: Record) -> Any:
    """Return the edges by which the people at a job's device pick a delay."""
    reminder = reminder_at(w.reminders, job.reminder)
    edges = span_at(w.edges, reminder.first_edge + device_at(w.devices, job.device).people)
    return span_of_numbers(w.edge_values, edges.first, edges.count)


@compiled
def _put_off(w: Record, job: Record, place: int) -> None:
    """Remind the user after the n-th delay, from 0."""
    delays = reminder_at(w.reminders, job.reminder).delays
    job.due = w.now + 1000 * whole_at(w.delays, delays + place)


@compiled
def defer(w: Record, number: int) -> None:
    """Let the user pick a delay."""
    job = job_at(w.jobs, number)
    draw = max(device_at(w.devices, job.device).notices - 1, 0)
    chance = number_drawn(w, Purpose.DELAY_PICK, draw, job.device)
    count = reminder_at(w.reminders, job.reminder).count
    if count == 0:  # only a log says that it happens
        job.due = w.now
    else:
        _put_off(w, job, picked_place(chance, count, _edges_of(w, job)))
    count_deferment(w, job)


@compiled
def ask_as_told(w: Record, number: int, to: int) -> None:
    """Have nobody agreed who is asked or defers by the log; count the deferment."""
    if to in (State.NOTIFYING, State.DEFERRED):
        job = job_at(w.jobs, number)
        job.facts &= ~Fact.CONSENTED
        job.has_agreed = False
    if to == State.DEFERRED:
        job = job_at(w.jobs, number)
        if job.state != State.NOTIFYING:
            _look_up_reminder(w, job)
        defer(w, number)


@compiled
def defer_beyond(w: Record, job: Record, until: int) -> None:
    """Have no delay picked that would be over by a time, if there is a longer one."""
    reminder = reminder_at(w.reminders, job.reminder)
    first = 0
    while first < reminder.count:
        if w.now + 1000 * whole_at(w.delays, reminder.delays + first) > until:
            break
        first += 1
    if first == reminder.count:
        return
    edges = _edges_of(w, job)
    chance = number_drawn(w, Purpose.OVERDUE, job.order, job.device)
    luck = chance_beyond(first, chance, reminder.count, edges)
    _put_off(w, job, max(picked_place(luck, reminder.count, edges), first))
