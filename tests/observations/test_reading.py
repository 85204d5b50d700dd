"""Logs of every kind that is read, each in the forms it comes in."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import fwsim
from fwsim.messages import speaking
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import LONG_AGO, What
from fwsim.observations.reading import read_observed
from tests.messages.translations import english_left
from tests.observations.seen import events, ms, whats

BERLIN = "Europe/Berlin"
GERMAN = (
    "Gerätename;Zeitpunkt;Status\n"
    "TC-1;24.09.2021 15:30;offered\n"
    "TC-1;24.09.2021 15:42;done\n"
    "TC-2;24.09.2021 15:31;failed\n"
)


@pytest.fixture
def put(tmp_path):
    def put(content, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return put


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_three_columns_are_read_in_any_encoding_with_any_delimiter(put, encoding, delimiter, end):
    text = GERMAN.replace(";", delimiter).replace("\n", end)
    observed = read_observed(put(text.encode(encoding)), zone=BERLIN)
    assert events(observed) == [
        ("TC-1", "OFFERED", ms("2021-09-24T15:30+02:00")),
        ("TC-1", "DONE", ms("2021-09-24T15:42+02:00")),
        ("TC-2", "FAILED", ms("2021-09-24T15:31+02:00")),
    ]
    assert observed.resolution == 60_000
    assert str(observed.accounts[0]).endswith("device, time and status (CSV), 3 lines")
    assert observed.line.tolist() == [2, 3, 4]


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


def test_many_looks_at_the_console_bound_what_has_no_stamp(put):
    form = "Device name,Update State\nTC-1,{}\nTC-2,{}\n"
    first = put(
        form.format("", "Update in progress (Transfer started – 2026-11-02 09:01:10)"),
        "states-2026-11-02T09-05.csv",
    )
    second = put(
        form.format("Update in progress", "Successful"),
        "states-2026-11-02T09-15.csv",
    )
    observed = read_observed([second, first], zone="UTC")
    assert events(observed) == [
        ("TC-1", "CHECKING", ms("2026-11-02T09:05+00:00")),
        ("TC-2", "FETCHING", ms("2026-11-02T09:01:10+00:00")),
        ("TC-2", "DONE", ms("2026-11-02T09:05+00:00")),
    ]
    late = [ms(f"2026-11-02T09:{at}+00:00") for at in ("15:00", "01:10", "15:00")]
    assert observed.latest.tolist() == late
    assert observed.until == ms("2026-11-02T09:15+00:00")
    assert observed.accounts[0].form == "Update States of the console (CSV)"


def test_one_export_with_a_column_of_times_holds_many_looks(put):
    rows = ["Name;Stand;Aktualisierungsstatus"]
    rows += ["TC-1;02.11.2026 09:00;Deferred", "TC-1;02.11.2026 09:10;Deferred"]
    rows += ["TC-1;02.11.2026 09:20;Not successful – 2026-11-02 09:12:00"]
    observed = read_observed(put("\n".join(rows)), zone="UTC")
    assert whats(observed, "TC-1") == ["DEFERRED", "FAILED"]
    assert observed.earliest.tolist() == [LONG_AGO, ms("2026-11-02T09:12+00:00")]


GERMAN_CONSOLE = """\
Gerätename;Aktualisierungsstatus
B-1;Erfolgreich – {day} 04:12:00
B-2;Nicht erfolgreich – {day} 04:13:00
B-3;Nicht notwendig
B-4;Verschoben – {day} 04:14:00
"""


@pytest.mark.parametrize("day", ["2021-10-29", "29.10.2021"])
def test_a_german_console_is_read_as_an_english_one(put, day):
    path = put(GERMAN_CONSOLE.format(day=day), "states-2021-10-31T06-03.csv")
    observed = read_observed(path, zone="UTC")
    assert events(observed) == [
        ("B-1", "DONE", ms("2021-10-29T04:12+00:00")),
        ("B-2", "FAILED", ms("2021-10-29T04:13+00:00")),
        ("B-3", "NOT_NEEDED", LONG_AGO),
        ("B-4", "DEFERRED", ms("2021-10-29T04:14+00:00")),
    ]


@pytest.mark.parametrize("header", ["UEFI update state", "UEFI-Aktualisierungsstatus"])
@pytest.mark.parametrize("time", ["", "Time;"])
def test_states_of_uefi_updates_are_no_states_of_updates(put, header, time):
    stamp = "2026-11-02 09:14;" * bool(time)
    text = f"Device;{time}{header}\nTC-1;{stamp}Successful – 2026-11-02 09:12:40\n"
    export = put(text, "states-2026-11-02T09-15.csv")
    with pytest.raises(fwsim.InputError, match="tells only of UEFI updates") as caught:
        read_observed(export, zone="UTC")
    advice = str(caught.value).partition("mapping file says so: ")[2]
    assert advice == f"columns: {{update state: {header}}}"
    mapping = put(f"{advice}\n", "mapping.yaml")
    observed = read_observed(export, zone="UTC", mapping=mapping)
    assert whats(observed, "TC-1") == ["DONE"]


def test_states_of_uefi_updates_beside_those_of_updates_are_left_aside_with_a_word(put):
    export = put(
        "Device;UEFI update state;Update State\nTC-1;Successful – 2026-11-02 09:12:40;Deferred\n",
        "states-2026-11-02T09-15.csv",
    )
    observed = read_observed(export, zone="UTC")
    assert whats(observed, "TC-1") == ["DEFERRED"]
    assert "the column of UEFI updates is left aside" in str(observed.problems[0])


@pytest.mark.parametrize("time", ["", "Time"])
@pytest.mark.parametrize(("header", "cell"), [("Status", "On"), ("Status", ""), ("State", "Off")])
def test_the_consoles_own_field_is_read_before_whether_a_device_is_on(put, header, cell, time):
    at = "2026-11-02 09:30" if time else ""
    text = f"Name;{header};Update State;{time}\nTC-1;{cell};Successful – 2026-11-02 09:12:40;{at}\n"
    observed = read_observed(put(text, "states-2026-11-02T09-30.csv"), zone=BERLIN)
    assert events(observed) == [("TC-1", "DONE", ms("2026-11-02T09:12:40+01:00"))]
    assert f"column '{header}' is left aside" in str(observed.problems[0])
    assert observed.accounts[0].is_of_console


def test_a_mapping_reads_another_column_than_the_consoles_own(put):
    log = put("Name;Update State;Vorgang;Time\nTC-1;Deferred;done;2026-11-02 09:30\n")
    mapping = put("columns: {status: Vorgang}\n", "mapping.yaml")
    observed = read_observed(log, zone=BERLIN, mapping=mapping)
    assert whats(observed, "TC-1") == ["DONE"]
    assert "column 'Update State' is left aside" in str(observed.problems[0])


def test_a_stamp_may_stand_behind_a_word_of_a_mapping(put):
    path = put(
        "Name;Update State\nA;Fertig – 29.10.2021 04:12:00\nB;Fertig\n", "s-2021-10-31T06-03.csv"
    )
    mapping = put("words: {Fertig: done}\n", "mapping.yaml")
    observed = read_observed(path, zone="UTC", mapping=mapping)
    assert observed.accounts[0].form == "Update States of the console (CSV)"
    assert events(observed) == [
        ("A", "DONE", ms("2021-10-29T04:12+00:00")),
        ("B", "DONE", LONG_AGO),
    ]


def test_unknown_words_of_an_update_state_are_told_as_such(put):
    path = put("Name;Update State\nA;Gereed – 2021-10-29 04:12:00\n", "s-2021-10-31T06-03.csv")
    with pytest.raises(fwsim.InputError, match="unknown Update State 'Gereed"):
        read_observed(path, zone="UTC")


@pytest.mark.parametrize("state", ["", "Delivery successful"])
def test_an_export_in_which_no_device_has_begun_tells_when_that_was(put, state):
    text = f"Device,Update State\nA,{state}\nB,{state}\n"
    observed = read_observed(put(text, "states-2026-11-02T09-15.csv"), zone="UTC")
    assert len(observed) == 0
    assert observed.until == ms("2026-11-02T09:15:00+00:00")


def test_a_look_that_shows_a_delivery_bounds_what_is_seen_later(put):
    looks = [
        put(f"Device,Update State\nA,{state}\n", f"states-2026-11-02T{hour}-00.csv")
        for hour, state in (("09", "Delivery successful"), ("10", "Deferred"))
    ]
    observed = read_observed(looks, zone="UTC")
    assert events(observed) == [("A", "DEFERRED", ms("2026-11-02T09:00:00+00:00"))]


def test_names_that_stand_in_two_ous_are_told_with_their_ou(put):
    rows = "Name,OU,Time,Status\nTC-1,DE/A,2026-11-02 09:00,done\nTC-1,DE/B,2026-11-02 09:00,done\n"
    assert {name for name, _, _ in events(read_observed(put(rows), zone="UTC"))} == {
        "DE/A/TC-1",
        "DE/B/TC-1",
    }


JOBS = (
    "UpdateJobID;Id;Mac;Ip;TimeCreated;TimeModified;StartStatus;Status;Result\n"
    "7;1;00E0C5000001;10.0.0.1;1762066800;1762067000;3;5;0\n"
    "7;2;00E0C5000002;10.0.0.2;1762066801;1762067101;1;1;1\n"
    "7;3;00E0C5000003;10.0.0.3;1762066802;1762067300;1;6;0\n"
    "7;4;00E0C5000004;10.0.0.4;1762066803;1762066900;3;4;\n"
    "7;5;00E0C5000005;10.0.0.5;1762066804;1762066950;3;5;1\n"
)


def test_rows_of_update_jobs_are_read_in_their_codes(put):
    observed = read_observed(put(JOBS))
    seen = {f"00E0C500000{i}": whats(observed, f"00E0C500000{i}") for i in range(1, 6)}
    assert seen == {
        "00E0C5000001": ["ON", "DONE"],
        "00E0C5000002": ["OFF", "UNREACHED"],
        "00E0C5000003": ["OFF", "DONE"],
        "00E0C5000004": ["ON", "CHECKING"],
        "00E0C5000005": ["ON", "FAILED"],
    }
    late = observed.latest - observed.earliest
    # Waiting for its halt, it was done some time before; updating, it began some time before.
    assert late[late > 0].tolist() == [498_000, 97_000]
    assert observed.commands == ("7",)
    assert observed.resolution == 1000


EARLIER = (
    "7;1;00E0C5000001;10.0.0.1;1762066800;1762066900;3;4;\n"
    "7;2;00E0C5000002;10.0.0.2;1762066801;1762067101;1;1;1\n"
    "7;5;00E0C5000005;10.0.0.5;1762066804;1762066900;3;5;0\n"
    "7;6;00E0C5000006;10.0.0.6;1762066805;1762066900;3;5;0\n"
)
"""The same jobs as they were meanwhile: under way, ended as they did, and with another end."""


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_exports_the_row_of_a_job_that_was_modified_last_counts(tmp_path, turned):
    head = JOBS.splitlines(keepends=True)[0]
    paths = [tmp_path / "noon.csv", tmp_path / "evening.csv"]
    for path, text in zip(paths, (head + EARLIER, JOBS), strict=True):
        path.write_text(text, encoding="utf-8")
    observed = read_observed(paths[::-1] if turned else paths)
    alone = read_observed(paths[1])
    for name in alone.device.values:
        assert whats(observed, name) == whats(alone, name)
    assert whats(observed, "00E0C5000006") == ["ON", "DONE"]  # in the first alone
    told = [str(problem) for problem in observed.problems if "tells less" in problem.message]
    assert told == [
        f"{paths[0]}:2: warning: tells less of a job than another row, as 1 more does; left out"
    ]
    together = tmp_path / "both.csv"
    together.write_text(head + EARLIER + JOBS.removeprefix(head), encoding="utf-8")
    assert len(read_observed(together)) == len(observed)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "ends"),
    [
        ("1762066860;3;4;", "1762066860;3;5;0", 1762066860),  # within one step of the times
        ("1762066860;3;3;", "1762066860;3;5;1", 1762066860),
        ("1762066860;1;5;0", "1762067000;1;6;0", 1762066860),  # it waits for its halt
        ("1762066860;1;5;0", "1762067000;1;1;0", 1762066860),  # it is off again
        ("1762066860;1;6;0", "1762067000;1;1;0", 1762066860),
        ("1762066860;3;5;0", "1762067000;3;5;1", 1762067000),
    ],
)
def test_the_end_of_a_job_is_lost_neither_to_a_row_of_the_same_time_nor_to_its_halt(
    tmp_path, turned, one, other, ends
):
    paths = [tmp_path / "noon.csv", tmp_path / "evening.csv"]
    for path, row in zip(paths, (one, other), strict=True):
        head = "UpdateJobID;Mac;TimeCreated;TimeModified;StartStatus;Status;Result"
        path.write_text(f"{head}\n7;00E0C5000001;1762066800;{row}\n", encoding="utf-8")
    observed = read_observed(paths[::-1] if turned else paths)
    (_, what) = whats(observed, "00E0C5000001")
    assert what == ("FAILED" if other.endswith("1") else "DONE")
    assert observed.latest.tolist()[-1] == ends * 1000
    assert (observed.earliest[-1] < observed.latest[-1]) == one.endswith("1;6;0")
    assert observed.until == max(int(row[:10]) for row in (one, other)) * 1000


def test_jobs_of_commands_at_whole_minutes_are_in_seconds_all_the_same(put):
    rows = "".join(
        f"7;{n};00E0C5000001;10.0.0.1;{60 * (29367780 + n)};{60 * (29367780 + n) + 7};1;1;1\n"
        for n in range(20)
    )
    assert read_observed(put(JOBS.splitlines(keepends=True)[0] + rows)).resolution == 1000


def test_jobs_that_were_modified_on_whole_minutes_are_in_minutes(put):
    rows = "".join(
        f"7;{n};00E0C5000001;10.0.0.1;{60 * (29367780 + n) + 7};{60 * (29367781 + n)};1;1;1\n"
        for n in range(20)
    )
    assert read_observed(put(JOBS.splitlines(keepends=True)[0] + rows)).resolution == 60_000


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


@pytest.mark.parametrize("null", ["NULL", "\\N", "(null)", ""])
def test_what_a_database_writes_for_nothing_is_nothing(put, null):
    head = "Device;UpdateJobID;StartStatus;Status;Result;TimeCreated;TimeModified;MAC;OU\n"
    done, going = "5;0;1793617207;1793618000;0;", "4;{};1793617207;1793617300;;{}"
    log = put(f"{head}TC-1;7;3;{done}\nTC-2;7;3;{going.format(null, null)}\n")
    assert whats(read_observed(log), "TC-2") == ["ON", "CHECKING"]


def test_a_time_with_an_offset_of_whole_hours(put):
    log = read_observed(put("device,time,status\nT1,2026-11-02 12:10:00+01,done\n"))
    assert events(log) == [("T1", "DONE", ms("2026-11-02T11:10Z"))]


def test_texts_that_a_spreadsheet_keeps_as_texts_are_looks_all_the_same(put):
    plain = "Device;Time;Update State\nTC-1;2026-11-02 12:10;Successful\n"
    kept = plain.replace("Successful", '="Successful"')
    one, other = (read_observed(put(text), zone="UTC") for text in (plain, kept))
    assert one.accounts[0].is_of_console
    assert (other.accounts, events(other)) == (one.accounts, events(one))


@pytest.mark.parametrize(("header", "count"), [("Update State", 3), ("Status", 4)])
def test_the_consoles_field_in_words_of_a_mapping_is_looked_at_all_the_same(put, header, count):
    rows = ["TC-1;09:00;En cours", "TC-2;09:00;Réussi", "TC-1;10:00;Réussi", "TC-2;10:00;Réussi"]
    lines = (row.replace(";", ";2026-11-02 ", 1) for row in rows)
    log = put("\n".join([f"Device;Time;{header}", *lines, ""]))
    mapping = LogMapping(words={"Réussi": (What.DONE,), "En cours": (What.FETCHING,)})
    assert len(read_observed(log, zone="UTC", mapping=mapping)) == count


def test_a_spreadsheet_may_name_any_delimiter(put):
    log = put("sep=^\ndevice^time^status\nT1^2026-11-02T12:10Z^done\n")
    assert events(read_observed(log)) == [("T1", "DONE", ms("2026-11-02T12:10Z"))]


def test_columns_that_nobody_reads_may_have_one_header(put):
    log = put("device;Note;time;Note;status;note\nT1;a;2026-11-02T12:10Z;b;done;c\n")
    assert events(read_observed(log)) == [("T1", "DONE", ms("2026-11-02T12:10Z"))]


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_cells_in_quotes_may_have_line_breaks_in_headers_too(put, end):
    rows = [
        'Device;"Date\nTime";"Update\r\nState";Note',
        'TC-1;02.11.2026 09:00;"Update in progress\n(transfer started – 02.11.2026 08:59)";x',
        "TC-2;02.11.2026 09:00;Successful;",
        'TC-3;02.11.2026 09:00;Successful;"one\n""two""\n"',
    ]
    log = read_observed(put("\n".join(rows) + end), zone="UTC")
    assert [(name, what) for name, what, _ in events(log)] == [
        ("TC-1", "FETCHING"),
        ("TC-2", "DONE"),
        ("TC-3", "DONE"),
    ]
    assert (log.problems, log.accounts[0].lines, log.line.tolist()) == ((), 3, [4, 6, 7])


def test_quotation_marks_behind_a_blank_are_quotation_marks(put):
    log = put('device, "time", "status"\nT1, "2026-11-02T12:10Z", "done"\n')
    assert events(read_observed(log)) == [("T1", "DONE", ms("2026-11-02T12:10Z"))]


def test_a_quote_that_nothing_closes_takes_no_line_along(put):
    good = [f"TC-{n},2026-11-02T09:0{n}Z,done" for n in range(5)]
    rows = ["device,time,status", 'TC-8,"2026-11-02T09:00Z,done', *good, 'TC-9,"7"" disk,done']
    log = read_observed(put("\n".join(rows) + "\n"))
    assert (len(log), [problem.line for problem in log.problems]) == (5, [2, 8])


@pytest.mark.parametrize("closing", [1, 4])
def test_two_quotes_that_nothing_closes_take_no_row_between_them_along(put, closing):
    """The rows between two such notes were a part of the note, without a word."""
    notes = ['"on hold', *["ok"] * (closing - 1), 'on hold"', *["ok"] * 4]
    rows = [f"TC-{n},2026-11-02T09:0{n}Z,done,{note}" for n, note in enumerate(notes)]
    log = read_observed(put("\n".join(["device,time,status,note", *rows, ""])))
    lost = [problem.line for problem in log.problems]
    assert (len(log), lost) == (closing + 3, [2, closing + 2])


def test_a_few_times_on_the_minute_may_be_seconds_by_chance(put):
    rows = "TC-1,2021-09-24 15:30:00,asked\nTC-2,2021-09-24 16:00:00,asked\n"
    assert read_observed(put(f"device,time,status\n{rows}"), zone=BERLIN).resolution == 1000


def test_fwsims_own_table_of_jobs_reads_alike(tmp_path):
    from tests.results.small_rollout import small_result

    small_result().save(tmp_path)
    observed = read_observed(tmp_path / "jobs.csv")
    assert "rows of update jobs" in observed.accounts[0].form
    failed = int((small_result().jobs.result == "1").sum())
    assert int((observed.what == What.FAILED).sum()) == failed > 0


MAPPING = """\
form: events
columns: {device: Rechner, time: Wann, status: Vorgang}
words: {fertig: done, "läuft": ignore, abgelehnt: cancelled}
dates: day first
devices: {R1: TC-1}
"""


def test_a_mapping_names_columns_words_and_devices(put):
    log = put("Rechner|Wann|Vorgang\nR1|05/06/2021 10:00|Läuft\nR1|05/06/2021 11:00|fertig\n")
    observed = read_observed(log, zone="UTC", mapping=put(MAPPING, "map.yaml"))
    assert events(observed) == [("TC-1", "DONE", ms("2021-06-05T11:00+00:00"))]
    assert observed.accounts[0].aside == {"tells of nothing that counts": 1}


def test_zeros_before_a_name_are_kept(put):
    log = put("Rechner;Wann;Vorgang\nR1;2021-06-05 10:00;fertig\n")
    mapping = MAPPING.replace("R1: TC-1", "R1: 0007")
    observed = read_observed(log, zone="UTC", mapping=put(mapping, "map.yaml"))
    assert events(observed) == [("0007", "DONE", ms("2021-06-05T10:00+00:00"))]


def test_a_mapping_to_nothing_is_refused(put):
    wrong = "devices: {'0001': '', '0002': ~}\ncolumns: {time: ''}\nwords: 7\n"
    with pytest.raises(fwsim.InputError) as refusal:
        read_observed(put(GERMAN), mapping=put(wrong, "map.yaml"))
    told = [(problem.path, problem.message) for problem in refusal.value.problems]
    assert told == [
        ("devices.0001", "expected a text"),
        ("devices.0002", "expected a text"),
        ("columns.time", "expected a text"),
        ("words", "expected lines of the form 'name: name'"),
    ]


def test_a_mapping_is_checked_as_a_whole(put):
    wrong = "form: event\ncolumns: {devise: A}\nwords: {x: dnoe}\ndates: maybe\nword: {}\n"
    with pytest.raises(fwsim.InputError) as refusal:
        read_observed(put(GERMAN), mapping=put(wrong, "map.yaml"))
    text = str(refusal.value)
    for said in ("'events'?", "'device'?", "'done'?", "unknown dates 'maybe'", "'words'?"):
        assert said in text
    assert len(refusal.value.problems) == 5


def test_parquet_with_typed_times_is_read(tmp_path):
    at = np.array(["2026-11-02T09:00", "2026-11-02T09:00:00.250"], "datetime64[ms]")
    table = pa.table(
        {
            "device": pa.array(["a", "b"]).dictionary_encode(),
            "time": pa.array(at, pa.timestamp("us", "UTC")),
            "status": ["asked", "started"],
        }
    )
    parquet.write_table(table, tmp_path / "log")
    observed = read_observed(tmp_path / "log")
    assert [name for name, _, _ in events(observed)] == ["a", "b"]
    assert observed.earliest[1] - observed.earliest[0] == 250


XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <trace>
    <string key="concept:name" value="TC-1"/>
    <event>
      <string key="concept:name" value="Transfer"/>
      <string key="lifecycle:transition" value="start"/>
      <date key="time:timestamp" value="2026-11-02T09:00:00.000+01:00"/>
    </event>
    <event>
      <string key="concept:name" value="Successful"/>
      <date key="time:timestamp" value="2026-11-02T09:10:00.000+01:00"/>
    </event>
  </trace>
</log>
"""


