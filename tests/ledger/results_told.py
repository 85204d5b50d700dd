"""Results and forecasts of stories, and what their logs tell."""

from functools import cache
from pathlib import Path

import fwsim
from tests.ledger.kept_forecasts import kept_forecast
from tests.results.small_rollout import SMALL

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@cache
def result_of(name):
    return fwsim.simulate(fwsim.loads(SMALL) if name == "small" else SCENARIOS / f"{name}.yaml")


def kept_of(result):
    """Return a forecast of a run's scenario that says nothing, for when it began."""
    rollout, updates = result.rollout, result.record.judged
    return kept_forecast(
        {},
        start=rollout.start,
        zone=rollout.scenario.zone,
        horizon=rollout.horizon,
        first_command=updates.first_command,
        targeted=len(updates.targeted),
    )
