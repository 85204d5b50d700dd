"""What other tools would take as a value is told with what fwsim takes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import fwsim
from fwsim.fleet.week import read_week
from fwsim.messages import speaking
from fwsim.quantities.units import read_duration
from fwsim.scenario.document import document_of
from fwsim.scenario.load import validated
from tests.scenario.test_all_mistakes_at_once import GOOD


def _only_fault(*path_value: Any) -> str:
    here: Any = (data := copy.deepcopy(GOOD))
    *path, last, value = path_value
    for key in path:
        here = here[key]
    here[last] = value
    with pytest.raises(fwsim.InputError) as refused:
        validated(document_of(data, "scenario"), Path())
    return refused.value.problems[0].message


@pytest.mark.parametrize("text", ["24/7", "7x24", "24 h", "rund um die Uhr", "true", "on"])
def test_always_has_other_names(text: str) -> None:
    with pytest.raises(ValueError, match="did you mean 'always'"):
        read_week(text)


@pytest.mark.parametrize("text", ["no", "false", "nie"])
def test_never_has_other_names(text: str) -> None:
    with pytest.raises(ValueError, match="did you mean 'never'"):
        read_week(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("P7D", "7 d"), ("PT5M", "5 min"), ("P1DT2H", "1 d 2 h"), ("pt0.5s", "0.5 s")],
)
def test_durations_of_iso_8601_are_told_as_they_are_written_here(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        read_duration(text)


@pytest.mark.parametrize("text", ["P", "PT", "P1M", "P1Y", "PD"])
def test_what_has_no_length_is_not_told_as_one(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration") as refused:
        read_duration(text)
    assert "mean" not in str(refused.value)


@pytest.mark.parametrize("value", [False, "no", "Never"])
def test_a_notice_for_nobody_is_left_out(value: object) -> None:
    told = _only_fault("commands", 0, "inform_user", value)
    assert told.endswith("; where nobody is to be asked, leave the key out")
    with speaking("de"):
        told = _only_fault("commands", 0, "inform_user", value)
    assert told.endswith("; soll niemand gefragt werden, lassen Sie den Schlüssel weg")


def test_a_horizon_out_of_range_is_told_with_its_value() -> None:
    assert _only_fault("horizon", "1000 d").startswith("1000 d is out of range; the horizon lies")


def test_a_map_of_packages_is_told_how_a_list_is_written() -> None:
    told = _only_fault("image", "packages", {"base": "50 MB"})
    assert told.endswith("expected a list, as in [{name: base, size: 50 MB}]")
