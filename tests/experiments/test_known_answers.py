"""Replications against theory: an M/M/1 queue with processor sharing as repository.

Each run watches a window of a queue in its steady state (the number present is geometric, and
the rest of every download exponential again), so that the mean of what it sees is exactly the
closed form rho / (1 - rho), however short the window.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from fwsim.experiments.stopping_rule import FIRST_RUNS, is_enough
from fwsim.measures.catalogue import Unit
from fwsim.measures.precision import read_precision
from fwsim.results.statistics.estimate import estimate
from fwsim.results.statistics.reached_precision import interval
from fwsim.simulation.fair_sharing import FluidNetwork
from tests.tiers import in_both_tiers

RATE = 1_000_000  # bytes/s
MEAN = 10_000_000  # bytes: 10 s alone, so that ticks do not matter
LOAD = 0.3
PRESENT = LOAD / (1 - LOAD)
WINDOW = 1_500_000  # ms: 45 arrivals on average
RUNS = 20


def mean_number_present(generator: np.random.Generator) -> float:
    """Return the mean number of downloads over one window."""
    arrivals = int(generator.poisson(WINDOW * LOAD * RATE / MEAN / 1000))
    starts = np.sort(generator.integers(0, WINDOW, arrivals))
    there = int(generator.geometric(1 - LOAD)) - 1
    sizes = np.ceil(generator.exponential(MEAN, there + arrivals)).astype(np.int64).tolist()
    network = FluidNetwork(10 * RATE, [RATE], [10 * RATE])
    begins = [0] * there + starts.tolist()
    ends = [WINDOW] * len(begins)

    def finish(until: int) -> None:
        while (due := network.next_completion()) is not None and due <= until:
            for flow in network.complete(due):
                ends[flow] = due

    for flow, (begin, size) in enumerate(zip(begins, sizes, strict=True)):
        finish(begin)
        network.start(flow, 0, 0, size, begin)
    finish(WINDOW)
    return sum(end - begin for begin, end in zip(begins, ends, strict=True)) / WINDOW


def covered(experiments: int) -> int:
    """Return in how many experiments the interval covers the closed form."""
    generator = np.random.Generator(np.random.Philox(20211015))
    count = 0
    for _ in range(experiments):
        found = estimate([mean_number_present(generator) for _ in range(RUNS)], Unit.COUNT)
        count += found.low <= PRESENT <= found.high
    return count


@pytest.mark.slow
def test_a_95_per_cent_interval_covers_the_closed_form_as_often_as_it_says():
    """False alarm below one in a million (and, the seed fixed, never): 81 of 100 is too few."""
    assert covered(100) >= binom.ppf(1e-6, 100, 0.95)


@pytest.mark.slow
def test_a_95_per_cent_interval_covers_it_neither_less_nor_more_often():
    # With a true coverage of 95 % the share of 1,000 experiments has a standard deviation of
    # 0.7 %; the seed being fixed, the test passes always or never.
    assert 930 <= covered(1000) <= 970


@in_both_tiers("experiments, least", short=(40, 0.85), long=(200, 0.92))
@pytest.mark.parametrize(
    ("asked", "true"),
    [
        ("t95 ± 6 s at 95 %", 60_000 * math.exp(0.125)),
        ("p90 of t95 ± 18 s at 95 %", 60_000 * math.exp(0.5 * norm.ppf(0.9))),
    ],
)
def test_stopping_early_does_not_make_an_interval_of_skewed_times_lie(
    asked, true, experiments, least
):
    """Log-normal times, experiments of 140 and 210 runs; told is 95 %. Seeds are fixed."""
    generator = np.random.Generator(np.random.Philox(8))
    precision = read_precision(asked)
    hits, runs = 0, []
    for _ in range(experiments):
        drawn = (60_000 * generator.lognormal(0, 0.5, 1000)).tolist()
        count = FIRST_RUNS
        while count < len(drawn) and not is_enough(drawn[:count], precision):
            count += 1
        runs.append(count)
        low, high = interval(drawn[:count], precision)
        hits += low <= true <= high
    assert least <= hits / experiments
    assert FIRST_RUNS < np.mean(runs) < 300


def test_a_quantile_that_is_never_needs_no_further_runs():
    precision = read_precision("p90 of t95 ± 10 min")
    assert not is_enough([1.0] * 44, precision)  # ten runs ago they did not bound it yet
    assert is_enough([1.0] * 45, precision)
    assert is_enough([1.0] * 20 + [math.inf] * 20, precision)
    assert not is_enough([1.0] * 180 + [math.inf] * 20, precision)


def test_sequential_stopping_reaches_its_half_width():
    generator = np.random.Generator(np.random.Philox(7))
    precision = read_precision("deferments ± 0.04 at 95 %")
    values: list[float] = []
    while len(values) < FIRST_RUNS or not is_enough(values, precision):
        values.append(mean_number_present(generator))
    found = estimate(values, Unit.COUNT)
    assert FIRST_RUNS < len(values) < 200
    assert found.half_width <= 0.04
    assert found.low <= PRESENT <= found.high
