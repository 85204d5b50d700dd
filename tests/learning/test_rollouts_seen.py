"""In how many rollouts an input was seen: in those that tell something of it, not in all."""

from __future__ import annotations

from dataclasses import replace

import fwsim
from fwsim.fleet.fleet import Column
from fwsim.learning.learn import learn
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in

TWO_SITES = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 200 MB}]}
fleet:
  units:
    A: {devices: 8, installed: a.idf}
    B: {devices: 8, installed: a.idf}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
commands:
"""
OF_A = TWO_SITES + "  - {update: A, once: 2024-01-01 22:00}\n"
OF_B = TWO_SITES + "  - {update: B, once: 2024-01-01 22:00}\n"


def log_of(text, seed):
    return observed_in(fwsim.simulate(loads(text + "doubt: none\n"), seed=seed))


def test_a_line_counts_the_rollouts_in_which_its_devices_fetched():
    logs = [log_of(OF_A, 1), log_of(OF_A, 2), log_of(OF_B, 3)]
    learnt = learn(loads(OF_A), logs, rows=20)
    lines = [learnt[f"network.sites.{site}.line_factor"] for site in "AB"]
    assert [line.rollouts for line in lines] == [2, 1]
    assert [line.value["rollouts"] for line in lines] == [2, 1]


def test_a_log_of_another_fleet_is_no_rollout_of_this_one():
    log = log_of(OF_A, 2)
    others = Column(tuple(f"X-{name}" for name in log.device.values), log.device.codes)
    learnt = learn(loads(OF_A), [log_of(OF_A, 1), replace(log, device=others)], rows=20)
    alone = learn(loads(OF_A), log_of(OF_A, 1), rows=20)
    assert learnt.rollouts == 1
    assert {one.name: one.value for one in learnt.inputs} == {
        one.name: one.value for one in alone.inputs
    }