@pytest.mark.parametrize("name", ["'=x", "'0012", "''z", '="7"'])
def test_a_mark_of_a_spreadsheet_is_one_in_csv_only(put, name):
    """What was exported as XES or JSON lines was written by no spreadsheet: its names stay."""
    marked = put(XES.replace("TC-1", name.replace('"', "&quot;")), "log.xes")
    event = {"device": name, "time": "2026-11-02T09:00:00+01:00", "status": "fetching"}
    for path in (marked, put(json.dumps(event) + "\n", "log.jsonl")):
        assert events(read_observed(path))[0][0] == name


def test_xes_is_read_a_trace_a_device(put):
    observed = read_observed(put(XES, "log.xes"))
    assert events(observed) == [
        ("TC-1", "FETCHING", ms("2026-11-02T09:00+01:00")),
        ("TC-1", "DONE", ms("2026-11-02T09:10+01:00")),
    ]
    assert observed.line.tolist() == [5, 10]


def test_logs_of_several_kinds_make_one_whole(put):
    observed = read_observed([put(XES, "a.xes"), put(GERMAN, "b.csv"), put(JOBS, "c")], zone=BERLIN)
    assert len(observed) == 2 + 3 + 10
    assert [account.source.rpartition("/")[2] for account in observed.accounts] == [
        "a.xes",
        "b.csv",
        "c",
    ]
    assert set(observed.source.tolist()) == {0, 1, 2}
    order = np.lexsort((observed.earliest, observed.device.codes))
    assert (order == np.arange(len(observed))).all()


