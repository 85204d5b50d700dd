"""What to fix first: each change alone, in pairs with the plan."""

from __future__ import annotations

from fwsim.measures.measure import read_measure
from fwsim.planning.search.question import question_of
from fwsim.planning.search.sensitivity import changes, what_to_fix
from fwsim.results.statistics.difference_in_words import in_words
from fwsim.run import prepare
from tests.planning import small_fleets

TIME, LOST = read_measure("time to 95 %"), read_measure("user time lost")


def test_a_thin_line_is_what_to_fix_first():
    fixes = what_to_fix(small_fleets.thin_line(100), [TIME], pairs=8, workers=1)
    helping = [fix.change for fix in fixes if fix.helps == (True,)]
    assert any(change.startswith("the line of ") for change in helping)
    assert "a dynamic proxy in each subnet" in helping[:2]
    assert not any("repository" in change for change in helping[:3])


def test_what_makes_a_plan_keep_its_limits_comes_first():
    """The plan takes an hour; 40 minutes are asked for."""
    model = small_fleets.thin_line(100)
    question = question_of(prepare(model), limits=["time to 95 %: <= 40 min"])
    first, second, *others = what_to_fix(model, [TIME], question=question, pairs=4, workers=1)
    assert first.change == "a dynamic proxy in each subnet"
    assert (first.kept, first.kept_without, first.keeps_limits) == (4, 0, True)
    assert 0 < second.kept < 4
    assert not second.keeps_limits
    assert [fix.kept for fix in others] == sorted((fix.kept for fix in others), reverse=True)


def test_one_goal_or_limit_needs_no_list():
    rollout = prepare(small_fleets.thin_line(100))
    limit = "time to 95 %: <= 40 min"
    alone = question_of(rollout, goals="prompts", limits=limit)
    assert alone == question_of(rollout, goals=["prompts"], limits=[limit])
    assert question_of(rollout, goals=alone.goals[0], limits=alone.limits[0]) == alone


def test_what_is_reached_neither_with_nor_without_a_change_is_no_number():
    model = small_fleets.thin_line(100)
    broken = type(model).model_validate({**model.as_data(), "faults": {"installation": "100 %"}})
    fixes = what_to_fix(broken, [TIME], pairs=2, workers=1)
    assert all(not fix.helps[0] for fix in fixes)
    told = {in_words(fix.differences[0]) for fix in fixes if "faults" not in fix.change}
    assert told == {"is reached in no run, neither with nor without it"}


def test_every_kind_of_change_is_tried(scenario):
    model = scenario(
        {"inform_user": "5 min"},
        people={"default": {"answer": {"now": "20 %", "defer": "60 %"}}},
        power={"default": {"on": "daily 08:00-20:00"}},
        faults={"installation": "10 %"},
        fleet={"units": {"DE/*": {"devices": 3, "sites": 3}}},
    )
    model = type(model).model_validate(
        {
            **model.as_data(),
            "commands": [{"update": "DE", "subordinate_units": True, "inform_user": "5 min"}],
        }
    )
    found = changes(prepare(model))
    assert {kind for kind, _, _ in found} == {"line", "repository", "proxy", "habit", "devices"}
    for _, words, changed in found:
        assert changed != model, words
        prepare(changed)


def test_a_hub_that_holds_its_sites_back_is_tried_as_a_line(scenario):
    hub = {"link": "8 Mbit/s", "sites": ["DE/*"]}
    model = scenario(
        {"subordinate_units": True},
        network={"hubs": {"South": hub}},
        fleet={"units": {"DE": {"devices": 0}, "DE/*": {"devices": 3, "sites": 3}}},
    )
    found = {words: changed for _, words, changed in changes(prepare(model))}
    faster = found["the line of hub South twice as fast"]
    assert faster.network.hubs["South"].link == 2 * model.network.hubs["South"].link
    assert faster.network.sites == model.network.sites


def test_several_goals_are_looked_at_together():
    fixes = what_to_fix(small_fleets.people(100), [LOST, TIME], pairs=4, workers=1)
    assert all(len(fix.differences) == len(fix.helps) == 2 for fix in fixes)
