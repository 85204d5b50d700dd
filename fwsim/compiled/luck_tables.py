"""What has been drawn of each quantity, where compiled code finds it: of a fleet, or some of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled import tables
from fwsim.compiled.addressed import Table, table
from fwsim.compiled.growing_tables import as_bytes, longer
from fwsim.compiled.interpreted.memory import CheckedMemory
from fwsim.model.purposes import PURPOSES, Purpose

FIRST_DRAWS = 64


class LuckTables:
    """The rows of luck of one clock; none is drawn yet.

    Other threads may read while a row is put: what they have found stays where it is, and the
    address of anything is written last.
    """

    def __init__(self) -> None:
        self._rows: list[Table] = [table(tables.ROW, FIRST_DRAWS) for _ in Purpose]
        self._outgrown: list[Table] = []
        self._drawn: dict[tuple[int, int], Table] = {}
        self._memory: CheckedMemory | None = None
        self.quantities = table(tables.QUANTITY, len(Purpose))
        for quantity in range(len(self._rows)):
            self._show_rows(quantity)

    def _show_rows(self, quantity: int) -> None:
        rows = self._rows[quantity]
        if self._memory is not None:
            self._memory.note(f"draws of {PURPOSES[quantity].name}", rows)
        self.quantities["rows"][quantity] = rows.ctypes.data
        self.quantities["room"][quantity] = len(rows)

    def check(self, memory: CheckedMemory) -> None:
        """Show all rows, now and when there are more, to what checks every touch of them."""
        self._memory = memory
        for quantity in Purpose:
            memory.note(f"draws of {quantity.name}", self._rows[quantity])

    def is_drawn(self, quantity: int, draw: int) -> bool:
        """Tell whether a row is there; another thread may have asked for it, too."""
        return (quantity, draw) in self._drawn

    def put(self, quantity: int, draw: int, values: Table, first: int = 0) -> None:
        """Take a row of luck.

        Parameters
        ----------
        quantity, draw
            What was drawn, and the n-th time.
        values
            One for each of some devices that stand side by side in the fleet, or one for all.
        first
            The first of these devices.
        """
        if draw >= len(self._rows[quantity]):
            self._outgrown.append(self._rows[quantity])
            self._rows[quantity] = longer(self._rows[quantity], 2 * draw + 64)
            self._show_rows(quantity)
        self._drawn[quantity, draw] = values
        if self._memory is not None:
            self._memory.note(f"{PURPOSES[quantity].name}[{draw}]", values)
        rows, is_of_each = self._rows[quantity], len(values) > 1
        rows["step"][draw] = int(is_of_each)
        rows["address"][draw] = values.ctypes.data - is_of_each * first * values.itemsize

    def begin_as(self, other: LuckTables) -> None:
        """Have what another has drawn, and nothing else; it draws nothing more meanwhile."""
        self._drawn = dict(other._drawn)
        for quantity, theirs in enumerate(other._rows):
            if len(theirs) > len(self._rows[quantity]):
                self._rows[quantity] = table(tables.ROW, len(theirs))
                self._show_rows(quantity)
            rows = as_bytes(self._rows[quantity])
            rows[: theirs.nbytes] = as_bytes(theirs)
            rows[theirs.nbytes :] = 0

    def clear(self) -> None:
        """Let go of what was drawn; nobody may read it any more."""
        self._drawn.clear()


def as_drawn(purpose: Purpose, values: NDArray[Any]) -> Table:
    """Return values of a quantity as compiled code reads them."""
    return np.ascontiguousarray(values, purpose.law.kind.value)
