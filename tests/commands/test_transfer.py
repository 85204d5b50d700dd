"""How far a transfer gets, and how long writing takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.details import Detail
from fwsim.commands.image import NOWHERE
from fwsim.commands.transfer import point_of, transfer_stop, writing_time

FULL, BROKEN, MISSING = (
    Detail.UPDATE_PARTITION_FULL,
    Detail.TRANSFER_FAILED,
    Detail.PACKAGE_NOT_FOUND,
)


@pytest.mark.parametrize(
    ("missing_at", "space", "broken_at", "stop", "detail"),
    [
        (NOWHERE, NOWHERE, NOWHERE, 100, Detail.NONE),
        (30, NOWHERE, NOWHERE, 30, MISSING),
        (NOWHERE, 30, NOWHERE, 30, FULL),
        (NOWHERE, NOWHERE, 30, 30, BROKEN),
        (0, NOWHERE, NOWHERE, 0, MISSING),
        (NOWHERE, 0, NOWHERE, 0, FULL),
        (NOWHERE, NOWHERE, 0, 0, BROKEN),
        (NOWHERE, 100, NOWHERE, 100, Detail.NONE),
        (NOWHERE, 99, NOWHERE, 99, FULL),
        (10, 20, 30, 10, MISSING),
        (20, 10, 30, 10, FULL),
        (30, 20, 10, 10, BROKEN),
        (200, 300, 400, 100, Detail.NONE),
    ],
)
def test_the_first_fault_stops_a_transfer(missing_at, space, broken_at, stop, detail):
    assert transfer_stop(100, missing_at, space, broken_at) == (stop, detail)


places = st.just(NOWHERE) | st.integers(0, 200)


@given(st.integers(0, 100), places, places, places)
def test_a_transfer_is_whole_or_has_a_reason(total, missing_at, space, broken_at):
    stop, detail = transfer_stop(total, missing_at, space, broken_at)
    assert stop == min([total, *(at for at in (missing_at, space, broken_at) if at != NOWHERE)])
    assert (detail == Detail.NONE) == (stop == total)


@given(st.integers(1, 2**40), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_something_breaks_before_its_last_byte(size, chance):
    assert 0 <= point_of(size, chance) < size


@pytest.mark.parametrize(
    ("size", "rate", "factor", "milliseconds"),
    [
        (0, 10_000_000, 1.0, 0),
        (100_000_000, 10_000_000, 1.0, 10_000),
        (100_000_000, 10_000_000, 1.5, 15_000),
        (1, 10_000, 1.0, 0),
        (5, 10_000, 1.0, 1),
        (14, 10_000, 1.0, 1),
        (15, 10_000, 1.0, 2),
        (10**12, 1_000, 1.0, 10**12),
    ],
)
def test_writing_takes_whole_milliseconds_rounded_to_the_nearest(size, rate, factor, milliseconds):
    found = writing_time(size, rate, factor)
    assert (found, type(found)) == (milliseconds, int)
