"""Whom a scenario commands: every target with its place, and those that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fwsim.commands.client_group import IDF_NAME, parse_filter
from fwsim.commands.targets import ClientGroupTarget, ListFileTarget, NamedTarget, Target
from fwsim.fleet.find import find_targets
from fwsim.fleet.fleet import Column, Fleet
from fwsim.problems import Hints, InputError, Problem
from fwsim.scenario.checks_besides import Left
from fwsim.scenario.fleet_build import build_fleet
from fwsim.scenario.hubs import Place
from fwsim.scenario.schema import Scenario

LARGEST_LIST = 100_000_000
_NAMES_DEVICES = ("devices", "sites")
_TARGET_KEYS = ("update", "delivery", "uefi_update", "scmd", "where")


def commanded_at_times(scenario: Scenario) -> Iterator[tuple[Place, Target]]:
    """Yield whom commands are for, and which devices fail more often than others."""
    for i, section in enumerate(scenario.commands):
        yield ("commands", i), section.command().target
    for i, failing in enumerate(scenario.failing):
        yield ("failing", i), ClientGroupTarget(failing.where)


def _commanded(scenario: Scenario) -> Iterator[tuple[Place, Target]]:
    yield from commanded_at_times(scenario)
    for i, waiting in enumerate(scenario.notifications):
        yield ("notifications", i), waiting.command().target
    for i, assigned in enumerate(scenario.assignments):
        yield ("assignments", i), assigned.command().target


def problems_of_fleet(left: Left, told: frozenset[Place]) -> Iterator[tuple[Place, Problem]]:
    """Yield what is wrong with the device list, and targets that lead nowhere, with their places.

    Parameters
    ----------
    left
        What is left of a file that has other mistakes.
    told
        Places at which something is known to be wrong.
    """
    scenario = left.scenario
    fleet, problems = _fleet_of(left, told)
    yield from (((), problem) for problem in problems)
    unnamed, hints = tuple(_without_devices(left)), Hints()
    for path, target in _commanded(scenario):
        place = left.in_file(path)
        is_wrong = any(other[:2] == place for other in told if isinstance(target, ListFileTarget))
        if is_wrong or any(left.is_open((*place, key)) for key in _TARGET_KEYS):
            continue
        if fleet is None:
            yield from ((place, problem) for problem in filter_problems(target))
        elif _holds(target, unnamed, left):
            yield from ((place, problem) for problem in _found(target, fleet, left, place, hints))


def _fleet_of(left: Left, told: frozenset[Place]) -> tuple[Fleet | None, tuple[Problem, ...]]:
    """Return the fleet, if it can be known, and what is wrong with the device list."""
    scenario = left.scenario
    is_file_wrong = any(place[:2] == ("fleet", "inventory") for place in told)
    if left.is_open(("fleet", "inventory")) or is_file_wrong or left.is_open(("fleet", "units")):
        return None, ()
    habits: tuple[Place, ...] = (("people",), ("power",))
    if scenario.fleet.inventory is not None and any(map(left.is_open, habits)):
        return None, ()
    try:
        return build_fleet(scenario), ()
    except InputError as error:
        return None, error.problems


def filter_problems(target: Target) -> tuple[Problem, ...]:
    """Return what is wrong with a filter of a group, whatever the devices are."""
    if not isinstance(target, ClientGroupTarget):
        return ()
    try:
        parse_filter(target.filter)
    except InputError as error:
        return error.problems
    return ()


def check_filters(scenario: Scenario) -> None:
    """Read the filters of all groups where nobody knows the fleet.

    Raises
    ------
    InputError
        With all problems of all of them.
    """
    problems = [
        replace(problem, path=".".join(map(str, place)))
        for place, target in _commanded(scenario)
        for problem in filter_problems(target)
    ]
    if problems:
        raise InputError(problems)


def _without_devices(left: Left) -> Iterator[str]:
    """Yield the OUs whose devices nobody knows."""
    for path in left.scenario.fleet.units:
        if any(left.is_open(("fleet", "units", path, key)) for key in _NAMES_DEVICES):
            yield path


def _holds(target: Target, unnamed: tuple[str, ...], left: Left) -> bool:
    """Tell whether what is found of a target does not come of what cannot be read."""
    match target:
        case ClientGroupTarget():
            return bool(filter_problems(target)) or not left.is_open(
                ("fleet", "units", "*", "attributes")
            )
        case NamedTarget(name):
            return not any(_may_be_of(name.strip("/"), path) for path in unnamed)
        case _:
            return not unnamed


def _may_be_of(name: str, path: str) -> bool:
    """Tell whether a name may be one of an OU whose devices nobody knows, or above or below it."""
    path = path.removesuffix("*")
    last = path.rstrip("/").rpartition("/")[2]
    is_near = name.startswith(path) or path.startswith(f"{name}/")
    return is_near or name.rpartition("/")[2].startswith(last)


def _found(target: Target, fleet: Fleet, left: Left, place: Place, hints: Hints) -> list[Problem]:
    """Return what is wrong with a target, whatever is meant of the OUs below it if that is open."""
    found = _problems_of(target, fleet, left.scenario, hints)
    if isinstance(target, NamedTarget) and left.is_open((*place, "subordinate_units")):
        other = replace(target, subordinate_units=not target.subordinate_units)
        others = _problems_of(other, fleet, left.scenario, hints) if found else []
        return [one for one in found if one in others]
    return found


def _problems_of(target: Target, fleet: Fleet, scenario: Scenario, hints: Hints) -> list[Problem]:
    def read_list(file: str) -> str:
        return scenario.files.read_text(file, largest=LARGEST_LIST)

    live = {IDF_NAME: Column.constant("", len(fleet))}
    ignore_case = scenario.assumptions.group_ignores_case
    try:
        find_targets(target, fleet, live, read_list, ignore_case=ignore_case, hints=hints)
    except InputError as error:
        return list(error.problems)
    return []
