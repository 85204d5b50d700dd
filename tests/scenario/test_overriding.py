"""Values set on the command line take the place of the file's, and are told like the file's."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import fwsim
from fwsim.messages import typed
from fwsim.problems import InputError

TEXT = """\
name: n
zone: UTC
start: 2024-01-01 08:00
image: {name: n.idf, packages: [{name: base.os, size: 50 MB}, {name: b, size: 1 MB}]}
fleet: {units: {DE/K: {devices: 3}, "DE/L. 2": {devices: 1}}}
commands:
  - {update: DE/K, inform_user: 5 min}
  - {update: DE/L. 2}
  - {update: DE/L. 2, once: 2024-01-01 10:00}
  - {scmd: -update -to DE/K -inform 60 -now}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(TEXT.replace("  - {scmd: -update -to DE/K -inform 60 -now}\n", ""))
    return path


def complaint(path, *settings):
    with typed(), pytest.raises(InputError) as caught:
        fwsim.load(path, settings=settings)
    return str(caught.value)


def test_a_command_goes_by_its_number_or_by_whom_it_is_for(file):
    for key in ("commands.0", "commands.DE/K"):
        changed = fwsim.load(file, settings=[f"{key}.user_can_cancel=true"])
        assert changed.commands[0].user_can_cancel is True
    assert fwsim.load(file).commands[0].user_can_cancel is False


def test_of_a_list_with_one_entry_no_range_of_numbers_is_told(file):
    file.write_text(TEXT.replace(", {name: b, size: 1 MB}", ""))
    told = complaint(file, "image.packages.1.size=7 MB")
    assert "image.packages has no entry '1'; expected 0, or a name" in told


def test_names_may_have_dots(file):
    changed = fwsim.load(
        file, settings={"image.packages.base.os.size": "7 MB", "fleet.units.DE/L. 2.devices": 9}
    )
    assert changed.image.packages[0].size == 7_000_000
    assert changed.fleet.units["DE/L. 2"].devices == 9


def test_what_the_file_says_nothing_of_can_be_set(file):
    changed = fwsim.load(file, settings=["network.sites.default.link=50 Mbit/s"])
    assert changed.network.sites["default"].link == 50_000_000 // 8


def test_the_digest_tells_a_changed_scenario_from_the_files(file):
    changed = fwsim.load(file, settings=["commands.0.inform_user=6 min"])
    assert changed.digest() != fwsim.load(file).digest()


def test_what_changed_is_told(file):
    told = []
    fwsim.load(
        file,
        settings=["commands.0.inform_user=6 min", "commands.1.user_can_cancel=false"],
        changed=told.extend,
    )
    assert [str(change) for change in told] == [
        "set: commands.0.inform_user is 6 min, not 5 min",
        "set: commands.1.user_can_cancel is false; nothing was said of it",
    ]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("commands.0.user_can_cancl=false", "did you mean 'user_can_cancel'?"),
        ("comands.0.user_can_cancel=false", "did you mean 'commands'?"),
        ("commands.0.user_can_cancel=maybe", "commands.0.user_can_cancel: 'maybe' does not fit"),
        (
            "commands.DE/M.user_can_cancel=false",
            "'DE/M'; expected 0 to 2, or a name; did you mean 'DE/K'?",
        ),
        ("commands.7.user_can_cancel=false", "no entry '7'; expected 0 to 2"),
        ("commands.DE/L. 2.user_can_cancel=false", "is entry 1, 2"),
        ("name.x=1", "name is a single value"),
        ("commands.0.inform_user", "expected KEY=VALUE"),
        ("commands.0.inform_user=[1", "is not YAML"),
    ],
)
def test_a_slip_is_told_at_its_key_with_the_nearest_right_one(file, setting, said):
    text = complaint(file, setting)
    assert text.startswith("--set: error: ")
    assert said in text


def test_all_slips_are_told_at_once(file):
    assert len(complaint(file, "name.x=1", "commands.9.a=1").splitlines()) == 2


