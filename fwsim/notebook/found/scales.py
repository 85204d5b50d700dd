"""Scales of measures: the unit they are told in, where an axis ends and where it has ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fwsim.measures.catalogue import Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import localised, noun, say
from fwsim.results.figures.plans import scale_of

TICKS = 6
"""At most, on an axis."""
Data = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    """How a measure's values are told.

    Parameters
    ----------
    name, unit
        Words of the measure, and of its unit; no unit where the words say it.
    by
        What a value is divided by.
    digits
        Decimals.
    """

    name: str
    unit: str
    by: float
    digits: int

    def text(self, value: float) -> str:
        """Return a value without its unit."""
        if not math.isfinite(value):
            return say("found.never") if value > 0 else ""
        return localised(f"{value / self.by:,.{self.digits}f}")

    @property
    def title(self) -> str:
        """Words and unit in one line."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def scale_for(measure: Measure, values: Iterable[float]) -> Scale:
    """Return the scale on which all of a measure's values can be told."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    by, unit = scale_of(measure, largest)
    name = measure_in_words(measure)
    if measure.definition.unit is Unit.COUNT:
        one = measure.definition.noun
        several = noun(one, f"{one}s", is_one=False) if one else ""
        unit = "" if several == name else several
    digits = next((d for least, d in ((100, 0), (10, 1)) if largest / by >= least), 2)
    return Scale(name, unit, by, digits)


def span_of(values: Sequence[float], one: float) -> tuple[float, float]:
    """Return the ends of an axis; `one` of its unit is shown of values that are all 0."""
    low, high = min(values), max(values)
    if high > low:
        return low, high
    return (low - abs(low) / 10, low + abs(low) / 10) if low else (0.0, one)


def axis_data(scale: Scale, values: Sequence[float]) -> Data:
    """Return an axis as the browser gets it: its ends a little beyond the values, its ticks."""
    low, high = span_of(values, scale.by)
    margin = 0.05 * (high - low)
    begin, end = (low - margin) / scale.by, (high + margin) / scale.by
    step = _round_step((end - begin) / TICKS)
    digits = max(0, -math.floor(math.log10(step)))
    first, last = math.ceil(begin / step), math.floor(end / step)
    ticks = [
        {"at": number * step * scale.by, "text": localised(f"{number * step:,.{digits}f}")}
        for number in range(first, last + 1)
    ]
    return {"label": scale.title, "from": begin * scale.by, "to": end * scale.by, "ticks": ticks}


def _round_step(least: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, ... that is no smaller."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= least * (1 - 1e-9))
