"""Habits of people and of power switches, with the days off on which they do not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from fwsim.fleet.habits import People, Power
from fwsim.fleet.spans import Stretch
from fwsim.model.days_off import placed, read_days_off
from fwsim.model.rollout_times import BEFORE_AND_AFTER
from fwsim.problems import InputError, Problem
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import PeopleSection, PowerSection
from fwsim.scenario.server_clock import end_of, start_of
from fwsim.scenario.windows_section import HolidaysSection

S = TypeVar("S", PeopleSection, PowerSection)
H = TypeVar("H")
Times = tuple[datetime, datetime]


def people_of(
    scenario: Scenario, names: Sequence[str], between: Times | None = None
) -> list[People]:
    """Return the habits of the people of these names; who is not described has the default's.

    Parameters
    ----------
    scenario
        That describes them.
    names
        Of kinds of people.
    between
        Between which times days off are wanted; by default `known_between`.

    Raises
    ------
    InputError
        If their days off cannot be read; with all problems.
    """
    times = between or known_between(scenario)
    usual = PeopleSection()
    return _each(scenario, names, "people", scenario.people, usual, PeopleSection.people, times)


def power_of(scenario: Scenario, names: Sequence[str], between: Times | None = None) -> list[Power]:
    """Return the habits of the power switches of these names, as `people_of` does.

    Parameters
    ----------
    scenario, names, between
        As of `people_of`.

    Raises
    ------
    InputError
        If their days off cannot be read; with all problems.
    """
    times = between or known_between(scenario)
    return _each(
        scenario, names, "power", scenario.power, PowerSection(), PowerSection.power, times
    )


def known_between(scenario: Scenario) -> Times:
    """Return between which times a rollout knows days off."""
    return start_of(scenario) - BEFORE_AND_AFTER, end_of(scenario) + BEFORE_AND_AFTER


def _each(
    scenario: Scenario,
    names: Sequence[str],
    part: str,
    sections: Mapping[str, S],
    usual: S,
    habits: Callable[[S, tuple[Stretch, ...]], H],
    between: Times,
) -> list[H]:
    """Return the habits of each name, whose section stands in a part of the scenario."""
    found: list[H] = []
    problems: dict[Problem, None] = {}
    for name in names:
        own = name if name in sections else DEFAULT
        section = sections.get(own, usual)
        off: tuple[Stretch, ...] = ()
        if section.holidays is not None:
            try:
                off = stretches_off(section.holidays, scenario.files, *between)
            except InputError as error:
                place = f"{part}.{own}.holidays"
                problems |= dict.fromkeys(placed(one, place) for one in error.problems)
        found.append(habits(section, off))
    if problems:
        raise InputError(problems)
    return found


@lru_cache(maxsize=64)
def stretches_off(
    section: HolidaysSection, files: FilesBeside, start: datetime, end: datetime
) -> tuple[Stretch, ...]:
    """Return days off, read once for all habits that name them and all worlds of a scenario.

    Parameters
    ----------
    section
        Which days.
    files
        Among which its file is.
    start, end
        Between which times.
    """
    return tuple(read_days_off(section, files, start, end))
