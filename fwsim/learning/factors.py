"""What a line may carry of its label, number by number, and how likely each is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fwsim.quantities.beliefs import rounded
from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR

Ints = NDArray[np.int64]
_REACH = 8.0
"""Standard deviations of what is believed of a factor within which it is looked for."""


@dataclass(frozen=True)
class Factors:
    """What a line may carry of its label, and how likely each is; arrays of shape (factors,).

    Parameters
    ----------
    logs
        Logarithms of the factors, ascending, evenly apart.
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

    @property
    def credible(self) -> Floats:
        """How near each is to what is believed in the middle: 1 there, and less farther off."""
        peak = self.shares[1:-1].max(initial=0.0) or self.shares.max()
        return np.asarray(np.minimum(self.shares / peak, 1.0))

    @property
    def step(self) -> float:
        """How far apart they are, on the logarithm."""
        return float(self.logs[1] - self.logs[0]) if len(self.logs) > 1 else 0.0

    def drawn(self, places: Ints, luck: np.random.Generator) -> Floats:
        """Return factors near some of these, for what lies between two is as likely; rounded."""
        logs = self.logs[places] + self.step * (luck.random(len(places)) - 0.5)
        return rounded(np.clip(np.exp(np.minimum(logs, self.logs[-1])), LEAST_FACTOR, 1.0))
