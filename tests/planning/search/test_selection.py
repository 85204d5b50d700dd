"""Selecting the best of a few: KN on the textbooks' cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, t

from fwsim.planning.search.selection import select_best


@pytest.fixture(params=[100, pytest.param(400, marks=pytest.mark.slow)])
def trials(request):
    """How many experiments are made to count how often the best is selected."""
    return request.param


def promised(confidence, trials):
    """Return as many hits as promised; the seeds are fixed, so there is no false alarm.

    In few experiments luck is great: so many that fewer have a chance below 1e-6.
    """
    return confidence * trials if trials >= 400 else binom.ppf(1e-6, trials, confidence)


def hits(means, trials, *, correlation=0.0, deviations=None, indifference=1.0, **options):
    """Return in how many of so many experiments the first system, the best, was selected."""
    count = 0
    runs = 0
    scale = np.array(deviations or [1.0] * len(means))
    for trial in range(trials):
        generator = np.random.Generator(np.random.Philox(key=trial))
        shared = generator.normal(size=3000) * np.sqrt(correlation)
        own = generator.normal(size=(len(means), 3000)) * np.sqrt(1 - correlation)
        values = np.array(means)[:, None] + scale[:, None] * (shared + own)
        found = select_best(
            lambda systems, a, b, v=values: v[list(systems), a:b].tolist(),
            len(means),
            indifference=indifference,
            more_is_better=True,
            **options,
        )
        assert found.is_settled
        count += found.best == 0
        runs += sum(found.runs)
    return count, runs / trials


@pytest.mark.slow
@pytest.mark.parametrize(
    ("systems", "confidence", "correlation", "spread"),
    [
        (2, 0.95, 0.0, 2.0),
        (5, 0.95, 0.0, 2.0),
        (10, 0.9, 0.0, 2.0),
        (5, 0.9, 0.5, 3.0),
        (5, 0.75, 0.0, 2.0),
        (10, 0.95, 0.8, 3.0),
    ],
)
def test_the_best_is_selected_as_often_as_promised_on_the_slippage_configuration(
    trials, systems, confidence, correlation, spread
):
    # The hardest case of the textbooks: all others are worse by just the indifference.
    count, _ = hits(
        [1.0, *(0.0 for _ in range(systems - 1))],
        trials,
        correlation=correlation,
        deviations=[spread] * systems,
        confidence=confidence,
    )
    assert count >= promised(confidence, trials)


@pytest.mark.parametrize(
    ("systems", "spread", "most", "correlation"),
    [
        (6, 2.0, 120, 0.0),
        (2, 4.0, 40, 0.0),
        (3, 4.0, 60, 0.0),
        (6, 3.0, 90, 0.5),
        (10, 3.0, 150, 0.0),
    ],
)
def test_what_is_said_holds_too_if_the_runs_are_spent_before_it_is_settled(
    trials, systems, spread, most, correlation
):
    right = settled = 0
    for trial in range(trials):
        generator = np.random.Generator(np.random.Philox(key=trial))
        shared = generator.normal(size=200) * np.sqrt(correlation)
        own = generator.normal(size=(systems, 200)) * np.sqrt(1 - correlation)
        values = spread * (shared + own)
        values[0] += 1.0
        found = select_best(
            lambda s, a, b, v=values: v[list(s), a:b].tolist(),
            systems,
            indifference=0.999,
            most=most,
            more_is_better=True,
        )
        right += found.best == 0 or found.within >= 1.0
        settled += found.is_settled
    assert right >= promised(0.95, trials)
    assert settled < trials / 2


@pytest.mark.slow
def test_unequal_variances_keep_the_promise(trials):
    count, _ = hits([1.0, 0.0, 0.0, 0.0], trials, deviations=[4.0, 1.0, 2.0, 3.0])
    assert count >= promised(0.95, trials)


@pytest.mark.slow
def test_common_random_numbers_spare_runs(trials):
    means = [1.0, 0.0, 0.0, 0.0, 0.0]
    _, alone = hits(means, trials, deviations=[3.0] * 5)
    _, paired = hits(means, trials, deviations=[3.0] * 5, correlation=0.9)
    assert paired < alone / 3


def test_a_procedure_that_looks_once_would_not_pass(trials):
    """The promise has teeth: the best of the first ten means is right far too seldom."""
    right = 0
    for trial in range(trials):
        generator = np.random.Generator(np.random.Philox(key=trial))
        values = generator.normal(size=(10, 10)) * 3 + np.array([1.0] + [0.0] * 9)[:, None]
        right += int(values.mean(axis=1).argmax()) == 0
    assert right < promised(0.95, trials)


def test_the_constants_are_those_of_the_paper():
    from fwsim.planning.search.selection import _screening_constant

    # k = 10, n0 = 10, alpha = 0.05: eta = ((0.1 / 9)^(-2/9) - 1) / 2 = 0.85908
    assert _screening_constant(10, 10, 0.95) == pytest.approx(2 * 0.859084 * 9, rel=1e-5)


def test_what_is_not_settled_says_how_sure_it_is():
    generator = np.random.Generator(np.random.Philox(3))
    values = generator.normal(size=(3, 100)) * 50
    found = select_best(lambda s, a, b: values[list(s), a:b].tolist(), 3, indifference=0.1, most=60)
    assert not found.is_settled
    assert found.within > 0.1
    assert sum(found.runs) <= 60


def test_a_lead_that_the_runs_do_not_rule_out_is_told():
    """Six runs of ten favour the first; the bound is that of Student on the pairs."""
    pairs = np.array([1.0] * 6 + [-1.0] * 4)
    found = select_best(
        lambda s, a, b: [[0.0] * (b - a) if i else pairs[a:b].tolist() for i in s],
        2,
        indifference=0.01,
        most=20,
        more_is_better=True,
    )
    error = pairs.std(ddof=1) / np.sqrt(10)
    assert found.best == 0
    assert found.within == pytest.approx(-0.2 + t.isf(0.025, 9) * error)


def test_systems_without_noise_take_no_more_runs_than_the_first():
    found = select_best(lambda s, a, b: [[5.0] * (b - a) for _ in s], 3, indifference=1.0)
    assert (found.best, found.is_settled, found.runs) == (0, True, (10, 10, 10))
    assert found.is_without_noise


def test_a_rare_run_that_the_first_ones_do_not_show_is_no_settled_choice():
    """A run in twenty of the search took an hour more: ten without it do not settle anything."""
    generator = np.random.Generator(np.random.Philox(5))
    quick, steady = generator.normal(10.0, 1.0, 40), generator.normal(20.0, 1.0, 40)

    def sample(systems, first, end):
        return [(quick, steady)[system][first:end].tolist() for system in systems]

    before = [dict.fromkeys(range(20), 10.0) | {7: 1000.0}, dict.fromkeys(range(20), 20.0)]
    alone = select_best(sample, 2, indifference=1.0, most=40)
    assert (alone.best, alone.is_settled) == (0, True)
    found = select_best(sample, 2, indifference=1.0, most=40, before=before)
    assert not found.is_settled
    assert found.within > 20.0


def test_one_system_is_the_best():
    assert select_best(lambda _, a, b: [[1.0] * (b - a)], 1, indifference=1.0).best == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"indifference": 0.0},
        {"indifference": 1.0, "confidence": 0.4},
        {"indifference": 1.0, "first_runs": 2},
    ],
)
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        select_best(lambda s, a, b: [[1.0] * (b - a) for _ in s], 2, **wrong)
