"""Groups, gates and rates in a run: every start by hand."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.planning.gates.device_ends import Ends
from fwsim.planning.gates.gated import GateLooks
from fwsim.planning.gates.policies import (
    Abort,
    AllAtOnce,
    AwsIotJobs,
    Failure,
    HawkBit,
    HpDeviceManager,
    Mender,
    Stages,
)
from fwsim.planning.gates.policy_runs import PolicyRuns
from fwsim.planning.gates.sending import Sent
from fwsim.planning.gates.staged_run import HeldBy
from fwsim.planning.gates.staging import play_staged
from fwsim.results.run.ends import NOT_YET
from fwsim.run import play_once
from tests.planning.gates.played import HOUR, MINUTE, SECOND, alone, starts
from tests.tiers import in_both_tiers

NEVER = 10**12


def test_the_next_group_starts_at_hawkbits_next_look(staging):
    took = alone(staging)
    _, run = staging(HawkBit(1.0))
    look = -(took // -2000) * 2000
    assert starts(run) == [(0, 5), (look, 5)]


def test_a_slower_look_starts_it_later(staging):
    _, run = staging(HawkBit(1.0, tick=7 * MINUTE))
    assert starts(run) == [(0, 5), (7 * MINUTE, 5)]


def test_silent_devices_hold_a_group_for_ever(staging):
    _, run = staging(
        HawkBit(0.95), power={"default": {"on": "never"}}, assumptions={"wake_up_sites": "0 %"}
    )
    assert run.held_by is HeldBy.SILENT
    assert starts(run) == [(0, 5)]
    assert run.reached == 5


CANCELS = {"people": {"cancels": {"answer": {"now": "0 %", "defer": "0 %", "cancel": "100 %"}}}}
ASKS = {"update": "DE", "subordinate_units": True, "inform_user": "5 min", "user_can_cancel": True}
BAD_ONE = [{"phase": "installation", "share": "100 %", "where": "Device type = Bad"}]
NONE = {"devices": 0}
OFF = {"power": {"off": {"on": "never"}}, "assumptions": {"wake_up_sites": "0 %"}}


def units(**first):
    """Return units whose first device is another than the nine behind it."""
    return {"DE": NONE, "DE/A": {"devices": 1, **first}, "DE/B": {"devices": 9}}


def last_end(setup, run, end=5):
    return int(Ends(setup.devices, run.record).time[:end].max())


WITHOUT_SUCCESS = {
    "failed": ({"attributes": {"Device type": "Bad"}}, {"failing": BAD_ONE}),
    "cancelled": ({"people": "cancels"}, CANCELS),
}


@pytest.mark.parametrize("how", WITHOUT_SUCCESS)
def test_hawkbit_ends_a_group_whose_devices_have_all_ended(staging, how):
    """JpaRolloutExecutor.isRolloutGroupComplete: FINISHED, ERROR and CANCELED are an end."""
    own, changes = WITHOUT_SUCCESS[how]
    setup, run = staging(HawkBit(1.0, 0.5), units=units(**own), update=ASKS, **changes)
    ends = Ends(setup.devices, run.record)
    assert len(ends.times(0, 5, State.SUCCESS)) == 4
    assert starts(run) == [(0, 5), (-(last_end(setup, run) // -2000) * 2000, 5)]
    assert (run.held_by, run.stopped_at) == (None, None)


def test_a_pause_comes_after_a_group_that_is_over_too(staging):
    """Pull request 3110: its success action, PAUSE, is done whichever way it is over."""
    own, changes = WITHOUT_SUCCESS["cancelled"]
    setup, run = staging(
        HawkBit(1.0, 0.5, pauses=True),
        units=units(**own),
        update=ASKS,
        person_takes=HOUR,
        **changes,
    )
    assert starts(run)[1][0] == -(last_end(setup, run) // -2000) * 2000 + HOUR


@pytest.mark.parametrize(
    ("error", "goes_on"), [(0.2, True), (0.19, False), (0.0, False), (1.0, True), (None, True)]
)
def test_a_group_that_is_over_goes_on_unless_more_than_the_threshold_failed(
    staging, error, goes_on
):
    own, changes = WITHOUT_SUCCESS["failed"]
    _, run = staging(HawkBit(1.0, error), units=units(**own), update=ASKS, **changes)
    assert len(run.sent) == 1 + goes_on
    assert (run.stopped_at is None) is goes_on
    assert not run.held


@pytest.mark.parametrize("policy", [HawkBit(1.0, 0.0), HawkBit(0.0, 0.0), Stages(1.0, wait=0)])
def test_a_group_with_nothing_to_do_goes_on(staging, policy):
    nothing = {"image": {"name": "same.idf", "packages": [{"name": "os", "size": "50 MB"}]}}
    setup, run = staging(policy, units={"DE": {"devices": 10, "installed": "same.idf"}}, **nothing)
    assert len(Ends(setup.devices, run.record).times(0, 10, State.NOT_NEEDED)) == 10
    assert len(run.sent) == 2
    assert not run.held


def test_a_silent_device_holds_hawkbit_though_another_failed(staging):
    _, run = staging(
        HawkBit(0.95, 0.5),
        shares=2,
        failing=BAD_ONE,
        **OFF,
        units={
            "DE": NONE,
            "DE/A": {"devices": 1, "attributes": {"Device type": "Bad"}},
            "DE/B": {"devices": 1, "power": "off"},
            "DE/C": {"devices": 8},
        },
        update={"update": "DE", "subordinate_units": True},
    )
    assert run.held_by is HeldBy.SILENT


@pytest.mark.parametrize(("success", "held_by"), [(0.8, None), (1.0, HeldBy.FAILED)])
def test_a_gate_of_ones_own_is_not_opened_by_the_end_of_a_group(staging, success, held_by):
    own, changes = WITHOUT_SUCCESS["cancelled"]
    _, run = staging(Stages(success, wait=0), units=units(**own), update=ASKS, **changes)
    assert run.held_by is held_by
    assert len(run.sent) == 1 + (held_by is None)


def test_a_person_opens_a_gate_that_too_many_failed_at(staging):
    own, changes = WITHOUT_SUCCESS["failed"]
    _, run = staging(
        Stages(1.0, wait=0, longest=2 * HOUR),
        units=units(**own),
        update=ASKS,
        person_takes=MINUTE,
        **changes,
    )
    assert starts(run)[1][0] == 2 * HOUR + MINUTE
    assert not run.held


def ends_of(*states):
    """Return how devices ended, one after the other a second apart; None did not."""
    ends = object.__new__(Ends)
    ends.state = np.array([-1 if state is None else int(state) for state in states])
    ends.time = np.array(
        [NOT_YET if state is None else SECOND * (n + 1) for n, state in enumerate(states)]
    )
    return ends


OVER = [
    # finished, failed, cancelled, taken over by a newer command: an end each
    ((State.SUCCESS, State.NOT_NEEDED, State.FAILED, State.CANCELLED), 4),
    ((State.CANCELLED, State.CANCELLED, State.SUPERSEDED, State.FAILED), 4),
    # not reached, switched off, rejected, under way: its action stays open
    ((State.SUCCESS, State.SUCCESS, State.SUCCESS, State.UNREACHED), None),
    ((State.SUCCESS, State.SUCCESS, State.SUCCESS, State.SKIPPED), None),
    ((State.SUCCESS, State.SUCCESS, State.SUCCESS, State.REJECTED), None),
    ((State.SUCCESS, State.SUCCESS, State.SUCCESS, None), None),
]


@pytest.mark.parametrize(("states", "after"), OVER)
def test_which_ends_hawkbit_waits_for(staging, states, after):
    setup, _ = staging(AllAtOnce(), devices=4)
    looks = GateLooks(setup, HawkBit(1.0, 1.0), ends_of(*states))
    start = looks.next_start(Sent(0, 0, 4, 0))
    assert start == (NOT_YET if after is None else after * SECOND)
    assert looks.held_by(Sent(0, 0, 4, 0)) is HeldBy.SILENT


def test_a_wait_that_reaches_beyond_the_horizon_is_not_held_by_silent_devices(staging):
    _, run = staging(Stages(0.5), horizon="12 h")
    assert starts(run) == [(0, 5)]
    assert not run.held


def test_a_gate_of_ones_own_asks_a_person_after_the_longest_wait(staging):
    _, run = staging(
        Stages(0.95, wait=HOUR, longest=2 * HOUR),
        person_takes=30 * MINUTE,
        power={"default": {"on": "never"}},
        assumptions={"wake_up_sites": "0 %"},
    )
    assert starts(run) == [(0, 5), (2 * HOUR + 30 * MINUTE, 5)]


def test_configuration_manager_waits_a_day_after_success(staging):
    took = alone(staging)
    _, run = staging(Stages(0.95))
    assert starts(run) == [(0, 5), (took + 24 * HOUR, 5)]


def test_a_person_lets_every_group_go_on(staging):
    took = alone(staging)
    _, run = staging(HawkBit(1.0, pauses=True), person_takes=HOUR)
    assert starts(run)[1][0] == -(took // -2000) * 2000 + HOUR


def test_errors_stop_it_before_the_second_group(staging):
    _, run = staging(HawkBit(0.5, 0.3), faults={"installation": "100 %"})
    assert starts(run) == [(0, 5)]
    assert run.stopped_at is not None
    assert run.stopped_at % 2000 == 0


def failures(setup, run, first, end):
    return Ends(setup.devices, run.record).times(first, end, State.FAILED).tolist()


def test_errors_during_the_wait_stop_it(staging):
    """One device an hour: the first success is enough, the failures show during the wait."""
    setup, run = staging(
        Stages(0.1, 0.3, wait=24 * HOUR),
        update={"devices_wait": "1 h"},
        horizon="3 d",
        faults={"installation": "60 %"},
    )
    second = failures(setup, run, 0, 5)[1]
    assert Ends(setup.devices, run.record).times(0, 5, State.SUCCESS)[0] < second
    assert starts(run) == [(0, 5)]
    assert run.stopped_at == second


def test_errors_of_an_earlier_group_stop_the_ones_after_it(staging):
    """One device an hour: the second group is under way when too many of the first have failed."""
    setup, run = staging(
        Stages(0.1, 0.3, wait=90 * MINUTE),
        update={"devices_wait": "1 h"},
        devices=20,
        shares=4,
        horizon="3 d",
        faults={"installation": "50 %"},
        seed=6,
    )
    assert len(run.sent) == 2
    assert run.stopped_at == failures(setup, run, 0, 5)[1] > run.sent[1].at
    assert run.stopped_at < min(failures(setup, run, 5, 10)[1:2], default=NEVER)


def test_a_person_may_let_it_go_on_after_errors(staging):
    _, run = staging(
        HawkBit(0.5, 0.3),
        faults={"installation": "100 %"},
        goes_on_after_errors=True,
        person_takes=HOUR,
    )
    assert run.stopped_at is None
    assert len(run.sent) == 2


def test_batches_go_out_whether_or_not_the_first_is_over(staging):
    _, run = staging(HpDeviceManager(4, 10 * SECOND), faults={"installation": "100 %"})
    assert starts(run) == [(0, 4), (10 * SECOND, 4), (20 * SECOND, 2)]


@pytest.mark.parametrize(
    "policy",
    [
        HawkBit(0.8, 0.2),
        Stages(0.9, 0.2, wait=HOUR),
        AwsIotJobs(60, 6, 2.0, 4, counts_succeeded=True, aborts=(Abort(Failure.FAILED, 0.3, 5),)),
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_the_run_in_the_end_gives_the_starts_it_was_played_with(staging, policy, seed):
    """What is sent later changes nothing before: the gates say the same of the last log."""
    setup, run = staging(
        policy,
        devices=40,
        shares=4,
        mixed=True,
        seed=seed,
        horizon="3 d",
        faults={"installation": "10 %"},
        assumptions={"install_spread": {"lognormal": {"median": 1.0, "p95": 3.0}}},
    )
    again = play_staged(setup, policy, lambda rollout: play_once(rollout, seed, 0))
    assert again.sent == run.sent
    if isinstance(policy, AwsIotJobs):
        return
    looks = GateLooks(setup, policy, Ends(setup.devices, run.record))
    for part, after in zip(run.sent, run.sent[1:], strict=False):
        assert after.at == looks.next_start(part)


def test_both_clocks_stage_alike(staging):
    policy = AwsIotJobs(60, 6, 2.0, 4, counts_succeeded=True)
    _, one = staging(policy, devices=30, faults={"installation": "20 %"})
    _, two = staging(policy, devices=30, faults={"installation": "20 %"}, engine=Engine.SIMPY)
    assert one.sent == two.sent
    assert np.array_equal(one.record.log.time, two.record.log.time)


def test_a_device_fails_under_every_policy_or_under_none(staging):
    """Common random numbers: a device's luck does not depend on the group it is sent in."""
    failed = []
    for policy in (AllAtOnce(), HpDeviceManager(7, HOUR), Mender((0.5, 0.5), (0, HOUR))):
        setup, run = staging(policy, devices=60, faults={"installation": "30 %"})
        failed.append(
            np.flatnonzero(Ends(setup.devices, run.record).state == State.FAILED).tolist()
        )
    assert 5 < len(failed[0]) < 40
    assert failed[0] == failed[1] == failed[2]


