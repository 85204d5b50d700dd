"""One device under one Update command: walks the lifecycle table.

What happens is an event; the table says where it leads and what is done on the way; each action
has a method here. Decisions stand in the rulebook, luck in the draws, bytes in the network.
"""

from __future__ import annotations

from collections.abc import Callable

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE, FetchPlan
from fwsim.commands.lifecycle import (
    SILENT,
    TEXT_OF_STATE,
    UPDATING,
    Action,
    Event,
    Fact,
    State,
)
from fwsim.commands.lifecycle_table import transition
from fwsim.commands.notice import NEVER, allowed_deferments, buttons
from fwsim.commands.policies import DeferCounterScope, UnattendedPolicy
from fwsim.commands.transfer import point_of, transfer_stop, writing_time
from fwsim.simulation.clock import Handler, Moment, Timer
from fwsim.simulation.device import Device
from fwsim.simulation.order import Order
from fwsim.simulation.package_fetch import PackageFetch
from fwsim.simulation.user import picked_delay, reaction

_WAITING = frozenset({State.WAKING, State.NOTIFYING, State.DEFERRED})
_WAITS_FOR_CONTACT = frozenset({State.WAKING, State.REBOOT, State.OUT_OF_CONTACT})
_TAKES_SHUTDOWN = UPDATING | {State.NOTIFYING, State.DEFERRED, State.HALTING}
_TELLS_BYTES = frozenset({State.VERIFY_PACKAGES, State.INSTALL, State.REBOOT, State.FAILED})
_IS_SILENT = [state in SILENT for state in State]
_TEXT = [int(TEXT_OF_STATE[state]) for state in State]


