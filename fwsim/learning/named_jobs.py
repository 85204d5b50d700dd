"""Jobs that a server numbers its own way, matched to the scenario's commands.

A scenario's commands are called 1, 2 and so on; the rows of Scout's update jobs have numbers of the
database. Whose devices a job came to, and when first, tells which command it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.status_text import StatusField
from fwsim.commands.targets import ClientGroupTarget
from fwsim.learning.journeys import NOBODY, Ints, devices_of
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.observations.observed import LONG_AGO, Observed

_MOST_NAMED = 5


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
        Numbers of jobs, in the log's `commands`, that are none of the scenario's.
    count
        How many lines these have.
    """

    log: Observed
    command_of: Mapping[str, str] = field(default_factory=dict)
    others: tuple[int, ...] = ()
    count: int = 0

    def without_others(self) -> Observed:
        """Return the log without the lines of jobs that are none of the scenario's."""
        if not self.others:
            return self.log
        return self.log.where(~np.isin(self.log.command, self.others))

    def told(self) -> Iterator[str]:
        """Yield what to say of them."""
        if self.others:
            names = [self.log.commands[number] for number in self.others]
            yield say("under_way.other_jobs", count=self.count, jobs=_named(names))
        if self.is_worth_telling:
            yield self.text

    @property
    def is_worth_telling(self) -> bool:
        """Whether it is not plain which command a job is."""
        return len(self.command_of) > 1

    @property
    def text(self) -> str:
        """What to say of the jobs that are the scenario's commands."""
        pairs = [f"{job} → {command}" for job, command in self.command_of.items()]
        return say("under_way.jobs_taken", pairs=_named(pairs))


def _named(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + " …" * (len(names) > _MOST_NAMED)


def named_jobs(log: Observed, rollout: Rollout) -> NamedJobs:
    """Return the jobs of a log, matched to the commands of a scenario.

    A job is of the latest command that was due for its devices when they first heard of it, for
    most of them. If that is none, it is another rollout's, unless all jobs are: then the clock of
    the log may be another.

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
    if by_itself or not runs or not log.commands or own >= set(log.commands):
        return NamedJobs(log)
    found = _commands_of(log, rollout)
    pairs = list(zip(log.commands, found, strict=True))
    # A server counts from 1, too: its first job is no command 1 that was not due then.
    has_own_names = any(job in own and run != NOBODY for job, run in pairs)
    if has_own_names or all(run == NOBODY for run in found):
        return NamedJobs(log)
    counts = np.bincount(log.command[log.command >= 0], minlength=len(found))
    others = tuple(n for n, run in enumerate(found) if run == NOBODY and counts[n])
    command_of = {job: runs[run].label for job, run in pairs if run != NOBODY}
    names = [command_of.get(job, f"#{job}" if job in own else job) for job in log.commands]
    renamed = _renamed(log, names)
    numbers = tuple(renamed.commands.index(names[number]) for number in others)
    return NamedJobs(renamed, command_of, numbers, int(counts[list(others)].sum()))


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
    """Return which of the scenario's commands each job is, by most of its devices."""
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
    np.add.at(counts, (job, found + 1), 1)
    return [int(run) - 1 for run in np.argmax(counts, axis=1)]


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
