"""The update itself: what a device finds, verifies and writes under one command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.model.order import Order
from fwsim.model.purposes import Purpose
from fwsim.simulation.broken_transfer import BrokenTransfer
from fwsim.simulation.device import Device
from fwsim.simulation.image_check import NOT_CHECKED, image_check
from fwsim.simulation.installation import next_writing
from fwsim.simulation.package_fetch import package_fetch
from fwsim.simulation.transferring import Transferring


class Updating(Transferring):
    """A walk on which a device is updated.

    Parameters
    ----------
    device
        The device.
    order
        The run of the command.
    configuration_from
        As for `Asking`.
    """

    __slots__ = ("_is_partly_written",)

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self._is_partly_written = False

    def _fetch_idf(self) -> None:
        self._arm_in(self._world.assumptions.idf_fetch_time, self._idf_fetched)

    def _idf_fetched(self, _: SimPyEvent) -> None:
        check = image_check(self._world, self.number, self.order, self._address)
        if isinstance(check, Detail):
            self.step(Event.IDF_MISSING, check)
            return
        self._found = check
        self._set(Fact.MODIFIED, holds=check.is_modified)
        partitions = self._world.partitions_of[self.number]
        self._set(Fact.UPDATE_PARTITION, holds=partitions.has_update_partition)
        self._agree_as_before(self._before())
        self._ask_nobody_if_so_wished()
        self.step(Event.IDF_FETCHED)

    def _verify_idf(self) -> None:
        self._plan_packages()
        if self.device.settings.check_idf_signature and not self.order.is_uefi:
            self._arm_in(self._world.assumptions.idf_signature_time, self._idf_verified)
        else:
            self._ask_for_connection(Event.IDF_VERIFIED)

    def _before(self) -> BrokenTransfer | None:
        """Return the broken transfer that it takes up: its assignment's, of the same image."""
        before = self.device.broken
        if before is None or before.assignment != self.order.assignment:
            return None
        return before if before.found.image == self._found.image else None

    def _agree_as_before(self, before: BrokenTransfer | None) -> None:
        """Ask nobody who has agreed to the transfer that broke."""
        if before is not None and before.has_agreed:
            self._has_agreed = True
            self.facts |= Fact.CONSENTED

    def _plan_packages(self) -> None:
        """Find what is to be fetched, and where; what is there of a broken transfer is not."""
        settings = self.device.settings
        if settings.proxy_type and self._world.proxies is not None and self.order.is_update:
            self._proxy = self._world.proxies.service_for(
                self.number, settings.proxy_type, settings.proxy or ""
            )
        before, packages = self._before(), None
        if before is not None:
            self._found, packages = before.found, before.packages
            self._is_partly_written = before.is_partly_written
        self._packages = package_fetch(
            self._world,
            self.number,
            self.order,
            self._found.plan,
            packages,
            by_package=self._proxy is not None,
        )

    def _plan_as_told(self) -> None:
        """Find the image that a log says the device has found, and what is to be fetched."""
        if self._found is NOT_CHECKED:
            check = image_check(self._world, self.number, self.order, self._address, is_told=True)
            if not isinstance(check, Detail):
                self._found = check
                partitions = self._world.partitions_of[self.number]
                self._set(Fact.UPDATE_PARTITION, holds=partitions.has_update_partition)
        if self._found is not NOT_CHECKED:
            self._plan_packages()

    @property
    def broken_transfer(self) -> BrokenTransfer | None:
        """What is there of its transfer, if that is what it has failed with."""
        if not self._has_broken:
            return None
        return BrokenTransfer(
            self.order.assignment,
            self._found,
            self._packages,
            self._is_partly_written,
            self._has_agreed,
            self.lacking,
        )

    def _idf_verified(self, _: SimPyEvent) -> None:
        world = self._world
        fault = world.draws[Purpose.IDF_SIGNATURE_FAULT][self.order.draw][self.number]
        self._set(Fact.IDF_SIGNATURE_BAD, holds=fault or self._is_unsigned(packages=False))
        self._ask_for_connection(Event.IDF_VERIFIED)

    def _verify_packages(self) -> None:
        self._arm_in(self._world.assumptions.package_check_time, self._packages_verified)

    def _packages_verified(self, _: SimPyEvent) -> None:
        world = self._world
        if self.device.settings.check_package_signatures and not self.order.is_uefi:
            fault = world.draws[Purpose.PACKAGE_SIGNATURE_FAULT][self.order.draw][self.number]
            bad = fault or self._is_unsigned(packages=True)
            self._set(Fact.PACKAGE_SIGNATURE_BAD, holds=bad)
        self._set(Fact.PROVIDES, holds=self.device.provides is not None)
        self.step(Event.PACKAGES_VERIFIED)

    def _is_unsigned(self, *, packages: bool) -> bool:
        """Tell whether the IDF or its packages lack a signature that the device trusts."""
        if self._found is NOT_CHECKED:
            return False
        image = self._world.rollout.images[self._found.image]
        is_signed = image.packages_signed if packages else image.signed
        return not is_signed or not self._trusts(image.certificate)

    def _trusts(self, certificate: str) -> bool:
        """Tell whether the device has a certificate: it came with its last start [S]."""
        configuration = self._world.rollout.configuration
        loaded = configuration.settings(self.number, self.device.certificates_from)
        return not certificate or certificate in (loaded.certificates or ())

    def _write_packages(self) -> None:
        self._is_partly_written = True
        formats = self.order.formats_system
        device, draw = self.number, self.order.draw
        writing = next_writing(self._world, device, draw, self._packages, formats=formats)
        if writing.fault is Detail.NONE:
            self._arm_in(writing.time, self._is_written)
        else:
            self._arm_in(writing.time, lambda _: self.step(Event.WRITE_ERROR, writing.fault))

    def _is_written(self, _: SimPyEvent) -> None:
        if not self._is_next(State.FAILED):
            self._note_written()
        self._set(Fact.GRACE, holds=self.order.gives_grace(int(self._world.env.now)))
        if self.facts & Fact.MORE_PACKAGES:
            self._look_for_connection()
        self.step(Event.WRITTEN)

    def _note_written(self) -> None:
        self._packages.written += self._packages.unwritten
        if not self.facts & Fact.MORE_PACKAGES:
            self._is_partly_written = False
            if self._found is NOT_CHECKED:
                return
            self._world.install(self.number, self._found.image, self._found.plan)
            if self.order.is_uefi:
                return
            if self.device.provides is None:
                self._world.empty_update_partition(self.number)
            else:  # neighbours that come later are served from it
                kept = self._world.packages_of(self._found.image)
                self._world.keep_only(self.number, kept)

    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {
        **Transferring.METHODS,
        Action.FETCH_IDF: _fetch_idf,
        Action.VERIFY_IDF: _verify_idf,
        Action.VERIFY_PACKAGES: _verify_packages,
        Action.WRITE_PACKAGES: _write_packages,
    }
