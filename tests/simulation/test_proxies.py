"""Proxies: one device of a subnet fetches the packages, and serves its neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.lifecycle import State
from tests.simulation.subnets import DYNAMIC, devices

SIZE = 100_000_000
BASE = {"name": "baseos", "size": "100 MB"}


def when(result, state: State) -> dict[int, float]:
    columns = result.columns
    lines = columns.state == state
    return dict(
        zip(columns.device[lines].tolist(), (columns.time[lines] / 1000).tolist(), strict=True)
    )


def test_one_copy_of_the_packages_crosses_the_line_of_each_subnet(share):
    result = share({"A": devices(8), "B": devices(5)})
    assert result.load.size.sum() == 2 * SIZE
    assert result.measures.outcomes[0].devices == 13


def test_without_a_proxy_every_device_fetches_its_own(share):
    assert share({"A": devices(8)}, firmware={}).load.size.sum() == 8 * SIZE


def test_neighbours_are_served_at_the_lans_rate_shared_by_the_slots(share):
    """100 MB come in 80 s; then 1 Gbit/s over ten slots gives 8 s."""
    arrived = when(share({"A": devices(4)}), State.VERIFY_PACKAGES)
    assert arrived == {0: 82.0, 1: 90.0, 2: 90.0, 3: 90.0}


def test_more_neighbours_than_slots_wait_their_turn(share):
    result = share({"A": devices(6)}, assumptions={"provider_slots": 2})
    # two at a time, 1.6 s each
    assert sorted(when(result, State.VERIFY_PACKAGES).values()) == pytest.approx(
        [82.0, 83.6, 83.6, 85.2, 85.2, 86.8]
    )


def test_the_provider_updates_itself_last(share):
    result = share({"A": devices(5)})
    installs = when(result, State.INSTALL)
    served = when(result, State.VERIFY_PACKAGES)
    provider = max(installs, key=lambda device: installs[device])
    assert installs[provider] == max(served.values()) + 120
    assert when(result, State.PROVIDING).keys() == {provider}


def test_devices_without_an_update_partition_are_served_one_package_at_a_time(share, told):
    packages = [{"name": "a", "size": "50 MB"}, {"name": "b", "size": "50 MB"}]
    result = share(
        {"A": devices(1, site="s"), "B": devices(1, flash="2 GB", site="s")},
        image={"name": "new.idf", "packages": packages},
        assumptions={"system_partition": "1 GB"},
    )
    assert result.load.size.sum() == SIZE
    states = [line.split()[1] for line in told(result, 1)]
    assert states[3:8] == ["TRANSFER", "INSTALL", "TRANSFER", "INSTALL", "REBOOT"]


def test_where_nobody_can_provide_devices_go_to_the_web_server(share):
    result = share({"A": devices(3, flash="2 GB")}, assumptions={"system_partition": "1 GB"})
    assert result.load.size.sum() == 3 * SIZE
    assert result.measures.outcomes[0].devices == 3


def test_a_device_that_reports_a_network_belongs_to_that_subnet(share):
    one = devices(3, site="s", attributes={"Network": "10.0.0.0"})
    other = devices(3, site="s", attributes={"Network": "10.0.1.0"})
    assert share({"A": one, "B": other}).load.size.sum() == 2 * SIZE


def test_a_proxy_delivered_to_ahead_fetches_nothing(play):
    result = play(
        commands=[
            {"delivery": "DE/DE-1"},
            {"update": "DE", "once": "2018-08-20 12:00"},
        ],
        fleet={"units": {"DE": devices(4)}},
        firmware=DYNAMIC,
    )
    assert result.load.size.sum() == SIZE
    assert result.measures.outcomes[0].devices == 4


def test_the_role_is_kept_for_later_updates(share):
    more = [BASE, {"name": "x", "size": "10 MB"}]
    later = {"name": "new.idf", "revision": 2, "offered": False, "packages": more}
    first = {"name": "new.idf", "packages": [BASE]}
    result = share(
        {"A": devices(4)},
        image=None,
        images={"first": first, "later": later},
        firmware={**DYNAMIC, "image_file": "new.idf"},
        commands=[
            {"update": "DE/A"},
            {"update": "DE/A", "once": "2018-08-20 13:00"},
        ],
        changes=[{"at": "2018-08-20 12:00", "offer": "later"}],
    )
    assert result.load.size.sum() == SIZE + 10_000_000
    providers = result.columns.device[result.columns.state == State.PROVIDING]
    assert set(providers.tolist()) == {0}


def test_when_the_provider_goes_another_takes_over_and_whole_packages_stay(share, told):
    """The provider, off at 11:01 by its switch, has one package of two in 40 s."""
    packages = [{"name": "a", "size": "50 MB"}, {"name": "b", "size": "50 MB"}]
    result = share(
        {"A": devices(1, power="short", site="s"), "B": devices(3, site="s")},
        image={"name": "new.idf", "packages": packages},
        power={"short": {"on": "mon 10:00-11:01"}},
        assumptions={"shutdown_waits": False},
        horizon="6 h",
    )
    assert told(result, 0)[-1] == "2 TRANSFER"  # not heard of again
    states = {device: told(result, device)[-1].split()[1] for device in (1, 2, 3)}
    assert set(states.values()) == {"SUCCESS"}
    # a and b once, and what the lost provider had of b by 11:01:00 (58 s of line in all)
    assert result.load.size.sum() == pytest.approx(100_000_000 + 58 * 1_250_000 - 50_000_000, abs=2)


STATIC = {"proxy": {"type": "static", "device": "DE/P/P-1"}}


def test_a_static_proxy_serves_its_subnet(share):
    result = share({"P": devices(1, site="s"), "A": devices(4, site="s")}, firmware=STATIC)
    assert result.load.size.sum() == SIZE
    assert result.measures.outcomes[0].devices == 5


def test_without_its_static_proxy_a_transfer_fails(share, told):
    result = share(
        {"P": devices(1, site="s", power="off", connection="wlan"), "A": devices(2, site="s")},
        firmware=STATIC,
        power={"off": {"on": "never"}},
    )
    assert told(result, 1)[-1] == "2 FAILED transfer failed"
    assert result.load.size.sum() == 0


def test_a_delivery_does_not_ask_a_proxy(play):
    result = play(
        commands=[{"delivery": "DE"}], fleet={"units": {"DE": devices(3)}}, firmware=DYNAMIC
    )
    assert result.load.size.sum() == 3 * SIZE


def test_a_delivery_and_the_providers_own_fetching_do_not_meet(share):
    result = share(
        {"A": devices(1, installed="older.idf", site="s"), "B": devices(2, site="s")},
        image={
            "packages": [
                {"name": n, "size": s} for n, s in (("a", "60 MB"), ("b", "600 MB"), ("c", "60 MB"))
            ]
        },
        failing=[{"phase": "transfer", "share": "100 %", "where": "IDF name = older.idf"}],
        chances={"transfer_fault_point": 0.02},
        commands=[
            {"update": "DE", "subordinate_units": True},
            {"delivery": "DE", "subordinate_units": True, "once": "2018-08-20 11:00:30"},
        ],
    )
    assert set(result.devices.state) == {"SUCCESS", "FAILED"}


def test_devices_that_go_without_a_proxy_respect_the_connections(share):
    result = share(
        {"A": devices(5, flash="2 GB")},
        assumptions={"system_partition": "1 GB"},
        network={"repository": {"connections": 1}},
    )
    # one after the other, 8 s each
    installs = sorted(when(result, State.INSTALL).values())
    assert installs == [10.0, 18.0, 26.0, 34.0, 42.0]


def test_a_provider_whose_last_neighbour_is_lost_goes_on(share):
    result = share(
        {"A": devices(1, site="s"), "B": devices(1, site="s", power="short")},
        power={"short": {"on": "mon 10:00-11:02"}},
        assumptions={"lan_rate": "10 Mbit/s", "provider_slots": 1, "shutdown_waits": False},
    )
    assert result.devices.state.iloc[0] == "SUCCESS"


def test_sites_with_the_same_private_network_have_a_proxy_each(share):
    private = {"attributes": {"Network": "192.168.1.0"}}
    result = share({"A": devices(3, **private), "B": devices(2, **private)})
    assert np.bincount(result.load.site, weights=result.load.size).tolist() == [SIZE, SIZE]


def test_a_static_proxy_is_refused_where_it_would_serve_another_site(share):
    """It hands on at the LAN's rate, and what it hands on crosses no line."""
    units = {"P": devices(1, site="s"), "A": devices(4)}
    match = (
        r"firmware\.proxy\.device: the static proxy 'DE/P/P-1' is at site 's' and serves only that,"
        r" but 4 devices of other sites would turn to it, DE/A/A-1 at site 'DE/A' first"
    )
    with pytest.raises(ValueError, match=match):
        share(units, firmware=STATIC)


