"""What a search for a plan came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.measures.precision import USUAL_LEVEL
from fwsim.messages import say
from fwsim.planning.bounds.in_doubt import DoubtedBound
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.candidate import Candidate, pareto_front
from fwsim.planning.search.final import Decision
from fwsim.planning.search.looking import Ended
from fwsim.planning.search.nearest import Picked
from fwsim.planning.search.question import Question
from fwsim.planning.search.space import Space
from fwsim.planning.search.why_broken import Seen
from fwsim.results.export.page import page
from fwsim.results.export.tables import Tables
from fwsim.results.statistics.difference import Difference, difference
from fwsim.results.statistics.estimate import share_of_runs
from fwsim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SearchResult(Tables):
    """What a search came to.

    Parameters
    ----------
    question
        What was asked.
    space
        The search parameters.
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
    fallen
        Where no finalist was accepted, the plan that came nearest, with held-out runs alone: one of
        those looked at, or the plan as it is written.
    cause
        What stopped it, if it was not a person.
    written
        The plan as it is written, which need not be among those searched, with the held-out runs of
        the chosen or the nearest one; None if that has none, or Ctrl-C stopped them.
    picked
        By which runs `fallen` was picked as the nearest; None where a finalist was accepted.
    ended
        Why no more plans were looked at.
    seen
        What tells why the nearest plan, and the one as it is written, break limits; by choice.
    """

    question: Question
    space: Space
    trials: tuple[Candidate, ...]
    outcome: Decision | None
    spent: int
    interrupted: bool
    provenance: dict[str, object] = field(default_factory=dict)
    fallen: Candidate | None = None
    cause: str = ""
    written: Candidate | None = None
    picked: Picked | None = None
    ended: Ended = Ended.NO_RUNS
    seen: Mapping[Choice, Seen] = field(default_factory=dict)

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """Return every plan looked at."""
        from fwsim.planning.search.plans_table import table

        return {"plans": table(self)}

    def __repr__(self) -> str:
        from fwsim.planning.search.result_in_words import limits_in_words, verdict

        said, trial = verdict(self)[:2], self.chosen or self.nearest
        if trial is not None and self.question.limits:
            said += limits_in_words(self, trial)[:1]
        return f"<SearchResult: {'. '.join(line.rstrip('.:') for line in said)}>"

    def _repr_html_(self) -> str:
        from fwsim.planning.search.as_written import as_written_in_words
        from fwsim.planning.search.plans_in_words import plans_in_words
        from fwsim.planning.search.result_in_words import verdict

        heading, *sentences = [*verdict(self), *as_written_in_words(self)]
        return page(heading, sentences, {say("plan.looked_at"): plans_in_words(self)})

    @property
    def chosen(self) -> Candidate | None:
        """The finalist that fresh runs accepted, with held-out runs alone; None without one.

        These runs have the last word: see `keeps_limits` and `is_refused`.
        """
        return self.outcome.chosen if self.outcome is not None else None

    @property
    def told(self) -> Candidate | None:
        """The plan that has held-out runs: the selected one or, without one, the nearest."""
        return self.chosen or self.fallen

    def is_told(self, trial: Candidate) -> bool:
        """Tell whether a plan is the one that has held-out runs."""
        return self.told is not None and trial.choice == self.told.choice

    @property
    def keeps_limits(self) -> bool:
        """Whether a plan was found that keeps the limits, by held-out runs."""
        return self.chosen is not None and not self.broken

    @property
    def is_refused(self) -> bool:
        """Whether a finalist was accepted that breaks a limit in the held-out runs."""
        return self.chosen is not None and bool(self.broken)

    @property
    def nearest(self) -> Candidate | None:
        """Where no plan keeps the limits, the one that comes nearest; None if one does.

        A finalist that only held-out runs refuse; without one, the plan that misses the limits
        least, by `Question.violation` of the same runs, the plan as it is written among them. It
        has held-out runs, unless the search was stopped or bounds rule it out.
        """
        if self.keeps_limits:
            return None
        looked_at = (trial for trial in self.trials if trial.runs or trial.ruled_out)
        return self.told or next(looked_at, None)

    @property
    def is_as_written(self) -> bool:
        """Whether the nearest plan is the one as it is written, and none that was searched."""
        return self.fallen is not None and self.fallen is self.written

    @property
    def kept(self) -> int:
        """How many of the chosen plan's runs kept every limit, each run by itself."""
        return self.kept_by(self.chosen) if self.chosen is not None else 0

    def kept_by(self, trial: Candidate) -> int:
        """Return how many of a plan's runs kept every limit, each run by itself."""
        return sum(self.question.kept(self._values(trial)))

    @property
    def broken(self) -> list[Expectation]:
        """The limits that the chosen plan's runs do not keep."""
        return self.broken_by(self.chosen) if self.chosen is not None else []

    def broken_by(self, trial: Candidate) -> list[Expectation]:
        """Return the limits that a plan's runs do not keep, or that bounds say it cannot."""
        if not trial.runs:
            return [bound.expectation for bound in trial.ruled_out]
        return self.question.broken(self._values(trial))

    def may_be_handed_over(self, trial: Candidate) -> bool:
        """Tell whether nothing speaks against a plan: its own runs, or those it fell by."""
        is_refused = trial is self.fallen or self.is_dropped(trial)
        return not is_refused and not self.broken_by(trial)

    def is_dropped(self, trial: Candidate) -> bool:
        """Tell whether fresh or held-out runs speak against a plan."""
        return any(other.is_dropped and other.choice == trial.choice for other in self.trials)

    def kept_when_found(self, trial: Candidate) -> bool:
        """Tell whether a plan kept the limits in the runs of the search."""
        return any(other.keeps_limits and other.choice == trial.choice for other in self.trials)

    @property
    def unconfirmed(self) -> int:
        """How many plans keep the limits as far as their runs tell, where none was confirmed."""
        return 0 if self.keeps_limits else sum(trial.keeps_limits for trial in self.trials)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether runs spoke for a plan, and none was confirmed."""
        return self.is_refused or self.unconfirmed > 0

    def _values(self, trial: Candidate) -> dict[Measure, Sequence[float]]:
        return trial.by_measure(self.question.measures)

    def missed(self, trial: Candidate) -> float:
        """Return by how much a plan's runs break the limits, added up; 0 if all are kept."""
        return self.question.violation(self._values(trial))

    @cached_property
    def front(self) -> list[Candidate]:
        """The plans that keep the limits and that no other beats in every goal, by equal runs."""
        goals = self.question.goals

        def losses(runs: Sequence[Mapping[Measure, float]]) -> list[float]:
            return self.question.losses({goal: [run[goal] for run in runs] for goal in goals})

        return pareto_front(self.trials, losses)

    @property
    def against_written(self) -> tuple[Difference, ...]:
        """What each goal comes to under the chosen or the nearest plan, less as it is written.

        Run by run; all intervals together hold at the usual level (Bonferroni). Empty where the
        plan as it is written was not played.
        """
        told = self.told
        if told is None or self.written is None:
            return ()
        goals = self.question.goals
        level = 1 - (1 - USUAL_LEVEL) / len(goals)
        return tuple(difference(g, told.of(g), self.written.of(g), level) for g in goals)

    @property
    def impossible(self) -> list[DoubtedBound]:
        """Why no plan is possible; empty if one is. The bounds that come nearest."""
        if not all(trial.is_out for trial in self.trials):
            return []
        best: dict[Expectation, DoubtedBound] = {}
        for bound in (bound for trial in self.trials for bound in trial.ruled_out):
            other = best.get(bound.expectation)
            if other is None or _is_nearer(bound, other):
                best[bound.expectation] = bound
        return list(best.values())

    @property
    def has_looked_at_all(self) -> bool:
        """Whether there is no other plan that the search parameters allow."""
        return self.ended is Ended.ALL_LOOKED_AT or len(self.trials) == self.space.size

    @property
    def promise(self) -> tuple[float, float, float]:
        """Share of runs in which the chosen plan keeps every limit, with its 95 % interval.

        Raises
        ------
        ValueError
            If no plan was chosen.
        """
        if self.chosen is None:
            raise ValueError(say("plan.nothing_to_promise"))
        return share_of_runs(self.kept, self.chosen.runs)

    def plan(self, trial: Candidate | None = None) -> Scenario:
        """Return the scenario of a plan; by default of the one that keeps the limits.

        Parameters
        ----------
        trial
            Another one, such as `nearest`.

        Raises
        ------
        ValueError
            If no plan keeps the limits and none is given.
        """
        wanted = trial or (self.chosen if self.keeps_limits else None)
        if wanted is None:
            raise ValueError(say("plan.none_to_hand_over"))
        return self.space.plan(wanted.choice)


def _is_nearer(bound: DoubtedBound, other: DoubtedBound) -> bool:
    if bound.expectation.wants_more:
        return bound.best > other.best
    return bound.best < other.best
