"""Whatever is wrong with a log is said with its place and the nearest right thing."""

from __future__ import annotations

import gzip
import os
from unittest import mock

import pytest

import fwsim
from fwsim.messages import speaking
from fwsim.observations.complaints import MOST_KEPT, Complaints
from fwsim.observations.reading import read_observed
from fwsim.observations.transfers import read_transfers
from fwsim.problems import InputError, Severity

GOOD = [f"TC-{i},2026-11-02T09:{i:02d}:00Z,done" for i in range(5)]
HEAD = "device,time,status"
OWN = "time,device,command,status,state,detail,amount"
OWN_GOOD = [f"2026-11-02T09:0{i}:00.000Z,TC-{i},1,,CHECKING,,0" for i in range(5)]
JOB = "Mac,TimeCreated,TimeModified,StartStatus,Status,Result"
JOB_GOOD = [f"00E0C500000{i},1762066800,1762067000,3,5,0" for i in range(5)]
LOOK = "Name,Time,Update State"
LOOK_GOOD = [f"TC-{i},2026-11-02 09:00,Successful" for i in range(5)]
FIELDS = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken"
IIS_GOOD = [f"2026-11-02 08:00:0{i} 10.0.0.{i} GET /a.fpm 200 500000 10" for i in range(5)]
COMMON_GOOD = [
    f'10.0.0.{i} - - [02/Nov/2026:09:00:0{i} +0100] "GET /a.fpm HTTP/1.1" 200 500000 90000'
    for i in range(5)
]


