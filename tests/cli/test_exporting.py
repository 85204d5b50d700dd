"""`fwsim export`: the command line around the event logs."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from fwsim.cli import main
from tests.results.small_rollout import small_result


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    small_result().save(folder)
    return str(folder)


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


def test_a_form_has_to_be_named(run):
    ended = fwsim("export", run)
    assert ended.exit_code == 2
    assert "expected --xes FILE, --ocel FILE, or both" in ended.stderr


def test_what_is_no_run_is_told(tmp_path):
    ended = fwsim("export", tmp_path, "--xes", tmp_path / "a.xes")
    assert ended.exit_code == 2
    assert "no status-log here; expected a folder that fwsim run --out wrote" in ended.stderr
