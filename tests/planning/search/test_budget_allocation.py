"""Dividing runs among plans: OCBA on the textbooks' cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.planning.search.budget_allocation import next_for_runs, optimal_allocation
from fwsim.planning.search.candidate import Candidate
from fwsim.planning.search.question import question_of
from fwsim.run import prepare
from tests.planning import small_fleets


@pytest.fixture(params=[100, pytest.param(400, marks=pytest.mark.slow)])
def trials(request):
    """How many experiments are made to count how often the best is selected."""
    return request.param


def test_the_allocation_is_that_of_the_paper():
    # Two rivals at distances 1 and 2 with equal noise: N2/N3 = (2/1)^2 = 4, and
    # N1 = sqrt(N2^2 + N3^2).
    one, two, three = optimal_allocation([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 100_000)
    assert two / three == pytest.approx(4, rel=1e-3)
    assert one == pytest.approx(np.hypot(two, three), rel=1e-3)


def test_noisier_systems_get_more():
    _, two, three = optimal_allocation([1.0, 2.0, 2.0], [1.0, 3.0, 1.0], 100_000)
    assert two / three == pytest.approx(9, rel=1e-3)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8),
    st.integers(0, 1000),
)
def test_an_allocation_spends_the_budget(means, budget):
    shares = optimal_allocation(means, [1.0] * len(means), budget)
    assert sum(shares) == budget
    assert min(shares) >= 0


def test_the_allocation_finds_the_best_more_often_than_equal_shares(trials):
    """On the slippage configuration with one noisy rival, at the same number of runs."""
    means, noise, budget = np.array([1.0, 0, 0, 0, 0]), np.array([1.0, 6, 1, 1, 1]), 200
    right = {"equal": 0, "ocba": 0}
    for trial in range(trials):
        generator = np.random.Generator(np.random.Philox(key=trial))
        values = means[:, None] + noise[:, None] * generator.normal(size=(5, budget))
        right["equal"] += int(values[:, : budget // 5].mean(axis=1).argmax()) == 0
        done = [10] * 5
        while sum(done) < budget:
            seen = [values[s, : done[s]] for s in range(5)]
            wanted = optimal_allocation(
                [s.mean() for s in seen],
                [s.std(ddof=1) for s in seen],
                sum(done) + 10,
                more_is_better=True,
            )
            lack = [w - d for w, d in zip(wanted, done, strict=True)]
            done[int(np.argmax(lack))] += 10
        final = [values[s, : done[s]].mean() for s in range(5)]
        right["ocba"] += int(np.argmax(final)) == 0
    assert right["ocba"] > right["equal"] + trials / 20


def test_whether_limits_are_kept_is_seen_first_and_then_the_goal_divides_the_runs():
    question = question_of(prepare(small_fleets.people(100)))
    lost, prompts = question.goals
    good = {limit.measure: 1.0 if limit.wants_more else 0.0 for limit in question.limits}

    def looked_at(place, runs, minutes):
        values = {n: {lost: minutes + n % 3, prompts: 1.0, **good} for n in range(runs)}
        return Candidate((place,), {}, values=values)

    first, second, far = looked_at(0, 50, 10.0), looked_at(1, 10, 11.0), looked_at(2, 50, 900.0)
    assert next_for_runs([first, second, far], question) == [second]
    second = looked_at(1, 50, 11.0)
    assert far not in next_for_runs([first, second, far], question)
    assert next_for_runs([first], question) == []
