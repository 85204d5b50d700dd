"""What YAML makes nothing of is hinted at whichever reading of a file finds it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import model_validator

from fwsim.problems import InputError
from fwsim.scenario.as_far_as_readable import ClashError
from fwsim.scenario.document_reading import read_document
from fwsim.scenario.section import Section


class Guarded(Section):
    """Looks at nothing else while it has an odd key."""

    counts: list[int]

    @model_validator(mode="before")
    @classmethod
    def _no_odd_key(cls, data: Any) -> Any:
        if "odd" in data:
            raise ClashError("odd", at=("odd",))
        return data


@pytest.mark.parametrize(
    ("counts", "hint"),
    [("\n  - 1\n  - null", "to YAML null is nothing"), (" # x", "after # a comment begins")],
)
def test_a_hint_is_given_behind_another_mistake(counts, hint):
    with pytest.raises(InputError) as refused:
        Guarded.described_in(read_document(f"odd: 1\ncounts:{counts}\n", "a.yaml"))
    first, second = refused.value.problems
    assert first.line == 1
    assert hint in second.message
