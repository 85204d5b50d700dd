"""What devices start by themselves, on the SimPy clock.

Notifications wait on the server for the next connection; the scheduler's jobs come round on the
device's own clock; a check for a new version goes with every start or shutdown.
"""

from __future__ import annotations

from functools import partial

from simpy.events import Event, ProcessGenerator

from fwsim.commands.scheduler_file import JobType
from fwsim.commands.told_states import SPEAKS
from fwsim.model.assigned import Assigned
from fwsim.model.assignments import assigned_of
from fwsim.model.device_jobs import (
    Notification,
    ScheduledJob,
    checking_devices,
    notifications_of,
    scheduled_jobs_of,
)
from fwsim.model.device_orders import (
    DeviceOrders,
    OrdersByLabel,
    check_label,
    firing_label,
    firings_by_label,
    notification_label,
)
from fwsim.model.event_rank import EventRank
from fwsim.model.order import NO_ASSIGNMENT, Order
from fwsim.model.past import Past
from fwsim.model.purposes import Purpose
from fwsim.model.tries import number_in
from fwsim.simulation.clock import Timer
from fwsim.simulation.device import Device
from fwsim.simulation.devices import Devices
from fwsim.simulation.job import UpdateJob, job_on
from fwsim.simulation.roles import Job
from fwsim.simulation.seen import SeenJob, seen_next
from fwsim.simulation.standing import StandingAssignments
from fwsim.simulation.world import World


def start_by_themselves(world: World, devices: Devices) -> None:
    """Watch the devices that start something by themselves, if there are any."""
    rollout = world.rollout
    notifications = notifications_of(rollout)
    jobs = scheduled_jobs_of(rollout)
    checking = checking_devices(rollout)
    assigned = assigned_of(rollout)
    if notifications or jobs or checking or assigned:
        starts = DeviceStarts(world, devices, notifications, jobs, checking, assigned)
        world.self_starters = starts


