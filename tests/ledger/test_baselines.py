"""What the past alone would have said: the curve by hand, order statistics by brute force."""

import math
from datetime import timedelta

import numpy as np
import pytest

from fwsim.ledger.baselines import curve_of, quantiles_from
from fwsim.ledger.rules import LEVELS
from fwsim.ledger.seen import Seen
from fwsim.measures.measure import read_measure
from fwsim.observations.observed import What
from tests.ledger.kept_forecasts import HOUR, START, kept_forecast

MINUTE = 60_000.0


def seen(minutes, *, failed=0, under_way=0, until=1000, not_needed=0, lost=()):
    done = np.sort(np.array(minutes, float)) * MINUTE
    devices = len(done) + failed + under_way + not_needed
    outcomes = {(What.DONE, ""): len(done), (What.FAILED, ""): failed}
    return Seen(
        first=0,
        until=round(until * MINUTE),
        devices=devices,
        done=done,
        not_needed=np.zeros(not_needed),
        outcomes=outcomes,
        under_way=under_way,
        notices=None,
        deferments=None,
        cancels=None,
        coarseness=1,
        lost=np.array(lost, float) * MINUTE,
    )


def test_the_curve_is_kaplans_and_meiers():
    """Two rollouts; one log ends after 5 min with two under way, and one device failed."""
    curve = curve_of([seen([2, 4], under_way=2, until=5), seen([3, 6, 8], failed=1)])
    left = np.cumprod([1 - 1 / 8, 1 - 1 / 7, 1 - 1 / 6, 1 - 1 / 3, 1 - 1 / 2])
    assert curve.times.tolist() == [MINUTE * t for t in (2, 3, 4, 6, 8)]
    assert curve.chances == pytest.approx(1 - left)
    assert curve.by(5 * MINUTE) == pytest.approx(1 - left[2])
    assert curve.when(np.array([0.1, 0.99])).tolist() == [2 * MINUTE, math.inf]


def test_who_may_have_ended_in_a_gap_of_the_log_is_followed_up_to_there():
    curve = curve_of([seen([2, 4, 6], under_way=2, lost=[3])])
    assert curve.chances == pytest.approx(1 - np.cumprod([1 - 1 / 5, 1 - 1 / 3, 1 - 1 / 2]))


def test_without_a_cut_it_is_the_share_that_had_it():
    curve = curve_of([seen([1, 2, 3], failed=1)], is_certain=True)
    assert curve.chances == pytest.approx([0.25, 0.5, 0.75])


@pytest.mark.parametrize(("done", "hours"), [(0, None), (30, 0.4)])
def test_a_time_is_an_order_statistic_of_the_curve(done, hours):
    rng = np.random.default_rng(2)
    curve = curve_of([seen(rng.uniform(10, 60, 500))])
    up_to = None if hours is None else START + timedelta(hours=hours)
    kept = kept_forecast({}, data_up_to=up_to, targeted=100)
    found = quantiles_from(curve, read_measure("t90"), kept, done)
    since = 0.0 if hours is None else hours * HOUR
    left = curve.times[curve.times > since]
    times = np.sort(rng.choice(left, (1500, 100 - done)), axis=1)[:, 90 - done - 1]
    assert found[[9, 49, 89]] == pytest.approx(np.quantile(times, [0.1, 0.5, 0.9]), rel=0.01)
    last = quantiles_from(
        curve_of([seen(curve.times / MINUTE)], is_certain=True), read_measure("t90"), kept, done
    )
    assert len(set(last.tolist())) == 1
    assert last[0] == pytest.approx(np.median(times), rel=0.02)


def test_a_share_is_binomial():
    rng = np.random.default_rng(2)
    curve = curve_of([seen(rng.uniform(10, 60, 500), failed=125)])
    kept = kept_forecast({}, targeted=100)
    found = quantiles_from(curve, read_measure("successful"), kept, 0)
    drawn = rng.binomial(100, 0.8, 20_000) / 100
    assert found[[9, 49, 89]] == pytest.approx(np.quantile(drawn, [0.1, 0.5, 0.9]), abs=0.011)
    assert len(found) == len(LEVELS)


def test_who_did_not_need_it_is_not_waited_for():
    curve = curve_of([seen([1, 2, 3, 4], not_needed=4)], is_certain=True)
    kept = kept_forecast({}, targeted=8)
    assert quantiles_from(curve, read_measure("t100"), kept, 0)[0] == 4 * MINUTE
    assert math.isinf(quantiles_from(curve, read_measure("time to 100 % of targeted"), kept, 0)[0])


@pytest.mark.parametrize("is_certain", [False, True])
def test_where_nobody_would_have_needed_it_there_is_nothing_to_wait_for(is_certain):
    curve = curve_of([seen([5], not_needed=999)], is_certain=is_certain)
    kept = kept_forecast({}, targeted=100)
    assert quantiles_from(curve, read_measure("t90"), kept, 0).tolist() == [0.0] * len(LEVELS)
    of_targeted = quantiles_from(curve, read_measure("time to 90 % of targeted"), kept, 0)
    assert np.isinf(of_targeted).all()


def test_of_what_it_cannot_know_the_past_says_nothing():
    curve = curve_of([seen([1, 2])])
    kept = kept_forecast({})
    assert quantiles_from(curve, read_measure("prompts"), kept, 0) is None
    assert quantiles_from(curve, read_measure("t50"), kept, 60) is None  # it is over already
