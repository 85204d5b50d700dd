"""Numbers as people read them: what stands there must be true."""

from __future__ import annotations

import pytest

from fwsim.measures.amounts import (
    beside_each_other,
    counted,
    counted_again,
    is_nothing,
    shown_duration,
    shown_interval,
    shown_rate,
    shown_share,
    shown_size,
)
from fwsim.measures.measure import read_measure
from fwsim.messages import GERMAN, speaking

HOUR = 3_600_000.0


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0 %"),
        (1, "100.0 %"),
        (0.9996, "99.96 %"),
        (0.9994, "99.9 %"),
        (0.0004, "0.04 %"),
        (0.00001, "under 0.01 %"),
        (1 - 1e-12, "100.0 %"),
        (1e-12, "0.0 %"),
        (0.5, "50.0 %"),
        (0.99999998, "over 99.99 %"),
    ],
)
def test_only_none_is_0_and_only_all_is_100(share, text):
    assert shown_share(share) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0 s"),
        (0.2, "0.2 ms"),
        (1, "1 ms"),
        (12, "12 ms"),
        (400, "0.4 s"),
        (2000, "2 s"),
        (59_940, "59.9 s"),
        (59_960, "1 min 00 s"),
        (61_400, "1 min 01 s"),
        (3_599_600, "1 h 00 min"),
        (15_960_000, "4 h 26 min"),
        (360_000_000, "4 d 04 h"),
    ],
)
def test_a_duration_has_the_two_units_that_matter(milliseconds, text):
    assert shown_duration(milliseconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1 device"),
        (0, "0 devices"),
        (0.01, "0.01 devices"),
        (1.04, "1.0 devices"),
        (1600, "1,600 devices"),
        (0.04, "0.04 devices"),
    ],
)
def test_a_number_that_is_not_nothing_does_not_read_so(number, text):
    assert counted(number, "device") == text


def test_small_sizes_and_rates_have_units_of_their_own():
    assert [shown_size(s) for s in (0, 999, 999.6, 999_600_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "1.00 GB",
    ]
    assert [shown_rate(r) for r in (10, 8000, 12_500, 125_000_000)] == [
        "80 bit/s",
        "64.0 kbit/s",
        "0.1 Mbit/s",
        "1.00 Gbit/s",
    ]


def test_thousands_of_a_unit_are_parted():
    assert beside_each_other(470e6, 11_075e6, read_measure("WAN bytes").definition) == (
        "470.0 MB",
        "11,075.0 MB",
    )
    assert shown_size(12_000, like=500) == "12,000 B"
    assert shown_rate(250e9) == "2,000.00 Gbit/s"
    with speaking(GERMAN):
        assert shown_size(11_075e6, like=470e6) == "11\N{NO-BREAK SPACE}075,0 MB"


@pytest.mark.parametrize(
    ("words", "found", "texts"),
    [
        ("t95", (59_000, 58_000, 61_000), ("59 s", "58 s", "61 s")),
        (
            "t95",
            (99.9 * HOUR, 27.5 * HOUR, 101 * HOUR),
            ("99 h 54 min", "27 h 30 min", "101 h 00 min"),
        ),
        (
            "t95",
            (4.255 * HOUR, 4.255 * HOUR - 900, 4.255 * HOUR + 900),
            ("4 h 15 min 18 s", "4 h 15 min 17 s", "4 h 15 min 19 s"),
        ),
        (
            "t95",
            (4.253 * HOUR, 4.253 * HOUR - 90, 4.253 * HOUR + 90),
            ("4 h 15 min 10.8 s", "4 h 15 min 10.7 s", "4 h 15 min 10.9 s"),
        ),
        (
            "t95",
            (46.6 * 60_000, 12 * 60_000, 297.35 * 60_000),
            ("0 h 46 min", "0 h 12 min", "4 h 57 min"),
        ),
        ("t95", (30_000, 2_000, 119_000), ("30 s", "2 s", "119 s")),
        ("t95", (30_000, 2_000, 5_000_000), ("0 min 30 s", "0 min 02 s", "83 min 20 s")),
        ("successful", (0.8861, 0.88601, 0.88619), ("88.61 %", "88.60 %", "88.62 %")),
        ("WAN bytes", (999e6, 998e6, 1.01e9), ("999.0 MB", "998.0 MB", "1,010.0 MB")),
        ("WAN bytes", (1e9, 1e9 - 1, 1e9 + 1), ("1.00 GB", "1.00 GB", "1.00 GB")),
        (
            "prompts",
            (2452.5, 2452.46, 2452.54),
            ("2,452.50 notices", "2,452.46 notices", "2,452.54 notices"),
        ),
    ],
)
def test_an_interval_is_in_one_unit_with_the_digits_that_tell_its_ends_apart(words, found, texts):
    assert shown_interval(*found, read_measure(words).definition) == texts


@pytest.mark.parametrize(
    ("words", "value"), [("successful", 0.0003), ("t95", 20), ("prompts", 0.04)]
)
def test_what_nobody_can_see_is_nothing(words, value):
    definition = read_measure(words).definition
    assert is_nothing(value, definition)
    assert is_nothing(-value, definition)
    assert not is_nothing(100 * value, definition)


def test_numbers_beside_each_other_have_one_unit_unless_they_are_far_apart():
    definition = read_measure("t95").definition
    assert beside_each_other(109 * 60_000, 1_190_000, definition) == ("109 min 00 s", "19 min 50 s")
    assert beside_each_other(4 * HOUR, 5000, definition) == ("4 h 00 min", "5 s")
    assert beside_each_other(175 * 60_000, 1_190_000, definition) == ("2 h 55 min", "19 min 50 s")
    assert beside_each_other(2_400_000, 30 * HOUR, definition) == ("40 min 00 s", "30 h 00 min")
    assert beside_each_other(float("inf"), 5000, definition) == ("not reached", "5 s")


@pytest.mark.parametrize("number", [0, 1, 4.5, 1_090, 1_234_567])
def test_what_was_counted_in_english_is_counted_again_in_german(number):
    kept = counted(number, "device")
    assert counted_again(kept) == kept
    with speaking("de"):
        assert counted_again(kept) == counted(number, "device") != kept


@pytest.mark.parametrize("text", ["30 min", "1.2.3 devices", "devices", "over 99.99 %"])
def test_what_is_not_a_number_of_some_things_is_not_counted_again(text):
    assert counted_again(text, {"device"}) is None
