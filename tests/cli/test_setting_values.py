"""What if, on the command line: values of the scenario changed for one command."""

from __future__ import annotations

import json

import pytest

from tests.cli.command_line import fwsim
from tests.test_docs import ROOT

EXAMPLE = ROOT / "scenarios" / "manual-example.yaml"
SETS = ("--set", "commands.0.inform_user=10 min")


def test_a_run_is_that_of_the_changed_scenario(tmp_path):
    digests = set()
    for folder, sets in (("a", ()), ("b", SETS)):
        ended = fwsim("run", EXAMPLE, "--replications", 1, "--out", tmp_path / folder, *sets)
        assert ended.code == 0
        saved = json.loads((tmp_path / folder / "summary.json").read_text("utf-8"))
        digests.add(saved["provenance"]["scenario_sha256"])
    assert len(digests) == 2
    assert b"set: commands.0.inform_user is 10 min" in ended.err


def test_one_scenario_is_compared_with_itself_as_changed():
    ended = fwsim("compare", EXAMPLE, "--replications", 1, *SETS)
    assert ended.code == 0
    assert "as changed" in ended.text


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_slip_does_nothing_and_is_told(command):
    ended = fwsim(command, EXAMPLE, "--set", "commands.0.inform_usr=1 min")
    assert ended.code == 2
    assert "did you mean 'inform_user'?" in ended.text


def test_a_rollout_under_way_is_forecast_with_it():
    ended = fwsim("forecast", EXAMPLE, "--so-far", EXAMPLE, "--set", "comands.0=1")
    assert "did you mean 'commands'?" in ended.text
