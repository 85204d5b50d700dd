"""Where the tail comes from: how the last devices spent their time, and why they waited."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.model.status_log import LogColumns
from fwsim.results.run.ends import NOT_YET
from fwsim.results.run.jobs import Jobs
from fwsim.results.run.record import FieldRecord
from fwsim.results.run.stages import ENDS, STAGE_OF_STATE, STAGES_UNDER_WAY, WAIT_AFTER, Stage, Wait

TAIL = 0.05
"""Share of the successful devices that counts as the tail: those that were last."""
_DISPATCH, _LATER, _OWN_START, _CUT_OFF, _POWER_LOST = (
    STAGES_UNDER_WAY.index(way)
    for way in (Stage.DISPATCH, Wait.LATER, Wait.OWN_START, Wait.CUT_OFF, Wait.POWER_LOST)
)
Whole = NDArray[np.int64]
Stretches = tuple[Whole, Whole, Whole]


@dataclass(frozen=True)
class TimeSpent:
    """Mean time from the first command to success, split by stage; arrays have shape (ways,).

    Parameters
    ----------
    devices
        How many were successful.
    last
        How many of them are the tail.
    by_all, by_last
        Milliseconds in each of `STAGES_UNDER_WAY`, mean over all successful devices and over
        the tail.
    """

    devices: int
    last: int
    by_all: NDArray[np.float64]
    by_last: NDArray[np.float64]


def time_spent(updates: FieldRecord) -> TimeSpent:
    """Return how the successful devices spent their time until they were.

    That is the success under the command that tells its outcome. A device's commands follow each
    other: from the end of one to the time of the next it waits because of that end, from then
    until its turn for the dispatcher. What it did under a command that led to nothing counts as
    what it was. All of it adds up to the time from the first command to the success.
    """
    success = updates.success_time
    done = np.flatnonzero(success < NOT_YET)
    if not len(done):
        return TimeSpent(0, 0, np.zeros(len(STAGES_UNDER_WAY)), np.zeros(len(STAGES_UNDER_WAY)))
    last = math.ceil(TAIL * len(done))
    is_late = np.zeros(len(done), bool)
    is_late[np.argsort(success[done], kind="stable")[-last:]] = True
    by_all, by_last = np.zeros((2, len(STAGES_UNDER_WAY)), np.int64)
    for row, way, lasted in Attempts(updates, updates.targeted[done]).stretches():
        late = is_late[row]
        np.add.at(by_all, way, lasted)
        np.add.at(by_last, way[late], lasted[late])
    return TimeSpent(len(done), last, by_all / len(done), by_last / last)


class Attempts:
    """The jobs of successful devices up to the one that tells so, each device's one after another.

    Parameters
    ----------
    updates
        The updates of a run.
    devices
        Those that were successful, ascending.
    """

    def __init__(self, updates: FieldRecord, devices: NDArray[np.int32]) -> None:
        self._log, self._jobs = updates.log, updates.jobs
        self._begin = updates.first_command
        self._first, self._end_line = _ends(self._log, self._jobs)
        row_of = np.full(int(self._jobs.device.max()) + 1, -1, np.int64)
        row_of[devices] = np.arange(len(devices))
        row = row_of[self._jobs.device]
        best = updates.decisive[np.searchsorted(updates.targeted, devices)]
        is_before = (row >= 0) & (self._first <= self._first[best[row]])
        jobs = np.flatnonzero(is_before)
        self._job = jobs[np.lexsort((self._first[jobs], row[jobs]))]
        self._row = row[self._job]
        self._place()

    def _place(self) -> None:
        """Find when each begins and ends, and from when on its time is its own."""
        log, end = self._log, self._end_line[self._job]
        self._start: Whole = log.time[self._first[self._job]]
        is_first = np.append(True, self._row[1:] != self._row[:-1])
        follows = np.append(self._start[1:], NOT_YET)
        over = np.where(ENDS[log.state[end]], log.time[end], follows)
        is_last = np.append(is_first[1:], True)
        self._over: Whole = np.minimum(over, over[is_last][self._row])
        # The latest end so far, device by device: each one's times lie above those of the last.
        step = int(log.time.max()) + 1
        until = np.maximum.accumulate(self._row * step + self._over)
        is_latest = self._row * step + self._over >= until
        latest = np.maximum.accumulate(np.where(is_latest, np.arange(len(until)), 0))
        before = np.append(0, latest[:-1])
        self._from: Whole = np.where(is_first, self._begin, np.append(0, until[:-1]) % step)
        reason = WAIT_AFTER[log.state[end], log.detail[end]].astype(np.int64)
        is_sent = log.state[self._first[self._job]] == State.PROBING
        self._turn = np.where(is_sent, _DISPATCH, _OWN_START)
        self._waits = np.where(is_first, np.where(is_sent, _LATER, _OWN_START), reason[before])

    def stretches(self) -> Iterator[Stretches]:
        """Yield stretches of time; those of a device are its time until success, without a rest.

        Yields
        ------
        tuple of arrays of shape (stretches,)
            Index into the devices, index into `STAGES_UNDER_WAY`, milliseconds.
        """
        for row, way, lasted in (*self._between(), self._within()):
            yield row, way, np.maximum(lasted, 0)

    def _between(self) -> list[Stretches]:
        """Return the waits before each job: until it is commanded, and until its turn."""
        log = self._log
        first = self._first[self._job]
        commanded = np.array([run.at for run in log.runs], np.int64)[log.run[first]]
        due = np.clip(commanded, self._from, np.maximum(self._from, self._start))
        return [
            (self._row, self._waits, due - self._from),
            (self._row, self._turn, self._start - due),
        ]

    def _within(self) -> Stretches:
        """Return the stretches of the jobs, as far as no job before was still under way."""
        log, jobs = self._log, self._jobs
        place = np.full(len(jobs), -1, np.int64)
        place[self._job] = np.arange(len(self._job))
        line = jobs.order[(place >= 0)[jobs.in_order]]
        own = place[jobs.of_line[line]]
        is_last = np.append(own[1:] != own[:-1], True)
        then = np.where(is_last, self._over[own], np.append(log.time[line[1:]], 0))
        then = np.minimum(then, self._over[own])  # nothing after its end counts
        way = STAGE_OF_STATE[log.state[line]].astype(np.int64)
        end = self._end_line[jobs.of_line[line]]
        is_cut = WAIT_AFTER[log.state[end], log.detail[end]] == _POWER_LOST
        way[is_cut & (np.append(line[1:], -1) == end)] = _CUT_OFF
        counts = ~ENDS[log.state[line]] & (line < np.where(ENDS[log.state[end]], end, len(log)))
        began = np.maximum(log.time[line], self._from[own])
        return self._row[own][counts], way[counts], (then - began)[counts]


def _ends(log: LogColumns, jobs: Jobs) -> tuple[Whole, Whole]:
    """Return each job's first line, and the one that tells its end or its first success."""
    first = jobs.order[jobs.begins]
    end = jobs.outcome_line.copy()
    lines = np.flatnonzero(log.in_state(State.SUCCESS))[::-1]
    end[jobs.of_line[lines]] = lines  # of several the first one stays
    return first, end