def xml(body: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<log>{body}</log>'


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

# What is wrong with a line: it is left out, told and counted, and the others are read.
LINES = {
    "cut": (HEAD, GOOD, "TC-9,2026-11-02T09", ":7:19: error: 2 cells, expected 3"),
    "too wide": (HEAD, GOOD, "TC-9,2026-11-02T09:00Z,done,x", ":7:29: error: 4 cells, expected 3"),
    "a quote left open": (HEAD, GOOD, '"TC-9,2026-11-02T09:00Z,done', ":7:1: error: a quote is"),
    "quotes in the middle": (HEAD, GOOD, 'a"b,2026-11-02T09:00Z,"done', ":7:23: error: a quote is"),
    "no name": (HEAD, GOOD, " ,2026-11-02T09:00Z,done", ":7:1: error: the device has no name"),
    "a name without end": (
        HEAD,
        GOOD,
        f"{'x' * 3000},2026-11-02T09:00Z,done",
        ":7:1: error: device 'xxx",
    ),
    "unknown status": (HEAD, GOOD, "TC-9,2026-11-02T09:00Z,donne", ":7:24: error: unknown status"),
    "near a status": (HEAD, GOOD, "TC-9,2026-11-02T09:00Z,donne", "did you mean 'done'?"),
    "no time": (
        HEAD,
        GOOD,
        "TC-9,,done",
        ":7:6: error: time is missing; expected for example 2021",
    ),
    "no such month": (HEAD, GOOD, "TC-9,2026-13-02T09:00Z,done", ":7:6: error: time '2026-13-02"),
    "no such hour": (HEAD, GOOD, "TC-9,02.11.2026 25:00,done", "is none: no clock shows this"),
    "a skipped hour": (HEAD, GOOD, "TC-9,2026-03-29 02:30,done", "Europe/Berlin: they skip that"),
    "two days": (HEAD, GOOD, "TC-9,05/06/2026 09:00,done", "expected 'dates: day first' or 'dat"),
    "long ago": (HEAD, GOOD, "TC-9,1601-01-01T00:00Z,done", "outside of the years 1970 to 2199"),
    "in far years": (HEAD, GOOD, "TC-9,9999-12-31T23:59,done", "outside of the years 1970 to 2199"),
    "dashes": (HEAD, GOOD, "TC-9,11-02-2026 09:00,done", ":7:6: error: time '11-02-2026 09:00' is"),
    "blanks without end": (
        HEAD,
        GOOD,
        f"TC-9,2026-11-02 09:00{' ' * 90_000}x,done",
        ":7:6: error: time '2026-11-02 09:00",
    ),
    "no such zone": (HEAD, GOOD, "TC-9,02.11.2026 9:00 +26:00,done", "no clock is 26 hours from"),
    "dashes without end": (
        HEAD,
        GOOD,
        f"a,2026-11-02T09:00Z,Successful{' - ' * 9000}",
        "unknown st",
    ),
    "a secret": (
        HEAD,
        GOOD,
        "TC-9,2026-11-02T09:00Z,password=abc123",
        "unknown status 'password=***",
    ),
    "10 MB": (HEAD, GOOD, "x" * 10_000_000, ":7:100001: error: is 10,000,000 characters long; exp"),
    "10 MB of commas": (HEAD, GOOD, "," * 10_000_000, "is 10,000,000 characters long"),
    "unknown state": (OWN, OWN_GOOD, "2026-11-02T09:00:00Z,a,1,,CHECKNG,,0", "'CHECKING'?"),
    "no amount": (
        OWN,
        OWN_GOOD,
        "2026-11-02T09:00:00Z,a,1,,CHECKING,,12 MB",
        "amount '12 MB' is no",
    ),
    "no such code": (
        JOB,
        JOB_GOOD,
        "a,1762066800,1762067000,2,5,0",
        ":7:25: error: start state 2 is none of the codes; expected one of 1, 3",
    ),
    "no such result": (
        JOB,
        JOB_GOOD,
        "a,1762066800,1762067000,3,5,7",
        ":7:29: error: result 7 is none of the codes; expected one of 0, 1",
    ),
    "modified first": (
        JOB,
        JOB_GOOD,
        "a,1762067000,1762066800,3,5,0",
        ":7:14: error: was modified ",
    ),
    "not a number": (
        JOB,
        JOB_GOOD,
        "a,1762067000,1762066800,on,5,0",
        "start state 'on' is not a whole number; expected for example 1",
    ),
    "a device twice": (
        LOOK,
        LOOK_GOOD,
        "TC-1,2026-11-02 09:00,Deferred",
        "already in line 3: two de",
    ),
    "a device of one OU twice": (
        "Name,OU,Time,Update State",
        [row.replace(",", ",DE,", 1) for row in LOOK_GOOD],
        "TC-1,DE,2026-11-02 09:00,Deferred",
        "device 'TC-1' of this OU is already in line 3 at the same time; the first counts",
    ),
    "half a stamp": (
        LOOK,
        LOOK_GOOD,
        "TC-9,2026-11-02 09:00,Update in progress (Transfer started – 2026-11-0",
        "unknown Update State 'Update in progress (Transfer started",
    ),
    "a stamp of no day": (
        LOOK,
        LOOK_GOOD,
        "TC-9,2026-11-02 09:00,Successful – 2026-11-31 09:00:00",
        "time '2026-11-31 09:00:00' is none: no calendar has this day",
    ),
}
WEB_LINES = {
    "fields missing": (
        IIS_GOOD,
        "2026-11-02 08:00:09 10.0.0.9 GET",
        ":7:33: error: 4 fields, expect",
    ),
    "a dash for bytes": (
        IIS_GOOD,
        "2026-11-02 08:00:09 a GET /a 200 - 10",
        ":7:34: error: sc-bytes '-' is not a whole number; expected for example 5242880",
    ),
    "below zero": (
        IIS_GOOD,
        "2026-11-02 08:00:09 a GET /a 200 9 -10",
        "time-taken '-10' is not a whole",
    ),
    "no time of day": (
        IIS_GOOD,
        "2026-11-02 8h a GET /a 200 500 10",
        "time '2026-11-02T8hZ' is none",
    ),
    "a long line": (IIS_GOOD, "x" * 10_000_000, ":7:100001: error: is 10,000,000 characters long"),
    "no common line": (
        COMMON_GOOD,
        "10.0.0.9 GET /a.fpm",
        ":7:1: error: '10.0.0.9 GET /a.fpm' is not a line of this form; ex",
    ),
    "no duration": (
        COMMON_GOOD,
        '10.0.0.9 - - [02/Nov/2026:09:00:00 +0100] "GET /a.fpm HTTP/1.1" 200 500000',
        "200 500000' and tells no duration; expected one, as in other lines",
    ),
    "another month": (
        COMMON_GOOD,
        '10.0.0.9 - - [02/Okt/2026:09:00:00 +0100] "GET /a.fpm HTTP/1.1" 200 500000 9',
        "time '02/Okt/2026:09:00:00 +0100' is none",
    ),
    "quotes without end": (
        COMMON_GOOD,
        '9 - - [02/Nov/2026:09:00:00 +0100] "' + '\\"' * 40_000,
        "is no",
    ),
}

# What is wrong with a file: it is refused as a whole.
FILES = {
    "empty": (b"", "is empty; expected a log"),
    "blank": (b" \n\n ", "is empty; expected a log"),
    "header only": (f"{HEAD}\n".encode(), "holds no line beside its header"),
    "gzip": (
        gzip.compress("\n".join([HEAD, *GOOD]).encode()),
        "is packed with gzip; unpack it first",
    ),
    "a zip archive": (
        b"PK\x03\x04" + b"\0" * 99,
        "is a zip archive, as workbooks of a spreadsheet are; save the sheet as CSV ",
    ),
    "a workbook": (
        b"PK\x03\x04" + b"\0" * 99 + b"xl/workbook.xml" + b"\0" * 99,
        "is a workbook of a spreadsheet; save the sheet as CSV UTF-8",
    ),
    "a JSON array": (
        b'[\n  {"device": "a", "time": 1, "status": "done"}\n]\n',
        "is a JSON array; write its objects one a line (JSON lines)",
    ),
    "a database": (b"SQLite format 3\0" + b"\0" * 99, "export its table as CSV"),
    "binary": (b"device,time,status\n\0\1\2\xff\xfe\0", ":2: error: is not UTF-8 text"),
    "NUL": (b"device,time,status\na,b,\0\n", ":2: error: is not text: it holds a character 0"),
    "broken UTF-8": ("device,time,status\nKöln,".encode() + b"\xff\xff\xff", "is not UTF-8 text"),
    "no columns": (
        b"a,b,c\n1,2,3\n",
        ":1: error: is not a log that fwsim knows: no column for device",
    ),
    "no time": (
        b"device,status\na,asked\n",
        "no column for time (such as Time, Datum or Stand) among 'device', 'status'",
    ),
    "headers twice": (
        b"device,time,Device,status\na,b,c,d\n",
        "1 and 3 both have the header 'Devi",
    ),
    "half of it bad": (
        b"device,time,status\na,b,c\nd,e,f\n",
        "2 of 2 lines cannot be read as device",
    ),
    "a web log": (
        "\n".join([FIELDS, *IIS_GOOD]).encode(),
        "is the log of a web server, which tells",
    ),
    "no zone": (
        b"device,time,status\na,2026-11-02 09:00,done\n",
        ":2:3: error: the time '2026-11-02 ",
    ),
    "no XES": (b"<html><body/></html>", ":1:1: error: is XML, but no XES: expected a log element"),
    "a document type": (
        xml("&b;", BOMB).encode(),
        "declares a document type (DTD); a log needs none",
    ),
    "an entity": (
        xml("&c;", '<!DOCTYPE log [<!ENTITY c SYSTEM "file:///etc/passwd">]>').encode(),
        "declares a document type (DTD)",
    ),
    "XML cut": (b"<log><trace><event>", ":1:20: error: is not XML from here on"),
    "XML without end": (xml("<a>" * 99 + "</a>" * 99).encode(), "nests deeper than 50 levels"),
    "XML without events": (xml("").encode(), "holds no line beside its header"),
    "no JSON": (b'{"device": "a"\n{"device": \n', "2 of 2 lines cannot be read as a log"),
    "deep JSON": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "is 240,001 characters long"),
    "nested JSON": (
        b'{"device": {"name": "a"}, "time": 1, "status": "done"}\n',
        "'device' is neither text nor",
    ),
    "damaged Parquet": (b"PAR1" + b"x" * 100 + b"PAR1", "cannot be read as Parquet"),
    "no time of export": (
        b"Name,Update State\na,Successful\n",
        "put the time into the file's name",
    ),
}


