"""What a log so far tells of a line: while nobody is through, only that it is no faster."""

import numpy as np
import pytest

import fwsim
from fwsim.learning.under_way.forecast import believing
from fwsim.learning.under_way.learnt_so_far import learn_so_far
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.model.chances import Chances
from fwsim.model.doubt import doubted
from fwsim.model.past import cut
from fwsim.run import play_once, prepare
from fwsim.scenario.load import dumps, loads

WORLDS = 100
MINUTE = 60_000
TEXT = """
zone: UTC
start: 2021-09-24 08:00
horizon: 1 d
image: {name: n.idf, packages: [{name: a, size: 150 MB}]}
fleet: {units: {DE: {devices: 50}}}
network: {sites: {default: {link: 20 Mbit/s%s}}}
commands: [{update: DE, once: 2021-09-24 08:00}]
"""


def factors(rollout):
    """Return what the line carries of its label in each world."""
    ready = doubted(rollout)
    drawn = (ready.drawn_scenario(Chances(7, world)) for world in range(WORLDS))
    return np.array([[*one.network.sites.values()][-1].line_factor for one in drawn], float)


@pytest.fixture(scope="module")
def log():
    rollout = prepare(fwsim.loads(TEXT % ", line_factor: 50 %"))
    return play_once(rollout, 1, 0).log


def after(rollout, log, minutes):
    past = cut(log, minutes * MINUTE, 50)
    return believing(rollout, learn_so_far(rollout, read_so_far(past, rollout)))


def test_while_nobody_is_through_a_line_is_only_ever_believed_slower(log):
    rollout = prepare(fwsim.loads(TEXT % ""))
    last = factors(rollout)
    for minutes in (10, 20, 30, 40, 50, 60):
        found = factors(after(rollout, log, minutes))
        assert (found <= last + 0.01).all()  # in every world, by the same chance
        last = found
    assert last.max() < 0.9


def test_what_is_believed_of_a_line_can_be_written_and_read(log):
    believed = after(prepare(fwsim.loads(TEXT % "")), log, 40)
    again = prepare(loads(dumps(believed.scenario), outside=True))
    found, other = factors(believed), factors(again)
    assert np.median(other) == pytest.approx(np.median(found), rel=0.1)
    assert other.mean() == pytest.approx(found.mean(), rel=0.05)
