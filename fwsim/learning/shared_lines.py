"""What transfers tell of lines that share another on their way: of the hub and of each, together.

A log does not say whether a transfer was held back by its site's line or by the hub. So both are
looked at at once: for each rate that the hub may have, max-min fair sharing leaves every transfer
so much, and the line of each site explains with one rate or other what its transfers fetched, or
does not. Where the lines would all have to be slow at once, each by its own amount, the hub is the
likelier reason; where one site alone is slow, its line. But lines may be of one kind, too, and all
carry the same part of their labels: both are weighed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from fwsim.learning.factors import NO_CHANCE, Factors
from fwsim.learning.looked_at import first_of, more_of
from fwsim.learning.max_min import level
from fwsim.quantities.elementary import Floats

Ints = NDArray[np.int64]
Explained = tuple[Floats, Floats, Floats]
"""As `SharedLine._explained` tells it."""
_ROUNDS = 8
"""So often at most lines are fitted to what the hub leaves them, and its share to the lines."""
_SETTLED = 0.02
"""Part of the way between two factors: lines that moved no further have settled."""
_AT_MOST = 0.98
"""Chance that a line carries no more than what is taken for the most it carries."""
_ALIKE = 0.5
"""Chance that lines behind a hub are of one kind: all carry the same part of their labels [A]."""
_LITTLE = 0.02
"""Share of what is believed that has to move, lest nothing counts as told."""
_LEAST = 1.0
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

    def at(self, place: float) -> Floats:
        """Return what one gets of the site's line by a factor that lies between two."""
        low, part = int(place), place % 1.0
        if not part:
            return np.asarray(self.each[low])
        return np.asarray(self.each[low] + (self.each[low + 1] - self.each[low]) * part)


@dataclass(frozen=True)
class _Under:
    """What sites make of their transfers while the hub has some room.

    Parameters
    ----------
    explained
        How well each factor of a site explains them.
    places
        Of the one in the middle, among the factors of each; shape (sites,).
    got
        What a transfer brought at most, bytes, on the logarithm; shape (sites,).
    chance
        How likely it makes what was seen, on the logarithm.
    """

    explained: list[Explained]
    places: Floats
    got: Floats
    chance: float


