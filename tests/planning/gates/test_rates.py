"""Rates in a run: how many a minute are sent to, who has timed out, what is never sent."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.planning.gates.device_ends import Ends
from fwsim.planning.gates.paced import failure_times
from fwsim.planning.gates.policies import (
    Abort,
    AllAtOnce,
    AwsIotJobs,
    Failure,
    HawkBit,
    HpDeviceManager,
)
from tests.planning.gates.played import MINUTE, SECOND, alone, starts


def test_a_constant_rate_keeps_its_distance(staging):
    _, run = staging(AwsIotJobs(maximum_per_minute=60))
    assert starts(run) == [(0, 10)]
    assert run.sent[0].wait == SECOND
    sent = np.sort(run.record.log.time[run.record.log.in_state(State.CHECKING)])
    assert np.diff(sent).tolist() == [SECOND] * 9


def test_a_rising_rate_rises_with_each_step_of_notifications(staging):
    _, run = staging(AwsIotJobs(1000, 60, 2.0, 4))
    # Four devices a second apart; the fourth is the step, the next follow at 120, then 240.
    assert [(p.at, p.end - p.first, p.wait) for p in run.sent] == [
        (0, 4, 1000),
        (3500, 4, 500),
        (5250, 2, 250),
    ]


def test_a_rate_that_rises_with_successes_waits_for_them(staging):
    took = alone(staging)
    _, run = staging(AwsIotJobs(1000, 6, 5.0, 2, counts_succeeded=True), devices=40)
    # 6 a minute: every 10 s. The second success makes it 30 a minute: every 2 s.
    assert run.sent[0].wait == 10 * SECOND
    assert run.sent[1].wait == 2 * SECOND
    last = (run.sent[0].end - 1) * 10 * SECOND
    second = took + 10 * SECOND
    assert last <= second < last + 10 * SECOND
    assert run.sent[1].at == max(second, last + 2 * SECOND)


def test_an_abort_cancels_what_was_not_sent(staging):
    took = alone(staging)
    policy = AwsIotJobs(6, aborts=(Abort(Failure.FAILED, 0.1, 5),))
    setup, run = staging(policy, devices=60, faults={"installation": "100 %"})
    assert run.stopped_at is not None
    assert run.stopped_at < took + 40 * SECOND
    assert run.reached == run.stopped_at // (10 * SECOND) + 1
    assert len(Ends(setup.devices, run.record).times(0, 60, State.FAILED)) == run.reached


def test_a_job_without_enough_devices_is_not_aborted(staging):
    policy = AwsIotJobs(6, aborts=(Abort(Failure.FAILED, 0.1, 61),))
    _, run = staging(policy, devices=60, faults={"installation": "100 %"})
    assert (run.stopped_at, run.reached) == (None, 60)


MINUTES_LEFT = {"horizon": "9 min 30 s", "devices": 60}


@pytest.mark.parametrize(
    ("policy", "update"),
    [
        (AwsIotJobs(maximum_per_minute=1), None),
        (AllAtOnce(), {"devices_wait": "1 min"}),
        (HpDeviceManager(40, MINUTE), {"devices_wait": "1 min"}),
        (HawkBit(0.0), {"devices_wait": "1 min"}),
    ],
)
@pytest.mark.parametrize("engine", Engine)
def test_whose_turn_comes_after_the_horizon_was_sent_nothing(staging, policy, update, engine):
    """A device a minute, twice as fast where a second group is under way."""
    _, run = staging(policy, update=update, engine=engine, **MINUTES_LEFT)
    second = {HpDeviceManager: 9, HawkBit: 10}.get(type(policy), 0)
    assert run.reached == 10 + second
    assert len(run.record.updates.targeted) > run.reached


def test_whose_window_never_opens_was_sent_nothing(staging):
    windows = {"windows": {"times": "daily 18:00-19:00"}, "horizon": "1 h"}
    _, run = staging(AllAtOnce(), **windows)
    assert run.reached == 0


def test_a_job_that_would_be_aborted_after_the_horizon_is_not_stopped(staging):
    policy = AwsIotJobs(1, aborts=(Abort(Failure.FAILED, 0.01, 20),))
    setup, run = staging(policy, faults={"installation": "100 %"}, **MINUTES_LEFT)
    assert len(Ends(setup.devices, run.record).times(0, 60, State.FAILED)) >= 1
    assert (run.stopped_at, run.reached) == (None, 10)


def test_devices_that_take_too_long_have_timed_out(staging):
    policy = AwsIotJobs(6, aborts=(Abort(Failure.TIMED_OUT, 0.01, 1),), timeout_minutes=1)
    setup, run = staging(policy, devices=60)
    assert alone(staging) > MINUTE
    began = int(Ends(setup.devices, run.record).begun[0])
    assert run.stopped_at == began + MINUTE
    assert run.reached == 7


def test_who_fails_after_the_time_is_up_has_timed_out_and_counts_once(staging):
    policy = AwsIotJobs(60, timeout_minutes=1)
    slow = {"assumptions": {"install_rate": "2 MB/s"}, "faults": {"installation": "100 %"}}
    setup, run = staging(policy, devices=20, **slow)
    ends = Ends(setup.devices, run.record)
    assert (ends.state == State.FAILED).all()
    late = ends.time > ends.begun + MINUTE
    assert 0 < late.sum() < 20
    in_time = np.sort(ends.time[~late]).tolist()
    up = np.sort(ends.begun[late] + MINUTE).tolist()
    assert failure_times(policy, Failure.FAILED, ends).tolist() == in_time
    assert failure_times(policy, Failure.TIMED_OUT, ends).tolist() == up
    assert failure_times(policy, Failure.ALL, ends).tolist() == sorted(in_time + up)


def test_who_succeeds_after_the_time_is_up_makes_no_rate_rise(staging):
    paced = {"counts_succeeded": True, "timeout_minutes": 1}
    _, run = staging(AwsIotJobs(1000, 6, 5.0, 2, **paced), devices=40)
    assert [part.wait for part in run.sent] == [10 * SECOND]


def test_silent_devices_do_not_time_out(staging):
    policy = AwsIotJobs(6, aborts=(Abort(Failure.TIMED_OUT, 0.01, 1),), timeout_minutes=1)
    _, run = staging(
        policy, power={"default": {"on": "never"}}, assumptions={"wake_up_sites": "0 %"}
    )
    assert (run.stopped_at, run.reached) == (None, 10)
