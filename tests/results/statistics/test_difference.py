"""Two plans, run in pairs: what differs, and whether it is settled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from fwsim.measures.measure import read_measure
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.difference_in_words import (
    in_words,
    range_cell,
    saved_in_words,
    signed,
    signed_range,
    tells_pairs,
    told,
)
from tests.results.statistics.measures_of_pairs import MINUTE, NEVER, PROMPTS, SHARE, TEN, TIME


@pytest.mark.parametrize("words", ["peak repository utilisation", "peak site rate"])
def test_a_byte_more_in_a_minute_makes_no_plan_the_better_one(words):
    first = [0.0278248976, 0.027824897466666667, 0.0278248976]
    found = difference(read_measure(words), [0.0278248976] * 3, first)
    assert found.same
    assert found.better_in == 0
    # A byte of a minute of a line of 128 kbit/s, a third of it full.
    assert difference(read_measure(words), [0.3] * 3, [0.3 - 0.3 / 320_000 / 3.2] * 3).same
    assert difference(read_measure(words), first, [share - 1e-6 for share in first]).better_in == 0
    assert difference(read_measure(words), first, [share + 1e-6 for share in first]).better_in == 3


def test_the_interval_is_that_of_the_paired_t_test():
    generator = np.random.Generator(np.random.Philox(5))
    luck = generator.normal(60, 20, 30) * MINUTE
    one, other = luck + 3 * MINUTE, luck + generator.normal(0, 1, 30) * MINUTE
    found = difference(TIME, one.tolist(), other.tolist())
    expected = stats.ttest_rel(one, other).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    welch = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert found.independent_half == pytest.approx((welch.high - welch.low) / 2)
    assert found.settled
    assert found.narrower > 10
    assert found.runs_saved == round(30 * (found.narrower**2 - 1))


def test_what_is_equal_in_every_run_is_said_to_be_the_same():
    found = difference(TIME, [1.0, 2.0, math.inf], [1.0, 2.0, math.inf])
    assert (found.same, found.settled, in_words(found)) == (True, False, "the same in every run")


def test_a_plan_that_never_gets_there_differs_by_never():
    found = difference(TIME, [math.inf] * 12, [1.0 * MINUTE] * 12)
    assert found.settled
    assert not found.is_better
    assert in_words(found) == "is reached only without it"


def test_runs_that_never_get_there_make_it_a_median():
    one = [*(10.0 * MINUTE for _ in range(19)), math.inf]
    other = [12.0 * MINUTE] * 20
    found = difference(TIME, one, other)
    assert (found.value, found.low, found.high) == (-2 * MINUTE,) * 3
    assert (found.settled, found.is_better) == (True, True)
    assert math.isnan(found.narrower)


def test_never_on_both_sides_of_the_middle_is_no_number():
    found = difference(TIME, [math.inf, 1.0], [1.0, math.inf])
    assert math.isnan(found.value)
    assert (found.settled, found.is_better, found.shows) == (False, False, False)
    assert told(found) == "only this reaches it in 1 of 2, only the first in 1"
    assert in_words(found) == (
        "not settled: is reached only without it in 1 of 2 runs, only with it in 1 of 2 runs"
    )


def test_never_less_never_is_no_number():
    found = difference(TIME, [math.inf] * 4, [math.inf] * 4)
    assert math.isnan(found.value)
    assert (found.neither, found.same, found.settled, found.shows) == (4, True, False, False)
    assert (told(found), signed_range(found)) == ("neither reaches it", "")
    assert in_words(found) == "is reached in no run, neither with nor without it"
    assert found.runs_to_settle is None


def test_pairs_in_which_neither_got_there_are_in_no_number():
    one, other = [12.0 * MINUTE] * 12 + [math.inf] * 8, [10.0 * MINUTE] * 12 + [math.inf] * 8
    found = difference(TIME, one, other)
    assert (found.value, found.low, found.high) == (2 * MINUTE,) * 3
    assert (found.settled, found.runs, found.neither) == (True, 20, 8)
    assert told(found) == "+2 min 00 s, neither in 8 of 20"


def test_it_tells_how_many_runs_would_settle_it():
    found = difference(TIME, [1.0, 5.0, 1.0, 5.0], [2.0] * 4)
    assert not found.settled
    assert found.runs_to_settle == math.ceil(4 * (found.half_width / found.value) ** 2)


def test_a_median_that_is_not_settled_takes_more_runs_than_there_are():
    """Its interval reaches from 0 to little above it."""
    one = [1.0] * 2 + [6.0] * 7 + [7.0] * 2 + [math.inf]
    found = difference(TIME, one, [1.0] * 11 + [math.inf])
    assert (found.method.name, found.settled) == ("MEDIAN", False)
    assert found.runs_to_settle > 12


def test_runs_that_are_no_pairs_are_refused():
    with pytest.raises(ValueError, match="3 and 2 runs make no pairs"):
        difference(TIME, [1.0] * 3, [1.0] * 2)


@pytest.mark.slow
def test_an_interval_covers_the_true_difference_as_often_as_it_says():
    # 2,000 experiments at 95 %: fewer than 1,840 hits have a chance below 1e-9.
    generator = np.random.Generator(np.random.Philox(11))
    hits = 0
    for _ in range(2000):
        luck = generator.normal(0, 5, 10)
        found = difference(TIME, (luck + 1 + generator.normal(0, 1, 10)).tolist(), luck.tolist())
        hits += found.low <= 1 <= found.high
    assert 1840 <= hits <= 1960


def figures(found):
    return told(found), signed_range(found)


def around(measure, *pairs):
    """Return a difference whose pairs are these."""
    return difference(measure, [0.5 + pair for pair in pairs], [0.5] * len(pairs))


def test_shares_differ_by_points_with_one_minus_and_never_by_a_signed_nothing():
    value, span = figures(around(SHARE, -0.0004, 0.0002, -0.0002, -0.0001))
    assert (value, span) == ("−0.01 points", "−0.04 points to +0.02 points")
    assert signed(-1e-12, SHARE) == "0.0 points"
    assert signed(-1e-6, SHARE) == "under 0.01 points less"
    assert signed(0.0, SHARE) == "0.0 points"
    assert signed(-0.9, SHARE) == "−90.0 points"
    assert signed(-1e-9, PROMPTS) == "0.0 notices"


def test_the_ends_of_a_difference_have_one_unit():
    found = difference(TIME, [70.0 * MINUTE, 50 * MINUTE, 75 * MINUTE], [MINUTE] * 3)
    assert figures(found) == ("+1 h 09 min", "+0 h 49 min to +1 h 14 min")
    found = difference(PROMPTS, [3.0, 1.0, 2.5], [1.0] * 3)
    assert figures(found) == ("+1.5 notices", "0 to +2")


def test_runs_that_nobody_makes_are_not_counted():
    rng = np.random.Generator(np.random.Philox(3))
    luck = rng.normal(100, 20, 20) * MINUTE
    found = difference(TIME, (luck + MINUTE + rng.normal(0, 9, 20)).tolist(), luck.tolist())
    assert found.runs_saved > 100_000
    assert saved_in_words(TIME, found) == (
        "Pairs made the interval of the mean of time to 95 % over 1,000 times narrower; without "
        "them it takes over 10,000 more runs of each."
    )


@pytest.mark.parametrize(
    ("times", "runs", "helps"),
    [(0.9, 30, False), (1.04, 30, False), (1.06, 30, True), (1.06, 3, False), (4.0, 3, True)],
)
def test_pairs_that_made_an_interval_one_time_narrower_did_not_help(times, runs, helps):
    found = difference(TIME, [200.0 * MINUTE + n for n in range(runs)], [MINUTE] * runs)
    found = replace(found, independent_half=found.half_width * times)
    assert found.pairs_help == helps
    assert not difference(TIME, [1.0, 2.0], [1.0, 2.0]).pairs_help


def minutes(*pairs):
    return difference(TIME, [(200.0 + p) * MINUTE for p in pairs], [200.0 * MINUTE] * len(pairs))


def test_what_is_told_is_the_range_of_the_next_rollout():
    assert in_words(minutes(*(-10 - n % 5 for n in range(40)))) == (
        "12 min 00 s less (10 min 00 s to 14 min 00 s, 9 rollouts in 10), less in 40 of 40 runs"
    )
    assert in_words(minutes(*(10 + n % 5 for n in range(8)), -1)) == (
        "11 min 00 s more (−1 min 00 s to +14 min 00 s in these 9), more in 8 of 9 runs"
    )
    assert in_words(minutes(3, 3, 3, 3)) == "3 min 00 s more, more in 4 of 4 runs"
    assert in_words(minutes(3, -3, 3, -3)) == (
        "not settled: 0 s (−3 min 00 s to +3 min 00 s in these 4)"
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_a_range_that_ends_at_nothing_needs_no_sign_beside_more_or_less(sign):
    more = "more" if sign > 0 else "less"
    found = around(SHARE, *([0.0] + [sign * 0.2] * 7))
    assert in_words(found) == (
        f"20.0 points {more} (0.0 points to 20.0 points in these 8), {more} in 7 of 8 runs"
    )
    nearly = around(SHARE, *([sign * -1e-17] + [sign * 0.2] * 7))
    assert in_words(nearly) == in_words(found)


def test_runs_in_which_none_needs_the_update_have_no_time_to_compare():
    one, other = [3.0 * MINUTE] * 6 + [0.0, 0.0, TEN], [TEN] * 6 + [0.0, TEN, 0.0]
    found = difference(TIME, one, other)
    assert (found.value, found.without_need, found.better_in) == (-7 * MINUTE, 3, 6)
    assert told(found) == "−7 min 00 s, none needs it in 3 of 9"
    assert in_words(found) == "7 min 00 s less, less in 6 of 9 runs, none needs it in 3 of 9"


@pytest.mark.parametrize(("other", "same"), [(0.0, True), (TEN, False), (NEVER, False)])
def test_a_plan_under_which_none_needs_the_update_is_not_faster(other, same):
    found = difference(TIME, [0.0] * 4, [other] * 4)
    assert (found.settled, found.shows, found.is_better, found.same) == (False, False, False, same)
    assert told(found) == in_words(found) == "none needs it"


def test_that_neither_got_there_comes_behind_what_is_said_of_the_others():
    one, other = [12.0 * MINUTE] * 12 + [NEVER] * 8, [TEN] * 12 + [NEVER] * 8
    words = in_words(difference(TIME, one, other))
    assert words == "2 min 00 s more, more in 12 of 20 runs, neither in 8 of 20"


def test_neither_more_nor_less_devices_targeted_is_better():
    found = difference(read_measure("devices targeted"), [1.0] * 4, [41.0] * 4)
    assert (found.settled, found.is_better, found.better_in) == (True, False, 0)


def test_a_mean_that_the_median_contradicts_is_told_as_a_mean():
    # One in five is an hour later, the others a minute earlier.
    found = minutes(*(60 if n % 5 == 0 else -1 for n in range(100)))
    assert (found.settled, found.is_better, found.better_in) == (True, False, 80)
    assert in_words(found) == (
        "11 min 12 s more on average (−1 min 00 s to +60 min 00 s, 9 rollouts in 10), "
        "more in 20 of 100 runs"
    )


def test_the_same_luck_makes_the_range_of_a_difference_narrow():
    rng = np.random.Generator(np.random.Philox(4))
    luck = 200 + rng.normal(0, 30, 200)
    one, other = (luck + rng.normal(5, 1, 200)) * MINUTE, luck * MINUTE
    alone = 200 + rng.normal(0, 30, 200)
    paired, apart = (
        difference(TIME, one.tolist(), o.tolist()).next_one for o in (other, alone * MINUTE)
    )
    assert 10 * (paired.high.value - paired.low.value) < apart.high.value - apart.low.value


def test_a_difference_weighs_what_it_is_in_its_own_terms():
    minutes = difference(TIME, [87.0 * MINUTE] * 3, [100.0 * MINUTE] * 3)
    prompts = difference(PROMPTS, [2452.0] * 3, [2450.0] * 3)
    assert minutes.weight == pytest.approx(0.13)
    assert prompts.weight == pytest.approx(2 / 2452)


PEAK = read_measure("peak repository utilisation")


def test_what_is_none_in_the_middle_and_may_turn_makes_neither_better():
    """On average it is settled, but the next run may as well be twice as far the other way."""
    apart = [0.0] * 11 + [-0.014] * 6 + [-0.01] * 2 + [0.012]
    found = difference(PEAK, [0.8 + one for one in apart], [0.8] * 20)
    assert (found.settled, found.shows, found.is_better) == (True, True, True)
    assert (found.may_as_well_turn, found.tells_apart) == (True, False)
    assert in_words(found).startswith("0.5 points less on average (")
    one_way = difference(PEAK, [0.8 + min(one, 0.0) for one in apart], [0.8] * 20)
    assert (one_way.may_as_well_turn, one_way.tells_apart) == (False, True)


def test_what_is_sooner_there_but_less_often_is_neither_better_nor_worse():
    one, other = [*[TEN] * 17, *[NEVER] * 3], [2 * TEN] * 20
    for found in (difference(TIME, one, other), difference(TIME, other, one)):
        assert (found.settled, found.shows) == (True, True)
        assert (found.is_two_edged, found.tells_apart) == (True, False)
    more_often = difference(TIME, [TEN] * 20, [*[2 * TEN] * 17, *[NEVER] * 3])
    assert (more_often.is_two_edged, more_often.tells_apart) == (False, True)


def test_in_how_many_runs_neither_gets_there_is_told_where_one_alone_does():
    found = difference(TIME, [*[TEN] * 17, *[NEVER] * 3], [NEVER] * 20)
    assert in_words(found, of_plans=True) == "only this reaches it in 17 of 20, neither in 3 of 20"


def test_of_how_many_pairs_a_range_is_stands_only_behind_a_range():
    """Where both ends read alike, the cell tells in how many runs it reads so."""
    alike = difference(TIME, [*[2 * TEN] * 19, NEVER], [*[TEN] * 19, NEVER])
    assert (range_cell(alike), tells_pairs(alike)) == ("in 19 of 20 runs", False)
    spread = [TEN * (2 + number) for number in range(19)]
    apart = difference(TIME, [*spread, NEVER], [*[TEN] * 19, NEVER])
    assert range_cell(apart).endswith(" in 19 of 20")
    assert tells_pairs(apart)
