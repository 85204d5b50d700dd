"""Times that are cut: closed forms, SciPy as judge, and what ignoring the cut does.

False alarms: fixed seeds; the bounds are five standard errors or more.
"""

import numpy as np
import pytest
from scipy import stats

from fwsim.learning.durations import (
    Spans,
    TimeBelief,
    fit_law,
    kaplan_meier,
    log_likelihood,
    tailed_sample,
)
from fwsim.learning.families import FAMILIES, LOGNORMAL
from fwsim.learning.goodness import goodness_of
from fwsim.learning.pooling import pooled

ONLY = (LOGNORMAL,)


def times(seed, count, median=25.0, spread=1.0):
    return median * np.exp(spread * np.random.default_rng(seed).standard_normal(count))


def right_censored(seen, end):
    return Spans.of(np.minimum(seen, end), np.where(seen <= end, seen, np.inf))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@pytest.mark.parametrize("spread", [0.2, 1.0, 1.7])
def test_each_family_is_scipy_s_law(family, spread):
    law = family.law(30.0, spread)
    at = np.array([0.5, 5.0, 30.0, 90.0, 400.0])
    chances = np.array([0.05, 0.5, 0.95, 0.99])
    if family is LOGNORMAL:
        judge = stats.lognorm(spread, scale=30.0)
    else:
        judge = getattr(stats, law.name)(**dict(law.parameters))
    assert family.below(at / 30, spread) == pytest.approx(judge.cdf(at), rel=1e-9, abs=1e-14)
    assert family.above(at / 30, spread) == pytest.approx(judge.sf(at), rel=1e-9, abs=1e-14)
    assert family.density(at, 30.0, spread) == pytest.approx(judge.pdf(at), rel=1e-8, abs=1e-200)
    assert 30 * family.quantile(chances, spread) == pytest.approx(judge.ppf(chances))
    assert law.quantile(chances) == pytest.approx(judge.ppf(chances), rel=1e-6)
    assert judge.median() == pytest.approx(30.0)


def test_without_cuts_the_top_is_the_mean_of_logarithms():
    seen = times(1, 200)
    fit = fit_law(Spans.of(seen), rows=50, families=ONLY)
    assert np.log(fit.median) == pytest.approx(np.log(seen).mean(), abs=1e-4)
    assert fit.spread == pytest.approx(np.log(seen).std(), rel=1e-3)


def test_cut_times_fit_as_scipy_s_censored_data():
    seen = times(2, 3_000)
    spans = right_censored(seen, 40.0)
    fit = fit_law(spans, rows=50, families=ONLY)
    data = stats.CensoredData.right_censored(spans.low, ~spans.whole)
    spread, _, median = stats.lognorm.fit(data, floc=0)
    assert fit.median == pytest.approx(median, rel=1e-4)
    assert fit.spread == pytest.approx(spread, rel=1e-4)
    naive = fit_law(Spans.of(spans.low[spans.whole]), rows=50, families=ONLY)
    assert naive.median < 0.75 * median  # notes A1: 18 s for 25 s
    assert naive.spread < 0.8 * spread


def test_interval_censored_times_fit_as_scipy_s():
    seen = times(3, 400)
    low = np.floor(seen / 10) * 10
    fit = fit_law(Spans.of(low, low + 10), rows=50, families=ONLY)
    data = stats.CensoredData.interval_censored(np.maximum(low, 1e-9), low + 10)
    spread, _, median = stats.lognorm.fit(data, floc=0)
    assert fit.median == pytest.approx(median, rel=1e-4)
    assert fit.spread == pytest.approx(spread, rel=1e-4)


def test_only_finished_devices_are_cut_on_the_right_by_being_seen():
    """Everybody starts at another time and is exported only if over: F(t) / F(c)."""
    luck = np.random.default_rng(4)
    seen, room = times(4, 20_000, 60.0, 0.6), luck.uniform(20, 200, 20_000)
    kept = seen <= room
    spans = Spans.of(seen[kept], before=room[kept])
    fit = fit_law(spans, rows=50, families=ONLY)
    assert fit.median == pytest.approx(60, rel=0.04)
    assert fit.spread == pytest.approx(0.6, rel=0.05)
    naive = fit_law(Spans.of(seen[kept]), rows=50, families=ONLY)
    assert naive.median < 55
    some = spans.where(np.arange(len(spans)) < 4)
    judge = stats.lognorm(0.5, scale=50.0)
    wanted = (judge.logpdf(some.low) - judge.logcdf(some.before)).sum()
    assert log_likelihood(some, LOGNORMAL, 50.0, 0.5) == pytest.approx(wanted)


