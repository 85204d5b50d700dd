"""Firmware settings and offered images over time: what a URL is made of, and what it leads to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.commands.firmware import (
    FirmwareSettings,
    effective_settings,
    resolve_macros,
    units_above,
    update_url,
)
from fwsim.fleet.fleet import Fleet
from fwsim.fleet.kinds import kinds_of
from fwsim.scenario.firmware_section import DEFAULT_SETTINGS
from fwsim.scenario.fleet_build import firmware_by_unit
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import ImageSection

_NUMBERING = Lock()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device is sent for its image.

    Parameters
    ----------
    url
        Index into `Configuration.urls`.
    container, image_file
        What the URL asks for.
    settings
        The firmware settings that make it: those in force when the command ran.
    """

    url: int
    container: str
    image_file: str
    settings: FirmwareSettings


class Configuration:
    """The server's configuration, from change to change.

    Parameters
    ----------
    scenario, fleet
        Whose firmware settings and images.
    images
        All images by their short names; their order numbers them.
    milliseconds_of
        Turns a wall-clock time into milliseconds since the start.
    """

    def __init__(
        self,
        scenario: Scenario,
        fleet: Fleet,
        images: Mapping[str, ImageSection],
        milliseconds_of: Callable[[datetime], int],
    ) -> None:
        self.urls: list[str] = []
        self.addresses: list[Address] = []
        self._scenario = scenario
        self._fleet = fleet
        self._images = images
        # The times alone: whoever shares this must not keep the rollout it was made for.
        self._changes = [(milliseconds_of(change.at), change) for change in scenario.changes]
        self._effective: dict[tuple[int, tuple[str, ...]], FirmwareSettings] = {}
        self._over_time: dict[str, tuple[FirmwareSettings, ...]] = {}
        self._known: dict[tuple[int, int, str, bool, bool], Address] = {}
        self.change_times = sorted({at for at, _ in self._changes})
        self._own_settings = self._settings_by_epoch()
        self._offered = self._offers_by_epoch()

    def take_numbers_of(self, other: Configuration) -> None:
        """Go on with the numbers that another configuration has given to URLs.

        Parameters
        ----------
        other
            Of the same rollout before something was changed; its log tells of URLs by number.
        """
        self.urls, self.addresses = [*other.urls], [*other.addresses]
        self._known.clear()

    def _settings_by_epoch(self) -> list[dict[str, FirmwareSettings]]:
        own = firmware_by_unit(self._scenario)
        images = list(self._images.values())
        first = images[0].name if len(images) == 1 else None
        own[""] = own[""].over(FirmwareSettings(image_file=first)).over(DEFAULT_SETTINGS)
        epochs = [own]
        for at in self.change_times:
            own = dict(own)
            for when, change in self._changes:
                if change.firmware is not None and when == at:
                    before = own.get(change.unit, FirmwareSettings())
                    own[change.unit] = change.firmware.settings().over(before)
            epochs.append(own)
        return epochs

    @cached_property
    def _places(self) -> list[tuple[str, str]]:
        """Where each image lies while it is offered: a container, and its name there."""
        default = self._own_settings[0][""].path or ""
        return [((s.container or default).strip("/"), s.name) for s in self._images.values()]

    @cached_property
    def _containers(self) -> frozenset[str]:
        """Which containers there are; they stay when their images are withdrawn."""
        return frozenset(container for container, _ in self._places)

    def _offers_by_epoch(self) -> list[dict[tuple[str, str], int]]:
        sections, labels, places = self._images, list(self._images), self._places
        offered = {
            place: i
            for i, (place, s) in enumerate(zip(places, sections.values(), strict=True))
            if s.offered
        }
        epochs = [offered]
        for at in self.change_times:
            offered = dict(offered)
            for when, change in self._changes:
                if when != at:
                    continue
                if change.offer is not None:
                    number = labels.index(change.offer)
                    offered[places[number]] = number
                if change.withdraw is not None:
                    number = labels.index(change.withdraw)
                    if offered.get(places[number]) == number:  # and not another of its name
                        del offered[places[number]]
            epochs.append(offered)
        return epochs

    def over_time(self, unit: str) -> tuple[FirmwareSettings, ...]:
        """Return the settings that hold in an OU, one for each stretch between changes."""
        known = self._over_time.get(unit)
        if known is None:  # looking the OUs above up takes long
            epochs = range(len(self._own_settings))
            known = self._over_time[unit] = tuple(self._settings_in(unit, e) for e in epochs)
        return known

    @cached_property
    def longest_deferred(self) -> NDArray[np.int64]:
        """How long users of each OU may put an update off, at most, in each of those stretches.

        In milliseconds, notices left out; shape (stretches, OUs).
        """
        longest = [
            [
                deferments * max(delays, default=0)
                for deferments, delays in (own.reminder for own in self.over_time(unit))
            ]
            for unit in self._fleet.unit.values
        ]
        return 1000 * np.array(longest, np.int64).reshape(-1, len(self._own_settings)).T

    @cached_property
    def may_be_served(self) -> NDArray[np.bool_]:
        """Which devices fetch packages from one of them at any time; shape (devices,)."""
        served = [self.ever_has_proxy(unit) for unit in self._fleet.unit.values]
        return np.array(served, bool)[self._fleet.unit.codes]

    @cached_property
    def has_proxies(self) -> bool:
        """Whether any device fetches packages from one of them at any time."""
        return any(self.ever_has_proxy(unit) for unit in self._fleet.unit.values)

    def settings_in_use(self) -> Iterator[tuple[tuple[str, ...], FirmwareSettings]]:
        """Yield which OUs make the settings of some devices, and what comes of them over time."""
        makers = {unit for own in self._own_settings for unit in own}
        chains = {
            tuple(path for path in units_above(unit) if path in makers): None
            for unit in self._fleet.unit.values
        }
        for chain in chains:
            for own in self._own_settings:
                yield chain, effective_settings(chain[-1], own)

    def is_ever_offered(self, container: str, image_file: str) -> bool:
        """Tell whether an image lies in a container at any time."""
        place = container.strip("/"), image_file
        return any(place in offered for offered in self._offered)

    def image_for(self, unit: str, at: int) -> int | None:
        """Return the image that an OU's devices are sent to; None where that is not certain."""
        epoch = bisect_right(self.change_times, at)
        settings = self.over_time(unit)[epoch]
        place = (settings.path or "").strip("/"), settings.image_file or ""
        return self._offered[epoch].get(place)

    def ever_has_proxy(self, unit: str) -> bool:
        """Tell whether an OU's devices fetch packages from one of them at any time."""
        return any(own.has_proxy for own in self.over_time(unit))

    def _settings_in(self, unit: str, epoch: int) -> FirmwareSettings:
        """Return what holds in an OU, worked out once for all that inherit the same."""
        own = self._own_settings[epoch]
        key = epoch, tuple(path for path in units_above(unit) if path in own)
        if key not in self._effective:
            self._effective[key] = effective_settings(unit, own)
        return self._effective[key]

    def settings(self, device: int, at: int) -> FirmwareSettings:
        """Return the firmware settings that hold for a device at `at`, milliseconds."""
        over_time = self._of_units[self._unit_of[device]]
        return over_time[bisect_right(self.change_times, at) if self.change_times else 0]

    @cached_property
    def _of_units(self) -> list[tuple[FirmwareSettings, ...]]:
        return [self.over_time(unit) for unit in self._fleet.unit.values]

    @cached_property
    def _unit_of(self) -> list[int]:
        codes: list[int] = self._fleet.unit.codes.tolist()  # a NumPy number takes longer each time
        return codes

    def address(self, device: int, at: int, *, for_uefi: bool = False) -> Address:
        """Return where a device is sent by a command that runs at `at` [S].

        Parameters
        ----------
        device, at
            Who, and whose configuration: that of this time, milliseconds.
        for_uefi
            Ask for the UEFI file instead of the image definition.
        """
        epoch = bisect_right(self.change_times, at)
        unit = int(self._fleet.unit.codes[device])
        model, uefi = self._model_of(device)
        key = (epoch, unit, model, uefi, for_uefi)
        address = self._known.get(key)
        if address is None:
            with _NUMBERING:  # plans that differ in their commands share it, and threads play them
                address = self._known.get(key) or self._numbered(key)
        return address

    def _numbered(self, key: tuple[int, int, str, bool, bool]) -> Address:
        epoch, unit, model, uefi, for_uefi = key
        settings = self.over_time(self._fleet.unit.values[unit])[epoch]
        wanted = settings.uefi_file if for_uefi else settings.image_file
        file = resolve_macros(wanted or "", model=model, uefi=uefi, settings=settings)
        url = len(self.urls)
        self.urls.append(update_url(settings, file))
        container = (settings.path or "").strip("/")
        address = Address(url, container, file, settings)
        self.addresses.append(address)
        self._known[key] = address  # when its number leads to it
        return address

    def address_classes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return devices that are always sent to the same address as one class.

        Returns
        -------
        tuple of ndarray
            The class of each device, shape (devices,), and the first device of each class.
        """
        unit = self._fleet.unit.codes
        if not self._has_macros:
            return kinds_of([unit])
        attributes = map(self._fleet.attributes.get, ("Device type", "BIOS"))
        told = [column.codes for column in attributes if column is not None]
        same, first = kinds_of([np.zeros(len(unit), np.int64), *told])
        models: dict[tuple[str, bool], int] = {}
        of_pair = [models.setdefault(self._model_of(d), len(models)) for d in first.tolist()]
        return kinds_of([unit, np.array(of_pair, np.int64)[same]])

    @cached_property
    def _has_macros(self) -> bool:
        return any(
            "__" in (settings.image_file or "")
            for own in self._own_settings
            for settings in own.values()
        )

    def _model_of(self, device: int) -> tuple[str, bool]:
        if not self._has_macros:
            return "", False
        models, firmware = (self._fleet.attributes.get(name) for name in ("Device type", "BIOS"))
        return (
            models[device] if models else "",
            firmware[device].upper().startswith("UEFI") if firmware else False,
        )

    def served(self, address: Address, at: int) -> int | Detail:
        """Return the image (its number) that the address leads to now, or why none."""
        offered = self._offered[bisect_right(self.change_times, at)]
        image = offered.get((address.container, address.image_file))
        if image is not None:
            return image
        is_there = address.container in self._containers
        return Detail.IDF_NOT_AVAILABLE if is_there else Detail.CONTAINER_NOT_FOUND
