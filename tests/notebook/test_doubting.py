"""The Doubt tab, its model and its widgets; no browser and no kernel needed."""

import pytest

import fwsim
from fwsim.notebook.plan import Plan
from tests.planning import small_fleets

pytest.importorskip("ipywidgets")

from fwsim.notebook.doubting import Doubting
from fwsim.notebook.planner_view import PlannerView


def in_doubt():
    """Return a small rollout whose people and lines are in doubt."""
    data = {**small_fleets.people(60).as_data(), "doubt": "all"}
    return fwsim.Scenario.model_validate(data)


@pytest.fixture(scope="module")
def doubting():
    doubting = Doubting(Plan(in_doubt()))
    doubting.start(20, draws=10, lucks=2, workers=1)
    doubting.wait()
    return doubting


def test_it_finds_where_the_spread_comes_from(doubting):
    assert doubting.problem == ""
    assert doubting.result.measures
    assert doubting.done == doubting.wanted == 40


@pytest.mark.slow
def test_what_is_told_is_of_the_plan_as_it_is():
    doubting = Doubting(Plan(in_doubt()))
    doubting.start(20, draws=10, lucks=2, workers=1)
    doubting.wait()
    doubting.plan.remove(0)
    assert doubting.result is None


def test_it_can_be_stopped():
    doubting = Doubting(Plan(in_doubt()))
    doubting.observe(lambda _: doubting.stop(), "done")
    doubting.start(20, draws=10, lucks=2, workers=1)
    doubting.wait()
    assert doubting.result is None
    assert doubting.problem == "stopped"
    assert not doubting.is_running


@pytest.mark.slow
def test_the_tab_shows_the_fan_and_the_words():
    view = PlannerView(Plan(in_doubt()), follows=False)
    assert "doubt" in view.tabs.names
    view.desk.runs = 20
    tab = view.doubt
    tab.doubting.start(20, draws=10, lucks=2, workers=1)
    tab.doubting.wait()
    assert "base64,iVBOR" in tab.fan.value
    assert "luck" in tab.words.value
    assert tab.stop.disabled
