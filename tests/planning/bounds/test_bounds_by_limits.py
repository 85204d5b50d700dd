"""What limits of a search leave of what lines carry."""

from __future__ import annotations

import pytest

from fwsim.measures.expectation import Expectation, read_expectation
from fwsim.measures.measure import read_measure
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.run import prepare
from tests.planning import small_fleets
from tests.planning.bounds.bounds_told import best, ten


def test_a_limit_on_a_line_narrows_what_a_deadline_can_reach(scenario):
    deadline = ("successful by 2018-08-20 11:02", ">= 95 %")
    limit = ("peak site rate daily 06:00-20:00", "<= 50 Mbit/s")
    assert best(ten(scenario), *deadline).best == 1.0
    measure, condition = limit
    found = best(ten(scenario), *deadline, (measure, f"{condition} in 100 % of the runs"))
    assert found.best == pytest.approx(0.7)
    assert "under the limits" in found.reason
    # A mean may be kept by seven devices in some runs and eight in others.
    assert best(ten(scenario), *deadline, limit).best == pytest.approx(0.8)


def test_a_limit_for_some_of_the_runs_leaves_the_others_free(scenario):
    deadline = ("successful by 2018-08-20 11:02", ">= 95 %")
    limit = ("peak site rate daily 06:00-20:00", "<= 50 Mbit/s in 50 % of the runs")
    assert best(ten(scenario), *deadline, limit).best == pytest.approx(0.5 * 0.7 + 0.5)


@pytest.mark.parametrize(
    ("asked", "limit", "reached"),
    [
        ("p10 >= 95 %", "<= 45 Mbit/s", 0.7),  # nine in ten runs: 50 Mbit/s in one of them at least
        ("p50 >= 95 %", "<= 25 Mbit/s", 0.7),
        (">= 95 % in 50 % of the runs", "<= 25 Mbit/s", 0.7),
        ("p10 >= 95 %", "p10 <= 50 Mbit/s", 1.0),  # nine in ten keep the one, the rest the other
        ("p10 >= 95 %", "p95 <= 50 Mbit/s", 0.7),
        ("p90 >= 95 %", "<= 45 Mbit/s", 1.0),
    ],
)
def test_what_a_quantile_is_to_be_is_bounded_by_a_limit_on_a_line(scenario, asked, limit, reached):
    """It had no bound beside any: of nine runs in ten, none had to keep a limit on the mean."""
    of_line = ("peak site rate daily 06:00-20:00", limit)
    found = best(ten(scenario), "successful by 2018-08-20 11:02", asked, of_line)
    assert found.best == pytest.approx(reached)


def test_a_limit_is_one_on_whole_minutes(scenario):
    """300 MB in the second half of a minute are 40 Mbit/s on the meter."""
    model = scenario(
        {"once": "2018-08-20 11:00:30"},
        image={"packages": [{"name": "b", "size": "300 MB"}]},
    )
    limit = ("peak site rate", "<= 50 Mbit/s in 100 % of the runs")
    assert best(model, "successful by 2018-08-20 11:01", ">= 95 %", limit).best == 1.0
    limit = ("peak site rate", "<= 39 Mbit/s in 100 % of the runs")
    assert best(model, "successful by 2018-08-20 11:01", ">= 95 %", limit).best == 0.0


@pytest.mark.parametrize(
    ("asked", "shares", "expected"),
    [
        # Each limit meets what is asked in some run, but no run need keep both.
        ("in 70 % of the runs", ("45 %", "45 %"), 0.5),
        ("in 50 % of the runs", ("45 %", "45 %"), 1.0),
        # 80 + 80 + 80 % overlap: in some run all is kept.
        ("in 80 % of the runs", ("80 %", "80 %"), 0.0),
        # A mean: both limits are kept in at least 60 % of the runs.
        ("", ("80 %", "80 %"), 0.4),
    ],
)
def test_limits_narrow_what_is_asked_only_as_far_as_their_runs_overlap(
    scenario, asked, shares, expected
):
    model = scenario(
        {"subordinate_units": True},
        fleet={"units": {"DE": {"devices": 0}, "DE/A": {"devices": 1}, "DE/B": {"devices": 1}}},
    )
    limits = [
        (f"peak link utilisation of DE/{site}", f"<= 1 % in {share} of the runs")
        for site, share in zip("AB", shares, strict=True)
    ]
    words = ("successful by 2018-08-20 11:01", f">= 100 % {asked}".strip())
    assert best(model, *words, *limits).best == pytest.approx(expected)


def test_a_limit_of_all_the_bytes_of_a_minute_lets_the_last_of_them_through(scenario):
    """31 MB are 7.5151… % of a minute of 55 Mbit/s; as numbers they are a hair more."""
    model = scenario(
        image={"packages": [{"name": "b", "size": "31 MB"}]},
        network={"sites": {"default": {"link": "55 Mbit/s"}}},
    )
    measure = read_measure("peak site link utilisation")
    limit = Expectation(measure, "<=", 31e6 / (60 * 55e6 / 8), "", runs=1.0)
    asked = read_expectation("successful by 2018-08-20 11:01", ">= 95 % in 100 % of the runs")
    assert Feasibility(prepare(model)).bounds([asked, limit])[0].best == 1.0


@pytest.mark.parametrize("first", ["successful: >= 95 %", "successful: >= 95 % in 0 % of the runs"])
def test_a_limit_that_need_hold_in_no_run_rules_nothing_out(first):
    """It was taken for one on the mean, and every plan beside it for impossible."""
    search = small_fleets.thin_line(50)
    limits = [
        read_expectation(*words.split(": "))
        for words in (first, "peak site rate: <= 0.01 Mbit/s in 0 % of the runs")
    ]
    assert not Feasibility(prepare(search)).impossible(limits)
    other = read_expectation("peak site rate", "<= 0.01 Mbit/s")
    assert not Feasibility(prepare(search)).impossible([limits[0], other]) or "0 %" not in first
