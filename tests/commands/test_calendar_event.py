"""Calendar events: the rules of systemd.time(7), each with its next five firings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.calendar_event import elapses, read_calendar_event
from fwsim.commands.schedule import SkippedHour

BERLIN = ZoneInfo("Europe/Berlin")


def next_five(text: str, start: str = "2018-08-20 11:00", zone: ZoneInfo = BERLIN) -> list[str]:
    """Return the next five firings after a wall-clock time, a Monday unless another is given."""
    begin = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    found = elapses(read_calendar_event(text), zone, begin, begin + timedelta(days=4000))
    return [at.astimezone(zone).strftime("%y-%m-%d %H:%M:%S") for at in islice(found, 5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("minutely", ["18-08-20 11:00:00", "18-08-20 11:01:00", "18-08-20 11:02:00",
                      "18-08-20 11:03:00", "18-08-20 11:04:00"]),
        ("hourly", ["18-08-20 11:00:00", "18-08-20 12:00:00", "18-08-20 13:00:00",
                    "18-08-20 14:00:00", "18-08-20 15:00:00"]),
        ("daily", ["18-08-21 00:00:00", "18-08-22 00:00:00", "18-08-23 00:00:00",
                   "18-08-24 00:00:00", "18-08-25 00:00:00"]),
        ("weekly", ["18-08-27 00:00:00", "18-09-03 00:00:00", "18-09-10 00:00:00",
                    "18-09-17 00:00:00", "18-09-24 00:00:00"]),
        ("monthly", ["18-09-01 00:00:00", "18-10-01 00:00:00", "18-11-01 00:00:00",
                     "18-12-01 00:00:00", "19-01-01 00:00:00"]),
        ("quarterly", ["18-10-01 00:00:00", "19-01-01 00:00:00", "19-04-01 00:00:00",
                       "19-07-01 00:00:00", "19-10-01 00:00:00"]),
        ("semiannually", ["19-01-01 00:00:00", "19-07-01 00:00:00", "20-01-01 00:00:00",
                          "20-07-01 00:00:00", "21-01-01 00:00:00"]),
        ("yearly", ["19-01-01 00:00:00", "20-01-01 00:00:00", "21-01-01 00:00:00",
                    "22-01-01 00:00:00", "23-01-01 00:00:00"]),
        ("18:00", ["18-08-20 18:00:00", "18-08-21 18:00:00", "18-08-22 18:00:00",
                   "18-08-23 18:00:00", "18-08-24 18:00:00"]),
        ("18:00:30", ["18-08-20 18:00:30", "18-08-21 18:00:30", "18-08-22 18:00:30",
                      "18-08-23 18:00:30", "18-08-24 18:00:30"]),
        ("Mon..Fri 18:00", ["18-08-20 18:00:00", "18-08-21 18:00:00", "18-08-22 18:00:00",
                            "18-08-23 18:00:00", "18-08-24 18:00:00"]),
        ("Fri..Mon 18:00", ["18-08-20 18:00:00", "18-08-24 18:00:00", "18-08-25 18:00:00",
                            "18-08-26 18:00:00", "18-08-27 18:00:00"]),
        ("Sat,Sun", ["18-08-25 00:00:00", "18-08-26 00:00:00", "18-09-01 00:00:00",
                     "18-09-02 00:00:00", "18-09-08 00:00:00"]),
        ("mon,Thu..saturday 9:00", ["18-08-23 09:00:00", "18-08-24 09:00:00", "18-08-25 09:00:00",
                                    "18-08-27 09:00:00", "18-08-30 09:00:00"]),
        ("Thu,Fri 2012-*-1,5 11:12:13", []),
        ("Thu,Fri 2019-*-1,5 11:12:13", ["19-02-01 11:12:13", "19-03-01 11:12:13",
                                         "19-04-05 11:12:13", "19-07-05 11:12:13",
                                         "19-08-01 11:12:13"]),
        ("2018-12-24", ["18-12-24 00:00:00"]),
        ("12-24 18:00", ["18-12-24 18:00:00", "19-12-24 18:00:00", "20-12-24 18:00:00",
                         "21-12-24 18:00:00", "22-12-24 18:00:00"]),
        ("19-01-02 3:04", ["19-01-02 03:04:00"]),
        ("*-*-15", ["18-09-15 00:00:00", "18-10-15 00:00:00", "18-11-15 00:00:00",
                    "18-12-15 00:00:00", "19-01-15 00:00:00"]),
        ("*-*-31", ["18-08-31 00:00:00", "18-10-31 00:00:00", "18-12-31 00:00:00",
                    "19-01-31 00:00:00", "19-03-31 00:00:00"]),
        ("*-02-29", ["20-02-29 00:00:00", "24-02-29 00:00:00", "28-02-29 00:00:00"]),
        ("*-*~01", ["18-08-31 00:00:00", "18-09-30 00:00:00", "18-10-31 00:00:00",
                    "18-11-30 00:00:00", "18-12-31 00:00:00"]),
        ("*-02~03", ["19-02-26 00:00:00", "20-02-27 00:00:00", "21-02-26 00:00:00",
                     "22-02-26 00:00:00", "23-02-26 00:00:00"]),
        ("Mon *-05~07/1", ["19-05-27 00:00:00", "20-05-25 00:00:00", "21-05-31 00:00:00",
                           "22-05-30 00:00:00", "23-05-29 00:00:00"]),
        ("Fri *-*~07/1 22:00", ["18-08-31 22:00:00", "18-09-28 22:00:00", "18-10-26 22:00:00",
                                "18-11-30 22:00:00", "18-12-28 22:00:00"]),
        ("Tue *-*-8..14 22:00", ["18-09-11 22:00:00", "18-10-09 22:00:00", "18-11-13 22:00:00",
                                 "18-12-11 22:00:00", "19-01-08 22:00:00"]),
        ("*:0/15", ["18-08-20 11:00:00", "18-08-20 11:15:00", "18-08-20 11:30:00",
                    "18-08-20 11:45:00", "18-08-20 12:00:00"]),
        ("*:05/20", ["18-08-20 11:05:00", "18-08-20 11:25:00", "18-08-20 11:45:00",
                     "18-08-20 12:05:00", "18-08-20 12:25:00"]),
        ("8..18/5:30", ["18-08-20 13:30:00", "18-08-20 18:30:00", "18-08-21 08:30:00",
                        "18-08-21 13:30:00", "18-08-21 18:30:00"]),
        ("*-*-* 22,23:00", ["18-08-20 22:00:00", "18-08-20 23:00:00", "18-08-21 22:00:00",
                            "18-08-21 23:00:00", "18-08-22 22:00:00"]),
        ("*-*-1/10 4:00", ["18-08-21 04:00:00", "18-08-31 04:00:00", "18-09-01 04:00:00",
                           "18-09-11 04:00:00", "18-09-21 04:00:00"]),
        ("2018,2020-1..3-1", ["20-01-01 00:00:00", "20-02-01 00:00:00", "20-03-01 00:00:00"]),
        ("*:*:00/30", ["18-08-20 11:00:00", "18-08-20 11:00:30", "18-08-20 11:01:00",
                       "18-08-20 11:01:30", "18-08-20 11:02:00"]),
        ("daily UTC", ["18-08-21 02:00:00", "18-08-22 02:00:00", "18-08-23 02:00:00",
                       "18-08-24 02:00:00", "18-08-25 02:00:00"]),
        ("18:00 America/New_York", ["18-08-21 00:00:00", "18-08-22 00:00:00", "18-08-23 00:00:00",
                                    "18-08-24 00:00:00", "18-08-25 00:00:00"]),
        ("Mon-Wed 18:00", ["18-08-20 18:00:00", "18-08-21 18:00:00", "18-08-22 18:00:00",
                           "18-08-27 18:00:00", "18-08-28 18:00:00"]),
    ],
)  # fmt: skip
def test_the_next_five_firings(text, expected):
    assert next_five(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("Mno 18:00", "'Mno' is no weekday"),
        ("Funday", "'Funday' is no weekday; did you mean"),
        ("Mon..Tue..Wed", "is no range of weekdays"),
        ("25:00", "'25' is no hour; expected 0 to 23"),
        ("18:60", "'60' is no minute; expected 0 to 59"),
        ("18:00:00.5", "'00.5' is no second"),
        ("*-13-01", "'13' is no month; expected 1 to 12"),
        ("*-*-32", "'32' is no day; expected 1 to 31"),
        ("*-*-0", "'0' is no day"),
        ("*-*-5..3", "'5..3' is no day"),
        ("*-*-1/0", "'1/0' is no day"),
        ("*-*~1/0", "'1/0' is no day"),
        ("1-2-3-4", "is no date"),
        ("1:2:3:4", "is no time of day"),
        ("18:00 Mon", "expected weekdays, a date, a time, in this order"),
        ("18:00 2018-01-01", "expected weekdays, a date, a time, in this order"),
        ("18:00 Europe/Berln", "'Europe/Berln' is no time zone"),
        ("*-*-* 00:00 x y z", "expected weekdays, a date, a time"),
        ("1" * 600, "longer than 500 characters"),
        ("99999999999999:00", "is no hour"),
    ],
)
def test_what_is_no_calendar_event(text, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the test
        read_calendar_event(text)
    assert message in str(caught.value)


def test_the_device_s_own_clock_decides_and_its_changes_are_minded():
    assert next_five("2:30", "2018-03-24 12:00")[:2] == ["18-03-25 03:00:00", "18-03-26 02:30:00"]
    event = read_calendar_event("2:30")
    start = datetime(2018, 3, 24, 12, tzinfo=UTC)
    skipping = elapses(
        event, BERLIN, start, start + timedelta(days=2), skipped_hour=SkippedHour.SKIP
    )
    assert [at.day for at in skipping] == [26]


@given(
    st.sampled_from(["*:0/7", "Mon..Fri 8..18:15", "*-*~1 23:59", "*-*-*  *:30", "Sun 2:30"]),
    st.datetimes(datetime(2015, 1, 1), datetime(2025, 1, 1)),
    st.integers(0, 20_000),
)
def test_firings_increase_and_do_not_depend_on_where_one_starts_to_look(text, start, minutes):
    event, begin = read_calendar_event(text), start.replace(tzinfo=UTC)
    end = begin + timedelta(days=20)
    whole = list(elapses(event, BERLIN, begin, end))
    assert whole == sorted(set(whole))
    middle = begin + timedelta(minutes=minutes)
    later = list(elapses(event, BERLIN, middle, max(end, middle)))
    assert later == [at for at in whole if at >= middle]
