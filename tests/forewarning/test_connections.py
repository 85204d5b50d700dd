"""Thin lines that hold all connections of the repository are told of before they do."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.messages import GERMAN, speaking
from fwsim.run import warnings_of

DELIVERY = {"delivery": "DE", "subordinate_units": True}


def told(connections=20, command=DELIVERY, sites=10, hubs=None):
    scenario = fwsim.Scenario.model_validate(
        {
            "zone": "UTC",
            "start": "2024-01-01 08:00",
            "horizon": "2 d",
            "image": {"name": "n.idf", "packages": [{"name": "a", "size": "450 MB"}]},
            "fleet": {"units": {"DE/*": {"devices": 10, "sites": sites, "installed": "o.idf"}}},
            "network": {
                "repository": {"connections": connections, "uplink": "1 Gbit/s"},
                "sites": {"default": {"link": "10 Mbit/s"}},
                "hubs": hubs or {},
            },
            "commands": [command],
        }
    )
    return [text for text in map(str, warnings_of(scenario)) if "connections" in text]


def test_two_sites_at_a_time_take_five_times_as_long_as_all_at_once():
    """Each site's line carries its 4.5 GB in an hour."""
    (text,) = told()
    assert text.endswith(
        "100 devices download, 20 at a time (network.repository.connections): those of a few "
        "sites can hold all connections, so it may take as long as 5 h 00 min; the lines alone "
        "need 1 h 00 min"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"connections": 100},
        {"connections": 40},  # three times as long is still for the user to judge
        {"sites": 2},  # all are served at once
        {"command": {**DELIVERY, "devices_wait": "5 min"}},  # one comes when another is done
        {"command": {"update": "DE", "subordinate_units": True, "inform_user": "5 min"}},
        {"hubs": {"H": {"link": "20 Mbit/s", "sites": ["DE/*"]}}},  # the hub carries no more
    ],
    ids=[
        "enough",
        "nearly enough",
        "few devices",
        "one by one",
        "users answer at any time",
        "a thin hub",
    ],
)
def test_nothing_is_told_where_connections_are_not_what_it_waits_for(changes):
    assert told(**changes) == []


def test_a_german_warning_has_no_english_nouns_in_it():
    with speaking(GERMAN):
        (text,) = told()
    assert text.endswith(
        "100 Geräte laden, 20 gleichzeitig (network.repository.connections): Die Geräte weniger "
        "Standorte belegen alle Verbindungen, daher kann es bis zu 5 h 00 min dauern; die "
        "Leitungen allein brauchen 1 h 00 min"
    )
