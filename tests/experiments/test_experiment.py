"""Experiments: independent runs, the same wherever they are computed."""

from __future__ import annotations

import json
import math
import traceback
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module

import pytest

import fwsim
from fwsim.experiments.experiment import Experiment
from fwsim.experiments.run_spec import OwnMeasureError
from fwsim.measures.measure import read_measure
from fwsim.problems import InputError
from fwsim.results.run.measuring import value_of
from fwsim.results.statistics.sentences import runs_in_words

ASKED = {
    "fleet": {"units": {"DE": {"devices": 30}}},
    "people": {"default": {"answer": {"now": "50 %", "defer": "30 %", "cancel": "5 %"}}},
    "firmware": {"reminder": {"deferments": 2, "delays": ["15 min", "1 h"]}},
}


@pytest.fixture
def asking(scenario):
    return lambda **changes: scenario({"inform_user": "5 min"}, **ASKED, **changes)


def test_each_run_is_the_one_that_can_be_run_alone(asking):
    model = asking()
    answer = Experiment(model).run(4, workers=1)
    t90 = read_measure("t90")
    alone = [value_of(fwsim.simulate(model, replication=n).record, t90) for n in range(4)]
    assert answer.values(t90) == alone
    assert len(set(alone)) > 1


def test_more_runs_leave_the_first_ones_as_they_were(asking):
    few, many = (Experiment(asking()).run(count, workers=1) for count in (2, 5))
    assert few.values("prompts") == many.values("prompts")[:2]


def test_a_seed_names_the_experiment(asking):
    one, other = (Experiment(asking(), seed=seed).run(3, workers=1) for seed in (1, 2))
    assert one.values("prompts") != other.values("prompts")
    assert one.provenance["seed"] == 1


