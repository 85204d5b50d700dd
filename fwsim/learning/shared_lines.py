"""What transfers tell of lines that share another on their way: of the hub and of each, together.

A log does not say whether a transfer was held back by its site's line or by the hub. So both are
looked at at once: for each rate that the hub may have, max-min fair sharing leaves every transfer
so much, and the line of each site explains with one rate or other what its transfers fetched, or
does not. Where the lines would all have to be slow at once, the hub is the likelier reason; where
one site alone is slow, its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fwsim.quantities.elementary import Floats
from fwsim.scenario.default_beliefs import LEAST_FACTOR

Ints = NDArray[np.int64]
_REACH = 8.0
"""Standard deviations of what is believed of a factor within which it is looked for."""
_ROUNDS = 4
"""How often lines are fitted to what the hub leaves them, and the hub's share to the lines."""
_LITTLE = 0.02
"""Share of what is believed that has to move, lest nothing counts as told."""
_LEAST = 1.0
"""Byte: a transfer that is believed to have brought none has brought that."""


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
    def step(self) -> float:
        """How far apart they are, on the logarithm."""
        return float(self.logs[1] - self.logs[0]) if len(self.logs) > 1 else 0.0

    def drawn(self, places: Ints, luck: np.random.Generator) -> Floats:
        """Return factors near some of these, for what lies between two is as likely."""
        logs = self.logs[places] + self.step * (luck.random(len(places)) - 0.5)
        return np.asarray(np.clip(np.exp(np.minimum(logs, self.logs[-1])), LEAST_FACTOR, 1.0))


@dataclass(frozen=True)
class Line:
    """A line over time; arrays have shape (stretches,).

    Parameters
    ----------
    label
        Bytes per second of payload, did it carry its label.
    left
        Share that others leave of it.
    most
        What a router lets through of updates, bytes per second.
    factors
        What is believed of it.
    """

    label: float
    left: Floats
    most: float
    factors: Factors

    def room(self, factors: Floats) -> Floats:
        """Return what it has for updates, bytes per second; shape (factors, stretches)."""
        return np.minimum(factors[:, None] * self.label * self.left, self.most)


@dataclass(frozen=True)
class Fetching:
    """Transfers of one site.

    Parameters
    ----------
    line
        Of the site.
    own
        Bytes per second that one takes at most.
    busy
        How many are under way, on average; shape (stretches,).
    begin, end, size
        Of those that are over, in milliseconds and bytes.
    open_since, open_size
        Of those that are under way.
    """

    line: Line
    own: float
    busy: Floats
    begin: Ints
    end: Ints
    size: Ints
    open_since: Ints
    open_size: Ints

    def each(self, factors: Floats) -> Floats:
        """Return what one gets of the site's line; shape (factors, stretches)."""
        return np.minimum(self.line.room(factors) / np.maximum(self.busy, 1e-9), self.own)


@dataclass(frozen=True)
class Doubts:
    """How sure transfers are of what they tell.

    Parameters
    ----------
    error
        Standard error, on the logarithm, of what all of a line's together tell.
    not_fetching
        Chance that one that is told to be under way is so no more.
    each_open
        Whether each that is under way counts for itself; else all of a line as one.
    """

    error: float
    not_fetching: float
    each_open: bool


@dataclass(frozen=True)
class _Moments:
    """Times among stretches: in which each lies, and which part of it is over."""

    place: Ints
    part: Floats

    @classmethod
    def among(cls, times: Ints, edges: Ints) -> _Moments:
        place = np.clip(np.searchsorted(edges, times, side="right") - 1, 0, len(edges) - 2)
        long = edges[place + 1] - edges[place]
        return cls(place, np.clip((times - edges[place]) / long, 0.0, 1.0))

    def of(self, came: Floats) -> Floats:
        """Return bytes by then, of those by each edge; shape (factors, times)."""
        before, after = came[:, self.place], came[:, self.place + 1]
        return np.asarray(before + (after - before) * self.part)


