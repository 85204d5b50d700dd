"""What the rules of other products, and one's own, would say at a moment of a real rollout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.commands.schedule import stamp
from fwsim.commands.status_text import StatusField
from fwsim.learning.under_way.so_far import SoFar
from fwsim.measures.amounts import counted, shown_duration, shown_share
from fwsim.messages import say
from fwsim.model.past import Past
from fwsim.model.rollout import Rollout
from fwsim.model.status_log import LinkLoad, LogColumns
from fwsim.planning.gates.device_ends import FAILED_OR_CANCELLED, FINISHED, Ends
from fwsim.planning.gates.gated import gone_well
from fwsim.planning.gates.paced import aborts_at, failed_at
from fwsim.planning.gates.policies import Abort, AwsIotJobs, Failure, Gate, Policy
from fwsim.planning.gates.policy_runs import name_of, policy_of
from fwsim.planning.gates.sending import Sent
from fwsim.quantities.units import write_duration
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.record import RunRecord
from fwsim.scenario.stages_section import StagesSection


class Says(StrEnum):
    """What a rule says."""

    GO_ON = "go on"
    WAIT = "wait"
    ASK = "ask a person"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Verdict:
    """What a policy says now.

    Parameters
    ----------
    policy
        Its name.
    says
        What.
    why
        Why, in words.
    """

    policy: str
    says: Says
    why: str


@dataclass(frozen=True)
class Group:
    """Devices that one command was sent to.

    Parameters
    ----------
    label
        Of the command's run.
    at
        When it was due, milliseconds after the start.
    devices
        Which, ascending.
    notified
        When each was, `NOT_YET` if it was not: with its first line after it stood in line, or at
        its turn if the log does not tell who was probed; milliseconds after the start, shape
        (devices,).
    ends
        How each ended under that command, whatever became of it under others.
    """

    label: str
    at: int
    devices: NDArray[np.int32]
    notified: NDArray[np.int64]
    ends: Ends


def verdicts(rollout: Rollout, so_far: SoFar, stages: StagesSection) -> list[Verdict]:
    """Return what every policy says at the end of the log so far.

    A group is what one command was sent to; a rule looks at the last one for going on, and at all
    of them for errors. What devices came to under one command no later one takes back.

    Parameters
    ----------
    rollout
        Made ready.
    so_far
        Its log.
    stages
        The policies.
    """
    log = so_far.past.log.of_field(StatusField.UPDATE)
    empty = LinkLoad.of([], 60_000)
    record = RunRecord(rollout, log, empty, so_far.until, end=so_far.until)
    groups = list(_groups(record, so_far.past))
    return [
        Verdict(name_of(section), *_says(policy_of(section), groups, record, so_far.until))
        for section in stages.policies
    ]


def _groups(record: RunRecord, past: Past) -> Iterator[Group]:
    """Yield what each command was sent to by then, the earliest first.

    A log that tells who was probed tells whom a command was sent to. Any other names only those of
    whom it has seen something: the rest of the targets was commanded, too.
    """
    rollout, log = record.rollout, record.log
    if State.PROBING in past.tells:
        numbers = np.unique(log.run).tolist()
        for number in sorted(numbers, key=lambda one: log.runs[one].at):
            run, mine = log.runs[number], log.run == number
            devices = np.unique(log.device[mine])
            notified = _first_lines(devices, log.where(mine & ~log.in_state(State.PROBING)))
            yield Group(run.label, run.at, devices, notified, Ends(devices, record, number))
        return
    # The runs of such a log begin with the scenario's, at the times at which they were sent.
    commands = enumerate(past.log.runs[: len(rollout.runs)])
    for number, run in sorted(commands, key=lambda one: one[1].at):  # one may have begun late
        if run.at <= past.until and run.command.status_field is StatusField.UPDATE:
            targets = past.targets(run, rollout.targets(run, {}).astype(np.int64))
            devices, turn = np.unique(targets.astype(np.int32), return_index=True)
            if len(devices):
                due = run.at + turn * run.command.devices_wait
                due[due > past.until] = NOT_YET
                notified = np.minimum(due, _first_lines(devices, log.where(log.run == number)))
                yield Group(run.label, run.at, devices, notified, Ends(devices, record, number))


def _first_lines(devices: NDArray[np.int32], log: LogColumns) -> NDArray[np.int64]:
    """Return when the first line of each device is; `NOT_YET` if it has none."""
    first = np.full(len(devices), NOT_YET, np.int64)
    is_theirs = np.isin(log.device, devices)
    np.minimum.at(first, np.searchsorted(devices, log.device[is_theirs]), log.time[is_theirs])
    return first


def _says(
    policy: Policy, groups: Sequence[Group], record: RunRecord, until: int
) -> tuple[Says, str]:
    if not groups:
        return Says.WAIT, say("gates.nothing_sent")
    if isinstance(policy, Gate):
        return _gate_says(policy, groups, until)
    if isinstance(policy, AwsIotJobs):
        return _aws_says(policy, groups, record, until)
    return Says.GO_ON, say("gates.no_rule")


def _gate_says(policy: Gate, groups: Sequence[Group], until: int) -> tuple[Says, str]:
    for group in groups:
        total = len(group.devices)
        failed = len(group.ends.times(0, total, State.FAILED))
        most = policy.failed_to_pause(total)
        told = {"group": group.label, "failed": failed, "of": counted(total, "device")}
        if most is not None and failed >= most:
            return Says.PAUSE, say("gates.too_many", **told, most=most - 1)
    last = groups[-1]
    total = len(last.devices)
    ends = last.ends
    well = ends.times(0, total, *FINISHED)
    needed = policy.finished_to_go_on(total)
    told = {
        "group": last.label,
        "done": len(well),
        "of": counted(total, "device"),
        "needed": needed,
    }
    since = gone_well(policy, ends, Sent(last.at, 0, total, 0))
    if since is not None:
        left = since + policy.wait - until
        if left > 0:
            return Says.WAIT, say("gates.wait_after", **told, after=shown_duration(left))
        why = say("gates.enough" if len(well) >= needed else "gates.all_ended", **told)
        return (Says.ASK if policy.pauses else Says.GO_ON), why
    if policy.longest is not None and until > last.at + policy.longest:
        return Says.ASK, say("gates.too_long", **told, longest=write_duration(policy.longest))
    lost = len(ends.times(0, total, *FAILED_OR_CANCELLED))
    return Says.WAIT, _waits(policy, told, needed - len(well), total - len(well) - lost, lost)


def _waits(policy: Gate, told: dict[str, Any], missing: int, left: int, lost: int) -> str:
    """Return what a gate waits for, or why it waits in vain."""
    if missing <= left:
        return say("gates.not_enough", **told, more=missing)
    if policy.ends_groups:
        return say("gates.until_all_ended", **told, more=left)
    return say("gates.stays_shut", **told, lost=lost)


def _aws_says(
    policy: AwsIotJobs, groups: Sequence[Group], record: RunRecord, until: int
) -> tuple[Says, str]:
    everybody = len(record.rollout.fleet)
    notified = _firsts([(group.devices, group.notified) for group in groups], everybody)
    count = len(notified)
    if not count:
        return Says.WAIT, say("gates.nothing_sent")

    def failures_of(failure: Failure) -> NDArray[np.int64]:
        failed = [(group.devices, failed_at(policy, failure, group.ends)) for group in groups]
        return _firsts(failed, everybody)

    nearest, worst = -1.0, say("gates.no_abort")
    for abort in policy.aborts:
        failed = int(np.searchsorted(failures_of(abort.failure), until, side="right"))
        if abort.trips(count, failed):
            return Says.CANCEL, _failures(abort, failed, count)
        near = failed / count / abort.threshold if abort.threshold else math.inf
        if near > nearest:
            nearest, worst = near, _failures(abort, failed, count)
    tripped = aborts_at(policy, notified, failures_of)
    if tripped <= until:
        at = stamp(record.rollout.local_time(tripped))
        return Says.CANCEL, say("gates.tripped", at=at)
    return Says.GO_ON, worst


def _firsts(
    times: Sequence[tuple[NDArray[np.int32], NDArray[np.int64]]], devices: int
) -> NDArray[np.int64]:
    """Return the first time of each device that has one in any group, ascending."""
    first = np.full(devices, NOT_YET, np.int64)
    for whose, when in times:
        np.minimum.at(first, whose, when)
    return np.sort(first[first < NOT_YET])


def _failures(abort: Abort, failed: int, count: int) -> str:
    """Return how far a rule to abort is from tripping, and what it waits for besides."""
    text = say(
        "gates.failures",
        kind=abort.failure.value,
        failed=failed,
        count=count,
        share=shown_share(failed / count),
        threshold=shown_share(abort.threshold),
    )
    if count >= abort.minimum:
        return text
    return say("gates.too_few_notified", text=text, minimum=abort.minimum)
