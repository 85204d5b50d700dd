"""Which plans a search looks at, and which of them get more runs.

Where to look next is asked of Optuna's tree-structured Parzen estimator (S. Watanabe, 2023) and of
the neighbours of the best plan so far, in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from fwsim.interrupts import check_stop
from fwsim.messages import ENGLISH, speaking
from fwsim.planning.bounds.drawn_once import DrawnOnce
from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.budget_allocation import next_for_runs
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.proposals import Proposals
from fwsim.planning.search.question import FIRST_RUNS, Question
from fwsim.planning.search.shared_nevers import judge_alike
from fwsim.planning.search.space import Space

EXPLORED, SHARPENED = 0.5, 0.64
"""Shares of the runs after which exploring and sharpening end."""
BATCH = 8
FIRST_LOOK = 2
"""Runs after which the worse half of the plans gets no more."""
AT_ONCE = 4
"""Plans that are given more runs at a time."""
MOST_RULED_OUT = 240
"""Plans in a row that get no run before the search stops looking for others."""


class Ended(Enum):
    """Why a search looks at no more plans; the value names it in messages."""

    NO_RUNS = "no_runs"
    ALL_LOOKED_AT = "all_looked_at"
    ALL_RULED_OUT = "all_ruled_out"


class Looking:
    """Looks at plans, and gives the most promising more runs.

    Parameters
    ----------
    space, question
        Which plans there are, and what is asked of them.
    runs
        Makes them.
    seed
        Names the experiment.
    tell
        Told what is being done.

    Attributes
    ----------
    trials
        The plans looked at.
    ended
        Why it looks at no others.
    """

    def __init__(
        self,
        space: Space,
        question: Question,
        runs: CandidateRuns,
        seed: int,
        tell: Callable[[str], None],
    ) -> None:
        self._space, self._question, self._runs, self._tell = space, question, runs, tell
        self._asking = Proposals(space, len(question.goals), seed)
        self._drawn = DrawnOnce()
        self.ended = Ended.NO_RUNS
        self.trials: dict[Choice, Candidate] = {}

    def look(self) -> None:
        """Look at plans and give the best more runs: while none keeps the limits, all there are."""
        self._explore(self._up_to(EXPLORED))
        self._sharpen(self._up_to(SHARPENED))
        if not self._is_any_kept():
            self.look_further()

    def look_further(self) -> None:
        """Look until a plan keeps the limits as far as runs tell.

        Where fresh runs spoke against all there were, that is another one.
        """
        most = self._question.runs - self._reserve()
        self._explore(most, until_kept=True)
        self._sharpen(most, until_kept=True)

    def ranked(self) -> list[Candidate]:
        """Return all plans looked at, the most promising first."""
        return sorted(self.trials.values(), key=lambda trial: (trial.rank, trial.choice))

    def _is_any_kept(self) -> bool:
        return any(trial.keeps_limits for trial in self.trials.values())

    def _explore(self, most: int, *, until_kept: bool = False) -> None:
        """Look where the best plan so far and Optuna point."""
        in_vain = 0
        while (left := most - self._runs.spent) >= self._question.screening:
            if self.ended is not Ended.NO_RUNS or (until_kept and self._is_any_kept()):
                return
            fresh = self._asking.next(min(BATCH, left // self._question.screening), self.trials)
            if not fresh:
                self.ended = Ended.ALL_LOOKED_AT
                return
            trials = [self._looked_up(choice) for choice in fresh]
            self._look_at([trial for trial in trials if not trial.is_out])
            self._asking.tell(trials)
            self._tell("looking for plans")
            in_vain = in_vain + len(trials) if all(trial.is_out for trial in trials) else 0
            if in_vain >= MOST_RULED_OUT:
                self.ended = Ended.ALL_RULED_OUT

    def _looked_up(self, choice: Choice) -> Candidate:
        """Return a plan without a run, which is looked at from now on."""
        trial = self.trials[choice] = self.trial(choice)
        self._tell("looking for plans")
        return trial

    def _up_to(self, share: float) -> int:
        """Return a share of the runs, or as many as let two plans go into the final."""
        runs = self._question.runs
        return min(int(share * runs), runs - self._reserve() - FIRST_RUNS)

    def _reserve(self) -> int:
        """Return the runs that it takes to accept the best plan and to tell it."""
        return self._question.accepting_runs + self._question.untouched_runs

    def _look_at(self, trials: Sequence[Candidate]) -> None:
        """Give each plan a first look, and the better half of all the rest of its runs.

        Successive halving: most plans are plainly worse after a few runs, and what they are spared
        sharpens the good ones. The median is of all plans so far, so a late plan has to be as good
        as the early ones were.
        """
        self._make([(trial, number) for trial in trials for number in range(FIRST_LOOK)])
        ranks = sorted(trial.rank for trial in self.trials.values() if trial.runs)
        if not ranks:
            return
        middle = ranks[len(ranks) // 2]
        better = [trial for trial in trials if trial.rank <= middle]
        rest = range(FIRST_LOOK, self._question.screening)
        self._make([(trial, number) for trial in better for number in rest])

    def _make(self, wanted: Sequence[tuple[Candidate, int]]) -> None:
        """Make runs and judge all plans by them, whatever interrupts it."""
        try:
            self._runs.make(wanted)
        finally:
            judge_alike(self.trials.values(), self._question)

    def trial(self, choice: Choice) -> Candidate:
        """Return a plan without a run, with what makes it none and what rules it out."""
        words = self._space.words(choice)
        with speaking(ENGLISH):  # a table in a file has the reasons
            if faults := self._space.faults(choice):
                return Candidate(choice, words, faults=tuple(faults))
            if not self._question.limits:
                return Candidate(choice, words)
            feasibility = FeasibilityInDoubt(self._space.rollout(choice), self._drawn)
            # Of a large fleet it takes long, and comes before the first run.
            bounds = feasibility.impossible(self._question.limits, after_each=check_stop)
        return Candidate(choice, words, tuple(bounds), violation=self._question.missed_by(bounds))

    def _sharpen(self, most: int, *, until_kept: bool = False) -> None:
        """Give more runs to the plans that may be best, up to so many runs in all."""
        screening = self._question.screening
        while (room := most - self._runs.spent) >= screening:
            if until_kept and self._is_any_kept():
                return  # what is left is for the final
            are_all = until_kept and self.ended is not Ended.NO_RUNS
            chosen = next_for_runs(self.ranked(), self._question, are_all=are_all)
            if not chosen:
                return
            wanted = [
                (trial, number)
                for trial in chosen[: min(AT_ONCE, room // screening)]
                for number in range(max(trial.values) + 1, max(trial.values) + 1 + screening)
            ]
            self._make(wanted)
            self._tell("comparing the best")
