"""The search for a plan: bounds, a look with few runs, then a selection with a stated chance.

Every plan meets the same luck, run by run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
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
from fwsim.beside_files import load
from fwsim.engine import Engine, EngineChoice, choose_engine, installed_version
from fwsim.half_imported import cuts_off_an_import
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.optional import needed
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.default_search import searchable
from fwsim.planning.search.excluded import excluded_limits
from fwsim.planning.search.final import Decision, Final
from fwsim.planning.search.last_word import LastWord
from fwsim.planning.search.looking import Ended, Looking
from fwsim.planning.search.nearest import Nearest, Picked
from fwsim.planning.search.question import Question, question_of, warnings_of_given
from fwsim.planning.search.search_result import SearchResult
from fwsim.planning.search.space import Space
from fwsim.planning.search.study import Study
from fwsim.planning.search.why_broken import Seen, seen
from fwsim.problems import InputError, NotWrittenError, Problem
from fwsim.quantities.counts import MOST_SEARCH_RUNS
from fwsim.run import prepare, provenance
from fwsim.scenario.schema import Scenario


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


@dataclass
class _Found:
    """What a search has found so far; Ctrl-C leaves it as it is."""

    outcome: Decision | None = None
    picked: Picked | None = None
    nearest: Candidate | None = None
    written: Candidate | None = None
    is_decided: bool = False
    seen: dict[Choice, Seen] = field(default_factory=dict)


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
        given = warnings_of_given(rollout, self.question)
        self.warnings: list[Problem] = [*self.space.warnings, *given]
        """What in the search parameters, and in goals and limits given, is hardly meant."""
        self.seed = model.seed if seed is None else seed
        self._engine: EngineChoice = choose_engine(engine)
        self._study = Study(None if study is None else Path(study), self._about(rollout.scenario))
        self._start_anew()

    def _about(self, scenario: Scenario) -> dict[str, str]:
        plain = scenario.model_copy(update={"search": None}).beside(scenario)
        return {
            "scenario": plain.digest(),
            "seed": str(self.seed),
            "fwsim": installed_version("fwsim"),
        }

    def _start_anew(self) -> None:
        engine = self._engine.engine
        self._runs = CandidateRuns(self.space, self.question, self._study, self.seed, engine)
        self._looking = Looking(self.space, self.question, self._runs, self.seed, self._tell)

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
        self._start_anew()
        self._runs.workers, self._runs.executor = workers, executor
        last_word = LastWord(self.question, self._runs, self._tell)
        found = _Found()
        interrupted, cause = False, ""
        try:
            self._find(last_word, found)
        except KeyboardInterrupt as stop:
            if cuts_off_an_import(stop):
                raise
            interrupted = not found.is_decided  # the last runs choose nothing
        except NotWrittenError as fault:
            interrupted, cause = True, str(fault)
        return SearchResult(
            self.question,
            self.space,
            tuple(self._looking.ranked()),
            found.outcome,
            self._runs.spent,
            interrupted,
            provenance(self.space.as_written, self.seed, self._engine),
            found.nearest,
            cause,
            found.written,
            found.picked,
            self._ended(),
            found.seen,
        )

    def _find(self, last_word: LastWord, found: _Found) -> None:
        """Look for a plan, tell it by held-out runs, and then the plan as it is written by them."""
        self._select(Final(self.question, self._runs, self._tell, last_word), found)
        if found.outcome is None:
            self._pick_nearest(last_word, found)
        found.is_decided = True
        if found.outcome is not None or found.nearest is not None:
            found.written = found.written or last_word.on_written()
        broken = found.outcome.chosen if found.outcome is not None else found.nearest
        for trial in filter(None, (broken, found.written)):
            rollout = self.space.rollout(trial.choice)
            found.seen[trial.choice] = seen(trial, self.question, self._runs, rollout)

    def _select(self, final: Final, found: _Found) -> None:
        """Look for plans and play finals among them, until one is accepted or no more are found."""
        self._looking.look()
        spent = -1
        while (waiting := self._waiting(final)) and spent < self._runs.spent:
            spent = self._runs.spent
            found.outcome = final.play(waiting)
            if found.outcome is not None:
                break
            self._looking.look_further()

    def _pick_nearest(self, last_word: LastWord, found: _Found) -> None:
        """Pick the plan that misses the limits least, and tell it by other runs than picked it."""
        nearest = Nearest(self.question, self._runs, self._tell)
        found.picked = nearest.pick(self._looking.ranked())
        if found.picked is None:
            return
        if found.picked.is_as_written:
            found.nearest = found.written = last_word.on_written()
        else:
            found.nearest = last_word.on(found.picked.plan)

    def _waiting(self, final: Final) -> list[Candidate]:
        ranked = self._looking.ranked()
        return [trial for trial in ranked if trial.keeps_limits and not final.has_tried(trial)]

    def _ended(self) -> Ended:
        """Return why it looked at no more plans."""
        are_open = any(trial.keeps_limits for trial in self._looking.ranked())
        return Ended.NO_RUNS if are_open else self._looking.ended

    def _tell(self, phase: str) -> None:
        if self._progress is None:
            return
        ranked = self._looking.ranked()
        best = next((trial for trial in ranked if trial.keeps_limits), None)
        out = sum(1 for trial in ranked if trial.is_out)
        spent, of = self._runs.spent, self.question.runs
        self._progress(SearchProgress(phase, spent, of, len(ranked), out, best))


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
