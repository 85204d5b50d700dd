"""Of which scenario kept plans are, and what has become of it since."""

from __future__ import annotations

import json

import pytest

from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan


class Screen(dict):
    """Keeps what was shown last."""

    def __call__(self, name, data):
        self[name] = data


def opened_file(path, screen=None):
    desk = Desk(Plan(path), Screen() if screen is None else screen, follows=False)
    desk.open()
    return desk


def written_scenario(path, once="2021-09-24 17:00", more=""):
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"start: 2021-09-24 08:00\nzone: Europe/Berlin\nfleet: {{units: {{DE: {{devices: 9}}}}}}\n"
        "image: {name: a.idf, packages: [{name: p, size: 3 MB}]}\n"
        f"commands: [{{update: DE, once: {once}, inform_user: 5 min}}]\n{more}",
        encoding="utf-8",
    )
    return path


def test_scenarios_of_one_name_in_two_folders_have_plans_of_their_own(tmp_path, monkeypatch):
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    north, south = (written_scenario(tmp_path / name / "plan.yaml") for name in ("north", "south"))
    for number, path in enumerate((north, south), 1):
        screen = Screen()
        desk = opened_file(path, screen)
        assert ("another scenario of this name" in screen["progress"]["remark"]) == (number == 2)
        assert [one["name"] for one in screen["top"]["plans"]] == ["Plan A"]
        desk.hear({"do": "rename", "number": 0, "name": path.parent.name})
    assert sorted(path.name for path in (tmp_path / "desk").iterdir()) == [
        "plan.plans-2.json",
        "plan.plans.json",
    ]
    for path in (south, north):
        assert opened_file(path).shelf.on_desk.name == path.parent.name
    moved = tmp_path.with_name(f"{tmp_path.name}-moved")
    tmp_path.rename(moved)
    monkeypatch.chdir(moved / "desk")
    assert opened_file(moved / "south" / "plan.yaml").shelf.on_desk.name == "south"
    (moved / "north").rename(moved / "polar")
    assert opened_file(moved / "polar" / "plan.yaml").shelf.on_desk.name == "north"


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda raw: bytes(len(raw)), lambda raw: raw[:99], lambda raw: b"\xff" + raw],
    ids=["empty", "zeroed", "cut", "no text"],
)
def test_damaged_plans_are_told_and_put_aside_as_they_are(tmp_path, monkeypatch, damage):
    monkeypatch.chdir(tmp_path)
    path, kept = written_scenario(tmp_path / "plan.yaml"), tmp_path / "plan.plans.json"
    opened_file(path).hear({"do": "rename", "number": 0, "name": "mine"})
    damaged = damage(kept.read_bytes())
    kept.write_bytes(damaged)
    screen = Screen()
    desk = opened_file(path, screen)
    assert screen["progress"]["remark"] == "what was kept holds no plans of fwsim"
    desk.hear({"do": "rename", "number": 0, "name": "new"})
    told = "what was kept before is put aside, as plan.plans.old-1.json"
    assert screen["progress"]["remark"] == told
    assert (tmp_path / "plan.plans.old-1.json").read_bytes() == damaged


def test_commands_that_were_written_anew_are_not_hidden_behind_kept_plans(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written_scenario(tmp_path / "plan.yaml")
    opened_file(path).hear({"do": "set", "name": "notice", "text": "1 h"})
    assert opened_file(path).plan.commands[0].inform_user == 3600
    written_scenario(path, once="2021-09-24 18:00")
    screen = Screen()
    desk = opened_file(path, screen)
    assert [one.name for one in desk.shelf.plans] == ["Plan A", "Plan B"]
    assert desk.plan.commands[0].schedule.at.hour == 18
    assert "have changed since plans were kept: they are Plan B" in screen["progress"]["remark"]
    desk.hear({"do": "rename", "number": 1, "name": "six"})
    desk.hear({"do": "switch", "number": 0})
    again = opened_file(path)
    assert (again.shelf.on_desk.name, len(again.shelf.plans)) == ("Plan A", 2)


def test_a_plan_that_was_saved_as_the_scenario_is_no_plan_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written_scenario(tmp_path / "plan.yaml")
    desk = opened_file(path)
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    desk.hear({"do": "set", "name": "deferments", "text": "2"})
    desk.plan.save_scenario(path, overwrite=True)
    screen = Screen()
    assert len(opened_file(path, screen).shelf.plans) == 1
    assert "as you left them" in screen["progress"]["remark"]


def test_another_name_with_a_number_is_no_scenario_of_this_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = written_scenario(tmp_path / "plan.yaml")
    north = written_scenario(tmp_path / "north" / "plan.yaml")
    second = written_scenario(tmp_path / "plan-2.yaml")
    for path in (first, north, second):
        screen = Screen()
        desk = opened_file(path, screen)
        told = screen["progress"]["remark"]
        assert ("another scenario of this name" in told) == (path == north)
        desk.hear({"do": "rename", "number": 0, "name": "own"})
    assert desk.kept.path.name == "plan-2.plans.json"


def test_plans_that_name_no_scenario_are_of_the_one_that_has_the_first_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened_file(written_scenario(tmp_path / "plan.yaml")).hear(
        {"do": "rename", "number": 0, "name": "own"}
    )
    data = json.loads((tmp_path / "plan.plans.json").read_text(encoding="utf-8"))
    del data["scenario"]
    (tmp_path / "plan.plans-2.json").write_text(json.dumps(data), encoding="utf-8")
    desk = opened_file(written_scenario(tmp_path / "north" / "plan.yaml"))
    assert (desk.kept.path.name, desk.shelf.on_desk.name) == ("plan.plans-3.json", "Plan A")


def test_firmware_settings_written_anew_are_no_commands_written_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written_scenario(tmp_path / "plan.yaml")
    opened_file(path).hear({"do": "set", "name": "notice", "text": "1 h"})
    written_scenario(path, more="firmware: {path: other}\n")
    screen = Screen()
    assert [one.name for one in opened_file(path, screen).shelf.plans] == ["Plan A"]
    assert "as you left them" in screen["progress"]["remark"]


def test_plans_left_out_are_told_beside_commands_written_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written_scenario(tmp_path / "plan.yaml")
    desk = opened_file(path)
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    data = json.loads(desk.kept.path.read_text(encoding="utf-8"))
    data["plans"].append({"name": "bad"})
    desk.kept.path.write_text(json.dumps(data), encoding="utf-8")
    written_scenario(path, once="2021-09-24 18:00")
    screen = Screen()
    opened_file(path, screen)
    told = screen["progress"]["remark"]
    assert "are left out; the scenario's own commands have changed" in told
