"""What is asked for is called as the door has it by which somebody came in."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.messages import by_door, typed
from fwsim.problems import InputError
from tests.cli.command_line import fwsim as command_line
from tests.shipped import SCENARIOS

STORY = next(path for path in SCENARIOS if path.stem == "manual-example")
EMPTY = "time,device,command,state,status,detail,amount\n"


def test_an_option_is_an_argument_in_python():
    with typed():
        assert by_door("--at", "at") == "--at"
    assert by_door("--at", "at") == "at"


def test_a_log_without_a_line_asks_for_the_time_in_the_words_of_the_door(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(EMPTY, encoding="utf-8")
    with pytest.raises(InputError, match="say with at up to when nothing had happened"):
        fwsim.forecast(STORY, log)
    text = command_line("forecast", STORY, "--so-far", log).text
    assert "say with --at up to when nothing had happened" in text
