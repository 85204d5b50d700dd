"""What if, on the command line: values of the scenario changed for one command."""

from __future__ import annotations

import html
import json
import shlex

import pytest

from tests.cli.command_line import fwsim
from tests.test_docs import ROOT

EXAMPLE = ROOT / "scenarios" / "manual-example.yaml"
SECRETS = ROOT / "tests" / "data" / "secrets" / "everywhere.yaml"
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


def test_a_story_of_each_plan_shows_the_measures_asked_for():
    measures = ("--measure", "cancels", "--measure", "time to 50 %", "--measure", "cancels")
    ended = fwsim("compare", EXAMPLE, "--replications", 1, *SETS, *measures)
    head, first, second, *_ = ended.out.decode().splitlines()
    assert head.split("successful")[1].split("  ")[-1] == "time to 50 %"
    assert head.count("cancels") == 1
    assert all(" click" in row and row.rstrip().endswith(" s") for row in (first, second))


def test_what_plans_of_one_file_share_is_told_once():
    ended = fwsim("compare", EXAMPLE, *SETS, "--measure", "time to 95 % for site Nowhere")
    assert ended.text.count("unknown site") == 1
    assert "1 problem; nothing was done" in ended.text


def test_a_story_says_that_none_needs_the_update_and_whom_a_plan_is_for(tmp_path):
    scenario = tmp_path / "two.yaml"
    scenario.write_text(
        "zone: UTC\nstart: 2021-11-05 15:00\nhorizon: 1 d\n"
        "image: {name: b.idf, packages: [{name: base, size: 50 MB}]}\n"
        "fleet: {units: {A: {devices: 2, installed: a.idf}, B: {devices: 1, installed: b.idf}}}\n"
        "commands: [{update: A}]\n",
        "utf-8",
    )
    ended = fwsim("compare", scenario, "--replications", 1, "--set", "commands.0.update=B")
    assert "none needs it" in ended.text
    assert (
        "Rollout as changed targets 1 device, Rollout 2; 0 and 2 of them are successful."
        in ended.text
    )


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_slip_does_nothing_and_is_told(command):
    ended = fwsim(command, EXAMPLE, "--set", "commands.0.inform_usr=1 min")
    assert ended.code == 2
    assert "did you mean 'inform_user'?" in ended.text


def test_a_rollout_under_way_is_forecast_with_it():
    ended = fwsim("forecast", EXAMPLE, "--so-far", EXAMPLE, "--set", "comands.0=1")
    assert "did you mean 'commands'?" in ended.text


@pytest.mark.usefixtures("undrawn")
def test_what_the_command_line_changed_is_kept_and_stands_in_the_report(tmp_path):
    files = tmp_path / "commands.cmd"
    files.write_text("scmd -update -to DE/Karlsruhe -once -at 20.08.2018 11:00\n", "utf-8")
    told = ("--set", "horizon=6 h", "--commands", files, "--until", "2018-08-20 12:00")
    run = ("run", EXAMPLE, "--replications", 2, "--by", "site", "--out", tmp_path / "out")
    assert fwsim(*run, *told).code == 0
    origin = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["provenance"]
    assert origin["set"] == ["horizon=6 h"]
    assert origin["commands"] == [str(files)]
    fwsim("report", tmp_path / "out")
    page = html.unescape((tmp_path / "out" / "report.html").read_text("utf-8"))
    commands = f"--commands {shlex.quote(str(files))}"
    assert f"--set 'horizon=6 h' {commands} --until '2018-08-20 12:00:00' --by site" in page


def test_a_scenario_that_files_command_needs_no_commands_of_its_own(tmp_path):
    scenario, files = tmp_path / "none.yaml", tmp_path / "one.cmd"
    scenario.write_text(
        "zone: UTC\nstart: 2018-08-20 11:00\nfleet: {units: {DE: {devices: 2}}}\n"
        "image: {name: a.idf, packages: [{name: base, size: 1 MB}]}\n"
    )
    files.write_text("scmd -update -to DE -now\n")
    run = ("run", scenario, "--replications", 1)
    ended = fwsim(*run, "--commands", files)
    assert ended.code == 0, ended.text
    ended = fwsim(*run)
    assert ended.code == 2
    assert "nothing to do: expected commands" in ended.text
    files.write_text("echo hi\n")
    assert "holds no scmd line" in fwsim(*run, "--commands", files).text


@pytest.mark.parametrize(
    "value",
    [
        "firmware.password=ZZSECRET",
        "firmware={path: a, password: ZZSECRET}",
        "commands.0.scmd=scmd -u admin -p ZZSECRET -update -to DE -once -at 01.01.2024 09:00",
    ],
)
def test_what_is_kept_of_a_change_holds_no_password(tmp_path, value):
    ended = fwsim("run", SECRETS, "--replications", 2, "--out", tmp_path / "out", "--set", value)
    assert ended.code == 0
    assert "ZZSECRET" not in ended.text
    assert "***" in (tmp_path / "out" / "summary.json").read_text("utf-8")
    assert not [p for p in (tmp_path / "out").iterdir() if b"ZZSECRET" in p.read_bytes()]
