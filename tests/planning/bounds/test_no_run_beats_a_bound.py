"""Closed-form bounds are contradicted by no run: of examples, random scenarios and crowds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.measure import read_measure
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.results.run.measuring import value_of
from fwsim.run import play_once, prepare
from tests.compiled.random_rollouts import held_back, rollouts
from tests.conftest import STORY, merged
from tests.shipped import SCENARIOS, shipped
from tests.simulation.random_scenarios import DATA
from tests.tiers import at_length, in_both_tiers


def contradictions(rollout, record, every=1):
    """Yield every bound that a run beats; of the deadlines one in `every` is looked at."""
    start = rollout.scenario.start
    times = [start + timedelta(milliseconds=round(rollout.horizon * x / 40)) for x in range(1, 20)]
    times += [start + timedelta(minutes=m) for m in (31, 35, 40, 60, 90, 120, 240)]
    times = times[::every]
    asked = [read_expectation(f"successful by {at:%Y-%m-%d %H:%M}", ">= 100 %") for at in times]
    asked += [read_expectation(f"up to date by {at:%Y-%m-%d %H:%M}", ">= 100 %") for at in times]
    for share in (10, 50, 90, 95, 100):
        for of in ("", " of targeted"):
            for where in ("", *(f' in "{unit}"' for unit in rollout.fleet.unit.values[:3])):
                asked += [read_expectation(f"time to {share} %{of}{where}", "<= 1 ms")]
            asked += [
                read_expectation(f"chance of {share} %{of} by {at:%Y-%m-%d %H:%M}", ">= 100 %")
                for at in times[:: len(times) // 3 or 1]
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
    hubs = ["peak hub link utilisation", "peak hub rate"] if record.rollout.hubs() else []
    for words in (
        "peak site rate",
        "peak site rate daily 08:00-18:00",
        "peak site link utilisation daily 11:00-12:00",
        *hubs,
    ):
        measure = read_measure(words)
        peak = value_of(record, measure)
        for runs in (None, 1.0):
            limit = Expectation(measure, "<=", peak, f"<= {peak}", runs=runs)
            for deadline in deadlines:
                bound = feasibility.bounds([replace(deadline, runs=runs), limit])[0:1]
                value = value_of(record, deadline.measure)
                if bound and value > bound[0].best + 1e-9:
                    yield f"{bound[0]} under {limit}: the run has {value}"


@in_both_tiers("runs, every", short=(1, 13), long=(3, 1))
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_run_of_a_scenario_beats_a_bound(path, runs, every):
    rollout = shipped(path)
    for number in range(runs):
        assert not [*contradictions(rollout, play_once(rollout, 1, number), every)]


SELF_STARTERS = ("notifications", "scheduler", "changes")


def without_self_starters(data):
    """Return a random scenario in which only commands start updates, so that it has bounds."""
    left = {key: value for key, value in data.items() if key not in SELF_STARTERS}
    left["commands"] = [
        c
        for c in data["commands"]
        if not isinstance(c.get("update"), dict)
        or "group" not in c["update"]
        or "Device type" in c["update"]["group"]
    ]
    units = left["fleet"]["units"].values()
    for place in (left, *units):
        place.pop("scheduler", None)
        place.get("firmware", {}).pop("new_version", None)
    return left


def keep_the_bounds(data, number, every=1):
    data = without_self_starters(data)
    assume(any("update" in command for command in data["commands"]))
    rollout = prepare(fwsim.Scenario.model_validate(data).seen_from(DATA))
    assert not [*contradictions(rollout, play_once(rollout, data["seed"], number), every)]


@settings(max_examples=6)
@given(rollouts(), held_back(), st.integers(0, 5))
def test_no_run_of_any_scenario_beats_a_bound(data, windows, number):
    keep_the_bounds(data | windows, number, every=9)


@at_length(rollouts(), held_back(), st.integers(0, 5))
def test_no_run_of_thousands_of_scenarios_beats_a_bound(data, windows, number):
    keep_the_bounds(data | windows, number)


HAVE_IT = st.sampled_from(
    ["new", {"old": "30 %", "new": "70 %"}, {"unheard.idf": "5 %", "new": "95 %"}]
)
"""What runs where some or all have the image that the command brings."""


def where_some_have_it(data, installed):
    """Return a random scenario some of whose OUs run something else."""
    for unit, runs in zip(data["fleet"]["units"].values(), installed, strict=False):
        if runs is not None:
            unit["installed"] = runs
            unit.get("firmware", {}).pop("image_file", None)
    return data


some_have_it = st.lists(HAVE_IT | st.none(), min_size=3, max_size=3) | HAVE_IT.map(
    lambda x: [x] * 3
)


@settings(max_examples=6)
@given(rollouts(), some_have_it, st.integers(0, 5))
def test_no_run_beats_a_bound_where_some_or_all_have_the_image(data, installed, number):
    keep_the_bounds(where_some_have_it(data, installed), number, every=9)


@at_length(rollouts(), some_have_it, st.integers(0, 5), share=0.5)
def test_none_of_thousands_of_runs_does_where_some_or_all_have_it(data, installed, number):
    keep_the_bounds(where_some_have_it(data, installed), number)


@st.composite
def crowds(draw):
    """Return so many users that the bound on who agrees at once is a narrow one."""
    pick = lambda *values: draw(st.sampled_from(values))  # noqa: E731 - a word for what follows
    inform = pick(None, "1 min", "10 min", "30 min", "2 h", "until answered")
    update = {
        "update": "DE",
        "inform_user": inform,
        "devices_wait": pick("0 s", "100 ms", "1 s"),
        "user_can_cancel": inform is not None and pick(True, False),
        "format_system_partition": pick(True, False),
        "only_switched_on": pick(True, False),
        "once": pick("2018-08-20 11:05", "2018-08-20 17:30"),
    }
    answer = pick(
        {"now": "100 %"},
        {"defer": "100 %"},
        {"now": "20 %", "defer": "70 %", "cancel": "5 %"},
        {"now": "10 %", "cancel": "60 %"},
        {"now": "5 %", "defer": "20 %", "cancel": "40 %"},
    )
    return {
        "commands": [*pick([], [{"delivery": "DE", "devices_wait": "1 s"}]), update],
        "image": {"packages": [{"name": "a", "size": "6 MB"}, {"name": "b", "size": "2 MB"}]},
        "fleet": {"units": {"DE": {"devices": pick(100, 180, 250), "flash": pick("2 GB", "8 GB")}}},
        "firmware": {
            "reminder": {"deferments": pick(0, 1, 3), "delays": pick(["15 min"], ["30 min", "4 h"])}
        },
        "people": {
            "default": {
                "present": pick("always", "mon-fri 09:00-12:00"),
                "answer": {**answer, "after": pick("0 s", "10 s")},
                "persistence": pick("0 %", "60 %", "100 %"),
            }
        },
        "power": {
            "default": {
                "on": pick(
                    "always",
                    "mon-fri 08:00-12:00",
                    "mon-fri 11:20-23:30",
                    "daily 08:00-11:30, daily 13:00-18:00",
                ),
                "jitter": pick("0 s", "10 min", "2 h"),
                "left_on": pick("0 %", "40 %"),
                "suspends": pick("0 %", "50 %"),
                "mean_time_between_losses": pick(None, None, None, "1 h"),
            }
        },
        "network": {
            "repository": {"uplink": pick("30 Mbit/s", "1 Gbit/s"), "connections": pick(3, 200)},
            "sites": {
                "default": {
                    "link": pick("10 Mbit/s", "100 Mbit/s", "10 Gbit/s"),
                    "busy": pick({}, {"daily 11:10-12:00": "60 %"}),
                }
            },
            "hubs": pick({}, {}, {"South": {"link": "20 Mbit/s", "sites": ["DE"]}}),
        },
        "assumptions": {
            "idf_check_order": pick("both", "before", "after"),
            "shutdown_waits": pick(True, False),
            "send_time": pick("0 s", "1 s"),
            "dispatch_workers": pick(1, 16),
            "boot_time": pick("0 s", "40 s"),
            "restart_time": "0 s",
            "idf_fetch_time": "0 s",
            "package_check_time": "0 s",
            "install_rate": "1 GB/s",
            "unattended_policy": pick("show", "show", "skip_dialog"),
            "missing_button": pick("buttons", "ignored", "proportion"),
            "keep_alive": pick("0 s", "10 min"),
        },
    }


def keep_the_bounds_of_a_crowd(data, number, every=1):
    # The people's part is beaten by luck with a chance below 1e-9 a bound.
    rollout = prepare(fwsim.Scenario.model_validate(merged(STORY, data)))
    assert not [*contradictions(rollout, play_once(rollout, 1, number), every)]


@settings(max_examples=4)
@given(crowds(), st.integers(0, 1000))
def test_no_crowd_beats_a_bound(data, number):
    keep_the_bounds_of_a_crowd(data, number, every=9)


@at_length(crowds(), st.integers(0, 1000), share=0.25)
def test_none_of_many_crowds_beats_a_bound(data, number):
    keep_the_bounds_of_a_crowd(data, number)
