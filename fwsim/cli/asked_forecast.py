"""What `fwsim forecast` is asked for, checked before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli import options
from fwsim.cli.options import Checks, check_out
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.model.rollout import Rollout
    from fwsim.planning.what_if import Alternative

NAMES = (
    "under-way.json",
    "under-way.png",
    "under-way-prompts.csv",
    "under-way-prompts-by-people.csv",
)
"""Files of the folder that `--out` names."""
_PICTURES = {".png", ".svg", ".pdf"}


@dataclass(frozen=True)
class AskedForecast:
    """The options of `fwsim forecast`, as they were given; their help says what each is."""

    scenario: Path
    settings: tuple[str, ...]
    so_far: Path
    at: str | None
    mapping: Path | None
    web: tuple[Path, ...]
    replications: int | None
    seed: int | None
    alternatives: tuple[Path, ...]
    as_json: bool
    figure: Path | None
    out: Path | None
    watch: bool
    ledger: Path | None
    workers: int | None
    quiet: bool


@dataclass(frozen=True)
class ReadyForecast:
    """What is to be forecast.

    Parameters
    ----------
    rollout
        As it was planned.
    alternatives
        What would be done from now on.
    """

    rollout: Rollout
    alternatives: tuple[Alternative, ...]


def checked(asked: AskedForecast) -> ReadyForecast:
    """Return what is to be forecast.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything runs.
    """
    from fwsim.learning.folders import log_in
    from fwsim.learning.under_way.so_far import moment_of
    from fwsim.observations.files import mapping_of
    from fwsim.planning.what_if import read_alternative
    from fwsim.run import prepared

    checks = Checks(_of_options(asked))
    rollout = checks.made(lambda: prepared(options.load_changed(asked.scenario, asked.settings)))
    checks.made(lambda: log_in(asked.so_far))
    checks.made(lambda: mapping_of(asked.mapping))
    if rollout is not None and asked.at is not None:
        checks.made(partial(moment_of, rollout, asked.at, "--at"))
    read = [checks.made(partial(read_alternative, path)) for path in asked.alternatives]
    checks.problems += _of_outputs(asked)
    if rollout is None or checks.problems:
        raise InputError(checks.problems)
    return ReadyForecast(rollout, tuple(one for one in read if one is not None))


def _of_options(asked: AskedForecast) -> list[Problem]:
    """Return what is wrong with the options by themselves."""
    problems = []
    if asked.figure is not None and asked.figure.suffix.lower() not in _PICTURES:
        text = say("option.no_picture", name=asked.figure.name)
        problems.append(Problem(text, source="--figure"))
    if asked.watch and asked.at is not None:
        problems.append(Problem(say("option.excludes_at"), "--watch"))
    missing = [path for path in (asked.so_far, *asked.web) if not path.exists()]
    return problems + [Problem(say("file.none"), source=str(path)) for path in missing]


def _of_outputs(asked: AskedForecast) -> list[Problem]:
    """Return why something could not be written."""
    from fwsim.ledger.store import check_ledger
    from fwsim.results.figures.letters import check_drawing
    from fwsim.results.output.writing import check_folder

    checks = Checks()
    checks.made(lambda: check_out(asked.out, NAMES))
    if asked.figure is not None:
        checks.made(partial(check_folder, asked.figure.parent, [asked.figure.name]))
        checks.made(lambda: check_drawing(say("optional.figures")))
    if asked.ledger is not None:
        checks.made(partial(check_ledger, asked.ledger))
    return checks.problems
