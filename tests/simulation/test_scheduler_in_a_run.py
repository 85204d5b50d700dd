"""Jobs of the scheduler: on which clock they come round, who makes them up."""

from __future__ import annotations

import pytest

from tests.simulation.own_starts import JOB, NIGHTS_OFF, PLAIN, later


def test_a_job_comes_round_on_the_devices_clock(own, told):
    assert told(own(JOB, horizon="3 h")) == later(PLAIN, 3600)


def test_the_clock_is_that_of_the_devices_zone(own):
    units = {
        "DE": {"devices": 1, "zone": "Asia/Tokyo"},
        "US": {"devices": 1, "zone": "America/New_York"},
    }
    result = own(JOB, fleet={"units": units})
    first = result.log.groupby("device").time.min().str[:16].to_dict()
    assert first == {"DE-1": "2018-08-21T03:00", "US-1": "2018-08-20T16:00"}


def test_a_spread_puts_devices_apart_evenly(own):
    result = own(
        JOB + "SpreadFactor=600\n", fleet={"units": {"DE": {"devices": 200}}}, horizon="3 h"
    )
    first = result.log.groupby("device", sort=False).time.min()
    minutes = [int(text[14:16]) for text in first]
    assert set(minutes) == set(range(10))
    assert first.max() < "2018-08-20T12:10:00"


def test_a_missed_run_is_missed_unless_it_is_persistent(own, told):
    night = JOB.replace("12:00", "20:00")
    assert told(own(night, power=NIGHTS_OFF)) == []
    made_up = told(own(night + "Persistent=true\n", power=NIGHTS_OFF))
    assert made_up[0] == f"{21 * 3600 + 45} CHECKING"


def test_several_missed_runs_are_made_up_as_one(own):
    hourly = "[Job1]\nType=1\nSchedule=*:00\nPersistent=true\n"
    result = own(
        hourly,
        power={"default": {"on": "mon-fri 08:00-10:59"}},
        horizon="21 h 30 min",
        faults={"installation": "100 %"},
    )
    assert result.log.state.tolist().count("CHECKING") == 1


@pytest.mark.parametrize(("suspends", "wakes"), [("100 %", True), ("0 %", False)])
def test_a_job_wakes_from_suspend_only(own, suspends, wakes):
    night = JOB.replace("12:00", "20:00") + "WakeSystem=true\n"
    power = {"default": {"on": "mon-fri 08:00-17:00", "suspends": suspends}}
    result = own(night, power=power, horizon="12 h")
    assert (len(result.log) > 0) is wakes
    if wakes:
        assert result.log.time.iloc[0].startswith("2018-08-20T20:00:05")


NOON = "[Job9]\nType=1\nSchedule=12:00\nWakeSystem=true\n"


def test_a_device_suspended_in_an_update_sleeps_when_it_is_done(own):
    power = {"default": {"on": "mon-fri 08:00-11:30", "suspends": "100 %"}}
    result = own("[Job1]\nType=1\nSchedule=11:29\n" + NOON, power=power, horizon="2 h")
    times = result.log.groupby("command", sort=False).time.first()
    assert times["Job9/1"].startswith("2018-08-20T12:00:05")


def test_a_device_that_resumed_and_is_shut_down_in_an_update_goes_off(own):
    """Off and not asleep, so that no job wakes it."""
    power = {"default": {"on": "mon-fri 08:00-11:10, mon-fri 11:20-17:00", "suspends": "100 %"}}
    jobs = "[Job1]\nType=1\nSchedule=11:30\n[Job2]\nType=5\nSchedule=11:31\n"
    result = own(jobs + NOON, power=power, horizon="2 h")
    assert result.log.command.unique().tolist() == ["Job1/1"]
    assert result.log.state.iloc[-1] == "HALTED"


def test_a_made_up_shutdown_leaves_the_other_missed_jobs_for_the_next_start(own):
    jobs = (
        "[Job1]\nType=5\nSchedule=2018-08-21 03:00\nPersistent=true\n"
        "[Job2]\nType=1\nSchedule=2018-08-21 04:00\nPersistent=true\n"
    )
    result = own(jobs, power={"default": {"on": "07:00-18:00"}}, horizon="3 d")
    assert result.log.time.iloc[0].startswith("2018-08-22T07:00:45")
