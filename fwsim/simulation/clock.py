"""Timers on the SimPy clock, ranked as `fwsim.model.event_rank` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy
from simpy.events import Event

from fwsim.model.event_rank import KINDS_APART, EventRank

Handler = Callable[[Event], Any]


_FIRST = 2  # SimPy keeps 0 and 1 for its own urgent and normal events
_RANK = [_FIRST + moment * KINDS_APART for moment in EventRank]


class Timer(Event):
    """A SimPy event at a given time, ranked by `EventRank` and index among its equals.

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
        moment: EventRank,
        index: int,
        handler: Handler | None = None,
    ) -> None:
        # Event.__init__ is spelled out: a rollout makes millions of these.
        self.env = env
        self.callbacks = [] if handler is None else [handler]
        self._value = None
        self._ok = True
        priority: Any = _RANK[moment] + index  # to name its type is a call, too
        env.schedule(self, priority, at - env.now)

    def cancel(self) -> None:
        """Make the timer do nothing; it stays in SimPy's queue until its time."""
        if self.callbacks:
            self.callbacks.clear()
