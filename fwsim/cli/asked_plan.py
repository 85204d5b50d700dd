"""What `fwsim plan` is asked for, checked before anything is searched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli.cluster import check_address
from fwsim.cli.options import Checks, check_out
from fwsim.messages import say
from fwsim.problems import InputError, Problem

if TYPE_CHECKING:
    from fwsim.scenario.schema import Scenario


@dataclass(frozen=True)
class AskedPlan:
    """The options of `fwsim plan`, as they were given; their help says what each is."""

    scenario: Path
    goals: tuple[str, ...]
    limits: tuple[str, ...]
    runs: int | None
    seed: int | None
    study: Path | None
    out: Path | None
    anyway: bool
    fix: bool
    workers: int | None
    scheduler: str | None
    quiet: bool


def checked(asked: AskedPlan) -> Scenario:
    """Return the scenario for which a plan is looked for.

    Raises
    ------
    InputError
        With everything that is wrong with what was given, before anything is searched.
    """
    from fwsim.beside_files import load
    from fwsim.optional import needed
    from fwsim.planning.hand_over.calendar import check_calendar
    from fwsim.results.figures.letters import check_drawing

    out, checks = asked.out, Checks()
    model = checks.made(partial(load, asked.scenario))
    checks.made(lambda: needed("optuna", "plan", say("optional.search")))
    if out is not None:
        checks.made(check_calendar)
        checks.made(lambda: check_drawing(say("optional.report")))
        if model is not None:
            checks.made(partial(_check_out, model, asked.scenario, out))
    checks.made(lambda: check_address(asked.scheduler))
    if asked.anyway and out is None:
        checks.problems.append(Problem(say("option.needs_folder"), source="--anyway"))
    if model is None or checks.problems:
        raise InputError(checks.problems)
    return model


def _check_out(model: Scenario, scenario: Path, out: Path) -> None:
    """Refuse, before anything is searched, what could not be handed over afterwards."""
    from fwsim.commands.scmd_file import is_too_long, write_scmd_file
    from fwsim.planning.hand_over.hand_over import OF_A_HAND_OVER
    from fwsim.planning.hand_over.manifest import SCENARIO, check_handed, check_scenario
    from fwsim.planning.search.search_files import OF_A_SEARCH
    from fwsim.planning.waves import waves_of
    from fwsim.run import prepare

    if (out / SCENARIO).resolve() == scenario.resolve():
        raise InputError([Problem(say("option.overwrites"), source="--out")])
    check_scenario(out)
    check_handed(out)
    check_out(out, [*OF_A_HAND_OVER, *OF_A_SEARCH])
    for wave in waves_of(prepare(model)):
        write_scmd_file(line for line in wave.lines if not is_too_long(line))
