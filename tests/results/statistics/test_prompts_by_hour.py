"""Notices by the hour as a table: whom a help desk has to expect, and when."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.results.statistics.forecast import forecast
from fwsim.results.statistics.prompts_by_hour import OF_ONE_RUN, OF_RUNS
from tests.results.small_rollout import SMALL, small_answer, small_result


def by_log(result, times):
    """Return how many notices the log has in each stretch between times."""
    asked = pd.to_datetime(result.log.loc[result.log["state"] == "NOTIFYING", "time"], utc=True)
    return [int(((begin <= asked) & (asked < end)).sum()) for begin, end in times]


def stretches(table):
    ends = (pd.to_datetime(table[end], utc=True) for end in ("from", "until"))
    return list(zip(*ends, strict=True))


def test_of_one_run_it_counts_what_the_log_has():
    table = small_result().prompts_by_hour
    assert tuple(table) == OF_ONE_RUN
    assert table["from"][0] == "2018-08-20T11:00:00.000+02:00"
    assert table["prompts"].tolist() == by_log(small_result(), stretches(table))
    assert table["prompts"].sum() == (small_result().log["state"] == "NOTIFYING").sum()


def test_of_several_it_is_a_forecast_of_each_hour_with_its_range():
    answer = small_answer()
    table = answer.to_pandas()["prompts-by-hour"]
    assert tuple(table) == OF_RUNS
    first = [run.timeline.prompts[60:120].sum() for run in answer.replications]
    told = forecast([float(count) for count in first])
    row = table.iloc[0]
    assert (row["from"], row["until"]) == (
        "2018-08-20T11:00:00.000+02:00",
        "2018-08-20T12:00:00.000+02:00",
    )
    assert row["median"] == round(told.middle.value)
    assert (row["range_low"], row["range_high"]) == (told.low.value, told.high.value)
    assert row["range_holds"] == told.holds
    assert 0 <= row["low"] <= row["mean"] <= row["high"]
    assert table["mean"].sum() == pytest.approx(sum(answer.values("prompts")) / answer.runs)


def test_files_have_it_of_a_run_and_of_an_answer(tmp_path):
    small_result().save(tmp_path / "one")
    assert tuple(pd.read_csv(tmp_path / "one" / "prompts-by-hour.csv")) == OF_ONE_RUN
    fwsim.save_answer(small_answer(), tmp_path / "several")
    saved = pd.read_csv(tmp_path / "several" / "prompts-by-hour.csv")
    assert saved["mean"].tolist() == pytest.approx(small_answer().prompts_by_hour()["mean"])


def test_one_run_as_an_answer_has_no_range():
    table = Experiment(fwsim.loads(SMALL)).run(1, workers=1).prompts_by_hour()
    assert table["range_holds"].eq(0).all()
    assert all(map(math.isnan, [*table["range_low"], *table["low"]]))


def test_where_nobody_is_asked_it_is_empty():
    silent = fwsim.loads(SMALL.replace("inform_user: 5 min, user_can_cancel: true,", ""))
    answer = Experiment(silent).run(2, workers=1)
    assert not len(answer.prompts_by_hour())
    assert tuple(answer.prompts_by_hour()) == OF_RUNS


def test_hours_of_the_night_that_is_set_back_are_told_apart():
    text = SMALL.replace("2018-08-20 10:00", "2021-10-31 01:00")
    text = text.replace("once: 2018-08-20 11:00", "once: 2021-10-31 02:00")
    table = fwsim.simulate(fwsim.loads(text)).prompts_by_hour
    assert table["from"][0] == "2021-10-31T02:00:00.000+02:00"
    assert table["until"][0] == table["from"][1] == "2021-10-31T02:00:00.000+01:00"


@pytest.mark.parametrize("horizon", ["12 h", "1 h 40 min"])
def test_the_last_hour_ends_where_runs_are_stopped(horizon):
    """Of what comes later in that hour nobody knows."""
    scenario = fwsim.loads(SMALL.replace("horizon: 12 h", f"horizon: {horizon}"))
    end = 100 * 60_000
    one = fwsim.simulate(scenario, until=end).prompts_by_hour
    several = Experiment(scenario).run(2, workers=1, stop_at=end).prompts_by_hour()
    for table in (one, several):
        assert table["until"].tolist() == ["2018-08-20T11:40:00.000+02:00"]


def test_a_long_horizon_is_told_in_its_steps():
    text = SMALL.replace("horizon: 12 h", "horizon: 100 d")
    table = fwsim.simulate(fwsim.loads(text)).prompts_by_hour
    assert {end - begin for begin, end in stretches(table)} == {pd.Timedelta("2h")}
