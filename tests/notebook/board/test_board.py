"""What the board shows, as plain data; no browser needed."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.experiments.first_looks.thinning import choose
from fwsim.notebook.board.axis import (
    HOUR,
    TimeAxis,
    axis_of,
)
from fwsim.notebook.board.because import causes_of, without_cause
from fwsim.notebook.board.board import board_data, shades_data, wanted_measures
from fwsim.notebook.board.curves import _curves_at, fan_data, ghost_data
from fwsim.notebook.board.late import Lateness
from fwsim.notebook.board.limits import limits_of
from fwsim.notebook.board.lines import FULL, _strip, strips_of
from fwsim.notebook.board.tiles import LESS, tiles_of, time_measure
from fwsim.notebook.first_look import look_at
from fwsim.results.run.stages import STAGES_UNDER_WAY
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.causes import CAUSE_OF
from fwsim.results.statistics.forecast import forecast
from fwsim.results.statistics.judgement import judge
from fwsim.run import prepare
from fwsim.scenario.load import loads
from tests.results.small_rollout import SMALL

EXPECT = [
    {"successful by 2018-08-21 06:00": ">= 50 %"},
    {"time to 90 %": "<= 1 min in 75 % of the runs"},
    {"prompts": "<= 1000"},
]


def test_where_nobody_is_successful_nobody_is_said_to_be_late(answer):
    assert without_cause(answer) == "The last 5 % were hardly later than the others."
    empty = SMALL.replace("{update: DE,", "{update: Empty,")
    text = empty.replace("    DE/North:", "    Empty: {devices: 0}\n    DE/North:")
    rollout = prepare(loads(text))
    run = Experiment(rollout, measures=wanted_measures(rollout)).run(2, workers=1)
    board = board_data(rollout, (), run)
    assert board["because"] == []
    assert board["no_cause"] == "In each of 2 runs no device is targeted."
    told = [(tile["value"], tile["more"]) for tile in board["tiles"][:2]]
    assert told == [("–", "no device is targeted")] * 2
    assert board["target"]["text"] == "95 %"  # of none of them it can be said that it is missed


def test_a_range_of_one_number_is_told_as_one(answer, rollout):
    runs = [replace(answer.replications[0], number=number) for number in range(20)]
    same = Answer(answer.setting, runs, provenance=answer.provenance)
    done, *_ = tiles_of(same, None, strips_of(same, rollout), [])
    assert done.more == f"{done.value}, 9 in 10"


def test_a_curve_of_few_points_goes_in_steps(answer):
    few, many = np.arange(30), np.arange(90)
    for places in (few, many):
        of_ghost = ghost_data(answer, answer, places)
        assert fan_data(answer, places)["steps"] == of_ghost["steps"] == (places is few)
    between = _curves_at(answer, answer.times[1:] - 1)
    assert np.array_equal(between, answer.completion_curves()[:, :-1])


@pytest.fixture(scope="module")
def board(rollout, commands, answer):
    return board_data(rollout, commands, answer)


def test_all_of_it_is_plain_data_and_small(board):
    assert len(json.dumps(board, allow_nan=False)) < 40_000


def test_all_hours_of_a_coarse_step_are_on_the_axis():
    """By the grid of a year, of six hours, nobody knows in which of them devices changed."""
    answer = Experiment(fwsim.loads(SMALL.replace("horizon: 12 h", "horizon: 365 d")))
    axis = axis_of([answer.run(2, workers=1)])
    assert axis.begin == 0
    assert axis.end >= 6 * HOUR


THINNEST = """
name: Thin
zone: UTC
start: 2026-10-05 08:00
horizon: HORIZON
image: {name: new.idf, packages: [{name: baseos, version: "2", size: 300 MB}]}
fleet: {units: {A: {devices: DEVICES, installed: old.idf}}}
network: {sites: {default: {link: 4 Mbit/s}}}
commands: [{update: A, once: 2026-10-05 09:00}]
doubt: none
seed: 1
"""


@pytest.mark.parametrize("horizon", ["4 h", "17 d", "40 d"])
def test_no_hour_after_the_horizon_is_shown(horizon):
    text = THINNEST.replace("HORIZON", horizon).replace("DEVICES", "400")
    thin = prepare(loads(text))
    run = Experiment(thin, measures=wanted_measures(thin)).run(1, workers=1)
    axis = axis_of([run])
    assert axis.end <= thin.horizon
    if horizon == "4 h":  # under way until then, in front of people who are always there
        assert (axis.begin, axis.end) == (0, thin.horizon)
        assert shades_data(thin, axis)["office"] == []


def test_a_curve_of_few_devices_goes_in_steps():
    """Half of one device is never successful."""
    for devices, steps in (("1", True), ("400", False)):
        thin = prepare(loads(THINNEST.replace("HORIZON", "12 h").replace("DEVICES", devices)))
        run = Experiment(thin, measures=wanted_measures(thin)).run(1, workers=1)
        places = np.arange(len(run.times))
        assert fan_data(run, places)["steps"] == ghost_data(run, run, places)["steps"] == steps


@pytest.mark.parametrize(
    ("missed", "told"), [(8, "nor 90 % sure of half of them"), (20, "nor do half of them")]
)
def test_that_nobody_can_be_sure_of_half_is_not_told_as_half_that_never_come(
    answer, rollout, missed, told
):
    """In most runs more than half of the devices get there."""
    first, asked = answer.replications[0], [time_measure(share) for share in (0.95, *LESS)]
    runs = []
    for number in range(20):
        value = math.inf if number < missed else float(HOUR)
        values = {**first.values, **dict.fromkeys(asked, value)}
        runs.append(replace(first, number=number, values=values))
    made = Answer(answer.setting, runs, provenance=answer.provenance)
    tile = tiles_of(made, None, strips_of(made, rollout), [])[1]
    assert (tile.value, tile.more) == (f"never in {missed} of 20", told)
    assert tile.hint.startswith("in so many runs 95 % of the targeted devices are never")


def test_it_counts_by_one_denominator(board, answer):
    assert board["of"] == "of the 1,600 targeted devices"
    curve = np.median(answer.completion_curves(), axis=0)
    times = answer.times.tolist()
    for at, middle in zip(board["fan"]["at"][::40], board["fan"]["middle"][::40], strict=True):
        assert middle == pytest.approx(curve[times.index(at)], abs=1e-4)
    low, high = board["fan"]["bands"]["both"]
    assert all(a <= m <= b for a, m, b in zip(low, board["fan"]["middle"], high, strict=True))


def test_the_fan_ends_where_the_tile_says_that_9_rollouts_in_10_lie(board, answer):
    """Both are of the next rollout; the middle of the runs would hold it more seldom."""
    low, high = board["fan"]["bands"]["both"]
    for place, at in list(enumerate(board["fan"]["at"]))[::20]:
        of_runs = answer.completion_curves()[:, answer.times.tolist().index(at)]
        told = forecast(of_runs.tolist())
        assert (low[place], high[place]) == pytest.approx(
            (told.low.value, told.high.value), abs=1e-4
        )


def test_a_target_that_is_never_reached_says_so(board):
    assert board["target"]["text"] == "95 %: never in 20 of 20"
    tile = next(tile for tile in board["tiles"] if tile["name"] == "time")
    assert tile["value"] == "never in 20 of 20"


def test_a_strip_says_in_words_how_full_its_line_becomes(board):
    (tile,) = (tile for tile in board["tiles"] if tile["name"] == "line")
    (strip,) = (strip for strip in board["strips"] if strip["name"] == tile["value"])
    assert f": {tile['more']}, against what others leave of it; orange: 90 %" in strip["text"]


def test_the_orange_hours_of_a_strip_are_as_many_as_are_told(board, answer, rollout):
    for strip in strips_of(answer, rollout):
        orange = sum(
            b - a
            for a, b, is_full in zip(strip.edges, strip.edges[1:], strip.is_full, strict=False)
            if is_full
        )
        assert orange / HOUR == strip.full_hours
    drawn = [any(cell[3] for cell in strip["cells"]) for strip in board["strips"]]
    assert drawn == ["90 % or more for" in strip["text"] for strip in board["strips"]]
    assert any(drawn)


def test_an_hour_that_is_full_in_most_runs_is_full_though_it_is_not_on_average():
    """Its mean is 0.72: a picture of means would show none of the hours that are told."""
    full = np.array([[0.95, 0.1], [0.95, 0.1], [0.95, 0.95], [0.03, 0.95]])
    strip = _strip("West", "20 Mbit/s", (0, HOUR, 2 * HOUR), full)
    assert (strip.is_full, strip.full_hours) == ((True, True), 2)
    strip = _strip("West", "20 Mbit/s", (0, HOUR, 2 * HOUR), full[[0, 1, 2]])
    assert (strip.is_full, strip.full_hours) == ((True, False), 1)


def test_as_many_full_hours_are_drawn_as_are_told_though_the_axis_ends_before():
    cells = tuple(range(0, 5 * HOUR, HOUR))
    strip = _strip("West", "64 kbit/s", cells, np.array([[0.2, 0.95, 0.95, 0.95]]))
    data = strip.as_data(TimeAxis(0, 2 * HOUR))
    drawn = sum(b - a for a, b, _, is_full in data["cells"] if is_full)
    assert drawn + data["beyond"] == 3 * HOUR == strip.full_hours * HOUR


def test_idle_nights_are_folded_and_nothing_happens_in_them(board, answer):
    folds = board["axis"]["folds"]
    assert folds
    for begin, end in folds:
        inside = (answer.times >= begin) & (answer.times <= end)
        moved_in_it = np.abs(np.diff(answer.stages[:, inside], axis=1)).sum() / 2
        hours = (end - begin) / HOUR
        assert moved_in_it <= 2e-3 * 1600 * hours
    assert not any(a < at < b for at in board["fan"]["at"] for a, b in folds)


def test_a_few_runs_that_were_asked_for_are_no_first_look(rollout, commands):
    few = Experiment(rollout, measures=wanted_measures(rollout)).run(5, workers=1)
    shown = board_data(rollout, commands, few)
    assert shown["about"] == "≈ 5 runs: about so, no range"
    assert shown["fan"]["bands"] == {}  # the readout and the table would call it 9 in 10


def test_a_line_is_told_to_be_full_by_the_rule_it_is_drawn_by():
    strip = _strip("West", "20 Mbit/s", (0, HOUR, 2 * HOUR), np.array([[FULL, 0.2]]))
    assert strip.told == "90 % or more for 1 h 00 min"
    assert _strip("West", "20 Mbit/s", (0, HOUR), np.array([[0.899]])).told.startswith("89.9 %")


def test_a_first_look_has_no_interval(rollout, commands):
    look = look_at(rollout, choose(rollout, 20_000), wanted_measures(rollout))
    shown = board_data(rollout, commands, look)
    assert not shown["full"]
    assert shown["target"]["text"] == "95 %: not reached, at first sight"
    assert shown["about"] == "≈ a first look: about so, no range"
    assert shown["fan"]["bands"] == {}
    assert shown["tiles"][0]["value"].startswith("≈")
    assert all("9 in 10" not in tile["more"] for tile in shown["tiles"])


def test_limits_redden_when_they_are_broken(scenario):
    expect = {"expect": EXPECT, "fleet": {"units": {"DE": {"devices": 30}}}}
    small = prepare(scenario({"once": "2018-08-20 12:00"}, **expect))
    answer = Experiment(small, measures=wanted_measures(small)).run(20, workers=1)
    commands = tuple(section.command() for section in small.scenario.commands)
    shown = board_data(small, commands, answer)
    by_level = {limit["level"]: limit for limit in shown["limits"]}
    assert by_level[0.5]["kept"]
    assert [one["kept"] for one in shown["all_limits"]] == [True, False, True]
    (late,) = (limit for limit in shown["limits"] if not limit["kept"])
    assert late["short"].startswith("✗ limit 90 % of those that need it")
    assert [tile["state"] for tile in shown["tiles"][:3]] == ["good", "", "good"]


def test_an_upper_limit_is_told_as_one(scenario):
    expect = [
        {"time to 50 % of targeted": ">= 1 min"},
        {"successful": "<= 100 %"},
        {"time from 2018-08-20 11:30 to 95 %": "<= 2 h"},
    ]
    whole = {"expect": expect, "fleet": {"units": {"DE": {"devices": 3}}}}
    small = prepare(scenario({"once": "2018-08-20 12:00"}, **whole))
    answer = Experiment(small, measures=wanted_measures(small)).run(2, workers=1)
    commands = tuple(section.command() for section in small.scenario.commands)
    told = [limit["short"] for limit in board_data(small, commands, answer)["limits"]]
    assert told[0].startswith("✓ limit at most 50 % by ")
    assert told[1].startswith("✓ limit at most 100 % by ")
    assert told[2].startswith("✓ limit 95 % of those that need it by Mon 13:30")


@pytest.mark.parametrize("runs", [1, 10])
def test_limits_are_judged_by_few_runs_as_a_test_judges_them(scenario, runs):
    expect = [
        {"successful": ">= 90 % at 95 % confidence"},
        {"successful": ">= 90 % in 90 % of the runs at 95 % confidence"},
        *({"time to 50 %": f"p90 <= {minutes} min"} for minutes in range(5, 60)),
    ]
    whole = {"expect": expect, "fleet": {"units": {"DE": {"devices": 30}}}}
    small = prepare(scenario({"once": "2018-08-20 12:00"}, **whole))
    answer = Experiment(small, measures=wanted_measures(small)).run(runs, workers=1)
    verdicts = [one.held for one in judge(answer, small.scenario.expect)]
    assert [one.is_kept for one in limits_of(answer, small)] == verdicts


def test_a_first_look_tells_no_share_of_its_few_runs(scenario):
    small = prepare(scenario({"once": "2018-08-20 12:00"}, expect=EXPECT[:2]))
    look = look_at(small, choose(small, 10), tuple(wanted_measures(small)), numbers=[0])
    told = [one.words for one in limits_of(look, small)]
    assert told[0].endswith("kept at first sight, by one run")
    assert told[1].endswith("broken at first sight, by one run")
    commands = tuple(section.command() for section in small.scenario.commands)
    shown = board_data(small, commands, look)["limits"]
    assert all(limit["short"].endswith(", at first sight") for limit in shown)


def test_a_limit_of_a_part_is_not_shown_as_one_of_the_fleet(scenario):
    expect = [
        {"successful for site Ulm by 2018-08-21 06:00": ">= 99 %"},
        {"successful in DE/Ulm": ">= 99 %"},
        {"time to 95 % for site Ulm": "<= 1 min"},
        {"peak link utilisation of Ulm": "<= 1 %"},
    ]
    units = {"DE/Ulm": {"devices": 2, "site": "Ulm"}, "DE/Bonn": {"devices": 8, "site": "Bonn"}}
    sites = {"Ulm": {"link": "1 Gbit/s"}, "Bonn": {"link": "2 Mbit/s"}}
    whole = {"fleet": {"units": units}, "network": {"sites": sites}, "expect": expect}
    small = prepare(scenario({"once": "2018-08-20 12:00", "subordinate_units": True}, **whole))
    answer = Experiment(small, measures=wanted_measures(small)).run(20, workers=1)
    commands = tuple(section.command() for section in small.scenario.commands)
    shown = board_data(small, commands, answer)
    assert shown["limits"] == []
    assert shown["shades"]["deadlines"] == []
    assert shown["tiles"][0]["label"] == "Done in the end"
    assert shown["tiles"][0]["measure"] == "successful"
    assert shown["tiles"][3]["value"] == "Bonn"
    assert [tile["state"] for tile in shown["tiles"]] == [""] * 5
    assert len(shown["all_limits"]) == len(expect)


THIN = """
name: Thin
zone: UTC
start: 2026-10-05 08:00
horizon: 1 d
image: {name: new.idf, packages: [{name: baseos, version: "2", size: 300 MB}]}
fleet: {units: {A: {devices: 60}, B: {devices: 20}}}
network:
  repository: {uplink: 30 Mbit/s}
  sites: {A: {link: 10 Mbit/s, line_factor: FACTOR}, default: {link: 20 Mbit/s}}
