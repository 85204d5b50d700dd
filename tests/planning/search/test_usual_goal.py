"""What a plan is best by where nobody names a goal: when it is over, not how quick it is."""

from __future__ import annotations

import fwsim
from fwsim.measures.measure import read_measure
from fwsim.planning.search.default_search import searchable
from fwsim.planning.search.question import question_of
from fwsim.planning.search.result_in_words import verdict
from fwsim.planning.search.search import Search
from fwsim.planning.search.usual_goal import own_starts_in_words, usual_goal_in_words
from fwsim.run import prepare
from tests.planning import small_fleets

SINCE = "time from 2018-08-20 08:00 to 95 %"


def thin_line(**search):
    """Return a fleet behind a line that is quick from noon on: who starts then, is over later."""
    data = small_fleets.thin_line(60).as_data()
    data["search"] |= {"screening": 2, "finalists": 2, **search}
    data["network"]["sites"]["a"]["busy"] = {"daily 08:00-12:00": "60 %"}
    return fwsim.Scenario.model_validate(data)


def two_starts(**search):
    starts = ["2018-08-20 08:00", "2018-08-20 12:00"]
    return thin_line(turn={"start": starts}, **search)


def test_the_usual_goal_counts_from_the_earliest_start():
    assert question_of(prepare(two_starts(goals=[]))).goals == (read_measure(SINCE),)


def test_the_usual_goal_counts_from_the_start_where_there_is_one():
    for turn in ({"deferments": [0, 1]}, {"start": ["2018-08-20 09:00"], "deferments": [0, 1]}):
        assert question_of(prepare(thin_line(goals=[], turn=turn))).goals == (read_measure("t95"),)


def test_the_usual_goal_counts_from_the_first_start_where_waves_are_of_several_updates():
    data = small_fleets.waves(60).as_data()
    data["search"]["goals"] = []
    starts = {"DE/a": "2018-08-20 09:00", "DE/b": "2018-08-20 11:00"}
    for count, goal in ((1, "t95"), (2, "time from 2018-08-20 09:00 to 95 %")):
        updates = list(starts.items())[:count]
        data["commands"] = [{"update": unit, "once": at} for unit, at in updates]
        wished = fwsim.Scenario.model_validate(data)
        assert question_of(prepare(wished)).goals == (read_measure(goal),)


def test_the_usual_goal_counts_from_no_time_before_the_story_begins():
    turn = {"start": ["2018-08-20 07:00", "2018-08-20 12:00"]}
    assert question_of(prepare(thin_line(goals=[], turn=turn))).goals == (read_measure(SINCE),)


def test_a_scenario_without_a_search_is_searched_for_the_earliest_end():
    plain = thin_line().model_copy(update={"search": None})
    assert question_of(prepare(searchable(plain))).goals == (read_measure(SINCE),)


def test_the_plan_that_is_over_first_is_selected_and_not_the_quickest():
    found = Search(two_starts(goals=[]), runs=50, seed=1).run(workers=1)
    starts = {trial.words["start"]: trial.of(read_measure(SINCE)) for trial in found.trials}
    assert found.chosen.words["start"] == "Mon 2018-08-20 08:00"
    quick = [time - 4 * 3_600_000 for time in starts["Mon 2018-08-20 12:00"]]
    assert max(quick) < min(starts["Mon 2018-08-20 08:00"])
    assert not any("own start" in line for line in verdict(found))


def test_a_goal_that_counts_from_each_plans_own_start_says_so():
    [line] = own_starts_in_words(two_starts(), [read_measure("t95"), read_measure("prompts")])
    assert line == (
        "time to 95 % counts from each plan's own start, so a plan that starts late may be the "
        f'best by it; for the earliest end ask for "{SINCE}".'
    )


def test_a_goal_of_a_part_is_asked_for_by_its_own_words():
    [line] = own_starts_in_words(two_starts(), [read_measure("time to 90 % of targeted in DE/A")])
    assert '"time from 2018-08-20 08:00 to 90 % of targeted in DE/A"' in line


def test_it_is_said_what_counts_where_nobody_says_so():
    told = usual_goal_in_words(two_starts(), are_limits=False)
    assert "after the earliest start, 2018-08-20 08:00, whenever" in told
    assert told.endswith("No limit is set, so it does not count what it asks of people and lines.")
    assert "start" not in usual_goal_in_words(
        thin_line(turn={"deferments": [0, 1]}), are_limits=True
    )
