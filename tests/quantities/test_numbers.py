"""Elementary functions, laws and units."""

from __future__ import annotations

import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fwsim.quantities import units
from fwsim.quantities.counts import LARGEST_DURATION, LARGEST_RATE, LARGEST_SIZE
from fwsim.quantities.elementary import exponential, logarithm, normal_quantile
from fwsim.quantities.laws import (
    LONGEST_MS,
    Constant,
    Exponential,
    Lognormal,
    Sample,
    ScipyLaw,
    Uniform,
    whole_milliseconds,
)

CHANCES = np.linspace(0, 1, 2002)[1:-1]
LAWS = [
    Constant(3.0),
    Uniform(2.0, 9.0),
    Exponential(5.0),
    Lognormal(25.0, 180.0),
    Sample((3.0, 1.0, 2.0)),
    ScipyLaw("gamma", (("a", 2.0), ("scale", 30.0))),
]


@given(st.floats(-700, 700))
def test_the_exponential_is_that_of_the_library_but_for_the_last_bits(x):
    assert exponential(np.array([x]))[0] == pytest.approx(math.exp(x), rel=2e-14)


@given(st.floats(1e-300, 1e300))
def test_the_logarithm_is_that_of_the_library_but_for_the_last_bits(x):
    assert logarithm(np.array([x]))[0] == pytest.approx(math.log(x), rel=1e-14, abs=1e-14)


@given(st.floats(2.0**-53, 1 - 2.0**-53))
def test_the_normal_quantile_is_that_of_scipy(u):
    assert normal_quantile(np.array([u]))[0] == pytest.approx(
        stats.norm.ppf(u), rel=1e-12, abs=1e-14
    )


def test_the_bits_are_the_same_on_every_machine():
    x = np.array([0.1, 0.5, 0.975])
    assert [v.hex() for v in normal_quantile(x).tolist()] == [
        "-0x1.4813c36e26d33p+0",
        "0x0.0p+0",
        "0x1.f5c0331eeff82p+0",
    ]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_a_larger_chance_never_gives_a_smaller_value(law):
    assert (np.diff(law.quantile(CHANCES)) >= 0).all()


@pytest.mark.parametrize(
    ("law", "chance", "value"),
    [
        (Constant(3.0), 0.7, 3.0),
        (Uniform(2.0, 10.0), 0.25, 4.0),
        (Exponential(5.0), 1 - math.exp(-1), 5.0),
        (Lognormal(25.0, 180.0), 0.5, 25.0),
        (Lognormal(25.0, 180.0), 0.95, 180.0),
        (Sample((30.0, 10.0, 20.0)), 0.2, 10.0),
        (Sample((30.0, 10.0, 20.0)), 0.5, 20.0),
        (Sample((30.0, 10.0, 20.0)), 0.99, 30.0),
        (ScipyLaw("gamma", (("a", 1.0), ("scale", 5.0))), 1 - math.exp(-1), 5.0),
    ],
)
def test_values_of_laws(law, chance, value):
    assert law.quantile(np.array([chance]))[0] == pytest.approx(value, rel=1e-12)


def test_a_law_that_leaves_the_numbers_is_refused_without_a_word_of_the_library():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="make no law"):
            ScipyLaw("lognorm", (("s", 1e9),))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("gama", ()), ("gamma", ()), ("gamma", (("b", 2.0),)), ("gamma", (("a", -1.0),))],
)
def test_a_law_scipy_does_not_know_is_refused(name, parameters):
    with pytest.raises(ValueError, match=r"gama|gamma"):
        ScipyLaw(name, parameters)


def test_a_time_is_rounded_once_and_kept_in_range():
    values = np.array([-5.0, 0.4, 0.6, 1e300])
    assert whole_milliseconds(values).tolist() == [0, 0, 1, LONGEST_MS]


