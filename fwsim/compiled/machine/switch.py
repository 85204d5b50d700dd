"""The power switch of a device, and when its users are there.

Twin of `fwsim.simulation.switch` and `fwsim.simulation.presence`.
"""

from __future__ import annotations

from fwsim.commands.notice import NEVER
from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.luck import falls, whole_drawn
from fwsim.compiled.machine.memory import Record, whole_at
from fwsim.compiled.machine.rows import device_at, span_at
from fwsim.model.purposes import BEFORE, NO_EVENING, Purpose


@unit
def turn_next(w: Record, number: int) -> None:
    """Find out when the switch is turned next, and how."""
    device = device_at(w.devices, number)
    windows = span_at(w.spans_of_windows, device.windows)
    while device.window < windows.count:
        k = device.window
        if not device.off_follows:
            start = whole_at(w.span_starts, windows.first + k)
            on = 0
            if start != 0:
                shift = whole_drawn(w, Purpose.SWITCH_ON, k, number)
                on = max(start + shift, device.last_turn + 1)
            device.next_at = device.last_turn = on
            device.next_on = device.next_reported = device.has_next = True
            device.next_suspends = False
            device.off_follows = True
            return
        device.off_follows = False
        device.window += 1
        end = whole_at(w.span_ends, windows.first + k)
        if end < w.horizon and not falls(w, Purpose.LEFT_ON, k, number):
            shift = whole_drawn(w, Purpose.SWITCH_OFF, k, number)
            device.last_turn = max(end + shift, device.last_turn + 1)
            _goes_off(w, number, k, device.last_turn)
            return
    device.has_next = False


@compiled
def _goes_off(w: Record, number: int, k: int, at: int) -> None:
    device = device_at(w.devices, number)
    device.next_at = at
    device.next_on = False
    device.next_reported = not device.is_vpn and not falls(w, Purpose.UNREPORTED, k, number)
    device.next_suspends = falls(w, Purpose.SUSPENDED, k, number)
    device.has_next = True


@unit
def begin(w: Record, number: int) -> None:
    """Turn the switch to where it is when the story begins."""
    device = device_at(w.devices, number)
    ended = whole_at(w.windows_ended, device.windows)
    if ended != NO_EVENING:
        if falls(w, Purpose.LEFT_ON, BEFORE, number):
            _was_on(device)
            device.last_turn = 0
        else:
            off = ended + whole_drawn(w, Purpose.SWITCH_OFF, BEFORE, number)
            _goes_off(w, number, BEFORE, off)
            device.last_turn = max(off, device.last_turn)
            if off > 0:
                _was_on(device)
                return
            device.shown_on, device.off_at = not device.next_reported, off
            device.is_suspended = device.next_suspends
    turn_next(w, number)
    if device.has_next and device.next_at == 0 and device.next_on:
        _was_on(device)
        turn_next(w, number)


@compiled
def _was_on(device: Record) -> None:
    """Let a device be on from before the story: no boot, and the server knows."""
    device.is_on = device.shown_on = True
    device.ready_at = 0


@compiled
def _place(w: Record, first: int, count: int, at: int) -> int:
    """Return the last of `count` stretches that begins by `at`, or -1."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if whole_at(w.span_starts, first + middle) <= at:
            low = middle + 1
        else:
            high = middle
    return low - 1


@compiled
def is_present(w: Record, presence: int, at: int) -> bool:
    """Tell whether somebody is there."""
    spans = span_at(w.spans_of_presence, presence)
    i = _place(w, spans.first, spans.count, at)
    return i >= 0 and at < whole_at(w.span_ends, spans.first + i)


@compiled
def presence_began(w: Record, presence: int, at: int) -> int:
    """Return since when somebody has been there who is there at a moment."""
    spans = span_at(w.spans_of_presence, presence)
    return whole_at(w.span_starts, spans.first + _place(w, spans.first, spans.count, at))


@compiled
def presence_ends(w: Record, presence: int, at: int) -> int:
    """Return until when somebody is there who is there at a moment."""
    spans = span_at(w.spans_of_presence, presence)
    return whole_at(w.span_ends, spans.first + _place(w, spans.first, spans.count, at))


@compiled
def presence_between(w: Record, presence: int, since: int, until: int) -> int:
    """Return for how many milliseconds somebody was there between two moments."""
    spans = span_at(w.spans_of_presence, presence)
    i, there = max(_place(w, spans.first, spans.count, since), 0), 0
    while i < spans.count and whole_at(w.span_starts, spans.first + i) < until:
        start = max(whole_at(w.span_starts, spans.first + i), since)
        there += max(min(whole_at(w.span_ends, spans.first + i), until) - start, 0)
        i += 1
    return there


@unit
def after_presence(w: Record, presence: int, since: int, needed: int) -> int:
    """Return when `needed` milliseconds of presence have passed since `since`, or `NEVER`."""
    spans = span_at(w.spans_of_presence, presence)
    i = max(_place(w, spans.first, spans.count, since), 0)
    while i < spans.count:
        start = max(since, whole_at(w.span_starts, spans.first + i))
        there = whole_at(w.span_ends, spans.first + i) - start
        if there > 0:
            if needed <= there:
                return start + needed
            needed -= there
        i += 1
    return NEVER
