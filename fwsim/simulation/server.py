"""The management server: runs commands when they are due and talks to one device after another."""

from __future__ import annotations

from collections import deque

import numpy as np
from simpy.events import Event as SimPyEvent
from simpy.events import ProcessGenerator

from fwsim.commands.check_in import ALWAYS_OPEN
from fwsim.commands.dispatch import worker_time
from fwsim.commands.lifecycle import Event, Fact, State
from fwsim.commands.notice import NEVER
from fwsim.commands.targets import ClientGroupTarget
from fwsim.model.assignments import assigned_of
from fwsim.model.event_rank import EventRank
from fwsim.model.order import Order, order_of
from fwsim.model.outages import NOT_CUT
from fwsim.simulation.clock import Timer
from fwsim.simulation.devices import Devices
from fwsim.simulation.job import UpdateJob, job_on
from fwsim.simulation.presence import Presence
from fwsim.simulation.world import World


class Server:
    """The dispatcher: one process per run of a command, one per worker.

    Parameters
    ----------
    world
        The surroundings.
    devices
        Whom it talks to.
    """

    def __init__(self, world: World, devices: Devices) -> None:
        self._world = world
        self._devices = devices
        self._to_do: deque[UpdateJob] = deque()
        self._idle: list[SimPyEvent] = []
        assigned = assigned_of(world.rollout)
        self._opens = assigned.commanded
        self._next_turn: dict[int, int] = {}
        self._hours = [Presence(spans) for spans in assigned.hours] if self._opens else []
        for number, run in enumerate(world.rollout.runs):
            order = order_of(number, run, world.rollout, draw=world.rollout.draws[number])
            world.env.process(self._run(order))
        for _ in range(world.assumptions.dispatch_workers):
            world.env.process(self._work())

    def _run(self, order: Order) -> ProcessGenerator:
        """Wait until the command is due, look up its targets, hand them out one by one."""
        world, command = self._world, order.run.command
        yield Timer(world.env, order.run.at, EventRank.COMMAND, order.number)
        is_group = isinstance(command.target, ClientGroupTarget)
        live = world.live_attributes() if is_group else {}
        found = world.rollout.targets(order.run, live).astype(np.int64)
        if world.draws.past is not None:
            found = world.draws.past.targets(order.run, found)
        targets: list[int] = found.tolist()
        world.runs_to_come -= 1
        world.targeted += len(targets)
        world.end_if_idle()
        jobs = [self._job(number, order) for number in targets]
        for turn, job in enumerate(jobs):
            if turn and command.devices_wait:
                at = order.run.at + turn * command.devices_wait
                yield Timer(world.env, at, EventRank.COMMAND, order.number)
            self._hand_out(job)

    def _job(self, number: int, order: Order) -> UpdateJob:
        job = job_on(self._devices[number], order, order.run.at)
        job.step(Event.DUE)
        return job

    def _hand_out(self, job: UpdateJob) -> None:
        """Let a device stand in line as soon as its command may start on it, and at its pace."""
        if not self._opens or self._is_its_turn(job):
            self._put_in_line(job)

    def _is_its_turn(self, job: UpdateJob) -> bool:
        """Tell whether a device may stand in line now; it does so when it may.

        Who waited for a window goes `devices_wait` behind the one before, as in its own turn [A].
        """
        now, order = int(self._world.env.now), job.order
        turn = max(now, self._next_turn.get(order.number, now))
        opening = self._hours[self._opens[job.number]].after(turn, 0)
        if opening == turn:
            self._next_turn[order.number] = turn + order.run.command.devices_wait
        if turn == now == opening:
            return True
        then = self._put_in_line if opening == turn else self._hand_out
        if opening != NEVER:
            Timer(self._world.env, opening, EventRank.COMMAND, order.number, lambda _: then(job))
        return False

    def _put_in_line(self, job: UpdateJob) -> None:
        self._to_do.append(job)
        if self._idle:
            self._idle.pop().succeed()

    def _puts_off(self, job: UpdateJob) -> bool:
        """Tell whether a command may not start on a device now; it is handed out when it may."""
        if not self._opens:
            return False
        now = int(self._world.env.now)
        opening = self._hours[self._opens[job.number]].after(now, 0)
        if opening == now:
            return False
        if opening != NEVER:
            index = job.order.number
            Timer(self._world.env, opening, EventRank.COMMAND, index, lambda _: self._hand_out(job))
        return True

    def _closes(self, job: UpdateJob) -> int:
        """Return when the window closes in which a command may start on a device now."""
        if not self._opens or self._opens[job.number] == ALWAYS_OPEN:
            return NEVER
        return self._hours[self._opens[job.number]].ends(int(self._world.env.now))

    def _work(self) -> ProcessGenerator:
        """Take the next device as soon as the last one is dealt with.

        Workers are alike: of those done at one millisecond, who took its device first is first.
        """
        world = self._world
        while True:
            while self._to_do:
                job = self._to_do.popleft()
                if job.state is not State.PROBING:
                    self._await(job)  # else a log told of it before its turn
                    continue
                if self._puts_off(job):
                    continue  # the window has closed while it stood in line
                job.device.catch_up()
                answers = self._reaches(job)
                needed = job.time_until_probed(
                    self._time_needed(job, answers=answers), self._closes(job)
                )
                if needed:
                    yield Timer(world.env, int(world.env.now) + needed, EventRank.DISPATCH, 0)
                    job.device.catch_up()
                if job.state is State.PROBING and not self._puts_off(job):
                    job.probed(answers=self._reaches(job))
            wake = world.env.event()
            self._idle.append(wake)
            yield wake

    def _await(self, job: UpdateJob) -> None:
        """Let a device stand in line when a log has it sent the command, if only after its turn."""
        at = job.sent_at
        if at != NEVER:
            rank = EventRank.PAST
            Timer(self._world.env, at, rank, job.number, lambda _: self._put_in_line(job))

    def _reaches(self, job: UpdateJob) -> bool:
        """Tell whether a device answers: it is up, and its site's line is there."""
        return job.device.answers and self._world.network.line_is_back(job.number) == NOT_CUT

    def _time_needed(self, job: UpdateJob, *, answers: bool) -> int:
        """Return how long a worker is busy with a device, in milliseconds."""
        a = self._world.assumptions
        return worker_time(
            bool(job.facts & Fact.ONLY_SWITCHED_ON),
            job.device.shown_on,
            answers,
            bool(job.facts & Fact.CHECK_REACHABILITY),
            (a.send_time, a.connect_timeout, a.ping_timeout),
        )
