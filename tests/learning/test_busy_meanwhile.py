"""What a device is at goes on, whatever commands come meanwhile and find it busy."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.learning.learn import learn
from fwsim.learning.under_way.forecast import forecast
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in

DELIVERY = """
zone: UTC
start: 2024-01-01 21:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 200 MB}]}
fleet: {units: {A: {devices: 12, installed: a.idf}}}
network: {sites: {default: {link: 20 Mbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
faults: {transfer: 30 %}
commands:
  - {delivery: A, once: 2024-01-01 22:00}
"""
MEANWHILE = "  - {update: A, once: 2024-01-01 22:15}\n"
HALF = "link: 20 Mbit/s", "link: 20 Mbit/s, line_factor: 50 %"
LINE = "network.sites.A.line_factor"


@pytest.mark.parametrize("meanwhile", ["", MEANWHILE], ids=["alone", "update meanwhile"])
def test_deliveries_tell_what_a_line_carries(meanwhile):
    """Those that came through carried most of it; by those that failed it is a twelfth."""
    text = DELIVERY + meanwhile
    result = fwsim.simulate(loads(text.replace(*HALF) + "doubt: none\n"))
    learnt = learn(loads(text), observed_in(result), rows=20)
    assert learnt[LINE].by["factor"] == pytest.approx(0.5, rel=0.02)


def test_a_delivery_under_way_tells_what_its_line_carries(tmp_path):
    text = DELIVERY + MEANWHILE
    result = fwsim.simulate(loads(text.replace(*HALF) + "doubt: none\n"))
    result.save(tmp_path / "run")
    told = forecast(loads(text), tmp_path / "run", at="2024-01-01 22:20", runs=3, workers=1)
    [line] = [one for one in told.inputs if one.name == LINE]
    assert np.median(line.belief.values) == pytest.approx(0.5, rel=0.1)


WRITING = """
zone: UTC
start: 2024-01-01 20:00
horizon: 6 h
image: {name: b.idf, packages: [{name: one, size: 200 MB}]}
fleet: {units: {A: {devices: 30, installed: a.idf}}}
network: {sites: {default: {link: 1 Gbit/s}}}
people: {default: {present: never}}
power: {default: {on: always}}
commands:
  - {update: A, once: 2024-01-01 21:00}
"""
EVERY_HALF_MINUTE = "".join(
    f"  - {{update: A, once: 2024-01-01 21:{second // 60:02}:{second % 60:02}}}\n"
    for second in range(30, 240, 30)
)


def test_commands_that_find_devices_busy_end_neither_their_writing_nor_their_restart():
    alone, meanwhile = (
        learn(loads(text), observed_in(fwsim.simulate(loads(text + "doubt: none\n"))), rows=20)
        for text in (WRITING, WRITING + EVERY_HALF_MINUTE)
    )
    for name in ("install_rate", "restart_time", "package_check_time"):
        place = f"assumptions.{name}"
        assert meanwhile[place].value == alone[place].value
        assert meanwhile[place].observations == alone[place].observations
