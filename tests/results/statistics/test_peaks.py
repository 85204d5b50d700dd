"""Two peaks are told where there are two, and at most once in a hundred where there is one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fwsim.results.statistics.peaks import FEWEST, peaks
from tests.tiers import in_both_tiers

HOUR = 3_600_000.0
RUNS = (20, 29, 30, 50, 200, 2000)
LAWS = {
    **{
        f"log-normal {sigma}": lambda rng, shape, sigma=sigma: rng.lognormal(0, sigma, shape)
        for sigma in (0.05, 0.2, 0.5, 1.0, 1.5)
    },
    "normal": lambda rng, shape: rng.normal(10, 1, shape),
    "exponential": lambda rng, shape: rng.exponential(1, shape),
    "exponential after a while": lambda rng, shape: 1 + rng.exponential(1, shape),
    "uniform": lambda rng, shape: rng.random(shape),
    "uniform after a while": lambda rng, shape: 1 + rng.random(shape),
}


@in_both_tiers("times", short=150, long=10_000)
@pytest.mark.parametrize("law", LAWS)
def test_one_peak_is_seldom_taken_for_two(law, times):
    """The true rate is 0.4 % at most (at 20 runs). Seeds are fixed.

    The long form plays 10,000 samples of 20 and of 30 runs, where alarms are most frequent.
    """
    rng = np.random.Generator(np.random.Philox(len(law)))
    for runs in RUNS:
        played = max(30, round(times * min(1, 30 / runs)))
        samples = 1000 * HOUR * LAWS[law](rng, (played, runs))
        alarms = sum(peaks(sample.tolist()) is not None for sample in np.abs(samples))
        assert alarms <= max(3, 0.01 * played), runs


@pytest.mark.parametrize("scatter", [0.0, 0.05, 0.15])
def test_tonight_or_tomorrow_night_is_seen(scatter):
    rng = np.random.Generator(np.random.Philox(7))
    seen = 0
    for _ in range(200):
        early = 4 * HOUR * rng.lognormal(0, scatter, 15)
        late = 24 * HOUR * rng.lognormal(0, scatter, 5)
        found = peaks(rng.permutation([*early, *late]).tolist())
        seen += found is not None and (found.earlier, found.later) == (15, 5)
    assert seen >= 190


def test_the_ends_of_the_gap_are_told():
    values = [4 * HOUR + 60_000 * n for n in range(15)] + [24 * HOUR + 60_000 * n for n in range(5)]
    found = peaks([*values, math.inf])
    assert (found.until, found.since) == (values[14], values[15])


@pytest.mark.parametrize(
    "values",
    [
        [4 * HOUR] * 40,
        [4 * HOUR] * (FEWEST - 6) + [24 * HOUR] * 5,  # too few runs
        [4 * HOUR] * 39 + [24 * HOUR],  # one alone is no peak
        [4 * HOUR] * 15 + [4 * HOUR + 60_000] * 15,  # a minute apart
        [math.inf] * 40,
    ],
)
def test_no_peaks(values):
    assert peaks(values) is None
