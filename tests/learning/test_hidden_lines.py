"""Lines that were not seen, because something else held downloads back or served devices."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.fleet.fleet import Column
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.observations.observed import Transfers
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in, transfers_in

MB = 1_000_000

PROXY = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}, {name: two, size: 100 MB}]}
fleet:
  units:
    A: {devices: 10, installed: a.idf, firmware: {proxy: {type: dynamic}}}
    B: {devices: 10, installed: a.idf}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: A, once: 2024-01-01 22:00}, {update: B, once: 2024-01-01 22:00}]
"""


def line(site):
    return f"network.sites.{site}.line_factor"


def played(text, truth=("", "")):
    """Return what comes of a scenario in which something else is true, and the scenario itself."""
    return fwsim.simulate(loads(text.replace(*truth) + "doubt: none\n")), loads(text)


HALF = "link: 20 Mbit/s", "link: 20 Mbit/s, line_factor: 50 %"


def test_what_a_proxy_serves_is_not_taken_for_what_the_line_carries():
    result, before = played(PROXY, HALF)
    learnt = learn(before, observed_in(result), rows=20)
    assert learnt[line("A")].kept is Kept.PROXY_SERVES
    assert learnt[line("B")].by["factor"] == pytest.approx(0.5, rel=1e-3)


def test_who_waits_for_a_proxy_when_the_log_ends_takes_nothing_of_the_line():
    """The proxy had its first 100 MB after 80 s, and was at its second ones."""
    result, before = played(PROXY, HALF)
    began = round(result.rollout.start.timestamp() * 1000) + 3_602_050
    web = Transfers(
        device=Column.of(["A-01"]),
        file=Column.of(["one.fpm"]),
        begin=np.array([began]),
        end=np.array([began + 80_000]),
        size=np.array([100 * MB]),
        status=np.array([200], np.int16),
    )
    learnt = learn(before, observed_in(result, until=3_602_050 + 120_000), web, rows=20)
    assert learnt[line("A")].by["factor"] == pytest.approx(0.5, rel=1e-3)


HUB = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 100 MB}]}
fleet:
  units:
    South/*: {devices: 8, sites: 4, installed: a.idf}
    North: {devices: 8, installed: a.idf}
network:
  sites: {default: {link: 20 Mbit/s}}
  hubs: {H: {link: 40 Mbit/s, sites: [South/*]}}
people: {default: {present: never}}
power: {default: {on: always}}
commands: [{update: South, subordinate_units: true, once: 2024-01-01 22:00}]
"""


@pytest.mark.parametrize(
    ("hub", "truth"),
    [
        ("link: 40 Mbit/s", ""),
        ("link: 40 Mbit/s", ", line_factor: 50 %"),
        ("link: 1 Gbit/s, updates_at_most: 40 Mbit/s", ""),
        ("link: 400 Mbit/s, busy: {mon 22:00-24:00: 90 %}", ""),
    ],
)
@pytest.mark.parametrize("with_web", [False, True])
def test_a_full_hub_hides_the_lines_behind_it_and_tells_nothing_of_others(hub, truth, with_web):
    text = HUB.replace("link: 40 Mbit/s", hub)
    result, before = played(text, (hub, hub + truth))
    learnt = learn(before, observed_in(result), transfers_in(result) if with_web else None, rows=20)
    assert learnt[line("South/1")].kept is Kept.HUB_FULL
    assert not [one.name for one in learnt.learnt if one.name.startswith("network")]


def test_a_hub_with_room_hides_no_line():
    text = HUB.replace("link: 40 Mbit/s", "link: 1 Gbit/s")
    result, before = played(text, HALF)
    learnt = learn(before, observed_in(result), transfers_in(result), rows=20)
    assert learnt[line("South/1")].by["factor"] == pytest.approx(0.5, rel=1e-3)
    assert learnt[line("default")].observations == 4
