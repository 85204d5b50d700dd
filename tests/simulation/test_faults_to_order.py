"""Outages and kinds of devices that fail: planned, and what becomes of each device."""

from __future__ import annotations

import pytest


def outage(start: str, end: str, **site: str) -> dict:
    return {"outages": [{"start": f"2018-08-20 {start}", "end": f"2018-08-20 {end}", **site}]}


REPOSITORY, LINE = {}, {"site": "DE"}


@pytest.mark.parametrize("where", [REPOSITORY, LINE])
def test_a_short_outage_holds_a_download_up(play, told, where):
    lines = told(play(**outage("11:00:06", "11:03", **where)))
    # 4 s before, 4 s after
    assert lines[4] == "184 VERIFY_PACKAGES"


@pytest.mark.parametrize("where", [REPOSITORY, LINE])
def test_a_download_that_stands_still_too_long_breaks(play, told, where):
    result = play(**outage("11:00:06", "11:30", **where))
    assert told(result)[-1] == "306 FAILED transfer failed"
    assert result.load.size.sum() == 50_000_000


def test_a_download_that_would_begin_in_an_outage_waits_as_long(play, told):
    result = play(
        {"once": "2018-08-20 11:00:01"},
        **outage("11:00:04", "11:30"),
        firmware={"security": {"idf": True}},
    )
    assert told(result)[-1] == "304 FAILED transfer failed"


def test_the_image_definition_cannot_be_had_while_the_repository_is_down(play, told):
    lines = told(play(**outage("11:00:01", "11:30")))
    assert lines[-1] == "2 FAILED image definition file not available"


def test_a_site_whose_line_is_cut_is_not_reached(play, told):
    lines = told(play(**outage("10:59", "11:30", **LINE)))
    assert lines[-1].endswith("UNREACHED error: could not be switched on")


def test_other_sites_go_on(play):
    units = {
        "DE": {"devices": 2, "installed": "old.idf"},
        "AT": {"devices": 2, "installed": "old.idf"},
    }
    result = play(
        {"update": {"group": "IDF name = old"}},
        fleet={"units": units},
        **outage("11:00:06", "12:00", **LINE),
    )
    states = result.devices.groupby("site").state.unique().to_dict()
    assert {site: list(values) for site, values in states.items()} == {
        "AT": ["SUCCESS"],
        "DE": ["FAILED"],
    }


def test_a_device_that_starts_at_a_cut_site_reports_when_the_line_is_back(play, told):
    result = play(
        commands=[],
        notifications=[{"update": "DE"}],
        power={"default": {"on": "12:00-17:00"}},
        **outage("11:30", "12:10", **LINE),
    )
    assert told(result)[0] == "4200 CHECKING"


def test_a_kind_of_devices_can_fail_more_often_than_the_others(play):
    units = {
        f"DE/{model}": {
            "devices": 300,
            "installed": "old.idf",
            "attributes": {"Device type": model},
        }
        for model in ("LES", "Futro")
    }
    result = play(
        {"subordinate_units": True},
        fleet={"units": {"DE": {"devices": 0}, **units}},
        network={"sites": {"default": {"link": "100 Gbit/s"}}},
        failing=[{"phase": "installation", "share": "30 %", "where": "Device type = LES"}],
    )
    failed = result.devices.assign(bad=result.devices.state == "FAILED").groupby("unit").bad.mean()
    assert failed["DE/Futro"] == 0
    # five standard deviations: wrong once in two million, and with this seed never
    assert abs(failed["DE/LES"] - 0.3) < 5 * (0.3 * 0.7 / 300) ** 0.5


def test_with_a_proxy_all_who_wait_for_a_lost_package_fail(play):
    result = play(
        fleet={"units": {"DE": {"devices": 4, "installed": "old.idf"}}},
        firmware={"proxy": {"type": "dynamic"}},
        **outage("11:00:06", "11:30"),
    )
    assert set(result.devices.state) == {"FAILED"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (outage("11:00", "11:00"), "the outage ends before it starts"),
        (outage("11:00", "12:00", site="DF"), "unknown site 'DF'"),
        ({"failing": [{"phase": "instalation", "share": "3 %", "where": "x = y"}]}, "installation"),
        (
            {"failing": [{"phase": "idf", "share": "3 %", "where": "Devise type = y"}]},
            "no attribute 'Devise type'",
        ),
    ],
)
def test_wrong_plans_are_told(play, changes, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        play(**changes)
