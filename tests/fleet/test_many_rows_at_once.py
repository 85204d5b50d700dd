"""Rows of a device list, many at once: the same devices and the same words as one by one."""

from __future__ import annotations

import csv
import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.fleet import device_list, list_rows
from fwsim.fleet.device_list import read_device_list
from fwsim.fleet.known_devices import KnownDevices
from fwsim.fleet.list_cells import field_readers, taken
from fwsim.fleet.list_columns import UncleanError, clean_columns
from fwsim.problems import InputError
from tests.fleet.complaining import complaints
from tests.tiers import at_length

KNOWN = {"people": ["office", "shifts"]}
READERS = field_readers(KNOWN, commas_are_decimal=True)
COLUMNS = ("name", "unit", "mac", "people", "connection", "flash", "Room")
HEADER = ["Name", "OU", "MAC", "People", "Connection", "Flash", "Room", ""]
MAC = "00E0C5422A2E"

NAMES = [
    "K1",
    "k1",
    "DE/K1",
    "Ko\u0308ln",
    "Köln",
    "'=1+1",
    "=1+1",
    '="00012"',
    "ﬀ",
    "ff",
    "x\u200b",
]
WRONG = ["", " ", "a\nb", "DE//X", "a/b", "1,024 MB", "1,12E+11", "A" * 1001, "\u2028", "\x1c", "'"]
MACS = ["00:e0:c5:42:2a:2e", "00e0.c542.2a2e", "00 E0 C5 42 2A 2F", f'="{MAC}"', "", ":", "ﬀﬀﬀﬀﬀﬀ"]
cells = [
    st.integers(0, 99).map("TC{:02d}".format) | st.sampled_from(NAMES),
    st.sampled_from(["DE", "DE/Köln", "/DE / Köln/", "DE/Köln", ""]),
    st.integers(0, 99).map("00E0C50000{:02d}".format) | st.sampled_from(MACS),
    st.sampled_from(["office", "shifts", "", "ofice"]),
    st.sampled_from(["wired", "WLAN", ""]),
    st.sampled_from(["8 GB", "7,5 GB", "", "8"]),
    st.sampled_from(["1", "2", '="3"', "a\r\nb", ""]),
    st.sampled_from(["", "", "", " ", "x"]),
]
rows = st.tuples(*cells).map(list)
clean = st.integers(0, 99).map(
    lambda i: [f"TC{i}", "DE", f"00E0C51000{i:02d}", "office", "wired", "8 GB", f"{i}", ""]
)
marred = st.builds(
    lambda row, place, cell: [*row[:place], cell, *row[place + 1 :]],
    rows,
    st.integers(0, 7),
    st.sampled_from(WRONG),
)
odd = st.sampled_from([[], [""] * 8, ["K7"], ["K8"] + [""] * 11])
lists = st.lists(clean | clean | clean | rows | marred | odd, max_size=30)


def as_csv(table: list[list[str]], line_end: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator=line_end).writerows([HEADER, *table])
    return text.getvalue()


def told(path):
    """Return what a list is read as, or everything it is refused for."""
    try:
        return read_device_list(path, source="devices.csv", known=KNOWN)
    except InputError as error:
        return error.problems


def check_alike(path, table, at_a_time, line_end):
    path.write_bytes(as_csv(table, line_end).encode())
    with patch.object(device_list, "clean_columns", side_effect=UncleanError):
        one_by_one = told(path)
    with (
        patch.object(device_list, "_ROWS_AT_A_TIME", at_a_time),
        patch.object(list_rows, "_PIECE", 20),
    ):
        assert told(path) == one_by_one


some = st.sampled_from([1, 2, 3, 5, 256])
line_ends = st.sampled_from(["\n", "\r\n", "\r"])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("lists") / "devices.csv"


@given(table=lists, at_a_time=some, line_end=line_ends)
def test_the_same_devices_and_the_same_words_as_one_by_one(path, table, at_a_time, line_end):
    check_alike(path, table, at_a_time, line_end)


@at_length(table=lists, at_a_time=some, line_end=line_ends)
def test_the_same_in_thousands_of_lists(path, table, at_a_time, line_end):
    check_alike(path, table, at_a_time, line_end)


def taken_at_once(*table: list[str]) -> dict[str, list]:
    return clean_columns(table, COLUMNS, READERS)


