"""Several busy times on one line: the largest share counts at every moment."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet.busy_times import largest_shares

spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda s: (s[0], s[0] + s[1])), max_size=5
)
busy_times = st.lists(st.tuples(spans, st.sampled_from([0.0, 0.25, 0.5, 1.0])), max_size=6)


def share_at(busy, moment):
    return max((share for spans, share in busy for a, b in spans if a <= moment < b), default=0.0)


@given(busy_times)
def test_the_largest_share_that_holds_counts_at_every_moment(busy):
    steps = largest_shares(busy)
    for moment in range(45):
        taken = next(share for at, share in reversed(steps) if at <= moment)
        assert taken == share_at(busy, moment)


@given(busy_times)
def test_a_step_is_a_change(busy):
    steps = largest_shares(busy)
    assert steps[0][0] == 0
    assert all(a < b for (a, _), (b, _) in pairwise(steps))
    assert all(a != b for (_, a), (_, b) in pairwise(steps))


def test_a_line_that_is_never_busy_is_free_from_the_start():
    assert largest_shares([]) == [(0, 0.0)]
