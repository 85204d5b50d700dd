"""Every rule of the model is played on the model of record and on its twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fwsim
from fwsim.engine import Engine
from fwsim.results.output.result import Result
from tests.simulation.subnets import DYNAMIC, fleet


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


@pytest.fixture
def own(play, tmp_path, scenario, engine):
    """Play the story without commands, with a scheduler file."""

    def run(jobs: str = "", **changes):
        if jobs:
            (tmp_path / "schedule.ini").write_text(jobs)
            changes["scheduler"] = "schedule.ini"
        return fwsim.simulate(scenario(commands=[], **changes).seen_from(tmp_path), engine=engine)

    return run


@pytest.fixture
def share(play):
    """Update everybody with dynamic proxies; the line of a site takes 80 s for the packages."""

    def run(units: dict, **changes):
        return play(
            {"subordinate_units": True},
            **{
                "fleet": fleet(**units),
                "firmware": DYNAMIC,
                "network": {
                    "sites": {"default": {"link": "10 Mbit/s"}, "s": {"link": "10 Mbit/s"}}
                },
                **changes,
            },
        )

    return run
