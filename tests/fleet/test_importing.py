"""A device list from a console: headers, spellings, and every bad row with its reason."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from fwsim.fleet.device_list import device_list_of, read_device_list
from fwsim.problems import InputError
from tests.fleet.complaining import complaints


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(read, delimiter, encoding):
    text = f"Name{delimiter}OU\nKä1{delimiter}DE/Köln\n"
    found = read(text.encode(encoding))
    assert (found.names, found.unit) == (["Kä1"], ["DE/Köln"])


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Device name", "names"),
        ("HOST-NAME", "names"),
        ("hostname", "names"),
        ("MAC_Address", "macs"),
        ("Organisational Unit", "unit"),
        ("Path", "unit"),
        ("Location", "site"),
        ("IDF name", "installed"),
        ("Image file", "installed"),
        ("People", "people"),
        ("Connection", "connection"),
    ],
)
def test_headers_are_known_by_their_usual_names(read, header, field):
    value = {"macs": "00E0C5422A2E", "connection": "wlan"}.get(field, "x")
    extra = "" if field == "names" else "Name,"
    found = read(f"{extra}{header}\n{extra and 'n,'}{value}\n")
    assert getattr(found, field) == [value]


def test_a_scenarios_headers_come_first(read):
    found = read(
        "Gerätename,Name,Modell\nKA1,Flur,LES\n",
        headers={"Gerätename": "name", "Name": "Room", "Modell": "Device type"},
    )
    assert found.names == ["KA1"]
    assert found.attributes == {"Room": ["Flur"], "Device type": ["LES"]}


def test_columns_that_are_no_field_stay_as_attributes(read):
    found = read("Name,device-type,Asset no.\nA,LES,7\nB,,8\n")
    assert found.attributes == {"Device type": ["LES", ""], "Asset no.": ["7", "8"]}


@pytest.mark.parametrize(
    "mac",
    ["00:e0:c5:42:2a:2e", "00-E0-C5-42-2A-2E", "00e0.c542.2a2e", "00E0C5422A2E", " 00e0c5422a2e "],
)
def test_macs_are_taken_in_any_usual_spelling(read, mac):
    assert read(f"Name,MAC\nA,{mac}\n").macs == ["00E0C5422A2E"]


def test_sizes_and_rates_carry_units(read):
    found = read("Name,Flash size,Rate\nA,8 GB,100 Mbit/s\nB,,\n")
    assert found.flash == [8_000_000_000, 0]
    assert found.device_rate == [12_500_000, 0]


def test_all_bad_rows_are_told_together_and_none_is_taken(read):
    text = (
        "Name,MAC,OU,Connection,Flash,People\n"
        "A,00E0C5000001,DE,wired,8 GB,office\n"
        "B,00E0C500000,DE,wired,8 GB,office\n"
        "C,00E0C5000001,DE,wired,8 GB,office\n"
        "A,00E0C5000002,DE,wired,8 GB,office\n"
        "A,00E0C5000003,AT,wired,8 GB,office\n"
        ",00E0C5000004,DE,wired,8 GB,office\n"
        "D,00E0C5000005,DE//X,wired,8 GB,office\n"
        "E,00E0C5000006,DE,wifi,8 GB,office\n"
        "F,00E0C5000007,DE,wired,8,office\n"
        "G,00E0C5000008,DE,wired\n"
        "H/1,00E0C5000009,DE,wired,8 GB,office\n"
        "\n"
        "I,00E0C500000A,DE,wired,8 GB,ofice\n"
    )
    assert complaints(read, text, known={"people": ["office"]}) == [
        (3, "'00E0C500000' is not a MAC; expected for example 00:E0:C5:42:2A:2E"),
        (4, "MAC 00E0C5000001 is already in line 2"),
        (5, "device 'A' of OU 'DE' is already in line 2"),
        (7, "the device has no name"),
        (8, "'DE//X' is not a path of an OU; expected for example DE/Karlsruhe"),
        (9, "unknown connection 'wifi'; expected one of: wired, wlan, vpn; did you mean 'wlan'?"),
        (10, "flash: '8' is not a size; write for example 350 MB, 1.2 GB"),
        (11, "4 cells, expected 6 as in the header"),
        (12, "name 'H/1': a / separates OUs and cannot be part of a name"),
        (14, "unknown people 'ofice'; expected one of: office; did you mean 'office'?"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "is empty; expected a header line"),
        ("Name\n", None, "holds no device"),
        (
            "Nmae,MAC\nA,00E0C5000001\n",
            1,
            "no column holds the devices' names; expected a header such as Name, or a line in "
            "headers: (of fwsim new: --header) that names yours; did you mean 'Nmae'?",
        ),
        ("Name,Device\nA,B\n", 1, "the headers 'Name' and 'Device' both mean name"),
        ("Name,\nA,B\n", 1, "column 2 has no header"),
        (
            'Name\n"A\n',
            2,
            "is not CSV from here on: a quotation mark that begins a cell here is never closed",
        ),
        (
            'Name\nA\n"' + "B\n" * 70_000,
            3,
            "is not CSV from here on: a cell is longer than a cell may be; "
            "is a quotation mark never closed?",
        ),
        ('Name\n"A\nB"\n', 2, "name: 'A\\nB'… is not one short line of text"),
        (f"Name\n{'A' * 2000}\n", 2, f"name: '{'A' * 20}'… is not one short line of text"),
        (b"Name\nA\n\xff\xfe\n", 3, "is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_device_list_is_refused(read, text, line, message):
    assert complaints(read, text) == [(line, message)]


SHEET = "save the sheet as CSV UTF-8"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (gzip.compress(b"Name\nA\n", mtime=0), "is packed with gzip; unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", f"is a workbook of an old spreadsheet; {SHEET}"),
        (b"PAR1\x15\x04\0\xff", "is Parquet; save it as CSV UTF-8"),
        (b'[{"name": "A"}]', f"is JSON; {SHEET}"),
        (b'{"name": "A"}\n', f"is JSON; {SHEET}"),
        (b"<table><tr><td>Name</td></tr></table>", f"is HTML or XML; {SHEET}"),
        (b'<div class="a;b">Name</div>\n', f"is HTML or XML; {SHEET}"),
        (b"<devices>\n  <device>A</device>\n</devices>\n", f"is HTML or XML; {SHEET}"),
        (b'<device name="A"/>\n', f"is HTML or XML; {SHEET}"),
    ],
)
def test_what_is_no_csv_is_told_by_what_it_is(read, raw, message):
    assert complaints(read, raw) == [(None, message)]


@pytest.mark.parametrize("header", ["<Name>", "{x}", "<Name>\t<OU>", "{Name},{OU}"])
def test_a_header_in_brackets_is_no_other_kind_of_file(read, header):
    ((_, message),) = complaints(read, f"{header};y\nA;B\n")
    assert message.startswith("no column holds the devices' names")


@pytest.mark.parametrize(
    "kept",
    [
        ("[Content_Types].xml", "xl/workbook.xml"),
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_a_workbook_is_no_device_list(read, kept):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", bytes(range(256)) * 9)
        for name in kept[:1] if kept[0] == "mimetype" else kept:
            archive.writestr(zipfile.ZipInfo(name), kept[1])
    message = f"is a workbook of a spreadsheet; {SHEET}"
    assert complaints(read, packed.getvalue()) == [(None, message)]


def test_headers_that_the_file_does_not_have_are_told(read):
    (problem,) = complaints(read, "Name\nA\n", headers={"Nam": "name"})
    assert problem[1] == "headers: the file has no column 'Nam'; did you mean 'Name'?"


def test_a_missing_file_names_its_neighbour(tmp_path):
    (tmp_path / "devices.csv").write_text("Name\nA\n")
    with pytest.raises(InputError, match=r"no such file; did you mean 'devices\.csv'\?"):
        read_device_list(tmp_path / "device.csv", source="device.csv")


@pytest.mark.parametrize("name", ["=1+1", "<b>x", "'; drop", "💻"])
def test_a_strange_name_is_data(read, name):
    assert read(f"Name,OU\n{name},DE\n").names == [name]


def test_a_device_without_an_ou_that_stands_there_twice_is_not_said_to_be_of_one():
    with pytest.raises(InputError) as refused:
        device_list_of(b"name,unit,flash\nA,,2 GB\nA,,4 GB\n", source="d.csv")
    (problem,) = refused.value.problems
    assert problem.message == "device 'A' is already in line 2; neither has an OU"


def test_a_list_of_absurdly_many_columns_is_refused_at_its_header():
    header = ";".join(["Name", *(f"c{number}" for number in range(20_000))])
    with pytest.raises(InputError, match="has 20,001 columns; expected at most 10,000"):
        device_list_of(f"{header}\nPC-1\n".encode(), source="d.csv")


def test_empty_columns_to_the_end_of_the_sheet_do_not_count():
    empty = ";" * 16_382
    read = device_list_of(f"Name;OU{empty}\nPC-1;DE{empty}\n".encode(), source="d.csv")
    assert read.names == ["PC-1"]
