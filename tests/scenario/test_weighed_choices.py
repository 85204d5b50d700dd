"""Named choices in doubt: read, written back, drawn once a run."""

import jsonschema
import pytest

import fwsim
from fwsim.commands.policies import UnattendedPolicy
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.load import dumps, loads, schema
from fwsim.scenario.writing import to_yaml
from tests.experiments.test_forecast_holds import DATA

WEIGHTS = {"show": "70 %", "skip_dialog": "30 %"}


def weighed(weights=WEIGHTS, **more):
    data = {**DATA, "assumptions": {"unattended_policy": weights, **more}}
    return loads(to_yaml(data))


def test_a_story_takes_the_heaviest():
    assert weighed().assumptions.unattended_policy is UnattendedPolicy.SHOW
    other = weighed({"show": "30 %", "skip_dialog": "70 %"})
    assert other.assumptions.unattended_policy is UnattendedPolicy.SKIP_DIALOG


def test_weights_are_written_back_as_they_are_read():
    scenario = weighed(idf_check_order={"before": 0.5, "both": 0.5})
    again = loads(dumps(scenario))
    assert again == scenario
    assert dumps(again) == dumps(scenario)
    jsonschema.Draft202012Validator(schema()).validate(scenario.as_data())


def test_other_weights_are_another_scenario():
    assert weighed() != weighed({"show": "60 %", "skip_dialog": "40 %"})
    assert weighed().digest() != weighed("show").digest()


@pytest.mark.slow
def test_each_choice_comes_as_often_as_its_weight():
    ready = doubted(prepare(weighed()))
    drawn = [ready.drawn(Chances(1, run)).assumptions.unattended_policy for run in range(200)]
    # Binomial with 200 and 0.3: six standard deviations are 39.
    assert abs(drawn.count(UnattendedPolicy.SKIP_DIALOG) - 60) <= 39


def test_both_clocks_play_the_drawn_choice():
    scenario = weighed()
    for run in (0, 1, 2):
        logs = [
            fwsim.simulate(scenario, replication=run, engine=engine).log.to_csv()
            for engine in ("simpy", "compiled")
        ]
        assert logs[0] == logs[1]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"shows": "70 %", "skip_dialog": "30 %"}, "did you mean 'show'?"),
        ({"show": "70 %", "skip_dialog": "20 %"}, "add up to 90 %, not 100 %"),
        ({"show": "much"}, "'much' is not a share"),
        ({}, "add up to 0 %"),
    ],
)
def test_weights_that_do_not_fit_are_told_with_their_place(weights, said):
    with pytest.raises(InputError, match=said.replace("?", r"\?")) as caught:
        weighed(weights)
    (problem,) = caught.value.problems
    assert problem.path == "assumptions.unattended_policy"
    assert problem.line is not None
