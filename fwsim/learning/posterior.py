"""From a log density on open scales to draws: its top, its curvature, rows of a joint posterior.

The top is found by BFGS. Draws come from a heavy-tailed law with the curvature of the top and are
weighed by the true density (sampling-importance resampling, Rubin 1988; Gelman et al., *Bayesian
Data Analysis*, section 10.4), so that few observations are no worse than the belief they meet. With
many observations the density is as good as normal, and the draws are taken unweighed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fwsim.learning.descent import lowest, slope_of
from fwsim.quantities.elementary import Floats
from fwsim.quantities.small_matrices import product, spectrum, with_values

LogDensity = Callable[[Floats], float]
_STEP = 1e-3
_NEWTONS = 4
_SAME = 1e-12
_PLACES, _DIGITS = 8, 4
"""Functions of NumPy differ in their last bit between processors. A top that is found to twelve
places and kept to eight hardly ever does; draws that are weighed do not mind its last digits."""
_FREEDOM = 5
_WIDEST = 5.0
"""Standard deviation on an open scale of what nothing is known of."""
_PROPOSALS = 3
"""Proposals a row."""
_FEW = 0.1
"""Share of proposals that must count before the law they are drawn from is good enough."""
_FEWEST = 20.0
"""Proposals that must count; were they fewer, draws would be copies of one from the far tail."""
_NOWHERE = -1e12
_FLAT = 1e-4
_FLAT_OF_DEPTH = 1e-6
_NO_SPREAD = 1e-15


@dataclass(frozen=True)
class Top:
    """Where a log density is highest.

    Parameters
    ----------
    place, covariance
        Its place, and the inverse of its curvature there.
    height
        The log density.
    """

    place: Floats
    covariance: Floats
    height: float


@dataclass(frozen=True)
class Posterior:
    """What is believed after what was seen.

    Parameters
    ----------
    top
        Of its density.
    draws
        Shape (rows, numbers), on the open scales.
    effective
        How many independent draws the rows are worth.
    """

    top: Top
    draws: Floats
    effective: float


def top_of(log_density: LogDensity, start: Floats) -> Top:
    """Return where a log density is highest.

    Parameters
    ----------
    log_density
        Of numbers on open scales.
    start
        Where to begin.
    """

    def depth(place: Floats) -> float:
        value = log_density(place)
        return -value if np.isfinite(value) else -_NOWHERE

    # The deeper the function, the coarser its differences: a step by its curvature does the rest.
    flat = max(_FLAT, _FLAT_OF_DEPTH * abs(depth(start)))
    place = lowest(depth, start, flat)
    slope, curvature = _derivatives(depth, place)
    covariance = _inverse(curvature)
    for _ in range(_NEWTONS):
        step = product(covariance, slope[:, None])[:, 0]
        here = depth(place)
        if not depth(place - step) <= here + _SAME * abs(here):
            break
        place = place - step
        slope = slope_of(depth, place, _STEP)
    place = np.round(place, _PLACES)
    return Top(place, _rounded(covariance), -depth(place))


def _rounded(covariance: Floats) -> Floats:
    """Return a covariance to so few digits that all machines agree on them."""
    scale = np.array([float(f"{one:.{_DIGITS}g}") for one in np.sqrt(np.diag(covariance))])
    both = np.multiply.outer(scale, scale)
    return np.asarray(np.round(covariance / both, _DIGITS) * both)


def _derivatives(function: LogDensity, place: Floats) -> tuple[Floats, Floats]:
    """Return slope and curvature by central differences."""
    count = len(place)
    steps = np.eye(count) * _STEP
    here = function(place)
    up = np.array([function(place + step) for step in steps])
    down = np.array([function(place - step) for step in steps])
    curvature = np.diag((up - 2 * here + down) / _STEP**2)
    for one in range(count):
        for other in range(one):
            both = function(place + steps[one] + steps[other])
            none = function(place - steps[one] - steps[other])
            mixed = (both + none - up[one] - down[one] - up[other] - down[other] + 2 * here) / 2
            curvature[one, other] = curvature[other, one] = mixed / _STEP**2
    return (up - down) / (2 * _STEP), curvature


def _inverse(curvature: Floats) -> Floats:
    """Return the inverse; where nothing curves, the widest that is believed."""
    values, vectors = spectrum(curvature)
    return with_values(1.0 / np.maximum(values, _WIDEST**-2), vectors)


def posterior_of(
    log_density: LogDensity, top: Top, rows: int, seed: int, *, weighed: bool = True
) -> Posterior:
    """Return draws of a density.

    Parameters
    ----------
    log_density
        Of numbers on open scales.
    top
        Where it is highest.
    rows
        How many draws.
    seed
        Of the draws.
    weighed
        Weigh them by the density; without, they are normal.
    """
    luck = np.random.Generator(np.random.PCG64(seed))
    if not weighed:
        return _normal(luck, top, rows)
    centre, covariance = top.place, top.covariance
    for _ in range(2):
        places = _heavy(luck, centre, covariance, _PROPOSALS * rows)
        weights = _weights(log_density, places, centre, covariance)
        effective = 1.0 / float((weights**2).sum())
        if effective >= _FEW * len(places):
            break
        if not effective >= _FEWEST:
            return _normal(luck, top, rows)
        centre, covariance = _spread(places, weights)
    kept = _resampled(luck, weights, rows)
    return Posterior(top, places[kept], min(effective, float(rows)))


def _normal(luck: np.random.Generator, top: Top, rows: int) -> Posterior:
    """Return draws of the normal law with a top's place and curvature."""
    normal = luck.standard_normal((rows, len(top.place)))
    return Posterior(top, top.place + product(normal, _root(top.covariance)), float(rows))


