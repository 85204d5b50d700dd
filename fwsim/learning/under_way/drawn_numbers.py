"""What inputs come to in the worlds that runs draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fwsim.model.chances import Chances
from fwsim.model.doubt import DoubtedRollout, doubted, drawn_values
from fwsim.model.drawn_worlds import DrawnWorlds
from fwsim.model.rollout import Rollout
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Law
from fwsim.scenario.schema import Scenario
from fwsim.scenario.sections import BUTTONS

Key = tuple[tuple[str, ...], str]
"""The place of an input, and which of its numbers: a button."""
LINE = "line_factor"


def numbers_at(
    rollout: Rollout, places: Sequence[Key], seed: int, worlds: int
) -> dict[Key, Floats]:
    """Return what is drawn at some places in a number of worlds; of a law, its median.

    Parameters
    ----------
    rollout
        With what is believed.
    places
        Where; what is no number in some world is left out.
    seed, worlds
        Of the runs that draw them, and how many.
    """
    ready = doubted(rollout)
    found = _of_lines(ready, places, [Chances(seed, world) for world in range(worlds)])
    others = tuple(one for one in ready.doubts if one.doubt.targets[0].path[0] != "network")
    rest = replace(ready, doubts=others, drawn_before=DrawnWorlds())
    scenarios = [rest.drawn_scenario(Chances(seed, world)) for world in range(worlds)]
    for place, part in places:
        if (place, part) not in found:
            values = [_number_at(scenario, place, part) for scenario in scenarios]
            if all(value is not None for value in values):
                found[place, part] = np.array(values, np.float64)
    return found


def _of_lines(
    ready: DoubtedRollout, places: Iterable[Key], chances: Sequence[Chances]
) -> dict[Key, Floats]:
    """Return what lines carry in each world; there may be many, so no scenario is made of them.

    Lines of one belief draw alike, so what each of them draws tells of all, and they share it.
    """
    wanted = {place for place, _ in places if place[-1] == LINE}
    spread = ready.rollout.scenario.assumptions.between_rollouts
    found = {}
    for placed in ready.doubts:
        leaves = [one for one in placed.leaves if (*one.above, one.key) in wanted]
        if not leaves:
            continue
        values = drawn_values(placed, chances, spread)
        drawn: dict[tuple[int, float, float], Floats] = {}
        for leaf in leaves:
            _, part, low, high, _ = leaf.target
            if (part, low, high) not in drawn:  # one for all, for there may be many
                drawn[part, low, high] = np.clip(values[..., part], low, high).ravel()
            key = tuple(map(str, (*leaf.above, leaf.key)))
            found[key, ""] = drawn[part, low, high]
    return found


def _number_at(scenario: Scenario, place: tuple[str, ...], part: str) -> float | None:
    here: Any = scenario
    for key in (*place, part) if part else place:
        if isinstance(here, Mapping):
            here = here.get(key, here.get("default"))
        else:
            here = getattr(here, key, None)
        if here is None:
            return _usual_share(scenario, place, part)
    if isinstance(here, Law):
        return float(here.quantile(np.array([0.5]))[0])
    return float(here) if isinstance(here, (int, float)) else None


def _usual_share(scenario: Scenario, place: tuple[str, ...], part: str) -> float | None:
    """Return the share of a button that a section leaves to what is usual."""
    if part not in BUTTONS or len(place) < 2:
        return None
    people = scenario.people.get(place[1], scenario.people.get("default"))
    shares = people.answer.shares() if people is not None else ()
    return float(shares[BUTTONS.index(part)]) if shares else None