def test_a_static_proxy_of_the_top_level_counts_only_where_an_ou_has_no_other(share):
    none = {"proxy": {"type": "none"}}
    units = {"P": devices(1, site="s"), "A": devices(4, firmware=none)}
    result = share(units, firmware=STATIC)
    assert result.load.size.sum() == 5 * SIZE


def test_a_static_proxy_that_is_no_device_is_told_before_the_clock_starts(share):
    with pytest.raises(ValueError, match="the static proxy 'nobody' is not a device"):
        share({"A": devices(1)}, firmware={"proxy": {"type": "static", "device": "nobody"}})


SMALL = {"system_partition": "1 GB"}


def test_a_provider_that_is_asked_while_it_installs_keeps_its_role_where_nobody_else_can(share):
    """The third has no update partition: the second cannot wait for the first, which installs."""
    result = share(
        {"A": devices(1, site="s"), "B": devices(2, flash="2 GB", site="s")},
        assumptions=SMALL,
        commands=[
            {"update": "DE/A/A-1"},
            {"update": "DE/B/B-1", "once": "2018-08-20 11:03:30"},
            {"update": "DE/B/B-2", "once": "2018-08-20 12:00"},
        ],
    )
    assert (result.columns.state == State.SUCCESS).sum() == 3
    assert result.load.size.sum() == 2 * SIZE  # the second fetches its own, the third is served


