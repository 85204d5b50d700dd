"""Logs of one or several rollouts, laid beside the scenario: whose lines, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.details import Detail
from fwsim.fleet.fleet import Column
from fwsim.learning.known_names import NOBODY, devices_of, one_name_each
from fwsim.model.assignments import assigned_of
from fwsim.model.device_orders import DeviceOrders, OrdersByLabel
from fwsim.model.order import NO_ASSIGNMENT, Order, order_of
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.model.tries import number_in
from fwsim.observations.gaps import stretches_of
from fwsim.observations.observed import Observed, What
from fwsim.observations.reasons import detail_of

Ints = NDArray[np.int64]
NOWHERE = -1
_FOUND_BUSY = (Detail.BUSY, Detail.BUSY_AND_SILENT)
_AT_WORK = (
    What.ASKED,
    What.CHECKING,
    What.QUEUED,
    What.FETCHING,
    What.FETCHED,
    What.WRITING,
    What.WRITTEN,
    What.RESTARTING,
)
"""In which a device goes on whatever else comes."""


@dataclass(frozen=True, eq=False)
class Journeys:
    """Lines of logs, device by device; arrays have shape (lines,).

    Parameters
    ----------
    owner
        Number of the device's journey: one device in one rollout. Lines of one stand together.
    rollout
        Which log, from 0.
    device
        Index into the scenario's fleet; lines of devices that are not in it are left out.
    run
        Which of `orders`; `NOBODY` if the log does not say.
    what, early, late, amount, until, resolution
        As in `Observed`.
    detail
        As in `Observed`.
    only_finished
        Whether its log holds only what has finished.
    rollouts
        How many logs.
    strangers
        How many devices are not in the fleet.
    orders
        The scenario's command runs, and behind them each try of a standing assignment that a log
        tells of.
    taken_up
        Which of them may have gone on from the bytes of a broken transfer.
    label
        Which of its log's `commands`; -1 if the log does not say.
    stretch
        In which part between two gaps of its log each line lies, from 0. A log with a gap is as
        two: nothing goes on across it, and what was under way when it began was not over by then.
    is_look
        Which lines are of the console as somebody looked: what is short is seldom among them.
    """

    owner: Ints
    rollout: Ints
    device: Ints
    run: Ints
    what: Ints
    early: Ints
    late: Ints
    amount: Ints
    until: Ints
    resolution: Ints
    detail: Column
    only_finished: NDArray[np.bool_]
    rollouts: int
    strangers: int
    orders: tuple[Order, ...] = ()
    taken_up: tuple[int, ...] = ()
    label: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    stretch: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    is_look: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def __len__(self) -> int:
        return len(self.what)

    def of(self, *whats: What) -> NDArray[np.bool_]:
        """Tell which lines are of some kinds."""
        return np.isin(self.what, [int(what) for what in whats])

    def blur(self, lines: Ints) -> Ints:
        """Return how far the time between lines and others may be off by the log's own steps.

        A log in whole milliseconds is taken as exact.
        """
        step = self.resolution[lines]
        return np.where(step > 1, step, 0)

    def next_of(self, lines: Ints, wanted: NDArray[np.bool_]) -> Ints:
        """Return the next wanted line of the same journey after each line; `NOWHERE` if none."""
        places = np.flatnonzero(wanted)
        if not len(places):
            return np.full(len(lines), NOWHERE)
        found = places[np.minimum(np.searchsorted(places, lines, side="right"), len(places) - 1)]
        is_next = (found > lines) & (self.owner[found] == self.owner[lines])
        is_next &= self.stretch[found] == self.stretch[lines]
        return np.where(is_next, found, NOWHERE)

    def following(self, lines: Ints) -> Ints:
        """Return the line after each line, of the same journey; `NOWHERE` if none.

        That another command came meanwhile and found the device busy ends nothing.
        """
        after = self.next_of(lines, np.ones(len(self), bool))
        is_at_work = self.of(*_AT_WORK)[lines]
        if not is_at_work.any():
            return after
        return np.where(is_at_work, self.next_of(lines, ~self._found_busy), after)

    @cached_property
    def _found_busy(self) -> NDArray[np.bool_]:
        """Tell which lines are of a command that came while the device was busy with another."""
        is_busy = [detail_of(text) in _FOUND_BUSY for text in self.detail.values]
        found = np.array(is_busy or [False], bool)[self.detail.codes]
        at = np.flatnonzero(found[1:]) + 1
        is_its_own = self.of(What.OFFERED)[at - 1] & (self.job[at - 1] == self.job[at])
        found[at[is_its_own] - 1] = True
        return found

    def of_deliveries(self) -> NDArray[np.bool_]:
        """Tell which lines are of commands that only bring packages, as far as that is known."""
        is_delivery = [order.is_delivery for order in self.orders]
        return np.array([*is_delivery, False], bool)[self.run]

    def of_taken_up(self) -> NDArray[np.bool_]:
        """Tell which lines are of tries that may have gone on from a broken transfer."""
        return np.isin(self.run, self.taken_up)

    @cached_property
    def job(self) -> Ints:
        """Number of the job each line tells of: one journey under one command."""
        key = self.owner * (int(self.run.max(initial=0)) + 2) + self.run + 1
        return np.asarray(np.unique(key, return_inverse=True)[1].reshape(key.shape), np.int64)

    def attribute(self, column: Column | None, devices: Ints) -> Ints:
        """Return the codes of a column of the fleet; `NOBODY` for strangers."""
        if column is None:
            return np.zeros(len(devices), np.int64)
        return np.where(devices >= 0, column.codes[np.maximum(devices, 0)], NOBODY)


def journeys_of(logs: Sequence[Observed], rollout: Rollout) -> Journeys:
    """Return the lines of logs, one a rollout, laid beside the scenario they are to teach."""
    logs = [one_name_each(log, rollout) for log in logs]
    known = [devices_of(log, rollout) for log in logs]
    parts = [_ordered(log, codes) for log, codes in zip(logs, known, strict=True)]
    before = np.cumsum([0, *(len(log.device.values) for log in logs)])
    owners = [log.device.codes + first for log, first in zip(logs, before, strict=False)]

    def joined(columns: Iterable[NDArray[np.generic]]) -> Ints:
        pairs = zip(columns, parts, strict=True)
        return np.concatenate([np.zeros(0, np.int64), *(c[order] for c, order in pairs)]).astype(
            np.int64
        )

    def every(values: Iterable[int]) -> Ints:
        return joined(np.full(len(log), value) for log, value in zip(logs, values, strict=True))

    details = Column.join([log.detail for log in logs])
    stretches = [stretches_of(log) for log in logs]
    orders = _orders(logs, rollout)
    return Journeys(
        owner=joined(owners),
        rollout=every(range(len(logs))),
        device=joined(codes[log.device.codes] for codes, log in zip(known, logs, strict=True)),
        run=joined(_runs_of(log, rollout, orders) for log in logs),
        what=joined(log.what for log in logs),
        early=joined(log.earliest for log in logs),
        late=joined(log.latest for log in logs),
        amount=joined(log.amount for log in logs),
        until=joined(ends for _, ends in stretches),
        resolution=every(log.resolution for log in logs),
        detail=Column(details.values, joined(_split(details, logs)).astype(np.int32)),
        only_finished=every(int(log.only_finished) for log in logs).astype(bool),
        rollouts=len(logs),
        strangers=sum(int((codes == NOBODY).sum()) for codes in known),
        orders=orders,
        taken_up=_taken_up(orders, rollout),
        label=joined(log.command for log in logs),
        stretch=joined(part for part, _ in stretches),
        is_look=joined(log.are_looks for log in logs).astype(bool),
    )


def _taken_up(orders: Sequence[Order], rollout: Rollout) -> tuple[int, ...]:
    """Return which tries may go on from bytes: all but the first, where the assignment says so."""
    assignments = assigned_of(rollout).assignments
    return tuple(
        number
        for number, order in enumerate(orders)
        if order.assignment != NO_ASSIGNMENT
        and assignments[order.assignment].resumes
        and number_in(order.run.label)[1] > 0
    )


def _orders(logs: Sequence[Observed], rollout: Rollout) -> tuple[Order, ...]:
    """Return what the commands say, and what the tries of assignments that the logs tell of do."""
    orders = [order_of(number, run, rollout) for number, run in enumerate(rollout.runs)]
    assignments = assigned_of(rollout).assignments
    runs = list(rollout.runs)

    def add(run: CommandRun) -> int:
        runs.append(run)
        return len(runs) - 1

    tries = OrdersByLabel(DeviceOrders(add, rollout), rollout, (), (), assignments)
    known = {run.label for run in rollout.runs}
    for label in dict.fromkeys(label for log in logs for label in log.commands):
        if assignments and label not in known:
            order = tries.order_of(label, 0, 0)
            if order is not None and order.assignment != NO_ASSIGNMENT:
                orders.append(order)
    return tuple(orders)


def _ordered(log: Observed, known: Ints) -> Ints:
    """Return a log's lines, device by device; equal times keep their order, strangers are out."""
    order = np.lexsort((log.earliest, log.device.codes)).astype(np.int64)
    return np.asarray(order[known[log.device.codes[order]] != NOBODY], np.int64)


def _split(details: Column, logs: Sequence[Observed]) -> list[NDArray[np.int32]]:
    ends = np.cumsum([len(log) for log in logs])[:-1]
    return np.split(details.codes, ends)


def _runs_of(log: Observed, rollout: Rollout, orders: tuple[Order, ...]) -> Ints:
    """Return which of the orders is behind each line; where there can be one, it is that."""
    runs = rollout.runs
    labels = {order.run.label: number for number, order in enumerate(orders)}
    command = log.command.astype(np.int64)
    scenario = rollout.scenario
    if len(runs) == 1 and not scenario.assignments:
        by_itself = scenario.notifications or scenario.scheduler
        if by_itself or runs[0].label not in log.commands:
            return np.zeros(len(command), np.int64)
        is_other = np.array([*(label != runs[0].label for label in log.commands), False])
        return np.where(is_other[command], NOBODY, 0)
    if log.commands:
        numbers = np.array([*(labels.get(label, NOBODY) for label in log.commands), NOBODY])
        return numbers[command]
    return np.where(command < len(runs), command, NOBODY)
