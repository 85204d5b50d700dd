"""Starts that are forced, time that is lost, what is on or begun for nothing: in both ways.

The story (tests/conftest.py): IDF 2 s, transfer 8 s, checks 3 s, installation 10 s, restart 60 s;
the command is sent on Monday at 11:00.
"""

from __future__ import annotations

import math

import pytest

from fwsim.measures.measure import read_measure
from fwsim.results.run.measuring import usual_measures, value_of
from fwsim.results.run.tallied import weeks_of
from fwsim.run import count_once, play_once, prepare

HOUR = 3_600_000
SILENT = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "0 %"}}
DEFERS = {"answer": {"now": "0 %", "defer": "100 %", "cancel": "0 %", "after": "20 s"}}
CANCELS = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "100 %", "after": "20 s"}}
AGREES = {"answer": {"now": "100 %", "defer": "0 %", "cancel": "0 %", "after": "20 s"}}


@pytest.fixture
def value(scenario):
    """Return what a measure comes to in the story with changes, by its log and by the tally."""

    def found(words, update=None, until=None, **changes):
        rollout = prepare(scenario(update, **changes))
        measure = read_measure(words)
        weeks = weeks_of([*usual_measures(rollout), measure])
        by_log = value_of(play_once(rollout, 1, 0, until=until), measure)
        assert value_of(count_once(rollout, 1, 0, weeks, until=until), measure) == by_log
        return by_log

    return found


def forced(value, people, update=None, **changes):
    return value("forced starts", update, people={"default": people}, **changes)


@pytest.mark.parametrize("order", ["before", "after", "both"])
@pytest.mark.parametrize("shown", ["15 min", "until answered"])
@pytest.mark.parametrize(("people", "count"), [(SILENT, 1), (AGREES, 0), (DEFERS, 1)])
def test_a_start_at_force_at_is_forced_on_whoever_has_not_agreed(
    value, order, shown, people, count
):
    update = {"inform_user": shown, "force_at": "2018-08-20 11:05"}
    checks = {"assumptions": {"idf_check_order": order}}
    later = {"reminder": {"deferments": 1, "delays": ["1 h"]}}
    assert forced(value, people, update, firmware=later, **checks) == count


def test_a_start_at_force_at_is_forced_on_nobody_who_is_away(value):
    update = {"inform_user": "15 min", "force_at": "2018-08-20 11:05"}
    away = {**SILENT, "present": "mon-fri 08:00-11:04"}
    assert forced(value, away, update) == 0


def test_a_start_whose_notice_force_at_spares_is_forced(value):
    on_late = {"power": {"default": {"on": "mon 12:00-17:00"}}}
    update = {"inform_user": "15 min", "force_at": "2018-08-20 11:05"}
    assert forced(value, SILENT, update, **on_late) == 1


@pytest.mark.parametrize(("people", "count"), [(SILENT, 1), (AGREES, 0)])
def test_a_deadline_forces_starts_as_force_at_does(value, people, count):
    assignment = {
        "update": "DE",
        "inform_user": "until answered",
        "check_in": {"every": "30 min"},
        "deadline": "2018-08-20 14:00",
    }
    assert forced(value, people, commands=[], assignments=[assignment]) == count


@pytest.mark.parametrize("order", ["before", "after", "both"])
@pytest.mark.parametrize("again", ["retry", "resume"])
@pytest.mark.parametrize(("people", "count"), [(SILENT, 1), (AGREES, 0)])
def test_what_goes_on_by_itself_after_a_deadline_is_forced_once_at_most(
    value, order, again, people, count
):
    """Its transfer breaks, and is begun again after 11:40, when nobody is asked any more."""
    assignment = {
        "update": "DE",
        "inform_user": "until answered",
        "check_in": {"every": "30 min"},
        "deadline": "2018-08-20 11:40",
        again: {"times": 3, "wait": "5 min"},
    }
    breaks = {
        "image": {"name": "new.idf", "packages": [{"name": "baseos", "size": "1 GB"}]},
        "network": {"sites": {"default": {"link": "5 Mbit/s"}}},
        "power": {"default": {"on": "always", "mean_time_between_losses": "2 h"}},
        "chances": {"power_loss": 1 - math.exp(-45 / 120)},  # after 45 minutes
        "assumptions": {"idf_check_order": order},
    }
    plan = {"commands": [], "assignments": [assignment], "horizon": "4 h"}
    assert forced(value, people, **plan, **breaks) == count


