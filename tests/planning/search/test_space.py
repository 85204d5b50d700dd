"""Every plan a scenario's search block allows."""

from __future__ import annotations

import re

import pytest

import fwsim
from fwsim.messages import speaking
from fwsim.planning.hand_over.rollback import settings_to_change
from fwsim.planning.search.axes import AS_WRITTEN
from fwsim.planning.search.default_search import searchable
from fwsim.planning.search.plan_in_words import in_one_line
from fwsim.planning.search.space import Space
from fwsim.problems import InputError
from fwsim.run import prepare, simulate
from tests.planning.search.searched_units import BRANCHES, UNITS


def test_a_range_and_a_list_are_the_same(searched):
    space = searched(deferments={"from": 0, "to": 3}, devices_wait=["0 s", "1 s"])
    assert [len(axis.values) for axis in space.axes] == [2, 4]
    assert space.size == 8 == len(list(space.choices()))


def test_a_plan_may_ask_nobody_and_then_deferments_come_once(searched):
    space = searched(inform_user=["nobody", "5 min", "until answered"], deferments=[0, 1, 2])
    assert len(list(space.choices())) == 1 + 2 * 3
    assert space.words((0, 0)) == {"notice": "none"}
    with speaking("de"):
        assert in_one_line(space.words((0, 0))) == "Meldung keine"
    silent = space.plan((0, 0)).commands[0].command()
    assert silent.inform_user is None
    assert "NOTIFYING" not in simulate(space.rollout((0, 0))).log["state"].unique()
    written = space.scenario.as_data()["search"]["turn"]["inform_user"]
    assert written == ["nobody", "5 min", "until answered"]


@pytest.mark.parametrize(
    ("turn", "choice"),
    [
        ({"inform_user": ["nobody", "5 min"], "deferments": [1, 2]}, (0, 0)),
        ({"inform_user": ["5 min", "nobody"], "delays": [["15 min"], ["1 h"]]}, (1, 0)),
        ({"deferments": [0, 1], "delays": [["15 min"], ["1 h"]]}, (0, 0)),
    ],
)
def test_what_has_no_effect_in_a_plan_is_not_to_be_set(scenario, turn, choice):
    """Whoever follows a plan that asks nobody was told to change firmware's reminder."""
    model = scenario(
        {"inform_user": "5 min", "once": "2018-08-20 12:00"},
        firmware={"reminder": {"deferments": 0, "delays": ["30 min", "2 h"]}},
        search={"turn": turn},
    )
    space = Space(prepare(model))
    assert settings_to_change(space.plan(choice), model) == []


def test_a_wrong_value_is_found_where_the_first_of_others_leaves_it_idle(searched):
    with pytest.raises(InputError, match="deferments"):
        searched(inform_user=["nobody", "5 min"], deferments=[0, 1, 1000])


def test_where_a_notification_asks_deferments_count_beside_a_silent_command(scenario):
    model = scenario(
        {"inform_user": "5 min", "once": "2018-08-20 12:00"},
        notifications=[{"update": "DE", "inform_user": "5 min"}],
        search={"turn": {"inform_user": ["nobody", "5 min"], "deferments": [0, 1]}},
    )
    assert len(list(Space(prepare(model)).choices())) == 4


def test_a_notice_that_is_none_is_refused_with_what_it_may_be(searched):
    near = "did you mean nobody"
    for wrong, words in ((False, "answered, or nobody"), ("Niemand", near), ("Nobody", near)):
        with pytest.raises(ValueError, match=words):
            searched(inform_user=[wrong])


OWN = {"firmware": {"reminder": {"deferments": 5, "delays": ["1 h"]}, "proxy": {"type": "dynamic"}}}


def with_own_settings(scenario, *units, **turn):
    every = {path: {**unit, **(OWN if path in units else {})} for path, unit in UNITS.items()}
    model = scenario(
        {"subordinate_units": True, "inform_user": "5 min", "once": "2018-08-20 12:00"},
        fleet={"units": every},
        network={"sites": {"hub": {"link": "1 Gbit/s"}}},
        search={"turn": turn},
    )
    return Space(prepare(fwsim.Scenario.model_validate(model.as_data())))


