"""Times of the week: read as people write them, and when they hold on the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwsim.commands.schedule import Weekday
from fwsim.fleet.week import ALWAYS, NEVER, Week, Window, intervals, read_week

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("mon 08:00-17:30", [Window((MON,), 480, 1050)]),
        ("mon-fri 8:00-17:30", [Window((MON, TUE, WED, THU, FRI), 480, 1050)]),
        ("Sat-Mon 08:00 - 12:00", [Window((MON, SAT, SUN), 480, 720)]),
        ("mon,wed 08:00-09:00", [Window((MON, WED), 480, 540)]),
        ("08:00-09:00", [Window(tuple(Weekday), 480, 540)]),
        ("daily 00:00-24:00", [Window(tuple(Weekday), 0, 1440)]),
        ("fri 22:00-06:00", [Window((FRI,), 1320, 360)]),
        ("mon 08:00-09:00, sat 10:00-11:00", [Window((MON,), 480, 540), Window((SAT,), 600, 660)]),
        (
            "mon 08:00-09:00; 10:00-11:00",
            [Window((MON,), 480, 540), Window(tuple(Weekday), 600, 660)],
        ),
    ],
)
def test_what_people_write(text, windows):
    assert list(read_week(text).windows) == windows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("werktags 8-18 Uhr", "did you mean 'mon-fri 8:00-18:00'"),
        ("Mo-Fr 08:00-18:00, Sa 8-12", "did you mean 'mon-fri 08:00-18:00, sat 8:00-12:00'"),
        ("täglich 22:00-06:00", "did you mean 'mon-sun 22:00-06:00'"),
        ("mon..fri: 0800-1800", "did you mean 'mon-fri 08:00-18:00'"),
        (f"mon{' ' * 9}8-18{' ' * 9}h", "did you mean 'mon 8:00-18:00'"),  # at once, for many, too
        (
            "wed 18:00-fri 18:00",
            "did you mean 'wed 18:00-24:00, thu 00:00-24:00, fri 00:00-18:00'",
        ),
        (
            "Fr 20:00 bis Di 6:00, sat 10:00-12:00",
            "did you mean 'fri 20:00-24:00, sat-mon 00:00-24:00, tue 00:00-6:00, sat 10:00-12:00'",
        ),
        (
            "Mo 8 bis Fr 17",
            "did you mean 'mon-fri 8:00-17:00', the same on each day, or "
            "'mon 8:00-24:00, tue-thu 00:00-24:00, fri 00:00-17:00', without a break",
        ),
        ("montags bis freitags von 8 bis 17 Uhr", "did you mean 'mon-fri 8:00-17:00'"),
        ("Saturdays 8am-12:30 p.m.", "did you mean 'sat 8:00-12:30'"),
        ("sun 12am-13pm", "always, or never$"),
        ("tue 08:00 - tue 12:00", "did you mean 'tue 08:00-12:00'"),
        ("mon 00:00 - sat 00:00", "did you mean 'mon 00:00-24:00, tue-fri 00:00-24:00'"),
        ("sun 20:00 - mon 06:00", "did you mean 'sun 20:00-24:00, mon 00:00-06:00'"),
        ("fri 18:00-fri 08:00", "always, or never$"),  # all but ten hours: no fri 18:00-08:00
        ("tue 08:00-wed 12:99", "always, or never$"),
        ("weekdays", "are not times of the week"),
        ("", "are not times of the week"),
        ("mon", "are not times of the week"),
        ("mon 8-17", "are not times of the week"),
        (
            "mon-fry 08:00-17:00",
            "'fry' in 'mon-fry 08:00-17:00' is not a weekday; .*; did you mean 'fri'",
        ),
        ("mon 25:00-26:00", "'25:00' in 'mon 25:00-26:00' is not a time of day"),
        ("mon 08:60-09:00", "is not a time of day"),
        ("mon 08:00-08:00", "has no length"),
    ],
)
def test_what_is_no_time_of_the_week(text, message):
    with pytest.raises(ValueError, match=message):
        read_week(text)


def hours(text: str, start: str, days: float, zone: ZoneInfo = BERLIN) -> list[tuple[float, float]]:
    begin = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    found = intervals(read_week(text), zone, begin, begin + timedelta(days=days))
    return [(a / 3_600_000, b / 3_600_000) for a, b in found]


@pytest.mark.parametrize(
    ("text", "start", "days", "expected"),
    [
        ("always", "2018-08-20 11:00", 2, [(0, 48)]),
        ("never", "2018-08-20 11:00", 2, []),
        ("mon-fri 08:00-17:30", "2018-08-20 11:00", 2, [(0, 6.5), (21, 30.5), (45, 48)]),
        ("sun 22:00-06:00", "2018-08-20 00:00", 1, [(0, 6)]),
        ("mon 08:00-10:00, mon 09:00-12:00", "2018-08-20 00:00", 1, [(8, 12)]),
        ("mon 08:00-10:00, mon 10:00-12:00", "2018-08-20 00:00", 1, [(8, 12)]),
        # the clocks go forward: an hour less; back: an hour more
        ("sun 00:00-06:00", "2018-03-25 00:00", 1, [(0, 5)]),
        ("sun 00:00-06:00", "2018-10-28 00:00", 1, [(0, 7)]),
    ],
)
def test_when_it_holds(text, start, days, expected):
    assert hours(text, start, days) == expected


@pytest.mark.parametrize(
    ("zone", "skipped", "jump"),
    [  # a wall time in the gap, and the instant the clocks jump, in UTC
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
        ("America/Santiago", "2026-09-06 00:20", "2026-09-06 04:00"),
        ("America/Sao_Paulo", "2018-11-04 00:59", "2018-11-04 03:00"),
        ("Asia/Beirut", "2026-03-29 00:01", "2026-03-28 22:00"),
        ("Africa/Cairo", "2026-04-24 00:30", "2026-04-23 22:00"),
        ("Europe/Dublin", "2026-03-29 01:30", "2026-03-29 01:00"),
        ("Antarctica/Troll", "2026-03-29 01:45", "2026-03-29 01:00"),
        ("Pacific/Apia", "2011-12-30 13:00", "2011-12-30 10:00"),
    ],
)
def test_a_skipped_wall_time_is_the_instant_the_clocks_jump(zone, skipped, jump):
    wall, at = datetime.fromisoformat(skipped), datetime.fromisoformat(jump).replace(tzinfo=UTC)
    day = f"{wall:%a}".lower()
    begin, where = at - timedelta(hours=40), ZoneInfo(zone)

    def found(text):
        held = intervals(read_week(text), where, begin, at + timedelta(hours=40))
        return [tuple(begin + timedelta(milliseconds=edge) for edge in span) for span in held]

    ((since, _),) = found(f"{day} {wall:%H:%M}-23:58")[:1] or [(at, at)]
    assert since == at
    (*_, (_, until)) = found(f"{day} 00:00-{wall:%H:%M}") or [(at, at)]
    assert until == at
    # Two windows that meet in the gap hold together as long as one.
    assert found(f"{day} 00:00-{wall:%H:%M}, {day} {wall:%H:%M}-24:00") == found(
        f"{day} 00:00-24:00"
    )


def test_a_window_within_the_gap_holds_never():
    assert hours("sun 02:10-02:50", "2026-03-29 00:00", 1) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # of two equal times the first: 02:30 comes after 2.5 h and again after 3.5 h
        ("sun 02:30-02:45", [(2.5, 2.75)]),
        ("sun 01:00-02:30", [(1, 2.5)]),
        ("sun 02:30-04:00", [(2.5, 5)]),
        ("sun 02:00-03:00", [(2, 4)]),
    ],
)
def test_of_two_equal_wall_times_the_first_counts(text, expected):
    assert hours(text, "2026-10-25 00:00", 1) == expected


windows = st.builds(
    lambda first, last, start, length: (
        f"{first.name.lower()}-{last.name.lower()} "
        f"{start // 60:02d}:{start % 60:02d}-"
        f"{(start + length) % 1440 // 60:02d}:{(start + length) % 60:02d}"
    ),
    st.sampled_from(Weekday),
    st.sampled_from(Weekday),
    st.integers(0, 1439),
    st.integers(1, 1439),
)


def holds(week: Week, wall: datetime) -> bool:
    """Look at one minute of the wall clock, the plain way."""
    minute = wall.hour * 60 + wall.minute
    for window in week.windows:
        today, yesterday = (Weekday((wall.weekday() - back) % 7) in window.days for back in (0, 1))
        over_midnight = window.end <= window.start
        if today and window.start <= minute and (over_midnight or minute < window.end):
            return True
        if yesterday and over_midnight and minute < window.end:
            return True
    return False


@settings(max_examples=12)
@given(st.lists(windows, min_size=1, max_size=3).map(", ".join))
def test_intervals_agree_with_a_look_at_every_minute(text):
    begin = datetime(2018, 8, 20, 9, 17, tzinfo=UTC)
    week = read_week(text)
    found = intervals(week, ZoneInfo("UTC"), begin, begin + timedelta(days=3))
    assert all(a < b for a, b in found)
    assert all(b < c for (_, b), (c, _) in pairwise(found))
    inside = {m for a, b in found for m in range(a // 60_000, b // 60_000)}
    assert inside == {
        m
        for m in range(3 * 1440)
        if holds(week, (begin + timedelta(minutes=m)).replace(tzinfo=None))
    }


def test_always_and_never():
    assert ALWAYS.is_always
    assert read_week("Always") == ALWAYS
    assert read_week("never") == NEVER


def test_two_times_of_one_clock_are_as_far_apart_as_time_runs():
    begin, end = (datetime(2026, 10, day, 12, tzinfo=BERLIN) for day in (24, 25))
    hour = 3_600_000
    assert intervals(ALWAYS, BERLIN, begin, end) == [(0, 25 * hour)]
    assert intervals(read_week("sun 00:00-24:00"), BERLIN, begin, end) == [(12 * hour, 25 * hour)]
