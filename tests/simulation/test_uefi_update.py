"""UEFI updates: the same machinery, a status field of their own."""

from __future__ import annotations

import pytest

MODELS = {"uefi": {"LES": {"version": "1.12", "size": "50 MB"}}}


def uefi(play, attributes: dict | None = None, unit: dict | None = None, **changes):
    reported = {"Device type": "LES", "BIOS": "1.08", **(attributes or {})}
    units = {"DE": {"devices": 1, "attributes": reported, **(unit or {})}}
    return play(
        commands=[{"uefi_update": "DE", **changes.pop("options", {})}],
        fleet={"units": units},
        **MODELS,
        **changes,
    )


def test_the_vendors_archive_is_fetched_and_written(play, told):
    result = uefi(play)
    assert told(result) == [
        "0 PROBING",
        "0 CHECKING",
        "2 VERIFY_IDF",
        "2 TRANSFER",
        "6 VERIFY_PACKAGES",
        "9 INSTALL",
        "14 REBOOT",
        "74 SUCCESS",
    ]


def test_its_state_is_a_field_of_its_own(play):
    both = play(
        commands=[{"uefi_update": "DE"}, {"update": "DE", "once": "2018-08-20 12:00"}],
        fleet={"units": {"DE": {"attributes": {"Device type": "LES", "BIOS": "1.08"}}}},
        **MODELS,
    )
    assert both.devices.uefi_state.tolist() == ["Successful – 2018-08-20 11:01:14"]
    assert both.devices.update_state.tolist() == ["Successful – 2018-08-20 12:01:23"]
    assert [field.field for field in both.measures.fields] == ["update", "uefi"]


@pytest.mark.parametrize(
    ("attributes", "unit", "last"),
    [
        ({"BIOS": "1.12"}, {}, "2 NOT_NEEDED"),
        ({"Device type": "Futro"}, {}, "2 FAILED UEFI file names no firmware for this model"),
        (
            {"Supplier": "Fujitsu"},
            {"encrypted": True},
            "2 FAILED UEFI update refused: encrypted system partition",
        ),
        ({"Supplier": "Fujitsu"}, {}, "74 SUCCESS"),
        ({"Supplier": "Unicon"}, {"encrypted": True}, "74 SUCCESS"),
    ],
)
def test_who_is_updated_and_who_is_refused(play, told, attributes, unit, last):
    assert told(uefi(play, attributes, unit))[-1] == last


def test_a_second_one_finds_the_new_version(play, told):
    commands = [{"uefi_update": "DE"}, {"uefi_update": "DE", "once": "2018-08-20 12:00"}]
    reported = {"Device type": "LES", "BIOS": "1.08"}
    result = play(commands=commands, fleet={"units": {"DE": {"attributes": reported}}}, **MODELS)
    assert told(result)[-1] == "3602 NOT_NEEDED"


def test_users_are_asked_and_may_defer_as_with_firmware(play, told):
    result = uefi(
        play,
        options={"inform_user": "5 min"},
        people={"default": {"answer": {"defer": "100 %", "after": "1 s"}}},
        firmware={"reminder": {"deferments": 1, "delays": ["15 min"]}},
    )
    assert told(result)[2:5] == ["2 NOTIFYING", "3 DEFERRED", "903 CHECKING"]


def test_a_group_sees_the_version_that_a_uefi_update_has_brought(play):
    """The update is for those that have it: without it nobody, and not who has had it anyway."""
    model, other = {"Device type": "LES", "BIOS": "1.08"}, {"Device type": "X", "BIOS": "1.08"}
    units = {"DE": {"devices": 0}, "DE/A": {"devices": 2}, "DE/B": {"devices": 1}}
    units["DE/A"]["attributes"], units["DE/B"]["attributes"] = model, other
    new, old = ({"update": {"group": f"BIOS = {version}"}} for version in ("1.12", "1.08"))
    result = play(
        commands=[
            new | {"once": "2018-08-20 11:30"},
            {"uefi_update": "DE/A", "once": "2018-08-20 12:00"},
            new | {"once": "2018-08-20 13:00"},
            old | {"once": "2018-08-20 14:00"},
        ],
        fleet={"units": units},
        **MODELS,
    )
    columns = result.columns
    asked = [columns.device[columns.run == run].tolist() for run in range(4)]
    assert [set(devices) for devices in asked] == [set(), {0, 1}, {0, 1}, {2}]
