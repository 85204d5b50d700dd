"""What the board shows, as plain data; no browser needed."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import fwsim
from fwsim.commands.schedule import Every, Now, Once
from fwsim.experiments.experiment import Experiment
from fwsim.experiments.first_looks.thinning import choose
from fwsim.measures.amounts import shown_duration
from fwsim.measures.measure import read_measure
from fwsim.notebook.board.axis import (
    HOUR,
    TimeAxis,
    axis_of,
    clock_data,
    moment,
    short_moment,
    ticks_of,
)
from fwsim.notebook.board.bars import bars_of, moved
from fwsim.notebook.board.because import causes_of, without_cause
from fwsim.notebook.board.board import board_data, shades_data, wanted_measures
from fwsim.notebook.board.curves import _curves_at, fan_data, ghost_data
from fwsim.notebook.board.late import Lateness
from fwsim.notebook.board.limits import limits_of
from fwsim.notebook.board.lines import FULL, _strip, strips_of
from fwsim.notebook.board.sentences import command_in_words
from fwsim.notebook.board.tiles import LESS, apart, tiles_of, time_measure
from fwsim.notebook.first_look import look_at
from fwsim.planning.levers import Levers, turned
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


@pytest.fixture(scope="module")
def rollout(scenarios):
    return prepare(fwsim.load(scenarios / "branch-offices.yaml"))


@pytest.fixture(scope="module")
def answer(rollout):
    return Experiment(rollout, measures=wanted_measures(rollout)).run(20, workers=1)


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
def commands(rollout):
    return tuple(section.command() for section in rollout.scenario.commands)


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


def test_plan_a_is_a_ghost_with_the_band_of_the_pairs(rollout, commands, answer):
    same = board_data(rollout, commands, answer, ghost=answer, ghost_name="Plan A")["ghost"]
    assert same["name"] == "Plan A"
    assert same["band"][0] == same["middle"] == same["band"][1]
    assert apart(answer, answer, read_measure("successful")) == 0


def test_a_tile_is_judged_by_limits_on_its_own_share_and_time(scenario):
    limits = ["time to 90 %", "time to 95 %", "successful"]
    for limit, states in zip(limits, (["", ""], ["", "good"], ["good", ""]), strict=True):
        condition = ">= 1 %" if limit == "successful" else "<= 20 h"
        small = prepare(scenario({"once": "2018-08-20 12:00"}, expect=[{limit: condition}]))
        answer = Experiment(small, measures=wanted_measures(small)).run(2, workers=1)
        made = tiles_of(answer, None, strips_of(answer, small), limits_of(answer, small))
        assert [tile.state for tile in made[:2]] == states


def test_time_lost_on_devices_that_ask_nobody_is_told_as_that_of_all(scenario):
    quiet = prepare(scenario({"once": "2018-08-20 12:00"}))
    answer = Experiment(quiet, measures=wanted_measures(quiet)).run(2, workers=1)
    tile = next(
        one for one in tiles_of(answer, None, strips_of(answer, quiet), []) if one.name == "people"
    )
    assert tile.value == "≈ 0"
    assert not tile.more.startswith("0 ")
    assert tile.hint.endswith("asked or not; each the median of the runs")


def test_of_people_it_is_told_where_nine_rollouts_in_ten_lie(scenario):
    asks = {"once": "2018-08-20 12:00", "inform_user": "5 min"}
    asked = prepare(scenario(asks, fleet={"units": {"DE": {"devices": 20}}}))
    answer = Experiment(asked, measures=wanted_measures(asked)).run(40, workers=1)
    made = tiles_of(answer, None, strips_of(answer, asked), [])
    tile = next(one for one in made if one.name == "people")
    lost = answer.forecast(read_measure("user time lost"))
    least, most = shown_duration(lost.low.value), shown_duration(lost.high.value)
    assert least != most
    assert f"9 rollouts in 10: 20–20 devices, {least} to {most} lost" in tile.hint


def test_bars_tell_when_how_long_and_whom(rollout, commands):
    (bar,) = bars_of(rollout, commands)
    assert bar.firings == (90 * 60_000,)
    assert bar.devices == 1600
    assert bar.spread == 250 * 1599
    assert bar.notice == 300_000
    assert bar.reminders == 3 * 4 * HOUR
    assert command_in_words(commands[0], rollout).startswith(
        "Update DE and below, Fri 24 Sep 15:30, asks users for 5 min, may cancel"
    )


def test_a_command_says_whatever_makes_it_another(scenario):
    options = {
        "inform_user": "5 min",
        "once": "2018-08-20 12:00",
        "force_at": "2018-08-20 20:00",
        "only_switched_on": True,
        "check_reachability": True,
        "format_system_partition": True,
    }
    small = prepare(scenario(options))
    (command,) = (section.command() for section in small.scenario.commands)
    assert command_in_words(command, small).endswith(
        "asks users for 5 min, who still waits is started Mon 20 Aug 20:00,"
        " only devices shown as on that answer a ping, formats the partition first"
    )
    (bar,) = bars_of(small, (command,))
    assert small.local_time(bar.forced).hour == 20


REMINDER = {"firmware": {"reminder": {"deferments": 3, "delays": ["30 min", "8 h"]}}}


def bar_of(scenario, **whole):
    update = {"subordinate_units": True, "inform_user": "5 min", "once": "2018-08-20 12:00"}
    small = prepare(scenario(update, **whole))
    (bar,) = bars_of(small, tuple(section.command() for section in small.scenario.commands))
    return bar


def test_a_bar_is_as_long_as_the_longest_reminder_of_its_ous(scenario):
    units = {"DE/A": {"devices": 2, **REMINDER}, "AT": {"devices": 1}}
    whole = {"fleet": {"units": units}, "firmware": {"reminder": {"deferments": 0}}}
    assert bar_of(scenario, **whole).reminders == 24 * HOUR
    units = {"DE/A": {"devices": 2}, "AT": {"devices": 1, **REMINDER}}
    assert bar_of(scenario, fleet={"units": units}).reminders == 0


@pytest.mark.parametrize(("at", "hours"), [("2018-08-20 11:30", 24), ("2018-08-20 14:00", 0)])
def test_a_bar_has_the_reminders_that_are_set_when_its_command_runs(scenario, at, hours):
    changes = [{"at": at, "unit": "DE", **REMINDER}]
    assert bar_of(scenario, changes=changes).reminders == hours * HOUR


def test_a_bar_that_is_dragged_is_a_command_changed(rollout, commands):
    command = commands[0]
    later = moved(command, "start", 3 * HOUR, rollout)
    assert later.schedule == Once(datetime(2021, 9, 24, 17, 0))
    assert moved(command, "start", -5, rollout).schedule.at == datetime(2021, 9, 24, 14, 0)
    assert moved(command, "spread", HOUR, rollout).devices_wait == round(HOUR / 1599)
    assert moved(command, "notice", 120_000, rollout).inform_user == 120
    every = replace(command, schedule=Every(datetime(2021, 9, 24, 22).time(), (4,)))
    assert moved(every, "start", 3 * HOUR, rollout).schedule.at.hour == 17
    with pytest.raises(ValueError, match="no part"):
        moved(command, "colour", 1, rollout)


def test_start_anyway_keeps_its_distance_to_the_start(rollout, commands):
    forced = replace(commands[0], force_at=datetime(2021, 9, 24, 20, 0))
    assert moved(forced, "start", 3 * HOUR, rollout).force_at == datetime(2021, 9, 24, 21, 30)
    now = replace(forced, schedule=Now())
    assert moved(now, "start", 3 * HOUR, rollout).force_at == datetime(2021, 9, 24, 23, 0)


@pytest.mark.parametrize(("before", "forced"), [("2021-10-31", "05:00"), ("2022-03-27", "07:00")])
def test_start_anyway_keeps_its_distance_across_a_change_of_the_clocks(scenario, before, forced):
    """Eight hours are eight hours, as in a search, though the clock shows seven or nine of them."""
    evening = datetime.fromisoformat(f"{before} 22:00") - timedelta(days=2)
    command = {"update": "DE", "subordinate_units": True, "inform_user": "5 min"}
    command |= {"once": str(evening), "force_at": str(evening + timedelta(hours=8))}
    when = {"start": str(evening), "zone": "Europe/Berlin", "horizon": "9 d"}
    model = fwsim.Scenario.model_validate(scenario().as_data() | when | {"commands": [command]})
    [section] = model.commands
    dragged = moved(section.command(), "start", 24 * HOUR, prepare(model))
    assert dragged.schedule.at == evening + timedelta(days=1)
    assert str(dragged.force_at) == f"{before} {forced}:00"
    [turned_one] = turned(model, Levers(start_later=24 * HOUR)).commands
    assert turned_one.command() == dragged


@pytest.mark.parametrize(
    ("devices", "hours"),
    [
        ({"America/New_York": 3, "Europe/Berlin": 2}, "15:00–23:00"),
        ({"America/New_York": 3, "Europe/Berlin": 2, "Europe/Paris": 2}, "09:00–17:00"),
    ],
)
def test_office_hours_are_those_of_most_people_on_the_clock_of_their_place(
    scenario, devices, hours
):
    units = {
        f"DE/{zone}": {"devices": count, "zone": zone, "people": "desk"}
        for zone, count in devices.items()
    }
    whole = {
        "zone": "Europe/Berlin",
        "start": "2018-08-20 00:00",
        "fleet": {"units": units},
        "people": {"desk": {"present": "mon-fri 09:00-17:00"}},
    }
    shown = prepare(scenario({"subordinate_units": True}, **whole))
    ((begin, end),) = shades_data(shown, TimeAxis(0, 24 * HOUR))["office"]
    assert f"{shown.local_time(begin):%H:%M}–{shown.local_time(end):%H:%M}" == hours


def test_the_browser_can_tell_the_servers_clock(scenario):
    summer = prepare(scenario(start="2021-10-30 12:00", zone="Europe/Berlin", horizon="2 d"))
    clock = clock_data(summer)
    assert [offset for _, offset in clock["offsets"]] == [2 * HOUR, HOUR]
    ticks = ticks_of(TimeAxis(0, 24 * HOUR), summer)
    texts = [tick["text"] for tick in ticks]
    assert texts.count("02:00") == 2
    assert len({tick["at"] for tick in ticks}) == len(ticks)
    assert [t["twice"] for t in ticks if t["text"] == "02:00"] == ["+02:00", "+01:00"]
    assert not any(tick["twice"] for tick in ticks if tick["text"] != "02:00")


def test_of_two_times_that_the_clock_shows_alike_the_offset_says_which_it_is(scenario):
    autumn = prepare(scenario(start="2021-10-30 12:10", zone="Europe/Berlin", horizon="2 d"))
    (_, _), (change, _) = clock_data(autumn)["offsets"]
    first, again = change - HOUR // 2, change + HOUR // 2
    assert moment(autumn.local_time(first)) == "Sun 31 Oct 02:30 (+02:00)"
    start = autumn.local_time(0)
    assert short_moment(autumn.local_time(again), start) == "Sun 02:30 (+01:00)"
    assert short_moment(autumn.local_time(again + HOUR), start) == "Sun 03:30"


def test_a_command_of_another_year_is_told_with_its_year(rollout, commands):
    far = replace(commands[0], schedule=Once(datetime(2099, 1, 1, 10)))
    assert "Thu 1 Jan 2099 10:00" in command_in_words(far, rollout)
    assert "Fri 24 Sep 15:30" in command_in_words(commands[0], rollout)


def test_a_time_from_the_eighth_day_on_has_its_day():
    """Its weekday alone might be of the week before."""
    start = datetime(2021, 9, 24, 14)
    told = [short_moment(start + timedelta(days=days), start) for days in (0, 6, 7)]
    assert told == ["Fri 14:00", "Thu 14:00", "Fri 1 Oct 14:00"]


def test_a_line_is_measured_by_what_others_leave_of_it(rollout, answer):
    repository, *lines = strips_of(answer, rollout)
    assert repository.name == "Repository"
    assert lines[0].name == "Branch 17"
    for strip in lines:
        assert 0 < max(strip.full) <= 1
    (carried,) = (
        sum(size[line == number].sum() for line, _, size in [run.timeline.site_hours])
        for number in [answer.setting.sites.index("Branch 17")]
        for run in answer.replications[:1]
    )
    assert carried > 0


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