def test_a_list_of_those_that_have_finished_is_known_as_one(put):
    path = put("device,time,status\na,2026-11-02T09:00Z,Successful\nb,2026-11-02T09:01Z,failed\n")
    assert read_observed(path).only_finished
    assert not read_observed(put(GERMAN), zone=BERLIN).only_finished


def test_pseudonyms_are_stable_and_hide_every_name(put):
    secret = put(GERMAN.replace("TC-1;24.09.2021 15:42;done", "Meier;99.09.2021 15:42;Schulze"))
    observed = read_observed(secret, zone=BERLIN, pseudonymise=True)
    again = read_observed(secret, zone=BERLIN, pseudonymise=True)
    assert observed.device.values == again.device.values
    assert all(name.startswith("d-") for name in observed.device.values)
    told = " ".join(map(str, observed.problems))
    assert observed.problems
    assert "Schulze" not in told
    assert "Meier" not in told
    plain = read_observed(secret, zone=BERLIN)
    assert plain.device.values == ("TC-1", "TC-2")  # nobody who is only in a line left out
    other = read_observed(put(GERMAN, "b.csv"), zone=BERLIN, pseudonymise=True)
    assert not set(other.device.values) & set(observed.device.values)
    keyed = [
        read_observed(path, zone=BERLIN, pseudonymise="a long key").device.values
        for path in (secret, put(GERMAN, "c.csv"))
    ]
    assert set(keyed[0]) <= set(keyed[1])


