"""The desk: what a hand does is taken, what comes of it is shown; no widget needed."""

from __future__ import annotations

import pytest

from fwsim.engine import choose_engine
from fwsim.messages import speaking
from fwsim.notebook import clock_in_the_making, first_look
from fwsim.notebook import plan as plan_module
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from tests.notebook.hands_on_the_desk import FLEET, drag, fields, run


def test_while_the_clock_is_compiled_simpy_shows_one_run_of_few_devices(
    scenario, screen, monkeypatch
):
    compiling = {}
    for module in (clock_in_the_making, first_look):
        monkeypatch.setattr(module, "clock_is_at_hand", lambda: compiling.get("over") is None)
    monkeypatch.setattr(
        clock_in_the_making,
        "compile_beside",
        lambda tell, over: compiling.update(tell=tell, ready=over),
    )
    compiling["over"] = False
    model = scenario(
        {"inform_user": "5 min", "once": "2018-08-20 12:00"},
        fleet={"units": {"DE": {"devices": 300}}},
    )
    desk = Desk(Plan(model), screen, follows=False)
    desk.open()
    compiling["tell"](34, 96)
    assert "34 of 96 functions" in screen.progress["remark"]
    assert screen.progress["about"].startswith("≈")
    assert (desk.plan.look.runs, len(desk.plan.part.devices)) == (1, 200)
    assert screen.progress["about"].endswith("the full answer follows; seen on 200 devices")
    assert screen.progress["hint"] == "Seen on 200 of 300 devices"
    del compiling["over"]
    compiling["ready"]()
    assert screen.progress["remark"] == ""
    assert len(desk.plan.part.devices) == 300
    assert screen.progress["about"].endswith("the full answer follows")
    assert screen.progress["hint"] == ""
    assert "first look" in desk.plan.headline.lower()


OWN = {"reminder": {"deferments": 3, "delays": ["8 h"]}, "proxy": {"type": "dynamic"}}


@pytest.mark.parametrize(
    ("having", "stays"),
    [
        (["DE/A"], "DE/A has {what} of its own, which stays"),
        (["DE/A", "DE/B"], "DE/A and one other OU have {what} of their own, which stays"),
        (
            ["DE"],
            "it has no effect: DE has {what} of its own, which stays, and all devices are there",
        ),
        (["AT"], ""),
        ([], ""),
    ],
)
def test_a_setting_of_the_whole_plan_names_the_ous_that_keep_their_own(
    scenario, screen, having, stays
):
    units = {
        path: {"devices": 2, **({"firmware": OWN} if path in having else {})}
        for path in ("DE", "DE/A", "DE/B", "AT")
    }
    update = {"inform_user": "5 min", "subordinate_units": True, "once": "2018-08-20 12:00"}
    desk = Desk(Plan(scenario(update, fleet={"units": units})), screen, follows=False)
    desk.open()
    desk.hear({"do": "set", "name": "deferments", "text": "1"})
    assert fields(screen)["deferments"]["remark"] == stays.format(what="a reminder")
    assert fields(screen)["proxies"]["remark"] == ""
    desk.hear({"do": "set", "name": "proxies", "text": "off"})
    assert fields(screen)["proxies"]["remark"] == stays.format(what="a proxy setting")


def test_it_opens_with_a_first_look(screen, desk):
    assert screen.board["problem"] == ""
    assert not screen.board["full"]
    assert screen.rail["commands"][0]["picked"]
    assert fields(screen)["notice"]["text"] == "5 min"
    assert "first look" in screen.progress["about"]


def test_fields_change_the_picked_command_and_refuse_with_a_word(screen, desk):
    desk.hear({"do": "set", "name": "notice", "text": "2 min"})
    assert desk.plan.commands[0].inform_user == 120
    desk.hear({"do": "set", "name": "notice", "text": "-5"})
    notice = fields(screen)["notice"]
    assert (notice["text"], desk.plan.commands[0].inform_user) == ("-5", 120)
    assert "negative" in notice["problem"]
    desk.hear({"do": "set", "name": "asks", "text": "off"})
    assert desk.plan.commands[0].inform_user is None
    assert "notice" not in fields(screen)
    desk.hear({"do": "set", "name": "start", "text": "2018-08-20T13:30"})
    assert screen.rail["commands"][0]["text"].startswith("Update DE, Mon 20 Aug 13:30")
    desk.hear({"do": "set", "name": "start", "text": "soon"})
    assert "not a date with a time" in fields(screen)["start"]["problem"]
    desk.hear({"do": "set", "name": "start", "text": ""})
    assert fields(screen)["start"]["problem"].startswith("the date or the time is not whole")


