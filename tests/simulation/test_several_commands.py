"""A second command for a device that has one already."""

from __future__ import annotations

import math

import pytest

import fwsim

ASKED = {"update": "DE", "inform_user": "until answered"}
NOBODY = {"default": {"present": "never"}}


def commands(first: dict, second_at: str) -> list[dict]:
    return [first, {"update": "DE", "once": f"2018-08-20 {second_at}"}]


def of_command(result, label: str) -> list[str]:
    log = result.log[result.log.command == label]
    return [
        f"{state} {detail}".strip() for state, detail in zip(log.state, log.detail, strict=True)
    ]


def test_a_newer_command_supersedes_one_whose_notice_is_open(play):
    result = play(commands=commands(ASKED, "11:10"), people=NOBODY)
    assert of_command(result, "1")[-1] == "SUPERSEDED superseded by a newer command"
    assert of_command(result, "2")[-1] == "SUCCESS"


def test_a_newer_command_supersedes_a_deferred_one(play):
    result = play(
        commands=commands({**ASKED}, "11:10"),
        people={"default": {"answer": {"defer": "100 %", "after": "1 s"}}},
        firmware={"reminder": {"deferments": 1, "delays": ["1 h"]}},
    )
    assert of_command(result, "1")[-2:] == [
        "DEFERRED for 1 h",
        "SUPERSEDED superseded by a newer command",
    ]


DEFERS = {"default": {"answer": {"defer": "100 %", "after": "1 s"}}}
DEFERRED = {
    "people": DEFERS,
    "firmware": {"reminder": {"deferments": 1, "delays": ["2 h"]}},
    "power": {"default": {"on": "mon 08:00-12:00, mon 14:00-19:00", "suspends": "100 %"}},
}


def states_of(result, label: str) -> list[str]:
    return result.log[result.log.command == label].state.tolist()


@pytest.mark.parametrize("kind", ["update", "delivery"])
def test_a_command_that_reaches_nobody_leaves_a_deferment_alone(play, kind):
    """Deferred at 11:00 for two hours, asleep at 12:00; nothing wakes it at 12:30."""
    second = {kind: "DE", "once": "2018-08-20 12:30"}
    asleep = {"fleet": {"units": {"DE": {"connection": "wlan"}}}, **DEFERRED}
    result = play(commands=[ASKED, second], **asleep)
    assert of_command(result, "2")[-1] == "UNREACHED error: could not be switched on"
    first = result.log[result.log.command == "1"]
    assert first.state.tolist()[4:6] == ["CHECKING", "NOTIFYING"]
    alone = play(ASKED, **asleep).log
    assert first.time.tolist() == alone.time.tolist()


def test_a_command_that_wakes_a_device_supersedes_its_deferment_when_it_has_come(play):
    second = {"update": "DE", "once": "2018-08-20 12:30"}
    log = play(commands=[ASKED, second], **DEFERRED).log
    superseded = log[log.state == "SUPERSEDED"]
    assert superseded.command.tolist() == ["1"]
    assert superseded.time.tolist() == log[log.state == "CHECKING"].time.tolist()[1:]
    assert superseded.time.item() > log[log.state == "WAKING"].time.item()


def test_a_delivery_that_wakes_a_device_leaves_its_deferment_alone(play):
    second = {"delivery": "DE", "once": "2018-08-20 12:30"}
    result = play(commands=[ASKED, second], **DEFERRED)
    assert states_of(result, "2") == ["PROBING", "WAKING", "REJECTED"]
    assert states_of(result, "1")[3:6] == ["DEFERRED", "CHECKING", "NOTIFYING"]


def test_a_command_behind_a_cut_line_leaves_an_open_notice_alone(play):
    result = play(
        commands=commands({**ASKED, "inform_user": "30 min"}, "11:10"),
        people=NOBODY,
        outages=[{"site": "DE", "start": "2018-08-20 11:05", "end": "2018-08-20 11:20"}],
    )
    assert states_of(result, "2")[-1] == "UNREACHED"
    assert states_of(result, "1")[-1] == "SUCCESS"


