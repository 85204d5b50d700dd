"""Who is commanded, as a scenario writes it: OUs with so many devices, or a device list."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.commands.client_group import attribute_key
from fwsim.messages import say
from fwsim.quantities.units import TOLERANCE, sum_of_shares
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.document import Path_
from fwsim.scenario.firmware_section import FirmwareSection
from fwsim.scenario.scheduler_section import Scheduler
from fwsim.scenario.section import Section
from fwsim.scenario.stand_ins import STANDS_IN
from fwsim.scenario.values import FileName, Rate, SharesOfWhole, Size, Whole, Zone

MOST_DEVICES = 2_000_000


def _path(text: str) -> str:
    parts = text.split("/")
    if not all(part.strip() == part and part for part in parts):
        raise ValueError(say("value.no_unit_path", text=text))
    if "*" in "/".join(parts[:-1]) or ("*" in parts[-1] and parts[-1] != "*"):
        raise ValueError(say("value.star", text=text))
    return text


UnitPath = Annotated[str, AfterValidator(_path)]


def _told_once(attributes: dict[str, str]) -> dict[str, str]:
    first: dict[str, str] = {}
    for name in attributes:
        other = first.setdefault(attribute_key(name), name)
        if other != name:
            raise ValueError(say("fleet.one_attribute", one=other, other=name))
    return attributes


class UnitSection(Section):
    """One OU, or with a path that ends in ``/*`` as many OUs as it has sites.

    What is left out is taken from the nearest OU above that says it.
    """

    devices: Whole | None = Field(None, ge=0, le=MOST_DEVICES, description="devices in this OU")
    sites: Whole | None = Field(
        None, ge=1, le=MOST_DEVICES, description="how many OUs * stands for"
    )
    site: str | None = Field(None, description="site of the devices; an entry of network.sites")
    people: str | None = Field(None, description="an entry of people")
    power: str | None = Field(None, description="an entry of power")
    installed: str | SharesOfWhole | None = Field(
        None, description="image the devices run, or several with their shares"
    )
    connection: Literal["wired", "wlan", "vpn"] | None = Field(
        None, description="how devices are connected; only wired ones can be woken"
    )
    flash: Size | None = Field(None, description="flash memory")
    device_rate: Rate | None = Field(None, gt=0, description="a device's own rate of transfer")
    attributes: Annotated[dict[str, str], AfterValidator(_told_once)] = Field(
        {}, description="what the devices report, by attribute"
    )
    firmware: FirmwareSection | None = Field(None, description="settings made at this OU")
    encrypted: bool | None = Field(None, description="whether the system partition is encrypted")
    zone: Zone | None = Field(None, description="time zone of the devices' own clocks")
    scheduler: Scheduler | None = Field(None, description="the eLux Command Scheduler's file")
    go_together: ClassVar = frozenset({"installed"})

    @model_validator(mode="after")
    def _is_consistent(self) -> UnitSection:
        refuse([*self._of_count(), *self._of_mix(TOLERANCE)])
        return self

    def check_together(self, tolerance: Fraction = TOLERANCE) -> None:
        """Refuse images of more or fewer devices than all."""
        for error in self._of_mix(tolerance):
            raise error

    def _of_count(self) -> Iterator[ValueError]:
        if self.devices is not None and self.devices * (self.sites or 1) > MOST_DEVICES:
            words = {"devices": self.devices, "sites": self.sites, "most": MOST_DEVICES}
            yield ClashError(say("fleet.too_many", **words), "devices", "sites")

    def _of_mix(self, tolerance: Fraction) -> Iterator[ValueError]:
        mix = self.installed if isinstance(self.installed, dict) else {"": 1.0}
        total, written = sum_of_shares(mix.values())
        if abs(total - 1) > tolerance:
            yield ClashError(say("together.installed", sum=written), "installed")


def _inventory(value: Any) -> Any:
    return {"file": value} if isinstance(value, (str, int, float, list)) else value


class InventorySection(Section):
    """A device list as a console exports it."""

    file: FileName = Field(description="CSV file, relative to the scenario's folder")
    headers: dict[str, str] = Field({}, description="the file's header → fwsim's field")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that a plain file name will do."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "string", "examples": ["devices.csv"]}, whole]}


class FleetSection(Section):
    """The fleet."""

    inventory: Annotated[InventorySection, BeforeValidator(_inventory)] | None = Field(
        None, description="a device list, as file name or with headers"
    )
    units: dict[UnitPath, UnitSection] = Field(
        default={}, description="OUs by path: their devices, or what holds for those of the list"
    )

    @model_validator(mode="after")
    def _has_devices(self) -> FleetSection:
        refuse([*self._of_names(), *self._of_counts()])
        return self

    def _of_names(self) -> Iterator[ValueError]:
        for path, unit in self.units.items():
            if path.endswith("*") and unit.sites is None:
                is_of_list = self.inventory is not None and unit.devices is None
                why = "fleet.not_of_list" if is_of_list else "fleet.how_many"
                sites = "units", path, "sites"
                text = say(why, path=path)
                yield ClashError(text, sites, at=sites[:2], instead={sites: 1})
            if not path.endswith("*") and unit.sites is not None:
                sites = "units", path, "sites"
                yield ClashError(say("fleet.sites", path=path), sites, at=sites)

    def _of_counts(self) -> Iterator[ValueError]:
        if self.inventory is None and not any(unit.devices for unit in self.units.values()):
            one = {"devices": 1}
            instead: dict[Path_, Any] = (
                {("units", STANDS_IN): one} if self.units else {("units",): {STANDS_IN: one}}
            )
            yield ClashError(say("together.no_fleet"), "inventory", "units", instead=instead)
        total = sum((unit.devices or 0) * (unit.sites or 1) for unit in self.units.values())
        if total > MOST_DEVICES:
            text = say("together.too_many_devices", count=total, most=MOST_DEVICES)
            yield ClashError(text, "units")
