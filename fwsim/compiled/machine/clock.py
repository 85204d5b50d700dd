"""The compiled clock: events in the order of `fwsim.model.event_rank`.

Time is cut into stretches, and each of them into slots. What is due later in the present stretch
stands in the line of its slot, what is due after it hangs in the bucket of its stretch, both in no
order. What is due in the present slot stands in a row as long as each comes after the one before,
as it mostly does; what comes before its last one stands on a heap of four branches.

Chains of nodes keep what waits, and whom a unit goes through while they may leave one another.
"""

from __future__ import annotations

import numpy as np

from fwsim.compiled import tables
from fwsim.compiled.codes import Ask, Due, Grows
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import (
    Record,
    fetch_ahead,
    lowest_bit,
    put_whole,
    whole_at,
)
from fwsim.compiled.machine.rows import NOBODY, bucket_at, event_at, node_at, place_at, slot_at

BRANCHES = 4
BITS_OF_INDEX = 24
BITS_OF_RANK = BITS_OF_INDEX + 4  # the rest holds more milliseconds than any horizon
_MOST_INDEX = (1 << BITS_OF_INDEX) - 1

_LAST_SLOT = tables.SLOTS - 1
_BITS_OF_WORD = tables.BITS_OF_WORD
_LAST_OF_WORD = (1 << _BITS_OF_WORD) - 1

CACHE_LINE = 64
EVENT_SIZE, JOB_SIZE, DEVICE_SIZE = (
    kind.itemsize for kind in (tables.EVENT, tables.JOB, tables.DEVICE)
)


@compiled
def _rank(moment: int, index: int) -> int:
    """Return the rank among events at the same millisecond as one number; an index may be -1."""
    return (moment << BITS_OF_INDEX) | (index + 1)


@compiled
def _is_earlier(a: Record, key: np.uint64, serial: int) -> bool:
    # No branch, which processors could only guess.
    return (a.key < key) | ((a.key == key) & (a.serial < serial))


@compiled
def _copy(to: Record, source: Record) -> None:
    to.key, to.serial, to.event = source.key, source.serial, source.event


@compiled
def _new_event(w: Record) -> int:
    """Return the number of a free row."""
    number = w.events_free
    if number >= 0:
        w.events_free = event_at(w.events, number).who
        return number
    if w.events_count >= w.queue_room:
        ask(w, Ask.GROW, Grows.QUEUE, w.events_count + 1)
    w.events_count += 1
    return w.events_count - 1


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
    number = _new_event(w)
    event = event_at(w.events, number)
    event.at, event.who, event.extra, event.what, event.epoch = at, who, extra, what, epoch
    event.rank, event.serial = _rank(moment, index), w.serial
    w.serial += 1
    bucket = at >> w.bucket_bits
    if bucket > w.bucket:
        _hang(bucket_at(w.buckets, bucket), event, number)
    else:
        _fetch_owner(w, event)
        slot = at >> w.slot_bits
        if slot > w.slot:
            _stand_last(w, slot & _LAST_SLOT, event, number)
        else:
            _push(w, number)


@compiled
def _hang(bucket: Record, event: Record, number: int) -> None:
    """Hang an event before the others of its bucket; it knows the fourth one behind it, too."""
    event.next, event.beyond = bucket.first, bucket.fourth
    bucket.fourth, bucket.third, bucket.second = bucket.third, bucket.second, bucket.first
    bucket.first = number


@compiled
def _was_taken(w: Record, place: int) -> bool:
    """Tell whether a slot has an event already, and note that it gets one."""
    word, bit = place >> _BITS_OF_WORD, 1 << (place & _LAST_OF_WORD)
    taken = whole_at(w.slots_taken, word)
    if taken & bit:
        return True
    put_whole(w.slots_taken, word, taken | bit)
    w.words_taken |= 1 << word
    return False


@compiled
def _next_slot(w: Record) -> int:
    """Return the next slot that has an event, and note that it has none."""
    word = lowest_bit(w.words_taken)
    taken = whole_at(w.slots_taken, word)
    left = taken & (taken - 1)
    put_whole(w.slots_taken, word, left)
    if left == 0:
        w.words_taken &= w.words_taken - 1
    return (word << _BITS_OF_WORD) | lowest_bit(taken)


@compiled
def _stand_last(w: Record, place: int, event: Record, number: int) -> None:
    """Put an event behind the others of its slot."""
    event.next = NOBODY
    slot = slot_at(w.slots, place)
    if _was_taken(w, place):
        event_at(w.events, slot.last).next = number
    else:
        slot.first = number
    slot.last = number


@compiled
def _stand_first(w: Record, place: int, event: Record, number: int) -> None:
    """Put an event before the others of its slot."""
    event.next = NOBODY
    slot = slot_at(w.slots, place)
    if _was_taken(w, place):
        event.next = slot.first
    else:
        slot.last = number
    slot.first = number


