"""Beliefs and drawn values as a file holds them, and how rollouts differ added to the draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from fwsim.learning.families import FAMILIES, LOGNORMAL, Family
from fwsim.learning.learnt import quantiles
from fwsim.quantities.beliefs import (
    ENOUGH_ROLLOUTS,
    Between,
    Scale,
    about_moments,
    widening_of,
)
from fwsim.quantities.counts import LARGEST_DURATION
from fwsim.quantities.elementary import Floats
from fwsim.quantities.laws import Lognormal, ScipyLaw
from fwsim.scenario.belief_values import DURATION, RATE, SHARE, Quantity, written
from fwsim.scenario.law_values import NUMBER

_DIGITS = 5
_SHOWN = 4
_LEAST = 1e-4
_IN_UNIT = ("scale", "loc")


@dataclass(frozen=True)
class Asked:
    """What is wanted of the fits.

    Parameters
    ----------
    rows, seed
        Of the draws.
    between
        Standard deviation between rollouts where fewer than three were seen.
    families
        Laws of times to choose from.
    """

    rows: int
    seed: int
    between: float
    families: tuple[Family, ...] = FAMILIES

    def luck(self, place: tuple[str, ...]) -> np.random.Generator:
        """Return the chances of a place, the same whatever else is learnt."""
        return np.random.Generator(np.random.PCG64([self.seed, *".".join(place).encode()]))

    def steps(self, place: tuple[str, ...], rollouts: int, columns: int = 1) -> Floats:
        """Return how much a rollout to come differs, on the open scale; nothing if that is in.

        A file of draws is taken as it stands, so what fwsim adds to stated beliefs for how rollouts
        differ (`between_rollouts`) must be in it.
        """
        spread = 0.0 if rollouts >= ENOUGH_ROLLOUTS else self.between * widening_of(rollouts)
        return spread * self.luck((*place, "rollout")).standard_normal((self.rows, columns))


_OFF = 0.03
"""By how much of it the middle of a line may be off in a file."""
_WIDER = (0.001, 0.003, 0.01, 0.03, 0.1)


def digits(value: float, count: int = _DIGITS) -> float:
    """Return a number with a few digits."""
    return float(f"{value:.{count}g}")


def share_text(share: float) -> Any:
    """Return a share as a file says it, never quite none or all."""
    inside = min(max(share, _LEAST), 1 - _LEAST)
    rest = min(inside, 1 - inside)
    return SHARE.write(round(inside, max(2, 3 - int(np.floor(np.log10(rest))) - 1)))


def rate_or_time(quantity: Quantity, value: float) -> Any:
    """Return a number as a file says it, with no more digits than are known."""
    if quantity is DURATION:
        seconds = min(digits(value / 1000, _SHOWN), LARGEST_DURATION / 1000)
        return f"{_plain(seconds)} s" if seconds >= 1 else DURATION.write(max(value, 1.0))
    if quantity is RATE:
        bits = digits(value * 8 / 1e6, _SHOWN)
        return f"{_plain(bits)} Mbit/s" if bits >= 1 else RATE.write(value)
    return quantity.write(digits(value))


def _plain(value: float) -> str:
    """Return a number without an exponent, which no scenario takes."""
    return np.format_float_positional(value, trim="-")


def ranged(values: Floats, quantity: Quantity, rollouts: int = 0) -> dict[str, Any]:
    """Return draws as a belief of one number: the range that holds nine in ten.

    Parameters
    ----------
    values
        Draws, positive.
    quantity
        What they are.
    rollouts
        How many they come from; with three or more the difference between them is in their spread.
    """
    low, high = quantiles(values)
    if quantity is SHARE:
        low, high = min(max(low, _LEAST), 1 - 2 * _LEAST), min(max(high, 2 * _LEAST), 1 - _LEAST)
    if quantity is DURATION:
        low, high = max(1.0, low), max(high, low + 1.0, 2.0)
    write = share_text if quantity is SHARE else partial(rate_or_time, quantity)
    ends = [write(low), write(high)]
    for wider in _WIDER:  # as written, a range has two ends
        if ends[0] != ends[1]:
            break
        ends = [write(low * (1 - wider)), write(high * (1 + wider))]
    return {"between": ends} | with_rollouts(rollouts)


def ranged_line(drawn: Floats, rollouts: int = 0) -> dict[str, Any]:
    """Return draws of what a line carries of its label as a belief.

    Where the range alone, read as a file's, would put the middle elsewhere, as that of a line which
    may carry all of its label, it is told by mean and worth.

    Parameters
    ----------
    drawn
        Shares, most of them below 1.
    rollouts
        How many they come from.
    """
    value = ranged(drawn, SHARE, rollouts)
    low, high = (SHARE.read(end) for end in value["between"])
    middle = Between(low, high, Scale.LOGIT).middle[0]
    if abs(middle / float(np.median(drawn)) - 1.0) <= _OFF:
        return value
    by_mean: dict[str, Any] = written(about_moments(float(drawn.mean()), float(drawn.var())), SHARE)
    return by_mean | with_rollouts(rollouts)


def with_rollouts(rollouts: int) -> dict[str, Any]:
    """Return what says in how many rollouts a belief was seen, if in any."""
    return {"rollouts": rollouts} if rollouts else {}


def not_measured(rollouts: int) -> int:
    """Return of how many rollouts a belief is that says nothing of how they differ."""
    return min(rollouts, ENOUGH_ROLLOUTS - 1)


def law_value(
    family: Family, median: Floats, spread: Floats, quantity: Quantity, rollouts: int = 0
) -> dict[str, Any]:
    """Return draws of a law as a file says it, with a range for each of its parameters.

    Parameters
    ----------
    family
        Which law.
    median, spread
        Draws, in the file's own unit (milliseconds).
    quantity
        Of the median.
    rollouts
        As for `ranged`.
    """
    laws = [family.law(float(m), float(s)) for m, s in zip(median, spread, strict=True)]
    if family is LOGNORMAL:
        pairs = np.array([(law.median, law.p95) for law in laws if isinstance(law, Lognormal)])
        return {
            "lognormal": {
                "median": ranged(pairs[:, 0], quantity, rollouts),
                "p95": ranged(pairs[:, 1], quantity, rollouts),
            }
        }
    made = [law for law in laws if isinstance(law, ScipyLaw)]
    names = [name for name, _ in made[0].parameters]
    table = np.array([[value for _, value in law.parameters] for law in made])
    return {
        made[0].name: {
            name: ranged(table[:, place], quantity if name in _IN_UNIT else NUMBER, rollouts)
            for place, name in enumerate(names)
        }
    }


def law_columns(
    place: tuple[str, ...], family: Family, median: Floats, spread: Floats
) -> dict[str, tuple[Any, ...]]:
    """Return draws of a lognormal law as columns of a file of draws; others it does not take."""
    if family is not LOGNORMAL:
        return {}
    p95 = median * LOGNORMAL.quantile(np.array([0.95]), 1.0)[0] ** spread
    name = ".".join(place)
    return {
        f"{name}.median": tuple(
            rate_or_time(DURATION, max(1.0, value)) for value in median.tolist()
        ),
        f"{name}.p95": tuple(rate_or_time(DURATION, max(2.0, value)) for value in p95.tolist()),
    }


def share_cells(values: Floats) -> tuple[Any, ...]:
    """Return drawn shares as cells."""
    return tuple(digits(min(max(share, 0.0), 1.0), 6) for share in values.tolist())


def moved(values: Floats, steps: Floats, scale: Scale) -> Floats:
    """Return values moved on their open scale."""
    inside = np.clip(values, 1e-9, 1 - 1e-9) if scale is Scale.LOGIT else values
    return scale.closed(scale.opened(inside) + steps)
