"""Times in logs: in every form they come in, on clocks that are set, to the minute or second."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

import fwsim
from fwsim.messages import speaking
from fwsim.observations.reading import read_observed
from tests.messages.translations import english_left
from tests.observations.seen import events, ms

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-09-24 15:30:05", "2021-09-24T15:30:05+02:00"),
        ("2021-09-24T15:30:05.250", "2021-09-24T15:30:05.250+02:00"),
        ("2021-09-24T15:30:05Z", "2021-09-24T15:30:05+00:00"),
        ("2021-09-24T15:30:05.123456+05:30", "2021-09-24T15:30:05.123+05:30"),
        ("24.09.2021 15:30:05", "2021-09-24T15:30:05+02:00"),
        ("24.9.21, 5:30 Uhr", "2021-09-24T05:30:00+02:00"),
        ("9/24/2021 3:30:05 PM", "2021-09-24T15:30:05+02:00"),
        ("24/09/2021 15:30:05", "2021-09-24T15:30:05+02:00"),
        ("1632490205", "2021-09-24T13:30:05+00:00"),
        ("1632490205250", "2021-09-24T13:30:05.250+00:00"),
        ("24/Sep/2021:15:30:05 +0200", "2021-09-24T15:30:05+02:00"),
        ("24-Sep-2021 15:30:05", "2021-09-24T15:30:05+02:00"),
        ("24-SEP-21 03.30.05.250000 PM", "2021-09-24T15:30:05.250+02:00"),
        ("Sept. 24, 2021 3:30:05 PM", "2021-09-24T15:30:05+02:00"),
        ("Fri, 24 Sep 2021 15:30:05 GMT", "2021-09-24T15:30:05+00:00"),
        ("Fri Sep 24 15:30:05 CEST 2021", "2021-09-24T15:30:05+02:00"),
        ("Fr., 24. Sept. 2021, 15:30 Uhr", "2021-09-24T15:30:00+02:00"),
        ("3. Mär. 2021 15:30", "2021-03-03T15:30:00+01:00"),
        ("24. Dezember 2021 15:30 MEZ", "2021-12-24T15:30:00+01:00"),
        ("24.09.2021 15:30 MESZ", "2021-09-24T15:30:00+02:00"),
        ("2021-10-31 02:30:05 CEST", "2021-10-31T02:30:05+02:00"),
        ("2021-10-31 02:30:05 CET", "2021-10-31T02:30:05+01:00"),
        ("2021-09-24 15:30:05 UTC+2", "2021-09-24T15:30:05+02:00"),
        ("2021-09-24 15:30:05 -0330", "2021-09-24T15:30:05-03:30"),
        ("2021-09-24T15:30:05+12:45", "2021-09-24T15:30:05+12:45"),
        ("2021-09-24T15:30:05+14:00", "2021-09-24T15:30:05+14:00"),
        ("1.632.490.205", "2021-09-24T13:30:05+00:00"),
        ("1,632,490,205,250", "2021-09-24T13:30:05.250+00:00"),
        ('"=""2021-09-24 15:30"""', "2021-09-24T15:30:00+02:00"),
        ("Fri 2021-09-24 15:30", "2021-09-24T15:30:00+02:00"),
        ("Fr., 24.09.2021 15:30", "2021-09-24T15:30:00+02:00"),
        ("Fri 09/24/2021 3:30 p. m.", "2021-09-24T15:30:00+02:00"),
        ("24.09.2021 3:30 nachm.", "2021-09-24T15:30:00+02:00"),
        ("24.09.2021 24:00", "2021-09-25T00:00:00+02:00"),
        ("Fr 2021-09-24 24:00:00", "2021-09-25T00:00:00+02:00"),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(put, text, instant):
    path = put(f"device;time;status\nTC-1;{text};done\nTC-2;2021-09-25T00:00:01.001Z;done\n")
    observed = read_observed(path, zone=BERLIN)
    assert ms(instant) in observed.earliest[observed.earliest == observed.latest]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("24.09.2021 15:30 CET", "no clock shows CET in summer"),
        ("24.12.2021 15:30 MESZ", "no clock shows MESZ in winter"),
        ("24-Sap-2021 15:30", "is none"),
        ("Mon 2021-09-24 15:30", "2021-09-24 is a Fri, not a Mon"),
        ("Do., 24.09.2021 15:30", "2021-09-24 is a Fri, not a Do"),
        ("Sat Sep 24 15:30:05 CEST 2021", "2021-09-24 is a Fri, not a Sat"),
        ("Sat 2021-09-24 24:00", "2021-09-24 is a Fri, not a Sat"),
        ("24.09.2021 24:01", "no clock shows this"),
        ("31. Juni 2021 15:30", "no calendar has this day"),
        ("24.09.2021 15:30 EST", "is none"),
        ("1.632.49 15:30", "is none"),
        ("24-Sep-2021 15:30 AM", "15 is no hour of the morning"),
        ("24.09.2021 09:15-10:15", "no clock is -10:15 from UTC"),
        ("2021-09-24 09:15-10:15", "no clock is -10:15 from UTC"),
        ("2021-09-24 09:15:00+02:75", "no clock is +02:75 from UTC"),
        ("2021-09-24 09:00-15:00", "no clock is 15 hours behind UTC"),
        ("2021-09-24T09:00:00+19:00", "no clock is 19 hours from UTC"),
    ],
)
def test_a_name_of_a_month_or_a_zone_that_does_not_fit_is_told(put, text, why):
    path = put(f"device;time;status\nTC-1;{text};done\nTC-2;2021-09-25T00:00:01Z;done\n")
    observed = read_observed(path, zone=BERLIN)
    assert why in observed.problems[0].message


