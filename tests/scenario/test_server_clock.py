"""Times of the server's clock, also where it shows one twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import fwsim
from fwsim.scenario.checks import findings
from fwsim.scenario.server_clock import read_instant

BERLIN = fwsim.Scenario.model_validate(
    {
        "zone": "Europe/Berlin",
        "start": "2021-10-30 22:00",
        "image": {"name": "new.idf", "packages": [{"name": "all", "size": "60 MB"}]},
        "fleet": {"units": {"DE": {"devices": 1, "site": "Main"}}},
        "network": {"sites": {"default": {"link": "1 Mbit/s"}, "Main": {"link": "1 Mbit/s"}}},
        "commands": [{"update": "DE"}],
    }
)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2021-10-31 02:30", 0),
        ("2021-10-31 02:30 +02:00", 0),
        ("2021-10-31 02:30 +01:00", 1),
        ("2021-10-31 02:30 (+01:00)", 1),
        ("2021-10-31T02:30:00+0100", 1),
        ("2021-10-30 19:30 -05:00", 0),
    ],
)
def test_a_time_that_the_clock_shows_twice_is_the_first_unless_its_offset_is_given(text, hour):
    assert read_instant(BERLIN, text) == datetime(2021, 10, 31, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2021-10-31 02:30 +1", "2021-10-31 02:30 +25:00", "+01:00"])
def test_what_is_no_offset_is_no_time(text):
    with pytest.raises(ValueError, match="is not a date and time"):
        read_instant(BERLIN, text)


def test_a_command_beyond_the_horizon_is_told_with_the_offsets_of_equal_times():
    entry = BERLIN.as_data()["commands"][0] | {"once": "2021-10-31 02:10"}
    late = BERLIN.as_data() | {
        "commands": [{key: value for key, value in entry.items() if key != "now"}],
        "horizon": "4 h 30 min",
        "assumptions": {"doubled_hour": "second"},
    }
    told = [text for _, text in findings(fwsim.Scenario.model_validate(late))]
    assert told == ["2021-10-31 02:10:00+01:00 lies after the horizon, 2021-10-31 02:30+02:00"]
