"""Mistakes that no single section can see: names that lead nowhere, times outside the story."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import Every, Once, offset_if_twice, stamp
from fwsim.messages import say
from fwsim.problems import Hints
from fwsim.quantities.doubted import belief_of
from fwsim.quantities.units import write_duration
from fwsim.scenario.catalogue import catalogue
from fwsim.scenario.doubts import belief_findings
from fwsim.scenario.firmware_section import FirmwareSection
from fwsim.scenario.fleet_build import DEFAULT
from fwsim.scenario.hubs import (
    Finding,
    Place,
    known_sites,
    names_in_hubs,
    sites_in_two_hubs,
)
from fwsim.scenario.lines_of_sites import site_findings
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection
from fwsim.scenario.server_clock import command_instant, end_of, instant, shown, start_of


def _near(name: str, known: Collection[str], section: str, hints: Hints | None = None) -> str:
    """Return what may have been meant by an unknown name, or what there is."""
    choices = [choice for choice in known if choice != DEFAULT]
    near = (hints or Hints()).nearest(name, choices)
    some = ", ".join(choices[:5]) + (", …" if len(choices) > 5 else "")
    listed = say("unknown.known", section=section, known=some) if choices and not near else ""
    return near or listed


def _people(scenario: Scenario) -> Iterator[Finding]:
    yield from _references(scenario, "people", "people", scenario.people, "people")


def _power(scenario: Scenario) -> Iterator[Finding]:
    yield from _references(scenario, "power", "power", scenario.power, "power")


def _own_sites(scenario: Scenario) -> Iterator[Finding]:
    sites = scenario.network.sites
    yield from _references(scenario, "site", "own_site", sites, "network.sites")


def _references(
    scenario: Scenario, field: str, what: str, known: Collection[str], where: str
) -> Iterator[Finding]:
    """Yield what OUs name in a field and is not known."""
    hints = Hints()
    for path, unit in scenario.fleet.units.items():
        name = getattr(unit, field)
        if name is not None and name not in known and name != DEFAULT:
            text = say(f"unknown.{what}", name=name, near=_near(name, known, where, hints))
            yield ("fleet", "units", path, field), text


def _installed(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    hints = Hints()
    for path, unit in scenario.fleet.units.items():
        installed = unit.installed
        for name in installed if isinstance(installed, dict) else [installed] if installed else []:
            if not _is_image(name, images):
                text = say(
                    "unknown.image_run", name=name, near=_near(name, images, "images", hints)
                )
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


def _outages_of_hubs(scenario: Scenario) -> Iterator[Finding]:
    hubs, hints = scenario.network.hubs, Hints()
    for i, outage in enumerate(scenario.outages):
        if outage.hub is not None and outage.hub not in hubs:
            near = _near(outage.hub, hubs, "network.hubs", hints)
            yield ("outages", i, "hub"), say("unknown.hub", name=outage.hub, near=near)
        if outage.site is not None and outage.site in hubs:
            yield ("outages", i, "site"), say("together.site_is_hub", name=outage.site)


def _outages_of_sites(scenario: Scenario) -> Iterator[Finding]:
    if scenario.fleet.inventory is not None:
        return
    known, hubs = scenario.network.sites, scenario.network.hubs
    own = {unit.site or path for path, unit in scenario.fleet.units.items()}
    hints = Hints()
    for i, outage in enumerate(scenario.outages):
        name = outage.site
        is_known = name is None or name in known or name in own or name in hubs
        if name is not None and not is_known and not _may_be_made(name, scenario):
            near = _near(name, [*known, *own], "network.sites", hints)
            yield ("outages", i, "site"), say("unknown.site", name=name, near=near)


def _names_of_hubs(scenario: Scenario) -> Iterator[Finding]:
    if scenario.network.hubs:
        in_file = scenario.fleet.inventory is None
        yield from names_in_hubs(scenario, known_sites(scenario), are_all=in_file)


def _may_be_made(site: str, scenario: Scenario) -> bool:
    """Tell whether a site is one of the OUs that a * stands for."""
    return any(path.endswith("/*") and site.startswith(path[:-1]) for path in scenario.fleet.units)


def _changes(scenario: Scenario, images: dict[str, ImageSection]) -> Iterator[Finding]:
    hints = Hints()
    for i, change in enumerate(scenario.changes):
        for field in ("offer", "withdraw"):
            name = getattr(change, field)
            if name is not None and name not in images:
                near = _near(name, images, "images", hints)
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
        yield ("firmware", "image_file"), say("together.which_image")


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


@dataclass(frozen=True)
class Check:
    """A rule across the sections of a scenario.

    Parameters
    ----------
    find
        Yields what breaks it.
    looks_at
        What it compares with, by keys of the file; ``*`` stands for every key that is there.
        Where one of these cannot be read, what is found may only come of that.
    of_names
        What is found is about names of entries, whatever else these say.
    """

    find: Callable[[Scenario], Iterable[Finding]]
    looks_at: tuple[Place, ...] = ()
    of_names: bool = False


@dataclass(frozen=True)
class ImageCheck:
    """A rule across the sections of a scenario and its images; see `Check`."""

    find: Callable[[Scenario, dict[str, ImageSection]], Iterable[Finding]]
    looks_at: tuple[Place, ...] = ()


SITES: tuple[Place, ...] = (
    ("network", "sites"),
    ("fleet", "inventory"),
    *(("fleet", "units", "*", key) for key in ("site", "sites", "devices")),
)
"""What tells at which sites devices are."""
CLOCK: tuple[Place, ...] = (
    ("zone",),
    ("start",),
    ("assumptions", "skipped_hour"),
    ("assumptions", "doubled_hour"),
)
"""What tells when a time of the wall clock is."""
_IMAGES: tuple[Place, ...] = (("image", "name"), ("images",), ("idf",))
ACROSS = (
    Check(_people, (("people",),)),
    Check(_power, (("power",),)),
    Check(_own_sites, (("network", "sites"),)),
    Check(site_findings, SITES, of_names=True),
    Check(_names_of_hubs, (*SITES, ("network", "hubs")), of_names=True),
    Check(sites_in_two_hubs),
    Check(_reminders, (("assumptions", "delays"), ("assumptions", "most_deferments"))),
    Check(_times, (*CLOCK, ("horizon",))),
    Check(_moments, CLOCK),
    Check(_outages_of_hubs, (("network", "hubs"),)),
    Check(_outages_of_sites, (*SITES, ("network", "hubs"))),
    Check(belief_findings),
)
"""Every rule that does not ask what images there are."""
OF_IMAGES = (
    ImageCheck(_installed, _IMAGES),
    ImageCheck(_changes, _IMAGES),
    ImageCheck(_containers, (*_IMAGES, ("image",), ("firmware", "image_file"))),
    ImageCheck(_image_file, (("idf",),)),
)


def findings(scenario: Scenario) -> list[Finding]:
    """Return everything that is wrong across the sections of a scenario.

    Raises
    ------
    InputError
        If the file named by ``idf`` cannot be read as an image.
    """
    images = catalogue(scenario)
    of_images = (finding for check in OF_IMAGES for finding in check.find(scenario, images))
    return [*of_images, *(finding for check in ACROSS for finding in check.find(scenario))]
