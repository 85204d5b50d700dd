"""How a device takes a command, or is too busy for it."""

from __future__ import annotations

from typing import cast

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import UPDATING, WAITING, Action, Event, Fact, State
from fwsim.commands.told_states import IS_OFF, SPEAKS
from fwsim.model.order import Order
from fwsim.simulation.device import Device
from fwsim.simulation.roles import Job
from fwsim.simulation.updating import Updating


class Accepting(Updating):
    """A walk that begins when its command comes to the device, and ends what waited there.

    Parameters
    ----------
    device
        The device the job is on.
    order
        The run of the command.
    configuration_from
        As for `fwsim.simulation.job.UpdateJob`.
    """

    __slots__ = ("has_given_way",)

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device, order, configuration_from)
        self.has_given_way = False

    @property
    def _as_job(self) -> Job:
        return cast("Job", self)  # the rest of one is in `fwsim.simulation.job`

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
        if device.job is None or not device.is_on:
            return False
        others = (job for job in device.jobs if job is not self._as_job)
        return any(job.bars(self.order) for job in others)

    def _begin(self, event: Event) -> None:
        """Take the device, unless the table ends the job at once."""
        if event is Event.DEVICE_STARTS or self.facts & Fact.ANSWERS:
            self._look_who_is_there()
        row = self._row(event)
        if row is None:
            return
        if row.action is not Action.END:
            self._push_aside(row.to)
            self.device.engage(self._as_job)
        self._take(row, event)

    def _arrive(self) -> None:
        """Come to the device that was to be woken, unless it has become too busy meanwhile."""
        self._look_who_is_there()
        self._set(Fact.OCCUPIED, holds=self._is_barred())
        row = self._row(Event.CONTACT)
        if row is None:
            self._put_off(Event.CONTACT)
            return
        if row.action is not Action.END:
            self._push_aside(row.to)
        self._take(row, Event.CONTACT)

    def _come_again(self, event: Event, detail: Detail) -> None:
        if self.state is State.WAKING and event is Event.CONTACT:
            self._arrive()
        else:
            super()._come_again(event, detail)

    def _push_aside(self, to: State) -> None:
        """Let what is on the device give way: a wake-up call, where this is only another."""
        has_come = to is not State.WAKING
        for job in self.device.jobs:
            if job is not self._as_job and (has_come or job.state is State.WAKING):
                job.give_way()
        if has_come:
            self.device.forget_broken(self.order.assignment)

    def _find_as_told(self, *, answers: bool) -> bool:
        """Find the device on or off as the log says; return whether it answers."""
        if self._is_next(*SPEAKS) and not answers:
            self.device.found_on()
            return True
        if self._is_next(*IS_OFF) and answers:
            if self._seen is None or self._seen.detail is not Detail.BUSY_AND_SILENT:
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
