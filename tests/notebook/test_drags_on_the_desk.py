"""Values that are dragged, slid or typed on the desk, and what putting them back undoes."""

from __future__ import annotations

from datetime import datetime

import pytest

from fwsim.notebook import kept_plans
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from tests.notebook.hands_on_the_desk import FLEET, Screen, drag, fields, run


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


def test_an_answer_that_comes_while_a_hand_moves_is_not_shown(scenario, screen):
    plan = Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, **FLEET))
    plan.observe(lambda change: change["new"] and plan.remind(1, (900_000,)), "answer")
    desk = Desk(plan, screen, follows=False)
    desk.open()
    run(desk)
    assert plan.answer is None
    assert desk.shelf.on_desk.answer is None
    assert not screen.board["full"]
