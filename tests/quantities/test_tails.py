"""What is left of a law beyond a bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fwsim.quantities.laws import (
    Constant,
    Exponential,
    Law,
    Lognormal,
    Sample,
    ScipyLaw,
    Uniform,
    whole_milliseconds,
)
from fwsim.quantities.tails import beyond

SIGMA = np.log(5) / stats.norm.ppf(0.95)
KNOWN = [
    (Uniform(10.0, 30.0), stats.uniform(10.0, 20.0)),
    (Exponential(40.0), stats.expon(scale=40.0)),
    (Lognormal(60.0, 300.0), stats.lognorm(SIGMA, scale=60.0)),
    (ScipyLaw("gamma", (("a", 2.0), ("scale", 30.0))), stats.gamma(2.0, scale=30.0)),
]
IDS = ["uniform", "exponential", "lognormal", "of scipy"]


@pytest.mark.parametrize(("law", "same"), KNOWN, ids=IDS)
@pytest.mark.parametrize("left", [0.5, 0.01, 1e-6])
def test_a_chance_is_spread_as_the_law_leaves_it(law, same, left):
    luck = (np.arange(2000) + 0.5) / 2000
    bound = np.full(2000, same.isf(left))
    share, chances = beyond(law.quantile, bound, luck)
    assert share == pytest.approx(np.full(2000, left), rel=1e-6)
    values = law.quantile(chances)
    assert (values > bound).all()
    assert values == pytest.approx(same.isf(left * (1 - luck)), rel=1e-6)


def test_what_is_rounded_to_milliseconds_is_beyond_to_the_millisecond():
    law = Lognormal(60.0, 300.0)
    bound = np.arange(0, 4000)
    share, chances = beyond(
        lambda at: whole_milliseconds(law.quantile(at)), bound, np.full(4000, 1e-9)
    )
    assert (whole_milliseconds(law.quantile(chances)) == bound + 1)[:300].all()
    assert (whole_milliseconds(law.quantile(chances)) > bound)[share > 0].all()
    assert (np.diff(share) <= 0).all()


ENDS: list[tuple[Law, float]] = [
    (Constant(5.0), 5.0),
    (Uniform(1.0, 2.0), 2.0),
    (Sample((1.0, 3.0, 7.0)), 7.0),
    (Lognormal(60.0, 300.0), 1e9),
]


@pytest.mark.parametrize(("law", "end"), ENDS)
def test_nothing_is_left_beyond_the_largest_value(law, end):
    share, _ = beyond(law.quantile, np.array([end, 1e12]), np.array([0.3, 0.999]))
    assert share.tolist() == [0.0, 0.0]


def test_of_a_sample_the_larger_values_are_left():
    law = Sample((1.0, 3.0, 7.0, 9.0))
    share, chances = beyond(law.quantile, np.array([3.0, 3.0, 0.5]), np.array([0.2, 0.7, 0.1]))
    assert share == pytest.approx([0.5, 0.5, 1.0])
    assert law.quantile(chances).tolist() == [7.0, 9.0, 1.0]
