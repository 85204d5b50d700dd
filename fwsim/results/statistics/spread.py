"""Where the spread of rollouts comes from: luck, doubt, and which doubt.

From a crossed design: every draw of what nobody knows is played with the same replications. Under
these common random numbers the usual one-way split is wrong; the two-way split is right
(`docs/how-sure.md`; Ankenman and Nelson 2012 for the question, notes A2.4 to A2.6 for the
formulas).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fwsim.commands.schedule import on_the_clock
from fwsim.measures.amounts import REACHED_BEFORE
from fwsim.measures.measure import Measure
from fwsim.results.statistics.curves import BAND
from fwsim.results.statistics.estimate import pointwise_band

Floats = NDArray[np.float64]
TOLD_APART = 0.05
"""Share of the variance from which on what luck and doubt do only together is told apart."""
MORE = 10
"""How many times as many observations the outlook speaks of."""
_LEAST_ROWS_A_COLUMN = 3
_BINS = 8
"""Into how many parts an input's range is cut where its knowledge could change a choice."""
_SHUFFLES = 100
"""How often outcomes are shuffled to see what that comes to by chance."""


class Story(Protocol):
    """What tells when a run ends: a rollout, or where and when an experiment played."""

    @property
    def start(self) -> datetime:
        """When it begins; aware."""

    @property
    def zone(self) -> ZoneInfo:
        """The server's."""

    @property
    def horizon(self) -> int:
        """Milliseconds from its start to its end."""


def never_counts(measure: Measure, story: Story) -> float:
    """Return what a time that is never reached counts, milliseconds: it comes at the horizon.

    A time from a moment on the clock counts from there; it is no better than one that is reached.
    """
    if measure.since is None:
        return float(story.horizon)
    after = on_the_clock(measure.since, story.zone) - story.start
    return float(max(REACHED_BEFORE, story.horizon - round(after.total_seconds() * 1000)))


def never_at(never: float, values: Floats) -> Floats:
    """Return values in which what was never reached counts as the horizon, or what stands for it.

    A time then has a mean, and the score of a forecast of it stays proper (notes A4).
    """
    return np.where(np.isinf(values), never, values)


@dataclass(frozen=True)
class Split:
    """The variance of one rollout, by where it comes from.

    Parameters
    ----------
    doubt
        Of the means over luck: what knowing everything would take away.
    luck
        Of what is left, without `together`.
    together
        What luck does only in some worlds: the interaction.
    mean
        Over all runs.
    worlds
        Mean of each draw of the doubts, shrunk for the noise of its few runs; shape (draws,).
    lucks
        What luck makes of the mean world: all runs, each without what its world does.
    """

    doubt: float
    luck: float
    together: float
    mean: float
    worlds: Floats
    lucks: Floats

    @property
    def total(self) -> float:
        """The variance of one rollout."""
        return self.doubt + self.luck + self.together

    def share(self, part: float) -> float:
        """Return a part of the variance as a share of it; 0 where nothing varies."""
        return part / self.total if self.total > 0 else 0.0

    @property
    def doubt_range(self) -> tuple[float, float]:
        """Where 9 worlds in 10 lie, luck averaged out."""
        return _middle(self.worlds)

    @property
    def luck_range(self) -> tuple[float, float]:
        """Where 9 rollouts in 10 would lie if everything were known."""
        return _middle(self.lucks)


def _middle(values: Floats) -> tuple[float, float]:
    low, high = pointwise_band(values[:, None], BAND)
    return float(low[0]), float(high[0])


