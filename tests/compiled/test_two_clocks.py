"""The compiled clock keeps the SimPy clock's log: every line, in the same order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.run import play_once, prepare
from tests.compiled.random_rollouts import rollouts
from tests.compiled.side_by_side import assert_alike, both, difference
from tests.shipped import SCENARIOS, shipped
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_plays_alike(path):
    rollout = shipped(path)
    assert_alike(*both(rollout, rollout.scenario.seed))


UNTIL = st.sampled_from([None, None, None, 3_600_000, 2_500_001])


def play_both(data, until):
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert_alike(*both(rollout, data["seed"], until=until))


@settings(max_examples=8)
@given(rollouts(), UNTIL)
def test_whatever_a_scenario_says_plays_alike(data, until):
    play_both(data, until)


@at_length(rollouts(), UNTIL)
def test_thousands_of_scenarios_play_alike(data, until):
    play_both(data, until)


def fleet(**changes):
    data = {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "1 d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "40 MB"}]},
        "fleet": {"units": {"DE/*": {"devices": 30, "sites": 40, "installed": "old.idf"}}},
        "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
    }
    return prepare(fwsim.Scenario.model_validate(data | changes))


def test_everybody_at_once_makes_every_table_grow():
    """1,200 devices, four commands, one millisecond: far more than the tables begin with."""
    commands = [
        {"update": "DE", "subordinate_units": True, "once": f"2018-08-20 1{hour}:00"}
        for hour in (2, 4, 6, 8)
    ]
    assumptions = {"dispatch_workers": 2000, "send_time": "0 s", "install_spread": 1.0}
    assert_alike(*both(fleet(commands=commands, assumptions=assumptions)))


def test_a_day_of_notices_needs_more_draws_than_any_run_begins_with():
    people = {"default": {"answer": {"defer": "100 %"}}}
    firmware = {"reminder": {"deferments": 10, "delays": ["15 min"]}}
    commands = [
        {
            "update": "DE",
            "subordinate_units": True,
            "inform_user": "30 min",
            "once": f"2018-08-{20 + hour // 24} {hour % 24:02}:30",
        }
        for hour in range(12, 46)
    ]
    units = {"DE/*": {"devices": 10, "sites": 4, "installed": "old.idf"}}
    rollout = fleet(
        people=people, firmware=firmware, commands=commands, horizon="2 d", fleet={"units": units}
    )
    first, second = both(rollout)
    assert np.bincount(first.log.device[first.log.in_state(State.NOTIFYING)]).max() > 64
    assert_alike(first, second)


def test_clocks_of_groups_may_run_over():
    """A flow without end on a fast line: its virtual clock passes what 64 bits can hold."""
    network = {
        "repository": {"uplink": "100 Gbit/s", "connections": 100_000},
        "sites": {"default": {"link": "100 Gbit/s"}},
    }
    units = {"DE": {"devices": 4, "installed": "old.idf", "device_rate": "20 Gbit/s"}}
    image = {"name": "new.idf", "packages": [{"name": "a", "size": "5 TB"}]}
    rollout = fleet(
        network=network,
        fleet={"units": units},
        image=image,
        commands=[{"update": "DE", "devices_wait": "16 min"}],
        assumptions={"flash": "20 TB", "system_partition": "6 TB"},
    )
    first, second = both(rollout)
    assert first.load.size.sum() >= 4 * 5_000_000_000_000
    assert_alike(first, second)


@pytest.mark.parametrize("packages", [54, 63, 126])
def test_packages_of_large_images_are_kept_apart_one_by_one(packages):
    """A set of them fills its words up to the last bits, which no float has room for."""
    names = (f"package-{number}" for number in range(packages))
    image = {"name": "new.idf", "packages": [{"name": name, "size": "1 MB"} for name in names]}
    commands = [{"delivery": "DE"}, {"update": "DE", "once": "2018-08-20 20:00"}]
    units = {"DE": {"devices": 1, "installed": "old.idf"}}
    first, second = both(fleet(image=image, commands=commands, fleet={"units": units}))
    assert first.load.size.sum() == packages * 1_000_000
    assert_alike(first, second)


def small_run():
    units = {"DE/*": {"devices": 3, "sites": 4, "installed": "old.idf"}}
    return play_once(fleet(fleet={"units": units}), 0, 0)


def test_a_difference_is_shown_as_the_first_differing_device_with_both_logs():
    record = small_run()
    changed = record.log.amount.copy()
    changed[np.flatnonzero(record.log.device == 7)[2]] += 1
    shown = difference(record.log, replace(record.log, amount=changed))
    assert shown.startswith("device 7: SimPy beside compiled")
    assert sum(line.startswith("*") for line in shown.splitlines()) == 1


def test_lines_in_another_order_are_a_difference():
    log = small_run().log
    order = np.arange(len(log))
    order[[0, 1]] = 1, 0
    assert difference(log, log.where(order)) == "the same lines, in another order"


STORED = {"notifications": [{"uefi_update": "DE"}]}, {"assignments": [{"uefi_update": "DE"}]}


@pytest.mark.parametrize("stored", STORED, ids=lambda stored: next(iter(stored)))
@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_uefi_update_that_only_waits_on_the_server_plays_alike(stored, mode, monkeypatch):
    monkeypatch.setenv("FWSIM_INTERPRET", str(int(mode == "interpreted")))
    unit = {"devices": 3, "attributes": {"Device type": "LES", "BIOS": "1"}, "power": "office"}
    rollout = fleet(
        fleet={"units": {"DE": unit}},
        uefi={"LES": {"version": "2"}},
        power={"office": {"on": "daily 12:00-18:00"}},
        commands=[{"update": "DE", "once": "2018-08-20 13:00"}],
        **stored,
    )
    first, second = both(rollout)
    assert_alike(first, second)
    assert first.log.in_state(State.SUCCESS).sum() >= 3
