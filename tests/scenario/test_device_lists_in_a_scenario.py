"""A device list in a scenario: the small inputs that were refused, and what is told of a list."""

from __future__ import annotations

from pathlib import Path

import pytest

import fwsim
from fwsim.problems import InputError
from fwsim.run import prepare
from fwsim.scenario.fleet_build import build_fleet

TEXT = """
zone: Europe/Berlin
start: 2026-11-23 17:00
image: {name: UC_RP6-2611.idf, packages: [{name: baseos, version: "6.2611", size: 50 MB}]}
fleet:
  inventory: INVENTORY
  units: {DE/Köln: {installed: UC_RP6-2611.idf}}
network: {sites: {default: {link: 50 Mbit/s}, Köln: {link: 64 kbit/s}}}
commands: [{update: DE, subordinate_units: true, once: 2026-11-23 18:00}]
"""


def rollout(folder: Path, listed: str | bytes, inventory: str = "devices.csv"):
    raw = listed if isinstance(listed, bytes) else listed.encode()
    (folder / "devices.csv").write_bytes(raw)
    return prepare(fwsim.loads(TEXT.replace("INVENTORY", inventory), folder=folder))


@pytest.mark.parametrize(
    ("listed", "inventory"),
    [
        ('Name;"Raum (Ort, Straße, Gebäude, Etage)"\nK1;x\n', "devices.csv"),
        ("Name;MAC;OU\nK1;00E0C5422A2E;DE/Köln\nK2;;DE/Köln\n", "devices.csv"),
        ('Name;MAC;OU\nK1;="00E0C5422A2E";DE/Köln\n', "devices.csv"),
        (
            "Gera\u0308tename;OE\nK1;DE/Köln\n",
            "{file: devices.csv, headers: {Ger\u00e4tename: name, OE: unit}}",
        ),
        ("sep=;\r\nName;MAC;OU\r\nK1;00E0C5422A2E;DE/Köln\r\n", "devices.csv"),
    ],
    ids=["delimiter in a header", "empty MAC", "text cell", "header in NFD", "sep line"],
)
def test_lists_that_were_refused_are_taken(tmp_path, listed, inventory):
    made = rollout(tmp_path, listed, inventory)
    assert made.fleet.names[0] == "K1"
    assert made.fleet.warnings == ()


def test_devices_without_a_mac_get_one_that_no_other_has(tmp_path):
    text = "Name;MAC;OU\nA;020000000001;DE\nB;;DE\nC;020000000004;DE\nD;;DE\nE;;DE\n"
    macs = rollout(tmp_path, text).fleet.macs
    assert len(set(macs)) == 5
    assert (macs[0], macs[2]) == ("020000000001", "020000000004")


def test_an_ou_that_only_the_scenario_names_has_no_devices(tmp_path):
    made = rollout(tmp_path, "Name;OU\nK1;AT\n")
    assert [len(made.targets(run, {})) for run in made.runs] == [0]
    wrong = TEXT.replace("INVENTORY", "devices.csv").replace("update: DE", "update: DX")
    with pytest.raises(InputError, match="no OU and no device 'DX'"):
        prepare(fwsim.loads(wrong, folder=tmp_path))


def test_what_a_list_was_taken_with_is_kept(tmp_path):
    found = rollout(
        tmp_path, "Name;OU\nK1;DE/Köln\n;\nk1;DE/Köln\n".encode("cp1252")
    ).fleet.warnings
    assert [str(problem) for problem in found] == [
        "devices.csv: warning: is not UTF-8; read as Windows-1252 (Köln)",
        "devices.csv:3: warning: line 3 is empty and is left out",
        "devices.csv:4: warning: device 'k1' differs from 'K1' of line 2 only in its spelling; "
        "taken for two devices",
    ]


def test_the_names_of_a_list_as_hostile_as_can_be(tmp_path):
    rows = [
        "=1+1",
        "+49 721 1",
        "-x",
        "@SUM(A1)",
        '"=HYPERLINK(""x"",""y"")"',
        '"a,b;c"',
        "1E5",
        "00012",
        "2026-11-23",
        "Straße ß €",
        "'quoted",
        "１＋１",
        "%PATH%",
    ]
    text = "\n".join(["Name;OU", *(f'{row};"DE/Köln & ""Süd"""' for row in rows)])
    (tmp_path / "devices.csv").write_text(text)
    fleet = build_fleet(fwsim.loads(TEXT.replace("INVENTORY", "devices.csv"), folder=tmp_path))
    assert list(fleet.names[:4]) == ["=1+1", "+49 721 1", "-x", "@SUM(A1)"]
    assert list(fleet.names[4:]) == [
        '=HYPERLINK("x","y")',
        "a,b;c",
        "1E5",
        "00012",
        "2026-11-23",
        "Straße ß €",
        "'quoted",
        "１＋１",
        "%PATH%",
    ]
    assert fleet.unit.values == ('DE/Köln & "Süd"',)


@pytest.mark.parametrize("raw", ["Name;OU\nK1;DE\n", "Name;OU\nK\u00fc;DE\n".encode("cp1252"), ""])
def test_a_list_in_the_place_of_a_scenario_is_told_what_makes_one(tmp_path, monkeypatch, raw):
    monkeypatch.chdir(tmp_path)
    Path("our list.csv").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with pytest.raises(InputError, match=r"no scenario; .*: fwsim new 'our list\.csv'") as told:
        fwsim.load("our list.csv")
    assert len(told.value.problems) == 1
    with pytest.raises(InputError, match=r"lists\.csv: error: no such file"):
        fwsim.load("lists.csv")


def test_a_scenario_may_be_called_like_a_table(tmp_path):
    (tmp_path / "devices.csv").write_text("Name;OU\nK1;DE\n")
    (tmp_path / "plan.csv").write_text(TEXT.replace("INVENTORY", "devices.csv"))
    assert fwsim.load(tmp_path / "plan.csv").fleet.inventory is not None
