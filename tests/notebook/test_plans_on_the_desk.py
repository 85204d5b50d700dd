"""Named plans on the desk: undo goes through them, and answers are of one world."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fwsim.commands.schedule import Once
from fwsim.engine import choose_engine
from fwsim.messages import speaking
from fwsim.notebook.against import against_in_html
from fwsim.notebook.desk import Desk
from fwsim.notebook.plan import Plan
from fwsim.notebook.shelf import PlanState
from fwsim.problems import MOST_SHOWN


class Screen(dict):
    """Keeps what was shown last."""

    def __call__(self, name, data):
        self[name] = data


@pytest.fixture
def screen():
    return Screen()


@pytest.fixture
def desk(scenario, screen):
    choose_engine()  # no desk compiles it beside
    fleet = {"units": {"DE": {"devices": 30}}}
    plan = Plan(scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"}, fleet=fleet))
    made = Desk(plan, screen, follows=False)
    made.open()
    return made


def run(desk, runs=2):
    desk.plan.start(runs, workers=1)
    desk.plan.wait()


def notices(desk):
    return [(one.name, one.state.commands[0].inform_user) for one in desk.shelf.plans]


def test_undo_goes_back_through_the_plans_and_writes_none_over_another(screen, desk):
    desk.hear({"do": "set", "name": "notice", "text": "20 min"})
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    desk.hear({"do": "switch", "number": 0})
    both = [("Plan A", 1200), ("Plan B", 3600)]
    assert (notices(desk), desk.shelf.current) == (both, 0)
    desk.hear({"do": "undo"})
    assert "undone: switch to Plan A" in screen["progress"]["remark"]
    assert (notices(desk), desk.shelf.current) == (both, 1)
    desk.hear({"do": "undo"})
    assert notices(desk) == [("Plan A", 1200), ("Plan B", 1200)]
    desk.hear({"do": "undo"})
    desk.hear({"do": "undo"})
    assert notices(desk) == [("Plan A", 300)]
    assert desk.plan.commands[0].inform_user == 300
    for _ in range(4):
        desk.hear({"do": "redo"})
    assert (notices(desk), desk.shelf.current) == (both, 0)


def test_of_two_plans_it_is_told_which_gets_there_and_not_with_or_without_what(scenario, screen):
    choose_engine()
    plan = Plan(scenario({"once": "2018-08-20 12:00"}, faults={"installation": "100 %"}))
    desk = Desk(plan, screen, follows=False)
    desk.open()
    run(desk)
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "pause", "text": "1 s"})
    run(desk)
    table = against_in_html(desk)
    assert table.count("neither reaches it") >= 4
    assert "without" not in table


@pytest.mark.parametrize("number", [0, 1])
def test_a_plan_that_was_removed_comes_back_and_takes_the_place_of_none(screen, desk, number):
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    both = notices(desk)
    desk.hear({"do": "drop", "number": number})
    assert notices(desk) == [both[1 - number]]
    assert desk.plan.state == desk.shelf.on_desk.state
    desk.hear({"do": "undo"})
    assert f"removal of {both[number][0]}" in screen["progress"]["remark"]
    assert notices(desk) == both
    assert screen["board"]["ghost"]["name"] == "Plan A"


def test_a_name_is_given_back_and_the_answer_stays(screen, desk):
    run(desk, 20)
    desk.hear({"do": "rename", "number": 0, "name": "night"})
    desk.hear({"do": "undo"})
    assert [one["name"] for one in screen["top"]["plans"]] == ["Plan A"]
    assert screen["board"]["full"]


def test_answers_of_another_world_are_compared_with_none_and_shown_as_none(screen, desk):
    run(desk, 20)
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "10 min"})
    old = desk.ghost
    desk.plan.lay(desk.plan.base.model_copy(update={"seed": 7}))
    assert desk.ghost is not old
    assert desk.ghost is not None
    assert desk.shelf.beside.full_answer is None
    run(desk, 20)
    desk.hear({"do": "switch", "number": 0})
    assert not desk.plan.is_answered
    assert not screen["board"]["full"]


def edited_beside(desk):
    """Plan A changed after it was looked at, plan B on the desk."""
    desk.hear({"do": "new_plan"})
    desk.hear({"do": "set", "name": "notice", "text": "1 h"})
    desk.hear({"do": "switch", "number": 0})
    desk.hear({"do": "set", "name": "notice", "text": "20 min"})
    desk.hear({"do": "switch", "number": 1})


def test_plan_a_is_looked_at_again_when_its_look_went_with_it(screen, desk):
    edited_beside(desk)
    desk.hear({"do": "drop", "number": 0})
    desk.hear({"do": "undo"})
    assert desk.ghost is not None
    assert screen["board"]["ghost"]["name"] == "Plan A"


def test_plan_a_is_looked_at_again_when_it_is_again_what_it_was(desk):
    edited_beside(desk)
    desk.hear({"do": "switch", "number": 0})
    for notice in ("30 min", "20 min"):
        desk.hear({"do": "set", "name": "notice", "text": notice})
    desk.hear({"do": "switch", "number": 1})
    assert desk.ghost is not None


def test_what_leaves_the_plan_on_the_desk_as_it_is_starts_nothing_anew(screen, desk):
    desk.hear({"do": "new_plan"})
    before = desk.plan.revision
    desk.hear({"do": "rename", "number": 1, "name": "night"})
    desk.hear({"do": "undo"})
    desk.hear({"do": "switch", "number": 0})
    desk.hear({"do": "switch", "number": 1})
    assert "switch to Plan B" in desk.history.undoes
    desk.hear({"do": "drop", "number": 0})
    assert "removal of Plan A" in desk.history.undoes
    desk.hear({"do": "undo"})
    assert [one["name"] for one in screen["top"]["plans"]] == ["Plan A", "Plan B"]
    assert desk.ghost is not None
    assert desk.plan.revision == before


def test_an_answer_to_the_same_plan_is_the_answer_to_its_copy(screen, desk):
    desk.hear({"do": "new_plan"})
    run(desk, 20)
    desk.hear({"do": "switch", "number": 0})
    assert screen["board"]["full"]
    desk.hear({"do": "set", "name": "notice", "text": "20 min"})
    desk.hear({"do": "switch", "number": 1})
    assert screen["board"]["full"]


def test_what_was_set_is_told_by_the_name_of_its_field(screen, desk):
    with speaking("de"):
        desk.hear({"do": "set", "name": "deferments", "text": "2"})
        assert screen["top"]["undo"] == "Verschiebungen"
        desk.hear({"do": "undo"})
        assert screen["progress"]["remark"].endswith("Verschiebungen")


def test_a_plan_of_many_commands_outside_the_runs_tells_of_the_first(screen, desk):
    (command,) = desk.plan.commands
    late = replace(command, schedule=Once(command.schedule.at + timedelta(days=900)))
    desk.plan.restore(PlanState((late,) * 70))
    lines = screen["board"]["problem"].splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1] == "and 20 more"
