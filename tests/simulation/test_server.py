"""The dispatcher: who is asked, woken, skipped or not reached, and how long a worker is busy."""

from __future__ import annotations

import pytest

OFF = {"default": {"on": "never"}}
DAY = {"default": {"on": "mon-fri 08:00-17:00"}}


def devices(number: int, **unit) -> dict:
    return {"units": {"DE": {"devices": number, "installed": "old.idf", **unit}}}


def test_a_device_that_is_off_is_woken_updated_and_switched_off_again(play, told):
    lines = told(play(power=OFF))
    assert lines == [
        "0 PROBING",
        "1 WAKING",
        "46 CHECKING",
        "48 VERIFY_IDF",
        "48 TRANSFER",
        "56 VERIFY_PACKAGES",
        "59 INSTALL",
        "69 REBOOT",
        "129 SUCCESS",
        "129 HALTING",
        "139 HALTED",
    ]


def test_a_woken_device_that_needs_no_update_is_switched_off_again(play, told):
    lines = told(play(power=OFF, fleet=devices(1, installed="new.idf")))
    assert lines[-3:] == ["48 NOT_NEEDED", "48 HALTING", "58 HALTED"]


def test_a_device_that_does_not_wake_is_given_up_after_the_time_out(play, told):
    lines = told(play(power=OFF, assumptions={"wake_up_sites": "0 %"}))
    assert lines[-1] == "301 UNREACHED error: could not be switched on"


@pytest.mark.parametrize("connection", ["wlan", "vpn"])
def test_devices_without_a_wire_never_wake(play, told, connection):
    lines = told(play(power=OFF, fleet=devices(1, connection=connection)))
    assert lines[-1].startswith("301 UNREACHED")


def test_wake_up_works_or_fails_for_a_whole_site(play):
    fleet = {"units": {f"S{i}": {"devices": 20, "installed": "old.idf"} for i in range(30)}}
    result = play(
        {"update": {"group": "Host name = S"}},
        power=OFF,
        fleet=fleet,
        assumptions={"wake_up_sites": "50 %"},
    )
    reached = (
        result.devices.assign(ok=result.devices.state != "UNREACHED").groupby("site").ok.mean()
    )
    assert set(reached) == {0.0, 1.0}


def test_only_switched_on_skips_what_is_shown_as_off(play, told):
    lines = told(play({"only_switched_on": True}, power=OFF))
    assert lines == ["0 PROBING", "0 SKIPPED skipped: shown as switched off"]


UNREPORTED = {"default": {"on": "mon-fri 08:00-11:30", "unreported": "100 %"}}


def test_a_device_wrongly_shown_as_on_costs_the_connect_time_out(play, told):
    once = {"once": "2018-08-20 12:00"}
    lines = told(play({"only_switched_on": True, **once}, power=UNREPORTED))
    assert lines[-1] == "3620 UNREACHED error: shown as switched on, connection timed out"


def test_a_ping_finds_that_out_sooner(play, told):
    options = {"only_switched_on": True, "check_reachability": True, "once": "2018-08-20 12:00"}
    lines = told(play(options, power=UNREPORTED))
    assert lines[-1] == "3601 SKIPPED skipped: no reply to ping"


def test_a_device_missed_is_missed(play, told):
    """Commands are not stored for a device that comes later."""
    lines = told(play({"only_switched_on": True, "once": "2018-08-20 18:00"}, power=DAY))
    assert len(lines) == 2


def test_devices_wait_paces_the_server(play):
    result = play({"devices_wait": "500 ms"}, fleet=devices(5))
    checks = result.columns.time[result.columns.state == 6]
    assert checks.tolist() == [0, 500, 1000, 1500, 2000]


def test_workers_deal_with_devices_in_parallel(play):
    wait = {"dispatch_workers": 3, "send_time": "10 s"}
    result = play(fleet=devices(7), assumptions=wait)
    checks = result.columns.time[result.columns.state == 6] // 1000
    assert sorted(checks.tolist()) == [10, 10, 10, 20, 20, 20, 30]


def test_the_server_answers_devices_in_the_order_of_its_line(play):
    result = play(fleet=devices(40), assumptions={"send_time": "50 ms"})
    checks = result.log.device[result.log.state == "CHECKING"]
    assert checks.tolist() == result.devices.device.tolist()


def test_a_woken_device_that_reports_too_late_stays_on(play, told):
    result = play(power=OFF, assumptions={"boot_time": "6 min"})
    assert told(result)[-1] == "301 UNREACHED error: could not be switched on"
    assert not any("HALT" in line for line in told(result))


def test_devices_on_at_the_start_keep_running(play, told):
    assert told(play(power=DAY))[-1] == "83 SUCCESS"


def test_the_url_is_that_of_the_moment_the_command_runs(play):
    result = play(
        {"once": "2018-08-20 12:00"},
        changes=[{"at": "2018-08-20 11:30", "firmware": {"server": "new.example.net"}}],
    )
    assert result.log.detail.iloc[1] == "https://new.example.net/elias/UC_RP6_X64/new.idf"


def test_a_change_after_the_command_ran_does_not_reach_it(play):
    result = play(changes=[{"at": "2018-08-20 11:00:01", "firmware": {"server": "late"}}])
    assert result.log.detail.iloc[1].startswith("https://scout.example.net/")


def test_groups_are_evaluated_when_the_command_runs(play):
    """The second command is for all that were not successful; by then one is not."""
    group = {"group": 'Update state = "Not successful"'}
    result = play(
        commands=[
            {"update": "DE"},
            {"update": group, "once": "2018-08-20 13:00"},
        ],
        fleet=devices(40),
        faults={"installation": "20 %"},
    )
    first = result.log[result.log.command == "1"]
    second = result.log[result.log.command == "2"]
    failed = set(first[first.state == "FAILED"].device)
    assert 0 < len(failed) < 40
    assert set(second.device) == failed
