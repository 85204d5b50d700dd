"""Runs are compared with those of the same number, whichever of them each plan made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import read_measure
from fwsim.notebook.board.curves import ghost_data
from fwsim.notebook.board.lines import Strip
from fwsim.notebook.board.pairs import not_alike, pairs_of, values_in_pairs
from fwsim.notebook.board.tiles import apart, middle_of, tiles_of
from fwsim.results.statistics.answer import Answer
from fwsim.run import prepare

STRIP = Strip("Branch 17", "6 Mbit/s", (), (), (), 0.0, 0.5)
PROMPTS = read_measure("prompts")


@pytest.fixture(scope="module")
def answer(scenarios):
    rollout = prepare(fwsim.load(scenarios / "branch-offices.yaml"))
    return Experiment(rollout).run(12, workers=1)


def test_there_is_no_half_of_a_thing_on_the_board(answer, monkeypatch):
    ghost = only(answer, range(2))
    counts = {id(answer): [1.0, 0.0, *[0.0, 1.0] * 5], id(ghost): [0.0, 0.0]}
    monkeypatch.setattr(Answer, "values", lambda self, _: counts[id(self)])
    assert middle_of(answer, PROMPTS) == 0.0
    assert middle_of(answer, read_measure("successful")) == 0.5
    assert apart(answer, ghost, PROMPTS) == 0.0


def only(answer, numbers):
    """Return the same plan's answer of other runs, or of the same in another order."""
    runs = [answer.replications[number] for number in numbers]
    return Answer(answer.setting, runs, provenance=answer.provenance, requested=len(runs))


@pytest.mark.parametrize("numbers", [(11, 3, 7, 0, 5), (5, 6, 7, 8, 9, 10, 11)])
def test_a_plan_of_which_other_runs_are_known_differs_from_itself_in_nothing(answer, numbers):
    ghost = only(answer, numbers)
    assert apart(answer, ghost, PROMPTS) == apart(ghost, answer, PROMPTS) == 0
    one, other = values_in_pairs(answer, ghost, PROMPTS)
    assert one == other == [answer.values(PROMPTS)[number] for number in sorted(numbers)]
    places = np.arange(0, len(answer.times), 50)
    low, high = ghost_data(answer, ghost, places)["band"]
    assert low == high == ghost_data(answer, ghost, places)["middle"]


def test_what_only_one_plan_made_is_in_no_pair(answer):
    here, there = pairs_of(only(answer, (0, 1, 2, 3)), only(answer, (9, 3, 1)))
    assert (here.tolist(), there.tolist()) == ([1, 3], [2, 1])
    assert "band" not in ghost_data(only(answer, (0, 1, 2, 3)), only(answer, (9, 3)), np.arange(3))


@pytest.fixture(scope="module")
def elsewhere(scenarios):
    """Return the answer to the same plan for one branch of them alone."""
    to = "-update -to DE/Headquarters -inform 300 -cancel -once -at 24.09.2021 15:30"
    changed = {"commands.0.scmd": to}
    rollout = prepare(fwsim.load(scenarios / "branch-offices.yaml", settings=changed))
    return Experiment(rollout).run(12, workers=1)


def test_a_plan_for_other_devices_gains_and_loses_no_shares_of_devices(answer, elsewhere):
    tiles = {tile.name: tile for tile in tiles_of(elsewhere, answer, [STRIP], [])}
    assert tiles["successful"].against == tiles["time"].against == "other targets"
    assert tiles["against"].more == "other targets"
    assert "to A" in tiles["people"].against
    assert "band" not in ghost_data(elsewhere, answer, np.arange(3))


def test_a_plan_of_deliveries_gains_nothing_over_one_of_updates(elsewhere):
    delivers = replace(elsewhere.setting, judged="delivery")
    ghost = Answer(delivers, elsewhere.replications, provenance={}, requested=12)
    tiles = {tile.name: tile for tile in tiles_of(elsewhere, ghost, [STRIP], [])}
    assert tiles["successful"].against == tiles["against"].more == "another kind of rollout"
    assert not_alike(elsewhere, ghost, Kind.PROMPTS) == ""
    assert not_alike(elsewhere, elsewhere, Kind.TIME_TO) == ""
