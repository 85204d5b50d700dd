"""At the edge of what is taken both clocks say the same; beyond it the input is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fwsim
from fwsim.quantities.counts import (
    LARGEST_DURATION,
    LARGEST_FACTOR,
    LARGEST_RATE,
    LARGEST_SIZE,
)
from fwsim.run import prepare
from tests.compiled.side_by_side import assert_alike, both
from tests.tiers import at_length, in_both_tiers

CASES = sorted((Path(__file__).parent / "data" / "extremes").glob("*.yaml"))
DURATIONS = ["0 s", "1 ms", "59 s", "36500 d", "36501 d", "9223372036854775 s", f"{10**25} d"]
SIZES = ["0 B", "1 B", "999 kB", "8.99 TB", "9.01 TB", "1000 TB", "1001 TB", "9000000 TB"]
RATES = [
    "0 bit/s",
    "8 bit/s",
    "64 kbit/s",
    "999 Gbit/s",
    "1000 Gbit/s",
    "1001 Gbit/s",
    "80000 Tbit/s",
]
FACTORS = [0.0, 1e-300, 1.0, 999.0, 1000.0, 1e18, 1e300]
PLACES = {
    **{
        ("assumptions", name): DURATIONS
        for name in (
            "send_time",
            "ping_timeout",
            "connect_timeout",
            "wake_timeout",
            "keep_alive",
            "provider_patience",
            "transfer_patience",
            "idf_fetch_time",
            "idf_signature_time",
            "package_check_time",
            "format_time",
            "resume_time",
            "halt_time",
            "restart_time",
            "boot_time",
            "outage",
        )
    },
    **{("assumptions", name): RATES for name in ("lan_rate", "install_rate", "device_rate")},
    **{
        ("assumptions", name): SIZES
        for name in ("idf_size", "flash", "system_partition", "other_partitions")
    },
    ("assumptions", "install_spread"): FACTORS,
    ("network", "repository", "uplink"): RATES,
    ("network", "sites", "default", "link"): RATES,
    ("image", "packages", 0, "size"): SIZES,
    ("power", "office", "jitter"): DURATIONS,
    ("power", "office", "mean_time_between_losses"): DURATIONS,
    ("people", "office", "answer", "after"): DURATIONS,
    ("commands", 0, "devices_wait"): DURATIONS,
    ("commands", 0, "inform_user"): DURATIONS,
    ("assumptions", "delays", 0): DURATIONS,
    ("horizon",): ["1 ms", "2 h 1 min", "400 d", "401 d", "36500 d", f"{10**25} d"],
}
"""Where a quantity stands, and what is put there."""


def story():
    return {
        "zone": "Europe/Berlin",
        "start": "2024-01-01 08:00",
        "horizon": "1 d",
        "image": {
            "name": "new.idf",
            "packages": [{"name": "a", "size": "60 MB"}, {"name": "b", "size": "20 MB"}],
        },
        "firmware": {
            "reminder": {"deferments": 2, "delays": ["30 min", "2 h"]},
            "security": {"idf": True, "packages": True},
            "proxy": {"type": "dynamic"},
        },
        "fleet": {
            "units": {
                "DE": {"installed": "old.idf"},
                "DE/A": {"devices": 4, "people": "office", "power": "office"},
                "DE/B/*": {"devices": 2, "sites": 2},
            }
        },
        "network": {
            "repository": {"uplink": "100 Mbit/s", "connections": 10},
            "sites": {"default": {"link": "10 Mbit/s"}},
        },
        "people": {"office": {"present": "always", "answer": {"defer": "60 %", "after": "25 s"}}},
        "power": {"office": {"on": "mon-fri 07:30-18:00", "jitter": "20 min", "left_on": "35 %"}},
        "assumptions": {"delays": ["30 min", "2 h"]},
        "commands": [
            {
                "update": "DE",
                "subordinate_units": True,
                "inform_user": "5 min",
                "once": "2024-01-01 10:00",
            },
            {
                "update": "DE",
                "subordinate_units": True,
                "format_system_partition": True,
                "once": "2024-01-01 14:00",
            },
        ],
        "seed": 3,
    }


def put(data, place, value):
    here = data
    for part in place[:-1]:
        here = here[part]
    here[place[-1]] = value
    if place == ("assumptions", "delays", 0):  # what may be ticked, and is
        data["firmware"]["reminder"]["delays"] = [value]


def alike_or_refused(data):
    """Return whether the scenario is played; fail if the clocks differ."""
    try:
        rollout = prepare(fwsim.Scenario.model_validate(data))
    except fwsim.InputError:
        return False
    assert_alike(*both(rollout, 3))
    return True


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_once_ran_over_is_refused_with_its_place(path):
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.load(path)
    assert f"{path}:1:" in str(caught.value)


several = st.dictionaries(
    st.sampled_from(sorted(PLACES, key=str)), st.integers(0, 99), min_size=1, max_size=4
)


def play_extremes(chosen):
    data = story()
    for place, number in chosen.items():
        values = PLACES[place]
        put(data, place, values[number % len(values)])
    alike_or_refused(data)


@settings(max_examples=15)
@given(several)
def test_extreme_numbers_are_played_alike_or_refused(chosen):
    play_extremes(chosen)


@at_length(several)
def test_extreme_numbers_at_length(chosen):
    play_extremes(chosen)


@in_both_tiers("with_small", short=False, long=True)
@pytest.mark.parametrize("place", sorted(PLACES, key=str), ids=lambda p: ".".join(map(str, p)))
def test_the_largest_that_is_taken_is_played_alike_and_more_is_refused(place, with_small):
    """The short form leaves the smallest numbers out."""
    values = PLACES[place]
    played = []
    for value in values if with_small else values[2:]:
        data = story()
        put(data, place, value)
        played.append(alike_or_refused(data))
    assert not played[-1]
    assert any(played)


FULL_LINES = (
    st.lists(st.sampled_from([1, 10**6, 9 * 10**12]), min_size=1, max_size=3),
    st.sampled_from([8, 10**9, 10**12]),
    st.integers(1, 60),
)


def meter_a_full_line(sizes, bits, devices):
    """The meter counts what a line carries in a minute in millionths of a byte."""
    data = story()
    data["image"]["packages"] = [
        {"name": str(i), "size": f"{size // len(sizes)} B"} for i, size in enumerate(sizes)
    ]
    data["fleet"]["units"]["DE/A"]["devices"] = devices
    data["network"] = {
        "repository": {"uplink": f"{bits} bit/s"},
        "sites": {"default": {"link": "1000 Gbit/s"}},
    }
    data["assumptions"] |= {
        "device_rate": "1000 Gbit/s",
        "lan_rate": "1000 Gbit/s",
        "flash": "1000 TB",
        "system_partition": "500 TB",
    }
    assert alike_or_refused(data)


@pytest.mark.slow
@settings(max_examples=10)
@given(*FULL_LINES)
def test_as_much_as_a_line_can_carry_is_metered_alike(sizes, bits, devices):
    meter_a_full_line(sizes, bits, devices)


@at_length(*FULL_LINES, share=0.25)
def test_as_much_as_a_line_can_carry_is_metered_alike_at_length(sizes, bits, devices):
    meter_a_full_line(sizes, bits, devices)


def test_the_limits_are_round_numbers_that_are_told():
    assert LARGEST_DURATION == 36_500 * 86_400_000
    assert (LARGEST_SIZE, LARGEST_RATE * 8, LARGEST_FACTOR) == (10**15, 10**12, 1000.0)
