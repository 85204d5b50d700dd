"""Which inputs make the doubt: shares of it, from the same crossed design.

What each input adds to the means of the worlds is fitted, and three things are taken off again:
what pure chance would fit, what the few replications that all worlds share make of an input, and,
from the whole that shares are of, what luck leaves in a mean (notes A2.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fwsim.results.statistics.spread import MORE, Floats, Input, Split, two_way_split

_GROUPS = 50
"""Of worlds left out in turn, at most."""
_DUST = 1e-12
"""Share of the variance, and of the mean for its root, up to which it is what sums leave over."""
_PLACES = 9
"""To which shares are told: libraries that fit differ in the last bits between processors."""


@dataclass(frozen=True)
class InputShare:
    """How much of the doubt comes from one input.

    Parameters
    ----------
    place
        Its name.
    share
        Of the variance that doubt makes, 0 to 1.
    error
        Standard error of the share: of these worlds, and of these replications.
    left
        What of the input's variance would be left at most with ten times as many observations, as
        a share of the variance that doubt makes.
    bent
        The part of the share that goes along no straight line; `left` counts on none of it. Nothing
        where more observations of the input tell nothing.
    """

    place: str
    share: float
    error: float
    left: float
    bent: float = 0.0

    @property
    def gain(self) -> float:
        """What ten times as many observations of it would take from the doubt at least."""
        return self.share - self.left

    @property
    def stands_out(self) -> bool:
        """Whether chance alone would hardly give it such a share."""
        return self.share > 2 * self.error


@dataclass(frozen=True)
class Shares:
    """Which inputs make the doubt.

    Parameters
    ----------
    inputs
        The largest first; their shares come to what they explain together.
    explained
        Share of the doubt that the inputs explain together along straight lines, 0 to 1; all of it
        where there is one only.
    lucks_are_few
        Whether luck leaves more in the mean of a world than doubt makes, so that these runs do not
        tell the inputs apart.
    """

    inputs: tuple[InputShare, ...]
    explained: float
    lucks_are_few: bool = False


@dataclass(frozen=True)
class _Fit:
    """What was fitted to a table; variances.

    Parameters
    ----------
    parts
        What each input makes of the mean world, chance and luck taken off; may be negative.
    of_luck
        What these replications make of each input by themselves.
    together
        What all inputs make.
    """

    parts: Floats
    of_luck: Floats
    together: float


def shares_of_inputs(table: Floats, inputs: Sequence[Input], *, left_out: int = 0) -> Shares:
    """Return how much of the doubt each input makes.

    Least squares on standardised inputs; they are drawn independently, so that each one's part of
    the fit has a variance of its own (notes A2.5). Where one input alone is in doubt, all is its
    own, whatever a straight line makes of it.

    Parameters
    ----------
    table
        A row a draw of the doubts, a column a replication; shape (draws, replications), at least 3
        and 2: worlds are left out to tell the errors.
    inputs
        What was drawn in the same worlds; those without spread count nothing.
    left_out
        How many inputs were in doubt beside them.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    draws, runs = table.shape
    if draws < 3 or runs < 2:
        raise ValueError(f"{draws} draws with {runs} replications; expected at least 3 with 2")
    moving = [one for one in inputs if np.ptp(one.columns, axis=0).max(initial=0.0) > 0]
    split = two_way_split(table)
    of_luck = split.together / runs
    if not moving or max(split.doubt, of_luck) <= _dust_of(split):
        return Shares((), 0.0)
    if split.doubt < of_luck:
        return Shares((), 0.0, lucks_are_few=True)
    design, owner = _design(moving)
    fit = _fitted(design, owner, table)
    explained = round(_explained(fit, split.doubt), _PLACES)
    shares = np.round(np.maximum(_shared_out(fit.parts, explained), 0.0), _PLACES)
    errors = np.hypot(_error_of_worlds(design, owner, table), _error_of_lucks(fit, split.doubt))
    errors = np.round(errors, _PLACES)
    # Along a curve observations take less than along a line, so only the line is counted on.
    reducible = np.array([one.reducible for one in moving])
    taken = np.round(shares * reducible * (1 - 1 / MORE), _PLACES)
    if len(moving) == 1 and not left_out:
        only, left = moving[0], 1 - float(taken[0])
        bent = 1 - float(shares[0]) if only.reducible else 0.0
        return Shares((InputShare(only.place, 1.0, 0.0, left, bent),), 1.0)
    found = [
        InputShare(one.place, share, error, left)
        for one, share, error, left in zip(
            moving, shares.tolist(), errors.tolist(), (shares - taken).tolist(), strict=True
        )
    ]
    found.sort(key=lambda one: -one.share)
    return Shares(tuple(found), explained)


