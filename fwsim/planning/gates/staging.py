"""A rollout under a policy: when each group is sent depends on how the ones before it went.

What is sent later changes nothing that happened before. So a run is played with the groups whose
start is known, the gate reads the log, the next start becomes known, and it is played again: as
often as there are groups, on either clock, with no gate in the clocks themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.command import Command, UpdateCommand
from fwsim.commands.lifecycle import State
from fwsim.commands.targets import DeviceListTarget
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import CommandRun
from fwsim.planning.gates.policies import (
    Abort,
    AwsIotJobs,
    Failure,
    Gate,
    Policy,
    groups,
)
from fwsim.planning.products import assigned_groups
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.record import RunRecord
from fwsim.results.run.stages import ENDS
from fwsim.scenario.products import products

MINUTE = 60_000
FINISHED = (State.SUCCESS, State.NOT_NEEDED)
FAILED_OR_CANCELLED = (State.FAILED, State.CANCELLED, State.SUPERSEDED)
"""What closes the action of a product besides; one never reached, or rejected, leaves it open."""
_REJECTED = (State.CANCELLED, State.REJECTED)
Times = NDArray[np.int64]
Play = Callable[[Rollout], RunRecord]


@dataclass(frozen=True)
class Setup:
    """What is staged.

    Parameters
    ----------
    rollout
        The scenario made ready; its first update says what is sent, to whom, from when on.
    shares
        Groups of gated policies: their number, or the share of each.
    mixed
        Whether the devices are shuffled first, so that each group is like the fleet; else they
        come in the order of the device list.
    person_takes
        Milliseconds until a person who was asked lets a paused rollout go on.
    goes_on_after_errors
        Whether that person lets it go on after errors, too.
    devices_of
        Whose devices: they come by themselves as that product's do; None if they are commanded.
    """

    rollout: Rollout
    shares: tuple[float, ...] | int = 5
    mixed: bool = True
    person_takes: int = 60 * MINUTE
    goes_on_after_errors: bool = False
    devices_of: str | None = None

    @cached_property
    def first(self) -> CommandRun:
        """The update that is staged."""
        return next(run for run in self.rollout.runs if type(run.command) is UpdateCommand)

    @cached_property
    def before(self) -> tuple[CommandRun, ...]:
        """What the scenario commands besides: deliveries."""
        return tuple(run for run in self.rollout.runs if type(run.command) is not UpdateCommand)

    @cached_property
    def devices(self) -> NDArray[np.int32]:
        """The devices in the order in which they are sent."""
        devices = self.rollout.find(self.first.command.target)
        if not self.mixed:
            return devices
        key = self.rollout.scenario.seed
        return np.random.Generator(np.random.Philox(key=key)).permutation(devices)

    @cached_property
    def names(self) -> list[str]:
        """Qualified names of all devices of the fleet, as a hand-picked list needs them."""
        fleet = self.rollout.fleet
        return [fleet.qualified_name(device) for device in range(len(fleet))]


@dataclass(frozen=True)
class Sent:
    """Devices sent together.

    Parameters
    ----------
    at
        Milliseconds after the start.
    first, end
        Which, as places in `Setup.devices`.
    wait
        Milliseconds from one device to the next.
    """

    at: int
    first: int
    end: int
    wait: int


class HeldBy(Enum):
    """Why a gate stayed shut until the end; the value says so."""

    SILENT = "silent"
    FAILED = "failed"


@dataclass(frozen=True)
class StagedRun:
    """One run under a policy.

    Parameters
    ----------
    record
        The run as it went in the end.
    sent
        What was sent when.
    stopped_at
        When the policy stopped the rollout for errors, milliseconds; None if it did not.
    held_by
        Why a gate stayed shut until the end; None if none did.
    """

    record: RunRecord
    sent: tuple[Sent, ...]
    stopped_at: int | None = None
    held_by: HeldBy | None = None

    @property
    def held(self) -> bool:
        """Whether a gate stayed shut until the end, though nothing had stopped the rollout."""
        return self.held_by is not None

    @property
    def reached(self) -> int:
        """How many devices the command was sent to."""
        return sum(part.end - part.first for part in self.sent)


def play_staged(setup: Setup, policy: Policy, play: Play) -> StagedRun:
    """Play one run under a policy.

    Parameters
    ----------
    setup
        What is staged.
    policy
        How it is paced.
    play
        Plays a rollout with the chances of one replication.
    """
    if isinstance(policy, AwsIotJobs):
        return _play_paced(setup, policy, play)
    if isinstance(policy, Gate):
        return _play_gated(setup, policy, play)
    start, done, sent = setup.first.at, 0, []
    for so_far, after in policy.starts(len(setup.devices)):
        if so_far > done:
            sent.append(Sent(start + after, done, so_far, setup.first.command.devices_wait))
        done = so_far
    return StagedRun(_played(setup, sent, play), tuple(_in_time(setup, sent)))


def _in_time(setup: Setup, sent: Sequence[Sent]) -> list[Sent]:
    return [part for part in sent if part.at < setup.rollout.horizon]


def _played(setup: Setup, sent: Sequence[Sent], play: Play) -> RunRecord:
    if setup.devices_of is not None:
        groups_sent = [
            (part.at, setup.devices[part.first : part.end].tolist())
            for part in _in_time(setup, sent)
        ]
        product = products()[setup.devices_of]
        assigned = assigned_groups(
            setup.rollout, product, setup.first.command, groups_sent, setup.names
        )
        return play(Rollout(setup.rollout.scenario, setup.rollout.fleet, setup.before, assigned))
    command: Command = setup.first.command
    runs = list(setup.before)
    for number, part in enumerate(_in_time(setup, sent), 1):
        names = tuple(setup.names[d] for d in setup.devices[part.first : part.end].tolist())
        own = replace(command, target=DeviceListTarget(names), devices_wait=part.wait)
        runs.append(CommandRun(own, part.at, f"group {number}"))  # type: ignore[arg-type]
    runs.sort(key=lambda run: run.at)
    return play(Rollout(setup.rollout.scenario, setup.rollout.fleet, tuple(runs)))


class Ends:
    """When each device began and ended, and how; arrays have shape (devices,).

    Parameters
    ----------
    devices
        Which, in which order.
    record
        A run.
    """

    def __init__(self, devices: NDArray[np.int32], record: RunRecord) -> None:
        updates, log = record.updates, record.updates.log
        count = len(record.rollout.fleet)
        state = np.full(count, -1, np.int64)
        time = np.full(count, NOT_YET, np.int64)
        over = ENDS[updates.outcome_state]
        ended, lines = updates.targeted[over], updates.outcome_line[over]
        state[ended], time[ended] = log.state[lines], log.time[lines]
        begun = np.full(count, NOT_YET, np.int64)
        lines = np.flatnonzero(log.in_state(State.CHECKING))
        np.minimum.at(begun, log.device[lines], log.time[lines])
        self.begun: Times = begun[devices]
        self.time: Times = time[devices]
        self.state: NDArray[np.int64] = state[devices]

    def times(self, first: int, end: int, *states: State) -> Times:
        """Return when the devices of a group ended in one of these states, ascending."""
        chosen = np.isin(self.state[first:end], [int(state) for state in states])
        times: Times = np.sort(self.time[first:end][chosen])
        return times


class _Looks:
    """What a gate sees in one run; every moment is that of a look.

    Parameters
    ----------
    setup, policy
        What is staged, and how.
    ends
        How the devices ended.
    """

    def __init__(self, setup: Setup, policy: Gate, ends: Ends) -> None:
        self._setup, self._policy, self._ends = setup, policy, ends

    def next_start(self, group: Sent) -> int:
        """Return when the group after this one starts if nothing fails; `NOT_YET` for never."""
        moment = self._gone_well(group)
        met = None if moment is None else self._look(max(moment, group.at))
        start = self._policy.next_start(group.at, met, self._setup.person_takes)
        return NOT_YET if start is None else start

    def _gone_well(self, group: Sent) -> int | None:
        """Return when enough of a group had finished, or where that will do, all had ended."""
        total = group.end - group.first
        needed = self._policy.finished_to_go_on(total)
        well = self._ends.times(group.first, group.end, *FINISHED)
        moment = group.at if needed == 0 else _nth(well, needed)
        if moment is None and self._policy.ends_groups:
            over = (*FINISHED, *FAILED_OR_CANCELLED)
            return _nth(self._ends.times(group.first, group.end, *over), total)
        return moment

    def held_by(self, group: Sent) -> HeldBy:
        """Return why a group that did not let the next one start never will."""
        total = group.end - group.first
        lost = len(self._ends.times(group.first, group.end, *FAILED_OR_CANCELLED))
        could = self._policy.ends_groups or total - lost >= self._policy.finished_to_go_on(total)
        return HeldBy.SILENT if could else HeldBy.FAILED

    def errors(self, group: Sent) -> int:
        """Return when too many of a group have failed; `NOT_YET` for never."""
        most = self._policy.failed_to_pause(group.end - group.first)
        if most is None:
            return NOT_YET
        moment = _nth(self._ends.times(group.first, group.end, State.FAILED), most)
        return NOT_YET if moment is None else self._look(moment)

    def _look(self, moment: int) -> int:
        start, tick = self._setup.first.at, self._policy.tick
        return start + -((start - moment) // tick) * tick


def _nth(times: Times, number: int) -> int | None:
    return int(times[number - 1]) if number <= len(times) else None


def _play_gated(setup: Setup, policy: Gate, play: Play) -> StagedRun:
    """Send group by group; until the next one starts, errors of all groups under way count."""
    wait, horizon = setup.first.command.devices_wait, setup.rollout.horizon
    edges = groups(len(setup.devices), setup.shares)
    sent: list[Sent] = []
    forgiven: set[int] = set()
    at = setup.first.at
    for number, (first, end) in enumerate(edges):
        sent.append(Sent(at, first, end, wait))
        record = _played(setup, sent, play)
        looks = _Looks(setup, policy, Ends(setup.devices, record))
        is_last = number == len(edges) - 1
        at = NOT_YET if is_last else looks.next_start(sent[-1])
        held_by = looks.held_by(sent[-1]) if at == NOT_YET and not is_last else None
        for moment, group in sorted((looks.errors(part), n) for n, part in enumerate(sent)):
            if moment >= horizon or moment > at or group in forgiven:
                continue
            if not setup.goes_on_after_errors:
                return StagedRun(record, tuple(sent), moment)
            forgiven.add(group)
            agreed = moment + setup.person_takes
            at = agreed if group == number else max(at, agreed)
        if is_last or at >= horizon:
            return StagedRun(record, tuple(sent), held_by=held_by if at == NOT_YET else None)
    raise AssertionError("a rollout has at least one group")


def _play_paced(setup: Setup, policy: AwsIotJobs, play: Play) -> StagedRun:
    """Send at a rate that rises with a count; cancel what is not sent when an abort rule trips."""
    total, at, done = len(setup.devices), setup.first.at, 0
    sent: list[Sent] = []
    count = 0
    while True:
        wait = max(1, round(MINUTE / policy.rate(count)))
        trial = [*sent, Sent(at, done, total, wait)]
        record = _played(setup, trial, play)
        ends = Ends(setup.devices, record)
        notified = np.concatenate(
            [
                part.at + np.arange(part.end - part.first, dtype=np.int64) * part.wait
                for part in trial
            ]
        )
        rises = _rises(policy, count, notified, ends)
        aborts = aborts_at(policy, notified, ends)
        stop = min(rises if rises is not None else NOT_YET, aborts)
        cut = int(np.searchsorted(notified, stop, "right"))
        if stop == NOT_YET or cut >= total:
            stopped = aborts if aborts < setup.rollout.horizon else None
            return StagedRun(record, tuple(trial), stopped)
        kept = _until(trial, cut)
        if aborts <= stop:
            return StagedRun(_played(setup, kept, play), tuple(kept), aborts)
        count = policy.next_step(count) or count
        # The next device keeps its distance from the last one, at the new rate.
        last = int(notified[cut - 1])
        at = max(stop, last + max(1, round(MINUTE / policy.rate(count))))
        sent, done = kept, cut


def _until(sent: Sequence[Sent], cut: int) -> list[Sent]:
    """Return what was sent up to a place in the row of devices."""
    return [replace(part, end=min(part.end, cut)) for part in sent if part.first < cut]


def _rises(policy: AwsIotJobs, count: int, notified: Times, ends: Ends) -> int | None:
    step = policy.next_step(count)
    if step is None:
        return None
    times = notified
    if policy.counts_succeeded:
        succeeded = (ends.state == State.SUCCESS) & ~_timed_out(policy, ends)
        times = np.sort(ends.time[succeeded])
    return int(times[step - 1]) if step <= len(times) else None


def aborts_at(policy: AwsIotJobs, notified: Times, ends: Ends) -> int:
    """Return when the first abort rule trips; `NOT_YET` if none does."""
    return min(
        (_trips_at(policy, abort, notified, ends) for abort in policy.aborts), default=NOT_YET
    )


def _trips_at(policy: AwsIotJobs, abort: Abort, notified: Times, ends: Ends) -> int:
    failures = failure_times(policy, abort.failure, ends)
    moments = failures
    if abort.minimum <= len(notified):
        moments = np.append(failures, notified[max(0, abort.minimum - 1)])
    for moment in np.unique(moments).tolist():
        failed = int(np.searchsorted(failures, moment, "right"))
        if abort.trips(int(np.searchsorted(notified, moment, "right")), failed):
            return int(moment)
    return NOT_YET


def _deadline(policy: AwsIotJobs, ends: Ends) -> Times:
    """Return when each device's time is up; `NOT_YET` where it never is.

    A device that keeps silent is not in progress, so its time does not run.
    """
    if policy.timeout_minutes is None:
        return np.full(len(ends.begun), NOT_YET, np.int64)
    begun = np.minimum(ends.begun, NOT_YET - policy.timeout_minutes * MINUTE)
    return begun + policy.timeout_minutes * MINUTE


def _timed_out(policy: AwsIotJobs, ends: Ends) -> NDArray[np.bool_]:
    """Tell whose time was up before they ended: for the service that is their end."""
    return ends.time > _deadline(policy, ends)


def failure_times(policy: AwsIotJobs, failure: Failure, ends: Ends) -> Times:
    """Return when devices failed in the way a rule looks at, ascending; each device once."""
    late = _timed_out(policy, ends)
    times: list[Times] = []
    if failure in {Failure.FAILED, Failure.ALL}:
        times.append(ends.time[(ends.state == State.FAILED) & ~late])
    if failure in {Failure.REJECTED, Failure.ALL}:
        times.append(ends.time[np.isin(ends.state, _REJECTED) & ~late])
    if failure in {Failure.TIMED_OUT, Failure.ALL}:
        times.append(_deadline(policy, ends)[late])
    return np.sort(np.concatenate(times))
