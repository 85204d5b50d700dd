"""The command line as its user meets it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from fwsim.cli import main

SCENARIOS = Path(__file__).parent.parent / "scenarios"
STORY = str(SCENARIOS / "manual-example.yaml")


def fwsim(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_run_tells_what_happened(tmp_path):
    code, out, _ = fwsim("run", STORY, "--replications", "1", "--out", str(tmp_path))
    assert code == 0
    assert "1 device, 1 targeted by 1 command run;" in out
    assert "successful" in out
    assert "2018-08-20 11:38:56" in out
    assert {path.name for path in tmp_path.iterdir()} == {
        "status-log.csv",
        "devices.csv",
        "jobs.csv",
        "update-log.csv",
        "link-load.csv",
        "prompts-by-hour.csv",
        "summary.json",
        "fwsim-manifest.json",
    }


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_log_shows_a_device_as_its_properties_window_would(tmp_path, form):
    fwsim("run", STORY, "--replications", "1", "--out", str(tmp_path), "--format", form)
    code, out, _ = fwsim("log", str(tmp_path), "--device", "Karlsruhe-1")
    assert code == 0
    for line in (
        "Update in progress (Transfer started – 2018-08-20 11:34:23)",
        "Update in progress (Transfer completed – 2018-08-20 11:35:45)",
        "Update in progress (Installation started – 2018-08-20 11:35:48)",
        "Update in progress (Installation completed – 2018-08-20 11:37:56)",
    ):
        assert line in out


@pytest.mark.parametrize("name", ["DE/Karlsruhe/Karlsruhe-1", "020000000000"])
def test_log_finds_a_device_by_qualified_name_and_by_mac(tmp_path, name):
    fwsim("run", STORY, "--replications", "1", "--out", str(tmp_path))
    assert fwsim("log", str(tmp_path), "--device", name)[0] == 0


def test_log_names_the_nearest_device(tmp_path):
    fwsim("run", STORY, "--replications", "1", "--out", str(tmp_path))
    code, _, err = fwsim("log", str(tmp_path), "--device", "Karlsruhe-2")
    assert code == 2
    assert "did you mean 'Karlsruhe-1'?" in err


def test_log_refuses_a_folder_without_results(tmp_path):
    code, _, err = fwsim("log", str(tmp_path), "--device", "x")
    assert code == 2
    assert "expected a folder that fwsim run --out wrote" in err


def test_the_tables_have_the_documented_columns(tmp_path):
    fwsim("run", STORY, "--replications", "1", "--out", str(tmp_path))
    log = pd.read_csv(tmp_path / "status-log.csv")
    assert list(log) == ["time", "device", "command", "status", "state", "detail", "amount"]
    assert log.time.iloc[0] == "2018-08-20T11:29:21.000+02:00"
    devices = pd.read_csv(tmp_path / "devices.csv")
    assert {"device", "state", "update_state", "detail", "times_deferred", "bytes"} <= set(devices)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["provenance"]["seed"] == 1
    assert len(summary["provenance"]["scenario_sha256"]) == 64


def test_until_stops_the_clock(tmp_path):
    code, out, _ = fwsim("run", STORY, "--replications", "1", "--until", "2018-08-20 11:35")
    assert code == 0
    assert "still in progress" in out
    assert "stopped at 2018-08-20 11:35:00, with" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "none.yaml"], "no such file"),
        (["run", STORY, "--until", "tomorrow"], "is not a date and time"),
        (["run", STORY, "--until", "2018-08-20 10:00"], "is not after the scenario's start"),
        (["run", STORY, "--out", "/dev/null/x"], "cannot write there"),
        (["run", STORY, "--seed", "-1"], "is not in the range"),
        (["run", STORY, "--format", "xls"], "is not one of"),
        (["validate", "none.yaml", STORY, "nor-this.yaml"], "nor-this.yaml: error: no such file"),
        (["validate"], "Missing argument"),
        (["rum"], "No such command"),
    ],
)
def test_a_mistake_gets_words_and_exit_code_2(arguments, words):
    code, _, err = fwsim(*arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_validate_says_what_it_found_in_each_file():
    code, out, _ = fwsim("validate", STORY)
    assert code == 0
    assert out.strip().endswith("valid, 1 device, 1 command run")


def test_validate_looks_at_what_may_be_turned_and_at_stages(tmp_path):
    path = tmp_path / "plan.yaml"
    text = (SCENARIOS / "find-the-window.yaml").read_text()
    path.write_text(text.replace("of: [DE/Office,", "of: [DE/Ofice,"))
    code, _, told = fwsim("validate", str(path))
    assert code == 2
    assert "search.turn.waves.of.0: unknown organisational unit 'DE/Ofice'" in told
    text = (SCENARIOS / "waves-with-a-gate.yaml").read_text()
    path.write_text(text.replace("Device type = Futro S740,", "Device type = Nobody,"))
    code, _, told = fwsim("validate", str(path))
    assert code == 2
    assert "stages.bad_image.where: 'Device type = Nobody' matches no device" in told


def test_schema_is_json_schema_with_every_section():
    code, out, _ = fwsim("schema")
    schema = json.loads(out)
    assert code == 0
    assert {"fleet", "network", "people", "commands", "assumptions"} <= set(schema["properties"])


COMMANDS = ("run", "compare", "test", "report", "validate", "schema", "log")


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_has_a_help_text(command):
    code, out, _ = fwsim(*command, "--help")
    assert code == 0
    assert "Usage:" in out


def test_ctrl_c_in_the_middle_says_so_and_writes_nothing(tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fwsim.cli.progress.ProgressBar.tell_devices", interrupt)
    out = tmp_path / "out"
    branch = str(SCENARIOS / "branch-offices.yaml")
    code, _, err = fwsim("run", branch, "--replication", "0", "--out", str(out))
    assert code == 130
    assert err.strip() == "stopped; nothing was written"
    assert not out.exists()


def test_ctrl_c_among_several_runs_keeps_those_that_are_done(tmp_path, monkeypatch):
    def interrupt(_self: object, done: int, _total: int | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("fwsim.cli.progress.ProgressBar.tell_runs", interrupt)
    arguments = ["--replications", "9", "--workers", "1", "--out", str(tmp_path)]
    code, out, err = fwsim("run", STORY, *arguments)
    assert code == 130
    assert "2 runs, then it was stopped; seed 1" in out
    assert "stopped after 2 runs; kept" in err
    assert json.loads((tmp_path / "summary.json").read_text())["interrupted"] is True


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--replications", "3", "--precision", "t95 ± 1 min"], "exclude each other"),
        (["--replications", "3", "--replication", "1"], "exclude each other"),
        (["--precision", "t95 ± 1 furlong"], "--precision: error: "),
        (["--precision", "t59"], "is not a precision"),
        (["--replications", "0"], "not in the range"),
        (["--replications", "2", "--scheduler", "nonsense"], "--scheduler: error: "),
    ],
)
def test_what_does_not_go_together_is_told(arguments, part):
    code, _, err = fwsim("run", STORY, *arguments)
    assert code == 2
    assert part in err


def test_a_precision_says_how_many_runs_it_took():
    code, out, _ = fwsim("run", STORY, "--precision", "t95 ± 20 s at 95 %", "--workers", "1")
    assert code == 0
    assert re.search(r"\d\d runs; t95 ± 20 s at 95 % reached; seed 1", out)


@pytest.mark.usefixtures("unrendered")
def test_results_can_be_reported_in_one_file(tmp_path):
    fwsim("run", STORY, "--replications", "2", "--workers", "1", "--out", str(tmp_path))
    code, out, _ = fwsim("report", str(tmp_path))
    assert (code, out) == (0, f"The report is in {tmp_path / 'report.html'}\n")
    assert fwsim("log", str(tmp_path), "--device", "Karlsruhe-1")[0] == 0


def test_the_module_is_the_program():
    run = subprocess.run(
        [sys.executable, "-m", "fwsim", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("fwsim, version ")


def test_importing_the_package_is_cheap():
    code = (
        "import sys, fwsim.cli; dear = {'numpy', 'pandas', 'simpy', 'pint', 'rich', 'pydantic'}; "
        "print(sorted(dear & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_compare_puts_scenarios_side_by_side():
    ways = [str(SCENARIOS / f"ways-{way}.yaml") for way in ("direct", "delivery", "proxy")]
    code, out, _ = fwsim("compare", "--replications", "1", *ways)
    assert code == 0
    rows = {line[:32].strip(): line[32:].split() for line in out.splitlines()[1:4]}
    assert rows["Directly"][0] == rows["Delivery by day, update by night"][0]
    assert float(rows["Through dynamic proxies"][0]) * 30 == pytest.approx(
        float(rows["Directly"][0]), rel=0.01
    )
    assert "0" in rows["Delivery by day, update by night"]
    assert "Others use 20 of 20 lines, too (busy)" in " ".join(out.split())


def test_compare_tells_differences_with_intervals(tmp_path):
    ways = [str(SCENARIOS / f"ways-{way}.yaml") for way in ("direct", "delivery")]
    code, out, _ = fwsim("compare", *ways, "--replications", "5", "--out", str(tmp_path))
    assert code == 0
    assert "5 pairs of runs" in out
    assert "is better than Directly in" in out
    assert "Others use 20 of 20 lines, too (busy)" in " ".join(out.split())
    assert (tmp_path / "comparison.csv").is_file()


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ([], "expected two scenarios or more"),
        (["--measure", "sucessful"], "did you mean 'successful'"),
    ],
)
def test_compare_refuses_what_cannot_be_compared(options, part):
    ways = [str(SCENARIOS / "ways-direct.yaml")] * (2 if options else 1)
    code, _, err = fwsim("compare", *ways, *options)
    assert (code, part in err) == (2, True)