class DeviceStarts:
    """Starts jobs on devices without a word from the dispatcher.

    Parameters
    ----------
    world, devices
        The surroundings.
    notifications, jobs, checking
        What there is to start, and who checks for a new version.
    assigned
        What devices take when they check in.
    """

    def __init__(
        self,
        world: World,
        devices: Devices,
        notifications: list[Notification],
        jobs: list[ScheduledJob],
        checking: tuple[int, ...],
        assigned: Assigned,
    ) -> None:
        self._world = world
        self._devices = devices
        self._orders = DeviceOrders(world.log.add_run, world.rollout)
        self._checking = set(checking)
        self._checks: dict[tuple[int, bool], int] = {}
        self._stored: dict[int, list[int]] = {}
        self._missed: dict[int, dict[int, tuple[ScheduledJob, int]]] = {}
        self._notifications = notifications
        for number, notification in enumerate(notifications):
            for device in notification.devices:
                self._stored.setdefault(device, []).append(number)
        assigned_to = (d for assignment in assigned.assignments for d in assignment.devices)
        scheduled_on = (d for job in jobs for d in job.devices)
        watched = {*checking, *self._stored, *scheduled_on, *assigned_to}
        for number in sorted(watched):
            devices[number].watch()
        for job in jobs:
            world.env.process(self._come_round(job))
        self._standing = StandingAssignments(world, devices, self._orders, assigned)
        self._past = world.draws.past
        if self._past is not None:
            self._named = firings_by_label(jobs)
            by_label = OrdersByLabel(
                self._orders, world.rollout, notifications, jobs, assigned.assignments
            )
            self._start_as_told(self._past, by_label)

    # Starting

    @property
    def _now(self) -> int:
        return int(self._world.env.now)

    def _start(self, device: Device, order: Order, configuration_from: int) -> UpdateJob:
        self._world.targeted += 1
        job = job_on(device, order, configuration_from)
        job.start_by_device()
        return job

    # Kept to what a log tells

    def _may_start(self, label: str, device: int) -> bool:
        """Tell whether a device may start something now, as far as a log tells."""
        seen = seen_next(self._world, label, device)
        return seen is None or seen.may_begin(self._now)

    def _start_as_told(self, past: Past, by_label: OrdersByLabel) -> None:
        """Start what a log tells and what does not start by itself."""
        commanded = {run.label for run in self._world.rollout.runs}
        for place, (label, device) in enumerate(past.started):
            if label not in commanded:
                at = int(past.lines.time[past.firsts[place]])
                look = partial(self._look_for_start, place, label, device, by_label)
                Timer(self._world.env, at, EventRank.PAST, device, look)

    def _look_for_start(
        self, place: int, label: str, number: int, by_label: OrdersByLabel, _: Event
    ) -> None:
        if self._past is None or place in self._world.begun:
            return
        device = self._devices[number]
        order = by_label.order_of(label, number, self._now)
        if order is None:
            return
        word, count = number_in(label)
        if order.assignment != NO_ASSIGNMENT:
            self.take_as_told(number, order, count)
            return
        if word in {"start", "shutdown"}:
            self._checks[number, word == "shutdown"] = count + 1
        elif word == "notification" and count in self._stored.get(number, ()):
            self._stored[number].remove(count)
        first, corrected = SeenJob(self._past, place), self._world.corrected
        if first.state in SPEAKS and not device.answers:
            device.found_on()
        seen = self._start(device, order, device.configuration_from).seen
        is_taken = seen is not None and seen.row > first.row
        if is_taken and self._world.corrected == corrected:  # else its line counts by itself
            self._world.corrected += 1

    def take_as_told(self, number: int, order: Order, attempt: int) -> None:
        """Let a device take what it is assigned when a log tells it."""
        self._standing.take_as_told(number, order, attempt)

    # At a connection, at a shutdown

    def connected(self, number: int, *, has_started: bool) -> None:
        """Look what waits for a device that has just reported to the server."""
        device = self._devices[number]
        self._take_notification(device)
        if has_started and device.job is None:
            self._check(device, at_shutdown=False)
        self._make_up_missed(device)
        self._standing.connected(number, has_started=has_started)

    def _take_notification(self, device: Device) -> None:
        """Evaluate the first notification that is set; the others wait for the next connection."""
        now = int(self._world.env.now)
        for number in self._stored.get(device.number, ()):
            notification = self._notifications[number]
            told = self._may_start(notification_label(number), device.number)
            if notification.at <= now and device.job is None and told:
                self._stored[device.number].remove(number)
                order = self._orders.of_notification(now, number, notification)
                self._start(device, order, now)
                return

    def _check(self, device: Device, *, at_shutdown: bool) -> bool:
        """Check for a new version, if the device's own configuration says so."""
        if device.number not in self._checking:
            return False
        settings = device.settings
        if not (settings.check_at_shutdown if at_shutdown else settings.check_at_start):
            return False
        count = self._checks.get((device.number, at_shutdown), 0)
        if not self._may_start(check_label(count, at_shutdown=at_shutdown), device.number):
            return False
        self._checks[device.number, at_shutdown] = count + 1
        asks = bool(settings.confirm_check) and not at_shutdown
        order = self._orders.of_check(self._now, count, asks=asks, at_shutdown=at_shutdown)
        self._start(device, order, device.configuration_from)
        return True

    def shutting_down(self, number: int) -> bool:
        """Tell whether a device without a job updates before it goes off."""
        return self._check(self._devices[number], at_shutdown=True)

    def attempt_over(self, job: Job) -> None:
        """Note how a device ended what it had taken of a standing assignment."""
        self._standing.attempt_over(job)

    # The scheduler

    def _come_round(self, scheduled: ScheduledJob) -> ProcessGenerator:
        """Let a job come round: at each firing every device waits its part of the spread."""
        env = self._world.env
        for firing, at in enumerate(scheduled.firings):
            yield Timer(env, at, EventRank.COMMAND, scheduled.number)
            chances = None
            if scheduled.job.spread:
                chances = self._world.draws[Purpose.SPREAD][scheduled.draw(firing)]
            for number in scheduled.devices:
                wait = int(1000 * scheduled.job.spread * chances[number]) if chances else 0
                self._due_at(at + wait, number, scheduled, firing)

    def _due_at(self, at: int, number: int, scheduled: ScheduledJob, firing: int) -> None:
        def handler(_: Event) -> None:
            self._is_due(number, scheduled, firing)

        Timer(self._world.env, at, EventRank.USER, number, handler)

    def _is_due(self, number: int, scheduled: ScheduledJob, firing: int) -> None:
        device = self._devices[number]
        if device.answers:
            self._run(device, scheduled, firing)
            return
        wakes = scheduled.job.wake_system and device.is_suspended
        if wakes or scheduled.job.persistent:
            self._missed.setdefault(number, {})[scheduled.number] = (scheduled, firing)
        if wakes:
            device.power_on()

    def _make_up_missed(self, device: Device) -> None:
        """Run once what was missed, however often it was missed [S]."""
        missed = self._missed.pop(device.number, {})
        for number, (scheduled, firing) in missed.items():
            if not device.answers:  # what was made up before has switched it off
                self._missed.setdefault(device.number, {})[number] = (scheduled, firing)
                continue
            wait = 0
            if self._world.assumptions.spread_missed_runs and scheduled.job.spread:
                chances = self._world.draws[Purpose.SPREAD][scheduled.draw(firing)]
                wait = int(1000 * scheduled.job.spread * chances[device.number])
            if not wait:
                self._run(device, scheduled, firing)
                continue
            self._due_at(int(self._world.env.now) + wait, device.number, scheduled, firing)

    def _run(self, device: Device, scheduled: ScheduledJob, firing: int) -> None:
        job = scheduled.job
        if job.type is JobType.UPDATE:
            self._update(device, scheduled, firing)
        elif job.type is JobType.SYNCHRONISE:
            device.synchronise()
        elif job.type is JobType.SHUT_DOWN:
            device.shut_down()
        elif job.type is JobType.RESTART:
            device.restart()

    def _may_fire(self, past: Past, label: str, device: int) -> bool:
        """Tell whether a device may begin a firing now; the log has not told it as often."""
        told = len(past.places(label, device))
        if self._now > past.until and told >= self._named[label]:
            return False
        return self._may_start(label, device)

    def _wait_on(self, past: Past, device: int, scheduled: ScheduledJob, firing: int) -> None:
        """Let a device that by the log has not begun yet do so in what is left of the spread."""
        left = scheduled.firings[firing] + 1000 * scheduled.job.spread - past.until - 1
        if self._now > past.until or left <= 0:
            return
        chance = self._world.draws[Purpose.SPREAD_AGAIN][scheduled.draw(firing)][device]
        self._due_at(past.until + 1 + int(left * chance), device, scheduled, firing)

    def _update(self, device: Device, scheduled: ScheduledJob, firing: int) -> None:
        label = firing_label(scheduled, firing)
        if self._past is not None and not self._may_fire(self._past, label, device.number):
            if not self._past.places(label, device.number):
                self._wait_on(self._past, device.number, scheduled, firing)
            return
        order = self._orders.of_firing(self._now, scheduled, firing)
        self._start(device, order, device.configuration_from)