def test_dates_with_names_of_months_may_have_a_column_of_their_own(put):
    path = put("device;Date;Time;status\nTC-1;24. Sep. 2021;15:30 MESZ;done\n")
    assert read_observed(path).earliest.tolist() == [ms("2021-09-24T15:30+02:00")]


def night(*, backwards=False, grouped=False):
    """Return lines of the night in which the clocks go back, and their instants, in their order."""
    first = ms("2021-10-31T01:50+02:00")
    at = [first + 7 * 60_000 * n for n in range(25)]
    rows = [(f"TC-{n % 2}", instant) for n, instant in enumerate(at)]
    rows = sorted(rows) if grouped else rows[::-1] if backwards else rows
    shown = [
        f"{name},{datetime.fromtimestamp(instant / 1000, ZoneInfo(BERLIN)):%Y-%m-%d %H:%M},done\n"
        for name, instant in rows
    ]
    return "device,time,status\n" + "".join(shown), sorted(at)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_the_lines_tells_the_two_hours_apart(put, backwards):
    text, instants = night(backwards=backwards)
    observed = read_observed(put(text), zone=BERLIN)
    assert sorted(observed.earliest.tolist()) == sorted(observed.latest.tolist()) == instants
    assert not any("twice" in problem.message for problem in observed.problems)


def test_lines_in_another_order_do_not_tell_the_two_hours_apart(put):
    observed = read_observed(put(night(grouped=True)[0]), zone=BERLIN)
    assert "go through twice" in observed.problems[0].message


@pytest.mark.parametrize("backwards", [False, True])
def test_neighbours_that_changed_places_are_not_the_clock_going_back(put, backwards):
    times = ["01:50:00", *(f"02:10:{second}" for second in range(10, 34, 2)), "04:00:00"]
    times[5], times[6] = times[6], times[5]
    rows = [f"TC-{n},2021-10-31 {time},done\n" for n, time in enumerate(times)]
    rows = rows[::-1] if backwards else rows
    observed = read_observed(put("device,time,status\n" + "".join(rows)), zone=BERLIN)
    assert (observed.latest > observed.earliest).sum() == 12
    assert "12 times stand in an hour" in observed.problems[0].message


@pytest.mark.parametrize("zone", ["UTC", BERLIN])
def test_a_clock_that_goes_back_in_a_file_is_told_unless_the_zone_explains_it(put, zone):
    told = [each.message for each in read_observed(put(night()[0]), zone=zone).problems]
    assert any("as where a clock is set back" in each for each in told) is (zone == "UTC")


def test_times_that_run_backwards_often_far_or_always_are_of_no_clock_that_was_set_back(put):
    often, far = ("10:00", "09:30", "10:10", "09:40"), ("10:00", "10:10", "07:30", "07:40")
    newest_first = "10:40", "10:10"
    for times in (often, far, newest_first):
        rows = "".join(f"TC-1,2021-10-31 {time},asked\n" for time in times)
        [problem] = read_observed(put("device,time,status\n" + rows), zone=BERLIN).problems
        assert "run backwards here; put in order" in problem.message


def test_an_hour_that_the_clocks_go_through_twice_has_two_ends(put):
    path = put("device,time,status\na,2021-10-31 02:30,done\na,2021-10-31 03:30,done\n")
    observed = read_observed(path, zone=BERLIN)
    assert (observed.latest - observed.earliest).tolist() == [3_600_000, 0]
    assert "go through twice" in observed.problems[0].message
    assert observed.problems[0].line == 2


@pytest.mark.parametrize(
    "form", ["2021-09-24T15:{:02}+02:00", "2021-09-24 15:{:02}:00", "2021-09-24T15:{:02}:00.000Z"]
)
def test_a_log_whose_times_are_all_whole_minutes_is_one_in_minutes_however_written(put, form):
    rows = "".join(f"TC-{n},{form.format(n)},done\n" for n in range(10, 30))
    assert read_observed(put(f"device,time,status\n{rows}"), zone=BERLIN).resolution == 60_000


def test_dates_of_a_column_tell_of_one_another_which_comes_first(put):
    rows = "".join(f"T{day},11/{day}/2026 1:0{day % 10} PM,done\n" for day in (2, 11, 12, 13, 22))
    log = read_observed(put(f"device,time,status\n{rows}"), zone="UTC")
    assert [at for *_, at in events(log)] == [
        ms(f"2026-11-{day:02}T13:0{day % 10}Z") for day in (2, 11, 12, 13, 22)
    ]
    (problem,) = log.problems
    told = "time '11/2/2026 1:02 PM' may be two days; read with the month first, as '11/13/2026"
    assert told in str(problem)
    assert problem.line == 2


