"""What no run can achieve where the world is not known: the closed forms of drawn worlds.

A closed form holds in a world whose lines and rates are known. Where they are in doubt it holds
draw by draw, so what is told is in what share of the draws a limit is out of reach. That none of
them reaches it does not say that no world does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import shown
from fwsim.measures.catalogue import Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.in_words import expectation_in_words
from fwsim.messages import say
from fwsim.model.doubt import doubted
from fwsim.model.rollout import Rollout
from fwsim.planning.bounds.drawn_once import DrawnOnce
from fwsim.planning.bounds.feasibility import Bound, Feasibility
from fwsim.results.statistics.estimate import share_of_runs

DRAWS = 20
"""Worlds that are looked at: the first ones of an experiment with the same seed."""
PLAIN = 0.95
"""Of the runs in which a limit must hold that says nothing of runs: a plan is carried out once."""


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
    def is_known(self) -> bool:
        """Whether it hangs on nothing that is in doubt."""
        return len(self.worlds) == 1 or all(bound.is_certain for bound in self.worlds)

    @property
    def out_of_reach(self) -> float:
        """In what share of the worlds it cannot be met."""
        return sum(not bound.is_possible for bound in self.worlds) / len(self.worlds)

    @property
    def is_possible(self) -> bool:
        """Whether it can be met in any."""
        return self.out_of_reach < 1

    @property
    def luckiest(self) -> Bound:
        """The bound of the world in which most can be reached."""
        return max(self.worlds, key=self._goodness)

    @property
    def best(self) -> float:
        """The best it can come to in the luckiest world that was drawn."""
        return self.luckiest.best

    @property
    def reason(self) -> str:
        """What stands in the way there, with its numbers."""
        return self.luckiest.reason

    def _goodness(self, bound: Bound) -> float:
        return bound.best if self.expectation.measure.more_is_better else -bound.best

    @property
    def is_refuted(self) -> bool:
        """Whether so many runs cannot meet it that it cannot be kept as it is asked.

        Of what is known one world tells. Of drawn worlds none that was drawn may allow it, and
        what is wanted must be more than the share of all worlds that may still allow it, at 95 %.
        """
        if self.is_possible or self.is_known:
            return not self.is_possible
        limit, most = self.expectation, share_of_runs(0, len(self.worlds))[2]
        wants_more = limit.measure.more_is_better
        if limit.measure.definition.unit is Unit.CHANCE:
            return not limit.meets(most)
        if limit.quantile is not None:
            return most < (1 - limit.quantile if wants_more else limit.quantile)
        if limit.runs is not None or limit.level is None:
            return most < (PLAIN if limit.runs is None else limit.runs)
        perfect = 1.0 if wants_more else 0.0
        return not limit.meets_on_average(most * perfect + (1 - most) * self.best)

    def __str__(self) -> str:
        ordered = sorted(self.worlds, key=lambda bound: bound.best)
        first, last = ordered[0], ordered[-1]
        is_same = first.best == last.best
        if is_same and (self.is_possible or self.is_known):
            return str(self.worlds[0])
        definition = self.expectation.measure.definition
        more = max(bound.digits for bound in self.worlds)
        low, high = (
            shown(bound.best, definition, more=more)
            if math.isfinite(bound.best)
            else say("bounds.never")
            for bound in (first, last)
        )
        is_most = self.expectation.measure.more_is_better
        if is_same and not math.isfinite(first.best):
            best = say("bounds.never_reached")
        elif is_same:
            best = say("bounds.best_at_most" if is_most else "bounds.best_at_least", best=low)
        else:
            best = say("bounds.at_most" if is_most else "bounds.at_least", low=low, high=high)
        words = {
            "expectation": expectation_in_words(self.expectation),
            "count": len(self.worlds),
            "best": best,
            "reason": _reason_in_words(ordered),
        }
        if not self.out_of_reach:
            return say("bounds.in_all", **words)
        if not self.is_possible:
            return say("bounds.in_none", **words)
        possible = round((1 - self.out_of_reach) * len(self.worlds))
        return say("bounds.in_doubt", possible=possible, **words)


def _reason_in_words(ordered: Sequence[Bound]) -> str:
    """Return what stands in the way in the middle world; its numbers are not those of others.

    Where it is out of reach in some worlds, that is the middle one of them.
    """
    missed = [bound for bound in ordered if not bound.is_possible]
    told = missed or ordered
    reason = told[len(told) // 2].reason
    if all(bound.reason == reason for bound in told):
        return reason
    in_some = 0 < len(missed) < len(ordered)
    return say("bounds.in_middle_missed" if in_some else "bounds.in_middle", reason=reason)


class FeasibilityInDoubt:
    """The closed forms of one rollout in drawn worlds.

    Parameters
    ----------
    rollout
        The plan.
    drawn
        Keeps drawn worlds, for relatives of the plan.
    """

    def __init__(self, rollout: Rollout, drawn: DrawnOnce | None = None) -> None:
        self._in = (drawn or DrawnOnce()).worlds_of(rollout)
        self._worlds = DRAWS if doubted(rollout).doubts else 1
        self._known: dict[int, Feasibility] = {}

    @property
    def unbounded(self) -> str | None:
        """Why there are no closed forms; None if there are."""
        return self._in_world(0).unbounded

    def _in_world(self, world: int) -> Feasibility:
        if world not in self._known:
            drawn, is_known = self._in(world), self._worlds == 1
            self._known[world] = Feasibility(drawn.rollout, drawn.lines, is_known=is_known)
        return self._known[world]

    def _each(self, expectations: Sequence[Expectation]) -> Iterator[list[Bound]]:
        for world in range(self._worlds):
            yield self._in_world(world).bounds(expectations)

    def bounds(self, expectations: Sequence[Expectation]) -> list[DoubtedBound]:
        """Return the best that each expected measure can come to in each world.

        Parameters
        ----------
        expectations
            All that the plan must keep.
        """
        return [DoubtedBound(same) for same in zip(*self._each(expectations), strict=True)]

    def impossible(
        self, expectations: Sequence[Expectation], *, after_each: Callable[[], None] = lambda: None
    ) -> list[DoubtedBound]:
        """Return the bounds that rule the plan out.

        It stops at the first world in which everything can be met.

        Parameters
        ----------
        expectations
            All that the plan must keep.
        after_each
            Called after each world; it may raise if nobody waits any more.
        """
        found: dict[Expectation, list[Bound]] = {}
        for world, bounds in enumerate(self._each(expectations)):
            after_each()
            missed = {bound.expectation: bound for bound in bounds if not bound.is_possible}
            if world == 0:
                found = {limit: [] for limit in missed}
            found = {limit: [*b, missed[limit]] for limit, b in found.items() if limit in missed}
            if not found:
                return []
        ruled_out = (DoubtedBound(tuple(bounds)) for bounds in found.values())
        return [bound for bound in ruled_out if bound.is_refuted]
