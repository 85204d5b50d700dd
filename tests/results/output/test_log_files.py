"""The written status log: thinned on wish, in parts, whole or not at all."""

from __future__ import annotations

import pandas as pd
import pytest

import fwsim
from fwsim.problems import InputError
from fwsim.results.output.log_files import write_log
from fwsim.results.run import table
from fwsim.results.run.tables import log_table
from tests.results.small_rollout import small_result

OUTCOMES = {"SUCCESS", "FAILED", "NOT_NEEDED", "CANCELLED", "SKIPPED", "UNREACHED", "SUPERSEDED"}
SHOWN = {
    "CHECKING",
    "DEFERRED",
    "VERIFY_IDF",
    "QUEUEING",
    "TRANSFER",
    "VERIFY_PACKAGES",
    "INSTALL",
    "REBOOT",
}


@pytest.fixture(scope="module")
def result():
    return small_result()


def test_all_lines_are_kept_unless_asked(result):
    assert len(log_table(result.rollout, result.columns)) == len(result.columns)


@pytest.mark.parametrize(("keep", "states"), [("outcomes", OUTCOMES), ("stages", OUTCOMES | SHOWN)])
def test_a_thinned_log_holds_the_same_lines_but_fewer(result, keep, states):
    whole, thin = result.log, log_table(result.rollout, result.columns, keep).frame()
    wanted = whole[whole.state.isin(states)].reset_index(drop=True)
    assert 0 < len(thin) < len(whole)
    pd.testing.assert_frame_equal(thin, wanted)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 7, 10_000])
def test_a_log_in_parts_is_the_log(result, rows):
    log = log_table(result.rollout, result.columns, "stages")
    parts = [log.frame(stretch) for stretch in log.stretches(rows)]
    assert all(len(part) == rows for part in parts[:-1])
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), log.frame())


def test_an_empty_log_is_an_empty_table(result):
    log = log_table(result.rollout, result.columns.where(result.columns.time < 0))
    (part,) = log.stretches()
    assert list(log.frame(part).columns) == list(result.log.columns)
    assert not len(log)


def test_parquet_written_in_parts_reads_back_whole(result, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "ROWS_AT_A_TIME", 11)
    write_log(result.rollout, result.columns, tmp_path / "log.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "log.parquet"), result.log)


def test_nothing_is_left_of_a_log_that_could_not_be_written(result, tmp_path, monkeypatch):
    def breaks(*_):
        raise OSError("disk full")

    monkeypatch.setattr(table.Table, "frame", breaks)
    with pytest.raises(InputError, match="disk full"):
        write_log(result.rollout, result.columns, tmp_path / "log.parquet")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_scenario_says_how_much_of_the_log_is_written(scenario, tmp_path, form):
    result = fwsim.simulate(scenario(log="outcomes"))
    result.save(tmp_path, form)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[form]
    assert list(read(tmp_path / f"status-log.{form}").state) == ["SUCCESS"]
    assert len(result.log) > 1


def test_an_unknown_thinning_is_named(scenario):
    with pytest.raises(ValueError, match="'all', 'stages' or 'outcomes'"):
        scenario(log="some")


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_a_report_leaves_the_sample_of_devices_out_where_the_log_is_thinned(scenario, tmp_path):
    from fwsim.results.output.report import write_report

    pages = {}
    for keep in ("all", "outcomes"):
        experiment = fwsim.Experiment(scenario(log=keep))
        story = fwsim.simulate(experiment.scenario)
        folder = tmp_path / keep
        story.save(folder)
        fwsim.save_answer(experiment.run(2, workers=1), folder)
        pages[keep] = write_report(folder).read_text(encoding="utf-8")
    assert pages["all"].count("<img") == pages["outcomes"].count("<img") + 1
