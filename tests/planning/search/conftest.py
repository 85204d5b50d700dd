"""What is searched."""

from __future__ import annotations

import pytest

import fwsim
from fwsim.planning.search.space import Space
from fwsim.run import prepare
from tests.planning.search.searched_units import UNITS


@pytest.fixture
def searched(scenario):
    """A hub of six devices and three branches of two, updated together at noon."""

    def build(**turn) -> Space:
        model = scenario(
            {"subordinate_units": True, "inform_user": "5 min", "once": "2018-08-20 12:00"},
            fleet={"units": UNITS},
            network={"sites": {"hub": {"link": "1 Gbit/s"}}},
            search={"goals": ["time to 95 %"], "turn": turn},
        )
        model = fwsim.Scenario.model_validate(model.as_data())
        return Space(prepare(model))

    return build