class UpdateJob:
    """The walk of one device through one run of a command.

    Parameters
    ----------
    device
        Whose.
    order
        The run of the command.
    """

    __slots__ = (
        "_address",
        "_due",
        "_image",
        "_lost_in",
        "_packages",
        "_plan",
        "_timer",
        "_world",
        "device",
        "facts",
        "is_bricked",
        "order",
        "state",
    )

    def __init__(self, device: Device, order: Order) -> None:
        world = device.world
        self._world = world
        self.device = device
        self.order = order
        self.state = State.SCHEDULED
        self.facts = order.facts
        self.is_bricked = False
        self._address = world.rollout.address(device.number, order.run.at)
        self._image = NOWHERE
        self._plan: FetchPlan | None = None
        self._packages = PackageFetch((), 0, Detail.NONE)
        self._timer: Timer | None = None
        self._due = NEVER
        self._lost_in = Detail.NONE

    # Walking the table

    def step(self, event: Event, detail: Detail = Detail.NONE) -> None:
        """Take the transition for `event`, write the log, and do what the row says."""
        row = transition(self.state, event, self.facts)
        self.facts |= row.sets
        if row.to is not self.state:
            self.state = row.to
            if row.to is State.OUT_OF_CONTACT:
                self._lost_in = row.detail
            elif event is not Event.POWER_LOST and not _IS_SILENT[row.to]:
                self._write_log(detail or row.detail or self._lost_in)
        _METHODS[row.action](self)

    def _write_log(self, detail: Detail) -> None:
        world, state = self._world, self.state
        number = self.device.number
        amount = 0
        if state is State.CHECKING:
            detail, amount = Detail.URL, self._address.url
        elif state is State.NOTIFYING:
            amount = self.deferments_left
        elif state is State.DEFERRED:
            detail, amount = Detail.DEFERRED_FOR, self._due - int(world.env.now)
        elif state is State.TRANSFER:
            amount = self._packages.next_size
        elif state in _TELLS_BYTES:
            amount = self._packages.fetched
        world.log.write(int(world.env.now), number, self.order.number, state, detail, amount)
        if _TEXT[state]:
            world.text_of[number] = _TEXT[state]

    def _arm(self, at: int, handler: Handler, moment: Moment = Moment.DEVICE) -> None:
        self._timer = Timer(self._world.env, at, moment, self.device.number, handler)

    def _arm_in(self, delay: int, handler: Handler) -> None:
        self._arm(int(self._world.env.now) + delay, handler)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, fact: Fact, *, holds: bool) -> None:
        self.facts = self.facts | fact if holds else self.facts & ~fact

    # What the server does with it

    def probed(self, *, answers: bool) -> None:
        """Go on after the server has looked for the device."""
        device = self.device
        other = device.job
        self._set(Fact.SHOWN_ON, holds=device.shown_on)
        self._set(Fact.ANSWERS, holds=answers)
        self._set(Fact.OCCUPIED, holds=other is not None and other.is_busy)
        if not self.facts & Fact.CHECK_FIRST:
            self._ask_nobody_if_so_wished()
        row = transition(self.state, Event.PROBED, self.facts)
        if row.action is not Action.END:
            if other is not None:
                other.give_way()
            device.engage(self)
        self.step(Event.PROBED)

    @property
    def is_busy(self) -> bool:
        """Whether a second command would be rejected."""
        return self.state in UPDATING

    def give_way(self) -> None:
        """Leave the device to a newer command; who waits is superseded, who is lost stays so."""
        self._set(Fact.WAS_OFF, holds=False)
        if self.state in _WAITING:
            self.step(Event.NEWER_COMMAND)

    def _wake(self) -> None:
        world, number = self._world, self.device.number
        self._arm_in(world.assumptions.wake_timeout, self._not_woken)
        if (
            world.is_wired[number]
            and world.wakes_at[world.site_of[number]]
            and world.draws.device_wakes[self.order.number][number]
        ):
            self.device.power_on()

    def _not_woken(self, _: SimPyEvent) -> None:
        self.step(Event.WAKE_TIMEOUT)

    # What happens to its power

    def contacted(self) -> None:
        """The device has started and reports to the server."""
        if self.state in _WAITS_FOR_CONTACT:
            self._disarm()
            self.step(Event.CONTACT)
        elif self.state is State.DEFERRED:
            self._disarm()
            self._arm(max(self._due, int(self._world.env.now)), self._reminded)

    def takes_shutdown(self) -> bool:
        """Let the update answer a user's shutdown; False if the device may just go off."""
        if self.state not in _TAKES_SHUTDOWN:
            return False
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
        was_writing = self.state is State.INSTALL or self._packages.written > 0
        if self.state is State.TRANSFER:
            self._packages.fetched += self._world.network.abort(self)
        self._disarm()
        if self.state is not State.OUT_OF_CONTACT:
            self.step(Event.POWER_LOST)
        if self.state is State.HALTED:
            self._finish()
        elif was_writing and self.state is State.OUT_OF_CONTACT:
            self.is_bricked = self._world.draws.bricked[self.order.number][self.device.number]

    def _wait_for_power(self) -> None:
        if self.state is State.DEFERRED and self._due == NEVER:
            self._due = int(self._world.env.now)

    # The notice

    @property
    def deferments_left(self) -> int:
        """How often the user may still defer."""
        settings = self._address.settings
        allowed = allowed_deferments(
            bool(self.facts & Fact.INFORM), settings.deferments or 0, len(settings.delays or ())
        )
        return allowed - self.device.deferments_used.get(self._counter, 0)

    @property
    def _counter(self) -> int:
        """What deferments are counted under: this run of the command, or the image."""
        if self._world.assumptions.defer_counter_scope is DeferCounterScope.IDF:
            return -1 - self._address.url
        return self.order.number

    def _ask_nobody_if_so_wished(self) -> None:
        world = self._world
        if world.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG:
            presence = world.presence[world.people_of[self.device.number]]
            if not presence.holds(int(world.env.now)):
                self.facts |= Fact.CONSENTED

    def _open_notice(self) -> None:
        device, left = self.device, self.deferments_left
        self._set(Fact.DEFERMENT_LEFT, holds=left > 0)
        offered = buttons(
            inform=True, can_cancel=bool(self.facts & Fact.CAN_CANCEL), deferments_left=left
        )
        seconds = self.order.run.command.inform_user or 0
        end = reaction(self._world, device.number, device.notices, offered, seconds)
        device.notices += 1
        if end is not None:
            at, event = end
            self._arm(at, lambda _: self._notice_ends(event), Moment.USER)

    def _notice_ends(self, event: Event) -> None:
        if event is Event.CLICK_DEFER:
            self._due = int(self._world.env.now) + 1000 * self._picked_delay()
            used = self.device.deferments_used
            used[self._counter] = used.get(self._counter, 0) + 1
        self.step(event)

    def _picked_delay(self) -> int:
        world, device = self._world, self.device
        people = world.people[world.people_of[device.number]]
        chance = world.draws.delay_pick[device.notices - 1][device.number]
        return picked_delay(chance, self._address.settings.delays or (), dict(people.picks))

    def _start_deferment(self) -> None:
        self._arm(self._due, self._reminded)

    def _reminded(self, _: SimPyEvent) -> None:
        self._due = NEVER
        if not self.facts & Fact.CHECK_AGAIN:
            self._ask_nobody_if_so_wished()
        self.step(Event.DEFERMENT_OVER)

    # The update itself

    def _fetch_idf(self) -> None:
        self._arm_in(self._world.assumptions.idf_fetch_time, self._idf_fetched)

    def _idf_fetched(self, _: SimPyEvent) -> None:
        world, number = self._world, self.device.number
        served = world.rollout.served(self._address, int(world.env.now))
        if isinstance(served, Detail):
            self.step(Event.IDF_MISSING, served)
            return
        if world.draws.idf_fault[self.order.number][number]:
            self.step(Event.IDF_MISSING, Detail.IDF_NOT_AVAILABLE)
            return
        self._image = served
        modified, self._plan = world.plan(
            world.image_of[number], served,
            format_first=self.order.run.command.format_system_partition,
        )  # fmt: skip
        self._set(Fact.MODIFIED, holds=modified)
        self._ask_nobody_if_so_wished()
        self.step(Event.IDF_FETCHED)

    def _verify_idf(self) -> None:
        self._packages = self._packages_to_fetch()
        if self._address.settings.check_idf_signature:
            self._arm_in(self._world.assumptions.idf_signature_time, self._idf_verified)
        else:
            self._ask_for_connection(Event.IDF_VERIFIED)

    def _idf_verified(self, _: SimPyEvent) -> None:
        world = self._world
        fault = world.draws.idf_signature_fault[self.order.number][self.device.number]
        signed = world.rollout.images[self._image].signed
        self._set(Fact.IDF_SIGNATURE_BAD, holds=fault or not signed)
        self._ask_for_connection(Event.IDF_VERIFIED)

    def _ask_for_connection(self, event: Event) -> None:
        self._set(Fact.CONNECTION_FREE, holds=self._world.network.has_free_connection)
        self.step(event)

    # The network's view: see `fwsim.simulation.network.Download`

    @property
    def number(self) -> int:
        """Index of the device."""
        return self.device.number

    @property
    def waits_for_connection(self) -> bool:
        """Whether it still stands in the queue."""
        return self.state is State.QUEUEING

    def _queue_for_connection(self) -> None:
        self._world.network.queue(self)

    def connected(self) -> None:
        """Take the free connection."""
        self.step(Event.CONNECTED)

    def _packages_to_fetch(self) -> PackageFetch:
        """Return what is to be fetched, and where luck and space will stop it."""
        world, number, draw = self._world, self.device.number, self.order.number
        plan = self._plan
        if plan is None:
            raise RuntimeError("packages are fetched only after the image was compared")
        space = world.partitions(number).update
        self._set(Fact.UPDATE_PARTITION, holds=space > 0)
        broken_at, missing_at = NOWHERE, plan.missing_at
        if world.draws.transfer_fault[draw][number]:
            broken_at = point_of(plan.total, world.draws.transfer_fault_point[draw][number])
        if missing_at == NOWHERE and plan.sizes and world.draws.package_fault[draw][number]:
            missing_at = plan.total - plan.sizes[-1]
        stop, detail = transfer_stop(plan.total, missing_at, space or NOWHERE, broken_at)
        return PackageFetch((plan.total,) if space else plan.sizes, stop, detail)

    def _fetch_packages(self) -> None:
        size = self._packages.next_size
        if size > 0:
            self._world.network.start(self, size)
        else:
            self.transferred()

    def transferred(self) -> None:
        """Go on: the bytes of this stretch are in, all of them or up to a fault."""
        whole = self._packages.take_in()
        if not whole:
            self.step(Event.TRANSFER_ERROR, self._packages.detail)
            return
        self._set(Fact.MORE_PACKAGES, holds=self._packages.has_more)
        self.step(Event.PACKAGES_IN)

    def _verify_packages(self) -> None:
        self._arm_in(self._world.assumptions.package_check_time, self._packages_verified)

    def _packages_verified(self, _: SimPyEvent) -> None:
        world = self._world
        if self._address.settings.check_package_signatures:
            fault = world.draws.package_signature_fault[self.order.number][self.device.number]
            signed = world.rollout.images[self._image].packages_signed
            self._set(Fact.PACKAGE_SIGNATURE_BAD, holds=fault or not signed)
        self.step(Event.PACKAGES_VERIFIED)

    def _write_packages(self) -> None:
        world, number = self._world, self.device.number
        packages, a, draw = self._packages, world.assumptions, self.order.number
        size, handler = packages.unwritten, self._is_written
        if size > self._room():
            size, handler = max(self._room(), 0), self._partition_full
        elif not packages.has_more and world.draws.write_fault[draw][number]:
            size = point_of(size, world.draws.write_fault_point[draw][number])
            handler = self._installation_failed
        formats = self.order.run.command.format_system_partition and packages.written == 0
        factor = world.draws.install_factor[0][number]
        time = writing_time(size, a.install_rate, factor) + (a.format_time if formats else 0)
        self._arm_in(time, handler)

    def _room(self) -> int:
        """Return the bytes left on the system partition once old packages are gone."""
        plan = self._plan
        kept = plan.image_size - plan.total if plan is not None else 0
        system = self._world.partitions(self.device.number).system
        return system - kept - self._packages.written

    def _partition_full(self, _: SimPyEvent) -> None:
        self.step(Event.WRITE_ERROR, Detail.SYSTEM_PARTITION_FULL)

    def _installation_failed(self, _: SimPyEvent) -> None:
        self.step(Event.WRITE_ERROR, Detail.INSTALLATION_FAILED)

    def _is_written(self, _: SimPyEvent) -> None:
        self._packages.written = self._packages.fetched
        if not self.facts & Fact.MORE_PACKAGES:
            self._world.image_of[self.device.number] = self._image
        self._set(Fact.CONNECTION_FREE, holds=self._world.network.has_free_connection)
        self.step(Event.WRITTEN)

    def _restart(self) -> None:
        if self.facts & Fact.SHUTTING_DOWN:
            self.step(Event.CONTACT)
            return
        time = self._world.draws.restart_time[self.order.number][self.device.number]
        self._arm_in(time, self._restarted)

    def _restarted(self, _: SimPyEvent) -> None:
        self.step(Event.CONTACT)

    # The end

    def _end(self) -> None:
        self._disarm()
        if self.state in _HAS_EPILOGUE:
            self.step(Event.OVER)
            if self.state is State.HALTING:
                return
        self._finish()

    def _switch_off(self) -> None:
        self._arm_in(self._world.assumptions.halt_time, self._switched_off)

    def _switched_off(self, _: SimPyEvent) -> None:
        self.step(Event.SWITCHED_OFF)
        self.device.power_off()
        self._finish()

    def _finish(self) -> None:
        self.device.release(self)
        self._world.job_over()

    def _do_nothing(self) -> None:
        pass


_HAS_EPILOGUE = frozenset({State.SUCCESS, State.FAILED, State.NOT_NEEDED, State.CANCELLED})

_METHODS: list[Callable[[UpdateJob], None]] = [
    {
        Action.NOTHING: UpdateJob._do_nothing,
        Action.SEND_WAKE_UP: UpdateJob._wake,
        Action.FETCH_IDF: UpdateJob._fetch_idf,
        Action.OPEN_NOTICE: UpdateJob._open_notice,
        Action.START_DEFERMENT: UpdateJob._start_deferment,
        Action.VERIFY_IDF: UpdateJob._verify_idf,
        Action.QUEUE_FOR_CONNECTION: UpdateJob._queue_for_connection,
        Action.FETCH_PACKAGES: UpdateJob._fetch_packages,
        Action.VERIFY_PACKAGES: UpdateJob._verify_packages,
        Action.WRITE_PACKAGES: UpdateJob._write_packages,
        Action.RESTART: UpdateJob._restart,
        Action.WAIT_FOR_POWER: UpdateJob._wait_for_power,
        Action.END: UpdateJob._end,
        Action.SWITCH_OFF: UpdateJob._switch_off,
    }[action]
    for action in Action
]
