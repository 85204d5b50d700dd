"""A command as a scenario file spells it out, whatever it was read from."""

from __future__ import annotations

from typing import Any

from fwsim.commands.command import Command, DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.schedule import Every, Now, Once, Schedule
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
)
from fwsim.scenario.option_fields import options_data, write_time

_KINDS = (
    (DeliveryCommand, "delivery"),
    (UefiUpdateCommand, "uefi_update"),
    (UpdateCommand, "update"),
)


def _target(target: Target) -> str | dict[str, Any]:
    match target:
        case NamedTarget():
            return target.name
        case ClientGroupTarget():
            return {"group": target.filter}
        case DeviceListTarget():
            return {"devices": list(target.devices)}
        case MacTarget():
            return {"mac": target.mac}
        case ListFileTarget():
            return {"list": target.file}


def _precision(second: int) -> str:
    return "seconds" if second else "minutes"


def _schedule(schedule: Schedule) -> dict[str, Any]:
    match schedule:
        case Now():
            return {"now": True}
        case Once():
            return {"once": write_time(schedule.at)}
        case Every():
            days = [*(day.name.lower() for day in schedule.weekdays), *schedule.days]
            at = schedule.at.isoformat(_precision(schedule.at.second))
            return {"every": {"days": days, "at": at}}


def command_data(command: Command) -> dict[str, Any]:
    """Return a command as an entry of ``commands:``; options at their default are left out."""
    kind = next(name for cls, name in _KINDS if isinstance(command, cls))
    data: dict[str, Any] = {kind: _target(command.target)}
    if isinstance(command.target, NamedTarget) and command.target.subordinate_units:
        data["subordinate_units"] = True
    return {**data, **options_data(command), **_schedule(command.schedule)}
