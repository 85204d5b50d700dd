"""The compiled clock: events in the order of `fwsim.moment`, and what each has set off.

A heap with four branches keeps the events; an agenda, last in first out, keeps the steps of the
present event, so that what an event sets off runs in the same order as nested calls would.
"""

from __future__ import annotations

from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.compiling import compiled, unit
from fwsim.compiled.memory import Record, call_python
from fwsim.compiled.rows import event_at, node_at, step_at
from fwsim.moment import KINDS_APART

BRANCHES = 4


@compiled
def _is_earlier(a: Record, at: int, rank: int, serial: int) -> bool:
    if a.at != at:
        return a.at < at
    if a.rank != rank:
        return a.rank < rank
    return a.serial < serial


@compiled
def _copy(to: Record, source: Record) -> None:
    to.at = source.at
    to.rank = source.rank
    to.serial = source.serial
    to.who = source.who
    to.extra = source.extra
    to.what = source.what
    to.epoch = source.epoch


@unit
def put_event(
    w: Record, at: int, moment: int, index: int, what: int, who: int, epoch: int, extra: int
) -> None:
    """Put an event on the clock.

    Parameters
    ----------
    w
        The world.
    at
        Milliseconds.
    moment, index
        Rank among events at the same millisecond.
    what, who, extra
        A code of `Due`, whom it concerns, and what else it needs.
    epoch
        The event counts only while its owner's epoch is this one.
    """
    if w.queue_count + 1 >= w.queue_room:
        call_python(w.python, Ask.GROW, Grows.QUEUE, w.queue_count + 2)
    rank, serial = moment * KINDS_APART + index, w.serial
    w.serial += 1
    hole = w.queue_count
    w.queue_count += 1
    while hole > 0:
        above = (hole - 1) // BRANCHES
        parent = event_at(w.queue, above)
        if parent.at < at or (parent.at == at and parent.rank <= rank):
            break
        _copy(event_at(w.queue, hole), parent)
        hole = above
    event = event_at(w.queue, hole)
    event.at, event.rank, event.serial = at, rank, serial
    event.who, event.extra, event.what, event.epoch = who, extra, what, epoch


@compiled
def take_event(w: Record) -> Record:
    """Take the next event off the clock; the row stays as it is until the next one is put."""
    count = w.queue_count - 1
    w.queue_count = count
    spare = w.queue_room - 1
    taken = event_at(w.queue, spare)
    _copy(taken, event_at(w.queue, 0))
    if count == 0:
        return taken
    last = event_at(w.queue, count)
    hole = 0
    while True:
        first = hole * BRANCHES + 1
        if first >= count:
            break
        best = first
        for child in range(first + 1, min(first + BRANCHES, count)):
            b = event_at(w.queue, best)
            if _is_earlier(event_at(w.queue, child), b.at, b.rank, b.serial):
                best = child
        b = event_at(w.queue, best)
        if not _is_earlier(b, last.at, last.rank, last.serial):
            break
        _copy(event_at(w.queue, hole), b)
        hole = best
    _copy(event_at(w.queue, hole), last)
    return taken


@compiled
def put_step(w: Record, what: int, who: int, extra: int) -> None:
    """Put a step on the agenda; it comes before those that stand there already."""
    if w.agenda_count >= w.agenda_room:
        call_python(w.python, Ask.GROW, Grows.AGENDA, w.agenda_count + 1)
    step = step_at(w.agenda, w.agenda_count)
    w.agenda_count += 1
    step.what, step.who, step.extra = what, who, extra


@unit
def new_node(w: Record, value: int, other: int, following: int) -> int:
    """Return a new link of a chain."""
    number = w.nodes_free
    if number >= 0:
        w.nodes_free = node_at(w.nodes, number).next
    else:
        if w.nodes_count >= w.nodes_room:
            call_python(w.python, Ask.GROW, Grows.NODES, w.nodes_count + 1)
        number = w.nodes_count
        w.nodes_count += 1
    node = node_at(w.nodes, number)
    node.value, node.other, node.next = value, other, following
    return number


@compiled
def free_node(w: Record, number: int) -> int:
    """Give a link back; return the one behind it."""
    node = node_at(w.nodes, number)
    following = node.next
    node.next = w.nodes_free
    w.nodes_free = number
    return following
