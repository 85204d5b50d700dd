"""Whom a scenario commands: every target with its place, and those that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fwsim.commands.client_group import IDF_NAME, parse_filter
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    NamedTarget,
    Target,
    normal_mac,
)
from fwsim.fleet.find import find_targets, macs_in
from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.listed import MOST_UNCLEAR, UnclearRows
from fwsim.problems import Hints, InputError, Problem
from fwsim.scenario.checks_besides import Left
from fwsim.scenario.fleet_build import fleet_as_far
from fwsim.scenario.hubs import Place
from fwsim.scenario.schema import Scenario

LARGEST_LIST = 100_000_000
_NAMES_DEVICES = ("devices", "sites")
ATTRIBUTES: Place = ("fleet", "units", "*", "attributes")
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


@dataclass(frozen=True)
class KnownFleet:
    """The devices of what is left of a file that has mistakes.

    Parameters
    ----------
    fleet
        Those that can be known.
    rows
        What bad rows of the device list leave open.
    units
        The OUs whose devices nobody knows.
    are_attributes_known
        Whether no other attributes are reported.
    """

    fleet: Fleet
    rows: UnclearRows
    units: tuple[str, ...]
    are_attributes_known: bool

    @property
    def is_whole(self) -> bool:
        """Whether there are no others."""
        return not self.rows and not self.units

    def may_have(self, name: str) -> bool:
        """Tell whether an OU or a device of this name may be among what nobody knows."""
        name = name.strip("/")
        if len(self.units) > MOST_UNCLEAR or self.rows.may_name(name):
            return True
        return any(_may_be_of(name, path) for path in self.units)


def problems_of_fleet(left: Left, told: frozenset[Place]) -> Iterator[tuple[Place, Problem]]:
    """Yield what is wrong with the device list, and targets that lead nowhere, with their places.

    Parameters
    ----------
    left
        What is left of a file that has other mistakes.
    told
        Places at which something is known to be wrong.
    """
    known, problems = _known_fleet(left, told)
    left.fleet, left.told = known, told
    yield from (((), problem) for problem in problems)
    hints, wrong = Hints(), {other[:2] for other in told}
    for path, target in _commanded(left.scenario):
        place = left.in_file(path)
        is_wrong = isinstance(target, ListFileTarget) and place in wrong
        if is_wrong or any(left.is_open((*place, key)) for key in _keys_of_target(left, place)):
            continue
        found: Iterable[Problem] = _whatever_the_fleet(target, left.scenario)
        if not found and known is not None and (asked := _that_holds(target, known)):
            found = _found(asked, known.fleet, left, place, hints)
        yield from ((place, problem) for problem in found)


def _keys_of_target(left: Left, place: Place) -> Iterable[str]:
    """Return the keys that say who is meant at a place: those there are, else all there may be."""
    given = left.keys_at(place)
    return [key for key in _TARGET_KEYS if key in given] or _TARGET_KEYS


def _known_fleet(
    left: Left, told: frozenset[Place]
) -> tuple[KnownFleet | None, tuple[Problem, ...]]:
    """Return the fleet as far as it can be known, and what is wrong with the device list."""
    scenario = left.scenario
    is_file_wrong = any(place[:2] == ("fleet", "inventory") for place in told)
    if left.is_open(("fleet", "inventory")) or is_file_wrong or left.is_open(("fleet", "units")):
        return None, ()
    habits: tuple[Place, ...] = (("people",), ("power",))
    if scenario.fleet.inventory is not None and any(map(left.is_open, habits)):
        return None, ()
    try:
        fleet, rows, problems = fleet_as_far(scenario)
    except InputError as error:
        return None, error.problems
    units = tuple(_without_devices(left))
    return KnownFleet(fleet, rows, units, _are_attributes_known(left, units)), problems


def _whatever_the_fleet(target: Target, scenario: Scenario) -> tuple[Problem, ...]:
    """Return what is wrong with a target, whatever the devices are."""
    if not isinstance(target, ListFileTarget):
        return filter_problems(target)
    try:
        text = scenario.files.read_text(target.file, largest=LARGEST_LIST)
    except InputError as error:
        return error.problems
    return tuple(macs_in(target.file, text)[1])


def filter_problems(target: Target) -> tuple[Problem, ...]:
    """Return what is wrong with a filter of a group, whatever the devices are."""
    if not isinstance(target, ClientGroupTarget):
        return ()
    try:
        parse_filter(target.filter)
    except InputError as error:
        return error.problems
    return ()


def _without_devices(left: Left) -> Iterator[str]:
    """Yield the OUs whose devices nobody knows."""
    for path in left.scenario.fleet.units:
        if any(left.is_open(("fleet", "units", path, key)) for key in _NAMES_DEVICES):
            yield path


def _are_attributes_known(left: Left, without_devices: tuple[str, ...]) -> bool:
    """Tell whether OUs have no other attributes, and none that only unknown devices report."""
    if left.is_in_doubt(ATTRIBUTES):
        return False
    return not without_devices or not any(u.attributes for u in left.scenario.fleet.units.values())


def _that_holds(target: Target, known: KnownFleet) -> Target | None:
    """Return a target, or so much of it that what is found does not come of what is not known."""
    match target:
        case ClientGroupTarget():
            return target if known.are_attributes_known else None
        case NamedTarget(name):
            return None if known.may_have(name) else target
        case DeviceListTarget(devices):
            is_known = not known.rows.lacks_macs
            sure = (one for one in devices if is_known or normal_mac(one) is None)
            return DeviceListTarget(tuple(one for one in sure if not known.may_have(one)))
        case _:
            return target if known.is_whole else None


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