def test_warnings_beside_the_commands_are_those_of_the_plan_on_the_desk(scenario, screen):
    update = {"once": "2018-08-20 13:00"}
    own = scenario(update, **FLEET, window="mon 12:00-14:00", expect=[{"successful": ">= 1 %"}])
    desk = Desk(Plan(own), screen, follows=False)
    desk.open()
    assert screen.rail["warnings"] == []
    assert screen.rail["limits"]
    desk.hear({"do": "set", "name": "start", "text": "2018-08-20T18:00"})
    assert "No command runs within" in screen.rail["warnings"][0]
    desk.hear({"do": "set", "name": "start", "text": "2000-01-01T00:00"})
    assert (screen.rail["warnings"], screen.rail["limits"]) == ([], [])
    desk.hear({"do": "undo"})
    assert screen.rail["warnings"]
    assert screen.rail["limits"]
    desk.hear({"do": "undo"})
    assert screen.rail["warnings"] == []


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("2030-01-01T00:00", "lies after the horizon"),
        ("2000-01-01T00:00", "lies before the scenario's start"),
        ("0001-01-01T00:00", "the year 1 is out of range"),
    ],
)
def test_a_plan_that_no_run_takes_gets_no_first_look_and_says_why(screen, desk, start, why):
    desk.hear({"do": "command", "act": "copy", "number": 0})
    desk.hear({"do": "set", "name": "start", "text": start})
    assert why in screen.board["problem"]
    assert "t never runs" in screen.rail["commands"][0]["warnings"][0]
    assert screen.progress["remark"] == ""
    assert screen.progress["about"] == ""
    run(desk)
    assert desk.plan.answer is None
    desk.hear({"do": "undo"})
    assert screen.board["problem"] == ""


def test_settings_of_the_plan_change_all_of_it(screen, desk):
    desk.hear({"do": "set", "name": "deferments", "text": "2"})
    assert desk.plan.reminder[0] == 2
    desk.hear({"do": "set", "name": "delays", "text": "4 h"})
    assert 14_400_000 in desk.plan.reminder[1]
    desk.hear({"do": "set", "name": "share", "text": "50 %"})
    desk.hear({"do": "set", "name": "delivery_first", "text": "on"})
    desk.hear({"do": "set", "name": "proxies", "text": "on"})
    levers = desk.plan.levers
    assert (levers.link_share, levers.delivery_first, levers.proxies) == (0.5, True, True)
    assert [bar["number"] for bar in screen.board["bars"]] == [-1, 0]
    for _ in range(5):
        desk.hear({"do": "undo"})
    assert desk.plan.reminder is None
    assert screen.top["undo"] == ""


def test_commands_are_picked_copied_moved_and_removed(screen, desk):
    desk.hear({"do": "command", "act": "copy", "number": 0})
    desk.hear({"do": "pick", "number": 1})
    assert [one["picked"] for one in screen.rail["commands"]] == [False, True]
    desk.hear({"do": "command", "act": "up", "number": 1})
    assert screen.rail["picked"] == 0
    desk.hear({"do": "command", "act": "remove", "number": 0})
    desk.hear({"do": "command", "act": "remove", "number": 0})
    assert screen.board["problem"] == (
        "nothing to do: the plan has no command; + command makes one"
    )
    assert screen.progress["remark"] == ""  # it is said once
    assert screen.rail["commands"] == []
    desk.hear({"do": "undo"})
    assert screen.board["problem"] == ""


