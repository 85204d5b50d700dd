"""Stretches of time less others, as the plain form has them."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from fwsim.fleet.spans import merged, without

some_spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=12,
).map(merged)


def plainly_without(spans, closed):
    """Return what `without` does, with every stretch held against every other."""
    left = []
    for start, end in spans:
        since = start
        for first, last in closed:
            if last <= since or first >= end:
                continue
            if first > since:
                left.append((since, first))
            since = max(since, last)
        if since < end:
            left.append((since, end))
    return left


@given(some_spans, some_spans)
@example([(0, 10), (20, 30)], [(5, 25)])
@example([(0, 10)], [(5, 5)])
@example([(0, 10), (10, 20)], [(0, 10)])
def test_what_is_left_is_what_the_plain_form_leaves(spans, closed):
    assert without(spans, closed) == plainly_without(spans, closed)


class Counted(list):
    """A list that counts how often it is looked into."""

    looks = 0

    def __getitem__(self, place):
        """Return an entry, and count it."""
        self.looks += 1
        return super().__getitem__(place)

    def __iter__(self):
        """Yield entries, and count them."""
        for place in range(len(self)):
            yield self[place]


def test_either_list_is_gone_through_once():
    spans = [(10 * n, 10 * n + 8) for n in range(1000)]
    closed = Counted((10 * n + 3, 10 * n + 5) for n in range(1000))
    assert len(without(spans, closed)) == 2000
    assert closed.looks <= 5000
