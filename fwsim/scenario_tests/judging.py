"""A scenario file as a test: its expectations and its golden logs."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from fwsim.beside_files import load
from fwsim.experiments.experiment import Experiment, RunsProgress
from fwsim.measures.expectation import Expectation
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.results.output.result import Result
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.judgement import Verdict, judge
from fwsim.results.statistics.who_came import OF_THOSE_WHO_CAME, who_came
from fwsim.run import simulate, warnings_of
from fwsim.scenario.schema import Scenario
from fwsim.scenario_tests.golden_logs import GoldenLog, difference, golden_logs, golden_texts
from fwsim.scenario_tests.recognition import is_test


def scenario_tests(paths: tuple[Path, ...]) -> list[Path]:
    """Return the files to test: those named, and in folders those that have something to test.

    Raises
    ------
    InputError
        If a path does not exist or a folder has nothing to test.
    """
    files: list[Path] = []
    problems = []
    for path in paths:
        try:
            is_folder, is_file = path.is_dir(), path.is_file()
        except OSError as error:
            problems.append(
                Problem(say("tested.not_read", reason=error.strerror), source=str(path))
            )
            continue
        if is_folder:
            inside = [file for file in sorted(path.rglob("*.y*ml")) if _is_test(file)]
            files += inside
            if not inside:
                text = say("tested.nothing_here")
                problems.append(Problem(text, source=str(path)))
        elif is_file or os.path.lexists(path):
            files.append(path)  # reading it tells what is wrong
        else:
            problems.append(Problem(say("tested.no_such"), source=str(path)))
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(files))


def _is_test(path: Path) -> bool:
    try:
        return is_test(path)
    except OSError:
        return True  # reading it tells what is wrong


class ScenarioTest:
    """One scenario file under test; runs are made when they are first needed.

    Parameters
    ----------
    path
        The file.
    replications, seed, workers
        Instead of the scenario's own; as for `Experiment`.
    progress
        Called after every run.

    Raises
    ------
    InputError
        If the scenario is not consistent.
    """

    def __init__(
        self,
        path: Path,
        *,
        replications: int | None = None,
        seed: int | None = None,
        workers: int | None = None,
        progress: RunsProgress | None = None,
    ) -> None:
        self.path = path
        self.scenario: Scenario = load(path)
        parts = [e.measure for e in self.scenario.expect if not e.measure.is_of_all]
        whom = [part.targeted for part in parts]  # a cause, where there is nobody
        self._experiment = Experiment(self.scenario, seed=seed, measures=whom)
        self._replications = replications
        self._workers = workers
        self._progress = progress

    def warnings(self) -> list[Problem]:
        """Return what in the scenario is valid and hardly meant."""
        return warnings_of(self._experiment.rollout)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """What the scenario expects."""
        return self.scenario.expect

    @cached_property
    def golden_logs(self) -> list[GoldenLog]:
        """The logs a person has read."""
        return golden_logs(self.path)

    @cached_property
    def answer(self) -> Answer:
        """The answer the expectations are held against."""
        chosen: dict[str, Any] = {"workers": self._workers, "progress": self._progress}
        return self._experiment.run(self._replications, **chosen)

    @cached_property
    def _sample_run(self) -> Result:
        return simulate(self.scenario)

    def verdicts(self) -> list[Verdict]:
        """Return a verdict on each expectation."""
        return judge(self.answer, self.expectations) if self.expectations else []

    def remark(self) -> str:
        """Return what is to know of expectations on shares: who never came; else nothing."""
        if not any(one.measure.kind in OF_THOSE_WHO_CAME for one in self.expectations):
            return ""
        return who_came(self.answer.setting, self.answer.replications)

    def difference(self, golden: GoldenLog) -> str:
        """Return how a device's log differs from what a person has read; empty if it does not."""
        return difference(golden, self._sample_run)

    def golden_texts(self, *more: str) -> dict[Path, str]:
        """Return what the golden logs, and those of further devices, are to hold, by file."""
        devices = dict.fromkeys([*(golden.device for golden in self.golden_logs), *more])
        return golden_texts(self.path, self.scenario, devices)
