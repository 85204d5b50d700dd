"""The documented edge cases of each product's gate, as tables."""

from __future__ import annotations

import pytest

from fwsim.planning.gates.policies import (
    Abort,
    AwsIotJobs,
    Failure,
    HawkBit,
    HpDeviceManager,
    Mender,
    Stages,
    groups,
)

GATES = [
    # success is >=, error is > and strict: 95 go on, 30 failed are still allowed
    (HawkBit(0.95, 0.3), 100, (95, 31)),
    (HawkBit(0.95, 0.05), 100, (95, 6)),
    # 0 % allows no error at all, but none is none
    (HawkBit(0.95, 0.0), 100, (95, 1)),
    # the whole group is the denominator: silent devices hold it for ever (issue #693)
    (HawkBit(0.95, 0.3), 200, (190, 61)),
    # 100 % wants everybody; 1 of 3 is more than 33 %, and no more than 34 %
    (HawkBit(1.0, 0.33), 3, (3, 1)),
    (HawkBit(0.3, 0.34), 3, (1, 2)),
    # 100 % errors are never exceeded
    (HawkBit(0.5, 1.0), 10, (5, 11)),
    # binary fractions play no tricks: 0.29 of 100 is 29, 0.07 of 100 is 7
    (HawkBit(0.29, 0.07), 100, (29, 8)),
    # without an error threshold errors never pause it
    (HawkBit(0.95, None), 100, (95, None)),
    # an empty group is over, a success threshold of nothing is met at once
    (HawkBit(0.95, 0.3), 0, (0, 1)),
    (HawkBit(0.0, 0.3), 10, (0, 4)),
    # Configuration Manager: 95 %, no errors looked at
    (Stages(), 200, (190, None)),
]


@pytest.mark.parametrize(("gate", "total", "expected"), GATES)
def test_how_many_of_a_group_let_it_go_on_and_how_many_pause_it(gate, total, expected):
    assert (gate.finished_to_go_on(total), gate.failed_to_pause(total)) == expected


NEXT_STARTS = [
    # hawkBit goes on at once, or after a person (success action PAUSE, PR #2867)
    (HawkBit(), 500, 500),
    (HawkBit(pauses=True), 500, 507),
    # silent devices hold it for ever
    (HawkBit(), None, None),
    (HawkBit(pauses=True), None, None),
    # Configuration Manager waits a day
    (Stages(), 500, 500 + 24 * 3600 * 1000),
    # a gate of one's own asks a person when it has waited longest, not before
    (Stages(wait=10, longest=400), 500, 510),
    (Stages(wait=10, longest=399), 500, 100 + 399 + 7),
    (Stages(wait=10, longest=400), None, 507),
    (Stages(wait=10, pauses=True), 500, 517),
]


@pytest.mark.parametrize(("gate", "gone_well", "expected"), NEXT_STARTS)
def test_when_the_next_group_starts(gate, gone_well, expected):
    assert gate.next_start(100, gone_well, person_takes=7) == expected


def test_hawkbit_looks_every_two_seconds():
    assert HawkBit().tick == 2000


AWS_RATES = [
    # constant: always the maximum
    (AwsIotJobs(maximum_per_minute=50), 0, 50.0),
    (AwsIotJobs(maximum_per_minute=50), 10_000, 50.0),
    # exponential: times the factor with each step passed
    (AwsIotJobs(1000, 10, 2.0, 100), 0, 10.0),
    (AwsIotJobs(1000, 10, 2.0, 100), 99, 10.0),
    (AwsIotJobs(1000, 10, 2.0, 100), 100, 20.0),
    (AwsIotJobs(1000, 10, 2.0, 100), 350, 80.0),
    # never above the maximum
    (AwsIotJobs(60, 10, 2.0, 100), 350, 60.0),
    (AwsIotJobs(1000, 1, 1.1, 1), 1, 1.1),
]


