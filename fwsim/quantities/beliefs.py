"""Beliefs: what is known of a number that nobody knows, as a distribution of its true value.

A law says how devices differ from one another and is drawn for each device (*luck*). A belief says
how sure we are of a number, and is drawn once a run (*doubt*).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.elementary import Floats, exponential, logarithm, normal_quantile

Z95 = 1.6448536269514722
"""How many standard deviations a 90 % range reaches to each side."""
ENOUGH_ROLLOUTS = 3
"""From so many rollouts on the spread between them is measured, not assumed (notes A2.2)."""
_DIGITS = 9
_LEAST_SHARE = 1e-4


class Scale(Enum):
    """The scale on which a number has no end, so that doubt can be added to it."""

    LOG = "log"
    LOGIT = "logit"

    def opened(self, values: Floats) -> Floats:
        """Return numbers on the open scale."""
        if self is Scale.LOG:
            return logarithm(values)
        return logarithm(values / (1.0 - values))

    def closed(self, values: Floats) -> Floats:
        """Return numbers of the open scale as what they are."""
        grown = exponential(np.clip(values, -300.0, 300.0))
        return grown if self is Scale.LOG else grown / (1.0 + grown)


class PerPlace(Enum):
    """Of what every one draws a value of its own; without it, all share one."""

    SITE = "site"
    UNIT = "unit"
    DAY = "day"
    """Every line on every day of the server's clock; of what others take of it."""


def widening_of(rollouts: int) -> float:
    """Return how many times as far the next rollout lies from those seen as from their mean.

    √(1 + 1/J): the mean of few rollouts is off as they are (notes A2.2).

    Parameters
    ----------
    rollouts
        J; 0 if what is known is of no rollout.
    """
    return float(np.sqrt(1.0 + 1.0 / rollouts)) if rollouts else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a belief stands on beside its numbers.

    Parameters
    ----------
    each
        Who draws a value of its own.
    rollouts
        How many rollouts it was seen in; 0 if nobody says.
    """

    each: PerPlace | None = None
    rollouts: int = 0

    @property
    def knows_rollouts(self) -> bool:
        """Whether the difference between rollouts is in the belief already."""
        return self.rollouts >= ENOUGH_ROLLOUTS


NOTHING = Support()


@dataclass(frozen=True)
class Between:
    """90 % sure that the number lies between two: normal on its open scale.

    Parameters
    ----------
    low, high
        The 5 % and the 95 % quantile.
    scale
        Log-normal for positive quantities, logit-normal for shares.
    most
        Where it is cut; what lies above counts as this.
    """

    low: float
    high: float
    scale: Scale
    most: float = np.inf
    support: Support = NOTHING
    chances: ClassVar[int] = 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the number at each chance."""
        low, high = self.scale.opened(np.array([self.low, self.high]))
        values = self.scale.closed(
            (low + high) / 2 + (high - low) / (2 * Z95) * normal_quantile(chances)
        )
        return rounded(np.minimum(values, self.most))

    @property
    def middle(self) -> tuple[float, ...]:
        """The median."""
        return (float(self.quantile(np.array([[0.5]]))[0, 0]),)


@dataclass(frozen=True)
class About:
    """A share known as well as from so many observations: a beta distribution.

    Parameters
    ----------
    share
        Its mean.
    worth
        Observations.
    """

    share: float
    worth: float
    support: Support = NOTHING
    chances: ClassVar[int] = 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the share at each chance."""
        return _beta(self.share * self.worth, (1 - self.share) * self.worth, chances)

    @property
    def middle(self) -> tuple[float, ...]:
        """The share as stated."""
        return (self.share,)


def about_moments(mean: float, variance: float, support: Support = NOTHING) -> About:
    """Return what is believed of a share with a mean and a variance.

    Parameters
    ----------
    mean, variance
        Of the share.
    support
        What it stands on.
    """
    inside = min(max(mean, _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    worth = inside * (1.0 - inside) / max(variance, _LEAST_SHARE**2) - 1.0
    return About(float(f"{inside:.4g}"), float(f"{max(worth, 0.1):.4g}"), support)


@dataclass(frozen=True)
class Seen:
    """A share of which so many of so many were seen: Jeffreys' prior and the counts.

    Parameters
    ----------
    hits, of
        Counts.
    """

    hits: int
    of: int
    support: Support = NOTHING
    chances: ClassVar[int] = 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the share at each chance."""
        return _beta(self.hits + 0.5, self.of - self.hits + 0.5, chances)

    @property
    def middle(self) -> tuple[float, ...]:
        """What was seen."""
        return (self.hits / self.of,)


