"""Beliefs are the distributions they say they are; SciPy is the judge."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from fwsim.model.chances import Chances, doubt_chances, doubt_chances_of_each
from fwsim.quantities import elementary
from fwsim.quantities.beliefs import (
    About,
    Between,
    Drawn,
    Resampled,
    Scale,
    Seen,
    SharesAbout,
    SharesSeen,
    Support,
    Weighed,
    rounded,
)
from fwsim.quantities.doubted import DoubtedFloat, DoubtedInt, belief_of
from fwsim.quantities.laws import Sample
from tests.tiers import at_length

AT = np.array([1e-6, 0.001, 0.05, 0.25, 0.5, 0.6, 0.95, 0.999, 1 - 1e-6])


def at(belief, chances=AT):
    return belief.quantile(chances[:, None])[:, 0]


def doubt(run, place, count):
    return doubt_chances((run,), place, count)[0]


def of_each(run, place, count, names):
    return doubt_chances_of_each((run,), place, count, names)[0]


@pytest.mark.parametrize(("low", "high"), [(1.0, 2.0), (20e-3, 3600e3), (15e6, 25e6)])
def test_between_is_log_normal_with_its_ends_as_quantiles(low, high):
    sigma = np.log(high / low) / (2 * stats.norm.ppf(0.95))
    law = stats.lognorm(sigma, scale=np.sqrt(low * high))
    np.testing.assert_allclose(at(Between(low, high, Scale.LOG)), law.ppf(AT), rtol=1e-8)
    assert at(Between(low, high, Scale.LOG), np.array([0.05, 0.95])) == pytest.approx([low, high])


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.2), (1e-6, 0.5), (0.4, 0.999), (0.01, 0.99)])
def test_between_shares_is_logit_normal(low, high):
    ends = special.logit([low, high])
    normal = stats.norm(ends.mean(), (ends[1] - ends[0]) / (2 * stats.norm.ppf(0.95)))
    wanted = special.expit(normal.ppf(AT))
    np.testing.assert_allclose(at(Between(low, high, Scale.LOGIT)), wanted, rtol=1e-8)


def test_between_that_is_cut_holds_all_above_at_the_cut():
    law = stats.lognorm(0.52, scale=0.69)
    low, high = law.ppf([0.05, 0.95])
    cut = at(Between(low, high, Scale.LOG, most=1.0))
    np.testing.assert_allclose(cut, np.minimum(law.ppf(AT), 1.0), rtol=1e-8)


@pytest.mark.parametrize(
    ("share", "worth"), [(0.05, 40), (0.5, 2), (0.999, 10), (0.3, 1e6), (0.4, 0.5)]
)
def test_about_is_a_beta_distribution(share, worth):
    law = stats.beta(share * worth, (1 - share) * worth)
    np.testing.assert_allclose(at(About(share, worth)), law.ppf(AT), rtol=1e-8, atol=1e-300)
    assert law.mean() == pytest.approx(share)


@pytest.mark.parametrize(("hits", "of"), [(3, 120), (0, 60), (60, 60), (1, 1), (0, 1)])
def test_seen_is_jeffreys_prior_and_the_counts(hits, of):
    law = stats.beta(hits + 0.5, of - hits + 0.5)
    np.testing.assert_allclose(at(Seen(hits, of)), law.ppf(AT), rtol=1e-8)


TOGETHER = [
    (SharesAbout((0.45, 0.45, 0.03, 0.07), 30), (13.5, 13.5, 0.9, 2.1)),
    (SharesSeen((13, 14, 1, 2)), (13.5, 14.5, 1.5, 2.5)),
    (SharesAbout((0.2, 0.8), 5), (1.0, 4.0)),
]


def many(belief, count=20_000):
    chances = (np.arange(count)[:, None] + 0.5) / count
    mixed = [np.random.default_rng(place).permutation(chances) for place in range(belief.chances)]
    return belief.quantile(np.concatenate(mixed, axis=1))


@pytest.mark.parametrize(("belief", "alphas"), TOGETHER)
def test_shares_together_are_a_dirichlet_distribution(belief, alphas):
    """Its marginals are betas, and its covariances negative; errors of 20,000 draws are fixed."""
    values, law = many(belief), stats.dirichlet(alphas)
    assert values.sum(axis=1) == pytest.approx(1, abs=1e-8)
    assert (values >= 0).all()
    for place, alpha in enumerate(alphas):
        beta = stats.beta(alpha, sum(alphas) - alpha)
        assert stats.kstest(values[:, place], beta.cdf).statistic < 0.01
    np.testing.assert_allclose(np.cov(values.T), law.cov(), atol=0.001)


@pytest.mark.parametrize(("belief", "alphas"), TOGETHER)
def test_the_first_of_shares_together_is_a_beta_to_the_last_digits(belief, alphas):
    chances = np.full((len(AT), belief.chances), 0.5)
    chances[:, 0] = AT
    wanted = stats.beta(alphas[0], sum(alphas[1:])).ppf(AT)
    np.testing.assert_allclose(belief.quantile(chances)[:, 0], wanted, rtol=1e-8)


def test_a_share_of_none_or_all_stays_in_a_belief_of_shares():
    values = many(SharesAbout((0.6, 0.0, 0.4), 10), 50)
    assert (values[:, 1] == 0).all()
    assert many(SharesAbout((1.0, 0.0), 10), 50).tolist() == [[1.0, 0.0]] * 50
    assert SharesSeen((7,)).quantile(np.empty((3, 0))).tolist() == [[1.0]] * 3


def test_resampling_gives_the_weights_of_the_bayesian_bootstrap():
    """Each of n weights is beta(1, n - 1); any two go against one another."""
    weights = many(Resampled(5))
    assert weights.sum(axis=1) == pytest.approx(1, abs=1e-8)
    for place in range(5):
        assert stats.kstest(weights[:, place], stats.beta(1, 4).cdf).statistic < 0.01
    assert np.corrcoef(weights.T)[0, 1] == pytest.approx(-0.25, abs=0.02)


def test_a_weighted_sample_is_a_step_function_of_its_weights():
    sample = Sample((30.0, 10.0, 20.0), weights=(0.5, 0.2, 0.3))
    chances = np.array([0.1, 0.199, 0.201, 0.499, 0.501, 0.999])
    assert sample.quantile(chances).tolist() == [10, 10, 20, 20, 30, 30]


def test_a_sample_with_even_weights_is_the_sample():
    values = tuple(np.random.default_rng(1).lognormal(size=17).tolist())
    chances = (np.arange(1000) + 0.5) / 1000
    even = Sample(values, weights=(1 / 17,) * 17)
    assert (even.quantile(chances) == Sample(values).quantile(chances)).mean() > 0.98


def test_drawn_rows_are_as_likely_as_one_another():
    drawn = Drawn((5.0, 1.0, 9.0, 7.0))
    chances = (np.arange(400) + 0.5) / 400
    assert at(drawn, chances).tolist() == [5.0] * 100 + [1.0] * 100 + [9.0] * 100 + [7.0] * 100
    assert at(drawn, np.array([1 - 2**-53])).tolist() == [7.0]


ALL = [
    Between(1, 2, Scale.LOG),
    Between(0.1, 0.2, Scale.LOGIT),
    About(0.3, 4),
    Seen(0, 3),
    SharesAbout((0.3, 0.7), 4),
    SharesSeen((3, 4, 0)),
    Resampled(4),
    Drawn((1.0, 2.0, 4.0)),
]


def test_a_choice_is_drawn_by_its_weight_and_a_story_takes_the_first_of_the_heaviest():
    choice = Weighed(("a", "b", "c"), (0.25, 0.375, 0.375))
    chances = np.array([0.0, 0.2499, 0.25, 0.6249, 0.625, 1 - 1e-16])
    assert choice.quantile(chances).tolist() == [0, 0, 1, 1, 2, 2]
    assert choice.middle == (1.0,)


@pytest.mark.parametrize("belief", ALL, ids=lambda belief: type(belief).__name__)
def test_a_story_takes_what_is_stated_and_a_draw_lies_around_it(belief):
    chances = doubt(Chances(1), "here", 500 * belief.chances).reshape(500, belief.chances)
    values = belief.quantile(chances)
    assert values.shape == (500, len(belief.middle))
    assert (values.min(axis=0) <= np.array(belief.middle) + 1e-4).all()
    assert (values.max(axis=0) >= np.array(belief.middle)).all()


@pytest.mark.parametrize("worth", [1e-300, 1e-9, 1e-3, 1e9])
def test_hardly_anything_or_all_that_can_be_known_of_a_share_is_a_share(worth):
    values = at(About(0.45, worth))
    assert np.isfinite(values).all()
    assert ((values >= 0) & (values <= 1)).all()
    assert (np.diff(values) >= 0).all()


def test_numbers_are_rounded_to_nine_digits_whatever_their_size():
    assert rounded(np.array([[1 / 3, 2e9 / 3]])).tolist() == [[0.333333333, 666666667.0]]


# Few numbers are worked out one by one, and come to the same bits as in arrays

FUNCTIONS = {
    "exponential": (elementary.exponential, st.floats(-700, 700)),
    "logarithm": (elementary.logarithm, st.floats(1e-300, 1e300)),
    "normal_quantile": (
        elementary.normal_quantile,
        st.one_of(st.floats(2**-53, 1 - 2**-53), st.sampled_from([2**-53, 0.075, 0.5, 0.925])),
    ),
}


def same_bits(function, values):
    few = np.concatenate([function(np.array(values[i : i + 3])) for i in range(0, 12, 3)])
    at_once = function(np.array(values))
    assert few.tobytes() == at_once.tobytes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_few_numbers_get_the_bits_of_many(name):
    function, numbers = FUNCTIONS[name]

    @given(st.lists(numbers, min_size=12, max_size=12))
    def check(values):
        same_bits(function, values)

    check()


@at_length(st.data())
def test_thousands_of_few_numbers_get_the_bits_of_many(data):
    function, numbers = FUNCTIONS[data.draw(st.sampled_from(sorted(FUNCTIONS)))]
    same_bits(function, data.draw(st.lists(numbers, min_size=12, max_size=12)))


# A stated number that carries a belief


def test_a_doubted_number_counts_as_the_stated_one_and_equals_only_itself():
    belief = Between(10, 30, Scale.LOG)
    number = DoubtedInt.of(17, belief)
    assert number + 1 == 18
    assert f"{number}" == "17"
    assert np.array([number]).dtype == np.int64
    assert number != 17
    assert 17 != number  # noqa: SIM300 - either way round
    assert number == DoubtedInt.of(17, Between(10, 30, Scale.LOG))
    assert number != DoubtedInt.of(17, Between(10, 31, Scale.LOG))
    assert number != DoubtedInt.of(17, Between(10, 30, Scale.LOG, support=Support(rollouts=3)))
    assert hash(number) == hash(17)


def _packed(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - packed a word ago


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, _packed])
@pytest.mark.parametrize(
    "number",
    [DoubtedInt.of(17, Between(10, 30, Scale.LOG)), DoubtedFloat.of(0.3, About(0.3, 4), 0)],
)
def test_a_copy_of_a_doubted_number_keeps_its_belief(copied, number):
    other = copied(number)
    assert other == number
    assert belief_of(other) == belief_of(number)
    assert type(other) is type(number)


def test_numbers_of_one_belief_are_of_one_belief_after_pickling():
    belief = SharesSeen((3, 4))
    pair = [DoubtedFloat.of(share, belief, part) for part, share in enumerate(belief.middle)]
    first, second = _packed(pair)
    assert belief_of(first) is belief_of(second)


# The chances of doubts


def test_chances_of_doubts_are_even_and_hang_on_nothing_but_their_names():
    from fwsim.model.chances import name_bits

    names = name_bits([f"site {n}" for n in range(4000)])
    of_sites = of_each(Chances(7, 3), "network.sites.*.link", 2, names)
    assert of_sites.shape == (4000, 2)
    for column in of_sites.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(of_sites.T)[0, 1]) < 0.06
    again = of_each(Chances(7, 3), "network.sites.*.link", 2, names[[17, 5]])
    assert (again == of_sites[[17, 5]]).all()
    others = of_each(Chances(7, 4), "network.sites.*.link", 2, names)
    assert abs(np.corrcoef(others[:, 0], of_sites[:, 0])[0, 1]) < 0.06
    run = np.array([of_each(Chances(7, n), "x", 1, names[:1])[0, 0] for n in range(2000)])
    assert stats.kstest(run, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(run[:-1], run[1:])[0, 1]) < 0.08


def test_more_chances_of_a_doubt_begin_with_the_fewer():
    assert (doubt(Chances(1), "here", 20)[:9] == doubt(Chances(1), "here", 9)).all()
    assert len(doubt(Chances(1), "here", 0)) == 0