@in_both_tiers("runs", short=2, long=4)
def test_a_gate_saves_devices_from_a_bad_image_and_costs_time_with_a_good_one(scenarios, runs):
    model = fwsim.load(scenarios / "waves-with-a-gate.yaml")
    looked_at = {"all at once", "95 %, then a day", "HP, 40 every 10 min"}
    policies = tuple(one for one in model.stages.policies if one.name in looked_at)
    stages = model.stages.model_copy(update={"policies": policies})
    played = PolicyRuns(model.model_copy(update={"stages": stages})).run(runs, workers=1)
    tried = {policy.name: policy for policy in played}
    assert {*tried} == looked_at
    at_once, gate = tried["all at once"], tried["95 %, then a day"]
    assert gate.hit.value < at_once.hit.value
    assert gate.over.value > at_once.over.value
    assert tried["HP, 40 every 10 min"].hit.value == at_once.hit.value
    assert at_once.stopped == (0, None)


def test_a_bad_image_fails_on_no_fewer_devices_than_a_good_one(scenario):
    model = scenario(
        fleet={"units": {"DE": {"devices": 60}}},
        faults={"installation": "30 %"},
        stages={"bad_image": {"share": "5 %"}},
    )
    (at_once,) = PolicyRuns(model).run(1, workers=1)
    assert at_once.bad[0].failed == at_once.good[0].failed > 8