@pytest.fixture
def put(tmp_path):
    def put(content: bytes, name: str = "log"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return put


def test_what_is_nested_in_a_key_that_nobody_reads_leaves_no_line_out(put):
    rows = [
        f'{{"device": "D{n}", "time": "2026-11-02T09:0{n}:00Z", "status": "{status}"{more}}}'
        for n, status, more in (
            (1, "fetching", ', "tags": ["a", {"b": 1}]'),
            (2, "fetching", ', "tags": null, "x": {}'),
            (3, "done", ""),
        )
    ]
    bad = '{"device": "D4", "time": "2026-11-02T09:04:00Z", "status": {"code": 7}}'
    observed = read_observed(put("\n".join([*rows, bad, ""]).encode()), zone="UTC")
    assert len(observed) == 3
    (problem,) = observed.problems
    assert (problem.line, problem.message) == (4, "'status' is neither text nor a number")


@pytest.mark.parametrize("what", LINES)
def test_a_bad_line_is_told_and_the_others_are_read(put, what):
    head, good, bad, said = LINES[what]
    path = put("\n".join([head, *good, bad, ""]).encode())
    zone = None if "TC-9,2026-11-02T09:00Z" in bad else "Europe/Berlin"
    observed = read_observed(path, zone=zone or "UTC")
    errors = [str(p) for p in observed.problems if p.severity is Severity.ERROR]
    assert len(errors) == 1
    assert said in errors[0]
    assert len(errors[0]) < 500
    assert (observed.accounts[0].bad, observed.accounts[0].lines) == (1, 6)
    assert set(observed.line.tolist()) == {2, 3, 4, 5, 6}


EXPECTS = ("expected", "did you mean", "tells them apart", "the first counts")


def problem_of(put, what):
    """Return the one problem of a bad line."""
    if what in LINES:
        head, good, bad, _ = LINES[what]
        path = put("\n".join([head, *good, bad, ""]).encode())
        return read_observed(path, zone="Europe/Berlin").problems[-1]
    good, bad, _ = WEB_LINES[what]
    head = [FIELDS] if good is IIS_GOOD else []
    return read_transfers(put("\n".join([*head, *good, bad, ""]).encode())).problems[-1]


@pytest.mark.parametrize("what", [*LINES, *WEB_LINES])
def test_each_bad_line_is_told_with_file_line_column_value_and_what_was_expected(put, what):
    problem = problem_of(put, what)
    assert problem.source
    assert problem.line in {6, 7}
    assert problem.column
    assert any(text in problem.message for text in EXPECTS)
    shows = [*"'0123456789", "no name"]
    assert any(text in problem.message for text in shows)


def test_a_place_is_that_of_its_own_cell(put):
    """The same text stands in a cell further ahead."""
    row = "2,1762066800,1762067000,2,5,0"
    [problem] = read_observed(put("\n".join([JOB, *JOB_GOOD, row, ""]).encode())).problems
    assert (problem.line, problem.column) == (7, 25)


@pytest.mark.parametrize("what", LINES)
def test_nothing_of_a_bad_line_is_shown_where_names_are_hidden(put, what):
    head, good, bad, _ = LINES[what]
    path = put("\n".join([head, *good, bad, ""]).encode())
    observed = read_observed(path, zone="Europe/Berlin", pseudonymise=True)
    told = "".join(problem.message for problem in observed.problems)
    assert told
    assert "TC-" not in told
    assert "'" not in told.replace("'dates: day first'", "").replace("'dates: month first'", "")


@pytest.mark.parametrize("what", WEB_LINES)
def test_a_bad_line_of_a_web_log_is_told_and_the_others_are_read(put, what):
    good, bad, said = WEB_LINES[what]
    head = [FIELDS] if good is IIS_GOOD else []
    number = "" if head else ":6:"
    read = read_transfers(put("\n".join([*head, *good, bad, ""]).encode()))
    [problem] = read.problems
    assert (said.replace(":7:", number) if number else said) in str(problem)
    assert (read.accounts[0].bad, read.accounts[0].lines, len(read)) == (1, 6, 5)


@pytest.mark.parametrize("what", FILES)
def test_a_broken_file_is_refused_with_its_name_and_reason(put, what):
    content, said = FILES[what]
    path = put(content)
    with pytest.raises(fwsim.InputError) as refusal:
        read_observed(path)
    assert said in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert len(str(refusal.value)) < 2000


def test_what_is_wrong_with_several_files_is_told_at_once(put, tmp_path):
    paths = [put(content, f"{number}") for number, (content, _) in enumerate(FILES.values())]
    with pytest.raises(fwsim.InputError) as refusal:
        read_observed([*paths, tmp_path / "nothing"])
    assert {problem.source for problem in refusal.value.problems} == {
        str(path) for path in [*paths, tmp_path / "nothing"]
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "log-1.csv").write_text("x")
    for name, said in (
        ("pipe", "is a pipe (FIFO); expected a file"),
        (".", "is a folder; expected a file"),
        ("log-2.csv", "no such file; did you mean 'log-1.csv'?"),
    ):
        for read in (read_observed, read_transfers):
            with pytest.raises(fwsim.InputError, match=r"error: ") as refusal:
                read(tmp_path / name)
            assert said in str(refusal.value)
    with pytest.raises(fwsim.InputError, match="is a device"):
        read_observed("/dev/zero")


def test_a_status_log_is_no_web_log(put):
    path = put("\n".join([HEAD, *GOOD]).encode())
    with pytest.raises(fwsim.InputError, match="is not a log of a web server, but CSV;"):
        read_transfers(path)


def test_a_web_log_without_fields_says_so(put):
    with pytest.raises(fwsim.InputError, match="#Fields"):
        read_transfers(put("\n".join(["#Software: Microsoft IIS", *IIS_GOOD]).encode()))


def test_wishes_are_checked_first(put):
    path = put("\n".join([HEAD, *GOOD]).encode())
    for said, wishes in (
        (
            "unknown time zone 'Europe/Berlim'; write for example Europe/Berlin; "
            "did you mean 'Europe/Berlin'?",
            {"zone": "Europe/Berlim"},
        ),
        ("unknown time zone '../../etc/passwd'", {"zone": "../../etc/passwd"}),
        ("'localtime' is another time zone on each machine", {"zone": "localtime"}),
        ("fewer than 8 characters", {"pseudonymise": "short"}),
    ):
        with pytest.raises(fwsim.InputError) as refusal:
            read_observed(path, **wishes)
        assert said in str(refusal.value)
    for paths, said in (([], "no file was named"), ([path, path], "was named twice")):
        with pytest.raises(fwsim.InputError, match=said):
            read_observed(paths)


def test_a_mapping_that_repeats_itself_without_end_is_refused(put):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    )
    path = put("\n".join([HEAD, *GOOD]).encode())
    with pytest.raises(fwsim.InputError) as refusal:
        read_observed(path, mapping=put(bomb.encode(), "map.yaml"))
    assert "map.yaml" in str(refusal.value)
    with pytest.raises(fwsim.InputError, match=r"tag .* is not accepted"):
        read_observed(path, mapping=put(b"words: {a: !!python/name:os.system x}", "map.yaml"))