@pytest.mark.parametrize(
    "turn", [{"deferments": [0, 1]}, {"delays": [["30 min"]]}, {"proxies": [False, True]}]
)
def test_what_the_settings_of_every_ou_hide_is_not_turned(scenario, turn):
    (field,) = turn
    words = rf"search\.turn\.{field}: it has no effect: DE has a .* of its own, which stays"
    with pytest.raises(InputError, match=words):
        with_own_settings(scenario, "DE", **turn)


def test_settings_of_an_ou_that_stay_are_told(scenario):
    space = with_own_settings(scenario, "DE/Hub", deferments=[0, 1], proxies=[False, "DE/Hub"])
    assert [str(warning) for warning in space.warnings] == [
        "warning: search.turn.deferments: DE/Hub has a reminder of its own, which stays",
        "warning: search.turn.proxies: DE/Hub has a proxy setting of its own, which stays",
    ]
    told = settings_to_change(space.plan((1, 0)), space.scenario)
    assert told[0].endswith("1 deferment, delays 30 min or 2 h; what is set at DE/Hub itself stays")


def test_settings_that_stay_are_told_in_german_where_german_is_spoken(scenario):
    with speaking("de"):
        space = with_own_settings(scenario, "DE/Hub", deferments=[0, 1])
    assert "Erinnerung" in space.warnings[0].message


def test_a_spread_is_divided_among_the_devices_of_a_command(searched):
    plan = searched(spread=["11 min"]).plan((0,))
    assert plan.commands[0].command().devices_wait == 60_000


def test_proxies_may_be_placed_below_some_ous(searched):
    space = searched(proxies=[False, True, "DE/Branches/*", ["DE/Hub"]])
    assert [space.words((n,))["proxies"] for n in range(4)] == [
        "no",
        "yes",
        "below DE/Branches/*",
        "below DE/Hub",
    ]
    plan = space.plan((2,))
    rollout = prepare(plan)
    dynamic = [
        rollout.configuration.address(device, 0).settings.proxy_type == "dynamic"
        for device in range(len(rollout.fleet))
    ]
    assert dynamic == [False] * 6 + [True] * 6
    assert settings_to_change(plan, space.scenario) == [
        f"- Console, Firmware > Proxy of {unit}: dynamic" for unit in BRANCHES
    ]
    assert settings_to_change(space.scenario, plan)[0] == (
        "- Console, Firmware > Proxy of DE/Branches/1: as above it"
    )


def test_parameters_are_told_in_the_language_that_is_spoken():
    words = {"start": "Thu 2021-10-14 14:00", "spread": "none"}
    assert in_one_line(words) == "start Thu 2021-10-14 14:00, spread none"
    with speaking("de"):
        told = in_one_line(words)
    assert told == "Beginn Do 2021-10-14 14:00, Dauer bis zum letzten Gerät keine"


def test_neighbours_are_one_step_away(searched):
    space = searched(deferments=[0, 1, 2], delivery_first=[False, True])
    assert set(space.neighbours((0, 0))) == {(1, 0), (0, 1)}
    assert set(space.neighbours((1, 1))) == {(0, 1), (2, 1), (1, 0)}


def test_a_choice_in_words(searched):
    space = searched(inform_user=["1 min"], only_switched_on=[True], link_share=["50 %"])
    assert space.words((0, 0, 0)) == {
        "notice": "1 min",
        "only switched on": "yes",
        "link share": "50 %",
    }


@pytest.mark.parametrize(
    ("turn", "part"),
    [
        ({}, "no search parameters"),
        ({"waves": {"of": ["DE/Hbu"]}}, "unknown organisational unit 'DE/Hbu'; did you mean"),
        ({"waves": {"of": ["DE/Hub"]}}, "6 devices of DE would get no command"),
        ({"waves": {"of": ["DE", "DE/Hub"]}}, "DE/Hub is listed twice, in DE too"),
        ({"proxies": ["DE/Brnches/*"]}, "'DE/Brnches/*'; did you mean 'DE/Branches/*'"),
        ({"start": ["2018-08-19 11:00"]}, "lies before the scenario's start"),
        ({"deferments": [100]}, "100 deferments are more than"),
        (
            {"start": {"from": "2018-08-18 12:00", "to": "2018-08-20 12:00", "step": "1 h"}},
            "(47 values are wrong, to Mon 2018-08-20 10:00)",
        ),
        (
            {"waves": {"of": ["DE/Hub", "DE/Branches/*"], "number": [2, 9]}},
            "number.1: 9 waves of 4 OUs; expected 4 at most",
        ),
    ],
)
def test_what_makes_no_plan_is_told_before_anything_runs(searched, turn, part):
    with pytest.raises(InputError, match=re.escape(part)):
        searched(**turn)


