"""Devices of one name in several OUs, in a log and in the scenario."""

import unicodedata
from pathlib import Path

import pytest

import fwsim
from fwsim.learning.known_names import NOBODY, devices_of, one_name_each
from fwsim.learning.learn import learn
from fwsim.learning.strangers import told_of_strangers
from fwsim.ledger.logs import source_of
from fwsim.ledger.matching import without_strangers
from fwsim.ledger.seen import seen_in
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
    with pytest.raises(fwsim.InputError, match="1 of its 1 devices is left out: 'TC-1' in the"):
        without_strangers(nobody, rollout, source_of([Path(nobody.sources[0])]))


def test_strangers_that_exports_show_with_nothing_are_none_of_the_targeted_devices(world, tmp_path):
    _, rollout = world([B1, B2, B3], [B1])
    export = tmp_path / "all-2026-11-02T09-30.csv"
    for others, absent in (("", 1), ("TC-7,C,\n", 1), ("TC-3,B,\n", 0)):
        rows = f"TC-1,B,Successful\nTC-2,B,\n{others}"
        export.write_text(HEAD + rows, encoding="utf-8")
        log = read_observed(export, zone="UTC")
        kept, _ = without_strangers(log, rollout, source_of([export]))
        assert seen_in(kept, rollout.epoch).absent_of(3) == absent


def test_rows_of_update_jobs_of_one_ou_each_are_of_two_devices_of_one_name(tmp_path):
    for unit in "AB":
        (tmp_path / f"{unit}.csv").write_text(
            "Name,OU,UpdateJobID,StartStatus,Status,Result,TimeCreated,TimeModified\n"
            f"TC-1,{unit},7,3,5,0,1793606700,1793606800\n"
        )
    log = read_observed([tmp_path / "A.csv", tmp_path / "B.csv"], zone="UTC")
    assert log.device.values == ("A/TC-1", "B/TC-1")


MAC = "02000000000A"
SPELLINGS = [
    "02:00:00:00:00:0a",
    "02-00-00-00-00-0A",
    "0200.0000.000a",
    "020000-00000a",
    MAC.lower(),
]
LISTED = f"Name,MAC,OU\nTC-1,{MAC},B\nTC-2,,B\nTC-3,,A\n"


def read(folder, devices, *exports, **more):
    """Return a log of exports, and a rollout of a device list."""
    (folder / "devices.csv").write_text(devices)
    paths = [folder / f"states-2026-11-02T09-{15 + n}.csv" for n in range(len(exports))]
    for path, text in zip(paths, exports, strict=True):
        path.write_text(text)
    return read_observed(paths, zone="UTC", **more), prepare(loads(SCENARIO, folder=folder))


@pytest.mark.parametrize("key", [False, "a long enough key"])
@pytest.mark.parametrize("mac", SPELLINGS)
@pytest.mark.parametrize(
    "text",
    [
        "MAC,Update State\n{},Successful\n",
        "Device,Time,Status\n{},2026-11-02T09:00,done\n",
        "Mac,StartStatus,Status,Result,TimeCreated,TimeModified\n{},3,5,0,1762066800,1762067000\n",
    ],
)
def test_a_device_is_found_by_its_mac_however_that_is_written(tmp_path, text, mac, key):
    log, rollout = read(tmp_path, LISTED, text.format(mac), pseudonymise=key)
    assert list(found(log, rollout).values()) == ["B/TC-1"]


def test_a_device_that_is_named_by_its_mac_is_found_by_it(tmp_path):
    devices = "Name,OU\n02-00-00-00-00-0A,B\n"
    log, rollout = read(tmp_path, devices, "MAC,Update State\n02:00:00:00:00:0a,Successful\n")
    assert list(found(log, rollout).values()) == ["B/02-00-00-00-00-0A"]


def test_an_address_of_twelve_digits_is_no_mac(tmp_path):
    text = "Client,Time,Status\n192.168.100.200,2026-11-02T09:00,done\n"
    log, _ = read(tmp_path, LISTED, text)
    assert log.device.values == ("192.168.100.200",)


