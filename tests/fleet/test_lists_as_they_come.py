"""Device lists as consoles and spreadsheets leave them: read right, or told what is wrong."""

from __future__ import annotations

import unicodedata
from time import process_time

import pytest

from fwsim.fleet.list_headers import Headers
from fwsim.messages.language import speaking
from tests.fleet.complaining import complaints
from tests.fleet.list_words import MAC, words


@pytest.mark.parametrize(
    "cell", [f'="{MAC}"', f'= "{MAC}"', f'"=""{MAC}"""', f"'{MAC}", f"={MAC}", f"'={MAC}"]
)
def test_a_mac_that_was_kept_a_text_is_a_mac(read, cell):
    assert read(f"Name;MAC;OU\nK1;{cell};DE\n").macs == [MAC]


@pytest.mark.parametrize(
    "cell",
    [
        "-",
        "0",
        "n/a",
        "NULL",
        "(null)",
        "00:00:00:00:00:00",
        "000000000000",
        "#N/A",
        "#NV",
        "fehlt",
    ],
)
@pytest.mark.parametrize("rows", [2, 9])  # read one by one, and all at once
def test_a_cell_that_tells_no_mac_is_an_empty_one(read, cell, rows):
    listed = "".join(f"K{n};00E0C542{n:04};DE\n" for n in range(rows))
    found = read(f"Name;MAC;OU\nA;{cell};DE\nB;{cell};DE\n{listed}")
    assert found.macs[:2] == read(f"Name;MAC;OU\nA;;DE\nB;;DE\n{listed}").macs[:2]
    assert not found.warnings
    assert found.macs[2] == "00E0C5420000"


def test_a_mac_may_have_blanks_at_which_no_line_breaks(read):
    spaced = "\u00a0".join(MAC[at : at + 2] for at in range(0, 12, 2))
    assert read(f"Name;MAC;OU\nK1;{spaced};DE\n").macs == [MAC]


def test_any_cell_may_be_kept_a_text(read):
    found = read('="Name";OU;Room\n="00012";="DE/Köln";="1E5"\n')
    assert (found.names, found.unit, found.attributes) == (
        ["00012"],
        ["DE/Köln"],
        {"Room": ["1E5"]},
    )


def test_a_formula_is_a_name_all_the_same(read):
    assert read('Name;OU\n=1+1;DE\n"=HYPERLINK(""x"")";DE\n"=""a""&""b""";DE\n').names == [
        "=1+1",
        '=HYPERLINK("x")',
        '="a"&"b"',
    ]


@pytest.mark.parametrize("cell", ["2,24E+09", "2.24E+09", "1122334455", "1,12E+11"])
def test_a_mac_that_became_a_number_is_called_that(read, cell):
    (problem,) = complaints(read, f"Name;MAC\nK1;{cell}\n")
    assert problem == (
        2,
        f"{cell!r} is no longer a MAC: a spreadsheet has turned it into a number; "
        "export the list again and import the column as text",
    )


def test_a_header_made_to_take_long_does_not(read):
    before = process_time()
    read(f"Name;a{50_000 * '*'}b\nK1;1\n")
    assert process_time() - before < 3


@pytest.mark.parametrize("name", ["# K0", "-", "NULL", '="00"&"1"', "=A1"])
def test_a_name_that_may_be_none_is_told(read, name):
    found = read(f"Name\tOU\n{name}\tDE\nK1\tDE\n")
    assert found.names == [name, "K1"]
    told = f"a device is called {name!r}; if it is not one, delete its row"
    assert words(found) == [(None, told)]
    with speaking("de"):
        assert "ein Gerät heißt" in words(read(f"Name\tOU\n{name}\tDE\nK1\tDE\n"))[0][1]


@pytest.mark.parametrize(
    ("header", "field"),
    [("Flash (GB)", "flash"), ("Flash in GB", "flash"), ("Rate [Mbit/s]", "device_rate")],
)
def test_a_header_with_a_unit_is_told_as_nearly_a_field(read, header, field):
    kept = f"column {header!r} is kept as the attribute {header!r}"
    expected = [(1, f"{kept}; did you mean the field {field!r}?")]
    assert words(read(f"Name;{header}\nK1;8\n")) == expected