@pytest.mark.parametrize(
    ("turn", "part"),
    [
        ({"devices_wait": {"from": "2 s", "to": "1 s", "step": "1 s"}}, "before it starts"),
        ({"devices_wait": {"from": "1 s", "too": "2 s"}}, "did you mean 'to'"),
        ({"devices_wait": {"from": "0 s", "to": "2 h", "step": "1 ms"}}, "expected 1,000 at most"),
        ({"start": {"from": "2018-08-20 12:00", "to": "2018-08-20 13:00"}}, "needs a step"),
        ({"deferments": [-1]}, "deferments.0: -1 is out of range; expected at least 0"),
        ({"waves": {"of": ["DE/Hub"], "number": [0, 2]}}, "expected at least 1"),
        ({"waves": {"of": ["DE/Hub"], "apart": ["1500 ms"]}}, "not a whole number of seconds"),
        ({"devices_wait": ["1 s"], "spread": ["1 h"]}, "take one"),
        ({"link_share": ["0 %"]}, "expected more than 0"),
    ],
)
def test_a_wrong_range_is_refused(searched, turn, part):
    with pytest.raises(ValueError, match=part):
        searched(**turn)


@pytest.mark.parametrize(
    ("command", "turn", "field"),
    [
        (
            {"update": "DE/Hub", "every": {"days": ["mon"], "at": "12:00"}},
            {"start": ["2018-08-20 12:00"]},
            "start",
        ),
        ({"update": "DE/Hub"}, {"inform_user": ["5 min"]}, "inform_user"),
        ({"update": "DE/Hub"}, {"deferments": [1]}, "deferments"),
        (
            {"update": {"group": "OS name = eLux"}},
            {"waves": {"of": ["DE/Hub", "DE/Branches/*"], "number": 2}},
            "waves",
        ),
    ],
)
def test_what_no_command_follows_is_not_turned(scenario, command, turn, field):
    model = scenario(
        commands=[command],
        fleet={"units": UNITS},
        network={"sites": {"hub": {"link": "1 Gbit/s"}}},
        search={"turn": turn},
    )
    with pytest.raises(InputError, match=rf"search\.turn\.{field}: it has no effect"):
        Space(prepare(model))


def test_choices_that_come_to_the_same_have_one_key_and_others_do_not(searched):
    space = searched(start=["2018-08-20 12:00:00", "2018-08-20 12:00:40"], spread=["0 s", "1 ms"])
    keys = {choice: space.key(choice) for choice in space.choices()}
    assert keys[0, 0] != keys[1, 0]
    assert space.words((1, 0))["start"] == "Mon 2018-08-20 12:00:40"
    assert keys[0, 0] == keys[0, 1]  # a millisecond over twelve devices is no pause


@pytest.mark.parametrize(
    ("turn", "same"),
    [
        ({"deferments": [0, 1]}, (0,)),  # nothing is written of deferments
        ({"delays": [["30 min"], ["1 h"]]}, (1,)),  # which nobody may choose
        ({"proxies": [True, False]}, (1,)),
        ({"inform_user": ["1 min", "5 min"]}, (1,)),
    ],
)
def test_a_value_set_that_holds_anyway_has_the_key_of_the_plan_as_written(searched, turn, same):
    """The plan as it is written was played again, run by run, when it was the one selected."""
    space = searched(**turn)
    assert space.key(same) == space.key(AS_WRITTEN)
    others = {space.key(choice) for choice in space.choices()} - {space.key(AS_WRITTEN)}
    assert len(others) == (0 if "delays" in turn else 1)


