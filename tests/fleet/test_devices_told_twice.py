"""Devices of a list that are there twice, or look the same."""

from __future__ import annotations

import unicodedata

import pytest

from tests.fleet.complaining import complaints
from tests.fleet.list_words import MAC, words


def test_several_devices_without_a_mac_are_no_duplicates(read):
    assert read(f"Name;MAC\nK1;{MAC}\nK2;\nK3;  \n").macs == [MAC, "", ""]


def test_names_that_differ_only_in_spelling_are_told(read):
    nfd = unicodedata.normalize("NFD", "Köln")
    found = read(f"Name;OU\nK1;DE\nk1;DE\nKöln;DE\n{nfd};DE\nK1;AT\n")
    assert len(found.names) == 5
    assert [line for line, _ in words(found)] == [3, 5]
    assert "'k1' differs from 'K1' of line 2 only in its spelling" in words(found)[0][1]


def test_devices_that_look_the_same_are_told(read):
    found = read("Name;OU\nK1;DE\nK\u200b1;DE\n")
    assert found.names == ["K1", "K\u200b1"]
    text = "device 'K\\u200b1' differs from 'K1' of line 2 only in its spelling"
    assert words(found) == [(3, f"{text}; taken for two devices")]


def test_a_row_that_says_the_same_again_is_left_out_with_a_word(read):
    row = "K1;DE;00:E0:C5:00:00:01;LES\n"
    found = read("Name;OU;MAC;Device type\n" + row + "k1;DE;;LES\n" + row + "K3;DE;;\n" + row)
    assert found.names == ["K1", "k1", "K3"]
    assert words(found)[-1] == (4, "lines 4, 6 say the same as lines above and are left out")
    many = "".join(f"D{number};DE;;LES\n" for number in range(300))
    found = read("Name;OU;MAC;Device type\n" + many + many)
    assert len(found.names) == 300


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("K1;DE;00E0C5000001;Futro;", "device 'K1' of OU 'DE' is already in line 2"),
        ("K2;DE;00E0C5000001;LES;", "MAC 00E0C5000001 is already in line 2"),
        ("K1;DE;x;LES;", "device 'K1' of OU 'DE' is already in line 2"),
        ("K1;DE;00E0C5000001;LES;wifi", "device 'K1' of OU 'DE' is already in line 2"),
    ],
)
def test_a_device_that_is_there_again_and_differs_is_an_error(read, other, why):
    text = f"Name;OU;MAC;Device type;Connection\nK1;DE;00E0C5000001;LES;\n{other}\n"
    assert (3, why) in complaints(read, text)
