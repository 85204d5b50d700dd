"""A second command for a device that has one already."""

from __future__ import annotations

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


@pytest.mark.parametrize("at", ["11:00:01", "11:00:05", "11:00:11", "11:00:15", "11:00:40"])
def test_a_device_at_work_rejects_a_second_command_as_busy(play, at):
    result = play(commands=commands({"update": "DE"}, at))
    assert of_command(result, "2")[-1] == "REJECTED rejected: busy with another command"
    assert of_command(result, "1")[-1] == "SUCCESS"
    assert result.devices.state.tolist() == ["SUCCESS"]


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
