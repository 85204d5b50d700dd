"""When commands run: unions, short months, and clocks that change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.schedule import (
    DoubledHour,
    Every,
    Now,
    Once,
    SkippedHour,
    Weekday,
    firings,
    instant_of,
)

BERLIN = ZoneInfo("Europe/Berlin")


def local(schedule, zone, start, end, **choices) -> list[str]:
    """Return firings between two wall-clock times as wall-clock text."""
    first, last = (
        datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC) for text in (start, end)
    )
    found = firings(schedule, zone, first, last, **choices)
    return [at.astimezone(zone).strftime("%m-%d %H:%M%z") for at in found]


def test_now_is_the_start():
    start = datetime(2018, 8, 20, 9, tzinfo=UTC)
    assert firings(Now(), BERLIN, start, start + timedelta(days=1)) == [start]


def test_once_before_the_start_is_missed_and_the_end_does_not_belong():
    at = Once(datetime(2018, 8, 20, 12))
    assert local(at, BERLIN, "2018-08-20 12:00", "2018-08-21") == ["08-20 12:00+0200"]
    assert local(at, BERLIN, "2018-08-20 12:01", "2018-08-21") == []
    assert local(at, BERLIN, "2018-08-20", "2018-08-20 12:00") == []


def test_weekdays_and_days_are_a_union_with_one_firing_where_they_meet():
    """The manual's example: each Monday, each 1st and 15th at 9:00; 2018-10-01 is a Monday."""
    every = Every(time(9), (Weekday.MON,), (1, 15))
    assert local(every, ZoneInfo("UTC"), "2018-09-30", "2018-10-17") == [
        "10-01 09:00+0000",
        "10-08 09:00+0000",
        "10-15 09:00+0000",
    ]


@pytest.mark.parametrize(
    ("day", "year", "months"),
    [
        (29, 2018, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (29, 2020, list(range(1, 13))),
        (30, 2018, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (31, 2018, [1, 3, 5, 7, 8, 10, 12]),
    ],
)
def test_a_month_without_the_day_is_left_out(day, year, months):
    found = firings(
        Every(time(9), (), (day,)),
        BERLIN,
        datetime(year, 1, 1, tzinfo=UTC),
        datetime(year + 1, 1, 1, tzinfo=UTC),
    )
    assert [at.month for at in found] == months


NIGHT = Every(time(2, 30), tuple(Weekday))


@pytest.mark.parametrize(
    ("zone", "start", "end", "choices", "expected"),
    [
        ("Europe/Berlin", "2018-03-25 00:00", "2018-03-25 12:00", {}, ["03-25 03:00+0200"]),
        (
            "Europe/Berlin",
            "2018-03-25 00:00",
            "2018-03-25 12:00",
            {"skipped_hour": SkippedHour.SKIP},
            [],
        ),
        ("Europe/Berlin", "2018-10-28 00:00", "2018-10-28 12:00", {}, ["10-28 02:30+0200"]),
        (
            "Europe/Berlin",
            "2018-10-28 00:00",
            "2018-10-28 12:00",
            {"doubled_hour": DoubledHour.SECOND},
            ["10-28 02:30+0100"],
        ),
        ("America/New_York", "2018-03-11 00:00", "2018-03-11 12:00", {}, ["03-11 03:00-0400"]),
        # half an hour forward from 2:00 to 2:30: the time is there
        ("Australia/Lord_Howe", "2018-10-07 00:00", "2018-10-07 12:00", {}, ["10-07 02:30+1100"]),
        ("Asia/Kolkata", "2018-03-25 00:00", "2018-03-25 12:00", {}, ["03-25 02:30+0530"]),
    ],
)
def test_hours_that_are_skipped_or_come_twice(zone, start, end, choices, expected):
    assert local(NIGHT, ZoneInfo(zone), start, end, **choices) == expected


def test_a_day_that_a_zone_leaves_out_means_the_first_moment_after_it():
    """Samoa went from 29 to 31 December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    found = local(Every(time(9), (), (30,)), apia, "2011-12-28", "2012-01-05")
    assert found == ["12-31 00:00+1400"]
    midnight = Every(time(0), (), (30, 31))
    assert local(midnight, apia, "2011-12-28", "2012-01-05") == ["12-31 00:00+1400"]


zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"]
).map(ZoneInfo)


@given(
    st.builds(
        Every,
        st.times().map(lambda at: at.replace(microsecond=0)),
        st.lists(st.sampled_from(Weekday), min_size=1).map(tuple),
        st.lists(st.integers(1, 31)).map(tuple),
    ),
    zones,
    st.datetimes(datetime(2015, 1, 1), datetime(2025, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),
    st.integers(0, 60 * 24 * 40),
)
def test_firings_increase_lie_inside_and_show_the_scheduled_time(schedule, zone, start, minutes):
    end = start + timedelta(minutes=minutes)
    found = firings(schedule, zone, start, end)
    assert all(a < b for a, b in pairwise(found))
    for at in found:
        assert start <= at < end
        wall = at.astimezone(zone)
        jumped = (at - timedelta(seconds=1)).astimezone(zone).utcoffset() != wall.utcoffset()
        assert wall.time() == schedule.at or jumped
        assert wall.weekday() in schedule.weekdays or wall.day in schedule.days or jumped


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Every(time(9)),
        lambda: Every(time(9), (), (0,)),
        lambda: Every(time(9), (), (32,)),
        lambda: Every(time(9, tzinfo=UTC), (Weekday.MON,)),
        lambda: Every(time(9, 0, 0, 1), (Weekday.MON,)),
        lambda: Once(datetime(2018, 1, 1, tzinfo=UTC)),
    ],
)
def test_schedules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"every|wall-clock"):
        wrong()


def test_an_instant_is_found_to_the_second():
    at = instant_of(datetime(2018, 3, 25, 2, 30), BERLIN)
    assert at == datetime(2018, 3, 25, 1, 0, tzinfo=UTC)
