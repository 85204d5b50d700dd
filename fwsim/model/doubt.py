"""What nobody knows, drawn once a run: a rollout with every doubted number at its drawn value.

Fleet, schedule and everything else that is certain are shared with the rollout it comes from.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, cached_property
from itertools import accumulate
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from fwsim.fleet.busy_times import ByDay
from fwsim.model.chances import Chances, doubt_chances, doubt_chances_of_each
from fwsim.model.doubted_places import FAULTS, PlacedDoubt, column_of, spread_out
from fwsim.model.drawn_worlds import DrawnWorlds
from fwsim.model.rollout import Rollout
from fwsim.quantities.beliefs import Scale, Weighed, rounded
from fwsim.quantities.elementary import Floats, normal_quantile, summed
from fwsim.quantities.laws import Law, Lognormal, ScipyLaw, Uniform, scaled
from fwsim.quantities.units import TOLERANCE
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.copying import copied
from fwsim.scenario.document import Path_
from fwsim.scenario.doubt import Doubt, Effect, Target
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS, AnswerSection
from fwsim.scenario.weighed_choices import choices_of

_STRUCTURE = {"fleet", "image", "images", "uefi"}
_STEPS_BACK = 60
MOST_TOGETHER = 300
"""Doubts beyond which each run is drawn alone: a process with few runs would wait for many."""
_OF_FLEET = {"flash", "system_partition", "other_partitions", "device_rate", "idf_size"}
"""Assumptions that shape devices, so that a draw lays the fleet anew."""


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
    drawn_before
        What the doubts came to in runs near by.
    """

    rollout: Rollout
    doubts: tuple[PlacedDoubt, ...]
    lays_anew: bool
    drawn_before: DrawnWorlds = field(default_factory=DrawnWorlds, compare=False, repr=False)

    def drawn(self, chances: Chances) -> Rollout:
        """Return the rollout of one run, with every doubted number at its drawn value."""
        if not self.doubts:
            return self.rollout
        drawn, by_place = self._drawn(chances)
        shares = self._fault_shares(by_place)
        return self.rollout.under(drawn, fault_shares=shares, anew=self.lays_anew)

    def drawn_scenario(self, chances: Chances) -> Scenario:
        """Return the scenario of one run, without what differs from place to place of faults."""
        return self._drawn(chances)[0]

    def _drawn(self, chances: Chances) -> tuple[Scenario, Mapping[str, Mapping[str, float]]]:
        scenario = self.rollout.scenario
        tree: dict[Any, Any] = {}
        scales: dict[Any, Any] = {}
        for placed, values in zip(self.doubts, self._values(chances), strict=True):
            _note(placed, values, scales if placed.doubt.effect is Effect.LAW else tree)
        by_place = tree.pop(FAULTS, {})
        return with_values(with_values(scenario, tree), scales), by_place

    def _values(self, chances: Chances) -> list[Floats]:
        """Return what each doubt comes to in one run; its neighbours are drawn with it."""
        spread = self.rollout.scenario.assumptions.between_rollouts

        def draw(worlds: range) -> list[Floats]:
            each = [Chances(chances.seed, world) for world in worlds]
            return self._drawn_in(each, spread)

        if len(self.doubts) > MOST_TOGETHER:
            alone = draw(range(chances.replication, chances.replication + 1))
            return [values[0] for values in alone]
        return self.drawn_before.values_of(chances.seed, chances.replication, draw)

    def _drawn_in(self, chances: Sequence[Chances], spread: float) -> list[Floats]:
        """Return what each doubt comes to in some runs: those alike at once, as calls cost."""
        found: dict[int, Floats] = {}
        for together, numbers, ends in self._alike:
            values = drawn_values(together, chances, spread)
            found |= zip(numbers, np.split(values, ends, axis=1), strict=True)
        return [found[number] for number in range(len(self.doubts))]

    @cached_property
    def _alike(self) -> list[tuple[PlacedDoubt, list[int], list[int]]]:
        """Doubts that are drawn as one: its places, whose they are, and where the next begin."""
        alike: dict[Hashable, list[int]] = {}
        for number, placed in enumerate(self.doubts):
            alike.setdefault(_drawn_like(placed) or number, []).append(number)
        found = []
        for numbers in alike.values():
            several = [self.doubts[number] for number in numbers]
            ends = list(accumulate(placed.size for placed in several))[:-1]
            found.append((_as_one(several), numbers, ends))
        return found

    def _fault_shares(self, by_place: Mapping[str, Mapping[str, float]]) -> dict[str, Floats]:
        """Return the shares of faults that differ from place to place, a device each."""
        return {
            phase: np.array(list(by_place[phase].values()))[codes]
            for phase, codes in _fault_codes(self).items()
        }


