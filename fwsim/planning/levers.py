"""What one may turn on a plan, without writing it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fwsim.commands.command import Command, DeliveryCommand, UpdateCommand, asks_its_user
from fwsim.commands.firmware import ProxyType
from fwsim.commands.schedule import Every, Now, Once
from fwsim.commands.targets import NamedTarget, Target
from fwsim.fleet.fleet import Fleet
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.quantities.units import write_duration, write_rate, write_share
from fwsim.scenario.belief_values import RATE, write_number
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.option_fields import SILENT, write_notice
from fwsim.scenario.schema import Scenario
from fwsim.scenario.server_clock import command_instant, once, start_of

_ZERO = timedelta()
USUAL_DELAYS = ("30 min", "2 h")
_OF_A_NOTICE = ("inform_user", "user_can_cancel", "force_at")
"""Options that say nothing where no user is asked."""
Count = Callable[[Target], int]
C = TypeVar("C", bound=Command)


@dataclass(frozen=True)
class Levers:
    """How a plan differs from its scenario; None leaves what the scenario says.

    Parameters
    ----------
    start_later
        Milliseconds by which commands that run once start later; negative is earlier.
    devices_wait
        Milliseconds from one device to the next.
    inform_user
        Seconds the notice is shown; `SILENT`: no user is asked.
    deferments
        Number of allowed deferments.
    link_share
        Share of every line's rate that a router lets through of updates, at most 1; others'
        traffic comes first.
    proxies
        Whether one device of each subnet fetches the packages for its neighbours; OUs name those
        in which one does, and leave the others as they are.
    delivery_first
        Deliver the packages from the scenario's start on, ahead of the updates.
    spread
        Milliseconds over which the devices of each command are sent; sets `devices_wait`.
    delays
        What a user who defers may choose, milliseconds.
    only_switched_on
        Send only to devices shown as switched on.
    waves
        OUs, wave by wave; each update of an OU above them is split. Empty leaves it whole.
    apart
        Milliseconds from the start of a wave to the start of the next.
    """

    start_later: int = 0
    devices_wait: int | None = None
    inform_user: int | None = None
    deferments: int | None = None
    link_share: float = 1.0
    proxies: bool | tuple[str, ...] | None = None
    delivery_first: bool = False
    spread: int | None = None
    delays: tuple[int, ...] | None = None
    only_switched_on: bool | None = None
    waves: tuple[tuple[str, ...], ...] = ()
    apart: int = 0


def first_start(scenario: Scenario) -> datetime:
    """Return when the first command that runs once starts, in UTC."""
    schedules = [section.command().schedule for section in scenario.commands]
    return min(
        (command_instant(scenario, s) for s in schedules if not isinstance(s, Every)),
        default=start_of(scenario),
    )


def is_below(unit: str, path: str) -> bool:
    """Tell whether an OU is another one or lies below it."""
    path = path.strip("/")
    return unit == path or unit.startswith(f"{path}/")


def _in_waves(command: Command, scenario: Scenario, levers: Levers) -> Iterator[Command]:
    """Split an update into the waves of the OUs below its own, or put it into the wave of its OU.

    Waves are so far apart as time runs, whatever the clocks do. What is in no wave stays whole.

    Raises
    ------
    ValueError
        If no wall time says when one starts.
    """
    later = timedelta(milliseconds=levers.start_later)
    parts = list(_parts(command, scenario, levers, later)) if levers.waves else []
    yield from parts or [_later(command, scenario, later)]


def _parts(
    command: Command, scenario: Scenario, levers: Levers, later: timedelta
) -> Iterator[Command]:
    """Yield the parts of an update that lie in waves; nothing of what is in none."""
    target, schedule = command.target, command.schedule
    if not isinstance(command, UpdateCommand) or isinstance(schedule, Every):
        return
    if not isinstance(target, NamedTarget):
        return
    start = command_instant(scenario, schedule) + later
    for number, wave in enumerate(levers.waves, 1):
        what = f"wave {number}"
        for unit in wave:
            if (part := part_in(target, unit)) is not None:
                one = replace(command, target=part)
                yield with_start(one, once(scenario, start, what), scenario, what)
        start += timedelta(milliseconds=levers.apart)


def _later(command: Command, scenario: Scenario, later: timedelta) -> Command:
    """Return a command that runs once so much later; what runs now does not start earlier."""
    schedule = command.schedule
    if isinstance(schedule, Every) or not later or (isinstance(schedule, Now) and later < _ZERO):
        return command
    return with_start(
        command, once(scenario, command_instant(scenario, schedule) + later), scenario
    )


def with_start(command: C, start: Once, scenario: Scenario, what: str = "a command") -> C:
    """Return a command that starts at another time; `force_at` keeps its distance as time runs.

    Whatever the clocks do in between: who is asked has as long as before.

    Parameters
    ----------
    command
        As it was: it runs once or now.
    start
        When it starts instead.
    scenario
        Whose clock.
    what
        What to call it where no wall time says when it is forced.

    Raises
    ------
    ShownTwiceError
        If none does.
    OverflowError
        If that would come after the last year there is.
    """
    before = command.schedule
    if not isinstance(command, UpdateCommand) or command.force_at is None:
        return replace(command, schedule=start)
    if isinstance(before, Every):
        raise ValueError(say("planning.no_start"))
    by = command_instant(scenario, start) - command_instant(scenario, before)
    forced = command_instant(scenario, Once(command.force_at)) + by
    force_at = once(scenario, forced, f"who still waits under {what}").at
    return replace(command, schedule=start, force_at=force_at)


def moved_commands(scenario: Scenario, levers: Levers) -> Iterator[tuple[Command, Command]]:
    """Yield the commands that levers move as they are, split into no waves: before and after."""
    for section in scenario.commands:
        command = section.command()
        match list(_in_waves(command, scenario, levers)):
            case [one] if _starts(one, scenario) != _starts(command, scenario):
                yield command, one


def _starts(command: Command, scenario: Scenario) -> datetime | None:
    schedule = command.schedule
    return None if isinstance(schedule, Every) else command_instant(scenario, schedule)


def part_in(target: NamedTarget, unit: str) -> NamedTarget | None:
    """Return what of a target lies in an OU of the waves; None if nothing does."""
    if is_below(target.name, unit):
        return target
    is_above = target.subordinate_units and is_below(unit, target.name)
    return NamedTarget(unit, subordinate_units=True) if is_above else None


def _turned(command: Command, levers: Levers, count: Count) -> dict[str, Any]:
    data = command_data(command)
    wait = levers.devices_wait
    if levers.spread is not None:
        wait = round(levers.spread / max(1, count(command.target) - 1))
    if wait is not None:
        data["devices_wait"] = write_duration(wait)
    if levers.inform_user == SILENT:
        for key in _OF_A_NOTICE:
            data.pop(key, None)
    elif levers.inform_user is not None and asks_its_user(command):
        data["inform_user"] = write_notice(levers.inform_user)
    if levers.only_switched_on is not None:
        data["only_switched_on"] = levers.only_switched_on
        if not levers.only_switched_on:
            data.pop("check_reachability", None)
    return data


def _deliveries(commands: Sequence[Command]) -> list[dict[str, Any]]:
    """Return a delivery to every target of an update, from the scenario's start on."""
    deliveries: list[dict[str, Any]] = []
    for command in commands:
        if type(command) is UpdateCommand:
            data = command_data(DeliveryCommand(target=command.target))
            deliveries += [data] if data not in deliveries else []
    return deliveries


