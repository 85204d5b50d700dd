"""The search for a plan: bounds, a look with few runs, then a selection with a stated chance.

Where to look next is asked of Optuna's tree-structured Parzen estimator (S. Watanabe, 2023) and of
the neighbours of the best plan so far, in turns. Every plan meets the same luck, run by run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fwsim.arguments import (
    a,
    a_function,
    a_number_of_workers,
    a_path,
    a_path_or,
    a_seed,
    an_executor,
    one_or_several,
    taking,
    whole_from,
)
from fwsim.engine import Engine, EngineChoice, choose_engine, installed_version
from fwsim.half_imported import cuts_off_an_import
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.messages import ENGLISH, say, speaking
from fwsim.model.rollout import Rollout
from fwsim.optional import needed
from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.budget_allocation import next_for_runs
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.default_search import searchable
from fwsim.planning.search.excluded import excluded_limits
from fwsim.planning.search.final import Decision, Final
from fwsim.planning.search.proposals import Proposals
from fwsim.planning.search.question import FIRST_RUNS, Question, question_of
from fwsim.planning.search.search_result import SearchResult
from fwsim.planning.search.shared_nevers import judge_alike
from fwsim.planning.search.space import Space
from fwsim.planning.search.study import Study
from fwsim.problems import InputError, NotWrittenError, Problem
from fwsim.quantities.counts import MOST_SEARCH_RUNS
from fwsim.run import prepare, provenance
from fwsim.scenario.load import load
from fwsim.scenario.schema import Scenario

EXPLORED, SHARPENED = 0.5, 0.64
"""Shares of the runs after which exploring and sharpening end."""
BATCH = 8
FIRST_LOOK = 2
"""Runs after which the worse half of the plans gets no more."""
AT_ONCE = 4
"""Plans that are given more runs at a time."""
MOST_RULED_OUT = 240
"""Plans in a row that get no run before the search stops looking for others."""


@dataclass(frozen=True)
class SearchProgress:
    """Where a search stands.

    Parameters
    ----------
    phase
        In words.
    spent, of
        Runs done, and runs that may be spent.
    plans, ruled_out
        Plans looked at, and those of them that were ruled out without a run.
    best
        The best plan so far that keeps the limits, if there is one.
    """

    phase: str
    spent: int
    of: int
    plans: int
    ruled_out: int
    best: Candidate | None


ProgressOfSearch = Callable[[SearchProgress], None]
_HOW = {
    "scenario": a_path_or("scenario", Scenario),
    "goals": one_or_several("goals", a("measure", str, Measure)),
    "limits": one_or_several("limits", a("limit", str, Expectation)),
    "runs": whole_from(1, MOST_SEARCH_RUNS),
    "seed": a_seed,
    "study": a_path,
}


def _asked(rollout: Rollout, **words: Any) -> tuple[Question, Space]:
    """Return question and space of a search; if they do not hold, with what is wrong in both."""
    problems: list[Problem] = []
    question = space = None
    try:
        question = question_of(rollout, **words)
    except InputError as error:
        problems += error.problems
    try:
        space = Space(rollout)
    except InputError as error:
        problems += error.problems
    if question is None or space is None:
        raise InputError(problems)
    if problems := list(excluded_limits(space, question.limits)):
        raise InputError(problems)
    return question, space


class Search:
    """Looks for the plan that keeps the limits and is best in the goals.

    Parameters
    ----------
    scenario
        A scenario with a `search:` block, or the path of its file.
    goals
        Instead of the block's, by their words; the first one decides.
    limits
        Beside the block's, such as ``most prompts on one device: <= 1``.
    runs
        Runs that may be spent, instead of the block's; at least 50.
    seed
        Names the experiment; the scenario's own by default.
    study
        SQLite file that keeps every run; a search of the same question is taken up again.
    engine
        ``compiled`` or ``simpy``.

    Raises
    ------
    InputError
        If the scenario, the question or the study does not hold together.
    """

    @taking(**_HOW)
    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        goals: str | Measure | Iterable[str | Measure] = (),
        limits: str | Expectation | Iterable[str | Expectation] = (),
        runs: int | None = None,
        seed: int | None = None,
        study: str | Path | None = None,
        engine: Engine | str | None = None,
    ) -> None:
        needed("optuna", "plan", say("optional.search"))
        model = scenario if isinstance(scenario, Scenario) else load(scenario)
        rollout = prepare(model)
        if not rollout.scenario.commands:
            raise InputError([Problem(say("plan.no_command"), path="commands")])
        self.question, self.space = _asked(rollout, goals=goals, limits=limits, runs=runs)
        self.seed = model.seed if seed is None else seed
        self._engine: EngineChoice = choose_engine(engine)
        self._study = Study(None if study is None else Path(study), self._about(rollout.scenario))
        self._trials: dict[Choice, Candidate] = {}
        self._runs = self._no_runs()

    def _about(self, scenario: Scenario) -> dict[str, str]:
        plain = scenario.model_copy(update={"search": None}).beside(scenario)
        return {
            "scenario": plain.digest(),
            "seed": str(self.seed),
            "fwsim": installed_version("fwsim"),
        }

    def _no_runs(self) -> CandidateRuns:
        return CandidateRuns(self.space, self.question, self._study, self.seed, self._engine.engine)

    @property
    def runs_kept(self) -> int:
        """How many runs the study holds."""
        return len(self._study)

    @taking(workers=a_number_of_workers, executor=an_executor, progress=a_function)
    def run(
        self,
        *,
        workers: int | None = None,
        executor: Executor | None = None,
        progress: ProgressOfSearch | None = None,
    ) -> SearchResult:
        """Search; Ctrl-C, or a study that can no longer be written, keeps what is done.

        Where Ctrl-C stops only the runs of the plan as it is written, the search is whole.

        Parameters
        ----------
        workers, executor
            As in `Experiment.run`.
        progress
            Told after every batch of runs.

        Returns
        -------
        SearchResult
            The same whatever the workers, and whether it was interrupted before or not.
        """
        import scipy.stats  # noqa: F401 - what judges plans comes before Ctrl-C is survived

        self._progress = progress
        self._trials, self._runs = {}, self._no_runs()
        self._runs.workers, self._runs.executor = workers, executor
        outcome: Decision | None = None
        nearest: Candidate | None = None
        written: Candidate | None = None
        is_decided, interrupted, cause = False, False, ""
        try:
            self._look_for_plans()
            final = Final(self.question, self._runs, self._tell)
            outcome = final.play([trial for trial in self._ranked() if trial.keeps_limits])
            if outcome is None:
                nearest = next(
                    (final.with_held_out_runs(t) for t in self._ranked() if t.runs), None
                )
            is_decided = True
            written = final.as_written(outcome.chosen if outcome is not None else nearest)
        except KeyboardInterrupt as stop:
            if cuts_off_an_import(stop):
                raise
            interrupted = not is_decided  # the last runs choose nothing
        except NotWrittenError as fault:
            interrupted, cause = True, str(fault)
        return SearchResult(
            self.question,
            self.space,
            tuple(self._ranked()),
            outcome,
            self._runs.spent,
            interrupted,
            provenance(self.space.as_written, self.seed, self._engine),
            nearest,
            cause,
            written,
        )

    def _ranked(self) -> list[Candidate]:
        return sorted(self._trials.values(), key=lambda trial: (trial.rank, trial.choice))

    def _tell(self, phase: str) -> None:
        if self._progress is None:
            return
        ranked = self._ranked()
        best = next((trial for trial in ranked if trial.keeps_limits), None)
        out = sum(1 for trial in ranked if trial.is_out)
        spent, of = self._runs.spent, self.question.runs
        self._progress(SearchProgress(phase, spent, of, len(ranked), out, best))

    # Phases

    def _look_for_plans(self) -> None:
        """Look at plans and give the best more runs: while none keeps the limits, all there are."""
        asking = Proposals(self.space, len(self.question.goals), self.seed)
        are_more = self._explore(asking, self._up_to(EXPLORED))
        self._sharpen(self._up_to(SHARPENED))
        if not self._is_any_kept():
            most = self.question.runs - self._reserve()
            if are_more:
                self._explore(asking, most, until_kept=True)
            self._sharpen(most, until_kept=True)

    def _is_any_kept(self) -> bool:
        return any(trial.keeps_limits for trial in self._trials.values())

    def _explore(self, asking: Proposals, most: int, *, until_kept: bool = False) -> bool:
        """Look where the best plan so far and Optuna point; tell whether there may be others."""
        in_vain = 0
        while (left := most - self._runs.spent) >= self.question.screening:
            if until_kept and self._is_any_kept():
                break
            fresh = asking.next(min(BATCH, left // self.question.screening), self._trials)
            if not fresh:
                return False
            trials = [self._trial(choice) for choice in fresh]
            for trial in trials:
                self._trials[trial.choice] = trial
            self._look_at([trial for trial in trials if not trial.is_out])
            asking.tell(trials)
            self._tell("looking for plans")
            in_vain = in_vain + len(trials) if all(trial.is_out for trial in trials) else 0
            if in_vain >= MOST_RULED_OUT:
                return False
        return True

    def _up_to(self, share: float) -> int:
        """Return a share of the runs, or as many as let two plans go into the final."""
        runs = self.question.runs
        return min(int(share * runs), runs - self._reserve() - FIRST_RUNS)

    def _reserve(self) -> int:
        """Return the runs that it takes to accept the best plan and to tell it."""
        return self.question.accepting_runs + self.question.untouched_runs

    def _look_at(self, trials: Sequence[Candidate]) -> None:
        """Give each plan a first look, and the better half of all the rest of its runs.

        Successive halving: most plans are plainly worse after a few runs, and what they are spared
        sharpens the good ones. The median is of all plans so far, so a late plan has to be as good
        as the early ones were.
        """
        self._make([(trial, number) for trial in trials for number in range(FIRST_LOOK)])
        ranks = sorted(trial.rank for trial in self._trials.values() if trial.runs)
        if not ranks:
            return
        middle = ranks[len(ranks) // 2]
        better = [trial for trial in trials if trial.rank <= middle]
        rest = range(FIRST_LOOK, self.question.screening)
        self._make([(trial, number) for trial in better for number in rest])

    def _make(self, wanted: Sequence[tuple[Candidate, int]]) -> None:
        """Make runs and judge all plans by them, whatever interrupts it."""
        try:
            self._runs.make(wanted)
        finally:
            judge_alike(self._trials.values(), self.question)

    def _trial(self, choice: Choice) -> Candidate:
        words = self.space.words(choice)
        with speaking(ENGLISH):  # a table in a file has the reasons
            if faults := self.space.faults(choice):
                return Candidate(choice, words, faults=tuple(faults))
            if not self.question.limits:
                return Candidate(choice, words)
            feasibility = FeasibilityInDoubt(self.space.rollout(choice))
            bounds = feasibility.impossible(self.question.limits)
        return Candidate(choice, words, tuple(bounds), violation=self.question.missed_by(bounds))

    def _sharpen(self, most: int, *, until_kept: bool = False) -> None:
        """Give more runs to the plans that may be best, up to so many runs in all."""
        screening = self.question.screening
        while (room := most - self._runs.spent) >= screening:
            if until_kept and self._is_any_kept():
                return  # what is left is for the final
            chosen = next_for_runs(self._ranked(), self.question)
            if not chosen:
                return
            wanted = [
                (trial, number)
                for trial in chosen[: min(AT_ONCE, room // screening)]
                for number in range(max(trial.values) + 1, max(trial.values) + 1 + screening)
            ]
            self._make(wanted)
            self._tell("comparing the best")


@taking(**_HOW, workers=a_number_of_workers, executor=an_executor, progress=a_function)
def plan(
    scenario: Scenario | str | Path,
    *,
    goals: str | Measure | Iterable[str | Measure] = (),
    limits: str | Expectation | Iterable[str | Expectation] = (),
    runs: int | None = None,
    seed: int | None = None,
    study: str | Path | None = None,
    engine: Engine | str | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: ProgressOfSearch | None = None,
) -> SearchResult:
    """Find the plan that keeps the limits and is best by the goals; `Search` in one call.

    Parameters
    ----------
    scenario
        A scenario, or the path of its file; without a ``search:`` block the usual parameters are
        searched.
    goals, limits, runs, seed, study, engine
        As for `Search`.
    workers, executor
        As in `Experiment.run`.
    progress
        Told now and then where the search stands.

    Raises
    ------
    InputError
        If the scenario, the question or the study does not hold together.
    """
    model = scenario if isinstance(scenario, Scenario) else load(scenario)
    search = Search(
        searchable(model),
        goals=goals,
        limits=limits,
        runs=runs,
        seed=seed,
        study=study,
        engine=engine,
    )
    return search.run(workers=workers, executor=executor, progress=progress)