def saved(answer, folder):
    fwsim.save_answer(answer, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_answer_is_the_same_bytes_whatever_the_workers(asking, tmp_path):
    experiment = Experiment(asking())
    alone = saved(experiment.run(5, workers=1), tmp_path / "1")
    assert saved(experiment.run(5, workers=2), tmp_path / "2") == alone
    with ThreadPoolExecutor(2) as executor:
        assert saved(experiment.run(5, executor=executor), tmp_path / "3") == alone


def test_the_scenario_says_how_many_runs_and_what_else_to_measure(asking):
    expect = [{"successful by 2018-08-20 12:00": ">= 10 %"}]
    answer = Experiment(asking(replications=3, expect=expect)).run(workers=1)
    assert answer.runs == 3
    assert 0 < answer.estimate("successful by 2018-08-20 12:00").value < 1


def test_what_the_runs_did_not_look_at_is_told(asking):
    answer = Experiment(asking(), measures=["t75"]).run(2, workers=1)
    assert answer.estimate("t75").value > 0
    with pytest.raises(KeyError, match="did not look at 'time to 76 %'"):
        answer.estimate("t76")


def test_one_measure_or_group_that_is_asked_for_needs_no_list(asking, tmp_path):
    measure = "time to 75 %"
    for asked in (measure, read_measure(measure)):
        assert read_measure(measure) in Experiment(asking(), measures=asked).asked
        plans = [asking(), asking().renamed("other")]
        found = fwsim.compare(plans, replications=2, measures=asked, workers=1)
        assert found.asked == (read_measure(measure),)
    names = [path.name for path in fwsim.simulate(asking()).save(tmp_path / "run", by="site")]
    assert "by-site.csv" in names


def test_outcomes_that_did_not_occur_have_a_share_of_0(asking):
    answer = Experiment(asking()).run(2, workers=1)
    assert answer.estimate("outcome rejected").value == 0


def test_own_measures_are_functions_of_a_run(asking, tmp_path):
    own = {"lines": lambda record: len(record.log)}
    answer = Experiment(asking(), custom=own).run(3, workers=2)
    assert answer.custom_measures["lines"].value > 100
    assert "lines" in saved(answer, tmp_path)["replications.csv"].decode()


@pytest.mark.parametrize(
    ("measures", "part"),
    [
        (["successful in DE/Nowhere"], "unknown organisational unit"),
        (["peak link utilisation of Nowhere"], "no device is at a site"),
        (["successful by 2017-01-01 00:00"], "before the start"),
    ],
)
def test_measures_that_lead_nowhere_are_refused(asking, measures, part):
    with pytest.raises(InputError, match=part):
        Experiment(asking(), measures=measures)


@pytest.mark.parametrize("count", [0, -1, 10**9])
def test_an_absurd_number_of_runs_is_refused(asking, count):
    with pytest.raises(InputError, match="replications: error: expected a whole number from 1 to"):
        Experiment(asking()).run(count)


@pytest.mark.slow
def test_a_precision_adds_runs_until_the_interval_is_narrow(asking):
    answer = Experiment(asking()).run(until="prompts ± 1 at 90 %", workers=1)
    assert 30 < answer.runs < 400
    assert answer.estimate("prompts", 0.9).half_width <= 1
    earlier = [run.values[read_measure("prompts")] for run in answer.replications[:-1]]
    from fwsim.experiments.stopping_rule import is_enough

    assert answer.precision is not None
    assert not any(is_enough(earlier[:n], answer.precision) for n in range(30, answer.runs))


@pytest.mark.slow
def test_a_precision_takes_as_many_runs_whatever_the_workers(asking):
    experiment = Experiment(asking())
    runs = {experiment.run(until="prompts ± 4", workers=n).runs for n in (1, 2)}
    assert len(runs) == 1


def test_a_precision_of_what_is_never_reached_gives_up_at_once(asking):
    answer = Experiment(asking(faults={"installation": "50 %"})).run(until="t95 ± 1 min", workers=1)
    assert answer.runs == 30
    assert math.isinf(answer.estimate("t95").value)


def test_the_precision_of_a_quantile_adds_runs_until_it_is_known(asking):
    answer = Experiment(asking()).run(until="p90 of prompts ± 2 at 90 %", workers=1)
    assert 30 < answer.runs < 400
    assert "p90 of prompts ± 2 at 90 % reached" in runs_in_words(answer)
    few = Experiment(asking()).run(until="p90 of prompts ± 2 at 90 %", most=10, workers=1)
    assert "p90 of prompts ± 2 at 90 % not reached yet" in runs_in_words(few)


def test_a_precision_gives_up_at_the_most(asking):
    assert Experiment(asking()).run(until="prompts ± 0.001", most=12, workers=1).runs == 12


def test_ctrl_c_keeps_what_is_done(asking):
    def press(done, _total):
        if done == 3:
            raise KeyboardInterrupt

    answer = Experiment(asking()).run(20, workers=1, progress=press)
    assert (answer.runs, answer.requested, answer.interrupted) == (3, 20, True)


def test_ctrl_c_before_the_first_run_leaves_nothing(asking):
    class Dead(ThreadPoolExecutor):
        def submit(self, *_):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Dead(1) as executor:
        Experiment(asking()).run(3, executor=executor)


def test_ctrl_c_that_cuts_an_import_off_ends_all(asking, tmp_path, monkeypatch):
    (tmp_path / "half_there.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def press(done, _total):
        if done == 3:
            import_module("half_there")

    with pytest.raises(KeyboardInterrupt):
        Experiment(asking()).run(20, workers=1, progress=press)


def test_whole_logs_go_to_parquet(asking, tmp_path):
    import pandas as pd

    model = asking()
    Experiment(model).run(2, workers=2, logs=tmp_path)
    log = pd.read_parquet(tmp_path / "status-log-00001.parquet")
    pd.testing.assert_frame_equal(log, fwsim.simulate(model, replication=1).log)


def test_progress_is_told_after_every_run(asking):
    told = []
    Experiment(asking()).run(3, workers=1, progress=lambda *state: told.append(state))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_run_that_travels_back_is_small(scenarios):
    import pickle

    from fwsim.experiments.run_spec import RunSpec, replicate
    from fwsim.run import prepare

    rollout = prepare(fwsim.load(scenarios / "branch-offices.yaml"))
    assert len(replicate(RunSpec(pickle.dumps(rollout), 1), 0)) < 64 * 1024


def test_a_deterministic_rollout_has_exact_quantiles(scenario):
    answer = Experiment(
        scenario(
            {"devices_wait": "10 s"},
            fleet={"units": {"DE": {"devices": 20}}},
            network={"sites": {"default": {"link": "100 Gbit/s"}}},
            doubt="none",
        ),
        measures=["t100"],
    ).run(3, workers=1)
    # device k is commanded after 10 k seconds; all need the same 83 s
    last = {words: answer.estimate(words) for words in ("t50", "t90", "t95", "t100")}
    assert [found.value for found in last.values()] == [173_000, 253_000, 263_000, 273_000]
    assert all(found.low == found.high == found.value for found in last.values())
    assert answer.headline.startswith("In each of 3 runs 95 % of the devices")


def test_the_summary_is_json_without_infinities(asking, tmp_path):
    files = saved(Experiment(asking(faults={"installation": "50 %"})).run(3, workers=1), tmp_path)

    def refuse(name):
        raise AssertionError(name)

    data = json.loads(files["summary.json"], parse_constant=refuse)
    never = next(row for row in data["measures"] if row["measure"] == "time to 95 %")
    assert (never["value"], never["reached"]) == (None, 0)


def first_then(value):
    """Return a measure that is 1 in the first run and comes to this in the next one."""
    runs = iter([lambda: 1.0, value])
    return {"mine": lambda _: next(runs)()}


def test_a_measure_of_ones_own_that_fails_is_named_with_its_run_and_its_error(asking):
    with pytest.raises(OwnMeasureError) as caught:
        Experiment(asking(), custom=first_then(lambda: 1 / 0)).run(3, workers=1)
    told = "your own measure 'mine' failed in replication 1: ZeroDivisionError: division by zero"
    assert str(caught.value) == f"error: {told}"
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.answer.custom_measures["mine"].value == 1


@dataclass
class FailsIn:
    """A measure that fails in the run of a log, and in no other."""

    time: list[int]

    def __call__(self, record):
        if record.log.time.tolist() == self.time:
            raise ValueError("late")
        return 1.0


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor, ProcessPoolExecutor])
def test_what_the_runs_before_a_failure_came_to_does_not_hang_on_who_is_faster(asking, executor):
    model = asking()
    own = {"mine": FailsIn(fwsim.simulate(model, replication=5).record.log.time.tolist())}
    experiment = Experiment(model, custom=own)
    with pytest.raises(OwnMeasureError, match="failed in replication 5") as caught:
        experiment.run(8, workers=2, executor=executor and executor(2))
    assert len(caught.value.answer.replications) == 5
    assert "in __call__" in "".join(traceback.format_exception(caught.value))