@pytest.mark.parametrize("name", units._USUAL)
def test_units_that_are_known_without_pint_are_what_pint_says(name):
    assert units._by_pint(name) == units._USUAL[name]


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (units.read_duration, "30 s", 30_000),
        (units.read_duration, "1 h 30 min", 5_400_000),
        (units.read_duration, "1.5h", 5_400_000),
        (units.read_duration, "2 days", 172_800_000),
        (units.read_duration, "0 s", 0),
        (units.read_size, "350 MB", 350_000_000),
        (units.read_size, "1 GiB", 2**30),
        (units.read_size, "0.5 TiB", 2**39),
        (units.read_size, "1 PB", 10**15),
        (units.read_rate, "20 Mbit/s", 2_500_000),
        (units.read_rate, "3.2 MB/s", 3_200_000),
        (units.read_share, "60 %", 0.6),
        (units.read_share, "0.6", 0.6),
    ],
)
def test_what_people_write(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "one", "other"),
    [
        (units.read_rate, "1.000 Mbit/s", "1 Mbit/s", "1000 Mbit/s"),
        (units.read_rate, "1,000 Mbit/s", "1 Mbit/s", "1000 Mbit/s"),
        (units.read_size, "2.500 MB", "2.5 MB", "2500 MB"),
        (units.read_size, "1,544 MB", "1.5440 MB", "1544 MB"),
        (units.read_duration, "1,500 s", "1.5 s", "1500 s"),
        (units.read_duration, "1.000 h", "1 h", "1000 h"),
        (units.read_duration, "1.500 min", "1.5 min", "1500 min"),
        (units.read_duration, "+3.600 s", "3.6 s", "3600 s"),
        (units.read_duration, "1.250 d", "1.25 d", "1250 d"),
    ],
)
def test_a_mark_before_three_digits_may_be_of_decimals_or_of_thousands(read, text, one, other):
    message = f"^{re.escape(repr(text))} may be {one} or {other}; write one of these$"
    with pytest.raises(ValueError, match=message):
        read(text)
    assert read(other) == pytest.approx(1000 * read(one))


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (units.read_size, "1.024 B", "not a size; .*; did you mean '1024 B'"),
        (units.read_rate, "9.600 bit/s", "may be 9.6 bit/s or 9600 bit/s"),
        (units.read_rate, "9.612 bit/s", "not a rate; .*; did you mean '9612 bit/s'"),
        (units.read_rate, "-1.000 Mbit/s", "'-1.000 Mbit/s' is negative"),
        (units.read_size, "-1.024 B", "'-1.024 B' is negative"),
        (units.read_duration, "-1.500 min", "'-1.500 min' is negative"),
        (units.read_duration, "-1.500", "'-1.500' is not a duration"),
    ],
)
def test_no_half_byte_and_nothing_below_nothing_is_asked_about(read, text, message):
    with pytest.raises(ValueError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.536 MB", ("1.5360 MB", "1536 MB")),
        ("2.048 kbit/s", ("2.0480 kbit/s", "2048 kbit/s")),
        ("350.123kB", ("350.1230kB", "350123kB")),
        ("1.536 MiB", ("1.5360 MiB", "1536 MiB")),
        ("1.544 Mbit/s", None),
        ("2.048 Mbit/s", None),
        ("1.536 GB", None),
        ("1.536 MB/s", None),
        ("1.5 MB", None),
        ("0.512 MB", None),
        ("1.2345 MB", None),
        ("1234.567 kB", None),
        ("1.899 s", None),
    ],
)
def test_what_is_read_as_decimals_and_may_be_thousands(text, readings):
    assert units.may_be_thousands(text) == readings