def test_in_python_they_are_called_settings(file):
    for settings, start in (
        (["name.x=1"], "settings: error: name"),
        (["horizon", "name=x"], "settings (1 of 2): error: expected KEY=VALUE"),
        ({"name.x": 1}, "settings: error: name"),
        ({"commands.0.inform_user": "soon"}, "settings: error: commands.0.inform_user: 'soon'"),
        (pd.Series({"horizon": "2 d"}), "settings: error: expected a map of keys and values"),
        (pd.DataFrame({"horizon": ["2 d"]}), "settings: error: expected a map"),
    ):
        with pytest.raises(InputError) as caught:
            fwsim.load(file, settings=settings)
        assert str(caught.value).startswith(start)


def test_of_several_it_is_told_which_one_is_wrong(file):
    slips = "name=x", "horizon", "commands.9.a=1", "commands.0.inform_user=[1", "start=nonsense"
    starts = [line.partition(": error:")[0] for line in complaint(file, *slips[:4]).splitlines()]
    assert starts[:2] == ["--set (2 of 4)", "--set (4 of 4)"]
    assert complaint(file, slips[0], slips[2]).startswith("--set (2 of 2): error: ")
    assert complaint(file, slips[0], slips[4]).startswith("--set (2 of 2): error: ")


def test_options_of_a_line_of_scmd_are_set_as_those_of_any_command(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(TEXT)
    before = fwsim.load(path).commands[3].command()
    after = fwsim.load(path, settings=["commands.3.inform_user=7 min"]).commands[3].command()
    assert (before.inform_user, after.inform_user) == (60, 7 * 60)
    assert after == dataclasses.replace(before, inform_user=7 * 60)


def test_what_changed_of_a_line_of_scmd_is_told_with_what_the_line_said(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(TEXT.replace("-inform 60 -now", "-inform 60 -cancel -now"))
    assert changes(
        path,
        "commands.3.inform_user=7 min",
        "commands.3.user_can_cancel=false",
        "commands.3.devices_wait=2 s",
    ) == [
        "set: commands.3.inform_user is 7 min, not 1 min",
        "set: commands.3.user_can_cancel is false, not true",
        "set: commands.3.devices_wait is 2 s; nothing was said of it",
    ]


@pytest.mark.parametrize("value", ["hunter2secret", "[hunter2secret", "a: b: hunter2secret"])
def test_a_password_is_never_shown(file, value):
    for key in ("repository.password", "commands.0.passwort"):
        text = complaint(file, f"{key}={value}", "commands.0.inform_user=nonsense")
        assert "hunter2secret" not in text


def test_two_places_that_share_a_value_are_changed_apart(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "zone: UTC\nstart: 2024-01-01 08:00\n"
        "image: {name: n.idf, packages: [{name: b, size: 1 MB}]}\n"
        "fleet: {units: {A: &u {devices: 3}, B: *u}}\ncommands: [{update: A}]\n"
    )
    changed = fwsim.load(path, settings=["fleet.units.A.devices=5"])
    assert [unit.devices for unit in changed.fleet.units.values()] == [5, 3]


def changes(path, *settings):
    told = []
    fwsim.load(path, settings=settings, changed=told.extend)
    return [str(one) for one in told]


def test_short_lists_and_maps_are_told_as_they_are(file):
    [before, after] = changes(
        file,
        "firmware.reminder={deferments: 2, delays: [30 min, 1 h]}",
        "firmware.reminder.delays=[30 min]",
    )
    assert before.startswith(
        "set: firmware.reminder is {deferments: 2, delays: [30 min, 1 h]}; nothing"
    )
    assert after == "set: firmware.reminder.delays is [30 min], not [30 min, 1 h]"


def test_a_password_in_a_map_is_not_told(file):
    [told] = changes(file, "firmware={path: a, password: open sesame}")
    assert told.startswith("set: firmware is {path: a, password: ***}; nothing")


def test_a_fault_above_a_value_that_was_set_names_it(file):
    file.write_text(
        f"{file.read_text()}people: {{default: {{answer: {{now: 50 %, defer: 42 %}}}}}}\n"
    )
    told = complaint(file, "people.default.answer.now=90 %")
    assert "add up to 132 %, more than 100 % (with --set people.default.answer.now)" in told
