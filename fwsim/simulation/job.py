"""One device under one Update command.

What happens is an event; the table says where it leads and what is done on the way; each action
has a method here. Decisions stand in the rulebook, luck in the draws, bytes in the network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
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
from fwsim.commands.told_states import (
    AFTER_CHECK,
    BEFORE_PLAN,
    BEFORE_TRANSFER,
    BROKEN,
    FETCHES_OR_WRITES,
    INSTALLED,
    IS_OFF,
    NEXT_PACKAGE,
    SPEAKS,
    WRITTEN_IN_PART,
)
from fwsim.model.order import NO_ASSIGNMENT, Order
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE
from fwsim.simulation.device import Device
from fwsim.simulation.seen import SeenJob
from fwsim.simulation.table_walk import TableWalk
from fwsim.simulation.updating import Updating

_NOT_WRITTEN = BEFORE_TRANSFER | FETCHES_OR_WRITES
_HAS_FETCHED = BROKEN | WRITTEN_IN_PART
_NOT_BEGUN = frozenset({State.SCHEDULED, State.ASSIGNED, State.PROBING})


class UpdateJob(Updating):
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

    __slots__ = ("has_given_way", "is_bricked")

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self.is_bricked = False
        self.has_given_way = False

    def told(self) -> tuple[Detail, int]:
        """Return what a log line of the present state tells beyond it: a detail, an amount."""
        state = self.state
        if state in TELLS_BYTES:
            return Detail.NONE, self._packages.fetched - self._packages.taken_up
        if state is State.CHECKING:
            return Detail.URL, self._address.url
        if state is State.NOTIFYING:
            return Detail.NONE, self.deferments_left
        if state is State.DEFERRED:
            return Detail.DEFERRED_FOR, self._due - int(self._world.env.now)
        if state is State.TRANSFER:
            return Detail.NONE, self._packages.next_size
        return Detail.NONE, 0

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
        before = self.device.broken
        is_own = before is not None and before.assignment == self.order.assignment
        if is_own and not self.facts & Fact.CHECK_FIRST:  # asked before the check: to any image
            self._agree_as_before(before)
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
        self.has_given_way = True
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
        is_heard = self._world.network.line_is_back(self.number) == NOT_CUT
        if self._is_next(State.UNREACHED) and self.device.answers and is_heard:
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

    def takes_shutdown(self, *, suspends: bool) -> bool:
        """Let the update answer a user's shutdown; False if the device may just go off.

        A deferment sleeps with the device and goes on when it resumes.
        """
        if self.state not in TAKES_SHUTDOWN:
            return False
        if suspends and self.state is State.DEFERRED:  # nothing comes of it that a log could deny
            self._disarm()
            return False
        is_restart = self.state is State.RESTART_PENDING  # the next start is what it waits for
        waits = self._world.assumptions.shutdown_waits and not is_restart
        dies = not waits and self.state in UPDATING
        if self.denies(Event.POWER_LOST if dies else Event.SHUTDOWN):
            return True
        if dies and self._told_end == int(self._world.env.now):
            self._set(Fact.SHUTTING_DOWN, holds=True)  # it is what has ended the notice
            return True
        if dies:
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
            self._packages.fetched += self._break_off()
            self._has_broken = True
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

    # The restart

    def _restart(self) -> None:
        if self.facts & Fact.SHUTTING_DOWN:
            self.step(Event.CONTACT)
            return
        time = self._world.draws[Purpose.RESTART_TIME][self.order.draw][self.number]
        self._arm_in(time, self._restarted)

    def _restarted(self, _: SimPyEvent) -> None:
        back = self._world.network.line_is_back(self.number)
        if back != NOT_CUT and not self._is_line_due():  # what the log tells was heard
            self._arm(back, self._restarted)
            return
        device, starters = self.device, self._world.self_starters
        device.load_at_start()
        self.step(Event.CONTACT)
        if starters is not None and device.answers:
            starters.connected(self.number, has_started=False)

    def _give_grace(self) -> None:
        self._arm_in(self.order.grace, lambda _: self.step(Event.GRACE_OVER))

    # Kept to what a log tells

    def denies_loss(self) -> bool:
        """Tell whether the log says that the device does not lose its power now."""
        loses = self.state not in {State.WAKING, State.OUT_OF_CONTACT}
        return loses and self.denies(Event.POWER_LOST)

    def _takes_as_told(self, seen: SeenJob) -> bool:
        row, starters = seen.row, self._world.self_starters
        if starters is not None:
            starters.take_as_told(self.number, self.order, 0)
        return seen.row != row

    def _leave_for(self, to: State) -> None:
        if self.state in _NOT_BEGUN and to not in OUTCOMES:
            self._find_as_told(answers=self.device.answers)
            other = self.device.job
            if other is not None:
                other.give_way()
            self.device.engage(self)
        if to in SPEAKS and not self.device.answers:
            self.device.found_on()
        self._ask_as_told(to)
        if self.state in _NOT_WRITTEN:
            self._update_as_told(to)

    def _update_as_told(self, to: State) -> None:
        """Find, fetch and write what a log says was found, fetched and written."""
        detail = self._seen.detail if self._seen is not None else Detail.NONE
        has_found = to in AFTER_CHECK or (to is State.FAILED and detail in _HAS_FETCHED)
        if self.state in BEFORE_PLAN and has_found:
            self._plan_as_told()
        self._fetch_as_told(to)
        if self.order.is_delivery:
            return
        if to is State.FAILED and detail in WRITTEN_IN_PART:
            self._is_partly_written = True
        if to in INSTALLED or (to in NEXT_PACKAGE and self.state in FETCHES_OR_WRITES):
            self._set(Fact.MORE_PACKAGES, holds=to in NEXT_PACKAGE)
            self._note_written()

    # The end

    def _end(self) -> None:
        self._disarm()
        starters = self._world.self_starters
        if self.order.assignment != NO_ASSIGNMENT and starters is not None:
            starters.attempt_over(self)
        if self._is_partly_written and self.order.is_update:
            self._world.image_of[self.number] = UNKNOWN_IMAGE
        if self.state in HAS_EPILOGUE:
            if self._is_next(State.HALTING, State.HALTED):
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
        **Updating.METHODS,
        Action.SEND_WAKE_UP: _wake,
        Action.RESTART: _restart,
        Action.GIVE_GRACE: _give_grace,
        Action.WAIT_FOR_POWER: _wait_for_power,
        Action.END: _end,
        Action.SWITCH_OFF: _switch_off,
    }


class UnseenJob(UpdateJob):
    """A job where there is no log to keep to: it walks the table without looking for one."""

    __slots__ = ()
    step = TableWalk.step
    _row = TableWalk._row  # noqa: SLF001 - its own, past those that look for a log
    _arm = TableWalk._arm  # noqa: SLF001 - its own
    _write_log = TableWalk._write_log  # noqa: SLF001 - its own


def job_on(device: Device, order: Order, configuration_from: int) -> UpdateJob:
    """Return the job of a device under a run of a command, kept to the log if there is one.

    Parameters
    ----------
    device
        The device the job is on.
    order
        The run of the command.
    configuration_from
        As for `UpdateJob`.
    """
    kind = UnseenJob if device.world.draws.past is None else UpdateJob
    return kind(device, order, configuration_from)
