"""What is drawn, read from rows that Python fills when first asked for."""

from __future__ import annotations

from fwsim.compiled.codes import Ask
from fwsim.compiled.machine.callbacks import ask
from fwsim.compiled.machine.compiling import compiled
from fwsim.compiled.machine.memory import Record, number_at, small_at, whole_at
from fwsim.compiled.machine.rows import quantity_at, row_at


@compiled
def _row(w: Record, quantity: int, draw: int) -> Record:
    drawn = quantity_at(w.quantities, quantity)
    if draw >= drawn.room or row_at(drawn.rows, draw).address == 0:
        ask(w, Ask.DRAW, quantity, draw)
    return row_at(drawn.rows, draw)


@compiled
def whole_drawn(w: Record, quantity: int, draw: int, device: int) -> int:
    """Return milliseconds drawn for a device."""
    row = _row(w, quantity, draw)
    return whole_at(row.address, device * row.step)


@compiled
def number_drawn(w: Record, quantity: int, draw: int, device: int) -> float:
    """Return a chance or a factor drawn for a device."""
    row = _row(w, quantity, draw)
    return number_at(row.address, device * row.step)


@compiled
def falls(w: Record, quantity: int, draw: int, device: int) -> bool:
    """Tell how a device's coin falls."""
    row = _row(w, quantity, draw)
    return small_at(row.address, device * row.step) != 0
