"""Gates played with their own devices, which come by themselves."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.planning.gates.policies import AllAtOnce, HawkBit, Mender
from fwsim.planning.gates.policy_runs import PolicyRuns
from fwsim.planning.gates.sending import Setup
from fwsim.planning.gates.staging import play_staged
from fwsim.run import play_once, prepare

HOUR = 3_600_000
DATA = {
    "zone": "UTC",
    "start": "2018-08-20 08:00",
    "horizon": "3 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "4 MB"}]},
    "fleet": {"units": {"DE": {"devices": 20, "installed": "old.idf"}}},
    "commands": [{"update": "DE"}],
}


def staged(policy, devices_of, **changes):
    rollout = prepare(fwsim.Scenario.model_validate(DATA | changes))
    setup = Setup(rollout, 4, devices_of=devices_of)
    return play_staged(setup, policy, lambda played: play_once(played, 1, 0))


def begun(run):
    log = run.record.log
    return log.time[log.in_state(State.CHECKING)]


def test_devices_that_poll_begin_within_the_interval_instead_of_at_once():
    at_once = staged(AllAtOnce(), None)
    assert begun(at_once).max() < HOUR / 60
    own = staged(AllAtOnce(), "mender")
    assert HOUR / 4 < begun(own).max() <= HOUR / 2
    assert own.reached == at_once.reached == 20


def test_devices_that_did_not_come_before_the_horizon_were_sent_nothing():
    own = staged(AllAtOnce(), "mender", horizon="10 min")
    assert own.reached == len(begun(own)) < 20


def test_windows_of_the_scenario_hold_for_its_own_devices_too():
    windows = {"windows": {"times": "daily 19:00-23:00"}}
    own = staged(AllAtOnce(), "hawkbit", **windows)
    assert begun(own).min() >= 11 * HOUR
    assert own.reached == 20
    assert own.record.rollout.given_assigned.commanded


def test_a_gate_waits_for_its_own_devices_to_come():
    commanded = staged(HawkBit(success=1.0, error=None), None)
    own = staged(HawkBit(success=1.0, error=None), "mender")
    waits = [
        [b.at - a.at for a, b in zip(r.sent, r.sent[1:], strict=False)] for r in (commanded, own)
    ]
    assert len(own.sent) == len(commanded.sent) == 4
    assert all(mine > theirs for theirs, mine in zip(*waits, strict=True))


def test_a_device_that_is_off_catches_up_and_the_gate_goes_on():
    """Commanded, a device that is off and cannot be woken is missed; of its own it comes later."""
    off = {
        "power": {"default": {"on": "daily 10:00-18:00"}},
        "assumptions": {"wake_up_sites": "0 %"},
    }
    commanded = staged(HawkBit(success=1.0, error=None), None, **off)
    assert commanded.held
    own = staged(HawkBit(success=1.0, error=None), "hawkbit", **off)
    assert not own.held
    assert own.reached == 20


def test_a_device_meets_the_same_luck_in_whatever_group_it_is():
    faults = {"faults": {"installation": "40 %"}}
    all_at_once = staged(AllAtOnce(), "mender", **faults)
    phased = staged(Mender((0.5, 0.5), (0, 4 * HOUR)), "mender", **faults)
    ends = [
        dict(
            zip(
                r.record.updates.targeted.tolist(),
                r.record.updates.outcome_state.tolist(),
                strict=True,
            )
        )
        for r in (all_at_once, phased)
    ]
    assert ends[0] == ends[1]
    assert {*ends[0].values()} == {State.SUCCESS, State.FAILED}


def test_what_notifies_by_itself_has_no_devices_of_its_own():
    policies = [{"aws": {"maximum_per_minute": 10}, "devices": "mender"}]
    with pytest.raises(ValueError, match="the server itself calls"):
        fwsim.Scenario.model_validate(DATA | {"stages": {"policies": policies}})


def test_a_scenario_says_whose_devices_each_policy_has():
    policies = [{"name": "commanded"}, {"name": "own", "hawkbit": {}, "devices": "hawkbit"}]
    stages = {"groups": 2, "policies": policies}
    tried = PolicyRuns(fwsim.Scenario.model_validate(DATA | {"stages": stages})).run(2, workers=1)
    assert tried[1].times[0] > tried[0].times[0]
