"""Devices of one name in several OUs, in a log and in the scenario."""

from pathlib import Path

import pytest

import fwsim
from fwsim.learning.journeys import NOBODY, devices_of, one_name_each
from fwsim.learning.learn import learn
from fwsim.learning.strangers import told_of_strangers
from fwsim.ledger.logs import source_of
from fwsim.ledger.matching import without_strangers
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


def test_a_device_that_goes_by_its_address_stands_where_it_stands(tmp_path):
    (tmp_path / "devices.csv").write_text("Name,OU,IP address\nTC-1,B,10.0.0.1\n")
    path = tmp_path / "states-2026-11-02T09-15.csv"
    path.write_text(f"{HEAD}10.0.0.1,B,Successful\n")
    rollout = prepare(loads(SCENARIO, folder=tmp_path))
    assert told_of_strangers(read_observed(path, zone="UTC"), rollout) == []


def test_a_path_of_an_ou_is_the_same_with_strokes_around_it(world):
    log, rollout = world([A1, B1], [("/A/", "TC-1"), ("/ B", "TC-1")])
    assert found(log, rollout) == {"A/TC-1": "A/TC-1", "B/TC-1": "B/TC-1"}


def test_a_name_of_several_devices_is_not_told_to_be_none_of_the_scenario(world):
    log, rollout = world([A1, B1, B2], [("", "TC-1"), B2, ("C", "TC-9")])
    unclear, stranger = sorted(told_of_strangers(log, rollout))
    assert unclear.startswith("'TC-1' in the log may be several devices of the scenario")
    assert stranger.startswith("1 device of the log is not in the scenario: 'TC-9'")


def test_a_stranger_of_a_name_that_the_scenario_has_is_told_with_its_ou(world):
    log, rollout = world([A1, B1], [C1])
    (told,) = told_of_strangers(log, rollout)
    assert told.startswith("1 device of the log is not in the scenario: 'C/TC-1'")


def test_learning_and_scoring_tell_names_that_may_be_several(world):
    log, rollout = world([A1, B1, B2], [("", "TC-1"), B2])
    learnt = learn(rollout.scenario, log, rows=100)
    assert learnt.strangers == 0
    assert "'TC-1' in the log may be several devices" in str(learnt)
    kept, strangers = without_strangers(log, rollout, source_of([Path(log.sources[0])]))
    assert ({kept.device[line] for line in range(len(kept))}, strangers) == ({"TC-2"}, 0)
    nobody, rollout = world([A1, B1], [("", "TC-1")])
    with pytest.raises(fwsim.InputError, match="found in the scenario: 'TC-1' in the log may be"):
        learn(rollout.scenario, nobody)
    with pytest.raises(fwsim.InputError, match="1 of its 1 devices are left out: 'TC-1' in the"):
        without_strangers(nobody, rollout, source_of([Path(nobody.sources[0])]))


def test_rows_of_update_jobs_of_one_ou_each_are_of_two_devices_of_one_name(tmp_path):
    for unit in "AB":
        (tmp_path / f"{unit}.csv").write_text(
            "Name,OU,UpdateJobID,StartStatus,Status,Result,TimeCreated,TimeModified\n"
            f"TC-1,{unit},7,3,5,0,1793606700,1793606800\n"
        )
    log = read_observed([tmp_path / "A.csv", tmp_path / "B.csv"], zone="UTC")
    assert log.device.values == ("A/TC-1", "B/TC-1")
