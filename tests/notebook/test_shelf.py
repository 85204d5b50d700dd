"""Named plans side by side, and what is read back of what was kept; it may come from anywhere."""

from __future__ import annotations

import json

import pytest

from fwsim.notebook.kept_plans import TOUR, KeptPlans
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import LARGEST, MOST_PLANS, PlanState, Shelf
from fwsim.notebook.writing_place import WritingPlace
from fwsim.planning.levers import Levers


@pytest.fixture
def plan(scenario):
    return Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}))


@pytest.fixture
def shelf(plan):
    return Shelf(plan.state)


def test_a_copy_goes_on_beside_the_first_plan(shelf, plan):
    assert shelf.beside is None
    shelf.copy()
    shelf.lay(PlanState(plan.commands, (2, (1000,)), Levers(delivery_first=True)))
    assert [one.name for one in shelf.plans] == ["Plan A", "Plan B"]
    assert shelf.beside.name == "Plan A"
    assert shelf.plans[0].state == plan.state
    shelf.rename(1, " with  delivery ")
    shelf.rename(0, "with delivery")  # another has that name
    assert [one.name for one in shelf.plans] == ["Plan A", "with delivery"]
    shelf.drop(0)
    assert (shelf.current, shelf.on_desk.name) == (0, "with delivery")
    shelf.drop(0)
    assert len(shelf.plans) == 1


def test_there_are_only_so_many_plans(shelf):
    assert sum(shelf.copy() for _ in range(2 * MOST_PLANS)) == MOST_PLANS - 1
    assert len({one.name for one in shelf.plans}) == MOST_PLANS


def test_plans_read_back_as_they_were(plan, shelf):
    kept = KeptPlans(plan, shelf)
    shelf.copy()
    levers = Levers(delivery_first=True, link_share=0.5, proxies=("DE",))
    shelf.lay(PlanState(plan.commands, (2, (1_800_000,)), levers))
    other = Shelf(plan.state)
    assert other.take(shelf.as_text(), kept.read_commands) == 0
    assert other.plans == shelf.plans
    assert other.current == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", "{'form'", "[" * 100_000, " " * (LARGEST + 1)])
def test_what_is_no_plans_is_refused(shelf, plan, text):
    before = list(shelf.plans)
    with pytest.raises(ValueError, match=r"no plans|too large"):
        shelf.take(text, KeptPlans(plan, shelf).read_commands)
    assert shelf.plans == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"commands": [{"update": "DE", "once": "never"}]},
        {"commands": 7},
        {"reminder": ["many", []]},
        {"levers": {"__class__": 1}},
        {"levers": {"inform_user": "x"}},
        {"name": " "},
    ],
)
def test_a_plan_that_does_not_fit_is_left_out(shelf, plan, wrong):
    data = json.loads(shelf.as_text())
    data["plans"].append({**data["plans"][0], "name": "B", **wrong})
    assert shelf.take(json.dumps(data), KeptPlans(plan, shelf).read_commands) == 1
    assert [one.name for one in shelf.plans] == ["Plan A"]


def test_plans_lie_in_the_notebooks_folder_once_something_has_changed(branch_offices, tmp_path):
    plan = Plan(branch_offices)
    shelf = Shelf(plan.state)
    kept = KeptPlans(plan, shelf, tmp_path)
    kept.write()
    assert list(tmp_path.iterdir()) == []
    shelf.copy()
    assert kept.write() == ""
    file = tmp_path / "branch-offices.plans.json"
    assert Shelf(plan.state).take(file.read_text(), kept.read_commands) == 0
    file.unlink()
    target = tmp_path / "other"
    target.write_text("mine")
    file.symlink_to(target)
    shelf.copy()
    kept.write()
    assert target.read_text() == "mine"
    assert kept.read() == ""


def test_plans_that_another_planner_has_kept_meanwhile_are_put_aside_with_a_word(
    branch_offices, tmp_path
):
    plan = Plan(branch_offices)
    shelves = [Shelf(plan.state) for _ in range(2)]
    one, other = (KeptPlans(plan, shelf, tmp_path) for shelf in shelves)
    for shelf in shelves:
        shelf.copy()
    shelves[0].rename(1, "Mine")
    assert one.write() == ""
    assert "branch-offices.plans.old-1.json" in other.write()
    assert "Mine" in (tmp_path / "branch-offices.plans.old-1.json").read_text()
    shelves[1].rename(1, "Yours")
    assert other.write() == ""
    assert "Yours" in (tmp_path / "branch-offices.plans.json").read_text()


def test_two_planners_at_work_put_one_file_aside_each_not_one_a_change(branch_offices, tmp_path):
    plan = Plan(branch_offices)
    shelves = [Shelf(plan.state) for _ in range(2)]
    one, other = (KeptPlans(plan, shelf, tmp_path) for shelf in shelves)
    told: list[str] = []
    for number in range(4):
        for kept, name in ((one, f"Mine {number}"), (other, f"Yours {number}")):
            kept.shelf.rename(0, name)
            told += [kept.write()]
    names = ("plans", "plans.old-1", "plans.old-2")
    files = [tmp_path / f"branch-offices.{name}.json" for name in names]
    assert {*tmp_path.iterdir()} == {*files}
    first = [json.loads(file.read_text(encoding="utf-8"))["plans"][0]["name"] for file in files]
    assert first == ["Yours 3", "Mine 3", "Yours 2"]
    assert told[0] == ""
    assert all("are put aside" in one for one in told[1:])


def test_in_an_app_nothing_is_kept_on_the_server(branch_offices, tmp_path):
    plan = Plan(branch_offices)
    plan.place = WritingPlace(tmp_path, is_confined=True)
    shelf = Shelf(plan.state)
    kept = KeptPlans(plan, shelf, tmp_path)
    shelf.copy()
    kept.write()
    assert kept.key
    assert list(tmp_path.iterdir()) == []


def test_that_the_tour_is_over_lies_beside_the_plans_and_freezes_none(
    branch_offices, scenarios, tmp_path
):
    plan = Plan(branch_offices)
    kept = KeptPlans(plan, Shelf(plan.state), tmp_path)
    assert kept.for_browser() == {"tour": "new"}
    kept.end_tour()
    assert kept.for_browser() == {"tour": "over"}
    assert kept.read() == ""
    other = Plan(scenarios / "manual-example.yaml")
    assert KeptPlans(other, Shelf(other.state), tmp_path).for_browser() == {"tour": "over"}
    plan.place = WritingPlace(tmp_path, is_confined=True)
    visitor = KeptPlans(plan, Shelf(plan.state), tmp_path)
    visitor.end_tour()
    assert "tour" not in visitor.for_browser()
    assert [path.name for path in tmp_path.iterdir()] == [TOUR]
