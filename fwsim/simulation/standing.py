"""Standing assignments on the SimPy clock: devices that come by themselves, and try again."""

from __future__ import annotations

from collections.abc import Callable

from simpy.events import Event as SimPyEvent

from fwsim.commands.check_in import (
    ALWAYS_OPEN,
    drawn_anew,
    hurried,
    next_check_in,
)
from fwsim.commands.lifecycle import FINISHES_ASSIGNMENT, Event, State
from fwsim.commands.notice import NEVER
from fwsim.commands.overdue import check_in_overdue
from fwsim.model.assigned import Assigned, Assignment
from fwsim.model.device_orders import DeviceOrders, assignment_label
from fwsim.model.event_rank import FIRST_ASSIGNMENT, EventRank
from fwsim.model.order import Order
from fwsim.model.outages import NOT_CUT
from fwsim.model.purposes import Purpose
from fwsim.simulation.broken_transfer import BrokenTransfer
from fwsim.simulation.clock import Timer
from fwsim.simulation.devices import Devices
from fwsim.simulation.job import UpdateJob, job_on
from fwsim.simulation.presence import Presence
from fwsim.simulation.roles import Job
from fwsim.simulation.seen import SeenJob, seen_next
from fwsim.simulation.world import World


class Standing:
    """An assignment as one device has it.

    Parameters
    ----------
    assignment
        Which.
    device
        Index of the device.
    within, windows
        When it checks in, and when it may start; None for always.
    phase
        Milliseconds of its own between two check-ins.
    """

    __slots__ = (
        "again",
        "assignment",
        "attempts",
        "breaks",
        "check_ins",
        "device",
        "failures",
        "is_drawn_anew",
        "is_open",
        "is_taken",
        "job",
        "next_at",
        "not_before",
        "phase",
        "planned_at",
        "take_at",
        "windows",
        "within",
    )

    def __init__(
        self,
        assignment: Assignment,
        device: int,
        within: Presence,
        windows: Presence | None,
        phase: int,
    ) -> None:
        self.assignment, self.device, self.phase = assignment, device, phase
        self.within, self.windows = within, windows
        self.job: UpdateJob | None = None
        self.is_open = self.is_taken = self.is_drawn_anew = False
        self.attempts = self.failures = self.breaks = self.check_ins = self.again = 0
        self.planned_at = 0
        self.next_at = self.take_at = self.not_before = NEVER


