"""Mistakes that no single section can see: names that lead nowhere, times outside the story."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import Every, Once, offset_if_twice, stamp
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.units import write_duration
from fwsim.scenario.as_far_as_readable import TakenOut
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.catalogue import catalogue
from fwsim.scenario.doubts import belief_findings
from fwsim.scenario.firmware_section import FirmwareSection
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.fleet_section import UnitSection
from fwsim.scenario.hubs import Finding, Place, hub_findings, known_sites
from fwsim.scenario.lines_of_sites import site_findings
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection
from fwsim.scenario.server_clock import command_instant, end_of, instant, shown, start_of


def _near(name: str, known: Collection[str], section: str) -> str:
    """Return what may have been meant by an unknown name, or what there is."""
    choices = [choice for choice in known if choice != DEFAULT]
    near = nearest(name, choices)
    some = ", ".join(choices[:5]) + (", …" if len(choices) > 5 else "")
    listed = say("unknown.known", section=section, known=some) if choices and not near else ""
    return near or listed


def _references(scenario: Scenario) -> Iterator[Finding]:
    sections: tuple[tuple[str, str, Collection[str], str], ...] = (
        ("people", "people", scenario.people, "people"),
        ("power", "power", scenario.power, "power"),
        ("site", "own_site", scenario.network.sites, "network.sites"),
    )
    for path, unit in scenario.fleet.units.items():
        for field, what, known, where in sections:
            name = getattr(unit, field)
            if name is not None and name not in known and name != DEFAULT:
                text = say(f"unknown.{what}", name=name, near=_near(name, known, where))
                yield ("fleet", "units", path, field), text


def _installed(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    for path, unit in scenario.fleet.units.items():
        installed = unit.installed
        for name in installed if isinstance(installed, dict) else [installed] if installed else []:
            if not _is_image(name, images):
                text = say("unknown.image_run", name=name, near=_near(name, images, "images"))
                yield ("fleet", "units", path, "installed"), text


def _is_image(name: str, images: dict[str, ImageSection]) -> bool:
    """Tell whether a name stands for an image; any file name does, its content unknown."""
    return name in images or name.endswith(".idf")


def firmware_sections(scenario: Scenario) -> Iterator[tuple[Place, FirmwareSection]]:
    """Yield every section of firmware settings with its place."""
    yield ("firmware",), scenario.firmware
    for path, unit in scenario.fleet.units.items():
        if unit.firmware is not None:
            yield ("fleet", "units", path, "firmware"), unit.firmware
    for number, change in enumerate(scenario.changes):
        if change.firmware is not None:
            yield ("changes", number, "firmware"), change.firmware


def _reminders(scenario: Scenario) -> Iterator[Finding]:
    allowed = scenario.assumptions.delays
    for place, firmware in firmware_sections(scenario):
        reminder = firmware.reminder
        if reminder is None:
            continue
        if reminder.deferments > scenario.assumptions.most_deferments:
            words = {"count": reminder.deferments, "most": scenario.assumptions.most_deferments}
            yield (*place, "reminder", "deferments"), say("together.deferments", **words)
        if reminder.deferments and not reminder.delays:
            yield (*place, "reminder"), say("together.no_delays")
        for i, delay in enumerate(reminder.delays):
            if delay not in allowed:
                told, known = write_duration(delay), ", ".join(map(write_duration, allowed))
                text = say("together.not_ticked", delay=told, allowed=known)
                yield (*place, "reminder", "delays", i), text


def _times(scenario: Scenario) -> Iterator[Finding]:
    start, end = start_of(scenario), end_of(scenario)
    zone = ZoneInfo(scenario.zone)

    def outside(wall: datetime, at: datetime) -> str | None:
        told = f"{wall:%Y-%m-%d %H:%M:%S}{offset_if_twice(at.astimezone(zone))}"
        if at < start:
            first = f"{scenario.start:%Y-%m-%d %H:%M}{offset_if_twice(start.astimezone(zone))}"
            return say("together.before_start", time=told, start=first)
        if at >= end:
            last = stamp(end.astimezone(zone))
            return say("together.after_horizon", time=told, end=last)
        return None

    for i, section in enumerate(scenario.commands):
        schedule = section.command().schedule
        if not isinstance(schedule, Once):
            continue
        if problem := outside(schedule.at, command_instant(scenario, schedule)):
            field = "scmd" if hasattr(section, "scmd") else "once"
            yield ("commands", i, field), problem
    for i, change in enumerate(scenario.changes):
        if problem := outside(change.at, instant(scenario, change.at)):
            yield ("changes", i, "at"), problem


def _moments(scenario: Scenario) -> Iterator[Finding]:
    """Yield the options of commands that are times before the command can start."""
    started = [
        (("commands", i), section.command().moments(), section.command().schedule)
        for i, section in enumerate(scenario.commands)
    ]
    started += [
        (("notifications", i), section.command().moments(), Once(section.set or scenario.start))
        for i, section in enumerate(scenario.notifications)
    ]
    for place, moments, schedule in started:
        if isinstance(schedule, Every):
            continue
        start = command_instant(scenario, schedule)
        for name, at in moments.items():
            if command_instant(scenario, Once(at)) < start:
                begin = shown(scenario, start)
                text = say("together.before_own_start", time=at, start=begin)
                yield (*place, name), text


def _outages(scenario: Scenario) -> Iterator[Finding]:
    for i, outage in enumerate(scenario.outages):
        known = scenario.network.sites
        hubs = scenario.network.hubs
        if outage.hub is not None and outage.hub not in hubs:
            near = _near(outage.hub, hubs, "network.hubs")
            yield ("outages", i, "hub"), say("unknown.hub", name=outage.hub, near=near)
        if outage.site is not None and outage.site in hubs:
            yield ("outages", i, "site"), say("together.site_is_hub", name=outage.site)
        elif outage.site is not None and scenario.fleet.inventory is None:
            own = {unit.site or path for path, unit in scenario.fleet.units.items()}
            if (
                outage.site not in known
                and outage.site not in own
                and not _may_be_made(outage.site, scenario)
            ):
                near = _near(outage.site, [*known, *own], "network.sites")
                yield ("outages", i, "site"), say("unknown.site", name=outage.site, near=near)


def _hubs(scenario: Scenario) -> Iterator[Finding]:
    if scenario.network.hubs:
        in_file = scenario.fleet.inventory is None
        yield from hub_findings(scenario, known_sites(scenario), are_all=in_file)


def _may_be_made(site: str, scenario: Scenario) -> bool:
    """Tell whether a site is one of the OUs that a * stands for."""
    return any(path.endswith("/*") and site.startswith(path[:-1]) for path in scenario.fleet.units)


def _changes(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    for i, change in enumerate(scenario.changes):
        for field in ("offer", "withdraw"):
            name = getattr(change, field)
            if name is not None and name not in images:
                near = _near(name, images, "images")
                yield ("changes", i, field), say("unknown.image", name=name, near=near)


def _containers(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    offered: dict[tuple[str | None, str], str] = {}
    for label, image in images.items():
        place = (image.container, image.name)
        if image.offered and place in offered:
            words = {"image": image.name, "one": offered[place], "other": label}
            yield ("images", label), say("together.offered_twice", **words)
        elif image.offered:
            offered[place] = label
    if len(images) > 1 and scenario.firmware.image_file is None:
        yield ("firmware",), say("together.which_image")


def _image_file(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    """Yield beliefs of an image file: only what stands in the scenario is drawn."""
    for image in images.values() if scenario.idf else ():
        for package in image.packages:
            if belief_of(package.size) is not None:
                words = {"file": scenario.idf, "package": package.name}
                yield ("idf",), say("together.size_believed", **words)


def plan_findings(scenario: Scenario) -> list[Finding]:
    """Return what is wrong with what a plan changes: commands, their times, the reminder."""
    return [*_reminders(scenario), *_times(scenario), *_moments(scenario)]


def findings(scenario: Scenario) -> list[Finding]:
    """Return everything that is wrong across the sections of a scenario.

    Raises
    ------
    InputError
        If the file named by ``idf`` cannot be read as an image.
    """
    return [*findings_of_images(scenario), *_across(scenario)]


def findings_of_images(scenario: Scenario) -> list[Finding]:
    """Return what is wrong across the sections of a scenario and its images.

    Raises
    ------
    InputError
        If the file named by ``idf`` cannot be read as an image.
    """
    images = catalogue(scenario)
    return [
        *_installed(scenario, images),
        *_changes(scenario, images),
        *_containers(scenario, images),
        *_image_file(scenario, images),
    ]


def _across(scenario: Scenario, *, is_timed: bool = True) -> list[Finding]:
    """Return what is wrong across the sections of a scenario, whatever its images are."""
    return [
        *_references(scenario),
        *site_findings(scenario),
        *_hubs(scenario),
        *(plan_findings(scenario) if is_timed else _reminders(scenario)),
        *_outages(scenario),
        *belief_findings(scenario),
    ]


def findings_besides(scenario: Scenario, taken_out: TakenOut, data: Any) -> list[Finding]:
    """Return what is wrong across sections with what is left of a file that has mistakes.

    Parameters
    ----------
    scenario
        What is left.
    taken_out
        What could not be read.
    data
        The whole file.
    """
    is_timed = not any(
        path[0] in _CLOCK or path[1:2] in _CLOCK_RULES or _is_unknown_assumption(path)
        for path in taken_out.paths
    )
    return _that_hold(partial(_across, is_timed=is_timed), scenario, taken_out, data)


def findings_of_images_besides(scenario: Scenario, taken_out: TakenOut, data: Any) -> list[Finding]:
    """Return what is wrong with the images of what is left of a file; see `findings_besides`.

    Raises
    ------
    InputError
        If the file named by ``idf`` cannot be read as an image.
    """
    if any(path[0] in _OF_IMAGES for path in taken_out.paths):
        return []
    return _that_hold(findings_of_images, scenario, taken_out, data)


def _that_hold(
    check: Callable[[Scenario], list[Finding]], scenario: Scenario, taken_out: TakenOut, data: Any
) -> list[Finding]:
    """Return what a check finds that does not come of what has been taken out."""
    if any(_is_looked_up(path) for path in taken_out.paths):
        return []
    misspelt = {path[0] for path in taken_out.paths if _may_be_misspelt(path)}
    places = ((taken_out.in_file(path, data), text) for path, text in check(scenario))
    return [
        (path, text)
        for path, text in places
        if not taken_out.touches(_entry_of(path)) and _compared_with(path) not in misspelt
    ]


def _may_be_misspelt(path: Place) -> bool:
    """Tell whether a key of an OU, or an assumption, is unknown: its default may not be meant."""
    is_of_ou = path[:2] == ("fleet", "units") and len(path) == 4
    return _is_unknown_assumption(path) or (is_of_ou and path[3] not in UnitSection.model_fields)


def _is_unknown_assumption(path: Place) -> bool:
    is_assumption = path[0] == "assumptions" and len(path) > 1
    return is_assumption and path[1] not in Assumptions.model_fields


def _compared_with(path: Place) -> str | None:
    """Return the section whose defaults decide whether what stands at a place is wrong."""
    if path[0] in ("network", "outages"):
        return "fleet"
    return "assumptions" if "reminder" in path else None


def _is_looked_up(path: Place) -> bool:
    """Tell whether other sections may name what stands there, or count from it."""
    section, names = path[0], _LOOKED_UP.get(str(path[0]))
    if section not in Scenario.model_fields:
        return True
    if section == "assumptions":
        return len(path) == 1 or path[1] in _LOOKED_UP_ASSUMPTIONS
    if section == "fleet" and path[-1] in ("devices", "sites", "site"):
        return True
    return names is not None and (len(path) <= names or "hubs" in path[:2])


def _entry_of(path: Place) -> Place:
    """Return the whole entry of a list that a place is in; else the place."""
    is_sent = path[0] in ("commands", "notifications", "assignments")
    return path[:2] if is_sent and path[-1] != "once" else path


_OF_IMAGES = ("image", "images", "idf", "firmware")
_LOOKED_UP = {
    "people": 2,
    "power": 2,
    "network": 3,
    "fleet": 3,
    "doubt": 1,
}
"""Sections that others look at, and how many keys lead to what they see of it."""
_LOOKED_UP_ASSUMPTIONS = ("delays", "most_deferments")
_CLOCK = ("zone", "start", "horizon")
_CLOCK_RULES = (("skipped_hour",), ("doubled_hour",))
"""Assumptions that tell when a time of the wall clock is."""
