"""How a list is written: its delimiter, its code page, its quotes and line ends."""

from __future__ import annotations

import pytest

from tests.fleet.complaining import complaints
from tests.fleet.list_words import MAC, words


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("sep=;", ";"),
        ('"sep=;"', ";"),
        ("SEP=,", ","),
        ("sep=\t", "\t"),
        ("sep=|", "|"),
        ("sep=^", "^"),
        ("sep=;;;", ";"),
        ("\ufeffsep=;", ";"),
        ("sep=:", ":"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_sep_line_names_the_delimiter(read, first, delimiter, encoding):
    rows = [first, f"Name{delimiter}OU", f"K1{delimiter}DE/Köln"]
    found = read("\r\n".join(rows).encode(encoding))
    assert (found.names, found.unit, found.warnings) == (["K1"], ["DE/Köln"], ())


@pytest.mark.parametrize("first", ["sep=", "sep=ab", "sep=x", f"sep={';' * 300_000}x"])
def test_a_sep_line_without_a_delimiter_is_named(read, first):
    expected = [(1, "sep= names the delimiter in one character, as in sep=;")]
    assert complaints(read, f"{first}\nName;OU\nK1;DE\n") == expected


def test_lines_are_counted_with_the_sep_line(read):
    assert complaints(read, "sep=;\nName;MAC\nK1;x\n")[0][0] == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('Name;"Raum (Ort, Straße, Gebäude, Etage)"\nK1;x\n', ["K1"]),
        ('"Raum (Ort; Straße; Etage)",Name\nx,K1\n', ["K1"]),
        ('Name|"a,b;c,d"\nK1|x\n', ["K1"]),
        ("Name|OU\nK1|DE\n", ["K1"]),
        ("Name;Bemerkung\na,b;c, d, e\n", ["a,b"]),
        ("Name\na,b\n", ["a,b"]),
        ('Name;"Raum\n(Ort)"\nK1;x\n', ["K1"]),
    ],
)
def test_the_delimiter_is_the_one_between_the_headers(read, text, names):
    assert read(text).names == names


@pytest.mark.parametrize("page", ["cp1252", "latin-1"])
def test_windows_1252_is_taken_where_it_is_plain_and_told(read, page):
    found = read(
        "Gerätename;OU\nK1;DE/Köln\nK2;DE/Düsseldorf – Süd\n".replace("–", "-").encode(page)
    )
    assert found.unit == ["DE/Köln", "DE/Düsseldorf - Süd"]
    assert words(found) == [(None, "is not UTF-8; read as Windows-1252 (Gerätename)")]


@pytest.mark.parametrize(
    ("page", "name"), [("cp850", "DOS code page 850"), ("mac_roman", "Mac OS Roman")]
)
def test_other_pages_are_taken_where_they_are_plain(read, page, name):
    found = read("Name;OU\nK1;DE/Köln\nK2;DE/München\nK3;DE/Gebäude Größe\n".encode(page))
    assert found.unit == ["DE/Köln", "DE/München", "DE/Gebäude Größe"]
    assert words(found) == [(None, f"is not UTF-8; read as {name} (München)")]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            "Name;OU\nK1;DE/Straße\n".encode("cp850"),
            "is not UTF-8 text, but Windows-1252 (Straáe) or DOS code page 850 (Straße) or "
            "Mac OS Roman (Stra·e); save it as UTF-8",
        ),
        ("Name;OU\nK1;DE/Łódź\n".encode("cp1250"), "is not UTF-8 text; save it as UTF-8"),
        ("Name;OU\nK1;DE/Москва\n".encode("cp1251"), "is not UTF-8 text; save it as UTF-8"),
        ("Name;OU\nK1;DE/Köln".encode() + b"\xe4\n", "is not UTF-8 text; save it as UTF-8"),
        ("Name;OU\nK1;DE/Köln".encode()[:-1] + b"\xc3", "is not UTF-8 text; save it as UTF-8"),
    ],
    ids=["several", "Polish", "Russian", "UTF-8 with a broken byte", "UTF-8 cut off"],
)
def test_what_is_not_plain_is_refused_with_its_line(read, raw, message):
    assert complaints(read, raw) == [(2, message)]


@pytest.mark.parametrize("page", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(read, page):
    found = read("Name;OU\r\nK1;DE/Köln\r\n".encode(page))
    assert (found.names, found.unit) == (["K1"], ["DE/Köln"])
    assert words(found) == [(None, "is not UTF-8; read as UTF-16 without its mark")]


def test_old_line_ends(read):
    assert read("Name;OU\rK1;DE\rK2;DE\r").names == ["K1", "K2"]


def test_a_sep_line_that_names_another_delimiter_is_told(read):
    told = (
        "sep= names ',' as the delimiter, but ';' stands between the headers; "
        "correct this line or delete it"
    )
    assert complaints(read, "sep=,\nName;OU\nK1;DE\n") == [(1, told)]
    assert read("sep=,\nName\nK;1\n").names == ["K;1"]


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_quotation_marks_behind_a_blank_are_quotation_marks(read, delimiter):
    gap = f"{delimiter} "
    lines = (gap.join(['"Name"', '"OU"', '"MAC"']), gap.join(['"K1"', '"DE, a; b|c"', f'"{MAC}"']))
    found = read("\n".join(lines))
    assert (found.unit, found.macs) == (["DE, a; b|c"], [MAC])
    assert not found.attributes
