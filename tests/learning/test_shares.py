"""Shares from counts: conjugate closed forms, clusters, rollouts."""

import numpy as np
import pytest
from scipy import stats

from fwsim.learning.shares import (
    beta_of,
    clustered,
    next_rollout,
    opened_shares,
    share_after,
    share_between,
)
from fwsim.quantities.beliefs import NOTHING, About, Between, Scale, Seen


def middle(belief):
    return belief.quantile(np.array([[0.05], [0.5], [0.95]]))[:, 0]


def test_counts_alone_are_jeffreys():
    belief = share_after(None, 3, 120, NOTHING)
    assert belief == Seen(3, 120)
    assert middle(belief) == pytest.approx(stats.beta(3.5, 117.5).ppf([0.05, 0.5, 0.95]), rel=1e-6)


def test_belief_and_counts_add():
    assert share_after(Seen(3, 120), 2, 30, NOTHING) == Seen(5, 150)
    found = share_after(About(0.05, 20), 3, 80, NOTHING)
    assert (found.share, found.worth) == (pytest.approx(4 / 100), 100)
    assert share_after(About(0.05, 20), 0, 0, NOTHING) == About(0.05, 20)


def test_a_range_becomes_the_nearest_beta():
    belief = Between(0.02, 0.10, Scale.LOGIT)
    a, b = beta_of(belief)
    assert stats.beta(a, b).ppf([0.05, 0.95]) == pytest.approx([0.02, 0.10], abs=0.008)


def test_ten_times_the_counts_narrow_and_a_first_hit_widens():
    def width(hits, of):
        low, _, high = middle(share_after(None, hits, of, NOTHING))
        return high - low

    assert width(30, 1000) < 0.4 * width(3, 100)
    assert width(1, 11) > width(0, 10)


def test_clusters_are_worth_less_than_their_members():
    luck = np.random.default_rng(1)
    of = np.full(60, 30)
    share = luck.beta(0.05 * 19, 0.95 * 19, 60)  # ρ = 1 / (1 + 19) = 0.05
    found = clustered(luck.binomial(of, share), of)
    assert found.alike == pytest.approx(0.05, abs=0.035)
    assert found.of == pytest.approx(1800 / (1 + 29 * found.alike), rel=0.01)
    same = clustered(luck.binomial(of, 0.3), of)
    assert same.alike < 0.02
    assert clustered(np.array([3]), np.array([30])).of == 30


def test_the_next_rollout_follows_student():
    opened = np.array([0.1, 0.4, 0.3, -0.2])
    law = next_rollout(opened)
    judge = stats.t(3, loc=opened.mean(), scale=opened.std(ddof=1) * np.sqrt(1.25))
    assert law.quantile(np.array([0.05, 0.5, 0.95])) == pytest.approx(judge.ppf([0.05, 0.5, 0.95]))
    with pytest.raises(ValueError, match="2 rollouts do not tell"):
        next_rollout(opened[:2])


def test_draws_of_few_rollouts_stay_within_what_anybody_has_seen():
    """Student's law with 2 degrees of freedom goes to 22 standard deviations in 1,000 draws."""
    law = next_rollout(np.array([0.0, 1.0, 2.0]))
    drawn = law.draws(100_000, np.random.default_rng(1))
    furthest = stats.t(2).ppf(0.995) * np.sqrt(4 / 3)
    assert np.abs(drawn - 1).max() == pytest.approx(furthest)
    assert np.quantile(drawn, 0.95) == pytest.approx(law.quantile(np.array([0.95]))[0], rel=0.05)


@pytest.mark.parametrize("rollouts", [3, 8])
def test_the_next_rollout_lies_in_the_range_nine_times_in_ten(rollouts):
    """Notes A2.2. Fixed seed; 2,000 trials give a standard error of 0.7 points."""
    luck = np.random.default_rng(2)
    inside = 0
    for _ in range(2000):
        own = 1 / (1 + np.exp(-luck.normal(0.9, 0.25, rollouts + 1)))
        hits = luck.binomial(1600, own)
        law = next_rollout(opened_shares(hits[:-1], np.full(rollouts, 1600)))
        low, high = law.quantile(np.array([0.05, 0.95]))
        inside += low <= np.log(own[-1] / (1 - own[-1])) <= high
    assert inside / 2000 == pytest.approx(0.9, abs=0.025)


def test_rollouts_that_hardly_differ_count_together():
    assert share_between(np.array([0, 0, 0]), np.array([40, 50, 60])) == Seen(
        0, 150, share_between(np.array([0, 0, 0]), np.array([40, 50, 60])).support
    )
    found = share_between(np.array([100, 300, 500]), np.array([1000, 1000, 1000]))
    assert isinstance(found, Between)
    assert found.support.rollouts == 3
    assert found.low < 0.1
    assert found.high > 0.5
