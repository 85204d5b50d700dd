"""Every plan a scenario's `search:` block allows, each a choice on every axis."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cached_property, lru_cache, partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import UpdateCommand, asks_its_user
from fwsim.commands.firmware import FirmwareSettings, ProxyType
from fwsim.commands.schedule import Every, Once
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.planning.levers import Levers, first_start, turned
from fwsim.planning.search.axes import (
    APART,
    AS_WRITTEN,
    DEFERMENTS,
    DELAYS,
    NOTICE,
    NUMBER,
    OF_REMINDER,
    OF_SEVERAL,
    OF_WAVES,
    ORDER,
    PROXIES,
    Choice,
    axes_of,
)
from fwsim.planning.search.own_settings import hidden_by_own_settings
from fwsim.planning.search.wave_units import WaveUnits
from fwsim.problems import InputError, Problem, Severity
from fwsim.scenario.checks import findings, firmware_sections
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.firmware_section import DEFAULT_SETTINGS
from fwsim.scenario.option_fields import SILENT
from fwsim.scenario.schema import Scenario
from fwsim.scenario.search_section import TurnSection
from fwsim.scenario.server_clock import ShownTwiceError, command_instant, instant, shown

KEPT_READY = 32
"""Plans that are kept ready for a clock; others are made ready anew."""


class Space:
    """The plans a scenario allows.

    Parameters
    ----------
    rollout
        The scenario made ready; its `search:` block gives the search parameters.

    Raises
    ------
    InputError
        If there is no search parameter, or a value makes no valid plan; with every problem.
    """

    def __init__(self, rollout: Rollout) -> None:
        scenario = rollout.scenario
        turn = scenario.search.turn if scenario.search is not None else TurnSection()
        self.as_written = rollout
        bare = scenario.model_copy(update={"search": None, "stages": None})
        self._bare = bare.beside(scenario)
        # A candidate is asked for its faults, its bounds, its key and its runs: it is made once.
        self._turned = lru_cache(KEPT_READY)(
            lambda choice: turned(self._bare, self.levers(choice), rollout.fleet)
        )
        self._ready = lru_cache(KEPT_READY)(
            lambda choice: Rollout(self.plan(choice), rollout.fleet)
        )
        self._waves = turn.waves
        self.axes = tuple(axes_of(turn, lambda at: shown(scenario, instant(scenario, at))))
        if not self.axes:
            text = say("planning.nothing_turned")
            raise InputError([Problem(text, path="search.turn")])
        self._start = first_start(scenario)
        self._units = WaveUnits(rollout)
        problems: list[Problem] = []
        try:
            if turn.waves:
                self._units.take(turn.waves)
        except InputError as error:  # what else is wrong is told with it
            problems += error.problems
            self._waves = None
            self.axes = tuple(axis for axis in self.axes if axis.name not in OF_WAVES)
        problems += self._idle_axes(turn)
        self.warnings: list[Problem] = []
        """What in the search parameters is valid and hardly meant."""
        for problem in hidden_by_own_settings(rollout, self._commanded, turn):
            kept = problems if problem.severity is Severity.ERROR else self.warnings
            kept.append(scenario.placed(problem))
        unknown = [*self._unknown_places(turn.proxies)]
        problems += unknown or self._wrong_values()
        if problems:
            raise InputError(problems)

    @property
    def scenario(self) -> Scenario:
        """The plan as it is written."""
        return self.as_written.scenario

    @cached_property
    def size(self) -> int:
        """How many combinations there are, those that come to the same among them."""
        return math.prod(len(axis.values) for axis in self.axes)

    def choices(self) -> Iterator[Choice]:
        """Yield every plan once."""
        for choice in product(*(range(len(axis.values)) for axis in self.axes)):
            if self.canonical(choice) == choice:
                yield choice

    def canonical(self, choice: Choice) -> Choice:
        """Return the first of all choices that come to the same plan.

        One wave has no order, and nothing between it and the next; who is not asked defers nothing,
        and who may not defer has no delays.
        """
        if not (idle := self._idle(self._values(choice))):
            return choice
        return tuple(
            0 if axis.name in idle else at for axis, at in zip(self.axes, choice, strict=True)
        )

    def neighbours(self, choice: Choice) -> list[Choice]:
        """Return the plans one step away: the next value of an axis, or another where no order is.

        Parameters
        ----------
        choice
            A canonical choice.
        """
        neighbours: dict[Choice, None] = {}
        for number, axis in enumerate(self.axes):
            steps: Sequence[int] = (choice[number] - 1, choice[number] + 1)
            if not axis.is_ordered:
                steps = range(len(axis.values))
            for at in steps:
                if 0 <= at < len(axis.values) and at != choice[number]:
                    other = (*choice[:number], at, *choice[number + 1 :])
                    neighbours[self.canonical(other)] = None
        neighbours.pop(choice, None)
        return list(neighbours)

    def levers(self, choice: Choice) -> Levers:
        """Return how the plan of a choice differs from the scenario."""
        if choice == AS_WRITTEN:
            return Levers()
        values = self._values(choice)
        idle = self._idle(values)
        return self._levers({name: at for name, at in values.items() if name not in idle})

    def _levers(self, values: Mapping[str, Any]) -> Levers:
        """Return what sets a plan's parameters to some values, and leaves the others as written."""
        later = self._later(values["start"]) if "start" in values else 0
        waves: tuple[tuple[str, ...], ...] = ()
        if self._waves is not None and values[NUMBER] > 1:
            waves = self._units.grouped(values[NUMBER], values[ORDER])
        return Levers(
            start_later=later,
            devices_wait=values.get("devices wait"),
            spread=values.get("spread"),
            inform_user=values.get(NOTICE),
            deferments=values.get("deferments"),
            delays=values.get("delays"),
            only_switched_on=values.get("only switched on"),
            delivery_first=values.get("delivery first", False),
            proxies=self._placed(values.get(PROXIES)),
            link_share=values.get("link share", 1.0),
            waves=waves,
            apart=values.get(APART, 0),
        )

    def plan(self, choice: Choice) -> Scenario:
        """Return the scenario of a choice; what it was searched with is left out."""
        return self._turned(choice)

    def key(self, choice: Choice) -> str:
        """Return what names the rollout of a choice: the same for choices that come to the same.

        So a value that is set where it holds anyway makes no other rollout.
        """
        plan = self.plan(choice)
        data = plan.spelled_out()
        data["firmware"] = asdict(_in_force(plan.firmware.settings()))
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    def rollout(self, choice: Choice) -> Rollout:
        """Return the plan of a choice made ready for a clock; the fleet is shared."""
        return self._ready(choice)

    def faults(self, choice: Choice) -> list[str]:
        """Return what makes a choice no plan, such as a wave after the horizon; empty if nothing.

        Each value may be right and together they may not.
        """
        if faults := _faults(lambda: self.plan(choice)):
            return faults
        missed = np.setdiff1d(self._commanded, _updated(self.rollout(choice)))
        return [say("planning.left_out", count=len(missed))] if len(missed) else []

    @cached_property
    def _commanded(self) -> NDArray[np.int32]:
        return _updated(self.as_written)

    def words(self, choice: Choice) -> dict[str, str]:
        """Return what is chosen on each axis, for people; what has no effect is left out."""
        values = self._values(choice)
        idle = self._idle(values)
        return {
            axis.name: axis.written(axis.values[at])
            for axis, at in zip(self.axes, choice, strict=True)
            if axis.name not in idle
        }

    def _idle(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the axes whose value changes nothing, for what others of a choice are."""
        one_wave = OF_SEVERAL if values.get(NUMBER) == 1 else ()
        is_silent = values.get(NOTICE) == SILENT and self._only_commands_ask
        if is_silent:
            return (*one_wave, *OF_REMINDER)
        return (*one_wave, *((DELAYS,) if values.get(DEFERMENTS) == 0 else ()))

    @cached_property
    def _only_commands_ask(self) -> bool:
        """Whether no notice that firmware's reminder is for comes but of a command."""
        own = (*self.scenario.notifications, *self.scenario.assignments)
        checks = (section.new_version for _, section in firmware_sections(self.scenario))
        return not (
            any(asks_its_user(section.command()) for section in own)
            or any(check is not None and check.confirm for check in checks)
        )

    def _values(self, choice: Choice) -> dict[str, Any]:
        return {axis.name: axis.values[at] for axis, at in zip(self.axes, choice, strict=True)}

    def _with_all(self, choice: Choice) -> Scenario:
        """Return the scenario of a choice with the values that have no effect in it."""
        return turned(self._bare, self._levers(self._values(choice)), self.as_written.fleet)

    def _later(self, start: datetime) -> int:
        at = command_instant(self.scenario, Once(start))
        return round((at - self._start).total_seconds() * 1000)

    def _placed(self, proxies: bool | tuple[str, ...] | None) -> bool | tuple[str, ...] | None:
        if not isinstance(proxies, tuple):
            return proxies
        return tuple(unit for name in proxies for unit in self._units.named(name))

    def _idle_axes(self, turn: TurnSection) -> Iterator[Problem]:
        """Yield the search parameters without any command that follows it."""
        commands = [section.command() for section in self.scenario.commands]
        updates = [c for c in commands if isinstance(c, UpdateCommand)]
        once = [c for c in commands if not isinstance(c.schedule, Every)]
        asking = [c for c in updates if c.inform_user is not None]
        reasons: list[tuple[str, bool, str]] = [
            ("start", not once, say("planning.idle_start")),
            ("inform_user", not asking, say("planning.idle_notice")),
            ("deferments", not asking, say("planning.idle_notice")),
            ("delays", not asking, say("planning.idle_notice")),
            (
                "waves",
                not self._units.divided(self._units.listed),
                say("planning.idle_waves"),
            ),
        ]
        for field, is_idle, reason in reasons:
            if is_idle and getattr(turn, field) and (field != "waves" or self._units.listed):
                text = say("planning.no_effect", why=reason)
                yield self.scenario.placed(Problem(text, path=f"search.turn.{field}"))
        if turn.waves is not None and self._units.listed:
            most = len(self._units.listed)
            for number, wanted in enumerate(turn.waves.number):
                if wanted > most:
                    ous = counted(most, "OU")
                    text = say("planning.too_many_waves", wanted=wanted, units=ous, most=most)
                    path = f"search.turn.waves.number.{number}"
                    yield self.scenario.placed(Problem(text, path=path))

    def _unknown_places(self, proxies: Sequence[bool | tuple[str, ...]]) -> Iterator[Problem]:
        for number, places in enumerate(proxies):
            for name in places if isinstance(places, tuple) else ():
                if not self._units.named(name):
                    path = f"search.turn.proxies.{number}"
                    yield self.scenario.placed(self._units.unknown(name, path))

    def _wrong_values(self) -> list[Problem]:
        """Turn every value alone, so that a wrong one is found before anything runs."""
        zero = tuple(0 for _ in self.axes)
        problems: list[Problem] = []
        known: set[str] = set()
        for number, axis in enumerate(self.axes):
            wrong: list[tuple[Any, str]] = []
            for at, value in enumerate(axis.values):
                choice = (*zero[:number], at, *zero[number + 1 :])
                make = partial(self._with_all, choice)  # a value that is idle here may be wrong
                faults = _faults(make, is_one_of_many=True)[:1]
                wrong += [(value, text) for text in faults if text not in known]
            if not wrong:
                continue
            known |= {text for _, text in wrong}
            (first, text), (last, _) = wrong[0], wrong[-1]
            named = f"{axis.name} {axis.written(first)}"
            if len(wrong) > 1:
                told = {"count": len(wrong), "last": axis.written(last)}
                text = say("planning.values_wrong", fault=text, **told)
            path = f"search.turn.{axis.field}"
            problems.append(Problem(f"{named}: {text}", path=path))
        return [self.scenario.placed(problem) for problem in problems]


def _in_force(settings: FirmwareSettings) -> FirmwareSettings:
    """Return firmware settings of the top level with all that holds where nothing is set."""
    settings = settings.over(DEFAULT_SETTINGS)
    has_reminder = all(settings.reminder)
    return replace(
        settings,
        deferments=settings.deferments if has_reminder else 0,
        delays=settings.delays if has_reminder else (),
        proxy_type=settings.proxy_type or ProxyType.NONE,
    )


def _updated(rollout: Rollout) -> NDArray[np.int32]:
    """Return the devices that an update of a plan means."""
    commands = [run.command for run in rollout.runs]
    targets = [rollout.find(c.target) for c in commands if isinstance(c, UpdateCommand)]
    return np.unique(np.concatenate([np.zeros(0, np.int32), *targets]))


def _faults(make: Callable[[], Scenario], *, is_one_of_many: bool = False) -> list[str]:
    """Return what is wrong with a plan; of one of many, only what is wrong in all of them."""
    try:
        return [text for _, text in findings(make())]
    except ShownTwiceError as error:
        return [] if is_one_of_many else [str(error)]
    except (ValueError, OverflowError) as error:
        return in_plain_words(error).splitlines()
