"""Scenarios of assignments, and commands that windows hold back: no part says what is not so."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from fwsim.cli import main

DATA = {
    "name": "Comes by itself",
    "zone": "Europe/Berlin",
    "start": "2018-08-20 08:00",
    "horizon": "2 d",
    "image": {"name": "new.idf", "packages": [{"name": "a", "size": "40 MB"}]},
    "fleet": {"units": {"DE": {"devices": 5, "installed": "old.idf"}}},
    "expect": [{"successful by 2018-08-20 17:00": ">= 90 %"}],
    "doubt": "none",
}
ASSIGNED = {"assignments": [{"update": "DE", "resume": {"times": 3}}]}
HELD_BACK = {
    "commands": [{"update": "DE", "once": "2018-08-20 12:00"}],
    "windows": {"times": "daily 19:00-21:00"},
}


def said(tmp_path, command, *options, **changes):
    """Return the exit code and all that a command says of the scenario as changed."""
    path = tmp_path / "own.yaml"
    path.write_text(json.dumps(DATA | changes))
    shown = CliRunner().invoke(main, [command, str(path), *options])
    return shown.exit_code, shown.output


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["bounds"], "not bounded; devices start updates by themselves"),
        (["validate"], "0 command runs, 1 assignment"),
        (["plan"], "no command runs, so there is nothing to turn"),
        (["products"], "no update is commanded"),
        (["stages"], "stages"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_where_nothing_is_commanded_each_part_says_what_that_means(tmp_path, command, words):
    _, output = said(tmp_path, *command, **ASSIGNED)
    assert words in output
    assert "a bug in fwsim" not in output


@pytest.fixture
def foreign_log(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("device,command,state,time\nDE-1,1,CHECKING,2018-08-20 12:00\n")
    return str(log)


def test_assignments_do_not_go_on_from_a_log_that_tells_few_states(tmp_path, foreign_log):
    code, output = said(tmp_path, "forecast", "--so-far", foreign_log, **ASSIGNED)
    assert code == 2
    assert "error: assignments: fwsim" in output


def test_windows_that_hold_commands_back_go_on_from_any_log(tmp_path, foreign_log):
    code, output = said(
        tmp_path, "forecast", "--so-far", foreign_log, "--replications", "10", **HELD_BACK
    )
    assert code == 0, output
    assert "expected" in output


@pytest.mark.parametrize(
    ("times", "held"),
    [
        ("daily 19:00-21:00", "no window is open and long enough (run_time) for their"),
        ("never", "no window is open and long enough (run_time) for their"),
        ("daily 13:00-21:00", None),
    ],
)
def test_bounds_know_the_windows_that_hold_commands_back(tmp_path, times, held):
    code, output = said(tmp_path, "bounds", **HELD_BACK | {"windows": {"times": times}})
    assert (code, held is None) in {(0, True), (1, False)}
    assert (held or "possible") in output


def test_a_hand_over_says_that_windows_are_not_in_it(tmp_path):
    turn = {"search": {"turn": {"devices_wait": ["0 s", "1 s"]}}}
    _, output = said(tmp_path, "validate", **HELD_BACK, **turn)
    assert "Scout knows no windows that stop" in output