def two_way_split(table: Floats) -> Split:
    """Return where the variance comes from.

    Parameters
    ----------
    table
        A row a draw of the doubts, a column a replication; shape (draws, replications), both at
        least 2.
    """
    draws, runs = table.shape
    mean = float(table.mean())
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    between_rows = runs * float(((rows - mean) ** 2).sum()) / (draws - 1)
    between_columns = draws * float(((columns - mean) ** 2).sum()) / (runs - 1)
    rest = table - rows[:, None] - columns[None, :] + mean
    together = float((rest**2).sum()) / ((draws - 1) * (runs - 1))
    doubt = max(0.0, (between_rows - together) / runs)
    luck = max(0.0, (between_columns - together) / draws)
    measured = between_rows / runs
    lucks = mean + (table - rows[:, None]) * np.sqrt(runs / (runs - 1))
    shrunk = np.sqrt(doubt / measured) if measured > 0 else 0.0
    return Split(
        doubt=doubt,
        luck=luck,
        together=together,
        mean=mean,
        worlds=mean + (rows - mean) * shrunk,
        lucks=np.clip(lucks, table.min(), table.max()).ravel(),
    )


@dataclass(frozen=True)
class Input:
    """A doubted input, as it was drawn in each world.

    Parameters
    ----------
    place
        Its name.
    columns
        What it adds to a result about linearly; shape (worlds, columns).
    reducible
        Which share of its own variance more observations can take away; the rest is how rollouts
        differ.
    """

    place: str
    columns: Floats
    reducible: float = 1.0


def screened(values: Floats, inputs: Sequence[Input], most: int) -> list[str]:
    """Return the inputs that move a result most, by runs with a world of their own each.

    Parameters
    ----------
    values
        One a run; shape (runs,).
    inputs
        What was drawn in these runs.
    most
        How many columns are kept at most.
    """

    def strength(one: Input) -> float:
        return max((_correlation(values, column) for column in one.columns.T), default=0.0)

    kept: list[str] = []
    columns = 0
    for one in sorted(inputs, key=strength, reverse=True):
        columns += one.columns.shape[1]
        if columns <= most or not kept:
            kept.append(one.place)
    return kept


def _correlation(values: Floats, column: Floats) -> float:
    spread = float(values.std() * column.std())
    if spread <= 0:
        return 0.0
    return abs(float(((values - values.mean()) * (column - column.mean())).mean()) / spread)


def columns_affordable(worlds: int) -> int:
    """Return how many columns so many worlds can tell apart."""
    return max(1, worlds // _LEAST_ROWS_A_COLUMN)


@dataclass(frozen=True)
class DecisionValue:
    """What it is worth to know an input before the choice between plans.

    Parameters
    ----------
    place
        The input.
    value
        In the unit of the outcomes: how much better the choice would be on average.
    """

    place: str
    value: float


def decision_values(outcomes: Floats, inputs: Sequence[Input]) -> tuple[DecisionValue, ...]:
    """Return the inputs that could change the choice between plans, the most telling first.

    Expected value of partial perfect information by averages over bins of the input, from the same
    runs (Strong, Oakley and Brennan 2014 by regression; notes A7). What shuffled outcomes give in
    95 % of the cases for the best of all inputs, is taken for none.

    Parameters
    ----------
    outcomes
        How good each plan is in each world, more is better; shape (worlds, plans).
    inputs
        What was drawn in the same worlds.
    """
    orders = [
        (one.place, np.argsort(column, kind="stable"))
        for one in inputs
        for column in one.columns.T
        if np.ptp(column) > 0
    ]
    if not orders or (outcomes.argmax(axis=1) == outcomes.mean(axis=0).argmax()).all():
        return ()
    generator = np.random.Generator(np.random.Philox(key=len(outcomes)))
    shuffled = []
    for _ in range(_SHUFFLES):
        order = generator.permutation(len(outcomes))
        shuffled.append(max(_value(outcomes[order][place]) for _, place in orders))
    noise = float(np.quantile(shuffled, 0.95))
    found: dict[str, float] = {}
    for name, place in orders:
        found[name] = max(found.get(name, 0.0), _value(outcomes[place]))
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return tuple(DecisionValue(name, value) for name, value in ranked if value > noise)


def _value(ordered: Floats) -> float:
    """Return how much better the best plan of each bin is than the plan that is best at large."""
    edges = np.linspace(0, len(ordered), min(_BINS, len(ordered)) + 1).astype(np.int64)
    sums = np.add.reduceat(ordered, edges[:-1], axis=0)
    return float((sums.max(axis=1).sum() - ordered.sum(axis=0).max()) / len(ordered))
