"""What is wrong with what the files say that a scenario names: calendars, jobs, draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from fwsim.model.days_off import check_days_off
from fwsim.model.device_jobs import check_scheduler_files
from fwsim.model.habits import days_off_of_lines, people_of, power_of
from fwsim.problems import InputError, Problem
from fwsim.scenario import load as reading
from fwsim.scenario.checks import CLOCK
from fwsim.scenario.checks_besides import Left
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.hubs import Place
from fwsim.scenario.load import ScenarioError, sorted_problems
from fwsim.scenario.schema import Scenario


@contextmanager
def told_with_files() -> Iterator[None]:
    """Tell what is wrong with a scenario's calendars, jobs and draws beside its file's mistakes.

    Raises
    ------
    InputError
        With what reading the scenario has raised, and with that.
    """
    try:
        yield
    except ScenarioError as error:
        others = [] if error.left is None else _of_files(error.left, error.unopened)
        raise InputError(sorted_problems([*error.problems, *others])) from None


load = told_with_files()(reading.load)
loads = told_with_files()(reading.loads)


def _of_files(left: Left, unopened: frozenset[Place]) -> list[Problem]:
    """Return what is wrong with what files hold, as far as it does not come of other mistakes."""
    if any(map(left.is_open, (*CLOCK, ("horizon",)))):
        return []
    scenario = left.scenario.as_read()
    windows = (partial(check_days_off, scenario),) if left.has_all_of("assignments") else ()
    checks: dict[str, tuple[Callable[[], object], ...]] = {
        "holidays": (*windows, *reading_habits(scenario)),
        "scheduler": (partial(check_scheduler_files, scenario),),
        "draws": (partial(doubts_of, scenario),) if left.is_world_known() else (),
    }
    named = [key for key in checks if not any(key in place for place in unopened)]
    found = problems_of(scenario, *(check for key in named for check in checks[key]))
    return [problem for problem in found if not left.explains(problem.path)]


def reading_habits(scenario: Scenario) -> tuple[Callable[[], object], ...]:
    """Return what reads the days off of all habits and lines, also of those no device has."""
    people, power = [*scenario.people], [*scenario.power]
    return (
        partial(people_of, scenario, people),
        partial(power_of, scenario, power),
        partial(days_off_of_lines, scenario),
    )


def problems_of(scenario: Scenario, *checks: Callable[[], object]) -> list[Problem]:
    """Return what several checks find, each once, with its place in the scenario's file."""
    problems: dict[Problem, None] = {}
    for check in checks:
        try:
            check()
        except InputError as error:
            problems |= dict.fromkeys(map(scenario.placed, error.problems))
    return list(problems)