def test_a_line_of_scmd_has_the_key_of_its_command_spelled_out(scenario):
    line = {"scmd": "-update -to DE -subous -inform 300 -once -at 20.08.2018 12:00"}
    turn = {"inform_user": ["5 min", "1 h"]}
    space = Space(prepare(scenario(commands=[line], search={"turn": turn})))
    assert space.key((0,)) == space.key(AS_WRITTEN) != space.key((1,))


def test_who_may_not_defer_has_no_delays_to_choose_from(searched):
    """Plans that are the same used up runs, and were told apart by what makes no difference."""
    space = searched(deferments=[0, 1], delays=[["30 min"], ["1 h"]])
    assert list(space.choices()) == [(0, 0), (1, 0), (1, 1)]
    assert "delays" not in space.words((0, 0))


def over_the_change(scenario, day, **turn):
    evening = {"2026-03-29": "2026-03-28 20:00", "2026-10-25": "2026-10-24 20:00"}[day]
    model = scenario(
        commands=[{"update": "DE", "subordinate_units": True, "once": f"{day} 00:30"}],
        zone="Europe/Berlin",
        start=evening,
        fleet={"units": UNITS},
        search={"turn": turn},
        network={"sites": {"hub": {"link": "1 Gbit/s"}}},
    )
    return Space(prepare(model))


def test_a_start_that_the_clocks_skip_is_told_as_they_show_it(scenario):
    starts = {"from": "2026-03-29 01:30", "to": "2026-03-29 03:30", "step": "30 min"}
    space = over_the_change(scenario, "2026-03-29", start=starts)
    told = [space.words(choice)["start"][-5:] for choice in space.choices()]
    assert told == ["01:30", "03:00", "03:30"]  # 02:00 and 02:30 are 03:00
    for choice in space.choices():
        rollout = space.rollout(choice)
        assert (
            f"{rollout.local_time(rollout.runs[0].at):%a %Y-%m-%d %H:%M}"
            == (space.words(choice)["start"])
        )


def test_a_wave_in_the_second_of_two_equal_hours_makes_that_plan_none_and_no_other(scenario):
    waves = {"of": ["DE/Hub", "DE/Branches/*"], "number": 2, "apart": ["1 h", "2 h"]}
    space = over_the_change(scenario, "2026-10-25", start=["2026-10-25 02:30"], waves=waves)
    faults = {space.words(c)["time between waves"]: space.faults(c) for c in space.choices()}
    assert not faults["2 h"]
    assert faults["1 h"] == [
        "wave 2 would start at 2026-10-25 02:30:00 for the second time: the clock shows that "
        "twice, and a command means the first"
    ]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_without_a_search_block_every_start_lies_within_the_horizon_once(scenario, day):
    evening = {"2026-03-29": "2026-03-28 20:00", "2026-10-25": "2026-10-24 20:00"}[day]
    model = scenario(
        commands=[{"update": "DE", "once": evening}],
        zone="Europe/Berlin",
        start=evening,
        horizon="10 h",
    )
    space = Space(prepare(searchable(model)))
    starts = [space.rollout((at, 0)).runs[0].at for at in range(len(space.axes[0].values))]
    assert starts == sorted(set(starts))
    assert starts[-1] == 9 * 3_600_000


def test_without_a_search_block_the_plan_as_written_is_among_those_that_are_looked_at(scenario):
    written = {"once": "2018-08-20 13:00", "devices_wait": "2 s", "inform_user": "10 min"}
    model = scenario(
        commands=[{"update": "DE", **written}],
        firmware={"reminder": {"deferments": 5, "delays": ["30 min"]}},
    )
    space = Space(prepare(searchable(model)))
    words = {"start": "Mon 2018-08-20 13:00", "devices wait": "2 s", "notice": "10 min"}
    assert {**words, "deferments": "5"} in [space.words(choice) for choice in space.choices()]


def test_what_commands_do_each_in_its_own_way_is_no_value_of_an_axis(scenario):
    pauses = [{"update": "DE", "devices_wait": pause} for pause in ("2 s", "3 s")]
    space = Space(prepare(searchable(scenario(commands=pauses))))
    [values] = [axis.values for axis in space.axes if axis.name == "devices wait"]
    assert values == (0, 250, 1_000, 5_000)
