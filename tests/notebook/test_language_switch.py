"""Another language in the planner: whom it is of, and what goes on meanwhile."""

from __future__ import annotations

import sys
import threading
from contextvars import Context

import pytest

from fwsim.notebook.plan import Plan

pytest.importorskip("ipywidgets")
pytest.importorskip("anywidget")

from fwsim.messages import speak
from fwsim.notebook import live_view, planner
from fwsim.notebook.planner_view import Planner

SPOKEN = sys.modules[speak.__module__]
SMALL = {"fleet": {"units": {"DE": {"devices": 30}}}, "faults": {"installation": "10 %"}}


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **SMALL))


@pytest.fixture
def no_runs_follow(monkeypatch):
    monkeypatch.setattr(Plan, "start_when_quiet", lambda *_, **__: None)


def _switched(place, name):
    Context().run(lambda: place.view.desk.hear({"do": "language", "name": name}))
    return place.view


@pytest.mark.usefixtures("no_runs_follow")
def test_a_planner_opened_without_a_language_switches_none(plan, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    words = []

    def saved(page):
        (box,) = page.children
        return box.children[0].words["save"]

    def open_three():
        first = planner(plan.base, language="de")
        others = planner(plan.base), live_view(plan.base)
        words.extend([saved(first), saved(others[0]), others[1].spoken])

    try:
        Context().run(open_three)
    finally:
        speak("en")
    assert words == ["Speichern", "Speichern", "de"]


@pytest.mark.parametrize("made_by_others", [True, False])
def test_the_first_planner_of_a_kernel_speaks_as_the_environment_asks(
    plan, made_by_others, monkeypatch
):
    monkeypatch.setattr(SPOKEN, "_everywhere", "en" if made_by_others else None)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    page = Context().run(lambda: live_view(plan.base))
    assert page.spoken == ("en" if made_by_others else "de")


@pytest.mark.usefixtures("no_runs_follow")
def test_a_search_survives_a_switch_of_the_language_and_its_plans_are_told_in_the_other(scenarios):
    place = Planner(Plan(scenarios / "manual-example.yaml"))
    view = place.view
    view.tabs.go_to("find")
    finding = view.find.finding
    view.find.goals.value = "user time lost"
    view.find.runs.text.value = "60"
    hold = threading.Event()
    finding.observe(lambda _: hold.wait(60), "where")
    view.find.find.click()
    try:
        german = _switched(place, "de")
        assert german.tabs.name == "find"
        assert german.find.finding is finding
        assert german.find.stop.disabled is False
        assert "Läufe" in german.find.status.value
        hold.set()
        assert german.find.goals.value == "user time lost"
        assert german.find.runs.value == 60
        finding.wait(120)
        assert finding.result is not None
        assert not finding.result.interrupted
        assert "Der Plan" in german.find.words.value
        assert german.find.found.widget.table["rows"]
        told = german.find.words.value
        english = _switched(place, "en")
        assert english.find.found.widget.table["rows"]
        assert english.find.words.value
        assert english.find.words.value != told
    finally:
        hold.set()
        speak("en")


@pytest.mark.usefixtures("no_runs_follow")
def test_a_search_that_goes_on_after_a_switch_still_ends_with_the_world_it_is_of(plan):
    place = Planner(plan)
    finding = place.view.find.finding
    try:
        _switched(place, "de")
    finally:
        speak("en")
    finding.picked = object()
    plan.lay(plan.base.model_copy(update={"seed": 5}))
    assert finding.picked is None


@pytest.mark.usefixtures("no_runs_follow")
@pytest.mark.parametrize("tab", ["doubt", "live"])
def test_what_the_other_tabs_compute_survives_a_switch_of_the_language(plan, tab, monkeypatch):
    place = Planner(plan)
    model = place.view.doubt.doubting if tab == "doubt" else place.view.live.following
    let_go, ends = threading.Event(), []

    def work():
        assert let_go.wait(60)
        model._tell(1, 1)
        ends.append("whole")

    model._begin(work)
    try:
        view = _switched(place, "de")
        again = view.doubt.doubting if tab == "doubt" else view.live.following
        stop = getattr(view, tab).stop
        assert again is model
        assert stop.disabled is False
        let_go.set()
        model.wait(60)
        assert ends == ["whole"]
        assert stop.disabled is True
    finally:
        let_go.set()
        speak("en")


@pytest.mark.usefixtures("no_runs_follow")
def test_a_played_run_and_what_was_typed_survive_a_switch_of_the_language(plan, tmp_path):
    place = Planner(plan)
    view = place.view
    view.played.speed.value = 1
    view.played.play.click()
    view.live.path.value = str(tmp_path / "a.csv")
    view.hand_over.name.value = "friday"
    view.command.form.set(subordinate_units=False)
    typed = view.command.form.draft()
    run = view.played.run
    try:
        german = _switched(place, "de")
        assert german.played.run is run
        assert run.is_running
        assert "läuft" in german.played.clock.value
        assert "geändert" not in german.played.clock.value
        assert german.live.path.value == str(tmp_path / "a.csv")
        assert german.hand_over.name.value == "friday"
        assert german.command.form.draft() == typed
    finally:
        run.stop()
        speak("en")
