"""Attributes of devices: one column each, however the list and the OUs spell its name."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.commands.targets import ClientGroupTarget
from fwsim.problems import InputError
from fwsim.run import prepare

TEXT = """
zone: Europe/Berlin
start: 2026-11-23 17:00
image: {name: new.idf, packages: [{name: baseos, version: "6", size: 50 MB}]}
fleet: FLEET
network: {sites: {default: {link: 50 Mbit/s}}}
commands: [{update: {group: Device type = LES}}]
"""


def rollout(folder, fleet: str, listed: str = ""):
    (folder / "devices.csv").write_text(listed)
    return prepare(fwsim.loads(TEXT.replace("FLEET", fleet), folder=folder))


def units(**attributes: str) -> str:
    told = (f"{unit}: {{devices: 2, attributes: {text}}}" for unit, text in attributes.items())
    return f"units: {{{', '.join(told)}}}"


@pytest.mark.parametrize("other", ["device type", "Device Type", "DEVICE-TYPE", "device_type"])
def test_a_group_finds_all_spellings_of_what_devices_report(tmp_path, other):
    listed = "Name;OU;Device type\nA;DE;LES\nB;DE;Futro\n"
    made = rollout(
        tmp_path,
        f"{{inventory: devices.csv, {units(FR='{Device type: LES}', AT=f'{{{other}: LES}}')}}}",
        listed,
    )
    assert list(made.fleet.attributes) == ["Device type"]
    assert len(made.find(ClientGroupTarget("Device type = LES"))) == 5
    assert len(made.find(ClientGroupTarget(f"{other} = LES"))) == 5


@pytest.mark.parametrize("name", ["device_type", "Device_Type", "flash-size", "Room_no"])
def test_a_group_asks_for_an_attribute_by_the_name_it_was_given(tmp_path, name):
    made = rollout(tmp_path, f"{{{units(DE='{Device type: LES}', FR=f'{{{name}: x1}}')}}}")
    assert made.find(ClientGroupTarget(f"{name} = x")).tolist() == [2, 3]


def test_a_group_finds_both_cases_of_any_other_attribute(tmp_path):
    fleet = f"{{{units(DE='{Room: A1}', FR='{room: A2}', AT='{Floor: A3}')}}}"
    made = rollout(tmp_path, fleet.replace("Floor", "Device type: LES, Floor"))
    assert list(made.fleet.attributes) == ["Room", "Device type", "Floor"]
    assert made.find(ClientGroupTarget("ROOM = A")).tolist() == [0, 1, 2, 3]


def test_one_attribute_twice_at_an_ou_is_refused(tmp_path):
    with pytest.raises(InputError, match="'Device type' and 'device type' are one attribute"):
        rollout(tmp_path, f"{{{units(DE='{Device type: LES, device type: Futro}')}}}")


def test_a_group_is_asked_for_by_the_flash_of_a_list(tmp_path):
    listed = "Name;OU;Device type;Flash size\nA;DE;LES;2 GB\nB;DE;Futro;8 GB\nC;DE;Futro;4 GB\n"
    made = rollout(tmp_path, "{inventory: devices.csv}", listed)
    found = made.find(ClientGroupTarget("Device type = LES OR flash size = 8"))
    assert found.tolist() == [0, 1]


def test_what_an_ou_leaves_out_is_said_by_the_nearest_above(tmp_path):
    fleet = """{units: {
      DE: {devices: 1, attributes: {Device type: LES, BIOS: "1"}},
      DE/A: {devices: 1, attributes: {bios: "2"}},
      DE/A/1: {devices: 1},
      FR: {devices: 1}}}"""
    made = rollout(tmp_path, fleet).fleet.attributes
    assert {name: [column[i] for i in range(4)] for name, column in made.items()} == {
        "Device type": ["LES", "LES", "LES", ""],
        "BIOS": ["1", "2", "2", ""],
    }


def test_what_a_row_of_a_list_leaves_out_is_said_by_its_ou(tmp_path):
    listed = "Name;OU;BIOS\nA;DE/A;3\nB;DE/A;\nC;FR;\n"
    units = "{DE: {attributes: {Device type: LES, bios: '1'}}}"
    made = rollout(tmp_path, f"{{inventory: devices.csv, units: {units}}}", listed)
    assert made.find(ClientGroupTarget("Device type = LES")).tolist() == [0, 1]
    assert [made.fleet.attributes["BIOS"][i] for i in range(3)] == ["3", "1", ""]
