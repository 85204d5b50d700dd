"""What may go wrong with a plan, in one sentence."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from fwsim.experiments.experiment import Experiment
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import Measure
from fwsim.results.output.console_answer import print_answer
from fwsim.results.statistics.answer import Answer
from fwsim.results.statistics.risk import risk_in_words
from tests.results.small_rollout import small_answer


def answer(runs, *expect):
    """The answer of so many runs, with other expectations."""
    made = small_answer(20)
    setting = replace(made.setting, expect=expect)
    return Answer(setting, made.replications[:runs], provenance=made.provenance)


KEPT, HALF, MISSED = ("successful", ">= 1 %"), ("t50", "<= 45 min"), ("t95", "<= 1 h")


@pytest.mark.parametrize(
    ("runs", "expect", "told"),
    [
        (1, (MISSED,), "One run says nothing of the risk"),
        (20, (KEPT, MISSED), "in 20 of 20 runs time to 95 % is not ≤ 1 h 00 min"),
        (20, (KEPT,), "none of the runs misses what is expected; 19 rollouts in 20"),
        (20, (), "The risk: 19 rollouts in 20 end with at least"),
        (6, (), "in the worst of 6 runs"),
    ],
)
def test_the_worst_comes_first(runs, expect, told):
    assert told in risk_in_words(answer(runs, *expect))


def test_of_two_that_are_missed_the_one_that_is_missed_more_often_is_told():
    both = risk_in_words(answer(20, HALF, MISSED))
    assert risk_in_words(answer(20, MISSED, HALF)) == both
    assert "time to 95 %" in both


def test_the_worst_of_few_runs_is_told():
    few = answer(6)
    assert f"runs {100 * min(few.values('successful')):.1f} % of" in risk_in_words(few)


def test_runs_that_all_agree_are_told_as_they_are():
    alike = [
        replace(run, values={**run.values, Measure(Kind.SUCCESSFUL): 1.0})
        for run in small_answer(20).replications
    ]
    made = answer(20)
    told = risk_in_words(Answer(made.setting, alike, provenance=made.provenance))
    assert told == (
        "The risk: how many get it is the same in every run; each ends with 100.0 % of the "
        "targeted devices successful."
    )
    kept = replace(made.setting, expect=(KEPT,))
    assert "misses what is expected; each ends with 100.0 %" in risk_in_words(
        Answer(kept, alike, provenance=made.provenance)
    )


def test_where_no_device_needs_the_update_no_failure_is_told(scenario):
    up_to_date = scenario(fleet={"units": {"DE": {"devices": 2, "installed": "new.idf"}}})
    found = Experiment(up_to_date).run(2, workers=1)
    assert risk_in_words(found) == "The risk: none; no targeted device needs the update."


@pytest.mark.parametrize("runs", [2, 20])
def test_where_no_device_is_targeted_that_is_told_and_no_time(scenario, runs):
    of_nobody = scenario({"update": {"group": "Device type = LES"}})
    found = Experiment(of_nobody).run(runs, workers=1)
    assert found.headline == f"In each of {runs} runs no device is targeted"
    assert risk_in_words(found) == "The risk: no device is targeted."
    told = Console(record=True, width=200, file=StringIO())
    print_answer(found, told)
    text = told.export_text()
    assert "is due" not in text
    assert "Successful after" not in text


def test_in_how_many_runs_no_device_is_targeted_is_told(scenario):
    """The group is of those that have drawn an image: half of the runs have nobody in it."""
    units = {"DE": {"devices": 1, "installed": {"old.idf": "50 %", "older.idf": "50 %"}}}
    by_luck = scenario({"update": {"group": "IDF name = older.idf"}}, fleet={"units": units})
    found = Experiment(by_luck).run(20, workers=1)
    nobody = sum(not run.targeted for run in found.replications)
    assert 0 < nobody < 20
    assert found.headline.endswith(
        f"; in {nobody} of 20 runs no device is targeted; they count as 0.0 % successful, and as "
        "never there"
    )