def test_the_picked_command_stays_so_when_one_above_it_goes_or_is_copied(screen, desk):
    desk.hear({"do": "command", "act": "copy", "number": 0})
    desk.hear({"do": "pick", "number": 1})
    desk.hear({"do": "set", "name": "notice", "text": "7 min"})
    desk.hear({"do": "command", "act": "copy", "number": 0})
    assert (screen.rail["picked"], fields(screen)["notice"]["text"]) == (2, "7 min")
    desk.hear({"do": "command", "act": "remove", "number": 0})
    assert (screen.rail["picked"], fields(screen)["notice"]["text"]) == (1, "7 min")
    desk.hear({"do": "command", "act": "copy", "number": 1})
    desk.hear({"do": "command", "act": "remove", "number": 2})
    assert screen.rail["picked"] == 1


def test_what_undo_takes_back_is_told_in_the_language_that_is_spoken_then(screen, desk):
    desk.hear({"do": "set", "name": "notice", "text": "7 min"})
    drag(desk, 7_200_000, final=True)
    desk.hear({"do": "undo"})
    assert (screen.top["undo"], screen.top["redo"]) == ("Notice", "moved a bar")
    with speaking("de"):
        desk.speak()
        assert (screen.top["undo"], screen.top["redo"]) == ("Meldung", "Balken verschoben")


def test_plan_a_stays_beside_a_copy_that_is_changed(screen, desk):
    run(desk, 20)
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    assert [one["name"] for one in screen.top["plans"]] == ["Plan A", "Plan B"]
    assert screen.board["ghost"]["name"] == "Plan A"
    desk.hear({"do": "switch", "number": 0})
    assert desk.plan.commands[0].inform_user == 300
    assert screen.board["full"]  # its answer is known
    assert screen.board["ghost"] is None
    desk.hear({"do": "switch", "number": 1})
    assert desk.plan.commands[0].inform_user == 3600


def test_an_answer_is_not_shown_of_a_plan_that_has_changed(screen, desk):
    run(desk, 20)
    assert screen.board["full"]
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    assert not screen.board["full"]


@pytest.mark.parametrize(
    "message",
    [
        {"do": "drag"},
        {"do": "drag", "command": 99, "part": "start", "value": 0},
        {"do": "drag", "command": 0, "part": "__class__", "value": 0},
        {"do": "drag", "command": 0, "part": "spread", "value": 10**30},
        {"do": "set", "name": "nosuch", "text": "x"},
        {"do": "set", "name": "delays", "text": "x" * 10_000},
        {"do": "switch", "number": 7},
        {"do": "rename", "number": 0, "name": ""},
        {"do": "stored", "text": "x"},
        {"do": "plan"},
        {"do": "hear"},
        {},
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(desk, message):
    before = [(plan.name, plan.state) for plan in desk.shelf.plans]
    desk.hear(message)
    names = [plan.name for plan in desk.shelf.plans]
    if message.get("part") != "spread":
        assert [(plan.name, plan.state) for plan in desk.shelf.plans] == before
    assert names == ["Plan A"]


def test_runs_that_are_no_number_are_refused_with_a_word(screen, desk):
    desk.hear({"do": "runs", "text": "0"})
    assert "out of range" in screen.progress["remark"]
    assert desk.runs == 200
    desk.hear({"do": "runs", "text": "30"})
    assert screen.progress["runs"] == "30"


def kept_wrong(screen, desk):
    desk.hear({"do": "set", "name": "pause", "text": "zzz"})
    assert fields(screen)["pause"]["problem"]


@pytest.mark.parametrize(
    "hand",
    [
        {"do": "set", "name": "pause", "text": "5 s"},
        {"do": "drag", "command": 1, "part": "start", "value": 7_200_000, "final": True},
        {"do": "command", "act": "remove", "number": 0},
        {"do": "pick", "number": 1},
        {"do": "undo"},
    ],
)
def test_a_mistake_stands_in_its_field_until_the_field_is_anothers_or_right(screen, desk, hand):
    desk.hear({"do": "command", "act": "copy", "number": 0})
    kept_wrong(screen, desk)
    desk.hear(hand)
    pause = fields(screen)["pause"]
    is_set = hand["do"] == "set"
    assert (pause["text"], pause["problem"]) == ("5 s" if is_set else "0 ms", "")


def test_a_mistake_stays_while_another_field_is_set(screen, desk):
    kept_wrong(screen, desk)
    desk.hear({"do": "set", "name": "notice", "text": "2 min"})
    assert fields(screen)["pause"]["text"] == "zzz"


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (KeyboardInterrupt(), "stopped"),
        (RuntimeError("un-serialize"), "broken off, for a process that made runs has ended"),
        (MemoryError("no room"), "not enough memory"),
        (ZeroDivisionError("by 0"), "a bug in fwsim: ZeroDivisionError in fwsim/"),
    ],
)
def test_a_full_answer_that_does_not_come_is_not_promised(desk, screen, monkeypatch, end, told):
    """An interrupt of the kernel reaches the processes that make runs, too."""

    def ends(*_, **__):
        raise end

    assert screen.progress["about"] == "≈ a first look, the full answer follows"
    desk.tell("plans as you left them")
    monkeypatch.setattr(plan_module.Experiment, "run", ends)
    desk.plan.start(2)
    desk.plan.wait()
    assert screen.progress["about"] == "≈ a first look"
    assert screen.progress["remark"].startswith(told)


