"""Who is commanded: every device of the fleet, as columns.

A fleet of a million devices is a dozen arrays; nothing here is an object per device.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

import numpy as np
from numpy.typing import NDArray

from fwsim.fleet.packed_texts import PackedTexts
from fwsim.problems import Problem

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """Text per device, each distinct value stored once.

    Parameters
    ----------
    values
        The distinct values.
    codes
        Index into `values`; shape (devices,).
    """

    values: tuple[str, ...]
    codes: Codes

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, device: int) -> str:
        return self.values[int(self.codes[device])]

    def rows(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Column:
        """Return the texts of some rows, by their numbers or by which they are."""
        return Column(self.values, self.codes[rows])

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Build a column from one text per device; values keep the order of first sight."""
        code: defaultdict[str, int] = defaultdict(count().__next__)
        codes = np.fromiter(map(code.__getitem__, texts), np.int32, len(texts))
        return cls(tuple(code), codes)

    @classmethod
    def constant(cls, text: str, devices: int) -> Column:
        """Build a column with the same text for every device."""
        return cls((text,), np.zeros(devices, np.int32))

    @classmethod
    def join(cls, parts: Sequence[Column]) -> Column:
        """Put columns one below the other."""
        if len(parts) == 1:
            return parts[0]
        values: dict[str, int] = {}
        codes = []
        for part in parts:
            recode = [values.setdefault(value, len(values)) for value in part.values]
            codes.append(np.array(recode, np.int32)[part.codes])
        return cls(tuple(values), np.concatenate(codes) if codes else np.zeros(0, np.int32))


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """All devices, in the order of the scenario; every array has shape (devices,).

    Parameters
    ----------
    names
        Device name; unique within its OU.
    macs
        MAC in Scout's spelling; unique.
    unit, site, people, power, installed, connection
        OU path, site, habits of the people and of the power switch, installed image file, and
        ``wired``, ``wlan`` or ``vpn``.
    flash
        Flash memory, bytes.
    device_rate
        The device's own rate, bytes per second.
    attributes
        What devices report, by attribute name; a subset of the fleet has empty text.
    named_units
        Paths of OUs that are there whether a device stands in them or not.
    warnings
        What its device list was taken with.
    told_people
        The people as the scenario names them, where `people` is finer.
    """

    names: Sequence[str]
    macs: Sequence[str]
    unit: Column
    site: Column
    people: Column
    power: Column
    installed: Column
    connection: Column
    flash: NDArray[np.int64]
    device_rate: NDArray[np.int64]
    attributes: Mapping[str, Column] = field(default_factory=dict)
    named_units: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = ()
    told_people: Column | None = None

    def __len__(self) -> int:
        return len(self.names)

    def qualified_name(self, device: int) -> str:
        """Return the fully qualified name, OU path and device name."""
        unit = self.unit[device]
        return f"{unit}/{self.names[device]}" if unit else self.names[device]

    @cached_property
    def by_mac(self) -> dict[str, int]:
        """Device index by MAC."""
        return {mac: device for device, mac in enumerate(self.macs)}

    @cached_property
    def by_name(self) -> dict[str, list[int]]:
        """Device indices by plain name; the same name may stand in several OUs."""
        devices: dict[str, list[int]] = {}
        for device, name in enumerate(self.names):
            devices.setdefault(name, []).append(device)
        return devices

    @cached_property
    def by_qualified_name(self) -> dict[str, list[int]]:
        """Device indices by fully qualified name."""
        devices: dict[str, list[int]] = {}
        for device in range(len(self)):
            devices.setdefault(self.qualified_name(device), []).append(device)
        return devices

    def shown_name(self, device: int) -> str:
        """Return the device's name, with its OU path where the name alone is not unique."""
        name = self.names[device]
        return name if len(self.by_name[name]) == 1 else self.qualified_name(device)

    @cached_property
    def shown_names(self) -> Sequence[str]:
        """Every device's `shown_name`."""
        names = self.names
        if isinstance(names, PackedTexts) and names.surely_differ():
            return names  # without a text for each
        if len(set(names)) == len(names):
            return names
        return PackedTexts.of(map(self.shown_name, range(len(self))))

    def find(self, name: str) -> list[int]:
        """Return the devices of a plain or fully qualified name."""
        unit, _, plain = name.rpartition("/")
        same = self.by_name.get(plain, [])
        return [device for device in same if self.unit[device] == unit] if unit else same

    def reported(self, attribute: str) -> Column | None:
        """Return what the devices report of themselves; None if nothing of that name."""
        match attribute:
            case "Host name":
                return Column.of(self.names)
            case "MAC address":
                return Column.of(self.macs)
            case "IDF name":
                return self.installed
        return self.attributes.get(attribute)

    def in_unit(self, path: str, *, subordinate_units: bool) -> Codes:
        """Return the devices of an OU, ascending; "" is the root."""
        codes = self._units_below.get(path, [])
        if not subordinate_units:
            codes = [code for code in codes if self.unit.values[code] == path]
        order, starts = self._by_unit
        parts = [order[starts[code] : starts[code + 1]] for code in codes]
        members: Codes = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.int32)
        return members

    @cached_property
    def _by_unit(self) -> tuple[Codes, NDArray[np.int64]]:
        """The devices unit by unit, and where each unit begins; so an OU costs its own devices."""
        order = np.argsort(self.unit.codes, kind="stable").astype(np.int32)
        counts = np.bincount(self.unit.codes, minlength=len(self.unit.values))
        return order, np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def _units_below(self) -> dict[str, list[int]]:
        """Codes of the units that are an OU or lie below it, by its path."""
        below: dict[str, list[int]] = {"": list(range(len(self.unit.values)))}
        for code, unit in enumerate(self.unit.values):
            parts = unit.split("/")
            for depth in range(1, len(parts) + 1):
                if above := "/".join(parts[:depth]):
                    below.setdefault(above, []).append(code)
        return below

    def has_unit(self, path: str) -> bool:
        """Tell whether there is an OU, with devices of its own or below it."""
        return path in self._units_below and (bool(path) or "" in self.unit.values)

    def is_empty_unit(self, path: str) -> bool:
        """Tell whether an OU is there and no device stands in it or below it."""
        return path in self._named_paths and not self.has_unit(path)

    @cached_property
    def _named_paths(self) -> frozenset[str]:
        """The OUs that are there anyway, and those above them."""
        parts = [name.split("/") for name in self.named_units]
        return frozenset("/".join(p[:depth]) for p in parts for depth in range(1, len(p) + 1))

    @cached_property
    def unit_paths(self) -> tuple[str, ...]:
        """Paths of all OUs that hold devices or have such an OU below them, sorted."""
        paths: set[str] = set()
        for unit in self.unit.values:
            parts = unit.split("/")
            paths.update("/".join(parts[: depth + 1]) for depth in range(len(parts)))
        return tuple(sorted(paths))
