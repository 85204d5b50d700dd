"""From the fleet section to the fleet: OUs multiplied, the device list read, settings inherited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fwsim.commands.client_group import attribute_key, attribute_name
from fwsim.commands.firmware import FirmwareSettings
from fwsim.fleet.device_list import LARGEST_FILE, device_list_of
from fwsim.fleet.fleet import Column, Fleet
from fwsim.fleet.listed import BadRowsError, DeviceList, UnclearRows
from fwsim.fleet.packed_texts import PackedTexts
from fwsim.problems import Problem
from fwsim.quantities.units import write_share
from fwsim.scenario.fleet_section import UnitSection
from fwsim.scenario.schema import Scenario

DEFAULT = "default"
_FIRST_GENERATED_MAC = 0x02_00_00_00_00_00


def mix_label(shares: dict[str, float]) -> str:
    """Return the name of a mix of installed images, such as ``june 95 % + september 5 %``."""
    return " + ".join(f"{image} {write_share(share)}" for image, share in shares.items())


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """Looks up what holds in an OU: its own entry, else the nearest above that says it."""

    entries: dict[str, UnitSection]
    _found: dict[str, list[UnitSection]] = field(default_factory=dict, compare=False, repr=False)

    def _above(self, path: str) -> Iterator[UnitSection]:
        parts = path.split("/") if path else []
        for depth in range(len(parts), 0, -1):
            for name in ("/".join(parts[:depth]), "/".join([*parts[: depth - 1], "*"])):
                if name in self.entries:
                    yield self.entries[name]

    def find(self, path: str, field: str) -> Any:
        """Return the value of `field` that holds in the OU, or None."""
        if path not in self._found:
            self._found[path] = [*self._above(path)]
        values = (getattr(entry, field) for entry in self._found[path])
        return next((value for value in values if value is not None), None)

    def attributes(self, path: str) -> dict[str, str]:
        """Return what the devices of an OU report, each attribute by the nearest that says it."""
        said: dict[str, tuple[str, str]] = {}
        for entry in self._above(path):
            for name, value in entry.attributes.items():
                said.setdefault(attribute_key(name), (name, value))
        return dict(said.values())

    def site(self, path: str) -> str:
        """Return the site of an OU; one without any is a site of its own [A]."""
        return self.find(path, "site") or path or DEFAULT

    def installed(self, path: str) -> str:
        """Return the name of the installed image or mix; empty if nothing is said."""
        installed = self.find(path, "installed")
        return mix_label(installed) if isinstance(installed, dict) else installed or ""


def expanded(path: str, unit: UnitSection) -> list[str]:
    """Return the OUs an entry stands for; ``DE/Branches/*`` with 40 sites is 01 to 40."""
    if not path.endswith("*"):
        return [path]
    count = unit.sites or 1
    width = len(str(count))
    return [f"{path[:-1]}{number:0{width}d}" for number in range(1, count + 1)]


def _names(path: str, count: int) -> list[str]:
    stem = path.rsplit("/", maxsplit=1)[-1]
    if stem.isdigit():
        stem = "-".join(path.split("/")[-2:])
    width = len(str(count))
    return [f"{stem}-{number:0{width}d}" for number in range(1, count + 1)]


def _attributes(parts: list[tuple[dict[str, Column], int]]) -> dict[str, Column]:
    """Return the attributes of all parts; spellings of one name are one column."""
    by_key = [
        ({attribute_key(name): column for name, column in columns.items()}, count)
        for columns, count in parts
    ]
    names: dict[str, str] = {}
    for columns, _ in parts:
        for name in columns:
            names.setdefault(attribute_key(name), attribute_name(name))
    return {
        name: Column.join(
            [columns.get(key) or Column.constant("", count) for columns, count in by_key]
        )
        for key, name in names.items()
    }


def _generated(scenario: Scenario, settings: UnitSettings) -> list[Fleet]:
    default = scenario.assumptions
    fleets = []
    for entry, unit in scenario.fleet.units.items():
        count = unit.devices or 0
        if not count:
            continue
        for path in expanded(entry, unit):
            reported = settings.attributes(path).items()
            attributes = {name: Column.constant(value, count) for name, value in reported}
            constants: dict[str, Any] = {
                field: Column.constant(text, count)
                for field, text in (
                    ("unit", path),
                    ("site", settings.site(path)),
                    ("people", settings.find(path, "people") or DEFAULT),
                    ("power", settings.find(path, "power") or DEFAULT),
                    ("installed", settings.installed(path)),
                    ("connection", settings.find(path, "connection") or "wired"),
                )
            }
            fleets.append(
                Fleet(
                    names=PackedTexts.of(_names(path, count)),
                    macs=[""] * count,
                    flash=np.full(count, settings.find(path, "flash") or default.flash),
                    device_rate=np.full(
                        count, settings.find(path, "device_rate") or default.device_rate
                    ),
                    attributes=attributes,
                    **constants,
                )
            )
    return fleets


def _imported(scenario: Scenario, settings: UnitSettings, device_list: DeviceList) -> Fleet:
    default = scenario.assumptions
    inherited: dict[str, dict[str, Any]] = {
        unit: {
            "site": settings.site(unit),
            "people": settings.find(unit, "people") or DEFAULT,
            "power": settings.find(unit, "power") or DEFAULT,
            "installed": settings.installed(unit),
            "connection": settings.find(unit, "connection") or "wired",
            "flash": settings.find(unit, "flash") or default.flash,
            "device_rate": settings.find(unit, "device_rate") or default.device_rate,
        }
        for unit in dict.fromkeys(device_list.unit)
    }

    def filled(field: str) -> list[Any]:
        own: list[Any] = getattr(device_list, field)
        if all(own):
            return own
        given = {unit: values[field] for unit, values in inherited.items()}
        return [value or given[unit] for value, unit in zip(own, device_list.unit, strict=True)]

    names = ("site", "people", "power", "installed", "connection")
    texts: dict[str, Any] = {name: Column.of(filled(name)) for name in names}
    return Fleet(
        names=device_list.names,
        macs=device_list.macs,
        unit=Column.of(device_list.unit),
        flash=np.array(filled("flash"), np.int64),
        device_rate=np.array(filled("device_rate"), np.int64),
        attributes=_reported(settings, device_list),
        **texts,
    )


def _reported(settings: UnitSettings, device_list: DeviceList) -> dict[str, Column]:
    """Return what the devices of a list report; what a row leaves out is said by its OU."""
    columns = dict(device_list.attributes)
    spelled = {attribute_key(name): name for name in columns}
    said: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for unit in dict.fromkeys(device_list.unit):
        for name, value in settings.attributes(unit).items():
            said[spelled.setdefault(attribute_key(name), name)][unit] = value
    for name, of_unit in said.items():
        own = columns.get(name) or [""] * len(device_list.unit)
        rows = zip(own, device_list.unit, strict=True)
        columns[name] = [value or of_unit.get(unit, "") for value, unit in rows]
    return {name: Column.of(values) for name, values in columns.items()}


def _with_generated(macs: list[str]) -> Iterable[str]:
    """Return MACs with one of its own for each device without; none that a device has already."""
    if all(macs):
        return macs
    if not any(macs):
        return (f"{_FIRST_GENERATED_MAC + place:012X}" for place in range(len(macs)))
    given = {mac for mac in macs if mac.startswith(f"{_FIRST_GENERATED_MAC:012X}"[:4])}

    def own(place: int) -> str:
        while (mac := f"{_FIRST_GENERATED_MAC + place:012X}") in given:
            place += len(macs)
        return mac

    return [mac or own(place) for place, mac in enumerate(macs)]


def _join(parts: list[Fleet]) -> Fleet:
    def column(field: str) -> Column:
        return Column.join([getattr(part, field) for part in parts])

    macs = _with_generated([mac for part in parts for mac in part.macs])
    return Fleet(
        names=PackedTexts.of(name for part in parts for name in part.names),
        macs=PackedTexts.of(macs),
        flash=np.concatenate([part.flash for part in parts]),
        device_rate=np.concatenate([part.device_rate for part in parts]),
        attributes=_attributes([(dict(part.attributes), len(part)) for part in parts]),
        unit=column("unit"),
        site=column("site"),
        people=column("people"),
        power=column("power"),
        installed=column("installed"),
        connection=column("connection"),
    )


def build_fleet(scenario: Scenario) -> Fleet:
    """Return the fleet of a scenario: the device list first, then the OUs in their order.

    Raises
    ------
    InputError
        If the device list has bad rows; all of them at once.
    """
    return _with_listed(scenario, _device_list(scenario))


def fleet_as_far(scenario: Scenario) -> tuple[Fleet, UnclearRows, tuple[Problem, ...]]:
    """Return the fleet as far as its device list can be read, what is unclear, and what is wrong.

    Raises
    ------
    InputError
        If the device list cannot be read at all.
    """
    try:
        return build_fleet(scenario), UnclearRows(), ()
    except BadRowsError as error:
        return _with_listed(scenario, error.rest), error.unclear, error.problems


def _device_list(scenario: Scenario) -> DeviceList | None:
    inventory = scenario.fleet.inventory
    if inventory is None:
        return None
    return device_list_of(
        scenario.files.read_bytes(inventory.file, largest=LARGEST_FILE),
        source=inventory.file,
        headers=inventory.headers,
        known={"people": [*scenario.people, DEFAULT], "power": [*scenario.power, DEFAULT]},
    )


def _with_listed(scenario: Scenario, device_list: DeviceList | None) -> Fleet:
    """Return the fleet of a scenario whose device list is read."""
    settings = UnitSettings(scenario.fleet.units)
    parts = _generated(scenario, settings)
    warnings: tuple[Problem, ...] = ()
    if device_list is not None:
        parts.insert(0, _imported(scenario, settings, device_list))
        warnings = device_list.warnings
    entries = (expanded(path, unit) for path, unit in scenario.fleet.units.items())
    named = frozenset(name for names in entries for name in names)
    return replace(_join(parts), named_units=named, warnings=warnings)


def firmware_by_unit(scenario: Scenario) -> dict[str, FirmwareSettings]:
    """Return the firmware settings made at each OU; "" is the top level."""
    own = {"": scenario.firmware.settings()}
    for entry, unit in scenario.fleet.units.items():
        if unit.firmware is not None:
            for path in expanded(entry, unit):
                own[path] = unit.firmware.settings()
    return own
