"""What sharing a link means: closed forms, worked examples, and each thing that can happen."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.simulation.fair_sharing import FluidNetwork

WIDE = 10**9  # bytes/s; never the bottleneck here


def one_link(rate: int) -> FluidNetwork:
    """Return a network in which only the link of site 0 matters."""
    return FluidNetwork(WIDE, [rate], [WIDE])


def narrow_at(narrow: str, rate: int) -> FluidNetwork:
    """Return a network of one site in which only one kind of link matters."""
    rates = {"repository": WIDE, "hub": WIDE, "site": WIDE, narrow: rate}
    return FluidNetwork(rates["repository"], [rates["site"]], [WIDE], [rates["hub"]], [0])


def run_out(network: FluidNetwork) -> dict[int, int]:
    """Return when each flow under way ends, in ms."""
    ends: dict[int, int] = {}
    while (due := network.next_completion()) is not None:
        ends.update(dict.fromkeys(network.complete(due), due))
    return ends


@pytest.mark.parametrize(
    ("flows", "size", "rate"),
    [
        (1, 1, 1),
        (1, 1000, 3),
        (7, 1000, 1000),
        (40, 350_000_000, 2_500_000),
        (5000, 10**8, 12_500_000),
    ],
)
@pytest.mark.parametrize("narrow", ["repository", "hub", "site"])
def test_equal_downloads_all_end_when_the_link_has_carried_them_all(flows, size, rate, narrow):
    network = narrow_at(narrow, rate)
    for flow in range(flows):
        network.start(flow, 0, 0, size, 0)
    end = -(flows * size * 1000 // -rate)
    (seen,) = set(run_out(network).values())
    assert end <= seen <= end + 1


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=12), st.integers(10**6, 10**8))
def test_the_kth_of_n_downloads_ends_when_k_sizes_and_the_rest_up_to_it_are_through(sizes, rate):
    """End k is (S1 + ... + Sk + (N - k) Sk) / C for sorted sizes.

    Each end is rounded up to the tick and so may delay those after it by part of one.
    """
    network = one_link(rate)
    sizes = sorted(sizes)
    for flow, size in enumerate(sizes):
        network.start(flow, 0, 0, size, 0)
    ends = run_out(network)
    for k, size in enumerate(sizes, start=1):
        end = Fraction((sum(sizes[:k]) + (len(sizes) - k) * size) * 1000, rate)
        assert end <= ends[k - 1] <= end + k + 1


def test_devices_sites_and_repository_each_hold_back_whom_they_should():
    """Rates in kB/s: repository 100; sites A 20, B 60, C 200; devices slow 4, fast 50."""
    a, b, c = 0, 1, 2
    slow, fast = 0, 1
    network = FluidNetwork(100_000, [20_000, 60_000, 200_000], [4_000, 50_000])
    plan = [
        (a, slow, 40_000),
        (a, fast, 80_000),
        (a, fast, 180_000),
        (b, fast, 190_000),
        (b, fast, 380_000),
        (c, slow, 72_000),
        (c, fast, 190_000),
        (c, fast, 480_000),
    ]
    for flow, (site, device_rate, size) in enumerate(plan):
        network.start(flow, site, device_rate, size, 0)

    # Site A is full at level 8:  4 + 8 + 8 = 20.   Shares: 4, 8, 8.
    # Site B is full at level 30: 30 + 30 = 60.     Shares: 30, 30.
    # Site C is not full:         4 + 50 + 50.      Shares: 4, 50, 50.
    # The uplink is full at level 19: 4 + 8 + 8 + 19 + 19 + 4 + 19 + 19 = 100.
    assert kilobytes_per_second(network, range(8)) == [4, 8, 8, 19, 19, 4, 19, 19]
    assert network.next_completion() == 10_000
    assert network.complete(10_000) == [0, 1, 3, 6]

    # Left are flows 2 (A, fast), 4 (B, fast), 5 (C, slow) and 7 (C, fast).
    # Shares: A 20 (its link), B 50, C 4 and 50 (their devices).
    # The uplink is full at level 38: 20 + 38 + 4 + 38 = 100.
    assert kilobytes_per_second(network, [2, 4, 5, 7]) == [20, 38, 4, 38]

    # Flow 2 has had 80 of 180, flow 4 190 of 380: both end after 5 s more. Then nothing holds
    # back site C but its devices: flow 7 has had 190 + 190 of 480 and ends after 2 s more;
    # flow 5 needs 72 / 4 = 18 s in all.
    assert run_out(network) == {2: 15_000, 4: 15_000, 7: 17_000, 5: 18_000}


def kilobytes_per_second(network, flows):
    return [network.rate(flow) / 1_000_000 for flow in flows]


def test_who_comes_later_takes_his_share_from_then_on():
    network = one_link(1_000)
    network.start(1, 0, 0, 3_000, 0)
    network.start(2, 0, 0, 1_000, 1_000)  # 1 has 2,000 to go; both run at 500
    assert network.next_completion() == 3_000
    assert run_out(network) == {2: 3_000, 1: 4_000}


def test_an_end_is_rounded_up_to_the_tick():
    network = one_link(3_000)
    network.start(1, 0, 0, 10, 0)
    assert network.next_completion() == 4
    assert network.complete(3) == []
    assert network.complete(4) == [1]
    assert network.active == 0


@pytest.mark.parametrize("narrow", ["repository", "hub", "site"])
def test_a_link_may_change_its_rate_in_mid_transfer(narrow):
    network = narrow_at(narrow, 1_000)

    def set_rate(rate: int, now: int) -> None:
        if narrow == "site":
            network.set_site_rate(0, rate, now)
        elif narrow == "hub":
            network.set_hub_rate(0, rate, now)
        else:
            network.set_repository_rate(rate, now)

    network.start(1, 0, 0, 4_000, 0)
    network.start(2, 0, 0, 1_000, 0)
    set_rate(500, 1_000)  # each has 500; from now on 250 a second each
    assert network.next_completion() == 3_000
    assert network.complete(3_000) == [2]
    set_rate(0, 4_000)  # 1 has 1,500
    assert network.next_completion() is None
    assert network.complete(10_000) == []
    set_rate(2_500, 10_000)
    assert run_out(network) == {1: 11_000}


def test_a_cut_site_leaves_its_part_of_the_repository_to_the_others():
    network = FluidNetwork(1_000, [WIDE, WIDE], [WIDE])
    network.start(1, 0, 0, 2_000, 0)
    network.start(2, 1, 0, 2_000, 0)
    network.set_site_rate(1, 0, 2_000)  # both have 1,000
    assert network.next_completion() == 3_000
    assert network.complete(3_000) == [1]
    network.set_site_rate(1, WIDE, 5_000)
    assert run_out(network) == {2: 6_000}


def test_breaking_off_frees_the_share_and_returns_the_whole_bytes_received():
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    network.start(2, 0, 0, 1_000, 0)
    assert network.abort(1, 3) == 1  # 1.5 bytes
    assert network.active == 1
    assert run_out(network) == {2: 1_002}  # 998.5 bytes to go at full rate, from 3


def test_a_flow_broken_off_may_start_again_from_nothing():
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    assert network.abort(1, 0) == 0
    network.start(1, 0, 0, 1_000, 0)
    assert network.abort(1, 400) == 400
    network.start(1, 0, 0, 1_000, 500)
    assert run_out(network) == {1: 1_500}


def test_a_flow_broken_off_as_it_ends_has_all_its_bytes_and_does_not_end():
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    assert network.abort(1, 1_000) == 1_000
    assert network.complete(1_000) == []


def test_flows_that_end_leave_the_links_in_time_even_if_nobody_asks():
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    network.start(2, 0, 0, 2_000, 0)  # alone from 2,000 on
    network.start(3, 0, 0, 1_000, 3_000)
    assert network.complete(3_000) == [1, 2]
    assert run_out(network) == {3: 4_000}


def test_flows_that_end_together_are_named_in_ascending_order():
    network = FluidNetwork(WIDE, [1_000, 2_000], [WIDE, 1_000])
    network.start(9, 0, 0, 1_000, 0)
    network.start(4, 1, 1, 1_000, 0)
    network.start(7, 1, 0, 1_000, 0)
    assert network.complete(1_000) == [4, 7, 9]


def test_the_meter_shows_each_site_what_it_carried_since_the_last_reading():
    network = FluidNetwork(WIDE, [1_000, 2_000, 5_000], [WIDE])
    network.start(1, 0, 0, 90_000, 0)
    network.start(2, 1, 0, 60_000, 0)
    network.start(3, 1, 0, 60_000, 0)
    assert network.carried(0) == []
    # One byte per flow under way is held back until the flow is over.
    assert network.carried(30_000) == [(0, 30_000 - 1), (1, 60_000 - 2)]
    assert network.abort(3, 40_000) == 40_000
    assert network.carried(60_000) == [(0, 30_000), (1, 40_000 + 2)]
    assert network.carried(120_000) == [(0, 30_000 + 1)]
    assert network.carried(180_000) == []


def test_a_download_of_a_terabyte_is_as_exact_as_one_of_a_byte():
    network = one_link(10**9 - 1)
    network.start(1, 0, 0, 10**12, 0)
    assert run_out(network) == {1: 1_000_001}  # 1,000,000.001 ms


@pytest.mark.parametrize(
    "call",
    [
        lambda network: network.start(1, 0, 0, 100, 500),
        lambda network: network.start(2, 0, 0, 0, 500),
        lambda network: network.start(2, 1, 0, 100, 500),
        lambda network: network.start(2, -1, 0, 100, 500),
        lambda network: network.start(2, 0, 1, 100, 500),
        lambda network: network.start(2, 0, 0, 100, 499),
        lambda network: network.abort(2, 500),
        lambda network: network.abort(1, 499),
        lambda network: network.complete(499),
        lambda network: network.carried(499),
        lambda network: network.rate(2),
        lambda network: network.set_site_rate(0, -1, 500),
        lambda network: network.set_site_rate(1, 1, 500),
        lambda network: network.set_site_rate(-1, 1, 500),
        lambda network: network.set_site_rate(0, 1, 499),
        lambda network: network.set_repository_rate(-1, 500),
        lambda network: network.set_hub_rate(0, 1, 500),
        lambda network: network.set_hub_rate(-1, 1, 500),
    ],
)
def test_a_call_that_makes_no_sense_is_refused_and_changes_nothing(call):
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    network.complete(500)
    with pytest.raises(ValueError, match=r"\w"):
        call(network)
    assert run_out(network) == {1: 1_000}


def test_a_flow_that_has_ended_keeps_its_number_until_it_is_collected():
    network = one_link(1_000)
    network.start(1, 0, 0, 1_000, 0)
    network.carried(2_000)
    with pytest.raises(ValueError, match="under way"):
        network.start(1, 0, 0, 1_000, 2_000)
    assert network.complete(2_000) == [1]
    network.start(1, 0, 0, 1_000, 2_000)
    assert run_out(network) == {1: 3_000}


@pytest.mark.parametrize("rates", [(-1, [1], [1]), (1, [-1], [1]), (1, [1], [-1])])
def test_a_negative_rate_is_refused(rates):
    with pytest.raises(ValueError, match="negative"):
        FluidNetwork(*rates)
