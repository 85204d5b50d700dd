"""The time that the name of an export tells."""

import pytest

import fwsim
from fwsim.observations.reading import read_observed
from fwsim.observations.time_in_name import time_in_name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("states-2026-11-02T09-15", "2026-11-02T09:15:00"),
        ("rollout-2026-10-02_2026-10-02T10-00", "2026-10-02T10:00:00"),
        ("rollout-20261002_20261002T1000", "2026-10-02T10:00:00"),
        ("2026-10-02_20-26-10", "2026-10-02T20:26:10"),
        ("20261002202610", "2026-10-02T20:26:10"),
        ("2026-10-02T06-00_to_2026-10-02T10-00", "2026-10-02T10:00:00"),
        ("2026-10-02_06-00-2026-10-02_10-00", "2026-10-02T10:00:00"),
        ("2026-10-02T10-00Z", "2026-10-02T10:00:00+00:00"),
        ("2026-10-02 10-00 UTC", "2026-10-02T10:00:00+00:00"),
        ("2026-10-02T10-00+0200", "2026-10-02T10:00:00+02:00"),
        ("2026-10-02T10-00+02-00", "2026-10-02T10:00:00+02:00"),
        ("2026-10-02_10-00_CEST", "2026-10-02T10:00:00+02:00"),
        ("2026-10-02 9-15 PM", "2026-10-02T21:15:00"),
        ("2026-10-02 at 12.15.20 AM", "2026-10-02T00:15:20"),
        ("02.10.2026 10.00 Uhr", "2026-10-02T10:00:00"),
        ("2026-10-02T10-00 (1)", "2026-10-02T10:00:00"),
        ("2026-10-02_1000_TEST", "2026-10-02T10:00:00"),
        ("2026-10-02", None),
        ("2026-10-02-100", None),
        ("states", None),
    ],
)
def test_what_is_plain_is_read(name, told):
    assert time_in_name(f"{name}.csv") == told


@pytest.mark.parametrize(
    "name",
    [
        "2026-10-02T10-00-0500",
        "2026-10-02T10-00-05-00",
        "2026-10-02T1000-01",
        "2026-10-02T10-00 UTC+2",
        "2026-10-02T10-00 EST",
        "2026-10-02 15-15 AM",
        "2026-10-02T24-00",
        "2026-10-02T10-00-of-2026-10-01T22-00",
        "2026-10-02T10-00_2026-10-02T11-00Z",
    ],
)
def test_what_is_not_plain_is_none(name):
    with pytest.raises(ValueError, match="tells"):
        time_in_name(f"{name}.csv")


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        ("2026-10-02T10-00-0500", "several ways"),
        ("2026-02-30T10-00", "never was"),
        ("2026-03-29T02-30", "never was"),
    ],
)
def test_an_export_whose_name_is_not_plain_is_refused_with_what_to_write(tmp_path, at, fault):
    path = tmp_path / f"states-{at}.csv"
    path.write_text("Device,Update State\nTC-1,Deferred\n")
    with pytest.raises(fwsim.InputError, match=f"{fault}.*; expected for example states-2026"):
        read_observed(path, zone="Europe/Berlin")
