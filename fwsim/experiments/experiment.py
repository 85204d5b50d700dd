"""An experiment: independent runs of one scenario, until there are enough."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from fwsim.arguments import (
    a,
    a_function,
    a_number_of_runs,
    a_number_of_workers,
    a_path,
    a_seed,
    an_executor,
    milliseconds,
    one_or_several,
    refused,
    taking,
)
from fwsim.engine import Engine, EngineChoice, choose_engine
from fwsim.experiments.run_spec import OwnMeasureError, RunSpec
from fwsim.experiments.stopping_rule import FIRST_RUNS, is_enough
from fwsim.experiments.workers import in_order
from fwsim.half_imported import cuts_off_an_import
from fwsim.measures.measure import Measure, a_measure, read_measure, read_measures
from fwsim.measures.precision import Precision, a_precision
from fwsim.messages import say
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.silence import Silence
from fwsim.problems import InputError, NotWrittenError, Problem
from fwsim.results.output.log_files import logs_of_runs
from fwsim.results.run.asked import check_measure
from fwsim.results.run.measuring import measures_by
from fwsim.results.run.record import RunRecord
from fwsim.results.run.replication import Replication
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.answer_tables import RUN_COLUMN, read_grouping
from fwsim.results.statistics.setting import Setting
from fwsim.run import A_SCENARIO, prepared, provenance, stop_stamp
from fwsim.scenario.schema import Scenario

RunsProgress = Callable[[int, int | None], None]
"""Told how many runs are done, of how many; None if a precision decides."""
BATCH = 10
MOST_FOR_PRECISION = 2000


class LogsNotWrittenError(NotWrittenError):
    """The logs of the runs could not be written; what the runs came to is not lost with them."""

    answer: Answer


def _is_taken(name: str) -> bool:
    """Tell whether a table of runs has a column of that name, or words ask for such a measure."""
    try:
        read_measure(name)
    except ValueError:
        return name == RUN_COLUMN
    return True


def _own_measures(given: Any) -> Mapping[str, Callable[[RunRecord], float]]:
    is_map = isinstance(given, Mapping)
    if not is_map or not all(isinstance(n, str) and n and callable(f) for n, f in given.items()):
        raise refused(given, say("argument.a.functions"))
    return dict(given)


@contextmanager
def _told_with(answer: Callable[[], Answer], done: Sequence[Replication]) -> Iterator[None]:
    """Give what some runs came to with a fault of what the caller wanted beside them.

    Raises
    ------
    LogsNotWrittenError
        If their logs cannot be written and there are any; else the fault as it is.
    OwnMeasureError
        If a measure of the caller's fails.
    """
    try:
        yield
    except OwnMeasureError as fault:
        fault.answer = answer() if done else None
        raise
    except NotWrittenError as fault:
        if not done:
            raise
        error = LogsNotWrittenError(fault.problems)
        error.answer = answer()
        raise error from None


class Experiment:
    """Independent runs of one scenario; run n has the same luck whatever else is run.

    Parameters
    ----------
    scenario
        A scenario, the path of its file, or what `prepare` returned.
    seed
        Seed of the random numbers; the scenario's own by default.
    measures
        Names of measures besides the usual ones and those that the scenario expects; one
        or several.
    by
        Also break the result down by ``site``, ``model``, ``unit`` or ``people``: for each its
        targeted devices, their share successful, up to date, not successful and cancelled, and its
        time to 95 %; one of them or several. See `Answer.by`.
    custom
        Your own measures, by name: functions of a run (`RunRecord`) that return a number;
        ``math.inf`` is *not reached*.

    Raises
    ------
    InputError
        If the scenario is not consistent, or a measure of your own has the name of one of
        fwsim's; with every problem.
    ValueError
        If a name is not that of a measure.
    """

    @taking(
        scenario=A_SCENARIO,
        seed=a_seed,
        measures=one_or_several("measures", a_measure),
        by=one_or_several("groups", a("text", str)),
        custom=_own_measures,
    )
    def __init__(
        self,
        scenario: Scenario | Rollout | str | Path,
        *,
        seed: int | None = None,
        measures: str | Measure | Iterable[str | Measure] = (),
        by: str | Iterable[str] = (),
        custom: Mapping[str, Callable[[RunRecord], float]] | None = None,
    ) -> None:
        self.rollout = prepared(scenario)
        self.scenario: Scenario = self.rollout.scenario
        self.seed = self.scenario.seed if seed is None else seed
        asked = read_measures(measures)
        for measure in asked:
            check_measure(self.rollout, measure)
        expected = [expectation.measure for expectation in self.scenario.expect]
        groupings = [by] if isinstance(by, str) else by
        groups = [m for one in groupings for m in measures_by(self.rollout, read_grouping(one))]
        self.asked = tuple(dict.fromkeys([*expected, *asked, *groups]))
        self._custom = dict(custom or {})
        taken = [name for name in self._custom if _is_taken(name)]
        if taken:
            raise InputError([Problem(say("custom.taken", name=name)) for name in taken])

    @taking(
        replications=a_number_of_runs,
        until=a_precision,
        most=a_number_of_runs,
        stop_at=milliseconds,
        workers=a_number_of_workers,
        executor=an_executor,
        logs=a_path,
        crossed=a_number_of_runs,
        past=a("past", Past),
        progress=a_function,
    )
    def run(
        self,
        replications: int | None = None,
        *,
        until: str | Precision | None = None,
        most: int = MOST_FOR_PRECISION,
        stop_at: int | None = None,
        engine: Engine | str | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        logs: str | Path | None = None,
        crossed: int | None = None,
        past: Past | None = None,
        progress: RunsProgress | None = None,
    ) -> Answer:
        """Run until there are enough; what is done is kept on Ctrl-C and if memory runs out.

        Parameters
        ----------
        replications
            How many runs; by default the scenario's, unless a precision is asked for.
        until
            A precision, such as ``p90 of t95 ± 10 min`` or, of the mean, ``t95 ± 10 min at 95 %``:
            runs are added until the interval is that narrow.
        most
            Where to give up on a precision.
        stop_at
            Milliseconds after the start at which each run stops.
        engine
            ``compiled`` or ``simpy``; by default the compiled clock.
        workers
            How many runs at a time; by default one a processor: threads of this process, or
            processes of their own for SimPy and where there is much to do. 1 takes neither.
        executor
            Any `concurrent.futures.Executor` instead, such as a Dask client's.
        logs
            Folder for the whole status log of every run, as Parquet.
        crossed
            With how many replications each draw of what nobody knows is played, one after the
            other; by default each run has a draw of its own.
        past
            What has happened already, of a rollout under way: every run keeps to it.
        progress
            Called after every run.

        Returns
        -------
        Answer
            The same whatever the workers.

        Raises
        ------
        InputError
            If fewer than one run is asked for, a precision cannot be read, or another argument is
            not what it is to be.
        LogsNotWrittenError
            If the logs cannot be written; its `answer` is what the runs came to until then.
        OwnMeasureError
            If a measure of your own raises an error, or returns what is no number, such as NaN;
            names measure and run, and has an `answer`, too.
        """
        precision = self._precision(replications, until)
        count = self.scenario.replications if replications is None else replications
        choice = choose_engine(engine)
        order = self._spec(precision, stop_at, choice.engine, crossed, past)
        done: list[Replication] = []
        interrupted = True

        def answer() -> Answer:
            return Answer(
                Setting.of(self.rollout, stop_at),
                done,
                provenance={**self._provenance(choice, stop_at), "replications": len(done)},
                requested=None if precision else count,
                precision=precision,
                interrupted=interrupted,
            )

        folder = Path(logs) if logs is not None else None
        with _told_with(answer, done), logs_of_runs(folder, done) as place:

            def compute(numbers: range) -> Iterable[Replication]:
                kept = replace(order, logs=place)
                return in_order(kept, numbers, workers=workers, executor=executor)

            def run_enough() -> None:
                if precision is None:
                    self._run_all(compute, count, done, progress)
                else:
                    self._run_until(compute, precision, most, done, progress)

            interrupted = self._is_interrupted(run_enough, done)
        return answer()

    def _provenance(self, choice: EngineChoice, stop_at: int | None) -> dict[str, Any]:
        told = provenance(self.rollout, self.seed, choice)
        return told if stop_at is None else {**told, "until": stop_stamp(self.rollout, stop_at)}

    def _spec(
        self,
        precision: Precision | None,
        stop_at: int | None,
        engine: Engine,
        crossed: int | None,
        past: Past | None,
    ) -> RunSpec:
        return RunSpec(
            self.rollout,
            self.seed,
            (*self.asked, *((precision.measure,) if precision else ())),
            self._custom,
            stop_at,
            None,
            engine,
            crossed,
            past,
            (Silence.of(past) or None) if past is not None else None,
        )

    @staticmethod
    def _is_interrupted(run_enough: Callable[[], None], done: list[Replication]) -> bool:
        """Run, and tell whether it ended before there were enough.

        Without any run, or where nothing could be made of them any more, it raises.
        """
        try:
            run_enough()
        except (KeyboardInterrupt, MemoryError) as fault:
            if not done or cuts_off_an_import(fault):
                raise
            if isinstance(fault, MemoryError):
                warnings.warn(f"run {len(done) + 1}: {fault}", RuntimeWarning, stacklevel=4)
            return True
        return False

    def _precision(
        self, replications: int | None, until: str | Precision | None
    ) -> Precision | None:
        if until is None:
            return self.scenario.precision if replications is None else None
        if replications is not None:
            raise InputError([Problem(say("argument.both"), source="until")])
        precision = a_precision(until)
        check_measure(self.rollout, precision.measure)
        return precision

    @staticmethod
    def _run_all(
        compute: Callable[[range], Iterable[Replication]],
        count: int,
        done: list[Replication],
        progress: RunsProgress | None,
    ) -> None:
        for run in compute(range(count)):
            done.append(run)
            if progress is not None:
                progress(len(done), count)

    @staticmethod
    def _run_until(
        compute: Callable[[range], Iterable[Replication]],
        precision: Precision,
        most: int,
        done: list[Replication],
        progress: RunsProgress | None,
    ) -> None:
        """Add runs batch by batch; the batch depends on nothing, so neither does the answer."""
        values: list[float] = []
        while len(done) < most:
            for run in compute(range(len(done), min(len(done) + BATCH, most))):
                done.append(run)
                values.append(run.values[precision.measure])
                if progress is not None:
                    progress(len(done), None)
                if len(done) >= FIRST_RUNS and is_enough(values, precision):
                    return