@dataclass(frozen=True)
class _Laid:
    """Transfers of a site laid over stretches, and what one gets by each factor of its line."""

    fetching: Fetching
    each: Floats
    begin: _Moments
    end: _Moments
    open_since: _Moments

    @classmethod
    def over(cls, edges: Ints, of: Fetching) -> _Laid:
        times = (_Moments.among(at, edges) for at in (of.begin, of.end, of.open_since))
        return cls(of, of.each(np.exp(of.line.factors.logs)), *times)


class SharedLine:
    """A hub, and the lines of the sites behind it.

    Parameters
    ----------
    edges
        When stretches begin, and the last ends; milliseconds.
    hub
        The line that they share.
    sites
        Those whose devices have fetched.
    doubts
        How sure that is.
    """

    def __init__(self, edges: Ints, hub: Line, sites: Sequence[Fetching], doubts: Doubts) -> None:
        self._edges, self.hub, self.sites, self._doubts = edges, hub, sites, doubts
        self._seconds = np.diff(edges) / 1000.0
        self._busy = np.stack([one.busy for one in sites], axis=1)
        self._laid = [_Laid.over(edges, one) for one in sites]

    @cached_property
    def _fitted(self) -> tuple[Floats, list[Floats]]:
        """How likely each factor of the hub is, and under each of them each of a site's."""
        hub = self.hub.factors
        found = [self._under(room) for room in self.hub.room(np.exp(hub.logs))]
        told = np.log(np.maximum(hub.shares, 1e-300))
        shares = []
        for place, site in enumerate(self.sites):
            miss = np.array([under[place][0] for under in found])
            still = np.array([under[place][1] for under in found])
            # How well the best explains it tells how much else there is that nobody knows.
            error = self._doubts.error**2 + miss.min()
            likely = still - miss / (2 * error)
            best = likely.max(axis=1, keepdims=True)
            weights = site.line.factors.shares * np.exp(likely - best)
            total = weights.sum(axis=1, keepdims=True)
            told += (best + np.log(total))[:, 0]
            shares.append(weights / total)
        weights = np.exp(told - told.max())
        return weights / weights.sum(), shares

    @property
    def told(self) -> tuple[bool, list[bool]]:
        """Whether more is known of the hub than was believed, and of each site's line."""
        shares, under = self._fitted
        sites = zip(self.sites, under, strict=True)
        return (
            _differs(shares, self.hub.factors.shares),
            [_differs(shares @ one, site.line.factors.shares) for site, one in sites],
        )

    def _blurred(self, shares: Floats) -> Floats:
        """Return what is known of the hub with the error that no number of lines takes away."""
        logs = self.hub.factors.logs
        apart = np.subtract.outer(logs, logs) / self._doubts.error
        spread = np.exp(-(apart**2) / 2)
        blurred = (spread / spread.sum(axis=0)) @ shares
        return np.asarray(blurred / blurred.sum())

    def _under(self, room: Floats) -> list[tuple[Floats, Floats]]:
        """Return how well each site's factors explain its transfers while the hub has some room.

        Parameters
        ----------
        room
            What the hub has for updates, bytes per second; shape (stretches,).
        """
        # With all lines at their labels the hub leaves the least; what they do not take, others do.
        places = [len(one.line.factors.logs) - 1 for one in self.sites]
        found: list[tuple[Floats, Floats]] = []
        for _ in range(_ROUNDS):
            pairs = zip(self._laid, places, strict=True)
            each = np.stack([one.each[place] for one, place in pairs], axis=1)
            most = level(self._busy, each, room)
            found = [self._explained(one, most) for one in self._laid]
            told = zip(self.sites, found, strict=True)
            now = [self._middle(one, *explained) for one, explained in told]
            if now == places:
                break
            places = now
        return found

    def _middle(self, site: Fetching, miss: Floats, still: Floats) -> int:
        """Return the place of the factor in the middle of what explains a site's transfers."""
        likely = still - miss / (2 * self._doubts.error**2)
        weights = site.line.factors.shares * np.exp(likely - likely.max())
        up_to = np.cumsum(weights)
        return min(int((up_to < up_to[-1] / 2).sum()), len(up_to) - 1)

    def _explained(self, site: _Laid, most: Floats) -> tuple[Floats, Floats]:
        """Return how far off each factor is for transfers that are over, and what open ones say.

        Parameters
        ----------
        site
            Whose.
        most
            What the hub leaves each transfer, bytes per second; shape (stretches,).

        Returns
        -------
        tuple of ndarray
            The mean square of the logarithm by which the bytes differ, and how likely it is that
            those under way are not over; shape (factors,) each.
        """
        of = site.fetching
        came = np.cumsum(np.minimum(site.each, most) * self._seconds, axis=1)
        came = np.concatenate([np.zeros((len(came), 1)), came], axis=1)
        miss = still = np.zeros(len(came))
        if len(of.size):
            brought = site.end.of(came) - site.begin.of(came)
            miss = (np.log(np.maximum(brought, _LEAST) / of.size) ** 2).mean(axis=1)
        if len(of.open_size):
            due = np.maximum(came[:, -1:] - site.open_since.of(came), _LEAST)
            none = self._doubts.not_fetching
            below = ndtr(np.log(of.open_size / due) / self._doubts.error)
            likely = np.log(none + (1 - none) * below)
            still = likely.sum(axis=1) if self._doubts.each_open else likely.mean(axis=1)
        return miss, still

    def drawn(self, rows: int, luck: np.random.Generator) -> tuple[Floats, list[Floats]]:
        """Return what the hub carries of its label, and the sites' lines, drawn together.

        Parameters
        ----------
        rows
            How many draws.
        luck
            Of them.
        """
        shares, under = self._fitted
        of_hub = _chosen(np.tile(np.cumsum(self._blurred(shares)), (rows, 1)), luck)
        lines = [
            site.line.factors.drawn(_chosen(np.cumsum(one, axis=1)[of_hub], luck), luck)
            for site, one in zip(self.sites, under, strict=True)
        ]
        return self.hub.factors.drawn(of_hub, luck), lines


