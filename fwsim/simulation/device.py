"""A device: its power, its contact with the server, and the job it has.

A device without a job costs nothing: its habits are looked up when a command asks for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from simpy.events import Event

from fwsim.commands.dispatch import is_shown_on
from fwsim.commands.firmware import FirmwareSettings
from fwsim.commands.image import Package
from fwsim.commands.lifecycle import State
from fwsim.commands.notice import NEVER
from fwsim.model.event_rank import EventRank
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.simulation.broken_transfer import BrokenTransfer
from fwsim.simulation.clock import Timer
from fwsim.simulation.power_supply import PowerSupply
from fwsim.simulation.proxy_requests import Proxy
from fwsim.simulation.roles import Job
from fwsim.simulation.switch import Switching, switchings
from fwsim.simulation.world import World


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
        "_certified_at",
        "_contact_timer",
        "_earlier",
        "_goes_unheard",
        "_is_resuming",
        "_loaded_at",
        "_next",
        "_off_at",
        "_ready_at",
        "_restarts",
        "_shown_on",
        "_sleeps",
        "_starts_by_itself",
        "_supply",
        "_switch_timer",
        "_switchings",
        "broken",
        "deferments_used",
        "is_on",
        "is_suspended",
        "job",
        "notices",
        "number",
        "provides",
        "world",
    )

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.job: Job | None = None
        self.provides: Proxy | None = None
        self.broken: BrokenTransfer | None = None  # to be taken up by its assignment's next try
        self._earlier: list[Job] = []  # out of contact, or waiting, when a newer command came
        self.is_on = False
        self.is_suspended = False
        self._supply = PowerSupply(world, number)
        self.notices = 0
        self.deferments_used: dict[Hashable, int] = {}
        self._ready_at = NEVER
        self._loaded_at = self._certified_at = 0
        self._off_at = 0
        self._shown_on = False
        self._is_resuming = False
        self._restarts = False
        self._sleeps = self._goes_unheard = False
        self._starts_by_itself = False
        self._boots = 0
        self._switch_timer: Timer | None = None
        self._contact_timer: Timer | None = None
        windows = world.windows[world.windows_of[number]]
        self._switchings: Iterator[Switching] = switchings(
            number,
            windows,
            world.windows_ended[world.windows_of[number]],
            world.draws,
            world.rollout.horizon,
            reports=not world.is_vpn[number],
        )
        self._next = next(self._switchings, None)
        if self._next is not None and self._next.at <= 0 and not self._next.on:
            self._shown_on, self._off_at = not self._next.reported, self._next.at
            self.is_suspended = self._next.suspends
            self._next = next(self._switchings, None)
        if self._next is not None and self._next.at == 0 and self._next.on:
            # It was on before the story began: no boot, and the server knows.
            self.is_on = self._shown_on = True
            self._ready_at = 0
            self._next = next(self._switchings, None)

    @property
    def _now(self) -> int:
        return int(self.world.env.now)

    def catch_up(self) -> None:
        """Apply what the switch did while nobody watched; only for a device not watched."""
        if self._is_watched:
            return
        now = self._now
        while self._next is not None and self._next.at <= now:
            self._apply(self._next)
            self._next = next(self._switchings, None)

    def _apply(self, turn: Switching) -> None:
        if turn.on and not self.is_on and self._supply.is_there:
            self._boot(turn.at)
        elif not turn.on and self.is_on:
            self._note_off(turn.at, reported=turn.reported)
            self.is_suspended = turn.suspends
        self._restarts = turn.on

    def _boot(self, at: int) -> None:
        self.is_on, self._restarts, self._goes_unheard = True, False, False
        self._is_resuming = self._sleeps = self.is_suspended
        self.is_suspended = False
        if self._is_resuming:
            self._ready_at = at + self.world.assumptions.resume_time
            return
        self._ready_at = at + self.world.draws[Purpose.BOOT_TIME][self._boots][self.number]
        self._boots += 1

    def _note_off(self, at: int, *, reported: bool) -> None:
        was_ready = self._is_ready(at)
        if was_ready:
            self._loaded_at = self.configuration_from
            self._certified_at = self.certificates_from
        self._shown_on = not reported and (self._shown_on or was_ready)
        self.is_on = False
        self._ready_at = NEVER
        self._off_at = at
        if self.provides is not None:
            service, self.provides = self.provides, None
            service.provider_gone()

    def _is_ready(self, at: int) -> bool:
        return self.is_on and NEVER < self._ready_at <= at

    @property
    def answers(self) -> bool:
        """Whether the device is up and reachable."""
        return self._is_ready(int(self.world.env.now))

    @property
    def shown_on(self) -> bool:
        """Whether the console shows it as switched on, rightly or not."""
        keep_alive, now = self.world.assumptions.keep_alive, int(self.world.env.now)
        return is_shown_on(self._is_ready(now), self._shown_on, self._off_at, now, keep_alive)

    @property
    def configuration_from(self) -> int:
        """When the device loaded its configuration: at its last start, or synchronising [S]."""
        return self._since_start(self._loaded_at)

    @property
    def settings(self) -> FirmwareSettings:
        """The firmware settings it has loaded: all but the URL waits for its start [S]."""
        configuration = self.world.rollout.configuration
        since = self.configuration_from if configuration.change_times else 0
        return configuration.settings(self.number, since)

    @property
    def certificates_from(self) -> int:
        """When certificates last came to the device: at a start only [S]."""
        return self._since_start(self._certified_at)

    def _since_start(self, noted: int) -> int:
        return noted if self._is_resuming else max(noted, self._ready_at)

    def synchronise(self) -> None:
        """Take over the server's configuration as it is now."""
        self._loaded_at = self._now

    def load_at_start(self) -> None:
        """Take over the server's configuration and the certificates that go with it."""
        self._loaded_at = self._certified_at = self._now

    # While it is watched, what happens to the device is an event on the clock.

    @property
    def _is_watched(self) -> bool:
        return self.job is not None or self._starts_by_itself

    def watch(self) -> None:
        """Watch the device for good: it starts or serves something by itself."""
        was_watched, self._starts_by_itself = self._is_watched, True
        if not was_watched:
            self._watch_all()

    def _watch_all(self) -> None:
        self._watch_switch()
        self._watch_power()
        if self.is_on and not self.answers:
            self._watch_contact()

    def engage(self, job: Job) -> None:
        """Give the device a job and watch its power from now on."""
        was_watched = self._is_watched
        if self.job is not None:
            self._earlier.append(self.job)
        self.job = job
        if not was_watched:
            self._watch_all()

    def forget_broken(self, assignment: int) -> None:
        """Drop what is there of a broken transfer: something other than its assignment has come."""
        if self.broken is not None and self.broken.assignment != assignment:
            self.broken = None

    def keep_only(self, packages: frozenset[Package]) -> None:
        """Remove all but some packages from the update partition, and a broken transfer of them."""
        gone = self.world.delivered(self.number) - packages
        self.world.keep_only(self.number, packages)
        if self.broken is not None and self.broken.lacking & gone:
            self.broken = None

    @property
    def is_being_woken(self) -> bool:
        """Whether its latest command waits for its contact."""
        return self.job is not None and self.job.state is State.WAKING

    @property
    def jobs(self) -> list[Job]:
        """All jobs it has: the present one last, before it those it has not ended."""
        return [*self._earlier, *([self.job] if self.job is not None else [])]

    def release(self, job: Job) -> None:
        """Take a job away; with the last one power is no longer watched."""
        if job is not self.job:
            if job in self._earlier:
                self._earlier.remove(job)
            return
        self.job = self._earlier.pop() if self._earlier else None
        if self._is_watched:
            return
        self._shown_on = self.shown_on
        for timer in (self._switch_timer, self._contact_timer):
            if timer is not None:
                timer.cancel()
        self._switch_timer = self._contact_timer = None
        self._supply.pause()

    def _timer(self, at: int, moment: EventRank, handler: str) -> Timer:
        return Timer(self.world.env, at, moment, self.number, getattr(self, handler))

    def _watch_switch(self) -> None:
        if self._next is not None:
            self._switch_timer = self._timer(self._next.at, EventRank.SWITCH, "_switched")

    def _watch_contact(self) -> None:
        self._contact_timer = self._timer(self._ready_at, EventRank.CONTACT, "_reports")

    def _watch_power(self) -> None:
        self._supply.watch(self._loses_power)

    def _switched(self, _: Event) -> None:
        turn, self._next = self._next, next(self._switchings, None)
        self._watch_switch()
        if turn is None:
            return
        if turn.on:
            self.power_on()
            self._restarts = True  # its user is there, should it go off after an update [A]
        elif self.is_on:
            self.shut_down(reported=turn.reported, suspends=turn.suspends)

    def shut_down(
        self, *, reported: bool = True, suspends: bool = False, restarts: bool = False
    ) -> None:
        """Do as the user bids, unless an update answers the shutdown first."""
        self._restarts = restarts
        if self.answers:
            self._sleeps, self._goes_unheard = suspends, not reported
            if self.jobs:
                # None may miss it.
                answers = [job.takes_shutdown(suspends=suspends) for job in self.jobs]
                if any(answers):
                    return
            elif not suspends and self._updates_at_shutdown():
                return
        self.power_off(reported=reported)
        self.is_suspended = suspends

    def _updates_at_shutdown(self) -> bool:
        starters = self.world.self_starters
        return starters is not None and starters.shutting_down(self.number)

    def restart(self) -> None:
        """Start anew; an update answers a restart as it answers a shutdown [A]."""
        self.shut_down(restarts=True)
        self._start_anew()

    def _start_anew(self) -> None:
        if self._restarts and not self.is_on:
            self.power_on()
            self._restarts = False

    def halt(self) -> None:
        """Go off after an update, or to sleep: as it was bidden, else as it was found.

        A restart starts again, and so does a device that its user has come to meanwhile.
        """
        self.power_off(reported=not self._goes_unheard)
        self.is_suspended = self._sleeps
        self._start_anew()

    def power_on(self) -> None:
        """Switch the device on, by hand or by wake-up; it reports when it has started."""
        is_bricked = any(job.is_bricked for job in self.jobs)
        if not self.is_on and self._supply.is_there and not is_bricked:
            self._boot(self._now)
            self._watch_contact()

    def found_on(self) -> None:
        """Be on and heard since now, whatever the habits say: a log tells it."""
        if self._contact_timer is not None:
            self._contact_timer.cancel()
        if not self._supply.is_there:
            self._supply.restore()
            if self._is_watched:
                self._watch_power()
        if not self.is_on:
            self._goes_unheard = False
            self._is_resuming = self._sleeps = self.is_suspended
        self.is_on = self._shown_on = True
        self.is_suspended = False
        self._ready_at = self._now

    def found_off(self) -> None:
        """Be off since now, whatever the habits say: a log tells it."""
        self.power_off(reported=False)

    def power_off(self, *, reported: bool = True) -> None:
        """Switch the device off in good order; over VPN it cannot report that [S]."""
        self._note_off(self._now, reported=reported and not self.world.is_vpn[self.number])
        if self._contact_timer is not None:
            self._contact_timer.cancel()

    def _reports(self, event: Event) -> None:
        """Report to the server, as soon as the line is there."""
        back = self.world.network.line_is_back(self.number)
        if back == NOT_CUT:
            self._contacts(event)
        else:
            self._contact_timer = self._timer(back, EventRank.CONTACT, "_reports")

    def _contacts(self, _: Event) -> None:
        self._shown_on = True
        has_started = not self._is_resuming
        if has_started:
            self.load_at_start()
        for job in self.jobs:
            job.contacted(has_started=has_started)
        if self.world.self_starters is not None:
            self.world.self_starters.connected(self.number, has_started=has_started)

    def _loses_power(self, _: Event) -> None:
        self._supply.count_loss()
        if self.is_on and not any(job.denies_loss() for job in self.jobs):
            self.lose_power()
        else:
            self._watch_power()

    def lose_power(self) -> None:
        """Cut the power; the server hears nothing of it."""
        self._restarts = False
        self.power_off(reported=False)
        self._supply.fail(self._gets_power_back)
        for job in self.jobs:
            job.lost_power()

    def _gets_power_back(self, _: Event) -> None:
        if any(job.is_bricked for job in self.jobs):
            return
        self._supply.restore()
        if self._is_watched:
            self.power_on()
            self._watch_power()
        else:
            self._boot(self._now)
