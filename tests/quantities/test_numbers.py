"""Elementary functions, laws and units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fwsim.quantities import units
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
        (units.read_rate, "20 Mbit/s", 2_500_000),
        (units.read_rate, "3.2 MB/s", 3_200_000),
        (units.read_share, "60 %", 0.6),
        (units.read_share, "0.6", 0.6),
    ],
)
def test_what_people_write(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (units.read_duration, "30", "is not a duration; write for example 30 s"),
        (units.read_duration, "30 dys", "'dys' is no unit; did you mean 'days'?"),
        (units.read_duration, "30 MB", "'MB' is the unit of a size"),
        (units.read_duration, "30 m", "'m' is no unit; did you mean 'min'?"),
        (units.read_duration, "-1 s", "is negative"),
        (units.read_duration, "1 s and", "is not a duration"),
        (units.read_duration, "1e9 s", "is not a duration"),
        (units.read_duration, "9" * 5000 + " s", "is not a duration"),
        (units.read_size, "12 Mb", "'Mb' is no unit"),
        (units.read_rate, "20 Mbit", "'Mbit' is the unit of a size"),
        (units.read_share, "101 %", "a share is 0 % to 100 %"),
        (units.read_share, "-1", "is not a share"),
        (units.read_share, "nan", "is not a share"),
        (units.read_share, "1e-5", "is not a share"),
    ],
)
def test_what_is_none(read, text, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        read(text)


@given(st.integers(0, 10**15))
def test_durations_sizes_and_rates_read_back_as_they_were_written(value):
    assert units.read_duration(units.write_duration(value)) == value
    assert units.read_size(units.write_size(value)) == value
    assert units.read_rate(units.write_rate(value)) == value


@given(st.integers(0, 10**6).map(lambda n: n / 10**6))
def test_shares_read_back_as_they_were_written(share):
    assert units.read_share(units.write_share(share)) == share


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (units.write_duration(90_000), "90 s"),
        (units.write_duration(86_400_000), "1 d"),
        (units.write_size(2_350_000_000), "2.35 GB"),
        (units.write_rate(3_200_000), "25.6 Mbit/s"),
        (units.write_share(0.005), "0.5 %"),
    ],
)
def test_values_are_written_short(written, text):
    assert written == text
