"""Which plans the last runs are spent on, and what comes of a limit that is one number."""

from __future__ import annotations

import itertools

import pytest

from fwsim.measures.expectation import read_expectation
from fwsim.planning.search.limits import is_left_open, is_lost
from fwsim.planning.search.question import question_of
from fwsim.results.statistics.judgement import holds
from fwsim.run import prepare
from tests.planning import small_fleets
from tests.planning.search.made_up_runs import (
    FOUR_PLANS,
    HOUR_LIMIT,
    MINUTE,
)


@pytest.mark.parametrize("late", [{3}, {0}])
@pytest.mark.parametrize("condition", ["<= 1 h in 85 % of the runs", "p85 <= 1 h"])
def test_a_plan_that_misses_a_share_of_the_runs_by_bad_luck_is_looked_at_again(
    searches, condition, late
):
    """A miss in its first five runs, one of 20, was its end: no other run of it was made."""
    best = (0, 1)

    def law(choice, generator):
        number = generator.number
        is_late = number % 20 in late if choice == best else number % 20 < 10
        return ((61 if is_late else 50) * MINUTE, 5.0 if choice == best else 9.0)

    [found] = searches(
        law,
        runs=200,
        seeds=1,
        goals=("time to 95 %", "prompts"),
        limits=[{"time to 95 %": condition}],
        turn=FOUR_PLANS,
    )
    assert found.keeps_limits
    assert found.chosen.choice == best


def test_where_a_plan_keeps_the_limits_one_place_in_four_is_for_what_may_be_better(searches):
    """Runs that leave a limit open go to one plan at a time, and only to what would be better."""

    def law(choice, generator):
        is_slow = choice == (0, 0)
        is_late = not is_slow and generator.number % 5 == 1 + choice[0] + choice[1]
        return ((61 if is_late else 55 if is_slow else 50) * MINUTE,)

    limits = [{"time to 95 %": "<= 1 h in 90 % of the runs"}]
    [found] = searches(law, runs=200, seeds=1, limits=limits, turn=FOUR_PLANS)
    assert found.chosen.choice == (0, 0)
    again = [trial for trial in found.trials if not trial.keeps_limits and trial.runs > 5]
    assert again
    assert all(trial.runs <= 15 for trial in again)


def test_once_a_plan_keeps_the_limits_the_runs_left_are_for_the_final(searches):
    """Comparing went on with them, so only one of several plans was looked at by fresh runs."""
    first_asked: dict[tuple[int, ...], int] = {}
    asked = itertools.count()

    def law(choice, _):
        is_late = first_asked.setdefault(choice, next(asked)) < 400
        return ((61 if is_late else 50) * MINUTE,)

    [found] = searches(law, runs=600, seeds=1, limits=[HOUR_LIMIT])
    assert found.keeps_limits
    assert len(found.outcome.finalists) > 1
    assert found.spent <= 600


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ([1.0] * 7 + [3.0] * 3, True),
        ([1.0] * 7 + [2.0] + [3.0] * 2, True),
        ([3.0] * 10, False),
        ([1.0] * 60, False),
    ],
)
def test_a_quantile_that_is_to_be_one_number_need_not_be_it_in_most_runs(values, is_open):
    """As many runs as the quantile says were to be that number: one in ten at its place will do."""
    limit = read_expectation("most prompts on one device", "p90 = 2")
    assert is_left_open(limit, values) is is_open


def test_a_quantile_that_is_to_be_one_number_takes_as_many_runs_as_one_that_is_to_be_no_more():
    """One run was enough to accept a plan by ``p98 = 2``, and fifty by ``p98 <= 2``."""
    rollout = prepare(small_fleets.people(60))
    fewest = [
        question_of(rollout, limits=[f"most prompts on one device: {condition}"]).fewest
        for condition in ("p98 = 2", "p98 <= 2", "p2 = 2", "p2 >= 2")
    ]
    assert fewest == [50, 50, 50, 50]


def test_a_quantile_that_is_to_be_one_number_is_lost_by_runs_on_one_side_alone():
    expected = read_expectation("most prompts on one device", "p90 = 2")
    assert not is_lost(expected, [1.0] * 8 + [2.0] * 2, 10)
    assert is_lost(expected, [3.0] * 2, 10)
    assert not is_lost(expected, [1.0] * 8, 10)
    assert is_lost(expected, [1.0] * 9, 10)
    assert not holds(expected, [1.0] * 9 + [2.0])  # nine in ten do not exceed 1
