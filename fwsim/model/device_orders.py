"""Runs of commands that devices start by themselves, each ready when first asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from fwsim.commands.command import DeliveryCommand, NoticeOptions, UpdateCommand, values_of
from fwsim.commands.lifecycle import Fact
from fwsim.commands.option import options_in
from fwsim.model.assigned import Assignment
from fwsim.model.device_jobs import (
    EVERYBODY,
    NOTIFICATION_DRAWS,
    SHUTDOWN_DRAWS,
    START_DRAWS,
    Notification,
    ScheduledJob,
)
from fwsim.model.first_due import what_is_due
from fwsim.model.order import Order, order_of
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.model.tries import assigned_in, number_in

_OTHERS_WORD = re.compile(r"\d+|start|shutdown|(?:notification|assignment|job)(?: .*)?")


def notification_label(number: int) -> str:
    """Return the label under which devices take a notification."""
    return f"notification {number + 1}"


def _check_word(*, at_shutdown: bool) -> str:
    return "shutdown" if at_shutdown else "start"


def check_label(count: int, *, at_shutdown: bool) -> str:
    """Return the label of a device's n-th check for a new version, from 0."""
    return f"{_check_word(at_shutdown=at_shutdown)}/{count + 1}"


def firing_label(scheduled: ScheduledJob, firing: int) -> str:
    """Return the label under which devices run a firing of a scheduler's job, from 0."""
    return f"{_job_word(scheduled.job.id)}/{firing + 1}"


def _job_word(name: str) -> str:
    """Return what a job is called in labels: no job is called as a command or a check is."""
    return f"job {name}" if _OTHERS_WORD.fullmatch(name) else name


def firings_by_label(jobs: Iterable[ScheduledJob]) -> Counter[str]:
    """Return how many firings bear each label: several jobs may have one name."""
    return Counter(firing_label(job, firing) for job in jobs for firing in range(len(job.firings)))


def assignment_label(number: int, attempt: int) -> str:
    """Return the label under which devices take an assignment for the n-th time, both from 0."""
    return f"assignment {number + 1}/{attempt + 1}"


class DeviceOrders:
    """The orders of one run of the clock that came from no command.

    Parameters
    ----------
    add_run
        Adds a run to the status log; returns its number.
    rollout
        Whose assumptions say which policies hold.

    Notes
    -----
    A run is `at` the moment when it was set or due: when the first device takes it is luck.
    """

    def __init__(self, add_run: Callable[[CommandRun], int], rollout: Rollout) -> None:
        self._add_run = add_run
        self._rollout = rollout
        self._known: dict[Hashable, Order] = {}

    def _order(
        self,
        key: Hashable,
        run: CommandRun,
        draw: int,
        reminder: tuple[int, tuple[int, ...]] | None = None,
        also: int = 0,
    ) -> Order:
        order = self._known.get(key)
        if order is None:
            order = self._known[key] = order_of(
                self._add_run(run), run, self._rollout, draw=draw, also=also, reminder=reminder
            )
        return order

    def of_notification(self, now: int, number: int, notification: Notification) -> Order:
        """Return the order of a stored update or delivery, first evaluated at `now`."""
        command: UpdateCommand | DeliveryCommand = notification.command
        run = CommandRun(command, min(notification.at, now), notification_label(number))
        return self._order(("notification", number), run, NOTIFICATION_DRAWS + number)

    def of_check(self, now: int, count: int, *, asks: bool, at_shutdown: bool) -> Order:
        """Return the order of a device's n-th check for a new version."""
        command = UpdateCommand(
            target=EVERYBODY, inform_user=0 if asks else None, user_can_cancel=asks
        )
        word = _check_word(at_shutdown=at_shutdown)
        first = SHUTDOWN_DRAWS if at_shutdown else START_DRAWS
        also = int(Fact.CONSENTED | Fact.SHUTTING_DOWN) if at_shutdown else 0
        since = what_is_due(self._rollout).checks or 0
        run = CommandRun(command, min(since, now), check_label(count, at_shutdown=at_shutdown))
        return self._order((word, count, asks), run, first + count, also=also)

    def of_assignment(self, assignment: Assignment, attempt: int) -> Order:
        """Return the order of the n-th time a device takes an assignment, from 0."""
        key = ("assignment", assignment.number, attempt)
        order = self._known.get(key)
        if order is None:
            label = assignment_label(assignment.number, attempt)
            run = CommandRun(assignment.command, assignment.at, label)
            made = order_of(self._add_run(run), run, self._rollout, draw=assignment.draw(attempt))
            order = self._known[key] = replace(
                made,
                force_at=assignment.deadline,
                grace=assignment.grace,
                assignment=assignment.number,
            )
        return order

    def of_firing(self, now: int, scheduled: ScheduledJob, firing: int) -> Order:
        """Return the order of one firing of a scheduler's job."""
        job = scheduled.job
        wished = {name: getattr(job, name) for name in options_in(NoticeOptions)}
        command = UpdateCommand(target=EVERYBODY, **values_of(NoticeOptions, wished))
        # A log may tell of more firings than there are.
        due = scheduled.firings[firing] if firing < len(scheduled.firings) else now
        run = CommandRun(command, min(due, now), firing_label(scheduled, firing))
        return self._order(
            ("job", scheduled.number, firing),
            run,
            scheduled.draw(firing),
            reminder=(job.deferments, job.delays),
        )


class OrdersByLabel:
    """Orders that came from no command, by the labels a log has for them.

    Parameters
    ----------
    orders
        Where they are made.
    rollout
        Whose devices start by themselves.
    notifications, jobs, assignments
        As `notifications_of`, `scheduled_jobs_of` and `assigned_of` return them.
    """

    def __init__(
        self,
        orders: DeviceOrders,
        rollout: Rollout,
        notifications: Sequence[Notification],
        jobs: Sequence[ScheduledJob],
        assignments: Sequence[Assignment] = (),
    ) -> None:
        self._orders, self._rollout = orders, rollout
        self._notifications = notifications
        self._jobs = [(job, frozenset(job.devices)) for job in jobs]
        self._assignments = {a.number: a for a in assignments}

    def order_of(self, label: str, device: int, now: int) -> Order | None:
        """Return the order of what a device started under a label; None if there is none."""
        word, number = number_in(label)
        if number < 0:
            return None
        assignment = self._assignments.get(assigned_in(word))
        if assignment is not None:
            return self._orders.of_assignment(assignment, number)
        return self._without_assignment(word, number, device, now)

    def _without_assignment(self, word: str, number: int, device: int, now: int) -> Order | None:
        if word == "notification":
            if number >= len(self._notifications):
                return None
            return self._orders.of_notification(now, number, self._notifications[number])
        if word in {"start", "shutdown"}:
            at_shutdown = word == "shutdown"
            settings = self._rollout.configuration.settings(device, now)
            asks = bool(settings.confirm_check) and not at_shutdown
            return self._orders.of_check(now, number, asks=asks, at_shutdown=at_shutdown)
        for job, devices in self._jobs:
            if _job_word(job.job.id) == word and device in devices:
                return self._orders.of_firing(now, job, number)
        return None
