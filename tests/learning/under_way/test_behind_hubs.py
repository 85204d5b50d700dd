"""What a log so far tells of a hub and of the lines behind it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning import behind_hubs
from fwsim.learning.factors import Factors
from fwsim.learning.fetching import Fetching, Line
from fwsim.learning.lines import LineDownloads
from fwsim.learning.max_min import level
from fwsim.learning.under_way.forecast import believing
from fwsim.learning.under_way.learnt_so_far import learn_so_far
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.past import cut
from fwsim.run import play_once, prepare
from tests.learning.converting import transfers_in

MINUTE = 60_000
TEXT = """
zone: UTC
start: 2021-09-24 08:00
horizon: 2 d
image: {name: n.idf, packages: [{name: a, size: 150 MB}]}
fleet: {units: {DE/*: {devices: 8, sites: %s}}}
network:
  sites: {default: {link: 20 Mbit/s%s}}
  hubs: {South: {link: 40 Mbit/s%s, sites: [DE/*]}}
%s
commands: [{update: DE, subordinate_units: true, devices_wait: 30 s, once: 2021-09-24 08:00}]
"""
HUB = "network.hubs.South.line_factor"


@cache
def planned(sites=4, of_site="", of_hub="", more=""):
    return prepare(fwsim.loads(TEXT % (sites, of_site, of_hub, more)))


@cache
def log(of_hub, sites=4, more=""):
    real = planned(sites, ", line_factor: 70 %", f", line_factor: {of_hub}", more)
    return play_once(real, 99, 0).log


def after(minutes, of_hub, rollout):
    past = cut(log(of_hub, len(rollout.fleet.site.values)), minutes * MINUTE, len(rollout.fleet))
    return learn_so_far(rollout, read_so_far(past, rollout))


def drawn(rollout, learnt, worlds=200):
    """Return what the hub and the lines carry of their labels in each world; (worlds, lines)."""
    ready = doubted(believing(rollout, learnt))
    each = [ready.drawn_scenario(Chances(7, world)).network for world in range(worlds)]
    names = rollout.fleet.site.values
    return np.array(
        [
            [one.hubs["South"].line_factor, *(one.sites[name].line_factor for name in names)]
            for one in each
        ],
        float,
    )


def test_each_gets_the_same_of_what_is_shared_unless_it_takes_less():
    busy, each = np.array([[2.0, 1.0, 0.0]] * 3), np.array([[5.0, 1.0, 9.0]] * 3)
    found = level(busy, each, np.array([12.0, 7.0, 1.5]))
    assert found == pytest.approx([np.inf, 3.0, 0.5])


@pytest.mark.parametrize(("of_hub", "minutes"), [("10 %", 120), ("40 %", 40), ("95 %", 35)])
def test_a_hub_is_learnt_and_its_lines_are_not_blamed(of_hub, minutes):
    learnt = after(minutes, of_hub, planned())
    hub, *sites = drawn(planned(), learnt).T
    low, high = np.quantile(hub, [0.05, 0.95])
    assert low < float(of_hub[:-2]) / 100 < high
    assert high < 1.6 * low
    for one in sites:
        assert np.quantile(one, 0.95) > 0.7


def test_what_a_hub_and_its_line_may_be_is_drawn_together():
    """One site alone is behind a hub as fast: in every world one of the two is slow."""
    alone = prepare(fwsim.loads((TEXT % (1, "", "", "")).replace("40 Mbit/s", "20 Mbit/s")))
    past = cut(log("10 %", 1), 60 * MINUTE, 8)
    hub, of_site = drawn(alone, learn_so_far(alone, read_so_far(past, alone))).T
    assert np.quantile(np.minimum(hub, of_site), 0.99) < 0.25  # it carried 4 of 20 Mbit/s
    assert 0.3 < (hub < of_site).mean() < 0.7
    assert (np.maximum(hub, of_site) > 0.3).mean() > 0.8


@pytest.mark.parametrize("hub", [", line_factor: 100 %", ""])
def test_what_is_known_of_a_line_stays(hub):
    rollout = planned(4, ", line_factor: 100 %", hub)
    names = {one.name for one in after(120, "10 %", rollout).inputs if one.place[0] == "network"}
    assert names == (set() if hub else {HUB})


@pytest.mark.parametrize("of_site", ["70 %", "90 %"])
def test_lines_that_carry_alike_are_no_sign_of_a_slow_hub(of_site):
    """Devices begin one after the other, so that as much comes over the hub all the time."""
    text = (TEXT % (16, "%s", "%s", "")).replace("devices: 8", "devices: 2")
    text = text.replace("40 Mbit/s", "400 Mbit/s")
    rollout = prepare(fwsim.loads(text % ("", "")))
    real = text % (f", line_factor: {of_site}", ", line_factor: 95 %")
    past = cut(play_once(prepare(fwsim.loads(real)), 99, 0).log, 40 * MINUTE, len(rollout.fleet))
    learnt = {one.name: one for one in learn_so_far(rollout, read_so_far(past, rollout)).inputs}
    assert HUB not in learnt or np.quantile(learnt[HUB].belief.values, 0.5) > 0.5
    lines = [one for name, one in learnt.items() if ".sites." in name]
    assert len(lines) == 16
    assert all(np.quantile(one.belief.values, 0.95) > float(of_site[:2]) / 100 for one in lines)


@pytest.mark.parametrize(("of_site", "hub"), [("40 %", 300), ("90 %", 600)])
def test_of_lines_that_are_slow_alike_the_hub_is_not_surely_the_reason(of_site, hub):
    """All fetch at once, so the hub would explain it as well, and nothing tells which it is."""
    text = (TEXT % (20, "%s", "%s", "")).replace("devices: 8", "devices: 2")
    text = text.replace("40 Mbit/s", f"{hub} Mbit/s").replace(
        "devices_wait: 30 s", "devices_wait: 1 s"
    )
    rollout = prepare(fwsim.loads(text % ("", "")))
    real = text % (f", line_factor: {of_site}", ", line_factor: 95 %")
    past = cut(play_once(prepare(fwsim.loads(real)), 99, 0).log, 40 * MINUTE, len(rollout.fleet))
    learnt = {one.name: one for one in learn_so_far(rollout, read_so_far(past, rollout)).inputs}
    low, high = np.quantile(learnt[HUB].belief.values, [0.05, 0.95])
    carried = float(of_site[:2]) / 100 * 400 / hub
    assert 0.85 * carried < low < 1.2 * carried
    assert high > 0.95
    lines = [one for name, one in learnt.items() if ".sites." in name]
    assert len(lines) == 20
    for one in lines:
        assert np.quantile(one.belief.values, 0.05) < float(of_site[:2]) / 100
        assert np.quantile(one.belief.values, 0.95) > float(of_site[:2]) / 100


def test_what_lies_between_two_factors_is_that_of_a_cubic():
    factors = Factors.believed(-0.4, 0.3, 12)
    logs = np.linspace(factors.logs[0], factors.logs[-1], 50)
    cubic = np.polynomial.Polynomial([1.0, -2.0, -0.5, 3.0])
    found = factors.between(cubic(factors.logs)[None], logs)
    assert found[0] == pytest.approx(cubic(logs))


@pytest.mark.parametrize("place", [-0.52, -0.5, -0.48, -0.46])
def test_where_a_line_stops_to_be_the_reason_nothing_is_likelier_than_before_or_after(place):
    """Were it only a little, hundreds of lines would make their hub the reason for sure."""
    factors = Factors.believed(-0.37, 0.52, 60)
    off = np.minimum(factors.logs - place, 0.0) / 0.05
    kinds = Factors.of_one_kind([factors])
    found = factors.between(-(off**2)[None] / 2, kinds.logs)
    assert found.max() < 1e-9


def test_an_outage_is_not_taken_for_a_slow_hub():
    """It begins and ends between one transfer's beginning and the next one's end."""
    outage = "outages: [{start: 2021-09-24 08:10, end: 2021-09-24 08:40}]"
    rollout = planned(4, "", "", outage)
    past = cut(log("95 %", 4, outage), 70 * MINUTE, len(rollout.fleet))
    low, high = np.quantile(
        drawn(rollout, learn_so_far(rollout, read_so_far(past, rollout)))[:, 0], [0.05, 0.95]
    )
    assert 0.7 < low < 0.95 < high


def test_one_transfer_has_no_more_than_its_line_where_it_takes_part_of_a_stretch():
    hour, minute = 3_600_000, np.int64(MINUTE)
    known = Line(1e6, np.ones(1), np.inf, Factors.believed(0.0, 0.0, 1))
    three = LineDownloads(
        np.array([0, 0, 40]) * minute, np.array([10, 10, 60]) * minute, np.ones(3, np.int64)
    )
    edges = np.array([0, hour])
    busy, some = behind_hubs._busy(three, edges), behind_hubs._busy(behind_hubs._any(three), edges)
    assert (busy * hour, some * hour) == (pytest.approx(40 * minute), pytest.approx(30 * minute))
    assert behind_hubs._within(three, {-1, 0, 15 * MINUTE, 45 * MINUTE, 60 * MINUTE}).tolist() == [
        0,
        45 * MINUTE,
    ]
    fetching = Fetching(known, 1e9, busy, some, *(np.zeros(0, np.int64),) * 5)
    assert fetching.each(np.ones(1)) == pytest.approx(np.array([[1e6 * 3 / 4]]))


def test_what_others_leave_is_counted_for_the_time_that_they_do():
    edges = np.array([0, 10, 20, 40])
    assert behind_hubs._left([(0, 0.0)], edges).tolist() == [1.0, 1.0, 1.0]
    left = behind_hubs._left([(-5, 0.0), (5, 1.0), (15, 0.0), (20, 0.25)], edges)
    assert left == pytest.approx([0.5, 0.5, 0.75])


def test_of_many_transfers_some_are_looked_at_evenly_over_time():
    """A log goes device by device: in its order one of a device's packages might be left out."""
    begin = np.array([1, 2] * 200)
    chosen = begin[behind_hubs._evenly(begin)]
    assert (chosen == 1).sum() == (chosen == 2).sum() == 100
    assert sorted(behind_hubs._evenly(np.array([3, 1, 2])).tolist()) == [0, 1, 2]


@pytest.mark.parametrize(
    ("label", "least", "of_hub"),
    [("20 Mbit/s", "10 Mbit/s", "95 %"), ("40 Mbit/s", "20 Mbit/s", "40 %")],
)
def test_where_a_label_is_in_doubt_no_other_line_is_blamed(label, least, of_hub):
    """Of a site, or of the hub: lines carry less than is believed of their labels in the middle."""
    vague = f"{{between: [{least}, {label}]}}"
    rollout = prepare(fwsim.loads((TEXT % (4, "", "", "")).replace(label, vague)))
    learnt = after(40, of_hub, rollout)
    assert not [one.name for one in learnt.inputs if one.place[0] == "network"]


def test_a_web_log_without_times_makes_nothing_surer():
    rollout = planned()
    past = cut(log("40 %"), 40 * MINUTE, len(rollout.fleet))
    so_far = read_so_far(replace(past, tells=past.tells - {State.DEFERRED}), rollout)
    assert not so_far.is_own
    web = transfers_in(SimpleNamespace(rollout=rollout, columns=past.log))
    told = [
        {one.name: one.belief for one in learn_so_far(rollout, so_far, seen).inputs}
        for seen in (None, replace(web, timed=False))
    ]
    assert told[0] == told[1]
    assert HUB in told[0]


def test_a_hub_is_the_reason():
    found = fwsim.forecast(
        planned(), log("10 %"), at="2021-09-24 10:00", runs=20, engine="compiled", workers=1
    )
    assert re.search(r"Behind because: hub South carries (3\.9\d|4|4\.0\d) instead", str(found))
    assert "DE/1's line" not in str(found)
