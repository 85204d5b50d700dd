"""What one may turn on a plan, and what it comes to."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.planning.levers import Levers, turned
from fwsim.quantities.doubted import belief_of
from fwsim.run import prepare, simulate
from fwsim.scenario.option_fields import SILENT

HOUR = 3_600_000


def commands(model):
    return [section.command() for section in model.commands]


@pytest.fixture
def model(scenario):
    return scenario({"inform_user": "5 min", "once": "2018-08-20 12:00"})


def test_no_turn_leaves_the_scenario_as_it_is(model):
    assert turned(model, Levers()) is model


@pytest.mark.parametrize(
    ("levers", "look", "value"),
    [
        (Levers(start_later=-HOUR // 2), lambda m: f"{commands(m)[0].schedule.at:%H:%M}", "11:30"),
        (Levers(devices_wait=750), lambda m: commands(m)[0].devices_wait, 750),
        (Levers(inform_user=60), lambda m: commands(m)[0].inform_user, 60),
        (Levers(inform_user=0), lambda m: commands(m)[0].inform_user, 0),
        (Levers(deferments=2), lambda m: m.firmware.reminder.deferments, 2),
        (Levers(link_share=0.5), lambda m: updates_at_most(m.network.sites["default"]), 6_250_000),
        (Levers(proxies=True), lambda m: m.firmware.proxy.type.value, "dynamic"),
        (Levers(proxies=False), lambda m: m.firmware.proxy.type.value, "none"),
        (
            Levers(delivery_first=True),
            lambda m: [type(c).__name__ for c in commands(m)],
            ["DeliveryCommand", "UpdateCommand"],
        ),
    ],
)
def test_a_lever_turns_what_it_says(model, levers, look, value):
    assert look(turned(model, levers)) == value


def test_a_plan_that_asks_nobody_leaves_what_only_a_notice_has(scenario):
    asking = {"inform_user": "5 min", "user_can_cancel": True, "once": "2018-08-20 12:00"}
    model = scenario({**asking, "force_at": "2018-08-20 13:00"})
    [silent] = commands(turned(model, Levers(inform_user=SILENT)))
    assert (silent.inform_user, silent.user_can_cancel, silent.force_at) == (None, False, None)


def test_the_share_of_the_lines_is_one_of_the_hubs_too(scenario):
    hub = {"link": "8 Mbit/s", "sites": ["DE"]}
    narrowed = turned(scenario(network={"hubs": {"South": hub}}), Levers(link_share=0.5))
    assert updates_at_most(narrowed.network.hubs["South"]) == 500_000
    assert narrowed.network.hubs["South"].link == 1_000_000
    assert narrowed.network.hubs["South"].sites == ("DE",)


def updates_at_most(line):
    return line.updates_at_most


def test_a_share_of_a_line_is_a_limit_on_updates_beside_what_others_take(scenario):
    line = {"link": "8 Mbit/s", "line_factor": "80 %", "busy": {"mon 12:00-13:00": "30 %"}}
    narrowed = turned(scenario(network={"sites": {"default": line}}), Levers(link_share=0.6))
    rollout = prepare(narrowed)
    (site, *_) = rollout.sites()
    (_, free), (_, beside_others), (_, free_again) = rollout.link_steps(site)
    assert (free, beside_others, free_again) == (600_000, 560_000, 600_000)
    assert site.carries == 800_000


def test_a_share_of_a_line_in_doubt_is_one_rate_for_the_router(scenario):
    line = {"link": {"between": ["4 Mbit/s", "16 Mbit/s"]}}
    narrowed = turned(scenario(network={"sites": {"default": line}}), Levers(link_share=0.5))
    site = narrowed.network.sites["default"]
    assert belief_of(site.link) is not None
    assert belief_of(site.updates_at_most) is None
    assert site.updates_at_most == round(int(site.link) / 2)


def test_a_limit_that_a_router_has_already_is_not_raised(scenario):
    line = {"link": "8 Mbit/s", "updates_at_most": "2 Mbit/s"}
    narrowed = turned(scenario(network={"sites": {"default": line}}), Levers(link_share=0.5))
    assert narrowed.network.sites["default"].updates_at_most == 250_000


def test_updates_cannot_take_more_than_a_line(scenario):
    with pytest.raises(ValueError, match="cannot take 200 % of a line"):
        turned(scenario(), Levers(link_share=2.0))


def test_every_turned_scenario_runs(model):
    everything = Levers(HOUR, 100, 60, 1, 0.5, True, True)
    assert simulate(turned(model, everything)).measures.targeted == 1


def test_a_plan_without_a_notice_is_not_given_one(scenario):
    assert commands(turned(scenario(), Levers(inform_user=60)))[0].inform_user is None


SPRING, AUTUMN = "2027-03-28", "2026-10-25"


def four_offices(start, *, zone="Europe/Berlin", **changes):
    units = {f"DE/{name}": {"devices": 3} for name in "ABCD"}
    before = f"{start[:8]}{int(start[8:10]) - 1:02d} 12:00"
    model = {
        "zone": zone,
        "start": before,
        "horizon": "2 d",
        "image": {"name": "new.idf", "packages": [{"name": "a", "size": "50 MB"}]},
        "fleet": {"units": units},
        "commands": [{"update": "DE", "subordinate_units": True, "once": start}],
        **changes,
    }
    return fwsim.Scenario.model_validate(model)


def in_waves(model, minutes, number=4, later=0):
    names = [f"DE/{name}" for name in "ABCD"]
    waves = tuple(tuple(names[i::number]) for i in range(number))
    return turned(model, Levers(start_later=later, waves=waves, apart=minutes * 60_000))


@pytest.mark.parametrize(
    ("start", "minutes", "zone", "told"),
    [
        (f"{SPRING} 01:30", 15, "Europe/Berlin", ["01:30", "01:45", "03:00", "03:15"]),
        (f"{SPRING} 02:30", 15, "Europe/Berlin", ["03:00", "03:15", "03:30", "03:45"]),
        (f"{SPRING} 01:00", 60, "Europe/Berlin", ["01:00", "03:00", "04:00", "05:00"]),
        (f"{AUTUMN} 01:30", 30, "Europe/Berlin", None),
        (f"{AUTUMN} 01:30", 20, "Europe/Berlin", ["01:30", "01:50", "02:10", "02:30"]),
        (f"{AUTUMN} 02:30", 120, "Europe/Berlin", ["02:30", "03:30", "05:30", "07:30"]),
        ("2026-10-04 01:45", 15, "Australia/Lord_Howe", ["01:45", "02:30", "02:45", "03:00"]),
        ("2026-09-06 00:30", 30, "America/Santiago", ["01:00", "01:30", "02:00", "02:30"]),
    ],
)
def test_waves_are_as_far_apart_as_is_told_when_the_clocks_change(start, minutes, zone, told):
    model = four_offices(start, zone=zone)
    if told is None:
        with pytest.raises(
            ValueError,
            match=r"wave 4 would start at 2026-10-25 02:00:00 for "
            "the second time: the clock shows that twice, and a command means the first",
        ):
            in_waves(model, minutes)
        return
    plan = in_waves(model, minutes)
    assert [f"{c.schedule.at:%H:%M}" for c in commands(plan)] == told
    at = [run.at for run in prepare(plan).runs]
    assert set(np.diff(at)) == {minutes * 60_000}


def test_where_a_command_means_the_second_of_two_equal_times_the_first_cannot_be_said():
    second = {"assumptions": {"doubled_hour": "second"}}
    plan = in_waves(four_offices(f"{AUTUMN} 02:00", **second), 30, number=2)
    at = prepare(plan).local_time(prepare(plan).runs[0].at)
    assert f"{at:%H:%M %Z}" == "02:00 CET"
    with pytest.raises(ValueError, match="for the first time"):
        in_waves(four_offices(f"{AUTUMN} 01:30", **second), 30, number=2)


def test_commands_that_start_later_keep_what_lies_between_them():
    model = four_offices(f"{SPRING} 00:30")
    data = model.as_data()
    data["commands"].append({"update": "DE/A", "once": f"{SPRING} 01:00"})
    both = fwsim.Scenario.model_validate(data)
    moved = turned(both, Levers(start_later=HOUR))
    assert [f"{c.schedule.at:%H:%M}" for c in commands(moved)] == ["01:30", "03:00"]
    assert np.diff([run.at for run in prepare(moved).runs]).tolist() == [HOUR // 2]


def forced_at(start, at, **changes):
    data = four_offices(start, **changes).as_data()
    data["commands"][0] |= {"inform_user": "5 min", "force_at": at}
    return fwsim.Scenario.model_validate(data)


def test_a_deadline_of_a_command_is_as_much_later_as_its_start():
    """From noon to three nobody is forced; three hours later that is from three to six."""
    plan = turned(forced_at(f"{AUTUMN} 12:00", f"{AUTUMN} 15:00"), Levers(start_later=3 * HOUR))
    (command,) = commands(plan)
    assert (f"{command.schedule.at:%H:%M}", f"{command.force_at:%H:%M}") == ("15:00", "18:00")


def test_each_wave_has_as_long_until_its_deadline():
    """Across the change of the clocks, too: as time runs."""
    model = forced_at("2027-03-28 00:30", "2027-03-28 01:30")
    plan = in_waves(model, 60)
    assert [f"{c.force_at:%H:%M}" for c in commands(plan)] == ["01:30", "03:30", "04:30", "05:30"]


def test_a_deadline_that_no_wall_time_says_is_refused():
    model = forced_at(f"{AUTUMN} 00:30", f"{AUTUMN} 01:45")
    with pytest.raises(ValueError, match="under a command would start at 2026-10-25 02:45"):
        turned(model, Levers(start_later=2 * HOUR))
