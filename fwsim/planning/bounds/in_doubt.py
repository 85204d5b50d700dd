"""What no run can achieve where the world is not known: the closed forms of drawn worlds.

A closed form holds in a world whose lines and rates are known. Where they are in doubt it holds
draw by draw, so what is told is in what share of the draws a limit is out of reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import shown, shown_share
from fwsim.measures.expectation import Expectation
from fwsim.messages import say
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.feasibility import Bound, Feasibility

DRAWS = 20
"""Worlds that are looked at: the first ones of an experiment with the same seed."""


@dataclass(frozen=True)
class DoubtedBound:
    """What a measure can be at best, world by world.

    Parameters
    ----------
    worlds
        Its bound in each.
    """

    worlds: tuple[Bound, ...]

    @property
    def expectation(self) -> Expectation:
        """What is asked of it."""
        return self.worlds[0].expectation

    @property
    def out_of_reach(self) -> float:
        """In what share of the worlds it cannot be met."""
        return sum(not bound.is_possible for bound in self.worlds) / len(self.worlds)

    @property
    def is_possible(self) -> bool:
        """Whether it can be met in any."""
        return self.out_of_reach < 1

    def __str__(self) -> str:
        ordered = sorted(self.worlds, key=lambda bound: bound.best)
        first, middle, last = ordered[0], ordered[len(ordered) // 2], ordered[-1]
        if first.best == last.best:
            return str(self.worlds[0])
        definition = self.expectation.measure.definition
        low, high = (
            shown(bound.best, definition) if math.isfinite(bound.best) else say("bounds.never")
            for bound in (first, last)
        )
        if self.expectation.measure.more_is_better:
            best = say("bounds.at_most", low=low, high=high)
        else:
            best = say("bounds.at_least", low=low, high=high)
        words = {
            "expectation": self.expectation,
            "count": len(self.worlds),
            "best": best,
            "reason": middle.reason,
        }
        if not self.out_of_reach:
            return say("bounds.in_all", **words)
        if not self.is_possible:
            return say("bounds.in_none", **words)
        return say("bounds.in_doubt", share=shown_share(1 - self.out_of_reach), **words)


class FeasibilityInDoubt:
    """The closed forms of one rollout in drawn worlds.

    Parameters
    ----------
    rollout
        The plan.
    draws
        How many worlds; one if nothing is in doubt.
    """

    def __init__(self, rollout: Rollout, draws: int = DRAWS) -> None:
        self._rollout = rollout
        ready = doubted(rollout)
        seed = rollout.scenario.seed
        self._worlds = [Chances(seed, world) for world in range(draws if ready.doubts else 1)]
        self._known: dict[int, Feasibility] = {}

    @property
    def unbounded(self) -> str | None:
        """Why there are no closed forms; None if there are."""
        return self._in_world(0).unbounded

    def _in_world(self, world: int) -> Feasibility:
        if world not in self._known:
            drawn = doubted(self._rollout).drawn(self._worlds[world])
            self._known[world] = Feasibility(drawn)
        return self._known[world]

    def _each(self, expectations: Sequence[Expectation]) -> Iterator[list[Bound]]:
        for world in range(len(self._worlds)):
            yield self._in_world(world).bounds(expectations)

    def bounds(self, expectations: Sequence[Expectation]) -> list[DoubtedBound]:
        """Return the best that each expected measure can come to in each world.

        Parameters
        ----------
        expectations
            All that the plan must keep.
        """
        return [DoubtedBound(same) for same in zip(*self._each(expectations), strict=True)]

    def impossible(self, expectations: Sequence[Expectation]) -> list[Bound]:
        """Return the bounds that rule the plan out in every world; those of the first one.

        It stops at the first world in which everything can be met.
        """
        found: list[Bound] = []
        for world, bounds in enumerate(self._each(expectations)):
            missed = {bound.expectation for bound in bounds if not bound.is_possible}
            if world == 0:
                found = [bound for bound in bounds if not bound.is_possible]
            found = [bound for bound in found if bound.expectation in missed]
            if not found:
                break
        return found