def test_dates_that_begin_with_a_year_of_two_digits_are_refused(put):
    rows = "".join(f"T1,26/11/{day} 09:00,done\n" for day in (27, 28))
    with pytest.raises(fwsim.InputError, match="'26/11/27 09:00' seems to begin with the year"):
        read_observed(put(f"device,time,status\n{rows}"), zone="UTC")


def test_days_first_before_a_year_of_two_digits_are_read(put):
    rows = [f"T{day},{day}/11/26 09:00,done" for day in (27, 28)]
    log = read_observed(put("\n".join(["device,time,status", *rows, ""])), zone="UTC")
    assert [at for *_, at in events(log)] == [ms(f"2026-11-{day}T09:00Z") for day in (27, 28)]


def test_dates_of_one_day_that_may_begin_with_a_year_are_told(put):
    rows = "".join(f"T{n},26/11/28 09:0{n},done\n" for n in range(3))
    log = read_observed(put(f"device,time,status\n{rows}"), zone="UTC")
    assert [at for *_, at in events(log)] == [ms(f"2028-11-26T09:0{n}Z") for n in range(3)]
    (told,) = log.problems
    assert told.message.startswith("time '26/11/28 09:00' may begin with the day or with the year")
    plain = read_observed(put("device,time,status\nT1,26/11/2028 09:00,done\n"), zone="UTC")
    assert not plain.problems


def test_what_is_wrong_with_a_time_is_told_in_german(put):
    with speaking("de"):
        path = put("device;time;status\nTC-1;Mo 2021-09-24 15:30;done\nTC-2;1 Uhr;done\n")
        with pytest.raises(fwsim.InputError) as caught:
            read_observed(path, zone=BERLIN)
    assert (
        "Zeit 'Mo 2021-09-24 15:30' ist keine: 2021-09-24 ist ein Fr, kein Mo; schreiben Sie"
        in str(caught.value)
    )
    assert not any(english_left(one.message) for one in caught.value.problems)


def test_dates_that_do_not_agree_tell_nothing_of_one_that_may_be_two(put):
    rows = ["T1,13/11/2026 09:00,done", "T2,11/13/2026 09:00,done", "T3,02/11/2026 09:00,done"]
    log = read_observed(put("\n".join(["device,time,status", *rows, ""])), zone="UTC")
    assert [at for *_, at in events(log)] == [ms("2026-11-13T09:00Z")] * 2
    assert "'02/11/2026 09:00' may be two days; expected" in str(log.problems[0])


@pytest.mark.parametrize("slip", ["13/13/2026", "99/02/2026", "0/22/2026", "22/0/2026"])
def test_what_is_no_date_at_all_tells_nothing_of_others(put, slip):
    rows = [f"T1,{slip} 09:00,done", "T2,02/11/2026 09:00,done", "T3,2026-11-02 09:00,done"]
    log = read_observed(put("\n".join(["device,time,status", *rows, *rows[2:], ""])), zone="UTC")
    assert {at for *_, at in events(log)} == {ms("2026-11-02T09:00Z")}
    assert any("'02/11/2026 09:00' may be two days; expected" in str(p) for p in log.problems)


def test_a_time_with_an_offset_of_whole_hours(put):
    log = read_observed(put("device,time,status\nT1,2026-11-02 12:10:00+01,done\n"))
    assert events(log) == [("T1", "DONE", ms("2026-11-02T11:10Z"))]


def test_a_few_times_on_the_minute_may_be_seconds_by_chance(put):
    rows = "TC-1,2021-09-24 15:30:00,asked\nTC-2,2021-09-24 16:00:00,asked\n"
    assert read_observed(put(f"device,time,status\n{rows}"), zone=BERLIN).resolution == 1000


@pytest.mark.parametrize(("hours", "is_told"), [(0, False), (2, True), (24, False)])
def test_a_file_in_the_time_of_another_zone_is_told_by_what_stands_in_both(put, hours, is_told):
    """Who does the same every hour tells nothing."""
    rows = [(n, 9 * 60 + 3 * n + 2 * step, step) for n in range(12) for step in range(3)]
    words = ("fetching", "writing", "done")

    def written(rows, later):
        lines = [
            f"T{n};2026-11-{2 + (at // 60 + later) // 24:02} "
            f"{(at // 60 + later) % 24:02}:{at % 60:02};{words[step]}"
            for n, at, step in rows
        ]
        lines += [f"T{n};2026-11-02 {h:02}:{n:02};checking" for n in range(30) for h in range(5)]
        return "\n".join(["Device;Time;Status", *lines, ""])

    one, other = put(written(rows[:30], 0), "one.csv"), put(written(rows[9:], hours), "other.csv")
    told = [str(each) for each in read_observed([one, other], zone="UTC").problems]
    assert any(f"differ by {hours} h" in each for each in told) == is_told
