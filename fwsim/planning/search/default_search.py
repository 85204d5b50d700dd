"""The search parameters of a scenario without a `search:` block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from fwsim.commands.command import Command, asks_its_user
from fwsim.commands.schedule import Every, Once
from fwsim.messages import say
from fwsim.planning.levers import USUAL_DELAYS, first_start
from fwsim.planning.search.axes import axes_of
from fwsim.planning.search.plan_in_words import parameter_in_words
from fwsim.quantities.units import write_duration
from fwsim.scenario.option_fields import write_notice
from fwsim.scenario.schema import Scenario
from fwsim.scenario.server_clock import command_instant, shown, start_of

LATER = timedelta(hours=12)
NOTICES = (60, 300, 900, 3600)
"""Seconds for which a notice is shown."""
DEFERMENTS = (0, 1, 2, 3)
WAITS = (0, 250, 1_000, 5_000)
"""Milliseconds from one device to the next."""


def searchable(scenario: Scenario) -> Scenario:
    """Return the scenario with a `search:` block: its own, or one that turns the usual things.

    What the scenario expects then is what a plan must keep.

    Parameters
    ----------
    scenario
        As written.
    """
    if scenario.search is not None:
        return scenario
    data = scenario.as_data()
    data["search"] = {"turn": _usual_parameters(scenario), "limits": data.get("expect", [])}
    return Scenario.model_validate(data).beside(scenario)


def _usual_parameters(scenario: Scenario) -> dict[str, Any]:
    """Return what is turned where nobody says it, what is written among its values."""
    commands = [section.command() for section in scenario.commands]
    waits = _with_written(WAITS, (command.devices_wait for command in commands))
    turn: dict[str, Any] = {"devices_wait": list(map(write_duration, waits))}
    if any(not isinstance(c.schedule, Every) for c in commands):
        turn["start"] = _hourly_starts(scenario, commands)
    if any(map(asks_its_user, commands)):
        most = scenario.assumptions.most_deferments
        notices = _with_written(NOTICES, (c.inform_user or 0 for c in commands if asks_its_user(c)))
        turn["inform_user"] = list(map(write_notice, notices))
        reminder, _ = scenario.firmware.settings().reminder
        deferments = _with_written(DEFERMENTS, [reminder])
        turn["deferments"] = [number for number in deferments if number <= most]
        allowed = [write_duration(delay) for delay in scenario.assumptions.delays]
        if not scenario.firmware.settings().delays and not set(USUAL_DELAYS) <= set(allowed):
            turn["delays"] = [allowed[:1]]
    return turn


def _hourly_starts(scenario: Scenario, commands: Sequence[Command]) -> list[str]:
    """Return starts an hour apart, from the first as written on, as long as all is over in time."""
    start = start_of(scenario)
    first = max(first_start(scenario), start)
    end = start + timedelta(milliseconds=scenario.horizon) * 0.9
    dated = [
        command_instant(scenario, c.schedule) for c in commands if isinstance(c.schedule, Once)
    ]
    last = max(first, min(first + LATER, end - (max([first, *dated]) - first)))
    hours = range(int((last - first) / timedelta(hours=1)) + 1)
    starts = (shown(scenario, first + timedelta(hours=h)) for h in hours)
    # Of two equal times a command means one.
    return [*dict.fromkeys(at.isoformat(" ", "seconds") for at in starts)]


def _with_written(usual: Sequence[int], written: Iterable[int]) -> list[int]:
    """Return the usual values and what all commands have: the plan as written is looked at, too."""
    of_all = set(written)
    return sorted({*usual, *(of_all if len(of_all) == 1 else ())})


def search_parameters_in_words(scenario: Scenario) -> str:
    """Return the search parameters used for want of a `search:` block; empty if it has one."""
    if scenario.search is not None:
        return ""
    turned = searchable(scenario).search
    words = (
        ", ".join(parameter_in_words(axis.name) for axis in axes_of(turned.turn, lambda at: at))
        if turned is not None
        else ""
    )
    name = "plan.turned_and_kept" if scenario.expect else "plan.turned"
    return say(name, parameters=words)
