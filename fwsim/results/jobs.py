"""The lines of a status log by job: one device under one run of a command."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.status_log import LogColumns

Lines = NDArray[np.int64]

_MISSED = (State.SKIPPED, State.UNREACHED)
_GIVE_WAY = (State.REJECTED, State.SUPERSEDED)
TELL_BYTES = (
    State.VERIFY_PACKAGES, State.INSTALL, State.REBOOT, State.FAILED, State.SUCCESS,
)  # fmt: skip


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
    """

    device: NDArray[np.int32]
    run: NDArray[np.int32]
    last_line: Lines
    outcome_line: Lines
    of_line: Lines

    def __len__(self) -> int:
        return len(self.device)

    @classmethod
    def of(cls, log: LogColumns) -> Jobs:
        """Sort a log by job."""
        runs = int(log.run.max()) + 1 if len(log) else 1
        keys, of_line = np.unique(log.device.astype(np.int64) * runs + log.run, return_inverse=True)
        lines = np.arange(len(log))
        last = np.zeros(len(keys), np.int64)
        np.maximum.at(last, of_line, lines)
        outcome = np.full(len(keys), -1, np.int64)
        ends = log.in_state(*OUTCOMES)
        np.maximum.at(outcome, of_line[ends], lines[ends])
        outcome = np.where(outcome >= 0, outcome, last)
        return cls(
            (keys // runs).astype(np.int32), (keys % runs).astype(np.int32), last, outcome, of_line
        )

    def state(self, log: LogColumns) -> NDArray[np.int8]:
        """Return the state that counts for each job."""
        return log.state[self.outcome_line]

    def first_line_of(self, log: LogColumns, state: State) -> Lines:
        """Return each job's first line in `state`, or -1."""
        lines = np.flatnonzero(log.in_state(state))
        first = np.full(len(self), len(log), np.int64)
        np.minimum.at(first, self.of_line[lines], lines)
        return np.where(first < len(log), first, -1)

    def decisive(self, log: LogColumns, devices: int) -> Lines:
        """Return, per device of the fleet, the job of `of_devices`, or -1 if it has none."""
        found = np.full(devices, -1, np.int64)
        jobs = self.of_devices(log)
        found[self.device[jobs]] = jobs
        return found

    def fetched(self, log: LogColumns) -> NDArray[np.int64]:
        """Return the package bytes the server knows each job has fetched."""
        tells = log.in_state(*TELL_BYTES)
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
        rank = np.full(len(self), 2)
        rank[np.isin(state, [int(s) for s in _MISSED])] = 1
        rank[np.isin(state, [int(s) for s in _GIVE_WAY])] = 0
        order = np.lexsort((self.outcome_line, rank, self.device))
        last = order[np.append(self.device[order][1:] != self.device[order][:-1], True)]
        succeeded = np.flatnonzero(state == State.SUCCESS)
        success_of = dict(zip(self.device[succeeded].tolist(), succeeded.tolist(), strict=True))
        not_needed = state[last] == State.NOT_NEEDED
        return np.array(
            [
                success_of.get(device, job) if up_to_date else job
                for job, device, up_to_date in zip(
                    last.tolist(), self.device[last].tolist(), not_needed.tolist(), strict=True
                )
            ],
            np.int64,
        )
