"""Simulation-based calibration: truth from the belief, data from the truth, learnt again.

Talts et al. 2018: among draws of the posterior the truth's rank is uniform. The data come from the
generator of these tests, which shares no code with the likelihood. Seeds are fixed.
"""

import numpy as np
import pytest
from scipy import stats

from fwsim.commands.notice import Instead
from fwsim.learning.answers import AnswerBelief, fit_answers
from fwsim.learning.durations import Spans, TimeBelief, fit_law
from fwsim.learning.families import LOGNORMAL
from tests.learning.generator import notices_of
from tests.tiers import in_both_tiers

ROWS = 99
BELIEF = AnswerBelief(np.array([0.55, 0.35, 0.05, 0.05]) * 20, 25.0, 0.42, 1.2, 0.3, (1.0, 1.0))


def rank(draws, truth):
    return int((draws < truth).sum())


def answer_ranks(seed):
    """Return the ranks of the three shares, the median, the spread and the persistence."""
    luck = np.random.default_rng([seed, 77])
    shares = luck.dirichlet(BELIEF.alphas)
    median = 25.0 * np.exp(0.42 * luck.standard_normal())
    spread = 1.2 * np.exp(0.3 * luck.standard_normal())
    persistence = luck.random()
    notices = notices_of(
        seed,
        60,
        shares=tuple(shares[:3]),
        median=median,
        spread=spread,
        persistence=persistence,
        each=2,
        seconds=float(luck.choice([30.0, 120.0, 600.0])),
        rule=str(luck.choice(["ignored", "buttons"])),
        offered=7,
    )
    fit = fit_answers(notices, BELIEF, Instead.IGNORED, rows=ROWS, seed=seed, families=(LOGNORMAL,))
    drawn = fit.drawn()
    return [
        *(rank(drawn.shares[:, kind], shares[kind]) for kind in range(3)),
        rank(drawn.median, median),
        rank(drawn.spread, spread),
        rank(drawn.persistence, persistence),
    ]


def time_ranks(seed):
    luck = np.random.default_rng([seed, 78])
    belief = TimeBelief(60.0, 0.3, 0.5, 0.4)
    median = 60.0 * np.exp(0.3 * luck.standard_normal())
    spread = 0.5 * np.exp(0.4 * luck.standard_normal())
    seen = median * np.exp(spread * luck.standard_normal(25))
    end = float(luck.choice([40.0, 80.0, 400.0]))
    spans = Spans.of(np.minimum(seen, end), np.where(seen <= end, seen, np.inf))
    fit = fit_law(spans, belief, rows=ROWS, seed=seed, families=(LOGNORMAL,))
    draws = fit.posterior.draws
    return [rank(draws[:, 0], np.log(median)), rank(draws[:, 1], np.log(spread))]


def surprise(ranks):
    """Return the probability of ranks so uneven: per number a chi-square of ten bins, all summed.

    Ranks of one data set hang together, so each number is judged for itself, at a tenth of the
    threshold (Bonferroni).
    """
    bins = np.array(ranks) * 10 // (ROWS + 1)
    return (
        min(stats.chisquare(np.bincount(column, minlength=10)).pvalue for column in bins.T)
        * bins.shape[1]
    )


@pytest.mark.slow
def test_ranks_of_answers_are_uniform():
    ranks = [answer_ranks(seed) for seed in range(400)]
    print("answers", np.mean(ranks, axis=0).round(1), surprise(ranks))  # noqa: T201 - pytest -s
    assert surprise(ranks) > 1e-3, np.mean(ranks, axis=0)


@in_both_tiers("sets", short=16, long=600)
def test_ranks_of_times_are_uniform(sets):
    ranks = [time_ranks(seed) for seed in range(sets)]
    print("times", np.mean(ranks, axis=0).round(1), surprise(ranks))  # noqa: T201 - pytest -s
    assert surprise(ranks) > 1e-3, np.mean(ranks, axis=0)


@pytest.mark.slow
def test_ranges_hold_the_truth_nine_times_in_ten():
    """Of 300 data sets; five standard errors are 8.7 points."""
    ranks = np.array([answer_ranks(seed + 10_000) for seed in range(300)])
    inside = ((ranks >= 5) & (ranks < 95)).mean(axis=0)
    print("coverage of answers", inside.round(3))  # noqa: T201 - shown by pytest -s
    assert inside == pytest.approx(np.full(6, 0.9), abs=0.087)
