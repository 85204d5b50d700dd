"""What runs come to, in the cells of a table and in one line: each form is read here."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

import fwsim
from fwsim import Experiment
from fwsim.measures.measure import read_measure
from fwsim.messages import speaking
from fwsim.results.statistics.in_words import (
    cells,
    in_one_line,
    minute_by,
    moment_in_words,
    own_cells,
    range_head,
)

MINUTE = 60_000.0
ASKS_TWO = """
name: asks two
zone: Europe/Berlin
start: 2026-11-30 06:00
image: {name: n.idf, packages: [{name: a, version: "1", size: 10 MB}]}
fleet: {units: {A/*: {devices: 1, sites: 2, installed: o.idf}}}
network: {repository: {uplink: 1 Gbit/s}, sites: {default: {link: 10 Mbit/s}}}
people: {default: {answer: {now: 50 %}}}
commands: [{update: A, subordinate_units: true, inform_user: 1 min}]
seed: 0
doubt: none
"""
NEVER = math.inf


@pytest.mark.parametrize(
    ("exact", "told"),
    [
        ("2021-09-24T18:05:00+02:00", "18:05"),
        ("2021-09-24T18:05:45+02:00", "18:06"),
        ("2021-09-24T23:59:00.001+02:00", "00:00"),
        ("2021-10-31T02:59:30+02:00", "02:00 (+01:00)"),
        ("2021-10-31T02:59:30+01:00", "03:00"),
    ],
)
def test_by_a_minute_means_that_it_has_come_then(exact, told):
    at = datetime.fromisoformat(exact).astimezone(ZoneInfo("Europe/Berlin"))
    by = minute_by(at)
    assert by.timestamp() >= at.timestamp() > by.timestamp() - 60
    assert moment_in_words(by).split(" ", 4)[4] == told


@pytest.mark.parametrize(
    ("hour", "fold", "told"),
    [(1, 0, "01:30"), (2, 0, "02:30 (+02:00)"), (2, 1, "02:30 (+01:00)"), (3, 0, "03:30")],
)
def test_a_time_that_the_clock_shows_twice_says_which_it_is(hour, fold, told):
    wall = datetime(2021, 10, 31, hour, 30, fold=fold)
    berlin = wall.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert moment_in_words(berlin) == f"Sun 31 Oct 2021 {told}"
    assert moment_in_words(wall) == f"Sun 31 Oct 2021 {hour:02d}:30"


def minutes(count, first=60):
    return [(first + n) * MINUTE for n in range(count)]


@pytest.mark.parametrize(
    ("values", "middle", "span", "line"),
    [
        (
            minutes(200),
            "2 h 39 min",
            "1 h 09 min to 4 h 10 min",
            "2 h 39 min (1 h 09 min to 4 h 10 min)",
        ),
        (
            [*minutes(195), *[NEVER] * 5],
            "2 h 39 min, not reached in 5 of 200 runs",
            "1 h 09 min to 4 h 10 min",
            "2 h 39 min (1 h 09 min to 4 h 10 min), not reached in 5 of 200 runs",
        ),
        (
            [*minutes(150), *[NEVER] * 50],
            "2 h 39 min, not reached in 50 of 200 runs",
            "1 h 09 min or more",
            "2 h 39 min (1 h 09 min or more), not reached in 50 of 200 runs",
        ),
        (
            [*minutes(50), *[NEVER] * 150],
            "not reached in 150 of 200 runs",
            "1 h 09 min or more",
            "not reached in 150 of 200 runs, else from 1 h 00 min",
        ),
        (
            [*minutes(5), *[NEVER] * 195],
            "not reached in 195 of 200 runs",
            "",
            "not reached in 195 of 200 runs, else from 1 h 00 min",
        ),
        (
            [NEVER] * 200,
            "not reached in any of 200 runs",
            "",
            "not reached in any of 200 runs",
        ),
        ([90 * MINUTE] * 200, "1 h 30 min", "in every run", "1 h 30 min"),
        (
            minutes(4),
            "1 h 01 min",
            "1 h 00 min to 1 h 03 min",
            "1 h 01 min (1 h 00 min to 1 h 03 min in 4 runs)",
        ),
        ([90 * MINUTE], "1 h 30 min", "", "1 h 30 min (one run)"),
        ([NEVER], "not reached", "", "not reached (one run)"),
    ],
)
def test_a_time(values, middle, span, line):
    time = read_measure("t95")
    found = cells(values, time)
    assert (found.middle, found.range, in_one_line(values, time)) == (middle, span, line)


def test_how_exact_it_is_stands_apart():
    shares = [0.8 + n / 2000 for n in range(200)]
    found = cells(shares, read_measure("successful"))
    assert (found.middle, found.range) == ("85.0 %", "80.5 % to 89.5 %")
    # 95 % of order statistics: median between ranks 86 and 115, ends between 4 and 17
    assert found.exact == "0.7 points; 0.4 points"
    assert cells(shares[:40], read_measure("successful")).exact.endswith("; open")


def test_a_chance_is_a_share_of_the_runs_with_its_interval():
    chance = read_measure("chance of 95 % by 2021-09-25 06:00")
    found = cells([1.0] * 9 + [0.0], chance)
    assert (found.middle, found.range) == ("90.0 % of the runs", "55.5 % to 99.7 % at 95 %")


def test_a_chance_has_its_interval_though_every_run_says_the_same():
    chance = read_measure("chance of 95 % by 2021-09-25 06:00")
    found = cells([1.0] * 10, chance)
    assert in_one_line([1.0] * 10, chance) == f"{found.middle} ({found.range})"
    assert "69.2 %" in found.range


def test_a_measure_of_ones_own_has_no_unit():
    assert own_cells([float(n) for n in range(1, 200)]).range == "10 to 190"
    assert own_cells([-2.5, -2.5]).middle == "−2.5"


def test_the_head_of_a_range_says_whose_it_is():
    assert range_head(200) == "9 rollouts in 10"
    assert range_head(18) == "Range of 18 runs"


@pytest.mark.parametrize(
    ("values", "middle", "span", "line"),
    [
        ([5.0] * 20, "5 notices", "in every run", "5 notices"),
        ([5.0] * 39 + [9.0], "5 notices", "in 39 of 40 runs", "5 notices (in 39 of 40 runs)"),
        ([0.9] * 10 + [0.9 + 1e-9] * 10, "90.0 %", "in every run", "90.0 %"),
    ],
)
def test_a_range_whose_ends_read_alike_tells_how_many_runs_do(values, middle, span, line):
    measure = read_measure("prompts" if values[0] > 1 else "successful")
    found = cells(values, measure)
    assert (found.middle, found.range) == (middle, span)
    assert in_one_line(values, measure) == line


def test_the_median_of_things_is_a_whole_number():
    counts = [float(n) for n in range(2_554, 2_574)]
    found = cells(counts, read_measure("prompts"))
    assert (found.middle, found.range) == ("2,564 notices", "2,554 to 2,573")
    assert ".5" not in found.exact
    with speaking("de"):
        assert cells(counts, read_measure("prompts")).middle == "2\u00a0564 Meldungen"
    assert cells([0.25, 0.75], read_measure("successful")).middle == "50.0 %"


def test_there_is_no_half_of_a_thing_either_where_no_run_has_more_than_one():
    none_or_one = [0.0] * 10 + [1.0] * 10
    assert cells(none_or_one, read_measure("forced starts")).middle == "0 starts"
    assert cells(none_or_one, read_measure("successful")).middle == "50.0 %"


def test_a_row_of_a_group_and_its_forecast_tell_the_same_whole_number():
    answer = Experiment(fwsim.loads(ASKS_TWO), by="site").run(4, workers=1)
    counts = sorted(answer.values("forced starts for site A/1"))
    assert counts == [0.0, 0.0, 1.0, 1.0]
    rows = answer.by("site").set_index(["site", "measure"])
    assert rows.loc[("A/1", "forced starts"), "median"] == 0.0
    assert answer.forecast("forced starts for site A/1").middle.value == 0.0
