"""The lines of a status log by job: one device under one run of a command."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, TELLS_BYTES, State
from fwsim.model.status_log import LogColumns

Lines = NDArray[np.int64]

_RANKS = {
    State.SKIPPED: 1,
    State.UNREACHED: 1,
    State.REJECTED: 0,
    State.SUPERSEDED: 0,
}
RANK_OF_STATE: NDArray[np.int64] = np.array([_RANKS.get(state, 2) for state in State], np.int64)
"""How much a job in that state tells of its device: less if it missed it, least if it gave way."""


@dataclass(frozen=True)
class Jobs:
    """Every job of a log; arrays have shape (jobs,), ordered by device, then run.

    Parameters
    ----------
    device, run
        Whose, and under which run.
    last_line
        Its last line.
    outcome_line
        The line that tells its outcome; its last line if it has none yet.
    of_line
        Job of every line of the log; shape (lines,).
    order
        The lines job by job, each job's in the order of time; shape (lines,).
    begins
        Which lines of `order` are the first of a job; shape (lines,).
    """

    device: NDArray[np.int32]
    run: NDArray[np.int32]
    last_line: Lines
    outcome_line: Lines
    of_line: Lines
    order: Lines
    begins: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.device)

    @classmethod
    def of(cls, log: LogColumns) -> Jobs:
        """Sort a log by job."""
        runs = int(log.run.max()) + 1 if len(log) else 1
        order, is_first = owner_by_owner(log.device.astype(np.int64) * runs + log.run)
        firsts = np.flatnonzero(is_first)
        last = order[np.append(firsts[1:], len(log)) - 1] if len(log) else order
        job = np.cumsum(is_first) - 1
        of_line = np.empty(len(log), np.int64)
        of_line[order] = job
        outcome = last.copy()
        ends = log.in_state(*OUTCOMES)[order]
        outcome[job[ends]] = order[ends]  # of several the last one stays
        device, run = log.device[last], log.run[last]
        return cls(device, run, last, outcome, of_line, order, is_first)

    @cached_property
    def in_order(self) -> Lines:
        """Job of every line of `order`; it never falls."""
        return self.of_line[self.order]

    @cached_property
    def successive(self) -> tuple[Lines, Lines]:
        """Each line and the next of the same job, job by job; both of shape (pairs,)."""
        job = self.in_order
        same = job[1:] == job[:-1]
        return self.order[:-1][same], self.order[1:][same]

    @cached_property
    def line_before(self) -> Lines:
        """The line of the same job before each line, or -1; shape (lines,)."""
        before = np.full(len(self.order), -1, np.int64)
        now, then = self.successive
        before[then] = now
        return before

    def state(self, log: LogColumns) -> NDArray[np.int8]:
        """Return the state that counts for each job."""
        return log.state[self.outcome_line]

    def first_line_of(self, log: LogColumns, *states: State) -> Lines:
        """Return each job's first line in one of `states`, or -1."""
        lines = np.flatnonzero(log.in_state(*states))
        first = np.full(len(self), len(log), np.int64)
        np.minimum.at(first, self.of_line[lines], lines)
        return np.where(first < len(log), first, -1)

    def decisive(self, log: LogColumns, devices: int) -> Lines:
        """Return, per device of the fleet, the job of `of_devices`, or -1 if it has none."""
        decisive = np.full(devices, -1, np.int64)
        jobs = self.of_devices(log)
        decisive[self.device[jobs]] = jobs
        return decisive

    def fetched(self, log: LogColumns) -> NDArray[np.int64]:
        """Return the package bytes the server knows each job has fetched."""
        tells = log.in_state(*TELLS_BYTES)
        fetched = np.zeros(len(self), np.int64)
        np.maximum.at(fetched, self.of_line[tells], log.amount[tells])
        return fetched

    def bytes_of_devices(self, log: LogColumns, devices: int, idf_size: int) -> NDArray[np.int64]:
        """Return the bytes of every device over all its jobs, image definition files included."""
        packages = np.zeros(devices, np.int64)
        np.add.at(packages, self.device, self.fetched(log))
        checks = np.bincount(log.device[log.in_state(State.CHECKING)], minlength=devices)
        return packages + checks * idf_size

    def of_devices(self, log: LogColumns) -> Lines:
        """Return the job that tells each targeted device's outcome, by ascending device.

        The job with the latest outcome counts that reached the device and did not give way to
        another; one that missed it only if there is no other. A device that a later command
        found up to date after an earlier one succeeded stays successful.
        """
        if not len(self):
            return np.zeros(0, np.int64)
        state = self.state(log)
        order = np.lexsort((self.outcome_line, RANK_OF_STATE[state], self.device))
        last = order[np.append(self.device[order][1:] != self.device[order][:-1], True)]
        succeeded = np.flatnonzero(state == State.SUCCESS)
        success_of = np.full(int(self.device.max()) + 1, -1, np.int64)
        success_of[self.device[succeeded]] = succeeded  # of several the last one stays
        before = success_of[self.device[last]]
        stays = (state[last] == State.NOT_NEEDED) & (before >= 0)
        chosen: Lines = np.where(stays, before, last)
        return chosen


def stable_order(keys: NDArray[np.signedinteger[Any]]) -> Lines:
    """Return the order that sorts whole numbers, equal ones as they come."""
    widest = int(keys.max(initial=0)) + 1
    if widest * len(keys) < np.iinfo(np.int64).max:
        pairs: Lines = keys.astype(np.int64)
        pairs *= len(keys)
        pairs += np.arange(len(keys), dtype=smallest(len(keys)))
        pairs.sort()  # several times faster
        np.mod(pairs, max(len(keys), 1), out=pairs)
        return pairs
    order: Lines = np.argsort(keys, kind="stable")
    return order


def owner_by_owner(
    owner: NDArray[np.signedinteger[Any]],
) -> tuple[Lines, NDArray[np.bool_]]:
    """Return the lines owner by owner, each one's as they come, and which are an owner's first."""
    order = stable_order(owner)
    of_line = owner[order]
    begins = np.ones(len(owner), np.bool_)
    begins[1:] = of_line[1:] != of_line[:-1]
    return order, begins


def latest_marked(
    order: NDArray[Any], begins: NDArray[np.bool_], is_marked: NDArray[np.bool_]
) -> NDArray[Any]:
    """Return, per line, the latest marked line of its owner up to it; -1 if there is none.

    Parameters
    ----------
    order
        The lines owner by owner, each owner's in the order of time.
    begins
        Which lines of `order` are the first of an owner.
    is_marked
        Which lines of `order` are marked.
    """
    places = np.arange(len(order), dtype=smallest(len(order)))
    first = np.maximum.accumulate(np.where(begins, places, 0).astype(places.dtype, copy=False))
    latest = np.maximum.accumulate(np.where(is_marked, places, -1).astype(places.dtype, copy=False))
    is_own = latest >= first
    by_line = np.full_like(places, -1)
    by_line[order[is_own]] = order[latest[is_own]]
    return by_line


def smallest(lines: int) -> type[np.signedinteger[Any]]:
    """Return the type that numbers so many lines in the least memory."""
    return np.int32 if lines < np.iinfo(np.int32).max else np.int64
