"""The final of a search: the best of a few plans, accepted by fresh runs, told by others.

As J. Boesel, B. L. Nelson and S.-H. Kim do after a search ("Using ranking and selection to clean up
after simulation optimization", Operations Research 51(5), 2003), with one stage more: what accepts
a plan among several does not tell it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fwsim.measures.catalogue import TIMES
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.last_word import LastWord
from fwsim.planning.search.never import Never, with_never
from fwsim.planning.search.question import FIRST_RUNS, Question, Values, reached
from fwsim.planning.search.selection import Selection, select_best

FRESH = 1_000_000_000
"""Number of the first run that decides the final."""
AHEAD = 5
STEP = 10


@dataclass(frozen=True)
class Decision:
    """How a final ended.

    Parameters
    ----------
    chosen
        The plan, with held-out runs alone: it was neither found nor accepted by them, and they may
        break a limit.
    selected_by
        The same plan with the runs that found, compared and accepted it; they flatter it.
    selection
        How it was selected.
    finalists
        From which plans, in the order of the selection.
    never
        What runs that never get there may make of it; None where no time is sought.
    is_reached
        Whether any run of a finalist has a goal that can be compared.
    waiting
        Plans that seemed to keep the limits and that no fresh run looked at.
    """

    chosen: Candidate
    selected_by: Candidate
    selection: Selection
    finalists: tuple[Candidate, ...]
    never: Never | None = None
    is_reached: bool = True
    waiting: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether no other is better by more than what matters; see `leaves_out_rare_runs`."""
        selection = self.selection
        return selection.is_settled and self.within <= selection.within

    @property
    def within(self) -> float:
        """By how much another finalist may be better at most; see `leaves_out_rare_runs`."""
        if self.never is None or self.leaves_out_rare_runs:
            return self.selection.within
        return max(self.selection.within, self.never.within)

    @property
    def leaves_out_rare_runs(self) -> bool:
        """Whether runs so rare that none of these shows them could make another one better.

        No bound of numbers and bytes is known. One of times counts them as the horizon; where it
        says more than the runs do, it says how late the horizon is, so it is told beside.
        """
        never = self.never
        return never is None or (never.is_unseen and never.within > self.selection.within)


