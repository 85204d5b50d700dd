"""A hub and many lines behind it that carry alike: which of them is the reason, and how sure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from fwsim.learning.factors import Factors
from fwsim.learning.fetching import Doubts, Fetching, Line
from fwsim.learning.shared_lines import SharedLine

LABEL, SPEED = 1e6, 0.4e6
MIDDLE, SPREAD = float(np.log(0.7)), 0.3
ERROR = 0.05
DAY = np.array([0, 86_400_000])
NONE = np.zeros(0, np.int64)


def behind(count, of_hub, speed=SPEED, speeds=None):
    """Return lines that each fetched a day long at one speed, of which a hub carries some part."""
    one = np.ones(1)

    def fetching(speed):
        line = Line(LABEL, one, np.inf, Factors.believed(MIDDLE, SPREAD, 60))
        size = np.array([int(speed * 86_400)])
        return Fetching(line, np.inf, one, one, DAY[:1], DAY[1:], size, NONE, NONE)

    label = count * speed / of_hub
    hub = Line(label, one, np.inf, Factors.believed(MIDDLE, SPREAD, 120))
    sites = [fetching(each) for each in (speeds if speeds is not None else [speed] * count)]
    return SharedLine(DAY, hub, sites, Doubts(ERROR, 0.05, each_open=False))


def chance_of_hub(shared, of_hub):
    hub, _ = shared.drawn(4000, np.random.default_rng(5))
    return float((hub < 1.25 * of_hub).mean())


def density(factor):
    return norm.pdf(np.log(factor), MIDDLE, SPREAD)


def above(factor):
    return norm.sf(np.log(factor), MIDDLE, SPREAD)


@pytest.mark.parametrize("count", [4, 60])
def test_how_far_a_hub_is_the_reason_does_not_hang_on_where_its_factors_are_looked_at(count):
    """Bells of lines and of the hub are equally wide, so beliefs about the two decide.

    A share of 4000 draws is off by more than 0.05 less than once in 10^8.
    """
    for of_hub in np.exp(np.log(0.6) + np.array([0.0, 0.013, 0.026])):
        found = chance_of_hub(behind(count, of_hub), of_hub)
        slow_hub = density(of_hub) * above(0.4)
        slow_lines = density(0.4) * above(of_hub)
        near = slow_lines * (1 - above(1.25 * of_hub) / above(of_hub))
        due = (slow_hub + near) / (slow_hub + slow_lines)
        assert found == pytest.approx(due, abs=0.07)


@pytest.mark.parametrize("slow", [2, 7, 12])
def test_a_hub_that_holds_one_line_of_several_is_the_reason_as_often_as_it_is_due(slow):
    """What the hub leaves the one moves by more than the hub does: its bell is the narrower.

    A share of 4000 draws is off by more than 0.05 less than once in 10^8.
    """
    fast, of_hub = 0.6, 0.6
    speeds = [0.3 * LABEL] * slow + [fast * LABEL]
    found = chance_of_hub(behind(len(speeds), of_hub, np.mean(speeds), speeds), of_hub)
    slow_hub = speeds[-1] / sum(speeds) * density(of_hub) * above(fast)
    slow_line = density(fast) * above(of_hub)
    near = slow_line * (1 - above(1.25 * of_hub) / above(of_hub))
    assert found == pytest.approx((slow_hub + near) / (slow_hub + slow_line), abs=0.08)


def test_neither_does_it_hang_on_where_the_factors_of_a_kind_are_looked_at():
    kinds = Factors.of_one_kind([Factors.believed(MIDDLE, SPREAD, 60)])
    narrow = ERROR / np.sqrt(400)
    places = np.log(0.4) + kinds.step * np.linspace(0.0, 1.0, 7)
    bells = -(((kinds.logs - places[:, None]) / narrow) ** 2) / 2
    due = np.log(narrow * np.sqrt(2 * np.pi) / kinds.step)
    assert kinds.summed(bells, narrow) == pytest.approx(np.full(7, due), abs=0.02)


@pytest.mark.parametrize("count", [1, 2, 60])
def test_the_error_of_a_log_is_counted_once_behind_however_many_lines(count):
    """Of 4000 draws a standard deviation is off by 0.0045 less than once in 10^14."""
    _, lines = behind(count, 0.02).drawn(4000, np.random.default_rng(5))
    assert np.log(lines[0]).std() == pytest.approx(ERROR, abs=0.0045)


def test_a_line_that_is_known_is_moved_by_no_error():
    known = Factors.believed(np.log(0.8), 0.0, 60)
    drawn = known.drawn(np.zeros(3, np.int64), np.random.default_rng(5), np.array([-0.1, 0.0, 0.1]))
    assert drawn == pytest.approx([0.8] * 3)


def test_what_is_believed_beyond_a_label_is_at_the_label_of_a_kind_too():
    kinds = Factors.of_one_kind([Factors.believed(MIDDLE, SPREAD, 60)])
    assert kinds.shares[-1] == pytest.approx(above(1.0), abs=0.005)
    assert kinds.shares[-20:].sum() == pytest.approx(above(np.exp(kinds.logs[-20])), abs=0.005)


@pytest.mark.parametrize("place", np.linspace(-0.92, -0.84, 5))
def test_what_many_lines_are_off_by_is_squared_only_between_factors(place):
    """Where a hub is full for a part of the time, they are off by less from some factor on."""
    factors = Factors.believed(MIDDLE, SPREAD, 60)
    kinds = Factors.of_one_kind([factors])

    def off(logs):
        return np.where(logs < place, 1.0, 0.6) * (logs - place)

    found = -(factors.straight(off(factors.logs)[None], kinds.logs) ** 2)
    assert found.max() <= 0
    near = np.abs(kinds.logs - place) < 0.02
    assert -found[0, near] == pytest.approx(off(kinds.logs[near]) ** 2, abs=0.0003)


def test_lines_of_one_kind_carry_alike_also_where_the_hub_lets_nobody_see_what():
    """Each may have its own as well, but each of them has to carry more than the hub leaves it.

    The share of so many draws is off by 0.12 less than once in 10^8.
    """
    hub, lines = behind(20, 0.3).drawn(4000, np.random.default_rng(5))
    unlike = np.ptp(lines, axis=0)[hub < 0.35]
    assert len(unlike) > 400
    due = above(0.4) / (above(0.4) + above(0.4) ** 20)
    assert (unlike == 0.0).mean() == pytest.approx(due, abs=0.12)


def test_lines_that_differ_are_drawn_each_by_itself():
    speeds = LABEL * np.linspace(0.3, 0.7, 8)
    _, lines = behind(8, 0.6, speeds.mean(), speeds).drawn(2000, np.random.default_rng(5))
    assert [np.median(one) for one in lines] == pytest.approx(speeds / LABEL, rel=0.06)
