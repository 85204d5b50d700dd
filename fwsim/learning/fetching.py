"""Lines, transfers over them, and what each factor of a line makes of those of its site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fwsim.learning.factors import Factors
from fwsim.quantities.elementary import Floats

Ints = NDArray[np.int64]
Explained = tuple[Floats, Floats, Floats]
"""By how much bytes differ by each factor on the logarithm, the mean and the variance, and how
likely it is that transfers under way are not over; shape (factors,) each."""
LEAST = 1.0
"""Byte: a transfer that is believed to have brought none has brought that."""


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
    any
        For which part of a stretch one is, at least; shape (stretches,).
    begin, end, size
        Of those that are over, in milliseconds and bytes.
    open_since, open_size
        Of those that are under way.
    """

    line: Line
    own: float
    busy: Floats
    any: Floats
    begin: Ints
    end: Ints
    size: Ints
    open_since: Ints
    open_size: Ints

    def each(self, factors: Floats) -> Floats:
        """Return what one gets of the site's line while it is; shape (factors, stretches)."""
        at_a_time = np.maximum(self.busy / np.maximum(self.any, 1e-9), 1.0)
        return np.minimum(self.line.room(factors) / at_a_time, self.own)


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
class Laid:
    """Transfers of a site laid over stretches, and what one gets by each factor of its line.

    Parameters
    ----------
    fetching
        The transfers.
    seconds
        How long stretches are; shape (stretches,).
    each
        What one gets of the site's line, bytes per second; shape (factors, stretches).
    begin, end, open_since
        Where among the stretches those that are over begin and end, and others began.
    """

    fetching: Fetching
    seconds: Floats
    each: Floats
    begin: _Moments
    end: _Moments
    open_since: _Moments

    @classmethod
    def over(cls, edges: Ints, of: Fetching) -> Laid:
        """Return transfers of a site laid over the stretches between edges, milliseconds."""
        times = (_Moments.among(at, edges) for at in (of.begin, of.end, of.open_since))
        seconds = np.diff(edges) / 1000.0
        return cls(of, seconds, of.each(np.exp(of.line.factors.logs)), *times)

    def at(self, place: float) -> Floats:
        """Return what one gets of the site's line by a factor that lies between two."""
        low, part = int(place), place % 1.0
        if not part:
            return np.asarray(self.each[low])
        return np.asarray(self.each[low] + (self.each[low + 1] - self.each[low]) * part)

    def explained(self, most: Floats, doubts: Doubts) -> Explained:
        """Return how far off each factor is for transfers that are over, and what open ones say.

        Parameters
        ----------
        most
            What the hub leaves each transfer, bytes per second; shape (stretches,).
        doubts
            How sure transfers are.
        """
        of = self.fetching
        count, stretches = self.each.shape
        came = np.zeros((count, stretches + 1))
        np.cumsum(np.minimum(self.each, most) * self.seconds, axis=1, out=came[:, 1:])
        off = unlike = still = np.zeros(count)
        if len(of.size):
            brought = self.end.of(came) - self.begin.of(came)
            each = np.log(np.maximum(brought, LEAST) / of.size)
            off = each.sum(axis=1) / len(of.size)
            unlike = ((each - off[:, None]) ** 2).sum(axis=1) / len(of.size)
        if len(of.open_size):
            due = np.maximum(came[:, -1:] - self.open_since.of(came), LEAST)
            none = doubts.not_fetching
            below = ndtr(np.log(of.open_size / due) / doubts.error)
            likely = np.log(none + (1 - none) * below)
            still = likely.sum(axis=1) if doubts.each_open else likely.mean(axis=1)
        return off, unlike, still
