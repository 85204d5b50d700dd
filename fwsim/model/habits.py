"""Habits of people, of power switches and of others on lines, and the days off without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

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
    """Return between which times a rollout knows days off, on the server's clock."""
    zone = ZoneInfo(scenario.zone)
    since, until = start_of(scenario) - BEFORE_AND_AFTER, end_of(scenario) + BEFORE_AND_AFTER
    return since.astimezone(zone), until.astimezone(zone)


def days_off_of_lines(
    scenario: Scenario, between: Times | None = None
) -> dict[HolidaysSection, tuple[Stretch, ...]]:
    """Return the days on which others take nothing of lines, of each section that says so.

    Parameters
    ----------
    scenario
        Whose lines.
    between
        Between which times they are wanted; by default `known_between`.

    Raises
    ------
    InputError
        If days off cannot be read; with all problems.
    """
    found: dict[HolidaysSection, tuple[Stretch, ...]] = {}
    reading = _Reading(scenario, between or known_between(scenario))
    network = scenario.network
    for part, sections in (("sites", network.sites), ("hubs", network.hubs)):
        for name, line in sections.items():
            if line.holidays is not None:
                off = reading.days_off(line.holidays, f"network.{part}.{name}.holidays")
                found[line.holidays] = off
    reading.done()
    return found


class _Reading:
    """Reads days off, each section once, and collects what is wrong with them.

    Parameters
    ----------
    scenario
        Whose.
    between
        Between which times.
    """

    def __init__(self, scenario: Scenario, between: Times) -> None:
        self._files, self._between = scenario.files, between
        self._read: dict[HolidaysSection, tuple[Stretch, ...] | InputError] = {}
        self._problems: dict[Problem, None] = {}

    def days_off(self, section: HolidaysSection | None, place: str) -> tuple[Stretch, ...]:
        """Return the days off of a section; none, if they cannot be read."""
        if section is None:
            return ()
        if section not in self._read:
            try:
                self._read[section] = stretches_off(section, self._files, *self._between)
            except InputError as error:
                self._read[section] = error
        read = self._read[section]
        if isinstance(read, InputError):
            self._problems |= dict.fromkeys(placed(one, place) for one in read.problems)
            return ()
        return read

    def done(self) -> None:
        """Refuse what could not be read.

        Raises
        ------
        InputError
            With every file and country that could not.
        """
        if self._problems:
            raise InputError(self._problems)


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
    reading = _Reading(scenario, between)
    found: list[H] = []
    for name in names:
        own = name if name in sections else DEFAULT
        section = sections.get(own, usual)
        found.append(habits(section, reading.days_off(section.holidays, f"{part}.{own}.holidays")))
    reading.done()
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
