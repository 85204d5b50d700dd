"""The Doubt tab, its model and its widgets; no browser and no kernel needed."""

import pytest

import fwsim
from fwsim.notebook.plan import Plan
from tests.planning import small_fleets

pytest.importorskip("ipywidgets")

from fwsim.notebook.doubting import Doubting
from fwsim.notebook.planner_view import PlannerView
from fwsim.planning.levers import Levers


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


CHANGES = {
    "commands": lambda plan: plan.remove(0),
    "reminder": lambda plan: plan.remind(0, ()),
    "levers": lambda plan: plan.turn(Levers(link_share=0.5)),
    "base": lambda plan: plan.lay(plan.base.model_copy(update={"seed": 7})),
}


@pytest.fixture
def spread_at_once(monkeypatch, doubting):
    """The search for the spread takes long, and has tests of its own."""

    def spread(*_, progress, **__):
        progress(1, 1)
        return doubting.result

    monkeypatch.setattr("fwsim.notebook.doubting.spread", spread)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.usefixtures("spread_at_once")
def test_what_is_told_is_of_the_plan_as_it_is(change):
    known = Doubting(Plan(in_doubt()))
    known.start(20)
    known.wait()
    assert known.result is not None
    change(known.plan)
    assert known.result is None


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_plan_that_changes_at_the_last_run_keeps_no_result(change, doubting, monkeypatch):
    late = Doubting(Plan(in_doubt()))

    def spread(*_, **__):
        change(late.plan)
        return doubting.result

    monkeypatch.setattr("fwsim.notebook.doubting.spread", spread)
    late.start(20)
    late.wait()
    assert late.result is None


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
