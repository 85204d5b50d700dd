"""One device under one Update command.

What happens is an event; the table says where it leads and what is done on the way; each action
has a method here. Decisions stand in the rulebook, luck in the draws, bytes in the network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import (
    HAS_EPILOGUE,
    OUTCOMES,
    TAKES_SHUTDOWN,
    TELLS_BYTES,
    UPDATING,
    WAITING,
    WAITS_FOR_CONTACT,
    Action,
    Event,
    Fact,
    State,
)
from fwsim.commands.notice import NEVER
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order
from fwsim.model.outages import NOT_CUT
from fwsim.model.past import AFTER_CHECK, IS_OFF, SPEAKS
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE
from fwsim.simulation.asking import Asking
from fwsim.simulation.clock import Timer
from fwsim.simulation.device import Device
from fwsim.simulation.image_check import NOT_CHECKED, image_check
from fwsim.simulation.installation import next_writing
from fwsim.simulation.package_fetch import PackageFetch, package_fetch
from fwsim.simulation.proxy_requests import PackageRequest, Proxy, WebDownload


class UpdateJob(Asking):
    """The walk of one device through one run of a command.

    Parameters
    ----------
    device
        The device the job is on.
    order
        The run of the command.
    configuration_from
        Whose firmware settings make the URL: those of the server at this time, milliseconds. For
        a command the time it ran [S]; for a device that starts by itself the time it loaded its
        own [S].
    """

    __slots__ = (
        "_found",
        "_is_held",
        "_is_partly_written",
        "_packages",
        "_proxy",
        "_rest",
        "is_bricked",
    )

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self.is_bricked = False
        self._found = NOT_CHECKED
        self._is_partly_written = False
        self._packages = PackageFetch((), 0, Detail.NONE)
        self._proxy: Proxy | None = None
        self._rest: WebDownload | None = None  # what a device without a proxy fetches itself
        self._is_held = False

    def told(self) -> tuple[Detail, int]:
        """Return what a log line of the present state tells beyond it: a detail, an amount."""
        state = self.state
        if state is State.CHECKING:
            return Detail.URL, self._address.url
        if state is State.NOTIFYING:
            return Detail.NONE, self.deferments_left
        if state is State.DEFERRED:
            return Detail.DEFERRED_FOR, self._due - int(self._world.env.now)
        if state is State.TRANSFER:
            return Detail.NONE, self._packages.next_size
        return Detail.NONE, self._packages.fetched if state in TELLS_BYTES else 0

    # What the server does with it

    def probed(self, *, answers: bool) -> None:
        """Go on after the server has looked for the device."""
        device = self.device
        if self._seen is not None:
            answers = self._find_as_told(answers=answers)
        self._set(Fact.SHOWN_ON, holds=device.shown_on)
        self._set(Fact.ANSWERS, holds=answers)
        self._set(Fact.OCCUPIED, holds=self._is_barred())
        self._begin(Event.PROBED)

    def start_by_device(self) -> None:
        """Go on without the server: the device itself starts."""
        self._set(Fact.OCCUPIED, holds=self._is_barred())
        self._begin(Event.DEVICE_STARTS)

    def _is_barred(self) -> bool:
        device = self.device
        return device.is_on and any(job.bars(self.order) for job in device.jobs)

    def _begin(self, event: Event) -> None:
        """Take the device, unless the table ends the job at once."""
        device, other = self.device, self.device.job
        if event is Event.DEVICE_STARTS or self.facts & Fact.ANSWERS:
            self._look_who_is_there()
        row = self._row(event)
        if row is None:
            return
        if row.action is not Action.END:
            if other is not None:
                other.give_way()
            device.engage(self)
        self._take(row, event)

    def _find_as_told(self, *, answers: bool) -> bool:
        """Find the device on or off as the log says; return whether it answers."""
        if self._is_next(*SPEAKS) and not answers:
            self.device.found_on()
            return True
        if self._is_next(*IS_OFF) and answers:
            self.device.found_off()
            return False
        return answers

    def bars(self, order: Order) -> bool:
        """Tell whether a second command would be rejected as busy.

        A delivery does not push aside an update whose user is asked or has deferred [A].
        """
        is_at_work = self.state in UPDATING or self.state is State.HALTING
        return is_at_work or (order.is_delivery and self.state in WAITING)

    def give_way(self) -> None:
        """Leave the device to a newer command; who waits is superseded, who is lost stays so."""
        self._set(Fact.WAS_OFF, holds=False)
        self._set(Fact.SHUTTING_DOWN, holds=False)
        if self.state in WAITING:
            self.step(Event.NEWER_COMMAND)

    def _wake(self) -> None:
        world, number = self._world, self.number
        self._arm_in(world.assumptions.wake_timeout, self._not_woken)
        if (
            world.is_wired[number]
            and world.wakes_at[world.site_of[number]]
            and world.network.line_is_back(number) == NOT_CUT
            and world.draws[Purpose.DEVICE_WAKES][self.order.draw][number]
        ):
            self.device.power_on()

    def _not_woken(self, _: SimPyEvent) -> None:
        if self._is_next(State.UNREACHED) and self.device.answers:
            self.device.found_off()
        self.step(Event.WAKE_TIMEOUT)

    # What happens to its power

    def contacted(self) -> None:
        """Hear the device report to the server, which it does when it has started."""
        if self.state in WAITS_FOR_CONTACT:
            self._disarm()
            if self.state is State.WAKING:
                self._look_who_is_there()
            self.step(Event.CONTACT)
        elif self.state is State.DEFERRED:
            self._disarm()
            self._start_deferment()

    def takes_shutdown(self) -> bool:
        """Let the update answer a user's shutdown; False if the device may just go off."""
        if self.state not in TAKES_SHUTDOWN:
            return False
        dies = not self._world.assumptions.shutdown_waits and self.state in UPDATING
        if self.denies(Event.POWER_LOST if dies else Event.SHUTDOWN):
            return True
        if not self._world.assumptions.shutdown_waits and self.state in UPDATING:
            self.lost_power()
            return False
        if self.state in {State.NOTIFYING, State.DEFERRED}:
            self._disarm()
        self.step(Event.SHUTDOWN)
        return True

    def lost_power(self) -> None:
        """Stop whatever the device was doing."""
        if self.state is State.WAKING:
            return
        if self.state is State.TRANSFER:
            self._packages.fetched += 0 if self._is_held else self._break_off()
            self._is_held = False
        self._disarm()
        if self.state is not State.OUT_OF_CONTACT:
            self.step(Event.POWER_LOST)
        if self.state is State.HALTED:
            self._finish()
        elif self._is_partly_written and self.state is State.OUT_OF_CONTACT:
            self.is_bricked = self._world.draws[Purpose.BRICKED][self.order.draw][self.number]

    def _wait_for_power(self) -> None:
        if self.state is State.DEFERRED and self._due == NEVER:
            self._due = int(self._world.env.now)

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
        self._ask_nobody_if_so_wished()
        self.step(Event.IDF_FETCHED)

    def _verify_idf(self) -> None:
        device, draw = self.number, self.order.draw
        self._packages = package_fetch(self._world, device, draw, self._found.plan)
        settings = self._address.settings
        if settings.proxy_type and self._world.proxies is not None and self.order.is_update:
            self._proxy = self._world.proxies.service_for(
                device, settings.proxy_type, settings.proxy or ""
            )
        if self._address.settings.check_idf_signature and not self.order.is_uefi:
            self._arm_in(self._world.assumptions.idf_signature_time, self._idf_verified)
        else:
            self._ask_for_connection(Event.IDF_VERIFIED)

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

    def _queue_for_connection(self) -> None:
        self._world.network.queue(self)

    def connected(self) -> None:
        """Take the free connection."""
        if not self._is_early(State.TRANSFER):
            self.step(Event.CONNECTED)

    def _fetch_packages(self) -> None:
        size = self._packages.next_size
        if size <= 0:
            if self._proxy is not None:
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
        self.step(Event.TRANSFER_ERROR, Detail.TRANSFER_FAILED)

    def transferred(self) -> None:
        """Go on: the bytes of this stretch are in, all of them or up to a fault."""
        if self._is_to_hold(whole=self._packages.comes_whole):
            self._hold()
            return
        whole = self._packages.take_in()
        if not whole:
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

    def _restart(self) -> None:
        if self.facts & Fact.SHUTTING_DOWN:
            self.step(Event.CONTACT)
            return
        time = self._world.draws[Purpose.RESTART_TIME][self.order.draw][self.number]
        self._arm_in(time, self._restarted)

    def _restarted(self, _: SimPyEvent) -> None:
        back = self._world.network.line_is_back(self.number)
        if back != NOT_CUT:
            self._arm(back, self._restarted)
            return
        device, starters = self.device, self._world.self_starters
        device.load_configuration()
        self.step(Event.CONTACT)
        if starters is not None and device.answers:
            starters.connected(self.number, has_started=False)

    # Kept to what a log tells

    def denies_loss(self) -> bool:
        """Tell whether the log says that the device does not lose its power now."""
        loses = self.state not in {State.WAKING, State.OUT_OF_CONTACT}
        return loses and self.denies(Event.POWER_LOST)

    def _is_to_hold(self, *, whole: bool) -> bool:
        """Tell whether the log says that the transfer did not end now, or not like this."""
        seen = self._seen
        if seen is None:
            return False
        if self._is_early(State.INSTALL):
            return True
        return seen.has_more and seen.tells(State.INSTALL) and (seen.state is State.FAILED) == whole

    def _hold(self) -> None:
        """Wait with the bytes that are in: the log says that the transfer took longer."""
        self._is_held = True
        if self._seen is not None and not self._seen.has_more:
            at = self._seen.until + 1
            Timer(self._world.env, at, EventRank.NETWORK, self.number + 1, self._is_let_go)

    def _is_let_go(self, _: SimPyEvent) -> None:
        if self.state is State.TRANSFER and self._is_held:
            self._is_held = False
            self._world.corrected += 1
            self.transferred()

    def _leave_for(self, to: State) -> None:
        if self.state in {State.SCHEDULED, State.PROBING} and to not in OUTCOMES:
            self._find_as_told(answers=self.device.answers)
            other = self.device.job
            if other is not None:
                other.give_way()
            self.device.engage(self)
        if to in SPEAKS and not self.device.answers:
            self.device.found_on()
        if self.state is State.NOTIFYING and to is State.DEFERRED:
            self._count_deferment()
        if self.state in {State.CHECKING, State.NOTIFYING} and to in AFTER_CHECK:
            self._found_as_told()
        if self.state is State.TRANSFER:
            self._end_transfer_as_told(to)
        if self.state is State.INSTALL and to is not State.FAILED:
            self._note_written()

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
        if not self._is_held:
            carried = self._break_off()
            if to is State.FAILED:
                self._packages.fetched += carried
        self._is_held, self._rest = False, None
        if to is not State.FAILED:
            self._packages.take_in()
            self._set(Fact.MORE_PACKAGES, holds=self._packages.has_more)
            self._note_delivered()

    # The end

    def _end(self) -> None:
        self._disarm()
        if self._is_partly_written and self.order.is_update:
            self._world.image_of[self.number] = UNKNOWN_IMAGE
        if self.state in HAS_EPILOGUE:
            if self._is_next(State.HALTING):
                self._set(Fact.WAS_OFF, holds=True)
            self.step(Event.OVER)
            if self.state is State.HALTING:
                return
        self._finish()

    def _switch_off(self) -> None:
        self._arm_in(self._world.assumptions.halt_time, self._switched_off)

    def _switched_off(self, _: SimPyEvent) -> None:
        self.step(Event.SWITCHED_OFF)
        self._go_off()

    def _go_off(self) -> None:
        self.device.halt()
        self._finish()

    def _finish(self) -> None:
        self._is_over = True
        self.device.release(self)
        self._world.job_over()

    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {
        **Asking.METHODS,
        Action.SEND_WAKE_UP: _wake,
        Action.FETCH_IDF: _fetch_idf,
        Action.VERIFY_IDF: _verify_idf,
        Action.QUEUE_FOR_CONNECTION: _queue_for_connection,
        Action.FETCH_PACKAGES: _fetch_packages,
        Action.VERIFY_PACKAGES: _verify_packages,
        Action.WRITE_PACKAGES: _write_packages,
        Action.RESTART: _restart,
        Action.WAIT_FOR_POWER: _wait_for_power,
        Action.END: _end,
        Action.SWITCH_OFF: _switch_off,
        Action.SERVE_CONSUMERS: _serve_consumers,
    }
