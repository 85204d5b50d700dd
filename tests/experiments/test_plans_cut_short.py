"""Plans that their horizon cut short, or that are under way, compared."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import fwsim
from fwsim.experiments.compare import compare
from fwsim.experiments.still_to_come import may_come_to_more, share_under_way
from fwsim.measures.measure import read_measure


def plan_for(horizon, notice="5 min", size="60 MB"):
    return fwsim.loads(text_for(horizon, notice, size))


def text_for(horizon, notice="5 min", size="60 MB"):
    return f"""
name: {horizon}
zone: UTC
start: 2018-08-20 12:00
horizon: {horizon}
doubt: stated
image: {{name: new.idf, packages: [{{name: all, size: {size}}}]}}
fleet: {{units: {{DE: {{installed: old.idf, devices: 20, people: users}}}}}}
people: {{users: {{answer: {{now: 0 %, defer: 0 %, cancel: 0 %}}}}}}
network: {{sites: {{default: {{link: {{between: [1 Mbit/s, 20 Mbit/s]}}}}}}}}
commands: [{{update: DE, inform_user: {notice}}}]
"""


@pytest.mark.parametrize("names", [("12 min", "1 d"), ("1 d", "12 min")])
def test_a_plan_that_was_cut_short_is_neither_better_nor_worse(names):
    found = compare([plan_for(name) for name in names], replications=10, workers=1)
    assert found.horizons.startswith(f"The horizons differ: {' and '.join(names)}.")
    (told,) = found.verdict()
    assert told.startswith("Runs of 12 min end with something under way, at an earlier horizon")
    assert not found.worth_knowing()


@pytest.mark.parametrize("slow_first", [True, False])
def test_a_plan_is_not_cheaper_by_what_is_left_to_do_in_it(slow_first):
    """Nobody had the update over the slow line by the horizon, which cost less bytes and time."""
    text = text_for("30 min", size="20 MB").replace("name: 30 min", "name: {}")
    slow = text.replace("{}", "slow").replace("1 Mbit/s, 20", "0.1 Mbit/s, 0.2")
    plans = [fwsim.loads(slow), fwsim.loads(text.replace("{}", "fast"))]
    found = compare(plans if slow_first else plans[::-1], replications=10, workers=1)
    *others, told = found.verdict()
    assert told.startswith("When the runs end, 100.0 % of the devices of slow are under way")
    assert "user time lost, WAN bytes" in told
    assert not any("WAN bytes" in one or "user time" in one for one in others), others


@pytest.mark.parametrize("slow_first", [True, False])
def test_where_nobody_is_done_in_either_plan_less_is_no_merit(slow_first):
    """The slower line was called better, and the like of both was told beside."""
    text = text_for("20 min", size="60 MB").replace("name: 20 min", "name: {}")
    slow = text.replace("{}", "slow").replace("1 Mbit/s, 20 Mbit/s", "0.5 Mbit/s, 0.51 Mbit/s")
    fast = text.replace("{}", "fast").replace("1 Mbit/s, 20 Mbit/s", "0.6 Mbit/s, 0.61 Mbit/s")
    plans = [fwsim.loads(slow), fwsim.loads(fast)]
    found = compare(plans if slow_first else plans[::-1], replications=10, workers=1)
    (told,) = found.verdict()
    assert told.startswith("When the runs end, 100.0 % of the devices of slow are under way")
    assert "of those of fast" in told


def test_what_is_under_way_counts_once_though_a_cause_of_it_was_asked_for():
    asked = [read_measure("outcome still in progress because transfer failed")]
    run = SimpleNamespace(
        values={read_measure("outcome still in progress"): 0.6, asked[0]: 0.5},
    )
    assert share_under_way([run]) == 0.6


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        ((50, 0.5), (90, 0.0), True),
        ((50, 0.4), (90, 0.0), False),  # 83 once all are done
        ((0, 1.0), (90, 0.9), True),
        ((50, 0.0), (90, 0.0), False),
        ((50, 0.5), (90, 0.5), False),
        ((50, 1.0), (90, 1.0), True),
        ((90, 0.5), (50, 0.0), False),
    ],
)
def test_what_is_left_counts_as_what_is_done(least, most, expected):
    assert may_come_to_more(read_measure("WAN bytes"), least, most) == expected
    assert not may_come_to_more(read_measure("successful"), least, most)


def test_horizons_that_cut_nothing_short_change_nothing():
    other = compare([plan_for("1 d"), plan_for("2 d", "20 min")], replications=10)
    same = compare([plan_for("1 d"), plan_for("1 d", "20 min")], replications=10)
    assert other.verdict()[0].split(" in ")[1:] == same.verdict()[0].split(" in ")[1:]
    assert other.horizons
    assert not same.horizons


def test_what_a_plan_tells_of_a_time_within_both_horizons_makes_it_better():
    by = read_measure("devices successful by 2018-08-20 12:11")
    plans = [plan_for("12 min", "10 min", "3 MB"), plan_for("1 d", "1 min", "3 MB")]
    found = compare(plans, replications=10, workers=1, measures=[by])
    assert any("successful by" in one for one in found.verdict()), found.verdict()


def test_of_plans_that_are_one_nothing_is_said_to_be_open():
    """More pairs were asked for to tell whether an input could change the choice."""
    found = compare([plan_for("1 d"), plan_for("1 d")], replications=5, workers=1)
    assert found.inputs
    assert "do not differ" in found.verdict()[0]
    assert not found.worth_knowing()
