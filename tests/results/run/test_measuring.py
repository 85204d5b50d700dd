"""What each measure comes to, counted by hand on stories in which every second is known.

The story (tests/conftest.py): IDF 2 s, transfer 8 s, checks 3 s, installation 10 s, restart 60 s.
"""

from __future__ import annotations

import math

import pytest

from fwsim.fleet.grouping import Grouping
from fwsim.measures.amounts import REACHED_BEFORE
from fwsim.measures.catalogue import Kind
from fwsim.measures.measure import read_measure
from fwsim.messages import speaking
from fwsim.problems import InputError
from fwsim.results.run.asked import check_measure
from fwsim.results.run.by_group import group_table
from fwsim.results.run.from_log import LogCounts
from fwsim.results.run.measuring import _COMPUTE, usual_measures, value_of
from fwsim.results.run.tallied import AskedWeeks
from fwsim.results.statistics.in_words import in_one_line
from fwsim.run import count_once, play_once, prepare
from tests.conftest import merged


def value(result, words):
    return value_of(result.record, read_measure(words))


def test_every_kind_is_computed():
    assert set(_COMPUTE) == set(Kind)


def test_a_measure_of_an_unknown_unit_is_refused_in_the_language_spoken(play):
    rollout = play().rollout
    with (
        speaking("de"),
        pytest.raises(InputError, match="Organisationseinheit: 'DF' ist unbekannt"),
    ):
        check_measure(rollout, read_measure("successful in DF"))
    rollout = play(start="2018-08-20 10:59:40").rollout
    with speaking("de"), pytest.raises(InputError) as found:
        check_measure(rollout, read_measure("peak site rate in DF mon 11:00-12:00"))
    unknown, metered = (problem.message for problem in found.value.problems)
    assert unknown.startswith("Organisationseinheit: 'DF' ist unbekannt")
    assert "beginnen mit dem Start" in metered


def test_times_count_from_the_first_command(play):
    result = play({"once": "2018-08-20 12:00"})
    assert value(result, "t50") == value(result, "time to 95 % of targeted") == 83_000


def test_a_time_counts_from_a_moment_where_it_is_asked_for_so(play):
    result = play({"once": "2018-08-20 12:00"})
    assert value(result, "time from 2018-08-20 12:00 to 50 %") == 83_000
    assert value(result, "time from 2018-08-20 11:30 to 50 % of targeted") == 1_883_000
    assert 0 < value(result, "time from 2018-08-20 12:30 to 50 %") < 1
    with pytest.raises(InputError, match="before the start"):
        check_measure(result.rollout, read_measure("time from 2018-08-20 10:00 to 50 %"))


def test_what_is_not_reached_is_never(play):
    result = play(faults={"installation": "100 %"})
    assert value(result, "t95") == math.inf
    assert value(result, "outcome not successful because installation failed") == 1
    assert value(result, "successful") == 0


@pytest.mark.parametrize(("by", "share"), [("11:01:22", 0), ("11:01:23", 1), ("12:00", 1)])
def test_by_a_time_counts_what_is_over_at_that_very_second(play, by, share):
    result = play()
    assert value(result, f"successful by 2018-08-20 {by}") == share
    assert value(result, f"chance of 95 % by 2018-08-20 {by}") == share


def test_a_device_found_up_to_date_is_up_to_date_but_not_successful(play):
    result = play(fleet={"units": {"DE": {"installed": "new.idf"}}})
    assert value(result, "successful") == 0
    assert value(result, "up to date") == 1
    assert value(result, "up to date by 2018-08-20 11:00:01") == 0
    assert value(result, "outcome not necessary") == 1


def test_where_none_needs_the_update_all_that_need_it_have_it_from_the_start(play):
    result = play(fleet={"units": {"DE": {"installed": "new.idf"}}})
    assert value(result, "t95") == 0
    assert value(result, "chance of 95 % by 2018-08-20 12:00") == 1
    assert value(result, "time to 95 % of targeted") == math.inf
    since = read_measure("time from 2018-08-20 11:00 to 95 %")
    assert value(result, since.name) == 0
    assert in_one_line([0.0, 0.0], since) == "none needs it"
    assert in_one_line([REACHED_BEFORE] * 2, since) == "0.0 s"


