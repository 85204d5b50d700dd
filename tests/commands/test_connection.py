"""One connection of TCP: set-up, slow start and ceilings, against closed forms and SimGrid."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.connection import ROUND, ceiling_by_loss, set_up_time, share_class, slow_start

WINDOW = 14_600


def seconds(size: int, mbit: float, round_trip: int, *, files: int = 1) -> float:
    """Return what files take that come one after the other: TLS, 5 % of headers."""
    rate = mbit * 1e6 / 8 * 0.95
    rounds = 3 * ROUND + slow_start(size, int(rate * round_trip / 1000), WINDOW)
    return files * (size / rate + set_up_time(rounds, round_trip) / 1000)


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.integers(1, 10**7))
def test_slow_start_is_the_logarithm_less_what_came_meanwhile(size, in_flight, window):
    most = min(size, in_flight)
    exact = math.log2(most / window) - (most - window) / in_flight if most > window else 0.0
    assert slow_start(size, in_flight, window) / ROUND == pytest.approx(exact, abs=2 / ROUND)


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.integers(WINDOW, 10**8))
def test_a_larger_file_is_not_set_up_faster(size, more, in_flight):
    before, after = (slow_start(s, in_flight, WINDOW) for s in (size, size + more))
    assert after >= before - 1


@pytest.mark.parametrize(
    ("size", "mbit", "round_trip", "files", "real", "by"),
    [
        (10_000_000, 50, 30, 1, 1.9, 0.05),
        (10_000_000, 50, 150, 1, 2.9, 0.05),
        (10_000_000, 50, 150, 30, 86, 0.5),
        (10_000_000, 20, 600, 30, 283, 2.0),
    ],
)
def test_the_table_of_the_notes_comes_out(size, mbit, round_trip, files, real, by):
    """Notes for forecasts, B; the last row, of which only the first digits agree, within 1 %."""
    assert seconds(size, mbit, round_trip, files=files) == pytest.approx(real, abs=by)


@pytest.mark.parametrize(
    ("mbit", "round_trip", "low", "high"),
    [(10, 20, 5, 7), (10, 150, 5, 7), (100, 20, 5, 7), (50, 150, 12.5, 13.5)],
)
def test_on_large_files_a_constant_factor_is_nearly_all(mbit, round_trip, low, high):
    longer = seconds(100_000_000, mbit, round_trip) / (100e6 * 8 / (mbit * 1e6)) - 1
    assert low <= 100 * longer <= high


def test_losses_cap_a_connection_as_mathis_says():
    """Notes B: 60 ms and 1 % give 2.4 Mbit/s, 0.01 % gives 24 Mbit/s."""
    megabits = [8e-6 * ceiling_by_loss(60, loss, 1460, 1.22) for loss in (0.01, 0.0001)]
    assert megabits == pytest.approx([2.4, 24], rel=0.02)


def test_each_class_of_shares_is_equally_likely():
    chances = [(n + 0.5) / 1000 for n in range(1000)]
    classes = [share_class(chance, 5) for chance in (*chances, 1 - 2**-53)]
    assert [classes.count(n) for n in range(5)] == [200, 200, 200, 200, 201]
