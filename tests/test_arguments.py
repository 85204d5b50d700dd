"""What a program hands over is read as strictly as what stands on a command line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import simpy

import fwsim
from fwsim.arguments import a, several, taking
from fwsim.messages import speaking
from fwsim.observations.reading import read_observed
from tests.shipped import SCENARIOS

STORY = next(path for path in SCENARIOS if path.stem == "manual-example")
NO_WHOLE_NUMBERS = [-1, 1.5, 1.0, float("nan"), "abc", "1", True, [1], b"1", 2**64 + 1, np.True_]
NO_PATHS = [5, True, b"x", "", "a\0b", [], object()]
NO_LISTS = ["time to 95 %", b"x", 5, {"a": 1}]
NO_INSTANTS = ["now", 5, datetime(2021, 11, 5), None]


@pytest.fixture(scope="module")
def answer():
    return fwsim.Experiment(STORY).run(2, workers=1)


@pytest.fixture(scope="module")
def experiment():
    return fwsim.Experiment(STORY)


def refused(place, function, *args, **kwargs):
    with pytest.raises(fwsim.InputError) as caught:
        function(*args, **kwargs)
    assert [problem.source for problem in caught.value.problems] == [place]
    assert "expected" in str(caught.value)
    return caught.value.problems[0].message


@pytest.mark.parametrize("number", NO_WHOLE_NUMBERS)
def test_a_whole_number_is_one_and_in_its_range(number, experiment, answer):
    pair = [STORY, STORY]
    refused("seed", fwsim.simulate, STORY, seed=number)
    refused("replication", fwsim.simulate, STORY, replication=number)
    refused("until", fwsim.simulate, STORY, until=number)
    refused("seed", fwsim.Experiment, STORY, seed=number)
    for place in ("replications", "most", "stop_at", "workers", "crossed"):
        refused(place, experiment.run, **{place: number})
    for place in ("replications", "seed", "workers"):
        refused(place, fwsim.compare, pair, **{place: number})
    for place in ("draws", "lucks", "runs", "seed", "workers"):
        refused(place, fwsim.spread, STORY, **{place: number})
    for place in ("runs", "seed", "workers"):
        refused(place, fwsim.plan, STORY, **{place: number})
        refused(place, fwsim.forecast, STORY, "log.csv", **{place: number})
    for place in ("rows", "seed"):
        refused(place, fwsim.learn, STORY, "log.csv", **{place: number})
    refused("most", fwsim.figures.site_heat_map, answer, most=number)


@pytest.mark.parametrize("number", [1, np.int64(1), np.uint8(1)])
def test_a_whole_number_of_numpys_is_one(number):
    assert fwsim.simulate(STORY, seed=number).provenance["seed"] == 1
    assert type(fwsim.simulate(STORY, seed=number).provenance["seed"]) is int


@pytest.mark.parametrize("path", NO_PATHS)
def test_a_path_is_a_name(path, answer):
    refused("scenario", fwsim.simulate, path)
    refused("scenario", fwsim.warnings_of, path)
    refused("scenario", fwsim.Experiment, path)
    refused("scenario", fwsim.plan, path)
    refused("path", fwsim.load, path)
    refused("folder", fwsim.load_answer, path)
    refused("folder", fwsim.save_answer, answer, path)
    refused("folder", answer.to_parquet, path)
    refused("ledger", fwsim.score, path, "log.csv", scored_at=datetime.now(UTC))


@pytest.mark.parametrize("values", NO_LISTS[1:])
def test_goals_limits_and_measures_are_one_or_a_list(values):
    refused("goals", fwsim.plan, STORY, goals=values)
    refused("limits", fwsim.Search, STORY, limits=values)
    refused("measures", fwsim.Experiment, STORY, measures=values)
    refused("measures", fwsim.compare, [STORY, STORY], measures=values)
    refused("measures", fwsim.spread, STORY, measures=values)
    refused("measures", fwsim.forecast, STORY, "log.csv", measures=values)


@pytest.mark.parametrize("words", ["t95", "x", ["time to 95 %", "x"]])
def test_a_measure_is_read_whole_and_never_letter_by_letter(words):
    doors = (
        partial(fwsim.compare, [STORY, STORY]),
        partial(fwsim.spread, STORY),
        partial(fwsim.forecast, STORY, "no-such-log.csv"),
    )
    for door in doors:
        with pytest.raises(fwsim.InputError) as caught:
            door(measures=words, workers=0)
        told = [p for p in caught.value.problems if p.source == "measures"]
        assert [p.message for p in told] == (
            [] if words == "t95" else ["'x' is not a measure; docs/measures.md lists them all"]
        )


def test_one_time_needs_no_list(answer, tmp_path):
    ledger = tmp_path / "l.sqlite"
    fwsim.keep_forecast(answer, ledger, made_at=datetime(2018, 8, 20, tzinfo=UTC))
    fwsim.simulate(STORY).save(tmp_path / "run")
    score = partial(fwsim.score, ledger, tmp_path / "run", scored_at=datetime.now(UTC))
    by = datetime(2018, 8, 20, 11, 30)
    events = score(by=by).scored[0].events
    assert events
    assert events == score(by=[by]).scored[0].events


def test_what_is_drawn_or_written_beside_is_asked_for_one_by_one(answer, tmp_path):
    plans = partial(fwsim.figures.plans, [])
    for measures in ("t95", 5, ["t95"], ["t95", "t90", "t50"]):
        assert "two measures" in refused("measures", plans, measures)
    refused("measures", plans, ["t95", 5])
    under_way = partial(fwsim.figures.under_way, answer, answer, None)
    for windows in ("x", 5, [5], [(0,)], [(0, 1.5)]):
        with pytest.raises(fwsim.InputError, match=r"windows: error: .*expected"):
            under_way(windows=windows)
    refused("A", fwsim.figures.hindsight, {"A": 5})
    refused("forecasts", fwsim.figures.hindsight, {5: answer})
    refused("a.csv", fwsim.save_answer, answer, tmp_path, beside={"a.csv": 5})
    refused("a", fwsim.save_answer, answer, tmp_path, more={"a": 5})


def test_one_goal_and_one_limit_need_no_list():
    scenario = next(path for path in SCENARIOS if path.stem == "find-the-window")
    search = fwsim.Search(scenario, goals="time to 90 %", limits="successful: >= 90 %")
    assert [goal.name for goal in search.question.goals] == ["time to 90 %"]
    assert "successful" in {limit.measure.name for limit in search.question.limits}


def test_an_unknown_keyword_is_told_with_the_function():
    with pytest.raises(TypeError, match=r"simulate\(\) got an unexpected keyword"):
        fwsim.simulate(STORY, seeed=3)


@pytest.mark.parametrize("values", NO_LISTS)
def test_times_are_no_single_text(values):
    now = datetime.now(UTC)
    refused("by", fwsim.score, "ledger.sqlite", "log.csv", scored_at=now, by=values)


@pytest.mark.parametrize("settings", ["seed=3", b"seed=3", 5, [5], {5: 1}, {None: 1}])
def test_settings_are_a_map_or_a_list_and_are_not_repeated(settings):
    told = refused("settings", fwsim.load, STORY, settings=settings)
    assert "seed" not in told


@pytest.mark.parametrize("time", NO_INSTANTS)
def test_the_time_of_a_forecast_has_a_zone(time, answer, tmp_path):
    refused("scored_at", fwsim.score, "ledger.sqlite", "log.csv", scored_at=time)
    refused("made_at", fwsim.keep_forecast, answer, tmp_path / "l.sqlite", made_at=time)
    assert not list(tmp_path.iterdir())


def test_times_for_chances_are_times():
    score = partial(fwsim.score, "ledger.sqlite", "log.csv", scored_at=datetime.now(UTC))
    refused("by", score, by=["2021-11-05 20:30"])
    refused("until", score, until="2021-11-05 20:30")


def test_objects_are_of_their_class(experiment, answer, tmp_path):
    refused("scenario", fwsim.dumps, STORY)
    refused("answer", fwsim.save_answer, fwsim.simulate(STORY), tmp_path)
    refused("scores", fwsim.keep_what_happened, answer, tmp_path / "l.sqlite")
    refused("under_way", fwsim.what_if, answer, "alternative.yaml")
    refused("custom", fwsim.Experiment, STORY, custom={"own": 5})
    refused("executor", experiment.run, 2, executor=5)
    refused("executor", experiment.run, 2, executor=ThreadPoolExecutor)
    refused("progress", experiment.run, 2, progress=5)
    refused("form", fwsim.save_answer, answer, tmp_path, "cvs")
    refused("ax", fwsim.figures.completion, answer, 5)
    refused("answer", fwsim.figures.completion, fwsim.simulate(STORY))
    refused("level", answer.estimate, "time to 95 %", 95)
    refused("measure", answer.forecast, 5)


def test_a_table_in_the_place_of_a_log_is_named_by_its_kind():
    table = fwsim.simulate(STORY).log
    with pytest.raises(fwsim.InputError, match=r"got DataFrame$"):
        fwsim.forecast(STORY, table)


def test_an_environment_that_somebody_has_played_on_is_refused():
    refused("env", fwsim.simulate, STORY, env=simpy.Environment(5))
    refused("env", fwsim.simulate, STORY, env=5)


@pytest.mark.parametrize("value", [1e20, -1e20, 3e14])
def test_a_moment_that_no_calendar_has_is_refused(answer, value):
    assert "milliseconds" in refused("value", answer.moment, value)


def test_what_a_search_is_asked_for_is_named_as_it_was_given():
    """No option of a command line, which nobody has typed."""
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.plan(STORY, goals="no goal", limits="no limit", runs=10)
    assert [one.source for one in caught.value.problems[:3]] == ["goals", "limits", "runs"]


def test_what_lies_in_the_way_of_a_folder_is_told(experiment, answer, tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for write in (answer.to_parquet, partial(experiment.run, 2, logs=file)):
        with pytest.raises(fwsim.InputError, match="cannot write there"):
            write(file) if write == answer.to_parquet else write()


def test_a_key_of_pseudonyms_is_never_repeated(tmp_path):
    for key in (b"hidden from all", "", 17):
        assert "hidden" not in refused("pseudonymise", read_observed, "log.csv", pseudonymise=key)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.simulate(STORY, seed=-1, replication=1.5)
    assert [problem.source for problem in caught.value.problems] == ["seed", "replication"]


def test_an_entry_of_a_list_is_told_with_its_number():
    @taking(names=several("paths", a("text", str)))
    def count(names: list[str]) -> int:
        return len(names)

    assert count(name for name in "abc") == 3
    with pytest.raises(fwsim.InputError, match="names: error: 1: expected a text; got 5"):
        count(["a", 5])


def test_arguments_are_refused_in_german_too():
    with speaking("de"):
        told = refused_in_german()
    assert told == "erwartet: eine ganze Zahl von 0 bis 9223372036854775807; war 1.5"


def refused_in_german() -> str:
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.simulate(Path(STORY), seed=1.5)
    return caught.value.problems[0].message


@pytest.mark.parametrize("key", ["seed", "replications", "network.repository.connections"])
def test_a_truth_value_in_a_scenario_is_no_number(key):
    with pytest.raises(fwsim.InputError, match="expected a whole number"):
        fwsim.load(STORY, settings={key: True})
