"""Closed-form bounds where proxies fetch one copy for their neighbours."""

from __future__ import annotations

import pytest

from fwsim.measures.expectation import read_expectation
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.run import prepare
from tests.planning.bounds.bounds_told import best


def test_a_static_proxy_holds_what_it_fetched_for_others(scenario):
    own = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
    model = scenario(
        fleet={
            "units": {
                "DE": {"devices": 0},
                "DE/C": {"devices": 5, "site": "s", "firmware": own},
                "DE/P": {"devices": 1, "site": "s"},
            }
        },
        network={"sites": {"s": {"link": "1 Mbit/s"}}},
        commands=[{"update": "DE/C"}, {"update": "DE/P", "once": "2018-08-20 13:00"}],
    )
    assert best(model, "successful in DE/P by 2018-08-20 13:05", ">= 95 %").best == 1.0


def behind_proxies(scenario, proxy=None, **network):
    """Two sites of five devices, 100 MB each, over lines of 8 Mbit/s: 100 s a copy."""
    units = {
        "DE": {"devices": 0, "firmware": {"proxy": proxy or {"type": "dynamic"}}},
        "DE/A": {"devices": 5, "site": "A"},
        "DE/B": {"devices": 5, "site": "B"},
    }
    sites = {"A": {"link": "8 Mbit/s"}, "B": {"link": "8 Mbit/s"}}
    update = {"subordinate_units": True}
    return scenario(update, fleet={"units": units}, network={"sites": sites, **network})


def test_where_proxies_serve_a_line_carries_one_copy_first(scenario):
    model = behind_proxies(scenario)
    found = best(model, "time to 50 %", "<= 1 min")
    assert found.best == pytest.approx(100_000, abs=2)
    assert found.reason.endswith("for the 100.0 MB that a proxy fetches for 5 devices")
    found = best(model, "successful by 2018-08-20 11:01", ">= 95 %")
    assert found.best == 0.0
    assert found.reason == (
        "the line of A carries at most 60.0 MB by then, and a proxy there needs 100.0 MB "
        "first, for 5 devices"
    )
    assert best(model, "time to 100 %", "<= 100 s").best == pytest.approx(100_000, abs=2)


def test_lines_over_which_a_proxy_fetches_too_late_are_late_ones(scenario):
    """100 MB over 8 Mbit/s are there after 100 s, at both sites; by then no line is late."""
    feasibility = Feasibility(prepare(behind_proxies(scenario)))
    limit = read_expectation("time to 95 %", "<= 1 min")
    sites, until = feasibility.late_lines(limit)
    assert (sites, until - feasibility._devices.first_command) == (2, 100_000)
    assert feasibility.late_lines(read_expectation("time to 95 %", "<= 101 s")) is None


@pytest.mark.parametrize("where", ["hub", "repository"])
def test_a_hub_and_the_repository_carry_a_copy_for_each_site(where, scenario):
    """200 MB over 8 Mbit/s: half of the devices may have theirs after 100 s, all after 200 s."""
    thin = {"hubs": {"South": {"link": "8 Mbit/s", "sites": ["A", "B"]}}}
    network = thin if where == "hub" else {"repository": {"uplink": "8 Mbit/s"}}
    model = behind_proxies(scenario, **network)
    assert best(model, "time to 50 %", "<= 1 min").best == pytest.approx(100_000, abs=2)
    found = best(model, "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(200_000, abs=2)
    assert "200.0 MB of" in found.reason
    assert "one copy a site" in found.reason


def test_what_was_delivered_to_a_neighbour_ahead_needs_no_line(scenario):
    """The proxy has had it for hours, over a line that is cut since; it is in nobody's way."""
    own = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
    units = {
        "DE/C": {"devices": 5, "site": "s", "firmware": own},
        "DE/P": {"devices": 1, "site": "s"},
    }
    model = scenario(
        fleet={"units": units},
        network={"sites": {"s": {"link": "8 Mbit/s"}}},
        commands=[{"delivery": "DE/P"}, {"update": "DE/C", "once": "2018-08-20 18:00"}],
    )
    assert best(model, "time to 100 %", "<= 1 s").best == pytest.approx(0, abs=2)


def test_limits_on_the_mean_say_nothing_of_copies(scenario):
    """Half of the runs may carry all of it and the others nothing."""
    model = behind_proxies(scenario)
    limit = ("peak site rate", "<= 4 Mbit/s")
    found = best(model, "successful by 2018-08-20 11:03", ">= 50 %", limit)
    assert found.best == 1.0
    found = best(
        model,
        "successful by 2018-08-20 11:03",
        ">= 50 %",
        (limit[0], f"{limit[1]} in 100 % of the runs"),
    )
    assert found.best == 0.0
