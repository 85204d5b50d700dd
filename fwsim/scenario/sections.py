"""Image, habits, faults and changes, as a scenario writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from fwsim.commands.image import ImageDefinition, Package
from fwsim.commands.uefi import VendorFirmware
from fwsim.fleet.habits import People, Power
from fwsim.fleet.spans import Stretch
from fwsim.fleet.week import ALWAYS
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.beliefs import SharesAbout, SharesSeen
from fwsim.quantities.counts import LARGEST_DOWNLOAD
from fwsim.quantities.doubted import DoubtedFloat, belief_of
from fwsim.quantities.laws import Lognormal
from fwsim.quantities.units import TOLERANCE, read_duration, sum_of_shares, write_size
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.assumptions import MINUTE, SECOND
from fwsim.scenario.belief_values import REST, SHARE, TOGETHER, is_belief, read_shares, written
from fwsim.scenario.document import Written
from fwsim.scenario.firmware_section import FileName, FirmwareSection, PathName
from fwsim.scenario.law_values import DurationLaw
from fwsim.scenario.section import Section
from fwsim.scenario.values import (
    Duration,
    LocalTime,
    Share,
    SharesOfWhole,
    Size,
    WeekTimes,
    Whole,
)
from fwsim.scenario.windows_section import Holidays


def _hash(text: str) -> str:
    if text and (len(text) != 64 or any(c not in "0123456789abcdef" for c in text.lower())):
        raise ValueError(say("image.no_sha256", text=text))
    return text.lower()


def _as_written(value: object) -> object:
    # A version 6.10 is not the number 6.1.
    return value.written if isinstance(value, Written) else value


class PackageSection(Section):
    """One package of an image."""

    name: str = Field(min_length=1, description="as ELIAS lists it")
    version: Annotated[str, BeforeValidator(_as_written), Field(coerce_numbers_to_str=True)] = (
        Field("", description="another version is another package")
    )
    size: Size = Field(description="bytes to fetch and to write")
    sha256: Annotated[str, AfterValidator(_hash)] = Field("", description="SHA-256 of its content")


class ImageSection(Section):
    """An image definition file."""

    name: FileName = Field(description="file name, case-sensitive, with extension")
    revision: Whole = Field(
        1, ge=0, le=2**31 - 1, description="number that tells newer images from older ones"
    )
    packages: tuple[PackageSection, ...] = Field(
        min_length=1, max_length=10_000, description="in the order of their installation"
    )
    signed: bool = Field(True, description="its signature file is there and valid")
    certificate: str = Field("", description="your own certificate that verifies the signatures")
    packages_signed: bool = Field(
        True, description="the signatures of its packages are there and valid"
    )
    missing: tuple[str, ...] = Field((), description="packages that are not in the container")
    container: PathName | None = Field(None, description="its path; default: firmware.path")
    offered: bool = Field(True, description="whether it is in the container at the start")
    go_together: ClassVar = frozenset({"packages"})

    @model_validator(mode="after")
    def _packages_fit(self) -> ImageSection:
        refuse([*self._of_names(), *self._of_sizes()])
        return self

    def _of_names(self) -> Iterator[ValueError]:
        names = [package.name for package in self.packages]
        twice = (
            sorted({name for name in names if names.count(name) > 1})
            if len(set(names)) < len(names)
            else []
        )
        if twice:
            yield ClashError(say("image.twice", names=", ".join(twice)), "packages")
        unknown = [name for name in self.missing if name not in names]
        if unknown:
            text = say("image.no_package", names=", ".join(unknown))
            yield ClashError(text, "packages", "missing")

    def check_together(self, tolerance: Fraction = TOLERANCE) -> None:  # noqa: ARG002
        """Refuse packages that no download can hold."""
        for error in self._of_sizes():
            raise error

    def _of_sizes(self) -> Iterator[ValueError]:
        total = sum(package.size for package in self.packages)
        if total > LARGEST_DOWNLOAD:
            words = {"total": write_size(total), "most": write_size(LARGEST_DOWNLOAD)}
            yield ClashError(say("image.too_large", **words), "packages")

    def definition(self) -> ImageDefinition:
        """Return the image in the rulebook's form."""
        return ImageDefinition(
            name=self.name,
            packages=tuple(Package(p.name, p.version, p.size, p.sha256) for p in self.packages),
            revision=self.revision,
            signed=self.signed,
            certificate=self.certificate,
            packages_signed=self.packages_signed,
            missing=self.missing,
        )