def _dust_of(split: Split) -> float:
    """Return the variance that sums leave over where there is none."""
    return max(_DUST * split.total, (_DUST * split.mean) ** 2)


def _design(inputs: Sequence[Input]) -> tuple[Floats, NDArray[np.int64]]:
    """Return standardised columns, and which input each belongs to."""
    columns, owner = [], []
    for number, one in enumerate(inputs):
        for column in one.columns.T:
            spread = column.std(ddof=1)
            if spread > 0:
                columns.append((column - column.mean()) / spread)
                owner.append(number)
    return np.array(columns).T, np.array(owner, np.int64)


def _fitted(design: Floats, owner: NDArray[np.int64], table: Floats) -> _Fit:
    """Return what each input makes of the means, and of what each replication does besides."""
    draws, runs = table.shape
    design = design - design.mean(axis=0)
    rows = table.mean(axis=1)
    apart = table - rows[:, None]
    sides = np.column_stack([rows - rows.mean(), apart - apart.mean(axis=0)])
    weights, *_ = np.linalg.lstsq(design, sides, rcond=None)
    free = max(1, draws - design.shape[1] - 1)
    left = ((sides - design @ weights) ** 2).sum(axis=0) / free
    inputs = int(owner.max()) + 1
    made = np.array(
        [
            (design[:, owner == one] @ weights[owner == one]).var(axis=0, ddof=1)
            for one in range(inputs)
        ]
    )
    # Pure chance gives each column its share of what is left.
    columns = np.bincount(owner, minlength=inputs)
    by_chance = columns[:, None] * left / draws
    net = made - by_chance
    of_luck = np.maximum(net[:, 1:].sum(axis=1), 0.0) / (runs - 1) / runs
    together = float(rows.var(ddof=1) - left[0] - of_luck.sum())
    return _Fit(net[:, 0] - of_luck, of_luck, together)


def _explained(fit: _Fit, doubt: float) -> float:
    """Return the share of the doubt that all inputs explain together."""
    return max(0.0, min(1.0, fit.together / doubt))


def _shared_out(parts: Floats, explained: float) -> Floats:
    """Return shares in proportion to parts; those above 0 come to what all explain together.

    Inputs are independent, so what their parts lack of the whole, or have too much, is chance of
    these worlds and no input's more than another's. Taken off where it is too much only, and off
    all alike, it would leave small shares too small.
    """
    whole = float(np.maximum(parts, 0.0).sum())
    shares: Floats = parts * (explained / whole if whole > 0 else 0.0)
    return shares


def _error_of_worlds(design: Floats, owner: NDArray[np.int64], table: Floats) -> Floats:
    """Return how far the shares of other worlds would lie apart (jackknife).

    None is cut at 0, or one that is chance would seem to be sure.
    Worlds drawn anew among themselves would come twice, and a fit to fewer of them fits too well.
    """
    groups = min(_GROUPS, len(table))
    group = np.arange(len(table)) % groups
    found = []
    for number in range(groups):
        kept = group != number
        doubt = two_way_split(table[kept]).doubt
        if doubt > 0:
            fit = _fitted(design[kept], owner, table[kept])
            found.append(_shared_out(fit.parts, _explained(fit, doubt)))
    error: Floats = np.std(found, axis=0) * np.sqrt(len(found) - 1)
    return error


def _error_of_lucks(fit: _Fit, doubt: float) -> Floats:
    """Return how far the shares under other replications lie apart (delta method).

    A part is the square of an effect, and luck moves the effect; a share moves with its own part
    and against the others.
    """
    of_part = 4 * np.maximum(fit.parts, 0.0) * fit.of_luck + 2 * fit.of_luck**2
    share = np.clip(fit.parts / doubt, 0.0, 1.0)
    others = of_part.sum() - of_part
    error: Floats = np.sqrt((1 - share) ** 2 * of_part + share**2 * others) / doubt
    return error
