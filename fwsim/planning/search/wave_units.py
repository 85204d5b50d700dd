"""The OUs that waves are made of: which are meant, whether that is all, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.schedule import Every
from fwsim.commands.targets import NamedTarget, Target
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.levers import is_below, part_in
from fwsim.problems import InputError, Problem, nearest
from fwsim.scenario.search_section import WavesSection


class WaveUnits:
    """The OUs of a scenario's waves, and what names in its search parameters stand for.

    Parameters
    ----------
    rollout
        The scenario made ready.
    """

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._scenario = rollout.scenario
        self.listed: list[str] = []
        """As the waves list them, each * taken apart; empty without waves."""

    def take(self, waves: WavesSection) -> None:
        """Take the OUs of the waves as listed; of them those that an update is for.

        Raises
        ------
        InputError
            If one is unknown, lies in another, no update is for it, or devices of an update are in
            none of them.
        """
        problems, listed = [], []
        for number, name in enumerate(waves.of):
            units = self.named(name)
            if not units:
                problems.append(self.unknown(name, f"search.turn.waves.of.{number}"))
            listed += units
        if not problems:
            problems += self._uncovered(listed)
        divided = [unit for unit in listed if self.divided([unit])]
        for number, name in enumerate(waves.of if divided and not problems else ()):
            if not self.divided(self.named(name)):
                text = say("planning.wave_of_nothing", unit=name)
                problems.append(Problem(text, path=f"search.turn.waves.of.{number}"))
        if problems:
            raise InputError(self._scenario.placed(problem) for problem in problems)
        self.listed = divided or list(listed)

    def divided(self, units: Sequence[str]) -> list[Command]:
        """Return the updates that waves of some OUs divide or move."""
        commands = [section.command() for section in self._scenario.commands]
        updates = [c for c in commands if isinstance(c, UpdateCommand)]
        return [c for c in updates if not isinstance(c.schedule, Every) and _parts(c.target, units)]

    def named(self, name: str) -> list[str]:
        """Return the OUs a name stands for; ``DE/Branches/*`` is every one right below."""
        paths = self._rollout.fleet.unit_paths
        parent = name.removesuffix("/*").strip("/")
        if name.endswith("/*"):
            return [path for path in paths if path.rpartition("/")[0] == parent]
        return [parent] if parent in paths else []

    def unknown(self, name: str, path: str) -> Problem:
        """Return the problem of a name that stands for no OU with devices, and the nearest."""
        paths = self._rollout.fleet.unit_paths
        if self._rollout.fleet.is_empty_unit(name.removesuffix("/*").strip("/")):
            what = say("measure.group.unit")
            return Problem(say("asked.empty_group", what=what, name=name), path=path)
        if name.endswith("/*"):
            above = dict.fromkeys(path.rpartition("/")[0] for path in paths)
            paths = tuple(f"{path}/*" for path in above if path)
        return Problem(say("unknown.unit", name=name, near=nearest(name, paths)), path=path)

    def _uncovered(self, units: Sequence[str]) -> Iterator[Problem]:
        path = "search.turn.waves.of"
        for unit in units:
            others = [other for other in units if other != unit and is_below(unit, other)]
            if others or units.count(unit) > 1:
                inside = others[0] if others else unit
                yield Problem(say("planning.listed_twice", unit=unit, inside=inside), path=path)
                return
        fleet = self._rollout.fleet
        listed = [fleet.in_unit(unit, subordinate_units=True) for unit in units]
        covered = np.concatenate(listed)
        for section in self._scenario.commands:
            command = section.command()
            target = command.target
            if not isinstance(command, UpdateCommand) or not isinstance(target, NamedTarget):
                continue
            parts = _parts(target, units)
            if parts and target not in parts:
                missed = np.setdiff1d(self._rollout.find(target), covered)
                if len(missed):
                    some = fleet.unit[int(missed[0])]
                    told = {"devices": counted(len(missed), "device"), "unit": target.name}
                    text = say("planning.in_no_wave", example=some, **told)
                    yield Problem(text, path=path)

    @cached_property
    def _devices_of(self) -> dict[str, int]:
        fleet = self._rollout.fleet
        return {unit: len(fleet.in_unit(unit, subordinate_units=True)) for unit in self.listed}

    @cached_property
    def _line_of(self) -> dict[str, int]:
        """The thinnest line on the way of any device of each OU, bytes per second.

        What one connection gets on it is no matter: an OU's devices load at the same time.

        A hub is not divided among its sites: how many of them load at once is what the waves
        decide. So OUs whose common hub is thinner than their own lines are equal, and stay in the
        order in which they are listed.
        """
        fleet, rates = self._rollout.fleet, self._rollout.lines_on_the_way
        return {
            unit: int(rates[fleet.site.codes[fleet.in_unit(unit, subordinate_units=True)]].min())
            for unit in self.listed
        }

    def grouped(self, number: int, order: str) -> tuple[tuple[str, ...], ...]:
        """Return the OUs in waves of about as many devices each."""
        keys: dict[str, Callable[[str], int]] = {
            "as listed": lambda _: 0,
            "fewest devices first": lambda unit: self._devices_of[unit],
            "most devices first": lambda unit: -self._devices_of[unit],
            "thinnest line first": lambda unit: self._line_of[unit],
        }
        units = sorted(self.listed, key=keys[order])
        sizes = np.array([self._devices_of[unit] for unit in units], np.float64)
        middles = np.cumsum(sizes) - sizes / 2
        waves, first = [], 0
        for wave in range(1, number + 1):
            share = sizes.sum() * wave / number
            # At least one OU each, and one for each wave to come.
            end = max(first + 1, int(np.searchsorted(middles, share)))
            end = len(units) if wave == number else min(end, len(units) - number + wave)
            waves.append(tuple(units[first:end]))
            first = end
        return tuple(waves)


def _parts(target: Target, units: Sequence[str]) -> list[NamedTarget]:
    """Return what of a target lies in each of some OUs: the target itself if it lies in one."""
    if not isinstance(target, NamedTarget):
        return []
    return [part for unit in units if (part := part_in(target, unit)) is not None]
