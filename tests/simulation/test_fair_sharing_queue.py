"""One link under Poisson arrivals is an M/G/1 queue with processor sharing.

Theory (Kleinrock, Queueing Systems II, section 4.4): a download of size x takes x / (C (1 - rho))
on average, so the mean is E[S] / (C (1 - rho)), whatever the law of the sizes.

The tolerance comes from batch means: with Student's t at `FALSE_ALARM` a right network fails one
of these tests with a probability below one in a million (and, the seed being fixed, always or
never).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from fwsim.simulation.fair_sharing import FluidNetwork
from tests.tiers import in_both_tiers

RATE = 1_000_000  # bytes/s
MEAN = 10_000_000  # bytes: 10 s alone, so that ticks do not matter
LOAD = 0.5
WARM_UP, BATCHES = 2_500, 40
FALSE_ALARM = 1e-6

LAWS = {
    "deterministic": lambda uniform: np.full_like(uniform, MEAN),
    "exponential": lambda uniform: -MEAN * np.log1p(-uniform),
    "two-point": lambda uniform: np.where(uniform < 0.9, 0.1 * MEAN, 9.1 * MEAN),
}


batches = in_both_tiers("batch, widest", short=(500, 0.4), long=(2_500, 0.2))
"""Downloads of a batch, and the widest tolerance that still says something."""


@cache
def downloads(law: str, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sizes in bytes and times in ms of downloads in the order of their arrival."""
    count = WARM_UP + BATCHES * batch
    generator = np.random.Generator(np.random.Philox(20180820))
    gaps = generator.exponential(MEAN / RATE * 1000 / LOAD, count)
    arrivals = np.rint(np.cumsum(gaps)).astype(np.int64)
    sizes = np.ceil(LAWS[law](generator.random(count))).astype(np.int64)
    network = FluidNetwork(10 * RATE, [RATE], [10 * RATE])
    ends = np.zeros(count, np.int64)
    for flow, (arrival, size) in enumerate(zip(arrivals.tolist(), sizes.tolist(), strict=True)):
        collect(network, ends, arrival)
        network.start(flow, 0, 0, size, arrival)
    collect(network, ends, None)
    return sizes, ends - arrivals


def collect(network: FluidNetwork, ends: np.ndarray, until: int | None) -> None:
    while (due := network.next_completion()) is not None and (until is None or due <= until):
        ends[network.complete(due)] = due


def assert_mean(values: np.ndarray, weights: np.ndarray, expected: float, *, widest: float) -> None:
    """Compare a ratio of batch sums with theory, after the warm-up."""
    shape = (BATCHES, -1)
    sums = values[WARM_UP:].reshape(shape).sum(axis=1)
    parts = weights[WARM_UP:].reshape(shape).sum(axis=1)
    ratio = sums.sum() / parts.sum()
    error = np.std(sums - ratio * parts, ddof=1) / parts.mean() / np.sqrt(BATCHES)
    tolerance = stats.t.ppf(1 - FALSE_ALARM / 2, BATCHES - 1) * error
    assert tolerance < widest * expected  # or the comparison would say little
    assert abs(ratio - expected) < tolerance


@batches
@pytest.mark.parametrize("law", LAWS)
def test_the_mean_download_time_does_not_depend_on_the_law_of_the_sizes(law, batch, widest):
    _, times = downloads(law, batch)
    expected = 1000 * MEAN / (RATE * (1 - LOAD))
    assert_mean(times, np.ones_like(times), expected, widest=widest)


@batches
@pytest.mark.parametrize("multiple", [0.1, 9.1])
def test_large_and_small_downloads_are_slowed_by_the_same_factor(multiple, batch, widest):
    sizes, times = downloads("two-point", batch)
    chosen = sizes == round(multiple * MEAN)
    expected = 1000 * multiple * MEAN / (RATE * (1 - LOAD))
    assert_mean(times * chosen, chosen, expected, widest=widest)