def test_reasons_in_words_of_others_go_with_the_names(put):
    rows = "device,time,status,detail\na,2026-11-02T09:00Z,failed,Herr Meier\n"
    rows += "b,2026-11-02T09:00Z,failed,Transfer failed\n"
    assert set(read_observed(put(rows)).detail.values) == {"Herr Meier", "Transfer failed"}
    hidden = read_observed(put(rows), pseudonymise=True)
    assert set(hidden.detail.values) == {"for another reason", "transfer failed"}


def test_a_header_in_the_middle_of_a_file_is_left_out_and_told(put):
    head, row = "device,time,status\n", "a,2026-11-02T09:0{}Z,done\n"
    seen = read_observed(put(head + row.format(0) + head + row.format(1) + head + row.format(2)))
    assert len(seen) == 3
    assert [(one.line, one.message) for one in seen.problems] == [
        (3, "is the header again, in the middle of the file, as 1 more does; left out")
    ]
    assert seen.accounts[0].lines == 3


def test_of_two_columns_with_a_time_the_one_left_aside_is_told(put):
    text = "Name;Datum;Stand;Status\na;01.09.2026 08:00;02.10.2026 09:31:05;done\n"
    seen = read_observed(put(text), zone=BERLIN)
    (problem,) = seen.problems
    assert problem.message.startswith("column 'Stand' is left aside, for 'Datum' means the same")
    chosen = read_observed(put(text), zone=BERLIN, mapping=LogMapping(columns={"time": "Stand"}))
    assert not chosen.problems


