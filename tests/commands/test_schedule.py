"""Schedules against a second opinion: every quarter of an hour is looked at on the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
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
    read_time_of_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = tuple(Weekday)
SKIP, AFTER_GAP = SkippedHour.SKIP, SkippedHour.AFTER_GAP
FIRST, SECOND = DoubledHour.FIRST, DoubledHour.SECOND
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00", time(9)),
        ("09:00", time(9)),
        ("0:00", time(0)),
        ("23:59:59", time(23, 59, 59)),
        ("24:00", None),
        ("9:60", None),
        ("9:00:60", None),
        ("9", None),
        ("9:0", None),
        ("9:00 ", None),
        ("9:00:00.5", None),
        ("-9:00", None),
        ("009:00", None),
        ("９:00", None),
        ("", None),
    ],
)
def test_times_of_day(text, expected):
    assert read_time_of_day(text) == expected


@pytest.mark.parametrize(
    ("zone", "wall", "first", "second"),
    [
        ("Europe/Berlin", "2018-10-28 02:30", "00:30", "01:30"),
        ("America/New_York", "2018-11-04 01:30", "05:30", "06:30"),
        ("Australia/Lord_Howe", "2018-04-01 01:45", "14:45", "15:15"),
        ("Europe/Berlin", "2018-10-28 01:59", "23:59", "23:59"),
        ("Europe/Berlin", "2018-10-28 03:00", "02:00", "02:00"),
    ],
)
def test_a_time_that_comes_twice_is_taken_once(zone, wall, first, second):
    at = datetime.fromisoformat(wall)
    for choice, expected in ((FIRST, first), (SECOND, second)):
        found = instant_of(at, ZoneInfo(zone), doubled_hour=choice)
        assert f"{found:%H:%M}" == expected


@pytest.mark.parametrize(
    ("zone", "wall", "after_gap"),
    [
        ("Europe/Berlin", "2018-03-25 02:30", "2018-03-25 03:00"),
        ("Europe/Berlin", "2018-03-25 02:00", "2018-03-25 03:00"),
        ("Europe/Berlin", "2018-03-25 02:59:59", "2018-03-25 03:00"),
        ("America/New_York", "2018-03-11 02:30", "2018-03-11 03:00"),
        ("Australia/Lord_Howe", "2018-10-07 02:15", "2018-10-07 02:30"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-31 00:00"),
        ("America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04 01:00"),
    ],
)
@pytest.mark.parametrize("doubled_hour", DoubledHour)
def test_a_time_that_is_jumped_over_is_moved_or_left_out(zone, wall, after_gap, doubled_hour):
    at, there = datetime.fromisoformat(wall), ZoneInfo(zone)
    moved = instant_of(at, there, skipped_hour=AFTER_GAP, doubled_hour=doubled_hour)
    assert moved is not None
    assert moved.astimezone(there).replace(tzinfo=None) == datetime.fromisoformat(after_gap)
    assert instant_of(at, there, skipped_hour=SKIP, doubled_hour=doubled_hour) is None


@pytest.mark.parametrize("wall", ["2018-03-25 01:59:59", "2018-03-25 03:00"])
def test_times_at_the_edge_of_a_gap_are_there(wall):
    at = datetime.fromisoformat(wall)
    assert instant_of(at, BERLIN, skipped_hour=SKIP) == at.replace(tzinfo=BERLIN)


def test_a_time_moved_onto_another_one_runs_once():
    """Apia's 30 December is moved to the midnight at which the 31st runs anyway."""
    apia = ZoneInfo("Pacific/Apia")
    start = datetime(2011, 12, 29, tzinfo=UTC)
    every = Every(time(0), (), (30, 31))
    one = [datetime(2011, 12, 30, 10, tzinfo=UTC)]
    assert firings(every, apia, start, start + timedelta(days=3)) == one
    assert firings(every, apia, start, start + timedelta(days=3), skipped_hour=SKIP) == one


