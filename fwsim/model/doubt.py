"""What nobody knows, drawn once a run: a rollout with every doubted number at its drawn value.

Fleet, schedule and everything else that is certain are shared with the rollout it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from fwsim.fleet.fleet import Column, Fleet
from fwsim.model.chances import Chances
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import PerPlace, Scale, rounded
from fwsim.quantities.elementary import Floats, normal_quantile
from fwsim.quantities.laws import Law, Lognormal, Uniform, scaled
from fwsim.scenario.document import Path_
from fwsim.scenario.doubts import DEFAULT, Doubt, Effect, Target, doubts_of
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import AnswerSection, PeopleSection, PowerSection

_STRUCTURE = {"fleet", "image", "images", "uefi"}
_OF_FLEET = {"flash", "system_partition", "other_partitions", "device_rate", "idf_size"}
"""Assumptions that shape devices, so that a draw lays the fleet anew."""
_HABITS: dict[str, type[BaseModel]] = {"people": PeopleSection, "power": PowerSection}


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
    """

    doubt: Doubt
    sections: tuple[tuple[Path_, ...], ...]


@dataclass(frozen=True)
class DoubtedRollout:
    """A rollout made ready for draws.

    Parameters
    ----------
    rollout
        With a section for every place that draws its own.
    doubts
        What is drawn; those that reach nothing are left out.
    lays_anew
        Whether a draw changes what the fleet is made of.
    """

    rollout: Rollout
    doubts: tuple[PlacedDoubt, ...]
    lays_anew: bool

    def drawn(self, chances: Chances) -> Rollout:
        """Return the rollout of one run, with every doubted number at its drawn value."""
        if not self.doubts:
            return self.rollout
        scenario = self.rollout.scenario
        spread = scenario.assumptions.between_rollouts
        tree: dict[Any, Any] = {}
        scales: dict[Any, Any] = {}
        for placed in self.doubts:
            values = drawn_values(placed.doubt, chances, len(placed.sections), spread)
            _note(placed, values, scales if placed.doubt.effect is Effect.LAW else tree)
        fault_shares = self._fault_shares(tree.pop(_FAULTS, {}))
        drawn = _with_values(_with_values(scenario, tree), scales)
        return self.rollout.under(drawn, fault_shares=fault_shares, anew=self.lays_anew)

    def _fault_shares(self, by_place: Mapping[str, Mapping[str, float]]) -> dict[str, Floats]:
        """Return the shares of faults that differ from place to place, a device each."""
        return {
            phase: np.array(list(by_place[phase].values()))[codes]
            for phase, codes in _fault_codes(self).items()
        }


_FAULTS = "faults by place"


def _fault_codes(of: DoubtedRollout) -> dict[str, NDArray[np.int32]]:
    fleet = of.rollout.fleet
    return {
        str(placed.doubt.targets[0].path[1]): _column(fleet, placed.doubt.each).codes
        for placed in of.doubts
        if placed.doubt.targets[0].path[0] == "faults" and placed.doubt.each is not None
    }


def drawn_values(doubt: Doubt, chances: Chances, places: int, spread: float) -> Floats:
    """Return what a doubt comes to in one run.

    Parameters
    ----------
    doubt
        What is drawn.
    chances
        Of the run.
    places
        How many draw a value of their own.
    spread
        Standard deviation between rollouts, on the open scale.

    Returns
    -------
    ndarray of float64, shape (places, numbers)
    """
    belief = doubt.belief
    if belief is None:
        values = np.tile(np.array(doubt.stated), (places, 1))
    else:
        drawn = chances.doubt(doubt.place, places * belief.chances)
        values = belief.quantile(drawn.reshape(places, belief.chances))
    if doubt.is_widened and spread:
        values = _widened(values, doubt, chances, spread)
    return values


def _widened(values: Floats, doubt: Doubt, chances: Chances, spread: float) -> Floats:
    """Return values moved by how much this rollout differs from others, all places alike."""
    name = f"{doubt.place}/rollout"
    if doubt.of_whole:
        steps = normal_quantile(chances.doubt(name, values.shape[1])) * (spread / np.sqrt(2.0))
        moved = values * Scale.LOG.closed(steps)
        return rounded(moved / moved.sum(axis=1, keepdims=True))
    step = spread * normal_quantile(chances.doubt(name, 1))
    if doubt.scale is Scale.LOG or doubt.effect is Effect.LAW:
        return rounded(values * Scale.LOG.closed(step))
    inside = (values > 0) & (values < 1)
    opened = Scale.LOGIT.opened(np.where(inside, values, 0.5))
    return rounded(np.where(inside, Scale.LOGIT.closed(opened + step), values))


def _note(placed: PlacedDoubt, values: Floats, tree: dict[Any, Any]) -> None:
    """Write what was drawn into a tree of keys, one below the other."""
    doubt = placed.doubt
    for place, sections in enumerate(placed.sections):
        for section in sections:
            for target in doubt.targets:
                path = (*section, *target.path[len(section) :])
                value = _value(doubt, target, values[place])
                here = tree
                for key in path[:-1]:
                    here = here.setdefault(key, {})
                here[path[-1]] = value


