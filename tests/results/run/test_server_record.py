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


def test_a_run_without_any_job_has_empty_records(play):
    result = play({"update": {"group": "OS name = Windows"}})
    assert len(result.jobs) == len(result.update_log) == 0
