"""What is told of the inputs that make the doubt."""

import math

import numpy as np
import pytest

from fwsim.measures.measure import read_measure
from fwsim.results.statistics.input_shares import InputShare, Shares
from fwsim.results.statistics.spread import two_way_split
from fwsim.results.statistics.spread_answer import SpreadOf
from fwsim.results.statistics.spread_in_words import _range, both_in_words, inputs_in_words


def told(*inputs, **of_all):
    table = np.arange(12.0).reshape(4, 3)
    shares = Shares(inputs, sum(one.share for one in inputs), **of_all)
    return inputs_in_words(SpreadOf(read_measure("t50"), two_way_split(table), shares))


def test_a_range_of_few_runs_is_not_called_that_of_nine_rollouts_in_ten():
    assert both_in_words("spread.both", 18) == "both: range of 18 runs"
    assert both_in_words("spread.both", 19) == "both: 9 rollouts in 10"


def test_where_luck_outweighs_doubt_more_runs_of_each_world_are_asked_for():
    (only,) = told(lucks_are_few=True)
    assert only.endswith("More runs of each world would show it.")


@pytest.mark.parametrize(
    ("inputs", "last"),
    [
        ([InputShare("line", 0.6, 0.1, 0.06)], "Measure first: line."),
        ([InputShare("line", 0.2, 0.3, 0.02)], "No input stands out."),
        ([InputShare("answer", 0.8, 0.1, 0.8)], "Most of it comes from how rollouts differ"),
        ([InputShare("answer", 0.3, 0.1, 0.3)], "No input stands out of which more"),
        (
            [InputShare("answer", 0.5, 0.1, 0.5), InputShare("line", 0.2, 0.2, 0.02)],
            "Most of it comes from how rollouts differ (answer)",
        ),
    ],
)
def test_only_what_stands_out_is_to_be_measured_first(inputs, last):
    explained, measure_first = told(*inputs)
    assert explained.startswith("Along straight lines the inputs explain")
    assert measure_first.startswith(last)


@pytest.mark.parametrize(
    ("only", "words"),
    [
        (InputShare("line", 1.0, 0.0, 0.1), "would take 90 % from"),
        (InputShare("line", 1.0, 0.0, 0.52, 0.47), "would take at least 48 % from"),
        (InputShare("line", 1.0, 0.0, 1.0, 1.0), "would take at least 0 % from"),
        (InputShare("answer", 1.0, 0.0, 1.0, 0.4), "no observation of one rollout narrows that"),
    ],
)
def test_the_only_input_explains_all_and_what_bends_makes_the_gain_a_lower_bound(only, words):
    explained, measure_first = told(only)
    assert explained == "The inputs together explain 100 % of the doubt."
    assert words in measure_first


def test_where_straight_lines_explain_a_part_the_gain_is_a_lower_bound_too():
    explained, measure_first = told(InputShare("line", 0.6, 0.1, 0.06))
    assert "explain 60 % of the doubt; the rest is thresholds" in explained
    assert "at least 54 %" in measure_first


def test_where_no_input_moves_nothing_is_said_of_a_rest():
    explained, _ = told()
    assert explained == "The inputs together explain 0 % of the doubt."


@pytest.mark.parametrize(
    ("worlds", "lucks", "narrower"),
    [
        ([0.0, 100.0, 200.0, 300.0], [0.0, 0.0, 0.0], "68 %"),  # 1 − √0.1, all of it doubt
        ([0.0, 1.0, 2.0, 3.0], [0.0, 100.0, 200.0], "0 %"),
    ],
)
def test_luck_stays_in_a_range_of_which_doubt_is_taken(worlds, lucks, narrower):
    split = two_way_split(np.add.outer(worlds, lucks))
    shares = Shares((InputShare("line", 1.0, 0.0, 0.1),), 1.0)
    _, told_first = inputs_in_words(SpreadOf(read_measure("t50"), split, shares))
    assert told_first.endswith(f"The forecast's range then gets about {narrower} narrower.")


@pytest.mark.parametrize("explained", [1.0, 0.6])
def test_a_range_without_two_ends_gets_no_narrower(explained):
    split = two_way_split(np.add.outer([0.0, 100.0, 200.0, 300.0], [0.0, 0.0]))
    shares = Shares((InputShare("line", explained, 0.1, explained / 10),), explained)
    one = SpreadOf(read_measure("t50"), split, shares)
    assert inputs_in_words(one, narrows=False)[-1].endswith("; luck stays.")
    assert "narrower" in inputs_in_words(one)[-1]


def test_luck_or_doubt_alone_make_whole_numbers_of_things():
    one = SpreadOf(
        read_measure("prompts"), two_way_split(np.arange(12.0).reshape(4, 3)), Shares((), 0)
    )
    assert _range(one, 4.2, 90.8) == "4 notices to 91 notices"
    assert _range(one, 4.2, math.inf) == "4 notices or more"