def test_times_that_run_backwards_are_told_and_put_in_order(put):
    rows = [
        HEAD,
        "a,2026-11-02T09:10Z,done",
        "b,2026-11-02T09:05Z,asked",
        "a,2026-11-02T09:00Z,asked",
    ]
    observed = read_observed(put("\n".join(rows).encode()))
    [problem] = observed.problems
    assert problem.line == 4
    assert "the times of device 'a' run backwards here; put in order of time" in problem.message
    assert observed.what.tolist() == [1, 12, 1]


def test_zones_that_are_named_only_now_and_then_are_told(put):
    rows = [HEAD, "a,2026-11-02T09:10Z,done", "b,2026-11-02 09:05,asked"]
    [problem] = read_observed(put("\n".join(rows).encode()), zone="Europe/Berlin").problems
    assert "some times name their zone and some do not; the latter are taken for" in problem.message
    assert problem.line == 3


def test_a_stamp_after_the_export_is_told(put):
    rows = [LOOK, "a,2026-11-02 09:00,Successful – 2026-11-02 09:30:00"]
    [problem] = read_observed(put("\n".join(rows).encode()), zone="UTC").problems
    assert "the stamp lies after the export; the clocks of console and server" in problem.message


def test_an_old_code_page_is_told(put):
    rows = "Gerätename;Zeit;Status\nMünchen-1;2026-11-02T09:00Z;done\n"
    [problem] = read_observed(put(rows.encode("cp1252"))).problems
    assert "is not UTF-8; read as Windows-1252" in problem.message