def turned_commands(
    scenario: Scenario, levers: Levers, fleet: Fleet | None = None
) -> list[dict[str, Any]]:
    """Return the commands with the levers turned, as entries of a scenario.

    Parameters
    ----------
    scenario, levers, fleet
        As for `turned`.
    """
    commands = [section.command() for section in scenario.commands]
    first = _deliveries(commands) if levers.delivery_first else []
    rollout = Rollout(scenario, fleet) if levers.spread is not None else None

    def count(target: Target) -> int:
        return len(rollout.find(target)) if rollout is not None else 0

    return [
        *first,
        *(
            _turned(part, levers, count)
            for command in commands
            for part in _in_waves(command, scenario, levers)
        ),
    ]


def turned(scenario: Scenario, levers: Levers, fleet: Fleet | None = None) -> Scenario:
    """Return the scenario with the levers turned.

    Parameters
    ----------
    scenario
        The plan as it is written.
    levers
        What the levers change.
    fleet
        Its fleet, if it is known already; a spread counts its devices.

    Raises
    ------
    ValueError
        If the result is no valid scenario.
    """
    if levers == Levers():
        return scenario
    data = scenario.as_data()
    data["commands"] = turned_commands(scenario, levers, fleet)
    data |= _settings(data, levers)
    if isinstance(levers.proxies, tuple):
        _place_proxies(data, levers.proxies)
    if levers.link_share != 1.0:
        _narrow(data, scenario, levers.link_share)
    return Scenario.model_validate(data).beside(scenario)


def _settings(data: dict[str, Any], levers: Levers) -> dict[str, Any]:
    """Return the firmware settings with the levers turned; empty if none is set."""
    firmware = dict(data.get("firmware", {}))
    if levers.deferments is not None or levers.delays is not None:
        reminder = {"delays": list(USUAL_DELAYS), **firmware.get("reminder", {})}
        if levers.delays is not None:
            reminder["delays"] = [write_duration(delay) for delay in levers.delays]
        if levers.deferments is not None:
            reminder["deferments"] = levers.deferments
        firmware["reminder"] = {"deferments": 0, **reminder}
    if isinstance(levers.proxies, bool):
        kind = ProxyType.DYNAMIC if levers.proxies else ProxyType.NONE
        firmware["proxy"] = {"type": kind.value}
    return {"firmware": firmware} if firmware else {}


def _place_proxies(data: dict[str, Any], units: Sequence[str]) -> None:
    """Let the subnets of some OUs have a proxy."""
    entries = data["fleet"].setdefault("units", {})
    for unit in units:
        own = entries.setdefault(unit, {})
        own["firmware"] = {**own.get("firmware", {}), "proxy": {"type": ProxyType.DYNAMIC.value}}


def _narrow(data: dict[str, Any], scenario: Scenario, share: float) -> None:
    """Hold updates to a share of every line's rate, as a router is told: one rate, in no doubt.

    Raises
    ------
    ValueError
        If it is more than the whole line.
    """
    if share > 1:
        raise ValueError(say("planning.more_than_a_line", share=write_share(share)))
    network = data.setdefault("network", {})
    for kind, lines in (("sites", scenario.network.sites), ("hubs", scenario.network.hubs)):
        written = network.setdefault(kind, {}) if lines else {}
        for name, line in lines.items():
            most = max(1, round(int(line.link) * share))
            if line.updates_at_most is None or most < line.updates_at_most:
                own = written.get(name) or {"link": write_number(line.link, RATE)}
                written[name] = {**own, "updates_at_most": write_rate(most)}
