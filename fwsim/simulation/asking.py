"""The part of a job that deals with the user: the notice and its deferments."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, ClassVar

from simpy.events import Event as SimPyEvent

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import Action, Event, Fact, State
from fwsim.commands.notice import (
    NEVER,
    allowed_deferments,
    buttons,
    chance_beyond,
    picked_place,
    silence_ends_at,
)
from fwsim.commands.policies import DeferCounterScope, UnattendedPolicy
from fwsim.commands.told_states import AGREED, NEXT_PACKAGE
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order
from fwsim.model.purposes import Purpose
from fwsim.simulation.device import Device
from fwsim.simulation.seen import SeenJob, SeenWalk
from fwsim.simulation.user import delay_of, reaction

NONE_LONGER = -1
_BUTTON = {Event.CLICK_DEFER: Fact.DEFERMENT_LEFT, Event.CLICK_CANCEL: Fact.CAN_CANCEL}


class Asking(SeenWalk):
    """A walk through the table on which somebody may be asked.

    Parameters
    ----------
    device
        The device whose user is asked.
    order
        The run of the command.
    configuration_from
        Whose firmware settings make the URL: those of the server at this time, milliseconds.
    """

    __slots__ = (
        "_address",
        "_deferments_used",
        "_due",
        "_has_agreed",
        "_reminder",
        "_told_end",
        "device",
    )

    def __init__(self, device: Device, order: Order, configuration_from: int) -> None:
        super().__init__(device.world, device.number, order)
        self.device = device
        self._address = device.world.rollout.configuration.address(
            device.number, configuration_from, for_uefi=order.is_uefi
        )
        self._due = self._told_end = NEVER
        self._has_agreed = False
        self._reminder: tuple[int, tuple[int, ...]] = (0, ())  # until a notice comes up
        by_image = device.world.assumptions.defer_counter_scope is DeferCounterScope.IDF
        self._deferments_used = device.deferments_used if by_image else {}

    def _look_up_reminder(self) -> None:
        """Note what a notice offers; what the device loads while it is open does not change it."""
        self._reminder = self.order.reminder or self.device.settings.reminder

    def offer_deferments(self) -> int:
        """Have a notice that comes up offer what holds now; return how often users may defer."""
        self._look_up_reminder()
        deferments, delays = self._reminder
        allowed = allowed_deferments(bool(self.facts & Fact.INFORM), deferments, len(delays))
        return max(0, allowed - self._deferments_used.get(self._counter, 0))

    @property
    def _counter(self) -> Hashable:
        """What deferments are counted under."""
        return self._address.container, self._address.image_file

    def _look_who_is_there(self) -> None:
        """See whether anybody is to be asked, where the notice comes before the check."""
        if not self.facts & Fact.CHECK_FIRST:
            self._ask_nobody_if_so_wished()

    def _ask_nobody_if_so_wished(self) -> None:
        world = self._world
        if NEVER < self.order.force_at <= int(world.env.now):
            self.facts |= Fact.CONSENTED
        if world.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG:
            presence = world.presence[world.presence_of[self.number]]
            if not presence.holds(int(world.env.now)):
                self.facts |= Fact.CONSENTED

    def _open_notice(self) -> None:
        device, left = self.device, self.offer_deferments()
        self._set(Fact.DEFERMENT_LEFT, holds=left > 0)
        offered = buttons(
            inform=True, can_cancel=bool(self.facts & Fact.CAN_CANCEL), deferments_left=left
        )
        end = reaction(self._world, device.number, device.notices, offered, self.order.seconds)
        device.notices += 1
        force_at = self.order.force_at
        if force_at != NEVER and (end is None or force_at < end[0]):
            end = force_at, Event.START_ANYWAY
        by_itself = end
        if self._seen is not None:
            end = self._end_as_told(self._seen, end)
        if end is not None:
            at, event = end
            self._told_end = NEVER if end == by_itself else at
            moment = EventRank.USER
            if end != by_itself and event is Event.CLICK_NOW:  # only if nothing else ends it then
                moment = EventRank.CUT_SHORT
            arm = self._arm if self._seen is None or not self._seen.has_more else self._arm_at
            arm(at, lambda _: self._notice_ends(event), moment)

    def _end_as_told(
        self, seen: SeenJob, end: tuple[int, Event] | None
    ) -> tuple[int, Event] | None:
        """Return how the log says that the notice ends; `end` where it does not tell."""
        if not seen.has_more:
            return self._end_after_log(seen, end)
        if seen.state is State.DEFERRED:
            return self._click_as_told(seen, Event.CLICK_DEFER)
        if self._asks_again(seen):
            return self._end_before_next(seen, end)
        if not seen.tells(State.VERIFY_IDF):
            return self._end_before(seen, end)
        if seen.state is State.CANCELLED:
            return self._click_as_told(seen, Event.CLICK_CANCEL)
        agrees = end is not None and end[0] == seen.at and end[1] not in _BUTTON
        event = end[1] if end is not None and agrees else self._start_at(seen.at)
        return seen.at, event

    def _end_after_log(
        self, seen: SeenJob, end: tuple[int, Event] | None
    ) -> tuple[int, Event] | None:
        """Return how a notice ends of which the log tells no click that it would have told."""
        told = {Event.CLICK_DEFER: State.DEFERRED, Event.CLICK_CANCEL: State.CANCELLED}
        if end is None or end[1] not in told or not seen.tells(told[end[1]]):
            return end
        if seen.tells_end_of(self.state, self.facts):  # whatever ends it comes later
            return end
        return self._after_log(seen, end[0]), end[1]

    def _click_as_told(self, seen: SeenJob, event: Event) -> tuple[int, Event]:
        self._set(_BUTTON[event], holds=True)  # whatever the belief, the button was there
        return seen.at, event

    def _end_before_next(
        self, seen: SeenJob, end: tuple[int, Event] | None
    ) -> tuple[int, Event] | None:
        """Return how the notice ends that another one follows: deferred, or with the power."""
        if seen.tells(State.DEFERRED):
            return None
        self._set(Fact.DEFERMENT_LEFT, holds=True)
        return seen.at if end is None else min(end[0], seen.at), Event.CLICK_DEFER

    def _end_before(self, seen: SeenJob, end: tuple[int, Event] | None) -> tuple[int, Event] | None:
        """Return how the notice ends of which the log tells only what came some time after."""
        at = seen.at if end is None else min(end[0], seen.at)
        event = None if end is None or end[0] > at else end[1]
        if event is Event.CLICK_DEFER and at < seen.at and not seen.tells(State.DEFERRED):
            return end
        if seen.state is State.CANCELLED:
            return self._click_as_told(seen, Event.CLICK_CANCEL)
        agrees = seen.state in AGREED and seen.detail is not Detail.DEFERMENT_LOST
        if seen.state is State.CHECKING or not agrees:
            return seen.at, self._start_at(seen.at)
        if seen.state in NEXT_PACKAGE:
            at = self._agreed_by(seen.at)
        elif event is not None and event not in _BUTTON:
            return end
        return at, self._start_at(at)

    def _asks_again(self, seen: SeenJob) -> bool:
        """Tell whether the next line is of another notice, or of the check before it."""
        is_check_first = bool(self.facts & Fact.CHECK_FIRST)
        return seen.state is State.NOTIFYING or (seen.state is State.CHECKING and is_check_first)

    def _agreed_by(self, told: int) -> int:
        """Return when the notice ended by a log that tells when the device was to fetch."""
        now = int(self._world.env.now)
        checks = self._address.settings.check_idf_signature and not self.order.is_uefi
        if checks and self.facts & Fact.CHECK_FIRST:
            told -= self._world.assumptions.idf_signature_time
        ends = silence_ends_at(now, self.order.seconds), self.order.force_at
        return max(min([told, *(end for end in ends if end != NEVER)]), now)

    def _start_at(self, told: int) -> Event:
        """Return what starts the update at a moment that the log tells."""
        if told == silence_ends_at(int(self._world.env.now), self.order.seconds):
            return Event.SECONDS_ELAPSED
        return Event.START_ANYWAY if told == self.order.force_at else Event.CLICK_NOW

    def _notice_ends(self, event: Event) -> None:
        if event is Event.CLICK_DEFER:
            self._defer()
        elif event in {Event.CLICK_NOW, Event.SECONDS_ELAPSED}:
            self._has_agreed = True
        self.step(event)

    def _defer(self) -> None:
        """Let the user pick a delay."""
        device = self.device
        draw = max(device.notices - 1, 0)  # a log may tell it of a notice that was not seen
        delays = self._reminder[1]  # none where only a log says that it happens
        delay = delay_of(self._world, device.number, draw, delays) if delays else 0
        self._due = int(self._world.env.now) + 1000 * delay
        used = self._deferments_used
        used[self._counter] = used.get(self._counter, 0) + 1

    def _ask_as_told(self, to: State) -> None:
        """Have nobody agreed who is asked or defers by the log; count the deferment."""
        if to in {State.NOTIFYING, State.DEFERRED}:
            self._set(Fact.CONSENTED, holds=False)
            self._has_agreed = False
        if to is State.DEFERRED:
            if self.state is not State.NOTIFYING:
                self._look_up_reminder()
            self._defer()

    def _defer_as_told(self, seen: SeenJob) -> None:
        """Take over the delay that the log tells; else none that would be over by its end."""
        now, delays = int(self._world.env.now), self._reminder[1]
        if seen.amount >= 0:
            self._due = now + seen.amount
        elif seen.is_last and self._due <= seen.until:
            longer = (n for n, delay in enumerate(delays) if now + 1000 * delay > seen.until)
            first = next(longer, NONE_LONGER)
            if first != NONE_LONGER:
                chance = self._world.draws[Purpose.OVERDUE][self.order.draw][self.number]
                edges = self._world.delay_edges(self._world.people_of[self.number], delays)
                luck = chance_beyond(first, chance, len(delays), edges)
                place = max(picked_place(luck, len(delays), edges), first)
                self._due = now + 1000 * delays[place]

    def _start_deferment(self) -> None:
        """Wait for the end of the deferment, which may have passed while the device was off."""
        now, force_at = int(self._world.env.now), self.order.force_at
        if NEVER < force_at <= max(self._due, now):
            self._arm(max(force_at, now), lambda _: self.step(Event.START_ANYWAY))
        else:
            self._arm(max(self._due, now), self._reminded)

    def _reminded(self, _: SimPyEvent) -> None:
        self._due = NEVER
        if not self.facts & Fact.CHECK_AGAIN:
            self._ask_nobody_if_so_wished()
        self.step(Event.DEFERMENT_OVER)

    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {
        Action.OPEN_NOTICE: _open_notice,
        Action.START_DEFERMENT: _start_deferment,
    }
