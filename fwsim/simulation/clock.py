"""Moments on the SimPy clock, and the written rule for those that coincide.

Time is a whole number of milliseconds. Of events at the same millisecond the kind decides, in
the order of `Moment`, then the index (of the device, the worker or the command). What an event
sets off at the same instant is worked through before the next event.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import simpy
from simpy.events import Event, EventPriority

Handler = Callable[[Event], Any]


class Moment(IntEnum):
    """Kinds of events, in the order in which they are handled at the same millisecond."""

    CAPACITY = 0
    POWER = 1
    SWITCH = 2
    CONTACT = 3
    NETWORK = 4
    DEVICE = 5
    USER = 6
    COMMAND = 7
    DISPATCH = 8
    METER = 9
    HORIZON = 10


_KINDS_APART = 1 << 40
_FIRST = 2  # SimPy keeps 0 and 1 for its own urgent and normal events


class Timer(Event):
    """A SimPy event at a given time, ranked by `Moment` and index among its equals.

    Parameters
    ----------
    env
        Any SimPy environment.
    at
        Milliseconds on its clock, not before now.
    moment, index
        Rank among events at the same millisecond.
    handler
        Called with the timer when the time has come; none for a process that yields the timer.
    """

    def __init__(
        self,
        env: simpy.Environment,
        at: int,
        moment: Moment,
        index: int,
        handler: Handler | None = None,
    ) -> None:
        # Event.__init__ is spelled out: a rollout makes millions of these.
        self.env = env
        self.callbacks = [] if handler is None else [handler]
        self._value = None
        self._ok = True
        priority = EventPriority(_FIRST + moment * _KINDS_APART + index)
        env.schedule(self, priority, at - env.now)

    def cancel(self) -> None:
        """Make the timer do nothing; it stays in SimPy's queue until its time."""
        if self.callbacks:
            self.callbacks.clear()
