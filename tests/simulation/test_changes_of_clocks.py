"""Times of the file that the clocks skip or show twice, on both clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.fleet.week import read_week
from fwsim.model.device_jobs import scheduled_jobs_of
from fwsim.model.rollout import Rollout
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.checks import findings
from tests.compiled.side_by_side import assert_alike, both
from tests.conftest import STORY, merged

SPRING, AUTUMN = "2026-03-29", "2026-10-25"
JUMP = 6 * 3_600_000
"""Milliseconds from 20:00 the evening before to 02:00."""


def berlin(day=SPRING, **changes):
    evening = {SPRING: "2026-03-28 20:00", AUTUMN: "2026-10-24 20:00"}[day]
    data = {"zone": "Europe/Berlin", "start": evening, "horizon": "36 h", **changes}
    return fwsim.Scenario.model_validate(merged(STORY, data))


@pytest.mark.parametrize("wall", ["02:00", "02:30", "02:59", "03:00"])
def test_every_time_of_the_file_that_is_skipped_is_the_jump(wall):
    at = f"{SPRING} {wall}"
    model = berlin(
        changes=[{"at": at, "withdraw": "new.idf"}],
        outages=[{"start": at, "end": f"{SPRING} 04:00"}],
        notifications=[{"update": "DE", "set": at}],
        commands=[{"update": "DE", "once": at}],
    )
    rollout = Rollout(model)
    assert rollout.milliseconds_of(datetime.fromisoformat(at)) == JUMP
    assert rollout.configuration.change_times == [JUMP]
    assert rollout.outages() == [(-1, JUMP, JUMP + 3_600_000)]
    assert [run.at for run in rollout.runs] == [JUMP]
    started = berlin(start=at, commands=[{"update": "DE"}])
    assert f"{Rollout(started).start:%H:%M}" == "01:00"


def test_an_outage_within_the_gap_is_none():
    outage = {"start": f"{SPRING} 02:10", "end": f"{SPRING} 02:50"}
    model = berlin(outages=[outage], commands=[{"update": "DE", "once": f"{SPRING} 03:00"}])
    rollout = prepare(model)
    assert rollout.outages() == []
    first, second = both(rollout)
    assert_alike(first, second)
    assert State.SUCCESS in first.log.state


def test_a_window_that_begins_in_the_gap_counts_what_comes_after_it():
    """The download runs from 03:05:02 to 03:05:10."""
    measures = {"WAN bytes sun 02:30-04:00": 100e6, "WAN bytes sun 01:00-02:30": 0.0}
    model = berlin(commands=[{"update": "DE", "once": f"{SPRING} 03:05"}])
    answer = fwsim.Experiment(model, measures=[*measures]).run(1, workers=1)
    assert {name: answer.estimate(name).value for name in measures} == measures


def test_commands_lie_within_the_horizon_as_time_runs():
    """Twelve hours after 20:00 it is 09:00 in spring and 07:00 in autumn."""
    late = {
        day: [{"update": "DE", "once": f"{day} {wall}"}]
        for day, wall in ((SPRING, "08:59"), (AUTUMN, "06:59"))
    }
    for day, commands in late.items():
        model = berlin(day, horizon="12 h", commands=commands)
        assert not findings(model)
        assert len(Rollout(model).runs) == 1
    for day, wall, end in ((SPRING, "09:00", "09:00"), (AUTUMN, "07:30", "07:00")):
        commands = [{"update": "DE", "once": f"{day} {wall}"}]
        ((_, text),) = findings(berlin(day, horizon="12 h", commands=commands))
        assert text == f"{day} {wall}:00 lies after the horizon, {day} {end}"


def test_people_keep_the_clock_of_their_own_zone():
    """On Lord Howe the clocks jump from 02:00 to 02:30: at 15:30 UTC, 17:30 in Berlin."""
    model = berlin(start="2026-10-03 12:00", horizon="12 h", commands=[{"update": "DE"}])
    week = read_week("sun 02:15-03:00")
    found = Rollout(model).week_intervals(week, ZoneInfo("Australia/Lord_Howe"))
    assert found == [(5.5 * 3_600_000, 6 * 3_600_000)]


@pytest.fixture
def scheduled(tmp_path):
    """Make ready what devices run by themselves, with no command of the server."""

    def make(when, day=SPRING, zone="Europe/Berlin", **changes):
        (tmp_path / "s.ini").write_text(f"[Job1]\nType=1\nSchedule={when}\n")
        units = {"DE": {"devices": 1, "installed": "old.idf", "zone": zone}}
        model = berlin(day, commands=[], scheduler="s.ini", fleet={"units": units}, **changes)
        return prepare(model.seen_from(tmp_path))

    return make


@pytest.mark.parametrize(
    ("assumptions", "days"),
    [
        ({}, [30]),
        ({"skipped_hour": "after_gap"}, [30]),
        ({"skipped_hour": "skip"}, [30]),
        ({"scheduler_skipped_hour": "after_gap"}, [29, 30]),
    ],
)
def test_a_job_whose_time_is_skipped_is_left_out_whatever_the_server_does(
    scheduled, assumptions, days
):
    rollout = scheduled("02:30", assumptions=assumptions)
    first, second = both(rollout)
    assert_alike(first, second)
    begun = first.log.time[first.log.state == State.CHECKING].tolist()
    assert [rollout.local_time(at).day for at in begun] == days


def test_the_server_s_commands_have_an_assumption_of_their_own():
    at = [{"update": "DE", "once": f"{SPRING} 02:30"}]
    for choice, runs in [
        ({}, 1),
        ({"skipped_hour": "skip"}, 0),
        ({"scheduler_skipped_hour": "skip"}, 1),
    ]:
        assert len(Rollout(berlin(commands=at, assumptions=choice)).runs) == runs


@pytest.mark.parametrize(
    ("assumptions", "after"),
    [({}, 6.5), ({"doubled_hour": "second"}, 6.5), ({"scheduler_doubled_hour": "second"}, 7.5)],
)
def test_of_two_equal_times_a_job_takes_the_first(scheduled, assumptions, after):
    rollout = scheduled("2026-10-25 02:30", AUTUMN, assumptions=assumptions)
    first, second = both(rollout)
    assert_alike(first, second)
    begun = first.log.time[first.log.state == State.CHECKING].tolist()
    assert begun == [after * 3_600_000]


def test_a_schedule_that_names_the_clock_is_read_with_the_devices_own(scheduled):
    rollout = scheduled("18:00 CEST", AUTUMN, zone="Europe/Berlin")
    (job,) = scheduled_jobs_of(rollout)
    assert job.firings == ()  # the evening before it is past 18:00, the next one is in CET
    with pytest.raises(InputError, match=r"s\.ini:3: .*'CEST' is neither a time zone"):
        scheduled("18:00 CEST", zone="America/New_York")


def test_fractions_of_a_second_come_to_the_tick_and_too_many_are_refused(scheduled, monkeypatch):
    rollout = scheduled("2026-03-29 12:00:00.0004,00.0006,01.5")
    (job,) = scheduled_jobs_of(rollout)
    noon = 15 * 3_600_000
    assert job.firings == (noon, noon + 1, noon + 1500)
    monkeypatch.setattr("fwsim.model.device_jobs.MOST_FIRINGS", 1000)
    with pytest.raises(InputError, match="runs more than 1,000 times before the horizon"):
        scheduled("*:*:0/0.000001")


def test_a_schedule_that_runs_too_often_is_told_with_its_line(scheduled, monkeypatch):
    monkeypatch.setattr("fwsim.model.device_jobs.MOST_FIRINGS", 1000)
    with pytest.raises(InputError) as refused:
        scheduled("*:*:*")
    (problem,) = refused.value.problems
    assert (problem.source, problem.line) == ("s.ini", 3)
    assert "which it does by 2026-03-28 20:16:40;" in problem.message
