"""The search for a plan: on fleets where every plan can be tried, it finds the best."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

import fwsim
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.interrupts import stoppable
from fwsim.measures.measure import read_measure
from fwsim.messages import GERMAN, speaking
from fwsim.planning.bounds.in_doubt import FeasibilityInDoubt
from fwsim.planning.search.candidate import Candidate, beats, pareto_front
from fwsim.planning.search.final import Decision
from fwsim.planning.search.last_word import UNTOUCHED
from fwsim.planning.search.looking import Ended
from fwsim.planning.search.picture import picture_points
from fwsim.planning.search.plans_table import table
from fwsim.planning.search.result_in_words import promise_in_words, verdict
from fwsim.planning.search.search import Search
from fwsim.planning.search.search_result import SearchResult
from fwsim.planning.search.study import Study
from fwsim.problems import InputError
from fwsim.results.statistics.difference import difference
from fwsim.run import prepare, provenance
from tests.planning import small_fleets

RUNS = 30
BEST = {
    small_fleets.thin_line: (4, 0, 2, 0),
    small_fleets.people: (3, 0, 0, 0),
    small_fleets.waves: (0, 2, 0, 1),
}
"""The best plan of each small fleet; `make verify` tries all of them to see that it is."""
fleets = pytest.mark.parametrize("make", [*BEST], ids=lambda make: make.__name__)


def played(search, choices):
    """Return plans with all their runs, under a seed no search uses."""
    found = {}
    for choice in choices:
        trial = Candidate(choice, search.space.words(choice))
        order = RunSpec(search.space.rollout(choice), 99, search.question.measures)
        trial.values = {n: values_of_run(order, n) for n in range(RUNS)}
        values = trial.by_measure(search.question.measures)
        trial.losses = tuple(search.question.losses(values))
        trial.violation = search.question.violation(values)
        found[choice] = trial
    return found


def searches_that_find_the_best(make, seeds):
    """Return how many searches find a plan that is not known to be worse than the best."""
    everything = Search(make(100), seed=99)
    budget = len([*everything.space.choices()]) * RUNS // 10
    goal = everything.question.goals[0]
    hits = 0
    for seed in range(seeds):
        found = Search(make(budget), seed=seed).run(workers=1)
        assert found.spent <= budget
        plans = played(everything, {found.chosen.choice, BEST[make]})
        chosen, best = plans[found.chosen.choice], plans[BEST[make]]
        apart = difference(goal, chosen.of(goal), best.of(goal))
        hits += chosen.violation == 0 and apart.low <= 0
    return hits


def test_the_search_finds_the_best_plan_with_a_tenth_of_the_runs():
    """The seed is fixed, so there is no false alarm."""
    assert searches_that_find_the_best(small_fleets.thin_line, 1) == 1


@pytest.mark.slow
@fleets
def test_nineteen_of_twenty_searches_find_the_best_plan(make):
    assert searches_that_find_the_best(make, 20) >= 19


@pytest.mark.slow
@fleets
def test_the_best_plan_is_the_best_of_all(make):
    search = Search(make(100), seed=99)
    plans = played(search, search.space.choices())
    assert plans[BEST[make]].keeps_limits
    assert plans[BEST[make]].losses == min(p.losses for p in plans.values() if p.keeps_limits)


@pytest.mark.slow
def test_what_is_found_does_not_depend_on_the_workers(found):
    again = Search(small_fleets.people(100)).run(workers=2)
    assert again.chosen == found.chosen
    assert again.trials == found.trials
    assert again.outcome == found.outcome


def test_the_chosen_plan_is_told_by_runs_it_was_not_chosen_by(found):
    assert min(found.chosen.values) >= UNTOUCHED
    assert found.chosen.runs == 12
    assert found.promise[0] == found.kept / found.chosen.runs


def test_how_much_better_another_plan_may_be_is_told_in_points_where_shares_are_sought(found):
    question = replace(found.question, goals=(read_measure("successful"),), limits=())
    trial = Candidate(
        (), {}, values={n: {question.goals[0]: 0.9} for n in (UNTOUCHED, UNTOUCHED + 1)}
    )
    selection = replace(found.outcome.selection, within=0.033, is_without_noise=False)
    outcome = Decision(trial, trial, selection, (trial, trial))
    told, *_ = promise_in_words(replace(found, question=question, outcome=outcome))
    assert "is more than 3.3 points better in successful." in told


def test_the_front_holds_what_no_other_plan_beats(found):
    front = found.front
    assert all(trial.keeps_limits for trial in front)
    goals = found.question.goals
    for b in front:
        for a in (trial for trial in found.trials if trial.keeps_limits):
            runs = sorted(a.values.keys() & b.values.keys())
            one, other = (
                found.question.losses({g: [t.values[n][g] for n in runs] for g in goals})
                for t in (a, b)
            )
            assert not beats(one, other)


def test_ctrl_c_that_cuts_an_import_off_ends_all(tmp_path, monkeypatch):
    (tmp_path / "half_there.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    search = Search(small_fleets.people(100))
    with pytest.raises(KeyboardInterrupt):
        search.run(workers=1, progress=lambda _: import_module("half_there"))


def test_ctrl_c_in_the_middle_of_a_batch_leaves_only_judged_plans(monkeypatch):
    calls = []

    def stopping(order, number):
        calls.append(number)
        if len(calls) == 25:
            raise KeyboardInterrupt
        return values_of_run(order, number)

    monkeypatch.setattr("fwsim.planning.search.candidate_runs.values_of_run", stopping)
    found = Search(small_fleets.people(100)).run(workers=1)
    assert found.interrupted
    assert found.spent == 24
    assert all(trial.losses for trial in found.trials if trial.runs)
    assert not any(trial.keeps_limits for trial in found.trials if not trial.runs)
    assert found.front is not None
    assert picture_points(found)
    assert len(table(found)) == len(found.trials)


def test_of_plans_that_bounds_rule_out_each_is_told_and_why_no_more_are_looked_at():
    """Else nobody could stop it while a batch of them is looked up."""
    data = small_fleets.thin_line(60).as_data()
    data["search"] |= {"limits": [{"successful by 2018-08-20 08:01": ">= 95 %"}]}
    told = []
    search = Search(fwsim.Scenario.model_validate(data), seed=3)
    found = search.run(workers=1, progress=told.append)
    looked_at = [where.plans for where in told if where.phase == "looking for plans"]
    assert sorted(set(looked_at)) == list(range(1, len(found.trials) + 1))
    assert found.impossible
    assert any(line.startswith("By its bounds the nearest of them is: ") for line in verdict(found))


def test_a_button_stops_a_search_before_its_first_run():
    """What bounds rule out is looked at first; of a large fleet that takes long."""
    looked_at = []

    def pressed():
        looked_at.append(1)
        raise KeyboardInterrupt

    search = Search(
        small_fleets.people(60), limits=["successful by 2018-08-24 00:00: >= 1 %"], runs=60
    )
    with stoppable(pressed):
        found = search.run(workers=1)
    assert found.interrupted
    assert found.spent == 0
    assert looked_at == [1]


@pytest.mark.slow
def test_plans_that_bounds_allow_are_found_among_many_that_they_rule_out():
    data = small_fleets.thin_line(60).as_data()
    data["search"] |= {"screening": 2, "limits": [{"successful by 2018-08-20 11:40": ">= 95 %"}]}
    data["search"]["turn"]["start"] = {
        "from": "2018-08-20 08:00",
        "to": "2018-08-20 22:00",
        "step": "5 min",
    }
    found = Search(fwsim.Scenario.model_validate(data), seed=3).run(workers=1)
    assert sum(bool(trial.ruled_out) for trial in found.trials) > 10
    assert not found.impossible
    assert found.spent > 10


def test_a_run_is_kept_once(tmp_path):
    study = Study(tmp_path / "study.sqlite", {"seed": "1"})
    measure = Search(small_fleets.people(100)).question.goals[0]
    study.keep("plan", 3, {measure: 1.0})
    study.keep("plan", 3, {measure: 2.0})
    study.keep("plan", 4, {measure: math.inf})
    assert study.values("plan", [measure]) == {3: {measure: 1.0}, 4: {measure: math.inf}}
    assert len(study) == 2


def test_limits_no_plan_can_keep_are_told_without_a_run():
    data = small_fleets.thin_line(100).as_data()
    del data["search"]["turn"]["start"]
    found = Search(
        fwsim.Scenario.model_validate(data), limits=["successful by 2018-08-20 08:02: >= 95 %"]
    ).run()
    assert found.chosen is None
    assert found.spent == 0
    assert "carries at most" in found.impossible[0].reason


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ({"goals": ["time to 195 %"]}, "out of range"),
        ({"runs": 20}, "runs: error: 20 runs are too few"),
        ({"goals": ["successful in DE/X"]}, "goals: error: unknown organisational unit 'DE/X'"),
        ({"limits": ["prompts 5"]}, "write a measure, a colon and a condition"),
        ({"limits": ["most promts on one device: <= 1"]}, "did you mean 'most prompts"),
        ({"limits": ["successful in DE/X: >= 95 %"]}, "unknown organisational unit 'DE/X'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(question, part):
    with pytest.raises(InputError, match=part):
        Search(small_fleets.people(100), **question)


def test_a_limit_in_one_line_may_hold_a_time_of_day():
    search = Search(
        small_fleets.people(100),
        limits=["successful by 2018-08-20 12:00: >= 50 % in 90 % of the runs"],
    )
    assert str(search.question.limits[-1]) == (
        "successful by 2018-08-20 12:00: >= 50 % in 90 % of the runs"
    )


def plan_of(number, *runs):
    found = Candidate((number,), {}, values=dict(enumerate(runs)))
    found.losses = means(runs)
    return found


def means(runs):
    return tuple(map(float, np.mean(runs, axis=0))) if len(runs) else ()


def test_plans_with_several_goals_make_a_front():
    one, two, three = plan_of(0, (1.0, 3.0)), plan_of(1, (2.0, 1.0)), plan_of(2, (2.0, 4.0))
    assert pareto_front([one, two, three], means) == [one, two]
    best = plan_of(3, (0.0, 0.0))
    best.violation = 0.1
    assert pareto_front([one, two, best], means) == [one, two]


def test_a_plan_with_few_runs_is_none_of_the_best_for_having_met_the_luckier_ones():
    """Run by run the second is worse, and its two runs are those in which both come to little."""
    lucky, unlucky = (10.0, 10.0), (20.0, 20.0)
    often = plan_of(0, lucky, lucky, unlucky, unlucky)
    seldom = plan_of(1, (11.0, 10.0), (11.0, 10.0))
    assert seldom.losses < often.losses
    assert pareto_front([often, seldom], means) == [often]
    same = plan_of(2, lucky, lucky)
    assert pareto_front([often, same], means) == [same, often]


def test_a_plan_that_is_none_of_the_best_still_beats_another():
    """Each pair has other runs in common, so that what beats the second does not beat the third."""
    one, two, three = plan_of(0, (1.0, 1.0)), plan_of(1, (2.0, 2.0), (0.0, 0.0)), plan_of(2)
    three.values, three.losses = {1: (0.5, 0.5)}, (0.5, 0.5)
    assert pareto_front([one, two, three], means) == [one]


def test_the_search_says_how_to_search_again(found):
    assert found.provenance["seed"] == found.space.scenario.seed
    rollout = prepare(small_fleets.people(100))
    engine = Search(rollout.scenario)._engine
    assert found.provenance["scenario_sha256"] == provenance(rollout, 1, engine)["scenario_sha256"]


def test_a_table_says_in_english_what_makes_no_plan_and_people_read_it_in_theirs():
    data = small_fleets.waves(60).as_data()
    data["search"]["turn"]["start"] = ["2018-08-20 08:00", "2018-08-20 22:00"]
    data["search"]["turn"]["waves"] |= {"number": [2], "apart": ["1 h", "3 h"]}
    with speaking(GERMAN):
        search = Search(fwsim.Scenario.model_validate(data))
        [fault] = [t for c in search.space.choices() if (t := search._looking.trial(c)).faults][:1]
        found = SearchResult(search.question, search.space, (fault,), None, 0, False)
        [ruled_out] = table(found)["ruled out"]
        assert table(found)["told by"].tolist() == [""]
        [told, *_] = verdict(found)
    assert verdict(found)[1:] == ["None of them can be played."]
    assert "lies after the horizon" in ruled_out
    assert len(set(ruled_out.split("; "))) == len(ruled_out.split("; "))  # of many commands one
    assert "liegt nach dem Horizont" in told


def test_how_much_optuna_tells_others_stays_as_it_was():
    import optuna

    optuna.logging.set_verbosity(optuna.logging.DEBUG)
    try:
        Search(small_fleets.people(50)).run(workers=1)
        assert optuna.logging.get_verbosity() == optuna.logging.DEBUG
    finally:
        optuna.logging.set_verbosity(optuna.logging.INFO)


def test_the_nearest_plan_is_told_to_count_from_its_own_start_too():
    """A late start looked as quick as an early one where no plan kept the limits."""
    search = Search(small_fleets.people(60), goals=["time to 95 %"], limits=["prompts: <= 40"])
    zero = (0,) * len(search.space.axes)
    run = dict.fromkeys(search.question.measures, 50.0)
    looked_at = Candidate(zero, search.space.words(zero), values={0: run}, violation=1.0)
    found = SearchResult(search.question, search.space, (looked_at,), None, 1, False)
    assert any("counts from each plan's own start" in line for line in verdict(found))


def ruled_out_by_bounds(choices, ended=Ended.NO_RUNS):
    """Return what a search with no run found: the verdict on so many plans that bounds rule out."""
    search = Search(small_fleets.people(60), limits=["successful by 2018-08-20 09:01: >= 99 %"])
    trials = tuple(search._looking.trial(c) for c in [*search.space.choices()][:choices])
    found = SearchResult(search.question, search.space, trials, None, 0, False, ended=ended)
    assert set(table(found)["told by"]) == {"bounds"}
    return verdict(found), len(trials) == search.space.size


def test_of_all_plans_is_told_only_where_all_were_looked_at():
    for ended in (Ended.NO_RUNS, Ended.ALL_RULED_OUT):
        told, are_all = ruled_out_by_bounds(2, ended)
        assert not are_all
        assert told[1].startswith("No plan looked at ")
    told, _ = ruled_out_by_bounds(2, Ended.ALL_LOOKED_AT)
    assert told[1].startswith("No plan that the search parameters allow ")


def test_of_plans_without_a_run_nothing_is_told():
    """It was told that none keeps the limits."""
    search = Search(small_fleets.people(60), limits=["prompts: <= 40"])
    zero = (0,) * len(search.space.axes)
    trials = (Candidate(zero, search.space.words(zero)),)
    found = SearchResult(search.question, search.space, trials, None, 0, True)
    assert verdict(found)[1:] == ["None of them has had a run."]


def test_limits_are_told_in_the_language_that_is_spoken():
    """Goals were German and limits were not: in question, verdict and bounds alike."""
    limit = "successful by 2018-08-20 09:00: >= 99.5 % in 90 % of the runs"
    with speaking(GERMAN):
        search = Search(small_fleets.waves(60), limits=[limit, "cancels: <= 0"])
        asked = search.question.words()
        zero = (0,) * len(search.space.axes)
        run = dict.fromkeys(search.question.measures, 0.5)
        looked_at = Candidate(zero, search.space.words(zero), values={0: run}, violation=1.0)
        found = SearchResult(search.question, search.space, (looked_at,), None, 1, False)
        bounds = FeasibilityInDoubt(search.space.as_written).bounds(search.question.limits)
        told = "\n".join([*verdict(found), *map(str, bounds)])
    for words in (asked, told):
        assert "erfolgreich bis 2018-08-20 09:00: >= 99,5 % in 90 % der Läufe" in words
        assert "successful" not in words
    assert "Abbrüche: <= 0" in asked
