"""The command form's model: what it stands for, and what it says."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from fwsim.commands.schedule import Weekday
from fwsim.commands.scmd import read_scmd
from fwsim.forewarning.commands import command_warnings
from fwsim.notebook.command_form import CommandForm
from fwsim.notebook.draft import (
    Draft,
    count_targets,
    draft_of,
    next_firings,
    scmd_lines,
    yaml_text,
)
from fwsim.run import prepare

NOON = datetime(2018, 8, 20, 12)
DRAFTS = [
    Draft(units=("DE",), at=NOON),
    Draft(units=("DE",), schedule="Now", inform_user=False),
    Draft(units=("DE/South",), subordinate_units=False, at=NOON, seconds=0, user_can_cancel=True),
    Draft(kind="Delivery", units=("DE",), at=NOON, inform_user=False, format_partition=True),
    Draft(kind="UEFI update", units=("DE",), at=NOON),
    Draft(
        by_group=True,
        group="Memory = 4",
        units=(),
        at=NOON,
        only_switched_on=True,
        check_reachability=True,
        subordinate_units=True,
    ),
    Draft(
        units=("DE",),
        schedule="Every",
        every_at=time(22, 30),
        weekdays=(Weekday.FRI,),
        days=(1, 15),
        format_partition=True,
        devices_wait=250,
    ),
]


@pytest.fixture
def rollout(scenario):
    units = {"DE": {"devices": 3}, "DE/South": {"devices": 2, "installed": "old.idf"}}
    return prepare(scenario(fleet={"units": units}))


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_command_fills_the_form_it_came_from(draft):
    (command,) = draft.commands()
    assert draft_of(command).commands() == [command]


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_scmd_line_reads_back_as_the_same_command(draft):
    commands = draft.commands()
    assert [read_scmd(line).command for line in scmd_lines(commands).splitlines()] == commands


@pytest.mark.parametrize("draft", DRAFTS)
def test_the_yaml_reads_back_as_the_same_command(draft, scenario):
    from fwsim.scenario.document_reading import read_document

    commands = draft.commands()
    data = read_document(yaml_text(commands), "form").data["commands"]
    model = scenario(commands=data)
    assert [section.command() for section in model.commands] == commands


def test_several_units_make_several_commands(rollout):
    commands = Draft(units=("DE", "DE/South"), at=NOON).commands()
    assert len(commands) == 2
    assert count_targets(commands, rollout) == 5


@pytest.mark.parametrize(
    ("draft", "part"),
    [
        (Draft(at=NOON), "pick at least one organisational unit"),
        (Draft(by_group=True, at=NOON), "type the filter"),
        (Draft(units=("DE",)), "pick date and time"),
        (Draft(units=("DE",), schedule="Every", weekdays=()), "expected a weekday or a day"),
        (Draft(units=("DE",), schedule="Every", days=(32,)), "not a day of the month"),
    ],
)
def test_what_is_missing_is_told_in_words(draft, part):
    with pytest.raises(ValueError, match=part):
        draft.commands()


def test_a_group_is_counted_as_one_types(rollout):
    assert (
        count_targets(Draft(by_group=True, group="IDF name = old", at=NOON).commands(), rollout)
        == 5
    )
    with pytest.raises(ValueError, match="IDF nam"):
        count_targets(Draft(by_group=True, group="IDF nam = old", at=NOON).commands(), rollout)


def test_the_next_firings_are_shown_with_weekday_and_zone(scenario):
    rollout = prepare(scenario(zone="Europe/Berlin", start="2018-10-26 12:00"))
    draft = Draft(units=("DE",), schedule="Every", every_at=time(2, 30), weekdays=tuple(Weekday))
    assert next_firings(draft.commands()[0], rollout, 3) == [
        "Sat 2018-10-27 02:30 CEST",
        "Sun 2018-10-28 02:30 CEST",
        "Mon 2018-10-29 02:30 CET",
    ]


# Warnings


def warned(rollout, draft):
    return " ".join(command_warnings(draft.commands(), rollout))


def test_nothing_is_said_of_a_sound_command(rollout):
    assert warned(rollout, Draft(units=("DE",), at=NOON)) == ""


def test_a_notice_without_end_where_nobody_sits(scenario):
    rollout = prepare(scenario(people={"default": {"present": "never"}}))
    text = warned(rollout, Draft(units=("DE",), at=NOON, seconds=0))
    assert "nobody ever clicks at 1 of these devices: there it waits for ever" in text


def test_a_command_before_the_start_never_runs(rollout):
    assert "It never runs" in warned(rollout, Draft(units=("DE",), at=datetime(2018, 8, 20, 9)))


def test_devices_that_are_off_at_that_time_are_missed(scenario):
    rollout = prepare(
        scenario(
            {"once": "2018-08-20 22:00", "only_switched_on": True},
            power={"default": {"on": "mon-fri 08:00-18:00"}},
        )
    )
    draft = draft_of(rollout.runs[0].command)
    assert "the one device is off by habit" in warned(rollout, draft)


def test_a_window_that_ends_before_the_slowest_site_can_finish(scenario):
    rollout = prepare(
        scenario(window="mon 20:00-20:10", network={"sites": {"default": {"link": "1 Mbit/s"}}})
    )
    text = warned(rollout, Draft(units=("DE",), at=datetime(2018, 8, 20, 20)))
    assert "lasts 10 min 00 s, but the line of DE needs 13 min 20 s" in text


def test_the_form_shows_what_is_doubted_in_the_scenario_beside_the_command(scenario):
    form = CommandForm(prepare(scenario(people={"ofice": {}})))
    form.set(units=("DE",))
    shown = form._told.value
    assert "⚠ The scenario, people.ofice: No device has &#x27;ofice&#x27; for its people." in shown
