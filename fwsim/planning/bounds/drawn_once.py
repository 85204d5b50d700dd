"""Drawn worlds of plans that differ in their commands alone: drawn once for all of them.

No belief is about a command, so a search that looks at hundreds of plans meets few worlds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.model.shared_luck import in_world
from fwsim.planning.bounds.between_outages import steps_between_outages
from fwsim.planning.bounds.lines import OverTime, lines_over_time
from fwsim.scenario.schema import Scenario

MOST_RELATIVES = 16
"""Plans whose worlds are kept; further ones draw their own."""
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
            if number not in worlds:
                drawn = doubted(first).drawn(Chances(first.scenario.seed, number))
                worlds[number] = World(drawn, lines_over_time(steps_between_outages(drawn)))
            return worlds[number] if first is rollout else worlds[number].of(rollout)

        return world

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