class Final:
    """Selects among plans with runs that no plan was found by.

    Parameters
    ----------
    question
        What is asked; its runs are the budget.
    runs
        Makes them.
    tell
        Told what is being done.
    last_word
        Tells the plan that is selected.
    """

    def __init__(
        self,
        question: Question,
        runs: CandidateRuns,
        tell: Callable[[str], None],
        last_word: LastWord,
    ) -> None:
        self._question, self._runs, self._tell = question, runs, tell
        self._last_word = last_word
        self._fresh: dict[int, Candidate] = {}

    def has_tried(self, trial: Candidate) -> bool:
        """Tell whether fresh runs looked at a plan."""
        return id(trial) in self._fresh

    def play(self, ranked: Sequence[Candidate]) -> Decision | None:
        """Return the best plan that fresh runs accept, told by held-out ones; None without one.

        Parameters
        ----------
        ranked
            Plans that keep the limits as far as is known, the most promising first. Where one
            falls, the next takes its place as long as there are runs.
        """
        waiting, standing = list(ranked), list[Candidate]()
        while True:
            room = self._left_to_choose() // FIRST_RUNS
            places = min(self._question.finalists - len(standing), room)
            fresh, waiting = waiting[: max(places, 0)], waiting[max(places, 0) :]
            self._make(fresh, range(FIRST_RUNS))
            self._tell("selecting the best")
            for trial in fresh:
                trial.is_dropped = not self._may_keep(trial)
            standing += [trial for trial in fresh if not trial.is_dropped]
            if not standing:
                if not fresh:
                    return None
                continue
            selection = self._selected(standing)
            best = standing[selection.best]
            if self._accepts(best) and self._left() >= 0:
                return self._decided(best, selection, standing, len(waiting))
            standing.remove(best)
            best.is_dropped |= self._speaks_against(best)

    def _left(self) -> int:
        """Return the runs that may still be spent on selecting."""
        return self._question.runs - self._runs.spent - self._question.untouched_runs

    def _left_to_choose(self) -> int:
        """Return what is left for it beside the runs that accept the best."""
        if not self._question.limits:
            return self._left()
        return self._left() - self._question.accepting_runs + FIRST_RUNS

    def _of(self, trial: Candidate) -> Candidate:
        return self._fresh.setdefault(id(trial), Candidate(trial.choice, trial.words))

    def _make(self, trials: Sequence[Candidate], numbers: range) -> None:
        self._runs.make([(self._of(t), FRESH + n) for t in trials for n in numbers])

    def _may_keep(self, trial: Candidate) -> bool:
        """Tell whether a plan keeps the limits with its fresh runs and those before together."""
        both = Candidate(trial.choice, trial.words, values=trial.values | self._of(trial).values)
        return self._question.violation(self._values_of(both)) == 0

    def _accepts(self, best: Candidate) -> bool:
        """Tell whether fresh runs keep the limits; it ends as soon as they cannot any more."""
        if not self._question.limits:
            return True
        fresh = self._of(best)
        wanted = self._question.accepting_runs
        while (lack := min(STEP, wanted - fresh.runs, self._left())) > 0:
            if self._question.is_lost(self._values_of(fresh), wanted):
                return False
            self._make([best], range(fresh.runs, fresh.runs + lack))
            self._tell("confirming the best")
        is_enough = fresh.runs >= min(wanted, self._question.fewest) and self._may_keep(best)
        return is_enough and self._question.holds(self._values_of(fresh))

    def _speaks_against(self, best: Candidate) -> bool:
        """Tell whether fresh runs break a limit, or will; there may just be too few of them."""
        values = self._values_of(self._of(best))
        is_lost = self._question.is_lost(values, self._question.accepting_runs)
        return is_lost or not (self._question.holds(values) and self._may_keep(best))

    def _values_of(self, trial: Candidate) -> Values:
        return trial.by_measure(self._question.measures)

    def _decided(
        self, best: Candidate, selection: Selection, standing: Sequence[Candidate], waiting: int
    ) -> Decision:
        chosen, goal = self._last_word.on(best), self._question.goals[0]
        never = None
        if goal.kind in TIMES and len(standing) > 1:
            others = [other for other in standing if other is not best]
            never = with_never(
                self._values(best) | {n: run[goal] for n, run in chosen.values.items()},
                [self._values(other) for other in others],
                horizon=self._question.never(goal),
                doubt=1 - selection.confidence,
                first_clean=FRESH,
                beside=self._beside_nevers(chosen, others),
            )
        values = [value for trial in standing for value in self._values(trial).values()]
        is_reached = any(map(math.isfinite, [*values, *chosen.of(goal)]))
        found_by = best.values | self._of(best).values
        by_them = Candidate(best.choice, best.words, values=found_by)
        return Decision(chosen, by_them, selection, tuple(standing), never, is_reached, waiting)

    def _beside_nevers(
        self, chosen: Candidate, others: Sequence[Candidate]
    ) -> list[dict[int, float]]:
        """Return what the others come to where a held-out run of the chosen plan never gets there.

        As far as there are runs left; none of them chooses anything.
        """
        goal = self._question.goals[0]
        never = [number for number, run in chosen.values.items() if math.isinf(run[goal])]
        beside = [Candidate(other.choice, other.words) for other in others]
        wanted = [(trial, number) for number in never for trial in beside]
        if wanted := wanted[: max(0, self._question.runs - self._runs.spent)]:
            self._runs.make(wanted)
            self._tell("telling the best")
        return [{n: run[goal] for n, run in trial.values.items()} for trial in beside]

    def _values(self, trial: Candidate) -> dict[int, float]:
        runs, goal = trial.values | self._of(trial).values, self._question.goals[0]
        return {number: run[goal] for number, run in runs.items()}

    def _selected(self, standing: Sequence[Candidate]) -> Selection:
        goal = self._question.goals[0]
        matters = self._question.matters(standing[0].losses[0])
        never = self._question.never(goal)

        def sample(systems: Sequence[int], first: int, end: int) -> list[list[float]]:
            trials = [standing[system] for system in systems]
            lacking = [t for t in trials if self._of(t).runs < end]
            if lacking:
                ahead = first + max(end - first, min(AHEAD, self._left_to_choose() // len(lacking)))
                missing = [
                    (self._of(t), FRESH + n)
                    for t in lacking
                    for n in range(self._of(t).runs, ahead)
                ]
                self._runs.make(missing)
                self._tell("selecting the best")
            return [
                [reached(self._of(t).values[FRESH + n][goal], never) for n in range(first, end)]
                for t in trials
            ]

        def may_go_on(systems: Sequence[int], runs: int) -> bool:
            lack = sum(self._of(standing[system]).runs < runs for system in systems)
            return lack <= max(0, self._left_to_choose())

        return select_best(
            sample,
            len(standing),
            indifference=matters,
            confidence=self._question.confidence,
            first_runs=FIRST_RUNS,
            most=self._question.runs,
            may_go_on=may_go_on,
            more_is_better=goal.more_is_better,
            before=[
                {n: reached(run[goal], never) for n, run in trial.values.items()}
                for trial in standing
            ],
        )
