"""Payload, round trips, losses, ceilings and shares in a whole run."""

from __future__ import annotations

import pytest

from fwsim.commands.lifecycle import State
from fwsim.results.run.link_use import links, peak_rates
from fwsim.simulation.fair_sharing import FluidNetwork


def times(result, state: State) -> list[float]:
    return (result.columns.time[result.columns.state == state] / 1000).tolist()


def transfer(result) -> float:
    """Return how long the one download took, seconds."""
    (begin,), (end,) = times(result, State.TRANSFER), times(result, State.VERIFY_PACKAGES)
    return end - begin


def site(**keys) -> dict:
    return {"sites": {"default": keys}}


def test_simgrids_documented_example_takes_996_ms_with_its_own_factors(play):
    """100 kB, 1 Mbit/s, 10 ms one way: bandwidth x 0.97 / 1.05, latency x 13.01 ahead."""
    result = play(
        image={"packages": [{"name": "baseos", "size": "100 kB"}]},
        network=site(link="1 Mbit/s", latency="20 ms", goodput=0.97 / 1.05),
        assumptions={"handshake": 13.01 / 2},
    )
    assert transfer(result) == pytest.approx(0.996, abs=0.0005)


def test_goodput_is_what_of_a_line_carries_payload(play):
    assert transfer(play(network=site(goodput="80 %"))) == 10.0


def test_the_uplink_has_a_goodput_too(play):
    repository = {"uplink": "100 Mbit/s", "goodput": "50 %"}
    assert transfer(play(network={"repository": repository})) == 16.0


def test_every_file_is_set_up(play):
    """3 round trips each; a file of the initial window needs no slow start."""
    packages = [{"name": name, "size": "14 kB"} for name in "abcde"]
    one = transfer(play(image={"packages": packages[:1]}, network=site(latency="200 ms")))
    five = transfer(play(image={"packages": packages}, network=site(latency="200 ms")))
    assert one == pytest.approx(0.6, abs=0.005)
    assert five == pytest.approx(3.0, abs=0.01)


def test_a_connection_has_its_ceiling_however_much_the_line_has_left(play):
    assert transfer(play(network=site(per_connection="40 Mbit/s"))) == 20.0


def test_a_router_holds_updates_to_a_part_of_the_line_whatever_it_carries(play):
    line = {"link": "80 Mbit/s", "updates_at_most": "40 Mbit/s"}
    assert transfer(play(network=site(**line))) == 20.0
    others = {"busy": {"daily 00:00-24:00": "75 %"}}
    assert transfer(play(network=site(**line, **others))) == 40.0


def test_how_full_a_line_is_counts_by_the_line_not_by_what_a_router_lets_through(play):
    result = play(network=site(link="8 Mbit/s", updates_at_most="2 Mbit/s"))
    assert peak_rates(result.record).max() / links(result.record.rollout).max() == 0.25


def test_a_long_way_empties_the_window(play):
    """4 MiB in flight over 2 s are 16.8 Mbit/s; 100 MB take 47.7 s, and the set-up 24 s."""
    alone = transfer(play(network=site(latency="2 s"), assumptions={"handshake": 0}))
    assert alone == pytest.approx(100e6 / (4_194_304 / 2) + 2 * (8.166 - 0.9965), abs=0.01)


def test_losses_cap_a_connection(play):
    network = site(latency="40 ms", loss="1 %")
    result = transfer(play(network=network, assumptions={"handshake": 0, "segment": "1000 B"}))
    assert result == pytest.approx(100e6 / (1.2 * 1000 / (0.04 * 0.1)), rel=0.003)


def test_a_download_that_is_broken_off_while_it_is_set_up_has_carried_nothing(play):
    """Cut two seconds later, while the connection is set up: nothing but the 20 kB of the IDF."""
    result = play(
        network=site(latency="3 s"),
        assumptions={"transfer_patience": "1 s"},
        outages=[{"start": "2018-08-20 11:00:04", "end": "2018-08-20 11:00:06"}],
    )
    failed = result.columns.state == State.FAILED
    assert result.columns.amount[failed].tolist() == [0]
    assert result.devices.bytes.tolist() == [20_000]


def test_shares_scatter_by_the_law_and_the_line_loses_nothing(play):
    spread = {"lognormal": {"median": 1.0, "p95": 2.5}}
    fleet = {"units": {"DE": {"devices": 40, "installed": "old.idf"}}}
    alike, apart = (
        times(play(fleet=fleet, assumptions={"share_spread": law}), State.VERIFY_PACKAGES)
        for law in (1.0, spread)
    )
    assert max(apart) == pytest.approx(max(alike), abs=0.01)
    assert len(set(alike)) == 1
    assert len(set(apart)) == 5
    assert min(apart) < 0.6 * max(apart)


@pytest.mark.parametrize("weights", [(1,), (16, 24, 32, 43, 65)])
def test_equal_downloads_end_together_when_the_line_has_carried_them_all(weights):
    """N * S / C, whatever parts they get."""
    lines = FluidNetwork(10**9, [1_000_000], [10**9], weights=weights)
    for flow in range(30):
        lines.start(flow, 0, 0, 500_000, 0, flow % len(weights))
    now = 0
    while (due := lines.next_completion()) is not None:
        now = due
        lines.complete(now)
    assert now == pytest.approx(30 * 500, abs=2)
