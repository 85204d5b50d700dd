"""A device: its power, its contact with the server, and the job it has.

A device without a job costs nothing: its habits are looked up when a command asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simpy.events import Event

from fwsim.commands.notice import NEVER
from fwsim.simulation.clock import Moment, Timer
from fwsim.simulation.switch import Switching, switchings
from fwsim.simulation.world import World

if TYPE_CHECKING:
    from fwsim.simulation.job import UpdateJob


class Device:
    """One thin client.

    Parameters
    ----------
    world
        Its surroundings.
    number
        Its index in the fleet.
    """

    __slots__ = (
        "_boots",
        "_contact_timer",
        "_earlier",
        "_losses",
        "_next",
        "_power_timer",
        "_ready_at",
        "_shown_on",
        "_switch_timer",
        "_switchings",
        "deferments_used",
        "has_power",
        "is_on",
        "job",
        "notices",
        "number",
        "world",
    )

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.job: UpdateJob | None = None
        self._earlier: list[UpdateJob] = []  # out of contact when a newer command came
        self.is_on = False
        self.has_power = True
        self.notices = 0
        self.deferments_used: dict[int, int] = {}
        self._ready_at = NEVER
        self._shown_on = False
        self._boots = 0
        self._losses = 0
        self._switch_timer: Timer | None = None
        self._contact_timer: Timer | None = None
        self._power_timer: Timer | None = None
        windows = world.windows[world.power_of[number]]
        self._switchings: Iterator[Switching] = switchings(
            number, windows, world.draws, world.rollout.horizon
        )
        self._next = next(self._switchings, None)
        if self._next is not None and self._next.at == 0 and self._next.on:
            # It was on before the story began: no boot, and the server knows.
            self.is_on = self._shown_on = True
            self._ready_at = 0
            self._next = next(self._switchings, None)

    def catch_up(self) -> None:
        """Apply what the switch did while nobody watched; only for a device without a job."""
        now = int(self.world.env.now)
        while self._next is not None and self._next.at <= now:
            self._apply(self._next)
            self._next = next(self._switchings, None)

    def _apply(self, turn: Switching) -> None:
        if turn.on and not self.is_on and self.has_power:
            self._boot(turn.at)
        elif not turn.on and self.is_on:
            self._note_off(turn.at, reported=turn.reported)

    def _boot(self, at: int) -> None:
        self.is_on = True
        self._ready_at = at + self.world.draws.boot_time[self._boots][self.number]
        self._boots += 1

    def _note_off(self, at: int, *, reported: bool) -> None:
        self._shown_on = not reported and (self._shown_on or self._is_ready(at))
        self.is_on = False
        self._ready_at = NEVER

    def _is_ready(self, at: int) -> bool:
        return self.is_on and NEVER < self._ready_at <= at

    @property
    def answers(self) -> bool:
        """Whether the device is up and reachable."""
        return self._is_ready(int(self.world.env.now))

    @property
    def shown_on(self) -> bool:
        """Whether the console shows it as switched on, rightly or not."""
        return self._shown_on or self.answers

    # While it has a job, what happens to the device is an event on the clock.

    def engage(self, job: UpdateJob) -> None:
        """Give the device a job and watch its power from now on."""
        if self.job is not None:
            self._earlier.append(self.job)
            self.job = job
            return
        self.job = job
        self._watch_switch()
        self._watch_power()
        if self.is_on and not self.answers:
            self._watch_contact()

    def release(self, job: UpdateJob) -> None:
        """Take a job away; with the last one power is no longer watched."""
        if job is not self.job:
            if job in self._earlier:
                self._earlier.remove(job)
            return
        self.job = self._earlier.pop() if self._earlier else None
        if self.job is not None:
            return
        self._shown_on = self.shown_on
        for timer in (self._switch_timer, self._contact_timer, self._power_timer):
            if timer is not None:
                timer.cancel()
        self._switch_timer = self._contact_timer = self._power_timer = None

    def _timer(self, at: int, moment: Moment, handler: str) -> Timer:
        return Timer(self.world.env, at, moment, self.number, getattr(self, handler))

    def _watch_switch(self) -> None:
        if self._next is not None:
            self._switch_timer = self._timer(self._next.at, Moment.SWITCH, "_switched")

    def _watch_contact(self) -> None:
        self._contact_timer = self._timer(self._ready_at, Moment.CONTACT, "_contacts")

    def _watch_power(self) -> None:
        left = self.world.draws.power_loss[self._losses][self.number]
        if left != NEVER:
            self._power_timer = self._timer(
                int(self.world.env.now) + left, Moment.POWER, "_loses_power"
            )

    def _switched(self, _: Event) -> None:
        turn, self._next = self._next, next(self._switchings, None)
        self._watch_switch()
        if turn is None:
            return
        if turn.on:
            if not self.is_on:
                self.power_on()
        elif self.is_on and not self._job_takes_shutdown():
            self.power_off(reported=turn.reported)

    def _job_takes_shutdown(self) -> bool:
        return self.job is not None and self.answers and self.job.takes_shutdown()

    def power_on(self) -> None:
        """Switch the device on, by hand or by wake-up; it reports when it has started."""
        if not self.is_on and self.has_power:
            self._boot(int(self.world.env.now))
            self._watch_contact()

    def power_off(self, *, reported: bool = True) -> None:
        """Switch the device off in good order."""
        self._note_off(int(self.world.env.now), reported=reported)
        if self._contact_timer is not None:
            self._contact_timer.cancel()

    def _contacts(self, _: Event) -> None:
        self._shown_on = True
        for job in [*self._earlier, self.job]:
            if job is not None:
                job.contacted()

    def _loses_power(self, _: Event) -> None:
        self._losses += 1
        if self.is_on:
            self.lose_power()
        else:
            self._watch_power()

    def lose_power(self) -> None:
        """Cut the power; the server hears nothing of it."""
        self.power_off(reported=False)
        self.has_power = False
        back = self.world.draws.outage[self._losses][self.number]
        self._power_timer = self._timer(
            int(self.world.env.now) + back, Moment.POWER, "_gets_power_back"
        )
        for job in [*self._earlier, self.job]:
            if job is not None:
                job.lost_power()

    def _gets_power_back(self, _: Event) -> None:
        if any(job is not None and job.is_bricked for job in [*self._earlier, self.job]):
            return
        self.has_power = True
        self.power_on()
        self._watch_power()
