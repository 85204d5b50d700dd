"""Kinds of downloads that run alike at a site: by their device's rate, and by their part of a line.

Both clocks number the groups of a site by this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwsim.commands.connection import reach
from fwsim.model.line_units import PER_MS
from fwsim.quantities.laws import Constant, Law

CLASSES = 5
"""How many different factors downloads have on their share: an event costs as many groups."""
USUAL_WEIGHT = 32
"""The weight of a download whose factor is the median: weights are whole numbers."""
LARGEST_WEIGHT = 1024


@dataclass(frozen=True)
class Kind:
    """Downloads of one site that run alike.

    Parameters
    ----------
    number
        Rate class times weight classes, plus weight class.
    rate
        What each gets at most, in millionths of a byte per ms.
    weight
        How many parts of a line each gets.
    """

    number: int
    rate: int
    weight: int

    @property
    def reach(self) -> int:
        """The level, what one part gets, from which on the download's own ceiling holds it."""
        return reach(self.rate, self.weight)


def kinds_of(rates: list[int], weights: tuple[int, ...], ceiling: int) -> list[Kind]:
    """Return the kinds of downloads of a site, those first that fill their own ceiling first.

    Parameters
    ----------
    rates
        Of the classes of devices, bytes per second, ascending.
    weights
        Of the classes of shares.
    ceiling
        What one connection of the site gets at most, bytes per second.
    """
    kinds = [
        Kind(number * len(weights) + place, min(rate, ceiling) * PER_MS, weight)
        for number, rate in enumerate(rates)
        for place, weight in enumerate(weights)
    ]
    return sorted(kinds, key=lambda kind: (kind.reach, kind.number))


def weights_of(law: Law) -> tuple[int, ...]:
    """Return the weights of equally likely classes that stand for a law of factors.

    Only their ratios count. Where all downloads are alike there is one class.

    Parameters
    ----------
    law
        Of a download's own factor on its share of a line.
    """
    if isinstance(law, Constant):
        return (1,)
    chances = (np.arange(CLASSES) + 0.5) / CLASSES
    factors = law.quantile(chances)
    usual = float(factors[CLASSES // 2])
    if not usual > 0:
        return (1,)
    scaled = np.rint(np.clip(factors / usual * USUAL_WEIGHT, 1, LARGEST_WEIGHT))
    weights = tuple(int(weight) for weight in scaled)
    return (1,) if len(set(weights)) == 1 else weights
