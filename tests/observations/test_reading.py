"""Logs of every kind that is read, each in the forms it comes in."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import fwsim
from fwsim.observations import text_table
from fwsim.observations.mapping import LogMapping
from fwsim.observations.observed import What
from fwsim.observations.reading import read_observed
from tests.observations.seen import events, ms, whats

BERLIN = "Europe/Berlin"
GERMAN = (
    "Gerätename;Zeitpunkt;Status\n"
    "TC-1;24.09.2021 15:30;offered\n"
    "TC-1;24.09.2021 15:42;done\n"
    "TC-2;24.09.2021 15:31;failed\n"
)


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


@pytest.mark.parametrize("null", ["NULL", "\\N", "(null)", ""])
def test_what_a_database_writes_for_nothing_is_nothing(put, null):
    head = "Device;UpdateJobID;StartStatus;Status;Result;TimeCreated;TimeModified;MAC;OU\n"
    done, going = "5;0;1793617207;1793618000;0;", "4;{};1793617207;1793617300;;{}"
    log = put(f"{head}TC-1;7;3;{done}\nTC-2;7;3;{going.format(null, null)}\n")
    assert whats(read_observed(log), "TC-2") == ["ON", "CHECKING"]


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


def test_parquet_that_unpacks_to_far_more_than_it_says_is_refused(tmp_path, monkeypatch):
    """A text that comes in each row is written once: a small file may hold any amount."""
    monkeypatch.setattr(text_table, "LARGEST_UNPACKED", 10**6)
    rows = {"device": ["a" * 1000] * 2000, "time": ["2026-11-02T09:00"] * 2000}
    parquet.write_table(pa.table({**rows, "status": ["asked"] * 2000}), tmp_path / "log")
    with pytest.raises(fwsim.InputError, match="unpacks to more than"):
        read_observed(tmp_path / "log")


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
