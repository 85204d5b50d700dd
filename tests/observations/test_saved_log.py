"""A saved run reads back as it was: the log's columns, and every measure made from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.observations.observed import What
from fwsim.observations.reading import read_observed
from fwsim.observations.saved_log import read_log
from fwsim.results.output.result import Result
from fwsim.results.run.record import RunRecord
from fwsim.run import prepare
from tests.results.small_rollout import SMALL, small_result

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FORMS = ("csv", "parquet", "jsonl")
TABLES = ("log", "devices", "jobs", "update_log")


def assert_reads_back(result: Result, path: Path) -> None:
    rollout = prepare(result.rollout.scenario)  # one that no clock has played
    log = read_log(path, rollout)
    was = result.columns
    for name in ("time", "device", "run", "state", "detail"):
        np.testing.assert_array_equal(getattr(log, name), getattr(was, name), name)
        assert getattr(log, name).dtype == getattr(was, name).dtype
    told = log.state != State.CHECKING  # there it is the place of an address
    np.testing.assert_array_equal(log.amount[told], was.amount[told])
    assert log.runs == was.runs
    record = RunRecord(rollout, log, result.load, result.ended, sent=result.record.sent)
    again = Result(record, provenance={})
    assert again.measures.as_data() == result.measures.as_data()
    for table in TABLES:
        assert getattr(again, table).equals(getattr(result, table)), table


@pytest.fixture(scope="module", params=FORMS)
def saved(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    small_result().save(folder, request.param)
    return folder / f"status-log.{request.param}"


def test_a_saved_run_gives_back_its_log_its_tables_and_its_measures(saved):
    assert_reads_back(small_result(), saved)


@pytest.mark.parametrize(
    "name",
    [
        "busy-and-superseded",
        "delivery-by-day",
        "device-scheduler",
        "dynamic-proxy",
        "notification",
        "own-configuration",
        "power-loss",
        "uefi-update",
        "wake-up-fails",
    ],
)
def test_whatever_a_scenario_has_reads_back(name, tmp_path):
    result = fwsim.simulate(fwsim.load(SCENARIOS / f"{name}.yaml"))
    result.save(tmp_path)
    assert_reads_back(result, tmp_path / "status-log.csv")


def test_the_same_log_is_seen_in_every_form(saved):
    observed = read_observed(saved)
    count = {what: int((observed.what == what).sum()) for what in What}
    states = small_result().log.state.value_counts()
    assert count[What.ASKED] == states["NOTIFYING"]
    assert count[What.WRITTEN] == count[What.RESTARTING] == states["REBOOT"]
    assert count[What.DONE] == states["SUCCESS"]
    assert count[What.OFFERED] == 40
    assert count[What.STARTED] + count[What.RAN_OUT] == 31
    assert observed.resolution == 1
    assert not observed.only_finished
    assert not observed.problems
    assert observed.until == int(observed.latest.max())


def test_who_let_the_notice_run_out_is_told_from_who_clicked(saved):
    observed = read_observed(saved, notice_seconds=300)
    shown = observed.amount[observed.what == What.RAN_OUT]
    assert len(shown)
    assert (shown == 300_000).all()
    assert (observed.amount[observed.what == What.STARTED] < 300_000).all()
    guessed = read_observed(saved)
    assert (guessed.what == observed.what).all()


def test_delays_and_deferments_left_and_bytes_go_with_what_they_belong_to(saved):
    observed = read_observed(saved)
    amount = {what: set(observed.amount[observed.what == what].tolist()) for what in What}
    assert amount[What.DEFERRED] <= {1_800_000, 3_600_000}
    assert amount[What.ASKED] <= {0, 1, 2}
    assert amount[What.FETCHING] == {200_000_000}
    assert amount[What.OFFERED] == {-1}


def test_a_log_of_another_scenario_is_refused_with_every_name(saved):
    other = SMALL.replace("DE/West: {devices: 5", "DE/West: {devices: 4").replace(
        "new.idf", "n.idf"
    )
    with pytest.raises(fwsim.InputError) as refusal:
        read_log(saved, prepare(fwsim.loads(other)))
    text = str(refusal.value)
    assert "is none of this scenario; did you mean" in text
    assert "/new.idf' is none of this scenario; did you mean" in text
    assert "is it another scenario's log?" in text


def test_a_log_without_amounts_says_what_to_do(saved, tmp_path):
    path = tmp_path / "old.csv"
    small_result().log.drop(columns="amount").to_csv(path, index=False)
    with pytest.raises(fwsim.InputError, match=r"has no column amount.*run the scenario again"):
        read_log(path, small_result().rollout)


def test_a_spreadsheets_marks_are_taken_away(tmp_path):
    (tmp_path / "list.csv").write_text("name,ou,site\n00001,DE,West\nSEP-02,DE,West\n")
    head, _, tail = SMALL.partition("fleet:")
    text = f"{head}fleet: {{inventory: list.csv}}\nnetwork:{tail.partition('network:')[2]}"
    (tmp_path / "scenario.yaml").write_text(text)
    result = fwsim.simulate(fwsim.load(tmp_path / "scenario.yaml"))
    result.save(tmp_path)
    assert "'SEP-02" in (tmp_path / "status-log.csv").read_text()
    assert_reads_back(result, tmp_path / "status-log.csv")
