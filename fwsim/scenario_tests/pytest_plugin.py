"""``pytest scenarios/`` in anyone's repository: each expectation of a scenario file is a test.

Of all YAML files, those are collected that are plainly scenarios with something to test, and in
the folders of the ini option ``fwsim_scenarios`` all with an ``expect:`` block or golden logs.
Nothing heavy is imported before such a file is found. Other people's tests run whatever lies
beside them: what cannot be looked at is left out with a warning, and a scenario that cannot be
read is a test that fails.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fwsim.scenario_tests.recognition import is_test

if TYPE_CHECKING:
    from fwsim.measures.expectation import Expectation
    from fwsim.results.statistics.answer import Answer
    from fwsim.results.statistics.judgement import Verdict
    from fwsim.scenario_tests.golden_logs import GoldenLog
    from fwsim.scenario_tests.judging import ScenarioTest

PLACES = "fwsim_scenarios"


class ScenarioMissedError(Exception):
    """An expectation was not met, or a log is not what a person has read."""


class FileLeftOutWarning(pytest.PytestWarning):
    """A file was not looked at, so that nobody knows whether it is a scenario."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what pytest asks for; every name says whose it is, so that it is nobody else's."""
    group = parser.getgroup("fwsim", "rollout scenarios as tests")
    group.addoption(
        "--fwsim-update-golden",
        action="store_true",
        help="rewrite golden logs; read them before you commit them",
    )
    group.addoption(
        "--fwsim-replications", type=_runs, metavar="N", help="runs of each; default: its own"
    )
    parser.addini(PLACES, type="paths", help="folders and files that are scenarios, all of them")


def _runs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("at least one run")
    return number


def pytest_configure(config: pytest.Config) -> None:
    """Tell of places of scenarios that are not there: what is looked for there is not tested."""
    for place in config.getini(PLACES):
        if not _is_there(place) and not hasattr(config, "workerinput"):
            text = _said("tested.place_not_there", option=PLACES, place=str(place))
            warning = FileLeftOutWarning(text)
            try:
                config.issue_config_time_warning(warning, stacklevel=2)
            except FileLeftOutWarning:  # an error in this project
                _tell_all_the_same(warning, place, config)


def _speaking() -> AbstractContextManager[None]:
    """Speak as the command line would, unless somebody chose a language in this process."""
    from fwsim.messages import ENGLISH, language, language_of, speaking

    here = language()
    return speaking(language_of(os.environ) if here == ENGLISH else here)


def _said(name: str, **told: object) -> str:
    from fwsim.messages import say

    with _speaking():
        return say(name, **told)


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # in a folder that may not be looked into
        return False


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files that have something to test."""
    is_ours = _is_named(file_path, parent.config)
    try:
        is_wanted = is_test(file_path, plainly=not is_ours)
    except OSError as error:
        # Where scenarios are said to lie, one that cannot be read must not pass as none.
        if not (is_wanted := is_ours):
            _tell_left_out(file_path, error, parent.config)
    return ScenarioFile.from_parent(parent, path=file_path) if is_wanted else None


def _is_named(path: Path, config: pytest.Config) -> bool:
    """Tell whether a file lies where scenarios are said to lie."""
    return any(path.resolve().is_relative_to(place.resolve()) for place in config.getini(PLACES))


def _tell_left_out(path: Path, error: OSError, config: pytest.Config) -> None:
    reason = error.strerror or str(error)
    warning = FileLeftOutWarning(_said("tested.left_out", place=str(path), reason=reason))
    try:
        warnings.warn_explicit(warning, None, str(path), 1)
    except FileLeftOutWarning:  # an error in this project
        _tell_all_the_same(warning, path, config)


def _tell_all_the_same(warning: FileLeftOutWarning, path: Path, config: pytest.Config) -> None:
    """Tell of a warning where warnings are errors, and stop nothing."""
    message = warnings.WarningMessage(warning, FileLeftOutWarning, str(path), 1)
    record = {"warning_message": message, "when": "collect", "nodeid": "", "location": None}
    config.hook.pytest_warning_recorded.call_historic(kwargs=record)


class ScenarioFile(pytest.File):
    """One scenario file; its runs are made when the first of its tests runs."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give one test an expectation, one a golden log; one that fails if it cannot be read."""
        try:
            scenario = self._read()
        except Exception as error:  # noqa: BLE001 - told by a test: an error here stops all others
            yield UnreadItem.of(self, "can be read", None, error)
            return
        for expectation in scenario.expectations:
            yield ExpectationItem.of(self, str(expectation), scenario, expectation)
        for golden in scenario.golden_logs:
            yield GoldenItem.of(self, f"golden log of {golden.device}", scenario, golden)

    def _read(self) -> ScenarioTest:
        from fwsim.scenario_tests.judging import ScenarioTest

        with _speaking():
            scenario = ScenarioTest(
                self.path,
                replications=self.config.getoption("fwsim_replications"),
                workers=1 if hasattr(self.config, "workerinput") else None,
            )
            _ = scenario.golden_logs
        return scenario


