"""The plan on the desk, and the widgets that show it; no browser and no kernel needed."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

import fwsim
from fwsim.notebook.draft import Draft
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace
from fwsim.planning.levers import Levers

pytest.importorskip("ipywidgets")

from fwsim.notebook import live_view, planner
from fwsim.notebook.field import widgets_of
from fwsim.notebook.planner_view import PlannerView

SMALL = {"fleet": {"units": {"DE": {"devices": 30}}}, "faults": {"installation": "10 %"}}


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **SMALL))


@pytest.fixture
def pictures():
    """Ask for a view with its pictures."""


@pytest.fixture
def view(plan, request, monkeypatch):
    """The planner; without pictures, which take long, where a test does not ask for them."""
    if "pictures" not in request.fixturenames:
        monkeypatch.setattr("fwsim.notebook.picture.picture", lambda *_, **__: b"")
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
    assert "nothing to do" in plan.problem
    assert plan.headline == plan.problem
    plan.start(2)
    assert (plan.is_running, plan.remark.about) == (False, "runs")


def test_the_answer_comes_from_all_runs_and_goes_when_the_plan_changes(plan):
    plan.start(3, workers=1)
    plan.wait()
    assert (plan.answer.runs, plan.done, plan.is_running, plan.message) == (3, 3, False, "")
    assert len(plan.sample_run.devices) == 30
    plan.turn(Levers(deferments=2))
    assert plan.answer is None
    assert plan.sample_run is None


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


def test_a_first_look_sees_all_devices_and_says_about(scenarios):
    plan = Plan(scenarios / "branch-offices.yaml")
    look = plan.first_look()
    assert look.setting.devices == 1600
    assert plan.headline.startswith("First look: about 8")
    assert "(" not in plan.headline
    assert " have it by about Fri 24 Sep 2021 " in plan.headline
    plan.start(4, workers=1)
    plan.wait()
    assert plan.headline == f"{plan.answer.headline}."
    assert look.estimate("successful").value == plan.answer.estimate("successful").value


def test_a_first_look_at_a_part_says_what_it_leaves_out(scenario, monkeypatch):
    units = {f"DE/B{n:02d}": {"devices": 10, "installed": "old.idf"} for n in range(20)}
    units |= {"DE/Rare": {"devices": 2, "connection": "wlan", "installed": "old.idf"}}
    plan = Plan(scenario({"subordinate_units": True}, fleet={"units": units}))
    monkeypatch.setattr("fwsim.notebook.plan.devices_of_a_look", lambda: 20)
    look = plan.first_look()
    assert "Seen on 20 of 203 devices; 2 devices of 1 rare kind left out" in plan.headline
    assert look.setting.devices == 203
    assert sum(look.stages[:, -1]) == pytest.approx(203)


def test_the_part_that_is_looked_at_is_chosen_once_while_levers_are_turned(plan, monkeypatch):
    monkeypatch.setattr("fwsim.notebook.plan.devices_of_a_look", lambda: 20)
    plan.first_look()
    chosen = plan.part
    plan.turn(Levers(link_share=0.5))
    plan.first_look()
    assert plan.part is chosen
    plan.add(Draft(by_group=True, group="Host name = DE-0*", schedule="Now"))
    plan.first_look()
    assert plan.part is not chosen


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
    assert plan.remark.about == "files"
    saved = fwsim.load(tmp_path / "plan.yaml")
    assert saved.as_data() == plan.scenario().as_data()
    assert saved.firmware.reminder.deferments == 1


def test_a_plan_that_names_files_is_saved_beside_them(scenarios, tmp_path):
    plan = Plan(scenarios / "branch-offices.yaml")
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "it names files that are there" in plan.message
    assert not (tmp_path / "plan.yaml").exists()


def test_nothing_is_overwritten_unasked(plan, tmp_path):
    (tmp_path / "plan.yaml").write_text("# mine\n")
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "tick Overwrite to replace it; its comments are lost" in plan.message
    assert (tmp_path / "plan.yaml").read_text() == "# mine\n"
    plan.save_scenario(tmp_path / "plan.yaml", overwrite=True)
    assert plan.message.startswith("written to")
    assert fwsim.load(tmp_path / "plan.yaml").commands


def test_no_folder_is_made_and_a_wrong_plan_leaves_nothing_behind(plan, tmp_path):
    plan.save_scenario(tmp_path / "new" / "plan.yaml")
    assert plan.message == f"there is no folder {tmp_path / 'new'}"
    plan.remove(0)
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "nothing to do" in plan.message
    assert list(tmp_path.iterdir()) == []


def test_in_a_confined_place_the_files_a_plan_names_come_along(scenarios, tmp_path):
    plan = Plan(scenarios / "branch-offices.yaml")
    plan.place = WritingPlace(tmp_path, is_confined=True)
    plan.save_scenario(plan.place.path("/elsewhere", "mine", ".yaml"))
    assert plan.message == "written to mine.yaml"
    assert fwsim.load(tmp_path / "mine.yaml").as_data()["name"] == plan.base.name
    assert (tmp_path / "branch-offices.csv").is_file()


@pytest.mark.usefixtures("undrawn")
def test_a_report_needs_an_answer(plan, tmp_path):
    plan.save_report(tmp_path / "plan.html")
    assert plan.message == "run the plan first"
    plan.start(2, workers=1)
    plan.wait()
    plan.save_report(tmp_path / "plan.html")
    assert "fwsim report" in (tmp_path / "plan.html").read_text()


# The widgets


@pytest.mark.usefixtures("pictures")
def test_the_planner_opens_on_the_scenarios_command(view):
    assert view.form.draft().seconds == 300
    assert "30 devices" in view.form.widget.children[1].children[0].value
    assert "First look: about" in view.headline.value
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
    told = view.form.widget.children[1].children[0].value
    assert "write numbers from 1 to 31" in told
    assert "pick at least one" in told
    view.add.click()
    assert "first correct what is marked" in view.notes["commands"].value
    assert len(view.plan.commands) == 1


def test_add_appends_what_the_form_says(view):
    view.form.set(seconds=60, deferments=2, delays=(1_800_000,))
    view.add.click()
    assert view.plan.commands[1].inform_user == 60
    assert view.plan.reminder == (2, (1_800_000,))
    assert "deferments: 2" in view.form.widget.children[1].children[2].value
    assert len(view.commands.list.options) == 2


@pytest.mark.usefixtures("pictures")
def test_a_dragged_slider_draws_anew(view):
    before = view.completion.value
    view.levers.share.slide_to(0.05)
    assert view.plan.levers.link_share == 0.05
    assert view.completion.value != before
    view.levers.reset.click()
    assert view.plan.levers == Levers()


def test_five_minutes_can_be_reached_and_minus_five_seconds_are_refused(view):
    notice = view.levers.seconds
    notice.slide_to(300)
    assert (view.plan.levers.inform_user, notice.text.value) == (300, "5 min")
    notice.text.value = "-5"
    assert "-5 is negative; expected 0 to 7 d" in notice._wrong.value
    assert view.plan.levers.inform_user == 300
    notice.text.value = "100"
    assert (view.plan.levers.inform_user, notice.problem) == (100, "")
    notice.text.value = "as written"
    assert view.plan.levers.inform_user is None
    view.form._fields["seconds"].text.value = "-5"
    assert "-5 is negative" in view.form._fields["seconds"]._wrong.value
    told = view.form.widget.children[1].children[0].value
    assert "first correct the field marked" in told
    assert "negative" not in told
    assert view.form._scmd.value == ""
    view.put.click()
    assert view.plan.commands[0].inform_user == 300


def test_runs_that_are_no_number_are_refused_at_the_field(view):
    view.runs.text.value = "0"
    assert "out of range; expected a whole number of runs from 1" in view.runs._wrong.value
    view.run.click()
    assert not view.plan.is_running
    view.runs.text.value = "5000"
    assert view.runs.value == 5000


def test_no_widget_shows_null_as_its_hint(view):
    for shown in (view.widget, live_view(view.plan.base)):
        assert [i for i in widgets_of(shown) if getattr(i, "tooltip", "") is None] == []


def test_the_last_command_takes_what_was_known_with_it(view):
    view.plan.start(1, workers=1)
    view.plan.wait()
    view.commands.list.value = 0
    view.commands.remove.click()
    assert "nothing to do" in view.headline.value
    assert "successful" not in view.headline.value
    assert view.completion.layout.visibility == "hidden"
    assert view.lines.value == ""
    assert view.run.disabled
    assert all("Run the plan" in place.value for place in (view.details, view.people, view.tail))
    assert "Run the plan" in view.devices.shown.value


def test_words_appear_beside_the_buttons_they_answer(view, tmp_path):
    def told():
        return {about for about, place in view.notes.items() if place.value}

    view.commands.list.value = None
    view.commands.remove.click()
    assert told() == {"list"}
    view.put.click()
    assert told() == {"commands"}
    view.path.value, view.name.value = str(tmp_path), "../x"
    view.save.click()
    assert told() == {"files"}
    assert "no / and no" in view.notes["files"].value
    assert list(tmp_path.iterdir()) == []


def test_overwriting_is_asked_for_each_time(view, tmp_path):
    view.path.value = str(tmp_path)
    view.save.click()
    view.overwrite.value = True
    view.save.click()
    assert "written to" in view.notes["files"].value
    assert not view.overwrite.value
    view.save.click()
    assert "tick Overwrite" in view.notes["files"].value


@pytest.mark.usefixtures("pictures")
def test_plan_a_stays_on_screen_as_a_ghost(view):
    view.ghost.click()
    assert view.plan.ghost is not None
    without = PlannerView(view.plan)
    view.plan.ghost = None
    view._draw_completion()
    assert without.completion.value != view.completion.value


@pytest.mark.usefixtures("pictures")
def test_the_answer_fills_the_tabs(view):
    view.plan.start(2, workers=1)
    view.plan.wait()
    assert ">done<" in view.status.value
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
