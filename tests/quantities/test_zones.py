"""Which zone was meant by a name that is none."""

from __future__ import annotations

import pytest

from fwsim.quantities.zones import zone_meant
from fwsim.scenario.values import read_zone


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("Europe/Zürich", "Europe/Zurich"),
        ("America/New York", "America/New_York"),
        ("Asia/Berlin", "Europe/Berlin"),
        # Cities that name no zone, though others are a little like them: Minsk is an hour off.
        ("Europe/Milan", None),
        ("Europe/Karlsruhe", None),
        ("Europe/Hamburg", None),
        ("America/Boston", None),
        ("MEZ", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Z", "UTC"),
        ("gmt", "GMT"),
        ("GMT Standard Time", "Europe/London"),
        ("standard", None),
        ("time", None),
        ("+01:00", "Etc/GMT-1"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT-5", "Etc/GMT+5"),
        ("+99:00", None),
    ],
)
def test_a_zone_is_meant_if_its_city_is_written_almost_so(name, zone):
    assert zone_meant(name) == (f"; did you mean {zone!r}?" if zone else "")


def test_another_word_that_would_have_done_may_be_meant():
    assert zone_meant("devise", ["device", "server"]) == "; did you mean 'device'?"


def test_what_is_no_name_is_not_taken_for_that_of_a_city():
    """``zone: ~`` is None in Python, which is nearly Nome."""
    with pytest.raises(ValueError, match="unknown time zone") as told:
        read_zone(None)
    assert "did you mean" not in str(told.value)
