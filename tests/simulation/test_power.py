"""The power switch and the power line: what a device does when either goes."""

from __future__ import annotations

import math

import pytest

DAY = {"default": {"on": "mon-fri 08:00-12:00"}}
ASKED = {"inform_user": "5 min"}
NOBODY = {"default": {"present": "never"}}


def losing(seconds_on: float) -> dict:
    """Return changes that cut every device's power after so many seconds, for ten minutes."""
    return {
        "assumptions": {"boot_time": "0 s"},
        "power": {"default": {"on": "always", "mean_time_between_losses": "1000 s"}},
        "chances": {"power_loss": 1 - math.exp(-seconds_on / 1000)},  # exponential law
    }


def seconds(line: str) -> float:
    return float(line.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    ("lost_after", "last_before", "reason"),
    [
        (1.0, "0 CHECKING", "power lost before the transfer"),
        (5.0, "2 TRANSFER", "power lost during the transfer"),
        (11.5, "10 VERIFY_PACKAGES", "power lost during the transfer"),
        (20.0, "13 INSTALL", "power lost during the installation"),
    ],
)
def test_power_lost_in_an_update_is_told_only_at_the_next_contact(
    play, told, lost_after, last_before, reason
):
    lines = told(play(**losing(lost_after)))
    assert lines[-2] == last_before
    assert lines[-1].endswith(f"FAILED {reason}")
    assert seconds(lines[-1]) == pytest.approx(lost_after + 600, abs=0.002)


def test_a_device_that_does_not_start_again_keeps_its_last_text(play, told):
    changes = losing(20.0)
    changes["assumptions"]["bricked"] = "100 %"
    result = play(**changes)
    assert told(result)[-1] == "13 INSTALL"
    assert result.devices.update_state.iloc[0].startswith(
        "Update in progress (Installation started"
    )


def test_power_lost_in_the_restart_is_success_at_the_next_contact(play, told):
    lines = told(play(**losing(30.0)))
    assert lines[-2:] == ["23 REBOOT", "630 SUCCESS"]


def test_power_lost_while_asked_brings_the_reminder_after_the_start(play, told):
    lines = told(play(ASKED, people=NOBODY, **losing(100.0)))
    assert lines[2] == "2 NOTIFYING"
    assert lines[3] == "700 CHECKING"
    assert lines[4] == "702 NOTIFYING"


def test_a_deferment_may_be_lost_with_the_power(play, told):
    changes = losing(100.0)
    changes["assumptions"]["defer_survives_power_loss"] = False
    lines = told(play(ASKED, people=NOBODY, **changes))
    assert lines[-1] == "700 FAILED deferment lost with the power"


def test_a_reminder_waits_for_the_device_to_be_on_again(play, told):
    users = {"default": {"answer": {"defer": "100 %", "after": "20 s"}}}
    changes = losing(600.0)
    changes["assumptions"]["outage"] = "2 h"
    reminder = {"reminder": {"deferments": 1, "delays": ["15 min"]}}
    lines = told(play(ASKED, people=users, firmware=reminder, **changes))
    assert lines[3] == "22 DEFERRED"
    assert seconds(lines[4]) == pytest.approx(600 + 7200, abs=0.002)


def test_a_users_shutdown_waits_for_a_running_update(play, told):
    lines = told(play({"once": "2018-08-20 11:59:55"}, power=DAY))
    assert lines[-4:] == ["3618 REBOOT", "3618 SUCCESS", "3618 HALTING", "3628 HALTED"]


def test_or_cuts_it_off_where_that_is_assumed(play, told):
    lines = told(
        play({"once": "2018-08-20 11:59:55"}, power=DAY, assumptions={"shutdown_waits": False})
    )
    assert lines[-1].split(" ", 1)[1] == "FAILED power lost during the transfer"
    assert seconds(lines[-1]) > 20 * 3600  # heard of again the next morning


def test_power_comes_back_even_if_the_job_is_gone_meanwhile(play):
    """It goes while the device that was woken is being switched off again."""
    changes = losing(90.0)
    changes["power"]["default"]["on"] = "never"
    changes["assumptions"]["halt_time"] = "1 min"
    commands = [{"update": "DE", "once": f"2018-08-20 11:{at}"} for at in ("00", "05", "22")]
    result = play(commands=commands, **changes)
    last = result.log.groupby("command").state.last()
    assert last["1"] == "HALTING"  # nobody hears of a loss
    assert last["2"] == "UNREACHED"
    assert last["3"] == "NOT_NEEDED"


def test_losses_add_up_over_several_commands(play, told):
    """Each run works for 22 s; the loss after 60 s of them falls into the third."""
    commands = [{"update": "DE", "once": f"2018-08-20 {hour}:00"} for hour in (11, 12, 13)]
    changes = losing(60.0)
    changes["chances"]["write_fault_point"] = 0.9
    result = play(commands=commands, faults={"installation": "100 %"}, **changes)
    last = result.log.groupby("command").detail.last().tolist()
    assert last[:2] == ["installation failed", "installation failed"]
    assert last[2].startswith("power lost")


