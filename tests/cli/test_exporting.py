"""`fwsim export`: the command line around the event logs."""

from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from fwsim import output_file
from fwsim.cli import main
from tests.results.small_rollout import small_result


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    small_result().save(folder)
    return str(folder)


EXAMPLE = Path(__file__).parents[2] / "scenarios" / "manual-example.yaml"


def fwsim(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_both_forms_are_written_and_named(run, tmp_path):
    ended = fwsim("export", run, "--xes", tmp_path / "a.xes", "--ocel", tmp_path / "a.json")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines() == [
        f"Written to {tmp_path / 'a.xes'}",
        f"Written to {tmp_path / 'a.json'}",
    ]
    assert json.loads((tmp_path / "a.json").read_text())["events"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none on Windows")
@pytest.mark.parametrize(
    "command",
    [
        ("export", "{run}", "--xes"),
        ("export", "{run}", "--ocel"),
        ("new", "{devices}", "--out"),
        ("learn", "{scenario}", "{run}", "--out"),
    ],
    ids=" ".join,
)
def test_what_is_no_file_is_never_replaced(run, tmp_path, monkeypatch, command):
    """As root, a file that takes the name of ``/dev/null`` takes it from everybody."""
    (devices := tmp_path / "devices.csv").write_text("Name,OU\nTC-1,DE\n")
    pipe, socket_file, link = (tmp_path / f"{name}.yaml" for name in ("pipe", "socket", "link"))
    scenario = shutil.copy(EXAMPLE, tmp_path)
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with socket.socket(socket.AF_UNIX) as there:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        there.bind(socket_file.name)
        for path, kind in ((pipe, "pipe"), (socket_file, "socket"), (link, "pipe")):
            words = [word.format(run=run, devices=devices, scenario=scenario) for word in command]
            ended = fwsim(*words, path, *(["--force"] if command[0] == "new" else []))
            assert ended.exit_code == 2, ended.output
            assert f"{path}: error: is a {kind}" in ended.output
    assert pipe.is_fifo()
    assert socket_file.is_socket()
    assert link.is_symlink()


def test_a_link_that_stands_for_what_a_process_has_open_is_not_replaced(run, tmp_path, monkeypatch):
    monkeypatch.setattr(output_file, "_OF_THE_SYSTEM", {tmp_path})
    (tmp_path / "real").write_text("kept")
    (link := tmp_path / "stdout").symlink_to("real")
    ended = fwsim("export", run, "--xes", link)
    assert ended.exit_code == 2
    assert "stdout is a link, which is not followed" in ended.output
    assert link.is_symlink()
    assert link.read_text() == "kept"


def test_a_form_has_to_be_named(run):
    ended = fwsim("export", run)
    assert ended.exit_code == 2
    assert "expected --xes FILE, --ocel FILE, or both" in ended.stderr


def test_what_is_no_run_is_told(tmp_path):
    ended = fwsim("export", tmp_path, "--xes", tmp_path / "a.xes")
    assert ended.exit_code == 2
    assert "no status-log here; expected a folder that fwsim run --out wrote" in ended.stderr
