"""What was drawn of every doubt in given worlds, as inputs that move a result about linearly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fwsim.model.chances import Chances
from fwsim.model.doubt import DoubtedRollout, drawn_values
from fwsim.model.doubted_places import PlacedDoubt
from fwsim.quantities.beliefs import Scale, Weighed
from fwsim.results.statistics.spread import Input
from fwsim.scenario.doubt import Doubt, Effect

Floats = NDArray[np.float64]
_RATES = (
    "line_factor",
    "link",
    "updates_at_most",
    "uplink",
    "install_rate",
    "device_rate",
    "lan_rate",
)
"""What a time goes with the inverse of."""


def inputs_of(ready: DoubtedRollout, seed: int, worlds: Iterable[int]) -> list[Input]:
    """Return what was drawn of every doubt.

    Parameters
    ----------
    ready
        A rollout with its doubts.
    seed
        Names the experiment.
    worlds
        Which draws of the doubts.
    """
    chances = [Chances(seed, world) for world in worlds]
    spread = ready.rollout.scenario.assumptions.between_rollouts
    return [_input(placed, ready, chances, spread) for placed in ready.doubts]


def _input(
    placed: PlacedDoubt, ready: DoubtedRollout, chances: list[Chances], spread: float
) -> Input:
    doubt = placed.doubt
    values = drawn_values(placed, chances, spread)
    if doubt.effect is Effect.WEIGHTS:
        values = _weighed(values, ready, placed)
    elif isinstance(doubt.belief, Weighed):
        values = (values == np.arange(1, len(doubt.belief.names))).astype(np.float64)
    else:
        values = values[:, :, [target.part for target in doubt.targets]]
    return Input(doubt.place, _linear(doubt, values), _reducible(placed, chances, spread))


def _weighed(values: Floats, ready: DoubtedRollout, placed: PlacedDoubt) -> Floats:
    """Return the mean of a weighed sample instead of its weights."""
    here: Any = ready.rollout.scenario
    path: tuple[Any, ...] = placed.path_in(placed.sections[0][0], placed.doubt.targets[0])
    for key in path:
        here = here[key] if isinstance(here, (dict, tuple)) else getattr(here, str(key))
    sample = np.array(here.values, np.float64)
    return np.asarray(values @ sample)[:, :, None]


def _linear(doubt: Doubt, values: Floats) -> Floats:
    """Return columns: each number, or of many places their mean and their slowest.

    Parameters
    ----------
    doubt
        What was drawn.
    values
        Shape (worlds, places, numbers).
    """
    if doubt.place.rsplit(".", 1)[-1] in _RATES:
        values = 1.0 / np.maximum(values, 1e-9)
    if values.shape[1] == 1:
        return values[:, 0, :]
    return np.concatenate([values.mean(axis=1), values.max(axis=1)], axis=1)


def _reducible(placed: PlacedDoubt, chances: list[Chances], spread: float) -> float:
    """Return which share of an input's own variance more observations can take away."""
    doubt = placed.doubt
    if doubt.belief is None:
        return 0.0
    if not doubt.is_widened or not spread:
        return 1.0
    known, all_of_it = (
        _opened_variance(doubt, drawn_values(placed, chances, width)) for width in (0.0, spread)
    )
    return min(1.0, known / all_of_it) if all_of_it > 0 else 0.0


def _opened_variance(doubt: Doubt, values: Floats) -> float:
    if doubt.scale is Scale.LOGIT:
        values = np.clip(values, 1e-9, 1 - 1e-9)
    return float(doubt.scale.opened(np.maximum(values, 1e-300)).var(axis=0).sum())
