"""What `fwsim learn` is asked for, checked with all that is read before anything is learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli.options import Checks, problems_of
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.learning.reading import Logs
    from fwsim.scenario.schema import Scenario


@dataclass(frozen=True)
class AskedLearning:
    """The options of `fwsim learn`, as they were given; their help says what each is."""

    scenario: Path
    logs: tuple[Path, ...]
    web: tuple[Path, ...]
    together: bool
    pseudonymise: bool
    zone: str | None
    mapping: Path | None
    rows: int
    seed: int | None
    out: Path | None
    report: bool
    quiet: bool


def read_all(asked: AskedLearning, progress: Callable[[int, int], None]) -> tuple[Scenario, Logs]:
    """Return the scenario and what the logs say.

    Raises
    ------
    InputError
        With everything that is wrong with either.
    """
    from fwsim.learning.reading import image_of, read_logs
    from fwsim.observations.files import zone_of

    of_zone = [replace(p, source="--zone") for p in problems_of(lambda: zone_of(asked.zone))]
    known = None if of_zone else asked.zone
    checks = Checks()
    model = checks.made(lambda: _checked(asked))
    checks.problems += of_zone
    logs = checks.made(
        lambda: read_logs(
            asked.logs,
            asked.web,
            together=asked.together,
            zone=known or (model.zone if model is not None else "UTC"),
            mapping=asked.mapping,
            pseudonymise=asked.pseudonymise,
            image=None if model is None else image_of(model),
            progress=progress,
        )
    )
    if model is None or logs is None or checks.problems:
        raise InputError(checks.problems)
    return model, logs


def _checked(asked: AskedLearning) -> Scenario:
    """Return the scenario.

    Raises
    ------
    InputError
        With everything that is wrong with what was given.
    """
    from fwsim.results.figures.letters import check_drawing
    from fwsim.run import prepared

    checks = Checks()
    model = checks.made(lambda: prepared(asked.scenario).scenario)
    if asked.report and asked.out is None:
        checks.problems.append(Problem(say("option.with_out"), "--report"))
    if asked.report:
        checks.made(lambda: check_drawing(say("optional.figures")))
    if asked.out is not None:
        checks.made(partial(_check_out, asked.scenario, asked.out))
    if model is None or checks.problems:
        raise InputError(checks.problems)
    return model


def _check_out(scenario: Path, out: Path) -> None:
    from fwsim.results.output.writing import check_folder

    if out.is_dir():
        raise InputError([Problem(say("option.is_folder"), str(out))])
    if out.exists() and scenario.exists() and out.samefile(scenario):
        raise InputError([Problem(say("option.is_scenario"), str(out))])
    check_folder(out.parent, [out.name])
    if out.parent.resolve() != scenario.parent.resolve():
        text = say("option.beside_scenario", name=scenario.name)
        raise InputError([Problem(text, str(out))])