def test_a_time_moved_over_midnight_runs_in_a_period_that_starts_there():
    apia = ZoneInfo("Pacific/Apia")
    start = datetime(2011, 12, 30, 10, tzinfo=UTC)  # 31 December, 0:00
    assert firings(Every(time(9), (), (30,)), apia, start, start + QUARTER) == [start]


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every(time(9), (), (29,)), ["01-29", "02-29", "03-29"]),
        (Every(time(9), (), (30,)), ["01-30", "03-30"]),
        (Every(time(9), (), (31,)), ["01-31", "03-31"]),
        (
            Every(time(9), (), (31, 30, 29)),
            ["01-29", "01-30", "01-31", "02-29", "03-29", "03-30", "03-31"],
        ),
        # 2020-01-06 and 2020-03-30 are Mondays
        (
            Every(time(9), (Weekday.MON,), (6, 30)),
            [
                "01-06",
                "01-13",
                "01-20",
                "01-27",
                "01-30",
                "02-03",
                "02-06",
                "02-10",
                "02-17",
                "02-24",
                "03-02",
                "03-06",
                "03-09",
                "03-16",
                "03-23",
                "03-30",
            ],
        ),
    ],
)
def test_the_first_quarter_of_a_leap_year(every, expected):
    found = firings(
        every, BERLIN, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 4, 1, tzinfo=UTC)
    )
    assert [f"{at.astimezone(BERLIN):%m-%d %H:%M}" for at in found] == [
        f"{day} 09:00" for day in expected
    ]


@pytest.mark.parametrize(("year", "days"), [(1900, 28), (2000, 29), (2019, 28), (2020, 29)])
def test_the_29th_of_february_is_there_in_leap_years_only(year, days):
    start = datetime(year, 2, 1, tzinfo=UTC)
    found = firings(
        Every(time(9), (), (28, 29)), ZoneInfo("UTC"), start, start + timedelta(days=29)
    )
    assert max(at.day for at in found if at.month == 2) == days


NOON = datetime(2018, 8, 20, 12, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    "schedule", [Once(NOON.replace(tzinfo=None)), Every(time(12), (Weekday.MON,))]
)
@pytest.mark.parametrize(
    ("start", "end", "runs"), [(0, 1, True), (-1, 1, True), (-1, 0, False), (1, 2, False)]
)
def test_the_start_belongs_and_the_end_does_not(schedule, start, end, runs):
    second = timedelta(seconds=1)
    found = firings(schedule, ZoneInfo("UTC"), NOON + start * second, NOON + end * second)
    assert found == [NOON] * runs


@pytest.mark.parametrize(
    "schedule", [Now(), Once(NOON.replace(tzinfo=None)), Every(time(12), DAILY)]
)
def test_nothing_runs_in_no_time(schedule):
    assert firings(schedule, BERLIN, NOON, NOON) == []


def test_now_runs_at_the_start_told_in_utc():
    start = datetime(2018, 8, 20, 9, tzinfo=BERLIN)
    (found,) = firings(Now(), ZoneInfo("UTC"), start, start + timedelta(days=1))
    assert (found, found.tzinfo) == (start, UTC)


def test_now_runs_between_two_times_of_the_doubled_hour():
    start = datetime(2018, 10, 28, 2, 30, tzinfo=BERLIN)
    end = datetime(2018, 10, 28, 2, 10, tzinfo=BERLIN, fold=1)
    assert firings(Now(), BERLIN, start, end) == [start.astimezone(UTC)]


@pytest.mark.parametrize(
    ("zone", "at"),
    [("Europe/Berlin", datetime(1, 1, 1)), ("America/New_York", datetime(9999, 12, 31, 23))],
)
def test_a_time_at_the_edge_of_the_calendar_is_missed(zone, at):
    assert firings(Once(at), ZoneInfo(zone), NOON, NOON + timedelta(days=1)) == []


def test_an_every_keeps_its_days_sorted_and_without_repeats():
    every = Every(time(9), (Weekday.SUN, Weekday.MON, Weekday.SUN), (15, 1, 15))
    assert every == Every(time(9), (Weekday.MON, Weekday.SUN), (1, 15))
    assert (every.weekdays, every.days) == ((Weekday.MON, Weekday.SUN), (1, 15))


def test_weekdays_are_numbered_as_dates_number_them():
    monday = date(2018, 8, 20)
    assert tuple((monday + timedelta(days=n)).weekday() for n in range(7)) == DAILY


