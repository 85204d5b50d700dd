"""The update itself: what a device finds, fetches, verifies and writes under one command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import (
    TELLS_BYTES,
    Action,
    Event,
    Fact,
    State,
)
from fwsim.commands.told_states import ARRIVED, BROKEN
from fwsim.model.event_rank import EventRank
from fwsim.model.order import NO_ASSIGNMENT, Order
from fwsim.model.purposes import Purpose
from fwsim.simulation.asking import Asking
from fwsim.simulation.broken_transfer import BrokenTransfer
from fwsim.simulation.clock import Timer
from fwsim.simulation.device import Device
from fwsim.simulation.image_check import NOT_CHECKED, image_check
from fwsim.simulation.installation import next_writing
from fwsim.simulation.package_fetch import PackageFetch, package_fetch, stop_beyond
from fwsim.simulation.proxy_requests import PackageRequest, Proxy, WebDownload


class Updating(Asking):
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

    __slots__ = (
        "_found",
        "_has_broken",
        "_is_held",
        "_is_partly_written",
        "_packages",
        "_proxy",
        "_rest",
    )

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self._found = NOT_CHECKED
        self._is_partly_written = False
        self._packages = PackageFetch((), 0, Detail.NONE)
        self._proxy: Proxy | None = None
        self._rest: WebDownload | None = None  # what a device without a proxy fetches itself
        self._is_held = False
        self._has_broken = False

    # The update itself

    def _fetch_idf(self) -> None:
        self._arm_in(self._world.assumptions.idf_fetch_time, self._idf_fetched)

    def _idf_fetched(self, _: SimPyEvent) -> None:
        check = image_check(self._world, self.number, self.order, self._address)
        if isinstance(check, Detail):
            self.step(Event.IDF_MISSING, check)
            return
        self._found = check
        self._set(Fact.MODIFIED, holds=check.is_modified)
        partitions = self._world.partitions(self.number)
        self._set(Fact.UPDATE_PARTITION, holds=partitions.has_update_partition)
        self._agree_as_before(self._before())
        self._ask_nobody_if_so_wished()
        self.step(Event.IDF_FETCHED)

    def _verify_idf(self) -> None:
        settings = self._address.settings
        if settings.proxy_type and self._world.proxies is not None and self.order.is_update:
            self._proxy = self._world.proxies.service_for(
                self.number, settings.proxy_type, settings.proxy or ""
            )
        self._plan_packages()
        if self._address.settings.check_idf_signature and not self.order.is_uefi:
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
        """Find what is to be fetched; what is there of a broken transfer of it is not."""
        before, packages = self._before(), None
        if before is not None:
            self._found, packages = before.found, before.packages
            self._is_partly_written = before.is_partly_written
        self._packages = package_fetch(
            self._world,
            self.number,
            self.order.draw,
            self._found.plan,
            packages,
            by_package=self._proxy is not None,
        )

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
        )

    def _idf_verified(self, _: SimPyEvent) -> None:
        world = self._world
        fault = world.draws[Purpose.IDF_SIGNATURE_FAULT][self.order.draw][self.number]
        self._set(Fact.IDF_SIGNATURE_BAD, holds=fault or self._is_unsigned(packages=False))
        self._ask_for_connection(Event.IDF_VERIFIED)

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
        loaded = configuration.address(self.number, self.device.configuration_from)
        return not certificate or certificate in (loaded.settings.certificates or ())

    def _ask_for_connection(self, event: Event) -> None:
        needs_none = self._packages.next_size == 0 or self._proxy is not None
        is_free = needs_none or self._world.network.has_free_connection
        self._set(Fact.CONNECTION_FREE, holds=is_free)
        self.step(event)

    # The network's view: see `fwsim.simulation.network.Download`

    @property
    def waits_for_connection(self) -> bool:
        """Whether it still stands in the queue."""
        return self.state is State.QUEUEING

    @property
    def must_wait(self) -> bool:
        """Whether a log says that it stood in the queue still."""
        seen = self._seen
        return seen is not None and not seen.has_more and self._is_early(State.TRANSFER)

    @property
    def files(self) -> tuple[int, ...]:
        """Bytes of each file it fetches next."""
        return self._packages.next_files

    def _queue_for_connection(self) -> None:
        self._world.network.queue(self)

    def connected(self) -> None:
        """Take the free connection."""
        if not self._is_early(State.TRANSFER):
            self.step(Event.CONNECTED)

    def _fetch_packages(self) -> None:
        size = self._packages.next_size
        if size <= 0:
            if self._proxy is not None and self._packages.comes_whole:
                self._proxy.offer(self.number)
            self.transferred()
        elif self._proxy is not None:
            self._proxy.request(PackageRequest(self, self._packages.next_packages, size))
        else:
            self._world.network.start(self, size)

    def _break_off(self) -> int:
        """Break the transfer off; return the bytes it carried."""
        if self._rest is not None:
            return self._rest.abort(self._world.network)
        if self._proxy is not None:
            return self._proxy.cancel(self.number)
        return self._world.network.abort(self)

    def fetch_from_web(self, carried: int) -> None:
        """Fetch the rest from the web server, as there is no proxy; `carried` bytes are there."""
        self._proxy = None
        rest = Package("", "", self._packages.next_size - carried)
        self._rest = WebDownload(
            self.number, rest, self._rest_is_in, lambda more: self.transfer_breaks(carried + more)
        )
        self._rest.begin(self._world.network)

    def _rest_is_in(self) -> None:
        self._rest = None
        self.transferred()

    def transfer_breaks(self, carried: int) -> None:
        """End the transfer after `carried` bytes: the proxy is gone."""
        self._rest = None
        if self._is_to_hold(whole=False):
            self._hold()
            return
        self._packages.fetched += carried
        self._has_broken = True
        self.step(Event.TRANSFER_ERROR, Detail.TRANSFER_FAILED)

    def transferred(self) -> None:
        """Go on: the bytes of this stretch are in, all of them or up to a fault."""
        if self._is_to_hold(whole=self._packages.comes_whole):
            if not self._goes_beyond_its_fault():
                self._hold()
            return
        whole = self._packages.take_in()
        if not whole:
            self._has_broken = self._packages.detail is Detail.TRANSFER_FAILED
            self.step(Event.TRANSFER_ERROR, self._packages.detail)
            return
        self._set(Fact.MORE_PACKAGES, holds=self._packages.has_more)
        self._note_delivered()
        self.step(Event.PACKAGES_IN)

    def _note_delivered(self) -> None:
        if self.order.is_delivery and self._found is not NOT_CHECKED:
            self._world.deliver(self.number, self._found.image)

    def _verify_packages(self) -> None:
        self._arm_in(self._world.assumptions.package_check_time, self._packages_verified)

    def _packages_verified(self, _: SimPyEvent) -> None:
        world = self._world
        if self._address.settings.check_package_signatures and not self.order.is_uefi:
            fault = world.draws[Purpose.PACKAGE_SIGNATURE_FAULT][self.order.draw][self.number]
            bad = fault or self._is_unsigned(packages=True)
            self._set(Fact.PACKAGE_SIGNATURE_BAD, holds=bad)
        self._set(Fact.PROVIDES, holds=self.device.provides is not None)
        self.step(Event.PACKAGES_VERIFIED)

    def _serve_consumers(self) -> None:
        if self.device.provides is not None:
            self.device.provides.serve_consumers()

    def consumers_served(self) -> None:
        """Install now: the last neighbour has been served."""
        if self.state is State.PROVIDING:
            self.step(Event.CONSUMERS_SERVED)

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
        self._note_written()
        self._set(Fact.GRACE, holds=self.order.gives_grace(int(self._world.env.now)))
        self._ask_for_connection(Event.WRITTEN)

    def _note_written(self) -> None:
        self._packages.written += self._packages.unwritten
        if not self.facts & Fact.MORE_PACKAGES:
            self._is_partly_written = False
            if self._found is NOT_CHECKED:
                return
            self._world.install(self.number, self._found.image, self._found.plan)
            if self.device.provides is None and not self.order.is_uefi:
                self._world.delivered_to.pop(self.number, None)

    # Kept to what a log tells

    def _is_to_hold(self, *, whole: bool) -> bool:
        """Tell whether the log says that the transfer did not end now, or not like this."""
        seen = self._seen
        if seen is None or not seen.tells_end_of(State.TRANSFER):
            return False
        if not seen.may_come(int(self._world.env.now)):
            return True
        return seen.has_more and (seen.state is State.FAILED) == whole

    def _goes_beyond_its_fault(self) -> bool:
        """Fetch on if the log says that the transfer did not fail here; return whether it does."""
        packages, network = self._packages, self._world.network
        is_open = self._seen is not None and not self._seen.has_more and not packages.comes_whole
        if not is_open or self._proxy is not None or not network.has_free_connection:
            return False
        if self._found is NOT_CHECKED:
            return False
        there = packages.fetched + packages.next_size
        stop, detail = stop_beyond(
            self._world, self.number, self.order.draw, self._found.plan, there
        )
        if stop <= there:
            return False
        network.start(self, packages.go_beyond(stop, detail), goes_on=True)
        return True

    def _hold(self) -> None:
        """Wait with the bytes that are in: the log says that the transfer took longer."""
        self._is_held = True
        if self._seen is not None and not self._seen.has_more:
            excess = self._world.draws[Purpose.TRANSFER_EXCESS][self.order.draw][self.number]
            at = self._seen.until + 1 + int(self._seen.lasted * excess)
            Timer(self._world.env, at, EventRank.NETWORK, self.number + 1, self._is_let_go)

    def _is_let_go(self, _: SimPyEvent) -> None:
        if self.state is State.TRANSFER and self._is_held:
            self._is_held = False
            self._world.corrected += 1
            self.transferred()

    def _found_as_told(self) -> None:
        """Have the image that the device would have found."""
        if self._found is NOT_CHECKED:
            check = image_check(self._world, self.number, self.order, self._address)
            if not isinstance(check, Detail):
                self._found = check
                self._packages = package_fetch(
                    self._world, self.number, self.order.draw, check.plan
                )

    def _end_transfer_as_told(self, to: State) -> None:
        comes_alone = self._proxy is None and self._rest is None
        missing = 0
        if not self._is_held:
            carried = self._break_off()
            missing = self._packages.next_size - carried
            if to not in ARRIVED:
                self._packages.fetched += carried
                missing = self._missing_as_told()
        if to in ARRIVED:
            missing += self._comes_whole_as_told()
        if comes_alone and missing > 0 and self._seen is not None:
            self._world.missing_bytes.append((self._seen.row, self.number, missing))
        self._is_held, self._rest = False, None
        if to is State.FAILED:
            self._break_as_told()
        if to in ARRIVED:
            self._packages.take_in()
            self._set(Fact.MORE_PACKAGES, holds=self._packages.has_more)
            self._note_delivered()

    def _comes_whole_as_told(self) -> int:
        """Let this stretch come whole, wherever luck would have broken it; return the bytes more.

        Where the transfer stops in a later one, is drawn anew.
        """
        packages = self._packages
        if packages.comes_whole or self._found is NOT_CHECKED:
            return 0
        end = packages.end_of_stretch
        stop, detail = stop_beyond(self._world, self.number, self.order.draw, self._found.plan, end)
        return packages.go_beyond(max(stop, end), detail)

    def _missing_as_told(self) -> int:
        """Return how many more bytes have come by the log than are there."""
        seen = self._seen
        if seen is None or seen.amount < 0 or seen.state not in TELLS_BYTES:
            return 0
        return seen.amount - (self._packages.fetched - self._packages.taken_up)

    def _break_as_told(self) -> None:
        """Leave to the next try what the log says was there when the transfer broke."""
        seen, packages = self._seen, self._packages
        if seen is None or seen.detail not in BROKEN or self.order.assignment == NO_ASSIGNMENT:
            return
        self._has_broken = True
        if seen.amount >= 0:
            packages.fetched = min(packages.taken_up + seen.amount, sum(packages.sizes))

    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {
        **Asking.METHODS,
        Action.FETCH_IDF: _fetch_idf,
        Action.VERIFY_IDF: _verify_idf,
        Action.QUEUE_FOR_CONNECTION: _queue_for_connection,
        Action.FETCH_PACKAGES: _fetch_packages,
        Action.VERIFY_PACKAGES: _verify_packages,
        Action.WRITE_PACKAGES: _write_packages,
        Action.SERVE_CONSUMERS: _serve_consumers,
    }
