"""What was learnt is written so that a scenario can read it."""

import numpy as np
import pytest
from scipy.special import ndtri

from fwsim.learning.counted import Tally
from fwsim.learning.learnt import Kept
from fwsim.learning.places import share_input
from fwsim.learning.writing import Asked, ranged, ranged_line, rate_or_time
from fwsim.quantities.counts import LARGEST_DURATION
from fwsim.scenario.belief_values import DURATION, RATE, SHARE, read_belief


@pytest.mark.parametrize("share", [0.45, 0.5, 0.001, 0.999, 0.9999, 0.0001, 1 / 3])
def test_a_share_that_is_known_to_the_last_digit_has_a_range_still(share):
    low, high = ranged(np.full(100, share), SHARE)["between"]
    assert SHARE.read(low) < SHARE.read(high)


@pytest.mark.parametrize("quantity", [DURATION, RATE])
def test_so_has_a_time_and_a_rate(quantity):
    low, high = ranged(np.full(100, 1_234_567.0), quantity)["between"]
    assert low != high


def read_back(drawn):
    return read_belief(ranged_line(drawn), SHARE).quantile((np.arange(999)[:, None] + 0.5) / 999)


@pytest.mark.parametrize(("median", "sigma"), [(0.77, 0.25), (0.95, 0.25), (0.55, 0.3), (0.7, 0.5)])
def test_a_line_that_may_carry_all_of_its_label_is_read_as_it_was_drawn(median, sigma):
    """As a range alone its middle would lie next to the upper end."""
    chances = (np.arange(4000) + 0.5) / 4000
    drawn = np.minimum(median * np.exp(sigma * ndtri(chances)), 1.0)
    found = read_back(drawn)
    assert np.median(found) == pytest.approx(np.median(drawn), rel=0.09)
    assert found.mean() == pytest.approx(drawn.mean(), rel=0.02)
    assert found.std() == pytest.approx(drawn.std(), rel=0.1)


def test_a_line_that_is_well_known_is_told_as_a_range():
    drawn = 0.5 * np.exp(0.02 * ndtri((np.arange(1000) + 0.5) / 1000))
    assert list(ranged_line(drawn)) == ["between"]
    assert list(ranged_line(np.ones(1000))) == ["between"]


def test_a_time_longer_than_any_is_written_as_the_longest_that_is_read():
    """A few digits of it are more than a hundred years; a scenario with that would not load."""
    for value in (1e20, LARGEST_DURATION + 0.4, float(LARGEST_DURATION)):
        assert DURATION.read(rate_or_time(DURATION, value)) == LARGEST_DURATION


def test_a_share_of_three_rollouts_is_written_with_a_few_digits():
    tally = Tally(np.array([[3, 9, 5]]), np.array([[70, 80, 75]]))
    place, asked = ("faults", "transfer"), Asked(rows=10, seed=1, between=0.25)
    value = share_input(place, tally, None, "update", asked, kept=Kept.NO_FAULT).value
    assert all(len(end) <= len("0.0123 %") for end in value["between"]), value


@pytest.mark.parametrize("rate", [0.9561, 9.561, 95.61, 956.1, 9561])
def test_a_rate_is_written_so_that_it_is_one_number_only(rate):
    assert RATE.read(rate_or_time(RATE, rate * 125_000)) == pytest.approx(rate * 125_000, rel=1e-4)
