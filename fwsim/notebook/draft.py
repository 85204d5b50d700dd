"""What stands in the command form: one dialog of the console, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from fwsim.commands.command import Command, Sent
from fwsim.commands.schedule import Every, Now, Once, Schedule, Weekday, firings
from fwsim.commands.scmd import scmd_or_why_not
from fwsim.commands.targets import ClientGroupTarget, NamedTarget, Target
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook.option_fields import KINDS, DraftedOptions, drafted, options_in_draft
from fwsim.problems import InputError
from fwsim.quantities.units import write_duration
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.writing import to_yaml

SCHEDULES = ("Now", "Once", "Every")
SHOWN_FIRINGS = 5


@dataclass(frozen=True, kw_only=True)
class Draft(DraftedOptions):  # type: ignore[misc] # its fields follow the commands' options
    """A command as the form holds it; several OUs make several commands.

    Besides what stands here it has a value for each field of an option. `inform_user` is whether
    anybody is asked, `seconds` for how long (0 until a button is clicked), `format_partition`
    formats whichever partition the command writes to.

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
    schedule: str = "Once"
    at: datetime | None = None
    every_at: time = time(22)
    weekdays: tuple[Weekday, ...] = (Weekday.FRI,)
    days: tuple[int, ...] = ()

    def _targets(self) -> list[Target]:
        if self.by_group:
            if not self.group.strip():
                raise ValueError(say("form.wrong_filter"))
            return [ClientGroupTarget(self.group)]
        if not self.units:
            raise ValueError(say("form.no_unit"))
        return [NamedTarget(unit, self.subordinate_units) for unit in self.units]

    def _schedule(self) -> Schedule:
        if self.schedule == "Now":
            return Now()
        if self.schedule == "Every":
            return Every(self.every_at, self.weekdays, self.days)
        if self.at is None:
            raise ValueError(say("form.no_time"))
        return Once(self.at.replace(microsecond=0))

    def problems(self) -> list[str]:
        """Return everything that is missing or wrong, in words."""
        problems = []
        for part in (self._targets, self._schedule):
            try:
                part()
            except ValueError as error:
                problems.append(str(error))
        return problems

    def commands(self) -> list[Sent]:
        """Return the commands the form stands for, one a target.

        Raises
        ------
        ValueError
            If something is missing or does not go together, in words; with everything.
        """
        if problems := self.problems():
            raise ValueError("\n".join(problems))
        cls = KINDS[self.kind]
        options = {"schedule": self._schedule(), **options_in_draft(self, cls)}
        return [cls(target=target, **options) for target in self._targets()]


def draft_of(command: Command) -> Draft | None:
    """Return the form for a command; None if the form has no field for its target."""
    target = command.target
    if not isinstance(target, (NamedTarget, ClientGroupTarget)):
        return None
    common: dict[str, Any] = {
        "kind": next(name for name, cls in KINDS.items() if type(command) is cls),
        **drafted(command),
    }
    if isinstance(target, NamedTarget):
        common |= {"units": (target.name,), "subordinate_units": target.subordinate_units}
    else:
        common |= {"by_group": True, "group": target.filter}
    match command.schedule:
        case Once(at):
            common |= {"schedule": "Once", "at": at}
        case Every(at, weekdays, days):
            common |= {"schedule": "Every", "every_at": at, "weekdays": weekdays, "days": days}
        case _:
            common["schedule"] = "Now"
    return Draft(**common)


def scmd_lines(commands: Sequence[Sent]) -> str:
    """Return the equivalent scmd lines; in the place of one that cannot be, why."""
    return "\n".join(map(scmd_or_why_not, commands))


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
        command.schedule,
        rollout.zone,
        rollout.start,
        end,
        skipped_hour=a.skipped_hour,
        doubled_hour=a.doubled_hour,
    )
    days = say("clock.weekdays").split()
    local = [at.astimezone(rollout.zone) for at in times[:count]]
    return [f"{days[at.weekday()]} {at:%Y-%m-%d %H:%M %Z}" for at in local]


def count_targets(commands: Sequence[Command], rollout: Rollout) -> int:
    """Return how many devices the commands are for, each counted once.

    Raises
    ------
    ValueError
        If targets lead nowhere, in words; with each of them.
    """
    devices: set[int] = set()
    wrong: dict[str, None] = {}
    for command in commands:
        try:
            devices.update(rollout.find(command.target).tolist())
        except InputError as error:
            wrong |= dict.fromkeys(problem.message for problem in error.problems)
    if wrong:
        raise ValueError("\n".join(wrong))
    return len(devices)
