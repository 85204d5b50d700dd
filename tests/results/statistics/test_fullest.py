"""Where many lines are as full as one another, it is said of how many that is so."""

import numpy as np
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.notebook.board.lines import strips_of
from fwsim.notebook.board.tiles import tiles_of
from fwsim.results.output.console_answer import print_answer
from fwsim.results.output.report_figures import lines
from fwsim.results.output.report_tables import fullest_lines
from fwsim.results.statistics.fullest import fullest_rows
from fwsim.run import prepare

EQUAL = """\
zone: UTC
start: 2024-03-01 18:00
horizon: 12 h
doubt: none
image: {name: new.idf, packages: [{name: a, size: 60 MB}]}
fleet: {units: {DE: {installed: old.idf}, DE/Shop/*: {devices: 1, sites: 14},
                DE/Large/*: {devices: 3, sites: 2}}}
network: {sites: {default: {link: 2 Mbit/s}}}
commands: [{update: DE, subordinate_units: true}]
"""


@pytest.fixture(scope="module")
def rollout():
    return prepare(fwsim.loads(EQUAL))


@pytest.fixture(scope="module")
def answer(rollout):
    return Experiment(rollout).run(2, workers=1)


def test_the_others_are_counted_that_are_told_the_same_as_the_last_row(answer):
    hours = np.sort(np.mean([run.sites.busy_hour for run in answer.replications], axis=0))
    assert hours[:14] == pytest.approx([hours[0]] * 14)  # the shops; the large ones are fuller
    rows = fullest_rows(answer, 3)
    assert [row[0] for row in rows] == [
        "DE/Large/1",
        "DE/Large/2",
        "DE/Shop/01",
        "13 others as full",
    ]
    assert rows[3][1:] == ("", rows[2][2], "")
    assert [row[0] for row in fullest_rows(answer, 2)] == ["DE/Large/1", "DE/Large/2"]
    assert len(fullest_rows(answer, 16)) == len(fullest_rows(answer, 99)) == 16


def test_console_and_report_say_so(answer, capsys):
    print_answer(answer)
    assert "13 others as full" in capsys.readouterr().out
    assert fullest_lines(answer).rows[-1][0] == "11 others as full"
    assert any(figure.caption.endswith("1 other line is as full.") for figure in lines(answer))


def test_the_planner_says_so_of_the_fullest_line(answer, rollout):
    strips = strips_of(answer, rollout)
    [tile] = [one for one in tiles_of(answer, None, strips, []) if one.name == "line"]
    assert (tile.value, tile.more.rpartition("; ")[2]) == ("DE/Large/1", "1 other as full")


def test_the_planner_says_that_there_may_be_more_than_it_looked_at(answer):
    text = EQUAL.replace("devices: 3", "devices: 1")
    rollout = prepare(fwsim.loads(text))
    strips = strips_of(Experiment(rollout).run(1, workers=1), rollout)
    [tile] = [one for one in tiles_of(answer, None, strips, []) if one.name == "line"]
    assert tile.more.endswith("; 11 others or more as full")


def test_lines_that_carry_nothing_are_no_fuller_than_the_planner_looked_at(answer):
    idle = EQUAL.replace("update: DE,", "update: DE/Large,")
    rollout = prepare(fwsim.loads(idle))
    strips = strips_of(Experiment(rollout).run(1, workers=1), rollout)
    [tile] = [one for one in tiles_of(answer, None, strips, []) if one.name == "line"]
    assert tile.more.endswith("; 1 other as full")
