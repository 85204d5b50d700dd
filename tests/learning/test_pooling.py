"""What whole rollouts differ by, told apart from how devices differ."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.learning.durations import Spans
from fwsim.learning.pooling import levelled

LEVELS = np.array([-0.4, 0.1, 0.3])


def times(devices, within=0.1, seed=3):
    """Return times of two models in three rollouts at their own levels, and of which each is."""
    luck = np.random.default_rng(seed)
    rollouts = np.repeat(np.arange(3), devices)
    models = np.tile([0, 1], 3 * devices // 2)
    logs = LEVELS[rollouts] + models + within * luck.standard_normal(3 * devices)
    return Spans.of(1000 * np.exp(logs)), rollouts, models


def spread_within(spans, models):
    logs = np.log(spans.low)
    return np.hypot(*(logs[models == model].std() for model in (0, 1))) / np.sqrt(2)


def test_what_rollouts_differ_by_is_no_difference_between_devices():
    spans, rollouts, models = times(400)
    assert spread_within(spans, models) > 0.25
    level = levelled(spans, rollouts, models, 0.25)
    assert spread_within(level, models) == pytest.approx(0.1, rel=0.1)  # of 1,200: 5 sigma are 10 %


def test_few_times_say_little_of_a_rollout():
    spans, rollouts, models = times(2, within=1.0)
    little = np.abs(np.log(levelled(spans, rollouts, models, 0.05).low / spans.low))
    assert little.max() < 0.05


@pytest.mark.parametrize("between", [0.0, 0.25])
def test_one_rollout_stays_as_it_is(between):
    spans, rollouts, models = times(10)
    assert levelled(spans, 0 * rollouts, models, between) is spans


def test_times_that_are_not_over_go_with_their_rollout():
    spans, rollouts, models = times(40)
    open_ones = np.arange(len(rollouts)) % 10 == 0
    cut = Spans.of(spans.low, np.where(open_ones, np.inf, spans.high))
    level = levelled(cut, rollouts, models, 0.25)
    factor = spans.low / level.low
    for rollout in range(3):
        assert np.ptp(factor[rollouts == rollout]) == pytest.approx(0)
    assert np.isinf(level.high[open_ones]).all()
