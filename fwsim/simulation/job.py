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
    NEXT_PACKAGE,
    SPEAKS,
    WRITTEN_IN_PART,
)
from fwsim.model.order import NO_ASSIGNMENT, Order
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.model.rollout import UNKNOWN_IMAGE
from fwsim.simulation.acceptance import Accepting
from fwsim.simulation.device import Device
from fwsim.simulation.seen import SeenJob
from fwsim.simulation.table_walk import TableWalk

_NOT_WRITTEN = BEFORE_TRANSFER | FETCHES_OR_WRITES
_HAS_FETCHED = BROKEN | WRITTEN_IN_PART
_NOT_BEGUN = frozenset({State.SCHEDULED, State.ASSIGNED, State.PROBING})


class UpdateJob(Accepting):
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

    __slots__ = ("_is_on_unheard", "is_bricked")

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self.is_bricked = False
        self._is_on_unheard = False  # behind a line that was cut, when it was to be woken

    def told(self) -> tuple[Detail, int]:
        """Return what a log line of the present state tells beyond it: a detail, an amount."""
        state = self.state
        if state in TELLS_BYTES:
            return Detail.NONE, self._packages.fetched - self._packages.taken_up
        if state is State.CHECKING:
            return Detail.URL, self._address.url
        if state is State.NOTIFYING:
            return Detail.NONE, self.offer_deferments()
        if state is State.DEFERRED:
            return Detail.DEFERRED_FOR, self._due - int(self._world.env.now)
        if state is State.TRANSFER:
            return Detail.NONE, self._packages.next_size
        return Detail.NONE, 0

    # What the server does with it, beside handing it over

    def _wake(self) -> None:
        world, number = self._world, self.number
        self._is_on_unheard = self.device.answers
        self._arm_in(world.assumptions.wake_timeout, self._not_woken)
        if (
            world.is_wired[number]
            and world.wakes_at[world.site_of[number]]
            and world.network.line_is_back(number) == NOT_CUT
            and world.draws[Purpose.DEVICE_WAKES][self.order.draw][number]
        ):
            self.device.power_on()

    def _not_woken(self, _: SimPyEvent) -> None:
        # Who has been on all the while reports nothing; whoever has started since would have.
        is_heard = self._world.network.line_is_back(self.number) == NOT_CUT
        would_be_reached = self.device.answers and is_heard and not self._is_on_unheard
        if self._is_next(State.UNREACHED) and would_be_reached:
            self.device.found_off()
        self.step(Event.WAKE_TIMEOUT)

    # What happens to its power

    def contacted(self, *, has_started: bool) -> None:
        """Hear the device report to the server: it has started, or resumed."""
        if self.state not in WAITS_FOR_CONTACT and self.state is not State.DEFERRED:
            return
        self._disarm()
        if self.state is State.DEFERRED:
            self._start_deferment()
        elif self.state is State.WAKING:
            self._arrive()
        elif self.state is State.RESTART_PENDING and not has_started:
            self._await_end_of_grace()
        else:
            if self.device.is_being_woken:  # the newer command comes with this contact
                self.give_way()
            self.step(Event.CONTACT)

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
            starters.connected(self.number, has_started=True)

    def _give_grace(self) -> None:
        self._due = int(self._world.env.now) + self.order.grace
        self._await_end_of_grace()

    def _await_end_of_grace(self) -> None:
        """Wait for the restart, which may have been due while the device slept."""
        at = max(self._due, int(self._world.env.now))
        self._arm(at, lambda _: self.step(Event.GRACE_OVER))

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
            self._push_aside(to)
            self.device.engage(self)
        elif self.state is State.WAKING and to in SPEAKS:
            self._push_aside(to)
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
        **Accepting.METHODS,
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
