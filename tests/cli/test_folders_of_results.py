"""Two rollouts in one folder, and folders from before there were manifests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command_line import DATA, fwsim

FIRST, SECOND = (DATA / "kill-mixes-results" / f"{name}.yaml" for name in "st")
OLD = Path(__file__).parents[1] / "results" / "output" / "data" / "c1a5ff8"
OLD_PLAN = Path(__file__).parents[1] / "planning" / "data" / "c1a5ff8"
_FEW = ("--replications", 2, "--workers", 1, "--quiet")
STORY = {"status-log", "devices", "jobs", "update-log", "link-load", "prompts-by-hour"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def first_line(folder: Path) -> str:
    """Return the first time in the log of a device, as fwsim shows it."""
    ended = fwsim("log", folder, "--device", "020000000000")
    assert ended.code == 0, ended.text
    return next(line for line in ended.text.splitlines() if "PROBING" in line or "CHECKING" in line)


def test_another_form_leaves_none_of_the_form_before(tmp_path):
    out = tmp_path / "mix"
    assert fwsim("run", FIRST, "--replication", 0, "--out", out).code == 0
    before = first_line(out)
    arguments = ("--replication", 0, "--seed", 2, "--out", out, "--format", "parquet")
    assert fwsim("run", SECOND, *arguments).code == 0
    assert names(out) == {f"{table}.parquet" for table in STORY} | {
        "summary.json",
        "fwsim-manifest.json",
    }
    alone = tmp_path / "alone"
    fwsim("run", SECOND, *arguments[:-3], alone, *arguments[-2:])
    assert first_line(out) == first_line(alone)
    assert before.split()[0] == "2024-01-01"


@pytest.mark.usefixtures("undrawn")
def test_one_run_takes_the_place_of_several_and_of_their_report(tmp_path):
    out = tmp_path / "out"
    assert fwsim("run", FIRST, *_FEW, "--out", out).code == 0
    assert fwsim("report", out).code == 0
    (out / "notes.txt").write_text("mine")
    assert "report.html" in names(out)
    assert fwsim("run", SECOND, *_FEW, "--out", out).code == 0
    assert "report.html" not in names(out)  # it told of the other run
    assert fwsim("run", SECOND, "--replications", 1, "--out", out).code == 0
    assert names(out) == {f"{table}.csv" for table in STORY} | {
        "summary.json",
        "fwsim-manifest.json",
        "notes.txt",
    }
    told = fwsim("report", out)
    assert (told.code, "missing: setting.json, runs.npz;" in told.text) == (2, True)


def test_fewer_logs_leave_none_over(tmp_path):
    logs = tmp_path / "logs"
    for count in (4, 2):
        fwsim("run", FIRST, "--replications", count, "--workers", 1, "--logs", logs)
        assert names(logs) == {f"status-log-{n:05d}.parquet" for n in range(count)} | {
            "fwsim-manifest.json"
        }


def test_results_and_logs_may_lie_in_one_folder(tmp_path):
    for _ in range(2):
        assert fwsim("run", FIRST, *_FEW, "--out", tmp_path, "--logs", tmp_path).code == 0
        assert {"status-log-00001.parquet", "runs.npz", "devices.csv"} <= names(tmp_path)


def test_a_list_of_devices_of_ones_own_is_not_overwritten(tmp_path):
    (tmp_path / "devices.csv").write_text("mine")
    told = fwsim("run", FIRST, "--out", tmp_path)
    assert told.code == 2
    assert "devices.csv: error: exists and is not, or is no longer, what fwsim wrote" in told.text
    assert names(tmp_path) == {"devices.csv"}


@pytest.mark.usefixtures("undrawn")
def test_a_comparison_beside_results_leaves_them(tmp_path):
    fwsim("run", FIRST, *_FEW, "--out", tmp_path)
    before = names(tmp_path)
    assert fwsim("compare", FIRST, SECOND, *_FEW, "--out", tmp_path).code == 0
    assert names(tmp_path) == before | {"comparison.csv"}
    assert fwsim("report", tmp_path).code == 0


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", ["answer", "story"])
def test_a_folder_of_c1a5ff8_is_read_as_before(tmp_path, name):
    out = tmp_path / name
    shutil.copytree(OLD / name, out)
    window = fwsim("log", out, "--device", "020000000000").text
    assert "Update state: Successful – 2024-01-08 09:" in window
    assert "Server record\n  command 1: start state 3 (on)" in window
    assert fwsim("report", out).code == (0 if name == "answer" else 2)
    assert fwsim("run", OLD / "sample.yaml", "--replications", 1, "--out", out).code == 0
    assert names(out) == {f"{table}.csv" for table in STORY} | {
        "summary.json",
        "fwsim-manifest.json",
    }


@pytest.mark.usefixtures("undrawn")
def test_a_hand_over_of_c1a5ff8_makes_room_for_the_next(tmp_path):
    out = tmp_path / "plan"
    shutil.copytree(OLD_PLAN / "plan", out)
    (out / "notes.txt").write_text("mine")
    few = ("--out", out, "--runs", 50, "--workers", 1)
    assert fwsim("run", FIRST, "--commands", out, *_FEW).code == 0
    assert [path.name for path in out.glob("*.cmd")] == ["01-wave-1-2024-01-01-1000.cmd"]
    assert fwsim("plan", SECOND, *few).code == 0
    assert [path.name for path in out.glob("*.cmd")] == ["01-wave-1-2024-01-01-1200.cmd"]
    assert (out / "notes.txt").read_text() == "mine"
    assert fwsim("plan", FIRST, *few).code == 0  # and again
