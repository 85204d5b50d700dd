"""The plan on the desk; no browser and no kernel needed."""

from __future__ import annotations

import threading

import pytest

import fwsim
from fwsim.notebook import plan as plan_module
from fwsim.notebook.draft import Draft
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace
from fwsim.planning.levers import Levers

SMALL = {"fleet": {"units": {"DE": {"devices": 30}}}, "faults": {"installation": "10 %"}}


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **SMALL))


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
    assert plan.remark.text == "pick at least one organisational unit"
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
    assert (plan.answer.runs, plan.done, plan.is_running, plan.remark.text) == (3, 3, False, "")
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
    assert plan.remark.text == "stopped after 2 of 50 runs"


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


@pytest.mark.slow
def test_a_first_look_sees_all_devices_and_says_about(scenarios):
    plan = Plan(scenarios / "branch-offices.yaml")
    look = plan.first_look()
    assert look.setting.devices == 1600
    assert plan.headline.startswith("First look: about ")
    assert "(" not in plan.headline
    assert " have it by about Fri 24 Sep 2021 " in plan.headline
    plan.start(look.runs, workers=1)
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


def test_a_look_at_a_plan_beside_leaves_the_part_that_the_plan_on_the_desk_is_told_of(
    plan, monkeypatch
):
    monkeypatch.setattr("fwsim.notebook.plan.devices_of_a_look", lambda: 2)
    plan.first_look()
    beside = plan.state
    plan.remove(0)
    plan.add(Draft(by_group=True, group="Host name = DE-*1", schedule="Now"))
    plan.first_look()
    part, headline = plan.part, plan.headline
    assert plan.look_of(beside)[1] is not part
    assert (plan.part, plan.headline) == (part, headline)


def test_runs_follow_when_nothing_has_been_turned_for_a_while(plan):
    plan.turn(Levers(deferments=1))
    plan.start_when_quiet(2, seconds=0)
    plan._quiet.wait()
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
    plan._quiet.wait()
    hold.set()
    plan.wait()
    assert (plan.answer.runs, plan.remark.text) == (3, "")


def test_the_plan_is_saved_and_reads_back(plan, tmp_path):
    plan.turn(Levers(link_share=0.5, deferments=1))
    plan.save_scenario(tmp_path / "plan.yaml")
    assert plan.remark.text == f"written to {tmp_path / 'plan.yaml'}"
    assert plan.remark.about == "files"
    saved = fwsim.load(tmp_path / "plan.yaml")
    assert saved.as_data() == plan.scenario().as_data()
    assert saved.firmware.reminder.deferments == 1


def test_a_plan_that_names_files_is_saved_beside_them(scenarios, tmp_path):
    plan = Plan(scenarios / "branch-offices.yaml")
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "it names files that are there" in plan.remark.text
    assert not (tmp_path / "plan.yaml").exists()


def test_nothing_is_overwritten_unasked(plan, tmp_path):
    (tmp_path / "plan.yaml").write_text("# mine\n")
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "tick Overwrite to replace it" in plan.remark.text
    assert (tmp_path / "plan.yaml").read_text() == "# mine\n"
    plan.save_scenario(tmp_path / "plan.yaml", overwrite=True)
    assert plan.remark.text.startswith("written to")
    assert fwsim.load(tmp_path / "plan.yaml").commands


def test_no_folder_is_made_and_a_wrong_plan_leaves_nothing_behind(plan, tmp_path):
    plan.save_scenario(tmp_path / "new" / "plan.yaml")
    assert plan.remark.text == f"there is no folder {tmp_path / 'new'}"
    plan.remove(0)
    plan.save_scenario(tmp_path / "plan.yaml")
    assert "nothing to do" in plan.remark.text
    assert list(tmp_path.iterdir()) == []


def test_in_a_confined_place_the_files_a_plan_names_come_along(scenarios, tmp_path):
    plan = Plan(scenarios / "branch-offices.yaml")
    plan.place = WritingPlace(tmp_path, is_confined=True)
    plan.save_scenario(plan.place.path("/elsewhere", "mine", ".yaml"))
    assert plan.remark.text == "written to mine.yaml"
    assert fwsim.load(tmp_path / "mine.yaml").as_data()["name"] == plan.base.name
    assert (tmp_path / "branch-offices.csv").is_file()


@pytest.mark.usefixtures("undrawn")
def test_a_report_needs_an_answer(plan, tmp_path):
    plan.save_report(tmp_path / "plan.html")
    assert plan.remark.text == "run the plan first"
    plan.start(2, workers=1)
    plan.wait()
    plan.save_report(tmp_path / "plan.html")
    assert "fwsim report" in (tmp_path / "plan.html").read_text()


def test_an_answer_that_comes_while_a_hand_turns_is_dropped(plan, monkeypatch):
    real = plan_module.nearest_the_middle

    def turned_meanwhile(answer):
        plan.turn(Levers(link_share=0.5))
        return real(answer)

    monkeypatch.setattr(plan_module, "nearest_the_middle", turned_meanwhile)
    plan.start(2, workers=1)
    plan.wait()
    assert (plan.answer, plan.sample_run) == (None, None)
    monkeypatch.undo()
    plan.observe(lambda change: change["new"] and plan.remind(1, (60_000,)), "answer")
    plan.start(2, workers=1)
    plan.wait()
    assert (plan.answer, plan.sample_run) == (None, None)


def test_the_devices_of_a_plan_that_is_put_back_are_played_once_other_runs_have_ended(plan):
    plan.first_look()
    plan.start(2, workers=1)
    plan.wait()
    state, answer = plan.state, plan.answer
    plan.turn(Levers(link_share=0.5))
    go_on, begun = threading.Event(), threading.Event()

    def hold(change):
        if change["new"] == 1:
            begun.set()
            go_on.wait(30)

    plan.observe(hold, "done")
    plan.start(5, workers=1)
    assert begun.wait(30)
    plan.restore(state, answer)
    assert plan.is_running
    played = threading.Event()
    plan.observe(lambda _: played.set(), "sample_run")
    go_on.set()
    assert played.wait(60)
    assert (plan.answer, plan.sample_run is None) == (answer, False)
