"""What to fix first: each change alone, in pairs with the plan."""

from __future__ import annotations

from unittest import mock

import pytest

from fwsim.measures.measure import read_measure
from fwsim.messages import speaking
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.planning.search.changes import Change, changes
from fwsim.planning.search.question import question_of
from fwsim.planning.search.sensitivity import Fix, what_to_fix
from fwsim.results.statistics.difference_in_words import in_words
from fwsim.run import prepare
from fwsim.scenario.schema import Scenario
from tests.planning import small_fleets

SUCCESSFUL = read_measure("successful")
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


def test_limits_come_before_what_else_is_to_get_better():
    """The time that users lose stands first among the measures; the limit is about another."""
    model = small_fleets.thin_line(100)
    question = question_of(prepare(model), limits=["time to 95 %: <= 40 min"])
    fixes = what_to_fix(model, [LOST, TIME], question=question, pairs=4, workers=1)
    places = [(not fix.keeps_limits, -fix.kept) for fix in fixes]
    assert len(set(places)) > 2
    assert places == sorted(places)


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
    kinds = {"line", "repository", "proxy", "habit", "devices"}
    assert {change.kind for change in found} == kinds
    for change in found:
        assert _changed(model, change) != _changed(model), change.words
        prepare(change.scenario)


@pytest.mark.parametrize(
    ("sites", "of_alike"), [(3, ""), (5, " (one of 5 lines with as many devices for their rate)")]
)
def test_of_many_lines_alike_three_are_tried_and_the_others_are_counted(scenario, sites, of_alike):
    """They seemed to be the three fullest."""
    fleet = {"units": {"DE/*": {"devices": 15, "sites": sites}}}
    rollout = prepare(scenario({"subordinate_units": True}, fleet=fleet))
    *single, _ = [change.words for change in changes(rollout) if change.kind == "line"]
    assert [words.partition(" twice as fast")[2] for words in single] == [of_alike] * 3


def test_what_may_be_fixed_is_told_in_german_where_german_is_spoken(scenario):
    fleet = {"units": {"DE/*": {"devices": 3, "sites": 3}}}
    rollout = prepare(scenario({"subordinate_units": True}, fleet=fleet))
    with speaking("de"):
        words = {change.words for change in changes(rollout)}
    assert {"alle Leitungen doppelt so schnell", "doppelt so schnelles Schreiben"} <= words
    assert not any("twice" in text for text in words)


def test_a_hub_that_holds_its_sites_back_is_tried_as_a_line(scenario):
    hub = {"link": "8 Mbit/s", "sites": ["DE/*"]}
    model = scenario(
        {"subordinate_units": True},
        network={"hubs": {"South": hub}},
        fleet={"units": {"DE": {"devices": 0}, "DE/*": {"devices": 3, "sites": 3}}},
    )
    found = {change.words: change for change in changes(prepare(model))}
    faster = _changed(model, found["the line of hub South twice as fast"])
    assert faster.network.hubs["South"].link == 2 * model.network.hubs["South"].link
    assert faster.network.sites == _changed(model).network.sites


def test_several_goals_are_looked_at_together():
    fixes = what_to_fix(small_fleets.people(100), [LOST, TIME], pairs=4, workers=1)
    assert all(len(fix.differences) == len(fix.helps) == 2 for fix in fixes)


def _changed(model: Scenario, change: Change | None = None) -> Scenario:
    """Return what is played of a plan in world 0, with something changed."""
    world = doubted(prepare(model if change is None else change.scenario)).drawn(Chances(1, 0))
    if change is not None and change.in_world is not None:
        world = change.in_world(world)
    return world.scenario


def _fixed(model: Scenario, words: str, pairs: int = 40) -> Fix:
    """Return what one change does: nothing else is tried."""
    that = [change for change in changes(prepare(model)) if change.words == words]
    with mock.patch("fwsim.planning.search.sensitivity.changes", return_value=that):
        (fix,) = what_to_fix(model, [SUCCESSFUL], pairs=pairs, workers=1)
    return fix


@pytest.mark.parametrize(
    "belief",
    [
        {"about": "40 %", "worth": 4},
        {"between": ["10 %", "70 %"]},
        {"seen": "0 of 2"},
        {"about": "40 %", "worth": 4, "each": "site"},
    ],
    ids=str,
)
def test_half_of_the_faults_is_worse_in_no_run_whatever_the_share_is(scenario, belief):
    model = scenario(
        {"subordinate_units": True},
        faults={"installation": belief},
        fleet={"units": {"DE": {"devices": 0}, "DE/*": {"devices": 10, "sites": 3}}},
        doubt="stated",
    )
    pairs = _fixed(model, "half of the faults").differences[0].pairs
    assert min(pairs) >= 0
    assert max(pairs) > min(pairs)


def test_devices_that_stay_on_are_no_fewer_than_without_whatever_their_share_is(scenario):
    model = scenario(
        {"once": "2018-08-20 23:00"},
        fleet={"units": {"DE": {"devices": 20}}},
        power={"default": {"on": "daily 08:00-20:00", "left_on": {"about": "30 %", "worth": 3}}},
        network={"sites": {"default": {"link": "1 Gbit/s", "wake_up": "0 %"}}},
        horizon="20 h",
        doubt="stated",
    )
    words = "half of the devices that are switched off in the evening stay on"
    pairs = _fixed(model, words).differences[0].pairs
    assert min(pairs) >= 0
    assert max(pairs) > 0


def test_devices_that_go_off_on_days_off_only_may_stay_on_too(scenario):
    model = scenario({}, power={"default": {"holidays": "DE"}}, horizon="4 d")
    words = "half of the devices that are switched off in the evening stay on"
    found = {change.words: change for change in changes(prepare(model))}
    assert _changed(model, found[words]).power["default"].left_on == 0.5


def test_a_faster_line_is_twice_the_line_of_the_same_world(scenario):
    rate = {"link": {"between": ["2 Mbit/s", "80 Mbit/s"]}}
    model = scenario({}, network={"sites": {"default": rate}}, doubt="stated")
    found = {change.words: change for change in changes(prepare(model))}
    site = prepare(model).fleet.site.values[0]
    faster = _changed(model, found[f"the line of {site} twice as fast"]).network.sites[site]
    assert faster.link == 2 * _changed(model).network.sites[site].link
