"""Shares, answer times and persistence from notices that run out.

False alarms: fixed seeds; the bounds are five standard errors or more.
"""

import numpy as np
import pytest
from scipy import stats

from fwsim.commands.notice import Answer, Instead, answer_of
from fwsim.learning.answer_likelihood import Likelihood, Unpacked
from fwsim.learning.answer_pieces import answer_shares, pieces_of
from fwsim.learning.answers import AnswerBelief, _goodness, fit_answers
from fwsim.learning.families import FAMILIES, LOGNORMAL
from fwsim.learning.notices import Ended, Notices
from tests.learning.generator import ALL, CANCEL, DEFER, NOW, TRUTH, notices_of

FLAT = AnswerBelief(np.full(4, 1e-6), 25.0, 20.0, 1.0, 20.0, (0.5, 0.5))
USUAL = AnswerBelief(np.array([0.55, 0.35, 0.05, 0.05]) * 20, 25.0, 0.42, 1.2, 0.5, (1.0, 1.0))
LOGNORMAL_ONLY = (LOGNORMAL,)


@pytest.mark.parametrize("instead", list(Instead))
@pytest.mark.parametrize("offered", [NOW, NOW + DEFER, NOW + CANCEL, ALL])
@pytest.mark.parametrize(
    "shares",
    [
        TRUTH,
        (0.2, 0.3, 0.4),
        (0.0, 0.5, 0.2),
        (0.1, 0.0, 0.9),
        (0.3, 0.3, 0.0),
        (0.0, 0.8, 0.0),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 0.7),
        (0.0, 0.0, 0.0),
    ],
)
def test_the_stretches_are_the_rulebook_s(instead, offered, shares):
    chances = (np.arange(4000) + 0.5) / 4000
    wanted = np.array([answer_of(chance, offered, *shares, instead) for chance in chances])
    counted = np.bincount(wanted, minlength=4) / len(chances)
    assert answer_shares(np.array(shares), offered, instead) == pytest.approx(counted, abs=2e-3)
    pieces = pieces_of(np.array(shares), [offered, ALL], instead)
    assert pieces.widths.sum() == pytest.approx(1)
    places = np.minimum(np.searchsorted(np.cumsum(pieces.widths), chances), len(pieces.widths) - 1)
    assert (pieces.answers[0][places] != wanted).mean() < 2e-3  # on an edge itself


def test_naive_shares_are_wrong_and_the_fit_is_right():
    """Notes A1: with 60 s, counts read 0.45/0.28/0.04 for a truth of 0.55/0.35/0.05."""
    # P(T <= 60 s) = 0.81 with median 25 s and spread 1: what makes 0.45 of 0.55.
    notices = notices_of(1, 10_000, spread=1.0, seconds=60.0)
    naive = np.array(notices.counts()) / len(notices)
    assert naive == pytest.approx([0.45, 0.28, 0.04], abs=0.02)
    fit = fit_answers(notices, FLAT, Instead.IGNORED, rows=200, families=LOGNORMAL_ONLY)
    assert fit.middle.shares[:3] == pytest.approx(TRUTH, abs=0.04)
    assert fit.middle.median == pytest.approx(25, rel=0.1)


def test_where_all_is_offered_shares_go_with_counts():
    """p_k = q n_k / n: the top of the likelihood, in closed form."""
    notices = notices_of(2, 2_000)
    fit = fit_answers(notices, FLAT, Instead.BUTTONS, rows=50, families=LOGNORMAL_ONLY)
    counts = np.array(notices.counts())
    shares = fit.middle.shares[:3]
    assert shares / shares.sum() == pytest.approx(counts / counts.sum(), abs=2e-4)


def test_without_an_end_shares_are_counts_and_times_their_own_law():
    notices = notices_of(3, 400, seconds=np.inf, shares=(0.6, 0.3, 0.1))
    fit = fit_answers(notices, FLAT, Instead.BUTTONS, rows=50, families=LOGNORMAL_ONLY)
    logs = np.log(notices.low)
    assert fit.middle.shares[:3] == pytest.approx(np.array(notices.counts()) / 400, abs=2e-3)
    assert np.log(fit.middle.median) == pytest.approx(logs.mean(), abs=1e-3)
    assert fit.middle.spread == pytest.approx(logs.std(), rel=2e-3)


def test_a_law_under_which_nobody_clicks_in_time_is_told_in_numbers():
    slow = Unpacked(np.array([0.5, 0.3, 0.1, 0.1]), 1e12, 0.1, 0.5)
    goodness = _goodness(notices_of(4, 40, seconds=60.0), LOGNORMAL, slow)
    assert np.isfinite(goodness.transformed).all()
    assert np.isfinite(goodness.distance)


def test_the_likelihood_is_what_scipy_says():
    n = Notices(
        np.arange(5),
        np.array([Ended.NOW, Ended.DEFER, Ended.SILENT, Ended.SILENT, Ended.EITHER], np.int8),
        np.array([10.0, 20.0, 60.0, 30.0, 12.0]),
        np.array([10.0, 21.0, 60.0, 30.0, 12.0]),
        np.full(5, ALL, np.int8),
        np.full(5, 60.0),
        np.array([0, 0, 0, 0, 300.0]),
    )
    point = Unpacked(np.array([0.5, 0.3, 0.1, 0.1]), 25.0, 0.9, 0.3)
    law = stats.lognorm(0.9, scale=25.0)
    wanted = [
        0.5 * law.pdf(10),
        0.3 * (law.cdf(21) - law.cdf(20)),
        1 - 0.9 * law.cdf(60),
        1 - 0.9 * law.cdf(30),
        1 - 0.9 * law.cdf(12) + 300 * 0.5 * law.pdf(12),
    ]
    got = Likelihood(n, Instead.IGNORED, LOGNORMAL)(point)
    assert got == pytest.approx(np.log(wanted).sum(), rel=1e-9)


