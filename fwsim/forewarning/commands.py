"""What a command is likely to do that nobody wants, said before it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.firmware import ProxyType
from fwsim.commands.image import is_modified
from fwsim.commands.policies import IdfCheckOrder
from fwsim.commands.schedule import Once, firings, stamp
from fwsim.forewarning.carrying import Carrying
from fwsim.forewarning.groups import why_nobody
from fwsim.forewarning.habit import Devices, Flags, Habit
from fwsim.forewarning.oddity import Oddity, Place, bounded, sentence
from fwsim.forewarning.unanswered import Unanswered
from fwsim.measures.amounts import counted_in_english, devices_that
from fwsim.model.first_due import may_mean_anybody, who_may_be_meant
from fwsim.model.hours import Hours
from fwsim.model.rollout import UNKNOWN_IMAGE, Rollout
from fwsim.problems import InputError
from fwsim.scenario.command_section import CommandSection

MOST_FIRINGS = 20
"""So many runs of a command are looked at; what fails in all of them fails for good."""
A_YEAR = timedelta(days=400)
LAST_DAY = datetime(9999, 12, 29, tzinfo=UTC)


def command_warnings(commands: Sequence[Command], rollout: Rollout) -> list[str]:
    """Return warnings about commands, each a sentence; wrong targets are told elsewhere.

    Parameters
    ----------
    commands
        What is to be sent; it need not stand in the scenario.
    rollout
        Whose devices and habits count.
    """
    outlook = _Outlook(rollout)
    texts = [text for command in commands for _, text in outlook.of(command)]
    return [sentence(text) for text in dict.fromkeys(texts)]


def oddities_of_commands(rollout: Rollout) -> Iterator[Oddity]:
    """Yield what is odd about the scenario's commands, at the key that brings it about."""
    outlook = _Outlook(rollout)
    yield from bounded(
        Oddity(("commands", number, *_key_of(section, part)), text)
        for number, section in enumerate(rollout.scenario.commands)
        for part, text in outlook.of(section.command())
    )


def _key_of(section: CommandSection, part: str) -> Place:
    """Return the key of a command that says something, or nothing where it is left out."""
    if hasattr(section, "scmd"):
        return ("scmd",)
    if part == "target":
        return (
            next(kind for kind in ("update", "delivery", "uefi_update") if hasattr(section, kind)),
        )
    return (part,) if getattr(section, part, None) is not None else ()


