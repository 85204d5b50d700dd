"""Luck and doubt told apart, against what is known of made-up tables."""

from datetime import timedelta

import numpy as np
import pytest

from fwsim.measures.amounts import REACHED_BEFORE
from fwsim.measures.measure import read_measure
from fwsim.results.statistics.spread import (
    Input,
    decision_values,
    never_at,
    never_counts,
    screened,
    two_way_split,
)
from fwsim.run import prepare
from tests.planning import small_fleets


def table(generator, draws, runs, *, doubt, luck, together=0.0):
    """Return a table of runs: its worlds, its lucks, and what they do only together."""
    return (
        doubt * generator.normal(size=(draws, 1))
        + luck * generator.normal(size=(1, runs))
        + together * generator.normal(size=(draws, runs))
    )


def test_the_split_is_right_on_average_where_luck_is_much_larger():
    # True: doubt 1, luck 9 of which 10 % act only in some worlds. 400 tables: the mean of the
    # estimates has a standard error of about 0.02; six of them are 0.12.
    generator = np.random.default_rng(7)
    parts = {"doubt": 1.0, "luck": np.sqrt(8.1), "together": np.sqrt(0.9)}
    found = [two_way_split(table(generator, 50, 4, **parts)) for _ in range(400)]
    assert np.mean([split.doubt for split in found]) == pytest.approx(1.0, abs=0.12)
    assert np.mean([split.together for split in found]) == pytest.approx(0.9, abs=0.03)


def test_one_way_would_be_wrong_on_the_same_tables():
    """Under common random numbers the means of all rows share the luck of the columns."""
    generator = np.random.default_rng(8)
    found = []
    for _ in range(400):
        rows = table(generator, 50, 4, doubt=1.0, luck=3.0)
        within = rows.var(axis=1, ddof=1).mean()
        found.append(rows.mean(axis=1).var(ddof=1) - within / 4)
    assert np.mean(found) < 0


def test_worlds_that_do_not_differ_make_no_doubt():
    generator = np.random.default_rng(9)
    split = two_way_split(np.tile(generator.normal(size=(1, 6)), (30, 1)))
    assert split.doubt == pytest.approx(0.0, abs=1e-12)
    assert split.share(split.luck) == pytest.approx(1.0)
    assert np.ptp(split.worlds) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_no_part_is_negative_and_bands_lie_in_what_was_seen(seed):
    generator = np.random.default_rng(seed)
    rows = generator.exponential(size=(12, 3)) * (generator.random((12, 3)) < 0.5)
    split = two_way_split(rows)
    assert min(split.doubt, split.luck, split.together) >= 0
    assert rows.min() <= split.luck_range[0] <= split.luck_range[1] <= rows.max()


def test_the_doubt_band_is_as_wide_as_the_doubt_not_as_its_noisy_means():
    generator = np.random.default_rng(10)
    split = two_way_split(table(generator, 400, 2, doubt=1.0, luck=0.0, together=3.0))
    assert split.worlds.std() == pytest.approx(np.sqrt(split.doubt), rel=0.01)
    assert split.worlds.std() < 1.6  # its means have a standard deviation of 2.3


def test_nothing_that_varies_has_no_shares():
    split = two_way_split(np.ones((10, 3)))
    assert split.total == 0
    assert split.share(split.doubt) == 0


def test_what_is_never_reached_counts_as_the_horizon_and_nothing_else_is_cut():
    assert never_at(100.0, np.array([50.0, np.inf, 4e12])).tolist() == [50.0, 100.0, 4e12]


def test_a_time_from_a_moment_counts_from_there_where_it_is_never_reached():
    """It counted the whole horizon after that moment: past the end of the story."""
    story = prepare(small_fleets.people(100))
    start = story.start.astimezone(story.zone)
    moments = [start + timedelta(hours=hours) for hours in (0, 5, 900)]
    counts = [
        never_counts(read_measure(f"time from {moment:%Y-%m-%d %H:%M} to 95 %"), story)
        for moment in moments
    ]
    assert counts == [story.horizon, story.horizon - 5 * 3_600_000, REACHED_BEFORE]
    assert never_counts(read_measure("time to 95 %"), story) == story.horizon


def inputs(generator, worlds, count):
    return [Input(f"input {n}", generator.normal(size=(worlds, 1))) for n in range(count)]


def test_screening_keeps_what_moves_the_result():
    generator = np.random.default_rng(14)
    drawn = inputs(generator, 200, 40)
    values = drawn[33].columns[:, 0] - 2 * drawn[5].columns[:, 0]
    kept = screened(values + 0.2 * generator.normal(size=200), drawn, 6)
    assert {"input 33", "input 5"} <= set(kept)
    assert len(kept) == 6


def test_an_input_that_decides_between_plans_is_worth_knowing():
    generator = np.random.default_rng(15)
    theta = generator.normal(size=200)
    outcomes = np.stack([np.zeros(200), theta], axis=1) + 0.1 * generator.normal(size=(200, 2))
    drawn = [Input("it", theta[:, None]), *inputs(generator, 200, 5)]
    (best,) = decision_values(outcomes, drawn)
    # E max(0, N(0, 1)) is 0.399; bins lose a little.
    assert best.place == "it"
    assert best.value == pytest.approx(0.4, abs=0.1)


def test_nothing_is_worth_knowing_where_one_plan_always_wins():
    generator = np.random.default_rng(16)
    outcomes = np.stack([np.zeros(100), np.ones(100)], axis=1)
    assert decision_values(outcomes, inputs(generator, 100, 5)) == ()


@pytest.mark.slow
def test_noise_is_seldom_worth_knowing():
    # 60 tries at 5 % each: more than 12 would come up once in 20,000 series; the seed is fixed.
    generator = np.random.default_rng(17)
    alarms = sum(
        bool(decision_values(generator.normal(size=(80, 2)), inputs(generator, 80, 8)))
        for _ in range(60)
    )
    assert alarms <= 12
