"""The Find tab, its model and its widgets; no browser and no kernel needed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import fwsim
from fwsim.measures.catalogue import Unit
from fwsim.measures.measure import read_measure
from fwsim.notebook.plan import Plan
from fwsim.planning.levers import Levers, turned
from fwsim.planning.search.default_search import searchable
from tests.planning import small_fleets

pytest.importorskip("ipywidgets")

from fwsim.messages import speaking
from fwsim.notebook.finding import Finding
from fwsim.notebook.found.plans import FoundPlans, Listing, _range
from fwsim.notebook.found.scales import scale_for
from fwsim.notebook.found.widget import FoundView
from fwsim.notebook.planner_view import PlannerView
from fwsim.results.statistics.estimate import estimate


@pytest.fixture(scope="module")
def searched():
    """A search on the desk of a plan, done."""
    finding = Finding(Plan(small_fleets.people(60)))
    finding.start(finding.usual_goals, finding.usual_limits, 60, workers=1)
    finding.wait()
    return finding


def test_goals_and_limits_stand_there_in_words():
    finding = Finding(Plan(small_fleets.people(60)))
    assert finding.usual_goals == ["user time lost", "prompts"]
    assert finding.usual_limits[1] == "most prompts on one device: <= 3"
    assert finding.hint == ""


def test_what_is_found_is_picked(searched):
    assert searched.result.chosen is not None
    assert searched.picked == searched.result.chosen
    assert any(line.startswith("Selected: start") for line in searched.words())


def test_a_picked_plan_is_put_into_the_command_list(searched):
    other = next(
        t for t in searched.result.trials if t.choice != searched.result.chosen.choice and t.runs
    )
    searched.pick(other)
    assert searched.words()[0].startswith("Picked: start")
    searched.put_on_the_desk()
    expected = searched.result.plan(other)
    on_desk = searched.plan.scenario()
    assert [c.command() for c in on_desk.commands] == [c.command() for c in expected.commands]
    assert on_desk.firmware.settings() == expected.firmware.settings()
    searched.pick(searched.result.chosen)
    kept = next(line for line in searched.words() if line.startswith("Count on it to keep every "))
    assert "held-out" in kept
    assert "The plan as it is written, " in "\n".join(searched.words())


def test_the_table_shows_plans_that_have_no_use_for_a_parameter_of_others(searched):
    """The selected plan has it, so the table has its column."""
    chosen = searched.result.chosen
    name = next(iter(chosen.words))
    trials = [
        t if t.choice == chosen.choice else replace(t, words={**t.words, name: "none"})
        for t in searched.result.trials
    ]
    last = max(at for at, t in enumerate(trials) if t.runs and t.choice != chosen.choice)
    lacks = {other: word for other, word in trials[last].words.items() if other != name}
    trials[last] = replace(trials[last], words=lacks)
    plans = FoundPlans(replace(searched.result, trials=tuple(trials)))
    listing = Listing(is_whole=True)
    assert ["", "", ""] in [row["cells"][0] for row in plans.table(listing)["rows"]]


def test_the_selected_plan_stands_in_the_table_with_its_held_out_runs(searched):
    rows = FoundPlans(searched.result).table(Listing(is_whole=True))["rows"]
    runs = str(searched.result.chosen.runs)
    assert [row["look"] for row in rows if row["cells"][-1] == [runs, "", "held out"]] == ["chosen"]


def test_plans_judged_in_another_world_are_forgotten():
    finding = Finding(Plan(small_fleets.people(60)))

    def learn():
        finding.plan.lay(finding.plan.base.model_copy(update={"seed": finding.plan.base.seed + 1}))

    finding.start(finding.usual_goals, [], 60, workers=1)
    finding.wait()
    assert finding.result is not None
    learn()
    assert (finding.result, finding.picked) == (None, None)
    finding.observe(lambda change: change["new"] and learn(), "where")
    finding.start(finding.usual_goals, [], 60, workers=1)
    finding.wait()
    assert finding.result is None


def test_line_shares_and_proxies_become_levers():
    plan = Plan(small_fleets.waves(60))
    model = fwsim.Scenario.model_validate(
        {**plan.base.as_data(), "search": {"turn": {"link_share": ["50 %"], "proxies": [True]}}}
    )
    finding = Finding(Plan(model))
    finding.start(["time to 95 %"], [], 60, workers=1)
    finding.wait()
    finding.put_on_the_desk()
    assert finding.plan.levers.link_share == 0.5
    assert finding.plan.levers.proxies is True
    assert finding.plan.scenario() == turned(
        model, finding.result.space.levers(finding.picked.choice)
    )


def test_what_lies_on_the_desk_is_searched_with_its_levers():
    plan = Plan(small_fleets.waves(60))
    plan.turn(Levers(link_share=0.5, proxies=True))
    plan.remind(2, (1_800_000,))
    desk = plan.scenario()
    finding = Finding(plan)
    finding.start(["time to 95 %"], [], 60, workers=1)
    finding.wait()
    assert finding.result.space.scenario.network == desk.network
    found = finding.result.plan(finding.picked)
    assert found.network == desk.network
    finding.plan.turn(Levers())  # what the levers do afterwards does not matter
    finding.put_on_the_desk()
    assert finding.plan.levers == Levers(link_share=0.5, proxies=True)
    on_desk = finding.plan.scenario()
    assert on_desk.network == found.network
    assert [c.command() for c in on_desk.commands] == [c.command() for c in found.commands]


def test_a_desk_without_commands_is_told():
    finding = Finding(Plan(small_fleets.people(100)))
    finding.plan.remove(0)
    finding.start(finding.usual_goals, [], 100)
    assert finding.message.startswith("nothing to do: the plan has no command")
    assert not finding.is_running


@pytest.mark.slow
def test_plans_that_never_get_there_are_told_instead_of_drawn():
    model = small_fleets.people(150)
    data = {**model.as_data(), "faults": {"installation": "100 %"}}
    data["search"].pop("limits")
    view = PlannerView(Plan(fwsim.Scenario.model_validate(data)), follows=False)
    view.find.goals.value = "time to 50 %"
    view.find.find.click()
    view.find.finding.wait()
    assert "gets there" in view.find.found.widget.picture["empty"]
    assert "plans not drawn" in view.find.legend.value
    assert "No finalist reaches time to 50 %" in view.find.words.value


def test_a_search_is_stopped_and_its_plans_stay():
    finding = Finding(Plan(small_fleets.people(400)))
    finding.observe(lambda _: finding.stop(), "where")
    finding.start(finding.usual_goals, finding.usual_limits, 400, workers=1)
    finding.wait()
    assert finding.result.interrupted
    assert finding.result.trials
    assert "stopped" in finding.message


@pytest.mark.parametrize(
    ("goals", "limits", "part"),
    [(["time to"], [], "Goals: 'time to'"), (["prompts"], ["prompts 5"], "is not a limit")],
)
def test_wrong_words_are_told(goals, limits, part):
    finding = Finding(Plan(small_fleets.people(60)))
    finding.start(goals, limits)
    assert part in finding.message
    assert not finding.is_running


def test_every_error_is_told_once():
    view = PlannerView(Plan(small_fleets.people(60)), follows=False)
    view.find.goals.value = "time to\nprompts"
    view.find.limits.value = "prompts 5\nmost prompts on one device: <= 3\ndeferment: <= 3"
    view.find.find.click()
    told = view.find.status.value
    assert told.count("Goals: ") == 1
    assert told.count("Limits: ") == 2
    assert view.find.done.value == ""


def test_what_a_person_wrote_is_told_as_it_was_written():
    finding = Finding(Plan(small_fleets.people(60)))
    finding.start(["--goal: error: x"], [])
    assert "'--goal: error: x'" in finding.message


def test_nothing_found_is_nothing_to_put_or_to_write(tmp_path):
    finding = Finding(Plan(small_fleets.people(60)))
    finding.put_on_the_desk()
    assert finding.message == "find a plan first"
    finding.save(str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_the_picked_plan_is_handed_over(searched, tmp_path):
    searched.pick(searched.result.chosen)
    searched.save(str(tmp_path / "plan"))
    assert (tmp_path / "plan" / "plan.ics").is_file()
    assert searched.message.startswith("written to")
    searched.save(str(tmp_path / "plan"))
    assert "tick Overwrite" in searched.message
    searched.save(str(tmp_path / "plan"), overwrite=True)
    assert searched.message.startswith("written to")


def test_without_a_search_block_the_usual_things_are_turned(scenarios):
    plan = Plan(scenarios / "branch-offices.yaml")
    finding = Finding(plan)
    assert "devices wait, notice, deferments" in finding.hint
    assert finding.usual_limits == [str(expected) for expected in plan.base.expect]
    assert searchable(finding.scenario) is finding.scenario


@pytest.mark.slow
def test_the_tab_shows_a_dot_and_a_row_for_each_plan_and_a_click_picks_it():
    view = PlannerView(Plan(small_fleets.people(60)), follows=False)
    view.find.runs.value = 60
    view.find.find.click()
    view.find.finding.wait()
    assert "found" in view.find.status.value
    found = view.find.found
    dots = found.widget.picture["dots"]
    assert len(dots) >= 3
    assert [dot["look"] for dot in dots].count("chosen") == 1
    other = next(dot for dot in dots if dot["look"] != "chosen")
    found.hear({"do": "pick", "number": other["number"]})
    assert found.widget.picked == other["number"]
    assert other["title"].splitlines()[0] in view.find.words.value.replace("&gt;", ">")
    before = view.plan.commands
    view.find.take.click()
    assert view.plan.commands != before
    assert "put into the command list" in view.find.done.value
    assert "put into" not in view.find.status.value


def test_a_plan_that_sometimes_never_gets_there_says_so_at_its_dot(searched):
    plans = FoundPlans(searched.result)
    row = plans.rows[0]
    assert {dot["never"] for dot in plans.picture()["dots"]} == {""}
    up = replace(row.point.up, runs=20, reached=15)
    by_held_out = (row.point.across, replace(up, reached=18))
    for told, never in ((None, "never in 5 of 20"), (by_held_out, "never in 2 of 20")):
        plans.rows[0] = replace(row, point=replace(row.point, up=up, told=told))
        said = {dot["number"]: dot["never"] for dot in plans.picture()["dots"] if dot["never"]}
        assert said == {row.number: never}


def test_the_table_has_what_the_search_found_with_ranges_and_units(searched):
    plans, result = FoundPlans(searched.result), searched.result
    table = plans.table(Listing(is_whole=True))
    heads = [(column["label"], column["unit"]) for column in table["columns"]]
    assert heads[0] == ("Plan", "")
    assert ("user time lost", "min") in heads
    assert ("prompts", "notices") in heads
    assert heads[-1] == ("Runs", "")
    assert len(table["rows"]) == sum(trial.runs > 0 for trial in result.trials)
    at = heads.index(("user time lost", "min"))
    spread = next(row for row in table["rows"] if row["cells"][at - 1][1])
    trial = plans.trial(spread["number"])
    value, reach, never = spread["cells"][at - 1]
    assert never == ""
    mean = sum(trial.of(result.question.measures[0])) / trial.runs
    assert float(value) == pytest.approx(mean / 60_000, rel=0.1)
    low, high = map(float, reach.split(" – "))
    assert low <= float(value) <= high
    assert spread["cells"][-1] == [str(trial.runs), "", ""]


def test_a_range_that_so_few_runs_do_not_bound_is_none():
    """Of a median with 95 % it takes six runs."""
    measure = read_measure("t95")
    scale = scale_for(measure, [7_200_000])
    said = {
        runs: _range(scale, estimate([7_200_000, 9_000_000] * runs + [math.inf], Unit.DURATION))
        for runs in (1, 2, 3)
    }
    assert said == {1: "too few runs", 2: "too few runs", 3: "2.00 – never"}
    assert _range(scale, estimate([math.inf] * 3, Unit.DURATION)) == ""


def test_the_table_lists_the_front_until_all_are_asked_for(searched):
    plans = FoundPlans(searched.result)
    best = [row for row in plans.rows if row.look in {"chosen", "front"}]
    whole = plans.listed(Listing(is_whole=True))
    assert [row.number for row in whole] == sorted(row.number for row in plans.rows)
    # One plan alone is no choice: then all are listed.
    assert plans.listed(Listing()) == (
        whole if len(best) < 2 else sorted(best, key=lambda r: r.number)
    )
    plans._best = whole[:2]
    assert plans.listed(Listing()) == whole[:2]
    assert plans.table(Listing())["note"] == f"2 of {len(whole)} plans"
    assert not plans.table(Listing())["is_whole"]


def test_a_column_sorts_by_what_its_words_mean(searched):
    plans = FoundPlans(searched.result)
    table = plans.table(Listing(is_whole=True))
    for column in (column["name"] for column in table["columns"]):
        listing = Listing(is_whole=True).sorted_by(column)
        up = plans.listed(listing)
        keys = plans._keys(column)
        assert [keys[row.number] for row in up] == sorted(keys[row.number] for row in up)
        down = plans.table(listing.sorted_by(column))
        marked = [one["name"] for one in down["columns"] if one["sort"] == "descending"]
        assert marked == [column]
        values = [keys[row["number"]] for row in down["rows"]]
        assert values == sorted(values, reverse=True)


def test_a_row_is_put_on_the_desk_and_what_no_hand_sends_is_nothing(searched):
    view = FoundView(searched)
    row = next(row for row in view.plans.rows if row.look != "chosen")
    view.hear({"do": "take", "number": row.number})
    assert searched.picked.choice == row.trial.choice
    assert view.widget.picked == row.number
    expected = searched.result.plan(row.trial)
    on_desk = searched.plan.scenario()
    assert [c.command() for c in on_desk.commands] == [c.command() for c in expected.commands]
    before = view.widget.table
    for message in (
        {"do": "pick"},
        {"do": "take", "number": 10_000},
        {"do": "pick", "number": "x"},
        {"do": "result"},
        {"do": 7},
    ):
        view.hear(message)
    assert view.widget.table == before
    assert view.widget.picked == row.number


def test_the_table_speaks_german_and_the_files_english(searched):
    with speaking("de"):
        table = FoundPlans(searched.result).table(Listing(is_whole=True))
        said = searched.words()
    labels = [column["label"] for column in table["columns"]]
    assert labels[:3] == ["Plan", "Beginn", "Meldung"]
    assert table["rows"][0]["cells"][0][0].startswith("Mo")
    assert any("Beginn Mo" in line for line in said)
    picked = searched.result.to_pandas()["plans"]
    assert "start" in picked
    assert picked["start"][0].startswith("Mon ")


def test_names_in_a_scenario_do_not_become_html():
    model = small_fleets.people(60)
    data = model.as_data()
    data["search"]["limits"] = [{"successful in DE": ">= 1 %"}]
    view = PlannerView(Plan(fwsim.Scenario.model_validate(data)), follows=False)
    view.find.goals.value = "<script>alert(1)</script>"
    view.find.find.click()
    assert "<script>" not in view.find.status.value
    assert "&lt;script&gt;" in view.find.status.value


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_a_plan_that_does_not_keep_the_limits_is_handed_over_only_anyway(tmp_path):
    view = PlannerView(Plan(small_fleets.people(60)), follows=False)
    nobody_then = "user time lost: <= 0 s\nsuccessful by 2018-08-20 15:00: >= 95 %"
    view.find.limits.value, view.find.runs.value = nobody_then, 60
    view.find.find.click()
    view.find.finding.wait()
    assert "none was found that keeps the limits" in view.find.status.value
    assert "None was found that keeps the limits; the nearest is: start" in view.find.words.value
    looks = [dot["look"] for dot in view.find.found.widget.picture["dots"]]
    assert looks.count("nearest") == 1
    assert "chosen" not in looks
    view.find._target = lambda: tmp_path / "plan"
    view.find.hand.click()
    assert "not handed over: this plan does not keep the limits" in view.find.done.value
    assert not (tmp_path / "plan").exists()
    view.find.anyway.value = True
    view.find.hand.click()
    assert (tmp_path / "plan" / "plan.ics").is_file()