class _Outlook:
    """What may be expected of any command under the habits of one rollout's devices."""

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._fleet = rollout.fleet

    def of(self, command: Command) -> list[tuple[str, str]]:
        """Return the key and the text of every oddity of a command."""
        try:
            devices = self._rollout.find(command.target)
        except InputError:
            return []
        if not len(devices):
            return [*self._nobody(command)]
        times = self._rollout.firings_of(command.schedule)
        if not times:
            return [*self._never(command)]
        return [
            *self._waits_for_ever(command, devices, times[0]),
            *self._switched_off(command, devices, times[0]),
            *self._cannot_be_woken(command, devices, times[:MOST_FIRINGS]),
            *self._has_it_already(command, devices, times[:MOST_FIRINGS]),
            *self._proxy_is_off(command, devices, times[:MOST_FIRINGS]),
            *self._carrying.of(command, devices, times[:MOST_FIRINGS]),
        ]

    # Whether it does anything

    def _nobody(self, command: Command) -> Iterator[tuple[str, str]]:
        target = command.target
        if may_mean_anybody(target):
            return  # who is in the group shows when the command runs
        why = why_nobody(target.filter, self._fleet) if hasattr(target, "filter") else ""
        yield "target", f"no device is targeted{why}"

    def _never(self, command: Command) -> Iterator[tuple[str, str]]:
        rollout, a = self._rollout, self._rollout.assumptions
        if isinstance(command.schedule, Once):
            is_early = _is_early(command.schedule.at, rollout)
            side = "before the scenario's start" if is_early else "after the horizon"
            yield "once", f"it never runs: its time is {side}"
            return
        until = min(rollout.start, LAST_DAY - A_YEAR) + A_YEAR
        later = firings(
            command.schedule,
            rollout.zone,
            rollout.start,
            until,
            skipped_hour=a.skipped_hour,
            doubled_hour=a.doubled_hour,
        )
        end = rollout.local_time(rollout.horizon)
        form = "%a %Y-%m-%d %H:%M"
        first = f"{stamp(later[0].astimezone(rollout.zone), form)}, " if later else ""
        beyond = f"after the horizon, {stamp(end, form)}"
        yield "every", f"it never runs: its first time is {first}{beyond}"

    def _has_it_already(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        if type(command) is not UpdateCommand or command.format_system_partition:
            return
        if not any(self._is_needed(devices, at) for at in times):
            yield (
                "target",
                f"{_everybody(len(devices))} the image that is sent already, so the update is not "
                "necessary",
            )

    def _is_needed(self, devices: Devices, at: int) -> bool:
        """Tell whether any device runs another image than its OU's settings lead to."""
        fleet, one = self._fleet, devices[0]
        if self._needs(int(fleet.unit.codes[one]), int(fleet.installed.codes[one]), at):
            return True
        return bool(self._lacks(devices, at).any())

    def _lacks(self, devices: Devices, at: int) -> Flags:
        """Tell which devices may run another image than their OU's settings lead to."""
        fleet, width = self._fleet, len(self._fleet.installed.values)
        pairs, places = np.unique(
            fleet.unit.codes[devices].astype(np.int64) * width + fleet.installed.codes[devices],
            return_inverse=True,
        )
        lacks = [self._needs(pair // width, pair % width, at) for pair in pairs.tolist()]
        found: Flags = np.array(lacks, bool)[places]
        return found

    def _needs(self, unit: int, installed: int, at: int) -> bool:
        rollout = self._rollout
        wanted = rollout.configuration.image_for(self._fleet.unit.values[unit], at)
        if wanted is None:
            return True
        newer_only = rollout.assumptions.newer_only
        return any(
            number == UNKNOWN_IMAGE
            or is_modified(rollout.images[number], rollout.images[wanted], newer_only=newer_only)
            for number, _ in self._carrying.installed[installed]
        )

    @cached_property
    def _carrying(self) -> Carrying:
        return Carrying(self._rollout)

    # Who is reached

    def _waits_for_ever(
        self, command: Command, devices: Devices, at: int
    ) -> Iterator[tuple[str, str]]:
        if not isinstance(command, UpdateCommand) or not command.may_wait_for_ever:
            return
        stays_on = self._switched_on.holds_between(devices, at, self._rollout.horizon)
        waiting = self._unanswered.among(command, devices[stays_on], at)  # no shutdown answers
        if len(waiting) and self._checks_first(command):
            waiting = waiting[self._lacks(waiting, at)]
        if len(waiting):
            yield (
                "inform_user",
                "a notice that stays until a button is clicked waits for a click, and nobody "
                f"clicks at {counted_in_english(len(waiting), 'device')} of these: there it waits "
                "for ever",
            )

    def _checks_first(self, command: UpdateCommand) -> bool:
        """Tell whether a device is left alone that has what is sent, and no user is asked there."""
        order = self._rollout.assumptions.idf_check_order
        can_be_needless = type(command) is UpdateCommand and not command.format_system_partition
        return can_be_needless and order is not IdfCheckOrder.AFTER

    @cached_property
    def _unanswered(self) -> Unanswered:
        return Unanswered(self._rollout, self._hours)

    @cached_property
    def _hours(self) -> Hours:
        return Hours(self._rollout)

    @cached_property
    def _switched_on(self) -> Habit:
        """When devices are on."""
        weeks = [power.on for power in self._rollout.power()]
        return Habit.of(self._hours, self._fleet.power, weeks)

    def _switched_off(
        self, command: Command, devices: Devices, at: int
    ) -> Iterator[tuple[str, str]]:
        if not command.only_switched_on:
            return
        on = self._switched_on.holds_at(devices, at)
        if not on.any():
            off = f"all {len(devices)} are off by habit, unless they were left on"
            if len(devices) == 1:
                off = "the one device is off by habit, unless it was left on"
            text = f"it goes only to devices that are switched on, and at that time {off}"
            yield "only_switched_on", text
        elif on.mean() < 0.5:
            yield (
                "only_switched_on",
                f"it goes only to devices that are switched on: by habit {int((~on).sum())} of "
                f"{len(devices)} are off at that time and are missed",
            )

    def _cannot_be_woken(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        column = self._fleet.connection
        deaf = np.array([value != "wired" for value in column.values], bool)
        if command.only_switched_on or not deaf.any():
            return
        devices = devices[deaf[column.codes[devices]]]
        for at in times:
            devices = devices[~self._switched_on.holds_at(devices, at)]
        if len(devices):
            kinds = " or ".join(sorted({column[int(d)] for d in devices[:1000]}))
            whenever = "at that time" if len(times) == 1 else "each time it runs"
            are = devices_that(len(devices), f"on {kinds} is", f"on {kinds} are")
            missed = "they are missed, unless they were left on"
            if len(devices) == 1:
                missed = "it is missed, unless it was left on"
            yield (
                "target",
                f"{are} off by habit {whenever}, and only wired devices can be woken: {missed}",
            )

    def _proxy_is_off(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        """Tell of static proxies that are off whenever it runs, and that nothing wakes before."""
        if type(command) is not UpdateCommand:
            return
        asking = self._asking(devices, times[0])
        for proxy, count in asking.items():
            one = np.array([proxy], np.int32)
            if any(self._switched_on.holds_at(one, at)[0] for at in times):
                continue
            runs = [run for run in self._rollout.runs if run.at <= times[-1]]
            before = [run.command for run in runs if run.at not in times]
            if self._is_woken(one, [other for other in before if other != command]):
                continue
            whenever = "at that time" if len(times) == 1 else "each time it runs"
            name, neighbours = (
                self._fleet.qualified_name(proxy),
                counted_in_english(count, "device"),
            )
            fail = (
                f"nothing wakes it: {neighbours} of these turn to no other, and their updates "
                "fail while it is off"
            )
            if self._is_woken(one, [command, *(run.command for run in runs)]):
                fail = (
                    f"nothing wakes it before: {neighbours} of these turn to no other, and the "
                    "updates of those that turn to it while it still starts fail"
                )
            yield (
                "target",
                f"the static proxy {name} is off by habit {whenever}, unless it was left on, "
                f"and {fail}",
            )

    def _asking(self, devices: Devices, at: int) -> dict[int, int]:
        """Return how many devices that lack something turn to each static proxy."""
        rollout, fleet = self._rollout, self._fleet
        units, first, places = np.unique(
            fleet.unit.codes[devices], return_index=True, return_inverse=True
        )
        asking: dict[int, int] = {}
        lacks: Flags | None = None
        for number in range(len(units)):
            settings = rollout.configuration.settings(int(devices[first[number]]), at)
            if settings.proxy_type is not ProxyType.STATIC:
                continue
            lacks = self._lacks(devices, at) if lacks is None else lacks
            proxy = fleet.find(settings.proxy or "")[0]
            mine = devices[lacks & (places == number)]
            asking[proxy] = asking.get(proxy, 0) + int((mine != proxy).sum())
        return {proxy: count for proxy, count in asking.items() if count}

    def _is_woken(self, device: Devices, commands: Sequence[Command]) -> bool:
        """Tell whether a command that may wake a device comes to it."""
        wakes = [one.target for one in commands if not one.only_switched_on]
        try:
            return bool(who_may_be_meant(self._rollout, wakes)[device].any())
        except InputError:
            return True


def _is_early(at: datetime, rollout: Rollout) -> bool:
    """Tell whether a wall-clock time, wherever in the calendar, lies before the start."""
    try:
        return rollout.milliseconds_of(at) < 0
    except OverflowError:  # on the first or the last day there is
        return at.year < rollout.start.year


def _everybody(devices: int) -> str:
    return (
        "the one device runs"
        if devices == 1
        else f"all {counted_in_english(devices, 'device')} run"
    )
