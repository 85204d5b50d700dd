"""A plan in words, beside its commands: what starts by itself, who may defer, who fetches where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np

from fwsim.commands.command import asks_its_user
from fwsim.commands.firmware import FirmwareSettings, ProxyType
from fwsim.fleet.spans import Stretch, merged, spans_of
from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.device_jobs import scheduled_jobs_of
from fwsim.model.first_due import who_may_be_meant
from fwsim.model.rollout import Rollout
from fwsim.quantities.units import write_duration
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.windows_section import CommandWindowsSection, HolidaysSection

MOST_WINDOWS = 5
MOST_DAYS = 5
MOST_LINES = 5


def beside_commands(rollout: Rollout) -> list[str]:
    """Return what else decides how a plan goes, a sentence or two an entry."""
    return [
        *_own_starts(rollout),
        *_deferments(rollout),
        *_proxies(rollout),
        *_counted(rollout),
        *_windows(rollout),
        *_days_off(rollout),
        *_deadlines(rollout),
    ]


def what_else_happens(rollout: Rollout) -> list[str]:
    """Return what a plan has beside its commands, and what holds these back."""
    return [
        *_own_starts(rollout),
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
    if count := _devices(rollout, lambda settings: bool(settings.check_at_start)):
        asking = _devices(rollout, _asks_at_start)
        event = say("planned.start")
        if not asking:
            yield say("planned.checks", count=count, event=event)
        elif asking == count:
            yield say("planned.checks_asking", count=count, event=event)
        else:
            devices = counted(count, "device")
            yield say("planned.checks_some_ask", count=asking, devices=devices, event=event)
    if count := _devices(rollout, lambda settings: bool(settings.check_at_shutdown)):
        yield say("planned.checks", count=count, event=say("planned.shutdown"))
    if has_scheduler(rollout):
        yield say("planned.scheduler")


def _asks_at_start(settings: FirmwareSettings) -> bool:
    """Tell whether a device asks its user before a check; as it shuts down it asks nobody."""
    return bool(settings.check_at_start and settings.confirm_check)


def _deferments(rollout: Rollout) -> Iterator[str]:
    """Yield how often users may defer, where any are asked."""
    some = dict.fromkeys(
        settings.reminder
        for unit in asked_units(rollout)
        for settings in rollout.configuration.over_time(unit)
    )
    most = max((deferments for deferments, _ in some), default=0)
    if len(some) > 1 and most:
        yield say("planned.defers_at_most", things=counted(most, "time"))
    for deferments, delays in some if len(some) == 1 and most else ():
        times = say("planned.or").join(write_duration(delay * 1000) for delay in delays)
        often = counted(deferments, "time")
        if times:
            yield say("planned.defers_by", things=often, times=times)
        else:
            yield say("planned.defers", things=often)


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
    if count := _devices(rollout, lambda settings: settings.proxy_type == ProxyType.DYNAMIC):
        yield say("planned.by_dynamic_proxy", count=count)
    if count := _devices(rollout, lambda settings: settings.proxy_type == ProxyType.STATIC):
        yield say("planned.by_static_proxy", count=count)


def _windows(rollout: Rollout) -> Iterator[str]:
    scenario = rollout.scenario
    if scenario.windows is not None:
        yield say("assignments.commands_wait")
        yield say("planned.open", window=_window(scenario.windows))
    of_assignments = [one.windows for one in scenario.assignments if one.windows is not None]
    for window in list(dict.fromkeys(map(_window, of_assignments)))[:MOST_WINDOWS]:
        yield say("planned.assignments_open", window=window)


def _deadlines(rollout: Rollout) -> Iterator[str]:
    for one in rollout.scenario.assignments[:MOST_WINDOWS]:
        if one.deadline is None:
            continue
        told = {"at": f"{one.deadline:%a %Y-%m-%d %H:%M}"}
        grace = write_duration(one.grace) if one.grace else ""
        if asks_its_user(one.command()):
            if grace:
                yield say("planned.asked_until_with_grace", time=grace, **told)
            else:
                yield say("planned.asked_until", **told)
        elif one.active_hours is not None:
            if grace:
                yield say("planned.active_until_with_grace", time=grace, **told)
            else:
                yield say("planned.active_until", **told)
        elif grace:
            yield say("planned.waits_for_restart", time=grace, **told)


def _days_off(rollout: Rollout) -> Iterator[str]:
    """Yield on which played days nobody is there, nothing is switched on, lines are idle."""
    fleet = rollout.fleet
    people = zip(fleet.people.values, (one.present for one in rollout.people()), strict=True)
    power = zip(fleet.power.values, (one.on for one in rollout.power()), strict=True)
    parts = {
        "people": ((name, week.days_off) for name, week in people),
        "power": ((name, week.days_off) for name, week in power),
        "lines": _days_off_of_lines(rollout),
    }
    days_of: dict[tuple[Stretch, ...], tuple[str, ...]] = {}
    for part, habits in parts.items():
        names: dict[tuple[str, ...], list[str]] = {}
        for name, off in habits:
            if not off:
                continue
            if off not in days_of:
                days_of[off] = _days_within(rollout, off)
            names.setdefault(days_of[off], []).append(name)
        for days, some in names.items():
            told = [*days[:MOST_DAYS]]
            if more := days[MOST_DAYS:]:
                told.append(counted(len(more), "more day"))
            shown = [*some] if part != "lines" else some[:MOST_LINES]
            if others := some[len(shown) :]:
                shown.append(counted(len(others), "more line"))
            which = f"planned.{part}_off" if days else f"planned.{part}_off_none"
            yield say(which, names=", ".join(shown), days=", ".join(told))


def _days_off_of_lines(rollout: Rollout) -> Iterator[tuple[str, tuple[Stretch, ...]]]:
    """Yield the lines that others use, as the scenario names them, with the days without them."""
    network = rollout.scenario.network
    used = {name if name in network.sites else DEFAULT for name in rollout.fleet.site.values}
    sites = ((name, line) for name, line in network.sites.items() if name in used)
    for name, line in (*sites, *network.hubs.items()):
        if line.shared_times:
            yield name, rollout.off_on(line)


def _days_within(rollout: Rollout, off: Iterable[Stretch]) -> tuple[str, ...]:
    """Return the played days that stretches touch; of one that is not all off, its hours."""
    spans = merged(spans_of(off, rollout.zone, rollout.start))
    played = [(a, b) for a, b in spans if a < rollout.horizon and b > 0]
    found = []
    for name, begin, end in rollout.days:
        parts = [(max(a, begin), min(b, end)) for a, b in played if a < end and b > begin]
        if parts:
            hours = [] if parts == [(begin, end)] else [_hours(rollout, *one, end) for one in parts]
            found.append(" ".join([f"{date.fromisoformat(name):%a %Y-%m-%d}", *hours]))
    return tuple(found)


def _hours(rollout: Rollout, since: int, until: int, midnight: int) -> str:
    last = "24:00" if until == midnight else f"{rollout.local_time(until):%H:%M}"
    return f"{rollout.local_time(since):%H:%M}-{last}"


def _window(windows: CommandWindowsSection) -> str:
    times, zone = windows.times.text, str(windows.zone)
    if zone == "device":
        parts = [say("planned.of_device", times=times)]
    elif zone == "server":
        parts = [say("planned.of_server", times=times)]
    else:
        parts = [say("planned.of_zone", times=times, zone=zone)]
    if windows.run_time:
        parts.append(say("planned.can_end_within", time=write_duration(windows.run_time)))
    if windows.blackouts:
        parts.append(say("planned.not_in", things=counted(len(windows.blackouts), "blackout")))
    if windows.holidays is not None:
        parts.append(say("planned.not_on_holidays", which=_holidays(windows.holidays)))
    return ", ".join(parts)


def _holidays(holidays: HolidaysSection) -> str:
    where = "-".join(filter(None, (holidays.country, holidays.subdivision)))
    return ", ".join(filter(None, (holidays.file, where)))


def _counted(rollout: Rollout) -> Iterator[str]:
    scenario = rollout.scenario
    if count := len(scenario.notifications):
        yield say("planned.notifications", count=count)
    if count := len(scenario.assignments):
        yield say("planned.assignments", count=count)
    if count := len(scenario.outages):
        yield say("planned.outages", count=count)
    if count := len(scenario.failing):
        yield say("planned.failing", count=count)
    if count := len(scenario.changes):
        yield say("planned.changes", count=count)
