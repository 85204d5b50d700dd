"""What was learnt is written so that a scenario can read it."""

import numpy as np
import pytest

from fwsim.learning.writing import ranged
from fwsim.scenario.belief_values import DURATION, RATE, SHARE


@pytest.mark.parametrize("share", [0.45, 0.5, 0.001, 0.999, 0.9999, 0.0001, 1 / 3])
def test_a_share_that_is_known_to_the_last_digit_has_a_range_still(share):
    low, high = ranged(np.full(100, share), SHARE)["between"]
    assert SHARE.read(low) < SHARE.read(high)


@pytest.mark.parametrize("quantity", [DURATION, RATE])
def test_so_has_a_time_and_a_rate(quantity):
    low, high = ranged(np.full(100, 1_234_567.0), quantity)["between"]
    assert low != high
