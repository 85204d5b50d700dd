"""Every rule of the model is played on the model of record and on its twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.results.output.result import Result


@pytest.fixture(params=list(Engine), ids=str)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return each of the clocks in turn."""
    chosen: Engine = request.param
    return chosen


@pytest.fixture
def play(scenario: Callable[..., fwsim.Scenario], engine: Engine) -> Callable[..., Result]:
    """Run the story with changes."""

    def run(update: dict[str, Any] | None = None, **changes: Any) -> Result:
        return fwsim.simulate(scenario(update, **changes), engine=engine)

    return run