@pytest.mark.parametrize(("job", "count", "rate"), AWS_RATES)
def test_aws_rate(job, count, rate):
    assert job.rate(count) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("job", "count", "step"),
    [
        (AwsIotJobs(1000, 10, 2.0, 100), 0, 100),
        (AwsIotJobs(1000, 10, 2.0, 100), 100, 200),
        (AwsIotJobs(20, 10, 2.0, 100), 100, None),
        (AwsIotJobs(50), 7, None),
    ],
)
def test_aws_next_step(job, count, step):
    assert job.next_step(count) == step


AWS_ABORTS = [
    # the threshold is reached from there on (>=), not above it
    (Abort(Failure.FAILED, 0.2, 10), 50, 10, True),
    (Abort(Failure.FAILED, 0.2, 10), 50, 9, False),
    # not before so many were notified, whatever failed
    (Abort(Failure.FAILED, 0.2, 10), 9, 9, False),
    (Abort(Failure.FAILED, 0.2, 10), 10, 2, True),
    # of those notified, not of the whole job
    (Abort(Failure.FAILED, 0.2, 1), 5, 1, True),
    (Abort(Failure.ALL, 1.0, 1), 0, 0, False),
]


@pytest.mark.parametrize(("abort", "notified", "failures", "trips"), AWS_ABORTS)
def test_aws_abort(abort, notified, failures, trips):
    assert abort.trips(notified, failures) is trips


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"base_per_minute": 0}, "base_per_minute: 1 to 1000"),
        ({"base_per_minute": 1001}, "base_per_minute: 1 to 1000"),
        ({"maximum_per_minute": 1001}, "maximum_per_minute: 1 to 1000"),
        ({"increment_factor": 1.09}, "increment_factor: 1.1 to 5"),
        ({"increment_factor": 5.1}, "increment_factor: 1.1 to 5"),
        ({"timeout_minutes": 0}, "timeout_minutes: 1 to 10,080"),
        ({"timeout_minutes": 10_081}, "timeout_minutes: 1 to 10,080"),
        ({"step": 0}, "step: 1 or more"),
    ],
)
def test_aws_limits(wrong, part):
    with pytest.raises(ValueError, match=part):
        AwsIotJobs(**wrong)


@pytest.mark.parametrize(
    ("policy", "devices", "starts"),
    [
        # the next batch goes out whether or not the first is over; the last one takes the rest
        (HpDeviceManager(50, 600_000), 120, [(50, 0), (100, 600_000), (120, 1_200_000)]),
        (HpDeviceManager(50, 600_000), 50, [(50, 0)]),
        (HpDeviceManager(50, 600_000), 51, [(50, 0), (51, 600_000)]),
        # the last phase takes what the shares leave, growth among it
        (Mender((0.1, 0.3, 0.5), (0, 60_000, 120_000)), 10, [(1, 0), (4, 60_000), (10, 120_000)]),
        (Mender((0.1, 0.9), (0, 60_000)), 5, [(0, 0), (5, 60_000)]),
    ],
)
def test_batches_by_the_clock(policy, devices, starts):
    assert policy.starts(devices) == starts


@pytest.mark.parametrize(
    ("devices", "shares", "expected"),
    [
        (10, 3, [(0, 3), (3, 7), (7, 10)]),
        # as hawkBit rounds: half a device is a whole one, and each next share is of the rest
        (5, 2, [(0, 3), (3, 5)]),
        (25, 2, [(0, 13), (13, 25)]),
        (10, 4, [(0, 3), (3, 5), (5, 8), (8, 10)]),
        (25, [0.1, 0.9], [(0, 3), (3, 25)]),
        (5, [0.5, 0.25, 0.25], [(0, 3), (3, 4), (4, 5)]),
        (3, [0.0, 1.0], [(0, 3)]),
        (3, [1.0, 0.0, 0.0], [(0, 3)]),
        (4, [0.5, 0.5, 0.0], [(0, 2), (2, 4)]),
        (10, [0.1, 0.2, 0.7], [(0, 1), (1, 3), (3, 10)]),
        (10, [0.1, 0.2], [(0, 1), (1, 10)]),
        (2, 5, [(0, 1), (1, 2)]),
    ],
)
def test_groups(devices, shares, expected):
    assert groups(devices, shares) == expected
