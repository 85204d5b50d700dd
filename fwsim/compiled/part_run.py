"""A clock that plays parts of a fleet, one after the other, each from what the dispatcher left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.compiled.addressed import Table
from fwsim.compiled.answering import Answering
from fwsim.compiled.codes import Ask, Grows
from fwsim.compiled.coupling import Part
from fwsim.compiled.machine_code import MachineCode
from fwsim.compiled.merged_log import Segment
from fwsim.compiled.part_tables import PartTables
from fwsim.compiled.tally_tables import TallyTables

Answer = Callable[[int, int], None]
DrawSome = Callable[[int, int, slice], Table]
"""Returns a quantity, by its number and that of its draw, of some devices; or one for all."""


@dataclass(frozen=True)
class Beginning:
    """What a part of a fleet begins with.

    Parameters
    ----------
    first_handed, handed
        Its devices that the dispatcher is done with, and the first one's place among all.
    lines
        Those that the dispatcher wrote of its devices.
    devices
        All that it has, in the order of the fleet.
    """

    first_handed: int
    handed: Table
    lines: Table
    devices: NDArray[np.int64]


class PartRun(Answering):
    """A clock that plays parts of a fleet, one after the other.

    Parameters
    ----------
    lay_out
        Lays its tables out, given the address of the function that compiled code calls.
    answers
        By code of `Ask`: what the whole run answers.
    draw_some
        Draws for the devices of a part alone.
    tally
        Where each part is counted, and its log and loads forgotten; None keeps those of all parts.
    """

    def __init__(
        self,
        lay_out: Callable[[int], PartTables],
        answers: Sequence[Answer],
        draw_some: DrawSome,
        tally: TallyTables | None,
    ) -> None:
        super().__init__()
        self.tally = tally
        self._answers = [*answers]
        self._draw_all, self._draw_some = answers[Ask.DRAW], draw_some
        self._answers[Ask.GROW] = self._grow
        self._answers[Ask.DRAW] = self._draw
        self.tables = lay_out(self._address)
        self._stopped = self.tables.world["stopped"]
        self.places: dict[int, dict[str, slice]] = {}
        """By part: where its lines stand in the log, and what its lines carried among the loads."""
        self.ended = self.done = 0

    def _grow(self, kind: int, needed: int) -> None:
        self.tables.grow(Grows(kind), needed)

    def _draw(self, quantity: int, draw: int) -> None:
        some = self.tables.some
        if some is None:
            self._draw_all(quantity, draw)
        else:
            values = self._draw_some(quantity, draw, some)
            self.tables.luck.put(quantity, draw, values, some.start)

    @property
    def _world(self) -> Any:
        return self.tables.world[0]

    @property
    def done_now(self) -> int:
        """How many devices are done in the part that is played."""
        return int(self._world["done"])

    @property
    def now(self) -> int:
        """Milliseconds on the clock."""
        return int(self._world["now"])

    def draw_for(self, beginnings: Sequence[Beginning]) -> None:
        """Draw for the devices of the parts that are played next."""
        some = [each.handed["device"] for each in beginnings if len(each.handed)]
        first = min((int(devices.min()) for devices in some), default=0)
        behind = max((int(devices.max()) + 1 for devices in some), default=0)
        self.tables.draw_for(first, behind, sum(map(len, some)))

    def play(self, code: MachineCode, number: int, part: Part, beginning: Beginning) -> bool:
        """Play a part; tell whether it came to its end and can be merged with the others."""
        self.tables.begin(part, beginning.first_handed, beginning.handed)
        if self.tally is not None:
            self.tables.put_lines(beginning.lines)
        firsts = {name: int(self._world[f"{name}_count"]) for name in ("log", "load")}
        address = self.tables.world.ctypes.data
        code.begin_part(address)
        if not self._stopped[0]:
            code.run(address)
        if self._fault is not None:
            raise self._fault
        self.places[number] = {
            name: slice(first, int(self._world[f"{name}_count"])) for name, first in firsts.items()
        }
        is_whole = not self._stopped[0] and not self._world["is_out_of_turn"]
        if self.tally is not None and is_whole:
            self.tally.count(code, self.tables.world, beginning.devices)
            self.tally.count_load(code, self.tables.world)
        self.ended = max(self.ended, self.now)
        done = self.done_now
        self.tables.set(done=0)
        self.done += done
        return is_whole

    def stop(self) -> None:
        """Let the clock stop before the next event."""
        self.tables.set(stopped=1)

    def segment(self, number: int) -> Segment:
        """Return the lines of a part."""
        mine = self.places[number]["log"]
        return Segment(*(self.tables.arrays[name][mine] for name in ("log", "turns")))

    def load(self, number: int) -> Table:
        """Return what the lines of a part carried."""
        return self.tables.arrays["load"][self.places[number]["load"]]

    def close(self) -> None:
        """Let go of what answers."""
        self._forget()
