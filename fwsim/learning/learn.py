"""The door: logs and a scenario in, what they tell of its inputs out."""

from __future__ import annotations

from collections.abc import Sequence

from fwsim.learning.device_times import device_inputs
from fwsim.learning.dispatcher import dispatcher_inputs
from fwsim.learning.families import FAMILIES, Family
from fwsim.learning.journeys import journeys_of
from fwsim.learning.learnt import Learnt
from fwsim.learning.line_inputs import line_inputs
from fwsim.learning.people import people_inputs
from fwsim.learning.places import count_inputs
from fwsim.learning.writing import Asked
from fwsim.observations.observed import Observed, Transfers
from fwsim.run import prepare
from fwsim.scenario.schema import Scenario


def learn(
    scenario: Scenario,
    observed: Observed | Sequence[Observed],
    transfers: Transfers | None = None,
    *,
    rows: int = 1000,
    seed: int = 1,
    families: tuple[Family, ...] = FAMILIES,
) -> Learnt:
    """Return what logs tell of a scenario's inputs, and what they leave as it was.

    The scenario says what was done: who was commanded, with which options, images and hours. What
    it believes is met by what was seen; where nothing was seen it stays.

    Parameters
    ----------
    scenario
        Of the rollout that was seen, or of one like it.
    observed
        What was seen of devices: of one rollout, or of several, a log each.
    transfers
        What the repository's web server saw.
    rows
        Draws of the joint posterior.
    seed
        Of these draws.
    families
        Laws of times to choose from.

    Raises
    ------
    InputError
        If the scenario cannot be played.
    """
    logs = [observed] if isinstance(observed, Observed) else list(observed)
    rollout = prepare(scenario)
    journeys = journeys_of(logs, rollout)
    asked = Asked(rows, seed, scenario.assumptions.between_rollouts, families)
    inputs = [
        *people_inputs(journeys, rollout, asked),
        *device_inputs(journeys, rollout, asked),
        *dispatcher_inputs(journeys, rollout, asked),
        *count_inputs(journeys, rollout, asked),
        *line_inputs(journeys, rollout, transfers, asked),
    ]
    return Learnt(scenario, tuple(inputs), max(1, len(logs)), journeys.strangers)
