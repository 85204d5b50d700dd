"""One device, one Update command: the way through the lifecycle, second by second."""

from __future__ import annotations

import pytest

from fwsim.commands.details import Detail

PLAIN = [
    "0 PROBING",
    "0 CHECKING",
    "2 VERIFY_IDF",
    "2 TRANSFER",
    "10 VERIFY_PACKAGES",
    "13 INSTALL",
    "23 REBOOT",
    "83 SUCCESS",
]


def test_an_update_without_a_notice_starts_at_once(play, told):
    assert told(play()) == PLAIN


def test_a_device_that_runs_the_image_already_does_nothing(play, told):
    result = play(fleet={"units": {"DE": {"devices": 1, "installed": "new.idf"}}})
    assert told(result) == ["0 PROBING", "0 CHECKING", "2 NOT_NEEDED"]
    assert result.log.status.iloc[-1] == "Not necessary – 2018-08-20 11:00:02"


def test_formatting_adds_its_time_and_fetches_everything(play, told):
    images = {
        "june": {"name": "old.idf", "packages": [{"name": "a", "size": "50 MB"}]},
        "new": {
            "name": "new.idf",
            "packages": [{"name": "a", "size": "50 MB"}, {"name": "b", "size": "50 MB"}],
        },
    }
    changes = {"image": None, "images": images, "firmware": {"image_file": "new.idf"}}
    plain = play(**changes)
    formatted = play({"format_system_partition": True}, **changes)
    assert told(plain)[-3:] == ["9 INSTALL", "14 REBOOT", "74 SUCCESS"]
    assert told(formatted)[-3:] == ["13 INSTALL", "33 REBOOT", "93 SUCCESS"]


def test_without_an_update_partition_packages_are_fetched_and_written_one_by_one(play, told):
    packages = [{"name": "a", "size": "50 MB"}, {"name": "b", "size": "50 MB"}]
    result = play(
        image={"name": "new.idf", "packages": packages},
        fleet={"units": {"DE": {"devices": 1, "installed": "old.idf", "flash": "2 GB"}}},
        assumptions={"system_partition": "1 GB"},
    )
    assert told(result)[3:] == [
        "2 TRANSFER",
        "6 INSTALL",
        "11 TRANSFER",
        "15 INSTALL",
        "20 REBOOT",
        "80 SUCCESS",
    ]


def test_the_summary_counts_package_bytes_and_one_idf_per_check(play):
    assert play().devices.bytes.tolist() == [100_000_000 + 20_000]


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"faults": {"idf": "100 %"}}, "2 FAILED image definition file not available"),
        ({"image": {"container": "elias/OTHER"}}, "2 FAILED container not found"),
        ({"image": {"offered": False}}, "2 FAILED image definition file not available"),
        ({"firmware": {"image_file": "other.idf"}}, "2 FAILED image definition file not available"),
        (
            {"faults": {"idf_signature": "100 %"}, "firmware": {"security": {"idf": True}}},
            "3 FAILED IDF signature invalid",
        ),
        (
            {"image": {"signed": False}, "firmware": {"security": {"idf": True}}},
            "3 FAILED IDF signature invalid",
        ),
        ({"image": {"missing": ["baseos"]}}, "2 FAILED package not found"),
        ({"faults": {"package": "100 %"}}, "2 FAILED package not found"),
        (
            {"faults": {"transfer": "100 %"}, "chances": {"transfer_fault_point": 0.5}},
            "6 FAILED transfer failed",
        ),
        (
            {
                "fleet": {"units": {"DE": {"flash": "4 GB"}}},
                "assumptions": {"system_partition": "3.65 GB"},
            },
            "6 FAILED not enough space on update partition",
        ),
        (
            {"image": {"packages_signed": False}, "firmware": {"security": {"packages": True}}},
            "13 FAILED package signature invalid",
        ),
        (
            {
                "faults": {"package_signature": "100 %"},
                "firmware": {"security": {"packages": True}},
            },
            "13 FAILED package signature invalid",
        ),
        (
            {"assumptions": {"system_partition": "50 MB"}},
            "18 FAILED not enough space on system partition",
        ),
        (
            {"faults": {"installation": "100 %"}, "chances": {"write_fault_point": 0.25}},
            "15.5 FAILED installation failed",
        ),
    ],
)
def test_each_fault_ends_the_update_in_its_phase_without_a_retry(play, told, changes, last):
    assert told(play(**changes))[-1] == last


@pytest.mark.parametrize("unsigned", [{"signed": False}, {"packages_signed": False}])
def test_signatures_nobody_checks_do_no_harm(play, told, unsigned):
    assert told(play(image=unsigned)) == PLAIN


def test_a_device_without_update_partition_goes_on_unchecked(play, told):
    result = play(
        image={"packages_signed": False},
        firmware={"security": {"packages": True}},
        fleet={"units": {"DE": {"devices": 1, "installed": "old.idf", "flash": "2 GB"}}},
        assumptions={"system_partition": "1 GB"},
    )
    assert told(result)[-1] == "80 SUCCESS"


def test_every_reason_a_device_can_fail_for_has_a_text_of_its_own():
    from fwsim.commands.details import DETAIL_TEXTS

    assert set(DETAIL_TEXTS) == set(Detail)
    told = [text for text in DETAIL_TEXTS.values() if text]
    assert len(told) == len(set(told))


TWICE = [{"update": "DE"}, {"update": "DE", "once": "2018-08-20 12:00"}]
PARTS = [{"name": "a", "size": "50 MB"}, {"name": "b", "size": "50 MB"}]
JUNE = {"name": "june.idf", "packages": [PARTS[0], {"name": "b", "size": "1 MB"}]}
SMALL = {"units": {"DE": {"devices": 1, "installed": "june", "flash": "2 GB"}}}


def test_a_break_between_two_packages_leaves_a_partly_written_system(play):
    """Nothing of it can be relied on: the next update fetches everything."""
    result = play(
        commands=TWICE,
        image=None,
        images={
            "june": JUNE,
            "new": {"name": "new.idf", "packages": [*PARTS, {"name": "c", "size": "50 MB"}]},
        },
        firmware={"image_file": "new.idf"},
        fleet=SMALL,
        assumptions={"system_partition": "1 GB"},
        outages=[{"start": "2018-08-20 11:00:12", "end": "2018-08-20 11:30"}],
    )
    assert result.log[result.log.command == "1"].state.tolist()[-3:] == [
        "INSTALL",
        "TRANSFER",
        "FAILED",
    ]
    assert result.update_log.entry.tolist()[2] == (
        "not updated: transfer failed; the system is partly written"
    )
    second = result.log[result.log.command == "2"].state.tolist()
    assert second.count("TRANSFER") == 3
    assert second[-1] == "SUCCESS"


def test_a_break_before_anything_is_written_leaves_the_system_as_it_was(play):
    result = play(
        commands=TWICE,
        image=None,
        images={"june": JUNE, "new": {"name": "new.idf", "packages": PARTS}},
        firmware={"image_file": "new.idf"},
        fleet={"units": {"DE": {"devices": 1, "installed": "june"}}},
        outages=[{"start": "2018-08-20 11:00:03", "end": "2018-08-20 11:30"}],
    )
    assert result.devices.bytes.tolist()[0] < 2 * 50_000_000 + 50_000