def test_devices_with_success_are_counted_up_to_a_time(play):
    result = play(fleet={"units": {"DE": {"devices": 2}, "DE/A": {"devices": 3}}})
    done = value(result, "devices successful")
    assert done == value(result, "successful") * value(result, "devices targeted") > 0
    assert value(result, "devices successful by 2018-08-20 11:00") == 0


def test_a_group_that_no_command_targets_never_gets_there(play):
    units = {"DE": {"devices": 2, "installed": "new.idf"}, "FR": {"devices": 1}}
    result = play(fleet={"units": units})
    assert value(result, "devices targeted in DE") == 2
    assert value(result, "devices targeted in FR") == 0
    assert value(result, "time to 95 % in FR") == math.inf


def test_a_unit_counts_with_those_below_it(play):
    units = {
        "DE": {"devices": 1},
        "DE/South": {"devices": 2, "installed": "new.idf"},
        "DE/South/Ulm": {"devices": 1, "installed": "old.idf"},
    }
    result = play({"subordinate_units": True}, fleet={"units": units})
    assert value(result, "successful in DE/South") == pytest.approx(1 / 3)
    assert value(result, "outcome not necessary in DE") == 0.5


def test_notices_clicks_and_who_was_asked(play):
    defer_once = {
        "people": {"default": {"answer": {"now": "0 %", "defer": "100 %", "cancel": "0 %"}}},
        "firmware": {"reminder": {"deferments": 1, "delays": ["1 h"]}},
        "chances": {"answer": 0.5, "answer_time": 0.5},
    }
    result = play({"inform_user": "5 min"}, **defer_once)
    assert value(result, "prompts") == value(result, "most prompts on one device") == 2
    assert value(result, "deferments") == value(result, "devices prompted") == 1
    assert value(result, "cancels") == 0


@pytest.mark.parametrize(("present", "forced"), [("always", 1), ("never", 0)])
def test_a_start_is_forced_only_on_a_user_who_is_there(play, present, forced):
    silent = {"present": present, "answer": {"now": "0 %", "defer": "0 %", "cancel": "0 %"}}
    result = play({"inform_user": "5 min"}, people={"default": silent})
    assert value(result, "successful") == 1
    assert value(result, "forced starts") == forced


def test_time_is_lost_while_the_device_installs_and_restarts(play):
    assert value(play(), "user time lost") == 70_000


def test_time_is_lost_only_while_the_user_is_there(play):
    # Installation and restart last from 11:00:13 to 11:01:23; the user leaves at 11:01.
    result = play(people={"default": {"present": "mon-fri 08:00-11:01"}})
    assert value(result, "user time lost") == 47_000


def test_load_is_a_share_of_the_lines_own_rate(play):
    # 100 MB over 100 Mbit/s in the first minute: 8 s of 60 s; the uplink has 1 Gbit/s.
    result = play()
    assert value(result, "peak site link utilisation") == pytest.approx(8 / 60)
    assert value(result, "peak link utilisation of DE") == pytest.approx(8 / 60)
    assert value(result, "peak repository utilisation") == pytest.approx(0.8 / 60)
    assert value(result, "busy-hour site link utilisation") == pytest.approx(8 / 3600)
    assert value(result, "busy-hour repository utilisation") == pytest.approx(0.8 / 3600)
    assert value(result, "WAN bytes") == 100_000_000


def test_load_can_be_asked_for_times_of_the_week(play):
    result = play()
    assert value(result, "WAN bytes mon 10:00-12:00") == 100_000_000
    assert value(result, "WAN bytes tue 10:00-12:00") == 0
    assert value(result, "peak site link utilisation tue 10:00-12:00") == 0


@pytest.mark.parametrize("words", ["WAN bytes", "peak site rate", "peak hub link utilisation"])
def test_loads_at_times_of_the_week_are_refused_where_the_minutes_are_not_the_clocks(play, words):
    network = {"hubs": {"H": {"link": "1 Gbit/s", "sites": ["DE"]}}}
    rollout = play(start="2018-08-20 10:59:40", network=network).rollout
    with pytest.raises(InputError, match="such as start: 2018-08-20 10:59"):
        check_measure(rollout, read_measure(f"{words} mon 11:00-12:00"))
    check_measure(rollout, read_measure(words))
    check_measure(rollout, read_measure("started but not finished in mon 11:00-12:00"))
    told = {str(measure) for measure in usual_measures(rollout)}
    assert "WAN bytes" in told
    assert not any("mon-fri" in name for name in told)


