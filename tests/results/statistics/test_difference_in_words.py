"""How two plans differ, told in words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from fwsim.cli.comparing import _notes as notes_of_comparison
from fwsim.cli.staging import _notes as notes_of_stages
from fwsim.results.statistics.difference import difference
from fwsim.results.statistics.difference_in_words import (
    in_words,
    is_open,
    range_cell,
    settled_cell,
    signed_range,
    told,
)
from tests.results.statistics.measures_of_pairs import MINUTE, NEVER, PROMPTS, SHARE, TEN, TIME


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
