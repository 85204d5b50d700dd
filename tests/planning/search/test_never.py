"""What runs that never get there may make of a choice, against chances that are known."""

import math

import numpy as np
import pytest

from fwsim.planning.search.never import with_never

HORIZON, CLEAN = 1000.0, 100


def runs(times, first=CLEAN):
    return dict(enumerate(times, first))


def test_a_share_that_sixty_runs_do_not_show_is_counted_on():
    """One of them is 12 better in every run; 6 % of 900 are worse by more than that."""
    found = with_never(
        runs([100.0] * 60), [runs([112.0] * 60)], horizon=HORIZON, doubt=0.05, first_clean=CLEAN
    )
    share = 1 - 0.025 ** (1 / 60)
    assert (found.seen, found.runs) == (0, 60)
    assert found.share == pytest.approx(share) == pytest.approx(3.7 / 60, rel=0.05)
    assert found.within == pytest.approx(-12 + share * 900)


def test_runs_that_found_a_plan_tell_nothing_for_it_and_something_against_it():
    """A plan with a run that never gets there is hardly found: that it has none is no wonder."""
    how = {"horizon": HORIZON, "doubt": 0.05, "first_clean": CLEAN}
    others = [runs([112.0] * 40) | runs([112.0] * 40, 0)]
    alone = with_never(runs([100.0] * 40), others, **how)
    found = with_never(runs([100.0] * 40) | runs([100.0] * 40, 0), others, **how)
    assert (found.runs, found.share) == (40, alone.share)
    against = with_never(runs([100.0] * 40) | runs([100.0] * 9 + [math.inf], 0), others, **how)
    assert against.seen == 1
    assert against.share > alone.share


def test_what_never_gets_there_under_both_plans_sets_them_not_apart():
    never = [math.inf] * 100
    best, other = [100.0] * 300 + never, [200.0] * 300 + never
    found = with_never(runs(best), [runs(other)], horizon=HORIZON, doubt=0.05, first_clean=CLEAN)
    assert found.share > 0.25
    assert found.within == 0


@pytest.mark.parametrize("chance", [0.02, 0.03, 0.1])
def test_no_other_is_better_by_more_than_is_told(chance):
    """Each of 400 choices is the one with a rare never, as often unseen as chance will have it.

    At 95 % no more than 20 are wrong on average; more than 46 come once in ten million times.
    """
    generator = np.random.Generator(np.random.Philox(key=[7, round(100 * chance)]))
    truth = chance * (HORIZON - 100) - 10
    wrong = 0
    for _ in range(400):
        best = 100 + generator.normal(size=40)
        best[generator.random(40) < chance] = math.inf
        other = 110 + generator.normal(size=40)
        found = with_never(
            runs(best), [runs(other)], horizon=HORIZON, doubt=0.05, first_clean=CLEAN
        )
        wrong += found.within < truth
    assert wrong <= 46
