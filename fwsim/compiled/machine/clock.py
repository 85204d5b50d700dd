"""The compiled clock: events in the order of `fwsim.model.event_rank`, on a heap of four branches.

Chains of nodes keep what waits, and whom a unit goes through while they may leave one another.
"""

from __future__ import annotations

import numpy as np

from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import event_at, node_at, place_at

BRANCHES = 4
BITS_OF_KIND = 4
BITS_OF_INDEX = 24  # the rest holds more milliseconds than any horizon


@compiled
def _key(at: int, moment: int, index: int) -> np.uint64:
    """Return time and rank as one number; an index may be -1."""
    ranked = (np.uint64(at) << np.uint64(BITS_OF_KIND)) | np.uint64(moment)
    return (ranked << np.uint64(BITS_OF_INDEX)) | np.uint64(index + 1)


@compiled
def _is_earlier(a: Record, key: np.uint64, serial: int) -> bool:
    return a.key < key or (a.key == key and a.serial < serial)


@compiled
def _copy(to: Record, source: Record) -> None:
    to.key, to.serial, to.event = source.key, source.serial, source.event


@unit
def put_event(  # noqa: PLR0917 - compiled code passes by position
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
    if at > w.end:
        return  # it would never happen
    if w.queue_count >= w.queue_room:
        ask(w, Ask.GROW, Grows.QUEUE, w.queue_count + 1)
    number = w.events_free
    if number >= 0:
        w.events_free = event_at(w.events, number).who
    else:
        number = w.queue_count  # all numbers below are taken by events that wait
    event = event_at(w.events, number)
    event.at, event.who, event.extra, event.what, event.epoch = at, who, extra, what, epoch
    key, serial = _key(at, moment, index), w.serial
    w.serial += 1
    hole = w.queue_count
    w.queue_count += 1
    while hole > 0:
        above = (hole - 1) // BRANCHES
        parent = place_at(w.queue, above)
        if parent.key <= key:
            break
        _copy(place_at(w.queue, hole), parent)
        hole = above
    place = place_at(w.queue, hole)
    place.key, place.serial, place.event = key, serial, number


@compiled
def take_event(w: Record) -> int:
    """Take the next event off the clock; its row stays as it is until `free_event`."""
    number = place_at(w.queue, 0).event
    count = w.queue_count - 1
    w.queue_count = count
    if count > 0:
        _close_gap(w, count)
    return number


@compiled
def free_event(w: Record, number: int) -> None:
    """Give the row of an event back."""
    event_at(w.events, number).who = w.events_free
    w.events_free = number


@unit
def _close_gap(w: Record, count: int) -> None:
    """Move up what follows the first event; the last of `count` + 1 takes the last gap."""
    last = place_at(w.queue, count)
    hole = 0
    while True:
        first = hole * BRANCHES + 1
        if first >= count:
            break
        best = place_at(w.queue, first)
        chosen = first
        for child in range(first + 1, min(first + BRANCHES, count)):
            other = place_at(w.queue, child)
            if _is_earlier(other, best.key, best.serial):
                best, chosen = other, child
        if not _is_earlier(best, last.key, last.serial):
            break
        _copy(place_at(w.queue, hole), best)
        hole = chosen
    _copy(place_at(w.queue, hole), last)


@unit
def new_node(w: Record, value: int, other: int, following: int) -> int:
    """Return a new link of a chain."""
    number = w.nodes_free
    if number >= 0:
        w.nodes_free = node_at(w.nodes, number).next
    else:
        if w.nodes_count >= w.nodes_room:
            ask(w, Ask.GROW, Grows.NODES, w.nodes_count + 1)
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
