"""Names that are one to a reader and two to a computer are found; others are not."""

from __future__ import annotations

import unicodedata

import pytest

from fwsim.problems import nearest_to
from fwsim.spelling import Spellings, meant

NAMES = ["Köln", "Branch 17", "DE/Karlsruhe", "Straße", "Headquarters", "Site A", "Zürich-Süd"]
NFD = unicodedata.normalize("NFD", "Köln")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (NFD, "Köln"),
        ("KÖLN", "Köln"),
        ("Koeln", "Köln"),
        ("Koln", "Köln"),
        ("köln ", "Köln"),
        ("Kölln", "Köln"),
        ("Strasse", "Straße"),
        ("STRASSE", "Straße"),
        ("Zuerich Sued", "Zürich-Süd"),
        ("Brnach 17", "Branch 17"),
        ("Branch  17", "Branch 17"),
        ("Branch\u00a017", "Branch 17"),
        ("branch_17", "Branch 17"),
        ("Branch\u200b 17", "Branch 17"),
        ("DE/Ka\u00adrls\u00adruhe", "DE/Karlsruhe"),
        ("DE/Karls\U000e0041ru\ufeffhe\u2069", "DE/Karlsruhe"),
        ("Brunch 17", "Branch 17"),
        ("DE/Karlsrue", "DE/Karlsruhe"),
        ("DE/Karslruhe", "DE/Karlsruhe"),
        ("DE/Karlsruhee", "DE/Karlsruhe"),
        ("de/karlsruhe", "DE/Karlsruhe"),
        ("Branch 017", "Branch 17"),
        ("Branch 0017", "Branch 17"),
        ("Branch 71", None),
        ("Branch 18", None),
        ("Branch 1", None),
        ("Site B", None),
        ("DE/Hamburg", None),
        ("Köln", None),
        ("", None),
    ],
)
def test_a_name_that_is_nearly_another_leads_to_it(name, found):
    assert Spellings(NAMES).nearest(name) == found


def test_without_typos_only_the_same_letters_count():
    names = Spellings(["june.idf"], typos=False)
    assert names.nearest("June.IDF") == "june.idf"
    assert names.nearest("jume.idf") is None


def test_two_names_that_look_alike_are_told_apart():
    assert meant(NFD, "Köln").endswith("one is in the Unicode form NFC, the other in NFD")
    assert meant("Koeln", "Köln") == "; did you mean 'Köln'?"
    assert meant("Bonn", None) == ""


def test_a_hint_says_where_only_the_blanks_differ():
    assert meant("Branch 17", "Branch  17").endswith(
        "Only the blanks differ, and each of them counts"
    )
    assert meant("Branch 18", "Branch 17") == "; did you mean 'Branch 17'?"


def test_what_nobody_sees_is_told():
    assert meant("A\u200b1", "A1").endswith("one holds a character that is not seen")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Nord 1", "Nord 01"),
        ("Nrod 1", "Nord 01"),
        ("Nord 001", "Nord 01"),
        ("NORD 21", "Nord 21"),
        ("B17-3", "B17-03"),
        ("v1.5", "v1.05"),
    ],
)
def test_a_number_with_zeros_in_front_is_nearer_than_another_number(name, near):
    assert nearest_to(name, ["Nord 21", "Nord 01", "B17-13", "B17-03", "v1.05"]) == near


def test_of_two_names_with_one_number_the_one_written_so_is_meant():
    assert nearest_to("nord 01", ["Nord 1", "Nord 01", "Nord 001"]) == "Nord 01"
