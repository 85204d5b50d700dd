"""What the server keeps: jobs in its own codes, and the devices' update logs."""

from __future__ import annotations

import pytest

from fwsim.commands.lifecycle import OUTCOMES, State
from fwsim.commands.server_record import RECORD_OF_STATE, RESULT_OF_STATE

OFF = {"default": {"on": "never"}}


def record(result) -> tuple:
    (row,) = result.jobs.itertuples(index=False)
    return row.start_state, row.state, row.result


@pytest.mark.parametrize(
    ("update", "changes", "expected"),
    [
        ({}, {}, (3, 5, "0")),
        ({}, {"fleet": {"units": {"DE": {"installed": "new.idf"}}}}, (3, 5, "0")),
        ({}, {"faults": {"idf": "100 %"}}, (3, 5, "1")),
        ({}, {"power": OFF}, (1, 1, "0")),
        ({}, {"power": OFF, "assumptions": {"wake_up_sites": "0 %"}}, (1, 1, "1")),
        ({"only_switched_on": True}, {"power": OFF}, (1, 0, "")),
        (
            {"inform_user": "until answered"},
            {"people": {"default": {"present": "never"}}},
            (3, 3, ""),
        ),
    ],
)
def test_start_state_current_state_and_result(play, update, changes, expected):
    assert record(play(update, **changes)) == expected


def test_every_state_has_a_code_and_every_clear_outcome_a_result():
    assert set(RECORD_OF_STATE) == set(State)
    assert OUTCOMES - set(RESULT_OF_STATE) == {State.SKIPPED, State.SUPERSEDED}


def entries(result) -> list[str]:
    return result.update_log.entry.tolist()


URL = "image definition file: https://scout.example.net/elias/UC_RP6_X64/new.idf"
BOTH = {"firmware": {"security": {"idf": True, "packages": True}}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {},
            [
                URL,
                "IDF signature: not checked",
                "package signatures: not checked",
                "installed; 100000000 bytes fetched",
            ],
        ),
        (
            BOTH,
            [
                URL,
                "IDF signature: valid",
                "package signatures: valid",
                "installed; 100000000 bytes fetched",
            ],
        ),
        ({**BOTH, "image": {"signed": False}}, [URL, "not updated: IDF signature invalid"]),
        (
            {**BOTH, "image": {"packages_signed": False}},
            [URL, "IDF signature: valid", "not updated: package signature invalid"],
        ),
        (
            {
                **BOTH,
                "fleet": {"units": {"DE": {"flash": "2 GB"}}},
                "assumptions": {"system_partition": "1 GB"},
            },
            [
                URL,
                "IDF signature: valid",
                "warning: no update partition: package signatures not checked",
                "installed; 100000000 bytes fetched",
            ],
        ),
        ({"fleet": {"units": {"DE": {"installed": "new.idf"}}}}, [URL, "no update needed"]),
    ],
)
def test_the_update_log_tells_every_check(play, changes, expected):
    assert entries(play(**changes)) == expected


def test_what_a_device_checks_is_left_out_where_the_settings_change(play):
    """It checks by those of its last start, of which the log knows nothing."""
    result = play({"once": "2018-08-20 12:00"}, changes=[{"at": "2018-08-20 11:30", **BOTH}])
    assert entries(result) == [URL, "installed; 100000000 bytes fetched"]


def test_a_run_without_any_job_has_empty_records(play):
    result = play({"update": {"group": "OS name = Windows"}})
    assert len(result.jobs) == len(result.update_log) == 0


UEFI = {
    "uefi": {"LES": {"version": "1.12"}},
    "commands": [{"uefi_update": "DE"}],
    "fleet": {"units": {"DE": {"attributes": {"Device type": "LES"}}}},
}


@pytest.mark.parametrize("flash", ["8 GB", "2 GB"], ids=["update partition", "none"])
def test_the_update_log_calls_no_signature_of_a_uefi_file_valid(play, flash):
    """The settings are about image definition files and packages."""
    unit = {"attributes": {"Device type": "LES"}, "flash": flash}
    changes = {**UEFI, **BOTH, "fleet": {"units": {"DE": unit}}}
    unsigned = {"signed": False, "packages_signed": False}
    noted = entries(play(**changes, image=unsigned))
    assert noted[0].startswith("UEFI file: ")
    assert noted[-1] == "installed; 16000000 bytes fetched"
    assert set(noted[1:-1]) <= {"IDF signature: not checked", "package signatures: not checked"}


def test_a_failed_uefi_update_leaves_the_system_whole(play):
    update = {"update": "DE", "once": "2018-08-20 12:00"}
    unit = {**UEFI["fleet"]["units"]["DE"], "installed": "new.idf"}
    changes = {**UEFI, "fleet": {"units": {"DE": unit}}, "faults": {"installation": "100 %"}}
    result = play(**changes | {"commands": [*UEFI["commands"], update]})
    noted = result.update_log[["command", "entry"]].to_numpy().tolist()
    assert ["1", "not updated: installation failed"] in noted
    assert noted[-1] == ["2", "no update needed"]


def test_the_update_log_tells_of_deliveries_as_such(play):
    delivery = {"commands": [{"delivery": "DE"}]}
    there = {"fleet": {"units": {"DE": {"installed": "new.idf"}}}}
    failed = entries(play(**delivery, faults={"transfer": "100 %"}))
    assert failed[-1] == "not delivered: transfer failed"
    assert entries(play(**delivery, **there))[-1] == "no delivery needed"
