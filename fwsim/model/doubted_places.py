"""Which sections of a rollout a doubt reaches, with one for every place that draws its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.grouping import told_people
from fwsim.model.chances import name_bits
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import PerPlace
from fwsim.scenario.document import Path_
from fwsim.scenario.doubt import Doubt, Target
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.numbers import name_of
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import PeopleSection, PowerSection

_HABITS: dict[str, type[BaseModel]] = {"people": PeopleSection, "power": PowerSection}
FAULTS = "faults by place"
"""First key of what differs from place to place and has no section of its own."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number of a scenario that a draw replaces.

    Parameters
    ----------
    place
        Whose draw.
    target
        Which of the doubt's numbers.
    above, key
        Where it lies: the keys above, and its own.
    """

    place: int
    target: Target
    above: Path_
    key: str | int


@dataclass(frozen=True)
class PlacedDoubt:
    """A doubt with all the sections of a rollout it reaches.

    Parameters
    ----------
    doubt
        What is drawn.
    sections
        For every place that draws a value of its own: the paths that take the place of the first
        keys of the doubt's own, such as of the default site.
    stream
        Names the chances. What every site draws of its line is the same whether the site is named
        or falls under the default.
    names
        Who draws, as `name_bits`; None if all share one draw.
    days
        Where every day draws its own: the day of each place.
    """

    doubt: Doubt
    sections: tuple[tuple[Path_, ...], ...]
    stream: str
    names: NDArray[np.uint64] | None = field(default=None, compare=False)
    days: tuple[str, ...] = ()

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every number that the values drawn at a place are written to."""
        return tuple(
            Leaf(place, target, path[:-1], path[-1])
            for place, sections in enumerate(self.sections)
            for section in sections
            for target in self.doubt.targets
            for path in ((*self.path_in(section, target), *self.days[place : place + 1]),)
        )

    @property
    def size(self) -> int:
        """How many values are drawn."""
        return len(self.sections)

    @staticmethod
    def path_in(section: Path_, target: Target) -> Path_:
        """Return where a target lies in one of the sections."""
        return (*section, *target.path[len(section) :])


def spread_out(rollout: Rollout) -> tuple[Rollout, tuple[PlacedDoubt, ...]]:
    """Return a rollout with a section for every place that draws its own, and what reaches them.

    Doubts that reach nothing of the fleet are left out.
    """
    doubts = rollout.doubts
    scenario, fleet = rollout.scenario, rollout.fleet
    copies: dict[Path_, list[_Copy]] = {}
    for kind in _HABITS:
        scenario, fleet = _habits_apart(kind, doubts, scenario, fleet, copies)
    scenario = _sites_apart(doubts, scenario, fleet, copies)
    placed = [
        _placed_by_day(doubt, copies, rollout)
        if doubt.each is PerPlace.DAY
        else _placed(doubt, copies, fleet)
        for doubt in doubts
    ]
    return rollout.under(scenario, fleet), tuple(one for one in placed if one.sections)


def column_of(fleet: Fleet, each: PerPlace | None) -> Column:
    """Return who draws for each device."""
    return fleet.unit if each is PerPlace.UNIT else fleet.site


@dataclass(frozen=True)
class _Copy:
    """A section that stands for another at some places."""

    path: Path_
    site: str = ""
    unit: str = ""

    def place(self, each: PerPlace | None) -> str:
        """Return who draws for it."""
        match each:
            case PerPlace.SITE:
                return self.site
            case PerPlace.UNIT:
                return self.unit
            case _:
                return ""


def _habits_apart(
    kind: str,
    doubts: Iterable[Doubt],
    scenario: Scenario,
    fleet: Fleet,
    copies: dict[Path_, list[_Copy]],
) -> tuple[Scenario, Fleet]:
    """Give every place a kind of people, or of power, of its own where it draws its own."""
    sections: Mapping[str, BaseModel] = getattr(scenario, kind)
    fallback = sections.get(DEFAULT, _HABITS[kind]())
    column: Column = getattr(fleet, kind)
    apart = {
        str(doubt.targets[0].path[1])
        for doubt in doubts
        if doubt.targets[0].path[0] == kind and doubt.each is not None
    }
    known = {_section(value, sections) for value in column.values}
    for name in known - apart:
        own = [(kind, value) for value in column.values if _section(value, sections) == name]
        copies[kind, name] = [_Copy(path) for path in own]
    named = {value: sections.get(value, fallback) for value in column.values}
    if apart & known:
        column, named = _split(kind, column, fleet, apart, sections, named, copies)
        told = {"told_people": told_people(fleet)} if kind == "people" else {}
        apart_by: dict[str, Any] = {kind: column, **told}
        fleet = replace(fleet, **apart_by)
    return scenario.model_copy(update={kind: {**sections, **named}}), fleet


