"""What must be set beside a plan's commands, and how a wave is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwsim.commands.firmware import ProxyType
from fwsim.measures.amounts import counted
from fwsim.planning.waves import Wave
from fwsim.planning.whom import MOST_NAMED, whom
from fwsim.quantities.units import write_duration, write_rate
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.fleet_section import UnitSection
from fwsim.scenario.network_section import LineSection
from fwsim.scenario.schema import Scenario


def settings_to_change(plan: Scenario, written: Scenario) -> list[str]:
    """Return what must be set beside the commands: no command line carries it."""
    return [
        *_reminder_to_change(plan, written),
        *_proxies_to_change(plan, written),
        *_lines_to_change(plan, written),
    ]


def _reminder_to_change(plan: Scenario, written: Scenario) -> Iterator[str]:
    new, old = plan.firmware.settings(), written.firmware.settings()
    if (new.deferments, new.delays) != (old.deferments, old.delays):
        delays = " or ".join(write_duration(1000 * delay) for delay in new.delays or ())
        text = f"- Console, Firmware > Reminder: {counted(new.deferments or 0, 'deferment')}"
        text = f"{text}, delays {delays}" if delays else text
        own = [path for path, unit in plan.fleet.units.items() if _has_reminder(unit)]
        yield text + _which_stay(own)


def _has_reminder(unit: UnitSection) -> bool:
    return unit.firmware is not None and unit.firmware.reminder is not None


def _which_stay(own: Sequence[str]) -> str:
    """Return which OUs do not inherit a setting, to stand behind it."""
    if not own:
        return ""
    named = ", ".join(own[:MOST_NAMED])
    if len(own) > MOST_NAMED:
        named = f"{named} and {counted(len(own) - MOST_NAMED, 'other OU')}"
    return f"; what is set at {named} itself stays"


def _proxies_to_change(plan: Scenario, written: Scenario) -> Iterator[str]:
    now, before = (
        {
            path: unit.firmware.settings().proxy_type
            for path, unit in scenario.fleet.units.items()
            if unit.firmware is not None
        }
        for scenario in (plan, written)
    )
    new, old = plan.firmware.settings().proxy_type, written.firmware.settings().proxy_type
    if (new or ProxyType.NONE) != (old or ProxyType.NONE):
        own = [path for path, kind in now.items() if kind and kind == before.get(path)]
        yield f"- Console, Firmware > Proxy: {new or ProxyType.NONE}{_which_stay(own)}"
    for path in dict.fromkeys([*now, *before]):
        if now.get(path) != before.get(path):
            yield f"- Console, Firmware > Proxy of {path}: {now.get(path) or 'as above it'}"


def _lines_to_change(plan: Scenario, written: Scenario) -> Iterator[str]:
    old_sites, old_hubs = written.network.sites, written.network.hubs
    changed = {
        name
        for name, site in plan.network.sites.items()
        if name in old_sites and old_sites[name].updates_at_most != site.updates_at_most
    }
    for name, site in plan.network.sites.items():
        if name in changed:
            whose = "of each site not named here" if name == DEFAULT else f"of {name}"
            yield f"- Router, the line {whose}: {_for_updates(site)}"
        elif DEFAULT in changed:  # unnamed it would be one of the others
            yield f"- Router, the line of {name}: stays as it is, {_for_updates(site)}"
    for name, hub in plan.network.hubs.items():
        if name in old_hubs and old_hubs[name].updates_at_most != hub.updates_at_most:
            yield f"- Router, the line of hub {name}: {_for_updates(hub)}"


def _for_updates(line: LineSection) -> str:
    if line.updates_at_most is None:
        return "no limit for updates"
    return f"at most {write_rate(line.updates_at_most)} for updates"


def rollback(wave: Wave, plan: Scenario, written: Scenario) -> list[str]:
    """Return how a wave is taken back: what is unscheduled, what was sent, what is put back."""
    lines = [
        f"{wave.name.capitalize()}, {wave.starts} ({plan.zone}): "
        f"{counted(len(wave.devices), 'device')}",
        "",
        f"Before {wave.starts}, delete these scheduled commands in the console:",
    ]
    kind = f"{wave.kind[0].upper()}{wave.kind[1:]}"
    lines += [
        f"  - {kind} to {whom(line.command.target)}, once, {wave.start:%d.%m.%Y %H:%M:%S}"
        for line in wave.lines
    ]
    lines += [
        "",
        "After that time nothing can be unscheduled: devices that were sent the command carry it "
        "out.",
    ]
    lines += _what_is_left(wave)
    if back := settings_to_change(written, plan):
        lines += ["", "Put back after the last wave:", *(f"  {line}" for line in back)]
    return lines


def _what_is_left(wave: Wave) -> list[str]:
    if wave.kind == "delivery":
        return ["Delivered packages wait on the update partition and change nothing by themselves."]
    left = [
        "While a device asks its user, only the user can stop it; an installation under way "
        "cannot be stopped."
    ]
    if wave.kind == "update":
        back = "To go back, offer the previous image in Firmware and update the same targets again."
        return [*left, back]
    return [*left, "Whether an older UEFI can be put back depends on its vendor."]
