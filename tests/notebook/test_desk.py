"""The desk: what a hand does is taken, what comes of it is shown; no widget needed."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from fwsim.engine import choose_engine
from fwsim.messages import speaking
from fwsim.notebook import clock_in_the_making, first_look, kept_plans
from fwsim.notebook import plan as plan_module
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace

FLEET = {"fleet": {"units": {"DE": {"devices": 30}}}}


class Screen:
    """Keeps what was shown last."""

    def __init__(self):
        self.shown = {}

    def __call__(self, name, data):
        self.shown[name] = data

    def __getattr__(self, name):
        return self.shown[name]


@pytest.fixture
def screen():
    return Screen()


@pytest.fixture
def desk(scenario, screen):
    choose_engine()  # no desk compiles it beside
    plan = Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **FLEET))
    made = Desk(plan, screen, follows=False)
    made.open()
    return made


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


def drag(desk, value, *, part="start", final=False, sequence=1):
    desk.hear(
        {
            "do": "drag",
            "command": 0,
            "part": part,
            "value": value,
            "final": final,
            "sequence": sequence,
        }
    )


def fields(screen):
    return {one["name"]: one for one in [*screen.rail["fields"], *screen.rail["plan"]]}


def put_back(desk, value, *, part="start"):
    """Let Esc end a drag that began at a value."""
    told = {"do": "drag", "command": 0, "part": part, "value": value, "sequence": 9}
    desk.hear({**told, "final": True, "back": True})


@pytest.mark.parametrize(
    ("part", "sent", "devices", "to"),
    [
        ("start", {"now": True}, 30, 3_600_000),
        ("spread", {"devices_wait": "5 s"}, 1, 3_600_000),
        ("start", {"once": "2018-08-20 12:00"}, 30, 3_600_000),
    ],
)
def test_a_drag_that_is_put_back_leaves_the_command_as_it_was_written(
    scenario, screen, part, sent, devices, to
):
    """A start of now has no time of its own; one device has no time between devices."""
    fleet = {"units": {"DE": {"devices": devices}}}
    desk = Desk(Plan(scenario(sent, fleet=fleet)), screen, follows=False)
    desk.open()
    (bar,), written = screen.board["bars"], desk.plan.commands
    at = bar["firings"][0] if part == "start" else bar[part]
    drag(desk, at + to, part=part)
    assert desk.plan.commands != written
    put_back(desk, at, part=part)
    assert desk.plan.commands == written
    assert screen.board["sequence"] == 9
    assert not screen.top["undo"]
    assert not screen.top["redo"]


def test_a_drag_of_which_nothing_was_told_is_put_back_without_undoing_what_was_before(desk, screen):
    drag(desk, 10_800_000, final=True)
    moved, (bar,) = desk.plan.commands, screen.board["bars"]
    put_back(desk, bar["firings"][0])
    assert desk.plan.commands == moved
    assert screen.top["undo"]


def test_after_a_drag_that_is_put_back_what_was_undone_can_be_done_again(desk, screen):
    drag(desk, 10_800_000, final=True)
    moved, redoes = desk.plan.commands, screen.top["undo"]
    desk.hear({"do": "undo"})
    at = screen.board["bars"][0]["firings"][0]
    drag(desk, at + 3_600_000)
    put_back(desk, at)
    assert screen.top["redo"] == redoes
    desk.hear({"do": "redo"})
    assert desk.plan.commands == moved


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


def run(desk, runs=2):
    desk.plan.start(runs, workers=1)
    desk.plan.wait()


def test_it_opens_with_a_first_look(screen, desk):
    assert screen.board["problem"] == ""
    assert not screen.board["full"]
    assert screen.rail["commands"][0]["picked"]
    assert fields(screen)["notice"]["text"] == "5 min"
    assert "first look" in screen.progress["about"]


def test_a_drag_is_answered_each_time_and_undone_at_once(screen, desk):
    before = desk.plan.commands
    axis = screen.board["axis"]
    for sequence, value in enumerate((3_600_000, 7_200_000, 10_800_000), 1):
        drag(desk, value, sequence=sequence)
        assert screen.board["sequence"] == sequence
        assert screen.board["bars"][0]["firings"] == [value]
        assert screen.board["axis"] == axis
    drag(desk, 10_800_000, final=True, sequence=4)
    assert screen.board["sequence"] == 4
    desk.hear({"do": "undo"})
    assert desk.plan.commands == before
    assert "moved a bar" in screen.progress["remark"]
    desk.hear({"do": "redo"})
    assert screen.board["bars"][0]["firings"] == [10_800_000]


def test_a_drag_that_changes_nothing_is_answered_too(screen, desk):
    drag(desk, screen.board["bars"][0]["firings"][0], sequence=7)
    assert screen.board["sequence"] == 7
    assert screen.top["undo"] == ""


def test_the_full_runs_follow_the_release(screen, desk):
    desk.follows, desk.runs = True, 20
    drag(desk, 3_600_000)
    drag(desk, 3_600_000, final=True)
    desk.plan._quiet.wait()
    desk.plan.wait()
    assert screen.board["full"]
    assert screen.board["fan"]["bands"]["both"]


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


@pytest.mark.parametrize("when", [{"once": "2018-08-20 12:00"}, {"now": True}])
def test_start_anyway_keeps_its_distance_to_a_start_that_is_typed(scenario, screen, when):
    update = {"inform_user": "5 min", "force_at": "2018-08-20 15:00", **when}
    desk = Desk(Plan(scenario(update, **FLEET)), screen, follows=False)
    desk.open()
    desk.hear({"do": "set", "name": "start", "text": "2018-08-20T14:00"})
    hours = 17 if "once" in when else 18
    assert desk.plan.commands[0].force_at == datetime(2018, 8, 20, hours)
    desk.hear({"do": "set", "name": "start", "text": "9999-12-31T23:00"})
    assert "not a date with a time" in fields(screen)["start"]["problem"]


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
    assert screen.board["problem"] in screen.progress["remark"]
    assert screen.progress["about"] == ""
    run(desk)
    assert desk.plan.answer is None
    desk.hear({"do": "undo"})
    assert screen.board["problem"] == ""


def test_only_delays_that_can_be_ticked_are_offered(scenario, screen):
    data = {"assumptions": {"delays": ["1 h", "2 h"]}}
    desk = Desk(Plan(scenario({"inform_user": "5 min"}, **FLEET, **data)), screen, follows=False)
    desk.open()
    desk.hear({"do": "set", "name": "deferments", "text": "2"})
    assert [one["text"] for one in fields(screen)["delays"]["options"]] == ["1 h", "2 h"]
    assert desk.plan.reminder == (2, (3_600_000,))
    assert screen.board["problem"] == ""


def test_any_value_can_be_typed_and_stands_among_the_stops(screen, desk):
    desk.hear({"do": "set", "name": "notice", "text": "7 min"})
    notice = fields(screen)["notice"]
    assert notice["stops"][notice["index"]] == notice["text"] == "7 min"
    assert {"30 s", "5 min", "1 h"} <= set(notice["stops"])


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


def test_plans_are_back_after_the_desk_is_opened_again(branch_offices, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    screen = Screen()
    desk = Desk(Plan(branch_offices), screen, follows=False)
    desk.open()
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    desk.hear({"do": "rename", "number": 1, "name": "an hour"})
    again = Screen()
    Desk(Plan(branch_offices), again, follows=False).open()
    assert [one["name"] for one in again.top["plans"]] == ["Plan A", "an hour"]
    assert {one["name"]: one for one in again.rail["fields"]}["notice"]["text"] == "1 h"
    assert again.board["ghost"]["name"] == "Plan A"
    assert "as you left them" in again.progress["remark"]


@pytest.mark.parametrize("ends_elsewhere", [True, False])
def test_a_plan_that_was_slid_or_dragged_is_written_once_when_the_hand_lets_go(
    branch_offices, tmp_path, monkeypatch, ends_elsewhere
):
    monkeypatch.chdir(tmp_path)
    written = []
    monkeypatch.setattr(kept_plans, "write_all", lambda _, files: written.extend(files))
    desk = Desk(Plan(branch_offices), Screen(), follows=False)
    desk.open()
    at = desk.plan.whole.runs[0].at
    last = at + 3_600_000 * (2 if ends_elsewhere else 1)
    drag(desk, at + 3_600_000)
    assert written == []
    drag(desk, last, final=True)
    assert written == ["branch-offices.plans.json"]
    desk.hear({"do": "set", "name": "notice", "text": "1 h", "sliding": True})
    assert len(written) == 1
    desk.hear({"do": "set", "name": "notice", "text": "2 h" if ends_elsewhere else "1 h"})
    assert len(written) == 2


def test_opening_looks_once_at_each_plan_that_is_shown_and_writes_nothing(
    branch_offices, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    desk = Desk(Plan(branch_offices), Screen(), follows=False)
    desk.open()
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    looks, shown = [], []
    real = plan_module.look_at
    monkeypatch.setattr(
        plan_module, "look_at", lambda *args, **more: looks.append(0) or real(*args, **more)
    )
    monkeypatch.setattr(kept_plans, "write_all", lambda *_: pytest.fail("nothing has changed"))
    again = Desk(Plan(branch_offices), lambda name, _: shown.append(name), follows=False)
    again.open()
    assert len(looks) == 2  # at the plan on the desk, and at plan A beside it
    assert shown.count("board") == shown.count("rail") == shown.count("top") == 1


def test_an_answer_that_comes_while_a_hand_moves_is_not_shown(scenario, screen):
    plan = Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **FLEET))
    plan.observe(lambda change: change["new"] and plan.remind(1, (900_000,)), "answer")
    desk = Desk(plan, screen, follows=False)
    desk.open()
    run(desk)
    assert plan.answer is None
    assert desk.shelf.on_desk.answer is None
    assert not screen.board["full"]


@pytest.mark.parametrize("of_another_form", [True, False])
def test_kept_plans_that_are_not_read_whole_stay_and_lie_aside_after_a_change(
    branch_offices, tmp_path, monkeypatch, of_another_form
):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "branch-offices.plans.json"
    first = Desk(Plan(branch_offices), Screen(), follows=False)
    first.hear({"do": "new_plan"})
    data = json.loads(file.read_text(encoding="utf-8"))
    if of_another_form:
        data["form"] = "fwsim plans 99"
    else:
        data["plans"][1]["commands"] = [{"target": "Nowhere"}]
    old = json.dumps(data)
    file.write_text(old, encoding="utf-8")
    desk = Desk(Plan(branch_offices), Screen(), follows=False)
    desk.open()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_text(encoding="utf-8") == old
    (tmp_path / "branch-offices.plans.old-1.json").write_text("mine", encoding="utf-8")
    for notice in ("1 h", "2 h"):
        desk.hear({"do": "set", "name": "notice", "text": notice})
    aside = tmp_path / "branch-offices.plans.old-2.json"
    assert aside.read_text(encoding="utf-8") == old
    assert len(list(tmp_path.iterdir())) == 3
    assert file.read_text(encoding="utf-8") == desk.kept.text


def test_plans_that_a_browser_kept_and_that_are_not_read_whole_are_put_aside_there(
    branch_offices, tmp_path
):
    def opened():
        plan = Plan(branch_offices)
        plan.place = WritingPlace(tmp_path, is_confined=True)
        screen = Screen()
        desk = Desk(plan, screen, follows=False)
        desk.open()
        return desk, screen

    first, _ = opened()
    first.hear({"do": "new_plan"})
    kept = first.kept.for_browser()
    assert kept["aside"] == ""
    data = json.loads(kept["text"])
    data["plans"][0]["commands"] = [{"target": "Nowhere"}]
    for text in (json.dumps(data), "no plans"):
        desk, screen = opened()
        desk.hear({"do": "stored", "text": text})
        assert desk.kept.for_browser()["aside"] == "yes"
        why, place = screen.progress["remark"], f"{kept['key']} (old 2)"
        desk.hear({"do": "put_aside", "name": place, "of_another": False})
        told = f"{why}; this browser has put aside what it had kept, as {place}"
        assert screen.progress["remark"] == told
        desk.hear({"do": "put_aside", "name": place, "of_another": True})
        told = "another tab has kept other plans of this scenario meanwhile"
        assert screen.progress["remark"].startswith(told)
        assert place in screen.progress["remark"]
    whole, screen = opened()
    whole.hear({"do": "stored", "text": kept["text"]})
    assert whole.kept.for_browser()["aside"] == ""
    assert "put aside" not in screen.progress["remark"]


def test_plans_that_a_browser_has_put_aside_are_brought_back(branch_offices, tmp_path):
    def opened():
        plan = Plan(branch_offices)
        plan.place = WritingPlace(tmp_path, is_confined=True)
        desk = Desk(plan, screen := Screen(), follows=False)
        desk.open()
        return desk, screen

    other, _ = opened()
    other.hear({"do": "new_plan"})
    other.hear({"do": "set", "name": "notice", "text": "1 h"})
    text = other.kept.for_browser()["text"]
    desk, screen = opened()
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "2 h"})
    desk.hear({"do": "bring_back", "text": text})
    names = [one.name for one in desk.shelf.plans]
    assert names == ["Plan A", "Plan B", "Plan B (2)"]  # plan A is here already
    assert desk.plan.commands[0].inform_user == 3600
    assert screen.progress["remark"] == "brought back: Plan B (2)"
    desk.hear({"do": "bring_back", "text": text})
    assert screen.progress["remark"] == "nothing new was brought back"
    told, data = desk.kept.for_browser(), json.loads(text)
    assert json.loads(told["reads"]) == data
    data["plans"][1]["levers"] = {"link_share": 2}  # as it was written before, say
    data["plans"].append("damaged")
    desk.hear({"do": "bring_back", "text": json.dumps(data)})
    told = desk.kept.for_browser()
    assert json.loads(told["was"]) == data
    assert json.loads(told["reads"]) == {
        **json.loads(text),
        "plans": [*json.loads(text)["plans"], "damaged"],
    }
    desk.hear({"do": "undo"})
    assert desk.plan.commands[0].inform_user == 7200
    desk.hear({"do": "bring_back", "text": "no plans"})
    assert screen.progress["remark"] == "what was kept holds no plans of fwsim"
    while desk.shelf.copy():
        pass
    desk.hear({"do": "bring_back", "text": text})
    assert screen.progress["remark"].endswith("there are as many plans as may be")
    desk.hear({"do": "not_kept"})
    assert "does not keep" in screen.progress["remark"]


def test_a_plan_whose_answer_is_known_is_shown_once(screen, desk):
    run(desk, 20)
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    shown, show = [], desk._show
    desk._show = lambda name, data: shown.append(name) or show(name, data)
    desk.hear({"do": "switch", "number": 0})
    assert shown.count("board") == shown.count("rail") == shown.count("top") == 1
    assert screen.board["full"]


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
