"""The steps of a newcomer's path that need no environment of their own; `make verify` walks all."""

from __future__ import annotations

import pytest

from fwsim.cli import main
from tests.cli.command_line import fwsim
from tests.newcomers_path import LIST, PATH, device_list


def test_the_list_a_newcomer_brings_becomes_a_scenario_that_is_valid(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / LIST).write_text(device_list(), encoding="cp1252")
    for name in ("new", "validate"):
        [step] = [step for step in PATH if step.typed[:2] == ("fwsim", name)]
        ended = fwsim(*step.typed[1:])
        assert (ended.code, step.shows in ended.text) == (0, True), ended.text
        assert all((tmp_path / file).is_file() for file in step.leaves)


@pytest.mark.parametrize("step", PATH, ids=lambda step: " ".join(step.typed[:2]))
def test_a_step_is_a_command_there_is(step):
    program, command, *_ = step.typed
    assert (program == "fwsim" and command in main.commands) or command == "install"
