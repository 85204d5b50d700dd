"""An update partition never holds more than it has room for, on either clock."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.run import prepare
from tests.compiled.side_by_side import assert_alike, both

STATIC = {"type": "static", "device": "DE/A/A-1"}


@pytest.mark.parametrize("room", ["100 MB", "200 MB"])
def test_what_is_fetched_for_neighbours_during_a_delivery_gives_way_to_it(room):
    """60 MB and 50 MB: who asks later finds what neighbours had only if both have room."""
    sizes = {"old": "10 MB", "new": "60 MB", "third": "50 MB"}
    others = {"site": "s", "installed": "old.idf", "firmware": {"image_file": "third.idf"}}
    free = {"100 MB": "1.55 GB", "200 MB": "1.45 GB"}[room]
    data = {
        "zone": "UTC",
        "start": "2018-08-20 11:00",
        "horizon": "4 h",
        "images": {
            name: {"name": f"{name}.idf", "packages": [{"name": name, "size": size}]}
            for name, size in sizes.items()
        },
        "firmware": {"image_file": "new.idf", "proxy": STATIC},
        "fleet": {
            "units": {
                "DE/A": {"devices": 1, "site": "s", "installed": "old.idf", "flash": "4 GB"},
                "DE/B": {"devices": 1, **others},
                "DE/C": {"devices": 1, **others},
            }
        },
        "network": {"sites": {name: {"link": "1 Mbit/s"} for name in ("s", "default")}},
        "commands": [
            {"delivery": "DE/A"},
            {"update": "DE/B", "once": "2018-08-20 11:01"},
            {"update": "DE/C", "once": "2018-08-20 13:00"},
        ],
        "assumptions": {"other_partitions": free},
        "doubt": "none",
    }
    first, second = both(prepare(fwsim.Scenario.model_validate(data)), 1)
    assert_alike(first, second)
    assert (second.log.state == State.SUCCESS).sum() == 3
    assert second.load.size.sum() == (160_000_000 if room == "100 MB" else 110_000_000)
