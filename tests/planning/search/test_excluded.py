"""Limits that no plan can keep are told before a run is made, and only those."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fwsim
from fwsim.planning.search.excluded import _Plans
from fwsim.planning.search.question import read_limit
from fwsim.planning.search.search import Search
from fwsim.problems import InputError
from fwsim.results.run.measuring import value_of
from fwsim.results.statistics.estimate import quantile
from fwsim.run import play_once
from tests.planning import small_fleets

BY_SIX = "successful by 2018-08-20 18:00: >= 95 %"


def searched(*limits: str, **turn: object) -> Search:
    """Search plans for thirty devices that start between 09:00 and 18:00 and ask every user."""
    data = small_fleets.people(60).as_data()
    data["search"]["limits"] = []
    data["search"]["turn"] |= turn
    return Search(fwsim.Scenario.model_validate(data), limits=limits)


@pytest.mark.parametrize(
    "limit",
    [
        "successful by 2018-08-20 09:00: >= 1 %",
        "successful in DE by 2018-08-20 08:30: > 0 % in 10 % of the runs",
        "devices successful by 2018-08-20 09:00: >= 1",
        "chance of 5 % by 2018-08-20 09:00: >= 1 %",
        "time from 2018-08-20 08:00 to 5 %: <= 1 h",
        "time from 2018-08-20 08:00 to 5 %: p10 <= 30 min",
    ],
)
def test_what_is_wanted_before_the_first_start_is_told_at_once(limit):
    with pytest.raises(
        InputError, match="the first update of all plans starts at 2018-08-20 09:00"
    ):
        searched(limit)


@pytest.mark.parametrize(
    "limit",
    [
        "successful by 2018-08-20 09:01: >= 1 %",
        "successful by 2018-08-20 09:00: <= 1 %",
        "successful by 2018-08-20 09:00: >= 0 %",
        "successful by 2018-08-20 09:00: >= 1 % in 0 % of the runs",
        "up to date by 2018-08-20 09:00: >= 1 %",  # they may run the image already
        "time from 2018-08-20 08:00 to 5 %: >= 1 h",
        "time to 95 %: <= 1 min",  # counts from each plan's own start
    ],
)
def test_what_may_be_is_searched(limit):
    searched(limit)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("prompts: >= 3", "prompts: <= 2"),
        ("prompts: > 2", "prompts: <= 2"),
        ("prompts: >= 3 in 60 % of the runs", "prompts: < 3 in 50 % of the runs"),
        ("prompts: p10 >= 3", "prompts: p90 <= 2"),
        (BY_SIX, "prompts: <= 0"),
        (BY_SIX, "most prompts on one device: <= 0"),
        (BY_SIX, "devices prompted: <= 28"),
        (BY_SIX, "prompts: <= 0 in 10 % of the runs"),
        ("time to 95 %: <= 6 h", "prompts: <= 10 in 95 % of the runs"),
        (
            "chance of 95 % by 2018-08-20 18:00: >= 90 %",
            "devices prompted: <= 28 in 20 % of the runs",
        ),
        (BY_SIX, "prompts: p90 <= 0"),
        ("successful: p90 >= 95 %", "devices prompted: p90 <= 28"),
        ("successful: p10 >= 95 %", "devices prompted: <= 25"),
        ("successful: p10 >= 95 %", "devices prompted: <= 28 in 10 % of the runs"),
        ("time to 95 %: p90 <= 6 h", "devices prompted: <= 25"),
        ("successful: >= 95 %", "successful: p90 <= 50 %"),
        ("successful: >= 95 %", "successful: <= 50 % in 20 % of the runs"),
        ("devices prompted: >= 20", "devices prompted: p60 <= 10"),
        ("prompts: p50 >= 10", "prompts: <= 4"),
        ("prompts: p60 >= 10", "prompts: <= 4 in 60 % of the runs"),
        ("time to 95 %: p50 >= 6 h", "time to 95 %: <= 2 h"),
        ("successful in DE: >= 95 %", "devices prompted: <= 28"),
        (BY_SIX, "prompts for people default: <= 10"),
        ("time to 95 % for people default: <= 6 h", "most prompts on one device in DE: <= 0"),
    ],
)
def test_limits_that_exclude_each_other_are_told_at_once(first, second):
    for limits in ((first, second), (second, first)):
        with pytest.raises(InputError, match=r"exclude each other|no plan can keep both"):
            searched(*limits)


def test_what_a_part_of_the_devices_is_to_have_is_held_against_notices_on_them_alone():
    data = small_fleets.people(60).as_data()
    data["search"]["limits"] = []
    data["fleet"]["units"]["FR"] = {"devices": 10, "installed": "old.idf"}
    data["commands"].append({"update": "FR", "inform_user": "5 min"})
    limits = ("successful in FR: >= 95 %", "prompts in {}: <= 5")
    scenario = fwsim.Scenario.model_validate(data)
    Search(scenario, limits=[limits[0], limits[1].format("DE")])
    with pytest.raises(InputError, match="no plan can keep both"):
        Search(scenario, limits=[limits[0], limits[1].format("FR")])


def test_notices_of_another_command_come_up_on_devices_that_the_update_is_not_for():
    data = small_fleets.people(60).as_data()
    data["search"]["limits"] = []
    bios = {"Device type": "LES v5", "BIOS": "1"}
    data["fleet"]["units"]["FR"] = {"devices": 30, "attributes": bios}
    data["uefi"] = {"LES v5": {"version": "2", "size": "20 MB"}}
    data["commands"].append({"uefi_update": "FR", "inform_user": "5 min"})
    limits = ("devices prompted: >= 30", "devices prompted: <= 10 in 50 % of the runs")
    Search(fwsim.Scenario.model_validate(data), limits=limits)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("prompts: >= 2", "prompts: <= 2"),
        ("prompts: >= 3 in 50 % of the runs", "prompts: <= 2 in 50 % of the runs"),
        ("prompts: p90 >= 3", "prompts: p10 <= 2"),
        (BY_SIX, "prompts: p4 <= 0"),
        ("successful: p90 >= 95 %", "devices prompted: p89 <= 28"),
        ("successful: p10 >= 95 %", "devices prompted: <= 26"),
        ("successful: >= 55 %", "successful: p90 <= 50 %"),
        ("devices prompted: >= 18", "devices prompted: p60 <= 10"),
        ("prompts: >= 20", "prompts: p90 <= 10"),
        ("prompts: p50 >= 10", "prompts: <= 5"),
        (
            "time to 95 %: p90 >= 60 h",
            "time to 95 %: <= 2 h",
        ),  # its median counts if it has no mean
        ("prompts: >= 3", "devices prompted: <= 2"),
        (BY_SIX, "devices prompted: <= 29"),
        (BY_SIX, "prompts: <= 0 in 4 % of the runs"),
        (BY_SIX, "prompts daily 08:00-10:00: <= 0"),  # they may come up later
        ("successful: <= 95 %", "prompts: <= 0"),
        ("chance of 95 % by 2018-08-20 18:00: >= 90 %", "prompts: <= 0 in 10 % of the runs"),
        (
            "chance of 95 % by 2018-08-20 18:00: >= 0 % in 90 % of the runs",
            "prompts: <= 0 in 90 % of the runs",
        ),
    ],
)
def test_limits_that_may_go_together_are_searched(first, second):
    searched(first, second)


@pytest.mark.parametrize("share", ["7 %", "55 %", "56 %"])
@pytest.mark.parametrize("runs", ["", " in 95 % of the runs"])
def test_as_much_success_as_notices_may_be_however_the_share_is_rounded(share, runs):
    """0.07 of a hundred devices is 7.000000000000001: so many notices were too few for them."""
    data = small_fleets.people(60).as_data()
    data["fleet"]["units"]["DE"]["devices"] = 100
    data["search"]["limits"] = []
    most = f"devices prompted: <= {share.removesuffix(' %')}{runs}"
    Search(fwsim.Scenario.model_validate(data), limits=[f"successful: >= {share}{runs}", most])


def test_a_command_at_a_skipped_time_runs_in_the_plans_that_move_it():
    """As it is written it never does, so that the other one was taken for the first of all."""
    data = small_fleets.people(60).as_data()
    data |= {"zone": "Europe/Berlin", "start": "2018-03-25 00:00"}
    data["assumptions"] = {"skipped_hour": "skip"}
    data["commands"] = [
        {"update": "DE", "inform_user": "5 min", "once": f"2018-03-25 {at}"}
        for at in ("02:30", "12:00")
    ]
    data["search"]["limits"] = []
    data["search"]["turn"]["start"] = ["2018-03-25 04:00", "2018-03-25 05:00"]
    model = fwsim.Scenario.model_validate(data)
    Search(model, limits=["successful by 2018-03-25 08:00: >= 1 %"])


def test_where_a_plan_asks_nobody_none_is_told_not_to():
    searched(BY_SIX, "prompts: <= 0", inform_user=["nobody", "5 min"])


def test_a_repeated_update_is_not_moved_by_the_start():
    data = small_fleets.people(60).as_data()
    data["search"]["limits"] = []
    every = {"days": ["mon"], "at": "08:30"}
    data["commands"].append({"update": "DE", "inform_user": "5 min", "every": every})
    model = fwsim.Scenario.model_validate(data)
    Search(model, limits=["successful by 2018-08-20 09:00: >= 1 %"])
    with pytest.raises(InputError, match="starts at 2018-08-20 08:30"):
        Search(model, limits=["successful by 2018-08-20 08:30: >= 1 %"])


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("successful: 95 %", "successful: >= 95 %"),
        ("chance of 95 % by 2018-08-20 18:00: 90 %", "18:00: >= 90 %"),
        ("most prompts on one device: 1", "most prompts on one device: <= 1"),
        ("outcome cancelled: 5 %", "outcome cancelled: <= 5 %"),
    ],
)
def test_a_limit_without_a_comparison_is_told_the_one_that_limits(words, meant):
    with pytest.raises(ValueError, match=f"did you mean '.*{meant}'"):
        read_limit(words)


def test_no_run_has_more_success_than_notices():
    """What the proof rests on, in runs of plans from every corner."""
    search = searched()
    success, notices = (
        read_limit(words).measure
        for words in ("devices successful: >= 1", "devices prompted: >= 1")
    )
    choices = [*search.space.choices()]
    for choice in choices[:: len(choices) // 12]:
        run = play_once(search.space.rollout(choice), 1, choice[0])
        assert value_of(run, success) <= value_of(run, notices)


def test_why_limits_cannot_be_kept_together_is_told_once():
    """It was once for each pair of them."""
    limits = (BY_SIX, "prompts: <= 0", "devices prompted: p90 <= 3", "successful: >= 90 %")
    with pytest.raises(InputError) as refused:
        searched(*limits)
    [problem] = refused.value.problems
    assert problem.message.startswith(
        f"no plan can keep {BY_SIX} or successful: >= 90 % beside prompts: <= 0 or devices "
        "prompted: p90 <= 3, for in all plans each update shows its user a notice first"
    )
    with pytest.raises(InputError) as refused:
        searched("prompts: >= 3", "prompts: <= 2", "prompts: <= 1")
    [problem] = refused.value.problems
    assert problem.message == (
        "prompts: >= 3 beside prompts: <= 2 or prompts: <= 1: these limits exclude each other"
    )


@pytest.mark.parametrize("seed", range(8))
def test_what_is_said_to_exclude_each_other_is_kept_by_no_runs_at_all(seed):
    """Limits at random against runs made up so that they keep the first one, just so."""
    generator = np.random.default_rng(seed)
    plans = _Plans(searched().space)
    refuted = 0
    for _ in range(80):
        runs = int(generator.integers(1, 12))
        prompted = generator.integers(0, 31, runs)
        successful = [int(generator.integers(0, most + 1)) for most in prompted]
        values = {
            "devices prompted": prompted.astype(float),
            "prompts": prompted + generator.integers(0, 9, runs).astype(float),
            "devices successful": np.array(successful, float),
            "successful": np.array(successful) / 30,
        }
        kept = [
            _just_kept(measure, found, sign, how, generator)
            for measure, found in values.items()
            for sign in (">=", "<=")
            for how in ("", "p{}", "runs")
        ]
        for one in kept:
            for other in kept:
                refuted += plans.are_opposite(one, other) or plans.ask_too_many(one, other)
    assert not refuted


def _just_kept(measure, found, sign, how, generator):
    """Return a limit that runs keep, and would not if it asked for a little more."""
    share = int(generator.integers(1, 100))
    if how == "":
        limit = found.mean()
    elif how == "p{}":
        limit = quantile([*found], share / 100)
        how = f"p{share} "
    else:
        limit = found[0]
        kept = (found >= limit if sign == ">=" else found <= limit).mean()
        read = read_limit(f"{measure}: {sign} 0")
        return replace(read, limit=float(limit), runs=float(kept))
    return replace(read_limit(f"{measure}: {how}{sign} 0"), limit=float(limit))
