"""Plans that are kept, put aside or brought back when the desk is opened again."""

from __future__ import annotations

import json

import pytest

from fwsim.notebook import kept_plans
from fwsim.notebook import plan as plan_module
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from fwsim.notebook.writing_place import WritingPlace
from tests.notebook.hands_on_the_desk import Screen, run


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
