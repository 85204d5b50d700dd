"""Shares from counts: with the belief they meet, clustered, and from rollout to rollout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.quantities.beliefs import (
    ENOUGH_ROLLOUTS,
    About,
    Belief,
    Between,
    Drawn,
    Scale,
    Seen,
    Support,
)
from fwsim.quantities.elementary import Floats

Counts = NDArray[np.int64]
_GRID = 2001
FURTHEST = 0.995
"""Chance beyond which Student's law of few rollouts tells of worlds that nobody has."""
_HALF = 0.5
"""Jeffreys' prior of a share, at each end."""


def beta_of(belief: Belief | None) -> tuple[float, float]:
    """Return the beta law that is closest to a belief of a share; Jeffreys' if there is none."""
    match belief:
        case None:
            return _HALF, _HALF
        case About(share, worth):
            return share * worth, (1 - share) * worth
        case Seen(hits, of):
            return hits + _HALF, of - hits + _HALF
        case Between() | Drawn():
            chances = (np.arange(_GRID) + 0.5) / _GRID
            return beta_by_moments(belief.quantile(chances[:, None])[:, 0])
    raise TypeError(f"{belief!r} is of several numbers")


def beta_by_moments(shares: Floats) -> tuple[float, float]:
    """Return the beta law with mean and variance of drawn shares."""
    mean, variance = float(shares.mean()), max(float(shares.var()), 1e-12)
    worth = max(mean * (1 - mean) / variance - 1, 1e-3)
    return mean * worth, (1 - mean) * worth


def share_after(belief: Belief | None, hits: int, of: int, support: Support) -> Belief:
    """Return what is believed of a share after counts: belief times likelihood.

    Parameters
    ----------
    belief
        Before; None if nothing was.
    hits, of
        How many of how many.
    support
        What it stands on.
    """
    if belief is None:
        return Seen(hits, of, support)
    if isinstance(belief, Seen):
        return Seen(belief.hits + hits, belief.of + of, support)
    a, b = beta_of(belief)
    worth = a + b + of
    return About((a + hits) / worth, worth, support)


@dataclass(frozen=True)
class Clustered:
    """Counts of clusters, whose members are alike.

    Parameters
    ----------
    alike
        Intraclass correlation ρ.
    hits, of
        Counts that say as much as that many members that have nothing to do with one another.
    """

    alike: float
    hits: int
    of: int


def clustered(hits: Counts, of: Counts) -> Clustered:
    """Return counts of clusters, shrunk to what they are worth (beta-binomial; notes A2.2).

    ρ = (MSB - MSW) / (MSB + (n0 - 1) MSW), Fleiss, Levin, Paik 2003, section 15.2; the variance
    of a share grows by 1 + (n - 1) ρ.

    Parameters
    ----------
    hits, of
        By cluster.
    """
    some = of > 0
    hits, of = hits[some], of[some]
    clusters, total = len(of), int(of.sum())
    if clusters < 2 or total == clusters:
        return Clustered(0.0, int(hits.sum()), total)
    mean = hits.sum() / total
    msb = float((of * (hits / of - mean) ** 2).sum() / (clusters - 1))
    msw = float((hits * (of - hits) / of).sum() / (total - clusters))
    typical = (total - (of**2).sum() / total) / (clusters - 1)
    below = msb + (typical - 1) * msw
    alike = min(1.0, max(0.0, (msb - msw) / below)) if below > 0 else 0.0
    size = float((of**2).sum() / total)
    worth = max(1, round(total / (1 + (size - 1) * alike)))
    return Clustered(alike, round(float(mean) * worth), worth)


@dataclass(frozen=True)
class NextRollout:
    """What is believed of a number in a rollout to come, on its open scale.

    Parameters
    ----------
    centre
        Mean over rollouts.
    scale
        s √(1 + 1/J), by which Student's law with J - 1 degrees of freedom is stretched.
    freedom
        J - 1.
    """

    centre: float
    scale: float
    freedom: int

    def quantile(self, chances: Floats) -> Floats:
        """Return the number at each chance, on the open scale."""
        from scipy.special import stdtrit

        return np.asarray(self.centre + self.scale * stdtrit(float(self.freedom), chances))

    def draws(self, rows: int, luck: np.random.Generator) -> Floats:
        """Return draws on the open scale, none beyond `FURTHEST`."""
        return self.quantile(np.clip(luck.random(rows), 1 - FURTHEST, FURTHEST))


def next_rollout(opened: Floats) -> NextRollout:
    """Return what the numbers of past rollouts say of the next: tb + s √(1 + 1/J) t (notes A2.2).

    Parameters
    ----------
    opened
        One a rollout, on the open scale; at least three.

    Raises
    ------
    ValueError
        If there are fewer, which say nothing of how rollouts differ.
    """
    count = len(opened)
    if count < ENOUGH_ROLLOUTS:
        raise ValueError(f"{count} rollouts do not tell how rollouts differ; {ENOUGH_ROLLOUTS} do")
    scale = float(opened.std(ddof=1) * np.sqrt(1 + 1 / count))
    return NextRollout(float(opened.mean()), scale, count - 1)


def opened_shares(hits: Counts, of: Counts) -> Floats:
    """Return shares of rollouts on the logit scale, with Jeffreys' half at each end."""
    return np.log((hits + _HALF) / (of - hits + _HALF))


def between_of(law: NextRollout, scale: Scale, rollouts: int) -> Between:
    """Return a belief of a rollout to come as a scenario writes it."""
    low, high = scale.closed(law.quantile(np.array([0.05, 0.95])))
    if high <= low:
        high = low * (1 + 1e-6)
    return Between(float(low), float(high), scale, support=Support(rollouts=rollouts))


def share_between(hits: Counts, of: Counts) -> Belief:
    """Return what counts of rollouts say of the share in the next; a count each, at least three.

    Where no rollout differs from another the counts together say more than their spread.
    """
    support = Support(rollouts=len(of))
    law = next_rollout(opened_shares(hits, of))
    total, all_of = int(hits.sum()), int(of.sum())
    a, b = total + _HALF, all_of - total + _HALF
    alone = 1.0 / a + 1.0 / b  # variance of a logit
    if law.scale**2 <= alone or total in (0, all_of):
        return Seen(total, all_of, support)
    return between_of(law, Scale.LOGIT, len(of))
