"""Windows that hold commands back: nothing starts outside, nothing that cannot end inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.forewarning.whole import warnings_about
from fwsim.model.assigned import LATER_THAN_ALL
from fwsim.model.assignments import assigned_of
from fwsim.problems import InputError
from fwsim.run import prepare
from tests.simulation.check_ins import BASE, HOUR, MINUTE, at, first_times, played

AT_TEN = {"update": "DE", "once": "2018-08-20 10:00"}


def commanded(windows: dict[str, Any] | None, devices: int = 20, **others: Any) -> Any:
    commands = [AT_TEN | others.pop("command", {})]
    given = {} if windows is None else {"windows": windows}
    return played(None, devices, commands=commands, **given, **others)


def starts(record: Any) -> list[int]:
    return first_times(record, State.CHECKING)


def first_minute(record: Any) -> int:
    """Return the minute in which the first device starts, milliseconds."""
    return min(starts(record)) // MINUTE * MINUTE


def test_a_command_waits_for_its_window():
    assert first_minute(commanded(None)) == at("20 10:00")
    record = commanded({"times": "daily 19:00-21:00"})
    assert all(at("20 19:00") <= time < at("20 19:01") for time in starts(record))
    assert (record.updates.outcome_state == State.SUCCESS).all()


def test_within_a_window_it_starts_at_once():
    free, held = commanded(None), commanded({"times": "mon 08:00-12:00"})
    for name in ("time", "device", "state", "amount"):
        assert (getattr(free.log, name) == getattr(held.log, name)).all()


def test_the_measured_window_stops_nothing():
    free, measured = commanded(None), commanded(None, window="daily 19:00-21:00")
    assert (free.log.time == measured.log.time).all()


SLOW = {"assumptions": {"dispatch_workers": 1, "send_time": "10 min"}}


def test_whose_turn_comes_when_it_can_no_longer_end_inside_waits_for_the_next_window():
    """Six a window: every ten minutes from 19:10 to 20:00; at 20:00 an hour is still left."""
    record = commanded({"times": "daily 19:00-21:00", "run_time": "1 h"}, 15, **SLOW)
    expected = [at(f"{day} 19:00") + turn * 10 * MINUTE for day in (20, 21) for turn in range(1, 7)]
    expected += [at("22 19:00") + turn * 10 * MINUTE for turn in range(1, 4)]
    assert sorted(starts(record)) == expected


def test_devices_one_after_the_other_wait_each_for_its_own_turn_and_the_window():
    record = commanded(
        {"times": "mon 10:00-10:05, mon 12:00-13:00"}, 10, command={"devices_wait": "1 min"}
    )
    early = [at("20 10:00") + turn * MINUTE for turn in range(5)]
    assert sorted(starts(record))[:5] == pytest.approx(early, abs=1000)
    late = [at("20 12:00") + turn * MINUTE for turn in range(5)]
    assert sorted(starts(record))[5:] == pytest.approx(late, abs=1000)


def test_who_waited_and_whose_turn_it_is_share_one_pace_and_the_rest_waits_for_the_next_window():
    """At 11:00 five wait, and a turn comes each minute: ten in ten minutes, five tomorrow."""
    record = commanded(
        {"times": "daily 11:00-11:11", "run_time": "1 min"},
        15,
        command={"devices_wait": "1 min", "once": "2018-08-20 10:55"},
    )
    expected = [at("20 11:00") + turn * MINUTE for turn in range(10)]
    expected += [at("21 11:00") + turn * MINUTE for turn in range(5)]
    assert sorted(starts(record)) == pytest.approx(expected, abs=1000)


def test_without_a_pause_all_who_waited_start_at_the_opening():
    record = commanded({"times": "mon 12:00-13:00"}, 10)
    assert all(at("20 12:00") <= time < at("20 12:01") for time in starts(record))


def test_a_window_is_the_devices_own_unless_it_is_the_servers():
    unit = {"unit": {"zone": "America/New_York"}}
    times = {"times": "daily 19:00-21:00"}
    own, servers = commanded(times, **unit), commanded(times | {"zone": "server"}, **unit)
    assert (first_minute(own), first_minute(servers)) == (at("21 01:00"), at("20 19:00"))


def test_blackouts_and_days_off_are_closed():
    blackout = [{"start": "2018-08-20 00:00", "end": "2018-08-20 20:00"}]
    times = {"times": "mon-wed 19:00-21:00"}
    assert first_minute(commanded(times | {"blackouts": blackout})) == at("20 20:00")
    days_off = times | {"times": "tue-wed 19:00-21:00", "holidays": {"file": "days-off.ics"}}
    assert first_minute(commanded(days_off)) == at("22 19:00")


def test_whoever_is_off_when_it_opens_is_missed_as_ever():
    power = {"default": {"on": "mon-fri 08:00-16:00"}}
    record = commanded(
        {"times": "daily 19:00-21:00"}, 5, power=power, assumptions={"wake_up_devices": "0 %"}
    )
    assert set(record.updates.outcome_state.tolist()) == {State.UNREACHED}


def test_a_window_that_never_opens_leaves_the_command_waiting():
    record = commanded({"times": "fri 19:00-21:00"})
    assert len(record.updates.targeted) == 20
    assert not np.isin(record.updates.outcome_state, [State.SUCCESS, State.FAILED]).any()


def test_assignments_have_windows_of_their_own():
    record = played({"check_in": {"every": "1 h"}}, 5, windows={"times": "fri 19:00-21:00"})
    assert max(starts(record)) <= HOUR


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"windows": {"times": "fri 19:00-21:00"}}, "no window is open and long enough"),
        ({"windows": {"times": "daily 19:00-21:00", "run_time": "3 h"}}, "and long enough"),
        ({"commands": [], "assignments": [{"update": "DE"}]}, "no command runs"),
    ],
)
def test_windows_that_hold_nothing_or_everything_are_warned_of(changes, words):
    data = BASE | {
        "fleet": {"units": {"DE": {"devices": 1}}},
        "commands": [AT_TEN],
        "windows": {"times": "daily 19:00-21:00"},
    }
    rollout = prepare(fwsim.Scenario.model_validate(data | changes))
    assert [words in warning.message for warning in warnings_about(rollout)].count(True) == 1


def test_a_calendar_that_cannot_be_read_is_named_with_its_place():
    with pytest.raises(InputError) as caught:
        commanded({"holidays": {"file": "evening.ini"}})
    assert [problem.path for problem in caught.value.problems] == ["windows.holidays.file"]


def test_a_window_begins_nothing_by_itself():
    with pytest.raises(ValueError, match="starts"):
        commanded({"times": "daily 19:00-21:00", "starts": "at_opening"})


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (["device"], r"unknown time zone \['device'\]"),
        ({"device": 1}, "expected device, server, or a time zone"),
        ("sever", "did you mean 'server'"),
        ("Europe/Berln", "did you mean 'Europe/Berlin'"),
    ],
)
def test_a_clock_that_is_none_is_named(zone, words):
    with pytest.raises(ValueError, match=words):
        commanded({"zone": zone})


@pytest.mark.parametrize("wait", ["0 s", "90 s", "25 min"])
def test_what_learning_takes_for_the_turns_is_what_the_clock_plays(wait):
    zones = {"DE": {"devices": 12}, "DE/US": {"devices": 12, "zone": "America/New_York"}}
    record = commanded(
        {"times": "daily 10:05-11:00, daily 19:00-19:20"},
        fleet={"units": zones},
        command={"devices_wait": wait, "subordinate_units": True},
        assumptions={"dispatch_workers": 100, "send_time": "0 s"},
    )
    devices = np.arange(24)
    (run,) = record.rollout.runs
    pause = run.command.devices_wait
    turns = run.at + devices * pause
    told = assigned_of(record.rollout).commands_paced(devices, turns, pause)
    assert sorted(starts(record)) == sorted(told[told < LATER_THAN_ALL].tolist())
    assert pause == 0 or np.diff(np.sort(told)).min() >= pause
