"""Hints at what wrong names were meant to be end once they have cost enough; findings do not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import fwsim
from fwsim.problems import Hints
from fwsim.run import prepare
from fwsim.scenario.document import document_of
from fwsim.scenario.load import validated
from tests.scenario.test_all_mistakes_at_once import GOOD

WRONG = ["DE/Halo", "DE/Hal", "DE/Hull"]
ASSIGNED = {"set": "2018-08-20 13:00", "deadline": "2018-08-20 15:00"}
MANY: dict[str, list[dict[str, Any]]] = {
    "assignments": [{"update": name, **ASSIGNED} for name in WRONG],
    "notifications": [{"update": name} for name in WRONG],
    "expect": [{f"successful in {name}": ">= 1 %"} for name in WRONG],
}


@pytest.mark.parametrize("section", MANY)
def test_all_entries_of_a_section_share_what_hints_may_cost(
    section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fwsim.problems.MOST_COMPARED", 1)
    data = {**copy.deepcopy(GOOD), section: MANY[section]}
    with pytest.raises(fwsim.InputError) as refused:
        prepare(validated(document_of(data, "scenario"), Path()))
    told = [problem.message for problem in refused.value.problems]
    assert len(told) == 3
    assert ["did you mean" in text for text in told] == [True, False, False]


def test_names_are_gathered_only_as_long_as_they_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fwsim.problems.MOST_COMPARED", 1)
    gathered: list[int] = []

    def names() -> list[str]:
        gathered.append(1)
        return ["Hall-1", "Hall-2"]

    hints = Hints()
    assert [bool(hints.nearest_of(word, names)) for word in ("Hal-1", "Hal-2")] == [True, False]
    assert len(gathered) == 1
