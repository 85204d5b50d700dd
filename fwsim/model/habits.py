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


def people_of(scenario: Scenario, names: Sequence[str]) -> list[People]:
    """Return the habits of the people of these names; who is not described has the default's.

    Raises
    ------
    InputError
        If their days off cannot be read; with all problems.
    """
    return _each(scenario, names, "people", scenario.people, PeopleSection(), PeopleSection.people)


def power_of(scenario: Scenario, names: Sequence[str]) -> list[Power]:
    """Return the habits of the power switches of these names, as `people_of` does.

    Raises
    ------
    InputError
        If their days off cannot be read; with all problems.
    """
    return _each(scenario, names, "power", scenario.power, PowerSection(), PowerSection.power)


def _each(
    scenario: Scenario,
    names: Sequence[str],
    part: str,
    sections: Mapping[str, S],
    usual: S,
    habits: Callable[[S, tuple[Stretch, ...]], H],
) -> list[H]:
    """Return the habits of each name, whose section stands in a part of the scenario."""
    first, last = start_of(scenario) - BEFORE_AND_AFTER, end_of(scenario) + BEFORE_AND_AFTER
    found: list[H] = []
    problems: dict[Problem, None] = {}
    for name in names:
        own = name if name in sections else DEFAULT
        section = sections.get(own, usual)
        off: tuple[Stretch, ...] = ()
        if section.holidays is not None:
            try:
                off = _days_off(section.holidays, scenario.files, first, last)
            except InputError as error:
                place = f"{part}.{own}.holidays"
                problems |= dict.fromkeys(placed(one, place) for one in error.problems)
        found.append(habits(section, off))
    if problems:
        raise InputError(problems)
    return found


@lru_cache(maxsize=64)
def _days_off(
    section: HolidaysSection, files: FilesBeside, start: datetime, end: datetime
) -> tuple[Stretch, ...]:
    """Return days off, read once for all habits that name them and all worlds of a scenario."""
    return tuple(read_days_off(section, files, start, end))
