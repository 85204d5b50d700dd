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

from fwsim.learning.factors import NO_CHANCE, Factors
from fwsim.learning.fetching import LEAST, Doubts, Explained, Fetching, Laid, Line
from fwsim.learning.looked_at import first_of, more_of
from fwsim.learning.max_min import level
from fwsim.quantities.elementary import Floats

Ints = NDArray[np.int64]
_ROUNDS = 5
"""So often at most lines are fitted to what the hub leaves them, and its share to the lines."""
_SETTLED = 0.1
"""Standard errors: where what the hub leaves moves by less, it and the lines agree."""
_AT_MOST = 0.98
"""Chance that a line carries no more than what is taken for the most it carries."""
_ALIKE = 0.5
"""Chance that lines behind a hub are of one kind: all carry the same part of their labels [A]."""
_LEAN = np.float32
_LITTLE = 0.02
"""Share of what is believed that has to move, lest nothing counts as told."""


@dataclass(frozen=True)
class _Under:
    """What sites make of their transfers while the hub has some room.

    Parameters
    ----------
    most
        What the hub leaves each at most, bytes per second; shape (stretches,).
    explained
        How well each factor of a site explains them.
    places
        Of the one in the middle, among the factors of each; shape (sites,).
    got
        What a transfer brought at most, bytes, on the logarithm; shape (sites,).
    chance
        How likely it makes what was seen, on the logarithm.
    """

    most: Floats
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
    explained
        How well each factor of a site explains its transfers, under each factor of the hub.
    alike
        How likely it is that all lines are of one kind; shape (of hub,).
    kinds, of_kinds
        What they carry then, and the weight of each; shape (of hub, of kinds).
    """

    hub: Factors
    before: Floats
    explained: Sequence[Sequence[Explained]]
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
        self._laid = [Laid.over(edges, one) for one in sites]
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
        kinds, each_its_own = self._kinds, np.zeros(len(known))
        alike = np.repeat(np.log(kinds.shares)[None], len(known), axis=0)
        for number in range(len(self.sites)):
            each_its_own += self._own(known, number)[1]
            alike += self._as_kinds(known, number)
        apart = np.log(1.0 - _ALIKE) + each_its_own
        together = np.log(_ALIKE) + kinds.summed(alike, self._narrow)
        likely = np.logaddexp(apart, together)
        told = np.log(np.maximum(factors.shares, NO_CHANCE)) + likely
        weights = np.exp(told - told.max())
        return likely, _Fitted(
            Factors(factors.logs, weights / weights.sum()),
            factors.shares,
            known,
            np.exp(together - likely),
            kinds,
            np.exp(alike - alike.max(axis=1, keepdims=True)),
        )

    def _own(self, known: Sequence[Sequence[Explained]], number: int) -> tuple[Floats, Floats]:
        """Return how likely each factor of a site's line is, and makes what was seen in all.

        Parameters
        ----------
        known
            As of `_weighed`.
        number
            Of the site.

        Returns
        -------
        tuple of ndarray
            Shape (of hub, of site), and on the logarithm (of hub,).
        """
        off, unlike, still, error = _read(known, number, self._doubts)
        likely = still - (off**2 + unlike) / (2 * error)
        best = likely.max(axis=1, keepdims=True)
        weights = self.sites[number].line.factors.shares * np.exp(likely - best)
        total = np.maximum(weights.sum(axis=1, keepdims=True), NO_CHANCE)
        return weights / total, best[:, 0] + np.log(total[:, 0])

    def _as_kinds(self, known: Sequence[Sequence[Explained]], number: int) -> Floats:
        """Return how likely factors of kinds make what was seen of a site, on the logarithm."""
        off, unlike, still, error = _read(known, number, self._doubts)
        lines, logs = self.sites[number].line.factors, self._kinds.logs
        # What they are off by is nearly straight between two factors; its square is steep.
        far, other = lines.straight(off, logs), lines.straight(unlike, logs)
        likely = -(far**2 + other) / (2 * error)
        return likely + lines.between(still, logs) if still.any() else likely

    @property
    def told(self) -> tuple[bool, list[bool]]:
        """Whether more is known of the hub than was believed, and of each site's line."""
        fitted = self._fitted
        shares = fitted.hub.shares
        return (
            _differs(shares, fitted.before),
            [
                _differs(shares @ self._own(fitted.explained, number)[0], site.line.factors.shares)
                for number, site in enumerate(self.sites)
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
        held = self._settled(room, np.array([len(one.each) - 1.0 for one in self._laid]))
        if not self._agree(self._left(room, self._alone.places), held.most):
            free = self._settled(room, self._alone.places, held)
            held = max(held, free, key=lambda one: one.chance)
        if held is self._alone:  # so it does not matter how much more the hub carries
            self._free = room
        return held

    @cached_property
    def _alone(self) -> _Under:
        """What sites make of their transfers where the hub holds none of them back."""
        return self._fit(np.full(len(self._seconds), np.inf))

    def _settled(self, room: Floats, places: Floats, known: _Under | None = None) -> _Under:
        """Return what sites make of their transfers once lines and what the hub leaves them agree.

        Parameters
        ----------
        room
            As of `_under`.
        places
            Of the factors that lines have at first, among those of each; shape (sites,).
        known
            Where others got that began otherwise: whoever comes there goes no further.
        """
        most = self._left(room, places)
        for _ in range(_ROUNDS):
            found = self._alone if np.isinf(most).all() else self._fit(most)
            most = self._left(room, found.places)
            if self._agree(most, found.most):
                break
            if known is not None and self._agree(most, known.most):
                return known
        return found

    def _left(self, room: Floats, places: Floats) -> Floats:
        """Return what a hub with some room leaves each transfer, by factors of all lines."""
        pairs = zip(self._laid, places.tolist(), strict=True)
        return level(self._busy, np.stack([one.at(place) for one, place in pairs], axis=1), room)

    def _agree(self, most: Floats, other: Floats) -> bool:
        return np.allclose(most, other, rtol=_SETTLED * self._doubts.error, atol=0.0)

    def _fit(self, most: Floats) -> _Under:
        """Return what sites make of their transfers while the hub leaves each at most so much."""
        lean: list[Explained] = []
        places, got, chance = np.zeros(len(self.sites)), np.zeros(len(self.sites)), 0.0
        for number, site in enumerate(self._laid):
            off, unlike, still = site.explained(most, self._doubts)
            likely = still - (off**2 + unlike) / (2 * self._doubts.error**2)
            best = float(likely.max())
            weights = site.fetching.line.factors.shares * np.exp(likely - best)
            weights = np.maximum(weights, NO_CHANCE)
            chance += best + float(np.log(weights.sum()))
            up_to = np.cumsum(weights)
            places[number] = _place(weights, up_to, 0.5)
            each = site.at(_place(weights, up_to, _AT_MOST))
            brought = float(np.minimum(each, most) @ (site.fetching.any * self._seconds))
            got[number] = np.log(max(brought, LEAST))
            # There are many of them, and they are no exact ones: they are to take little memory.
            lean.append((off.astype(_LEAN), unlike.astype(_LEAN), still.astype(_LEAN)))
        return _Under(most, lean, places, got, chance)

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
            site.line.factors.drawn(
                _chosen(self._own(fitted.explained, number)[0].cumsum(axis=1)[of_hub], luck), luck
            )
            for number, site in enumerate(self.sites)
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


def _place(weights: Floats, up_to: Floats, part: float) -> float:
    """Return the place below which such a part of factors so likely lies, also between two."""
    below, last = float(up_to[-1]) * part, len(up_to) - 1
    place = min(int(up_to.searchsorted(below)), last)
    between = place + 0.5 - float(up_to[place] - below) / float(weights[place])
    return min(max(between, 0.0), float(last))


def _read(
    known: Sequence[Sequence[Explained]], number: int, doubts: Doubts
) -> tuple[Floats, Floats, Floats, float]:
    """Return what is known of one site, stacked, and its variance on the logarithm."""
    off, unlike, still = (
        np.array([one[number][which] for one in known], np.float64) for which in range(3)
    )
    # How well the best explains it tells how much else there is that nobody knows.
    return off, unlike, still, float(doubts.error**2 + (off**2 + unlike).min())


def _differs(shares: Floats, before: Floats) -> bool:
    return bool(np.abs(shares - before).sum() / 2 >= _LITTLE)


def _chosen(up_to: Floats, luck: np.random.Generator) -> Ints:
    """Return a place of each row, by shares that are added up; shape (rows,)."""
    chances = luck.random((len(up_to), 1)) * up_to[:, -1:]
    return np.asarray(np.minimum((up_to <= chances).sum(axis=1), up_to.shape[1] - 1))
