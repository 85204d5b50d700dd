"""A disk that is full is no mistake of who asked: exit code 3, and all of the files or none."""

from __future__ import annotations

import errno
import os

import pytest

from fwsim.cli import group
from fwsim.results.output import event_logs, writing
from tests.cli.command_line import DATA, fwsim
from tests.first_scenario.lists import branches
from tests.results.small_rollout import small_result

SMALL = DATA / "misc" / "s.yaml"
FULL = os.strerror(errno.ENOSPC)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, FULL)


def no_room(*_: object) -> object:
    return full


@pytest.fixture
def run(tmp_path):
    small_result().save(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("places", [("", ""), ("x", "y")], ids=["one folder", "two folders"])
def test_of_two_event_logs_none_is_left_where_there_is_room_for_one(
    run, tmp_path, monkeypatch, places
):
    monkeypatch.setitem(event_logs._WRITERS, "ocel", full)
    xes, ocel = (tmp_path / "logs" / place / "a" for place in places)
    ended = fwsim("export", run, "--xes", xes.with_suffix(".xes"), "--ocel", ocel)
    assert ended.code == group.NOT_POSSIBLE
    assert ended.text == f"{ocel.parent}: error: cannot write there: {FULL}\n"
    assert not [path for path in (tmp_path / "logs").rglob("*") if path.is_file()]


def test_two_event_logs_go_into_two_spellings_of_one_folder(run, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    xes, ocel = tmp_path / "link" / "a.xes", tmp_path / "a.json"
    assert fwsim("export", run, "--xes", xes, "--ocel", ocel).code == 0
    assert xes.is_file()
    assert ocel.is_file()


def test_a_scenario_that_cannot_be_written_is_no_mistake_in_it(tmp_path, monkeypatch):
    devices = branches(tmp_path / "devices.csv", head_office=3)
    monkeypatch.setattr(writing, "bytes_writer", no_room)
    ended = fwsim("new", devices, "--yes")
    assert ended.code == group.NOT_POSSIBLE
    assert f"{tmp_path}: error: cannot write there: {FULL}\n" in ended.text
    assert "nothing was done" not in ended.text


def test_logs_of_runs_that_cannot_be_written_are_no_mistake_either(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.results.output.log_files.table_writer", no_room)
    asked = ("run", SMALL, "--replications", 2, "--workers", 1, "--logs", tmp_path / "logs")
    ended = fwsim(*asked)
    assert ended.code == group.NOT_POSSIBLE
    assert f"{tmp_path / 'logs'}: error: cannot write there: {FULL}\n" in ended.text


def test_a_report_that_cannot_be_written_is_no_mistake_in_the_results(
    tmp_path, monkeypatch, undrawn
):
    fwsim("run", SMALL, "--replications", 2, "--workers", 1, "--out", tmp_path / "o")
    monkeypatch.setattr("fwsim.results.output.report.text_writer", no_room)
    ended = fwsim("report", tmp_path / "o")
    assert ended.code == group.NOT_POSSIBLE
    assert ended.text == f"{tmp_path / 'o'}: error: cannot write there: {FULL}\n"
