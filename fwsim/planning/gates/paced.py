"""At a rate that rises with a count, until an abort rule trips: jobs of AWS IoT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.lifecycle import State
from fwsim.planning.gates.device_ends import Ends, Times
from fwsim.planning.gates.policies import Abort, AwsIotJobs, Failure
from fwsim.planning.gates.sending import MINUTE, Play, Sent, Setup, played
from fwsim.planning.gates.staged_run import StagedRun
from fwsim.results.run.ends import NOT_YET

_REJECTED = (State.CANCELLED, State.REJECTED)


def play_paced(setup: Setup, policy: AwsIotJobs, play: Play) -> StagedRun:
    """Send at a rate that rises with a count; cancel what is not sent when an abort rule trips."""
    total, at, done = len(setup.devices), setup.first.at, 0
    horizon = setup.rollout.horizon
    sent: list[Sent] = []
    count = 0
    while True:
        wait = max(1, round(MINUTE / policy.rate(count)))
        trial = [*sent, Sent(at, done, total, wait)]
        record = played(setup, trial, play)
        ends = Ends(setup.devices, record)
        notified = np.concatenate(
            [
                part.at + np.arange(part.end - part.first, dtype=np.int64) * part.wait
                for part in trial
            ]
        )
        rises = _rises(policy, count, notified, ends)
        aborts = aborts_at(policy, notified, partial(failure_times, policy, ends=ends))
        stop = min(rises if rises is not None else NOT_YET, aborts)
        cut = int(np.searchsorted(notified, stop, "right"))
        if stop >= horizon or cut >= total:
            stopped = aborts if aborts < horizon else None
            return StagedRun(record, tuple(trial), stopped)
        kept = _until(trial, cut)
        if aborts <= stop:
            return StagedRun(played(setup, kept, play), tuple(kept), aborts)
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


def aborts_at(policy: AwsIotJobs, notified: Times, failures_of: Callable[[Failure], Times]) -> int:
    """Return when the first abort rule trips; `NOT_YET` if none does.

    Parameters
    ----------
    policy
        Whose rules.
    notified
        When each device was, ascending.
    failures_of
        Returns when devices failed in one way, ascending.
    """
    return min(
        (_trips_at(abort, notified, failures_of(abort.failure)) for abort in policy.aborts),
        default=NOT_YET,
    )


def _trips_at(abort: Abort, notified: Times, failures: Times) -> int:
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
    times = failed_at(policy, failure, ends)
    return np.sort(times[times < NOT_YET])


def failed_at(policy: AwsIotJobs, failure: Failure, ends: Ends) -> Times:
    """Return when each device failed in the way a rule looks at; `NOT_YET` if it did not."""
    late = _timed_out(policy, ends)
    times = np.full(len(ends.time), NOT_YET, np.int64)
    if failure in {Failure.FAILED, Failure.ALL}:
        times = np.where((ends.state == State.FAILED) & ~late, ends.time, times)
    if failure in {Failure.REJECTED, Failure.ALL}:
        times = np.where(np.isin(ends.state, _REJECTED) & ~late, ends.time, times)
    if failure in {Failure.TIMED_OUT, Failure.ALL}:
        times = np.where(late, _deadline(policy, ends), times)
    return times
