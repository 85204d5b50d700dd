"""The bars of the board: commands, their notices, and the clock they stand on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import fwsim
from fwsim.commands.schedule import Every, Now, Once
from fwsim.experiments.experiment import Experiment
from fwsim.measures.amounts import shown_duration
from fwsim.measures.measure import read_measure
from fwsim.notebook.board.axis import (
    HOUR,
    TimeAxis,
    clock_data,
    moment,
    short_moment,
    ticks_of,
)
from fwsim.notebook.board.bars import bars_of, moved
from fwsim.notebook.board.board import board_data, shades_data, wanted_measures
from fwsim.notebook.board.limits import limits_of
from fwsim.notebook.board.lines import strips_of
from fwsim.notebook.board.sentences import command_in_words
from fwsim.notebook.board.tiles import apart, tiles_of
from fwsim.planning.levers import Levers, turned
from fwsim.run import prepare


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
