"""Jobs that a server numbers its own way, matched to the scenario's commands.

A scenario's commands are called 1, 2 and so on; the rows of Scout's update jobs have numbers of the
database. Whose devices a job came to, and when first, tells which command it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.earlier_job import of_earlier_job
from fwsim.learning.journeys import Ints
from fwsim.learning.known_names import NOBODY, devices_of
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, Observed

_MOST_NAMED = 5


class Whose(StrEnum):
    """Why lines are of a job that is none of the scenario's, by the name of what to say."""

    EARLIER = "under_way.earlier_job"
    OTHER = "under_way.other_jobs"
    UNKNOWN = "under_way.unknown_commands"


@dataclass(frozen=True)
class LeftOut:
    """Lines that are left out of a log.

    Parameters
    ----------
    why
        Why.
    count
        How many.
    jobs
        Names of their jobs.
    """

    why: Whose
    count: int
    jobs: tuple[str, ...]

    @property
    def text(self) -> str:
        """What to say of them."""
        return say(self.why, count=self.count, jobs=_named(self.jobs))


@dataclass(frozen=True)
class TakenFor:
    """Jobs that are taken for the scenario's commands.

    Parameters
    ----------
    command_of
        By a job's name in the log, the command.
    """

    command_of: Mapping[str, str]

    @property
    def text(self) -> str:
        """What to say of them."""
        pairs = [f"{job} → {command}" for job, command in self.command_of.items()]
        return say("under_way.jobs_taken", pairs=_named(pairs))


@dataclass(frozen=True)
class NamedJobs:
    """The jobs of a log.

    Parameters
    ----------
    log
        With the scenario's names of commands, where its jobs are theirs.
    command_of
        By a job's name in the log, the scenario's command; empty if the log has these names itself,
        or no job of it can be any of them.
    others
        Which lines are of jobs that are none of the scenario's; None if all are its own.
    left_out
        What there is to say of these.
    """

    log: Observed
    command_of: Mapping[str, str] = field(default_factory=dict)
    others: NDArray[np.bool_] | None = None
    left_out: LeftOut | None = None

    def without_others(self) -> Observed:
        """Return the log without the lines of jobs that are none of the scenario's."""
        return self.log if self.others is None else self.log.where(~self.others)

    @property
    def remarks(self) -> tuple[LeftOut | TakenFor, ...]:
        """What there is to say of the jobs."""
        # Of one job it is plain which command it is.
        taken = (TakenFor(self.command_of),) if len(self.command_of) > 1 else ()
        return taken if self.left_out is None else (self.left_out, *taken)

    def told(self) -> list[str]:
        """Return the same in words."""
        return [one.text for one in self.remarks]


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + " …" * (len(names) > _MOST_NAMED)


def named_jobs(log: Observed, rollout: Rollout) -> NamedJobs:
    """Return the jobs of a log, matched to the commands of a scenario.

    A job is of the latest command that was due for its devices when they first heard of it, for
    half of them at least. If that is none, it is another rollout's, unless all jobs are: then the
    clock of the log may be another. A log that names no jobs may show an earlier one, too.

    Parameters
    ----------
    log
        What was seen.
    rollout
        Whose commands; if devices also start by themselves, nothing is matched.
    """
    scenario, runs = rollout.scenario, rollout.runs
    by_itself = scenario.assignments or scenario.notifications or scenario.scheduler
    own = {run.label for run in runs}
    if by_itself or not runs or (log.commands and own >= set(log.commands)):
        return NamedJobs(log)
    if not log.commands:
        return _apart(NamedJobs(log), of_earlier_job(log, rollout), Whose.EARLIER)
    found = _commands_of(log, rollout)
    pairs = list(zip(log.commands, found, strict=True))
    if all(run == NOBODY for run in found):
        return NamedJobs(log)
    # A server counts from 1, too: its first job is no command 1 that was not due then.
    if any(job in own and run != NOBODY for job, run in pairs):
        unknown = [number for number, job in enumerate(log.commands) if job not in own]
        return _apart(NamedJobs(log), np.isin(log.command, unknown), Whose.UNKNOWN)
    command_of = {job: runs[run].label for job, run in pairs if run != NOBODY}
    names = [command_of.get(job, f"#{job}" if job in own else job) for job in log.commands]
    is_other = np.array([*(run == NOBODY for run in found), False])[log.command]
    jobs = tuple(names[number] for number in np.unique(log.command[is_other]).tolist())
    return _apart(NamedJobs(_renamed(log, names), command_of), is_other, Whose.OTHER, jobs)


def _apart(
    jobs: NamedJobs, others: NDArray[np.bool_], why: Whose, names: tuple[str, ...] = ()
) -> NamedJobs:
    """Return the same with lines that are of others, and with what there is to say of them."""
    if not others.any():
        return jobs
    return replace(jobs, others=others, left_out=LeftOut(why, int(others.sum()), names))


def _renamed(log: Observed, names: list[str]) -> Observed:
    """Return a log with other names of commands; those that become one name are one."""
    commands = tuple(dict.fromkeys(names))
    number = np.array([*(commands.index(name) for name in names), -1], np.int32)
    deliveries, uefi = (
        frozenset(int(number[each]) for each in numbers) for numbers in (log.deliveries, log.uefi)
    )
    return replace(
        log, commands=commands, command=number[log.command], deliveries=deliveries, uefi=uefi
    )


def _commands_of(log: Observed, rollout: Rollout) -> list[int]:
    """Return which of the scenario's commands each job is, by half of its devices at least."""
    job, device, heard = _first_heard(log, rollout)
    is_of_delivery = np.isin(job, list(log.deliveries))
    found = np.full(len(job), NOBODY)
    for run, command in enumerate(rollout.runs):
        is_for = heard >= np.array(command.at, np.int64)
        is_for &= heard <= rollout.horizon
        if command.command.status_field is not StatusField.DELIVERY:
            is_for &= ~is_of_delivery
        target = command.command.target
        if not isinstance(target, ClientGroupTarget):
            is_for &= np.isin(device, rollout.find(target))
        found[is_for] = run
    counts = np.zeros((len(log.commands), len(rollout.runs) + 1), np.int64)
    np.add.at(counts, (job, found), 1)  # nobody's stand in the last column
    of_runs = counts[:, :-1].sum(axis=1)
    is_none = (of_runs == 0) | (counts[:, NOBODY] > of_runs)
    most = np.where(is_none, NOBODY, np.argmax(counts[:, :-1], axis=1))
    return [int(run) for run in most]


def _first_heard(log: Observed, rollout: Rollout) -> tuple[Ints, Ints, Ints]:
    """Return the devices of each job, a row each: job, the scenario's device, when it had heard."""
    rows = np.flatnonzero((log.command >= 0) & (log.earliest > LONG_AGO))
    device = devices_of(log, rollout)[log.device.codes[rows]]
    rows, device = rows[device != NOBODY], device[device != NOBODY]
    job = log.command[rows].astype(np.int64)
    by: NDArray[np.int64] = log.latest[rows] + (log.resolution - 1) - rollout.epoch
    order = np.lexsort((by, device, job))
    job, device = job[order], device[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (job[1:] != job[:-1]) | (device[1:] != device[:-1])
    return job[is_first], device[is_first], by[order][is_first]
