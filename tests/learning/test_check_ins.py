"""Logs of devices that come by themselves: what they tell is learnt, and nothing false."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.learning.families import FAMILIES
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.observations.own_columns import observed_in
from fwsim.run import play_once, prepare

SCENARIO = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 08:00",
    "horizon": "1 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "100 MB"}]},
    "fleet": {"units": {"DE/*": {"devices": 50, "sites": 2, "installed": "old.idf"}}},
    "network": {"sites": {"default": {"link": "100 Mbit/s"}}},
    "faults": {"transfer": "30 %"},
    "doubt": "none",
}
ASSIGNED = {
    "update": "DE",
    "subordinate_units": True,
    "inform_user": "10 min",
    "check_in": {"every": "1 h"},
    "resume": {"times": 10, "wait": "60 s"},
}


def learnt_from(scenario):
    rollout = prepare(scenario)
    record = play_once(rollout, 1, 0, engine=Engine.SIMPY)
    learnt = learn(
        scenario, observed_in(record.log, rollout, record.ended), rows=10, families=FAMILIES[:1]
    )
    return {one.name: one for one in learnt.inputs}


@pytest.fixture(scope="module")
def found():
    return learnt_from(fwsim.Scenario.model_validate(SCENARIO | {"assignments": [ASSIGNED]}))


def test_notices_of_assignments_teach_how_people_answer(found):
    answers = found["people.default.answer"]
    assert answers.is_learnt
    assert answers.observations == 100


def test_the_share_of_broken_transfers_is_that_of_whole_ones(found):
    """What is taken up breaks less often: only the bytes that are left can break."""
    assert found["faults.transfer"].observations == 100
    hits, of = found["faults.transfer"].value["seen"].split(" of ")
    assert int(of) == 100
    assert abs(int(hits) - 30) < 5 * (100 * 0.3 * 0.7) ** 0.5


def test_a_device_that_took_a_transfer_up_wrote_the_whole_image(found):
    low, high = found["assumptions.install_rate"].value["between"]
    assert 23.8 < float(low.split()[0]) < 25.6 < float(high.split()[0]) < 27.6  # Mbit/s


def test_of_check_ins_it_says_why_nothing_is_learnt(found):
    assert found["assignments.0.check_in"].kept is Kept.NO_CHECK_IN


def test_a_command_held_back_by_a_window_says_nothing_of_a_slow_server():
    windows = {"times": "daily 12:00-16:00"}
    command = {"update": "DE", "subordinate_units": True}
    made = SCENARIO | {"commands": [command], "windows": windows}
    told = learnt_from(fwsim.Scenario.model_validate(made))["assumptions.send_time"]
    assert told.value == "50 ms"