class VendorFirmwareSection(Section):
    """What the UEFI file assigns to a model."""

    version: Annotated[str, BeforeValidator(_as_written), Field(coerce_numbers_to_str=True)] = (
        Field(description="version in the vendor's archive")
    )
    size: Size = Field(16_000_000, le=LARGEST_DOWNLOAD, description="size of the vendor's archive")

    def firmware(self) -> VendorFirmware:
        """Return the same in the rulebook's form."""
        return VendorFirmware(self.version, self.size)


BUTTONS = ("now", "defer", "cancel")
USUAL_SHARES = (0.55, 0.35, 0.05)
"""What users click where a scenario says nothing: now, defer, cancel [A]."""


class AnswerSection(Section):
    """What users do with the notice; what the shares leave to 100 % ignores it.

    A share that is left out while another is given is 0.
    """

    now: Share | None = Field(None, description="share that updates at once")
    defer: Share | None = Field(None, description="share that defers, where that is offered")
    cancel: Share | None = Field(None, description="share that cancels, where that is offered")
    after: DurationLaw = Field(
        Lognormal(25.0 * SECOND, 3.0 * MINUTE), description="time until the click"
    )
    picks: SharesOfWhole = Field({}, description="delay → share of those who defer")
    go_together: ClassVar = frozenset({*BUTTONS, "picks"})

    @model_validator(mode="before")
    @classmethod
    def _in_doubt_together(cls, data: Any) -> Any:
        """Take the buttons' shares apart that are believed together."""
        if not is_belief(data):
            keys = data if isinstance(data, Mapping) else ()
            beside = next((key for key in keys if key in TOGETHER), None)
            if beside is not None:
                raise ClashError(say("people.together", name=beside), beside)
            return data
        kinds = TOGETHER | {"between"}
        belief = {key: value for key, value in data.items() if key in kinds}
        others = {key: value for key, value in data.items() if key not in kinds}
        named = next((belief[kind] for kind in ("about", "seen") if kind in belief), None)
        names = list(named) if isinstance(named, dict) else []
        for name in names:
            if name not in (*BUTTONS, REST):
                near = nearest(str(name), (*BUTTONS, REST))
                raise ClashError(say("unknown.button", name=name, near=near), *belief)
        if names == [REST]:
            raise ClashError(say("people.rest", rest=REST), *belief)
        if given := [name for name in BUTTONS if name in others]:
            raise ClashError(say("people.beside", name=given[0]), *belief, *given)
        try:
            shares = read_shares(belief, rest=REST)
        except ValueError as error:
            raise ClashError(str(error), *belief) from None
        return others | {name: share for name, share in shares.items() if name != REST}

    @model_serializer(mode="wrap")
    def _together(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write shares that are believed together as they are read."""
        data: dict[str, Any] = handler(self)
        doubted = {name: getattr(self, name) for name in BUTTONS}
        belief = next((b for b in map(belief_of, doubted.values()) if b is not None), None)
        if not isinstance(belief, (SharesAbout, SharesSeen)):
            return data
        count = len(belief.middle)
        names = [""] * count
        for name, share in doubted.items():
            if isinstance(share, DoubtedFloat):
                names[share.part] = name
        if isinstance(belief, SharesSeen):
            names = [name or REST for name in names]
        rest = {key: value for key, value in data.items() if key not in BUTTONS}
        return written(belief, SHARE, names) | rest

    @model_validator(mode="after")
    def _shares_fit(self) -> AnswerSection:
        refuse([*self._of_shares(TOLERANCE), *self._of_picks(TOLERANCE)])
        return self

    def check_together(self, tolerance: Fraction = TOLERANCE) -> None:
        """Refuse shares of more, or of delays of less, than all."""
        for error in (*self._of_shares(tolerance), *self._of_picks(tolerance)):
            raise error

    def _of_shares(self, tolerance: Fraction) -> Iterator[ValueError]:
        total, written = sum_of_shares(self.shares())
        if total > 1 + tolerance:
            # A share that cannot be read would only make it more.
            given = [name for name in BUTTONS if getattr(self, name) is not None]
            yield ClashError(say("together.answers", sum=written), *given)

    def _of_picks(self, tolerance: Fraction) -> Iterator[ValueError]:
        total, written = sum_of_shares(share for _, share in self.picked())
        if self.picks and abs(total - 1) > tolerance:
            yield ClashError(say("together.picks", sum=written), "picks")

    def shares(self) -> tuple[float, float, float]:
        """Return what share of users clicks now, defer and cancel."""
        given = (self.now, self.defer, self.cancel)
        if given == (None, None, None):
            return USUAL_SHARES
        now, defer, cancel = (share or 0.0 for share in given)
        return now, defer, cancel

    def picked(self) -> tuple[tuple[int, float], ...]:
        """Return the delays users pick, in seconds, with their shares."""
        return tuple((read_duration(delay) // 1000, share) for delay, share in self.picks.items())


class PeopleSection(Section):
    """The people at a kind of device."""

    present: WeekTimes = Field(ALWAYS, description="when people are at their devices")
    holidays: Holidays | None = Field(
        None, description="days on which nobody is there, from midnight to midnight by their clock"
    )
    answer: AnswerSection = Field(AnswerSection(), description="what they do with the notice")
    persistence: Share = Field(
        0.0,
        description="share of the notices that a user answers in their usual way; at the others "
        "an answer is independent of earlier ones",
    )

    def people(self, days_off: tuple[Stretch, ...] = ()) -> People:
        """Return the habits in the fleet's form, with the days that `holidays` stands for."""
        answer = self.answer
        present = replace(self.present, days_off=days_off)
        return People(present, *answer.shares(), answer.after, answer.picked(), self.persistence)


class PowerSection(Section):
    """The power switch of a kind of device."""

    on: WeekTimes = Field(ALWAYS, description="when devices are switched on")
    holidays: Holidays | None = Field(
        None, description="days on which they are not, from midnight to midnight by their clock"
    )
    jitter: Duration = Field(0, description="how much earlier or later, at most")
    left_on: Share = Field(0.0, description="share of the evenings on which a device stays on")
    unreported: Share = Field(0.0, description="share of switch-offs the server does not hear of")
    suspends: Share = Field(0.0, description="share of switch-offs that only suspend")
    mean_time_between_losses: Duration | None = Field(
        None, ge=MINUTE, description="mean time a device runs until its power is lost"
    )

    def power(self, days_off: tuple[Stretch, ...] = ()) -> Power:
        """Return the habits in the fleet's form, with the days that `holidays` stands for."""
        return Power(
            replace(self.on, days_off=days_off),
            self.jitter,
            self.left_on,
            self.unreported,
            self.suspends,
            self.mean_time_between_losses,
        )


class FaultsSection(Section):
    """Shares of devices that fail in each phase, per run of a command."""

    idf: Share = Field(0.0, description="image definition file not available")
    idf_signature: Share = Field(0.0, description="IDF signature not verifiable on the device")
    package: Share = Field(0.0, description="package not found")
    transfer: Share = Field(0.0, description="transfer breaks")
    package_signature: Share = Field(0.0, description="package signature not verifiable")
    installation: Share = Field(0.0, description="installation fails")


FaultPhase = Literal[
    "idf", "idf_signature", "package", "transfer", "package_signature", "installation"
]


class FailingSection(Section):
    """Devices of one kind that fail in one phase more often than the others."""

    phase: FaultPhase = Field(description="phase in which they fail")
    share: Share = Field(description="share of these devices that fail, per run of a command")
    where: str = Field(description="which devices: the filter of a client group")


class OutageSection(Section):
    """A stretch of time in which the repository is down or a line is cut."""

    site: str | None = Field(
        None, description="site whose line is cut; without site and hub the repository is down"
    )
    hub: str | None = Field(None, description="hub whose line is cut, and with it all its sites")
    start: LocalTime = Field(description="from when")
    end: LocalTime = Field(description="until when")

    @model_validator(mode="after")
    def _is_one(self) -> OutageSection:
        refuse(self._broken_rules())
        return self

    def _broken_rules(self) -> Iterator[ValueError]:
        if self.end <= self.start:
            yield ClashError(say("together.outage"), "start", "end")
        if self.site is not None and self.hub is not None:
            yield ClashError(say("outage.one_line"), "site", "hub", by_being_there=True)


class ChangeSection(Section):
    """Something the administrator changes while time goes on."""

    at: LocalTime = Field(description="when")
    unit: str = Field("", description="the OU whose firmware settings change; empty: the top level")
    firmware: FirmwareSection | None = Field(None, description="settings that change")
    offer: str | None = Field(None, description="an image put into its container")
    withdraw: str | None = Field(None, description="an image taken out of its container")

    @model_validator(mode="after")
    def _changes_something(self) -> ChangeSection:
        given = [n for n in ("firmware", "offer", "withdraw") if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError(say("change.one", given=", ".join(given) or say("change.none")))
        return self
