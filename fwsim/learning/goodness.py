"""How well a law fits: what it makes of each observation must be uniform.

The probability integral transform of what is exact; of what is only known to lie between two ends
a random place between their chances (Czado, Gneiting, Held 2009), uniform under the law, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.quantities.elementary import Floats

SURELY = 1e-3
"""Below this probability a law is called wrong; with fitted parameters that happens less often."""
FAR = 0.05
"""How far a law may be off before it matters, whatever the number of observations."""


@dataclass(frozen=True)
class Goodness:
    """How well a law fits.

    Parameters
    ----------
    transformed
        Chances of what was seen, in order; for a PIT or QQ figure.
    distance
        The largest distance to the uniform law (Kolmogorov, Smirnov).
    probability
        Of at least that distance, were the law true.
    """

    transformed: Floats
    distance: float
    probability: float

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against the law that would matter."""
        return self.distance <= FAR or self.probability >= SURELY


def goodness_of(low: Floats, high: Floats) -> Goodness:
    """Return how well observations fit.

    Parameters
    ----------
    low, high
        The law's chance of no more than each observation's ends; equal where it is exact.
    """
    from scipy.special import kolmogorov

    places = np.random.Generator(np.random.PCG64(1)).random(len(low))
    chances = np.sort(np.clip(low + places * (high - low), 0.0, 1.0))
    count = len(chances)
    if not count:
        return Goodness(chances, 0.0, 1.0)
    steps = np.arange(count + 1) / count
    distance = float(max((steps[1:] - chances).max(), (chances - steps[:-1]).max()))
    root = np.sqrt(count)
    # Stephens (1970): close to the exact law from five observations on.
    probability = float(kolmogorov((root + 0.12 + 0.11 / root) * distance))
    return Goodness(chances, distance, probability)