@dataclass(frozen=True)
class _Fitted:
    """What is known of a hub and of the lines behind it.

    Parameters
    ----------
    hub
        Factors of the hub that were looked at, and how likely each is now.
    before
        How likely each was before.
    sites
        How likely each factor of a site's line is if each has its own; shape (of hub, of site).
    alike
        How likely it is that all lines are of one kind; shape (of hub,).
    kinds, of_kinds
        What they carry then, and the weight of each; shape (of hub, of kinds).
    """

    hub: Factors
    before: Floats
    sites: list[Floats]
    alike: Floats
    kinds: Factors
    of_kinds: Floats


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
        self._free: Floats | None = None

    @cached_property
    def _fitted(self) -> _Fitted:
        """How likely each factor of the hub is, and under each of them each of a site's."""
        logs = first_of(self.hub.factors)
        known: dict[float, _Under] = {}
        while True:
            fresh = logs[[log not in known for log in logs.tolist()]]
            rooms = self.hub.room(np.exp(fresh))
            known |= zip(fresh.tolist(), map(self._under, rooms), strict=True)
            factors = self.hub.factors.among(logs)
            under = [known[log] for log in logs.tolist()]
            likely, fitted = self._weighed(factors, [one.explained for one in under])
            got = np.stack([one.got for one in under])
            apart = np.sqrt((np.diff(got, axis=0) ** 2).sum(axis=1)) / self._doubts.error
            more = more_of(factors, likely, apart)
            if not more:
                return fitted
            logs = np.sort(np.concatenate([logs, more]))

    @cached_property
    def _kinds(self) -> Factors:
        """What lines carry if they are of one kind."""
        return Factors.of_one_kind([site.line.factors for site in self.sites])

    @property
    def _narrow(self) -> float:
        """How far off all lines together let a factor be that they share, on the logarithm."""
        return float(self._doubts.error / np.sqrt(len(self.sites)))

    def _weighed(
        self, factors: Factors, known: Sequence[Sequence[Explained]]
    ) -> tuple[Floats, _Fitted]:
        """Return how likely each factor of the hub is, on the logarithm, and of sites under each.

        Parameters
        ----------
        factors
            Those of the hub that were looked at.
        known
            What `_under` found for each.
        """
        kinds, each_its_own, shares = self._kinds, np.zeros(len(known)), []
        alike = np.repeat(np.log(kinds.shares)[None], len(known), axis=0)
        for number, site in enumerate(self.sites):
            under = [one[number] for one in known]
            likely, as_kinds = self._likely(site.line.factors, under, kinds)
            best = likely.max(axis=1, keepdims=True)
            weights = site.line.factors.shares * np.exp(likely - best)
            total = np.maximum(weights.sum(axis=1, keepdims=True), NO_CHANCE)
            each_its_own += best[:, 0] + np.log(total[:, 0])
            alike += as_kinds
            shares.append(weights / total)
        apart = np.log(1.0 - _ALIKE) + each_its_own
        together = np.log(_ALIKE) + kinds.summed(alike, self._narrow)
        likely = np.logaddexp(apart, together)
        told = np.log(np.maximum(factors.shares, NO_CHANCE)) + likely
        weights = np.exp(told - told.max())
        return likely, _Fitted(
            Factors(factors.logs, weights / weights.sum()),
            factors.shares,
            shares,
            np.exp(together - likely),
            kinds,
            np.exp(alike - alike.max(axis=1, keepdims=True)),
        )

    def _likely(
        self, lines: Factors, under: Sequence[Explained], kinds: Factors
    ) -> tuple[Floats, Floats]:
        """Return how likely factors of a site's line make what was seen, and those of kinds.

        On the logarithm; shape (of hub, of site) and (of hub, of kinds).
        """
        off, unlike, still = (np.array(one) for one in zip(*under, strict=True))
        # How well the best explains it tells how much else there is that nobody knows.
        error = self._doubts.error**2 + (off**2 + unlike).min()
        # What they are off by is nearly straight between two factors; its square is steep.
        far, other = lines.straight(off, kinds.logs), lines.straight(unlike, kinds.logs)
        as_kinds = -(far**2 + other) / (2 * error)
        if still.any():
            as_kinds += lines.between(still, kinds.logs)
        return still - (off**2 + unlike) / (2 * error), as_kinds

    @property
    def told(self) -> tuple[bool, list[bool]]:
        """Whether more is known of the hub than was believed, and of each site's line."""
        fitted = self._fitted
        shares, sites = fitted.hub.shares, zip(self.sites, fitted.sites, strict=True)
        return (
            _differs(shares, fitted.before),
            [
                _differs((shares[:, None] * one).sum(axis=0), site.line.factors.shares)
                for site, one in sites
            ],
        )

    def _under(self, room: Floats) -> _Under:
        """Return how well each site's factors explain its transfers while the hub has some room.

        Parameters
        ----------
        room
            What the hub has for updates, bytes per second; shape (stretches,).
        """
        if self._free is not None and (self._free <= room).all():
            return self._alone
        # Lines at their labels are held by the hub where it may be so, lines as they would be
        # without it are not: where both hold, either may be the reason, and the likelier one is.
        at_labels = np.array([len(one.line.factors.logs) - 1.0 for one in self.sites])
        held, not_held = (self._settled(room, one) for one in (at_labels, self._alone.places))
        found = held if held.chance > not_held.chance else not_held
        if found is self._alone:  # so it does not matter how much more the hub carries
            self._free = room
        return found

    @cached_property
    def _alone(self) -> _Under:
        """What sites make of their transfers where the hub holds none of them back."""
        return self._fit(np.full(len(self._seconds), np.inf))

    def _settled(self, room: Floats, places: Floats) -> _Under:
        """Return what sites make of their transfers once lines and what the hub leaves them agree.

        Parameters
        ----------
        room
            As of `_under`.
        places
            Of the factors that lines have at first, among those of each; shape (sites,).
        """
        for _ in range(_ROUNDS):
            pairs = zip(self._laid, places.tolist(), strict=True)
            each = np.stack([one.at(place) for one, place in pairs], axis=1)
            most = level(self._busy, each, room)
            found = self._alone if np.isinf(most).all() else self._fit(most)
            before, places = places, found.places
            if np.abs(places - before).max() < _SETTLED:
                break
        return found

    def _fit(self, most: Floats) -> _Under:
        """Return what sites make of their transfers while the hub leaves each at most so much."""
        explained = [self._explained(one, most) for one in self._laid]
        places, got, chance = np.zeros(len(self.sites)), np.zeros(len(self.sites)), 0.0
        for number, (site, (off, unlike, still)) in enumerate(
            zip(self._laid, explained, strict=True)
        ):
            likely = still - (off**2 + unlike) / (2 * self._doubts.error**2)
            best = likely.max()
            weights = site.fetching.line.factors.shares * np.exp(likely - best)
            chance += best + float(np.log(max(weights.sum(), NO_CHANCE)))
            places[number] = _place(weights, 0.5)
            each = site.at(_place(weights, _AT_MOST))
            brought = np.minimum(each, most) @ (site.fetching.any * self._seconds)
            got[number] = np.log(max(brought, _LEAST))
        return _Under(explained, places, got, chance)

    def _explained(self, site: _Laid, most: Floats) -> Explained:
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
            By how much the bytes differ on the logarithm, the mean and the variance, and how likely
            it is that those under way are not over; shape (factors,) each.
        """
        of = site.fetching
        came = np.cumsum(np.minimum(site.each, most) * self._seconds, axis=1)
        came = np.concatenate([np.zeros((len(came), 1)), came], axis=1)
        off = unlike = still = np.zeros(len(came))
        if len(of.size):
            brought = site.end.of(came) - site.begin.of(came)
            each = np.log(np.maximum(brought, _LEAST) / of.size)
            off, unlike = each.mean(axis=1), each.var(axis=1)
        if len(of.open_size):
            due = np.maximum(came[:, -1:] - site.open_since.of(came), _LEAST)
            none = self._doubts.not_fetching
            below = ndtr(np.log(of.open_size / due) / self._doubts.error)
            likely = np.log(none + (1 - none) * below)
            still = likely.sum(axis=1) if self._doubts.each_open else likely.mean(axis=1)
        return off, unlike, still

    def drawn(self, rows: int, luck: np.random.Generator) -> tuple[Floats, list[Floats]]:
        """Return what the hub carries of its label, and the sites' lines, drawn together.

        Parameters
        ----------
        rows
            How many draws.
        luck
            Of them.
        """
        fitted = self._fitted
        of_hub = _chosen(np.tile(np.cumsum(fitted.hub.shares), (rows, 1)), luck)
        lines = [
            site.line.factors.drawn(_chosen(np.cumsum(one, axis=1)[of_hub], luck), luck)
            for site, one in zip(self.sites, fitted.sites, strict=True)
        ]
        is_alike = luck.random(rows) < fitted.alike[of_hub]
        kind = _chosen(np.cumsum(fitted.of_kinds, axis=1)[of_hub], luck)
        # What a log is off by is common to all, so no number of lines takes it away: what is left
        # of it beside what they say of one another is added.
        error = self._doubts.error * np.sqrt(1 - 1 / len(self.sites)) * luck.standard_normal(rows)
        alike = fitted.kinds.drawn(kind, luck, error)
        return fitted.hub.drawn(of_hub, luck, error), [
            np.where(is_alike & (len(site.line.factors.logs) > 1), alike, one)
            for site, one in zip(self.sites, lines, strict=True)
        ]


def _place(weights: Floats, part: float) -> float:
    """Return the place below which such a part of factors so likely lies, also between two."""
    up_to = np.cumsum(weights)
    below, last = up_to[-1] * part, len(up_to) - 1
    place = min(int((up_to < below).sum()), last)
    return float(np.clip(place + 0.5 - (up_to[place] - below) / weights[place], 0, last))


def _differs(shares: Floats, before: Floats) -> bool:
    return bool(np.abs(shares - before).sum() / 2 >= _LITTLE)


def _chosen(up_to: Floats, luck: np.random.Generator) -> Ints:
    """Return a place of each row, by shares that are added up; shape (rows,)."""
    chances = luck.random((len(up_to), 1)) * up_to[:, -1:]
    return np.asarray(np.minimum((up_to <= chances).sum(axis=1), up_to.shape[1] - 1))
