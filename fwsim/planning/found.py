"""What a search for a plan came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fwsim.measures.catalogue import Unit
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.planning.feasibility import Bound
from fwsim.planning.final import Outcome
from fwsim.planning.question import Question
from fwsim.planning.space import Space
from fwsim.planning.trial import Trial, pareto_front
from fwsim.results.estimate import estimate
from fwsim.results.judgement import holds
from fwsim.scenario.schema import Scenario


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Parameters
    ----------
    question
        What was asked.
    space
        What could be turned.
    trials
        Every plan looked at, best first.
    outcome
        How the final ended; None if no plan keeps the limits.
    spent
        Runs in all.
    interrupted
        Whether it was stopped before its end.
    provenance
        What it takes to search again.
    """

    question: Question
    space: Space
    trials: tuple[Trial, ...]
    outcome: Outcome | None
    spent: int
    interrupted: bool
    provenance: dict[str, object] = field(default_factory=dict)

    @property
    def chosen(self) -> Trial | None:
        """The selected plan, with runs that decided nothing; None if no plan keeps the limits."""
        return self.outcome.chosen if self.outcome is not None else None

    @property
    def kept(self) -> int:
        """How many of the chosen plan's runs kept every limit, each run by itself."""
        values = self._told()
        return sum(self.question.kept(values)) if values else 0

    @property
    def broken(self) -> list[Expectation]:
        """The limits that the chosen plan's runs do not keep."""
        values = self._told()
        limits = self.question.limits if values else ()
        return [limit for limit in limits if not holds(limit, values[limit.measure])]

    def _told(self) -> dict[Measure, Sequence[float]]:
        chosen = self.chosen
        return chosen.by_measure(self.question.measures) if chosen is not None else {}

    @cached_property
    def front(self) -> list[Trial]:
        """The plans that keep the limits and that no other beats in every goal."""
        return pareto_front(self.trials)

    @property
    def impossible(self) -> list[Bound]:
        """Why no plan is possible; empty if one is. The bounds that come nearest."""
        if not all(trial.is_out for trial in self.trials):
            return []
        best: dict[Expectation, Bound] = {}
        for bound in (bound for trial in self.trials for bound in trial.ruled_out):
            other = best.get(bound.expectation)
            if other is None or _is_nearer(bound, other):
                best[bound.expectation] = bound
        return list(best.values())

    @property
    def promise(self) -> tuple[float, float, float]:
        """Share of runs in which the chosen plan keeps every limit, with its 95 % interval.

        Raises
        ------
        ValueError
            If no plan was chosen.
        """
        if self.chosen is None:
            raise ValueError("no plan keeps the limits; there is nothing to promise")
        hits = [1.0] * self.kept + [0.0] * (self.chosen.runs - self.kept)
        found = estimate(hits, Unit.CHANCE)
        return found.value, found.low, found.high

    def plan(self, trial: Trial | None = None) -> Scenario:
        """Return the scenario of a plan; by default of the chosen one.

        Raises
        ------
        ValueError
            If no plan was chosen.
        """
        wanted = trial or self.chosen
        if wanted is None:
            raise ValueError("no plan keeps the limits; there is none to hand over")
        return self.space.plan(wanted.choice)


def _is_nearer(bound: Bound, other: Bound) -> bool:
    if bound.expectation.wants_more:
        return bound.best > other.best
    return bound.best < other.best
