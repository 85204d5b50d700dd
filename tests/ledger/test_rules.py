"""Scores of kept quantiles: against integrals, brute force and SciPy; and that they are proper."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from fwsim.ledger.rules import (
    LEVELS,
    brier,
    chance_by,
    crps,
    held_between,
    interval_score,
    pit_range,
    quantile_scores,
    quantiles_of,
    ranks,
)
from fwsim.results.statistics.forecast import range_ranks

ALARM = 1e-6
"""A calibrated forecaster fails a test of uniformity with this chance."""


@pytest.mark.parametrize("runs", [19, 20, 39, 60, 100, 199, 200, 1000])
def test_the_quantiles_are_those_of_the_range_that_is_told(runs):
    low, high = range_ranks(runs)
    assert abs(int(ranks(runs)[4]) - low) <= 1
    assert ranks(runs)[4] + ranks(runs)[94] == runs + 1
    assert high == runs + 1 - low


def test_a_quantile_is_a_run_and_never_is_kept():
    values = np.array([3.0, 1.0, math.inf, 2.0, math.inf])
    kept = quantiles_of(values)
    assert set(kept.tolist()) <= set(values.tolist())
    assert (np.diff(kept[np.isfinite(kept)]) >= 0).all()
    assert kept[0] == 1.0
    assert math.isinf(kept[-1])


@pytest.mark.parametrize("law", [stats.norm(10, 2), stats.lognorm(0.7, scale=5), stats.expon()])
@pytest.mark.parametrize("at", [0.02, 0.3, 0.5, 0.97])
def test_crps_is_the_integral_of_briers_score(law, at):
    actual = law.ppf(at)

    def squared(x):
        return (law.cdf(x) - (x >= actual)) ** 2

    far = law.ppf(1 - 1e-9)
    whole = sum(
        integrate.quad(squared, low, high, limit=300)[0]
        for low, high in ((law.ppf(1e-9), actual), (actual, far))
    )
    # 99 quantiles leave out what lies beyond the first and the last.
    assert crps(law.ppf(LEVELS), actual) == pytest.approx(whole, rel=0.025)


def test_crps_of_steps_is_that_of_the_sample():
    """Of 99 equally likely values at the middles of their steps it is the textbook's sum."""
    rng = np.random.default_rng(3)
    values = np.sort(rng.normal(size=9999))
    actual = 0.4
    pairs = 2 * (values * (2 * np.arange(1, len(values) + 1) - len(values) - 1)).sum()
    textbook = np.abs(values - actual).mean() - pairs / (2 * len(values) ** 2)
    assert crps(quantiles_of(values), actual) == pytest.approx(textbook, rel=0.02)


def test_crps_of_one_number_is_the_distance():
    assert crps(np.full(99, 7.0), 4.0) == pytest.approx(3.0)
    assert crps(np.full(99, 4.0), 7.0) == pytest.approx(3.0)


@pytest.mark.parametrize("shift", [-1.0, 1.0])
@pytest.mark.parametrize("stretch", [0.5, 1.0, 2.0])
def test_who_says_the_true_law_scores_best(shift, stretch):
    rng = np.random.default_rng(5)
    actual = rng.normal(size=1500)
    true, other = stats.norm.ppf(LEVELS), shift + stretch * stats.norm.ppf(LEVELS)
    gain = np.array([crps(other, y) - crps(true, y) for y in actual])
    assert gain.mean() > 5 * gain.std() / math.sqrt(len(gain))
    ends = [(q[4], q[94]) for q in (true, other)]
    scores = [np.mean([interval_score(*end, y, 0.9) for y in actual]) for end in ends]
    assert scores[0] < scores[1]
    level = np.mean([quantile_scores(true, y) - quantile_scores(other, y) for y in actual], axis=0)
    assert level[[4, 49, 94]].sum() < 0


def test_cut_at_the_end_it_stays_proper_and_never_is_finite():
    """Who says *never* with the true chance beats who says it too often, or not at all."""
    rng = np.random.default_rng(7)
    end, runs = 10.0, 200

    def law(chance, count):
        times = rng.uniform(2, 9, count)
        return np.where(rng.random(count) < chance, math.inf, times)

    actual = np.minimum(law(0.2, 3000), end)
    means = []
    for chance in (0.2, 0.0, 0.6):
        said = np.minimum(quantiles_of(law(chance, runs)), end)
        means.append(np.mean([crps(said, y) for y in actual]))
    assert all(map(math.isfinite, means))
    assert means[0] == min(means)


def test_brier_and_interval_score_by_hand():
    assert brier(0.8, came=True) == pytest.approx(0.04)
    assert brier(0.8, came=False) == pytest.approx(0.64)
    assert interval_score(2.0, 5.0, 3.0, 0.9) == 3.0
    assert interval_score(2.0, 5.0, 6.0, 0.9) == pytest.approx(3.0 + 20.0)
    assert interval_score(2.0, 5.0, 1.5, 0.9) == pytest.approx(3.0 + 10.0)


@pytest.mark.parametrize("runs", [9, 20, 60, 200])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.lognormal(size=n),
        lambda rng, n: rng.poisson(2.0, n).astype(float),
        lambda rng, n: np.where(rng.random(n) < 0.3, math.inf, rng.normal(size=n)),
        lambda _rng, n: np.full(n, 4.0),
    ],
    ids=["times", "counts", "sometimes never", "always the same"],
)
def test_the_place_of_what_came_is_uniform_if_the_forecast_is_right(runs, draw):
    rng = np.random.default_rng(runs)
    drawn = []
    for _ in range(800):
        low, high = pit_range(quantiles_of(draw(rng, runs)), runs, float(draw(rng, 1)[0]))
        drawn.append(rng.uniform(low, high))
    assert stats.kstest(drawn, "uniform").pvalue > ALARM


def test_a_forecast_that_is_too_narrow_is_noticed():
    rng = np.random.default_rng(1)
    drawn = []
    for _ in range(800):
        ends = pit_range(quantiles_of(rng.normal(scale=0.3, size=200)), 200, rng.normal())
        drawn.append(rng.uniform(*ends))
    assert stats.kstest(drawn, "uniform").pvalue < ALARM


def test_the_chance_of_an_event_is_the_share_of_runs():
    values = np.array([*range(150), *[math.inf] * 50], float)
    assert chance_by(quantiles_of(values), 200, 75.0) == pytest.approx(75.5 / 201, abs=0.01)
    assert chance_by(quantiles_of(values), 200, 1e9) == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(("hits", "rollouts"), [(0, 1), (1, 1), (7, 9), (2.5, 4), (90, 100)])
def test_bounds_of_coverage_are_those_of_beta(hits, rollouts):
    wanted = stats.beta.ppf([0.025, 0.975], hits + 0.5, rollouts - hits + 0.5)
    assert held_between(hits, rollouts) == pytest.approx(tuple(wanted))
