"""A scenario made ready for a clock: everything that is certain, looked up once.

Schedules become runs at milliseconds, habits become intervals, settings become URLs. Both clocks
read this; neither reads the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.client_group import IDF_NAME
from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget, Target
from fwsim.commands.uefi import VendorFirmware, is_refused
from fwsim.fleet.find import find_targets
from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.habits import People, Power
from fwsim.model.configuration import Configuration
from fwsim.model.habits import people_of, power_of
from fwsim.model.rollout_lines import RolloutLines
from fwsim.model.static_proxies import static_proxies, static_proxy_problems
from fwsim.model.status_log import CommandRun
from fwsim.problems import Hints, InputError, Problem
from fwsim.scenario.catalogue import catalogue
from fwsim.scenario.command_section import CommandSection
from fwsim.scenario.commanded import LARGEST_LIST, commanded_at_times
from fwsim.scenario.doubt import Doubt
from fwsim.scenario.doubts import doubts_of
from fwsim.scenario.fleet_build import UnitSettings, build_fleet, mix_label
from fwsim.scenario.hubs import hub_problems
from fwsim.scenario.lines_of_sites import site_problems
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import FaultPhase

UNKNOWN_IMAGE = -1
REPOSITORY = -1
FIRST_DRAW = {
    StatusField.UPDATE: 0,
    StatusField.DELIVERY: 4_000_000,
    StatusField.UEFI: 5_000_000,
}
"""Where the draws of each kind of command begin; others begin elsewhere (`device_jobs`)."""
_OF_A_WORLD = "_people", "_power", "_sites", "_rooms", "_over_time"  # looked up once in each


class Rollout(RolloutLines):
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
        scenario = scenario.as_read()
        super().__init__(scenario, build_fleet(scenario) if fleet is None else fleet)
        self.given_runs = runs
        self.given_assigned = assigned
        self.drawn_fault_shares: Mapping[str, NDArray[np.float64]] = {}
        self.origin: Rollout | None = None
        self.elder: Rollout | None = None  # of which this is a copy with other commands
        # What is looked up once and is the same in every world; copies share it.
        self.kept: dict[str, Any] = {}
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
            other = self._laid_anew(scenario)
            habits = self.fleet if fleet is None else fleet
            other.fleet = replace(
                other.fleet,
                people=habits.people,
                power=habits.power,
                told_people=habits.told_people,
            )
            other.configuration = self.configuration  # URLs keep their numbers
            other.kept = self.kept
        else:
            other = copy(self)
            other.scenario, other.fleet = scenario, self.fleet if fleet is None else fleet
        other.origin = None if anew or fleet is not None else self
        other._taken = {}  # noqa: SLF001 - its own copy
        for name in _OF_A_WORLD:
            other.__dict__.pop(name, None)
        other.drawn_fault_shares = fault_shares
        return other

    def know_habits_and_lines_of(self, relative: Rollout) -> None:
        """Take over what one with other commands has looked up in the same world."""
        self.__dict__ |= {n: v for n, v in relative.__dict__.items() if n in _OF_A_WORLD}

    def _laid_anew(self, scenario: Scenario) -> Rollout:
        return Rollout(scenario, None, self.given_runs, self.given_assigned)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied, or travels to another process: not what its elder has kept."""
        return {**self.__dict__, "elder": None}

    def commanded(
        self, commands: tuple[CommandSection, ...], runs: tuple[CommandRun, ...] | None = None
    ) -> Rollout:
        """Return the same rollout with other commands, with all else shared, luck included.

        Parameters
        ----------
        commands, runs
            Checked as those of a scenario are, targets not looked up; and what is run instead.

        Raises
        ------
        ValueError
            If runs were given instead of commands, and are not given anew.
        """
        if self.given_runs is not None and runs is None:
            raise ValueError("this rollout was given its runs; it has no commands to change")
        other = copy(self)
        other.scenario = self.scenario.model_copy(update={"commands": commands})
        other.given_runs = runs
        other.origin, other.elder, other.kept = None, self.elder or self, {}
        for name in ("runs", "draws", "digest"):
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the scenario with the files that it names, as they are played.

        Raises
        ------
        InputError
            If one of them cannot be read.
        """
        return self.scenario.digest()

    @cached_property
    def runs(self) -> tuple[CommandRun, ...]:
        """Every firing of every command before the horizon, in order of time, then of the file."""
        if self.given_runs is not None:
            return self.given_runs
        runs = []
        for number, section in enumerate(self.scenario.commands, 1):
            command = section.command()
            times = self.firings_of(command.schedule)
            for firing, at in enumerate(times, 1):
                label = str(number) if len(times) == 1 else f"{number}/{firing}"
                runs.append((at, number, CommandRun(command, at, label)))
        return tuple(run for _, _, run in sorted(runs, key=lambda item: item[:2]))

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
        self,
        target: Target,
        live: Mapping[str, Column] = MappingProxyType({}),
        hints: Hints | None = None,
    ) -> NDArray[np.int32]:
        """Return the devices a target means, ascending.

        Raises
        ------
        InputError
            If it leads nowhere.
        """
        ignore_case = self.assumptions.group_ignores_case
        live = {IDF_NAME: self._idf_names, **live}
        return find_targets(
            target, self.fleet, live, self._read_list, ignore_case=ignore_case, hints=hints
        )

    def check_targets(self) -> None:
        """Look every target up once, so that a wrong name is found before the clock starts.

        Raises
        ------
        InputError
            With every target that leads nowhere.
        """
        problems: list[Problem] = []
        hints = Hints()
        problems += static_proxy_problems(self.scenario, self.fleet, self.configuration)
        problems += hub_problems(self.scenario, self.fleet.site.values)
        problems += site_problems(self.scenario, self.fleet.site.values)
        for place, target in commanded_at_times(self.scenario):
            path = ".".join(map(str, place))
            try:
                self.find(target, hints=hints)
            except InputError as error:
                problems += [replace(p, path=path) for p in error.problems]
        if problems:
            raise InputError(problems)

    @cached_property
    def _idf_names(self) -> Column:
        """What devices report as IDF name; for one that is drawn the commonest of its mix [A]."""
        commonest = [max(mix, key=mix.__getitem__) for mix in self.installed_mixes()]
        return Column(tuple(map(self.idf_name, commonest)), self.fleet.installed.codes)

    def _read_list(self, file: str) -> str:
        return self.scenario.files.read_text(file, largest=LARGEST_LIST)

    # Installed images

    def installed_choices(self) -> list[list[tuple[int, float]]]:
        """Return, per value of `fleet.installed`, the images it may stand for with their shares."""
        return [
            [(self.image_number(name), share) for name, share in mix.items()]
            for mix in self.installed_mixes()
        ]

    def installed_mixes(self) -> list[dict[str, float]]:
        """Return, per value of `fleet.installed`, the names it stands for with their shares."""
        mixes = {
            mix_label(unit.installed): unit.installed
            for unit in self.scenario.fleet.units.values()
            if isinstance(unit.installed, dict)
        }
        return [mixes.get(label, {label: 1.0}) for label in self.fleet.installed.values]

    def idf_name(self, name: str) -> str:
        """Return the file name of an image by its short name; any other name is one already."""
        number = self.image_number(name)
        return name if number == UNKNOWN_IMAGE else self.images[number].name

    def subnet(self, device: int) -> tuple[str, str]:
        """Return a device's subnet: its site, and what it reports as Network there [A].

        Private networks have the same address at many sites.
        """
        network = self.fleet.attributes.get("Network")
        return self.fleet.site[device], network[device] if network is not None else ""

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

    def outages(self, since: int = 0) -> list[tuple[int, int, int]]:
        """Return (site, from, to) of each outage from some time on; milliseconds after the start.

        -1 is the repository. A hub's outage is one of each of its sites: nothing reaches them.
        """
        codes = {name: code for code, name in enumerate(self.fleet.site.values)}
        numbers = {name: number for number, name in enumerate(self.scenario.network.hubs)}
        outages = []
        for outage in self.scenario.outages:
            start = max(since, self.milliseconds_of(outage.start))
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

    # Habits

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
    def static_proxies(self) -> frozenset[int]:
        """Devices that an OU names as its static proxy, now or after a change."""
        return static_proxies(self.configuration, self.fleet)

    @cached_property
    def _people(self) -> list[People]:
        return people_of(self.scenario, self.fleet.people.values)

    def power(self) -> list[Power]:
        """Return the habits behind each value of `fleet.power`."""
        return self._power

    @cached_property
    def _power(self) -> list[Power]:
        return power_of(self.scenario, self.fleet.power.values)
