"""What `fwsim compare` is asked for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli import options
from fwsim.cli.cluster import check_address
from fwsim.cli.options import Checks, check_out, problems_of_measures, read_measures
from fwsim.cli.warning import tell
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.measures.measure import Measure
    from fwsim.scenario.schema import Scenario

TABLE = "comparison.csv"
"""The file of the folder that `--out` names."""


@dataclass(frozen=True)
class AskedComparison:
    """The options of `fwsim compare`, as they were given; their help says what each is."""

    scenarios: tuple[Path, ...]
    settings: tuple[str, ...]
    seed: int | None
    replications: int | None
    measures: tuple[str, ...]
    out: Path | None
    workers: int | None
    scheduler: str | None
    quiet: bool


@dataclass(frozen=True)
class ReadyComparison:
    """What is to be compared.

    Parameters
    ----------
    models
        The plans; all are compared with the first.
    paths
        Their files; None if a plan is one of them with changes.
    measures
        What is compared beside the usual measures.
    """

    models: list[Scenario]
    paths: Sequence[Path] | None
    measures: list[Measure]


def checked(asked: AskedComparison) -> ReadyComparison:
    """Return what is to be compared.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    checks = Checks()
    if asked.replications == 1 and asked.out is not None:
        checks.problems.append(Problem(say("option.one_run_each"), source="--out"))
    if asked.replications != 1 and len(asked.scenarios) < 2 and not asked.settings:
        checks.problems.append(Problem(say("option.two_scenarios"), source="SCENARIOS"))
    checks.made(lambda: check_out(asked.out, [TABLE]))
    checks.made(lambda: check_address(asked.scheduler))
    ready = checks.made(lambda: _read(asked))
    if ready is None or checks.problems:
        raise InputError(checks.problems)
    return ready


def _read(asked: AskedComparison) -> ReadyComparison:
    """Return scenarios and measures.

    Raises
    ------
    InputError
        With everything that is wrong with any of them.
    """
    from fwsim.run import prepare, warnings_of

    problems: list[Problem] = []
    warnings: list[Problem] = []
    models = _models(asked, problems)
    wanted = read_measures(asked.measures, problems)
    for model in models:
        try:
            rollout = prepare(model)
        except InputError as error:
            problems += error.problems
            continue
        warnings += warnings_of(rollout)
        problems += problems_of_measures(rollout, wanted)
    tell(list(dict.fromkeys(warnings)))
    if problems:  # plans of one file share what is wrong with it
        raise InputError(list(dict.fromkeys(problems)))
    is_one_each = len(models) == len(asked.scenarios)
    return ReadyComparison(models, asked.scenarios if is_one_each else None, wanted)


def _models(asked: AskedComparison, problems: list[Problem]) -> list[Scenario]:
    """Return the plans; what is wrong with their files is told."""
    models: list[Scenario] = []
    for path in asked.scenarios:
        try:
            if len(asked.scenarios) == 1:
                models += with_itself(path, asked.settings)
            else:
                models.append(options.load_changed(path, asked.settings))
        except InputError as error:
            problems += error.problems
    return models


def with_itself(path: Path, settings: tuple[str, ...]) -> list[Scenario]:
    """Return a scenario and, where it is changed, what becomes of it.

    Parameters
    ----------
    path
        Its file.
    settings
        The changes, as `--set` gives them.
    """
    from fwsim.beside_files import load

    if not settings:
        return [load(path)]
    changed = options.load_changed(path, settings)
    name = say("settings.one_plan", name=changed.name)
    return [load(path), changed.renamed(name)]
