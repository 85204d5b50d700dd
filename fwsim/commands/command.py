"""The commands and their options, as the console's dialogs ask for them.

Every option is declared here and nowhere else: what it is, its limits, and its words.
Sources: seed page "Performing updates via command"; Scout manual, "Command options"; the
partitions' page for delivery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, TypeGuard

from fwsim.commands.marks import Mark
from fwsim.commands.option import (
    UNIT_OF_KIND,
    CommandOption,
    Kind,
    called,
    declared,
    options_in,
)
from fwsim.commands.schedule import Now, Once, Schedule, check_wall_clock
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import Target
from fwsim.messages import say, translated
from fwsim.quantities.units import write_duration

LONGEST_NOTICE_SECONDS = 7 * 24 * 3600
LONGEST_DEVICES_WAIT_MS = 24 * 3600 * 1000


def told_notice(seconds: int | None) -> str:
    """Return what a plan in words says about who is asked."""
    match seconds:
        case None:
            return say("planned.asks_nobody")
        case 0:
            return say("planned.asks_until_clicked")
        case _:
            return say("planned.asks_for", time=write_duration(seconds * 1000))


Fault = tuple[tuple[str, ...], str]
"""Options by their names, and what is wrong with them."""


class OptionsError(ValueError):
    """Options of a command that are out of range, or do not go together.

    Parameters
    ----------
    others
        What is wrong but for those times, each with the options that it is about.
    too_early
        What is said of options that are times before the command's own, by their names.
    """

    def __init__(self, others: Sequence[Fault], too_early: Mapping[str, str]) -> None:
        super().__init__("; ".join([*(text for _, text in others), *too_early.values()]))
        self.others = tuple(others)
        self.too_early = too_early

    def __reduce__(self) -> tuple[type[OptionsError], tuple[Sequence[Fault], Mapping[str, str]]]:
        """Travel to other processes as it is."""
        return type(self), (self.others, self.too_early)


def _no_time(at: datetime) -> str:
    """Return why a time is none of a wall clock; empty if it is."""
    try:
        check_wall_clock(at)
    except ValueError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command to devices has.

    Parameters
    ----------
    target
        Who is commanded; looked up when the command runs.
    schedule
        When it runs, on the server's clock.
    only_switched_on
        Send only to devices *shown* as switched on; the true state is not determined first [S].
    check_reachability
        In addition, ping: only devices that answer get the command [S].
    devices_wait
        Milliseconds from one device to the next.

    Raises
    ------
    ValueError
        If an option is out of range or needs another one; with all such faults.
    """

    status_field: ClassVar[StatusField]
    lacks: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Options it inherits and cannot have, each with the reason."""

    target: Target
    schedule: Schedule = field(default_factory=Now)
    only_switched_on: bool = declared(
        CommandOption(
            kind=Kind.FLAG,
            meaning="send only to devices shown as on",
            scmd="-switchedon",
            scmd_meaning="send only to devices shown as switched on",
            label="Send only to switched-on devices",
            told=lambda on: say("planned.only_on") if on else say("planned.woken"),
        )
    )
    check_reachability: bool = declared(
        CommandOption(
            kind=Kind.FLAG,
            meaning="ping first",
            needs="only_switched_on",
            needs_why="it narrows down the devices shown on",
            scmd="-ping",
            scmd_meaning="check reachability in addition",
            label="Check reachability (ping)",
        )
    )
    devices_wait: int = declared(
        CommandOption(
            kind=Kind.PAUSE,
            meaning="pause from one device to the next",
            default=0,
            most=LONGEST_DEVICES_WAIT_MS,
            scmd="-deviceswait",
            scmd_meaning="pause from one device to the next",
            scmd_mark=Mark.SEEN,
            label="Devices wait (ms)",
            hint="from one device to the next; 2 s is taken too",
            told=lambda wait: say("planned.one_by_one", time=write_duration(wait)),
        )
    )

    def __post_init__(self) -> None:
        others = tuple(self._faults())
        too_early = dict(self._too_early())
        if others or too_early:
            raise OptionsError(others, too_early)

    def _faults(self) -> Iterator[Fault]:
        for options in (common_options(), own_options(type(self))):
            yield from self._out_of_range(options)
            yield from self._off_the_calendar(options)
            yield from self._without_what_they_need(options)
        for name, why in self.lacks.items():
            if self.has_set(name):
                option = options_in(type(self))[name]
                text = f"{called(name, option)}: {translated('option reason', why)}"
                yield (name,), text

    def _out_of_range(self, options: Mapping[str, CommandOption]) -> Iterator[Fault]:
        for name, option in options.items():
            amount = getattr(self, name)
            if option.most and amount is not None and not 0 <= amount <= option.most:
                unit, least = UNIT_OF_KIND[option.kind]
                text = say(
                    "command_option.out_of_range",
                    name=called(name, option),
                    value=f"{amount} {unit}",
                    least=translated("option least", least),
                    last=f"{option.most} {unit}",
                )
                yield (name,), text

    def _off_the_calendar(self, options: Mapping[str, CommandOption]) -> Iterator[Fault]:
        for name, option in options.items():
            at = getattr(self, name)
            if option.kind is Kind.MOMENT and at is not None and (fault := _no_time(at)):
                yield (name,), f"{called(name, option)}: {fault}"

    def _too_early(self) -> Iterator[tuple[str, str]]:
        for name, at in self.moments().items():
            if isinstance(self.schedule, Once) and not _no_time(at) and at < self.schedule.at:
                told = called(name, options_in(type(self))[name])
                start = self.schedule.at
                yield name, say("command_option.too_early", name=told, time=at, start=start)

    def _without_what_they_need(self, options: Mapping[str, CommandOption]) -> Iterator[Fault]:
        for name, option in options.items():
            if option.needs and self.has_set(name) and not self.has_set(option.needs):
                text = say(
                    "command_option.needs",
                    name=called(name, option),
                    needed=called(option.needs, options_in(type(self))[option.needs]),
                    why=translated("option reason", option.needs_why),
                )
                yield (name, option.needs), text

    def moments(self) -> dict[str, datetime]:
        """Return the options that are times on the server's clock, where they are set."""
        options = options_of(type(self)).items()
        found = {name: getattr(self, name) for name, o in options if o.kind is Kind.MOMENT}
        return {name: at for name, at in found.items() if at is not None}

    def has_set(self, name: str) -> bool:
        """Tell whether an option is other than its default."""
        return bool(getattr(self, name) != options_in(type(self))[name].default)


