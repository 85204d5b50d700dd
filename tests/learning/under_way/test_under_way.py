"""A rollout forecast again from its log so far: what stays, what is set, what is said."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest

import fwsim
from fwsim.commands.lifecycle import State
from fwsim.learning.under_way.by_when import is_or_was_by
from fwsim.learning.under_way.forecast import believing
from fwsim.learning.under_way.learnt_so_far import learn_so_far
from fwsim.learning.under_way.so_far import read_so_far
from fwsim.learning.under_way.told import stamp
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.model.status_log import LogColumns
from fwsim.problems import InputError
from fwsim.run import play_once, prepare
from tests.learning.under_way import office

FIELDS = ("time", "device", "run", "state", "detail", "amount")


@pytest.mark.parametrize("clock", ["14:00", "14:30"])
def test_before_anything_was_sent_the_forecast_is_the_plain_one_to_the_last_byte(clock):
    found = office.at(clock)
    assert found.now.without_custom().as_data() == office.plain().as_data()
    assert found.inputs == ()
    assert found.headline.startswith("Nothing had been sent by Fri 24 Sep 2021 ")


def test_each_run_has_the_log_so_far_line_for_line(tmp_path):
    seen = read_so_far(office.real_log(), office.rollout(), "2021-09-24 16:00")
    until, log = seen.until, office.real_log()
    told = log.where(log.time <= until)
    assert len(told) > 30
    runs: list[LogColumns] = []

    def keep(record):
        runs.append(record.log)
        return 0.0

    experiment = fwsim.Experiment(office.rollout(), custom={"keep": keep})
    experiment.run(3, past=seen.past, engine=office.ENGINE, workers=1)
    for run in runs:
        for field in FIELDS:
            np.testing.assert_array_equal(
                getattr(run.where(run.time <= until), field), getattr(told, field), field
            )


def test_at_the_end_what_the_log_determines_has_no_width():
    found = office.at("22:00")
    log = office.real_log()
    done = len(np.unique(log.device[log.state == State.SUCCESS]))
    assert found.done == done / 10
    for measure in (Measure(Kind.SUCCESSFUL), Measure(Kind.PROMPTS), Measure(Kind.CANCELS)):
        assert found.now.forecast(measure).is_same, measure
    assert set(found.now.values(Measure(Kind.SUCCESSFUL))) == {done / 10}


def test_the_range_narrows_as_the_rollout_goes_on():
    widths = []
    for clock in ("14:00", "17:00", "22:00"):
        found = office.at(clock).now.values(Measure(Kind.SUCCESSFUL))
        widths.append(float(np.std(found)))
    assert widths[0] > widths[1] >= widths[2]
    assert widths[2] < 1e-12


def test_the_sentences_say_where_it_stands_by_when_it_is_over_and_what_was_said_before():
    found = office.at("17:00")
    first, *others = found.sentences()
    share = f"{100 * found.done:.1f} %"
    assert first.startswith(f"{share} at Fri 24 Sep 2021 17:00, expected ")
    assert "before the start: " in first
    assert any("of the targeted devices end successful" in text for text in others)
    assert others[-1].startswith("Every range is for this rollout")


def test_what_has_come_is_told_as_of_no_later_than_the_log_goes():
    over = office.at("22:00").now
    [half] = set(over.values(Measure(Kind.TIME_TO, share=0.5)))
    at = office.rollout().local_time(over.replications[0].first_command + int(half) + 1000)
    assert at.second < 59, "the log ends within the minute that is told"
    found = office.at(f"{at:%H:%M:%S}")
    assert is_or_was_by(found, 0.5) == stamp(found)


def test_in_the_hour_that_comes_twice_a_moment_says_which_it_is():
    text = office.SCENARIO.replace("2021-09-24 14:00", "2021-10-30 22:00")
    rollout = office.rollout(text.replace("2021-09-24 15:00", "2021-10-31 00:10"))
    answer = fwsim.Experiment(rollout).run(2, engine=office.ENGINE, workers=1)
    offsets = [answer.moment(hours * 3_600_000.0).isoformat()[10:] for hours in (1, 2.5, 3.5, 4)]
    assert offsets == ["T01:10:00+02:00", "T02:40:00+02:00", "T02:40:00+01:00", "T03:10:00+01:00"]


def test_what_was_expected_by_now_is_that_of_the_runs_before_the_start():
    found = office.at("17:00")
    share = office.plain().completion_curves()[:, 3 * 60]
    assert found.expected.middle.value == pytest.approx(float(np.median(share)))


def test_with_no_doubt_nothing_is_learnt():
    text = office.SCENARIO + "doubt: none\n"
    seen = read_so_far(office.real_log(), office.rollout(text), "2021-09-24 17:00")
    learnt = learn_so_far(office.rollout(text), seen)
    assert learnt.scenario is office.rollout(text).scenario
    assert learnt.inputs == ()


def test_what_is_learnt_lies_between_what_was_believed_and_what_was_seen():
    found = office.at("17:00")
    learnt = {one.name: one for one in found.inputs}
    answer = learnt["people.default.answer"]
    assert answer.observations >= 10
    believed = float(prepare(found.believed.scenario).scenario.people["default"].answer.defer)
    log = office.real_log()
    early = log.time <= found.until
    deferred = int((log.state[early] == State.DEFERRED).sum())
    asked = int((log.state[early] == State.NOTIFYING).sum())
    low, high = sorted([0.6, deferred / asked])
    assert low - 0.02 <= believed <= high + 0.02


def test_an_empty_log_asks_up_to_when_nothing_had_happened():
    nothing = office.real_log().where(np.zeros(len(office.real_log()), bool))
    with pytest.raises(InputError, match="say with at up to"):
        read_so_far(nothing, office.rollout())


@pytest.mark.parametrize("at", ["2021-09-24 13:00", "2021-09-25 13:00"])
def test_a_time_outside_the_rollout_is_refused(at):
    with pytest.raises(InputError, match="is not in this rollout, which is from 2021-09-24 14:00"):
        read_so_far(office.real_log(), office.rollout(), at)


def test_the_data_is_plain_and_tells_what_a_person_reads():
    import json

    data = office.at("17:00").as_data()
    again = json.loads(json.dumps(data))
    assert again["sentences"] == list(office.at("17:00").sentences())
    assert math.isclose(again["done"], office.at("17:00").done)
    assert set(again) >= {"expected", "because", "silent", "contradictions", "now", "before"}


def test_nothing_piles_up_at_the_moment_of_the_forecast():
    """Lines carry half of what was believed, so half of the fleet is in a transfer."""
    rollout = prepare(fwsim.load("scenarios/friday-at-five.yaml"))
    so_far = read_so_far("scenarios/friday-at-five-log.csv", rollout, "2021-09-24 20:00")
    believed = believing(rollout, learn_so_far(rollout, so_far))
    at_work = int((so_far.past.log.state[so_far.past.last_lines] == State.TRANSFER).sum())
    assert at_work > 20
    for run in range(3):
        log = play_once(believed, 1, run, world=run, past=so_far.past).log
        soon = (log.time > so_far.until) & (log.time <= so_far.until + 10)
        assert (soon & (log.state == State.VERIFY_PACKAGES)).sum() <= 1


@pytest.mark.slow
def test_processes_make_the_forecast_that_one_worker_makes(monkeypatch):
    module = importlib.import_module("fwsim.learning.under_way.forecast")
    made = []
    for workers, worth in ((1, 1), (2, 1), (2, 10**9)):
        monkeypatch.setattr(module, "WORTH_PROCESSES", worth)
        found = fwsim.forecast(
            office.rollout(), office.real_log(), at="2021-09-24 16:00", runs=24, workers=workers
        )
        made.append((str(found), found.now.as_data(), found.before.as_data()))
    assert made[0] == made[1] == made[2]


ANOTHER_IMAGE = """\
doubt: none
zone: UTC
start: 2018-08-20 08:00
horizon: 16 h
images:
  a: {name: a.idf, packages: [{name: a, version: "1", size: 60 MB}]}
  b: {name: b.idf, packages: [{name: a, version: "2", size: 60 MB}], missing: [a]}
firmware: {image_file: a.idf}
fleet: {units: {DE: {devices: 4, installed: old.idf}}}
changes: [{at: 2018-08-20 09:00, firmware: {image_file: b.idf}}]
commands: [{update: DE}, {update: DE, once: 2018-08-20 10:00}]
"""


@pytest.mark.parametrize(("clock", "done"), [("08:30", 1), ("10:00", 1), ("11:00", 0)])
def test_who_is_done_stays_so_until_a_later_command_ends_otherwise(clock, done):
    rollout = prepare(fwsim.loads(ANOTHER_IMAGE))
    log = play_once(rollout, 1, 0).log
    found = fwsim.forecast(rollout, log, at=f"2018-08-20 {clock}", runs=2, workers=1)
    assert found.done == done
    assert found.now.values("successful") == [0, 0]