@pytest.mark.parametrize("mark", ["'", "’", " ", "\u202f"])
def test_a_mark_that_can_only_be_of_thousands_is_left_out_of_the_hint(mark):
    with pytest.raises(ValueError, match=r"; did you mean '1000 MB'\?$"):
        units.read_size(f"1{mark}000 MB")


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (units.read_rate, "0.512 Mbit/s", 64_000),
        (units.read_rate, "1000.125 kbit/s", 125_016),
        (units.read_rate, "1.544 Mbit/s", 193_000),
        (units.read_rate, "2.048 Mbit/s", 256_000),
        (units.read_size, "1.0240 MB", 1_024_000),
        (units.read_duration, "1.899 s", 1899),
        (units.read_duration, "90.000 ms", 90),
        (units.read_duration, "1 h 1.500 s", 3_601_500),
        (units.read_size, "1.536 MB", 1_536_000),
        (units.read_share, "1.000 %", 0.01),
        (units.read_share, "12.345 %", 0.12345),
        (units.read_share, "1.000", 1.0),
    ],
)
def test_a_number_that_can_be_one_only_is_read(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize("unit", ["us", "µs", "ns"])
def test_no_second_is_meant_by_a_part_of_one(unit):
    with pytest.raises(ValueError, match=r"is not a unit$"):
        units.read_duration(f"5 {unit}")


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (units.read_share, "5 %/h"),
        (units.read_share, "50 % 10 %"),
        (units.read_share, "5 k%"),
        (units.read_share, "5 kpercent"),
        (units.read_share, "60_0%"),
        (units.read_share, "5 %**1"),
        (units.read_duration, "5*min"),
        (units.read_duration, "2 min**1"),
        (units.read_duration, "2 min^1"),
        (units.read_duration, "5 kmin"),
        (units.read_duration, "5 Ms"),
        (units.read_duration, "5 min -2 min"),
        (units.read_duration, "5 min 5 min"),
        (units.read_duration, "5 day/day*s"),
        (units.read_duration, "2 min min"),
        (units.read_duration, "5 min + 2 s"),
        (units.read_rate, "10 Mbit/s 5 Mbit/s"),
        (units.read_rate, "10 Mbit/s*s/s"),
        (units.read_size, "5 MB 1 kB"),
        (units.read_size, "5 (MB)"),
    ],
)
def test_what_is_more_than_a_number_and_a_unit_is_refused(read, text):
    with pytest.raises(ValueError, match="is not a"):
        read(text)


@given(st.integers(0, LARGEST_DURATION), st.integers(0, LARGEST_SIZE), st.integers(0, LARGEST_RATE))
def test_durations_sizes_and_rates_read_back_as_they_were_written(duration, size, rate):
    assert units.read_duration(units.write_duration(duration)) == duration
    assert units.read_size(units.write_size(size)) == size
    assert units.read_rate(units.write_rate(rate)) == rate


@pytest.mark.parametrize(
    ("read", "largest", "more", "reason"),
    [
        (units.read_duration, "36500 d", "36501 d", "a duration is 100 years"),
        (units.read_size, "1000 TB", "1000.001 TB", "a size is 1 PB"),
        (units.read_rate, "1 Tbit/s", "80000 Tbit/s", "a rate is 1 Tbit/s at most"),
    ],
)
def test_more_than_the_clocks_can_count_is_refused_with_the_reason(read, largest, more, reason):
    assert read(largest) > 0
    with pytest.raises(ValueError, match=reason):
        read(more)


@given(st.integers(0, 10**6).map(lambda n: n / 10**6))
def test_shares_read_back_as_they_were_written(share):
    assert units.read_share(units.write_share(share)) == share
    assert units.read_share(units.write_share(share / 10**6)) == share / 10**6


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (units.write_duration(90_000), "90 s"),
        (units.write_duration(86_400_000), "1 d"),
        (units.write_size(2_350_000_000), "2.35 GB"),
        (units.write_rate(3_200_000), "25.6 Mbit/s"),
        (units.write_rate(128_000), "1.024 Mbit/s"),
        (units.write_size(12_340_000), "12.34 MB"),
        (units.write_size(12_345_000), "12345 kB"),
        (units.write_size(1_234_567_000), "1234.567 MB"),
        (units.write_size(1_234_000_000), "1.234 GB"),
        (units.write_rate(60_917), "487336 bit/s"),
        (units.write_share(0.005), "0.5 %"),
    ],
)
def test_values_are_written_short(written, text):
    assert written == text


def test_a_share_too_small_to_be_written_out_is_none():
    assert units.write_share(1e-200) == "0 %"
    assert units.read_share(units.write_share(1e-90)) == 1e-90
