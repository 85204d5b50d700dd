"""Drawn worlds of plans that differ in their commands alone: drawn once for all of them.

No belief is about a command, so a search that looks at hundreds of plans meets few worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.model.shared_luck import in_world
from fwsim.planning.bounds.between_outages import steps_between_outages
from fwsim.planning.bounds.lines import OverTime, lines_over_time
from fwsim.scenario.schema import Scenario

MOST_RELATIVES = 16
"""Plans whose worlds are kept; further ones draw their own."""
MOST_BYTES = 400_000_000
"""What is kept of all of them together."""
BYTES_A_DEVICE = 80
"""Of a world that lays the fleet anew."""
BYTES_A_LINE = 5_000
"""Of any world: each line has a section of its own in it; what changes over time comes on top."""
_OTHERS = {"commands", "search", "stages"}


@dataclass(frozen=True)
class World:
    """One drawn world of a rollout.

    Parameters
    ----------
    rollout
        In it.
    lines
        How its lines' rates change, as `lines_over_time` returns it.
    """

    rollout: Rollout
    lines: list[OverTime]

    @cached_property
    def bytes(self) -> int:
        """About how much memory it takes."""
        is_anew = self.rollout.origin is None
        over_time = sum(at.nbytes + rates.nbytes for _, at, rates in self.lines)
        lines = len(self.rollout.hub_of) * BYTES_A_LINE + 3 * over_time
        return lines + (len(self.rollout.fleet) * BYTES_A_DEVICE if is_anew else 0)

    def of(self, rollout: Rollout) -> World:
        """Return the same world of a relative that differs in its commands alone."""
        mine, drawn = in_world(rollout, self.rollout), self.rollout
        mine.know_habits_and_lines_of(drawn)
        return World(mine, self.lines)


@dataclass
class DrawnOnce:
    """Keeps worlds for relatives of the plans they were drawn for."""

    _kept: list[tuple[Rollout, dict[int, World]]] = field(default_factory=list)

    def worlds_of(self, rollout: Rollout) -> Callable[[int], World]:
        """Return what gives the world of a run of a rollout, by its number.

        The scenario's seed names the experiment.
        """
        first, worlds = self._relative(rollout)

        def world(number: int) -> World:
            found = worlds.get(number)
            if found is None:
                drawn = doubted(first).drawn(Chances(first.scenario.seed, number))
                found = World(drawn, lines_over_time(steps_between_outages(drawn)))
                if self._makes_room_for(found, worlds):
                    worlds[number] = found
            return found if first is rollout else found.of(rollout)

        return world

    def _makes_room_for(self, world: World, beside: dict[int, World]) -> bool:
        """Tell whether a world may be kept beside others of its plan; the oldest plans' go first.

        Lines and devices without number must not cost memory without end.
        """
        if not any(worlds is beside for _, worlds in self._kept):
            return False
        while not (has_room := self._bytes + world.bytes <= MOST_BYTES):
            if self._kept[0][1] is beside:
                break
            self._kept = self._kept[1:]
        return has_room

    @property
    def _bytes(self) -> int:
        return sum(world.bytes for _, worlds in self._kept for world in worlds.values())

    def _relative(self, rollout: Rollout) -> tuple[Rollout, dict[int, World]]:
        for first, worlds in self._kept:
            if _differ_in_commands_alone(first, rollout):
                return first, worlds
        found = rollout, dict[int, World]()
        self._kept = [*self._kept, found][-MOST_RELATIVES:]
        return found


def _differ_in_commands_alone(one: Rollout, other: Rollout) -> bool:
    if one.fleet is not other.fleet or one.given_runs is not other.given_runs:
        return False
    fields = Scenario.model_fields.keys() - _OTHERS
    mine, others = one.scenario, other.scenario
    return all(getattr(mine, name) == getattr(others, name) for name in fields)