@pytest.mark.parametrize(
    "header", ["Name (Hostname)", "Name*", "Gerätename:", "Device name [FQDN]"]
)
def test_a_header_of_names_with_a_remark_is_told(read, header):
    [(_, told)] = complaints(read, f"{header};OU\nK1;DE\n")
    assert told.endswith(f"did you mean {header!r}?")


def test_zeros_are_no_text(read):
    assert complaints(read, b"Name;OU\nK1\0;DE\n") == [(2, "is not text: it holds a character 0")]
    assert complaints(read, b"\0" * 1000) == [(1, "is not text: it holds a character 0")]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Gerätename", "names"),
        ("Gerät", "names"),
        ("GERÄTENAME", "names"),
        ("Geraetename", "names"),
        ("Rechnername", "names"),
        ("MAC-Adresse", "macs"),
        ("OE", "unit"),
        ("Organisationseinheit", "unit"),
        ("Gruppe", "unit"),
        ("Pfad", "unit"),
        ("Standort", "site"),
        ("Abbild", "installed"),
        ("Image", "installed"),
        ("Verbindung", "connection"),
        ("Flash-Größe", "flash"),
        ("Flash-Groesse", "flash"),
        ("FLASH-GRÖSSE", "flash"),
        ("Flashgröße", "flash"),
    ],
)
def test_german_headers(read, header, field):
    cell, value = {
        "macs": (MAC, MAC),
        "connection": ("WLAN", "wlan"),
        "flash": ("8 GB", 8_000_000_000),
    }.get(field, ("x", "x"))
    extra = "" if field == "names" else ";Name"
    for around in ("{}", " {} ", "\xa0{}\xa0", "\ufeff{}", '"{}"', '\ufeff"{}"'):
        for form in ("NFC", "NFD"):
            shown = around.format(unicodedata.normalize(form, header))
            found = read(f"{shown}{extra}\n{cell}{extra and ';n'}\n")
            reported = {"Flash size": [cell]} if field == "flash" else {}
            assert (getattr(found, field), found.attributes) == ([value], reported)