@dataclass(frozen=True, kw_only=True)
class NoticeOptions:
    """Whether and how a user is asked: the options of whatever updates a device.

    Parameters
    ----------
    inform_user
        Seconds the notice is shown; 0 shows it until a button is clicked; None asks nobody.
    user_can_cancel
        The notice has a cancel button.
    """

    inform_user: int | None = declared(
        CommandOption(
            kind=Kind.NOTICE,
            meaning="how long the notice is shown",
            default=None,
            most=LONGEST_NOTICE_SECONDS,
            scmd="-inform",
            scmd_meaning="inform user; 0 shows the notice until a click",
            label="Inform user",
            hint="how long the notice is shown; 5 min is taken too",
            told=told_notice,
        )
    )
    user_can_cancel: bool = declared(
        CommandOption(
            kind=Kind.FLAG,
            meaning="the notice has a cancel button",
            needs="inform_user",
            needs_why="without a notice there is no button",
            scmd="-cancel",
            scmd_meaning="user can cancel",
            label="User can cancel",
            told=lambda can: say("planned.can_cancel") if can else say("planned.cannot_cancel"),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCommand(NoticeOptions, Command):
    """An Update command.

    Parameters
    ----------
    force_at
        When whoever still waits for the user starts, whatever the user says: who is asked, has
        deferred or ignores the notice. From then on nobody is asked; a cancel before stays [A].
    format_system_partition
        Format the system partition before writing; every package is then fetched and written.
        A device whose image is not modified is left alone all the same [S].
    """

    status_field: ClassVar[StatusField] = StatusField.UPDATE

    force_at: datetime | None = declared(
        CommandOption(
            kind=Kind.MOMENT,
            meaning="when whoever is being asked, has deferred or ignores the notice is started; "
            "from then on nobody is asked, and a cancel before stays a cancel",
            default=None,
            needs="inform_user",
            needs_why="where nobody is asked, nobody waits",
            mark=Mark.ASSUMED,
            label="Start anyway at",
            hint="whatever the user says; who has cancelled before is left alone",
            told=lambda at: say("planned.forced_at", time=at) if at else "",
        )
    )
    format_system_partition: bool = declared(
        CommandOption(
            kind=Kind.FLAG,
            meaning="fetch and write everything anew; a device that runs the image already is "
            "left alone",
            scmd="-format",
            scmd_meaning="format the system partition (delivery: the update partition) first",
            label="Format partition first",
            hint="system partition; of a delivery the update partition",
            field="format_partition",
            notification="format",
            notification_meaning="format the partition that is written to",
        )
    )

    @property
    def may_wait_for_ever(self) -> bool:
        """Whether its notice stays up until somebody clicks, however long that takes."""
        return self.inform_user == 0 and self.force_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class UefiUpdateCommand(UpdateCommand):
    """A UEFI update: same targets, schedule, notice and no-retry rule, a status of its own [S].

    Source: short guide on UEFI updates. There is nothing to format.
    """

    status_field: ClassVar[StatusField] = StatusField.UEFI
    lacks: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"format_system_partition": "a UEFI update writes no partition"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCommand(Command):
    """A Delivery command: packages go to the update partition ahead; no user is disturbed.

    Parameters
    ----------
    format_update_partition
        Format the update partition before delivery; what lay there is gone [S]. That
        is when the transfer begins: not by a delivery that the check or a signature ends [I].
    """

    status_field: ClassVar[StatusField] = StatusField.DELIVERY

    format_update_partition: bool = declared(
        CommandOption(
            kind=Kind.FLAG,
            meaning="empty the update partition first",
            scmd="-format",
            field="format_partition",
            notification="format",
        )
    )


Sent = UpdateCommand | DeliveryCommand
"""What is sent to devices."""
SENT: tuple[type[Sent], ...] = (UpdateCommand, DeliveryCommand, UefiUpdateCommand)


def asks_its_user(command: Command) -> TypeGuard[UpdateCommand]:
    """Tell whether a command is an update that shows its user a notice."""
    return isinstance(command, UpdateCommand) and command.inform_user is not None


def common_options() -> Mapping[str, CommandOption]:
    """Return the options that every command has."""
    return options_in(Command)


def own_options(cls: type[Command]) -> dict[str, CommandOption]:
    """Return the options that a command can have beside those that every command has."""
    others = {*common_options(), *cls.lacks}
    return {name: option for name, option in options_in(cls).items() if name not in others}


def options_of(cls: type[Command]) -> dict[str, CommandOption]:
    """Return the options that a command can have as they are written: its own first."""
    return {**own_options(cls), **common_options()}


def why_no_scmd(command: Command) -> str:
    """Return why a command cannot be an scmd line; empty if it can."""
    options = options_of(type(command)).items()
    lost = [name for name, o in options if not o.scmd and command.has_set(name)]
    return "; ".join(f"{name}: {lost_in_scmd(name)}" for name in lost)


def lost_in_scmd(name: str) -> str:
    """Return what is said of an option that scmd has no word for."""
    return say("batch.no_word", name=name)


def concerns_notice(name: str, option: CommandOption) -> bool:
    """Tell whether an option is one of the notice, or means nothing without it."""
    notice = options_in(NoticeOptions)
    return name in notice or option.needs in notice


def values_of(cls: type, wished: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of options as wished, but for those that lack what they need.

    Parameters
    ----------
    cls
        A dataclass with options.
    wished
        Value by option; of what is not there the default is meant.
    """
    options = options_in(cls)
    found = {name: o.default for name, o in options.items()} | dict(wished)
    idle = [n for n, o in options.items() if o.needs and found[o.needs] == options[o.needs].default]
    return found | {name: options[name].default for name in idle}
