"""The table of a comparison: one row for each measure and plan but the first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fwsim.results.statistics.estimate import estimate

if TYPE_CHECKING:
    from fwsim.experiments.comparison import Comparison
    from fwsim.measures.measure import Measure


def difference_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the rows, columns by their names.

    Parameters
    ----------
    comparison
        Of the plans.
    """
    return [row for measure in comparison.measures for row in _rows(comparison, measure)]


def _rows(comparison: Comparison, measure: Measure) -> Iterator[dict[str, Any]]:
    unit = measure.definition.unit
    base = estimate(comparison.values(measure, 0), unit).value
    for plan in comparison.plans:
        found = comparison.difference(measure, plan)
        expected = found.next_one
        yield {
            "measure": measure.name,
            "plan": comparison.names[plan],
            "against": comparison.names[0],
            "median difference": expected.middle.value if expected else math.nan,
            "range low": expected.low.value if expected else math.nan,
            "range high": expected.high.value if expected else math.nan,
            "range holds": expected.holds if expected else math.nan,
            "compared pairs": len(found.pairs),
            "better in": found.better_in,
            "value": estimate(comparison.values(measure, plan), unit).value,
            "base": base,
            "difference": found.value,
            "low": found.low,
            "high": found.high,
            "level": found.level,
            "runs": found.runs,
            "method": found.method.value,
            "settled": found.settled,
            "narrower by pairs": found.narrower,
        }