def test_what_began_before_the_log_is_cut_on_the_left():
    seen = times(5, 20_000, 60.0, 0.6)
    kept = seen > 50
    fit = fit_law(Spans.of(seen[kept], after=50.0), rows=50, families=ONLY)
    assert fit.median == pytest.approx(60, rel=0.06)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_aic_finds_the_law(family):
    luck = np.random.default_rng(6)
    seen = 60 * family.quantile(luck.random(3_000), 0.5 * family.usual_spread)
    fit = fit_law(right_censored(seen, 90.0), rows=50)
    assert fit.family is family
    assert fit.goodness.fits
    assert not fit.sample


def test_what_no_law_fits_stands_for_itself():
    luck = np.random.default_rng(7)
    seen = np.concatenate([luck.normal(60, 2, 600), luck.normal(200, 5, 400)])
    fit = fit_law(Spans.of(seen), rows=50)
    assert not fit.goodness.fits
    assert np.quantile(fit.sample, [0.3, 0.8]) == pytest.approx([60, 200], rel=0.03)


def test_a_sample_has_a_tail_beyond_the_last_cut():
    seen = times(8, 2_000, 60.0, 0.5)
    sample = np.array(tailed_sample(right_censored(seen, 90.0)))
    wanted = 60 * np.exp(0.5 * stats.norm.ppf([0.1, 0.5, 0.9, 0.97]))
    assert np.quantile(sample, [0.1, 0.5, 0.9, 0.97]) == pytest.approx(wanted, rel=0.08)


def test_kaplan_meier_of_a_known_table():
    """Six times, two cut: 1 - 5/6, 1 - 5/6 * 3/4, ... by hand."""
    at, chance = kaplan_meier(
        np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([1, 0, 1, 1, 0, 1], bool)
    )
    assert at.tolist() == [1, 3, 4, 6]
    assert chance == pytest.approx([1 / 6, 1 - 5 / 6 * 3 / 4, 1 - 5 / 6 * 3 / 4 * 2 / 3, 1.0])


@pytest.mark.slow
def test_a_belief_and_times_meet_as_normals_do():
    """Known spread: the mean is weighted by precision."""
    belief = TimeBelief(20.0, 0.3, 0.5, 1e-4)
    seen = times(9, 10, 30.0, 0.5)
    fit = fit_law(Spans.of(seen), belief, rows=4000, families=ONLY)
    weight = (10 / 0.25) / (10 / 0.25 + 1 / 0.09)
    wanted = weight * np.log(seen).mean() + (1 - weight) * np.log(20)
    assert fit.posterior.draws[:, 0].mean() == pytest.approx(wanted, abs=0.015)
    assert fit.posterior.draws[:, 0].std() == pytest.approx((40 + 1 / 0.09) ** -0.5, rel=0.06)


def test_models_are_drawn_to_their_mean_by_how_little_is_known_of_them():
    luck = np.random.default_rng(10)
    own = luck.normal(np.log(0.3), 0.2, 8)
    counts = np.array([200, 200, 100, 100, 50, 50, 5, 5])
    model = np.repeat(np.arange(8), counts)
    seen = np.exp(own[model] + 0.25 * luck.standard_normal(len(model)))
    found = pooled(Spans.of(seen), model, tuple("abcdefgh"))
    assert found.within == pytest.approx(0.25, rel=0.1)
    assert 0.1 < found.between < 0.35
    for place, name in enumerate("abcdefgh"):
        n = counts[place]
        assert found.weights[name] == pytest.approx(
            n / (n + found.within**2 / found.between**2), rel=1e-6
        )
        alone = np.log(seen[model == place]).mean()
        low, high = sorted((alone, found.centre))
        assert low - 1e-3 <= found.means[name] <= high + 1e-3


def test_goodness_is_scipy_s_test():
    luck = np.random.default_rng(12)
    for chances in (luck.random(50), luck.beta(1.5, 1, 200)):
        found = goodness_of(chances, chances)
        judge = stats.kstest(chances, "uniform")
        assert found.distance == pytest.approx(judge.statistic)
        assert found.probability == pytest.approx(judge.pvalue, rel=0.1, abs=1e-4)


def test_what_is_known_to_more_than_its_length_is_no_part_of_a_sample():
    exact = times(3, 60)
    spans = Spans.of(np.append(exact, [0.0, 0.0]), np.append(exact, [3600.0, 3605.0]))
    assert spans.vague.sum() == 2
    assert max(tailed_sample(spans)) == pytest.approx(exact.max())
