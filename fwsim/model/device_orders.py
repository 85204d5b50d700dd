"""Runs of commands that devices start by themselves, each ready when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from fwsim.commands.command import DeliveryCommand, NoticeOptions, UpdateCommand, values_of
from fwsim.commands.lifecycle import Fact
from fwsim.commands.option import options_in
from fwsim.model.device_jobs import (
    EVERYBODY,
    NOTIFICATION_DRAWS,
    SHUTDOWN_DRAWS,
    START_DRAWS,
    Notification,
    ScheduledJob,
)
from fwsim.model.order import Order, order_of
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun


class DeviceOrders:
    """The orders of one run of the clock that came from no command.

    Parameters
    ----------
    add_run
        Adds a run to the status log; returns its number.
    rollout
        Whose assumptions say which policies hold.
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
        run = CommandRun(command, now, f"notification {number + 1}")
        return self._order(("notification", number), run, NOTIFICATION_DRAWS + number)

    def of_check(self, now: int, count: int, *, asks: bool, at_shutdown: bool) -> Order:
        """Return the order of a device's n-th check for a new version."""
        command = UpdateCommand(
            target=EVERYBODY, inform_user=0 if asks else None, user_can_cancel=asks
        )
        first, word = (SHUTDOWN_DRAWS, "shutdown") if at_shutdown else (START_DRAWS, "start")
        also = int(Fact.CONSENTED | Fact.SHUTTING_DOWN) if at_shutdown else 0
        run = CommandRun(command, now, f"{word}/{count + 1}")
        return self._order((word, count, asks), run, first + count, also=also)

    def of_firing(self, now: int, scheduled: ScheduledJob, firing: int) -> Order:
        """Return the order of one firing of a scheduler's job."""
        job = scheduled.job
        wished = {name: getattr(job, name) for name in options_in(NoticeOptions)}
        command = UpdateCommand(target=EVERYBODY, **values_of(NoticeOptions, wished))
        run = CommandRun(command, now, f"{job.id}/{firing + 1}")
        return self._order(
            ("job", scheduled.number, firing),
            run,
            scheduled.draw(firing),
            reminder=(job.deferments, job.delays),
        )
