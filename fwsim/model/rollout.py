"""A scenario made ready for a clock: everything that is certain, looked up once.

Schedules become runs at milliseconds, habits become intervals, settings become URLs. Both clocks
read this; neither reads the scenario.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.client_group import IDF_NAME, UPDATE_STATE
from fwsim.commands.connection import ROUND
from fwsim.commands.schedule import Schedule, firings, on_the_clock
from fwsim.commands.status_text import StatusField, StatusText, status_form
from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.commands.uefi import VendorFirmware, is_refused
from fwsim.fleet.busy_times import ByDay, Spans, largest_shares
from fwsim.fleet.find import find_targets
from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.habits import People, Power
from fwsim.fleet.week import Week, intervals, read_week
from fwsim.input_file import read_text
from fwsim.model.configuration import Configuration
from fwsim.model.status_log import CommandRun
from fwsim.problems import InputError, Problem
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.catalogue import catalogue
from fwsim.scenario.command_section import CommandSection
from fwsim.scenario.doubt import Doubt
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.fleet_build import (
    DEFAULT,
    UnitSettings,
    build_fleet,
    mix_label,
)
from fwsim.scenario.hubs import Membership, hub_problems
from fwsim.scenario.network_section import HubSection, LineSection, SiteSection
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import FaultPhase, PeopleSection, PowerSection
from fwsim.scenario.server_clock import start_of

UNKNOWN_IMAGE = -1
REPOSITORY = -1
NO_HUB = -1
LARGEST_LIST = 100_000_000
FIRST_DRAW = {
    StatusField.UPDATE: 0,
    StatusField.DELIVERY: 4_000_000,
    StatusField.UEFI: 5_000_000,
}
"""Where the draws of each kind of command begin; others begin elsewhere (`device_jobs`)."""


class Rollout:
    """What a clock needs to know.

    Parameters
    ----------
    scenario
        Must have passed its checks.
    fleet
        Its fleet, if it is known already; by default it is built.
    runs
        What is run instead of the scenario's commands, in order of time.
    assigned
        What is assigned instead of the scenario's assignments; see `fwsim.model.assignments`.
    """

    def __init__(
        self,
        scenario: Scenario,
        fleet: Fleet | None = None,
        runs: tuple[CommandRun, ...] | None = None,
        assigned: object = None,
    ) -> None:
        self.scenario = scenario
        self._given_runs = runs
        self.given_assigned = assigned
        self._link_steps: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
        self._taken: dict[tuple[tuple[str, Any], ...], list[tuple[int, float]]] = {}
        self._spans: dict[tuple[Week, ZoneInfo], list[tuple[int, int]]] = {}
        self.drawn_fault_shares: Mapping[str, NDArray[np.float64]] = {}
        self.origin: Rollout | None = None
        # Of which this is a copy with other commands: what is kept of the one serves the other.
        self.elder: Rollout | None = None
        self.zone = ZoneInfo(scenario.zone)
        self.start = start_of(scenario)
        self.horizon: int = scenario.horizon
        self.fleet: Fleet = build_fleet(scenario) if fleet is None else fleet
        sections = catalogue(scenario)
        self.image_labels = tuple(sections)
        self.images = tuple(section.definition() for section in sections.values())
        self.configuration = Configuration(scenario, self.fleet, sections, self.milliseconds_of)

    def under(
        self,
        scenario: Scenario,
        fleet: Fleet | None = None,
        *,
        fault_shares: Mapping[str, NDArray[np.float64]] = MappingProxyType({}),
        anew: bool = False,
    ) -> Rollout:
        """Return the same rollout in another world, with all that is certain shared.

        Parameters
        ----------
        scenario
            Like its own but for numbers that describe the world.
        fleet
            Like its own but for its habits.
        fault_shares
            Shares of faults that differ from place to place, a device each, by phase.
        anew
            Whether those numbers are what devices and images are made of.
        """
        if anew:
            other = Rollout(scenario, None, self._given_runs, self.given_assigned)
            habits = self.fleet if fleet is None else fleet
            other.fleet = replace(other.fleet, people=habits.people, power=habits.power)
            other.configuration = self.configuration  # URLs keep their numbers
        else:
            other = copy(self)
            other.scenario, other.fleet = scenario, self.fleet if fleet is None else fleet
        other.origin = None if anew or fleet is not None else self
        other._link_steps, other._taken = {}, {}  # noqa: SLF001 - its own copy
        for name in ("_people", "_power"):
            other.__dict__.pop(name, None)
        other.drawn_fault_shares = fault_shares
        return other

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied, or travels to another process: not what its elder has kept."""
        return {**self.__dict__, "elder": None}

    def commanded(self, commands: tuple[CommandSection, ...]) -> Rollout:
        """Return the same rollout with other commands, with all else shared, luck included.

        Parameters
        ----------
        commands
            Checked as those of a scenario are; their targets are not looked up here.

        Raises
        ------
        ValueError
            If runs were given instead of commands.
        """
        if self._given_runs is not None:
            raise ValueError("this rollout was given its runs; it has no commands to change")
        other = copy(self)
        other.scenario = self.scenario.model_copy(update={"commands": commands})
        other.origin, other.elder = None, self.elder or self
        for name in ("runs", "draws"):
            other.__dict__.pop(name, None)
        return other

    @property
    def assumptions(self) -> Assumptions:
        """The scenario's parameters."""
        return self.scenario.assumptions

    def milliseconds(self, at: datetime) -> int:
        """Return an aware time as milliseconds since the start."""
        return round((at - self.start) / timedelta(milliseconds=1))

    def local_time(self, milliseconds: int) -> datetime:
        """Return a time of the clock on the server's wall clock."""
        return (self.start + timedelta(milliseconds=milliseconds)).astimezone(self.zone)

    @cached_property
    def runs(self) -> tuple[CommandRun, ...]:
        """Every firing of every command before the horizon, in order of time, then of the file."""
        if self._given_runs is not None:
            return self._given_runs
        runs = []
        for number, section in enumerate(self.scenario.commands, 1):
            command = section.command()
            times = self.firings_of(command.schedule)
            for firing, at in enumerate(times, 1):
                label = str(number) if len(times) == 1 else f"{number}/{firing}"
                runs.append((at, number, CommandRun(command, at, label)))
        return tuple(run for _, _, run in sorted(runs, key=lambda item: item[:2]))

    def firings_of(self, schedule: Schedule) -> list[int]:
        """Return when a schedule fires before the horizon, milliseconds after the start."""
        end = self.start + timedelta(milliseconds=self.horizon)
        times = firings(
            schedule,
            self.zone,
            self.start,
            end,
            skipped_hour=self.assumptions.skipped_hour,
            doubled_hour=self.assumptions.doubled_hour,
        )
        return [self.milliseconds(at) for at in times]

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What nobody knows of the world, drawn once a run.

        Raises
        ------
        InputError
            If the file of draws does not fit.
        """
        return doubts_of(self.scenario)

    @cached_property
    def draws(self) -> tuple[int, ...]:
        """Which draw of a device's luck belongs to each run: the n-th of its kind it gets.

        So a device meets the same luck whether it is commanded with all others or in a wave of
        its own, with a delivery ahead or without.
        """
        used = {field: np.zeros(len(self.fleet), np.int64) for field in StatusField}
        firsts = []
        for run in self.runs:
            field, target = run.command.status_field, run.command.target
            # Who is in a dynamic group shows only when its command runs: it may be anybody.
            devices = slice(None) if isinstance(target, ClientGroupTarget) else self.find(target)
            draw = int(used[field][devices].max(initial=0))
            used[field][devices] = draw + 1
            firsts.append(FIRST_DRAW[field] + draw)
        return tuple(firsts)

    def targets(self, run: CommandRun, live: Mapping[str, Column]) -> NDArray[np.int32]:
        """Return the devices of a run, ascending; groups see `live` attributes as they are now."""
        return self.find(run.command.target, live)

    def find(
        self, target: Target, live: Mapping[str, Column] = MappingProxyType({})
    ) -> NDArray[np.int32]:
        """Return the devices a target means, ascending.

        Raises
        ------
        InputError
            If it leads nowhere.
        """
        ignore_case = self.assumptions.group_ignores_case
        return find_targets(target, self.fleet, live, self._read_list, ignore_case=ignore_case)

    def check_targets(self) -> None:
        """Look every target up once, so that a wrong name is found before the clock starts.

        Raises
        ------
        InputError
            With every target that leads nowhere.
        """
        problems: list[Problem] = []
        targets = [
            (f"commands.{i}", section.command().target)
            for i, section in enumerate(self.scenario.commands)
        ]
        targets += [
            (f"failing.{i}", ClientGroupTarget(failing.where))
            for i, failing in enumerate(self.scenario.failing)
        ]
        problems += self._proxy_problems()
        problems += hub_problems(self.scenario, self.fleet.site.values)
        for path, target in targets:
            try:
                self.find(target)
            except InputError as error:
                problems += [replace(p, path=path) for p in error.problems]
        if problems:
            raise InputError(problems)

    def _proxy_problems(self) -> list[Problem]:
        """Return a problem for every static proxy that is no device."""
        names = {
            settings.proxy
            for unit in self.fleet.unit.values
            for settings in self.configuration.over_time(unit)
            if settings.proxy is not None
        }
        return [
            Problem(
                f"the static proxy {name!r} is {'no' if not matches else 'more than one'} device"
            )
            for name in sorted(names)
            if len(matches := self.fleet.find(name)) != 1
        ]

    def live_attributes(
        self, images: NDArray[np.int64], texts: NDArray[np.int64]
    ) -> dict[str, Column]:
        """Return the attributes that change while time goes on, as they are now.

        Parameters
        ----------
        images
            What each device runs, as index into `images`; shape (devices,).
        texts
            Its Update State, as code of `StatusText`; shape (devices,).
        """
        at_start = self.fleet.installed
        values = (*(image.name for image in self.images), *at_start.values)
        codes = np.where(images == UNKNOWN_IMAGE, len(self.images) + at_start.codes, images)
        shown = tuple(
            status_form(text, stamp_final_states=False).split(" (")[0] for text in StatusText
        )
        return {
            IDF_NAME: Column(values, codes.astype(np.int32)),
            UPDATE_STATE: Column(shown, texts.astype(np.int32)),
        }

    def _read_list(self, file: str) -> str:
        return read_text(self.scenario.folder / file, file, largest=LARGEST_LIST)

    def milliseconds_of(self, at: datetime) -> int:
        """Return a wall-clock time of the server's zone as milliseconds since the start."""
        return self.milliseconds(on_the_clock(at, self.zone))

    # Installed images

    def installed_choices(self) -> list[list[tuple[int, float]]]:
        """Return, per value of `fleet.installed`, the images it may stand for with their shares."""
        mixes = {
            mix_label(unit.installed): unit.installed
            for unit in self.scenario.fleet.units.values()
            if isinstance(unit.installed, dict)
        }
        choices = []
        for label in self.fleet.installed.values:
            shares = mixes.get(label, {label: 1.0})
            choices.append([(self.image_number(name), share) for name, share in shares.items()])
        return choices

    def subnet(self, device: int) -> str:
        """Return a device's subnet: what it reports as Network, else its site [A]."""
        network = self.fleet.attributes.get("Network")
        return (network[device] if network is not None else "") or self.fleet.site[device]

    def image_number(self, name: str) -> int:
        """Return an image's index by its short name or file name; -1 if it is not described."""
        if name in self.image_labels:
            return self.image_labels.index(name)
        names = [image.name for image in self.images]
        return names.index(name) if names.count(name) == 1 else UNKNOWN_IMAGE

    # UEFI

    def vendor_firmware(self, device: int) -> VendorFirmware | None:
        """Return what the UEFI file assigns to a device's model; None if it is not listed."""
        section = self.scenario.uefi.get(self._attribute("Device type", device))
        return section.firmware() if section is not None else None

    def refuses_uefi(self, device: int) -> bool:
        """Tell whether a device refuses UEFI updates [S]."""
        settings = UnitSettings(self.scenario.fleet.units)
        encrypted = bool(settings.find(self.fleet.unit[device], "encrypted"))
        return is_refused(self._attribute("Supplier", device), encrypted=encrypted)

    def uefi_version(self, device: int) -> str:
        """Return the UEFI version a device reports at the start, as its BIOS."""
        return self._attribute("BIOS", device)

    def _attribute(self, name: str, device: int) -> str:
        column = self.fleet.attributes.get(name)
        return column[device] if column is not None else ""

    # Faults to order

    def fault_shares(self, phase: FaultPhase) -> NDArray[np.float64]:
        """Return the share of runs in which each device fails in a phase; shape (devices,)."""
        shares = np.full(len(self.fleet), float(getattr(self.scenario.faults, phase)))
        if phase in self.drawn_fault_shares:
            shares = self.drawn_fault_shares[phase].copy()
        for failing in self.scenario.failing:
            if failing.phase == phase:
                chosen = self.find(ClientGroupTarget(failing.where))
                shares[chosen] = np.maximum(shares[chosen], failing.share)
        return shares

    def outages(self) -> list[tuple[int, int, int]]:
        """Return (site, from, to) of each outage; -1 is the repository; milliseconds.

        A hub's outage is one of each of its sites: nothing reaches any of them.
        """
        codes = {name: code for code, name in enumerate(self.fleet.site.values)}
        numbers = {name: number for number, name in enumerate(self.scenario.network.hubs)}
        outages = []
        for outage in self.scenario.outages:
            start = max(0, self.milliseconds_of(outage.start))
            end = self.milliseconds_of(outage.end)
            if outage.hub is not None:
                sites = np.flatnonzero(self.hub_of == numbers[outage.hub]).tolist()
            elif outage.site is not None:
                sites = [codes[outage.site]] if outage.site in codes else []
            else:
                sites = [REPOSITORY]
            outages += [(site, start, end) for site in sites]
        # The clocks may skip an outage whole.
        return [outage for outage in outages if outage[1] < outage[2]]

    # Habits and lines

    def week_intervals(self, week: Week, zone: ZoneInfo | None = None) -> list[tuple[int, int]]:
        """Return when a pattern holds between start and horizon, in milliseconds.

        Parameters
        ----------
        week
            The pattern.
        zone
            Whose wall clock; the server's by default.
        """
        key = week, zone or self.zone
        if key not in self._spans:
            end = self.start + timedelta(milliseconds=self.horizon)
            self._spans[key] = intervals(*key, self.start, end)
        return self._spans[key]

    def zones(self) -> list[ZoneInfo]:
        """Return the zone of each value of `fleet.unit`: where its people and clocks are."""
        settings = UnitSettings(self.scenario.fleet.units)
        return [
            ZoneInfo(settings.find(path, "zone") or self.scenario.zone)
            for path in self.fleet.unit.values
        ]

    def people(self) -> list[People]:
        """Return the habits behind each value of `fleet.people`."""
        return self._people

    @cached_property
    def _people(self) -> list[People]:
        sections = self.scenario.people
        fallback = sections.get(DEFAULT, PeopleSection())
        return [sections.get(name, fallback).people() for name in self.fleet.people.values]

    def power(self) -> list[Power]:
        """Return the habits behind each value of `fleet.power`."""
        return self._power

    @cached_property
    def _power(self) -> list[Power]:
        sections = self.scenario.power
        fallback = sections.get(DEFAULT, PowerSection())
        return [sections.get(name, fallback).power() for name in self.fleet.power.values]

    def sites(self) -> list[SiteSection]:
        """Return the line behind each value of `fleet.site`."""
        sections = self.scenario.network.sites
        return [sections.get(name) or sections[DEFAULT] for name in self.fleet.site.values]

    def hubs(self) -> list[HubSection]:
        """Return the hubs, in the order of the scenario."""
        return list(self.scenario.network.hubs.values())

    @cached_property
    def hub_of(self) -> NDArray[np.int64]:
        """Index of each site's hub; -1 where it hangs on the repository; shape (sites,)."""
        membership = Membership(self.scenario.network.hubs)
        hubs = [membership.hub_of(name) for name in self.fleet.site.values]
        return np.array([NO_HUB if hub is None else hub for hub in hubs], np.int64)

    @property
    def path_rates(self) -> NDArray[np.float64]:
        """Rate of the thinnest line between each site and the repository; shape (sites,).

        Bytes per second of payload: the site's own line, its hub's or the ceiling of one
        connection, whichever is least. It is what one device gets with nobody else on the way, so
        a hub counts whole, however many sites share it.
        """
        links = np.array([site.carries for site in self.sites()], np.float64)
        links = np.minimum(links, self.ceilings())
        hubs = np.array([*(hub.carries for hub in self.hubs()), np.inf])  # the last stands for none
        rates: NDArray[np.float64] = np.minimum(links, hubs[self.hub_of])
        return rates

    def rates_alone(self) -> NDArray[np.int64]:
        """Return what a download of each site gets with nobody else on the way; shape (sites,).

        Bytes per second, the device's own rate apart.
        """
        carries = self.scenario.network.repository.carries
        return np.minimum(self.path_rates, carries).astype(np.int64)

    def ceilings(self) -> list[int]:
        """Return what one connection of each site gets at most, bytes per second."""
        known: dict[tuple[float | None, ...], int] = {}
        ceilings = []
        for site in self.sites():
            key = site.latency, site.loss, site.per_connection
            if key not in known:
                known[key] = site.ceiling(self.assumptions)
            ceilings.append(known[key])
        return ceilings

    def round_trips(self) -> list[int]:
        """Return the round-trip time of each site, milliseconds."""
        return [int(site.latency) for site in self.sites()]

    @property
    def handshake(self) -> int:
        """Round trips before the first byte of a file, in parts of `connection.ROUND`."""
        return round(self.assumptions.handshake * ROUND)

    def hubs_for(self, unit: str | None) -> NDArray[np.int64]:
        """Return the indices of the hubs that an OU, or one below it, has devices behind.

        Parameters
        ----------
        unit
            The path of the OU; None stands for all hubs.
        """
        if unit is None:
            return np.arange(len(self.hubs()), dtype=np.int64)
        members = self.fleet.in_unit(unit, subordinate_units=True)
        hubs = np.unique(self.hub_of[self.fleet.site.codes[members]])
        behind: NDArray[np.int64] = hubs[hubs != NO_HUB]
        return behind

    def lines(self) -> list[LineSection]:
        """Return the lines of the sites, and then those of the hubs."""
        return [*self.sites(), *self.hubs()]

    def line_names(self) -> list[str]:
        """Return the names of the sites, and then those of the hubs."""
        return [*self.fleet.site.values, *self.scenario.network.hubs]

    def link_steps(self, site: LineSection) -> list[tuple[int, int]]:
        """Return how a line's rate for updates changes over time.

        Returns
        -------
        list of (int, int)
            (milliseconds, bytes per second), sorted, the first at 0. Where several busy times
            overlap the largest share counts.
        """
        carries, taken_by_others = site.carries, tuple(site.busy.items())
        key = (carries, taken_by_others)
        if key not in self._link_steps:
            steps: list[tuple[int, int]] = []
            for at, taken in self._largest_shares(taken_by_others):
                rate = round(carries * (1 - taken))
                if not steps or steps[-1][1] != rate:
                    steps.append((at, rate))
            self._link_steps[key] = steps
        return self._link_steps[key]

    def _largest_shares(self, busy: tuple[tuple[str, Any], ...]) -> list[tuple[int, float]]:
        """Return what others take of a line over time; many lines have the same busy times."""
        if busy not in self._taken:
            spans = [part for text, share in busy for part in self._shares_of(text, share)]
            self._taken[busy] = largest_shares(spans)
        return self._taken[busy]

    def _shares_of(self, text: str, share: float | ByDay) -> list[tuple[Spans, float]]:
        """Return when others take a share at times of the week; day by day if it differs."""
        spans = self.week_intervals(read_week(text))
        if not isinstance(share, ByDay):
            return [(spans, share)]
        shares = dict(share.days)
        return [
            ([(max(begin, first), min(end, last))], shares.get(day, share.usual))
            for begin, end in spans
            for day, first, last in self.days[bisect_right(self._day_ends, begin) :]
            if first < end
        ]

    @cached_property
    def days(self) -> list[tuple[str, int, int]]:
        """The days of the server's clock up to the horizon: name, begin and end, milliseconds."""
        last = self.local_time(self.horizon).date()
        day, days = self.local_time(0).date(), []
        while day <= last:
            edges = (datetime.combine(at, time()) for at in (day, day + timedelta(days=1)))
            begin, end = (self.milliseconds_of(at) for at in edges)
            days.append((day.isoformat(), begin, end))
            day += timedelta(days=1)
        return days

    @cached_property
    def _day_ends(self) -> list[int]:
        return [end for _, _, end in self.days]