def test_progress_is_told_file_by_file(put):
    told = []
    read_observed(
        [put(XES, "a"), put(JOBS, "b")], progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("header", "done", "begun"),
    [
        ("Device;Time;Status", "Successful", "Update in progress"),
        ("Gerät;Zeit;Aktualisierungsstatus", "Erfolgreich", "Verschoben"),
    ],
)
@pytest.mark.parametrize("devices", [4, 20])
def test_texts_of_the_console_at_a_time_of_their_own_are_events(put, header, done, begun, devices):
    """Half of the time since the command was taken for what a device had needed."""
    rows = [f"TC-{n};2026-11-02 09:{n:02};{begun}" for n in range(devices)]
    rows += [f"TC-{n};2026-11-02 09:{n + 30:02};{done}" for n in range(devices)]
    log = read_observed(put("\n".join([header, *rows, ""])), zone="UTC")
    ended = log.what == What.DONE
    at = [ms(f"2026-11-02T09:{n + 30:02}+00:00") for n in range(devices)]
    assert log.earliest[ended].tolist() == at
    (told,) = log.problems
    assert "each line is at a time of its own" in told.message
    asked = LogMapping(form="snapshots")
    looked = read_observed(put("\n".join([header, *rows, ""])), zone="UTC", mapping=asked)
    assert (looked.earliest[looked.what == What.DONE] < at).all()


