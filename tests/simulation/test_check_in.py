"""Devices that come by themselves: worked numbers and rules in words, on the clock of record."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.problems import InputError
from fwsim.results.run.measuring import value_of
from fwsim.results.run.tables import device_table, log_table
from fwsim.run import prepare
from tests.simulation.check_ins import BASE, HOUR, MINUTE, at, first_times, played
from tests.simulation.random_scenarios import DATA

# Polling


def test_everybody_has_polled_by_the_interval_after_half_of_it_on_average():
    """Uniform phases: with 4,000 devices the mean lies within 5 standard errors of T/2."""
    record = played({"check_in": {"every": "1 h"}}, 4000, unit={"installed": "new.idf"})
    waits = np.array(first_times(record, State.CHECKING))
    assert waits.min() > 0
    assert waits.max() <= HOUR
    assert abs(waits.mean() - HOUR / 2) < 5 * HOUR / np.sqrt(12 * 4000)


def test_the_phase_is_the_devices_own_whenever_the_assignment_is_set():
    early = first_times(played({"check_in": {"every": "1 h"}}, 20), State.CHECKING)
    late = first_times(
        played({"check_in": {"every": "1 h"}, "set": "2018-08-20 10:20"}, 20), State.CHECKING
    )
    assert [time % HOUR for time in early] == [time % HOUR for time in late]
    assert all(at("20 10:20") < time <= at("20 11:20") for time in late)


def test_outside_its_hours_the_interval_stands_still():
    week = {"every": "2 h", "within": "mon-fri 10:00-11:00"}
    times = first_times(played({"check_in": week}, 200), State.CHECKING)
    assert all(10 * HOUR <= time % (24 * HOUR) < 11 * HOUR for time in times)
    assert 60 < sum(time < 24 * HOUR for time in times) < 140  # an hour of two on the first day


def test_a_device_that_was_off_catches_up_when_it_starts():
    power = {"default": {"on": "mon-fri 08:00-16:00"}}
    at_start = played({"check_in": {"every": "5 h", "at_start": True}}, 50, power=power)
    assert all(at("20 08:00") <= t < at("20 08:05") for t in first_times(at_start, State.CHECKING))
    overdue = played({"check_in": {"every": "5 h", "at_start": False}}, 50, power=power)
    assert first_times(overdue, State.CHECKING) == first_times(at_start, State.CHECKING)


def test_a_device_that_an_update_restarts_looks_at_its_start():
    """A UEFI update of minutes, and check-ins hours apart."""
    record = played(
        {"check_in": {"every": "0 s"}, "set": "2018-08-20 09:00"},
        unit={"attributes": {"Device type": "M1"}},
        uefi={"M1": {"version": "2"}},
        commands=[{"uefi_update": "DE", "once": "2018-08-20 10:00"}],
    )
    checks = record.log.time[record.log.in_state(State.CHECKING)].tolist()
    restarted = record.log.time[record.log.in_state(State.SUCCESS)].tolist()
    assert checks[1] == restarted[0]


def test_a_device_that_only_looks_at_its_start_waits_for_it():
    power = {"default": {"on": "mon-fri 08:00-16:00"}}
    looks = {"check_in": {"every": "0 s"}, "set": "2018-08-20 09:00"}
    times = first_times(played(looks, 20, power=power), State.CHECKING)
    assert all(at("21 08:00") <= time < at("21 08:05") for time in times)


TOLD = {"every": "0 s", "at_start": False, "told": {"devices": 2, "each": "10 min"}}


def test_the_server_tells_so_many_devices_at_a_time():
    times = first_times(played({"check_in": TOLD, "set": "2018-08-20 01:00"}, 5), State.CHECKING)
    assert times == [HOUR + minutes * MINUTE for minutes in (0, 0, 10, 10, 20)]


def test_who_is_off_when_it_is_told_hears_of_it_when_it_reports():
    power = {"default": {"on": "mon-fri 08:00-16:00"}}
    times = first_times(played({"check_in": TOLD}, 5, power=power), State.CHECKING)
    assert all(at("20 08:00") <= time < at("20 08:05") for time in times)


def test_who_is_told_outside_the_hours_of_its_check_ins_hears_of_it_within_them():
    check_in = TOLD | {"within": "daily 00:05-12:00"}
    times = first_times(played({"check_in": check_in}, 5), State.CHECKING)
    assert times == [minutes * MINUTE for minutes in (5, 5, 10, 10, 20)]


def test_who_never_checks_in_counts_among_the_targeted():
    record = played({"check_in": {"every": "1 h"}}, 10, power={"default": {"on": "never"}})
    assert len(record.updates.targeted) == 10
    assert set(record.updates.outcome_state.tolist()) == {State.ASSIGNED}


def test_after_it_has_expired_nobody_takes_it():
    record = played({"check_in": {"every": "2 h"}, "expires": "2018-08-20 01:00"}, 200)
    times = first_times(record, State.CHECKING)
    assert 0 < len(times) < 200
    assert max(times) < HOUR


# Failures

BACK_OFF = {"times": 15, "wait": "60 s", "factor": 2, "each": 3, "longest": "300 s"}


def test_a_device_that_fails_tries_again_until_its_back_off_of_51_minutes_is_used_up():
    record = played({"retry": BACK_OFF}, faults={"idf": "100 %"})
    failed = record.log.time[record.log.in_state(State.FAILED)]
    assert len(failed) == 16
    fetching = record.rollout.assumptions.idf_fetch_time
    assert failed[-1] - failed[0] == 51 * MINUTE + 15 * fetching
    labels = [run.label for run in record.log.runs]
    assert labels == [f"assignment 1/{number}" for number in range(1, 17)]


def test_by_default_a_failure_is_final():
    record = played({}, faults={"idf": "100 %"})
    assert record.log.in_state(State.FAILED).sum() == 1


def test_each_try_has_luck_of_its_own():
    record = played({"retry": {"times": 40}}, 60, faults={"idf": "50 %"})
    assert (record.updates.outcome_state == State.SUCCESS).all()
    tries = record.log.in_state(State.CHECKING).sum() / 60
    assert 1.4 < tries < 2.7  # 2 on average


# Deadline and grace

ASKS = {"inform_user": "until answered", "check_in": {"every": "1 h"}}
NOBODY_CLICKS = {"people": {"default": {"present": "never"}}}


def test_until_the_deadline_users_are_asked_and_after_it_nobody_is():
    deadline = "2018-08-21 12:00"
    record = played({**ASKS, "deadline": deadline}, 10, **NOBODY_CLICKS)
    begun = first_times(record, State.VERIFY_IDF) or first_times(record, State.TRANSFER)
    assert begun == [at("21 12:00")] * 10
    late = played({**ASKS, "set": deadline, "deadline": deadline}, 10, **NOBODY_CLICKS)
    assert not late.log.in_state(State.NOTIFYING).any()


def test_what_is_installed_after_the_deadline_restarts_when_the_grace_period_is_over():
    record = played(
        {"check_in": {"every": "1 h"}, "deadline": "2018-08-20 00:00", "grace": "1 d"}, 10
    )
    pending = first_times(record, State.RESTART_PENDING)
    assert np.array(first_times(record, State.REBOOT)) - pending == pytest.approx(24 * HOUR)
    assert (record.updates.outcome_state == State.SUCCESS).all()


def test_an_installation_is_completed_once_whenever_its_restart_comes():
    record = played({"deadline": "2018-08-20 00:00", "grace": "30 min"}, 10)
    log = log_table(record.rollout, record.log).frame()
    completed = log[log.status.str.contains("Installation completed")]
    assert set(completed.state) == {"RESTART_PENDING", "REBOOT"}
    assert (completed.groupby("device").status.nunique() == 1).all()
    told = completed[completed.state == "RESTART_PENDING"].set_index("device").time
    devices = device_table(record).frame().set_index("device").installation_completed
    assert devices.to_dict() == told.to_dict()


def test_before_the_deadline_there_is_no_grace():
    record = played({"deadline": "2018-08-21 00:00", "grace": "1 d"}, 10)
    assert not record.log.in_state(State.RESTART_PENDING).any()


def test_a_user_who_switches_off_within_the_grace_period_has_restarted():
    record = played(
        {"check_in": {"every": "1 h"}, "deadline": "2018-08-20 00:00", "grace": "3 d"},
        10,
        power={"default": {"on": "daily 07:00-18:00"}},
    )
    assert not record.log.in_state(State.REBOOT).any()
    times = first_times(record, State.SUCCESS)
    assert all(at("21 07:00") <= time < at("21 07:05") for time in times)


@pytest.mark.parametrize(("grace", "restart"), [("6 h", 6 * HOUR), ("1 h", 3 * HOUR)])
def test_a_device_that_only_slept_within_the_grace_period_still_restarts(grace, restart):
    """Installed at 10:00 or just after; it sleeps from 10:30 to 13:00."""
    record = played(
        {"check_in": {"told": {"devices": 10}}, "set": "2018-08-20 10:00"}
        | {"deadline": "2018-08-20 10:00", "grace": grace},
        5,
        power={"default": {"on": "mon 08:00-10:30, mon 13:00-22:00", "suspends": "100 %"}},
    )
    times = np.array(first_times(record, State.REBOOT))
    pending = np.array(first_times(record, State.RESTART_PENDING))
    at_resume = at("20 10:00") + restart + 5_000
    assert times.tolist() == ([at_resume] * 5 if grace == "1 h" else (pending + restart).tolist())
    assert (record.updates.outcome_state == State.SUCCESS).all()


def test_nobody_loses_time_while_a_restart_is_pending():
    record = played({"deadline": "2018-08-20 00:00", "grace": "1 d"}, 5)
    assert value_of(record, Measure(Kind.USER_TIME_LOST)) < 5 * HOUR


# Windows


def windows(record: Any) -> list[int]:
    return [time % (24 * HOUR) for time in first_times(record, State.CHECKING)]


def test_nothing_starts_outside_a_window():
    opened = {"windows": {"times": "daily 03:00-04:00"}, "set": "2018-08-20 10:00"}
    by_itself = played({**opened, "check_in": {"every": "1 h"}}, 50)
    assert set(windows(by_itself)) == {3 * HOUR}
    opened["windows"]["starts"] = "at_check_in"
    polled = windows(played({**opened, "check_in": {"every": "1 h"}}, 50))
    assert all(3 * HOUR <= time < 4 * HOUR for time in polled)
    assert len(set(polled)) == 50


def test_what_cannot_end_within_a_window_waits_for_a_longer_one():
    week = {"times": "mon 03:00-03:59, tue 03:00-04:00", "run_time": "60 min"}
    record = played({"windows": week, "check_in": {"every": "1 min"}})
    assert first_times(record, State.CHECKING) == [at("21 03:00")]


def test_windows_that_overlap_are_one():
    week = {"times": "mon 03:00-03:40, mon 03:30-04:00", "run_time": "60 min"}
    record = played({"windows": week, "check_in": {"every": "1 min"}})
    assert first_times(record, State.CHECKING) == [at("20 03:00")]


def test_a_window_in_utc_drifts_when_the_clocks_change():
    """On 28 October 2018 Berlin goes from UTC+2 to UTC+1."""
    times = {}
    for zone in ("device", "UTC"):
        for start in ("2018-10-27 00:00", "2018-10-29 00:00"):
            record = played(
                {"windows": {"times": "daily 03:00-04:00", "zone": zone}},
                start=start,
                horizon="1 d",
            )
            times[zone, start] = windows(record)[0] // HOUR
    assert [*times.values()] == [3, 3, 5, 4]


def test_a_window_is_the_devices_own_or_the_servers():
    unit = {"unit": {"zone": "America/New_York"}}
    own = played({"windows": {"times": "daily 03:00-04:00"}}, **unit)
    servers = played({"windows": {"times": "daily 03:00-04:00", "zone": "server"}}, **unit)
    assert (windows(own)[0], windows(servers)[0]) == (9 * HOUR, 3 * HOUR)


def test_a_blackout_closes_a_window_and_nothing_runs_into_it():
    closed = [{"start": "2018-08-20 03:30", "end": "2018-08-21 02:00"}]
    week = {"times": "daily 03:00-04:00", "run_time": "45 min", "blackouts": closed}
    assert first_times(played({"windows": week}), State.CHECKING) == [at("21 03:00")]


def test_on_the_days_of_a_calendar_file_no_window_opens():
    """21 August is a day off; on Mondays from 11:30 to 12:00 the shifts change."""
    week = {"times": "tue-wed 03:00-04:00", "holidays": {"file": "days-off.ics"}}
    assert first_times(played({"windows": week}), State.CHECKING) == [at("22 03:00")]
    week = {"times": "mon 11:30-12:10", "holidays": {"file": "days-off.ics"}}
    assert first_times(played({"windows": week}), State.CHECKING) == [at("20 12:00")]


def test_on_public_holidays_of_a_country_no_window_opens():
    """3 October is one in Germany."""
    week = {"times": "wed-thu 03:00-04:00", "holidays": "DE"}
    times = first_times(played({"windows": week}, start="2018-10-02 00:00"), State.CHECKING)
    assert times == [2 * 24 * HOUR + 3 * HOUR]


def test_nothing_starts_in_active_hours_until_the_deadline():
    busy = {"active_hours": "daily 08:00-17:00", "set": "2018-08-20 09:00"}
    record = played({**busy, "check_in": {"every": "10 min"}})
    assert first_times(record, State.CHECKING) == [at("20 17:00")]
    record = played({**busy, "deadline": "2018-08-20 12:00", "check_in": {"every": "10 min"}})
    assert first_times(record, State.CHECKING) == [at("20 12:00")]


def test_polling_speeds_up_towards_a_window_only_if_the_product_does_so():
    week = {"times": "daily 03:00-03:10", "starts": "at_check_in"}
    slow = {"every": "1 h"}
    hurried = slow | {"towards_window": "30 s"}
    times = [
        first_times(played({"windows": week, "check_in": check_in}, 100), State.CHECKING)
        for check_in in (slow, hurried)
    ]
    assert 5 <= len(times[0]) <= 35  # who comes by once an hour meets ten minutes one time in six
    assert len(times[1]) == 100
    assert max(times[1]) <= at("20 03:00") + 30_000


# What is refused


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ({"force_at": "2018-08-21 00:00", "inform_user": "1 min"}, "write deadline"),
        ({"grace": "1 d"}, "expected deadline beside it"),
        ({"set": "2018-08-21 00:00", "deadline": "2018-08-20 12:00"}, "lies before"),
        ({"check_in": {"every": "1 h", "jitter": "1 h"}}, "shorter than the interval"),
        ({"check_in": {"every": "500 ms"}}, "expected 1 s or more"),
        ({"windows": {"holidays": {}}}, "expected file or country"),
        ({"windows": {"holidays": "ZZ"}}, "knows no country 'ZZ'"),
        ({"windows": {"holidays": {"country": "DE", "subdivision": "XX"}}}, "no subdivision 'XX'"),
        ({"windows": {"holidays": {"file": "evening.ini"}}}, "is not an iCalendar file"),
        ({"windows": {"zone": "Mars"}}, "Mars"),
        ({"update": "FR"}, "assignments.0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_hold_together_is_refused_with_its_place(assignment, words):
    with pytest.raises((InputError, ValueError), match=words):
        played(assignment)


def test_holidays_without_the_package_say_what_to_install(monkeypatch):
    def gone(name):
        raise ImportError(name)

    monkeypatch.setattr("fwsim.model.days_off.importlib.import_module", gone)
    with pytest.raises(InputError, match=r"pip install 'fwsim\[holidays\]'"):
        played({"windows": {"holidays": "DE"}})


def test_a_calendar_that_comes_round_every_second_is_refused(tmp_path):
    text = (DATA / "days-off.ics").read_text().replace("WEEKLY", "SECONDLY")
    (tmp_path / "often.ics").write_text(text)
    data = BASE | {
        "fleet": {"units": {"DE": {"devices": 1}}},
        "assignments": [{"update": "DE", "windows": {"holidays": {"file": "often.ics"}}}],
    }
    with pytest.raises(InputError, match="comes round oftener than daily"):
        prepare(fwsim.Scenario.model_validate(data).seen_from(tmp_path))