def _fault_codes(of: DoubtedRollout) -> dict[str, NDArray[np.int32]]:
    fleet = of.rollout.fleet
    return {
        str(placed.doubt.targets[0].path[1]): column_of(fleet, placed.doubt.each).codes
        for placed in of.doubts
        if placed.doubt.targets[0].path[0] == "faults" and placed.doubt.each is not None
    }


def _drawn_like(placed: PlacedDoubt) -> Hashable:
    """Return what doubts have in common of which every place draws one number, in one way."""
    doubt = placed.doubt
    if placed.names is None or doubt.belief is None or doubt.belief.chances != 1 or doubt.of_whole:
        return None
    how = doubt.effect, doubt.scale, doubt.is_widened, doubt.widening
    return placed.stream, type(doubt.belief), doubt.belief, how


def _as_one(several: Sequence[PlacedDoubt]) -> PlacedDoubt:
    """Return doubts that are drawn alike as one with all their places."""
    first, *others = several
    if not others:
        return first
    sections = tuple(section for placed in several for section in placed.sections)
    names = np.concatenate([placed.names for placed in several if placed.names is not None])
    return replace(first, sections=sections, names=names)


def drawn_values(placed: PlacedDoubt, chances: Sequence[Chances], spread: float) -> Floats:
    """Return what a doubt comes to in some runs.

    Parameters
    ----------
    placed
        What is drawn, and who draws.
    chances
        Of each run.
    spread
        Standard deviation between rollouts, on the open scale.

    Returns
    -------
    ndarray of float64, shape (runs, places, numbers)
    """
    belief, runs, places = placed.doubt.belief, len(chances), placed.size
    if belief is None:
        values = np.tile(np.array(placed.doubt.stated), (runs, places, 1))
    elif placed.names is None:
        drawn = doubt_chances(chances, placed.stream, belief.chances)
        values = np.repeat(belief.quantile(drawn)[:, None], places, axis=1)
    else:
        each = doubt_chances_of_each(chances, placed.stream, belief.chances, placed.names)
        values = belief.quantile(each.reshape(-1, belief.chances)).reshape(runs, places, -1)
    if placed.doubt.is_widened and spread:
        values = _widened(values, placed, chances, spread)
    return values


def _widened(
    values: Floats, placed: PlacedDoubt, chances: Sequence[Chances], spread: float
) -> Floats:
    """Return values moved by how much each rollout differs from others, all places alike."""
    runs, places, numbers = values.shape
    columns = numbers if placed.doubt.of_whole else 1
    steps = doubt_chances(chances, f"{placed.stream}/rollout", columns)
    of_rows = np.repeat(normal_quantile(steps), places, axis=0)
    moved = moved_by(placed.doubt, values.reshape(-1, numbers), of_rows, spread)
    return moved.reshape(runs, places, numbers)


def moved_by(doubt: Doubt, values: Floats, steps: Floats, spread: float) -> Floats:
    """Return values moved by how much a rollout differs from others.

    Parameters
    ----------
    doubt
        What is drawn.
    values
        Shape (rows, numbers).
    steps
        Standard normal: one a number for shares of a whole, else one; for all rows, or a row each.
    spread
        Standard deviation between rollouts, on the open scale.
    """
    spread = spread * doubt.widening
    if doubt.of_whole:
        moved = values * Scale.LOG.closed(steps * (spread / np.sqrt(2.0)))
        return rounded(moved / moved.sum(axis=1, keepdims=True))
    step = spread * steps
    if doubt.scale is Scale.LOG or doubt.effect is Effect.LAW:
        return rounded(values * Scale.LOG.closed(step))
    inside = (values > 0) & (values < 1)
    opened = Scale.LOGIT.opened(np.where(inside, values, 0.5))
    return rounded(np.where(inside, Scale.LOGIT.closed(opened + step), values))


def _note(placed: PlacedDoubt, values: Floats, tree: dict[Any, Any]) -> None:
    """Write what was drawn into a tree of keys, one below the other."""
    rows, doubt = values.tolist(), placed.doubt
    value_of = _number if doubt.effect is Effect.NUMBERS else _value
    for leaf in placed.leaves:
        here = tree
        for key in leaf.above:
            here = here.setdefault(key, {})
        here[leaf.key] = value_of(doubt, leaf.target, rows[leaf.place])


def _value(doubt: Doubt, target: Target, values: list[float]) -> Any:
    match doubt.effect:
        case Effect.LAW:
            return _Scaled(values[0])
        case Effect.CHOICE:
            return _choice(doubt, int(values[0]))
        case Effect.WEIGHTS:
            return _Weighed(tuple(values))
    return _number(doubt, target, values)


def _number(_: Doubt, target: Target, values: list[float]) -> float:
    value = min(max(values[target.part], target.low), target.high)
    return max(1, round(value)) if target.whole else value


