"""The plan of a report tells what decides how it goes."""

from __future__ import annotations

import numpy as np
import pytest

import fwsim
from fwsim.model.rollout import Rollout
from fwsim.results.run.beside_commands import asked_units
from fwsim.results.run.words import assumptions_in_use, plan_in_words
from fwsim.run import prepare

HEAD = """\
zone: Europe/Berlin
start: 2018-08-20 08:00
image: {name: new.idf, packages: [{name: a, size: 4 MB}]}
fleet: {units: {DE: {devices: 2, installed: old.idf}, US: {devices: 1, installed: old.idf}}}
"""
COMMAND = "commands: [{update: DE, inform_user: 5 min}]\n"
HELD = "network: {sites: {default: {link: 8 Mbit/s, updates_at_most: 2 Mbit/s}}}\n"
WINDOWS = """\
windows: {times: mon-fri 19:00-22:00, run_time: 30 min, zone: server, holidays: {country: DE}}
"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            COMMAND + "firmware: {reminder: {deferments: 3, delays: [30 min, 4 h]}}",
            "Where users are asked they can defer 3 times, by 30 min or 4 h.",
        ),
        (
            "firmware: {new_version: {at_start: true}}",
            "3 devices check for a new version at every start.",
        ),
        (
            "firmware: {new_version: {at_start: true, confirm: true}, "
            "reminder: {deferments: 2, delays: [1 h]}}",
            "3 devices check for a new version at every start and ask their users first. "
            "Where users are asked they can defer 2 times, by 1 h.",
        ),
        (
            "changes: [{at: 2018-08-20 09:00, unit: US, firmware: "
            "{new_version: {at_start: true, confirm: true}}}]\n"
            "firmware: {new_version: {at_start: true}}",
            "at every start; 1 of them asks its user first.",
        ),
        (
            "assignments: [{update: DE, deadline: 2018-08-20 10:00, inform_user: 5 min}]",
            "From Mon 2018-08-20 10:00 on users of an assignment are no longer asked.",
        ),
        (
            "assignments: [{update: DE, deadline: 2018-08-20 10:00, active_hours: 07:00-17:00}]",
            "From Mon 2018-08-20 10:00 on the active hours of an assignment count no more.",
        ),
        (
            COMMAND + "firmware: {proxy: {type: dynamic}}",
            "3 devices fetch by way of the neighbour that asks first (dynamic proxy).",
        ),
        (
            COMMAND + WINDOWS,
            "They are open mon-fri 19:00-22:00 on the server's clock, for what can end within "
            "30 min, not on holidays (DE).",
        ),
        (
            "commands: [{update: {group: Update state = Not successful}, once: 2018-08-20 09:00}]",
            "Update to the group Update state = Not successful, looked up when it runs (0 devices "
            "at the start), Mon 2018-08-20 09:00: ",
        ),
        (COMMAND + HELD, "2 sites at 8.0 Mbit/s (updates at most 2.0 Mbit/s)."),
    ],
)
def test_the_plan_tells_what_decides(more, told):
    rollout = prepare(fwsim.loads(HEAD + more))
    assert told in " ".join(plan_in_words(rollout))


OF_NOTICES = {"missing_button", "unattended_policy", "defer_counter_scope"}
DEFERRING = "firmware: {new_version: {%s}, reminder: {deferments: 2, delays: [1 h]}}\n"


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ("notifications: [{update: DE}]\n", False),
        ("notifications: [{update: DE, inform_user: 5 min}]\n", True),
        ("assignments: [{update: DE, deadline: 2018-08-20 10:00}]\n", False),
        ("assignments: [{update: DE, inform_user: 5 min}]\n", True),
        (DEFERRING % "at_start: true", False),
        (DEFERRING % "at_start: true, confirm: true", True),
        (DEFERRING % "at_shutdown: true, confirm: true", False),
    ],
)
def test_whoever_starts_an_update_is_said_to_ask_if_it_does(more, asks):
    reminder = "" if "reminder" in more else DEFERRING % ""
    rollout = prepare(fwsim.loads(HEAD + more + reminder))
    assert ("asked" in " ".join(plan_in_words(rollout))) == asks
    assert bool(OF_NOTICES & {one["name"] for one in assumptions_in_use(rollout)}) == asks


def test_what_devices_assume_as_they_start_counts_where_their_power_comes_back():
    power = "power: {default: {mean_time_between_losses: 4 h}}\n"
    used = {one["name"] for one in assumptions_in_use(prepare(fwsim.loads(HEAD + COMMAND + power)))}
    assert {"boot_time", "keep_alive", "ping_timeout"} <= used
    assert not {"halt_time", "shutdown_waits"} & used


@pytest.mark.parametrize(("kind", "is_used"), [("none", False), ("dynamic", True)])
def test_what_proxies_do_is_assumed_only_where_there_are_some(kind, is_used):
    rollout = prepare(fwsim.loads(f"{HEAD}{COMMAND}firmware: {{proxy: {{type: {kind}}}}}\n"))
    used = {one["name"] for one in assumptions_in_use(rollout)}
    assert ("provider_slots" in used) == is_used


def test_what_only_a_rollout_under_way_assumes_is_none_of_a_plan():
    used = {one["name"] for one in assumptions_in_use(prepare(fwsim.loads(HEAD + COMMAND)))}
    assert "install_spread" in used
    assert "transfer_excess" not in used


def test_the_plan_tells_of_the_devices_own_scheduler(scenarios):
    rollout = prepare(fwsim.load(scenarios / "device-scheduler.yaml"))
    assert any("Scheduler" in sentence for sentence in plan_in_words(rollout))


@pytest.mark.parametrize(("doubt", "is_used"), [("all", True), ("stated", False), ("none", False)])
def test_how_rollouts_differ_is_assumed_only_where_that_is_in_doubt(doubt, is_used):
    rollout = prepare(fwsim.loads(f"{HEAD}{COMMAND}doubt: {doubt}\n"))
    used = {one["name"] for one in assumptions_in_use(rollout)}
    assert ("between_rollouts" in used) == is_used


@pytest.mark.parametrize(
    ("whom", "told"),
    [("US", ""), ("DE", "can defer 3 times, by 30 min."), ("DE, US", "can defer 3 times at most.")],
)
def test_deferments_are_those_of_the_ous_whose_users_are_asked(whom, told):
    each = ", ".join(f"{{update: {one}, inform_user: 5 min}}" for one in whom.split(", "))
    reminder = "reminder: {deferments: 3, delays: [30 min]}"
    text = HEAD.replace("DE: {devices", f"DE: {{firmware: {{{reminder}}}, devices")
    said = " ".join(plan_in_words(prepare(fwsim.loads(f"{text}commands: [{each}]\n"))))
    assert told in said if told else "defer" not in said


def test_whom_a_command_that_repeats_asks_is_looked_up_once(monkeypatch):
    sent = "{update: DE, inform_user: 5 min, every: {days: [mon, tue], at: '20:00'}}"
    rollout = prepare(fwsim.loads(f"{HEAD}horizon: 14 d\ncommands: [{sent}]\n"))
    assert len(rollout.runs) == 4
    looked_up = []

    def find(_, target):
        looked_up.append(target)
        return np.zeros(1, np.int32)

    monkeypatch.setattr(Rollout, "find", find)
    assert asked_units(rollout) == ["DE"]
    assert len(looked_up) == 1


@pytest.mark.parametrize("where", ["commands", "notifications", "assignments"])
def test_what_is_stored_for_devices_uses_assumptions_as_commands_do(where):
    sent = "[{update: {group: IDF name = old.idf}, format: true}]"
    if where == "commands":
        sent = sent.replace("format", "format_system_partition")
    rollout = prepare(fwsim.loads(f"{HEAD}{where}: {sent}\n"))
    used = {one["name"] for one in assumptions_in_use(rollout)}
    assert {"format_time", "group_ignores_case"} <= used
