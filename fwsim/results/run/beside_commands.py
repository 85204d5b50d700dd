"""A plan in words, beside its commands: what starts by itself, who may defer, who fetches where."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from fwsim.commands.command import asks_its_user
from fwsim.commands.firmware import FirmwareSettings, ProxyType
from fwsim.measures.amounts import counted, devices_that
from fwsim.messages import say
from fwsim.model.device_jobs import scheduled_jobs_of
from fwsim.model.first_due import who_may_be_meant
from fwsim.model.rollout import Rollout
from fwsim.quantities.units import write_duration
from fwsim.scenario.windows_section import CommandWindowsSection, HolidaysSection

MOST_WINDOWS = 5


def beside_commands(rollout: Rollout) -> list[str]:
    """Return what else decides how a plan goes, a sentence or two an entry."""
    return [
        *_own_starts(rollout),
        *_deferments(rollout),
        *_proxies(rollout),
        *_counted(rollout),
        *_windows(rollout),
        *_deadlines(rollout),
    ]


def has_scheduler(rollout: Rollout) -> bool:
    """Tell whether some devices run jobs by themselves."""
    scenario = rollout.scenario
    units = scenario.fleet.units.values()
    return scenario.scheduler is not None or any(unit.scheduler is not None for unit in units)


def _devices(rollout: Rollout, holds: Callable[[FirmwareSettings], bool]) -> int:
    """Return how many devices have settings, at some time, of which something holds."""
    unit = rollout.fleet.unit
    devices = np.bincount(unit.codes, minlength=len(unit.values)).tolist()
    return sum(
        count
        for name, count in zip(unit.values, devices, strict=True)
        if count and any(map(holds, rollout.configuration.over_time(name)))
    )


def _own_starts(rollout: Rollout) -> Iterator[str]:
    checks: tuple[tuple[str, Callable[[FirmwareSettings], bool]], ...] = (
        ("start", lambda settings: bool(settings.check_at_start)),
        ("shutdown", lambda settings: bool(settings.check_at_shutdown)),
    )
    asking = _devices(rollout, _asks_at_start)
    for when, holds in checks:
        if count := _devices(rollout, holds):
            check = devices_that(count, "checks", "check")
            asks = _asking(asking, count) if when == "start" and asking else ""
            yield f"{check} for a new version at every {when}{asks}."
    if has_scheduler(rollout):
        yield "Devices run jobs of the eLux Command Scheduler by themselves."


def _asks_at_start(settings: FirmwareSettings) -> bool:
    """Tell whether a device asks its user before a check; as it shuts down it asks nobody."""
    return bool(settings.check_at_start and settings.confirm_check)


def _asking(asking: int, of: int) -> str:
    if asking < of:
        return f"; {asking} of them {'asks its user' if asking == 1 else 'ask their users'} first"
    return f" and {'asks its user' if of == 1 else 'ask their users'} first"


def _deferments(rollout: Rollout) -> Iterator[str]:
    """Yield how often users may defer, where any are asked."""
    some = dict.fromkeys(
        settings.reminder
        for unit in asked_units(rollout)
        for settings in rollout.configuration.over_time(unit)
    )
    most = max((deferments for deferments, _ in some), default=0)
    if len(some) > 1 and most:
        yield f"Where users are asked they can defer {counted(most, 'time')} at most."
    for deferments, delays in some if len(some) == 1 and most else ():
        times = " or ".join(write_duration(delay * 1000) for delay in delays)
        often = counted(deferments, "time")
        yield f"Where users are asked they can defer {often}" + (f", by {times}." if times else ".")


def asked_units(rollout: Rollout) -> list[str]:
    """Return the OUs of devices at which users may be asked."""
    scenario, units = rollout.scenario, rollout.fleet.unit
    stored = (*scenario.notifications, *scenario.assignments)
    commands = [run.command for run in rollout.runs] + [one.command() for one in stored]
    asked = np.zeros(len(units.values), bool)
    targets = (command.target for command in commands if asks_its_user(command))
    asked[units.codes[who_may_be_meant(rollout, targets)]] = True
    for scheduled in scheduled_jobs_of(rollout):
        if scheduled.job.inform_user is not None and scheduled.firings:
            asked[units.codes[list(scheduled.devices)]] = True
    for code in np.unique(units.codes).tolist():
        settings = rollout.configuration.over_time(units.values[code])
        asked[code] |= any(map(_asks_at_start, settings))
    return [units.values[code] for code in np.flatnonzero(asked)]


def _proxies(rollout: Rollout) -> Iterator[str]:
    for kind, whom in (
        (ProxyType.DYNAMIC, "the neighbour that asks first (dynamic proxy)"),
        (ProxyType.STATIC, "a neighbour that is named (static proxy)"),
    ):
        if count := _devices(rollout, lambda settings, kind=kind: settings.proxy_type == kind):  # type: ignore[misc]
            yield f"{devices_that(count, 'fetches', 'fetch')} by way of {whom}."


def _windows(rollout: Rollout) -> Iterator[str]:
    scenario = rollout.scenario
    if scenario.windows is not None:
        yield say("assignments.commands_wait")
        yield f"They are open {_window(scenario.windows)}."
    of_assignments = [one.windows for one in scenario.assignments if one.windows is not None]
    for windows in list(dict.fromkeys(map(_window, of_assignments)))[:MOST_WINDOWS]:
        yield f"Assignments start in windows only, open {windows}."


def _deadlines(rollout: Rollout) -> Iterator[str]:
    for one in rollout.scenario.assignments[:MOST_WINDOWS]:
        if one.deadline is not None:
            grace = f", with {write_duration(one.grace)} until the restart" if one.grace else ""
            at = f"{one.deadline:%a %Y-%m-%d %H:%M}"
            if asks_its_user(one.command()):
                yield f"From {at} on users of an assignment are no longer asked{grace}."
            elif one.active_hours is not None:
                yield f"From {at} on the active hours of an assignment count no more{grace}."
            elif one.grace:
                waits = f"waits {write_duration(one.grace)} for its restart"
                yield f"What an assignment installs from {at} on {waits}."


def _window(windows: CommandWindowsSection) -> str:
    clock = {"device": "the device's clock", "server": "the server's clock"}
    parts = [f"{windows.times.text} on {clock.get(str(windows.zone), str(windows.zone))}"]
    if windows.run_time:
        parts.append(f"for what can end within {write_duration(windows.run_time)}")
    if windows.blackouts:
        parts.append(f"not in {counted(len(windows.blackouts), 'blackout')}")
    if windows.holidays is not None:
        parts.append(f"not on holidays ({_holidays(windows.holidays)})")
    return ", ".join(parts)


def _holidays(holidays: HolidaysSection) -> str:
    where = "-".join(filter(None, (holidays.country, holidays.subdivision)))
    return ", ".join(filter(None, (holidays.file, where)))


def _counted(rollout: Rollout) -> Iterator[str]:
    scenario = rollout.scenario
    parts = [
        (len(scenario.notifications), "notification", "wait{s} on the server"),
        (len(scenario.assignments), "assignment", "wait{s} for devices to check in"),
        (len(scenario.outages), "outage", "{is} planned"),
        (len(scenario.failing), "kind of device", "fail{s} more often"),
        (len(scenario.changes), "change", "of the configuration come{s}"),
    ]
    for count, noun, verb in parts:
        if count:
            told = counted(count, noun).replace("kind of devices", "kinds of device")
            is_are = "is" if count == 1 else "are"
            yield f"{told} {verb.format(s='s' if count == 1 else '', **{'is': is_are})}."