def test_a_static_proxy_that_is_asked_while_it_installs_keeps_what_it_has_fetched(share):
    result = share(
        {"P": devices(1, site="s"), "A": devices(2, site="s")},
        firmware=STATIC,
        commands=[
            {"update": "DE/P/P-1"},
            {"update": "DE/A/A-1", "once": "2018-08-20 11:03:30"},
            {"update": "DE/A/A-2", "once": "2018-08-20 12:00"},
        ],
    )
    assert (result.columns.state == State.FAILED).sum() == 1
    assert result.load.size.sum() == SIZE


def test_who_provided_last_provides_again_when_it_is_back(share):
    result = share(
        {"A": devices(1, site="s", power="day"), "B": devices(2, flash="2 GB", site="s")},
        power={"day": {"on": "mon-tue 10:00-20:00"}},
        assumptions=SMALL,
        commands=[
            {"update": "DE/A/A-1"},
            {"update": "DE/B/B-1", "once": "2018-08-20 21:00"},
            {"update": "DE/B/B-2", "once": "2018-08-21 12:00"},
        ],
        horizon="2 d",
    )
    assert (result.columns.state == State.SUCCESS).sum() == 3
    assert result.load.size.sum() == 2 * SIZE


def test_a_static_proxy_is_not_chosen_by_its_subnet(share):
    """It sends no more than the LAN's rate: neighbours of both kinds would share it."""
    static = {"proxy": {"type": "static", "device": "DE/P/P-1"}}
    result = share(
        {
            "P": devices(1, site="s"),
            "A": devices(10, site="s", firmware=static),
            "B": devices(10, site="s"),
        },
        assumptions={"provider_slots": 1},
    )
    assert (result.columns.state == State.SUCCESS).sum() == 21
    assert len(set(result.record.sent.provider.tolist())) == 2
