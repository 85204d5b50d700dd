"""How far runs had come by a moment, between the points of their grid."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.done_by import done_by
from fwsim.run import play_once, prepare

DATA = {
    "zone": "UTC",
    "start": "2021-09-24 08:00",
    "horizon": "14 d",
    "image": {"name": "new.idf", "packages": [{"name": "all", "size": "10 MB"}]},
    "fleet": {"units": {"DE": {"devices": 20}}},
    "power": {"default": {"on": "always"}},
    "commands": [{"update": "DE", "once": "2021-09-24 08:30"}],
    "doubt": "none",
    "seed": 1,
}
"""All of it happens within one step of the grid, which is a quarter of an hour."""


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_was_over_within_a_step_is_known_to_be_over(number):
    rollout = prepare(fwsim.Scenario.model_validate(DATA))
    answer = fwsim.Experiment(rollout).run(2)
    log = play_once(rollout, 1, number).log
    ends = np.sort(log.time[log.in_state(State.SUCCESS)])
    run, curve = answer.replications[number], answer.completion_curves()[number]

    def done(until: int) -> float:
        return done_by(until, run, answer.times, curve)

    assert done(int(ends[-1])) == 1.0
    assert done(int(ends[9])) == 0.5
    assert done(int(ends[17])) == 0.9
    assert 0.5 <= done(int(ends[12])) <= 0.9
    assert done(30 * 60_000) == 0.0
