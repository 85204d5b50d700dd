"""A rollout under way whose devices come by themselves, or whose commands wait for windows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError
from fwsim.run import play_once, prepare

COMES_BY_ITSELF = """\
zone: Europe/Berlin
start: 2021-09-24 07:00
horizon: 18 h
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
firmware: {reminder: {deferments: 1, delays: [30 min]}}
fleet: {units: {DE/Branch: {devices: 30, installed: old.idf}, DE/Other: {devices: 1}}}
network: {sites: {default: {link: 40 Mbit/s}}}
people: {default: {present: mon-fri 08:00-18:00, answer: {now: 40 %, defer: 50 %}}}
power: {default: {on: mon-fri 07:30-18:30, jitter: 20 min, left_on: 40 %}}
faults: {transfer: 30 %}
assignments:
  - update: DE/Branch
    inform_user: 5 min
    set: 2021-09-24 08:00
    check_in: {every: 2 h, jitter: 10 min}
    retry: {times: 3, wait: 10 min}
    resume: {times: 2, wait: 1 min}
    deadline: 2021-09-24 16:00
seed: 1
"""
HELD_BACK = """\
zone: Europe/Berlin
start: 2021-09-24 14:00
horizon: 20 h
image: {name: new.idf, packages: [{name: baseos, size: 200 MB}]}
fleet: {units: {DE/Branch: {devices: 30, installed: old.idf}}}
network: {sites: {default: {link: 40 Mbit/s}}}
power: {default: {on: always}}
windows: {times: fri 19:00-22:00, run_time: 30 min}
commands: [{update: DE/Branch, once: 2021-09-24 15:00}]
seed: 1
"""


@cache
def prepared(text: str) -> Rollout:
    return prepare(fwsim.loads(text))


def under_way(text: str, at: str, runs: int = 3) -> fwsim.UnderWay:
    rollout = prepared(text)
    log = play_once(rollout, 99, 5, world=5).log
    return fwsim.forecast(rollout, log, at=f"2021-09-24 {at}", runs=runs, workers=1)


def test_a_rollout_whose_devices_come_by_themselves_is_forecast_from_its_log():
    early, late = (under_way(COMES_BY_ITSELF, at) for at in ("09:30", "23:00"))
    assert early.so_far.contradictions == ()
    assert 0 < early.done < late.done
    now, before = (answer.forecast("successful") for answer in (early.now, early.before))
    assert now.high.value - now.low.value <= before.high.value - before.low.value + 0.1
    ended = late.now.forecast("successful")
    assert ended.low.value == ended.high.value == pytest.approx(late.done)


def test_before_an_assignment_is_set_the_forecast_is_the_plain_one():
    found = under_way(COMES_BY_ITSELF, "07:30", runs=9)
    first, second = (answer.forecast("time to 90 %") for answer in (found.now, found.before))
    assert first == second


def test_commands_that_wait_for_a_window_at_the_moment_of_a_forecast_begin_in_it():
    rollout = prepared(HELD_BACK)
    log = play_once(rollout, 99, 5, world=5).log
    past = read_so_far(log, rollout, "2021-09-24 16:00").past
    assert len(past.log) == 30  # they stand in the line
    later = play_once(rollout, 3, 1, past=past, world=1).log
    begins = later.time[np.flatnonzero(later.in_state(State.CHECKING))]
    assert len(begins) == 30
    opens, closes = (
        rollout.milliseconds_of(rollout.scenario.start) + h * 3_600_000 for h in (5, 8)
    )
    assert opens <= begins.min() <= begins.max() <= closes


def test_lines_of_devices_that_nothing_is_assigned_to_are_told():
    rollout = prepared(COMES_BY_ITSELF)
    log = play_once(rollout, 99, 5, world=5).log
    log.device[log.device == 0] = 30
    told = read_so_far(log, rollout, "2021-09-24 09:30").contradictions
    assert any("Other" in problem.message for problem in told)


def test_nobody_can_be_taken_out_of_an_assignment_from_now_on(tmp_path):
    file = tmp_path / "stop.yaml"
    file.write_text("stop: true\nskip: [DE]\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        fwsim.what_if(under_way(COMES_BY_ITSELF, "09:30", runs=2), file)
    assert [problem.path for problem in caught.value.problems] == ["stop", "skip"]
    assert "withdraw" in caught.value.problems[0].message