def _root(covariance: Floats) -> Floats:
    """Return the symmetric matrix whose square is a covariance: there is only one."""
    values, vectors = spectrum(covariance)
    return with_values(np.sqrt(np.maximum(values, 0.0)), vectors)


def _heavy(luck: np.random.Generator, centre: Floats, covariance: Floats, count: int) -> Floats:
    """Return draws of Student's law."""
    normal = product(luck.standard_normal((count, len(centre))), _root(covariance))
    return np.asarray(centre + normal / np.sqrt(luck.chisquare(_FREEDOM, (count, 1)) / _FREEDOM))


def _weights(log_density: LogDensity, places: Floats, centre: Floats, covariance: Floats) -> Floats:
    """Return how much more often the density comes to each place than Student's law."""
    away = places - centre
    distance = (product(away, _precision(covariance)) * away).sum(axis=1)
    proposed = -(_FREEDOM + len(centre)) / 2 * np.log1p(distance / _FREEDOM)
    heights = np.array([log_density(place) for place in places])
    logs = np.where(np.isfinite(heights), heights - proposed, -np.inf)
    if not np.isfinite(logs).any():
        return np.asarray(np.eye(1, len(places))[0])  # as good as one: too few
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _spread(places: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the mean of weighed places, and how they spread."""
    columns = places.T.copy()
    centre = np.array([float((weights * column).sum()) for column in columns])
    away = columns - centre[:, None]
    covariance = np.array([[float((weights * a * b).sum()) for a in away] for b in away])
    return centre, covariance / (1.0 - float((weights**2).sum()))


def _precision(covariance: Floats) -> Floats:
    """Return the inverse of a covariance; nothing, along a way in which there is none."""
    values, vectors = spectrum(covariance)
    there = values > _NO_SPREAD * values.max()
    return with_values(np.where(there, 1.0 / np.where(there, values, 1.0), 0.0), vectors)


def _resampled(luck: np.random.Generator, weights: Floats, rows: int) -> Floats:
    """Return places in proportion to their weights, in no order (systematic resampling)."""
    marks = (np.arange(rows) + luck.random()) / rows
    kept = np.minimum(np.searchsorted(np.cumsum(weights), marks), len(weights) - 1)
    return luck.permutation(kept)