def test_the_likelihood_of_several_notices_is_the_mean_over_one_chance():
    """By a sum over chances, for two notices with other buttons each."""
    n = notices_of(5, 1, each=2, seconds=1e9, shares=(0.5, 0.3, 0.2))
    n = Notices(
        n.person,
        np.array([Ended.DEFER, Ended.NOW], np.int8),
        n.low,
        n.high,
        np.array([ALL, NOW + CANCEL], np.int8),
        n.cut,
        n.span,
    )
    shares, persistence = np.array([0.4, 0.3, 0.1, 0.2]), 0.6
    point = Unpacked(shares, 25.0, 1.0, persistence)
    for instead in Instead:
        chances = (np.arange(20_000) + 0.5) / 20_000
        products = np.ones(len(chances))
        for offered, wanted in ((ALL, Answer.DEFER), (NOW + CANCEL, Answer.NOW)):
            hit = np.array([answer_of(u, offered, *shares[:3], instead) == wanted for u in chances])
            products *= persistence * hit + (1 - persistence) * hit.mean()
        law = stats.lognorm(1.0, scale=25.0)
        wanted_log = np.log(products.mean()) + law.logpdf(n.low).sum()
        got = Likelihood(n, instead, LOGNORMAL)(point)
        assert got == pytest.approx(wanted_log, abs=2e-3)


def test_persistence_is_recovered_and_its_lack_narrows_too_much():
    notices = notices_of(6, 1_500, each=4, persistence=0.7, seconds=120)
    fit = fit_answers(notices, FLAT, Instead.IGNORED, rows=300, families=LOGNORMAL_ONLY)
    assert fit.middle.persistence == pytest.approx(0.7, abs=0.06)
    assert fit.middle.shares[:3] == pytest.approx(TRUTH, abs=0.04)
    strangers = Notices(np.arange(len(notices)), *list(vars(notices).values())[1:])
    alone = fit_answers(strangers, FLAT, Instead.IGNORED, rows=300, families=LOGNORMAL_ONLY)
    wide, narrow = (np.std(one.drawn().shares[:, 0]) for one in (fit, alone))
    assert wide > 1.1 * narrow


def test_missing_buttons_are_taken_by_the_rule():
    """Half of the notices have no defer button; its share is still that of all buttons."""
    both = [
        notices_of(7, 4_000, rule="buttons"),
        notices_of(8, 4_000, rule="buttons", offered=NOW + CANCEL),
    ]
    columns = [np.concatenate(pair) for pair in zip(*(vars(n).values() for n in both), strict=True)]
    columns[0] = np.arange(8_000)
    notices = Notices(*columns)
    fit = fit_answers(notices, FLAT, Instead.BUTTONS, rows=50, families=LOGNORMAL_ONLY)
    assert fit.middle.shares[:3] == pytest.approx(TRUTH, abs=0.03)
    wrong = fit_answers(notices, FLAT, Instead.IGNORED, rows=50, families=LOGNORMAL_ONLY)
    assert abs(wrong.middle.shares[1] - 0.35) > 0.05


def test_nothing_seen_leaves_the_belief():
    none = notices_of(1, 0)
    fit = fit_answers(none, USUAL, Instead.BUTTONS, rows=2000, families=LOGNORMAL_ONLY)
    drawn = fit.drawn()
    assert drawn.shares.mean(axis=0) == pytest.approx([0.55, 0.35, 0.05, 0.05], abs=0.012)
    assert np.std(drawn.shares[:, 0]) == pytest.approx(np.sqrt(0.55 * 0.45 / 21), rel=0.08)
    assert np.std(np.log(drawn.median)) == pytest.approx(0.42, rel=0.08)
    assert np.std(drawn.persistence) == pytest.approx(np.sqrt(1 / 12), rel=0.08)


def test_ten_times_the_notices_narrow_by_the_root_of_ten():
    widths = []
    for count in (300, 3_000):
        fit = fit_answers(
            notices_of(9, count, seconds=300),
            FLAT,
            Instead.IGNORED,
            rows=500,
            families=LOGNORMAL_ONLY,
        )
        widths.append(np.std(fit.drawn().shares[:, 0]))
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(10), rel=0.25)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_law_of_the_answer_time_is_told_apart(family):
    luck = np.random.default_rng(11)
    notices = notices_of(10, 5_000, seconds=200)
    spread = 0.6 * family.usual_spread
    wait = 25.0 * family.quantile(luck.random(5_000), spread)
    answers = notices.ended.copy()
    answers[:] = luck.choice(4, 5_000, p=[*TRUTH, 0.05])
    clicked = (answers < 3) & (wait <= 200)
    end = np.where(clicked, wait, 200.0)
    ended = np.where(clicked, answers, 3).astype(np.int8)
    made = Notices(notices.person, ended, end, end, notices.offered, notices.cut, notices.span)
    fit = fit_answers(made, FLAT, Instead.IGNORED, rows=50)
    assert fit.family is family
    assert fit.goodness.fits
    assert fit.middle.median == pytest.approx(25, rel=0.1)
