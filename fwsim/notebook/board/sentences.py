"""Commands as sentences, for the rail and the bars."""

from __future__ import annotations

from fwsim.commands.command import DeliveryCommand, Sent, UefiUpdateCommand, UpdateCommand
from fwsim.commands.schedule import Every, Now, Once
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
)
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.notebook.board.axis import moment
from fwsim.quantities.units import write_duration


def target_in_words(target: Target) -> str:
    """Return whom a command is for: ``DE and below``."""
    match target:
        case NamedTarget(name, subordinate_units):
            return say("sentence.and_below", unit=name) if subordinate_units else name
        case ClientGroupTarget(text):
            return say("sentence.group", filter=text)
        case MacTarget(mac):
            return mac
        case ListFileTarget(file):
            return say("sentence.list", file=file)
        case DeviceListTarget(devices):
            return say("sentence.devices", count=len(devices))


def when_in_words(command: Sent, rollout: Rollout) -> str:
    """Return when a command runs."""
    match command.schedule:
        case Once(at):
            return moment(at, rollout.local_time(0))
        case Now():
            return say("sentence.now", at=moment(rollout.local_time(0)))
        case Every(at, weekdays, days):
            names = say("clock.weekdays").split()
            when = [names[day] for day in weekdays] + [f"{day}." for day in days]
            return say("sentence.every", days=", ".join(when), time=f"{at:%H:%M}")


def short_name(command: Sent) -> str:
    """Return what a command is, and for whom."""
    name = {UefiUpdateCommand: "uefi", DeliveryCommand: "delivery"}.get(type(command), "update")
    return say(f"sentence.{name}", target=target_in_words(command.target))


def command_in_words(command: Sent, rollout: Rollout) -> str:
    """Return a command as a sentence.

    ``Update DE and below, Fri 24 Sep 15:30, asks users for 5 min, may cancel``
    """
    parts = [short_name(command), when_in_words(command, rollout)]
    if isinstance(command, UpdateCommand):
        parts += _notice(command, rollout)
    if command.devices_wait:
        parts.append(say("sentence.pause", pause=write_duration(command.devices_wait)))
    if command.only_switched_on:
        pings = command.check_reachability
        parts.append(say("sentence.pinged") if pings else say("sentence.only_on"))
    if _formats(command):
        parts.append(say("sentence.formats"))
    return ", ".join(parts)


def _formats(command: Sent) -> bool:
    """Tell whether a command formats what it writes to."""
    if isinstance(command, DeliveryCommand):
        return command.format_update_partition
    return command.format_system_partition


def _notice(command: UpdateCommand, rollout: Rollout) -> list[str]:
    if command.inform_user is None:
        return [say("sentence.asks_nobody")]
    if command.inform_user == 0:
        asks = say("sentence.asks_until_answered")
    else:
        asks = say("sentence.asks", length=write_duration(command.inform_user * 1000))
    parts = [asks, say("sentence.may_cancel")] if command.user_can_cancel else [asks]
    if command.force_at is not None:
        parts.append(say("sentence.forced_at", at=moment(command.force_at, rollout.local_time(0))))
    return parts
