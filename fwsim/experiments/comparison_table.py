"""The table of a comparison as people read it; `difference_rows` has it as numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fwsim.measures.amounts import beside_each_other
from fwsim.measures.catalogue import Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.messages import say
from fwsim.results.statistics.difference_in_words import narrower, range_cell, settled_cell, told
from fwsim.results.statistics.estimate import estimate
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE, forecast
from fwsim.results.statistics.in_words import none_needs_it, range_head

if TYPE_CHECKING:
    from fwsim.experiments.comparison import Comparison
    from fwsim.measures.measure import Measure


def heads(comparison: Comparison) -> tuple[str, ...]:
    """Return what stands above the columns.

    Parameters
    ----------
    comparison
        Of the plans.
    """
    is_way = comparison.under_way and comparison.runs >= FEWEST_FOR_RANGE
    return (
        say("comparison.head.measure"),
        say("comparison.head.first"),
        say("comparison.head.this"),
        say("comparison.head.difference"),
        say("comparison.head.ways") if is_way else range_head(comparison.runs),
        say("comparison.head.better_in"),
        say("comparison.head.settled"),
        say("comparison.head.narrower"),
    )


def rows(comparison: Comparison, plan: int) -> Iterator[tuple[str, ...]]:
    """Yield a row for each measure that is told.

    Parameters
    ----------
    comparison
        Of the plans.
    plan
        Number of the plan that is compared with the first.
    """
    for measure in comparison.first_measures:
        yield measure_in_words(measure), *_cells(comparison, measure, plan)


def _cells(comparison: Comparison, measure: Measure, plan: int) -> tuple[str, ...]:
    """Return what a row tells of a measure: both plans, the difference, what it stands on."""
    found = comparison.difference(measure, plan)
    values = _beside_each_other(comparison, measure, plan)
    if found.same or not found.pairs:
        is_none = found.same and found.pairs
        words = say("difference.none") if is_none else told(found)
        return (*values, words, "", "", say("difference.all_same") if found.same else "", "")
    words = told(found)
    often = say("difference.often", often=found.better_in, count=found.runs)
    return (
        *values,
        words,
        range_cell(found),
        "" if measure.is_neutral else often,
        settled_cell(found),
        narrower(found.narrower, " ×"),
    )


def _beside_each_other(comparison: Comparison, measure: Measure, plan: int) -> list[str]:
    """Return the medians of both plans; of times those of the runs in which devices need it.

    A chance is a share of the runs.
    """
    both = [comparison.values(measure, number) for number in (0, plan)]
    needing = [[v for v in values if not none_needs_it([v], measure)] for values in both]
    if measure.definition.unit is Unit.CHANCE:
        middles = [estimate(some, Unit.CHANCE).value for some in needing]
    else:
        middles = [forecast(some).middle.value if some else 0.0 for some in needing]
    shown = beside_each_other(middles[0], middles[1], measure.definition)
    return [_with_missed(text, some) for text, some in zip(shown, needing, strict=True)]


def _with_missed(middle: str, values: Sequence[float]) -> str:
    """Return a median, and in how many runs a time is never reached that is reached in others."""
    missed = sum(map(math.isinf, values))
    if not values:
        return say("measure.none_needs_it")
    if not missed or missed == len(values):
        return middle
    told = {"missed": missed, "count": len(values)}
    if 2 * missed >= len(values):  # the median is never reached
        return say("comparison.never", **told)
    return say("comparison.with_never", text=middle, **told)
