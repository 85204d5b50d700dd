"""What is wrong with what the files say that a scenario names: calendars, jobs, draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from fwsim.beside_fleet import problems_of_devices
from fwsim.model.days_off import check_days_off
from fwsim.model.device_jobs import check_scheduler_files
from fwsim.model.habits import days_off_of_lines, people_of, power_of
from fwsim.problems import InputError, Problem
from fwsim.scenario import load as reading
from fwsim.scenario.as_far_as_readable import TakenOut
from fwsim.scenario.checks import CLOCK
from fwsim.scenario.checks_besides import Left
from fwsim.scenario.commanded import problems_of_fleet
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.draws_file import columns_named
from fwsim.scenario.hubs import Finding, Place
from fwsim.scenario.load import ScenarioError, sorted_problems
from fwsim.scenario.schema import Scenario

_ANOTHER_TIME = {
    "zone": "Europe/Berlin",
    "start": datetime(2031, 7, 1, 12),
    "horizon": 30 * 24 * 3600 * 1000,
}
"""Unlike what stands in for times that cannot be read."""


@contextmanager
def told_with_files() -> Iterator[None]:
    """Tell what shows only in a scenario's files and fleet beside its file's mistakes.

    Raises
    ------
    InputError
        With what reading the scenario has raised, and with that.
    """
    try:
        yield
    except ScenarioError as error:
        others = [] if error.left is None else _besides(error.left, error.unopened)
        problems = dict.fromkeys([*error.problems, *others])
        raise InputError(sorted_problems(list(problems))) from None


load = told_with_files()(reading.load)
loads = told_with_files()(reading.loads)


def problems_beside(scenario: Scenario, wrong: Iterable[Finding] = ()) -> list[Problem]:
    """Return what else is wrong with a scenario that can be read and yet not be made ready.

    Parameters
    ----------
    scenario
        Which.
    wrong
        What is known to be wrong across its sections.
    """
    left = Left(scenario, TakenOut(), {})
    told = frozenset(place for place, _ in wrong)
    of_fleet = [
        problem
        if problem.path is not None
        else replace(problem, path=".".join(map(str, place)) or None)
        for place, problem in problems_of_fleet(left, told)
    ]
    found = [*map(scenario.placed, of_fleet), *_besides(left, frozenset())]
    return list(dict.fromkeys(found))


def _besides(left: Left, unopened: frozenset[Place]) -> list[Problem]:
    """Return what files and fleet show, as far as it does not come of other mistakes."""
    closed = frozenset(map(str, (_at(left.data, place) for place in unopened)))
    scenario = left.scenario.as_read(closed)
    found = {
        problem: None
        for problem in (*_whatever_the_time(left, scenario), *_of_draws(left, scenario))
        if problem.source not in closed and not left.explains(problem.path)
    }
    return list(found)


def _at(data: Any, place: Place) -> Any:
    for key in place:
        data = data[key]
    return data


def _whatever_the_time(left: Left, scenario: Scenario) -> list[Problem]:
    """Return what is wrong at any time where nobody knows when the scenario is."""
    found = _at_its_time(left, scenario)
    if found and any(map(left.is_open, (*CLOCK, ("horizon",)))):
        another = frozenset(_at_its_time(left, scenario.model_copy(update=_ANOTHER_TIME)))
        return [problem for problem in found if problem in another]
    return found


def _at_its_time(left: Left, scenario: Scenario) -> list[Problem]:
    checks: tuple[Callable[[], object], ...] = (
        partial(check_days_off, scenario),
        *reading_habits(scenario),
        partial(check_scheduler_files, scenario),
        partial(problems_of_devices, left, scenario),
    )
    return _found_by(scenario, checks, left.placed)


def _of_draws(left: Left, scenario: Scenario) -> Iterator[Problem]:
    """Yield what is wrong with the file of draws, but for numbers that cannot be read."""
    if scenario.draws is None:
        return
    for problem in problems_of(scenario, partial(doubts_of, scenario)):
        word, _, number = (problem.path or "").partition(" ")
        name = columns_named(scenario)[int(number) - 1] if word == "column" else ""
        if not name or not left.may_be_number(name):
            yield problem


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
    return _found_by(scenario, checks)


def _found_by(
    scenario: Scenario,
    checks: Iterable[Callable[[], object]],
    in_file: Callable[[Problem], Problem] = lambda problem: problem,
) -> list[Problem]:
    problems: dict[Problem, None] = {}
    for check in checks:
        try:
            check()
        except InputError as error:
            problems |= dict.fromkeys(scenario.placed(in_file(one)) for one in error.problems)
    return list(problems)
