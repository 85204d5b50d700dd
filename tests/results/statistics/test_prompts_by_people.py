"""Notices by the hour and by kinds of people: whom a help desk has to expect, and when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.problems import InputError
from fwsim.results.output.asked_people import asked_people
from fwsim.results.output.folder.manifest import MANIFEST
from fwsim.results.output.report_figures import people
from fwsim.results.run.timeline import by_hours
from fwsim.results.statistics.prompts_by_people import NAME, OF_ONE_RUN, OF_RUNS
from tests.results.small_rollout import SMALL, small_answer

TWO_KINDS = SMALL.replace("site: North,", "site: North, people: =desk,").replace(
    "people: {default:", 'people: {"=desk": {answer: {now: 20 %, defer: 70 %}}, default:'
)


def answered(runs=6, text=TWO_KINDS, **options):
    return Experiment(fwsim.loads(text)).run(runs, workers=1, **options)


def test_both_clocks_count_the_same_for_each_kind_and_hour():
    pairs = zip(answered(3).replications, answered(3, engine="simpy").replications, strict=True)
    for compiled, simpy in pairs:
        assert np.array_equal(compiled.timeline.people_hours, simpy.timeline.people_hours)


def test_the_whole_is_the_sum_over_kinds():
    for run in answered().replications:
        line = run.timeline
        whole = by_hours(line.prompts[None], line.step)[0]
        _, hour, count = line.people_hours
        assert np.bincount(hour, count, minlength=len(whole)).tolist() == whole.tolist()


def test_of_one_run_it_counts_what_log_and_device_list_say():
    result = fwsim.simulate(fwsim.loads(TWO_KINDS))
    log, table = result.log, result.prompts_by_hour_by_people
    asked = log[log["state"] == "NOTIFYING"]
    times = pd.to_datetime(asked["time"], utc=True)
    fleet = result.rollout.fleet
    people = {fleet.shown_name(i): fleet.people[i] for i in range(len(fleet))}
    kinds = asked["device"].map(people)
    assert tuple(table) == OF_ONE_RUN
    assert set(table["people"]) == {"=desk", "default"}
    assert table["prompts"].sum() == len(asked)
    for row in table.itertuples(index=False):
        begin, end = (pd.Timestamp(stamp) for stamp in (row[0], row.until))
        assert row.prompts == ((begin <= times) & (times < end) & (kinds == row.people)).sum()


def test_of_several_runs_means_add_up_to_those_of_the_hour():
    answer = answered()
    table = answer.prompts_by_hour(by="people")
    assert tuple(table) == OF_RUNS
    together, whole = table.groupby("from")["mean"].sum(), answer.prompts_by_hour()
    assert together.to_numpy() == pytest.approx(whole[whole["mean"] > 0]["mean"].to_numpy())


def test_files_have_it_marked_for_spreadsheets_and_are_read_back(tmp_path):
    answer = answered()
    fwsim.save_answer(answer, tmp_path)
    saved = pd.read_csv(tmp_path / f"{NAME}.csv")
    assert set(saved["people"]) == {"'=desk", "default"}
    again = fwsim.load_answer(tmp_path)
    pd.testing.assert_frame_equal(again.prompts_by_hour(by="people"), answer.to_pandas()[NAME])


def test_of_one_kind_there_is_no_file(tmp_path):
    fwsim.save_answer(small_answer(), tmp_path)
    assert not (tmp_path / f"{NAME}.csv").exists()


def test_what_an_earlier_fwsim_wrote_is_not_guessed():
    answer = answered(2)
    setting = fwsim.results.statistics.setting.Setting
    data = {k: v for k, v in answer.setting.as_data().items() if k != "people"}
    answer.setting = setting.of_data(data)
    with pytest.raises(InputError, match="an earlier fwsim made them"):
        answer.prompts_by_hour(by="people")
    assert NAME not in answer.to_pandas()


def test_kinds_that_come_to_other_than_the_whole_are_refused(tmp_path):
    fwsim.save_answer(answered(3), tmp_path)
    arrays = dict(np.load(tmp_path / "runs.npz"))
    arrays["people_hours"][2] *= 2
    np.savez_compressed(tmp_path / "runs.npz", **arrays)
    (tmp_path / MANIFEST).unlink()  # else it tells that the file is another
    with pytest.raises(InputError, match="people_hours is not as fwsim writes it"):
        fwsim.load_answer(tmp_path)


def test_no_hour_is_called_busiest_where_several_are_told_together():
    of_hours, of_two = (
        answered(2, TWO_KINDS.replace("horizon: 12 h", f"horizon: {horizon}"))
        for horizon in ("12 h", "90 d")
    )
    assert asked_people(of_hours)[0].heads[3] == "Busiest hour begins at"
    assert asked_people(of_two)[0].heads[3] == "Busiest 2 h begin at"
    assert people(of_hours)[1].title == "Notices by hour and kind of people"
    assert people(of_two)[1].title == "Notices per 2 h and kind of people"


def test_each_column_of_the_report_has_a_name_of_its_own():
    heads = asked_people(answered())[0].heads
    assert len(set(heads)) == len(heads)
