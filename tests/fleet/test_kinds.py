"""Devices that are alike are one kind, however many columns there are and however wide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet.kinds import kinds_of

NUMBERS = st.sampled_from([-1, 0, 1, 7, 1 << 20, 1 << 45])


@given(st.integers(0, 12).flatmap(lambda n: st.lists(st.tuples(*[NUMBERS] * 5), max_size=n)))
def test_kinds_are_those_of_whole_rows(rows):
    table = np.array(rows, np.int64).reshape(-1, 5)
    kinds, first = kinds_of(list(table.T))
    distinct, at, back = np.unique(table, axis=0, return_index=True, return_inverse=True)
    assert kinds.tolist() == back.reshape(-1).tolist()
    assert first.tolist() == at.tolist()
    assert (table[first][kinds] == table).all()
    assert len(distinct) == len(first)


@pytest.mark.parametrize("kind", [bool, np.int8, np.int32])
def test_columns_may_be_flags_or_narrow(kind):
    kinds, first = kinds_of([np.array([1, 0, 1, 0], kind), np.array([0, 0, 0, 1], np.int32)])
    assert kinds.tolist() == [2, 0, 2, 1]
    assert first.tolist() == [1, 3, 0]