def test_a_newer_wake_up_call_supersedes_another(play):
    away = {"fleet": {"units": {"DE": {"connection": "wlan"}}}}
    off = {"power": {"default": {"on": "never"}}}
    result = play(commands=commands({"update": "DE"}, "11:02"), **away, **off)
    assert states_of(result, "1")[-1] == "SUPERSEDED"
    assert states_of(result, "2")[-1] == "UNREACHED"


def test_a_device_that_was_off_goes_off_again_after_a_command_that_did_not_reach_it(play):
    """Woken at 11:00, without power in its restart; 11:05 reaches nobody; back at 11:11."""
    result = play(
        commands=commands({"update": "DE"}, "11:05"),
        power={"default": {"on": "never", "mean_time_between_losses": "1000 s"}},
        chances={"power_loss": 1 - math.exp(-0.05)},
        assumptions={"boot_time": "0 s", "wake_timeout": "1 min"},
    )
    assert states_of(result, "2")[-1] == "UNREACHED"
    assert states_of(result, "1")[-3:] == ["SUCCESS", "HALTING", "HALTED"]


@pytest.mark.parametrize("number", [1, 2, 15, 16, 17, 40])
@pytest.mark.parametrize(("first", "second"), [("update", "delivery"), ("delivery", "update")])
def test_of_two_commands_at_one_time_the_first_is_taken(play, number, first, second):
    """However many workers are free: one that takes a device first is done with it first."""
    fleet = {"units": {"DE": {"devices": number, "installed": "old.idf"}}}
    both = [{first: "DE"}, {second: "DE"}]
    result = play(commands=both, fleet=fleet, assumptions={"send_time": "50 ms"})
    log = result.log
    assert set(log.command[log.state == "SUCCESS"]) == {"1"}
    assert (log.command[log.state == "REJECTED"] == "2").sum() == number


@pytest.mark.parametrize("at", ["11:00:01", "11:00:05", "11:00:11", "11:00:15", "11:00:40"])
def test_a_device_at_work_rejects_a_second_command_as_busy(play, at):
    result = play(commands=commands({"update": "DE"}, at))
    assert of_command(result, "2")[-1] == "REJECTED rejected: busy with another command"
    assert of_command(result, "1")[-1] == "SUCCESS"
    assert result.devices.state.tolist() == ["SUCCESS"]


SILENT = "UNREACHED error: no answer, busy with another command"


def test_a_delivery_to_a_device_that_is_being_woken_is_told_why_nobody_answers(play):
    both = [{"update": "DE"}, {"delivery": "DE", "once": "2018-08-20 11:00:05"}]
    result = play(commands=both, power={"default": {"on": "never"}})
    assert of_command(result, "2") == ["PROBING", SILENT]
    assert of_command(result, "1")[-3] == "SUCCESS"


def test_a_command_to_a_device_at_work_behind_a_cut_line_is_told_why_nobody_answers(play):
    cut = [{"site": "DE", "start": "2018-08-20 11:00:05", "end": "2018-08-20 11:05"}]
    result = play(commands=commands({"update": "DE"}, "11:00:30"), outages=cut)
    assert of_command(result, "2") == ["PROBING", SILENT]
    sent, given_up = result.columns.time[result.log.command == "2"].tolist()
    assert given_up - sent == 1000  # a ping's time-out, not a connection's


def test_a_second_command_after_the_first_finds_nothing_to_do(play):
    result = play(commands=commands({"update": "DE"}, "11:30"))
    assert of_command(result, "2")[-1] == "NOT_NEEDED"
    assert result.devices.state.tolist() == ["SUCCESS"]


def test_a_recurring_command_runs_each_time_under_its_own_number(play):
    result = play(
        commands=[{"update": "DE", "every": {"days": ["mon", "tue"], "at": "23:00"}}],
        faults={"installation": "100 %"},
    )
    assert result.log.command.unique().tolist() == ["1/1", "1/2"]
    assert of_command(result, "1/2")[-1] == "FAILED installation failed"


