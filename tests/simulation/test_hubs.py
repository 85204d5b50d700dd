"""What a line that several sites share does: closed forms, and what becomes of it in a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.engine import Engine
from fwsim.model.rollout_lines import NO_HUB
from fwsim.run import play_once, prepare
from fwsim.simulation.fair_sharing import FluidNetwork
from tests.compiled.side_by_side import assert_alike
from tests.simulation.test_fair_sharing import WIDE, kilobytes_per_second, run_out


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 10**6))
def test_equal_downloads_at_several_sites_end_when_their_hub_has_carried_them_all(counts, rate):
    """N·S/C, however they lie at the sites: the hub shares by flows, not by sites."""
    size, sites = 10**6, len(counts)
    network = FluidNetwork(WIDE, [WIDE] * sites, [WIDE], [rate], [0] * sites)
    flows = [site for site, count in enumerate(counts) for _ in range(count)]
    for flow, site in enumerate(flows):
        network.start(flow, site, 0, size, 0)
    end = -(len(flows) * size * 1000 // -rate)
    (seen,) = set(run_out(network).values())
    # A level loses less than a millionth of a byte per ms and flow.
    assert end <= seen <= end + 1 + seen // (rate * 1000 // len(flows))


def test_what_a_thin_site_leaves_of_its_hub_goes_to_the_other():
    """In kB/s: a hub of 100, a site of 20, and one that could take it all."""
    thin, other = 0, 1
    network = FluidNetwork(WIDE, [20_000, WIDE], [WIDE], [100_000], [0, 0])
    network.start(0, thin, 0, 40_000, 0)
    network.start(1, thin, 0, 40_000, 0)
    network.start(2, other, 0, 320_000, 0)
    assert kilobytes_per_second(network, range(3)) == [10, 10, 80]
    network.start(3, other, 0, 160_000, 2_000)
    assert kilobytes_per_second(network, range(4)) == [10, 10, 40, 40]
    # Flow 2 has had 160 of 320 when 3 comes, and 0 and 1 end at 4 s; then 2 and 3 have 50 each.
    assert run_out(network) == {0: 4_000, 1: 4_000, 2: 5_600, 3: 5_600}


def test_all_levels_fill_from_the_devices_upwards():
    """Rates in kB/s: repository 100; a hub of 50 over sites A 40 and B 60; C on the repository."""
    a, b, c = 0, 1, 2
    slow, fast = 0, 1
    network = FluidNetwork(
        100_000, [40_000, 60_000, 200_000], [4_000, 90_000], [50_000], [0, 0, NO_HUB]
    )
    plan = [(a, slow), (a, fast), (a, fast), (b, fast), (c, slow), (c, fast)]
    for flow, (site, device_rate) in enumerate(plan):
        network.start(flow, site, device_rate, 10**6, 0)
    # Site A is full at level 18: 4 + 18 + 18.    Site B is full at level 60.
    # The hub is full at level 15.33: 4 + 3 · 15.33 = 50.
    # The uplink is full at level 46: 50 + 4 + 46 = 100.
    rates = kilobytes_per_second(network, range(6))
    assert rates == pytest.approx([4, 46 / 3, 46 / 3, 46 / 3, 4, 46], abs=1e-5)
    network.set_repository_rate(38_000, 0)
    # Now the uplink is full at level 7.5 and holds back the hub's flows, too: 8 + 4 · 7.5 = 38.
    assert kilobytes_per_second(network, range(6)) == [4, 7.5, 7.5, 7.5, 4, 7.5]


def test_a_cut_hub_leaves_the_repository_to_the_sites_that_do_not_hang_on_it():
    network = FluidNetwork(1_000, [WIDE, WIDE], [WIDE], [WIDE], [0, NO_HUB])
    network.start(1, 0, 0, 2_000, 0)
    network.start(2, 1, 0, 2_000, 0)
    network.set_hub_rate(0, 0, 2_000)  # both have 1,000
    assert network.next_completion() == 3_000
    assert network.complete(3_000) == [2]
    network.set_hub_rate(0, WIDE, 5_000)
    assert run_out(network) == {1: 6_000}


# In a run


def story(hubs, *, outages=(), sites=None, **assumptions):
    return {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "1 d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "60 MB"}]},
        "fleet": {
            "units": {
                f"DE/{name}": {"devices": 10, "installed": "old.idf"} for name in ("A", "B", "C")
            }
        },
        "network": {
            "repository": {"uplink": "1 Gbit/s"},
            "sites": {"default": {"link": "100 Mbit/s"}, **(sites or {})},
            "hubs": hubs,
        },
        "commands": [{"update": "DE", "subordinate_units": True, "once": "2018-08-20 12:00"}],
        "outages": list(outages),
        "assumptions": {"dispatch_workers": 100, **assumptions},
    }


def played(*args, **named):
    rollout = prepare(fwsim.Scenario.model_validate(story(*args, **named)))
    return play_once(rollout, 1, 0, engine=Engine.SIMPY)


HUB = {"South": {"link": "8 Mbit/s", "sites": ["DE/A", "DE/B"]}}


def transfer_times(result, unit):
    """Return for each device of an OU when its packages were in, seconds after its transfer."""
    log, fleet = result.log, result.rollout.fleet
    devices = fleet.in_unit(unit, subordinate_units=True)
    begun = log.in_state(State.TRANSFER)
    over = log.in_state(State.VERIFY_PACKAGES, State.INSTALL)
    times = []
    for device in devices.tolist():
        mine = log.device == device
        times.append(log.time[mine & over].min() - log.time[mine & begun].min())
    return np.array(times) / 1000


def test_in_a_run_a_hubs_devices_take_n_times_s_over_c_and_no_other_site_waits():
    result = played(HUB)
    together = 20 * 60_000_000 / 1_000_000  # 20 devices over 8 Mbit/s
    for unit in ("DE/A", "DE/B"):
        assert transfer_times(result, unit) == pytest.approx(together, abs=15)
    assert transfer_times(result, "DE/C") == pytest.approx(10 * 60_000_000 / 12_500_000, abs=15)


def test_a_hub_of_no_more_than_its_sites_can_take_changes_nothing():
    wide = {"South": {"link": "200 Mbit/s", "sites": ["DE/A", "DE/B"]}}
    assert_alike(played(wide), played({}))


def test_a_hubs_busy_hours_take_from_it_what_they_say():
    busy = {"South": HUB["South"] | {"busy": {"daily 00:00-24:00": "50 %"}}}
    slower = transfer_times(played(busy), "DE/A") / transfer_times(played(HUB), "DE/A")
    assert slower == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("how", ["rate", "busy", "outage"])
def test_a_hub_that_carries_nothing_breaks_the_transfers_of_its_sites_only(how):
    hub, outages = HUB["South"], []
    if how == "rate":
        hub = hub | {"link": "0 Mbit/s"}
    elif how == "busy":
        hub = hub | {"busy": {"mon 12:05-20:00": "100 %"}}
    else:
        outages = [{"hub": "South", "start": "2018-08-20 12:05", "end": "2018-08-20 20:00"}]
    result = played({"South": hub}, outages=outages, transfer_patience="2 min")
    log, site_of = result.log, result.rollout.fleet.site
    done = log.device[log.in_state(State.SUCCESS)]
    assert {site_of[device] for device in done.tolist()} == {"DE/C"}
    failed = log.device[log.in_state(State.FAILED)]
    assert sorted(site_of[device] for device in failed.tolist()) == ["DE/A"] * 10 + ["DE/B"] * 10


def test_an_outage_of_a_hub_is_one_of_each_of_its_sites():
    times = {"start": "2018-08-20 12:05", "end": "2018-08-20 13:00"}
    of_hub = played(HUB, outages=[{"hub": "South", **times}])
    of_sites = played(HUB, outages=[{"site": site, **times} for site in ("DE/A", "DE/B")])
    assert_alike(of_hub, of_sites)
