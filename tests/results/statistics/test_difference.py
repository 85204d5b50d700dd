"""Two plans, run in pairs: what differs, and whether it is settled."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from fwsim.cli.comparing import _notes as notes_of_comparison
from fwsim.cli.staging import _notes as notes_of_stages
from fwsim.measures.measure import read_measure
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.difference_in_words import (
    in_words,
    is_open,
    range_cell,
    saved_in_words,
    settled_cell,
    signed,
    signed_range,
    tells_pairs,
    told,
)

TIME = read_measure("time to 95 %")
CHANCE = read_measure("chance of 95 % by 2021-09-25 06:00")
MINUTE = 60_000


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


NEVER, TEN = math.inf, 10.0 * MINUTE


@pytest.mark.parametrize(
    ("one", "other", "said", "span", "words"),
    [
        (
            [NEVER] * 4,
            [TEN] * 4,
            "only the first reaches it",
            "",
            "not settled: is reached only without it",
        ),
        ([TEN] * 8, [NEVER] * 8, "only this reaches it", "", "is reached only with it"),
        (
            [NEVER] * 6 + [TEN] * 2,
            [TEN] * 8,
            "only the first reaches it in 6 of 8",
            "at least 0 s",
            "not settled: is reached only without it in 6 of 8 runs",
        ),
        (
            [TEN] * 3 + [NEVER],
            [TEN] * 4,
            "0 s; only the first reaches it in 1 of 4",
            "at least 0 s",
            "not settled: 0 s (at least 0 s in these 4); reached only without it in 1 of 4 runs",
        ),
        (
            [TEN] * 3 + [NEVER],
            [2 * TEN] * 4,
            "−10 min 00 s; only the first reaches it in 1 of 4",
            "at least −10 min 00 s",
            "not settled: −10 min 00 s (at least −10 min 00 s in these 4); "
            "reached only without it in 1 of 4 runs",
        ),
        (
            [TEN] * 5 + [2 * TEN, NEVER, NEVER],
            [TEN] * 8,
            "0 s; only the first reaches it in 2 of 8",
            "at least 0 s",
            "not settled: 0 s (at least 0 s in these 8); reached only without it in 2 of 8 runs",
        ),
        (
            [TEN] * 4 + [NEVER] * 2,
            [NEVER] * 2 + [TEN] * 4,
            "0 s; only this reaches it in 2 of 6, only the first in 2",
            "",
            "not settled: 0 s; reached only without it in 2 of 6 runs, only with it in 2 of 6 runs",
        ),
    ],
)
def test_what_is_not_reached_is_told_in_words(one, other, said, span, words):
    found = difference(TIME, one, other)
    assert (told(found), signed_range(found), in_words(found)) == (said, span, words)
    assert "never" not in said + span + words


def test_the_near_end_of_an_open_range_is_told_as_the_difference_is():
    later = [(6 + n % 3) * TEN for n in range(20)]
    found = difference(TIME, [TEN] * 20, [*later[:-2], NEVER, NEVER])
    assert signed_range(found) == "at most −0 h 50 min"
    assert in_words(found).startswith("1 h 00 min less (at least 0 h 50 min, 9 rollouts in 10)")
    turned = difference(TIME, [*later[:-2], NEVER, NEVER], [TEN] * 20)
    assert in_words(turned).startswith("1 h 00 min more (at least 0 h 50 min, 9 rollouts in 10)")


def test_a_range_without_ends_is_told_as_open():
    found = difference(TIME, [TEN] * 4 + [NEVER] * 2, [NEVER] * 2 + [TEN] * 4)
    assert range_cell(found) == "open"


@pytest.mark.parametrize("are_lost", [True, False])
def test_what_an_open_range_is_stands_below_the_table(are_lost):
    """ "(open)" stood in tables of `compare` and `stages`, and nothing said what it means."""
    one, other = [TEN] * 4 + [NEVER] * 2 * are_lost, [NEVER] * 2 * are_lost + [2 * TEN] * 4
    found = difference(TIME, one, other)
    assert is_open(found) is are_lost
    comparison = SimpleNamespace(
        level=0.95,
        runs=6,
        under_way=False,
        first_measures=(TIME,),
        answers=(None, None),
        shared=(),
        difference=lambda *_: found,
    )
    policy = SimpleNamespace(later_than=lambda _: found)
    notes = [*notes_of_comparison(comparison), *notes_of_stages([policy, policy], 6)]
    assert sum(note.startswith("Open: in some runs") for note in notes) == 2 * are_lost


@pytest.mark.parametrize(
    ("more", "cell"),
    [
        ([5] * 20, "in every run"),
        ([5] * 19 + [6], "+5 to +6"),
        ([5] * 39 + [6], "in 39 of 40 runs"),
    ],
)
def test_a_range_whose_ends_read_alike_tells_in_how_many_pairs(more, cell):
    found = difference(PROMPTS, [10.0 + n for n in more], [10.0] * len(more))
    assert (told(found), range_cell(found)) == ("+5 notices", cell)


def test_what_is_settled_is_told_with_how_much_it_is_at_least():
    """A mean may be known to differ by what matters to nobody."""
    found = difference(SHARE, [0.5 + 0.011 * (n < 15) for n in range(20)], [0.5] * 20)
    # mean 0.825 points, standard deviation 0.4887, half-width 2.093 * 0.4887 / sqrt(20) = 0.229
    assert settled_cell(found) == "+0.6 points"
    hardly = difference(SHARE, [0.5 + 0.00031 * (n % 5) for n in range(20)], [0.5] * 20)
    assert settled_cell(hardly) == "+0.04 points"
    turned = difference(TIME, [TEN] * 20, [TEN + n * MINUTE for n in range(1, 21)])
    assert settled_cell(turned) == "−7 min 44 s"
    assert settled_cell(difference(TIME, [NEVER] * 12, [TEN] * 12)) == "yes"
    assert settled_cell(difference(TIME, [TEN, 2 * TEN], [2 * TEN, TEN + MINUTE])) == "no"


@pytest.mark.parametrize(
    ("compared", "of", "cell", "words"),
    [
        (6, 20, "1 min 00 s to 6 min 00 s in 6 of 20", "in the 6 of 20 that can be compared)"),
        (
            20,
            24,
            "1 min 00 s to 20 min 00 s in 20 of 24",
            ", 9 in 10 of the rollouts that can be compared, as 20 of 24 can)",
        ),
        (20, 20, "1 min 00 s to 20 min 00 s", ", 9 rollouts in 10)"),
        (18, 18, "1 min 00 s to 18 min 00 s", "in these 18)"),
    ],
)
def test_a_range_says_of_how_many_pairs_it_is_and_is_nine_in_ten_only_of_enough(
    compared, of, cell, words
):
    gaps = [NEVER] * (of - compared)
    one = [TEN + n * MINUTE for n in range(1, compared + 1)]
    found = difference(TIME, one + gaps, [TEN] * compared + gaps)
    assert range_cell(found, "+").replace("+", "") == cell
    assert words in in_words(found)


@pytest.mark.parametrize(("apart", "settled"), [(5, False), (6, True)])
def test_a_chance_is_settled_by_mcnemars_exact_test(apart, settled):
    # All of n discordant pairs on one side: p = 2 / 2^n, below 5 % from n = 6 on.
    one = [1.0] * apart + [0.0] * (20 - apart)
    assert difference(CHANCE, one, [0.0] * 20).settled is settled


@pytest.mark.parametrize(
    ("ups", "downs", "same", "said", "cell", "words"),
    [
        (
            26,
            0,
            14,
            "+65.0 points",
            "+45.8 points to +78.0 points at 95 %",
            "65.0 points more (45.8 points to 78.0 points at 95 %), more in 26 of 40 runs",
        ),
        (
            2,
            8,
            30,
            "−15.0 points",
            "−29.9 points to +1.3 points at 95 %",
            "not settled: −15.0 points (−29.9 points to +1.3 points at 95 %)",
        ),
        (
            5,
            0,
            35,  # the exact test has 6 % for it
            "+12.5 points",
            "0.0 points to +23.7 points at 95 %",
            "not settled: +12.5 points (0.0 points to +23.7 points at 95 %)",
        ),
    ],
)
def test_two_chances_differ_by_shares_of_the_runs_with_an_interval(
    ups, downs, same, said, cell, words
):
    one = [1.0] * ups + [0.0] * downs + [1.0] * same
    other = [0.0] * ups + [1.0] * downs + [1.0] * same
    found = difference(CHANCE, one, other)
    assert (told(found), range_cell(found), in_words(found)) == (said, cell, words)
    assert found.next_one is None


@pytest.mark.parametrize("runs", [2, 3, 20, 200])
def test_the_interval_of_two_chances_holds_what_is_told_and_stays_within_all_of_the_runs(runs):
    for ups in {0, 1, runs // 2, runs - 1, runs}:
        found = difference(CHANCE, [1.0] * ups + [0.0] * (runs - ups), [0.0] * runs)
        assert -1 <= found.low <= found.value <= found.high <= 1
        assert found.settled == (found.low > 0)
        assert found.half_width > 0  # that all runs agree leaves doubt


def test_the_interval_of_two_chances_covers_them_as_often_as_it_says():
    # 2,000 experiments at 95 %: fewer than 1,840 hits have a chance below 1e-9.
    generator = np.random.Generator(np.random.Philox(12))
    pairs = generator.choice([1.0, -1.0, 0.0], (2000, 60), p=[0.3, 0.1, 0.6])
    found = [difference(CHANCE, row.clip(0, 1), (-row).clip(0, 1)) for row in pairs]
    assert sum(one.low <= 0.2 <= one.high for one in found) >= 1840


def test_less_than_can_be_told_keeps_its_direction():
    share = read_measure("successful")
    found = difference(share, [0.5] * 19 + [0.2], [0.5 + 1e-6] * 20)
    assert told(found) == "under 0.01 points less"
    assert signed_range(found) == "−30.0 points to under 0.01 points less"
    found = difference(share, [0.5 + 1e-6] * 20, [0.5] * 20)
    assert told(found) == "under 0.01 points more"
    assert in_words(found) == "under 0.01 points more, more in 20 of 20 runs"
    assert told(difference(share, [1 - 1e-6] * 2, [0.0] * 2)) == "over 99.99 points more"
    assert told(difference(share, [0.5] * 2, [0.5] * 2)) == "0.0 points"


def test_it_tells_how_many_runs_would_settle_it():
    found = difference(TIME, [1.0, 5.0, 1.0, 5.0], [2.0] * 4)
    assert not found.settled
    assert found.runs_to_settle == math.ceil(4 * (found.half_width / found.value) ** 2)


@pytest.mark.parametrize("runs", [2, 5, 20, 40, 200])
def test_a_chance_that_is_not_settled_is_said_to_take_more_runs_than_there_are(runs):
    for ups in range(min(runs, 8) + 1):
        for downs in range(min(runs - ups, 4) + 1):
            found = difference(CHANCE, *chances(ups, downs, runs))
            if found.settled or ups == downs:
                assert found.runs_to_settle is None
                continue
            assert found.runs_to_settle > runs
            more = [round(way * found.runs_to_settle / runs) for way in (ups, downs)]
            assert difference(CHANCE, *chances(*more, found.runs_to_settle)).settled


def chances(ups, downs, runs):
    same = [0.0] * (runs - ups - downs)
    return [1.0] * ups + [0.0] * downs + same, [0.0] * ups + [1.0] * downs + same


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


SHARE, PROMPTS = read_measure("successful"), read_measure("prompts")


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
