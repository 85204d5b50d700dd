"""Luck drawn for some devices alone is what stands at their places in the row of all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
import pytest

from fwsim.model.chances import BLOCK, Chances
from fwsim.model.draws import Draws
from fwsim.model.purposes import AtTheStart, Purpose
from fwsim.run import prepare
from fwsim.scenario.load import loads

DRAWN = [purpose for purpose in Purpose if not isinstance(purpose.law, AtTheStart)]


DEVICES_THAT_DIFFER = """\
zone: Europe/Berlin
start: 2026-03-02 08:00
horizon: 2 d
image: {name: n.idf, packages: [{name: a, size: 50 MB}]}
fleet:
  units:
    A: {devices: 30, people: calm, power: night}
    B: {devices: 31, people: hasty}
people:
  calm: {answer: {now: 30 %, cancel: 20 %, defer: 50 %, after: 2 min}, persistence: 30 %}
  hasty: {answer: {now: 90 %, cancel: 0 %, defer: 10 %}}
power: {night: {on: always, jitter: 20 min, mean_time_between_losses: 9 d, left_on: 30 %}}
faults: {transfer: 20 %, installation: 10 %}
failing: [{phase: installation, where: Host name = B-*, share: 50 %}]
commands: [{update: A, now: true}]
"""
ROLLOUT = prepare(loads(DEVICES_THAT_DIFFER))


@pytest.mark.parametrize("purpose", DRAWN, ids=lambda purpose: purpose.name)
def test_it_is_that_of_all(purpose):
    draws = Draws(ROLLOUT, Chances(7))
    for draw in (0, 3):
        row = draws[purpose].row(draw)
        for some in (slice(0, 61), slice(4 * BLOCK, 41), slice(56, 61), slice(20, 21)):
            found = draws.of_some(purpose, draw, some)
            wanted = row if len(row) == 1 else row[some]
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype.kind == row.dtype.kind


def test_threads_that_ask_at_the_same_time_look_the_fleet_up_once(monkeypatch):
    draws, looked_up, some = Draws(ROLLOUT, Chances(7)), [], slice(0, 8)
    fault_shares = ROLLOUT.fault_shares

    def ask():
        return draws.of_some(Purpose.WRITE_FAULT, 0, some)

    with ThreadPoolExecutor(1) as others:

        def while_another_asks(phase):
            looked_up.append(phase)
            if len(looked_up) == 1:
                wait([others.submit(ask)], timeout=0.2)
            return fault_shares(phase)

        monkeypatch.setattr(ROLLOUT, "fault_shares", while_another_asks)
        ask()
    assert looked_up == ["installation"]