def _choice(doubt: Doubt, place: int) -> StrEnum:
    """Return the choice at a place among the names of a belief."""
    if not isinstance(doubt.belief, Weighed):
        raise TypeError(f"{doubt.place} is not a choice between names")
    kind = choices_of(Assumptions)[str(doubt.targets[0].path[-1])]
    return kind(doubt.belief.names[place])


@dataclass(frozen=True)
class _Scaled:
    factor: float


@dataclass(frozen=True)
class _Weighed:
    weights: tuple[float, ...]


def with_values(here: Any, tree: Any) -> Any:
    """Return a part of a scenario with what a tree of keys, one below the other, says of it."""
    if isinstance(tree, dict):
        return _with_items(here, tree) if tree else here
    match tree:
        case _Scaled(factor):
            return scaled(here, factor)
        case _Weighed(weights):
            return replace(here, weights=weights)
        case _:
            return tree


def _with_items(here: Any, tree: Mapping[Any, Any]) -> Any:
    if isinstance(here, dict):
        changed = dict(here)
        for key, below in tree.items():
            changed[key] = with_values(here[key], below)
        return changed
    if isinstance(here, BaseModel):
        return _mended(copied(here, {k: with_values(getattr(here, k), t) for k, t in tree.items()}))
    if isinstance(here, tuple):
        return tuple(
            with_values(item, tree[place]) if place in tree else item
            for place, item in enumerate(here)
        )
    if isinstance(here, float):
        return ByDay(here, tuple(tree.items()))
    return _law_with(here, tree)


def _law_with(law: Any, tree: Mapping[Any, Any]) -> Law:
    """Return a law with drawn parameters; what must not fall below another, does not."""
    changes = dict(tree)
    if "parameters" in changes:
        drawn = changes["parameters"]
        changes["parameters"] = tuple(
            (name, drawn.get(place, value)) for place, (name, value) in enumerate(law.parameters)
        )
    made = _made(law, changes)
    match made:
        case Lognormal(median, p95) if p95 < median:
            return Lognormal(median, median)
        case Uniform(low, high) if high < low:
            return Uniform(high, low)
    return made


def _made(law: Law, changes: Mapping[str, Any]) -> Law:
    """Return a law with drawn parameters; those that make none come back half way, and again."""
    if not isinstance(law, ScipyLaw):
        return replace(law, **changes)  # type: ignore[type-var]
    drawn = dict(changes["parameters"])
    for _ in range(_STEPS_BACK):
        try:
            return ScipyLaw(law.name, tuple(drawn.items()))
        except ValueError:
            drawn = {name: (drawn[name] + stated) / 2 for name, stated in law.parameters}
    return law


def _mended(section: BaseModel) -> BaseModel:
    """Return a section whose shares, drawn each for itself, make a whole."""
    for name in _shared_out(type(section)):
        shares = getattr(section, name)
        if isinstance(shares, dict) and shares and abs(summed(shares.values()) - 1) > TOLERANCE:
            total = summed(shares.values())
            whole = {key: share / total for key, share in shares.items()}
            section = section.model_copy(update={name: whole})
    return _no_more_than_all(section) if isinstance(section, AnswerSection) else section


@cache
def _shared_out(kind: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields of a section whose shares make a whole."""
    return tuple(name for name in ("picks", "installed") if name in kind.model_fields)


def _no_more_than_all(section: AnswerSection) -> AnswerSection:
    given = {name: share for name in BUTTONS if (share := getattr(section, name))}
    total = summed(given.values())
    if total <= 1:
        return section
    return section.model_copy(update={name: share / total for name, share in given.items()})


_READY: WeakKeyDictionary[Rollout, DoubtedRollout] = WeakKeyDictionary()
_MAKING_READY = Lock()


def doubted(rollout: Rollout) -> DoubtedRollout:
    """Return a rollout with its doubts, worked out once."""
    with _MAKING_READY:
        return _doubted(rollout)


def _doubted(rollout: Rollout) -> DoubtedRollout:
    found = _READY.get(rollout)
    if found is None:
        elder = rollout.elder
        if elder is None:
            found = made_ready(rollout)
        else:  # no belief is about a command
            known = _doubted(elder)
            commands, runs = rollout.scenario.commands, rollout.given_runs
            found = replace(known, rollout=known.rollout.commanded(commands, runs))
        _READY[rollout] = found
    return found


def made_ready(rollout: Rollout) -> DoubtedRollout:
    """Return a rollout with its doubts, made ready for draws."""
    ready, placed = spread_out(rollout)
    anew = any(_is_of_fleet(target.path) for one in placed for target in one.doubt.targets)
    return DoubtedRollout(ready, placed, anew)


def _is_of_fleet(path: Path_) -> bool:
    if path[0] != "assumptions":
        return path[0] in _STRUCTURE
    return path[1] in _OF_FLEET or path[1] in choices_of(Assumptions)
