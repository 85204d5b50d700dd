"""The lines in a whole run: connections, capacities, and what the meter shows."""

from __future__ import annotations

import numpy as np
import pytest

from fwsim.commands.lifecycle import State


def times(result, state: State) -> list[float]:
    return (result.columns.time[result.columns.state == state] / 1000).tolist()


def devices(number: int) -> dict:
    return {"units": {"DE": {"devices": number, "installed": "old.idf"}}}


def test_ten_devices_share_a_link_equally(play):
    result = play(fleet=devices(10))
    assert times(result, State.VERIFY_PACKAGES) == [82.0] * 10


def test_downloads_beyond_the_connections_wait_first_come_first_served(play):
    result = play(
        {"devices_wait": "1 s"}, fleet=devices(5), network={"repository": {"connections": 2}}
    )
    columns = result.columns
    started = columns.device[columns.state == State.TRANSFER].tolist()
    assert started == [0, 1, 2, 3, 4]
    queued = set(columns.device[columns.state == State.QUEUEING].tolist())
    assert queued == {2, 3, 4}
    # two at a time on a link that gives one download 8 s: the pair ends together
    assert max(times(result, State.VERIFY_PACKAGES)) == pytest.approx(2 + 5 * 8, abs=0.01)


def test_a_repository_uplink_limits_all_sites_together(play):
    units = {name: {"devices": 1, "installed": "old.idf"} for name in "ABCD"}
    fleet = {"units": {"DE": {"devices": 0}, **units}}
    result = play(
        {"update": {"group": "IDF name = old"}},
        fleet=fleet,
        network={"repository": {"uplink": "100 Mbit/s"}},
    )
    assert times(result, State.VERIFY_PACKAGES) == [34.0] * 4


def test_a_devices_own_rate_limits_it_alone(play):
    fleet = {"units": {"DE": {"devices": 1, "installed": "old.idf", "device_rate": "10 Mbit/s"}}}
    assert times(play(fleet=fleet), State.VERIFY_PACKAGES) == [82.0]


def test_busy_hours_leave_less_of_the_link(play):
    sites = {"default": {"busy": {"mon-fri 08:00-18:00": "75 %"}}}
    assert times(play(network={"sites": sites}), State.VERIFY_PACKAGES) == [34.0]


def test_a_download_speeds_up_when_the_busy_hours_end(play):
    sites = {"default": {"link": "8 Mbit/s", "busy": {"mon 11:00-11:01": "50 %"}}}
    result = play(network={"sites": sites})
    # 58 s at 0.5 MB/s, the other 71 MB at 1 MB/s
    assert times(result, State.VERIFY_PACKAGES) == [131.0]


def test_a_link_fully_taken_carries_nothing_until_it_is_free(play):
    sites = {"default": {"busy": {"mon 11:00-12:00": "100 %"}}}
    patient = play(network={"sites": sites}, assumptions={"transfer_patience": "2 h"})
    assert times(patient, State.VERIFY_PACKAGES) == [3608.0]


@pytest.mark.parametrize("site", [{"link": "0 bit/s"}, {"busy": {"mon 11:00-12:00": "100 %"}}])
def test_a_download_that_stands_still_too_long_breaks(play, told, site):
    result = play(network={"sites": {"default": site}})
    assert told(result)[-1] == "302 FAILED transfer failed"


def test_the_meter_shows_every_byte_in_the_minute_it_passed(play):
    result = play(fleet=devices(30))
    assert result.load.size.sum() == 30 * 100_000_000
    assert result.load.minute.tolist() == [0, 60_000, 120_000, 180_000, 240_000]
    full = 12_500_000 * 60
    assert result.load.size[1:4] == pytest.approx([full] * 3, abs=60)
    peak = result.measures.peaks[1]
    assert (peak.link, round(peak.share, 3)) == ("DE", 1.0)


def test_a_transfer_broken_off_counts_what_it_carried(play):
    result = play(
        faults={"transfer": "100 %"}, chances={"transfer_fault_point": 0.25}, fleet=devices(3)
    )
    assert result.load.size.sum() == 3 * 25_000_000
    assert np.all(result.devices.bytes == 25_000_000 + 20_000)