def test_what_many_lines_have_in_common_is_told_once(put):
    rows = [HEAD, *GOOD * 9, *["TC-9,2026-11-02T09:00Z,donne", "TC-9,2026-11-02T09:01Z,donned"] * 3]
    told = [str(one) for one in read_observed(put("\n".join(rows).encode())).problems]
    [first, second] = [text for text in told if "unknown status" in text]
    assert "unknown status 'donne';" in first
    assert "unknown status 'donned';" in second
    assert all(text.endswith("(and in 2 more lines)") for text in (first, second))


def test_in_how_many_lines_is_told_as_the_least_where_not_all_are_told_apart():
    """The rest may say the same: the first thousand were looked at."""
    with speaking("de"):
        complaints = Complaints("a.csv")
        for line in range(MOST_KEPT + 500):
            complaints.leave_out(line + 2, "unklar")
        first, rest = complaints.told()
    assert first.message == "unklar (und in mindestens 999 weiteren Zeilen)"
    assert rest.message.startswith("und 500 weitere Probleme in dieser Datei, von diesen Arten")


def test_thousands_of_bad_lines_are_counted_and_not_all_told(put):
    rows = [HEAD, *GOOD * 1000, *(f"x{number}" for number in range(4000))]
    observed = read_observed(put("\n".join(rows).encode()))
    assert observed.accounts[0].bad == 4000
    assert len(observed.problems) == 1001
    assert "and 3,001 more problems in this file" in observed.problems[-1].message


