"""A scenario with beliefs is written back as it was read, and editors know what may stand there."""

from __future__ import annotations

import copy
import pickle

import jsonschema
import pytest
from hypothesis import given, settings

import fwsim
from fwsim.run import prepare
from fwsim.scenario.load import schema
from tests.scenario.random_beliefs import rollouts_in_doubt
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length

EDITOR = jsonschema.Draft202012Validator(schema())
GOOD = {
    "zone": "UTC",
    "start": "2018-08-20 11:00",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
    "fleet": {"units": {"DE": {"devices": 4, "installed": "old.idf"}}},
    "commands": [{"update": "DE"}],
}


def comes_back(data):
    scenario = fwsim.Scenario.model_validate(data).seen_from(DATA)
    text = fwsim.dumps(scenario)
    back = fwsim.loads(text, folder=DATA)
    assert back == scenario
    assert fwsim.dumps(back) == text
    assert back.digest() == scenario.digest()
    assert prepare(back).doubts == prepare(scenario).doubts
    EDITOR.validate(back.as_data())
    assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301 - packed a word ago


@settings(max_examples=5)
@given(rollouts_in_doubt())
def test_a_scenario_with_beliefs_comes_back(data):
    comes_back(data)


@at_length(rollouts_in_doubt(), share=0.5)
def test_thousands_of_scenarios_with_beliefs_come_back(data):
    comes_back(data)


BELIEFS = [
    "60 %",
    {"between": ["50 %", "70 %"]},
    {"between": ["50 %", "71 %"]},
    {"about": "60 %", "worth": 9},
    {"about": "60 %", "worth": 10},
    {"seen": "6 of 10"},
    {"seen": "6 of 10", "rollouts": 3},
]


def test_another_belief_is_another_scenario():
    made = [
        fwsim.Scenario.model_validate(GOOD | {"assumptions": {"bricked": belief}})
        for belief in BELIEFS
    ]
    assert len({scenario.digest() for scenario in made}) == len(BELIEFS)
    assert all((a == b) is (a is b) for a in made for b in made)


def test_another_file_of_draws_is_another_scenario(tmp_path):
    digests = set()
    for number in (50, 60):
        (tmp_path / "draws.csv").write_text(f"assumptions.send_time\n{number} ms\n")
        scenario = fwsim.Scenario.model_validate(GOOD | {"draws": "draws.csv"})
        digests.add(scenario.seen_from(tmp_path).digest())
    assert len(digests) == 2


def test_a_copy_keeps_its_beliefs():
    scenario = fwsim.Scenario.model_validate(GOOD | {"assumptions": {"bricked": BELIEFS[3]}})
    for other in (copy.copy(scenario), copy.deepcopy(scenario), scenario.model_copy(deep=True)):
        assert other == scenario


@pytest.mark.parametrize(
    "changes",
    [
        {"assumptions": {"bricked": {"between": ["5 %"]}}},
        {"assumptions": {"bricked": {"about": "5 %"}}},
        {"assumptions": {"bricked": {"about": "5 %", "worth": 0}}},
        {"assumptions": {"bricked": {"seen": 3}}},
        {"assumptions": {"bricked": {"seen": "3 of 9", "each": "floor"}}},
        {"assumptions": {"bricked": {"seen": "3 of 9", "rolouts": 2}}},
        {"assumptions": {"dispatch_workers": {"between": [1, 9]}}},
        {"assumptions": {"newer_only": {"seen": "3 of 9"}}},
        {"assumptions": {"delays": [{"between": ["10 min", "20 min"]}]}},
        {"people": {"default": {"answer": {"about": {"now": "45 %"}, "worth": -1}}}},
        {"people": {"default": {"answer": {"seen": {"now": 1.5}}}}},
        {"horizon": {"between": ["1 d", "2 d"]}},
        {"commands": [{"update": "DE", "devices_wait": {"between": ["1 s", "2 s"]}}]},
        {"seed": {"between": [1, 2]}},
        {"doubt": "maybe"},
    ],
)
def test_an_editor_marks_what_cannot_be_believed(changes):
    assert EDITOR.is_valid(GOOD)
    assert not EDITOR.is_valid(GOOD | changes)
