"""Closed-form bounds of sites that share a hub, by hand."""

from __future__ import annotations

import pytest

from tests.planning.bounds.bounds_told import best


def test_behind_a_hub_those_wait_too_whom_a_line_before_it_holds_back(scenario):
    """A's line lets two of six come in 57 s, B's all four: the hub carries five of the ten."""
    units = {"A": {"devices": 6}, "B": {"devices": 4}}
    lines = {"default": {"link": "1 Gbit/s"}, "A": {"link": "40 Mbit/s"}}
    network = {"sites": lines, "hubs": {"South": {"link": "70 Mbit/s", "sites": ["A", "B"]}}}
    commands = [{"update": unit, "once": "2018-08-20 14:00"} for unit in units]
    model = scenario(fleet={"units": units}, network=network, commands=commands)
    found = best(model, "time to 50 %", "<= 30 s")
    assert found.reason == (
        "hub South carries at most 500.0 MB by then, and the 10 devices behind it need 1.00 GB: "
        "5 devices must wait"
    )


def behind_a_hub(scenario, **network):
    """Ten devices, each 100 MB, at each of two sites with 100 Mbit/s behind a hub with 80."""
    hub = {"link": "80 Mbit/s", "sites": ["DE/*"]}
    units = {"DE": {"devices": 0}, "DE/A": {"devices": 10}, "DE/B": {"devices": 10}}
    return scenario(
        {"subordinate_units": True},
        fleet={"units": units},
        network={"hubs": {"South": hub}, **network},
    )


def test_a_hub_needs_n_times_s_through_c_of_all_its_sites(scenario):
    model = behind_a_hub(scenario)
    found = best(model, "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(20 * 10_000, abs=2)
    assert found.reason.startswith("hub South needs all of the time until then for the 2.00 GB")
    assert best(model, "successful by 2018-08-20 11:01", ">= 80 %").best == pytest.approx(6 / 20)


def test_one_device_behind_a_hub_is_no_faster_than_the_hub(scenario):
    found = best(behind_a_hub(scenario), "time to 5 %", "<= 1 ms")
    assert found.best == pytest.approx(10_000, abs=2)


def test_a_hub_carries_only_what_comes_through_the_lines_of_its_sites(scenario):
    """Site A lets 1 device through in a minute and B any number, the hub 6 of all."""
    thin = {"sites": {"DE/A": {"link": "14 Mbit/s"}}}
    model = behind_a_hub(scenario, **thin)
    asked = ("successful by 2018-08-20 11:01", ">= 80 %")
    assert best(model, *asked).best == pytest.approx(6 / 20)
    wide = {"South": {"link": "1 Gbit/s", "sites": ["DE/*"]}}
    model = behind_a_hub(scenario, hubs=wide, **thin)
    assert best(model, *asked).best == pytest.approx((1 + 7) / 20)


def test_a_limit_on_a_hub_narrows_what_a_deadline_can_reach(scenario):
    asked = ("successful by 2018-08-20 11:02", ">= 95 %")
    assert best(behind_a_hub(scenario), *asked).best == pytest.approx(12 / 20)
    for limit in ("peak hub link utilisation", "peak link utilisation of South"):
        half = (limit, "<= 50 % in 100 % of the runs")
        found = best(behind_a_hub(scenario), *asked, half)
        assert found.best == pytest.approx(6 / 20)
        assert "under the limits" in found.reason


def test_a_limit_on_the_rate_of_an_ous_hubs_narrows_it_as_well(scenario):
    asked = ("successful by 2018-08-20 11:02", ">= 95 %")
    for limit in ("peak hub rate", "peak hub rate in DE/A"):
        found = best(behind_a_hub(scenario), *asked, (limit, "<= 40 Mbit/s in 100 % of the runs"))
        assert found.best == pytest.approx(6 / 20)
