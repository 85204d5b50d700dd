"""The plan on the desk, and the widgets that show it; no browser and no kernel needed."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

import fwsim
from fwsim.notebook.draft import Draft
from fwsim.notebook.plan import Plan
from fwsim.planning.levers import Levers

pytest.importorskip("ipywidgets")

from fwsim.notebook import live_view, planner
from fwsim.notebook.planner_view import PlannerView

SMALL = {"fleet": {"units": {"DE": {"devices": 30}}}, "faults": {"installation": "10 %"}}


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **SMALL))


@pytest.fixture
def view(plan):
    shown = PlannerView(plan)
    shown.follow.value = False
    return shown


def lines(plan):
    return [line.split(" -to ")[0].removeprefix("scmd ") for line in plan.scmd().splitlines()]


def test_commands_are_added_copied_moved_and_removed(plan):
    plan.add(Draft(kind="Delivery", units=("DE",), schedule="Now", inform_user=False))
    assert len(plan.commands) == 2
    plan.move(1, -1)
    assert "-deliver" in plan.scmd().splitlines()[0]
    plan.move(0, -1)  # the first has nothing above it
    plan.copy(0)
    assert plan.commands[0] == plan.commands[1]
    plan.remove(2)
    assert len(plan.commands) == 2
    plan.put(0, Draft(units=("DE",), schedule="Now"))
    assert plan.commands[0].inform_user == 300


def test_what_is_wrong_with_a_command_is_told_and_the_plan_kept(plan):
    before = plan.commands
    plan.add(Draft(schedule="Now"))
    assert plan.message == "pick at least one organisational unit"
    assert plan.commands == before


def test_an_empty_plan_says_that_there_is_nothing_to_do(plan):
    plan.remove(0)
    assert plan.first_look() is None
    assert "nothing to do" in plan.message


def test_the_answer_comes_from_all_runs_and_goes_when_the_plan_changes(plan):
    plan.start(3, workers=1)
    plan.wait()
    assert (plan.answer.runs, plan.done, plan.is_running, plan.message) == (3, 3, False, "")
    assert len(plan.story.devices) == 30
    plan.turn(Levers(deferments=2))
    assert plan.answer is None
    assert plan.story is None


def test_stop_keeps_the_runs_that_are_done(plan):
    def stop(change):
        if change["new"] == 2:
            plan.stop()

    plan.observe(stop, "done")
    plan.start(50, workers=1)
    plan.wait()
    assert plan.answer.runs == 2
    assert plan.message == "stopped after 2 of 50 runs"


def test_an_answer_to_yesterdays_plan_is_not_shown(plan):
    turned = threading.Event()

    def turn(change):
        if change["new"] == 1 and not turned.is_set():
            turned.set()
            plan.turn(Levers(start_later=3_600_000))

    plan.observe(turn, "done")
    plan.start(5, workers=1)
    plan.wait()
    assert plan.answer is None


def test_a_first_look_comes_close_to_the_answer(scenarios):
    plan = Plan(scenarios / "branch-offices.yaml")
    look = plan.first_look()
    plan.start(2, workers=1)
    plan.wait()
    assert look.setting.devices < 400
    assert look.estimate("successful").low < look.estimate("successful").high
    assert look.estimate("successful").value == pytest.approx(
        plan.answer.estimate("successful").value, abs=0.05
    )
    assert look.estimate("t50").value == pytest.approx(plan.answer.estimate("t50").value, rel=0.4)


def test_runs_follow_when_nothing_has_been_turned_for_a_while(plan):
    plan.turn(Levers(deferments=1))
    plan.start_when_quiet(2, seconds=0)
    plan._timer.join()
    plan.wait()
    assert plan.answer.runs == 2


def test_runs_that_are_being_made_are_left_alone_if_nothing_was_turned(plan):
    hold, began = threading.Event(), threading.Event()

    def wait(change):
        began.set()
        hold.wait(300)

    plan.observe(wait, "done")
    plan.start(3, workers=1)
    began.wait(300)
    plan.start_when_quiet(3, seconds=0)
    plan._timer.join()
    hold.set()
    plan.wait()
    assert (plan.answer.runs, plan.message) == (3, "")


def test_the_plan_is_saved_and_reads_back(plan, tmp_path):
    plan.turn(Levers(link_share=0.5, deferments=1))
    plan.save_scenario(tmp_path / "plan.yaml")
    assert plan.message == f"written to {tmp_path / 'plan.yaml'}"
    saved = fwsim.load(tmp_path / "plan.yaml")
    assert saved.as_data() == plan.scenario().as_data()
    assert saved.firmware.reminder.deferments == 1


def test_a_plan_that_names_files_is_saved_beside_them(scenarios, tmp_path):
    plan = Plan(scenarios / "branch-offices.yaml")
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "it names files that lie there" in plan.message
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.usefixtures("unrendered")
def test_a_report_needs_an_answer(plan, tmp_path):
    plan.save_report(tmp_path / "plan.html")
    assert plan.message == "run the plan first"
    plan.start(2, workers=1)
    plan.wait()
    plan.save_report(tmp_path / "plan.html")
    assert "fwsim report" in (tmp_path / "plan.html").read_text()


# The widgets


def test_the_planner_opens_on_the_scenarios_command(view):
    assert view.form.draft().seconds == 300
    assert "30 devices" in view.form.widget.children[1].children[0].value
    assert "First look" in view.headline.value or "successful" in view.headline.value
    assert bytes(view.completion.value).startswith(b"\x89PNG")


def test_the_form_shows_only_what_applies(view):
    shown = {name: item.layout.display != "none" for name, item in view.form._fields.items()}
    assert shown["at"]
    assert not shown["weekdays"]
    view.form.set(schedule="Every", inform_user=False)
    shown = {name: item.layout.display != "none" for name, item in view.form._fields.items()}
    assert shown["weekdays"]
    assert not any(shown[name] for name in ("at", "seconds", "deferments"))


def test_a_mistake_in_the_form_is_told_beside_it(view):
    view.form.set(units=())
    assert "pick at least one" in view.form.widget.children[1].children[0].value
    view.form.set(schedule="Every", days="one, two")
    view.add.click()
    assert "write numbers from 1 to 31" in view.plan.message


def test_add_appends_what_the_form_says(view):
    view.form.set(seconds=60, deferments=2, delays=(1_800_000,))
    view.add.click()
    assert view.plan.commands[1].inform_user == 60
    assert view.plan.reminder == (2, (1_800_000,))
    assert "deferments: 2" in view.form.widget.children[1].children[2].value
    assert len(view.commands.list.options) == 2


def test_a_dragged_slider_draws_anew(view):
    before = view.completion.value
    view.levers.share.value = 5
    assert view.plan.levers.link_share == 0.05
    assert view.completion.value != before
    view.levers.reset.click()
    assert view.plan.levers == Levers()


def test_plan_a_stays_on_screen_as_a_ghost(view):
    view.ghost.click()
    assert view.plan.ghost is not None
    without = PlannerView(view.plan)
    view.plan.ghost = None
    view._draw_completion()
    assert without.completion.value != view.completion.value


def test_the_answer_fills_the_tabs(view):
    view.plan.start(2, workers=1)
    view.plan.wait()
    assert view.status.value == "done"
    assert "Every measure, from 2 runs" in view.details.value
    assert "prompts" in view.people.value
    assert all(bytes(image.value).startswith(b"\x89PNG") for image in view.pictures.values())


def test_devices_are_filtered_sorted_and_opened(view):
    view.plan.start(1, workers=1)
    view.plan.wait()
    table = view.devices
    table.search.value = "installation failed"
    failed = len(table.rows())
    assert 0 < failed < 30
    assert f"{failed} devices, page 1 of 1" in table.shown.value
    table.open.value = "DE-01"
    assert "Server record" in table.log.value
    table.open.value = "<b>nobody</b>"
    assert "&lt;b&gt;nobody" in table.log.value


def test_names_from_a_scenario_are_escaped(scenario):
    hostile = "<img src=x onerror=alert(1)>"
    view = PlannerView(Plan(scenario(name=hostile)))
    assert hostile not in view.widget.children[0].value


@pytest.mark.parametrize("open_view", [planner, live_view])
def test_what_is_wrong_with_a_scenario_is_told_without_a_traceback(tmp_path, open_view):
    assert "no such file" in open_view(tmp_path / "nothing.yaml").value
    (tmp_path / "wrong.yaml").write_text("nmae: '<b>x</b>'\n")
    shown = open_view(tmp_path / "wrong.yaml").value
    assert "unknown key" in shown
    assert "<b>x" not in shown


def test_importing_fwsim_does_not_import_widgets():
    code = "import fwsim, sys; fwsim.simulate; assert 'ipywidgets' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
