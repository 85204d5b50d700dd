"""What stands in the command form: one dialog of the console, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from fwsim.commands.command import Command, DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.schedule import Every, Now, Once, Schedule, Weekday, firings
from fwsim.commands.scmd import ScmdLine, write_scmd
from fwsim.commands.targets import ClientGroupTarget, NamedTarget, Target
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError
from fwsim.quantities.units import write_duration
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.writing import to_yaml

Sent = UpdateCommand | DeliveryCommand
"""What the form can send."""

KINDS: dict[str, type[Sent]] = {
    "Update": UpdateCommand,
    "Delivery": DeliveryCommand,
    "UEFI update": UefiUpdateCommand,
}
SCHEDULES = ("Now", "Once", "Every")
SHOWN_FIRINGS = 5


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A command as the form holds it; several OUs make several commands.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    by_group
        Whether a dynamic client group is targeted instead of OUs.
    units, subordinate_units
        Paths of OUs, and whether those below them belong to it.
    group
        Filter of the dynamic client group.
    inform_user, seconds, user_can_cancel
        The notice; 0 seconds keep it until a button is clicked.
    format_partition
        Format the system partition (update) or the update partition (delivery) first.
    only_switched_on, check_reachability
        To whom it is sent.
    devices_wait
        Milliseconds from one device to the next.
    schedule
        One of `SCHEDULES`.
    at
        Of *Once*, on the server's wall clock.
    every_at, weekdays, days
        Of *Every*.
    """

    kind: str = "Update"
    by_group: bool = False
    units: tuple[str, ...] = ()
    subordinate_units: bool = True
    group: str = ""
    inform_user: bool = True
    seconds: int = 300
    user_can_cancel: bool = False
    format_partition: bool = False
    only_switched_on: bool = False
    check_reachability: bool = False
    devices_wait: int = 0
    schedule: str = "Once"
    at: datetime | None = None
    every_at: time = time(22)
    weekdays: tuple[Weekday, ...] = (Weekday.FRI,)
    days: tuple[int, ...] = ()

    def _targets(self) -> list[Target]:
        if self.by_group:
            if not self.group.strip():
                raise ValueError("type the filter of the dynamic client group")
            return [ClientGroupTarget(self.group)]
        if not self.units:
            raise ValueError("pick at least one organisational unit")
        return [NamedTarget(unit, self.subordinate_units) for unit in self.units]

    def _schedule(self) -> Schedule:
        if self.schedule == "Now":
            return Now()
        if self.schedule == "Every":
            return Every(self.every_at, self.weekdays, self.days)
        if self.at is None:
            raise ValueError("pick date and time")
        return Once(self.at.replace(microsecond=0))

    def problems(self) -> list[str]:
        """Return everything that is missing or wrong, in words."""
        found = []
        for part in (self._targets, self._schedule):
            try:
                part()
            except ValueError as error:
                found.append(str(error))
        return found

    def commands(self) -> list[Sent]:
        """Return the commands the form stands for, one a target.

        Raises
        ------
        ValueError
            If something is missing or does not go together, in words; with everything.
        """
        if found := self.problems():
            raise ValueError("\n".join(found))
        cls = KINDS[self.kind]
        options: dict[str, Any] = {
            "schedule": self._schedule(),
            "only_switched_on": self.only_switched_on,
            "check_reachability": self.check_reachability and self.only_switched_on,
            "devices_wait": self.devices_wait,
        }
        if issubclass(cls, UpdateCommand):
            options["inform_user"] = self.seconds if self.inform_user else None
            options["user_can_cancel"] = self.user_can_cancel and self.inform_user
            if cls is UpdateCommand:
                options["format_system_partition"] = self.format_partition
        else:
            options["format_update_partition"] = self.format_partition
        return [cls(target=target, **options) for target in self._targets()]


def draft_of(command: Command) -> Draft | None:
    """Return the form for a command; None if the form has no field for its target."""
    target = command.target
    if not isinstance(target, (NamedTarget, ClientGroupTarget)):
        return None
    common: dict[str, Any] = {
        "kind": next(name for name, cls in KINDS.items() if type(command) is cls),
        "only_switched_on": command.only_switched_on,
        "check_reachability": command.check_reachability,
        "devices_wait": command.devices_wait,
    }
    if isinstance(target, NamedTarget):
        common |= {"units": (target.name,), "subordinate_units": target.subordinate_units}
    else:
        common |= {"by_group": True, "group": target.filter}
    if isinstance(command, UpdateCommand):
        common |= {
            "inform_user": command.inform_user is not None,
            "seconds": command.inform_user or 0,
            "user_can_cancel": command.user_can_cancel,
            "format_partition": command.format_system_partition,
        }
    elif isinstance(command, DeliveryCommand):
        common["format_partition"] = command.format_update_partition
    match command.schedule:
        case Once(at):
            common |= {"schedule": "Once", "at": at}
        case Every(at, weekdays, days):
            common |= {"schedule": "Every", "every_at": at, "weekdays": weekdays, "days": days}
        case _:
            common["schedule"] = "Now"
    return Draft(**common)


def scmd_lines(commands: Sequence[Sent]) -> str:
    """Return the equivalent scmd lines."""
    return "\n".join(write_scmd(ScmdLine(command)) for command in commands)


def yaml_text(
    commands: Sequence[Command], reminder: tuple[int, tuple[int, ...]] | None = None
) -> str:
    """Return the commands as a scenario file holds them.

    Parameters
    ----------
    commands
        What is sent.
    reminder
        Deferments and delays in milliseconds, to be shown with them.
    """
    data: dict[str, Any] = {"commands": [command_data(command) for command in commands]}
    if reminder is not None:
        deferments, delays = reminder
        written = {"deferments": deferments, "delays": [write_duration(delay) for delay in delays]}
        data["firmware"] = {"reminder": written}
    return to_yaml(data)


def next_firings(command: Command, rollout: Rollout, count: int = SHOWN_FIRINGS) -> list[str]:
    """Return when a command runs next, on the server's wall clock, the weekday first."""
    a = rollout.assumptions
    end = rollout.start + timedelta(days=400)
    times = firings(
        command.schedule, rollout.zone, rollout.start, end,
        skipped_hour=a.skipped_hour, doubled_hour=a.doubled_hour,
    )  # fmt: skip
    return [f"{at.astimezone(rollout.zone):%a %Y-%m-%d %H:%M %Z}" for at in times[:count]]


def count_targets(commands: Sequence[Command], rollout: Rollout) -> int:
    """Return how many devices the commands are for, each counted once.

    Raises
    ------
    ValueError
        If targets lead nowhere, in words; with each of them.
    """
    found: set[int] = set()
    wrong: dict[str, None] = {}
    for command in commands:
        try:
            found.update(rollout.find(command.target).tolist())
        except InputError as error:
            wrong |= dict.fromkeys(problem.message for problem in error.problems)
    if wrong:
        raise ValueError("\n".join(wrong))
    return len(found)
