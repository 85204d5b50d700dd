"""What is drawn once a run, for runs side by side at once: arrays cost by the call."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from fwsim.quantities.elementary import Floats

V = TypeVar("V")
TOGETHER = 32
"""So many runs are drawn at once as soon as a second one of them is asked for."""
BLOCKS_KEPT = 8

Draw = Callable[[range], list[Floats]]
"""Gives for each doubt what it comes to in some runs; shape (runs, places, numbers)."""


class DrawnWorlds:
    """The worlds drawn last, of one rollout; threads may share them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._blocks: dict[tuple[int, int], list[Floats]] = {}
        self._asked: dict[tuple[int, int], None] = {}

    def values_of(self, seed: int, world: int, draw: Draw) -> list[Floats]:
        """Return what each doubt comes to in a world; shape (places, numbers) each.

        Parameters
        ----------
        seed, world
            Which.
        draw
            Draws worlds of that seed.
        """
        block, place = divmod(world, TOGETHER)
        with self._lock:
            known = self._blocks.get((seed, block))
            if known is None and (seed, block) in self._asked:
                first = block * TOGETHER
                known = draw(range(first, first + TOGETHER))
                _keep(self._blocks, (seed, block), known)
            else:
                _keep(self._asked, (seed, block), None)
        if known is None:
            known, place = draw(range(world, world + 1)), 0
        return [values[place] for values in known]

    def __reduce__(self) -> tuple[type[DrawnWorlds], tuple[()]]:
        return DrawnWorlds, ()


def _keep(kept: dict[tuple[int, int], V], key: tuple[int, int], value: V) -> None:
    kept[key] = value
    while len(kept) > BLOCKS_KEPT:
        del kept[next(iter(kept))]
