"""A disk that is full is no mistake of who asked: exit code 3, and all of the files or none."""

from __future__ import annotations

import errno
import json
import os

import pytest

from fwsim.cli import group
from fwsim.ledger.store import read_ledger
from fwsim.problems import NotWrittenError, Problem
from fwsim.results.output import event_logs, writing
from fwsim.results.output.table_files import table_writer
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


RUN = ("run", SMALL, "--replications", 4, "--workers", 1, "--quiet")


@pytest.mark.parametrize(
    ("broken", "told", "left_out"),
    [
        ("fwsim.results.output.answer_files.write_parts", "these results were not written", "o"),
        ("fwsim.results.export.tables.workbook", "the workbook was not written", "x.xlsx"),
        ("fwsim.ledger.score.append", "this forecast was not kept", "f.db"),
    ],
)
def test_an_output_without_room_keeps_no_other_from_being_written(
    tmp_path, monkeypatch, broken, told, left_out
):
    monkeypatch.setattr(broken, lambda *_, **__: full())
    out, book, ledger = places = [tmp_path / name for name in ("o", "x.xlsx", "f.db")]
    ended = fwsim(*RUN, "--out", out, "--excel", book, "--ledger", ledger)
    assert ended.code == group.NOT_POSSIBLE
    assert told in ended.text
    assert {path.name for path in places if path.exists()} == {"o", "x.xlsx", "f.db"} - {left_out}


def test_what_happened_is_kept_though_the_scores_cannot_be_written(tmp_path, monkeypatch):
    fwsim(*RUN, "--out", tmp_path / "o", "--ledger", tmp_path / "f.db")
    monkeypatch.setattr("fwsim.cli.scoring._write", full)
    ended = fwsim("score", tmp_path / "f.db", tmp_path / "o", "--keep", "--out", tmp_path / "s")
    assert ended.code == group.NOT_POSSIBLE
    assert "these results were not written" in ended.text
    assert len(read_ledger(tmp_path / "f.db").rollouts) == 1


def test_where_logs_of_runs_find_no_room_the_runs_so_far_are_shown_and_written(
    tmp_path, monkeypatch
):
    writers = iter([table_writer, table_writer])

    def room_for_two(*table: object) -> object:
        return next(writers, no_room)(*table)

    monkeypatch.setattr("fwsim.results.output.log_files.table_writer", room_for_two)
    out, ledger = tmp_path / "o", tmp_path / "f.db"
    ended = fwsim(*RUN, "--logs", tmp_path / "l", "--out", out, "--ledger", ledger)
    assert ended.code == group.NOT_POSSIBLE
    assert "the logs of the runs were not written" in ended.text
    assert "stopped after 2 runs; kept" in ended.text
    assert json.loads((out / "summary.json").read_text())["runs"] == 2
    assert not ledger.exists()
    assert not (tmp_path / "l").exists()


def test_logs_that_find_no_room_at_last_leave_the_answer_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.results.output.folder.writing.told_as_not_written", no_logs)
    ledger = tmp_path / "f.db"
    ended = fwsim(*RUN, "--logs", tmp_path / "l", "--ledger", ledger)
    assert ended.code == group.NOT_POSSIBLE
    assert "the logs of the runs were not written" in ended.text
    assert "stopped" not in ended.text
    assert ledger.exists()


def no_logs(folder: str) -> object:
    raise NotWrittenError([Problem(FULL, source=folder)])


def test_a_picture_without_room_leaves_what_was_learnt(tmp_path, monkeypatch):
    place = tmp_path / "p"
    place.mkdir()
    scenario = place / "s.yaml"
    scenario.write_bytes(SMALL.read_bytes())
    fwsim("run", scenario, "--replications", 1, "--out", place / "o")
    monkeypatch.setattr("fwsim.learning.figure.fits_picture", full)
    ended = fwsim(
        "learn", scenario, place / "o" / "status-log.csv", "--rows", 50, "--report",
        "--out", place / "learnt.yaml", "--lang", "de",
    )  # fmt: skip
    assert ended.code == group.NOT_POSSIBLE
    assert "das Bild wurde nicht geschrieben" in ended.text
    assert (place / "learnt.yaml").exists()
