"""The lowest place of a function, held against SciPy's search by the same method."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from fwsim.learning.descent import lowest

FLAT = 1e-6


def valley(place):
    return float(100.0 * (place[1] - place[0] ** 2) ** 2 + (1.0 - place[0]) ** 2)


def bowl(place):
    weights = np.arange(1.0, len(place) + 1)
    return float((weights * (place - weights) ** 2).sum() + 0.1 * (place**4).sum())


def logistic(place):
    seen = np.linspace(-2.0, 3.0, 40)
    return float(np.logaddexp(0.0, -(place[0] + place[1] * seen)).sum() + 0.5 * (place**2).sum())


@pytest.mark.parametrize(
    ("function", "start"),
    [(valley, [-1.2, 1.0]), (bowl, [9.0, -3.0, 0.0, 40.0]), (logistic, [5.0, -5.0])],
)
def test_it_ends_where_scipy_does(function, start):
    found = lowest(function, np.array(start), FLAT)
    other = minimize(function, start, method="BFGS", options={"gtol": FLAT})
    assert function(found) <= other.fun + 1e-6
    assert found == pytest.approx(other.x, abs=1e-3)


def test_where_nothing_is_lower_it_stays():
    assert lowest(lambda place: 0.0 * place[0], np.array([2.0]), FLAT).tolist() == [2.0]


def test_a_step_into_where_the_function_is_not_is_taken_back():
    def only_above_zero(place):
        return float(place[0] - np.log(place[0])) if place[0] > 0.0 else 1e12

    assert lowest(only_above_zero, np.array([30.0]), FLAT) == pytest.approx([1.0], abs=1e-4)


def test_a_function_without_a_lowest_place_ends_all_the_same():
    assert np.isfinite(lowest(lambda place: float(-place[0]), np.zeros(1), FLAT)).all()
