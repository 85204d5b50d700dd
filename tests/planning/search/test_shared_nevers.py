"""Runs in which no plan gets there, and what plans are ranked by without them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from fwsim.measures.measure import read_measure
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.question import question_of
from fwsim.planning.search.shared_nevers import judge_alike
from fwsim.run import prepare
from tests.planning import small_fleets

HORIZON = 1000.0
GOAL = read_measure("time to 95 %")
QUESTION = replace(
    question_of(prepare(small_fleets.people(100)), goals=GOAL), nevers={GOAL: HORIZON}
)


def plan(*times):
    """Return a plan whose runs, from the first on, take so long."""
    return Candidate((), {}, values={n: {GOAL: time} for n, time in enumerate(times)})


def losses(*plans):
    judge_alike(plans, QUESTION)
    return [one.losses[0] for one in plans]


def test_a_never_of_all_ranks_none_until_one_gets_there():
    """Those that were judged without it kept that when a plan got there after all."""
    first, second = plan(100.0, math.inf), plan(200.0, math.inf)
    assert losses(first, second) == [100.0, 200.0]
    assert losses(first, second, plan(300.0, 300.0)) == [550.0, 600.0, 300.0]


def test_a_plans_own_nevers_do_not_vanish_in_runs_that_it_alone_has():
    """It was the better the more runs it got: of those no other has only the quick ones counted."""
    own, other = [100.0] * 7 + [math.inf] * 3, [200.0] * 10
    assert losses(plan(*own), plan(*other)) == pytest.approx([370.0, 200.0])
    assert losses(plan(*own, *own, *own), plan(*other)) == pytest.approx([370.0, 200.0])


def test_a_never_of_a_time_from_a_moment_comes_at_the_horizon():
    """It counted the whole horizon after that moment."""
    story = prepare(small_fleets.people(100))
    moment = story.start.astimezone(story.zone) + timedelta(hours=2)
    goal = read_measure(f"time from {moment:%Y-%m-%d %H:%M} to 95 %")
    question = question_of(story, goals=goal)
    assert question.losses({goal: [math.inf]}) == [story.horizon - 2 * 3_600_000]


def test_runs_that_a_plan_alone_has_count_as_long_as_they_get_there():
    assert losses(plan(100.0, 300.0), plan(200.0)) == [200.0, 200.0]
    assert losses(plan(100.0, math.inf)) == [550.0]
