"""Where a log has some of the devices alone, what a line carries is learnt of these alone."""

import fwsim
from fwsim.learning.families import LOGNORMAL
from tests.learning.converting import observed_in

TEXT = """
zone: UTC
start: 2024-01-01 08:00
horizon: 4 h
image: {name: n.idf, packages: [{name: a, size: 200 MB}]}
fleet: {units: {A: {devices: 10, site: North}}}
network: {sites: {North: {link: 20 Mbit/s}}}
commands: [{update: A, once: 2024-01-01 09:00}]
"""


def said(seen):
    scenario = fwsim.loads(TEXT)
    log = observed_in(fwsim.simulate(scenario, seed=1))
    kept = log.where(log.device.codes < seen)
    found = fwsim.learn(scenario, kept, rows=20, families=(LOGNORMAL,))
    assert found["network.sites.North.line_factor"].is_learnt
    return [each for each in found.remarks() if "no line of" in each]


def test_that_others_may_have_fetched_over_it_is_said():
    [text] = said(2)
    assert text.startswith("Of 10 devices that the scenario commands")
    assert "the logs have no line of 8: if these fetched, too" in text


def test_of_a_log_of_all_it_is_not():
    assert said(10) == []
