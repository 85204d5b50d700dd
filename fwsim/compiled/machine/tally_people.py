"""What people bear: time lost, and whatever happens within times of the week that are asked for.

See `fwsim.results.run.people_load`.
"""

from __future__ import annotations

from fwsim.commands.lifecycle import State
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import (
    NOBODY,
    borne_at,
    device_at,
    end_at,
    span_at,
    tally_at,
)


@compiled
def _stretches(t: Record, number: int) -> Record:
    """Return the stretches of the n-th times of the week by which people are counted."""
    return span_at(t.weeks, t.weeks_count + number)


@compiled
def _begun(starts: int, first: int, count: int, at: int) -> int:
    """Return how many stretches of time begin at a moment or before."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if whole_at(starts, first + middle) <= at:
            low = middle + 1
        else:
            high = middle
    return low


@unit
def there_until(w: Record, device: int, at: int) -> int:
    """Return how long a device's user has been there from the start until a time."""
    t = tally_at(w.tally, 0)
    span = span_at(w.spans_of_presence, device_at(w.devices, device).presence)
    begun = _begun(w.span_starts, span.first, span.count, at)
    if begun == 0:
        return 0
    last = span.first + begun - 1
    return whole_at(t.presence_sums, last) - max(whole_at(w.span_ends, last) - at, 0)


@unit
def _row_within(w: Record, number: int, device: int, at: int) -> int:
    """Return where a device is counted if a moment is in times of the week, or `NOBODY`."""
    t = tally_at(w.tally, 0)
    span = _stretches(t, number)
    last = span.first + _begun(t.week_starts, span.first, span.count, at) - 1
    if last < span.first or at >= whole_at(t.week_ends, last):
        return NOBODY
    row: int = number * t.fleet + device
    return row


@unit
def note_asked(w: Record, device: int, state: int, at: int) -> None:
    """Count a notice or a click in the times of the week in which it is."""
    t = tally_at(w.tally, 0)
    for number in range(t.people_weeks_count):
        row = _row_within(w, number, device, at)
        if row == NOBODY:
            continue
        borne = borne_at(t.borne, row)
        if state == State.NOTIFYING:
            borne.prompts += 1
        elif state == State.DEFERRED:
            borne.deferments += 1
        else:
            borne.cancels += 1


@unit
def count_forced(w: Record, device: int, at: int) -> None:
    """Count a start that is forced on whoever is there."""
    if there_until(w, device, at) == there_until(w, device, at - 1):
        return
    t = tally_at(w.tally, 0)
    end_at(t.ends, device).forced += 1
    for number in range(t.people_weeks_count):
        row = _row_within(w, number, device, at)
        if row != NOBODY:
            borne_at(t.borne, row).forced += 1


@unit
def count_lost(w: Record, device: int, begin: int, end: int) -> None:
    """Count how long a user was there while the device was occupied."""
    t = tally_at(w.tally, 0)
    lost = there_until(w, device, end) - there_until(w, device, begin)
    end_at(t.ends, device).lost += lost
    if lost == 0:
        return
    for number in range(t.people_weeks_count):
        span = _stretches(t, number)
        place = max(_begun(t.week_starts, span.first, span.count, begin) - 1, 0) + span.first
        behind = span.first + span.count
        while place < behind and whole_at(t.week_starts, place) < end:
            since = max(begin, whole_at(t.week_starts, place))
            until = min(end, whole_at(t.week_ends, place))
            if since < until:
                within = there_until(w, device, until) - there_until(w, device, since)
                borne_at(t.borne, number * t.fleet + device).lost += within
            place += 1
