"""What one may turn on a plan, and what it comes to."""

from __future__ import annotations

import pytest

from fwsim.planning.levers import Levers, turned
from fwsim.run import simulate

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
        (Levers(link_share=0.5), lambda m: m.network.sites["default"].link, 6_250_000),
        (Levers(proxies=True), lambda m: m.firmware.proxy.type.value, "dynamic"),
        (Levers(proxies=False), lambda m: m.firmware.proxy.type.value, "none"),
        (Levers(delivery_first=True), lambda m: [type(c).__name__ for c in commands(m)],
         ["DeliveryCommand", "UpdateCommand"]),
    ],
)  # fmt: skip
def test_a_lever_turns_what_it_says(model, levers, look, value):
    assert look(turned(model, levers)) == value


def test_every_turned_scenario_runs(model):
    everything = Levers(HOUR, 100, 60, 1, 0.5, True, True)
    assert simulate(turned(model, everything)).measures.targeted == 1


def test_a_plan_without_a_notice_is_not_given_one(scenario):
    assert commands(turned(scenario(), Levers(inform_user=60)))[0].inform_user is None
