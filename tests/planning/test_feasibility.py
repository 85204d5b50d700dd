"""Closed-form bounds: their numbers by hand, and never contradicted by a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.measure import read_measure
from fwsim.planning.feasibility import Feasibility
from fwsim.results.measuring import value_of
from fwsim.run import play_once, prepare
from tests.compiled.random_rollouts import rollouts
from tests.simulation.random_scenarios import DATA

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
MINUTE = 60_000


def best(model, words, condition, *others):
    expected = [read_expectation(words, condition), *(read_expectation(*o) for o in others)]
    return Feasibility(prepare(model)).bounds(expected)[0]


def ten(scenario, update=None, **changes):
    """Ten devices, each 100 MB, over one line of 100 Mbit/s: 8 s a device, 80 s in all."""
    return scenario(update, fleet={"units": {"DE": {"devices": 10}}}, **changes)


def test_a_line_needs_n_times_s_through_c(scenario):
    found = best(ten(scenario), "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(80_000, abs=2)
    assert not found.is_possible
    assert "10 devices need 1.00 GB" in found.reason


def test_half_of_the_devices_take_half_of_the_time(scenario):
    assert best(ten(scenario), "time to 50 %", "<= 1 min").best == pytest.approx(40_000, abs=2)


def test_by_a_deadline_only_what_fits_is_there(scenario):
    found = best(ten(scenario), "successful by 2018-08-20 11:01", ">= 80 %")
    assert found.best == pytest.approx(0.7)
    assert "DE carries at most 750.0 MB by then" in found.reason
    assert "3 devices too many" in found.reason


def test_the_repository_is_a_line_too(scenario):
    model = ten(scenario, network={"repository": {"uplink": "10 Mbit/s"}})
    assert best(model, "time to 100 %", "<= 1 h").best == pytest.approx(800_000, abs=2)


def test_the_last_device_waits_for_its_turn(scenario):
    found = best(ten(scenario, {"devices_wait": "1 min"}), "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(9 * MINUTE + 8000, abs=2)
    assert (
        "the last one's turn is 9 min 00 s after the first"
        in best(
            ten(scenario, {"devices_wait": "1 min"}), "successful by 2018-08-20 11:03", ">= 90 %"
        ).reason
    )


def test_workers_reach_so_many_a_second(scenario):
    slow = {"send_time": "1 min", "dispatch_workers": 2, "connect_timeout": "1 min",
            "ping_timeout": "1 min"}  # fmt: skip
    found = best(ten(scenario, assumptions=slow), "successful by 2018-08-20 11:03", ">= 90 %")
    assert found.best == pytest.approx(0.6)
    assert "2 workers reach 6 devices" in found.reason


def test_who_does_not_agree_at_once_outlasts_the_time(scenario):
    asked = scenario(
        {"inform_user": "30 min"},
        fleet={"units": {"DE": {"devices": 10_000}}},
        people={"default": {"answer": {"now": "20 %", "defer": "70 %"}}},
        network={"sites": {"default": {"link": "10 Gbit/s"}},
                 "repository": {"uplink": "100 Gbit/s"}},
    )  # fmt: skip
    found = best(asked, "successful by 2018-08-20 11:25", ">= 50 %")
    # Defer is not offered, so its share falls to now: 90 % would click, all of them now.
    assert found.is_possible
    offered = asked.model_copy(
        update={"firmware": fwsim.Scenario.model_validate(
            {**asked.as_data(), "firmware": {"reminder": {"deferments": 1, "delays": ["1 h"]}}}
        ).firmware}
    )  # fmt: skip
    found = best(offered, "successful by 2018-08-20 11:25", ">= 50 %")
    assert 0.2 < found.best < 0.25
    assert not found.is_possible
    assert "notice and deferments outlast the time on 10,000 devices" in found.reason


def test_a_limit_on_a_line_narrows_what_a_deadline_can_reach(scenario):
    deadline = ("successful by 2018-08-20 11:02", ">= 95 %")
    limit = ("peak site rate daily 06:00-20:00", "<= 50 Mbit/s")
    assert best(ten(scenario), *deadline).best == 1.0
    found = best(ten(scenario), *deadline, limit)
    assert found.best == pytest.approx(0.7)
    assert "under the limits" in found.reason


def test_a_limit_for_some_of_the_runs_leaves_the_others_free(scenario):
    deadline = ("successful by 2018-08-20 11:02", ">= 95 %")
    limit = ("peak site rate daily 06:00-20:00", "<= 50 Mbit/s in 50 % of the runs")
    assert best(ten(scenario), *deadline, limit).best == pytest.approx(0.5 * 0.7 + 0.5)


def test_an_image_nobody_offers_reaches_nobody(scenario):
    model = scenario(firmware={"path": "somewhere", "image_file": "none.idf"})
    found = best(model, "time to 50 %", "<= 1 h")
    assert found.best == float("inf")
    assert "not offered" in found.reason


def test_devices_that_start_by_themselves_have_no_bound():
    rollout = prepare(fwsim.load(SCENARIOS[0].parent / "notification.yaml"))
    feasibility = Feasibility(rollout)
    assert feasibility.unbounded
    assert feasibility.bounds([read_expectation("successful", ">= 99 %")]) == []


def contradictions(rollout, record):
    """Yield every bound that a run beats."""
    start = rollout.scenario.start
    times = [start + timedelta(milliseconds=round(rollout.horizon * x / 40)) for x in range(1, 20)]
    times += [start + timedelta(minutes=m) for m in (31, 35, 40, 60, 90, 120, 240)]
    asked = [read_expectation(f"successful by {at:%Y-%m-%d %H:%M}", ">= 100 %") for at in times]
    for share in (10, 50, 90, 95, 100):
        asked += [
            read_expectation(f"time to {share} %{of}", "<= 1 ms") for of in ("", " of targeted")
        ]
    feasibility = Feasibility(rollout)
    yield from capped_contradictions(feasibility, record, asked[: len(times)])
    for bound in (b for one in asked for b in feasibility.bounds([one])):
        value = value_of(record, bound.expectation.measure)
        better = value > bound.best + 1e-9 if bound.expectation.wants_more else value < bound.best
        if better:
            yield f"{bound}: the run has {value}"


def capped_contradictions(feasibility, record, deadlines):
    """Yield every bound under a limit on the lines that a run beats while it keeps the limit."""
    for words in ("peak site rate", "peak site rate daily 08:00-18:00",
                  "peak site link utilisation daily 11:00-12:00"):  # fmt: skip
        measure = read_measure(words)
        peak = value_of(record, measure)
        for runs in (None, 1.0):
            limit = Expectation(measure, "<=", peak, f"<= {peak}", runs=runs)
            for deadline in deadlines:
                bound = feasibility.bounds([replace(deadline, runs=runs), limit])[0:1]
                value = value_of(record, deadline.measure)
                if bound and value > bound[0].best + 1e-9:
                    yield f"{bound[0]} under {limit}: the run has {value}"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_run_of_a_scenario_beats_a_bound(path):
    rollout = prepare(fwsim.load(path))
    for number in range(3):
        assert not [*contradictions(rollout, play_once(rollout, 1, number))]


@settings(max_examples=300)
@given(rollouts(), st.integers(0, 5))
def test_no_run_of_any_scenario_beats_a_bound(data, number):
    # The people's part is beaten by luck with a chance below 1e-9 a bound.
    data["changes"] = []
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert not [*contradictions(rollout, play_once(rollout, data["seed"], number))]
