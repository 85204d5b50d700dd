"""The search for a plan: bounds, a look with few runs, then a selection with a stated chance.

Where to look next is asked of Optuna's tree-structured Parzen estimator (S. Watanabe, 2023) and of
the neighbours of the best plan so far, in turns. Every plan meets the same luck, run by run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from fwsim.engine import Engine, EngineChoice, choose_engine
from fwsim.measures.expectation import Expectation
from fwsim.measures.measure import Measure
from fwsim.planning.asking import Asking
from fwsim.planning.feasibility import Feasibility
from fwsim.planning.found import Found
from fwsim.planning.question import mean_of, question_of
from fwsim.planning.selection import Selection, optimal_allocation, select_best
from fwsim.planning.space import Choice, Space
from fwsim.planning.study import Study, plan_key
from fwsim.planning.trial import Trial
from fwsim.planning.workers import Order, all_in_order, asked_values
from fwsim.rollout import Rollout
from fwsim.run import prepare, provenance
from fwsim.scenario.load import load
from fwsim.scenario.schema import Scenario

FRESH = 1_000_000
"""Number of the first run that no plan was chosen by."""
EXPLORED, SHARPENED = 0.58, 0.66
"""Shares of the runs after which exploring and sharpening end."""
BATCH = 8
FIRST_LOOK = 2
"""Runs after which the worse half of the plans gets no more."""
FIRST_RUNS = 10
CONFIRMING_RUNS = 30
AHEAD = 5
MOST_RULED_OUT = 120
"""Plans ruled out by bounds before the search gives up looking for one that is not."""


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
    best: Trial | None


Progress = Callable[[SearchProgress], None]


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
        Runs that may be spent, instead of the block's.
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

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        goals: Iterable[str | Measure] = (),
        limits: Iterable[str | Expectation] = (),
        runs: int | None = None,
        seed: int | None = None,
        study: str | Path | None = None,
        engine: Engine | str | None = None,
    ) -> None:
        model = scenario if isinstance(scenario, Scenario) else load(scenario)
        rollout = prepare(model)
        self.question = question_of(rollout, goals=goals, limits=limits, runs=runs)
        self.space = Space(rollout)
        self.seed = model.seed if seed is None else seed
        self._engine: EngineChoice = choose_engine(engine)
        self._study = Study(None if study is None else Path(study), self._about(model))
        self._never = float(rollout.horizon)
        self._trials: dict[Choice, Trial] = {}
        self._fresh: dict[Choice, Trial] = {}
        self._rollouts: dict[Choice, Rollout] = {}
        self._spent = 0

    def _about(self, scenario: Scenario) -> dict[str, str]:
        asked = scenario.model_copy(update={"search": None}).seen_from(scenario.folder)
        return {"scenario": asked.digest(), "seed": str(self.seed)}

    def run(
        self, *, workers: int | None = None, executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> Found:  # fmt: skip
        """Search; Ctrl-C keeps what is done.

        Parameters
        ----------
        workers, executor
            As in `Experiment.run`.
        progress
            Told after every batch of runs.

        Returns
        -------
        Found
            The same whatever the workers, and whether it was interrupted before or not.
        """
        self._workers, self._executor, self._progress = workers, executor, progress
        self._trials, self._fresh, self._spent = {}, {}, 0
        selection: Selection | None = None
        finalists: list[Trial] = []
        interrupted = False
        try:
            self._explore()
            self._sharpen()
            selection, finalists = self._select()
        except KeyboardInterrupt:
            interrupted = True
        chosen = finalists[selection.best] if selection is not None else None
        fresh = self._fresh[chosen.choice] if chosen is not None else None
        kept = self.question.kept(fresh.by_measure(self.question.measures)) if fresh else []
        return Found(
            self.question, self.space, tuple(self._ranked()), fresh, selection, tuple(finalists),
            sum(kept), len(kept), self._spent, interrupted,
            provenance(self.space.scenario, self.seed, self._engine),
        )  # fmt: skip

    def _ranked(self) -> list[Trial]:
        return sorted(self._trials.values(), key=lambda trial: (trial.rank, trial.choice))

    # Runs

    def _rollout(self, choice: Choice) -> Rollout:
        if choice not in self._rollouts:
            if len(self._rollouts) > 4 * BATCH:
                self._rollouts.clear()
            self._rollouts[choice] = self.space.rollout(choice)
        return self._rollouts[choice]

    def _make(self, wanted: Sequence[tuple[Trial, int]]) -> None:
        """Get runs into trials: from the study where it has them, else by simulation."""
        measures = self.question.measures
        missing: list[tuple[Trial, int]] = []
        known: dict[Choice, dict[int, dict[Measure, float]]] = {}
        for trial, number in wanted:
            key = plan_key(trial.words)
            if trial.choice not in known:
                known[trial.choice] = self._study.values(key, measures)
            if number in known[trial.choice]:
                trial.values[number] = known[trial.choice][number]
            else:
                missing.append((trial, number))
        orders: dict[Choice, Order] = {}
        for trial, _ in missing:
            if trial.choice not in orders:
                orders[trial.choice] = Order(
                    self._rollout(trial.choice), self.seed, measures, engine=self._engine.engine
                )
        jobs = [(orders[trial.choice], number) for trial, number in missing]
        done = self._computed(jobs)
        for (trial, number), values in zip(missing, done, strict=True):
            self._study.keep(plan_key(trial.words), number, values)
            trial.values[number] = values
        self._spent += len(wanted)
        for trial in {id(trial): trial for trial, _ in wanted}.values():
            self._judge(trial)

    def _computed(self, jobs: Sequence[tuple[Order, int]]) -> Iterable[dict[Measure, float]]:
        if not jobs:
            return ()
        return all_in_order(jobs, asked_values, workers=self._workers, executor=self._executor)

    def _judge(self, trial: Trial) -> None:
        values = trial.by_measure(self.question.measures)
        trial.losses = tuple(self.question.losses(values, self._never))
        trial.violation = self.question.violation(values)

    def _tell(self, phase: str) -> None:
        if self._progress is None:
            return
        ranked = self._ranked()
        best = next((trial for trial in ranked if trial.keeps_limits), None)
        out = sum(1 for trial in ranked if trial.is_out)
        spent, of = self._spent, self.question.runs
        self._progress(SearchProgress(phase, spent, max(of, spent), len(ranked), out, best))

    # Phases

    def _explore(self) -> None:
        """Look at plans with few runs each, where the best so far and Optuna point."""
        asking = Asking(self.space, len(self.question.goals), self.seed)
        while (left := self._left_to_explore()) >= self.question.screening:
            fresh = asking.next(min(BATCH, left // self.question.screening), self._trials)
            if not fresh:
                return
            trials = [self._trial(choice) for choice in fresh]
            for trial in trials:
                self._trials[trial.choice] = trial
            self._look_at([trial for trial in trials if not trial.is_out])
            asking.tell(trials, self._never)
            self._tell("looking for plans")
            out = sum(1 for trial in self._trials.values() if trial.is_out)
            if out >= MOST_RULED_OUT and out == len(self._trials):
                return

    def _left_to_explore(self) -> int:
        """Return the runs left for exploring: as many as can be while no plan keeps the limits."""
        budget = EXPLORED * self.question.runs
        if not any(trial.keeps_limits for trial in self._trials.values()):
            budget = max(budget, self.question.runs - 2 * FIRST_RUNS - CONFIRMING_RUNS)
        return int(budget) - self._spent

    def _look_at(self, trials: Sequence[Trial]) -> None:
        """Give each plan a first look, and the better half of all the rest of its runs."""
        self._make([(trial, number) for trial in trials for number in range(FIRST_LOOK)])
        ranks = sorted(trial.rank for trial in self._trials.values() if trial.runs)
        if not ranks:
            return
        middle = ranks[len(ranks) // 2]
        better = [trial for trial in trials if trial.rank <= middle]
        rest = range(FIRST_LOOK, self.question.screening)
        self._make([(trial, number) for trial in better for number in rest])

    def _trial(self, choice: Choice) -> Trial:
        words = self.space.words(choice)
        if faults := self.space.faults(choice):
            return Trial(choice, words, faults=tuple(faults))
        if not self.question.limits:
            return Trial(choice, words)
        bounds = Feasibility(self._rollout(choice)).impossible(self.question.limits)
        return Trial(choice, words, tuple(bounds))

    def _sharpen(self) -> None:
        """Give more runs to those that may be best, as OCBA divides them."""
        screening = self.question.screening
        while self._spent + screening <= SHARPENED * self.question.runs:
            rivals = [t for t in self._ranked() if t.keeps_limits][: 2 * self.question.finalists]
            if len(rivals) < 2:
                return
            goal = self.question.goals[0]
            values = [[min(v, self._never) for v in trial.of(goal)] for trial in rivals]
            deviations = [_deviation(v) for v in values]
            total = sum(trial.runs for trial in rivals) + screening
            wanted = optimal_allocation(
                [mean_of(v, self._never) for v in values],
                deviations,
                total,
                more_is_better=goal.more_is_better,
            )
            lack = [want - trial.runs for want, trial in zip(wanted, rivals, strict=True)]
            trial = rivals[max(range(len(rivals)), key=lambda at: (lack[at], -at))]
            first = max(trial.values) + 1
            self._make([(trial, number) for number in range(first, first + screening)])
            self._tell("comparing the best")

    def _select(self) -> tuple[Selection | None, list[Trial]]:
        """Select among the best with fresh runs; a plan that breaks a limit there is out."""
        room = (self.question.runs - self._spent - CONFIRMING_RUNS) // FIRST_RUNS
        most = max(2, min(self.question.finalists, room))
        rivals = [t for t in self._ranked() if t.keeps_limits][:most]
        for trial in rivals:
            self._fresh[trial.choice] = Trial(trial.choice, trial.words)
        fresh = [self._fresh[trial.choice] for trial in rivals]
        self._make([(trial, FRESH + n) for trial in fresh for n in range(FIRST_RUNS)])
        self._tell("selecting the best")
        rivals = [trial for trial in rivals if self._still_keeps(trial)]
        while rivals:
            selection = self._selected(rivals)
            best = self._fresh[rivals[selection.best].choice]
            have, left = len(best.values), max(0, self.question.runs - self._spent)
            lacking = range(have, max(have, min(CONFIRMING_RUNS, have + left)))
            self._make([(best, FRESH + n) for n in lacking])
            self._tell("confirming the best")
            if best.violation == 0:
                return selection, rivals
            rivals = [trial for trial in rivals if trial.choice != best.choice]
        return None, []

    def _still_keeps(self, trial: Trial) -> bool:
        """Tell whether a plan keeps the limits with its fresh runs and those before together."""
        both = Trial(
            trial.choice, trial.words, values=trial.values | self._fresh[trial.choice].values
        )
        return self.question.violation(both.by_measure(self.question.measures)) == 0

    def _selected(self, rivals: Sequence[Trial]) -> Selection:
        goal = self.question.goals[0]
        best = mean_of(rivals[0].of(goal), self._never)

        def sample(system: int, first: int, end: int) -> list[float]:
            trial = self._fresh[rivals[system].choice]
            missing = [n for n in range(first, end) if FRESH + n not in trial.values]
            if missing:
                ahead = range(missing[0], max(end, missing[0] + AHEAD))
                self._make([(trial, FRESH + n) for n in ahead])
                self._tell("selecting the best")
            return [min(trial.values[FRESH + n][goal], self._never) for n in range(first, end)]

        made = sum(self._fresh[trial.choice].runs for trial in rivals)
        room = self.question.runs - self._spent - CONFIRMING_RUNS + made
        return select_best(
            sample, len(rivals), indifference=self.question.matters(best),
            confidence=self.question.confidence, first_runs=FIRST_RUNS,
            most=max(room, FIRST_RUNS * len(rivals)), more_is_better=goal.more_is_better,
        )  # fmt: skip


def _deviation(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / max(1, len(values) - 1))
