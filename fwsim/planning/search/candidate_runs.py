"""Runs made for plans on trial: taken from the study where it has them, else simulated and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor

from fwsim.engine import Engine
from fwsim.experiments.run_spec import RunSpec, replicate, unpack, values_of_run
from fwsim.experiments.workers import all_in_order
from fwsim.measures.measure import Measure
from fwsim.planning.search.axes import Choice
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.question import Question
from fwsim.planning.search.space import Space
from fwsim.planning.search.study import Key, Study
from fwsim.results.run.replication import Replication


class CandidateRuns:
    """Makes runs and judges the plans they are of.

    Parameters
    ----------
    space, question
        Which plans there are, and what is asked of them.
    study
        Keeps every run.
    seed
        Names the experiment.
    engine
        Which clock plays.

    Attributes
    ----------
    spent
        Runs so far, those of an earlier session among them.
    """

    def __init__(
        self,
        space: Space,
        question: Question,
        study: Study,
        seed: int,
        engine: Engine,
    ) -> None:
        self._space, self._question, self._study = space, question, study
        self._seed, self._engine = seed, engine
        self._keys: dict[Choice, Key] = {}
        self.spent = 0
        self.workers: int | None = None
        self.executor: Executor | None = None

    def make(self, wanted: Sequence[tuple[Candidate, int]]) -> None:
        """Get runs, by number, into trials; what is done stays, whatever interrupts it."""
        measures = self._question.measures
        missing: dict[tuple[Key, int], list[Candidate]] = {}
        known: dict[Key, dict[int, dict[Measure, float]]] = {}
        for trial, number in wanted:
            key = self._key(trial.choice)
            if key not in known:
                known[key] = self._study.values(key, measures)
            if number in known[key]:
                self._put(trial, number, known[key][number])
            else:
                missing.setdefault((key, number), []).append(trial)
        try:
            jobs = [(trials[0], number) for (_, number), trials in missing.items()]
            done = self._computed(self._jobs(jobs))
            for ((key, number), trials), values in zip(missing.items(), done, strict=True):
                self._study.keep(key, number, values)
                for trial in trials:
                    self._put(trial, number, values)
        finally:
            for trial in {id(trial): trial for trial, _ in wanted}.values():
                self._judge(trial)

    def make_beside(self, trial: Candidate, numbers: Iterable[int]) -> None:
        """Get runs of a plan that is none of those searched; they are not among what was spent."""
        spent = self.spent
        try:
            self.make([(trial, number) for number in numbers])
        finally:
            self.spent = spent

    def seen(
        self, trial: Candidate, numbers: Sequence[int], measures: Sequence[Measure]
    ) -> tuple[Replication, ...]:
        """Return runs of a plan with all that tells why they came out so; none of them is spent."""
        order = RunSpec(
            self._space.rollout(trial.choice), self._seed, tuple(measures), engine=self._engine
        )
        jobs = [(order, number) for number in numbers]
        packed = all_in_order(jobs, replicate, workers=self.workers, executor=self.executor)
        return tuple(run for run in map(unpack, packed) if isinstance(run, Replication))

    def _put(self, trial: Candidate, number: int, values: dict[Measure, float]) -> None:
        trial.values[number] = values
        self.spent += 1

    def _key(self, choice: Choice) -> Key:
        if choice not in self._keys:
            self._keys[choice] = self._space.key(choice)
        return self._keys[choice]

    def _jobs(self, missing: Sequence[tuple[Candidate, int]]) -> list[tuple[RunSpec, int]]:
        orders: dict[Choice, RunSpec] = {}
        for trial, _ in missing:
            if trial.choice not in orders:
                rollout = self._space.rollout(trial.choice)
                measures = self._question.measures
                orders[trial.choice] = RunSpec(rollout, self._seed, measures, engine=self._engine)
        return [(orders[trial.choice], number) for trial, number in missing]

    def _computed(self, jobs: Sequence[tuple[RunSpec, int]]) -> Iterable[dict[Measure, float]]:
        if not jobs:
            return ()
        return all_in_order(jobs, values_of_run, workers=self.workers, executor=self.executor)

    def _judge(self, trial: Candidate) -> None:
        if trial.runs:
            values = trial.by_measure(self._question.measures)
            trial.losses = tuple(self._question.losses(values))
            trial.violation = self._question.violation(values)