def _section(value: str, sections: Mapping[str, BaseModel]) -> str:
    return value if value in sections else DEFAULT


def _split(
    kind: str,
    column: Column,
    fleet: Fleet,
    apart: set[str],
    sections: Mapping[str, BaseModel],
    named: Mapping[str, BaseModel],
    copies: dict[Path_, list[_Copy]],
) -> tuple[Column, dict[str, BaseModel]]:
    """Return habits by kind, site and unit for the kinds that stand apart."""
    sites, units = fleet.site, fleet.unit
    is_apart = np.array([_section(value, sections) in apart for value in column.values], bool)
    own = is_apart[column.codes]
    keys = np.stack(
        [
            column.codes,
            np.where(own, sites.codes, -1),
            np.where(own, units.codes, -1),
        ]
    )
    kinds, codes = np.unique(keys, axis=1, return_inverse=True)
    labels: list[str] = []
    made: dict[str, BaseModel] = {}
    for value, site, unit in kinds.T.tolist():
        name = column.values[value]
        label = name if site < 0 else f"{name} @ {units.values[unit]} @ {sites.values[site]}"
        labels.append(label)
        made[label] = named[name]
        if site >= 0:
            copies.setdefault((kind, _section(name, sections)), []).append(
                _Copy((kind, label), sites.values[site], units.values[unit])
            )
    return Column(tuple(labels), codes.astype(np.int32).reshape(-1)), made


def _sites_apart(
    doubts: Iterable[Doubt],
    scenario: Scenario,
    fleet: Fleet,
    copies: dict[Path_, list[_Copy]],
) -> Scenario:
    """Give every site a section of its own where the default one is in doubt."""
    sites = scenario.network.sites
    used: dict[str, list[str]] = {}
    for name in fleet.site.values:
        used.setdefault(_section(name, sites), []).append(name)
    for section, names in used.items():
        own = [_Copy(("network", "sites", name), name) for name in names]
        copies["network", "sites", section] = own
    doubted = any(doubt.targets[0].path[:3] == ("network", "sites", DEFAULT) for doubt in doubts)
    if not doubted or not used.get(DEFAULT):
        return scenario
    named = dict.fromkeys(used[DEFAULT], sites[DEFAULT])
    network = scenario.network.model_copy(update={"sites": {**sites, **named}})
    return scenario.model_copy(update={"network": network})


def _placed(doubt: Doubt, copies: Mapping[Path_, list[_Copy]], fleet: Fleet) -> PlacedDoubt:
    """Return a doubt with the sections it reaches; none if nothing of the fleet falls under it."""
    path, stream = doubt.targets[0].path, doubt.chances
    section = _section_of(path)
    if section is not None:
        found = _by_place(doubt.each, copies.get(section, ()))
        if path[0] == "network" and doubt.each is not None:
            stream = f"network.sites.*{doubt.place.removeprefix(name_of(map(str, section)))}"
    elif path[0] == "faults" and doubt.each is not None:
        names = column_of(fleet, doubt.each).values
        found = {name: [(FAULTS, path[1], name)] for name in names}
    else:
        return PlacedDoubt(doubt, (((),),), stream)
    sections = tuple(tuple(paths) for paths in found.values())
    return PlacedDoubt(doubt, sections, stream, name_bits(found) if doubt.each else None)


def _placed_by_day(
    doubt: Doubt, copies: Mapping[Path_, list[_Copy]], rollout: Rollout
) -> PlacedDoubt:
    """Return a doubt of what others take of lines, which each of them draws anew every day."""
    section = doubt.targets[0].path[:3]
    lines, stream = copies.get(section, ()), doubt.chances
    if section[1] == "sites":
        stream = f"network.sites.*{doubt.place.removeprefix(name_of(map(str, section)))}"
    else:
        lines = [_Copy(section, str(section[2]))]
    own = [(line, day) for line in lines for day, _, _ in rollout.days]
    return PlacedDoubt(
        doubt,
        tuple((line.path,) for line, _ in own),
        stream,
        name_bits(f"{line.site} {day}" for line, day in own),
        tuple(day for _, day in own),
    )


def _section_of(path: Path_) -> Path_ | None:
    """Return the section that a doubt stands in if it may stand for others; else None."""
    if path[0] in _HABITS:
        return path[:2]
    return path[:3] if path[:2] == ("network", "sites") else None


def _by_place(each: PerPlace | None, copies: Iterable[_Copy]) -> dict[str, list[Path_]]:
    """Return the sections of all who draw, by name; empty where all share one draw."""
    found: dict[str, list[Path_]] = {}
    for copy in copies:
        found.setdefault(copy.place(each), []).append(copy.path)
    return found
