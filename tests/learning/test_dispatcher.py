"""What logs tell of the server's pace and its time-outs; every number is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.learning.dispatcher import _begins_in_windows, busy_with
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learn import learn
from fwsim.learning.learnt import Kept
from fwsim.run import prepare
from fwsim.scenario.load import loads
from tests.learning.converting import observed_in

HEAD = """
name: Night
zone: UTC
start: 2021-09-24 12:00
horizon: 16 h
image: {name: n.idf, packages: [{name: a, size: 20 MB}]}
fleet: {units: {Bonn: {devices: 400, site: Bonn}}}
network: {sites: {default: {link: 20 Mbit/s}, Bonn: {link: 1 Gbit/s}}}
power: {default: {on: mon-fri 07:00-17:00, left_on: 60 %, unreported: 30 %}}
commands:
  - {update: Bonn, once: 2021-09-24 21:00, only_switched_on: true}
  - {update: Bonn, once: 2021-09-24 23:00, only_switched_on: false}
assumptions:
  dispatch_workers: 4
"""
TRUTH = (
    HEAD
    + """
  send_time: 200 ms
  connect_timeout: 12 s
  ping_timeout: 1500 ms
  wake_timeout: 4 min
  boot_time: {lognormal: {median: 70 s, p95: 130 s}}
  wake_up_sites: 100 %
  wake_up_devices: 90 %
"""
)
GUESSED = loads(HEAD)


@pytest.fixture(scope="module")
def observed():
    return observed_in(fwsim.simulate(loads(TRUTH.replace("name: Night", "doubt: none")), seed=3))


def values(learnt):
    names = ("send_time", "connect_timeout", "ping_timeout", "wake_timeout")
    return [learnt[f"assumptions.{name}"].value for name in names]


def test_pace_and_time_outs_come_out_exactly(observed):
    """The log tells only when the server was done with each device."""
    learnt = learn(GUESSED, observed, rows=50)
    assert values(learnt) == ["200 ms", "12 s", "1.5 s", "240 s"]
    assert learnt["assumptions.dispatch_workers"].kept is Kept.WORKERS_NOT_TOLD


def test_starts_of_those_who_were_woken_come_out(observed):
    """147 starts: the median's standard error is 0.376 / √147 = 3.1 %; the bound is 4.5 of them."""
    found = learn(GUESSED, observed, rows=50)["assumptions.boot_time"]
    assert found.observations == 147
    low, high = (float(end.split()[0]) for end in found.value["lognormal"]["median"]["between"])
    assert np.sqrt(low * high) == pytest.approx(70, rel=0.14)


def test_seconds_tell_less_but_nothing_wrong(observed):
    """A mean over hundreds is finer than a step of the log."""
    second = observed.earliest // 1000 * 1000
    coarse = replace(observed, earliest=second, latest=second, resolution=1000)
    send, connect, ping, _ = values(learn(GUESSED, coarse, rows=50))
    low, high = (float(end.split()[0]) for end in send["between"])
    assert low <= 220
    assert high >= 180
    for found, truth in ((connect, 12.0), (ping, 1.5)):
        ends = [found] if isinstance(found, str) else found["between"]
        assert np.mean([float(end.split()[0]) for end in ends]) == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize("workers", [2, 16])
def test_another_number_of_workers_shows_and_nothing_is_said(observed, workers):
    other = prepare(loads(HEAD.replace("dispatch_workers: 4", f"dispatch_workers: {workers}")))
    took = busy_with(journeys_of([observed], other), other).took
    right = busy_with(journeys_of([observed], prepare(GUESSED)), prepare(GUESSED)).took
    assert len(right) == 800
    assert not len(took) or took.std() > right.std()


def test_a_log_of_some_devices_only_tells_nothing_of_the_server(observed):
    kept = observed.device.codes % 2 == 0
    names = ("earliest", "latest", "what", "amount", "command", "line", "source")
    half = replace(
        observed,
        **{name: getattr(observed, name)[kept] for name in names},
        device=replace(observed.device, codes=observed.device.codes[kept]),
        detail=replace(observed.detail, codes=observed.detail.codes[kept]),
    )
    learnt = learn(GUESSED, half, rows=50)
    for name in ("send_time", "connect_timeout", "ping_timeout"):
        assert learnt[f"assumptions.{name}"].kept is Kept.PACE_NOT_TOLD


def test_whose_turn_comes_as_its_window_closes_was_begun_in_the_next():
    """A worker takes 6 of each 10; the third would be done at 18, after 15, so it begins at 20."""
    opens = [[(0, 15), (20, 40)]] * 4
    done = np.array([6, 12, 26, 32])
    begins = _begins_in_windows(np.zeros(4, np.int64), done, 1, opens)
    assert (done - begins).tolist() == [6, 6, 6, 6]


def test_pings_of_devices_that_are_busy_and_silent_tell_the_time_out():
    guessed = """
name: Cut
zone: UTC
start: 2021-09-24 12:00
horizon: 4 h
image: {name: n.idf, packages: [{name: a, size: 20 MB}]}
fleet: {units: {Bonn: {devices: 40}}}
network: {sites: {default: {link: 20 Mbit/s}}}
power: {default: {on: always}}
commands: [{update: Bonn, once: 2021-09-24 13:00}, {delivery: Bonn, once: 2021-09-24 13:00:40}]
outages: [{site: Bonn, start: 2021-09-24 13:00:30, end: 2021-09-24 14:00}]
"""
    truth = loads(guessed + "assumptions: {ping_timeout: 1500 ms}\ndoubt: none\n")
    learnt = learn(loads(guessed), observed_in(fwsim.simulate(truth, seed=3)), rows=50)
    assert learnt["assumptions.ping_timeout"].value == "1.5 s"
