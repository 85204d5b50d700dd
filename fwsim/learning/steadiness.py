"""How steady a line was, and so how far its mean rate may be off: told by the downloads themselves.

What a line carries wanders, and a mean over a limited time is off by what it wandered. Under fair
sharing a download carries C(end) - C(begin), C being what one download has had so far; so where a
line wanders, downloads of different times carry more or less than a steady line would have given
them. With the line's deviations ε by blocks of time, ε ~ N(0, σ² exp(-|t|/τ)), and each download's
own luck e ~ N(0, s²), the logarithms of carried over expected bytes are y = δ + W ε + e, W being
how much of a download falls into each block. σ, τ and s are not known: each point of a grid counts
by its likelihood (δ integrated out) and by what is believed of σ beforehand. The mean rate is then
off by w'ε, w being how the bytes of all spread over the blocks.

Libraries of linear algebra differ in the last bits from processor to processor, and the matrices
are too many for an algebra of one order; so the error is rounded far above these bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.beliefs import Z95, rounded
from fwsim.quantities.elementary import Floats

USUALLY_UNSTEADY = 0.05
"""Standard deviation, on the logarithm, of what a line carries from one time to another [A]."""
_UNSURE = 1.5
"""How unsure that is, on the logarithm: ten times less or more is within the range [A]."""
_BLOCKS = 24
_MOST = 300
"""So many downloads tell as much as all."""
_WANDERS = np.geomspace(1e-5, 0.5, 16)
_LUCK = np.geomspace(1e-5, 1.0, 11)
_MEMORIES = np.array([0.02, 0.05, 0.12, 0.25, 0.5])
"""After what share of the whole time a line has forgotten, by a factor of e."""
_HALVINGS = 60


@dataclass(frozen=True)
class Shared:
    """What a steady line would have given to each of several downloads at once.

    Parameters
    ----------
    begin, end
        Of the downloads, milliseconds; shape (downloads,).
    size
        Bytes they carried.
    changes
        Times between which the rate is one, milliseconds; shape (stretches + 1,).
    rate
        Bytes per second for one download, by stretch; 0 where none was under way.
    bound
        Where the line held them back, and not the devices themselves; by stretch.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    size: NDArray[np.int64]
    changes: NDArray[np.int64]
    rate: Floats
    bound: NDArray[np.bool_]

    def carried(self, rate: Floats, until: Floats | NDArray[np.int64]) -> Floats:
        """Return what one download would have had by some times at a rate by stretch."""
        steps = rate * np.diff(self.changes) / 1000.0
        so_far = np.concatenate([[0.0], np.cumsum(steps)])
        return np.asarray(np.interp(until, self.changes, so_far))


def error_of_mean(shared: Shared) -> float:
    """Return how far the mean of what a line carries may be off.

    Parameters
    ----------
    shared
        Its downloads, and what a line steady at the mean would have given to each.

    Returns
    -------
    float
        On the logarithm: the standard error of a normal law with the same 90 % range, to nine
        digits.
    """
    every = -(-len(shared.size) // _MOST)
    begin, end, size = (column[::every] for column in (shared.begin, shared.end, shared.size))
    edges = _blocks(shared)
    expected = shared.carried(shared.rate, end) - shared.carried(shared.rate, begin)
    some = expected > 0
    begin, end, size, expected = begin[some], end[some], size[some], expected[some]
    held = np.where(shared.bound, shared.rate, 0.0)
    inside = np.clip(edges[None, :], begin[:, None], end[:, None])
    parts = np.diff(shared.carried(held, inside), axis=1) / expected[:, None]
    whole = parts.sum(axis=0)
    if not whole.any():
        return USUALLY_UNSTEADY
    weights = whole / whole.sum()
    centres = (edges[1:] + edges[:-1]) / 2
    away = np.abs(np.subtract.outer(centres, centres)) / (edges[-1] - edges[0])
    return _by_grid(np.log(size / expected), parts, weights, away)


def _blocks(shared: Shared) -> Floats:
    """Return the edges of blocks in which equally much was carried while the line bound."""
    busy = np.where(shared.bound, np.diff(shared.changes), 0.0)
    so_far = np.concatenate([[0.0], np.cumsum(busy)])
    edges = np.interp(np.linspace(0.0, so_far[-1], _BLOCKS + 1), so_far, shared.changes)
    edges[0], edges[-1] = shared.changes[0], shared.changes[-1]
    return np.asarray(edges)


def _by_grid(y: Floats, parts: Floats, weights: Floats, away: Floats) -> float:
    """Return the standard error, every σ, τ and s counted by how likely it makes y."""
    logs, errors = [], []
    for memory in _MEMORIES:
        alike = np.exp(-away / memory)
        logs.append(_by_wander(y, parts, alike))
        errors.append(_WANDERS * np.sqrt(weights @ alike @ weights))
    likely = np.exp(np.concatenate(logs) - np.max(logs))
    return _of_mixture(likely / likely.sum(), np.concatenate(errors))


def _by_wander(y: Floats, parts: Floats, alike: Floats) -> Floats:
    """Return the log posterior of each σ, whatever s is, up to a constant.

    The downloads' covariance σ² W K W' + s² is turned so that it is diagonal: it has no more than
    as many directions as there are blocks, and s² in all others.
    """
    root = np.linalg.cholesky(alike + 1e-9 * np.eye(len(alike)))
    values, vectors = np.linalg.eigh((parts @ root).T @ (parts @ root))
    told = values > 1e-9 * values[-1]
    turn = (parts @ root) @ vectors[:, told] / np.sqrt(values[told])
    ones, turned = turn.sum(axis=0), y @ turn
    others = len(y) - int(told.sum())
    # What is left of 1'1, 1'y and y'y in the other directions.
    rest = np.array([len(y) - ones @ ones, y.sum() - ones @ turned, y @ y - turned @ turned])
    luck = (_LUCK**2)[None, :, None]
    variance = (_WANDERS**2)[:, None, None] * values[told] + luck
    luck = luck[..., 0]
    precision = (ones**2 / variance).sum(axis=2) + max(rest[0], 0.0) / luck
    both = (ones * turned / variance).sum(axis=2) + rest[1] / luck
    squares = (turned**2 / variance).sum(axis=2) + max(rest[2], 0.0) / luck
    spread = np.log(variance).sum(axis=2) + others * np.log(luck)
    heights = -0.5 * (spread + np.log(precision) + squares - both**2 / precision)
    believed = -0.5 * (np.log(_WANDERS / USUALLY_UNSTEADY) / _UNSURE) ** 2
    return np.asarray(np.logaddexp.reduce(heights, axis=1) + believed)


def _of_mixture(likely: Floats, errors: Floats) -> float:
    """Return the error of the normal law with the 90 % range of normal laws that are mixed."""
    from scipy.special import ndtr

    low, high = 0.0, 10.0 * float(errors.max())
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if float(likely @ ndtr(middle / errors)) < 0.95:
            low = middle
        else:
            high = middle
    return float(rounded(np.array([high / Z95]))[0])
