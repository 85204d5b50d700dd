"""The part of a job that deals with the user: the notice and its deferments."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.lifecycle import Action, Event, Fact
from fwsim.commands.notice import NEVER, allowed_deferments, buttons
from fwsim.commands.policies import DeferCounterScope, UnattendedPolicy
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order
from fwsim.simulation.device import Device
from fwsim.simulation.table_walk import TableWalk
from fwsim.simulation.user import delay_of, reaction


class Asking(TableWalk):
    """A walk through the table on which somebody may be asked.

    Parameters
    ----------
    device
        The device whose user is asked.
    order
        The run of the command.
    configuration_from
        Whose firmware settings hold: those of the server at this time, milliseconds.
    """

    __slots__ = ("_address", "_due", "_reminder", "device")

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device.world, device.number, order)
        self.device = device
        self._address = device.world.rollout.configuration.address(
            device.number, configuration_from, for_uefi=order.is_uefi
        )
        self._due = NEVER
        self._reminder = order.reminder or self._address.reminder

    @property
    def deferments_left(self) -> int:
        """How often the user may still defer."""
        deferments, delays = self._reminder
        allowed = allowed_deferments(bool(self.facts & Fact.INFORM), deferments, len(delays))
        return max(0, allowed - self.device.deferments_used.get(self._counter, 0))

    @property
    def _counter(self) -> Hashable:
        """What deferments are counted under: this run of the command, or the image."""
        if self._world.assumptions.defer_counter_scope is DeferCounterScope.IDF:
            return self._address.container, self._address.image_file
        return self.order.number

    def _look_who_is_there(self) -> None:
        """See whether anybody is to be asked, where the notice comes before the check."""
        if not self.facts & Fact.CHECK_FIRST:
            self._ask_nobody_if_so_wished()

    def _ask_nobody_if_so_wished(self) -> None:
        world = self._world
        if world.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG:
            presence = world.presence[world.presence_of[self.number]]
            if not presence.holds(int(world.env.now)):
                self.facts |= Fact.CONSENTED

    def _open_notice(self) -> None:
        device, left = self.device, self.deferments_left
        self._set(Fact.DEFERMENT_LEFT, holds=left > 0)
        offered = buttons(
            inform=True, can_cancel=bool(self.facts & Fact.CAN_CANCEL), deferments_left=left
        )
        end = reaction(self._world, device.number, device.notices, offered, self.order.seconds)
        device.notices += 1
        if end is not None:
            at, event = end
            self._arm(at, lambda _: self._notice_ends(event), EventRank.USER)

    def _notice_ends(self, event: Event) -> None:
        if event is Event.CLICK_DEFER:
            device = self.device
            delay = delay_of(self._world, device.number, device.notices - 1, self._reminder[1])
            self._due = int(self._world.env.now) + 1000 * delay
            used = device.deferments_used
            used[self._counter] = used.get(self._counter, 0) + 1
        self.step(event)

    def _start_deferment(self) -> None:
        self._arm(self._due, self._reminded)

    def _reminded(self, _: SimPyEvent) -> None:
        self._due = NEVER
        if not self.facts & Fact.CHECK_AGAIN:
            self._ask_nobody_if_so_wished()
        self.step(Event.DEFERMENT_OVER)

    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {
        Action.OPEN_NOTICE: _open_notice,
        Action.START_DEFERMENT: _start_deferment,
    }
