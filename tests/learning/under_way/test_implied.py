"""Successes that a later command's *not necessary* implies, where nothing tells of them."""

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.run import prepare

SCENARIO = """
zone: UTC
start: 2021-09-24 13:00
horizon: 8 h
image: {name: a.idf, packages: [{name: all, size: 60 MB}]}
fleet: {units: {Bonn: {devices: 3, installed: OLD}}}
network: {sites: {default: {link: 8 Mbit/s}}}
commands: [{update: Bonn, once: 2021-09-24 14:00}, {update: Bonn, once: 2021-09-24 16:00}]
doubt: none
"""
HOUR = 3600 * 1000


def rollout(installed="old.idf"):
    return prepare(fwsim.loads(SCENARIO.replace("OLD", installed)))


@pytest.fixture
def look(tmp_path):
    def put(*statuses):
        path = tmp_path / "states-2021-09-24T17-00.csv"
        rows = [
            f"{name},{status}\n"
            for name, status in zip(rollout().fleet.names, statuses, strict=True)
        ]
        path.write_text("Name,Update State\n" + "".join(rows), encoding="utf-8")
        return path

    return put


STATES = (
    "Not necessary - 24.09.2021 16:01:00",
    "Successful - 24.09.2021 16:20:00",
    "Not successful - 24.09.2021 16:05:00",
)


def ends(seen):
    log = seen.past.log
    rows = zip(log.device, log.run, log.state, log.time, strict=True)
    return [(int(d), int(r), State(int(s)), int(t)) for d, r, s, t in rows]


def test_who_needs_no_update_any_more_was_updated_by_the_command_before(look):
    seen = read_so_far(look(*STATES), rollout(), "2021-09-24 17:00")
    assert ends(seen)[:2] == [
        (0, 0, State.SUCCESS, 2 * HOUR),
        (0, 1, State.NOT_NEEDED, 3 * HOUR + 60_000),
    ]
    assert len(seen.past.log) == 4
    assert [problem.message for problem in seen.contradictions] == [
        "1 device lacked the update at the start and no longer needed it at this command: "
        "taken as successful under the previous command, half-way to this one"
    ]


@pytest.mark.parametrize("installed", ["a.idf", "{old.idf: 50 %, a.idf: 50 %}"])
def test_who_may_have_had_the_image_at_the_start_implies_nothing(look, installed):
    seen = read_so_far(look(*STATES), rollout(installed), "2021-09-24 17:00")
    assert len(seen.past.log) == 3
    assert not seen.contradictions


def test_a_command_that_the_log_says_ended_otherwise_updated_nobody(tmp_path):
    path, name = tmp_path / "events.csv", rollout().fleet.names[0]
    path.write_text(
        "device,time,status,command\n"
        f"{name},2021-09-24 14:10,failed,1\n{name},2021-09-24 16:01,not needed,2\n",
        encoding="utf-8",
    )
    seen = read_so_far(path, rollout(), "2021-09-24 17:00")
    assert State.SUCCESS not in {state for _, _, state, _ in ends(seen)}


def test_a_look_that_shows_a_wave_of_yesterday_evening_is_no_look_at_another_rollout(look):
    states = (
        "Successful - 24.09.2021 14:20:00",
        "Successful - 23.09.2021 17:20:00",
        "Successful - 23.09.2021 23:25:00",
    )
    seen = read_so_far(look(*states), rollout(), "2021-09-24 17:00")
    assert ends(seen) == [(0, 0, State.SUCCESS, HOUR + 20 * 60_000)]
    assert "2 lines" in seen.contradictions[0].message


def test_events_of_yesterday_evening_are_of_another_rollout(tmp_path):
    path, names = tmp_path / "events.csv", rollout().fleet.names
    times = ("2021-09-24 14:20", "2021-09-23 17:20", "2021-09-23 17:25")
    rows = [f"{name},{time},done\n" for name, time in zip(names, times, strict=True)]
    path.write_text("device,time,status\n" + "".join(rows), encoding="utf-8")
    seen = read_so_far(path, rollout(), "2021-09-24 17:00")
    assert ends(seen) == [(0, 0, State.SUCCESS, HOUR + 20 * 60_000)]


@pytest.mark.parametrize("commands", ["1 1 2", None])
def test_an_implied_success_comes_after_what_the_log_tells_under_the_command(tmp_path, commands):
    path, name = tmp_path / "events.csv", rollout().fleet.names[0]
    told = ("14:50,fetching", "15:30,restarting", "16:01,not needed")
    column = [f",{number}" for number in commands.split()] if commands else [""] * 3
    rows = [f"{name},2021-09-24 {row}{more}\n" for row, more in zip(told, column, strict=True)]
    head = "device,time,status" + (",command" if commands else "")
    path.write_text(f"{head}\n" + "".join(rows), encoding="utf-8")
    seen = read_so_far(path, rollout(), "2021-09-24 17:00")
    assert ends(seen)[1:] == [
        (0, 0, State.REBOOT, 2 * HOUR + HOUR // 2),
        (0, 0, State.SUCCESS, 2 * HOUR + 3 * HOUR // 4),
        (0, 1, State.NOT_NEEDED, 3 * HOUR + 60_000),
    ]
    assert len(ends(seen)) == 4


def test_a_look_tells_nothing_of_the_time_before_it_and_that_is_said(look):
    seen = read_so_far(look(*STATES), rollout(), "2021-09-24 15:00")
    assert seen.is_empty
    assert "the first look is from after 2021-09-24 15:00" in seen.contradictions[0].message
