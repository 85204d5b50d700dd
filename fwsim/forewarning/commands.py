"""What a command is likely to do that nobody wants, said before it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.firmware import ProxyType
from fwsim.commands.image import is_modified, partitions
from fwsim.commands.policies import IdfCheckOrder
from fwsim.commands.schedule import Once, SkippedHour, firings, stamp
from fwsim.commands.targets import ClientGroupTarget
from fwsim.forewarning.carrying import Carrying
from fwsim.forewarning.clock_changes import is_skipped
from fwsim.forewarning.groups import may_ever_match, why_nobody
from fwsim.forewarning.habit import Devices, Flags, Habit
from fwsim.forewarning.oddity import Oddity, Place, first_few, sentence
from fwsim.forewarning.unanswered import Unanswered
from fwsim.messages import say
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
    yield from first_few(
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
            *self._proxy_serves_nobody(command, devices, times[:MOST_FIRINGS]),
            *self._carrying.of(command, devices, times[:MOST_FIRINGS]),
        ]

    # Whether it does anything

    def _nobody(self, command: Command) -> Iterator[tuple[str, str]]:
        target = command.target
        why = ""
        if isinstance(target, ClientGroupTarget):
            may_change = may_mean_anybody(target, self._rollout)
            if may_change and may_ever_match(target.filter, self._rollout):
                return  # who is in the group shows when the command runs
            why = why_nobody(target.filter, self._rollout)
        yield "target", say("warning.command.nobody", why=why)

    def _never(self, command: Command) -> Iterator[tuple[str, str]]:
        rollout, a = self._rollout, self._rollout.assumptions
        if isinstance(command.schedule, Once):
            at = command.schedule.at
            if _is_early(at, rollout):
                text = say("warning.command.before_start")
            elif a.skipped_hour is SkippedHour.SKIP and is_skipped(at, rollout):
                text = say("warning.command.skipped")
            else:
                text = say("warning.command.after_horizon")
            yield "once", text
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
        end = _on_its_day(rollout.local_time(rollout.horizon))
        if not later:
            yield "every", say("warning.command.none_in_horizon", end=end)
            return
        first = _on_its_day(later[0].astimezone(rollout.zone))
        yield "every", say("warning.command.first_after_horizon", first=first, end=end)

    def _has_it_already(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        if type(command) is not UpdateCommand:
            return
        if not any(self._is_needed(devices, at) for at in times):
            yield "target", say("warning.command.needless", count=len(devices))

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
            yield "inform_user", say("warning.command.waits_for_ever", count=len(waiting))

    def _checks_first(self, command: UpdateCommand) -> bool:
        """Tell whether a device is left alone that has what is sent, and no user is asked there."""
        order = self._rollout.assumptions.idf_check_order
        return type(command) is UpdateCommand and order is not IdfCheckOrder.AFTER

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
            yield "only_switched_on", say("warning.command.all_off", count=len(devices))
        elif on.mean() < 0.5:
            off = int((~on).sum())
            text = say("warning.command.most_off", off=off, count=len(devices))
            yield "only_switched_on", text

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
            kinds = sorted({column[int(d)] for d in devices[:1000]})
            words = {"count": len(devices), "kinds": _either(kinds)}
            once = say("warning.command.not_woken", **words)
            always = say("warning.command.never_woken", **words)
            yield "target", once if len(times) == 1 else always

    def _proxy_serves_nobody(
        self, command: Command, devices: Devices, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        """Tell of static proxies that have nothing to serve from, or are off whenever it runs."""
        if type(command) is not UpdateCommand:
            return
        for proxy, mine in self._asking(devices, times[0]).items():
            if not self._has_update_partition(proxy):  # its own update fails, too
                words = {"name": self._fleet.qualified_name(proxy), "count": len(mine)}
                yield "target", say("warning.command.proxy_has_no_room", **words)
            elif others := int((mine != proxy).sum()):
                yield from self._proxy_is_off(command, proxy, others, times)

    def _has_update_partition(self, device: int) -> bool:
        a, flash = self._rollout.assumptions, int(self._fleet.flash[device])
        return partitions(flash, a.system_partition, a.other_partitions).has_update_partition

    def _proxy_is_off(
        self, command: UpdateCommand, proxy: int, count: int, times: list[int]
    ) -> Iterator[tuple[str, str]]:
        """Tell of a static proxy that is off whenever it runs, and that nothing wakes before."""
        one = np.array([proxy], np.int32)
        if any(self._switched_on.holds_at(one, at)[0] for at in times):
            return
        runs = [run for run in self._rollout.runs if run.at <= times[-1]]
        before = [run.command for run in runs if run.at not in times]
        if self._is_woken(one, [other for other in before if other != command]):
            return
        fail = say("warning.command.proxy_not_woken", count=count)
        if self._is_woken(one, [command, *(run.command for run in runs)]):
            fail = say("warning.command.proxy_woken_late", count=count)
        words = {"name": self._fleet.qualified_name(proxy), "what_follows": fail}
        once = say("warning.command.proxy_off", **words)
        always = say("warning.command.proxy_always_off", **words)
        yield "target", once if len(times) == 1 else always

    def _asking(self, devices: Devices, at: int) -> dict[int, Devices]:
        """Return the devices that lack something, by the static proxy that they turn to."""
        rollout, fleet = self._rollout, self._fleet
        units, first, places = np.unique(
            fleet.unit.codes[devices], return_index=True, return_inverse=True
        )
        asking: dict[int, list[Devices]] = {}
        lacks: Flags | None = None
        for number in range(len(units)):
            settings = rollout.configuration.settings(int(devices[first[number]]), at)
            if settings.proxy_type is not ProxyType.STATIC:
                continue
            lacks = self._lacks(devices, at) if lacks is None else lacks
            proxy = fleet.find(settings.proxy or "")[0]
            asking.setdefault(proxy, []).append(devices[lacks & (places == number)])
        together = {proxy: np.concatenate(parts) for proxy, parts in asking.items()}
        return {proxy: mine for proxy, mine in together.items() if len(mine)}

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


def _on_its_day(at: datetime) -> str:
    """Return a time of a clock with its weekday."""
    return f"{say('clock.weekdays').split()[at.weekday()]} {stamp(at)}"


def _either(kinds: Sequence[str]) -> str:
    """Return kinds of connections as one of them."""
    either, *others = kinds
    for kind in others:
        either = say("warning.command.or", kinds=either, kind=kind)
    return either