NOTICE = {"do": "set", "name": "notice", "text": "2 min"}


def test_what_nobody_has_foreseen_is_told_in_words_and_the_desk_goes_on(desk, screen, monkeypatch):
    def fails(_):
        raise KeyError("no place")

    with monkeypatch.context() as patched:
        patched.setattr(desk.rail, "set", lambda *_: fails(None))
        desk.hear(NOTICE)
    told = screen.progress["remark"]
    assert told.startswith("a bug in fwsim: KeyError in fwsim/")
    assert "no place" not in told
    desk.hear(NOTICE)
    assert fields(screen)["notice"]["text"] == "2 min"


def test_an_interrupted_look_is_taken_again_of_the_plan_as_it_is(desk, screen, monkeypatch):
    """A kernel that is interrupted while a hand moves would leave the look of the plan before."""
    look, asked = desk.plan.look_of, []

    def interrupted(*args, **kwargs):
        asked.append(args)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return look(*args, **kwargs)

    monkeypatch.setattr(desk.plan, "look_of", interrupted)
    drag = {"do": "drag", "command": 0, "part": "start", "value": 3 * 3_600_000, "sequence": 1}
    desk.hear(drag)
    assert not desk.is_held
    (bar,) = screen.board["bars"]
    assert bar["firings"] == [3 * 3_600_000]
    assert screen.progress["remark"] == "stopped"


def test_an_interrupt_of_what_changes_nothing_leaves_the_answer(desk, screen):
    desk.plan.start(3, workers=1)
    desk.plan.wait()

    def interrupted(_):
        raise KeyboardInterrupt

    desk.others["point"] = interrupted
    desk.hear({"do": "point"})
    assert screen.progress["remark"] == "stopped"
    assert screen.board["look"] is False


def test_limits_beside_a_plan_are_of_what_is_shown_when_other_runs_are_asked_for(screen, scenario):
    choose_engine()
    expect = [{"successful": ">= 50 %"}]
    made = scenario({"inform_user": None, "once": "2018-08-20 12:00"}, expect=expect, **FLEET)
    desk = Desk(Plan(made), screen, follows=False)
    desk.open()
    desk.plan.start(20)
    desk.plan.wait()
    assert "of 20 runs" in screen.rail["limits"][0]["text"]
    desk.hear({"do": "runs", "text": "30"})
    assert "at first sight" in screen.rail["limits"][0]["text"]


def test_what_a_scenario_has_beside_its_commands_is_said_beside_them(scenarios, screen):
    """Devices that run jobs by themselves are seen to update, and no command would say why."""
    choose_engine()
    desk = Desk(Plan(scenarios / "device-scheduler.yaml"), screen, follows=False)
    desk.open()
    told = "Devices run jobs of the eLux Command Scheduler by themselves."
    assert screen.rail["commands"] == []
    assert told in screen.rail["others"]
    with speaking("de"):
        desk.speak()
    assert told not in screen.rail["others"]
    assert "eLux Command Scheduler" in " ".join(screen.rail["others"])


def test_a_plan_of_commands_alone_has_nothing_beside_them(desk, screen):
    assert list(screen.rail["others"]) == []
