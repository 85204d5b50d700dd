"""`fwsim new`: asked on a terminal, scripted everywhere else; nothing is replaced unasked."""

from __future__ import annotations

import re
from datetime import date

import pytest
from click.testing import CliRunner

from fwsim.cli import first_scenario, main
from tests.first_scenario.lists import branches, written

ANSWERS = 15


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(first_scenario, "_today", lambda: date(2026, 11, 26))
    branches(tmp_path / "devices.csv", head_office=150)
    return tmp_path


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(first_scenario, "_is_terminal", lambda: True)


def new(*words, typed=None):
    return CliRunner().invoke(main, ["new", "devices.csv", *words], input=typed)


def test_a_script_is_asked_nothing_and_gets_a_valid_scenario(folder):
    made = new("--line", "10 Mbit/s", "--line", "Head office=1 Gbit/s", "--image", "new.idf")
    assert made.exit_code == 0
    assert "devices.csv: 180 devices in 6 OUs at 6 sites" in made.output
    assert re.search(r"Head office +150 +1 Gbit/s +12 min 00 s", made.output)
    assert made.output.splitlines()[-1] == "Next: fwsim run devices.yaml --out out/devices"
    checked = CliRunner().invoke(main, ["validate", "--strict", "devices.yaml"])
    assert checked.output == "devices.yaml: valid, 180 devices, 1 command run\n"
    ran = CliRunner().invoke(main, ["run", "devices.yaml", "--replications", "1", "--quiet"])
    assert ran.exit_code == 0


def test_the_same_words_give_the_same_file(folder):
    new("--out", "a.yaml", "--name", "x")
    new("--out", "b.yaml", "--name", "x")
    first, second = (
        (folder / name).read_text().replace(name[0] + ".yaml", "") for name in ("a.yaml", "b.yaml")
    )
    assert first.replace("out/a", "") == second.replace("out/b", "")


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(folder):
    made = new("--line", "fast", "--line", "Nowhere=2 Mbit/s", "--size", "0 MB", "--cancel", "oui")
    assert made.exit_code == 2
    assert made.output.count("error:") == 4
    assert "--cancel: error: 'oui' is neither yes nor no" in made.output
    assert [path.name for path in folder.iterdir()] == ["devices.csv"]


def test_bad_rows_of_the_list_are_told_at_once(folder):
    (folder / "devices.csv").write_text("Name;OU;Site\nA;DE;X\nA;DE;Y\n;DE;X\n")
    made = new()
    assert (made.exit_code, made.output.count("devices.csv:")) == (2, 2)


def test_a_scenario_in_the_place_of_the_list_is_told_to_be_one(folder):
    new()
    made = CliRunner().invoke(main, ["new", "devices.yaml"])
    assert (made.exit_code, made.output.splitlines()[0]) == (
        2,
        "devices.yaml: error: is a scenario by its name; expected a device list (CSV), "
        "as the console exports it",
    )


def test_what_is_odd_in_the_list_is_told_once(folder):
    rows = "Name;OU\nA;DE/Köln\n;\nB;DE/Köln\n2 Geräte\n"
    (folder / "devices.csv").write_bytes(rows.encode("cp1252"))
    told = new().output
    assert [told.count(word) for word in ("read as Windows-1252", "line 3", "line 5")] == [1, 1, 1]
    assert new("--force", "--out", "elsewhere/plan.yaml").output.count("read as Windows-1252") == 1


def test_nothing_is_replaced_unless_it_is_said(folder):
    (folder / "devices.yaml").write_text("mine")
    made = new()
    assert made.exit_code == 2
    assert "devices.yaml: error: is there already" in made.output
    wrong = new("--start", "noon", "--line", "wide")
    assert "devices.yaml: error: is there already" in wrong.output
    assert "--start: error: " in wrong.output
    assert "--line: error: " in wrong.output
    assert (folder / "devices.yaml").read_text() == "mine"
    assert new("--force").exit_code == 0
    assert (folder / "devices.yaml").read_text() != "mine"
    assert new("--force", "--out", "devices.csv").exit_code == 2
    assert new("--force", "--out", "devices.csv").exit_code == 2
    assert (folder / "devices.csv").read_text().startswith("Name")


def test_a_copied_list_replaces_nothing_either(folder):
    (folder / "plans").mkdir()
    (folder / "plans" / "p-devices.csv").write_text("mine")
    made = new("--out", "plans/p.yaml")
    assert (made.exit_code, "p-devices.csv: error" in made.output) == (2, True)
    assert [path.name for path in (folder / "plans").iterdir()] == ["p-devices.csv"]


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_each_thing_is_asked_until_it_is_right(folder):
    typed = "My rollout\nlots\n350 MB\n20 Mbit/s\n" + "\n" * ANSWERS
    made = new("--image", "new.idf", typed=typed)
    assert made.exit_code == 0
    assert "Name [Update of 180 devices]" in made.output
    assert "Image [" not in made.output  # an option has said it
    assert "Error: 'lots'" in made.output
    written = (folder / "devices.yaml").read_text()
    assert "size: 350 MB}\n" in written
    assert "name: My rollout" in written
    assert "Head office: {link: 100 Mbit/s" in written


@pytest.mark.usefixtures("terminal")
def test_warnings_come_behind_the_answer_they_are_about(folder):
    made = new("--image", "new.idf", typed="\n\n64 kbit/s\n" + "\n" * ANSWERS)
    lines = made.output.splitlines()
    told = next(n for n, line in enumerate(lines) if line.startswith("warning: --line: Branch 00"))
    assert "64 kbit/s" in lines[told]
    assert "Other lines" not in "\n".join(lines[:told])


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_one_is_asked_before_anything_is_replaced(folder):
    (folder / "devices.yaml").write_text("mine")
    made = new(typed="\n" * (ANSWERS + 1) + "n\n")
    assert "devices.yaml is there already. Replace it?" in made.output
    assert "Nothing was written." in made.output
    assert (folder / "devices.yaml").read_text() == "mine"


@pytest.mark.usefixtures("terminal")
def test_who_stops_half_way_has_written_nothing(folder):
    assert new(typed="My rollout\n").exit_code == 130
    assert not (folder / "devices.yaml").exists()


def test_names_with_blanks_are_written_as_a_shell_reads_them(folder):
    made = new("--out", "my list.yaml")
    assert made.output.splitlines()[-1] == "Next: fwsim run 'my list.yaml' --out 'out/my list'"
    text = (folder / "my list.yaml").read_text("utf-8")
    assert "#   fwsim validate 'my list.yaml'\n" in text
    assert "#   fwsim report 'out/my list'\n" in text


def test_a_line_of_a_site_called_default_is_refused_before_anything_is_written(folder):
    written(folder / "devices.csv", "OU;Site", ["DE/A;default"] * 3 + ["DE/B;B"] * 3)
    made = new("--line", "default=1 Mbit/s")
    assert made.exit_code == 2
    assert "--line: error: a site called default has the line of all sites" in made.output
    assert new("--line", "1 Mbit/s").exit_code == 0


def test_a_large_site_called_default_gets_the_line_of_all(folder):
    written(
        folder / "devices.csv", "OU;Site", ["DE/A;default"] * 400 + ["DE/B;B"] * 3 + ["DE/C;C"] * 3
    )
    assert new().exit_code == 0
