"""The scenario: everything fwsim is told about a rollout, as one frozen model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from fwsim.fleet.week import read_week
from fwsim.messages import say
from fwsim.problems import Problem, Severity, nearest
from fwsim.quantities.counts import LARGEST_SEED, MOST_REPLICATIONS
from fwsim.quantities.units import write_duration
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.assignment_section import AssignmentSection
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.command_section import CommandSection
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.document import Document, Path_
from fwsim.scenario.files_beside import FilesBeside
from fwsim.scenario.firmware_section import FirmwareSection
from fwsim.scenario.fleet_section import FleetSection
from fwsim.scenario.known_numbers import with_known
from fwsim.scenario.named_files import places_of_files
from fwsim.scenario.network_section import NetworkSection
from fwsim.scenario.scheduler_section import NotificationSection, Scheduler
from fwsim.scenario.search_section import SearchSection
from fwsim.scenario.section import Section
from fwsim.scenario.sections import (
    ChangeSection,
    FailingSection,
    FaultsSection,
    ImageSection,
    OutageSection,
    PeopleSection,
    PowerSection,
    VendorFirmwareSection,
)
from fwsim.scenario.stages_section import StagesSection
from fwsim.scenario.stand_ins import STANDS_IN, stand_in
from fwsim.scenario.values import (
    Duration,
    Expected,
    FileName,
    LocalTime,
    Precise,
    WeekTimes,
    Whole,
    Zone,
    finite,
)
from fwsim.scenario.windows_section import CommandWindowsSection
from fwsim.secrecy import prose_without_secrets, without_secrets

MOST_COMMANDS = 10_000
LARGEST_NAMED = 1_000_000_000
FORMAT = 1
"""Of scenario files; a file that says nothing is of the first."""
COMMANDED_ELSEWHERE = {"commands": "in files of their own"}
"""Context in which a scenario need not have anything to do."""
LONGEST_HORIZON = 400 * 24 * 3600 * 1000
GIVEN = (
    "answer",
    "answer_time",
    "delay_pick",
    "boot_time",
    "restart_time",
    "install_time",
    "installed",
    "idf_fault",
    "idf_signature_fault",
    "package_fault",
    "transfer_fault",
    "transfer_fault_point",
    "transfer_fault_again",
    "transfer_fault_point_again",
    "transfer_excess",
    "overdue",
    "package_signature_fault",
    "write_fault",
    "write_fault_point",
    "power_loss",
    "outage",
    "recovery",
    "site_wakes",
    "device_wakes",
    "switch_on",
    "switch_off",
    "left_on",
    "unreported",
    "suspended",
    "share",
    "spread",
    "check_in_phase",
    "check_in_jitter",
    "check_in_again",
    "spread_again",
    "own_answer",
    "persists",
)
"""Chances a scenario can hand over, by the name of their purpose."""


def _format(number: int) -> int:
    if not 1 <= number <= FORMAT:
        raise ValueError(say("scenario.format", number=number, last=FORMAT))
    return number


def _one_line(text: str) -> str:
    if any(ord(c) < 32 for c in text) or not text.strip() or len(text) > 200:
        raise ValueError(say("value.name"))
    return without_secrets(text)


def _horizon(milliseconds: int) -> int:
    if not 0 < milliseconds <= LONGEST_HORIZON:
        raise ValueError(say("together.horizon", text=write_duration(milliseconds)))
    return milliseconds


def _chance(value: Any) -> float:
    number = finite(value)
    if not 0 < number < 1:
        raise ValueError(say("value.no_chance", value=value))
    return number


def _purpose(name: str) -> str:
    if name not in GIVEN:
        raise ValueError(say("unknown.chance", name=name, near=nearest(name, GIVEN)))
    return name


class Scenario(Section):
    """A rollout to be rehearsed.

    Every value can be written as in the file: ``horizon="3 d"``, ``start="2018-08-20 11:00"``.
    """

    format: Annotated[Whole, AfterValidator(_format)] = Field(
        FORMAT, description="format of the file; later versions of fwsim read it"
    )
    name: Annotated[str, AfterValidator(_one_line)] = Field(
        "Rollout", description="title of the scenario"
    )
    story: Annotated[str, AfterValidator(prose_without_secrets)] = Field(
        "", description="what the scenario shows, for its readers"
    )
    zone: Zone = Field(description="the server's time zone; all times are on its wall clock")
    start: LocalTime = Field(description="when the simulation begins")
    horizon: Annotated[Duration, AfterValidator(_horizon)] = Field(
        7 * 24 * 3600 * 1000, description="how long a run lasts at most"
    )
    image: ImageSection | None = Field(None, description="the image, if there is only one")
    idf: FileName | None = Field(None, description="file that holds the image, instead of image")
    images: dict[str, ImageSection] = Field({}, description="several images, by a short name")
    uefi: dict[str, VendorFirmwareSection] = Field(
        {}, description="the UEFI file: model (Device type) → vendor firmware"
    )
    firmware: FirmwareSection = Field(FirmwareSection(), description="settings of the top level")
    fleet: FleetSection = Field(description="who is commanded")
    network: NetworkSection = Field(NetworkSection(), description="repository and lines")
    people: dict[str, PeopleSection] = Field(
        {}, description="by name; default applies to devices that name none"
    )
    power: dict[str, PowerSection] = Field(
        {}, description="by name; default applies to devices that name none"
    )
    faults: FaultsSection = Field(FaultsSection(), description="shares of devices that fail")
    failing: tuple[FailingSection, ...] = Field(
        (), max_length=1000, description="kinds of devices that fail more often"
    )
    outages: tuple[OutageSection, ...] = Field(
        (), max_length=1000, description="when the repository is down or a line is cut"
    )
    changes: tuple[ChangeSection, ...] = Field(
        (), description="what the administrator changes in the meantime"
    )
    commands: tuple[CommandSection, ...] = Field(
        (), max_length=MOST_COMMANDS, description="what is clicked or typed"
    )
    notifications: tuple[NotificationSection, ...] = Field(
        (), max_length=1000, description="what waits on the server for a device's next connection"
    )
    assignments: tuple[AssignmentSection, ...] = Field(
        (), max_length=1000, description="what devices take when they check in, until it is done"
    )
    scheduler: Scheduler | None = Field(None, description="the eLux Command Scheduler's file")
    assumptions: Assumptions = Field(
        Assumptions(), description="numbers and choices the manual leaves open"
    )
    chances: dict[
        Annotated[str, AfterValidator(_purpose)], Annotated[float, BeforeValidator(_chance)]
    ] = Field({}, description="chances that are fixed instead of drawn, the same for every device")
    doubt: Literal["all", "stated", "none"] = Field(
        "all",
        description="what is in doubt: all, with beliefs assumed where the scenario says nothing; "
        "only what is stated; or none, every number taken as known",
    )
    draws: FileName | None = Field(
        None, description="CSV file of drawn inputs: one row per run, one column per key"
    )
    seed: Whole = Field(1, ge=0, le=LARGEST_SEED, description="seed of the random numbers")
    replications: Whole = Field(
        200,
        ge=1,
        le=MOST_REPLICATIONS,
        description="number of runs; 1 is only an example",
    )
    precision: Precise | None = Field(
        None, description="how narrow an interval must be; runs are added until it is"
    )
    window: WeekTimes | None = Field(
        None,
        description="the maintenance window, to count what was *started but not finished* when "
        "it ended",
    )
    windows: CommandWindowsSection | None = Field(
        None, description="windows that stop: when commands may start; default: always, as Scout"
    )
    log: Literal["all", "stages", "outcomes"] = Field(
        "all",
        description="lines of the status log that are written: all, what the console shows, or "
        "only how each device ended",
    )
    busy_hours: WeekTimes = Field(
        read_week("mon-fri 08:00-18:00"), description="when the lines are needed for other things"
    )
    expect: tuple[Expected, ...] = Field(
        (), max_length=1000, description="expectations, which make the scenario a test"
    )
    stages: StagesSection | None = Field(
        None, description="a rollout in groups, and the policies `fwsim stages` tries on it"
    )
    search: SearchSection | None = Field(
        None, description="what `fwsim plan` may change, with its goals and limits"
    )

    _files: FilesBeside = PrivateAttr(default_factory=FilesBeside)
    _document: Document | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _is_a_rollout(self, info: ValidationInfo) -> Scenario:
        refuse(self._lacks(commanded_elsewhere=info.context == COMMANDED_ELSEWHERE))
        return self

    @classmethod
    def stand_in(cls, path: Path_) -> Any:
        """Return what is read in the place of a required value that is wrong; None if nothing."""
        return stand_in(path)

    def _lacks(self, *, commanded_elsewhere: bool) -> Iterator[ValueError]:
        if not commanded_elsewhere and not self.has_something_to_do:
            one: dict[Path_, Any] = {("commands",): [{"update": STANDS_IN}]}
            text = say("together.nothing_to_do")
            yield ClashError(text, *self._that_begin(), instead=one)
        kinds = ("image", "idf", "images")
        given = [n for n in kinds if getattr(self, n)]
        if len(given) != 1:
            text = say("together.one_image", given=", ".join(given) or say("together.none"))
            instead: dict[Path_, Any] = {("image",): stand_in(("image",))}
            if self.image is not None and given == ["image", "images"]:  # then all names are known
                instead = {("images", self.image.name): self.image}
            # An entry of ``images`` that cannot be read is one, too.
            places = given or kinds
            yield ClashError(text, *places, instead=instead, by_being_there=bool(given))

    def _that_begin(self) -> Iterator[str | Path_]:
        """Yield the places that `has_something_to_do` looks at."""
        yield from ("commands", "notifications", "assignments", "scheduler", "changes")
        yield "firmware", "new_version"
        for path in self.fleet.units:
            yield "fleet", "units", path, "scheduler"
            yield "fleet", "units", path, "firmware", "new_version"

    @property
    def has_something_to_do(self) -> bool:
        """Whether anything is commanded, or devices begin on their own."""
        own = (self.scheduler, *(unit.scheduler for unit in self.fleet.units.values()))
        units, changes = self.fleet.units.values(), self.changes
        firmware = (self.firmware, *(u.firmware for u in units), *(c.firmware for c in changes))
        checks = any(f is not None and f.new_version is not None for f in firmware)
        sent = self.commands or self.notifications or self.assignments
        return bool(sent) or any(own) or checks

    def __eq__(self, other: object) -> bool:
        """Tell whether two scenarios say the same; the words of their files do not matter."""
        if not isinstance(other, Scenario):
            return NotImplemented
        return self.folder == other.folder and dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment] # holds maps

    @property
    def folder(self) -> Path:
        """The folder that file names in the scenario are seen from."""
        return self._files.folder

    @property
    def files(self) -> FilesBeside:
        """The other files that the scenario names."""
        return self._files

    def seen_from(self, folder: Path, document: Document | None = None) -> Scenario:
        """Return the same scenario with its file names seen from `folder`.

        Parameters
        ----------
        folder
            Where its file lies.
        document
            The file it was read from, so that what shows later can be told with its place.
        """
        return self._with(FilesBeside(folder), document)

    def beside(self, other: Scenario) -> Scenario:
        """Return the same scenario with the files it names as another one sees them."""
        return self._with(other.files, None)

    def as_read(self, closed: frozenset[str] = frozenset()) -> Scenario:
        """Return the same scenario, for which its files say ever after what they are read as.

        Parameters
        ----------
        closed
            The files that are not opened.
        """
        if self.files.keeps and not closed:
            return self
        return self._with(self.files.kept(closed), self._document)

    def _with(self, files: FilesBeside, document: Document | None) -> Scenario:
        copy = self.model_copy()
        copy._files, copy._document = files, document  # noqa: SLF001 - its own copy
        return copy

    def renamed(self, name: str) -> Scenario:
        """Return the same scenario under another name."""
        return self.model_copy(update={"name": name})

    def warning(self, path: Path_, text: str, *, at_key: bool = False) -> Problem:
        """Return a warning about what stands at a path, with its place in the file."""
        found = Problem(text, path=".".join(str(part) for part in path) or None)
        if self._document is not None:
            found = self._document.problem(path, text, at_key=at_key)
        return replace(found, severity=Severity.WARNING)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its file, comments and all; none if it was not read from a text."""
        return () if self._document is None else self._document.lines

    @property
    def source(self) -> str:
        """The name of its file as the user wrote it; empty if it was not read from a text."""
        return "" if self._document is None else self._document.source

    def reading_warnings(self) -> list[Problem]:
        """Return what in the file may read otherwise than it was meant."""
        return [] if self._document is None else self._document.warnings()

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with the place in the file that its path leads to."""
        if self._document is None or problem.path is None or problem.source is not None:
            return problem
        found = self._document.problem(self._document.path_of(problem.path), problem.message)
        return replace(found, severity=problem.severity)

    def as_data(self) -> dict[str, Any]:
        """Return the scenario as plain data, as its file would hold it.

        Defaults are left out, unless it is said that they are known.
        """
        data: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return with_known(data, self.assumptions, self.network, self.people)

    def digest(self) -> str:
        """Return the SHA-256 of the scenario's content, in hexadecimal.

        Files it names count by their own content, so an edited device list is another scenario.

        Raises
        ------
        InputError
            If one of them is not there, or cannot be read.
        """
        content = hashlib.sha256(json.dumps(self.as_data(), sort_keys=True).encode())
        for _, place, key in places_of_files(self.spelled_out()):
            content.update(self.files.read_bytes(place[key], largest=LARGEST_NAMED))
        return content.hexdigest()

    def spelled_out(self) -> dict[str, Any]:
        """Return the scenario as plain data with every command key by key, scmd lines, too."""
        data = self.as_data()
        data["commands"] = [command_data(section.command()) for section in self.commands]
        return data