def test_what_consoles_and_spreadsheets_write_is_taken_at_once():
    found = taken_at_once(
        ["DE/K1", "DE", "00:e0:c5:00:00:01", "office", "WLAN", "7,5 GB", "'=1+1", ""],
        ["'00012", "DE", "00e0.c500.0002", "", "", "", "Raum 1\r\nlinks", " "],
        ["=1+1", "/DE / Köln/", '="00E0C5000003"', "shifts", "wired", "8 GB", " x ", ""],
        ["K4", "", "", "", "wired", "8 GB", "", ""],
    )
    assert found == {
        "name": ["K1", "00012", "=1+1", "K4"],
        "unit": ["DE", "DE", "DE/Köln", ""],
        "mac": ["00E0C5000001", "00E0C5000002", "00E0C5000003", ""],
        "people": ["office", "", "shifts", ""],
        "connection": ["wlan", "", "wired", "wired"],
        "flash": [7_500_000_000, 0, 8_000_000_000, 8_000_000_000],
        "Flash size": ["7,5 GB", "", "8 GB", "8 GB"],
        "Room": ["=1+1", "Raum 1 links", "x", ""],
    }


@pytest.mark.parametrize(
    "cell", ["'=1+1", "'1E5", '="00012"', " x", "x ", "x\xa0", "\u200bx", "a\r\nb", "=1+1", "'x"]
)
def test_one_cell_that_says_other_than_stands_there_is_read_as_it_is_alone(cell):
    table = [[f"K{i}", "", "", "", "", "", f"{i}"] for i in range(5)]
    table[3][6] = cell
    assert taken_at_once(*table)["Room"] == ["0", "1", "2", taken(cell, breaks=True), "4"]


@pytest.mark.parametrize("spelling", ["{}", "{:.2}:{}", "{}-"], ids=["bare", "colon", "dash"])
def test_macs_of_a_column_are_read_as_each_alone(spelling):
    macs = [spelling.format(f"00e0c5{i:06x}", f"e0c5{i:06x}") for i in range(5)]
    table = [[f"K{i}", "", mac, "", "", "", ""] for i, mac in enumerate(macs)]
    assert taken_at_once(*table)["mac"] == [READERS["mac"](mac) for mac in macs]


@pytest.mark.parametrize("mac", [":", "- -", "00E0C500000", "0000E0C5000001", "00E0C500000G", "é"])
def test_a_column_with_one_that_is_no_mac_is_not_taken_at_once(mac):
    table = [[f"K{i}", "", f"00E0C500000{i}", "", "", "", ""] for i in range(5)]
    table[3][2] = mac
    with pytest.raises(ValueError, match="is not a MAC"):
        taken_at_once(*table)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (0, ""),
        (0, "a/b"),
        (0, "\u200b"),
        (0, "A" * 1001),
        (0, "a\nb"),
        (1, "DE//X"),
        (3, "ofice"),
        (4, "wifi"),
        (5, "8"),
        (6, "a\x07b"),
        (7, "x"),
    ],
)
def test_rows_with_one_to_say_something_of_are_not_taken_at_once(column, cell):
    table = [[f"K{i}", "DE", "", "office", "", "", f"{i}", ""] for i in range(5)]
    assert taken_at_once(*table)["name"] == ["K0", "K1", "K2", "K3", "K4"]
    table[2][column] = cell
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it is, it is said when read alone
        taken_at_once(*table)


@pytest.mark.parametrize(
    ("names", "units", "macs"),
    [
        (["b", "c"], ["DE", "DE"], [MAC, ""]),
        (["b", "A"], ["DE", "DE"], ["", ""]),
        (["b", "B"], ["DE", "DE"], ["", ""]),
        (["ﬀ", "ff"], ["DE", "DE"], ["", ""]),
        (["b", "c"], ["DE", "DE"], ["00E0C5000001"] * 2),
    ],
    ids=["MAC before", "alike before", "alike", "alike in letters", "same MAC"],
)
def test_of_devices_of_which_one_is_known_none_is_taken(names, units, macs):
    known = KnownDevices()
    assert known.add_new([2, 3], ["a", "a"], ["DE", "AT"], [MAC, ""])
    assert not known.add_new([4, 5], names, units, macs)
    assert known.line_of_name("DE", names[0], 4) == 4
    assert known.line_of_mac("00E0C5000001", 4) == 4
    assert known.line_of_name("AT", "a", 5) == 3


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 100])
def test_more_devices_than_there_may_be_are_told_with_the_first_beyond(
    read, monkeypatch, at_a_time
):
    monkeypatch.setattr(device_list, "MOST_ROWS", 3)
    monkeypatch.setattr(device_list, "_ROWS_AT_A_TIME", at_a_time)
    assert read("Name\na\n\nb\nc\n").names == ["a", "b", "c"]
    # What comes behind is not read: not even the quote that nobody closes.
    text = 'Name;MAC\na;\nb;x\nc;\nd;\ne;"\n'
    assert [line for line, _ in complaints(read, text)] == [3, 5]
    assert complaints(read, text)[1] == (5, "more than 3 devices")