class _ScenarioItem(pytest.Item):
    """A test of a scenario; a failure is told in words, without a traceback."""

    scenario: ScenarioTest | None
    subject: Any

    @classmethod
    def of(
        cls, parent: ScenarioFile, name: str, scenario: ScenarioTest | None, subject: Any
    ) -> _ScenarioItem:
        """Make a test about one thing of a scenario."""
        item: _ScenarioItem = cls.from_parent(parent, name=name)
        item.scenario, item.subject = scenario, subject
        return item

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Show what was missed; anything else as pytest would."""
        from fwsim.problems import InputError
        from fwsim.screen import visible

        if isinstance(excinfo.value, (ScenarioMissedError, InputError)):
            return visible(str(excinfo.value))
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the test in reports."""
        return self.path, None, self.name


class UnreadItem(_ScenarioItem):
    """A scenario that cannot be read."""

    subject: Exception

    def runtest(self) -> None:
        """Fail with what is wrong with the file."""
        raise self.subject


class ExpectationItem(_ScenarioItem):
    """One expectation of a scenario."""

    scenario: ScenarioTest
    subject: Expectation

    def runtest(self) -> None:
        """Hold the answer against the expectation."""
        with _speaking():
            verdict = next(v for v in self.scenario.verdicts() if v.expectation == self.subject)
            if not verdict.held:
                raise ScenarioMissedError(_missed(verdict, self.scenario.answer))


def _missed(verdict: Verdict, answer: Answer) -> str:
    """Return what was expected, what came, and why, line by line."""
    from fwsim.measures.in_words import expectation_in_words
    from fwsim.messages import say

    runs = say("tested.of_runs", runs=answer.runs, seed=answer.provenance["seed"])
    told = [
        (say("tested.expected"), expectation_in_words(verdict.expectation)),
        (say("tested.got"), verdict.got),
        (say("tested.by"), verdict.margin),
        *((say("tested.because"), cause) for cause in verdict.causes),
        (say("tested.runs"), runs),
    ]
    width = max(len(head) for head, _ in told) + 2
    return "\n".join(f"{head:{width}}{text}" for head, text in told)


class GoldenItem(_ScenarioItem):
    """One device's golden log."""

    scenario: ScenarioTest
    subject: GoldenLog

    def runtest(self) -> None:
        """Compare the log with what a person has read, or write it anew."""
        with _speaking():
            if self.config.getoption("fwsim_update_golden"):
                from fwsim.scenario_tests.golden_logs import write_golden

                write_golden(self.scenario.golden_texts())
            elif difference := self.scenario.difference(self.subject):
                text = _said("tested.golden_changed", device=self.subject.device)
                raise ScenarioMissedError(f"{text}\n{difference}")
