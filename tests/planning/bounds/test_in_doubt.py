"""Bounds hold world by world: told is in how many a limit is out of reach."""

import pytest

from fwsim.measures.expectation import read_expectation
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
from fwsim.results.run.measuring import value_of
from fwsim.run import play_once, prepare
from tests.experiments.test_spread import LINE, story

SOON = read_expectation("time to 95 %", "<= 3 h")
NEVER = read_expectation("time to 95 %", "<= 1 min")


def rollout(**changes):
    return prepare(story(**changes))


def test_a_limit_is_out_of_reach_in_some_worlds_only():
    (bound,) = FeasibilityInDoubt(rollout()).bounds([SOON])
    assert 0 < bound.out_of_reach < 1
    assert bound.is_possible
    assert "of 20 draws of what is not known" in str(bound)


def test_where_some_worlds_allow_it_what_stands_in_the_way_in_the_others_is_told():
    by = read_expectation("chance of 95 % by 2021-09-24 18:00", ">= 90 %")
    (bound,) = FeasibilityInDoubt(rollout()).bounds([by])
    assert 0 < bound.out_of_reach < 0.5
    assert "possible in" in str(bound)
    assert "nothing stands in the way" not in str(bound)


def test_what_no_world_allows_rules_the_plan_out():
    feasibility = FeasibilityInDoubt(rollout())
    assert [bound.expectation for bound in feasibility.impossible([SOON, NEVER])] == [NEVER]
    (bound,) = feasibility.bounds([NEVER])
    assert bound.out_of_reach == 1
    assert not bound.is_possible


def test_what_no_draw_allows_is_not_called_impossible():
    (bound,) = FeasibilityInDoubt(rollout()).bounds([NEVER])
    assert "in none of 20 draws of what is not known" in str(bound)
    assert "impossible" not in str(bound)


def test_what_hangs_on_nothing_in_doubt_is_told_as_it_is():
    units = {"DE": {"devices": 6, "site": "A", "people": "users"}, "Elsewhere": {"devices": 3}}
    network = {"sites": {"default": {"link": "100 Mbit/s"}, "A": LINE}}
    feasibility = FeasibilityInDoubt(rollout(fleet={"units": units}, network=network))
    limit = read_expectation("successful in Elsewhere", ">= 80 % in 10 % of the runs")
    (bound,) = feasibility.bounds([limit])
    assert str(bound).endswith("impossible, at most 0.0 %; no device is targeted there")
    assert bound.is_refuted


@pytest.mark.parametrize(
    ("condition", "is_ruled_out"),
    [
        ("<= 1 min", True),
        ("<= 1 min in 50 % of the runs", True),
        ("<= 1 min in 10 % of the runs", False),
        ("p90 <= 1 min", True),
        ("p10 <= 1 min", False),
    ],
)
def test_what_no_draw_allows_rules_out_what_more_runs_must_keep_than_draws_can_miss(
    condition, is_ruled_out
):
    limit = read_expectation("time to 95 %", condition)
    (bound,) = FeasibilityInDoubt(rollout()).bounds([limit])
    assert bound.out_of_reach == 1
    assert bound.is_refuted is is_ruled_out
    assert bool(FeasibilityInDoubt(rollout()).impossible([limit])) is is_ruled_out


def test_where_nothing_is_in_doubt_one_world_is_looked_at():
    known = rollout(doubt="none")
    (bound,) = FeasibilityInDoubt(known).bounds([SOON])
    assert bound.worlds == tuple(Feasibility(known).bounds([SOON]))
    assert str(bound) == str(bound.worlds[0])


def test_no_run_beats_the_bound_of_its_world():
    plan = rollout()
    for world in range(12):
        drawn = doubted(plan).drawn(Chances(plan.scenario.seed, world))
        (bound,) = Feasibility(drawn).bounds([SOON])
        run = play_once(plan, plan.scenario.seed, world, world=world)
        assert value_of(run, SOON.measure) >= bound.best


@pytest.mark.parametrize(
    ("limit", "of"), [(SOON, "one of the draws that miss it"), (NEVER, "draw")]
)
def test_what_a_line_carries_in_one_draw_is_not_told_of_all(limit, of):
    """In the luckiest draw the line carries more than the middle one's *at most*."""
    (bound,) = FeasibilityInDoubt(rollout()).bounds([limit])
    reasons = {world.reason for world in bound.worlds}
    assert len(reasons) > 1
    assert str(bound).endswith(f" (in the middle {of})")
