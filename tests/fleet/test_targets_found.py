"""From a target to devices; every name that leads nowhere gets the nearest right one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
)
from fwsim.fleet.find import find_targets
from fwsim.fleet.fleet import Column, Fleet
from fwsim.problems import InputError

NAMES = ["HQ1", "HQ2", "A1", "A2", "A1"]
UNITS = ["DE", "DE", "DE/A", "DE/A", "DE/B"]


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    count = len(NAMES)
    constants = {
        name: Column.constant("x", count) for name in ("site", "people", "power", "connection")
    }
    return Fleet(
        names=NAMES,
        macs=[f"00E0C500000{i}" for i in range(count)],
        unit=Column.of(UNITS),
        installed=Column.of(["old.idf", "new.idf", "old.idf", "old.idf", "old.idf"]),
        flash=np.full(count, 8),
        device_rate=np.full(count, 8),
        attributes={"Device type": Column.of(["LES", "LES v5", "Futro", "les", ""])},
        **constants,
    )


def found(target, fleet, live=None, text="", **choices) -> list[int]:
    return find_targets(target, fleet, live or {}, lambda _: text, **choices).tolist()


@pytest.mark.parametrize(
    ("target", "devices"),
    [
        (NamedTarget("DE"), [0, 1]),
        (NamedTarget("DE", subordinate_units=True), [0, 1, 2, 3, 4]),
        (NamedTarget("DE/A"), [2, 3]),
        (NamedTarget("/DE/A/"), [2, 3]),
        (NamedTarget("A2"), [3]),
        (NamedTarget("DE/B/A1"), [4]),
        (MacTarget("00E0C5000001"), [1]),
        (DeviceListTarget(("DE/A/A1", "HQ2", "00:e0:c5:00:00:00", "HQ2")), [0, 1, 2]),
        (ClientGroupTarget("Host name = A1"), [2, 4]),
        (ClientGroupTarget("MAC address = 00E0C5000003"), [3]),
        (ClientGroupTarget("IDF name = old"), [0, 2, 3, 4]),
        (ClientGroupTarget("device TYPE = LES"), [0, 1, 3]),
        (ClientGroupTarget("Device type = LES AND Host name = HQ"), [0, 1]),
        (ClientGroupTarget("OS name = eLux"), []),
    ],
)
def test_targets_lead_to_devices(fleet, target, devices):
    assert found(target, fleet) == devices


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (NamedTarget("DE/C"), "no OU and no device 'DE/C'; did you mean 'DE/"),
        (NamedTarget("A1"), "2 devices are called 'A1'; write the OU too, as in DE/A/A1, DE/B/A1"),
        (NamedTarget("HQ1", subordinate_units=True), "'HQ1' is a device; only an OU has OUs"),
        (MacTarget("00E0C5FFFFFF"), "no device has the MAC 00E0C5FFFFFF"),
        (DeviceListTarget(("HQ3",)), "no device 'HQ3'; did you mean 'HQ"),
        (DeviceListTarget(("A1",)), "2 devices are called 'A1'"),
        (ClientGroupTarget("Devise type = x"), "no attribute 'Devise type'; did you mean"),
        (ClientGroupTarget("x"), "expected = after 'x'"),
    ],
)
def test_what_leads_nowhere_is_told(fleet, target, message):
    with pytest.raises(InputError) as caught:
        found(target, fleet)
    assert message in str(caught.value)


def test_every_name_of_a_list_that_leads_nowhere_is_told(fleet):
    with pytest.raises(InputError) as caught:
        found(DeviceListTarget(("HQ1", "X1", "X2")), fleet)
    assert len(caught.value.problems) == 2


def test_a_list_file_has_one_mac_a_line(fleet):
    text = "00E0C5000003\n\n00-e0-c5-00-00-00\n00E0C5000003\n"
    assert found(ListFileTarget("macs.txt"), fleet, text=text) == [0, 3]


def test_a_list_files_bad_lines_are_all_told(fleet):
    with pytest.raises(InputError) as caught:
        found(ListFileTarget("macs.txt"), fleet, text="x\n00E0C5000003\n00E0C5FFFFFF\n")
    places = [(p.source, p.line) for p in caught.value.problems]
    assert places == [("macs.txt", 1), ("macs.txt", 3)]


def test_an_empty_list_file_is_no_target(fleet):
    with pytest.raises(InputError, match="holds no MAC"):
        found(ListFileTarget("macs.txt"), fleet, text="\n")


def test_an_ou_without_devices_of_its_own_points_below(fleet):
    branches = replace(fleet, unit=Column.of([f"DE/{unit}" for unit in UNITS]))
    with pytest.raises(InputError, match="5 are in OUs below it"):
        found(NamedTarget("DE"), branches)


def test_live_attributes_come_before_those_of_the_list(fleet):
    live = {
        "IDF name": Column.constant("new.idf", 5),
        "Update state": Column.of(["", "Successful", "Not successful", "", "Not successful"]),
    }
    assert found(ClientGroupTarget("IDF name = new"), fleet, live) == [0, 1, 2, 3, 4]
    assert found(ClientGroupTarget("Update state = Not"), fleet, live) == [2, 4]


def test_case_can_matter(fleet):
    target = ClientGroupTarget("Device type = LES")
    assert found(target, fleet, ignore_case=False) == [0, 1]