@compiled
def _fetch_event(w: Record, number: int) -> None:
    """Bring an event, or nobody, into the cache."""
    if number >= 0:
        fetch_ahead(w.events + number * EVENT_SIZE)


@compiled
def _fetch_events(w: Record, bucket: Record) -> None:
    """Bring the first events of a bucket into the cache."""
    _fetch_event(w, bucket.first)
    _fetch_event(w, bucket.second)
    _fetch_event(w, bucket.third)
    _fetch_event(w, bucket.fourth)


@compiled
def fetch_device(w: Record, device: int) -> None:
    """Bring a device into the cache."""
    for part in range(0, DEVICE_SIZE, CACHE_LINE):
        fetch_ahead(w.devices + device * DEVICE_SIZE + part)


@compiled
def fetch_job(w: Record, number: int, device: int) -> None:
    """Bring a job and its device into the cache."""
    for part in range(0, JOB_SIZE, CACHE_LINE):
        fetch_ahead(w.jobs + number * JOB_SIZE + part)
    fetch_device(w, device)


@compiled
def _fetch_owner(w: Record, event: Record) -> None:
    """Bring what an event is about into the cache: it will be due soon.

    The index of a job's timer is the job's device.
    """
    if event.what > Due.GETS_POWER_BACK:
        return
    if event.what <= Due.WAIT_OVER:
        fetch_job(w, event.who, (event.rank & _MOST_INDEX) - 1)
    else:
        fetch_device(w, event.who)


@compiled
def _key(event: Record) -> np.uint64:
    return (np.uint64(event.at) << np.uint64(BITS_OF_RANK)) | np.uint64(event.rank)


@compiled
def _comes_before(key: np.uint64, serial: int, other: np.uint64, of_other: int) -> bool:
    """Tell whether an event comes before another by the keys and the serial numbers of both."""
    return bool(key < other or (key == other and serial < of_other))


@compiled
def _push(w: Record, number: int) -> None:
    """Put an event among those that are due in the present slot."""
    event = event_at(w.events, number)
    event.next = NOBODY
    if w.row_first == NOBODY:
        w.row_first = w.row_last = number
        return
    last = event_at(w.events, w.row_last)
    if _comes_before(_key(last), last.serial, _key(event), event.serial):
        last.next = w.row_last = number
    else:
        _heap(w, number)


@unit
def _heap(w: Record, number: int) -> None:
    """Put an event on the heap."""
    event = event_at(w.events, number)
    key, serial = _key(event), event.serial
    hole = w.queue_count
    w.queue_count += 1
    while hole > 0:
        above = (hole - 1) // BRANCHES
        parent = place_at(w.queue, above)
        if not _comes_before(key, serial, parent.key, parent.serial):
            break
        _copy(place_at(w.queue, hole), parent)
        hole = above
    place = place_at(w.queue, hole)
    place.key, place.serial, place.event = key, serial, number


@unit
def _open_bucket(w: Record) -> None:
    """Bring the events of the next stretch of time near; the horizon's is in one of them."""
    w.bucket += 1
    w.slot = (w.bucket << (w.bucket_bits - w.slot_bits)) - 1
    number = bucket_at(w.buckets, w.bucket).first
    _fetch_events(w, bucket_at(w.buckets, w.bucket + 1))
    while number >= 0:
        event = event_at(w.events, number)
        _fetch_event(w, event.beyond)
        following = event.next
        _fetch_owner(w, event)
        _stand_first(w, (event.at >> w.slot_bits) & _LAST_SLOT, event, number)
        number = following


@compiled
def _open_slot(w: Record) -> None:
    """Let the events of the next slot that has any come near."""
    number = slot_at(w.slots, _next_slot(w)).first
    w.slot = event_at(w.events, number).at >> w.slot_bits
    while number >= 0:
        following = event_at(w.events, number).next
        _push(w, number)
        number = following


@compiled
def _is_before_heap(w: Record, number: int) -> bool:
    """Tell whether an event comes before all on the heap."""
    event, first = event_at(w.events, number), place_at(w.queue, 0)
    return _comes_before(_key(event), event.serial, first.key, first.serial)


@compiled
def take_event(w: Record) -> int:
    """Take the next event off the clock; its row stays as it is until `free_event`."""
    while w.row_first == NOBODY and w.queue_count == 0:
        if w.words_taken != 0:
            _open_slot(w)
        else:
            _open_bucket(w)
    number = w.row_first
    if number != NOBODY and (w.queue_count == 0 or _is_before_heap(w, number)):
        w.row_first = event_at(w.events, number).next
        return number
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
        chosen = first
        for child in range(first + 1, min(first + BRANCHES, count)):
            best = place_at(w.queue, chosen)
            is_earlier = _is_earlier(place_at(w.queue, child), best.key, best.serial)
            chosen += int(is_earlier) * (child - chosen)
        best = place_at(w.queue, chosen)
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
