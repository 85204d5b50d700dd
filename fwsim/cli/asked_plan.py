"""What `fwsim plan` is asked for, checked before anything is searched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fwsim.cli.cluster import check_address
from fwsim.cli.options import check_out, problems_of
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
    from fwsim.optional import needed
    from fwsim.planning.hand_over.calendar import check_calendar
    from fwsim.results.figures.letters import check_drawing
    from fwsim.scenario.load import load

    models: list[Scenario] = []
    scenario, out = asked.scenario, asked.out
    problems = problems_of(
        lambda: models.append(load(scenario)),
        lambda: needed("optuna", "plan", say("optional.search")),
        lambda: check_calendar() if out is not None else None,
        lambda: check_drawing(say("optional.report")) if out is not None else None,
        lambda: _check_out(models[0], scenario, out) if models and out is not None else None,
        lambda: check_address(asked.scheduler),
    )
    if asked.anyway and out is None:
        problems.append(Problem(say("option.needs_folder"), source="--anyway"))
    if problems:
        raise InputError(problems)
    return models[0]


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
