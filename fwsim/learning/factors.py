"""What a line may carry of its label, number by number, and how likely each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fwsim.quantities.beliefs import rounded
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR

Ints = NDArray[np.int64]
_REACH = 8.0
"""Standard deviations of what is believed of a factor within which it is looked for."""

_FINER = 6
"""So many factors of a kind are looked at for one of a line: many lines tell it finely."""
_TAPS = 4
NO_CHANCE = 1e-300
"""What is taken for the chance of what has none, where its logarithm is."""


@dataclass(frozen=True)
class Factors:
    """What a line may carry of its label, and how likely each is; arrays of shape (factors,).

    Parameters
    ----------
    logs
        Logarithms of the factors, ascending; evenly apart unless they were chosen.
    shares
        How likely each is; they add up to 1.
    """

    logs: Floats
    shares: Floats

    @classmethod
    def believed(cls, middle: float, spread: float, count: int) -> Factors:
        """Return a log-normal law, cut at the label.

        Parameters
        ----------
        middle, spread
            Of the logarithm; without spread the factor is known.
        count
            How many factors are looked at.
        """
        if not spread:
            return cls(np.array([middle]), np.ones(1))
        low = max(middle - _REACH * spread, float(np.log(LEAST_FACTOR)))
        logs = np.linspace(low, max(min(middle + _REACH * spread, 0.0), low + 1e-9), count)
        inner = ndtr(((logs[1:] + logs[:-1]) / 2 - middle) / spread)
        return cls(logs, np.diff(np.concatenate([[0.0], inner, [1.0]])))

    @classmethod
    def of_one_kind(cls, lines: Sequence[Factors]) -> Factors:
        """Return what lines carry if they are of one kind, as it is believed of each.

        Parameters
        ----------
        lines
            Each by itself; those that are known say nothing of the others.
        """
        some = [one for one in lines if len(one.logs) > 1] or lines
        low, high = min(one.logs[0] for one in some), max(one.logs[-1] for one in some)
        logs = np.linspace(low, high, _FINER * max(len(one.logs) for one in some))
        # The last of a line stands for all that is believed to lie beyond its label, too.
        shares = sum(one.among(logs).shares for one in some)
        likely = np.maximum(shares, NO_CHANCE)
        return cls(logs, likely / likely.sum())

    def among(self, logs: Floats) -> Factors:
        """Return the same belief by other factors from the first of these to the last.

        Parameters
        ----------
        logs
            Logarithms of those, ascending, as far apart as one likes.
        """
        if len(self.logs) == 1:
            return Factors(logs, np.full(len(logs), 1.0 / len(logs)))
        up_to = np.concatenate([[0.0], np.cumsum(self.shares)])
        edges = self.edges.clip(self.logs[0], self.logs[-1])
        # The last holds all that is believed beyond a label: that is at it, the rest just below.
        up_to[-1] -= max(0.0, float(self.shares[-1] - self.shares[-2] / 2))
        inner = np.interp((logs[1:] + logs[:-1]) / 2, edges, up_to, right=1.0)
        return Factors(logs, np.diff(np.concatenate([[0.0], inner, [1.0]])))

    def between(self, values: Floats, logs: Floats) -> Floats:
        """Return values of factors that lie between some of these, by cubics through four.

        Parameters
        ----------
        values
            Of these factors; shape (rows, factors).
        logs
            Logarithms of others; beyond these factors the values are those of the last.

        Returns
        -------
        ndarray of float64, shape (rows, others)
        """
        if len(self.logs) < _TAPS:
            return np.repeat(values[:, :1], len(logs), axis=1)
        at = np.clip((logs - self.logs[0]) / self.step, 0.0, len(self.logs) - 1.0)
        first = np.clip(at.astype(np.int64) - 1, 0, len(self.logs) - _TAPS)
        taps, part = [values[:, first + tap] for tap in range(_TAPS)], at - first
        return np.minimum(_cubic(taps, part), _highest(taps, part))

    def straight(self, values: Floats, logs: Floats) -> Floats:
        """Return values of factors that lie between some of these on straight lines.

        Parameters
        ----------
        values, logs
            As of `between`.
        """
        if len(self.logs) == 1:
            return np.repeat(values, len(logs), axis=1)
        at = np.clip((logs - self.logs[0]) / self.step, 0.0, len(self.logs) - 1.0)
        first = np.minimum(at.astype(np.int64), len(self.logs) - 2)
        low, high = values[:, first], values[:, first + 1]
        return np.asarray(low + (high - low) * (at - first))

    def summed(self, values: Floats, narrow: float) -> Floats:
        """Return sums of what is given by its logarithm, also where it is high for a moment.

        Parameters
        ----------
        values
            Of these factors; shape (rows, factors).
        narrow
            Width of what may be high between two factors, on the logarithm.

        Returns
        -------
        ndarray of float64, shape (rows,)
            Their logarithms.
        """
        finer = max(1, int(np.ceil(self.step / narrow)))
        if finer > 1:
            count = finer * (len(self.logs) - 1) + 1
            values = self.between(values, np.linspace(self.logs[0], self.logs[-1], count))
        highest = values.max(axis=1)
        each = np.exp(values - highest[:, None])
        return np.asarray(highest + np.log(each.sum(axis=1) / finer))

    @property
    def step(self) -> float:
        """How far apart they are, on the logarithm."""
        return float(self.logs[1] - self.logs[0]) if len(self.logs) > 1 else 0.0

    @property
    def edges(self) -> Floats:
        """Where each ends and the next begins, on the logarithm; shape (factors + 1,)."""
        half = np.diff(self.logs) / 2 if len(self.logs) > 1 else np.zeros(1)
        inner = self.logs[:-1] + half[: len(self.logs) - 1]
        return np.concatenate([self.logs[:1] - half[:1], inner, self.logs[-1:] + half[-1:]])

    def drawn(self, places: Ints, luck: np.random.Generator, error: float | Floats = 0.0) -> Floats:
        """Return factors near some of these, for what lies between two is as likely; rounded.

        Parameters
        ----------
        places
            Of which.
        luck
            Of the draws.
        error
            By how much they are off, on the logarithm.
        """
        edges = self.edges
        low, high = edges[places], edges[places + 1]
        is_known = len(self.logs) == 1
        logs = low + (high - low) * luck.random(len(places)) + (0.0 if is_known else error)
        return rounded(np.clip(np.exp(np.minimum(logs, self.logs[-1])), LEAST_FACTOR, 1.0))


def _cubic(taps: Sequence[Floats], part: Floats) -> Floats:
    """Return values of the cubic through four, at parts of the way from the first to the last."""
    total = np.zeros_like(taps[0])
    for tap in range(_TAPS):
        weight = np.ones(len(part))
        for other in {*range(_TAPS)} - {tap}:
            weight *= (part - other) / (tap - other)
        total += taps[tap] * weight
    return total


def _highest(taps: Sequence[Floats], part: Floats) -> Floats:
    """Return what a curve through four that bends down is at most; its chord where it bends up.

    Where a line stops to be the reason, how likely it is turns level at once. A cubic overshoots
    there by little, but by so much for each of hundreds of lines.
    """
    from_left, chord, from_right = (
        low + (high - low) * (part - place) for place, (low, high) in enumerate(pairwise(taps))
    )
    inner = np.minimum(from_left, from_right)
    inner = np.where(part < 1, from_left, np.where(part > _TAPS - 2, from_right, inner))
    return np.asarray(np.maximum(chord, inner))