commands: [{update: A, once: 2026-10-05 09:00}, {update: B, once: 2026-10-05 10:00}]
seed: 1
"""


@pytest.mark.parametrize("factor", ["1", "0.5", "{about: 50 %, worth: 50}"])
def test_the_fullest_line_is_that_of_the_measures_whatever_its_label(factor):
    thin = prepare(fwsim.loads(THIN.replace("FACTOR", factor)))
    answer = Experiment(thin, measures=[time_measure(share) for share in LESS]).run(20, workers=1)
    repository, *lines = strips_of(answer, thin)
    assert lines[0].name == "A"
    for strip, name in ((repository, "repository"), (lines[0], "site link")):
        measured = answer.forecast(f"busy-hour {name} utilisation").middle.value
        assert strip.peak == pytest.approx(measured, abs=0.001)
    (tile,) = (
        one for one in tiles_of(answer, None, [repository, *lines], []) if one.name == "line"
    )
    assert tile.value == "A"


def test_the_last_cells_end_with_the_runs_and_are_as_full_as_they_were_until_then():
    text = SMALL.replace("inform_user: 5 min, user_can_cancel: true,", "")
    small = prepare(fwsim.loads(text.replace("12 h", "110 min")))
    strips = strips_of(Experiment(small).run(2, workers=1), small)
    assert {strip.edges[-1] for strip in strips} == {110 * 60_000}
    (west,) = (strip for strip in strips if strip.name == "West")
    assert west.full[-1] == pytest.approx(1.0, rel=0.02)
    assert west.full_hours == pytest.approx(50 / 60)


def test_every_way_a_device_spends_time_has_a_cause(answer):
    assert set(CAUSE_OF) == set(STAGES_UNDER_WAY)
    causes = causes_of(answer)
    assert [cause.later for cause in causes] == sorted((c.later for c in causes), reverse=True)


def test_who_is_late_at_a_time_had_not_finished_by_then(rollout):
    run = fwsim.simulate(rollout)
    late = Lateness(run)
    at = 5 * HOUR
    done = int((run.record.updates.success_time <= at).sum())
    targeted = int(late.is_targeted.sum())
    assert late.late_at(at).sum() == targeted - done
    by_cause = [late.late_because(cause).sum() for cause in dict.fromkeys(CAUSE_OF.values())]
    assert sum(by_cause) == int(0.05 * (late.over < late.over.max()).sum())
    assert late.at_site("Branch 17").sum() == rollout.fleet.site.codes.tolist().count(
        rollout.fleet.site.values.index("Branch 17")
    )
