"""Rows of a list that are no device: totals, headers again, notes."""

from __future__ import annotations

import pytest

from tests.fleet.complaining import complaints
from tests.fleet.list_words import MAC, words


@pytest.mark.parametrize(
    "row",
    [
        "sep=;",
        "SEP=,;;",
        '"sep=;"',
        "----;--;----",
        f"{40 * '-'};{20 * '-'};{17 * '-'}",
        "# a remark",
        "Total;2;",
        "Total: 2",
        "Summe;2;",
        "Gesamt;;",
        "Anzahl Geräte: 2;;",
        "Summe: 2 Geräte",
        "Summe: 1.853 Geräte;;",
        "Total: 1,600 devices;;",
        "Gesamt 1\u00a0600",
        "1,600 rows",
        "2 Geräte",
        "Total;;2",
        "Total;;1.234",
        "Total;;#REF!",
        "Total;#REF!;",
        "Total;2",
        "(2 rows affected)",
    ],
)
def test_a_row_that_is_no_device_is_left_out_with_a_word(read, row):
    found = read(f"Name;OU;MAC\nK1;DE;\nK2;DE;{MAC}\n{row}\n")
    assert (found.names, found.unit, found.macs) == (["K1", "K2"], ["DE", "DE"], ["", MAC])
    assert words(found) == [(4, "line 4 is not a device and is left out")]
    assert read(f"Name;OU;MAC\nsep=;\nK1;DE;\n---;;\nK2;DE;{MAC}\n").names == ["K1", "K2"]


@pytest.mark.parametrize("name", ["Total1", "Summe-01", "Gesamtschule", "Count", "Sum"])
def test_a_device_may_be_called_almost_like_a_total(read, name):
    found = read(f"Name;MAC\nK1;\n{name};{MAC}\nK2;\n")
    assert (found.names, found.warnings) == (["K1", name, "K2"], ())
    assert read(f"Name;MAC\nK1;\n{name};{MAC}\n").names == ["K1", name]


@pytest.mark.parametrize("names", ["Total {}", "Number {}", "{} Client", "Summe{}"])
def test_the_last_of_devices_with_such_names_is_one(read, names):
    found = read("Name;OU\n" + "".join(f"{names.format(number)};DE\n" for number in range(3)))
    assert (len(found.names), found.warnings) == (3, ())


@pytest.mark.parametrize("row", ["Total;2;", "Total;;", "Gesamt: 2;;", "Summe;#REF!;", "Total;2"])
def test_a_total_in_front_of_the_name_is_none_either(read, row):
    found = read(f"OU;Name;MAC\nDE;K1;\nDE;K2;\n{row}\n")
    assert (found.names, words(found)) == (
        ["K1", "K2"],
        [(4, "line 4 is not a device and is left out")],
    )


def test_totals_of_parts_in_front_of_the_name_are_left_out_with_that_of_all(read):
    found = read("OU;Name;MAC\nDE;K1;\nAT;K2;\nSubtotal;1;\nGrand total;2;\n")
    assert found.names == ["K1", "K2"]
    assert words(found) == [(4, "lines 4, 5 are not devices and are left out")]


def test_a_total_in_front_of_names_that_are_numbers_is_left_out(read):
    assert read("OU;Name\nDE;1\nDE;2\nTotal;2\n").names == ["1", "2"]


def test_a_slip_in_the_mac_of_a_device_in_an_ou_called_total_is_told(read):
    [(line, told)] = complaints(read, f"OU;Name;MAC\nDE;K1;\nTotal;2;{MAC}0\n")
    assert (line, "is not a MAC" in told) == (3, True)


def test_an_ou_may_be_called_total(read):
    assert read("OU;Name\nDE;K1\nTotal;1\nTotal;2\n").names == ["K1", "1", "2"]
    assert read("OU;Name\nDE;K1\nTotal;K2\n").names == ["K1", "K2"]


def test_a_slip_in_the_mac_of_a_device_called_total_is_told(read):
    [(line, told)] = complaints(read, f"Name;MAC\nK1;\nTotal;{MAC}0\n")
    assert (line, "is not a MAC" in told) == (3, True)


def test_totals_of_parts_and_of_all_are_left_out(read):
    found = read("Name;OU\nK1;DE\nK2;AT\nSubtotal;1\nTotal: 2;\n")
    assert found.names == ["K1", "K2"]
    assert words(found) == [(4, "lines 4, 5 are not devices and are left out")]


@pytest.mark.parametrize(
    "again", ["Name;OU;Site", " Name ;OU;Site;;", '="Name";"OU";Site', "name;Ou;SITE"]
)
@pytest.mark.parametrize("untidy", ["", ";;\n"])
def test_a_header_between_the_devices_is_left_out(read, again, untidy):
    found = read(f"Name;OU;Site;\nA;DE;Ulm;\n{again}\nB;DE;Ulm;\n{untidy}")
    assert (found.names, found.site) == (["A", "B"], ["Ulm", "Ulm"])
    assert words(found)[0] == (3, "line 3 is the header once more and is left out")


@pytest.mark.parametrize("again", ["device_name;SITE", "Device-Name;Site"])
def test_a_header_in_another_spelling_between_the_devices_is_left_out(read, again):
    assert read(f"Device name;Site\nA;Ulm\n{again}\nB;Ulm\n").names == ["A", "B"]


def test_headers_between_the_devices_are_counted(read):
    found = read("Name\nA\nName\nB\nName\n")
    assert found.names == ["A", "B"]
    assert words(found) == [(3, "lines 3, 5 are headers and are left out")]


def test_a_header_in_another_order_is_refused(read):
    expected = [(3, "the header stands here again, its columns in another order")]
    assert complaints(read, "Name;OU;Site\nA;DE;Ulm\nSite;Name;OU\nUlm;B;DE\n") == expected


def test_a_device_may_be_called_like_a_header(read):
    found = read("Name;OU\nA;DE\nName;DE\nOU;DE\n")
    assert (found.names, found.warnings) == (["A", "Name", "OU"], ())


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a"])
def test_the_end_of_file_of_dos_is_no_device(read, end):
    found = read(f"Name;OU\r\nK1;DE{end}")
    assert (found.names, found.unit, found.warnings) == (["K1"], ["DE"], ())
