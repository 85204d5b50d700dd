"""``pytest scenarios/`` in anyone's repository: each expectation of a scenario file is a test.

A YAML file is collected if it has an ``expect:`` block or golden logs beside it. Nothing heavy
is imported before such a file is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fwsim.planning.recognition import is_test

if TYPE_CHECKING:
    from fwsim.measures.expectation import Expectation
    from fwsim.planning.golden import GoldenLog
    from fwsim.planning.scenario_tests import ScenarioTest


class ScenarioMissedError(Exception):
    """An expectation was not met, or a log is not what a person has read."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what pytest asks for."""
    group = parser.getgroup("fwsim", "rollout scenarios as tests")
    with suppress(ValueError):  # another plugin has the same option; it means the same
        group.addoption(
            "--update-golden", action="store_true", help="write golden logs anew; then read them"
        )
    group.addoption(
        "--fwsim-replications", type=int, metavar="N", help="runs of each; default: its own"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect scenario files that have something to test."""
    if not is_test(file_path):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    """One scenario file; its runs are made when the first of its tests runs."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give one test an expectation, one a golden log; one that fails if it cannot be read."""
        from fwsim.planning.scenario_tests import ScenarioTest
        from fwsim.problems import InputError
        from fwsim.screen import visible

        try:
            scenario = ScenarioTest(
                self.path,
                replications=self.config.getoption("fwsim_replications"),
                workers=1 if hasattr(self.config, "workerinput") else None,
            )
        except InputError as error:
            raise self.CollectError(visible(str(error))) from None
        for expectation in scenario.expectations:
            yield ExpectationItem.of(self, str(expectation), scenario, expectation)
        for golden in scenario.golden_logs:
            yield GoldenItem.of(self, f"golden log of {golden.device}", scenario, golden)


class _ScenarioItem(pytest.Item):
    """A test of a scenario; a failure is told in words, without a traceback."""

    scenario: ScenarioTest
    subject: Any

    @classmethod
    def of(
        cls, parent: ScenarioFile, name: str, scenario: ScenarioTest, subject: Any
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


class ExpectationItem(_ScenarioItem):
    """One expectation of a scenario."""

    subject: Expectation

    def runtest(self) -> None:
        """Hold the answer against the expectation."""
        verdict = next(v for v in self.scenario.verdicts() if v.expectation == self.subject)
        if not verdict.held:
            lines = [
                f"expected  {self.subject}",
                f"got       {verdict.got}",
                f"by        {verdict.margin}",
                *(f"because   {cause}" for cause in verdict.causes),
                f"runs      {self.scenario.answer.runs}, seed "
                f"{self.scenario.answer.provenance['seed']}",
            ]
            raise ScenarioMissedError("\n".join(lines))


class GoldenItem(_ScenarioItem):
    """One device's golden log."""

    subject: GoldenLog

    def runtest(self) -> None:
        """Compare the log with what a person has read, or write it anew."""
        if self.config.getoption("update_golden"):
            self.scenario.rewrite_golden()
        elif found := self.scenario.difference(self.subject):
            raise ScenarioMissedError(
                f"the log of {self.subject.device} is no longer what a person has read; "
                f"--update-golden writes it anew\n{found}"
            )
