"""What a search says of the plan as it is written, which need not be among those searched."""

from __future__ import annotations

from dataclasses import replace

import pytest

import fwsim
from fwsim.experiments.run_spec import RunSpec, values_of_run
from fwsim.messages import GERMAN, say, speaking
from fwsim.planning.search import candidate_runs
from fwsim.planning.search.as_written import as_written_in_words
from fwsim.planning.search.candidate_runs import CandidateRuns
from fwsim.planning.search.search import Search
from fwsim.planning.search.search_files import search_files
from fwsim.run import prepare
from tests.planning import small_fleets

TURN = {"deferments": [0, 1]}
LIMIT = {"most prompts on one device": "<= 2"}


@pytest.fixture(scope="module")
def search():
    """Return a search among plans with fewer deferments than are written."""
    data = small_fleets.people(60).as_data()
    data["firmware"] = {"reminder": {"deferments": 3, "delays": ["30 min"]}}
    data["search"] |= {"turn": TURN, "limits": [LIMIT]}
    return Search(fwsim.Scenario.model_validate(data))


@pytest.fixture(scope="module")
def found(search):
    return search.run(workers=1)


def test_the_plan_as_written_meets_the_runs_that_the_found_plan_is_told_by(search, found):
    """Nothing told whether the found plan is any better than what was written."""
    scenario = found.space.scenario
    order = RunSpec(prepare(scenario), scenario.seed, found.question.measures)
    assert found.written.values.keys() == found.chosen.values.keys()
    number = min(found.written.values)
    assert found.written.values[number] == values_of_run(order, number)
    assert found.written.choice not in {trial.choice for trial in found.trials}
    assert search.runs_kept == found.spent + found.written.runs  # these are beside the budget
    assert found.spent <= found.question.runs


def test_what_is_selected_and_comes_to_the_plan_as_written_is_played_once(monkeypatch):
    """It was played twice where the written plan leaves out what a search parameter says."""
    played = []

    def values(job):
        played.append(job)
        return dict.fromkeys(job[0].measures, 0.0)

    def in_order(jobs, _work, **_):
        return map(values, jobs)

    monkeypatch.setattr(candidate_runs, "all_in_order", in_order)
    data = small_fleets.people(50).as_data()
    data["firmware"] = {}
    data["search"] |= {"turn": {"deferments": [0]}, "limits": []}
    search = Search(fwsim.Scenario.model_validate(data))
    found = search.run(workers=1)
    assert found.chosen.values == found.written.values
    assert len(played) == search.runs_kept == found.spent


def test_it_is_told_how_much_better_the_found_plan_is_and_what_the_written_one_breaks(found):
    heading, goal, *rest = as_written_in_words(found)
    assert heading.startswith(f"The plan as it is written, in the same {found.written.runs} held")
    assert "; under the plan above: " in goal
    assert [d.measure for d in found.against_written] == list(found.question.goals)
    assert "most prompts on one device: <= 2: 4 notices, kept in 0 of " in "\n".join(rest)
    *_, broken, why = rest
    assert broken == "  It does not keep most prompts on one device: <= 2 (in 95 % of the runs)."
    assert why.startswith("  Why not most prompts on one device: <= 2: in runs that miss it, ")
    assert heading in found._repr_html_()
    with speaking(GERMAN):
        assert as_written_in_words(found)[0].startswith("Der Plan, wie er geschrieben ist, in ")
        assert "," not in say("plan.as_written")  # it stands in the midst of sentences
    assert "search.json" in search_files(found)


def test_a_plan_that_comes_to_the_same_as_what_is_written_is_told_as_that(found):
    alike = replace(found, written=found.chosen)
    told = f"The plan as it is written comes to the same in each of these {found.chosen.runs} held"
    assert [line[: len(told)] for line in as_written_in_words(alike)] == [told]
    assert as_written_in_words(replace(found, written=None, interrupted=True)) == []


def test_ctrl_c_in_the_last_runs_leaves_the_search_whole(search, found, monkeypatch):
    """It is decided by then; nothing was handed over, and without a study all was lost."""

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(CandidateRuns, "make_beside", stopped)
    whole = search.run(workers=1)
    assert not whole.interrupted
    assert whole.written is None
    assert whole.chosen == found.chosen
    assert as_written_in_words(whole) == [
        "Stopped before the plan as it is written had its runs; all else is whole."
    ]


def test_where_none_keeps_the_limits_the_written_one_may(found):
    """The lists leave out what it has; who reads that none keeps them would write it anew."""
    none = replace(found, outcome=None, fallen=found.written, written=found.chosen)
    *_, kept = as_written_in_words(none)
    assert kept.startswith(f"  It kept every limit in {none.written.runs} of ")
