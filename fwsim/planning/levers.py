"""What one may turn on a plan, without writing it anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fwsim.commands.command import Command, DeliveryCommand, UpdateCommand
from fwsim.commands.schedule import Once
from fwsim.quantities.units import write_duration, write_rate
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.schema import Scenario

USUAL_DELAYS = ("30 min", "2 h")


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
        Seconds the notice is shown.
    deferments
        Number of allowed deferments.
    link_share
        Share of every line that updates may take.
    proxies
        Whether one device of each subnet fetches the packages for its neighbours.
    delivery_first
        Deliver the packages from the scenario's start on, ahead of the updates.
    """

    start_later: int = 0
    devices_wait: int | None = None
    inform_user: int | None = None
    deferments: int | None = None
    link_share: float = 1.0
    proxies: bool | None = None
    delivery_first: bool = False


def _turned(command: Command, levers: Levers) -> dict[str, Any]:
    data = command_data(command)
    if isinstance(command.schedule, Once) and levers.start_later:
        at = command.schedule.at + timedelta(milliseconds=levers.start_later)
        data["once"] = at.isoformat(" ", "seconds")
    if levers.devices_wait is not None:
        data["devices_wait"] = write_duration(levers.devices_wait)
    asks = isinstance(command, UpdateCommand) and command.inform_user is not None
    if levers.inform_user is not None and asks:
        seconds = levers.inform_user
        data["inform_user"] = write_duration(1000 * seconds) if seconds else "until answered"
    return data


def _deliveries(commands: Sequence[Command]) -> list[dict[str, Any]]:
    """Return a delivery to every target of an update, from the scenario's start on."""
    found: list[dict[str, Any]] = []
    for command in commands:
        if type(command) is UpdateCommand:
            data = command_data(DeliveryCommand(target=command.target))
            found += [data] if data not in found else []
    return found


def turned(scenario: Scenario, levers: Levers) -> Scenario:
    """Return the scenario with the levers turned.

    Parameters
    ----------
    scenario
        The plan as it is written.
    levers
        What is turned.

    Raises
    ------
    ValueError
        If the result is no valid scenario.
    """
    if levers == Levers():
        return scenario
    data = scenario.as_data()
    commands = [section.command() for section in scenario.commands]
    first = _deliveries(commands) if levers.delivery_first else []
    data["commands"] = [*first, *(_turned(command, levers) for command in commands)]
    firmware = dict(data.get("firmware", {}))
    if levers.deferments is not None:
        reminder = {"delays": list(USUAL_DELAYS), **firmware.get("reminder", {})}
        firmware["reminder"] = {**reminder, "deferments": levers.deferments}
    if levers.proxies is not None:
        firmware["proxy"] = {"type": "dynamic" if levers.proxies else "none"}
    if firmware:
        data["firmware"] = firmware
    if levers.link_share != 1.0:
        _narrow(data, scenario, levers.link_share)
    return Scenario.model_validate(data).seen_from(scenario.folder)


def _narrow(data: dict[str, Any], scenario: Scenario, share: float) -> None:
    """Leave updates only a share of every line."""
    sites = data.setdefault("network", {}).setdefault("sites", {})
    for name, site in scenario.network.sites.items():
        link = write_rate(max(1, round(site.link * share)))
        sites[name] = {**sites.get(name, {}), "link": link}
