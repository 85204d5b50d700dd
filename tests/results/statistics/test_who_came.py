"""Devices that never come to what they would start by themselves are told of."""

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.experiments.experiment import Experiment
from fwsim.messages import speaking
from fwsim.results.output.answer_files import save_answer
from fwsim.results.output.answer_reading import load_answer
from fwsim.results.run.replication import measured
from fwsim.results.statistics.who_came import as_sentence, came_in_words
from fwsim.run import play_once, prepare
from fwsim.scenario_tests.judging import ScenarioTest
from tests.results.small_rollout import SOME_LEFT_ON

OTHERS = ", and shares leave out the others"
RUNS = 6


def run(text):
    return Experiment(fwsim.loads(text)).run(RUNS, workers=1)


def test_the_headline_tells_how_many_came():
    answer = run(SOME_LEFT_ON)
    came = [one.targeted for one in answer.replications]
    assert min(came) < max(came)
    assert answer.headline.endswith(
        "; what devices start by themselves is meant for 8 devices: "
        f"{min(came)} to {max(came)} of them came to it in these runs{OTHERS}"
    )
    with speaking("de"):
        assert f"gilt 8 Geräten: {min(came)} bis {max(came)} von ihnen" in answer.headline


def test_both_clocks_count_the_same():
    rollout = prepare(fwsim.loads(SOME_LEFT_ON))
    stories = [play_once(rollout, 1, number, engine=Engine.SIMPY) for number in range(RUNS)]
    absent = [measured(story, number).absent for number, story in enumerate(stories)]
    assert absent == [one.absent for one in run(SOME_LEFT_ON).replications]


@pytest.mark.parametrize(
    "changed",
    [
        SOME_LEFT_ON.replace("horizon: 3 d", "horizon: 6 d"),
        SOME_LEFT_ON + "commands: [{update: A, once: 2021-11-05 09:00}]\n",
        SOME_LEFT_ON.replace("notifications", "commands"),
    ],
)
def test_nothing_is_said_where_all_come_or_are_commanded(changed):
    assert "by themselves" not in run(changed).headline


def test_one_run_says_so_too():
    story = fwsim.simulate(fwsim.loads(SOME_LEFT_ON))
    came = story.measures.targeted
    assert story.headline.endswith(f"for 8 devices: {came} of them came to it{OTHERS}")


def test_a_saved_answer_still_knows(tmp_path):
    answer = run(SOME_LEFT_ON)
    save_answer(answer, tmp_path)
    assert load_answer(tmp_path).headline == answer.headline


def test_an_expectation_on_shares_is_told_with_it(tmp_path):
    file = tmp_path / "some.yaml"
    for expect, told in (("{successful: '>= 95 %'}", True), ("{prompts: '<= 9'}", False)):
        file.write_text(f"{SOME_LEFT_ON}expect: [{expect}]\n", encoding="utf-8")
        one = ScenarioTest(file, replications=RUNS, workers=1)
        assert all(verdict.held for verdict in one.verdicts())
        assert bool(one.remark()) is told


@pytest.mark.parametrize(
    ("starters", "absent", "said"),
    [
        (8, [0, 0], ""),
        (0, [0], ""),
        (8, [3, 3], f"for 8 devices: 5 of them came to it in every run{OTHERS}."),
        (
            8000,
            [1, 0],
            f"for 8,000 devices: 7,999 to 8,000 of them came to it in these runs{OTHERS}.",
        ),
        (1, [1, 0], "for one device, which came to it in some of these runs only."),
        (1, [1, 1], "for one device, which came to it in no run."),
        (1, [1], "for one device, which did not come to it."),
    ],
)
def test_in_words(starters, absent, said):
    whole = as_sentence(came_in_words(starters, absent))
    assert whole.removeprefix("What devices start by themselves is meant ") == said
