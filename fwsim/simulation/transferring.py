"""The packages on their way to a device, and to neighbours, and what a log tells of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import TELLS_BYTES, Action, Event, Fact, State
from fwsim.commands.told_states import (
    ARRIVED,
    BEFORE_TRANSFER,
    BROKEN,
    INSTALLED,
    NEXT_PACKAGE,
)
from fwsim.model.event_rank import EventRank
from fwsim.model.order import NO_ASSIGNMENT, Order
from fwsim.model.purposes import Purpose
from fwsim.simulation.asking import Asking
from fwsim.simulation.clock import Timer
from fwsim.simulation.device import Device
from fwsim.simulation.image_check import NOT_CHECKED
from fwsim.simulation.package_fetch import PackageFetch, stop_beyond
from fwsim.simulation.proxy_requests import PackageRequest, Proxy, WebDownload
from fwsim.simulation.seen import SeenJob


class Transferring(Asking):
    """A walk on which a device fetches packages.

    Parameters
    ----------
    device
        The device.
    order
        The run of the command.
    configuration_from
        As for `Asking`.
    """

    __slots__ = ("_carried", "_found", "_has_broken", "_is_held", "_packages", "_proxy", "_rest")

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self._found = NOT_CHECKED
        self._packages = PackageFetch((), 0, Detail.NONE)
        self._proxy: Proxy | None = None
        self._rest: WebDownload | None = None  # what a device without a proxy fetches itself
        self._is_held = False
        self._carried = 0
        self._has_broken = False

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
    def lacking(self) -> frozenset[Package]:
        """Packages of the image that it has found which its device lacks, or writes anew."""
        packages = self._world.packages_of(self._found.image)
        if self.order.formats_system:
            return packages
        return packages - self._world.installed(self.number)

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

    # One stretch after another

    def _ask_for_connection(self, event: Event) -> None:
        self._look_for_connection()
        self.step(event)

    def _look_for_connection(self) -> None:
        needs_none = self._proxy is not None or self._packages.next_size == 0
        is_free = needs_none or self._world.network.has_free_connection
        self._set(Fact.CONNECTION_FREE, holds=is_free)

    def _empty_if_ordered(self) -> None:
        if self.order.empties_update_partition:
            self._world.empty_update_partition(self.number)

    def _fetch_packages(self) -> None:
        self._empty_if_ordered()
        size = self._packages.next_size
        if size <= 0:
            if self._proxy is not None and self._packages.comes_whole:
                self._proxy.offer(self.number)
            self.transferred()
        elif self._proxy is not None:
            self._make_room(size)
            packages = self._packages
            there = packages.there_of_next
            self._proxy.request(PackageRequest(self, packages.next_packages, size, there))
        else:
            self._world.network.start(self, size)

    def _make_room(self, size: int) -> None:
        """Let what the update does not need give way; a provider sees to that by itself."""
        is_full = size > self._world.space_for_packages(self.number)
        if is_full and self.device.provides is None:
            self.device.keep_only(self.lacking)

    def _break_off(self) -> int:
        """Break the transfer off; return the bytes of the stretch that it carried."""
        if self._is_held:
            self._is_held = False
            return self._carried
        rest, self._rest = self._rest, None
        if rest is not None:
            return self._carried + rest.abort(self._world.network)
        if self._proxy is not None:
            return self._proxy.cancel(self)
        return self._world.network.abort(self)

    def fetch_from_web(self, carried: int) -> None:
        """Fetch the rest from the web server, as there is no proxy; `carried` bytes are there."""
        self._proxy = None
        self._carried = carried
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
            self._hold(carried)
            return
        self._packages.fetched += carried
        self._has_broken = True
        self.step(Event.TRANSFER_ERROR, Detail.TRANSFER_FAILED)

    def transferred(self) -> None:
        """Go on: the bytes of this stretch are in, all of them or up to a fault."""
        if self._seen is not None and self._is_to_hold(whole=self._packages.comes_whole):
            if not self._goes_beyond_its_fault():
                self._hold(self._packages.next_size)
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
        """Note a delivery; what it has fetched for neighbours meanwhile gives way [A]."""
        if not self.order.is_delivery or self._found is NOT_CHECKED:
            return
        if not self._world.deliver(self.number, self._found.image):
            self.device.keep_only(self.lacking)

    def _serve_consumers(self) -> None:
        """Wait for neighbours; who has some by a log only waits as long as for one [A]."""
        if self.device.provides is not None:
            self.device.provides.serve_consumers()
        else:
            patience = self._world.assumptions.provider_patience
            self._arm_in(patience, lambda _: self._has_waited())

    def _has_waited(self) -> None:
        """Install, unless neighbours have come to be served meanwhile."""
        if self.device.provides is not None:
            self.device.provides.look_for_consumers()
        else:
            self.consumers_served()

    def consumers_served(self) -> None:
        """Install now: the last neighbour has been served."""
        if self.state is State.PROVIDING:
            self.step(Event.CONSUMERS_SERVED)

    # Kept to what a log tells

    def _is_to_hold(self, *, whole: bool) -> bool:
        """Tell whether the log says that the transfer did not end now, or not like this."""
        seen = self._seen
        if seen is None:
            return False
        comes = seen.may_come(int(self._world.env.now))
        is_early = not comes and seen.tells_end_of(State.TRANSFER, self.facts)
        return is_early or self.denies(Event.PACKAGES_IN if whole else Event.TRANSFER_ERROR)

    def _goes_beyond_its_fault(self) -> bool:
        """Fetch on if the log says that the transfer did not fail here; return whether it does."""
        packages, network = self._packages, self._world.network
        is_open = self._seen is not None and not self._seen.has_more and not packages.comes_whole
        if not is_open or self._proxy is not None or not network.has_free_connection:
            return False
        if self._found is NOT_CHECKED:
            return False
        there = packages.fetched + packages.next_size
        stop, detail = self._stop_beyond(there)
        if stop <= there:
            return False
        network.start(self, packages.go_beyond(stop, detail), goes_on=True)
        return True

    def _stop_beyond(self, there: int) -> tuple[int, Detail]:
        draw, plan, by_package = self.order.draw, self._found.plan, self._proxy is not None
        return stop_beyond(self._world, self.number, draw, plan, there, by_package=by_package)

    def _hold(self, carried: int) -> None:
        """Wait with the bytes that are in: the log says that the transfer took longer."""
        self._is_held, self._carried = True, carried
        if self._seen is not None and not self._seen.has_more:
            at = self._let_go_at(self._seen)
            Timer(self._world.env, at, EventRank.NETWORK, self.number + 1, self._is_let_go)

    def _let_go_at(self, seen: SeenJob) -> int:
        """Return when a transfer is in that has not been by the log."""
        if not seen.tells(State.TRANSFER):  # it may not have begun either
            return self._after_log(seen, int(self._world.env.now))
        excess = self._world.draws[Purpose.TRANSFER_EXCESS][self.order.draw][self.number]
        return seen.until + 1 + int(seen.lasted * excess)

    def _is_let_go(self, _: SimPyEvent) -> None:
        if self.state is State.TRANSFER and self._is_held:
            self._is_held = False
            if self._carried < self._packages.next_size:
                self.transfer_breaks(self._carried)
            else:
                self.transferred()

    def _fetch_as_told(self, to: State) -> None:
        """Have the bytes that a log says have come, of a transfer under way or not begun yet."""
        is_under_way = self.state is State.TRANSFER
        is_open = is_under_way or self.state in BEFORE_TRANSFER
        sent = self._proxy.under_way(self) if is_under_way and self._proxy else 0
        carried = self._break_off() if is_under_way else 0
        missing = 0
        if not is_under_way and is_open and self._has_begun_as_told(to):
            self._empty_if_ordered()
        if is_open and (to in ARRIVED or (is_under_way and to in NEXT_PACKAGE)):
            missing = self._stretch_comes_whole() - carried
        elif is_open:
            self._packages.fetched += carried
            missing = self._missing_as_told()
            self._packages.fetched += missing
        while to in INSTALLED and self._packages.has_more:
            missing += self._stretch_comes_whole()
        if self._seen is not None:
            self._note_missing(self._seen, missing - sent, is_under_way=is_under_way)
        if to is State.FAILED:
            self._break_as_told()

    def _note_missing(self, seen: SeenJob, missing: int, *, is_under_way: bool = False) -> None:
        """Note what has come by the log only: of its proxy, or over the line where none provides.

        Of a transfer under way nothing may be missing: it came at another time.
        """
        if self._proxy is not None:
            if self._proxy.note_told(self.number, seen.row, missing):
                return
            is_under_way = False
        if is_under_way or missing:
            self._world.missing_bytes.append((seen.row, self.number, missing))

    def _has_begun_as_told(self, to: State) -> bool:
        """Tell whether a log that goes on with a state says that a transfer had begun."""
        is_broken = self._seen is not None and self._seen.detail in BROKEN
        return to in ARRIVED or (to is State.FAILED and is_broken)

    def _stretch_comes_whole(self) -> int:
        """Take in a stretch whole, wherever luck would have broken it; return its bytes.

        Where the transfer stops in a later one, is drawn anew.
        """
        packages = self._packages
        if not packages.comes_whole and self._found is not NOT_CHECKED:
            end = packages.end_of_stretch
            stop, detail = self._stop_beyond(end)
            packages.go_beyond(max(stop, end), detail)
        size = packages.next_size
        packages.take_in()
        self._set(Fact.MORE_PACKAGES, holds=packages.has_more)
        self._note_delivered()
        return size

    def _missing_as_told(self) -> int:
        """Return how many more bytes have come by the log than are there; below 0 if fewer."""
        seen = self._seen
        if seen is None or seen.amount < 0 or seen.state not in TELLS_BYTES:
            return 0
        return seen.amount - (self._packages.fetched - self._packages.taken_up)

    def _break_off_as_told(self, seen: SeenJob) -> None:
        missing = self._missing_as_told()
        self._packages.fetched += missing
        self._note_missing(seen, missing)

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
        Action.QUEUE_FOR_CONNECTION: _queue_for_connection,
        Action.FETCH_PACKAGES: _fetch_packages,
        Action.SERVE_CONSUMERS: _serve_consumers,
    }