def test_no_device_means_nothing_to_do(play):
    result = play({"update": {"group": "OS name = Windows"}})
    assert len(result.log) == 0
    assert result.measures.targeted == 0
    assert result.headline.startswith("no device is targeted")


def test_a_command_after_the_end_never_runs(scenario, engine):
    result = fwsim.simulate(scenario({"once": "2018-08-20 12:00"}), until=60_000, engine=engine)
    assert len(result.log) == 0


def at(time: str) -> dict:
    return {"update": "DE", "once": f"2018-08-20 {time}"}


def test_a_device_at_work_behind_a_cut_line_is_left_to_its_work(play):
    result = play(
        commands=[{"update": "DE"}, at("11:01:30"), at("11:02:30")],
        network={"sites": {"default": {"link": "2 Mbit/s"}}},
        outages=[{"site": "DE", "start": "2018-08-20 11:01", "end": "2018-08-20 11:02"}],
    )
    assert of_command(result, "1")[-1] == "SUCCESS"
    assert of_command(result, "2")[-1].startswith("UNREACHED")
    assert of_command(result, "3")[-1].startswith("REJECTED")


def test_a_device_that_is_being_switched_off_again_takes_no_second_command(play):
    package = {"name": "b", "size": "100 MB"}
    result = play(
        image=None,
        images={
            "a": {"name": "new.idf", "packages": [package]},
            "b": {
                "name": "new.idf",
                "revision": 2,
                "offered": False,
                "packages": [{**package, "version": "2"}],
            },
        },
        firmware={"image_file": "new.idf"},
        fleet={"units": {"DE": {"installed": "a"}}},
        power={"default": {"on": "never"}},
        changes=[{"at": "2018-08-20 11:00:49", "offer": "b"}],
        commands=[{"update": "DE"}, at("11:00:50")],
    )
    assert of_command(result, "1")[-2:] == ["HALTING", "HALTED"]
    assert of_command(result, "2")[-1].startswith("REJECTED")


def test_an_outage_at_a_site_without_devices_does_no_harm(play):
    result = play(
        network={"sites": {"closed": {"link": "1 Mbit/s"}}},
        outages=[{"site": "closed", "start": "2018-08-20 11:00:05", "end": "2018-08-20 11:00:06"}],
    )
    assert of_command(result, "1")[-1] == "SUCCESS"


def test_a_group_goes_by_the_image_that_a_device_has_drawn(play):
    """Two of the three images of the mix are not described; all commands are due at once."""
    mix = {"june.idf": "40 %", "old.idf": "30 %", "new.idf": "30 %"}
    groups = [{"update": {"group": f"IDF name = {name}"}} for name in mix]
    result = play(
        commands=[{**one, "once": "2018-08-20 11:00"} for one in groups],
        fleet={"units": {"DE": {"devices": 60, "installed": mix}}},
    )
    sent = result.log[result.log.state == "PROBING"]
    assert sorted(sent.device) == sorted(result.devices.device)
    assert set(result.devices.state[result.devices.command == "3"]) == {"NOT_NEEDED"}
    assert set(result.devices.state[result.devices.command != "3"]) == {"SUCCESS"}
    assert set(sent.command) == {"1", "2", "3"}


SHORT = {"name": "UC-1806.idf", "packages": [{"name": "base", "version": "1", "size": "1 MB"}]}
LATER = {"name": "UC-1808.idf", "packages": [{"name": "base", "version": "2", "size": "1 MB"}]}


@pytest.mark.parametrize("kind", ["commands", "notifications", "assignments"])
@pytest.mark.parametrize(("name", "state"), [("UC-1806", "SUCCESS"), ("june", "")])
def test_devices_report_the_file_name_of_an_image_not_its_short_name(play, kind, name, state):
    to = {"update": {"group": f"IDF name = {name}"}}
    result = play(
        images={"june": SHORT, "august": LATER},
        image=None,
        firmware={"image_file": "UC-1808.idf"},
        fleet={"units": {"DE": {"devices": 1, "installed": "june"}}},
        power={"default": {"on": "11:30-17:00"}},
        **{"commands": [], kind: [to]},
    )
    assert result.devices.state.tolist() == [state]