@dataclass(frozen=True)
class SharesAbout:
    """Shares of one whole, known as well as from so many observations: a Dirichlet distribution.

    Parameters
    ----------
    shares
        Their means; they add up to 1.
    worth
        Observations.
    """

    shares: tuple[float, ...]
    worth: float
    support: Support = NOTHING

    @property
    def chances(self) -> int:
        """One less than shares."""
        return len(self.shares) - 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the shares."""
        return _dirichlet(np.array(self.shares) * self.worth, chances)

    @property
    def middle(self) -> tuple[float, ...]:
        """The shares as stated."""
        return self.shares


@dataclass(frozen=True)
class SharesSeen:
    """Shares of one whole by their counts: Jeffreys' prior and the counts.

    Parameters
    ----------
    counts
        How many of each were seen.
    """

    counts: tuple[int, ...]
    support: Support = NOTHING

    @property
    def chances(self) -> int:
        """One less than shares."""
        return len(self.counts) - 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the shares."""
        return _dirichlet(np.array(self.counts) + 0.5, chances)

    @property
    def middle(self) -> tuple[float, ...]:
        """What was seen."""
        total = sum(self.counts)
        return tuple(count / total for count in self.counts)


@dataclass(frozen=True)
class Resampled:
    """How often each value of a measured sample really comes: the Bayesian bootstrap.

    Rubin (1981): weights of n values from a flat Dirichlet distribution.

    Parameters
    ----------
    size
        How many values were measured.
    """

    size: int
    support: Support = NOTHING

    @property
    def chances(self) -> int:
        """One a value."""
        return self.size

    def quantile(self, chances: Floats) -> Floats:
        """Return the weights of the values; they add up to 1."""
        waits = -logarithm(1.0 - chances)
        return rounded(waits / waits.sum(axis=-1, keepdims=True))

    @property
    def middle(self) -> tuple[float, ...]:
        """All alike."""
        return (1 / self.size,) * self.size


@dataclass(frozen=True)
class Drawn:
    """Values that somebody has drawn, each as likely as the others.

    Parameters
    ----------
    values
        In their order; with the same chance, others give what was drawn together with it.
    together
        Names the chance of others that were drawn together with it; empty if none were.
    """

    values: tuple[float, ...]
    support: Support = Support(rollouts=ENOUGH_ROLLOUTS)
    together: str = ""
    chances: ClassVar[int] = 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the values of the rows that the chances choose."""
        places = (chances * len(self.values)).astype(np.int64)
        return np.array(self.values)[np.minimum(places, len(self.values) - 1)]

    @property
    def middle(self) -> tuple[float, ...]:
        """The median."""
        return (float(np.median(self.values)),)


@dataclass(frozen=True)
class Weighed:
    """Which of several named choices is so.

    Parameters
    ----------
    names
        The choices.
    shares
        How likely each is; they add up to 1.
    """

    names: tuple[str, ...]
    shares: tuple[float, ...]
    support: Support = NOTHING
    chances: ClassVar[int] = 1

    def quantile(self, chances: Floats) -> Floats:
        """Return the place of the choice at each chance."""
        places = np.searchsorted(np.cumsum(self.shares), chances, side="right")
        return np.minimum(places, len(self.shares) - 1).astype(np.float64)

    @property
    def middle(self) -> tuple[float, ...]:
        """The heaviest, the first of equals."""
        return (float(self.shares.index(max(self.shares))),)


Belief = Between | About | Seen | SharesAbout | SharesSeen | Resampled | Drawn | Weighed
"""The distribution of the true value of one number, or of several that belong together.

Each has `chances`, how many chances one draw takes; `quantile`, from chances of shape
(draws, chances) to true values of shape (draws, numbers); and `middle`, what a story takes: the
numbers as stated.
"""


def scaled_belief(belief: Belief, factor: float) -> Belief:
    """Return what is believed of so many times a number.

    Raises
    ------
    TypeError
        If it is a belief of several numbers.
    """
    match belief:
        case Between():
            return replace(belief, low=belief.low * factor, high=belief.high * factor)
        case About():
            return replace(belief, share=belief.share * factor)
        case Seen():
            mean, worth = (belief.hits + 0.5) / (belief.of + 1), belief.of + 1.0
            return About(mean * factor, worth, belief.support)
        case Drawn():
            return replace(belief, values=tuple(value * factor for value in belief.values))
    raise TypeError(f"{belief!r} is of several numbers")


def rounded(values: Floats) -> Floats:
    """Return numbers with nine digits: the same on every machine, whose libraries differ below."""
    plain = [float(f"{value:.{_DIGITS}g}") for value in values.ravel().tolist()]
    return np.array(plain, np.float64).reshape(values.shape)


def _beta(a: float, b: float, chances: Floats) -> Floats:
    """Return quantiles of a beta distribution; of one without width, its place."""
    from scipy.special import betaincinv

    if a <= 0 or b <= 0:
        return np.full(chances.shape, 0.0 if a <= 0 else 1.0)
    return rounded(np.asarray(betaincinv(a, b, chances), np.float64))


def _dirichlet(alphas: NDArray[Any], chances: Floats) -> Floats:
    """Return shares of a whole, broken off one after the other, each a beta share of the rest."""
    shares = np.zeros((len(chances), len(alphas)))
    rest = np.ones(len(chances))
    for place, alpha in enumerate(alphas[:-1].tolist()):
        part = _beta(alpha, float(alphas[place + 1 :].sum()), chances[:, place])
        shares[:, place] = rest * part
        rest = rest * (1.0 - part)
    shares[:, -1] = rest
    return rounded(shares)