def _differs(shares: Floats, before: Floats) -> bool:
    return bool(np.abs(shares - before).sum() / 2 >= _LITTLE)


def _chosen(up_to: Floats, luck: np.random.Generator) -> Ints:
    """Return a place of each row, by shares that are added up; shape (rows,)."""
    chances = luck.random((len(up_to), 1)) * up_to[:, -1:]
    return np.asarray(np.minimum((up_to <= chances).sum(axis=1), up_to.shape[1] - 1))


def level(busy: Floats, each: Floats, room: Floats) -> Floats:
    """Return what a line that several share leaves each transfer at most, by max-min fairness.

    Parameters
    ----------
    busy
        How many transfers of each site are under way; shape (stretches, sites).
    each
        What one of them takes at most; shape (stretches, sites).
    room
        What the line has; shape (stretches,).

    Returns
    -------
    ndarray of float64, shape (stretches,)
        Infinite where the line is not full.
    """
    order = np.argsort(each, axis=1)
    want, count = np.take_along_axis(each, order, axis=1), np.take_along_axis(busy, order, axis=1)
    taken = np.cumsum(want * count, axis=1) - want * count
    left = count[:, ::-1].cumsum(axis=1)[:, ::-1]
    share = (room[:, None] - taken) / np.maximum(left, 1e-9)
    holds = (share < want) & (left > 0)
    first = holds.argmax(axis=1)
    found = np.take_along_axis(share, first[:, None], axis=1)[:, 0]
    return np.where(holds.any(axis=1), np.maximum(found, 0.0), np.inf)
