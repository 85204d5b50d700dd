"""What a line can carry under limits on its minutes, against adding up minute by minute."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.planning.bounds.line_capacity import MINUTE, LineCapacities

times = st.integers(0, 20 * MINUTE)


@st.composite
def lines(draw):
    at = sorted({0, *draw(st.lists(times, max_size=4))})
    steps = [(t, draw(st.integers(0, 9))) for t in at]
    spans = []
    for _ in range(draw(st.integers(0, 2))):
        edges = sorted(draw(st.sets(times, min_size=4, max_size=4)))
        spans.append(((edges[0], edges[1]), (edges[2], edges[3])))
    limits = [
        (float(draw(st.integers(0, 9))), draw(st.sampled_from([None, *spans])))
        for _ in range(draw(st.integers(0, 2)))
    ]
    return steps, limits, draw(times)


def capacity_of(steps, limits, since):
    """One line alone; `by` gives its bytes."""
    at, rates = (np.array(column) for column in zip(*steps, strict=True))
    limits = [(np.array([rate]), spans) for rate, spans in limits]
    return LineCapacities(at, rates[None].astype(float), limits, since)


def carried(steps, begin, end):
    """Bytes by adding up one stretch of a constant rate after the other."""
    edges = sorted({begin, end, *(at for at, _ in steps if begin < at < end)})
    return sum([r for at, r in steps if at <= a][-1] * (b - a) / 1000 for a, b in pairwise(edges))


def minute_by_minute(steps, limits, since, until):
    total = 0.0
    for minute in range(since // MINUTE * MINUTE, until, MINUTE):
        begin, end = max(since, minute), min(until, minute + MINUTE)
        most = carried(steps, begin, end) if begin < end else 0.0
        for rate, spans in limits:
            if spans is None or any(a <= minute < b for a, b in spans):
                most = min(most, rate * 60)
        total += most
    return total


@given(lines(), st.lists(times, min_size=1, max_size=5))
def test_it_carries_what_its_minutes_may(line, untils):
    steps, limits, since = line
    capacity = capacity_of(steps, limits, since)
    for until in untils:
        expected = minute_by_minute(steps, limits, since, until)
        assert capacity.by(until) == pytest.approx(expected, abs=1e-6)


def test_a_limit_is_one_on_the_bytes_of_a_minute():
    """Half a minute at twice the limit keeps a limit on the whole minute."""
    capacity = capacity_of([(0, 100)], [(50.0, None)], 30_000)
    assert capacity.by(60_000) == 3000
    assert capacity.by(120_000) == 6000


def test_lines_together_carry_what_each_carries_alone():
    at, rates = np.array([0, 90_000]), np.array([[100.0, 10.0], [40.0, 70.0]])
    limits = [(np.array([50.0, 60.0]), ((60_000, 120_000),))]
    together = LineCapacities(at, rates, limits, 30_000).by(150_000)
    alone = [
        capacity_of(list(zip(at, row, strict=True)), [(most, spans)], 30_000).by(150_000)[0]
        for row, (most,) in zip(rates, limits[0][0][:, None], strict=True)
        for spans in [limits[0][1]]
    ]
    assert together.tolist() == alone