@pytest.mark.parametrize(("installed", "count"), [("old.idf", 1), ("new.idf", 0)])
def test_a_notice_after_which_nothing_begins_forces_no_start(value, installed, count):
    fleet = {"units": {"DE": {"devices": 1, "installed": installed}}}
    after = {"assumptions": {"idf_check_order": "after"}}
    assert forced(value, SILENT, {"inform_user": "5 min"}, fleet=fleet, **after) == count


LOST = {
    "image": {"name": "new.idf", "packages": [{"name": "baseos", "size": "1 GB"}]},
    "power": {"default": {"on": "always", "mean_time_between_losses": "2 h"}},
    "chances": {"power_loss": 0.08},  # after 10 minutes: it installs from 11:01 to 11:18
}


def test_a_device_that_never_starts_again_costs_its_user_all_time_that_is_left(value):
    def lost(bricked, **how):
        slow = {"bricked": bricked, "install_rate": "1 MB/s"}
        return value("user time lost", assumptions=slow, horizon="10 h", **LOST, **how)

    begun = (2 + 80 + 3) * 1000
    assert 10 * 60_000 < lost("0 %") < 30 * 60_000
    assert lost("100 %") == 10 * HOUR - begun
    assert lost("100 %", until=2 * HOUR) == 2 * HOUR - begun


@pytest.mark.parametrize(
    ("until", "lost"),
    [
        (12_000, 0),
        (18_000, 5_000),  # amid the installation
        (33_000, 20_000),  # amid the restart
        (90_000, 70_000),
    ],
)
def test_what_the_end_of_a_run_cuts_is_time_lost_until_then(value, until, lost):
    assert value("user time lost", until=until) == lost


CANCELS = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "100 %"}}


@pytest.mark.parametrize(("wakes", "devices"), [("0 %", 0), ("100 %", 1)])
def test_whom_nothing_switched_on_was_not_switched_on_for_nothing(value, wakes, devices):
    """At 11:00 it is off; at 12:30, when a later command comes, its user has switched it on."""
    commands = [
        {"update": "DE", "inform_user": "5 min", "user_can_cancel": True, **at}
        for at in ({}, {"once": "2018-08-20 12:30"})
    ]
    told = value(
        "switched on for nothing",
        commands=commands,
        people={"default": CANCELS},
        power={"default": {"on": "mon-fri 12:00-17:00"}},
        network={"sites": {"default": {"wake_up": wakes}}},
    )
    assert told == devices


@pytest.mark.parametrize(
    ("end", "devices"),
    [
        ({"horizon": "30 s"}, 0),  # amid the restart, and amid the window
        ({"until": 30_000}, 0),
        ({"until": 60_000}, 1),  # the window is over, the restart is not
        ({"horizon": "60 s"}, 1),
        ({}, 1),
    ],
)
def test_a_window_that_the_end_of_a_run_cuts_is_not_looked_at(value, end, devices):
    assert value("started but not finished in mon 11:00-11:01", **end) == devices


def test_an_update_that_still_has_to_restart_when_the_window_ends_is_not_finished(value):
    assignment = {
        "update": "DE",
        "check_in": {"every": "5 min"},
        "deadline": "2018-08-20 11:00",
        "grace": "2 h",
    }
    week = "started but not finished in mon 11:00-12:00"
    assert value(week, commands=[], assignments=[assignment]) == 1


@pytest.mark.parametrize(
    ("words", "notices"),
    [("prompts", 7), ("prompts in DE/A", 3), ("prompts for people plant", 4)],
)
def test_notices_are_counted_by_group(value, words, notices):
    units = {"DE": {"devices": 0}, "DE/A": {"devices": 3}}
    units["DE/B"] = {"devices": 4, "people": "plant"}
    found = value(
        words,
        {"subordinate_units": True, "inform_user": "5 min"},
        people={"default": AGREES, "plant": {"present": "never"}},
        fleet={"units": units},
    )
    assert found == notices