@pytest.mark.parametrize(("listed", "given"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_header_is_the_same_however_its_accents_are_composed(read, listed, given):
    headers = {unicodedata.normalize(given, "Bezeichnung für Geräte"): "name"}
    text = unicodedata.normalize(listed, "Bezeichnung für Geräte;Größe\nK1;x\n")
    found = read(text, headers=headers)
    assert (found.names, found.attributes) == (["K1"], {"Größe": ["x"]})


def test_lines_above_the_header_are_left_out_with_a_word(read):
    found = read("Geräteliste vom 23.11.2026;;\n\nName;OU;MAC\nK1;DE;\n")
    assert found.names == ["K1"]
    assert words(found) == [(1, "lines 1 to 2 stand above the header and are left out")]
    assert complaints(read, "Liste;vom 23.11.\nName;MAC\nK1;x\n") == [
        (
            1,
            "no column holds the devices' names, but line 2 looks like the header; "
            "delete the lines above it",
        )
    ]


def test_empty_rows_are_told(read):
    found = read("Name;OU\nK1;DE\n;\n\nK2;DE\n;\n\n\n")
    assert found.names == ["K1", "K2"]
    assert words(found) == [(3, "lines 3, 4, 6 are empty and are left out")]
    assert words(read("Name;OU\nK1;DE\n\n\n")) == []


def test_empty_cells_beyond_the_header_do_not_matter(read):
    found = read("Name;OU;;\nK1;DE\nK2;DE;;\nK3;DE;;;;\n")
    assert (found.names, found.warnings) == (["K1", "K2", "K3"], ())
    assert complaints(read, "Name;OU\nK1;DE;x\n") == [(2, "3 cells, expected 2 as in the header")]
    assert complaints(read, "Name;OU\nK1\n") == [(2, "1 cell, expected 2 as in the header")]


def test_lines_are_counted_behind_a_cell_of_several_lines(read):
    text = 'Name;Bemerkung;MAC\nK1;"Raum 1\r\nEtage 2\r\n\r\nlinks";\nK2;y;x\n'
    assert complaints(read, text)[0][0] == 6
    found = read(text.replace("y;x", "y;"))
    assert found.attributes["Bemerkung"] == ["Raum 1 Etage 2 links", "y"]


@pytest.mark.parametrize(
    ("cell", "size"),
    [
        ("7,5 GB", 7_500_000_000),
        ("7.5 GB", 7_500_000_000),
        ("0,512 GB", 512_000_000),
        ("1.234,5 MB", 1_234_500_000),
        ("1,234.5 MB", 1_234_500_000),
        ("8 192 MB", 8_192_000_000),
        ("8\xa0192\xa0MB", 8_192_000_000),
        ("8'192 MB", 8_192_000_000),
        ("1.234.567 kB", 1_234_567_000),
        ("8\xa0GB", 8_000_000_000),
    ],
)
def test_numbers_as_they_are_written_elsewhere(read, cell, size):
    assert read(f"Name;Flash\nK1;{cell}\n").flash == [size]


def test_a_number_that_may_be_two_is_refused(read):
    expected = "flash: '{0}' may be 1024 or 1.024 MB; write it without a mark, or in a smaller unit"
    for delimiter, cell in ((";", "1,024 MB"), (";", "1.024 MB"), ("\t", "1,024 MB")):
        text = f"Name{delimiter}Flash\nK1{delimiter}{cell}\n"
        assert complaints(read, text) == [(2, expected.format(cell))]
    assert read("Name,Flash\nK1,1.024 MB\n").flash == [1_024_000]


def test_a_file_without_a_column_of_names_is_not_shown(read):
    (problem,) = complaints(read, "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1\n")
    assert problem[1].startswith("no column holds the devices' names; expected")


def test_a_path_with_backslashes_is_the_same(read):
    found = read("Name;OU\nKA1;DE\\Köln\nKA2;DE/Köln\nKA3;\\DE\\Köln\\\n")
    assert found.unit == ["DE/Köln"] * 3


def test_paths_are_the_same_with_blanks_and_strokes_around(read):
    assert read("Name;OU\nK1;/DE / Köln/\n").unit == ["DE/Köln"]


def test_cells_where_a_formula_failed_are_told_with_their_lines(read):
    found = read("Name;OU;Site\nK1;DE;#NV\nK2;DE;A\nK3;#BEZUG!;#NV\nK4;DE;#1\n")
    assert found.site == ["#NV", "A", "#NV", "#1"]
    failed = "says that a spreadsheet's formula failed; taken as it stands"
    assert words(found) == [
        (2, f"site: '#NV' in lines 2, 4 {failed}"),
        (4, f"unit: '#BEZUG!' in line 4 {failed}"),
    ]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("LAN", "wired"),
        ("Ethernet", "wired"),
        ("Kabel", "wired"),
        ("Wi-Fi", "wlan"),
        ("Funk", "wlan"),
        ("wirde", "wired"),
    ],
)
def test_what_others_call_a_connection_is_told_by_its_name_here(read, word, meant):
    ((_, text),) = complaints(read, f"Name;Connection\nA;{word}\n")
    assert text.startswith(f"unknown connection {word!r}; expected one of: ")
    assert text.endswith(f"; did you mean {meant!r}?")


@pytest.mark.parametrize("delimiter", ["\t", ",", "|"])
@pytest.mark.parametrize("comma", ["7,5 GB", "1.234,5 MB", "1.234.567 kB", "0,512 GB"])
@pytest.mark.parametrize("many", [0, 300])
def test_a_dot_is_unclear_where_another_number_has_a_decimal_comma(read, delimiter, comma, many):
    rows = [f"K{n},8 GB" for n in range(many)]
    table = ["Name,Flash", "A,1.024 MB", *rows, f'B,"{comma}"', "C,2.5 GB"]
    text = "\n".join(row if comma in row else row.replace(",", delimiter) for row in table)
    text = text.replace('B,"', f'B{delimiter}"')
    ((line, fault),) = complaints(read, text)
    assert (line, fault.partition(";")[0]) == (2, "flash: '1.024 MB' may be 1024 or 1.024 MB")


def test_a_dot_is_decimal_where_no_number_has_a_decimal_comma(read):
    found = read("Name\tFlash\tRate\nA\t1.024 MB\t1,234.5 kB/s\nB\t2.5 GB\t1.5 MB/s\n")
    assert found.flash == [1_024_000, 2_500_000_000]


