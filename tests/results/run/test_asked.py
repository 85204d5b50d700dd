"""What is told of a measure that names what is not there, or what can be read in two ways."""

from __future__ import annotations

import pytest

from fwsim.measures.measure import read_measure
from fwsim.problems import InputError
from fwsim.results.run.asked import check_measure
from fwsim.run import prepare


def test_days_that_are_taken_for_an_ou_are_told_as_what_is_meant(scenario):
    measure = read_measure("prompts in mon-fri 08:00-18:00")
    with pytest.raises(InputError, match="did you mean 'prompts mon-fri 08:00-18:00'"):
        check_measure(prepare(scenario()), measure)


def test_times_at_the_end_of_a_known_name_are_told_with_the_name_in_quotes(scenario):
    shift = {"Shift 06:00-14:00": {"present": "daily 06:00-14:00"}}
    units = {"DE": {"devices": 1, "people": "Shift 06:00-14:00"}}
    rollout = prepare(scenario(people=shift, fleet={"units": units}))
    measure = read_measure("forced starts for people Shift 06:00-14:00")
    right = "did you mean 'forced starts for people \"Shift 06:00-14:00\"'"
    with pytest.raises(InputError, match=right):
        check_measure(rollout, measure)
    check_measure(rollout, read_measure('forced starts for people "Shift 06:00-14:00"'))


@pytest.mark.parametrize("days", ["mon-fri", "sat, sun", "daily"])
def test_days_without_hours_behind_an_ou_are_told(scenario, days):
    with pytest.raises(InputError, match=f"{days!r} are not times of the week"):
        check_measure(prepare(scenario()), read_measure(f"prompts in DE {days}"))


@pytest.fixture
def shifts(scenario):
    """Two groups of people, one of them called as the other one at times."""
    names = ("Shift", "Shift 06:00-14:00")
    units = {f"DE/{n}": {"devices": 1, "people": name} for n, name in enumerate(names)}
    people = {name: {"present": "daily 06:00-14:00"} for name in names}
    return prepare(scenario(people=people, fleet={"units": units}))


def test_of_two_groups_that_may_be_meant_both_ways_of_writing_are_told(shifts):
    measure = read_measure("forced starts for people Shift 06:00-14:00")
    with pytest.raises(InputError) as refused:
        check_measure(shifts, measure)
    said = str(refused.value)
    assert "'forced starts for people \"Shift\" 06:00-14:00'" in said
    assert "'forced starts for people \"Shift 06:00-14:00\"'" in said


@pytest.mark.parametrize("group", ['"Shift" 06:00-14:00', '"Shift 06:00-14:00"'])
def test_a_group_in_quotes_is_clear_and_stays_so(shifts, group):
    measure = read_measure(f"forced starts for people {group}")
    assert measure.name == f"forced starts for people {group}"
    check_measure(shifts, measure)
    check_measure(shifts, read_measure(measure.name))


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("prompts in Mo-Fr 08:00-18:00", "prompts mon-fri 08:00-18:00"),
        ("prompts in DE Mo bis Fr 08:00-18:00", "prompts in DE mon-fri 08:00-18:00"),
        ("prompts in DE Mo-Fr", "prompts in DE mon-fri 08:00-18:00"),
    ],
)
def test_german_days_are_told_in_english(scenario, words, right):
    with pytest.raises(InputError) as refused:
        check_measure(prepare(scenario()), read_measure(words))
    assert f"did you mean {right!r}" in str(refused.value)
