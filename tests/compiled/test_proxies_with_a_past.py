"""What a log tells of a proxy's provider that the run would not have it do yet."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.model.past import cut
from fwsim.run import play_once, prepare
from tests.compiled.side_by_side import assert_alike, both
from tests.simulation.random_scenarios import DATA

NONE = {"type": "none"}
DYNAMIC = {"type": "dynamic"}
STATIC = {"type": "static", "device": "DE/A/A-1"}


def rollout(proxy, own_proxy, site="near"):
    """Return six devices at one site; or all but the first at another one."""
    unit = {"site": "near", "installed": "old.idf"}
    others = unit | {"site": site, "devices": 5}
    first = unit | {"devices": 1, "firmware": {"proxy": own_proxy}}
    data = {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "6 h",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "100 MB"}]},
        "firmware": {"proxy": proxy},
        "fleet": {"units": {"DE": {"devices": 0}, "DE/A": first, "DE/B": others}},
        "network": {"sites": {site: {"link": "10 Mbit/s"} for site in ("default", "near", "far")}},
        "commands": [{"update": "DE", "subordinate_units": True}],
        "assumptions": {"provider_slots": 1, "lan_rate": "50 Mbit/s", "restart_time": "5 s"},
        "doubt": "none",
    }
    return prepare(fwsim.Scenario.model_validate(data))


def kept_to(truth, rollout, until):
    """Return a run that keeps to the first seconds of a log of another fleet."""
    log = play_once(truth, 1, 0).log
    first, second = both(rollout, 1, past=cut(log, 1000 * until, 6))
    assert_alike(first, second)
    return log, second.log


def successful(log):
    return set(log.device[log.state == State.SUCCESS].tolist())


@pytest.mark.parametrize("proxy", [DYNAMIC, STATIC], ids=lambda proxy: proxy["type"])
def test_who_waits_for_a_provider_that_by_the_log_installs_before_is_served(proxy):
    """In truth the first device has no neighbours, and installs at once."""
    _, log = kept_to(rollout(NONE, NONE, site="far"), rollout(proxy, proxy), 90)
    assert successful(log) == set(range(6))


def test_a_provider_by_the_log_that_is_none_in_the_run_installs_when_its_patience_is_over():
    truth, log = kept_to(rollout(DYNAMIC, NONE), rollout(DYNAMIC, DYNAMIC), 180)
    assert truth.device[truth.state == State.PROVIDING].tolist() == [1]
    assert successful(log) == set(range(6))


def test_a_static_proxy_that_by_the_log_waits_serves_who_comes_meanwhile():
    """By the log it has turned to itself; by its settings it has not. Others come at 2:30."""
    rollouts = []
    for own in (STATIC, NONE):
        unit = {"site": "near", "installed": "old.idf"}
        first = unit | {"devices": 1, "firmware": {"proxy": own}}
        data = rollout(STATIC, STATIC).scenario.as_data() | {
            "fleet": {"units": {"DE/A": first, "DE/B": unit | {"devices": 2}}},
            "commands": [{"update": "DE/A"}, {"update": "DE/B", "once": "2018-08-20 11:02:30"}],
        }
        rollouts.append(prepare(fwsim.Scenario.model_validate(data)))
    truth = play_once(rollouts[0], 1, 0).log
    first, second = both(rollouts[1], 1, past=cut(truth, 120_000, 3))
    assert_alike(first, second)
    log = second.log
    installs = {
        int(device): int(time)
        for device, time, state in zip(log.device, log.time, log.state, strict=True)
        if state == State.INSTALL
    }
    patience, checked = 120_000, 3_000
    assert installs[0] == max(installs[1], installs[2]) - checked + patience


def test_a_device_that_asks_again_before_its_earlier_job_has_failed_has_two_requests():
    """By other luck it is switched on again in the middle: the earlier job ends after that."""
    data = {
        "zone": "Europe/Berlin",
        "start": "2018-08-20 11:00",
        "image": {"name": "old.idf", "packages": [{"name": "a", "size": "50 MB"}]},
        "firmware": {"proxy": STATIC, "new_version": {"at_start": True}},
        "fleet": {"units": {"DE/A": {"devices": 6, "scheduler": "small-hours.ini"}}},
        "assumptions": {"idf_fetch_time": "0 s", "lan_rate": "2 Mbit/s", "shutdown_waits": False},
    }
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    log = play_once(rollout, 0, 0).log
    first, second = both(rollout, 1, past=cut(log, 12_615_021, 6), world=3)
    assert_alike(first, second)
