"""With which chance the ranges of a forecast are to hold, and by when one could be sure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fwsim.ledger.kept import KeptForecast, KeptMeasure, never
from fwsim.ledger.rules import ranks
from fwsim.ledger.scoring import Scored
from fwsim.messages import localised
from fwsim.results.statistics.forecast import sure_rank


def told_level(kept: KeptForecast) -> float:
    """Return with which chance the ranges of a forecast are to hold: of few runs it is less."""
    return min(kept.level, kept.holds)


def chance_in_words(share: float) -> str:
    """Return a chance as a person reads it: ``90 %``, ``84.6 %``."""
    return localised(f"{100 * share:.3g} %")


def sure_by(told: KeptMeasure, runs: int) -> float:
    """Return what one could be 90 % sure of, as the forecast told it; infinite is *no such time*.

    It is the run that the forecast named, which the 90 % quantile need not be. Where that one was
    not kept, of more than 100 runs, it is the nearest that was, of two the later.
    """
    rank = sure_rank(runs)
    apart = np.abs(ranks(runs) - rank)
    place = len(apart) - 1 - int(np.argmin(apart[::-1]))
    return never(told.quantiles[place]) if rank <= runs else math.inf


def few_runs(scored: Sequence[Scored]) -> dict[tuple[float, int], list[str]]:
    """Return the forecasts whose ranges are of too few runs to hold as often as they were to.

    By the chance with which they are to hold, and the number of runs: the numbers of the forecasts.
    """
    found: dict[tuple[float, int], list[str]] = {}
    for one in scored:
        kept = one.forecast
        if kept.holds < kept.level:
            found.setdefault((kept.holds, kept.runs), []).append(str(one.number))
    return found
