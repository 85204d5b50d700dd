"""Tables written part by part read as pandas would have written them in one piece."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwsim.commands.lifecycle import TEXT_OF_STATE, State
from fwsim.commands.status_text import StatusField, status_form
from fwsim.results.output import table_files
from fwsim.results.output.folder.drafts import DRAFT
from fwsim.results.output.table_files import ToWrite, table_writer, writers
from fwsim.results.output.writing import FORMATS, as_written
from fwsim.results.run.cells import cells
from fwsim.results.run.table import Numbers, Table, Words
from fwsim.spreadsheet import is_changed, marked, marked_formula
from tests.results.run.without_arrow import without_arrow
from tests.results.small_rollout import small_result

HARD = [
    'a"b',
    "c,d",
    "line\nbreak",
    "back\\slash",
    "a/b",
    "\tx",
    "=1+1",
    "'=1",
    "00012",
    "SEP-01",
    "März",
    "",
    " ",
    "ü😀",
    "\x7f",
    "－1",
    "٣",
    "'true",
    "e,\r",
    "\u2028",
]
TEXT = st.one_of(st.sampled_from(HARD), st.text(st.characters(codec="utf-8"), max_size=6))


def of_words(words: list[str]) -> Table:
    index = np.arange(len(words) + 1) - 1  # the first row has no word
    column = Words(words, lambda rows: index[rows])
    return Table(len(index), {"device": column, "detail": column, "size": Numbers(index)})


def written(table: Table, form: str, path) -> str:
    table_writer(table, form)(path)
    return path.read_bytes().decode()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table"


# A carriage return alone pandas leaves unquoted, and then does not read back.
@given(st.lists(TEXT.filter(lambda text: "\r" not in text), max_size=8))
def test_csv_is_what_pandas_writes_of_marked_texts(path, words):
    frame = of_words(words).frame()
    frame["device"] = [marked(text) for text in frame["device"]]
    frame["detail"] = [marked_formula(text) for text in frame["detail"]]
    assert written(of_words(words), "csv", path) == frame.to_csv(index=False, lineterminator="\n")


@given(st.lists(TEXT, max_size=8))
def test_csv_reads_back_the_same(path, words):
    text = written(of_words(words), "csv", path)
    read = as_written(pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False))
    assert read["device"].tolist() == ["", *words]


@given(st.lists(TEXT, max_size=8))
def test_json_lines_are_what_pandas_writes(path, words):
    table = of_words(words)
    expected = table.frame().to_json(orient="records", lines=True, force_ascii=False)
    assert written(table, "jsonl", path) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_without_rows_is_a_file_with_none(path, form):
    written_so = Table(0, of_words([]).columns)
    table_writer(written_so, form)(path)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}.get(
        form, lambda file: pd.read_json(file, lines=True)
    )
    assert not len(read(path))


@given(TEXT)
def test_what_a_spreadsheet_would_change_is_suspected(text):
    rule = table_files._csv_rule("device")
    (cell,) = cells().listed(rule(cells().texts([text])))
    assert not is_changed(text) or "'" in cell


def test_status_texts_need_neither_marks_nor_quotes():
    texts = [
        status_form(TEXT_OF_STATE[state], field, stamp_final_states=is_final)
        for state in State
        for field in StatusField
        for is_final in (False, True)
    ]
    assert not [text for text in texts if set(text) & set('",\r\n\\/') or is_changed(text)]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_every_form_in_parts_is_the_one_in_one_piece(tmp_path, monkeypatch, form):
    result = small_result()
    result.save(tmp_path / "whole", form)
    monkeypatch.setattr("fwsim.results.run.table.ROWS_AT_A_TIME", 7)
    result.save(tmp_path / "parts", form)
    for name in ("status-log", "devices", "jobs", "update-log", "link-load"):
        whole, parts = (tmp_path / of / f"{name}.{form}" for of in ("whole", "parts"))
        if form == "parquet":
            pd.testing.assert_frame_equal(pd.read_parquet(whole), pd.read_parquet(parts))
        else:
            assert whole.read_bytes() == parts.read_bytes()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@given(words=st.lists(TEXT, max_size=8))
def test_texts_are_the_same_bytes_without_arrow(path, form, words):
    with_arrow = written(of_words(words), form, path)
    with without_arrow():
        assert written(of_words(words), form, path) == with_arrow


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_run_is_the_same_bytes_and_frames_without_arrow(tmp_path, form):
    result = small_result()
    result.save(tmp_path / "with", form)
    log = result.log
    with without_arrow():
        result = small_result()
        result.save(tmp_path / "without", form)
        pd.testing.assert_frame_equal(result.log, log)
    files = {file.name: file.read_bytes() for file in (tmp_path / "with").iterdir()}
    assert len(files) > 5
    assert {file.name: file.read_bytes() for file in (tmp_path / "without").iterdir()} == files


def test_progress_is_told_part_by_part_and_comes_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.results.run.table.ROWS_AT_A_TIME", 5)
    told: list[tuple[int, int]] = []
    small_result().save(tmp_path, "csv", lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(done <= total for done, total in told)
    assert told[-1][0] == told[-1][1] > 0
    assert max(b[0] - a[0] for a, b in pairwise(told)) <= 5


def test_a_table_is_made_when_its_turn_has_come_and_not_kept(tmp_path):
    alive: list[str] = []

    def make(name: str):
        def of_name() -> Table:
            alive.append(name)
            return of_words([name])

        return ToWrite(9, of_name)

    planned = writers({"a": make("a"), "b": make("b")}, "csv")
    assert not alive
    planned["a"](tmp_path / "a")
    assert alive == ["a"]


def test_ctrl_c_in_the_middle_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr("fwsim.results.run.table.ROWS_AT_A_TIME", 5)
    result = small_result()
    result.save(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def interrupt(done: int, _: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        result.save(tmp_path, "csv", interrupt)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert not list(tmp_path.parent.glob(f"{DRAFT}*"))
