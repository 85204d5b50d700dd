"""Where the tail comes from: how the last devices spent their time, stage by stage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.results.record import NOT_YET, FieldRecord
from fwsim.results.stages import STAGE_OF_STATE, WAYS

TAIL = 0.05
"""Share of the successful devices that counts as the tail: those that were last."""


@dataclass(frozen=True)
class TimeSpent:
    """Mean time from the first command to success, split by stage; arrays have shape (stages,).

    Parameters
    ----------
    devices
        How many were successful.
    last
        How many of them are the tail.
    by_all, by_last
        Milliseconds in each of `WAYS`, mean over all successful devices and over the tail.
    """

    devices: int
    last: int
    by_all: NDArray[np.float64]
    by_last: NDArray[np.float64]


def time_spent(updates: FieldRecord) -> TimeSpent:
    """Return how the successful devices spent their time.

    The time before a device's decisive command, that of later waves among it, counts as waiting
    for its turn; the stages add
    up to the time from the first command to the success.
    """
    log, jobs = updates.log, updates.jobs
    done = np.flatnonzero(updates.success_time < NOT_YET)
    if not len(done):
        return TimeSpent(0, 0, np.zeros(len(WAYS)), np.zeros(len(WAYS)))
    row_of_job = np.full(len(jobs), -1, np.int64)
    row_of_job[updates.decisive[done]] = np.arange(len(done))
    now, then = jobs.successive
    row = row_of_job[jobs.of_line[now]]
    # A device that starts again may be told successful only once: nothing counts after that.
    counts = (row >= 0) & (then <= jobs.outcome_line[jobs.of_line[now]])
    now, then = now[counts], then[counts]
    place = row[counts] * len(WAYS) + STAGE_OF_STATE[log.state[now]]
    lasted = log.time[then] - log.time[now]
    spent = np.bincount(place, weights=lasted, minlength=len(done) * len(WAYS))
    spent = spent.reshape(len(done), len(WAYS))
    total = updates.success_time[done] - updates.first_command
    spent[:, 0] += np.maximum(total - spent.sum(axis=1), 0)
    last = math.ceil(TAIL * len(done))
    latest = np.argsort(updates.success_time[done], kind="stable")[-last:]
    return TimeSpent(len(done), last, spent.mean(axis=0), spent[latest].mean(axis=0))
