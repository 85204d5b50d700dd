"""Closed-form bounds: their numbers by hand, and never contradicted by a run."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.measures.expectation import read_expectation
from fwsim.measures.measure import read_measure
from fwsim.messages import speaking
from fwsim.planning.bounds.feasibility import Feasibility
from fwsim.results.run.measuring import value_of
from fwsim.run import play_once, prepare
from tests.planning.bounds.bounds_told import best, ten
from tests.shipped import SCENARIOS

MINUTE = 60_000


def test_a_line_needs_n_times_s_through_c(scenario):
    found = best(ten(scenario), "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(80_000, abs=2)
    assert not found.is_possible
    assert found.reason.endswith("all of the time until then for the 1.00 GB of its 10 devices")


def test_half_of_the_devices_take_half_of_the_time(scenario):
    assert best(ten(scenario), "time to 50 %", "<= 1 min").best == pytest.approx(40_000, abs=2)


def test_a_time_of_the_devices_of_an_ou_is_bounded_as_that_of_all(scenario):
    """Three of B share the line with ten of A, but may come first: 24 s of 8 each."""
    units = {"DE/A": {"devices": 10}, "DE/B": {"devices": 3}, "DE/C": {"devices": 1}}
    units = {name: unit | {"site": "One"} for name, unit in units.items()}
    sites = {"sites": {"One": {"link": "100 Mbit/s"}}}
    model = scenario({"subordinate_units": True}, fleet={"units": units}, network=sites)
    assert best(model, "time to 100 % in DE/B", "<= 10 s").best == pytest.approx(24_000, abs=2)
    since = best(model, "time from 2018-08-20 10:59 to 100 % in DE/B", "<= 10 s")
    assert since.best == pytest.approx(84_000, abs=2)


@pytest.mark.parametrize("hub", ["", "100 Mbit/s"], ids=["a line", "a hub"])
def test_as_many_must_wait_as_the_two_sizes_say(hub, scenario):
    """Five of ten are through in 40 s, the bound: 500 MB are carried, so five wait, not six."""
    site = {"default": {"link": "1 Gbit/s"}} if hub else {}
    hubs = {"hubs": {"South": {"link": hub, "sites": ["DE"]}}, "sites": site} if hub else {}
    found = best(ten(scenario, network=hubs), "time to 50 %", "<= 30 s")
    assert "at most 500.0 MB by then" in found.reason
    assert found.reason.endswith("need 1.00 GB: 5 devices must wait")


@pytest.mark.parametrize("where", [{}, {"site": "DE"}, {"hub": "South"}])
def test_what_is_cut_carries_nothing_meanwhile(where, scenario):
    """Between 11:00:30 and 11:10 nothing comes; the line alone would need until 11:01:20."""
    outage = {"start": "2018-08-20 11:00:30", "end": "2018-08-20 11:10", **where}
    hubs = {"hubs": {"South": {"link": "100 Mbit/s", "sites": ["DE"]}}}
    model = ten(scenario, outages=[outage], network=hubs)
    by = best(model, "successful by 2018-08-20 11:09", ">= 80 %")
    assert by.best == pytest.approx(0.3)
    assert "at most 375.0 MB" in by.reason
    found = best(model, "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(80_000 + 570_000, abs=20)


def test_who_runs_the_image_already_is_up_to_date_without_the_line(scenario):
    """Of ten more devices none needs anything; seven of the others come through by then."""
    units = {"DE": {"devices": 10}, "DE/B": {"devices": 10, "installed": "new.idf"}}
    model = scenario({"subordinate_units": True}, fleet={"units": units})
    found = best(model, "up to date by 2018-08-20 11:01", ">= 90 %")
    assert found.best == pytest.approx(0.85)
    assert "3 devices must wait" in found.reason
    assert not found.is_possible
    of_one = best(model, "up to date in DE/B by 2018-08-20 11:01", ">= 100 %")
    assert (of_one.best, of_one.is_possible) == (1.0, True)


def test_an_outage_of_the_repository_takes_of_its_time(scenario):
    outage = {"start": "2018-08-20 11:00:30", "end": "2018-08-20 11:10"}
    lines = {"repository": {"uplink": "50 Mbit/s"}}
    model = ten(scenario, outages=[outage], network=lines)
    found = best(model, "successful by 2018-08-20 11:09", ">= 80 %")
    assert found.best == pytest.approx(0.1)
    assert "187.5 MB" in found.reason


def test_by_a_deadline_only_what_fits_is_there(scenario):
    found = best(ten(scenario), "successful by 2018-08-20 11:01", ">= 80 %")
    assert found.best == pytest.approx(0.7)
    assert "DE carries at most 750.0 MB by then" in found.reason
    assert "3 devices must wait" in found.reason


@pytest.mark.parametrize(
    ("words", "condition", "told"),
    [
        ("successful by 2018-08-20 11:01", ">= 80 %", "at most 70.0 %;"),
        ("successful by 2018-08-20 11:01", ">= 70.02 %", "at most 70.00 %;"),
        ("time to 100 %", "<= 79.98 s", "at least 1 min 20.00 s;"),
        ("successful by 2018-08-20 11:01", ">= 69.98 %", "at most 70.0 %;"),
    ],
)
def test_a_bound_has_the_digits_that_tell_it_from_the_limit_it_refutes(
    scenario, words, condition, told
):
    assert told in str(best(ten(scenario), words, condition))


def test_why_there_is_no_bound_is_told_in_the_language_of_the_reader(scenario):
    nobody = scenario(fleet={"units": {"DE": {"devices": 10}, "FR": {"devices": 2}}})
    with speaking("de"):
        found = best(nobody, "successful in FR", ">= 80 %")
        assert found.reason == "dort ist kein Gerät Ziel"
    assert best(nobody, "successful in FR", ">= 80 %").reason == "no device is targeted there"


def test_what_makes_a_time_no_sooner_stands_in_no_deadlines_way(scenario):
    late, soon = (
        best(ten(scenario), f"chance of 95 % by 2018-08-20 {at}", ">= 90 %")
        for at in ("11:30", "11:01")
    )
    assert str(late).endswith(": >= 90 %: possible, at most 100.0 %; nothing stands in the way")
    assert soon.best == 0
    assert soon.reason.endswith(
        "750.0 MB by then, and its 10 devices need 1.00 GB: 3 devices must wait"
    )


def test_a_second_short_is_told_as_two_sizes_that_differ(scenario):
    """Twenty devices take 1,600 s at 10 Mbit/s; 19 of them come through in 1,598."""
    units = {"units": {"DE": {"devices": 20}}}
    model = scenario(fleet=units, network={"sites": {"default": {"link": "10 Mbit/s"}}})
    asked = "successful by 2018-08-20 11:26:38", ">= 100 %"
    assert best(model, *asked).reason.endswith(
        "at most 1.998 GB by then, and its 20 devices need 2.000 GB: 1 device must wait"
    )
    with speaking("de"):
        assert best(model, *asked).reason.endswith("brauchen; nicht rechtzeitig: 1 Gerät")


def test_one_device_needs_and_ten_need(scenario):
    limit = ("peak site rate", "<= 10 Mbit/s in 100 % of the runs")
    found = best(
        scenario(), "successful by 2018-08-20 11:01", ">= 80 % in 100 % of the runs", limit
    )
    assert found.reason.endswith("and its 1 device needs 100.0 MB: 1 device must wait")


def test_the_repository_is_a_line_too(scenario):
    model = ten(scenario, network={"repository": {"uplink": "10 Mbit/s"}})
    found = best(model, "time to 100 %", "<= 10 min")
    assert found.best == pytest.approx(800_000, abs=2)
    assert found.reason == (
        "the repository's 10.0 Mbit/s need all of the time until then for the 1.00 GB of 10 devices"
    )
    late = best(model, "successful by 2018-08-20 11:13:19", ">= 100 %")
    assert late.reason.endswith("carry at most 998.8 MB by then, and 10 devices need 1.00 GB")


@pytest.mark.parametrize(("ahead", "reached"), [([], 17), ([{"delivery": "DE/B"}], 20)])
def test_a_line_carries_nothing_before_the_first_command_of_its_own_devices(
    scenario, ahead, reached
):
    """The second of two sites starts an hour after the first: seven devices in its first minute.

    What is delivered ahead comes over the line of whom it is for.
    """
    units = {f"DE/{site}": {"devices": 10} for site in "AB"}
    updates = [{"update": "DE/A"}, {"update": "DE/B", "once": "2018-08-20 12:00"}]
    model = scenario(fleet={"units": units}, commands=[*updates, *ahead])
    assert best(model, "successful by 2018-08-20 12:01", ">= 95 %").best == reached / 20


def test_the_last_device_waits_for_its_turn(scenario):
    found = best(ten(scenario, {"devices_wait": "1 min"}), "time to 100 %", "<= 1 min")
    assert found.best == pytest.approx(9 * MINUTE + 8000, abs=2)
    assert (
        "the last one's turn is 9 min 00 s after the first"
        in best(
            ten(scenario, {"devices_wait": "1 min"}), "successful by 2018-08-20 11:03", ">= 90 %"
        ).reason
    )


def test_workers_reach_so_many_a_second(scenario):
    slow = {
        "send_time": "1 min",
        "dispatch_workers": 2,
        "connect_timeout": "1 min",
        "ping_timeout": "1 min",
    }
    found = best(ten(scenario, assumptions=slow), "successful by 2018-08-20 11:03", ">= 90 %")
    assert found.best == pytest.approx(0.6)
    assert "with 2 workers, reaches at most 6 devices by then" in found.reason


def test_who_does_not_agree_at_once_outlasts_the_time(scenario):
    asked = scenario(
        {"inform_user": "30 min"},
        fleet={"units": {"DE": {"devices": 10_000}}},
        people={"default": {"answer": {"now": "20 %", "defer": "70 %"}}},
        network={
            "sites": {"default": {"link": "10 Gbit/s"}},
            "repository": {"uplink": "100 Gbit/s"},
        },
    )
    found = best(asked, "successful by 2018-08-20 11:25", ">= 50 %")
    # Defer is not offered, so its share falls to now: 90 % would click, all of them now.
    assert found.is_possible
    offered = asked.model_copy(
        update={
            "firmware": fwsim.Scenario.model_validate(
                {**asked.as_data(), "firmware": {"reminder": {"deferments": 1, "delays": ["1 h"]}}}
            ).firmware
        }
    )
    found = best(offered, "successful by 2018-08-20 11:25", ">= 50 %")
    assert 0.2 < found.best < 0.25
    assert not found.is_possible
    assert "notice and deferments outlast the time on 10,000 devices" in found.reason


@pytest.mark.parametrize(
    ("instead", "agree"), [("buttons", 0.9), ("ignored", 0.2), ("proportion", 2 / 3)]
)
def test_who_agrees_at_once_hangs_on_what_stands_for_a_missing_button(scenario, instead, agree):
    asked = scenario(
        {"inform_user": "30 min"},
        fleet={"units": {"DE": {"devices": 10_000}}},
        people={"default": {"answer": {"now": "20 %", "defer": "70 %"}, "persistence": "100 %"}},
        network=QUICK,
        assumptions={"missing_button": instead},
    )
    found = best(asked, "successful by 2018-08-20 11:25", ">= 99 %")
    assert agree < found.best < agree + 0.05
    assert not found.is_possible


def test_if_all_have_the_same_chance_of_their_own_all_may_agree_at_once(scenario):
    model = asked_for_half_an_hour(
        scenario,
        "11:00",
        people={"default": NOW["default"] | {"persistence": "100 %"}},
        chances={"own_answer": 0.1},
    )
    asked = ("successful by 2018-08-20 11:25", ">= 99 %")
    assert best(model, *asked).best == 1.0
    assert value_of(play_once(prepare(model), 1, 0), read_measure(asked[0])) == 1.0


def test_an_image_nobody_offers_reaches_nobody(scenario):
    model = scenario(firmware={"path": "somewhere", "image_file": "none.idf"})
    found = best(model, "time to 50 %", "<= 1 h")
    assert found.best == float("inf")
    assert "not offered" in found.reason


def test_devices_that_start_by_themselves_have_no_bound():
    rollout = prepare(fwsim.load(SCENARIOS[0].parent / "notification.yaml"))
    feasibility = Feasibility(rollout)
    assert feasibility.unbounded
    assert feasibility.bounds([read_expectation("successful", ">= 99 %")]) == []


NOW = {"default": {"answer": {"now": "20 %", "defer": "0 %", "after": "1 s"}}}
QUICK = {"sites": {"default": {"link": "10 Gbit/s"}}, "repository": {"uplink": "100 Gbit/s"}}


def asked_for_half_an_hour(scenario, *starts, **changes):
    """Two thousand users, of whom a fifth agree at once; by 11:25 nobody else is done."""
    return scenario(
        commands=[
            {"update": "DE", "inform_user": "30 min", "once": f"2018-08-20 {at}"} for at in starts
        ],
        fleet={"units": {"DE": {"devices": 2000}}},
        network=QUICK,
        **{"people": NOW, **changes},
    )


@pytest.mark.parametrize(("force_at", "reached"), [("11:10", 1.0), ("11:26", 0.3)])
def test_a_start_whatever_users_say_bounds_how_long_they_hold_it_back(scenario, force_at, reached):
    model = scenario(
        {"inform_user": "30 min", "force_at": f"2018-08-20 {force_at}"},
        fleet={"units": {"DE": {"devices": 2000}}},
        network=QUICK,
        people=NOW,
    )
    deadline = "successful by 2018-08-20 11:25"
    found = best(model, deadline, ">= 1 %")
    played = value_of(play_once(prepare(model), 0, 0), read_measure(deadline))
    assert played <= found.best <= reached
    assert found.best == 1.0 or reached < 1.0


@pytest.mark.parametrize(
    ("starts", "changes"),
    [
        (["11:00", "11:01"], {}),
        (["11:00"], {"power": {"default": {"mean_time_between_losses": "3 min"}}}),
        (["11:00"], {"assumptions": {"unattended_policy": "skip_dialog"}}),
    ],
    ids=["asked twice", "power is lost", "nobody is asked where nobody is"],
)
def test_who_may_be_asked_anew_or_not_at_all_is_not_bounded_by_a_notice(scenario, starts, changes):
    deadline = ("successful by 2018-08-20 11:25", ">= 50 %")
    assert best(asked_for_half_an_hour(scenario, "11:00"), *deadline).best < 0.3
    assert best(asked_for_half_an_hour(scenario, *starts, **changes), *deadline).best == 1.0


def test_a_device_that_is_up_to_date_needs_no_update_even_with_a_format(scenario):
    model = scenario(
        {"format_system_partition": True, "subordinate_units": True},
        fleet={
            "units": {
                "DE": {"devices": 0},
                "DE/A": {"devices": 5, "site": "S"},
                "DE/B": {"devices": 5, "site": "S", "installed": "new.idf"},
            }
        },
        network={"sites": {"S": {"link": "10 Mbit/s"}}},
    )
    # Five devices of 100 MB over 10 Mbit/s.
    assert best(model, "time to 100 %", "<= 1 min").best == pytest.approx(400_000, abs=2)


@pytest.mark.parametrize("installed", ["new.idf", {"old.idf": "50 %", "new.idf": "50 %"}])
def test_where_perhaps_nobody_needs_the_update_all_of_those_may_have_it_at_once(
    scenario, installed
):
    model = scenario(fleet={"units": {"DE": {"devices": 1, "installed": installed}}})
    assert best(model, "time to 95 %", "<= 1 s").best == 0
    assert best(model, "time from 2018-08-20 10:00 to 95 %", "<= 1 s").best == 0
    found = best(model, "chance of 95 % by 2018-08-20 11:00", ">= 90 %")
    assert (found.best, found.reason) == (1, "nothing stands in the way")
    # Of the targeted devices one must get it, and can only if it needs it.
    of_targeted = best(model, "time to 95 % of targeted", "<= 1 s")
    assert of_targeted.best == (
        float("inf") if installed == "new.idf" else pytest.approx(8000, abs=2)
    )


def test_of_several_commands_the_one_that_fetches_least_counts(scenario):
    packages = [{"name": "a", "version": "VERSION", "size": "10 MB"}, {"name": "b", "size": "1 GB"}]
    images = {
        label: {"name": f"{label}.idf", "packages": [packages[0] | {"version": v}, packages[1]]}
        for label, v in (("old", "1"), ("new", "2"))
    }
    model = scenario(
        image=None,
        images=images,
        firmware={"image_file": "new.idf"},
        fleet={"units": {"DE": {"devices": 10, "installed": "old"}}},
        commands=[
            {"update": "DE"},
            {"update": "DE", "format_system_partition": True, "once": "2018-08-20 20:00"},
        ],
    )
    assert best(model, "time to 100 %", "<= 1 h").best == pytest.approx(8000, abs=2)


def test_a_group_over_what_changes_has_no_bound(scenario):
    model = scenario(
        fleet={"units": {"DE": {"devices": 9}}},
        commands=[{"update": {"group": "idf name = old.idf"}, "devices_wait": "1 min"}],
    )
    assert "who is in a group" in Feasibility(prepare(model)).unbounded
    fixed = scenario(
        fleet={"units": {"DE": {"devices": 9, "attributes": {"Device type": "LES"}}}},
        commands=[{"update": {"group": "Device type = LES"}}],
    )
    assert Feasibility(prepare(fixed)).unbounded is None
