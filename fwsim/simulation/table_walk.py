"""Walking the lifecycle table: take a transition, write the log, do what the row says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from fwsim.commands.details import Detail
from fwsim.commands.lifecycle import SILENT, TEXT_OF_STATE, Action, Event, Fact, State, Transition
from fwsim.commands.lifecycle_table import transition
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order
from fwsim.simulation.clock import Handler, Timer
from fwsim.simulation.world import World

_IS_SILENT = [state in SILENT for state in State]
_TEXT = [int(TEXT_OF_STATE[state]) for state in State]


class TableWalk:
    """One device on its way through the table.

    Parameters
    ----------
    world
        The surroundings.
    number
        Index of the device.
    order
        The run of the command.
    """

    __slots__ = ("_lost_in", "_timer", "_world", "facts", "number", "order", "state")
    METHODS: ClassVar[dict[Action, Callable[[Any], None]]] = {}
    _by_action: ClassVar[list[Callable[[Any], None] | None]] = []

    def __init_subclass__(cls) -> None:
        # A list: an enum's hash costs as much as all else in a step.
        cls._by_action = [cls.METHODS.get(action) for action in Action]

    def __init__(self, world: World, number: int, order: Order) -> None:
        self._world = world
        self.number = number
        self.order = order
        self.state = State.SCHEDULED
        self.facts = order.facts
        self._timer: Timer | None = None
        self._lost_in = Detail.NONE

    def told(self) -> tuple[Detail, int]:
        """Return what a log line of the present state tells beyond it: a detail, an amount."""
        raise NotImplementedError

    def step(self, event: Event, detail: Detail = Detail.NONE) -> None:
        """Take the transition for `event`; `detail` is the reason where the row has none."""
        self._take(transition(self.state, event, self.facts), event, detail)

    def _row(self, event: Event) -> Transition | None:
        """Return the row that applies; None if a log denies it."""
        return transition(self.state, event, self.facts)

    def _take(self, row: Transition, event: Event, detail: Detail = Detail.NONE) -> None:
        """Take a transition."""
        self.facts |= row.sets
        to = row.to
        if to is not self.state:
            self.state = to
            if to is State.OUT_OF_CONTACT:
                self._lost_in = row.detail
            elif event is not Event.POWER_LOST and not _IS_SILENT[to]:
                self._write_log(detail or row.detail or self._lost_in)
                self._lost_in = Detail.NONE
        method = self._by_action[row.action]
        if method is not None:
            method(self)

    def _write_log(self, reason: Detail) -> None:
        detail, amount = self.told()
        self._put_line(reason or detail, amount)

    def _put_line(self, detail: Detail, amount: int) -> None:
        world, order, state = self._world, self.order, self.state
        world.log.write(int(world.env.now), self.number, order.number, state, detail, amount)
        text = _TEXT[state]
        if text and order.is_update:
            world.text_of[self.number] = text

    def _arm(self, at: int, handler: Handler, moment: EventRank = EventRank.DEVICE) -> None:
        self._timer = Timer(self._world.env, at, moment, self.number, handler)

    def _arm_in(self, delay: int, handler: Handler) -> None:
        self._arm(int(self._world.env.now) + delay, handler)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, fact: Fact, *, holds: bool) -> None:
        self.facts = self.facts | fact if holds else self.facts & ~fact
