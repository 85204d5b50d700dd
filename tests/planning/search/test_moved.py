"""The commands that a search has moved are named, each with its start before and after."""

import fwsim
from fwsim.planning.hand_over.hand_over import hand_over
from fwsim.planning.search.moved import moved_in_words
from fwsim.planning.search.result_in_words import brief_of
from fwsim.planning.search.search import Search
from fwsim.planning.search.space import Space
from fwsim.run import prepare
from tests.conftest import figures_undrawn
from tests.planning import small_fleets

DAY = "2018-08-20"


def model(*commands, **turn):
    data = small_fleets.thin_line(60).as_data()
    data["commands"] = list(commands)
    data["search"]["turn"] = {"start": [f"{DAY} 09:00", f"{DAY} 11:00"], **turn}
    return fwsim.Scenario.model_validate(data)


UPDATE = {"update": "DE/A", "inform_user": "5 min", "once": f"{DAY} 09:00"}
LATER = {"update": "DE/B", "inform_user": "5 min", "once": f"{DAY} 10:30"}
EVERY = {"delivery": "DE", "subordinate_units": True, "every": {"days": "mon", "at": "20:00"}}


def moved(scenario, *choice):
    return dict(moved_in_words(Space(prepare(scenario)), choice))


def test_all_that_keep_their_distance_are_named_and_what_repeats_is_not():
    assert moved(model(UPDATE, LATER, EVERY), 1) == {
        "update to DE/A": "Mon 2018-08-20 11:00 instead of Mon 2018-08-20 09:00",
        "update to DE/B": "Mon 2018-08-20 12:30 instead of Mon 2018-08-20 10:30",
    }
    assert moved(model(UPDATE, LATER, EVERY), 0) == {}


def test_what_runs_at_once_is_named_with_the_start_of_the_story():
    now = {"update": "DE", "subordinate_units": True}
    told = "Mon 2018-08-20 11:00 instead of Mon 2018-08-20 08:00"
    assert moved(model(now), 1) == {"update to DE and the OUs below": told}


def test_a_start_behind_the_deadline_is_a_plan_and_the_deadline_is_told():
    told = moved(model(UPDATE | {"force_at": f"{DAY} 10:00"}), 1)["update to DE/A"]
    assert told.endswith(", and its force_at as much: Mon 2018-08-20 12:00")


def test_a_hand_over_lists_them_under_what_was_chosen(tmp_path):
    scenario = model(UPDATE, LATER, start=[f"{DAY} 11:00"], deferments=[0])
    found = Search(scenario, limits="most prompts on one device: <= 9", runs=50).run(workers=1)
    over = hand_over(found.plan(), scenario, brief=brief_of(found), runs=2, workers=1)
    with figures_undrawn():
        over.save(tmp_path)
    _, sure, chosen = (tmp_path / "plan.md").read_text(encoding="utf-8").split("## ")[1:4]
    assert sure.split("\n\n")[1].splitlines() == [f"- {line}" for line in over.brief.promise]
    assert chosen.startswith("What was chosen")
    assert "- update to DE/B: Mon 2018-08-20 12:30 instead of Mon 2018-08-20 10:30" in chosen
