"""How far runs had come by a moment, between the points of their grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.done_by import done_by
from fwsim.model.past import cut
from fwsim.results.run.ends import MOST_STEPS, NOT_YET, Ends
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


def ends_of(rollout, number):
    log = play_once(rollout, 1, number).log
    return np.sort(log.time[log.in_state(State.SUCCESS)])


@pytest.fixture(scope="module")
def rollout():
    return prepare(fwsim.Scenario.model_validate(DATA))


@pytest.fixture(scope="module")
def answer(rollout):
    return fwsim.Experiment(rollout).run(2)


@pytest.mark.parametrize("number", [0, 1])
def test_who_is_done_is_counted_to_the_device_and_the_millisecond(rollout, answer, number):
    ends = ends_of(rollout, number)
    run, curve = answer.replications[number], answer.completion_curves()[number]
    for until in np.unique([*ends, *(ends - 1), *(ends + 1), 0, 10**9]).tolist():
        share = float((ends <= until).sum()) / 20
        assert done_by(until, run, answer.times, curve) == (share, share)


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_was_read_again_says_between_which_shares_it_was(rollout, answer, number):
    ends = ends_of(rollout, number)
    run, curve = (
        replace(answer.replications[number], steps=None),
        answer.completion_curves()[number],
    )
    for until in np.unique([*ends, *(ends - 1), *(ends + 1), 0, 10**9]).tolist():
        least, most = done_by(until, run, answer.times, curve)
        assert least <= float((ends <= until).sum()) / 20 <= most

    def done(until: int) -> tuple[float, float]:
        return done_by(until, run, answer.times, curve)

    assert done(int(ends[-1])) == (1.0, 1.0)
    assert done(int(ends[9])) == (0.5, 0.85)
    assert done(int(ends[17])) == (0.9, 0.9)
    assert done(30 * 60_000) == (0.0, 0.45)


def test_of_a_large_fleet_some_moments_are_kept_and_what_is_told_still_holds(answer):
    devices = 3 * MOST_STEPS
    times = np.arange(devices, dtype=np.int64) * 10 + 1000
    times[-100:] = NOT_YET
    nobody = np.zeros(devices, np.int8)
    ends = Ends(np.arange(devices, dtype=np.int32), nobody, nobody, times, times, 0)
    run = replace(answer.replications[0], targeted=devices, steps=ends.steps())
    assert run.steps.shape == (3, MOST_STEPS)
    assert done_by(10**9, run, answer.times, np.zeros(len(answer.times)))[0] == 1 - 100 / devices
    for until in range(900, 16_000, 7):
        least, most = done_by(until, run, answer.times, np.zeros(len(answer.times)))
        share = float((times <= until).sum()) / devices
        assert least <= share <= most < least + 4 / devices


@pytest.mark.parametrize("is_read_again", [False, True])
def test_a_rollout_exactly_on_plan_is_where_it_was_expected_to_be(is_read_again):
    fixed = {"install_spread": 1.0, "restart_time": "60 s"}
    lines = {"sites": {"default": {"link": "10 Mbit/s"}}}
    rollout = prepare(
        fwsim.Scenario.model_validate({**DATA, "assumptions": fixed, "network": lines})
    )
    log = play_once(rollout, 1, 0).log
    ends = np.sort(log.time[log.in_state(State.SUCCESS)])
    before = fwsim.Experiment(rollout).run(20, workers=1)
    if is_read_again:
        before.replications = tuple(replace(run, steps=None) for run in before.replications)
    for until in np.unique([*(ends - 1), *ends]).tolist():
        found = fwsim.forecast(rollout, cut(log, until, 20), before=before, runs=20, workers=1)
        assert found.is_as_expected
        assert found.gap == 0.0
        assert is_read_again or found.expected.middle.value == found.done
        assert "outside" not in str(found)
