"""What the headers of a device list mean, as they stand and as a scenario maps them."""

from __future__ import annotations

import pytest

from fwsim.fleet.list_headers import Headers
from tests.fleet.complaining import complaints

LIST = "Rechner;OE;Ort;Abb\nA;DE;Ulm;a.idf\nB;DE;Bonn;b.idf\n"


@pytest.mark.parametrize("site", ["site", "Site", "SITE", "Standort", " location "])
@pytest.mark.parametrize("image", ["installed", "Image", "IDF name", "Abbild", "image-file"])
def test_a_field_is_mapped_to_in_any_spelling(read, site, image):
    found = read(LIST, headers={"Rechner": "Hostname", "Ort": site, "Abb": image})
    assert (found.site, found.installed) == (["Ulm", "Bonn"], ["a.idf", "b.idf"])
    assert (found.attributes, found.warnings) == ({}, ())


def test_what_devices_report_is_mapped_to_in_any_spelling(read):
    found = read(LIST, headers={"Rechner": "name", "Abb": "device type"})
    assert found.attributes == {"Ort": ["Ulm", "Bonn"], "Device type": ["a.idf", "b.idf"]}


@pytest.mark.parametrize(
    ("text", "headers"),
    [(LIST, {"Rechner": "name", "Ort": "sites"}), ("Name;Ort\nA;Ulm\n", {"Ort": "sites"})],
)
def test_an_attribute_that_is_nearly_a_field_is_told(read, text, headers):
    (warning,) = read(text, headers=headers).warnings
    expected = "column 'Ort' is kept as the attribute 'sites'; did you mean the field 'site'?"
    assert (warning.line, warning.message) == (1, expected)


def test_a_header_that_is_nearly_a_field_is_told(read):
    (warning,) = read("Title\nName;Standorte\nA;Ulm\n").warnings[1:]
    assert warning.line == 2
    assert warning.message.endswith("'Standorte'; did you mean the field 'site'?")


def test_nothing_is_told_of_a_column_like_a_field_that_another_one_tells(read):
    assert read("Name;Site;Sites\nA;Ulm;x\n").warnings == ()


def test_headers_the_wrong_way_round_are_told(read):
    name = (1, "headers: the file has no column 'name'; did you mean Rechner: name?")
    site = (1, "headers: the file has no column 'site'; did you mean Ort: site?")
    assert complaints(read, LIST, headers={"name": "Rechner", "site": "Ort"}) == [name, site]
    assert complaints(read, LIST, headers={"Rechner": "name", "site": "Ort"}) == [site]


@pytest.mark.parametrize("pair", ["modell;Modell", "Update state;Update State", "Memory;MEMORY"])
def test_two_columns_whose_names_only_their_case_tells_apart_are_refused(read, pair):
    (line, text) = complaints(read, f"Name;{pair}\nA;x;y\n")[0]
    first, second = pair.split(";")
    assert (line, text.partition(" mean")[0]) == (1, f"the headers {first!r} and {second!r} both")


@pytest.mark.parametrize("header", ["Flash size", "Flash", "Flash-Größe"])
@pytest.mark.parametrize("untidy", ["", "\n;;\n"])
def test_the_size_of_a_flash_is_also_what_devices_report(read, header, untidy):
    found = read(f"Name;{header};Room\nA;8 GB;1\nB;7,5 GB;2\nC;;3\n{untidy}")
    assert found.flash == [8_000_000_000, 7_500_000_000, 0]
    assert found.attributes == {"Flash size": ["8 GB", "7,5 GB", ""], "Room": ["1", "2", "3"]}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Sites", "site"),
        ("Gruppen", "unit"),
        ("Device.Rate", "device_rate"),
        ("Standrot", "site"),
        ("Conection", "connection"),
    ],
)
def test_a_header_that_is_surely_meant_for_a_field_is_doubted(header, field):
    (doubt,) = Headers({}).doubts(["Name", header])
    assert doubt.endswith(f"did you mean the field {field!r}?")


@pytest.mark.parametrize(
    "header",
    [
        "Date",
        "Size",
        "Owner",
        "Orte",
        "Note",
        "Notes",
        "Port",
        "Zone",
        "Side",
        "Tower",
        "Device date",
    ],
)
def test_an_ordinary_column_is_not_doubted(header):
    assert not list(Headers({}).doubts(["Name", header]))