def test_the_busy_hour_may_begin_at_any_minute(play):
    # Two transfers, 40 min apart, at 11:30 and 12:10: one hour holds both.
    fleet = {
        "units": {
            "A": {"devices": 1, "site": "x"},
            "B": {"devices": 1, "site": "x"},
            "DE": {"devices": 1, "site": "y"},
        }
    }
    commands = [
        {"update": "A", "once": "2018-08-20 11:30"},
        {"update": "B", "once": "2018-08-20 12:10"},
    ]
    sites = {name: {"link": "100 Mbit/s"} for name in ("x", "y", "default")}
    result = play(fleet=fleet, commands=commands, network={"sites": sites})
    assert value(result, "busy-hour site link utilisation") == pytest.approx(16 / 3600)


@pytest.mark.parametrize("stop", [{"horizon": "30 min"}, {"until": 30 * 60_000}])
def test_the_busy_hour_of_a_run_stopped_within_it_is_what_was_played(scenario, stop):
    """The line of 400 kbit/s takes 2,000 s, and is full from 2 s after the start."""
    until = stop.get("until")
    changes = {key: value for key, value in stop.items() if key != "until"}
    rollout = prepare(scenario(network={"sites": {"default": {"link": "400 kbit/s"}}}, **changes))
    logged = LogCounts(play_once(rollout, 1, 0, until=until))
    tallied = count_once(rollout, 1, 0, AskedWeeks(), until=until)
    assert logged.busy_hour_lines.max() == pytest.approx(1.0, abs=0.01)
    assert logged.busy_hour_repository > 0
    assert (logged.busy_hour_lines == tallied.busy_hour_lines).all()
    assert logged.busy_hour_repository == tallied.busy_hour_repository


@pytest.mark.parametrize(
    ("week", "devices"),
    [
        ("mon 11:00-11:01", 1),  # over in the middle of the restart
        ("mon 11:00-11:02", 0),  # done in time
        ("mon 12:00-13:00", 0),  # began before
    ],
)
def test_unfinished_is_what_began_in_the_window_and_was_not_over_at_its_end(play, week, devices):
    assert value(play(), f"started but not finished in {week}") == devices


@pytest.mark.parametrize(
    ("week", "devices"),
    [
        ("mon 11:00-11:01", 1),  # still in transfer
        ("mon 11:01-11:02", 1),  # the installation began, the transfer before
        ("mon 11:00-11:03", 0),  # done in time
        ("mon 11:02-11:03", 0),  # both began before
        ("mon 11:00-11:01, mon 11:01-11:02", 1),
    ],
)
def test_an_installation_that_begins_in_the_window_counts_whenever_its_transfer_began(
    play, week, devices
):
    """80 s of transfer, 3 s of checks, 10 s of installation, 60 s of restart."""
    result = play(network={"sites": {"default": {"link": "10 Mbit/s"}}})
    assert value(result, f"started but not finished in {week}") == devices


def test_a_device_switched_on_and_found_up_to_date_was_on_for_nothing(play):
    off = {"power": {"default": {"on": "never"}}}
    assert value(play(**off), "switched on for nothing") == 0
    up_to_date = {"units": {"DE": {"installed": "new.idf"}}}
    assert value(play(fleet=up_to_date, **off), "switched on for nothing") == 1


def test_a_device_switched_on_for_what_it_was_too_busy_for_was_on_for_nothing(play):
    commands = [
        {"update": "DE", "inform_user": "5 min"},
        {"delivery": "DE", "once": "2018-08-20 12:30"},
    ]
    result = play(
        commands=commands,
        people={"default": {"answer": {"defer": "100 %", "after": "1 s"}}},
        firmware={"reminder": {"deferments": 1, "delays": ["8 h"]}},
        power={"default": {"on": "mon 08:00-12:00", "suspends": "100 %"}},
        horizon="2 h",
    )
    assert value(result, "switched on for nothing") == 1


def test_a_device_switched_on_for_a_delivery_was_not_on_for_nothing(play):
    off = {"power": {"default": {"on": "never"}}}
    assert value(play(commands=[{"delivery": "DE"}], **off), "switched on for nothing") == 0
    late = [{"delivery": "DE"}, {"update": "DE", "once": "2018-08-20 12:00"}]
    failing = {"faults": {"installation": "100 %"}}
    assert value(play(commands=late, **off, **failing), "switched on for nothing") == 0


