"""Each option of a command is declared once, and every place that has it follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

import fwsim
from fwsim.commands.command import (
    SENT,
    UpdateCommand,
    options_of,
    why_no_scmd,
)
from fwsim.commands.option import CommandOption, Kind, declared, options_in
from fwsim.commands.schedule import Once
from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.scmd_options import BY_WORD
from fwsim.commands.targets import NamedTarget
from fwsim.notebook.command_form import CommandForm
from fwsim.notebook.draft import draft_of, scmd_lines
from fwsim.planning.waves import waves_of
from fwsim.results.run.words import plan_in_words
from fwsim.run import prepare
from fwsim.scenario.command_section import DeliverySection, UefiUpdateSection, UpdateSection
from fwsim.scenario.command_writing import command_data
from fwsim.scenario.scheduler_section import NotificationSection

NOON, EVENING = datetime(2018, 8, 20, 12), datetime(2018, 8, 20, 17, 30)
FORCED = UpdateCommand(
    target=NamedTarget("DE"), schedule=Once(NOON), inform_user=300, force_at=EVENING
)
SECTIONS = dict(zip(SENT, (UpdateSection, DeliverySection, UefiUpdateSection), strict=True))
OPTIONS = [(cls, name, option) for cls in SENT for name, option in options_of(cls).items()]


@pytest.mark.parametrize(("cls", "name", "option"), OPTIONS)
def test_an_option_has_its_field_its_word_and_its_place_in_the_form(cls, name, option, scenario):
    field = SECTIONS[cls].model_fields[name]
    assert (field.default, field.description) == (option.default, option.marked_meaning)
    assert option.scmd in BY_WORD or why_no_scmd(FORCED)
    assert (option.field or name) in CommandForm(prepare(scenario()))._fields


def test_an_option_of_a_dataclass_is_known_by_its_declaration():
    @dataclass(frozen=True)
    class Loud:
        volume: int = declared(CommandOption(kind=Kind.PAUSE, meaning="how loud", default=3))

    assert (Loud().volume, options_in(Loud)["volume"].meaning) == (3, "how loud")


def test_force_at_comes_back_from_the_scenario_file(scenario):
    model = scenario(commands=[command_data(FORCED)])
    assert model.commands[0].command() == FORCED
    assert fwsim.loads(fwsim.dumps(model)) == model


def test_force_at_comes_back_from_the_form(scenario):
    draft = draft_of(FORCED)
    assert draft.force_at == EVENING
    assert draft.commands() == [FORCED]
    form = CommandForm(prepare(scenario()))
    form.fill(draft)
    assert form.draft().commands() == [FORCED]
    form.set(inform_user=False)
    assert form.draft().commands()[0].force_at is None
    assert form._fields["force_at"].layout.display == "none"


def test_a_notification_may_force_its_start():
    section = NotificationSection(
        update="DE", inform_user="5 min", force_at="2018-08-20 17:30", set="2018-08-20 12:00"
    )
    assert section.command().force_at == EVENING


@pytest.mark.parametrize("word", ["-forceat", "-force_at", "-FORCE-AT"])
def test_scmd_refuses_to_read_what_it_has_no_word_for(word):
    with pytest.raises(fwsim.InputError, match="Scout has no word for force_at; it would be lost"):
        read_scmd(f"scmd -update -to DE -inform 300 {word} -now")


def test_scmd_refuses_to_write_what_would_be_lost():
    with pytest.raises(ValueError, match="Scout has no word for force_at; it would be lost"):
        write_scmd(ScmdLine(FORCED))
    assert scmd_lines([FORCED]).startswith("no scmd line: force_at: fwsim's own option")


def test_a_hand_over_refuses_what_would_be_lost(scenario):
    rollout = prepare(scenario(commands=[command_data(FORCED)]))
    with pytest.raises(fwsim.InputError, match="cannot be handed over: force_at: fwsim's own"):
        waves_of(rollout)


def test_the_plan_in_words_tells_of_force_at(scenario):
    words = "\n".join(plan_in_words(prepare(scenario(commands=[command_data(FORCED)]))))
    assert "they cannot cancel, and whoever still waits is started at 2018-08-20 17:30" in words
    assert "no scmd line: force_at" in words


def test_a_notice_that_force_at_ends_does_not_wait_for_ever():
    shown_until_answered = replace(FORCED, inform_user=0)
    assert not shown_until_answered.may_wait_for_ever
    assert replace(shown_until_answered, force_at=None).may_wait_for_ever


def test_force_at_needs_somebody_who_is_asked():
    with pytest.raises(ValueError, match="force at: needs inform user"):
        replace(FORCED, inform_user=None)


def test_force_at_before_the_command_runs_is_refused():
    with pytest.raises(ValueError, match=r"force at: .* 11:59:59 lies before the command's start"):
        replace(FORCED, force_at=datetime(2018, 8, 20, 11, 59, 59))
    assert replace(FORCED, force_at=NOON).force_at == NOON


@pytest.mark.parametrize(
    "changes",
    [
        {"commands": [{"update": "DE", "inform_user": "5 min", "force_at": "2018-08-20 10:59"}]},
        {
            "commands": [],
            "notifications": [
                {
                    "update": "DE",
                    "inform_user": "5 min",
                    "set": "2018-08-20 13:00",
                    "force_at": "2018-08-20 12:59",
                }
            ],
        },
    ],
)
def test_force_at_before_its_own_start_is_told_with_its_place(scenario, changes):
    text = fwsim.dumps(scenario(**changes))
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "force_at" in row)
    with pytest.raises(fwsim.InputError) as caught:
        fwsim.loads(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert "lies before its own start" in problem.message
