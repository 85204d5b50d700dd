"""The last word on a plan: runs that neither found, accepted nor picked it, of one plan only.

What a plan comes to in the runs by which it was selected makes it look better than it is (J. E.
Smith and R. L. Winkler, "The Optimizer's Curse", Management Science 52(3), 2006). So would held-out
runs if they were tried on plan after plan until one keeps its limits: then they select, too.
"""

from __future__ import annotations

from collections.abc import Callable

from fwsim.planning.search.axes import AS_WRITTEN
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.question import Question

UNTOUCHED = 2_000_000_000
"""Number of the first run that decides nothing."""


class LastWord:
    """Gives held-out runs to the plan that a search tells, and to the one as it is written.

    Parameters
    ----------
    question
        What is asked; it says how many they are.
    runs
        Makes them.
    tell
        Told what is being done.
    """

    def __init__(
        self, question: Question, runs: CandidateRuns, tell: Callable[[str], None]
    ) -> None:
        self._question, self._runs, self._tell = question, runs, tell

    def on(self, trial: Candidate) -> Candidate:
        """Return a plan with held-out runs alone; where they break a limit, it is dropped."""
        told = Candidate(trial.choice, trial.words)
        numbers = range(self._question.untouched_runs)
        self._runs.make([(told, UNTOUCHED + number) for number in numbers])
        self._tell("telling the best")
        trial.is_dropped |= not self._question.holds(told.by_measure(self._question.measures))
        return told

    def on_written(self) -> Candidate:
        """Return the plan as it is written with the same runs, beside those of the search.

        It need not be one of those searched, and these runs choose nothing.
        """
        written = Candidate(AS_WRITTEN, {})
        numbers = range(self._question.untouched_runs)
        self._runs.make_beside(written, [UNTOUCHED + number for number in numbers])
        return written
