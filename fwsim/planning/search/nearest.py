"""Where no plan is accepted: which one misses the limits least, by runs that pick it and no more.

What they pick is told by others: of several plans, the one with the luckiest runs is picked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from fwsim.planning.search.axes import AS_WRITTEN
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.limits import is_left_open
from fwsim.planning.search.question import FIRST_RUNS, Question, Values

PICKING = 1_500_000_000
"""Number of the first run that picks the nearest plan."""
MOST_PICKING = 30


@dataclass(frozen=True)
class Picked:
    """The nearest plan, and by which runs it was picked.

    Parameters
    ----------
    plan
        One of those looked at, or the one as it is written; with the runs before these.
    searched
        Of those looked at, the nearest.
    compared
        How many were compared, the one as it is written among them.
    runs
        By how many runs each; 0 where none were left, and the search's own picked it.
    """

    plan: Candidate
    searched: Candidate
    compared: int
    runs: int

    @property
    def is_as_written(self) -> bool:
        """Whether it is none of those looked at."""
        return self.plan.choice == AS_WRITTEN


class Nearest:
    """Picks the plan that misses the limits least.

    Parameters
    ----------
    question
        What is asked; its runs are the budget.
    runs
        Makes them.
    tell
        Told what is being done.
    """

    def __init__(
        self, question: Question, runs: CandidateRuns, tell: Callable[[str], None]
    ) -> None:
        self._question, self._runs, self._tell = question, runs, tell

    def pick(self, ranked: Sequence[Candidate]) -> Picked | None:
        """Return the nearest plan; None if none can be played, or no runs are left to tell it.

        Parameters
        ----------
        ranked
            All plans looked at, the most promising first.
        """
        left = self._question.runs - self._runs.spent - self._question.untouched_runs
        promising = [*_by_promise(ranked)]
        if left < 0 or not promising:
            return None
        count = min(MOST_PICKING, max(FIRST_RUNS, left // self._question.finalists))
        tried = promising[: left // count]
        if not tried:
            return Picked(promising[0], promising[0], 1, 0)
        numbers = range(PICKING, PICKING + count)
        with_runs = [Candidate(trial.choice, trial.words) for trial in tried]
        self._runs.make([(trial, number) for trial in with_runs for number in numbers])
        self._tell("comparing the best")
        for trial, played in zip(tried, with_runs, strict=True):
            trial.is_dropped |= self._speak_against(self._values(played))
        written = Candidate(AS_WRITTEN, {})
        self._runs.make_beside(written, numbers)
        searched = min(range(len(tried)), key=lambda at: self._misses(with_runs[at]))
        alike = any(played.values == written.values for played in with_runs)
        is_written = self._misses(written) < self._misses(with_runs[searched])
        plan = written if is_written else tried[searched]
        return Picked(plan, tried[searched], len(tried) + (not alike), count)

    def _speak_against(self, values: Values) -> bool:
        """Tell whether runs break a limit, and are not too few to say so."""
        broken = self._question.broken(values)
        return any(not is_left_open(limit, values[limit.measure]) for limit in broken)

    def _misses(self, trial: Candidate) -> tuple[float, int, int, list[float]]:
        return self._question.misses(self._values(trial))

    def _values(self, trial: Candidate) -> Values:
        return trial.by_measure(self._question.measures)


def _by_promise(ranked: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield plans that may miss the limits least, the most promising first.

    By turns with those that bounds rule out: how much these miss a limit is known at least, and
    they may be nearer all the same than what breaks another limit.
    """
    played = [trial for trial in ranked if trial.runs]
    least = min((trial.violation for trial in played), default=-1.0)
    out = [t for t in ranked if t.ruled_out and not t.faults and t.violation <= least]
    for pair in zip_longest(played, out):
        yield from filter(None, pair)
