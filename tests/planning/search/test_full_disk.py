"""A disk that fills up is told as what it is, and nothing that was kept is lost."""

from __future__ import annotations

import sqlite3

import pytest
from click.testing import CliRunner

import fwsim
from fwsim.cli import main
from fwsim.planning.search import study as study_module
from fwsim.planning.search.search import Search
from fwsim.problems import InputError
from fwsim.results.output import log_files
from fwsim.scenario.load import dumps
from tests.planning import small_fleets


@pytest.fixture
def pages(monkeypatch):
    """Let an SQLite file hold so many pages; it tells of a full disk as the system would."""
    most = {"pages": 0}
    connect = sqlite3.connect

    def small(*arguments, **options):
        file = connect(*arguments, **options)
        file.execute(f"pragma max_page_count = {most['pages']}")
        return file

    monkeypatch.setattr(study_module.sqlite3, "connect", small)

    def limit(pages: int) -> None:
        most["pages"] = pages

    return limit


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.sqlite"


def test_a_search_tells_the_cause_and_the_best_so_far(path, pages):
    pages(8)
    search = Search(small_fleets.people(60), study=path)
    found = search.run(workers=1)
    assert found.interrupted
    assert "study.sqlite: error: cannot be written: database or disk is full" in found.cause
    assert found.trials
    assert 0 < search.runs_kept < found.question.runs


@pytest.mark.slow
def test_with_room_again_the_study_is_taken_up(path, pages):
    pages(8)
    first = Search(small_fleets.people(60), study=path)
    first.run(workers=1)
    kept = first.runs_kept
    first._study.close()
    pages(100_000)
    again = Search(small_fleets.people(60), study=path)
    assert again.runs_kept == kept
    found = again.run(workers=1)
    assert not found.interrupted
    assert found.outcome == Search(small_fleets.people(60)).run(workers=1).outcome


def test_on_the_command_line_the_cause_and_what_is_kept_are_told(path, pages):
    pages(8)
    scenario = path.with_name("people.yaml")
    scenario.write_text(dumps(small_fleets.people(60)), encoding="utf-8")
    command = ["plan", str(scenario), "--study", str(path), "--workers", "1", "--quiet"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 3
    assert "The best so far: " in done.stdout
    first, last = done.stderr.splitlines()
    assert first.endswith("cannot be written: database or disk is full")
    assert last.startswith(f"stopped; {path} keeps ")


def test_no_empty_file_stays_where_there_is_no_room_for_a_study(path, pages):
    pages(1)
    with pytest.raises(InputError, match="database or disk is full"):
        Search(small_fleets.people(60), study=path)
    assert not path.exists()


def test_a_study_that_is_damaged_meanwhile_gets_a_sentence(path):
    search = Search(small_fleets.people(60), study=path)
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(InputError, match=r"study\.sqlite: error: cannot be (read|written): "):
        search.run(workers=1)


def test_logs_without_room_name_the_folder_a_person_named(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log_files, "table_writer", lambda *_: full)
    experiment = fwsim.Experiment(small_fleets.people(60))
    logs = tmp_path / "logs"
    with pytest.raises(InputError) as refused:
        experiment.run(2, workers=1, logs=logs)
    assert str(refused.value) == f"{logs}: error: cannot write there: No space left on device"
    assert not list(tmp_path.iterdir())