@pytest.mark.parametrize(
    "line", ['",', 'TC-1,2026-11-28 09:15:00,"done', "TC-1,soon,done", "TC-1,1"]
)
def test_of_millions_of_bad_lines_only_those_that_are_told_are_put_into_words(tmp_path, line):
    """To say what is wrong with a line takes some ten times as long as to read it."""
    path = tmp_path / "log.csv"
    bad = 3 * MOST_KEPT
    path.write_text("device,time,status\n" + f"{line}\n" * bad)
    with (
        mock.patch.object(
            Complaints, "shown", autospec=True, side_effect=Complaints.shown
        ) as shown,
        pytest.raises(InputError) as refused,
    ):
        read_observed(path, zone="UTC")
    assert shown.call_count <= MOST_KEPT + 10
    assert str(refused.value.problems[0]).startswith(f"{path}: error: {bad:,} of {bad:,} lines")
    assert (
        refused.value.problems[-1].message
        == f"and {bad - MOST_KEPT:,} more problems in this file, of these kinds or others"
    )


def test_a_table_of_something_else_is_not_asked_for_a_time_first(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("Name;Aktualisierungsstatus\nTC-1;aktuell\nTC-2;veraltet\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_observed(path)
    told = [problem.message for problem in caught.value.problems]
    assert "cannot be read as Update States of the console (CSV); is it another kind?" in told[0]
    assert "unknown Update State 'aktuell'" in told[1]
