"""Calendar events: the rules of systemd.time(7), each with its next five firings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.calendar_event import elapses
from fwsim.commands.calendar_reading import clock_names, read_calendar_event
from fwsim.commands.schedule import DoubledHour, SkippedHour
from tests.commands.systemd import normal_form
from tests.commands.systemd_table import NEXT, REFUSED, TAKEN

BERLIN = ZoneInfo("Europe/Berlin")


def next_five(text: str, start: str = "2018-08-20 11:00", zone: ZoneInfo = BERLIN) -> list[str]:
    """Return the next five firings after a wall-clock time, a Monday unless another is given."""
    begin = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    found = elapses(read_calendar_event(text), zone, begin, begin + timedelta(days=4000))
    return [at.astimezone(zone).strftime("%y-%m-%d %H:%M:%S") for at in islice(found, 5)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "minutely",
            [
                "18-08-20 11:00:00",
                "18-08-20 11:01:00",
                "18-08-20 11:02:00",
                "18-08-20 11:03:00",
                "18-08-20 11:04:00",
            ],
        ),
        (
            "hourly",
            [
                "18-08-20 11:00:00",
                "18-08-20 12:00:00",
                "18-08-20 13:00:00",
                "18-08-20 14:00:00",
                "18-08-20 15:00:00",
            ],
        ),
        (
            "daily",
            [
                "18-08-21 00:00:00",
                "18-08-22 00:00:00",
                "18-08-23 00:00:00",
                "18-08-24 00:00:00",
                "18-08-25 00:00:00",
            ],
        ),
        (
            "weekly",
            [
                "18-08-27 00:00:00",
                "18-09-03 00:00:00",
                "18-09-10 00:00:00",
                "18-09-17 00:00:00",
                "18-09-24 00:00:00",
            ],
        ),
        (
            "monthly",
            [
                "18-09-01 00:00:00",
                "18-10-01 00:00:00",
                "18-11-01 00:00:00",
                "18-12-01 00:00:00",
                "19-01-01 00:00:00",
            ],
        ),
        (
            "quarterly",
            [
                "18-10-01 00:00:00",
                "19-01-01 00:00:00",
                "19-04-01 00:00:00",
                "19-07-01 00:00:00",
                "19-10-01 00:00:00",
            ],
        ),
        (
            "semiannually",
            [
                "19-01-01 00:00:00",
                "19-07-01 00:00:00",
                "20-01-01 00:00:00",
                "20-07-01 00:00:00",
                "21-01-01 00:00:00",
            ],
        ),
        (
            "yearly",
            [
                "19-01-01 00:00:00",
                "20-01-01 00:00:00",
                "21-01-01 00:00:00",
                "22-01-01 00:00:00",
                "23-01-01 00:00:00",
            ],
        ),
        (
            "18:00",
            [
                "18-08-20 18:00:00",
                "18-08-21 18:00:00",
                "18-08-22 18:00:00",
                "18-08-23 18:00:00",
                "18-08-24 18:00:00",
            ],
        ),
        (
            "18:00:30",
            [
                "18-08-20 18:00:30",
                "18-08-21 18:00:30",
                "18-08-22 18:00:30",
                "18-08-23 18:00:30",
                "18-08-24 18:00:30",
            ],
        ),
        (
            "Mon..Fri 18:00",
            [
                "18-08-20 18:00:00",
                "18-08-21 18:00:00",
                "18-08-22 18:00:00",
                "18-08-23 18:00:00",
                "18-08-24 18:00:00",
            ],
        ),
        (
            "Fri..Sun,Mon 18:00",
            [
                "18-08-20 18:00:00",
                "18-08-24 18:00:00",
                "18-08-25 18:00:00",
                "18-08-26 18:00:00",
                "18-08-27 18:00:00",
            ],
        ),
        # the last, third, fifth and seventh last day
        (
            "*-*~1..7/2 18:00",
            [
                "18-08-25 18:00:00",
                "18-08-27 18:00:00",
                "18-08-29 18:00:00",
                "18-08-31 18:00:00",
                "18-09-24 18:00:00",
            ],
        ),
        (
            "*-*~7/2 18:00",
            [
                "18-08-25 18:00:00",
                "18-08-27 18:00:00",
                "18-08-29 18:00:00",
                "18-08-31 18:00:00",
                "18-09-24 18:00:00",
            ],
        ),
        (
            "biannually",
            [
                "19-01-01 00:00:00",
                "19-07-01 00:00:00",
                "20-01-01 00:00:00",
                "20-07-01 00:00:00",
                "21-01-01 00:00:00",
            ],
        ),
        (
            "18:00 utc",
            [
                "18-08-20 20:00:00",
                "18-08-21 20:00:00",
                "18-08-22 20:00:00",
                "18-08-23 20:00:00",
                "18-08-24 20:00:00",
            ],
        ),
        (
            "18:00 GMT",
            [
                "18-08-20 20:00:00",
                "18-08-21 20:00:00",
                "18-08-22 20:00:00",
                "18-08-23 20:00:00",
                "18-08-24 20:00:00",
            ],
        ),
        (
            "18:00 CET",
            [
                "18-08-20 18:00:00",
                "18-08-21 18:00:00",
                "18-08-22 18:00:00",
                "18-08-23 18:00:00",
                "18-08-24 18:00:00",
            ],
        ),
        (
            "18:00 localtime",
            [
                "18-08-20 18:00:00",
                "18-08-21 18:00:00",
                "18-08-22 18:00:00",
                "18-08-23 18:00:00",
                "18-08-24 18:00:00",
            ],
        ),
        ("@1534770000", ["18-08-20 15:00:00"]),
        (
            "Sat,Sun",
            [
                "18-08-25 00:00:00",
                "18-08-26 00:00:00",
                "18-09-01 00:00:00",
                "18-09-02 00:00:00",
                "18-09-08 00:00:00",
            ],
        ),
        (
            "mon,Thu..saturday 9:00",
            [
                "18-08-23 09:00:00",
                "18-08-24 09:00:00",
                "18-08-25 09:00:00",
                "18-08-27 09:00:00",
                "18-08-30 09:00:00",
            ],
        ),
        ("Thu,Fri 2012-*-1,5 11:12:13", []),
        (
            "Thu,Fri 2019-*-1,5 11:12:13",
            [
                "19-02-01 11:12:13",
                "19-03-01 11:12:13",
                "19-04-05 11:12:13",
                "19-07-05 11:12:13",
                "19-08-01 11:12:13",
            ],
        ),
        ("2018-12-24", ["18-12-24 00:00:00"]),
        (
            "12-24 18:00",
            [
                "18-12-24 18:00:00",
                "19-12-24 18:00:00",
                "20-12-24 18:00:00",
                "21-12-24 18:00:00",
                "22-12-24 18:00:00",
            ],
        ),
        ("19-01-02 3:04", ["19-01-02 03:04:00"]),
        (
            "*-*-15",
            [
                "18-09-15 00:00:00",
                "18-10-15 00:00:00",
                "18-11-15 00:00:00",
                "18-12-15 00:00:00",
                "19-01-15 00:00:00",
            ],
        ),
        (
            "*-*-31",
            [
                "18-08-31 00:00:00",
                "18-10-31 00:00:00",
                "18-12-31 00:00:00",
                "19-01-31 00:00:00",
                "19-03-31 00:00:00",
            ],
        ),
        ("*-02-29", ["20-02-29 00:00:00", "24-02-29 00:00:00", "28-02-29 00:00:00"]),
        (
            "*-*~01",
            [
                "18-08-31 00:00:00",
                "18-09-30 00:00:00",
                "18-10-31 00:00:00",
                "18-11-30 00:00:00",
                "18-12-31 00:00:00",
            ],
        ),
        (
            "*-02~03",
            [
                "19-02-26 00:00:00",
                "20-02-27 00:00:00",
                "21-02-26 00:00:00",
                "22-02-26 00:00:00",
                "23-02-26 00:00:00",
            ],
        ),
        (
            "Mon *-05~07/1",
            [
                "19-05-27 00:00:00",
                "20-05-25 00:00:00",
                "21-05-31 00:00:00",
                "22-05-30 00:00:00",
                "23-05-29 00:00:00",
            ],
        ),
        (
            "Fri *-*~07/1 22:00",
            [
                "18-08-31 22:00:00",
                "18-09-28 22:00:00",
                "18-10-26 22:00:00",
                "18-11-30 22:00:00",
                "18-12-28 22:00:00",
            ],
        ),
        (
            "Tue *-*-8..14 22:00",
            [
                "18-09-11 22:00:00",
                "18-10-09 22:00:00",
                "18-11-13 22:00:00",
                "18-12-11 22:00:00",
                "19-01-08 22:00:00",
            ],
        ),
        (
            "*:0/15",
            [
                "18-08-20 11:00:00",
                "18-08-20 11:15:00",
                "18-08-20 11:30:00",
                "18-08-20 11:45:00",
                "18-08-20 12:00:00",
            ],
        ),
        (
            "*:05/20",
            [
                "18-08-20 11:05:00",
                "18-08-20 11:25:00",
                "18-08-20 11:45:00",
                "18-08-20 12:05:00",
                "18-08-20 12:25:00",
            ],
        ),
        (
            "8..18/5:30",
            [
                "18-08-20 13:30:00",
                "18-08-20 18:30:00",
                "18-08-21 08:30:00",
                "18-08-21 13:30:00",
                "18-08-21 18:30:00",
            ],
        ),
        (
            "*-*-* 22,23:00",
            [
                "18-08-20 22:00:00",
                "18-08-20 23:00:00",
                "18-08-21 22:00:00",
                "18-08-21 23:00:00",
                "18-08-22 22:00:00",
            ],
        ),
        (
            "*-*-1/10 4:00",
            [
                "18-08-21 04:00:00",
                "18-08-31 04:00:00",
                "18-09-01 04:00:00",
                "18-09-11 04:00:00",
                "18-09-21 04:00:00",
            ],
        ),
        ("2018,2020-1..3-1", ["20-01-01 00:00:00", "20-02-01 00:00:00", "20-03-01 00:00:00"]),
        (
            "*:*:00/30",
            [
                "18-08-20 11:00:00",
                "18-08-20 11:00:30",
                "18-08-20 11:01:00",
                "18-08-20 11:01:30",
                "18-08-20 11:02:00",
            ],
        ),
        (
            "daily UTC",
            [
                "18-08-21 02:00:00",
                "18-08-22 02:00:00",
                "18-08-23 02:00:00",
                "18-08-24 02:00:00",
                "18-08-25 02:00:00",
            ],
        ),
        (
            "18:00 America/New_York",
            [
                "18-08-21 00:00:00",
                "18-08-22 00:00:00",
                "18-08-23 00:00:00",
                "18-08-24 00:00:00",
                "18-08-25 00:00:00",
            ],
        ),
        (
            "Mon-Wed 18:00",
            [
                "18-08-20 18:00:00",
                "18-08-21 18:00:00",
                "18-08-22 18:00:00",
                "18-08-27 18:00:00",
                "18-08-28 18:00:00",
            ],
        ),
    ],
)
def test_the_next_five_firings(text, expected):
    assert next_five(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("Mno 18:00", "'Mno' is not a weekday"),
        (
            "daily 18:00",
            "'daily' can only stand alone, without a date or a time; did you mean '18:00'?",
        ),
        ("Monthly 6:00", "stand alone, without a date or a time; did you mean '*-*-01 6:00'?"),
        ("Mo..Fr 18:00", "'Mo..Fr' is not a weekday; did you mean 'Mon..Fri 18:00'?"),
        ("Mon–Fri 18:00", "'–' stands in none; did you mean 'Mon..Fri 18:00'?"),
        ("Sa..Mo 18:00", "'Sa..Mo' is not a weekday; did you mean 'Sat..Sun,Mon 18:00'?"),
        ("Fr bis Mo 18:00", "did you mean 'Fri..Sun,Mon 18:00'?"),
        ("Fri..Mon 18:00", "runs backwards over the week's end; write Fri..Sun,Mon"),
        ("halbjährlich", "'ä' stands in none; did you mean 'semiannually'?"),
        ("half-yearly", "did you mean 'semiannually'?"),
        ("vierteljährlich", "did you mean 'quarterly'?"),
        ("Jährlich", "did you mean 'yearly'?"),
        ("Mon, Fri 18:00", "'Fri' is not a date; did you mean 'Mon,Fri 18:00'?"),
        ("werktags 18 Uhr", "did you mean 'Mon..Fri 18:00'?"),
        ("Mo bis Fr um 18.30 Uhr", "did you mean 'Mon..Fri 18:30'?"),
        ("Mo - Fr 18 Uhr", "did you mean 'Mon..Fri 18:00'?"),
        ("Mo – Fr 18:00", "did you mean 'Mon..Fri 18:00'?"),
        ("täglich 18:00", "did you mean '18:00'?"),
        ("23.11.2026 18:00", "did you mean '2026-11-23 18:00'?"),
        ("2026-11-23T18:00Z", "did you mean '2026-11-23 18:00 UTC'?"),
        ("*-*-* 18", "did you mean '*-*-* 18:00'?"),
        ("6:30 p.m. Europe/Berlin", "did you mean '18:30 Europe/Berlin'?"),
        ("18:00 ", "did you mean '18:00'?"),
        ("weekly Friday 18:00", "did you mean 'Fri 18:00'?"),
        ("Mon 6pm,8pm", "write for example"),
        ("Mo 18:00 bis 20:00", "write for example"),
        ("24:00", "'24' is not an hour; expected 0 to 23; did you mean '00:00'?"),
        ("Mon 24:00", "expected 0 to 23; write for example"),
        ("Funday", "'Funday' is not a weekday; did you mean"),
        ("Mon..Tue..Wed", "is not a range of weekdays"),
        ("Mon..", "ends where another weekday is expected"),
        ("Fri..Mon 18:00", "'Fri..Mon' runs backwards over the week's end; write Fri..Sun,Mon"),
        ("25:00", "'25' is not an hour; expected 0 to 23"),
        ("18:60", "'60' is not a minute; expected 0 to 59"),
        ("18:00:60", "'60' is not a second; expected 0 to 59.999999"),
        ("18:00:.5", "'.5' is not a second"),
        ("*-13-01", "'13' is not a month; expected 1 to 12"),
        ("*-*-32", "'32' is not a day; expected 1 to 31"),
        ("*-*-0", "'0' is not a day"),
        ("*-*-5..3", "'5..3' is not a day: it runs backwards"),
        ("*-*-1/0", "'1/0' is not a day"),
        ("*-*~1/0", "'1/0' is not a day"),
        ("*-*~29..31", "'29..31' is not a day from the end of the month; expected 1 to 28"),
        ("*-*~5,26", "'26' is not a day from the end of the month; expected 1 to 25"),
        ("*-*~7/7", "'7/7' is not a day from the end of the month: its first repetition, 0, lies"),
        ("2026~11-22", "~ stands only before the day"),
        ("18/7:00", "'18/7' is not an hour: its first repetition, 25, lies beyond 23"),
        ("0/24:00", "'0/24' is not an hour: its first repetition, 24, lies beyond 23"),
        ("*:0/60", "'0/60' is not a minute: its first repetition, 60, lies beyond 59"),
        ("*:*/15", "'*/15' is not a minute: * takes no repetition; write 0/15"),
        ("*:*,5", "'*,5' is not a minute: * stands alone, not in a list"),
        ("1-2-3-4", "is not a date"),
        ("1:2:3:4", "is not a time of day"),
        ("18:00 Mon", "expected weekdays, a date, a time, in this order"),
        ("18:00 2018-01-01", "expected weekdays, a date, a time, in this order"),
        ("18:00 Europe/Berln", "'Europe/Berln' is not a time zone; did you mean 'Europe/Berlin'"),
        ("18:00 europe/berlin", "is not a time zone; did you mean 'Europe/Berlin'"),
        ("*-*-* 00:00 x y z", "'z' is not a time zone"),
        ("18:00 Europe", "'Europe' is not a time zone"),
        ("@1 18:00", "is not a count of seconds since 1970"),
        ("@88588582097858858", "lies beyond the year 2199"),
        (" 18:00", "it begins with a blank"),
        ("weekly", "'\u212a' stands in none"),
        ("1" * 10_001, "longer than 10,000 characters"),
        ("99999999999999:00", "is not an hour"),
        (f"{'9' * 5000}:00", "is not an hour"),
        (",".join(["1"] * 242) + ":00", "more than 241 values in a list"),
    ],
)
def test_what_is_no_calendar_event(text, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the test
        read_calendar_event(text.replace("weekly", "wee\u212aly"))
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "normal"), TAKEN.items())
def test_what_systemd_takes_is_taken_for_the_same(text, normal):
    assert normal_form(read_calendar_event(text)) == normal
    assert normal_form(read_calendar_event(normal)) == normal


@pytest.mark.parametrize("text", REFUSED)
def test_what_systemd_refuses_is_refused(text):
    with pytest.raises(ValueError, match="is not a calendar event"):
        read_calendar_event(text)


@pytest.mark.parametrize(("text", "zone", "after", "expected"), NEXT)
def test_the_next_time_is_systemd_s(text, zone, after, expected):
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=after + 1)
    event = read_calendar_event(text)
    found = next(elapses(event, ZoneInfo(zone), start, datetime(2201, 1, 1, tzinfo=UTC)), None)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert (found and round((found - epoch) / timedelta(microseconds=1))) == expected


@pytest.mark.parametrize("word", ["anually", "Yearly", "BI-ANNUALLY", "semiannually", "Minutely"])
def test_shorthands_are_taken_in_every_spelling_of_systemd(word):
    assert read_calendar_event(word).text == word


def test_what_the_device_s_clock_is_called_may_stand_behind():
    winter = datetime(2018, 1, 1, tzinfo=UTC)
    names = clock_names(BERLIN, winter)
    assert names == ("CET", "CEST")
    event = read_calendar_event("18:00 cest", names)
    found = [at.date() for at in elapses(event, BERLIN, winter, winter + timedelta(days=365))]
    # only while the clock is called so
    assert (found[0].isoformat(), found[-1].isoformat()) == ("2018-03-25", "2018-10-27")
    with pytest.raises(ValueError, match=r"nor what the device's clock is called \(EST, EDT\)"):
        read_calendar_event("18:00 CEST", clock_names(ZoneInfo("America/New_York"), winter))


def test_no_event_comes_round_after_the_last_year():
    """So ``systemd-analyze calendar`` has it, in a zone behind UTC too."""
    event, zone = read_calendar_event("2198/1-1-1"), ZoneInfo("America/New_York")
    found = elapses(event, zone, datetime(2190, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC))
    assert [at.astimezone(zone).year for at in found] == [2198, 2199]


def test_an_event_every_microsecond_costs_nothing_until_it_is_asked_for():
    event = read_calendar_event("*:*:0/0.000001")
    start = datetime(2018, 10, 28, 0, 30, tzinfo=UTC)
    found = list(islice(elapses(event, BERLIN, start, start + timedelta(days=9)), 3))
    assert [at.microsecond for at in found] == [0, 1, 2]


@pytest.mark.parametrize(
    ("zone", "text", "start", "days"),
    [  # as systemd-analyze calendar has it: a time the clocks skip is left out
        ("Europe/Berlin", "2:30", "2026-03-28 00:00", ["28", "30"]),
        ("Australia/Lord_Howe", "02:15", "2026-10-03 00:00", ["03", "05"]),
        ("America/Santiago", "daily", "2026-09-05 00:00", ["05", "07"]),
        ("America/Sao_Paulo", "00:30", "2018-11-03 00:00", ["03", "05"]),
        ("Africa/Cairo", "daily", "2026-04-23 00:00", ["23", "25"]),
        ("Asia/Beirut", "00:59", "2026-03-28 00:00", ["28", "30"]),
        ("Pacific/Apia", "12:00", "2011-12-29 00:00", ["29", "31"]),
    ],
)
def test_a_skipped_time_is_left_out(zone, text, start, days):
    assert [at[6:8] for at in next_five(text, start, ZoneInfo(zone))[:2]] == days


def test_what_the_change_of_clocks_does_can_be_chosen():
    event = read_calendar_event("2:30")
    for at, choice, expected in [
        (datetime(2018, 3, 25, tzinfo=UTC), {"skipped_hour": SkippedHour.AFTER_GAP}, "01:00"),
        (datetime(2018, 10, 28, tzinfo=UTC), {}, "00:30"),
        (datetime(2018, 10, 28, tzinfo=UTC), {"doubled_hour": DoubledHour.SECOND}, "01:30"),
        # the first has passed, the second comes
        (datetime(2018, 10, 28, 0, 45, tzinfo=UTC), {"doubled_hour": DoubledHour.SECOND}, "01:30"),
    ]:
        found = elapses(event, BERLIN, at, at + timedelta(hours=20), **choice)
        assert [f"{time:%H:%M}" for time in found] == [expected]


def test_in_the_doubled_hour_each_time_comes_once():
    found = next_five("*:0/30", "2026-10-25 01:30")
    assert [at[9:14] for at in found] == ["01:30", "02:00", "02:30", "03:00", "03:30"]


@given(
    st.sampled_from(["*:0/7", "Mon..Fri 8..18:15", "*-*~1 23:59", "*-*-*  *:30", "Sun 2:30"]),
    st.datetimes(datetime(2015, 1, 1), datetime(2025, 1, 1)),
    st.integers(0, 6_000),
)
def test_firings_increase_and_do_not_depend_on_where_one_starts_to_look(text, start, minutes):
    event, begin = read_calendar_event(text), start.replace(tzinfo=UTC)
    end = begin + timedelta(days=6)
    whole = list(elapses(event, BERLIN, begin, end))
    assert whole == sorted(set(whole))
    middle = begin + timedelta(minutes=minutes)
    later = list(elapses(event, BERLIN, middle, max(end, middle)))
    assert later == [at for at in whole if at >= middle]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("Sun *-10-25 02:30 CET", [1.5]), ("Sun *-10-25 02:30 CEST", [0.5]), ("02:30 CET", [1.5])],
)
@pytest.mark.parametrize("doubled", [*DoubledHour])
@pytest.mark.parametrize("since", [-1.0, 0.25])
def test_of_two_equal_times_the_clocks_name_says_which(text, hours, doubled, since):
    night = datetime(2026, 10, 25, tzinfo=UTC)
    begin = night + timedelta(hours=since)
    event = read_calendar_event(text, ("CET", "CEST"))
    found = elapses(event, BERLIN, begin, night + timedelta(hours=3), doubled_hour=doubled)
    assert [(at - night) / timedelta(hours=1) for at in found] == hours


def test_a_time_that_comes_again_is_looked_for_from_within_the_doubled_hour():
    night = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    event = read_calendar_event("02:30 CET", ("CET", "CEST"))
    found = elapses(event, BERLIN, night, night + timedelta(hours=1))
    assert [*found] == [night + timedelta(minutes=15)]


def test_a_negative_second_of_the_epoch_wraps_at_64_bits_as_in_c_and_none_beyond_does():
    assert normal_form(read_calendar_event(f"@-{2**64 - 1}")) == normal_form(
        read_calendar_event("@1")
    )
    with pytest.raises(ValueError, match="lies beyond the year"):
        read_calendar_event(f"@-{2**64}")
