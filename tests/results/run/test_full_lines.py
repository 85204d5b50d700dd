"""A full line is told as full, not as a little more, however its sites' bytes are rounded."""

from __future__ import annotations

from functools import cache

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results.run.link_use import peak_rates, repository_minutes
from fwsim.results.statistics.judgement import judge

UPLINK = 13 * 125_000
FULL = """
zone: UTC
start: 2026-11-30 06:00
image: {name: n.idf, packages: [{name: a, version: "1", size: 40 MB}]}
fleet: {units: {A/*: {devices: 3, sites: 7, installed: o.idf}}}
network: {repository: {uplink: 13 Mbit/s}, sites: {default: {link: 9 Mbit/s}}}
commands: [{update: A, subordinate_units: true}]
doubt: none
expect:
  - peak repository utilisation: "<= 100 % in 90 % of the runs"
  - peak repository utilisation: "p90 <= 100 %"
  - busy-hour repository utilisation: "<= 100 %"
"""
HUB = """
  - peak hub rate: "<= 13 Mbit/s in 90 % of the runs"
  - peak hub link utilisation: "<= 100 % in 90 % of the runs"
"""
WITH_HUB = (FULL + HUB).replace(
    "uplink: 13 Mbit/s}", "uplink: 1 Gbit/s}, hubs: {H: {link: 13 Mbit/s, sites: [A/*]}}"
)


@cache
def one_run(text):
    return fwsim.simulate(fwsim.loads(text), seed=1)


def test_rounded_bytes_of_its_sites_come_to_more_than_a_full_line_carries():
    most = repository_minutes(one_run(FULL).record).size.max()
    assert 1 < most / 60 / UPLINK < 1 + 1e-6
    assert 1 < peak_rates(one_run(WITH_HUB).record)[-1] / UPLINK < 1 + 1e-6


@pytest.mark.parametrize("text", [FULL, WITH_HUB], ids=["repository", "hub"])
def test_a_full_line_keeps_a_limit_of_what_it_carries(text):
    answer = Experiment(fwsim.loads(text)).run(2, workers=1)
    verdicts = judge(answer, answer.setting.expectations)
    assert len(verdicts) >= 3
    assert [str(one.expectation) for one in verdicts if not one.held] == []


def test_many_sites_behind_a_slow_hub_add_their_rounding_up():
    text = """
zone: UTC
start: 2026-11-30 06:00
image: {name: n.idf, packages: [{name: a, version: "1", size: 2 MB}]}
fleet: {units: {A/*: {devices: 2, sites: 150, installed: o.idf}}}
network: {repository: {uplink: 1 Gbit/s}, hubs: {H: {link: 1 Mbit/s, sites: [A/*]}},
          sites: {default: {link: 9 Mbit/s}}}
commands: [{update: A, subordinate_units: true, devices_wait: 100 ms}]
doubt: none
"""
    assert peak_rates(one_run(text).record)[-1] / 125_000 > 1 + 1e-6
    answer = Experiment(fwsim.loads(text), measures="peak hub rate").run(1, workers=1)
    assert answer.values("peak hub rate") == [125_000]


def test_a_full_line_is_told_as_full():
    answer = Experiment(fwsim.loads(FULL)).run(2, workers=1)
    assert answer.values("peak repository utilisation") == [1.0, 1.0]
    told = one_run(FULL).summary.set_index(["measure", "unit"])["value"]
    assert told["peak load repository", "share of the link"] == 1.0