class Speechless(Exception):  # noqa: N818 - it is none that anybody means
    """What fails again where it is to be told."""

    def __str__(self):
        raise RuntimeError

    __repr__ = __float__ = __str__


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (lambda _: Speechless(), "returned Speechless in replication 0"),
        (lambda _: (_ for _ in ()).throw(Speechless()), "replication 0: Speechless$"),
        (lambda _: int("x\n" * 1000 + "\x1b"), r"ValueError: invalid literal.{0,200}…$"),
    ],
)
def test_a_failure_that_cannot_be_told_is_told_all_the_same(asking, measure, told):
    with pytest.raises(OwnMeasureError, match=told) as caught:
        Experiment(asking(), custom={"mine": measure}).run(1, workers=1)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("value", [math.nan, -math.inf, None, "much", 10**400])
def test_a_measure_of_ones_own_that_is_no_number_is_not_taken_for_one(asking, value):
    with pytest.raises(OwnMeasureError, match=r"returned .* in replication 1; expected a number"):
        Experiment(asking(), custom=first_then(lambda: value)).run(3, workers=1)


def test_a_measure_of_ones_own_that_is_never_reached_is_told_as_that(asking):
    answer = Experiment(asking(), custom=first_then(lambda: math.inf)).run(2, workers=1)
    assert answer.custom_measures["mine"].most == math.inf
    assert "not reached" in str(answer.own_cells("mine"))


@pytest.mark.parametrize("name", ["WAN bytes", "wan  bytes", "t95", "replication"])
def test_a_measure_of_ones_own_is_not_called_as_one_of_fwsims(asking, name):
    with pytest.raises(InputError, match="call yours something else"):
        Experiment(asking(), custom={name: lambda run: len(run.log)})