@pytest.mark.parametrize("key", [False, "a long enough key"])
def test_an_ou_is_the_same_with_backslashes(tmp_path, key):
    export = HEAD + "TC-1,D\\A,Successful\nD\\B\\TC-1,D\\B,Successful\n"
    devices = "Name,OU\nTC-1,D/A\nTC-1,D\\B\nTC-2,B\n"
    log, rollout = read(tmp_path, devices, export, pseudonymise=key)
    assert sorted(found(log, rollout).values()) == ["D/A/TC-1", "D/B/TC-1"]


NAMES = ("Köln-1", "Köln-2", "köln-3")


@pytest.mark.parametrize("key", [False, "a long enough key"])
@pytest.mark.parametrize(("listed", "told"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_names_that_look_the_same_are_the_same_however_they_are_composed(world, listed, told, key):
    def spelled(form, *pairs):
        return [tuple(unicodedata.normalize(form, text) for text in pair) for pair in pairs]

    names = [("B", "TC-9"), *(("B/Süd", name) for name in NAMES)]
    log, rollout = world(spelled(listed, *names), spelled(told, *names), pseudonymise=key)
    assert NOBODY not in devices_of(log, rollout)


@pytest.mark.parametrize("mac", ["'00E0C5422A2E", "00‑E0‑C5‑42‑2A‑2E", '="00:e0:c5:42:2a:2e"'])
def test_macs_as_spreadsheets_leave_them_are_known(tmp_path, mac):
    text = f"MAC;Time;Status\n{mac};2026-11-02 09:00;done\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    assert read_observed(tmp_path / "log.csv", zone="UTC").device.values == ("00E0C5422A2E",)


def looks(*rows):
    return "Time,Device,OU,Update State\n" + "".join(
        f"2026-11-02T{hour}:00,{name},{unit},Successful\n" for hour, unit, name in rows
    )


def test_a_device_that_moves_between_looks_of_one_file_is_one(tmp_path):
    others = [
        (hour, unit, name) for hour in ("09", "10") for unit, name in (("A", "TC-3"), ("B", "TC-2"))
    ]
    text = looks(*others, ("09", "A", "TC-1"), ("10", "B", "TC-1"))
    log, rollout = read(tmp_path, LISTED, text)
    assert found(log, rollout) == {"TC-3": "A/TC-3", "TC-2": "B/TC-2", "TC-1": "B/TC-1"}
    assert len(log) == 3
    (problem,) = log.problems
    assert "7: warning: device 'TC-1' stands in 'B' here and elsewhere in others" in str(problem)


def many_looks(count, partly):
    """Return as many looks, between the last two of which TC-1 was moved."""
    rows = []
    for n in range(count):
        hour = f"{n // 60:02}:{n % 60:02}"
        here = [("A", "TC-3"), ("B", "TC-2"), ("B" if n > count - 2 else "A", "TC-1")]
        rows += [(hour, *one) for one in here[: 3 - (partly and n % 2)]]
    return looks(*rows).replace(":00,", ",").replace("2026-11-02T", "2026-11-02 ")


def test_a_device_that_moves_between_two_of_many_looks_is_one(tmp_path):
    log, _ = read(tmp_path, LISTED, many_looks(1010, partly=False))
    assert set(log.device.values) == {"TC-3", "TC-2", "TC-1"}
    assert "'TC-1' stands in 'B' here" in str(log.problems[0])


def test_too_many_looks_that_differ_to_tell_who_was_moved_are_told(tmp_path):
    log, _ = read(tmp_path, LISTED, many_looks(1011, partly=True))
    assert set(log.device.values) == {"TC-3", "TC-2", "A/TC-1", "B/TC-1"}
    assert "device 'TC-1' stands in several OUs, in too many exports" in str(log.problems[0])


def test_an_ou_that_was_renamed_twice_is_one(tmp_path):
    rows = [[("TC-1", unit), ("TC-2", unit), ("TC-3", "A")] for unit in ("B", "C", "D")]
    rows[1] = [*rows[1][1:], ("TC-4", "C"), ("TC-5", "C")]  # one is not shown in between
    rows[2] += [("TC-4", "D"), ("TC-5", "D")]
    rows[0] += [("TC-4", "B")]
    exports = (HEAD + "".join(f"{n},{u},Successful\n" for n, u in each) for each in rows)
    log, _ = read(tmp_path, LISTED, *exports)
    assert sorted(log.device.values) == [f"TC-{n}" for n in range(1, 6)]
    told = [str(problem) for problem in log.problems]
    assert len(told) == 2
    assert "OU 'C' is 'B' in a file before, by 2 devices" in told[0]
    assert "OU 'D' is 'C' in a file before, by 3 devices" in told[1]


def test_an_ou_that_was_renamed_between_exports_is_one(tmp_path):
    before, after = ([("TC-1", unit), ("TC-2", unit), ("TC-3", "A")] for unit in ("B", "C"))
    exports = (HEAD + "".join(f"{n},{u},Successful\n" for n, u in rows) for rows in (before, after))
    log, rollout = read(tmp_path, LISTED, *exports)
    assert found(log, rollout) == {"TC-1": "B/TC-1", "TC-2": "B/TC-2", "TC-3": "A/TC-3"}
    assert len(log) == 3
    told = "OU 'C' is 'B' in a file before, by 2 devices of the same names; taken for renamed"
    assert told in str(log.problems)


def test_macs_tell_whether_names_in_two_ous_are_one_device(tmp_path):
    head, macs = "Device,MAC,OU,Update State\n", ("02:00:00:00:00:0a", "02:00:00:00:00:0b")
    for other, names in zip(macs, ({"TC-1"}, {"B/TC-1", "C/TC-1"}), strict=True):
        exports = (
            f"{head}TC-1,{mac},{unit},Successful\n" for mac, unit in ((macs[0], "B"), (other, "C"))
        )
        log, rollout = read(tmp_path, LISTED, *exports)
        assert set(log.device.values) == names
    assert found(log, rollout) == {"B/TC-1": "B/TC-1", "C/TC-1": None}
    (told,) = told_of_strangers(log, rollout)
    assert "'C/TC-1' (the scenario has 'B/TC-1'; a column with the MAC tells" in told


@pytest.mark.parametrize("key", [False, "a long enough key"])
def test_a_device_that_has_another_name_by_now_is_found_by_its_mac(tmp_path, key):
    export = "Device,MAC,Update State\nKA-9,02:00:00:00:00:0a,Successful\n"
    log, rollout = read(tmp_path, LISTED, export, pseudonymise=key)
    assert list(found(log, rollout).values()) == ["B/TC-1"]
    if not key:
        (told,) = told_of_strangers(log, rollout)
        assert "'KA-9' in the log and by 'TC-1' in the scenario, with the same MAC" in told


@pytest.mark.parametrize("mac", ["00:00:00:00:00:00", "ff-ff-ff-ff-ff-ff", "n/a", ""])
def test_what_stands_for_a_mac_makes_no_devices_one(tmp_path, mac):
    head = "Device,MAC,OU,Update State\n"
    rows = [f"TC-1,{mac},{unit},Successful\n" for unit in "AB"]
    for exports in ([head + "".join(rows)], [head + row for row in rows]):
        log, _ = read(tmp_path, LISTED, *exports)
        assert set(log.device.values) == {"A/TC-1", "B/TC-1"}
        assert log.macs == {}


def test_zeros_in_the_place_of_macs_are_no_device(tmp_path):
    rows = ("00:00:00:00:00:00", MAC, "02:00:00:00:00:0b", "02:00:00:00:00:0c")
    text = "MAC,Update State\n" + "".join(f"{mac},Successful\n" for mac in rows)
    log, _ = read(tmp_path, LISTED, text)
    assert len(log.device.values) == 3
    assert "2:1: error: the device has no name" in str(log.problems[0])


@pytest.mark.parametrize("name", ["NB-9", "TC-1"])
def test_a_mac_beside_several_names_as_that_of_a_dock_is_nobodys(tmp_path, name):
    rows = (f"{name},{MAC},Successful\n", f"NB-8,{MAC},Successful\n")
    log, rollout = read(tmp_path, LISTED, "Device,MAC,Update State\n" + "".join(rows))
    assert found(log, rollout) == {name: "B/TC-1" if name == "TC-1" else None, "NB-8": None}


def test_branches_that_name_devices_alike_have_none_that_moved(world):
    log, _ = world([B1], [A1, B2, A3, B3], [B1, A2])
    assert set(log.device.values) == {f"{unit}/{name}" for unit, name in (A1, B2, A3, B3, B1, A2)}
