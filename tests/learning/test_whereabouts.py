"""Devices of one name in several OUs, in a log and in the scenario."""

import pytest

from fwsim.learning.journeys import NOBODY, devices_of, one_name_each
from fwsim.learning.strangers import told_of_strangers
from fwsim.observations.reading import read_observed
from fwsim.run import prepare
from fwsim.scenario.load import loads

SCENARIO = """\
name: Two OUs
zone: UTC
start: 2026-11-02 08:00
horizon: 1 d
image: {name: a.idf, packages: [{name: base, size: 300 MB}]}
fleet: {inventory: devices.csv}
commands:
  - update: B
    once: 2026-11-02 08:05
"""
HEAD = "Device,OU,Update State\n"


@pytest.fixture
def world(tmp_path):
    def world(devices, *exports, **more):
        rows = "".join(f"{name},{unit}\n" for unit, name in devices)
        (tmp_path / "devices.csv").write_text(f"Name,OU\n{rows}")
        paths = [tmp_path / f"states-2026-11-02T09-{15 + n}.csv" for n in range(len(exports))]
        for path, rows in zip(paths, exports, strict=True):
            lines = (f"{name},{unit},Successful\n" for unit, name in rows)
            path.write_text(HEAD + "".join(lines))
        rollout = prepare(loads(SCENARIO, folder=tmp_path))
        return read_observed(paths, zone="UTC", **more), rollout

    return world


def found(log, rollout):
    """Return the devices that names of the log are, with their OU."""
    of = devices_of(log, rollout).tolist()
    whole = [None if one == NOBODY else rollout.fleet.qualified_name(one) for one in of]
    return dict(zip(log.device.values, whole, strict=True))


A1, B1, A2, B2, C1 = ("A", "TC-1"), ("B", "TC-1"), ("A", "TC-2"), ("B", "TC-2"), ("C", "TC-1")
A3, B3 = ("A", "TC-3"), ("B", "TC-3")


@pytest.mark.parametrize("key", [False, "a long enough key"])
def test_a_device_of_the_scenario_is_found_beside_one_of_its_name_elsewhere(world, key):
    log, rollout = world([B1, B2], [A1, B1, B2], pseudonymise=key)
    assert sorted(map(str, found(log, rollout).values())) == ["B/TC-1", "B/TC-2", "None"]


@pytest.mark.parametrize("key", [False, "a long enough key"])
def test_the_ou_tells_which_device_of_a_name_it_is(world, key):
    log, rollout = world([A1, B1], [A1], pseudonymise=key)
    assert list(found(log, rollout).values()) == ["A/TC-1"]
    assert told_of_strangers(log, rollout) == []


def test_exports_of_one_ou_each_do_not_mix_up_devices_of_one_name(world):
    log, rollout = world([A1, B1], [A1], [B1])
    assert found(log, rollout) == {"A/TC-1": "A/TC-1", "B/TC-1": "B/TC-1"}
    assert len(one_name_each(log, rollout).device.values) == 2


def test_a_device_that_stands_in_another_ou_of_a_later_export_was_moved(world):
    log, rollout = world([B1, A2, B3], [A1, A2, B3], [B1, A2, B3])
    assert found(log, rollout)["TC-1"] == "B/TC-1"
    told = "device 'TC-1' stands in another OU than in a file before; taken for moved"
    assert told in str(log.problems)


def test_a_device_that_has_moved_since_is_found_and_told(world):
    log, rollout = world([B1, A2], [A1, A2])
    assert found(log, rollout)["TC-1"] == "B/TC-1"
    (told,) = told_of_strangers(log, rollout)
    assert "another OU in the log than in the scenario: 'A/TC-1', and 'B/TC-1' there" in told


def test_an_ou_that_the_scenario_does_not_have_may_be_the_same_in_other_words(world):
    log, rollout = world([B1, A2], [C1, A2])
    assert told_of_strangers(log, rollout) == []


def test_rows_of_update_jobs_of_one_ou_each_are_of_two_devices_of_one_name(tmp_path):
    for unit in "AB":
        (tmp_path / f"{unit}.csv").write_text(
            "Name,OU,UpdateJobID,StartStatus,Status,Result,TimeCreated,TimeModified\n"
            f"TC-1,{unit},7,3,5,0,1793606700,1793606800\n"
        )
    log = read_observed([tmp_path / "A.csv", tmp_path / "B.csv"], zone="UTC")
    assert log.device.values == ("A/TC-1", "B/TC-1")
