"""The power supply of one device: it fails and returns by luck, whatever the switch does."""

from __future__ import annotations

from fwsim.commands.notice import NEVER
from fwsim.model.event_rank import EventRank
from fwsim.model.purposes import Purpose
from fwsim.simulation.clock import Handler, Timer
from fwsim.simulation.world import World


class PowerSupply:
    """Whether a device has power, and when that changes.

    Parameters
    ----------
    world
        Its surroundings.
    number
        The device's index in the fleet.
    """

    __slots__ = ("_due", "_left", "_losses", "_number", "_timer", "_world", "is_there")

    def __init__(self, world: World, number: int) -> None:
        self._world = world
        self._number = number
        self.is_there = True
        self._losses = 0
        self._due = 0
        self._left = NEVER
        self._timer: Timer | None = None

    @property
    def _now(self) -> int:
        return int(self._world.env.now)

    def _wait(self, at: int, handler: Handler) -> None:
        self._timer = Timer(self._world.env, at, EventRank.POWER, self._number, handler)

    def watch(self, handler: Handler) -> None:
        """Wait for the next loss; time in which nobody watched does not count."""
        if not self.is_there:
            return  # its return is awaited already
        if self._left == NEVER:
            self._left = self._world.draws[Purpose.POWER_LOSS][self._losses][self._number]
        if self._left != NEVER:
            self._due = self._now + self._left
            self._wait(self._due, handler)

    def pause(self) -> None:
        """Watch no longer, and keep the time that is left until the next loss."""
        if self.is_there and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left = max(self._due - self._now, 0)

    def count_loss(self) -> None:
        """Count a loss whose time has come; the next one is drawn anew."""
        self._losses += 1
        self._left = NEVER

    def fail(self, handler: Handler) -> None:
        """Have no power from now on, and wait for its return."""
        self.is_there = False
        outage = self._world.draws[Purpose.OUTAGE][self._losses][self._number]
        self._wait(self._now + outage, handler)

    def restore(self) -> None:
        """Have power again; if that was awaited, it is no longer."""
        self.is_there = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