def test_a_mark_in_front_of_every_filled_cell_of_a_field_is_none_of_its_text(read):
    found = read("Name;MAC;OU;Site\n'K1;'00E0C5422A2E;'DE/Koeln;'Ulm\n'00012;;'DE;\n''=x;;;Ulm\n")
    assert found.names == ["K1", "00012", "'=x"]
    assert found.macs == ["00E0C5422A2E", "", ""]
    assert found.unit == ["DE/Koeln", "DE", ""]
    assert found.site == ["'Ulm", "", "Ulm"]


def test_a_mark_in_front_of_some_names_is_part_of_them(read):
    assert read("Name;OU\n'K1;DE\nK2;DE\n").names == ["'K1", "K2"]


@pytest.mark.parametrize(
    "word", ["", "-", "–", "n/a", "NULL", "unbekannt", "(none)", "#N/A", "#NV"]
)
def test_a_cell_that_says_nothing_says_nothing_of_flash_rate_and_connection(read, word):
    found = read(f"Name;Flash;Device rate;Connection\nA;{word};{word};{word}\n")
    assert (found.flash, found.device_rate, found.connection) == ([0], [0], [""])
    assert not found.warnings


@pytest.mark.parametrize(
    ("content", "german"),
    [
        ('Name;OU\n"A;DE\n', "ein Anführungszeichen, mit dem hier eine Zelle beginnt, wird nie"),
        (b"Name;OU\nK\xc3;DE\nK\xc3\xb6;DE\n", "ist kein Text in UTF-8; speichern Sie es"),
        (b"Name;OU\nA\0;DE\n", "ist kein Text: es enthält ein Zeichen 0"),
        ('[{"Name": "A"}]', "ist JSON; speichern Sie das Blatt als CSV UTF-8"),
        (b"\x1f\x8b\x08\x00xx", "ist mit gzip gepackt; entpacken Sie es erst"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ist die Arbeitsmappe einer alten"),
        ("Name;Flash\nA;1.024 MB\n", "flash: '1.024 MB' kann 1024 oder 1.024 MB sein"),
    ],
)
def test_what_is_no_list_is_told_in_german_too(read, content, german):
    with speaking("de"):
        ((_, text),) = complaints(read, content)
    assert german in text


@pytest.mark.parametrize("rows", [1, 9])  # read one by one, and all at once
def test_a_dot_that_may_be_of_thousands_is_told_once_a_field(read, rows):
    listed = "".join(f"K{n},1.5 GB,1.544 Mbit/s\n" for n in range(rows))
    found = read(f"Name,Flash,Device rate\nA,1.536 MB,2.048 kB/s\nB,1.024 MB,\n{listed}")
    assert found.flash[:2] == [1_536_000, 1_024_000]
    read_as = "is read with a point before decimals; write"
    assert [warning.message.partition(" 1.0240 ")[0] for warning in found.warnings] == [
        f"flash: '1.024 MB' {read_as}",
        f"device_rate: '2.048 kB/s' {read_as} 2.0480 kB/s to be plain, or 2048 kB/s if that is "
        "meant",
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("DeviceName", "name"),
        ("ClientName", "name"),
        ("OUPath", "unit"),
        ("MACAdr.", "mac"),
        ("MAC-Adr", "mac"),
        ("MACAddr.", "mac"),
        ("Device MAC", "mac"),
    ],
)
def test_a_header_may_be_written_in_one_word(read, header, field):
    assert Headers({}).target(header) == field


@pytest.mark.parametrize("path", ["OU=Köln,OU=DE,DC=corp", "CN=K1,OU=Köln,OU=DE", "ou=Köln,ou=DE"])
def test_an_ou_as_a_directory_writes_it_is_told(read, path):
    found = read(f'Name;OU\nK1;"{path}"\nK2;"{path}"\n')
    [(_, told)] = words(found)
    assert found.unit == [path, path]
    assert told == f"OU {path!r} is taken as one name, as a directory writes it; did you mean " + (
        "'DE/Köln'?"
    )


def test_a_comma_within_an_ou_of_a_directory_parts_nothing(read):
    [(_, told)] = words(read('Name;OU\nK1;"OU=Köln\\, Süd,OU=DE"\n'))
    assert told.endswith("did you mean 'DE/Köln, Süd'?")
