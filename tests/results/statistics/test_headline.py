"""The answer in one sentence: each of them is read here."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest

from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.results.statistics.headline import headline, over_when

START = datetime(2021, 9, 24, 20, 0)
MINUTE, HOUR = 60_000.0, 3_600_000.0
NEVER = math.inf


def moment(value, up):
    whole = math.ceil(value / MINUTE) if up else math.floor(value / MINUTE)
    return START + timedelta(minutes=whole)


def times(t95, t90=None, t50=None):
    of = {0.95: t95, 0.9: t90 or t95, 0.5: t50 or t90 or t95}
    return lambda measure: of[measure.share]


def told(*lists):
    return over_when(times(*lists), moment)


def spread(runs, centre=4 * HOUR):
    return [centre + n * MINUTE for n in range(runs)]


def test_it_is_the_ninety_per_cent_quantile_rounded_up_to_the_minute():
    values = [value + 1 for value in spread(200)]
    # rank 181 of 200: 20:00 + 4 h + 180 min and a millisecond
    assert told(values) == (
        "90 % sure: 95 % of the devices that need the update have it by Sat 25 Sep 2021 03:01"
    )


@pytest.mark.parametrize("missed", range(20))
def test_runs_that_never_get_there_do_not_change_what_is_told(missed):
    values = spread(200 - missed) + [NEVER] * missed
    assert told(values) == (
        "90 % sure: 95 % of the devices that need the update have it by Sat 25 Sep 2021 03:00"
    )


def test_too_many_that_never_get_there_are_told_with_what_is_sure():
    assert told(spread(150) + [NEVER] * 50, spread(200, HOUR)) == (
        "Only in 150 of 200 runs do 95 % of the devices that need the update get it, too few to "
        "be 90 % sure; 90 % sure: 90 % of them have it by Sat 25 Sep 2021 00:00"
    )


def test_never_is_told_with_the_largest_share_that_is_sure():
    assert told([NEVER] * 200, spread(100) + [NEVER] * 100, spread(200, HOUR)) == (
        "In none of 200 runs do 95 % of the devices that need the update get it; "
        "90 % sure: 50 % of them have it by Sat 25 Sep 2021 00:00"
    )


def test_nothing_is_sure():
    assert told([NEVER] * 200, [NEVER] * 200, spread(20) + [NEVER] * 180) == (
        "In none of 200 runs do 95 % of the devices that need the update get it; "
        "nor can you be 90 % sure that half of them do"
    )


@pytest.mark.parametrize("runs", [5, 20, 200])
def test_half_of_them_in_no_run_is_told_as_that(runs):
    assert told([NEVER] * runs, [NEVER] * runs, [NEVER] * runs) == (
        f"In none of {runs} runs do 95 % of the devices that need the update get it; "
        "in none do even half of them"
    )


def test_runs_that_agree():
    assert told([4 * HOUR] * 30) == (
        "In each of 30 runs 95 % of the devices that need the update have it by "
        "Sat 25 Sep 2021 00:00"
    )
    assert told([NEVER] * 30, [4 * HOUR] * 30) == (
        "In none of 30 runs do 95 % of the devices that need the update get it; "
        "in each run 90 % of them have it by Sat 25 Sep 2021 00:00"
    )


def test_runs_of_which_nearly_all_agree_are_not_said_to_agree():
    assert told([HOUR, *[4 * HOUR] * 199]) == (
        "90 % sure: 95 % of the devices that need the update have it by Sat 25 Sep 2021 00:00"
    )
    assert told([HOUR, *[NEVER] * 199], [4 * HOUR] * 200).startswith(
        "Only in 1 of 200 runs do 95 %"
    )


def test_two_peaks():
    values = spread(15, 5.5 * HOUR) + spread(5, 26 * HOUR)
    assert told(values) == (
        "90 % sure: 95 % of the devices that need the update have it by Sat 25 Sep 2021 22:03 "
        "(in 15 of 20 runs by Sat 25 Sep 2021 01:44, else the night after, from 22:00)"
    )
    assert told([*values, NEVER]) == (
        "90 % sure: 95 % of the devices that need the update have it by Sat 25 Sep 2021 22:04 "
        "(in 15 of 21 runs by Sat 25 Sep 2021 01:44, else the night after, from 22:00; "
        "in 1 of them not at all)"
    )


@pytest.mark.parametrize(
    ("early", "late", "said"),
    [
        (14, 38, "by Sat 25 Sep 2021 10:14, else the day after, from 10:00"),
        (9, 16, "by Sat 25 Sep 2021 05:14, else later that day, from 12:00"),
        (2, 80, "by Fri 24 Sep 2021 22:14, else from Tue 28 Sep 2021 04:00"),
        (-1, 20, "by Fri 24 Sep 2021 19:14, else the day after, from 16:00"),
        (3.5, 24, "by Fri 24 Sep 2021 23:44, else the night after, from 20:00"),
        (4.5, 9, "by Sat 25 Sep 2021 00:44, else later that day, from 05:00"),
    ],
)
def test_the_later_peak_is_named_as_people_do(early, late, said):
    values = spread(15, (early + 10) * HOUR) + spread(5, (late + 10) * HOUR)
    shifted = over_when(times(values), lambda v, up: moment(v - 10 * HOUR, up))
    assert f"(in 15 of 20 runs {said})" in shifted


def test_few_runs_are_sure_of_nothing_and_say_so():
    assert told(spread(8)) == (
        "In each of 8 runs 95 % of the devices that need the update have it by "
        "Sat 25 Sep 2021 00:07 (9 or more runs are needed to be 90 % sure)"
    )
    assert told([*spread(3), NEVER], spread(4, HOUR)) == (
        "Only in 3 of 4 runs do 95 % of the devices that need the update get it; "
        "in each run 90 % of them have it by Fri 24 Sep 2021 21:03"
    )
    assert told([NEVER, NEVER, NEVER], [NEVER, 1.0, NEVER]) == (
        "In none of 3 runs do 95 % of the devices that need the update get it; "
        "nor do half of them in each run"
    )


def test_one_run_is_a_story():
    assert told([HOUR]) == (
        "In this one run 95 % of the devices that need the update have it by Fri 24 Sep 2021 21:00"
    )
    assert told([NEVER], [HOUR]) == (
        "In this one run 95 % of the devices that need the update do not get it; "
        "90 % of them have it by Fri 24 Sep 2021 21:00"
    )
    assert told([NEVER]) == (
        "In this one run 95 % of the devices that need the update do not get it; "
        "nor do half of them"
    )


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            [0.84 + n / 1000 for n in range(61)],
            "9 rollouts in 10 end with 84.2 % to 89.8 % of the targeted devices successful "
            "(median 87.0 %)",
        ),
        (
            [0.8, 0.9, 0.85],
            "80.0 % to 90.0 % of the targeted devices were successful in these 3 runs "
            "(median 85.0 %; the next rollout lies in that range with 50.0 %)",
        ),
        (
            [0.9] + [1.0] * 199,
            "9 rollouts in 10 end with 100.0 % of the targeted devices successful",
        ),
        ([1.0] * 20, "every run ends with 100.0 % of the targeted devices successful"),
        ([0.875], "87.5 % of the targeted devices end successful"),
    ],
)
def test_how_many_end_successful(shares, said):
    hours = [HOUR + n for n in range(len(shares))]

    def values(measure):
        return shares if measure == Measure(Kind.SUCCESSFUL) else hours

    assert headline(values, moment).endswith(f"; {said}")


@pytest.mark.parametrize(
    ("runs", "said"), [(1, "In this one run no targeted"), (20, "In each of 20 runs no targeted")]
)
def test_where_none_needs_the_update_that_is_the_sentence(runs, said):
    text = headline(lambda _: [0.0] * runs, moment)
    assert text.startswith(said)
    assert "successful" not in text
