"""Times of the clock as text, against the standard library, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fwsim.results.run.cells import cells
from fwsim.results.run.stamps import (
    console_stamp_texts,
    console_stamps,
    iso_stamp_texts,
    told_stamps,
)
from tests.results.run.without_arrow import with_and_without_arrow


@dataclass
class Clock:
    start: datetime
    zone: ZoneInfo


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29 01:00"),
        ("Australia/Lord_Howe", "2026-10-03 15:30"),
        ("Pacific/Apia", "2011-12-30 10:00"),
        ("Asia/Kathmandu", "2026-01-01 00:00"),
        # at 00:01 on the clock
        ("America/St_Johns", "2011-03-13 03:31"),
        ("Asia/Gaza", "2012-03-29 22:00"),
    ],
)
def test_stamps_are_those_of_the_zone_to_the_millisecond(zone, change):
    clock = Clock(datetime.fromisoformat(change).replace(tzinfo=UTC), ZoneInfo(zone))
    around = [-3_600_000, -60_001, -60_000, -1, 0, 1, 60_000, 3_600_000]
    expected = [
        (clock.start + timedelta(milliseconds=ms))
        .astimezone(clock.zone)
        .isoformat(timespec="milliseconds")
        for ms in around
    ]
    times = np.array(around, np.int64)
    for _ in with_and_without_arrow():
        assert cells().listed(iso_stamp_texts(clock, times)) == expected
        shown = cells().listed(console_stamp_texts(clock, times))
        assert shown == console_stamps(clock, times)


@pytest.mark.parametrize(
    ("zone", "start", "told"),
    [
        (
            "Europe/Berlin",
            "2026-10-25 00:00",
            ["02:00:00+02:00", "02:59:59+02:00", "02:00:00+01:00", "02:59:59+01:00", "03:00:00"],
        ),
        (
            "Australia/Lord_Howe",  # set back by half an hour
            "2026-04-04 14:30",
            ["01:30:00+11:00", "01:59:59+10:30", "02:00:00", "02:59:59", "03:00:00"],
        ),
        (
            "Europe/Berlin",  # set forward: none is shown twice
            "2026-03-29 00:30",
            ["01:30:00", "03:29:59", "03:30:00", "04:29:59", "04:30:00"],
        ),
    ],
)
def test_of_two_times_shown_alike_a_stamp_says_which_it_is(zone, start, told):
    clock = Clock(datetime.fromisoformat(start).replace(tzinfo=UTC), ZoneInfo(zone))
    times = np.array([0, 3_599_999, 3_600_000, 7_199_999, 7_200_000], np.int64)
    assert [stamp[11:] for stamp in told_stamps(clock, times)] == told
    shorter = told_stamps(clock, times, places=16)
    assert [stamp[11:] for stamp in shorter] == [part[:5] + part[8:] for part in told]
