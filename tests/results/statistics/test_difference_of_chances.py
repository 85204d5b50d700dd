"""Two chances of a plan, run in pairs: by how much they differ, and how surely."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.measures.measure import read_measure
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.difference_in_words import (
    in_words,
    range_cell,
    signed_range,
    told,
)

CHANCE = read_measure("chance of 95 % by 2021-09-25 06:00")


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