def _value(doubt: Doubt, target: Target, values: Floats) -> Any:
    match doubt.effect:
        case Effect.LAW:
            return _Scaled(float(values[0]))
        case Effect.WEIGHTS:
            return _Weighed(tuple(values.tolist()))
    value = min(max(float(values[target.part]), target.low), target.high)
    return max(1, round(value)) if target.whole else value


@dataclass(frozen=True)
class _Scaled:
    factor: float


@dataclass(frozen=True)
class _Weighed:
    weights: tuple[float, ...]


def _with_values(here: Any, tree: Any) -> Any:
    """Return a part of a scenario with what a tree of keys says in its place."""
    match tree:
        case _Scaled(factor):
            return scaled(here, factor)
        case _Weighed(weights):
            return replace(here, weights=weights)
        case dict():
            return _with_items(here, tree) if tree else here
        case _:
            return tree


def _with_items(here: Any, tree: Mapping[Any, Any]) -> Any:
    if isinstance(here, BaseModel):
        update = {key: _with_values(getattr(here, key), below) for key, below in tree.items()}
        return _mended(here.model_copy(update=update))
    if isinstance(here, Mapping):
        return {**here, **{key: _with_values(here[key], below) for key, below in tree.items()}}
    if isinstance(here, tuple):
        return tuple(
            _with_values(item, tree[place]) if place in tree else item
            for place, item in enumerate(here)
        )
    return _law_with(here, tree)


def _law_with(law: Any, tree: Mapping[Any, Any]) -> Law:
    """Return a law with drawn parameters; what must not fall below another, does not."""
    changes = dict(tree)
    if "parameters" in changes:
        drawn = changes["parameters"]
        changes["parameters"] = tuple(
            (name, drawn.get(place, value)) for place, (name, value) in enumerate(law.parameters)
        )
    made: Law = replace(law, **changes)
    match made:
        case Lognormal(median, p95) if p95 < median:
            return Lognormal(median, median)
        case Uniform(low, high) if high < low:
            return Uniform(high, low)
    return made


def _mended(section: BaseModel) -> BaseModel:
    """Return a section whose shares, drawn each for itself, are no more than a whole."""
    if not isinstance(section, AnswerSection):
        return section
    given = {
        name: share for name in ("now", "defer", "cancel") if (share := getattr(section, name))
    }
    total = sum(given.values())
    if total <= 1:
        return section
    return section.model_copy(update={name: share / total for name, share in given.items()})


_READY: WeakKeyDictionary[Rollout, DoubtedRollout] = WeakKeyDictionary()
_MAKING_READY = Lock()


def doubted(rollout: Rollout) -> DoubtedRollout:
    """Return a rollout with its doubts, worked out once."""
    with _MAKING_READY:
        found = _READY.get(rollout)
        if found is None:
            found = _READY[rollout] = made_ready(rollout)
    return found


# Sections for all who draw their own


def made_ready(rollout: Rollout) -> DoubtedRollout:
    """Return a rollout with its doubts, with a section for every place that draws its own."""
    doubts = doubts_of(rollout.scenario)
    scenario, fleet = rollout.scenario, rollout.fleet
    copies: dict[Path_, list[_Copy]] = {}
    for kind in _HABITS:
        scenario, fleet = _habits_apart(kind, doubts, scenario, fleet, copies)
    scenario = _sites_apart(doubts, scenario, fleet, copies)
    placed = [_placed(doubt, copies, fleet) for doubt in doubts]
    reaching = tuple(one for one in placed if one.sections)
    anew = any(_is_of_fleet(target.path) for one in reaching for target in one.doubt.targets)
    if scenario is not rollout.scenario:
        rollout = rollout.under(scenario, fleet)
    return DoubtedRollout(rollout, reaching, anew)


def _is_of_fleet(path: Path_) -> bool:
    return path[0] in _STRUCTURE or (path[0] == "assumptions" and path[1] in _OF_FLEET)


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
            case None:
                return ""


def _column(fleet: Fleet, each: PerPlace | None) -> Column:
    return fleet.unit if each is PerPlace.UNIT else fleet.site


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
    known = {name if name in sections else DEFAULT for name in column.values}
    for name in known - apart:
        own = [(kind, value) for value in column.values if _section(value, sections) == name]
        copies[kind, name] = [_Copy(path) for path in own]
    named = {value: sections.get(value, fallback) for value in column.values}
    if apart & known:
        column, named = _split(kind, column, fleet, apart, sections, named, copies)
        apart_by: dict[str, Any] = {kind: column}
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
    path = doubt.targets[0].path
    for kind, length in (("people", 2), ("power", 2), ("network", 3)):
        if path[0] == kind and path[1] != "repository":
            if path[:2] == ("network", "hubs"):
                break
            return PlacedDoubt(doubt, _by_place(doubt.each, copies.get(path[:length], ())))
    if path[0] == "faults" and doubt.each is not None:
        names = _column(fleet, doubt.each).values
        return PlacedDoubt(doubt, tuple((((_FAULTS), path[1], name),) for name in names))
    return PlacedDoubt(doubt, (((),),))


def _by_place(each: PerPlace | None, copies: Iterable[_Copy]) -> tuple[tuple[Path_, ...], ...]:
    found: dict[str, list[Path_]] = {}
    for copy in copies:
        found.setdefault(copy.place(each), []).append(copy.path)
    return tuple(tuple(paths) for paths in found.values())
