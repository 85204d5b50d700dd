"""Times of several models: the median of each, drawn to what all have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.learning.durations import Density, Spans, TimeBelief, flat_around
from fwsim.learning.families import LOGNORMAL
from fwsim.learning.posterior import top_of
from fwsim.quantities.elementary import Floats, exponential, logarithm


@dataclass(frozen=True)
class Pooled:
    """Medians of several models, each drawn to what all have in common.

    Parameters
    ----------
    means, counts
        Mean of the logarithm as drawn in, and how many times it comes from; by model.
    weights
        How much each model counts for itself: n / (n + s² / τ²).
    centre, centre_error
        Mean over models, and its standard error.
    within, between
        Standard deviations s within a model and τ between models.
    """

    means: dict[str, float]
    counts: dict[str, int]
    weights: dict[str, float]
    centre: float
    centre_error: float
    within: float
    between: float


def pooled(spans: Spans, models: NDArray[np.int64], names: tuple[str, ...]) -> Pooled:
    """Return lognormal medians by model, partially pooled (notes A1; Gelman et al., section 5.4).

    Parameters
    ----------
    spans
        Times, such as seconds a byte; those that are vague bound others, and are not counted.
    models
        Which model each is of, as index into `names`.
    names
        Of the models.
    """
    told = spans.whole & ~spans.vague
    seen = np.unique(models[told] if told.any() else models)
    fits = {int(model): _own_law(spans.where(models == model)) for model in seen}
    counts = np.array([max(1, int(told[models == model].sum())) for model in seen], float)
    places = np.array([fits[int(model)][0] for model in seen])
    squares = np.array([fits[int(model)][1] ** 2 for model in seen])
    within = float(np.sqrt((squares * counts).sum() / counts.sum()))
    between = _between(places, within**2 / counts)
    shares = counts / (counts + within**2 / between**2) if between > 0 else np.zeros(len(seen))
    errors = within**2 / counts + between**2
    centre = float((places / errors).sum() / (1 / errors).sum())
    drawn_in = shares * places + (1 - shares) * centre
    keys = [names[int(model)] for model in seen]
    return Pooled(
        dict(zip(keys, drawn_in.tolist(), strict=True)),
        dict(zip(keys, counts.astype(int).tolist(), strict=True)),
        dict(zip(keys, shares.tolist(), strict=True)),
        centre,
        float((1 / errors).sum() ** -0.5),
        within,
        between,
    )


def _own_law(spans: Spans) -> tuple[float, float]:
    """Return log median and spread of one model's times."""
    belief = flat_around(spans)
    density = Density(spans, TimeBelief(belief.median, 20.0, belief.spread, 2.0), LOGNORMAL)
    place = top_of(density, belief.start(LOGNORMAL)).place
    return float(place[0]), float(np.exp(place[1]))


def _between(places: Floats, variances: Floats) -> float:
    """Return the standard deviation between models by moments (DerSimonian, Laird 1986)."""
    if len(places) < 2:
        return 0.0
    weights = 1.0 / np.maximum(variances, 1e-18)
    mean = (weights * places).sum() / weights.sum()
    excess = (weights * (places - mean) ** 2).sum() - (len(places) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return float(np.sqrt(max(0.0, excess / scale)))


def levelled(
    spans: Spans, rollouts: NDArray[np.int64], models: NDArray[np.int64], between: float
) -> Spans:
    """Return times without what whole rollouts differ by: what is left is how devices differ.

    How far a rollout is from the others is drawn in as a model's median is: n / (n + s² / τ²).

    Parameters
    ----------
    spans
        Times of several rollouts.
    rollouts, models
        Of which rollout and of which model each is.
    between
        τ: standard deviation between rollouts, on the logarithm.
    """
    told = spans.whole & ~spans.vague & (spans.middles > 0)
    if not between or len(np.unique(rollouts[told])) < 2:
        return spans
    away = logarithm(spans.middles[told])
    _, means = _counts_and_means(away, models[told], int(models.max()))
    away -= means[models[told]]
    counts, levels = _counts_and_means(away, rollouts[told], int(rollouts.max()))
    within = float((away - levels[rollouts[told]]).var())
    levels *= counts / (counts + within / between**2)
    return spans.divided(exponential(levels)[rollouts])


def _counts_and_means(
    values: Floats, groups: NDArray[np.int64], last: int
) -> tuple[NDArray[np.int64], Floats]:
    """Return how many values each group has, and their mean; 0 where it has none."""
    counts = np.bincount(groups, minlength=last + 1)
    return counts, np.bincount(groups, values, last + 1) / np.maximum(counts, 1)