@pytest.fixture
def of_two_kinds(value):
    """Return what a measure comes to where two agree in the office, and three in a plant do not."""

    def found(words, plant):
        units = {"DE": {"devices": 0}, "DE/A": {"devices": 2}}
        units["DE/B"] = {"devices": 3, "people": "plant"}
        return value(
            words,
            {"subordinate_units": True, "inform_user": "5 min", "user_can_cancel": True},
            people={"default": AGREES, "plant": plant},
            fleet={"units": units},
            firmware={"reminder": {"deferments": 1, "delays": ["1 h"]}},
        )

    return found


@pytest.mark.parametrize(
    ("part", "count"), [(" for people plant", 3), (" in DE/A", 0), (" in DE", 3), ("", 3)]
)
def test_starts_are_forced_on_those_who_say_nothing(of_two_kinds, part, count):
    assert of_two_kinds(f"forced starts{part}", SILENT) == count


@pytest.mark.parametrize(
    ("words", "plant", "others"),
    [
        ("deferments", 3, 0),
        ("prompts", 6, 2),
        ("most prompts on one device", 2, 1),
        ("devices prompted", 3, 2),
        ("cancels", 0, 0),
    ],
)
def test_who_defers_is_asked_again_and_nobody_else(of_two_kinds, words, plant, others):
    assert of_two_kinds(f"{words} for people plant", DEFERS) == plant
    assert of_two_kinds(f"{words} for people default", DEFERS) == others


def test_clicks_on_cancel_are_those_of_whoever_cancels(of_two_kinds):
    assert of_two_kinds("cancels in DE/B", CANCELS) == 3
    assert of_two_kinds("cancels in DE/A", CANCELS) == 0


def test_time_is_lost_by_those_who_are_there(of_two_kinds):
    away = {**SILENT, "present": "mon-fri 11:00-11:05"}
    assert of_two_kinds("user time lost for people plant", away) == 0
    assert of_two_kinds("user time lost for people plant", SILENT) == 3 * 70_000
    assert of_two_kinds("user time lost in DE/A", SILENT) == 2 * 70_000


@pytest.mark.parametrize(("week", "count"), [("mon 11:00-11:05", 0), ("mon 11:05-11:06", 1)])
def test_what_comes_as_times_of_the_week_end_is_not_within_them(value, week, count):
    update = {"inform_user": "15 min", "force_at": "2018-08-20 11:05"}
    assert forced(value, SILENT, update) == 1
    assert value(f"forced starts {week}", update, people={"default": SILENT}) == count


@pytest.mark.parametrize(
    ("week", "lost"),
    [
        ("mon 10:00-11:00", 0),
        ("mon 11:00-11:01", 47_000),  # it installs from 11:00:13 on
        ("mon 11:01-11:02", 23_000),
        ("mon 10:30-11:01, mon 11:01-12:00", 70_000),
        ("tue 00:00-24:00", 0),
    ],
)
def test_of_time_that_is_lost_what_falls_within_times_of_the_week_counts(value, week, lost):
    assert value(f"user time lost {week}") == lost


def test_time_is_lost_within_times_of_the_week_only_by_those_who_are_there(value):
    there = {**SILENT, "present": "mon-fri 08:00-11:01"}
    assert value("user time lost mon 11:00-12:00", people={"default": there}) == 47_000


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("prompts mon 11:00-11:05", 5),
        ("prompts in DE/B mon 12:00-13:00", 3),  # they deferred at 11:00:20, by an hour
        ("prompts for people default mon 12:00-13:00", 0),
        ("deferments mon 11:00-11:05", 3),
        ("devices prompted mon 11:00-13:00", 5),
        ("most prompts on one device mon 11:00-11:30", 1),
    ],
)
def test_notices_and_clicks_are_counted_at_their_moment(of_two_kinds, words, count):
    assert of_two_kinds(words, DEFERS) == count
