"""Whoever makes a scenario in Python is told what is wrong as whoever writes a file is."""

from __future__ import annotations

import json
import pickle

import pytest
from pydantic import ValidationError

import fwsim
from fwsim.scenario.assumptions import Assumptions
from fwsim.scenario.complaints import in_plain_words
from fwsim.scenario.sections import PeopleSection

GOOD = {
    "zone": "Europe/Berlin",
    "start": "2018-08-20 11:00",
    "image": {"name": "a.idf", "packages": [{"name": "base", "size": "1 MB"}]},
    "fleet": {"units": {"DE/Karlsruhe": {"devices": 2}}},
    "commands": ({"update": "DE/Karlsruhe"},),
}
ROWS = [
    ({"zone": "Europe/Berln"}, "zone: unknown time zone", "did you mean 'Europe/Berlin'?"),
    ({"horizn": "3 d"}, "horizn: unknown key 'horizn'", "did you mean 'horizon'?"),
    ({"seed": -1}, "seed: -1 is out of range", "expected at least 0"),
    (
        {"commands": ({"update": "DE/Karlsruhe", "inform_usr": True},)},
        "commands.0.inform_usr: unknown key",
        "did you mean 'inform_user'?",
    ),
    ({"assumptions": {"boot_tim": 3}}, "assumptions.boot_tim: unknown key", "'boot_time'?"),
]


def told(make, *args, **kwargs):
    with pytest.raises(fwsim.InputError) as caught:
        make(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize(("wrong", "place", "meant"), ROWS)
def test_a_wrong_value_is_told_with_its_place_and_what_was_meant(wrong, place, meant):
    data = GOOD | wrong
    texts = [
        str(told(fwsim.Scenario, **data)),
        str(told(fwsim.Scenario.model_validate, data)),
        str(told(fwsim.Scenario.model_validate_json, json.dumps(data))),
    ]
    for text in texts:
        assert place in text
        assert meant in text
        assert text.startswith("Scenario")
    assert texts[0] == texts[1] == f"Scenario: error: {texts[0].partition('error: ')[2]}"


def test_every_problem_is_told_at_once():
    error = told(fwsim.Scenario, zone="Mars")
    assert [problem.path for problem in error.problems] == ["zone", None, None, None]
    assert "'start' is missing: when the simulation begins" in str(error)
    assert "expected exactly one of image, idf, images; got none" in str(error)


@pytest.mark.parametrize("data", [3, None, "zone: UTC", [GOOD]])
def test_what_is_no_map_is_told(data):
    assert "expected a map of keys and values" in str(told(fwsim.Scenario.model_validate, data))


def test_a_section_alone_is_told_by_its_name():
    assert str(told(PeopleSection, present="often")).startswith("PeopleSection: error: present: ")
    assert str(told(Assumptions, boot_tim=3)).startswith("Assumptions: error: boot_tim: unknown")


def test_what_is_right_is_made():
    made = fwsim.Scenario(**GOOD)
    assert made == fwsim.Scenario.model_validate(GOOD)
    assert made == fwsim.Scenario.model_validate_json(json.dumps(GOOD))


def test_a_password_is_not_repeated():
    data = GOOD | {"zone": "hunter22", "firmware": {"password": "hunter22"}}
    error = told(fwsim.Scenario, **data)
    assert "hunter22" not in str(error)
    assert not isinstance(error, ValidationError)
    assert error.__suppress_context__


def test_it_travels_to_other_processes_and_needs_no_place_in_a_form():
    error = told(fwsim.Scenario, **GOOD | {"seed": -1})
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - its own
    assert in_plain_words(error) == "-1 is out of range; expected at least 0"