class StandingAssignments:
    """Lets devices check in, and take what they are assigned until they have finished it.

    Parameters
    ----------
    world, devices
        The surroundings.
    orders
        Where the runs are made.
    assigned
        What there is.
    """

    def __init__(
        self, world: World, devices: Devices, orders: DeviceOrders, assigned: Assigned
    ) -> None:
        self._world, self._devices, self._orders = world, devices, orders
        self._of: dict[int, list[Standing]] = {}
        hours = [Presence(spans) for spans in assigned.hours]
        together = zip(assigned.assignments, assigned.first_check_ins(world.draws), strict=True)
        for assignment, (firsts, phases) in together:
            standing = [
                Standing(
                    assignment,
                    device,
                    hours[assignment.within[i]],
                    None if assignment.windows[i] == ALWAYS_OPEN else hours[assignment.windows[i]],
                    int(phases[i]),
                )
                for i, device in enumerate(assignment.devices)
            ]
            for one in standing:
                self._of.setdefault(one.device, []).append(one)
            self._put_assignment(assignment, standing, firsts.tolist())

    @property
    def _now(self) -> int:
        return int(self._world.env.now)

    def _put_assignment(
        self, assignment: Assignment, standing: list[Standing], firsts: list[int]
    ) -> None:
        def is_set(_: SimPyEvent) -> None:
            self._assign(assignment, standing, firsts)

        index = FIRST_ASSIGNMENT + assignment.number
        Timer(self._world.env, assignment.at, EventRank.COMMAND, index, is_set)

    def _assign(self, assignment: Assignment, standing: list[Standing], firsts: list[int]) -> None:
        """Set an assignment: it waits for its devices from now on."""
        if not standing:
            return
        order = self._orders.of_assignment(assignment, 0)
        self._world.targeted += len(standing)
        for one, first in zip(standing, firsts, strict=True):
            one.is_open = True
            one.job = job_on(self._devices[one.device], order, assignment.at)
            one.job.step(Event.ASSIGNED)
            self._check_in_at(one, first)

    # Check-ins

    def _timer(self, one: Standing, at: int, handler: Callable[[Standing], None]) -> None:
        if at != NEVER:
            Timer(self._world.env, at, EventRank.USER, one.device, lambda _: handler(one))

    def _check_in_at(self, one: Standing, at: int) -> None:
        one.next_at = at
        self._timer(one, at, self._checks_in)

    def _is_over(self, one: Standing) -> bool:
        """Tell whether a device has no more to do with an assignment."""
        if one.is_open and self._now >= one.assignment.expires:
            one.is_open = False
        return not one.is_open

    def _checks_in(self, one: Standing) -> None:
        """Check in; a device that is off does so when it has started."""
        if one.next_at != self._now or self._is_over(one):
            return
        if not self._devices[one.device].answers:
            return
        is_heard = self._world.network.line_is_back(one.device) == NOT_CUT
        if not is_heard or self._look(one):
            self._plan_next(one)

    def connected(self, number: int, *, has_started: bool) -> None:
        """Look what is due on a device that has just reported to the server."""
        for one in self._of.get(number, ()):
            if self._is_over(one):
                continue
            now, is_due = self._now, NEVER < one.next_at <= self._now
            is_start = has_started and one.assignment.at_start
            if is_due or is_start:
                if one.within.holds(now):
                    if self._look(one, is_certain=is_start):
                        self._plan_next(one)
                elif is_due:
                    self._check_in_at(one, one.within.after(now, one.phase))
            elif NEVER < one.take_at <= now:
                one.take_at = NEVER
                self._look(one, is_certain=one.attempts > 0)

    def _plan_next(self, one: Standing) -> None:
        """Put the next check-in on the clock; who is at work on it needs none."""
        assignment, now = one.assignment, self._now
        if one.is_taken or not one.is_open or not assignment.every:
            return
        chance = 0.0
        if assignment.jitter:
            chance = self._world.draws[Purpose.CHECK_IN_JITTER][one.check_ins][one.device]
        wait = next_check_in(assignment.every, assignment.jitter, chance)
        if one.windows is not None and assignment.least and not assignment.opens_itself:
            opening = one.windows.after(now, 0)
            if opening > now:
                wait = hurried(wait, assignment.least, opening - now)
        one.check_ins += 1
        one.planned_at, one.is_drawn_anew = now, False
        self._check_in_at(one, one.within.after(now, wait))

    # Taking it

    def _look(self, one: Standing, *, is_certain: bool = False) -> bool:
        """Take an assignment if it may start now.

        Returns
        -------
        bool
            Whether the next check-in comes as ever; not where a log says that there was none now.
        """
        now = self._now
        if self._devices[one.device].job is not None or now < one.not_before:
            return True
        if one.windows is not None:
            opening = one.windows.after(now, 0)
            if opening != now:
                if one.assignment.opens_itself and opening != one.take_at:
                    self._take_at(one, opening)
                return True
        seen = self._seen_of(one)
        if seen is None or seen.may_begin(now):
            self._take(one)
            return True
        self._check_in_later(one, seen, is_certain=is_certain)
        return False

    def _take_at(self, one: Standing, at: int) -> None:
        one.take_at = at
        self._timer(one, at, self._may_take)

    def _may_take(self, one: Standing) -> None:
        """Start what was put off; a device that is off looks again when it has started."""
        if one.take_at != self._now or self._is_over(one):
            return
        if not self._devices[one.device].answers:
            return
        if self._world.network.line_is_back(one.device) == NOT_CUT:
            one.take_at = NEVER
            self._look(one, is_certain=one.attempts > 0)

    def _take(self, one: Standing) -> None:
        job, one.job = one.job, None
        if job is None:
            order = self._orders.of_assignment(one.assignment, one.attempts)
            self._world.targeted += 1
            job = job_on(self._devices[one.device], order, one.assignment.at)
        one.attempts += 1
        one.is_taken, one.next_at = True, NEVER
        job.start_by_device()

    # Kept to what a log tells

    def _seen_of(self, one: Standing) -> SeenJob | None:
        """Return what a log tells of the next time that a device takes it."""
        if one.job is not None:
            return one.job.seen
        label = assignment_label(one.assignment.number, one.attempts)
        return seen_next(self._world, label, one.device)

    def _check_in_later(self, one: Standing, seen: SeenJob, *, is_certain: bool) -> None:
        """Draw anew when a device checks in of which a log says that it has not now.

        What leaves no line has not been seen: only moments at which it would have begun are out.
        """
        now, of = self._now, one.assignment
        one.take_at = NEVER
        if seen.has_more:
            one.next_at = NEVER  # it comes when the log tells it
            return
        if one.is_drawn_anew and one.next_at > seen.until:
            return
        chance = self._world.draws[Purpose.CHECK_IN_AGAIN][one.again][one.device]
        one.again += 1
        one.is_drawn_anew = True
        left = 0
        if of.every and not is_certain and (one.attempts or not of.is_told):
            longest = of.every + (of.jitter if one.attempts else 0)
            left = longest - one.within.between(self._due_since(one), now)
        if left > 0:
            self._check_in_at(one, one.within.after(now, drawn_anew(left, chance)))
        else:
            self._check_in_at(one, seen.until + check_in_overdue(seen.until - now, chance))

    def _due_since(self, one: Standing) -> int:
        """Return since when a device was to check in, and would have begun if it had."""
        of = one.assignment
        if one.attempts:
            return one.planned_at
        if one.windows is None or of.opens_itself:
            return of.at
        return max(of.at, one.windows.began(self._now))

    def take_as_told(self, number: int, order: Order, attempt: int) -> None:
        """Let a device take an assignment for the n-th time, from 0, because a log tells it."""
        standing = self._of.get(number, ())
        one = next((s for s in standing if s.assignment.number == order.assignment), None)
        if one is None:
            return
        one.is_open, one.attempts = True, attempt
        if attempt:
            one.job = None
        device = self._devices[number]
        if not device.answers:
            device.found_on()
        self._take(one)

    def attempt_over(self, job: Job) -> None:
        """Finish an assignment on a device, or have it tried again; who gave way stays with it."""
        standing, assignment = self._of[job.number], job.order.assignment
        one = next(s for s in standing if s.assignment.number == assignment)
        one.is_taken = False
        if job.state in FINISHES_ASSIGNMENT:
            one.is_open = False
            self._leave(job, None)
            return
        if job.state is State.FAILED:
            wait = self._wait_after(one, job)
            if wait == NEVER:
                one.is_open = False
                return
            one.not_before = self._now + wait
            self._take_at(one, one.not_before)
        self._plan_next(one)

    def _leave(self, job: Job, broken: BrokenTransfer | None) -> None:
        """Leave what is there of a transfer, unless something newer has run on the device."""
        if not job.has_given_way:
            self._devices[job.number].broken = broken

    def _wait_after(self, one: Standing, job: Job) -> int:
        """Return how long a device waits after a failure; `NEVER` if it was the last try.

        A transfer that broke is taken up so often; then it has failed, and a try starts anew.
        """
        broken, assignment = job.broken_transfer, one.assignment
        if broken is not None and one.breaks < len(assignment.resumes):
            self._leave(job, broken)
            one.breaks += 1
            return assignment.resumes[one.breaks - 1]
        self._leave(job, None)
        one.breaks = 0
        one.failures += 1
        if one.failures > len(assignment.waits):
            return NEVER
        return assignment.waits[one.failures - 1]
