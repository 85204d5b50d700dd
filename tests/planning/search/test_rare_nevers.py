"""What a search makes of runs that never get there, and how surely they are told apart."""

from __future__ import annotations

import functools
import math

import pytest

from fwsim.planning.search.last_word import UNTOUCHED
from fwsim.planning.search.result_in_words import verdict
from tests.planning.search.made_up_runs import (
    FOUR_PLANS,
    MINUTE,
)


def test_what_is_larger_than_the_horizon_in_milliseconds_is_no_tie(searches):
    """Bytes, and time lost by many users, may be any number: only what is not reached is capped."""
    [found] = searches(
        lambda c, g: (1e9 * (2 + c[1]) + 1e7 * g.normal(),),
        runs=200,
        seeds=1,
        goals=("WAN bytes",),
        turn={"devices_wait": ["0 s", "1 s"], "deferments": [0, 1, 2]},
    )
    assert found.chosen.choice[1] == 0
    assert found.chosen.losses[0] == pytest.approx(2e9, rel=0.01)
    assert found.outcome.selection.is_settled


def test_a_rare_never_that_no_run_shows_is_told_apart_from_what_is_settled(searches):
    """In 2 % of the runs the quicker plan never gets there: on average it is the slower one.

    Of ten fresh runs all get there in 82 %; with what they tell it was settled.
    """

    def law(choice, generator):
        quick = math.inf if generator.random() < 0.02 else 60 * MINUTE
        time = 70 * MINUTE + 10 * MINUTE * sum(choice) if choice[0] else quick
        return (time + generator.normal() * MINUTE / 2,)

    found = searches(law, runs=100, seeds=9, turn=FOUR_PLANS)
    tempted = [f for f in found if f.outcome.selection.is_settled and f.chosen.choice[0] == 0]
    assert len(tempted) >= 3
    assert all(f.outcome.is_settled == (f.outcome.never.alone == 0) for f in tempted)
    assert all(f.outcome.leaves_out_rare_runs for f in tempted if f.outcome.is_settled)
    said = "\n".join(verdict(next(f for f in tempted if not f.outcome.never.seen))[-4:])
    assert said.startswith("At 95 % confidence, rare runs aside, no other of the ")
    assert (
        " is more than 1 min 00 s better in time to 95 %.\nMeans are compared, in which a" in said
    )
    assert "in fewer than 18.1 % of all runs: 22 fresh runs of the selected plan may show" in said
    assert "Even if it alone never got there in that many, no other would be more than " in said


def test_a_never_that_only_held_out_runs_show_is_looked_at_with_the_other_finalists(searches):
    """All plans share it, so it keeps no choice open; the selected plan's own does."""

    def law(choice, generator, *, is_shared):
        is_never = generator.number in {UNTOUCHED + 2, UNTOUCHED + 5}
        if is_never and (is_shared or choice[0] == 0):
            return (math.inf,)
        return ((60 + 10 * sum(choice)) * MINUTE + generator.normal() * MINUTE / 2,)

    for is_shared in (True, False):
        of = functools.partial(law, is_shared=is_shared)
        [found] = searches(of, runs=200, seeds=1, turn=FOUR_PLANS)
        assert (found.outcome.never.seen, found.chosen.choice[0]) == (2, 0)
        assert found.outcome.is_settled == is_shared
        assert found.spent <= 200


def test_looking_at_held_out_nevers_with_others_stays_within_the_runs_that_were_asked_for(searches):
    def law(choice, generator):
        if generator.number >= UNTOUCHED and choice[0] == 0:
            return (math.inf,)
        return ((60 + 10 * sum(choice)) * MINUTE + generator.normal() * MINUTE / 2,)

    [found] = searches(law, runs=80, seeds=1, turn=FOUR_PLANS)
    assert found.outcome.never.seen > 1
    assert found.spent <= 80


def test_a_search_without_runs_for_that_says_that_a_never_is_open(searches):
    """The finalists are too close to tell apart, and that takes all runs."""

    def law(choice, generator):
        if generator.number in {UNTOUCHED + 2, UNTOUCHED + 5} and choice[0] == 0:
            return (math.inf,)
        return ((60 + 3 * choice[0]) * MINUTE + 10 * MINUTE * generator.normal(),)

    found = [f for f in searches(law, runs=100, seeds=6, turn=FOUR_PLANS) if not f.chosen.choice[0]]
    assert {f.spent for f in found} == {100}
    for one in found:
        assert one.outcome.never.unanswered == 2
        assert verdict(one)[-1] == (
            "In 2 runs the selected plan never gets there, and the runs did not suffice to see "
            "whether another finalist does; that counts as if one did."
        )


def test_nevers_that_all_plans_share_do_not_make_the_plans_with_most_runs_the_last(searches):
    """Every run from the third on is one that nobody gets there in, by turns with others."""

    def law(choice, generator):
        if generator.number < UNTOUCHED // 2 and generator.number % 3 == 2:
            return (math.inf,)
        return ((60 + 10 * sum(choice)) * MINUTE + generator.normal() * MINUTE / 2,)

    turn = {"devices_wait": ["0 s", "1 s", "2 s"], "deferments": [0, 1, 2]}
    [found] = searches(law, runs=150, seeds=1, turn=turn)
    order = [sum(trial.choice) for trial in found.trials if trial.runs]
    assert len({trial.runs for trial in found.trials}) > 1
    assert order == sorted(order)
    assert found.chosen.choice == (0, 0)


def test_what_a_rival_never_reaches_counts_in_what_is_told_apart_from_rare_runs(searches):
    """Wherever it gets there the rival is half an hour quicker, and in 30 % it never does."""

    def law(choice, generator):
        if choice == (0, 0):
            rival = math.inf if generator.random() < 0.3 else 30 * MINUTE
            return (rival + generator.normal() * MINUTE / 2,)
        return ((60 + 3 * choice[0]) * MINUTE + generator.normal() * MINUTE / 2,)

    [found] = searches(law, runs=400, seeds=1, turn=FOUR_PLANS)
    assert (found.chosen.choice, found.outcome.selection.is_settled) == ((0, 1), True)
    assert found.outcome.leaves_out_rare_runs
    said = "\n".join(verdict(found))
    assert "\nAt 95 % confidence, rare runs aside, no other of the " in said
    assert "a run that never gets there counts as the horizon" in said


def test_what_is_rare_is_left_out_of_a_choice_by_a_number_and_that_is_said(searches):
    """In 3 % of the runs the best one has 5000 notices: no bound on a number tells of that."""

    def law(choice, generator):
        rare = 4900 * (not any(choice) and generator.random() < 0.03)
        return (100.0 + 5 * sum(choice) + 5 * any(choice) + rare + round(generator.normal()),)

    found = searches(law, runs=150, seeds=6, goals=("prompts",), turn=FOUR_PLANS)
    tempted = [f for f in found if f.outcome.is_settled and not any(f.chosen.choice)]
    assert tempted
    for one in tempted:
        assert one.outcome.selection.runs[one.outcome.selection.best] == 10
        assert verdict(one)[-1].endswith(
            "Rare is what happens in fewer than 25.9 % of all runs: 10 fresh runs of the "
            "selected plan may show none of it."
        )
