"""The past of a rollout under way: what its log tells of every job, up to a moment.

Nothing is replayed from a snapshot. Both clocks play from the start, and a job whose past is known
keeps to it: what its log tells comes when the log tells it, and what the log would have told has
not happened. What is still open goes on by the run's own luck and lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, SILENT, TELLS_BYTES, Event, State
from fwsim.commands.lifecycle_table import TRANSITIONS
from fwsim.commands.told_states import AGREES
from fwsim.model.status_log import CommandRun, Integers, LogColumns

UNTOLD = -1
"""Stands for an amount that a log does not tell."""
EVERY_STATE = frozenset(State) - SILENT

UP_TO_CONSENT = frozenset(
    {
        State.PROBING,
        State.SKIPPED,
        State.WAKING,
        State.UNREACHED,
        State.REJECTED,
        State.CHECKING,
        State.NOTIFYING,
        State.DEFERRED,
        State.VERIFY_IDF,
        State.NOT_NEEDED,
        State.CANCELLED,
        State.SUPERSEDED,
    }
)
"""States that the server, habits and users decide, before anything is fetched."""


@dataclass(frozen=True, eq=False)
class Past:
    """What a log tells up to a moment, job by job.

    Parameters
    ----------
    until
        Up to when the log tells what happened, that moment included; milliseconds since the start.
    log
        Its lines in order of time, none later than `until`.
    devices
        How many devices the fleet has.
    tells
        The states that this kind of log tells; what it does not tell may happen unseen.
    """

    until: int
    log: LogColumns
    devices: int
    tells: frozenset[State] = EVERY_STATE

    def __post_init__(self) -> None:
        """Check that the lines are in order and not from later.

        Raises
        ------
        ValueError
            If they are not.
        """
        if len(self.log) and (np.any(np.diff(self.log.time) < 0) or self.log.time[-1] > self.until):
            raise ValueError("the lines of a past must be in order of time, and none after its end")

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number every label of a run of a command; what one device did under it is one job."""
        labels = dict.fromkeys(run.label for run in self.log.runs)
        return {label: number for number, label in enumerate(labels)}

    @cached_property
    def _job_of_line(self) -> Integers:
        of_run = np.array([self.numbers[run.label] for run in self.log.runs] or [0], np.int64)
        return of_run[self.log.run] * self.devices + self.log.device

    @cached_property
    def order(self) -> Integers:
        """Order of the lines: job by job, and within a job as they were written; (lines,)."""
        # Two jobs of a scheduler may bear one name: what a device did under it are two jobs then.
        jobs = np.stack([self._job_of_line, self.log.run], axis=1)
        _, first, back = np.unique(jobs, axis=0, return_index=True, return_inverse=True)
        return np.lexsort((first[back.reshape(-1)], self._job_of_line))

    @cached_property
    def firsts(self) -> Integers:
        """Return where each job's lines begin in `lines`, and behind the last; (jobs + 1,)."""
        jobs = np.stack([self._job_of_line, self.log.run], axis=1)[self.order]
        begins = np.flatnonzero((jobs[1:] != jobs[:-1]).any(axis=1)) + 1
        return np.array([*([0] if len(jobs) else []), *begins.tolist(), len(jobs)], np.int64)

    @cached_property
    def jobs(self) -> Integers:
        """Return whose lines they are: label times devices plus device, ascending; (jobs,)."""
        return self._job_of_line[self.order][self.firsts[:-1]]

    @cached_property
    def lines(self) -> LogColumns:
        """Return the lines job by job."""
        return self.log.where(self.order)

    def is_first(self, line: Integers) -> NDArray[np.bool_]:
        """Tell which of some of `lines` have none before them of the same job."""
        return np.isin(line, self.firsts)

    @cached_property
    def told_to_begin(self) -> tuple[Integers, Integers, Integers]:
        """Lines that tell that a transfer begins, those that end them, and bytes of each.

        Behind all lines stands the end of what is still open.
        """
        lines, stops = self.lines, self.firsts[1:]
        job = np.repeat(np.arange(len(stops)), np.diff(self.firsts))
        begun = np.flatnonzero(lines.state == State.TRANSFER)
        is_open = begun + 1 == stops[job[begun]]
        after = np.minimum(begun + 1, len(lines) - 1)
        # Lines tell the bytes of all transfers of a job together.
        is_one = np.bincount(job[begun], minlength=len(stops))[job[begun]] == 1
        tells = is_one & ~is_open & lines.in_state(*TELLS_BYTES)[after] & (lines.amount[after] >= 0)
        size = np.where(tells, lines.amount[after], UNTOLD)
        return begun, np.where(is_open, len(lines), after), size

    @property
    def last_lines(self) -> Integers:
        """Which line of `log` is the last of each job; shape (jobs,)."""
        last: Integers = self.order[self.firsts[1:] - 1]
        return last

    @cached_property
    def tells_end_of(self) -> frozenset[State]:
        """States whose end the log would have told: one of those that go on from it is told.

        That it tells of outcomes says so only of a state that has no other way on: they come from
        almost everywhere, and whoever has come to one may have gone a long way unseen.
        """
        return _ends_told(self.tells, asks=True)

    @cached_property
    def tells_end_unasked(self) -> frozenset[State]:
        """The same of a command that asks nobody: it has no way to a notice."""
        return _ends_told(self.tells, asks=False)

    def tells_consent(self, *, check_first: bool) -> bool:
        """Tell whether the log would have told that a user has agreed, as soon as it was so.

        Parameters
        ----------
        check_first
            Whether users are asked after the check; else it follows at once.
        """
        return bool(AGREES & self.tells) or (State.CHECKING in self.tells and not check_first)

    def targets(self, run: CommandRun, targets: Integers) -> Integers:
        """Return who of a run's targets was commanded; then whom else the log tells of.

        A log that does not tell who was probed leaves open that others were commanded, too.
        """
        if run.at > self.until:
            return targets
        number = self.numbers.get(run.label, -1)
        commanded = self.jobs[self.jobs // self.devices == number] % self.devices
        is_commanded, is_target = np.zeros((2, self.devices), np.bool_)
        is_commanded[commanded], is_target[targets] = True, True
        others = np.flatnonzero(is_commanded & ~is_target)
        if State.PROBING in self.tells:
            targets = targets[is_commanded[targets]]
        return np.concatenate([targets, others])

    @cached_property
    def started(self) -> list[tuple[str, int]]:
        """The jobs that have lines, by label and device."""
        labels = list(self.numbers)
        return [(labels[job // self.devices], job % self.devices) for job in self.jobs.tolist()]

    def places(self, label: str, device: int) -> range:
        """Return which of `jobs` a device's jobs under a label are, in order of time."""
        number = self.numbers.get(label)
        if number is None:
            return range(0)
        job = number * self.devices + device
        first, stop = np.searchsorted(self.jobs, [job, job + 1])
        return range(int(first), int(stop))


def _ends_told(tells: frozenset[State], *, asks: bool) -> frozenset[State]:
    losses = {Event.POWER_LOST, Event.SHUTDOWN}
    ways: dict[State, set[State]] = {}
    for row in TRANSITIONS:
        if row.event not in losses and (asks or row.to is not State.NOTIFYING):
            ways.setdefault(row.state, set()).add(row.to)
    return frozenset(s for s, to in ways.items() if (to - OUTCOMES or to) & tells)


def cut(log: LogColumns, until: int, devices: int, tells: frozenset[State] = EVERY_STATE) -> Past:
    """Return the past that a log of fwsim's own tells up to a moment, that moment included.

    Parameters
    ----------
    log
        The log.
    until
        The moment, milliseconds since the start.
    devices
        How many devices the fleet has.
    tells
        The states that are kept of it, such as `UP_TO_CONSENT`: what users did is set then, and
        lines and devices are played.
    """
    kept = log.in_state(*tells) & (log.time <= until)
    return Past(until, log.where(kept), devices, tells)
