"""When devices come again, and when they try again: worked numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.check_in import hurried, next_check_in, retry_waits

SECOND, MINUTE = 1_000, 60_000
DAY = 24 * 60 * MINUTE


def test_a_back_off_that_doubles_every_three_tries_up_to_five_minutes_takes_51_minutes():
    waits = retry_waits(15, 60 * SECOND, 2.0, 3, 300 * SECOND)
    assert [wait // SECOND for wait in waits] == [60] * 3 + [120] * 3 + [240] * 3 + [300] * 6
    assert sum(waits) == 51 * MINUTE


def test_waits_without_a_factor_stay_as_they_are():
    assert retry_waits(10, 60 * SECOND, 1.0, 1, None) == (60 * SECOND,) * 10
    assert retry_waits(0, 60 * SECOND, 2.0, 1, None) == ()


def test_waits_that_grow_for_ever_stay_numbers():
    waits = retry_waits(1000, DAY, 10.0, 1, None)
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert waits[-1] == 2**53


@given(st.integers(1, DAY), st.integers(0, DAY), st.floats(1e-9, 1 - 1e-9))
def test_jitter_goes_as_far_either_way(every, jitter, chance):
    jitter = min(jitter, every - 1)
    assert max(every - jitter, 1) <= next_check_in(every, jitter, chance) <= every + jitter


@pytest.mark.parametrize(("left", "wait"), [(60, 5), (9, 3), (3, 1), (1, 0.5), (0.6, 0.5)], ids=str)
def test_polling_speeds_up_towards_a_window_to_a_third_of_what_is_left(left, wait):
    found = hurried(5 * MINUTE, 30 * SECOND, round(left * MINUTE))
    assert found == round(wait * MINUTE)
