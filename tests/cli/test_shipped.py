"""`fwsim demo` and `fwsim list`: what one can look at right after installing."""

from __future__ import annotations

import os
import runpy
import signal
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from fwsim.cli.group import STOPPED_BY_USER
from fwsim.scenario import shipped

ROOT = Path(__file__).parents[2]


def test_every_scenario_is_listed_with_what_it_shows():
    lines = CliRunner().invoke(main, ["list"]).output.splitlines()
    names = [line.split()[0] for line in lines[:-1]]
    assert names == sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
    assert all(len(line.split(maxsplit=1)[1]) > 10 for line in lines[:-1])
    assert all(line.rstrip('"').endswith((".", "?", '."')) for line in lines[:-1])
    assert str(shipped.folder()) in lines[-1]


@pytest.mark.usefixtures("undrawn")
def test_the_demo_runs_and_reports(tmp_path):
    ran = CliRunner().invoke(
        main, ["demo", "--out", str(tmp_path / "demo"), "--replications", "2", "--quiet"]
    )
    assert ran.exit_code == 0
    assert "Branch rollout of the September image" in ran.output
    assert (tmp_path / "demo" / "report.html").exists()


def test_a_demo_of_one_run_is_a_story_without_a_report(tmp_path):
    out = tmp_path / "demo"
    ran = CliRunner().invoke(main, ["demo", "--out", str(out), "--replications", "1", "--quiet"])
    assert ran.exit_code == 0
    assert "no report was written" in ran.output
    assert (out / "summary.json").exists()


@pytest.mark.parametrize(
    ("version", "added"), [("standard", {"scenarios": "fwsim/shipped"}), ("editable", {})]
)
def test_a_wheel_has_them_in_the_package(version, added, monkeypatch):
    pytest.importorskip("hatchling")
    monkeypatch.delenv("FWSIM_MACHINE_CODE", raising=False)
    hook = runpy.run_path(str(ROOT / "hatch_build.py"))["WhatIsMade"]
    build_data = {"force_include": {}, "artifacts": []}
    hook.initialize(SimpleNamespace(root=ROOT), version, build_data)
    assert build_data["force_include"] == added
    assert build_data["artifacts"] == ["fwsim/messages/de/LC_MESSAGES/fwsim.mo"]
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = config["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["hooks"]["custom"] == {"path": "hatch_build.py"}


def test_in_a_wheel_they_are_found_there(tmp_path, monkeypatch):
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path)
    assert shipped.folder() == tmp_path / "shipped"


def files_in(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("is_there", [False, True])
def test_all_of_them_are_copied_into_a_new_folder_or_an_empty_one(tmp_path, is_there):
    target = tmp_path / "ours" / "scenarios"
    if is_there:
        target.mkdir(parents=True)
    done = CliRunner().invoke(main, ["list", "--copy-to", str(target)])
    assert done.output.strip() == f"Copied to {target}."
    assert files_in(target) == files_in(shipped.folder())
    assert [*target.parent.iterdir()] == [target]


def test_all_of_them_are_copied_into_the_folder_one_is_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["list", "--copy-to", "."])
    assert done.output.strip() == f"Copied to {tmp_path.resolve()}."
    assert files_in(Path()) == files_in(shipped.folder())
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in shipped.folder().iterdir()
    }


@pytest.mark.parametrize("is_there", [False, True])
def test_all_of_them_are_copied_where_a_link_leads(tmp_path, is_there):
    target, link = tmp_path / "kept", tmp_path / "scenarios"
    if is_there:
        target.mkdir()
    link.symlink_to(target, target_is_directory=True)
    done = CliRunner().invoke(main, ["list", "--copy-to", str(link)])
    assert done.output.strip() == f"Copied to {link}."
    assert link.is_symlink()
    assert files_in(target) == files_in(shipped.folder())


def test_nothing_is_copied_where_there_is_something(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine")
    done = CliRunner().invoke(main, ["list", "--copy-to", str(tmp_path)])
    assert done.exit_code == 2
    assert "there is something in it already; name a new folder, or an empty one" in done.output
    assert [*tmp_path.iterdir()] == [tmp_path / "mine.yaml"]


def failing_after(calls, failing):
    """Return a function that does as another one so many times, and then finds no space left."""
    left = iter(range(calls))

    def tried(*given):
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return failing(*given)

    return tried


@pytest.mark.parametrize("name", ["scenarios", "."])
def test_a_copy_that_fails_leaves_nothing(tmp_path, monkeypatch, name):
    failing = failing_after(3, shipped.shutil.copyfile)
    monkeypatch.setattr(shipped.shutil, "copyfile", failing)
    done = CliRunner().invoke(main, ["list", "--copy-to", str(tmp_path / name)])
    assert done.exit_code == 3
    assert "No space left on device" in done.output
    assert not [*tmp_path.iterdir()]


def test_an_empty_folder_that_cannot_be_filled_stays_empty(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "rename", failing_after(3, Path.rename))
    done = CliRunner().invoke(main, ["list", "--copy-to", str(tmp_path)])
    assert done.exit_code == 3
    assert not [*tmp_path.iterdir()]


def interrupting(doing):
    """Return a function that does as another one, and at which Ctrl-C comes."""

    def done(*given):
        signal.raise_signal(signal.SIGINT)
        return doing(*given)

    return done


def interrupting_after(doing):
    """Return a function that does as another one, and after which Ctrl-C comes."""

    def done(*given, **options):
        doing(*given, **options)
        signal.raise_signal(signal.SIGINT)

    return done


@pytest.mark.parametrize("name", ["scenarios", "."])
def test_ctrl_c_stops_a_copy_and_leaves_nothing(tmp_path, monkeypatch, name):
    monkeypatch.setattr(shipped.shutil, "copyfile", interrupting(shipped.shutil.copyfile))
    done = CliRunner().invoke(main, ["list", "--copy-to", str(tmp_path / name)])
    assert done.exit_code == STOPPED_BY_USER
    assert "stopped; nothing was written" in done.output
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("call", ["mkdir", "rmdir"])
def test_ctrl_c_while_a_draft_is_made_or_taken_away_leaves_nothing_of_it(
    tmp_path, monkeypatch, call
):
    with monkeypatch.context() as changed:
        changed.setattr(shipped.shutil, "copyfile", lambda *_: (tmp_path / "none").read_bytes())
        changed.setattr(os, call, interrupting_after(getattr(os, call)))
        CliRunner().invoke(main, ["list", "--copy-to", str(tmp_path / "new")])
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["scenarios", "."])
def test_ctrl_c_while_a_copy_takes_its_place_waits_until_all_is_there(tmp_path, monkeypatch, name):
    target = (tmp_path / name).resolve()
    monkeypatch.setattr(Path, "rename", interrupting(Path.rename))
    done = CliRunner().invoke(main, ["list", "--copy-to", str(target)])
    assert done.exit_code == STOPPED_BY_USER
    assert f"stopped; written: {target}" in done.output
    assert files_in(target) == files_in(shipped.folder())