@pytest.mark.parametrize("deferred", ["Deferred", "Verschoben"])
def test_that_people_defer_again_makes_no_look_of_an_event(put, deferred):
    """The later deferments were left out, and who fetched was done in half the time."""
    rows = [
        f"TC-{n};2026-11-02 {hour:02}:{n:02};{deferred if hour < 12 else 'Successful'}"
        for hour in range(9, 13)
        for n in range(20)
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
    assert np.count_nonzero(log.what == What.DEFERRED) == 60
    assert (log.earliest >= ms("2026-11-02T09:00+00:00")).all()


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


def test_ous_that_take_turns_are_looks_without_a_column_too(put):
    """Events at minutes that devices share are none: those who begin together end apart."""
    turns = [
        f"T{u}-{n};2026-11-02 {9 + look:02}:{u:02};{word}"
        for look, word in enumerate(["Update in progress", "Successful"])
        for u in range(12)
        for n in range(5 - (u == 3 and look))
    ]
    events = [
        f"T{n};2026-11-02 {at};{word}"
        for n in range(60)
        for at, word in (("09:00", "Update in progress"), (f"09:{10 + n // 4}", "Successful"))
    ]
    for rows, are_looks in ((turns, True), (events, False)):
        log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
        assert log.accounts[0].is_of_console == are_looks
    assert "each line is at a time of its own" in log.problems[0].message


@pytest.mark.parametrize("devices", [1, 2])
def test_that_so_few_may_be_events_is_told(put, devices):
    rows = [
        f"T{n};2026-11-02 09:{at + n};{word}"
        for n in range(devices)
        for at, word in ((10, "Deferred"), (20, "Update in progress"), (30, "Successful"))
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC")
    assert log.accounts[0].is_of_console
    (told,) = log.problems
    assert "(form: events)" in told.message
    asked = LogMapping(form="events")
    assert not read_observed(
        put("\n".join(["Device;Time;Status", *rows, ""])), zone="UTC", mapping=asked
    ).problems


@pytest.mark.parametrize("words", [["Successful"], ["Update in progress", "Successful"]])
def test_ous_that_were_exported_one_by_one_are_looks(put, words):
    rows = [
        f"T{u}-{n};DE/{u};2026-11-02 {9 + look:02}:{u:02};{word}"
        for look, word in enumerate(words)
        for u in range(12)
        for n in range(4)
    ]
    log = read_observed(put("\n".join(["Device;OU;Time;Status", *rows, ""])), zone="UTC")
    assert log.accounts[0].form == "Update States of the console (CSV)"


def test_texts_of_the_console_that_several_looks_show_are_looks(put):
    looks = [
        f"TC-{n};2026-11-02 {hour:02}:00;{'Successful' if n < hour else 'Deferred'}"
        for hour in range(9, 21)
        for n in range(hour % 3, 20, 3)  # a third of the devices at a time
    ]
    log = read_observed(put("\n".join(["Device;Time;Status", *looks, ""])), zone="UTC")
    assert log.accounts[0].form == "Update States of the console (CSV)"