SPRING = datetime(2018, 3, 24, 12, tzinfo=UTC)
APIA, DAY_LEFT_OUT = ZoneInfo("Pacific/Apia"), datetime(2011, 12, 29, 12, tzinfo=UTC)
# Days on which clocks change, so that examples meet them often.
ZONES = {
    "UTC": "2018-03-25",
    "Europe/Berlin": "2018-03-25",
    "America/New_York": "2018-11-04",
    "America/St_Johns": "2018-03-11",
    "America/Sao_Paulo": "2018-11-04",
    "Australia/Lord_Howe": "2018-10-07",
    "Pacific/Apia": "2011-12-30",
    "Asia/Kathmandu": "2018-03-25",
}
schedules = st.builds(
    Every,
    st.builds(time, st.sampled_from([0, 1, 2, 3, 9, 23]), st.sampled_from([0, 15, 30, 45])),
    st.lists(st.sampled_from(Weekday), max_size=3).map(tuple),
    st.lists(st.integers(1, 31), min_size=1, max_size=4).map(tuple),
) | st.builds(
    Every,
    st.builds(time, st.sampled_from([0, 1, 2, 3]), st.sampled_from([0, 15, 30, 45])),
    st.just(DAILY),
)


@st.composite
def periods(draw) -> tuple[ZoneInfo, datetime, datetime]:
    zone, change = draw(st.sampled_from(sorted(ZONES.items())))
    start = datetime.fromisoformat(change).replace(tzinfo=UTC)
    start -= draw(st.integers(0, 4 * 96)) * QUARTER
    return ZoneInfo(zone), start, start + draw(st.integers(0, 10 * 96)) * QUARTER


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the wall clock shows."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def matches(every: Every, wall: datetime) -> bool:
    """Tell whether a schedule names what the wall clock shows."""
    named = wall.weekday() in every.weekdays or wall.day in every.days
    return named and wall.time() == every.at


def comes_again(at: datetime, zone: ZoneInfo, step: int) -> bool:
    """Tell whether the clock shows the same time again later (`step` 1) or before (-1)."""
    wall = shown(at, zone)
    return any(shown(at + step * n * QUARTER, zone) == wall for n in range(1, 9))


@settings(max_examples=30)
@given(schedules, periods(), st.sampled_from(DoubledHour))
def test_a_schedule_runs_whenever_the_wall_clock_says_so_and_never_else(every, period, doubled):
    zone, start, end = period
    step = -1 if doubled is FIRST else 1
    quarters = (start + n * QUARTER for n in range((end - start) // QUARTER))
    expected = [
        at for at in quarters if matches(every, shown(at, zone)) and not comes_again(at, zone, step)
    ]
    assert firings(every, zone, start, end, skipped_hour=SKIP, doubled_hour=doubled) == expected


@settings(max_examples=30)
@given(schedules, periods())
@example(Every(time(2, 30), DAILY), (BERLIN, SPRING, SPRING + timedelta(days=1)))
@example(Every(time(0, 15), DAILY), (APIA, DAY_LEFT_OUT, DAY_LEFT_OUT + timedelta(days=2)))
def test_what_is_moved_runs_at_the_very_end_of_a_gap(every, period):
    zone, start, end = period
    plain = firings(every, zone, start, end, skipped_hour=SKIP)
    found = firings(every, zone, start, end, skipped_hour=AFTER_GAP)
    assert set(plain) <= set(found)
    for at in set(found) - set(plain):
        gap = shown(at, zone) - shown(at - timedelta(seconds=1), zone)
        assert gap > timedelta(seconds=1)


@given(schedules, periods(), st.integers(0, 10 * 96), st.sampled_from(SkippedHour))
def test_periods_that_follow_one_another_share_no_firing_and_lose_none(every, period, n, skipped):
    zone, start, end = period
    middle = min(start + n * QUARTER, end)
    parts = [
        firings(every, zone, a, b, skipped_hour=skipped)
        for a, b in ((start, middle), (middle, end))
    ]
    whole = firings(every, zone, start, end, skipped_hour=skipped)
    assert parts[0] + parts[1] == whole
    assert all(a < b for a, b in pairwise(whole))