def test_a_shutdown_over_vpn_goes_unreported(play, told):
    result = play(
        {"only_switched_on": True, "once": "2018-08-20 13:00"},
        power=DAY,
        fleet={"units": {"DE": {"connection": "vpn"}}},
    )
    assert told(result)[-1].endswith("UNREACHED error: shown as switched on, connection timed out")


@pytest.mark.parametrize(
    "unheard",
    [
        {"power": DAY, "fleet": {"units": {"DE": {"connection": "vpn"}}}},
        {"power": {"default": DAY["default"] | {"unreported": "100 %"}}},
    ],
    ids=["vpn", "unreported"],
)
def test_a_shutdown_that_an_update_answers_first_is_heard_as_any_other(play, told, unheard):
    commands = [
        {"update": "DE", "once": "2018-08-20 11:30", "inform_user": "until answered"},
        {"update": "DE", "once": "2018-08-20 13:00", "only_switched_on": True},
    ]
    lines = told(play(commands=commands, people=NOBODY, **unheard))
    assert any("HALTED" in line for line in lines)
    assert lines[-1].endswith("UNREACHED error: shown as switched on, connection timed out")


def test_what_was_woken_from_suspend_sleeps_again(play, told):
    sleeping = {"default": {"on": "mon-fri 08:00-11:30", "suspends": "100 %"}}
    commands = [{"update": "DE", "once": f"2018-08-20 {hour}:00"} for hour in (12, 13)]
    lines = told(play(commands=commands, power=sleeping))
    # resumes in 5 s both times
    assert "3606 CHECKING" in lines
    assert "7206 CHECKING" in lines


SLEEPING = {"default": {"on": "mon-fri 08:00-11:30, mon-fri 13:00-19:00", "suspends": "100 %"}}


def test_a_deferment_sleeps_with_the_device_and_goes_on_when_it_resumes(play, told):
    users = {"default": {"answer": {"defer": "100 %", "after": "20 s"}}}
    reminder = {"reminder": {"deferments": 1, "delays": ["1 h"]}}
    lines = told(play(ASKED, people=users, firmware=reminder, power=SLEEPING))
    assert lines[2:6] == ["2 NOTIFYING", "22 DEFERRED", "7205 CHECKING", "7207 NOTIFYING"]


def test_a_deferment_that_outlasts_the_sleep_keeps_its_time(play, told):
    users = {"default": {"answer": {"defer": "100 %", "after": "20 s"}}}
    reminder = {"reminder": {"deferments": 1, "delays": ["4 h"]}}
    lines = told(play(ASKED, people=users, firmware=reminder, power=SLEEPING))
    assert lines[3:5] == ["22 DEFERRED", f"{22 + 4 * 3600} CHECKING"]


def test_who_comes_to_a_woken_device_switches_it_on_again_after_its_update(play, told):
    """Woken at 11:58, its user there at 12:00, off by 12:01: at 13:00 it is on."""
    commands = [
        {"update": "DE", "once": "2018-08-20 11:58"},
        {"delivery": "DE", "once": "2018-08-20 13:00", "only_switched_on": True},
    ]
    lines = told(play(commands=commands, power={"default": {"on": "12:00-17:00"}}))
    assert seconds(next(line for line in lines if line.endswith("HALTED"))) > 3600
    assert lines[-2:] == ["7200 CHECKING", "7202 NOT_NEEDED"]


@pytest.mark.parametrize(("on", "boot"), [("11:31-17:00", "40 s"), ("11:29-17:00", "2 min")])
def test_who_switches_a_device_on_that_was_found_off_does_so_again_after_its_update(
    play, told, on, boot
):
    """Its wake-up fails, and its user comes; or it was still starting when the command came."""
    commands = [
        {"update": "DE", "once": "2018-08-20 11:30"},
        {"delivery": "DE", "once": "2018-08-20 13:00", "only_switched_on": True},
    ]
    world = {
        "power": {"default": {"on": on}},
        "network": {"sites": {"default": {"wake_up": "0 %"}}},
        "assumptions": {"boot_time": boot},
    }
    lines = told(play(commands=commands, **world))
    assert any(line.endswith("HALTED") for line in lines)
    assert lines[-2:] == ["7200 CHECKING", "7202 NOT_NEEDED"]


def test_but_not_whom_the_evening_finds_in_front_of_a_running_update(play, told):
    """Woken before its user comes, still waiting for an answer when it is shut down."""
    commands = [
        {"update": "DE", "once": "2018-08-20 11:58", "inform_user": "until answered"},
        {"delivery": "DE", "once": "2018-08-20 19:00", "only_switched_on": True},
    ]
    power = {"default": {"on": "12:00-17:00"}}
    lines = told(play(commands=commands, power=power, people=NOBODY))
    assert lines[-1].endswith("SKIPPED skipped: shown as switched off")
