"""What a device list and the scenario around it call differently is warned of."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.forewarning.sound_scenario import told

NFD = unicodedata.normalize("NFD", "Köln")
LISTED = {
    "fleet": "{inventory: d.csv, units: {DE/Köln: {installed: o.idf}}}",
    "network": "{sites: {default: {link: 50 Mbit/s}, Köln: {link: 64 kbit/s}}}",
    "commands": "[{update: DE, subordinate_units: true, once: 2024-01-01 20:00}]",
}


def told_of(tmp_path: Path, rows: list[str], changes: dict[str, str | None]) -> list[str]:
    (tmp_path / "d.csv").write_text("\n".join(["Name;OU;Site", *rows]) + "\n", encoding="utf-8")
    return told(tmp_path, {**LISTED, **changes})


def test_a_list_with_the_names_of_the_scenario_is_taken_without_a_word(tmp_path):
    assert told_of(tmp_path, ["K1;DE/Köln;Köln"], {}) == []


@pytest.mark.parametrize("name", [NFD, "KÖLN", "Koeln", "Koln", "Kölln", "köln"])
def test_a_list_that_spells_an_ou_and_a_site_otherwise_meets_a_word(tmp_path, name):
    found = told_of(tmp_path, [f"K1;DE/{name};{name}"], {})
    ou, site = found
    assert ou.startswith("s.yaml:5:35: warning: fleet.units.DE/Köln: no device is in OU 'DE/Köln'")
    assert f"did you mean 'DE/{name}'?" in ou
    assert site.startswith("s.yaml:6:47: warning: network.sites.Köln: no device is at site 'Köln'")
    assert f"did you mean {name!r}?" in site


@pytest.mark.parametrize(
    ("site", "near"), [("branch 17", "Branch 17"), ("Brnch 18", "Branch 18"), ("Branch 177", None)]
)
def test_a_site_with_a_line_of_its_own_may_be_meant_and_no_worse_guess_is_told(
    tmp_path, site, near
):
    rows = ["K1;DE/Köln;Branch 17", "K2;DE/Köln;Branch 07", "K3;DE/Köln;Branch 18"]
    lines = f"Branch 17: {{link: 1 Mbit/s}}, {site}: {{link: 2 Mbit/s}}"
    network = f"{{sites: {{default: {{link: 50 Mbit/s}}, {lines}}}}}"
    (found,) = told_of(tmp_path, rows, {"network": network, "fleet": "{inventory: d.csv}"})
    hint = f"; did you mean {near!r}?" if near else ""
    assert found.endswith(f"no device is at site {site!r}{hint}")


def test_an_ou_with_an_entry_and_a_habit_that_somebody_has_may_be_meant(tmp_path):
    people = "{office: {present: always}, ofice: {present: never}}"
    units = "{DE/Köln: {people: office}, DE/Kölln: {people: office}}"
    fleet = f"{{inventory: d.csv, units: {units}}}"
    ou, habit = told_of(tmp_path, ["K1;DE/Köln;Köln"], {"fleet": fleet, "people": people})
    assert ou.endswith("no device is in OU 'DE/Kölln' or below it; did you mean 'DE/Köln'?")
    assert habit.endswith("no device has 'ofice' for its people; did you mean 'office'?")


def test_a_few_devices_of_a_list_that_miss_the_name_of_the_others_are_counted(tmp_path):
    rows = ["K1;DE/Köln;Köln", "K2;DE/Koeln;KÖLN", "K3;DE/Koeln/Haus;KÖLN"]
    site, ou = told_of(tmp_path, rows, {})
    where = "s.yaml:5:20: warning: fleet.inventory: "
    assert ou.startswith(
        f"{where}no entry under units is 'DE/Koeln', so 2 devices there do not get"
    )
    assert "did you mean 'DE/Köln'?" in ou
    assert "network.sites has no 'KÖLN', so 2 devices there get the line of default" in site


def test_one_device_of_a_list_that_misses_the_name_of_the_others_is_one(tmp_path):
    site, ou = told_of(tmp_path, ["K1;DE/Köln;Köln", "K2;DE/Koeln;KÖLN"], {})
    assert "so 1 device there does not get the settings" in ou
    assert "so 1 device there gets the line of default" in site


def test_two_sites_of_a_list_that_only_their_spelling_tells_apart_are_told(tmp_path):
    rows = ["K1;DE/Köln;Köln", "K2;DE/Köln;Bad Homburg", "K3;DE/Köln;Bad\u00a0Homburg"]
    [told] = told_of(tmp_path, rows, {})
    assert "site 'Bad\\xa0Homburg' of the list has a line of its own; did you mean" in told
    assert told_of(tmp_path, [*rows[:2], "K3;DE/Köln;Bad Homburg 2"], {}) == []


def test_other_names_of_a_list_are_not_doubted(tmp_path):
    rows = ["K1;DE/Köln;Köln", "B1;DE/Bonn;Bonn", "B2;DE/Branch 18;Branch 18"]
    lines = "default: {link: 50 Mbit/s}, Köln: {link: 1 Mbit/s}, Branch 17: {link: 1 Mbit/s}"
    network = f"{{sites: {{{lines}}}}}"
    assert told_of(tmp_path, [*rows, "B3;DE/B;Branch 17"], {"network": network}) == []


def test_an_image_of_the_list_that_is_nearly_one_described_is_told(tmp_path):
    (tmp_path / "d.csv").write_text("Name;OU;Image\nK1;DE/Köln;N.IDF\nK2;DE/Köln;o.idf\n")
    network = "{sites: {default: {link: 50 Mbit/s}}}"
    (found,) = told(tmp_path, {**LISTED, "network": network})
    assert "1 device runs 'N.IDF', an image that is not described; did you mean 'n.idf'?" in found


@pytest.mark.parametrize("name", ["n", "N", "n (30)", "/elux/n.idf", "C:\\idf\\N.IDF", "n.idf (3)"])
def test_an_image_of_the_list_without_its_ending_or_with_its_folder_is_told(tmp_path, name):
    (tmp_path / "d.csv").write_text(f"Name;OU;Image\nK1;DE/Köln;{name}\nK2;DE/Köln;o (1).idf\n")
    (found,) = told(tmp_path, {**LISTED, "network": "{sites: {default: {link: 50 Mbit/s}}}"})
    text = f"1 device runs {name!r}, an image that is not described; did you mean 'n.idf'?"
    assert found.endswith(f"fleet.inventory: {text}")


def test_a_site_called_default_is_one_site(tmp_path):
    rows = ["K1;DE/Köln;default", "K2;DE/Köln;default", "K3;DE/Köln;Köln"]
    (found,) = told_of(tmp_path, rows, {})
    assert "2 devices of the list are at one site called 'default' and share its line" in found


@pytest.mark.parametrize("name", ["-", "--", "n/a", "N/A", "NULL", "(null)", "Unbekannt", "?"])
def test_a_site_whose_name_says_nothing_is_one_site(tmp_path, name):
    rows = [f"K1;DE/Köln;{name}", f"K2;DE/Köln;{name}", "K3;DE/Köln;Köln"]
    (found,) = told_of(tmp_path, rows, {})
    assert f"2 devices of the list are at one site called {name!r} and share its line" in found
    lines = f"{{sites: {{default: {{link: 1 Mbit/s}}, '{name}': {{link: 1 Mbit/s}}}}}}"
    assert told_of(tmp_path, rows, {"network": lines}) == []


@pytest.mark.parametrize("name", ["-", "n/a", "(null)"])
def test_an_ou_whose_name_says_nothing_is_told(tmp_path, name):
    (found,) = told_of(tmp_path, ["K1;DE/Köln;Köln", f"K2;{name};Köln"], {})
    text = f"OU {name!r} of the list holds 1 device; one left empty is the top level"
    assert found.endswith(f"fleet.inventory: {text}")


def test_of_many_names_the_first_are_told_and_the_rest_counted(tmp_path):
    sites = ", ".join(f"S{n}: {{link: 1 Mbit/s}}" for n in range(100))
    found = told(tmp_path, {"network": f"{{sites: {{default: {{link: 1 Mbit/s}}, {sites}}}}}"})
    assert len(found) == 21
    assert found[-1].endswith("no device is at site 'S20'; and 79 more of this kind")
