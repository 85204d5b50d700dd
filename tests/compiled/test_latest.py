"""The last of a fleet, found while parts of it are counted."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fwsim.compiled.latest import NOT_YET, Latest

MOMENTS = st.lists(st.integers(0, 8) | st.just(NOT_YET), max_size=12)


@given(st.lists(MOMENTS, max_size=8), st.integers(0, 9))
def test_whoever_is_among_the_last_is_kept_however_many_share_a_moment(parts, most):
    latest = Latest(most, ways=2)
    success = np.array([at for part in parts for at in part], np.int64)
    spent = np.stack([np.arange(len(success)), success % 7], axis=1).reshape(-1, 2)
    begin = 0
    for part in parts:
        mine = np.arange(begin, begin + len(part))
        latest.add(success[mine], mine, spent[mine])
        begin += len(part)
    done = np.flatnonzero(success < NOT_YET)
    last = done[np.argsort(success[done], kind="stable")][len(done) - min(most, len(done)) :]
    is_late = np.zeros(len(success), bool)
    is_late[last] = True
    assert latest.spent_by(is_late).tolist() == spent[last].sum(axis=0).tolist()
