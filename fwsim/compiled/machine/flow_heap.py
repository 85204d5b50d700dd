"""The flows of a group, first end first: a pairing heap from which any flow can be taken."""

from __future__ import annotations

from fwsim.compiled.machine.compiling import compiled, unit
from fwsim.compiled.machine.memory import Record
from fwsim.compiled.machine.rows import NOBODY, flow_at
from fwsim.compiled.machine.wrapping import minus

UNDER_WAY = 1
ENDED = 2
SETTING_UP = 3


@unit
def _meld(w: Record, a: int, b: int) -> int:
    if a == NOBODY:
        return b
    if b == NOBODY:
        return a
    first, second = flow_at(w.flows, a), flow_at(w.flows, b)
    apart = minus(second.finish, first.finish)
    if apart < 0 or (apart == 0 and second.number < first.number):
        a, b = b, a
        first, second = second, first
    second.next = first.child
    if first.child != NOBODY:
        flow_at(w.flows, first.child).previous = b
    first.child = b
    second.previous = a
    first.next = first.previous = NOBODY
    return a


@compiled
def add(w: Record, group: Record, number: int) -> None:
    """Put a flow into its group."""
    flow = flow_at(w.flows, number)
    flow.child = flow.next = flow.previous = NOBODY
    group.root = _meld(w, group.root, number)


@unit
def _meld_children(w: Record, first: int) -> int:
    """Join siblings in pairs, then the pairs from the last to the first."""
    pairs = NOBODY
    while first != NOBODY:
        a = flow_at(w.flows, first)
        second = a.next
        rest = NOBODY
        a.next = a.previous = NOBODY
        joined = first
        if second != NOBODY:
            b = flow_at(w.flows, second)
            rest = b.next
            b.next = b.previous = NOBODY
            joined = _meld(w, first, second)
        flow_at(w.flows, joined).next = pairs
        pairs = joined
        first = rest
    whole = NOBODY
    while pairs != NOBODY:
        row = flow_at(w.flows, pairs)
        rest = row.next
        row.next = row.previous = NOBODY
        whole = _meld(w, whole, pairs)
        pairs = rest
    return whole


@compiled
def remove(w: Record, group: Record, number: int) -> None:
    """Take a flow out of its group, wherever it stands."""
    flow = flow_at(w.flows, number)
    below = _meld_children(w, flow.child)
    if group.root == number:
        group.root = below
    else:
        before = flow_at(w.flows, flow.previous)
        if before.child == number:
            before.child = flow.next
        else:
            before.next = flow.next
        if flow.next != NOBODY:
            flow_at(w.flows, flow.next).previous = flow.previous
        group.root = _meld(w, group.root, below)
    flow.child = flow.next = flow.previous = NOBODY