TWO_IMAGES = {
    "image": None,
    "images": {
        "a": {"name": "a.idf", "packages": [{"name": "a", "version": "1", "size": "100 MB"}]},
        "b": {"name": "b.idf", "packages": [{"name": "a", "version": "2", "size": "100 MB"}]},
    },
    "firmware": {"image_file": "a.idf"},
    "changes": [{"at": "2018-08-20 12:00", "firmware": {"image_file": "b.idf"}}],
}


def two_commands(play, second=None, **changes):
    commands = [{"update": "DE"}, {"update": "DE", "once": "2018-08-20 13:00", **(second or {})}]
    return play(commands=commands, **changes)


def test_whoever_ends_otherwise_is_not_successful_whatever_came_before(play):
    images = merged(TWO_IMAGES, {"images": {"b": {"missing": ["a"]}}})
    result = two_commands(play, **images)
    assert value(result, "outcome not successful because package not found") == 1
    assert value(result, "successful") == value(result, "up to date") == 0
    assert value(result, "successful by 2018-08-20 12:00") == 0
    assert value(result, "t95") == math.inf
    assert group_table(result.record, Grouping.UNIT)["successful"].tolist() == [0]


def test_times_are_those_of_the_command_that_tells_the_outcome(play):
    result = two_commands(play, **TWO_IMAGES)
    assert value(result, "successful") == value(result, "outcome successful") == 1
    assert value(result, "t95") == 2 * 3_600_000 + 83_000


NOTHING_MORE = {
    "nothing to do": {},
    "off": {
        "second": {"only_switched_on": True},
        "power": {"default": {"on": "mon 08:00-12:00"}},
    },
}


@pytest.mark.parametrize("why", NOTHING_MORE)
def test_a_command_repeated_takes_no_success_away(play, why):
    result = two_commands(play, **NOTHING_MORE[why])
    assert len(result.record.jobs) == 2
    assert value(result, "successful") == value(result, "outcome successful") == 1
    assert value(result, "t95") == 83_000


UEFI = {
    "uefi": {"LES v5": {"version": "2", "size": "100 MB"}},
    "fleet": {"units": {"DE": {"attributes": {"Device type": "LES v5", "BIOS": "1"}}}},
}


def test_where_only_uefi_updates_are_commanded_everything_is_told_of_them(play):
    silent = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "0 %"}}
    command = {"uefi_update": "DE", "inform_user": "1 min"}
    result = play(commands=[command], people={"default": silent}, **UEFI)
    assert value(result, "devices targeted") == value(result, "outcome successful") == 1
    assert value(result, "successful") == value(result, "forced starts") == 1
    assert 60_000 < value(result, "t95") < 3_600_000
    assert value(result, "user time lost") > 0
    assert result.headline.startswith("1 of 1 devices successful")
    assert result.headline.endswith("(UEFI updates: no other is commanded)")


def test_people_count_under_every_command_and_success_under_updates(play):
    silent = {"answer": {"now": "0 %", "defer": "0 %", "cancel": "0 %"}}
    uefi = {"uefi_update": "DE", "inform_user": "1 min"}
    update = {"update": "DE", "inform_user": "1 min", "once": "2018-08-20 13:00"}
    failing = {"faults": {"installation": "100 %"}}
    result = play(commands=[uefi, update], people={"default": silent}, **UEFI, **failing)
    assert value(result, "prompts") == value(result, "forced starts") == 2
    assert value(result, "successful") == 0


def test_workers_are_busy_while_a_device_does_not_answer(play):
    # 16 workers; one device shown as on that is off blocks one for 20 s of a minute.
    result = play(
        {"only_switched_on": True, "once": "2018-08-20 18:00"},
        power={"default": {"on": "mon 08:00-12:00", "unreported": "100 %"}},
    )
    assert value(result, "peak worker utilisation") == pytest.approx(20 / 60 / 16)


def test_the_usual_measures_follow_the_scenario(scenario, play):
    names = [str(measure) for measure in usual_measures(play(window="mon 20:00-22:00").rollout)]
    assert "started but not finished in mon 20:00-22:00" in names
    assert "WAN bytes mon-fri 08:00-18:00" in names
    assert len(names) == len(set(names))
