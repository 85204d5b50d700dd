"""With which chance the ranges of a forecast are to hold: of few runs it is less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwsim.ledger.kept import KeptForecast
from fwsim.ledger.scoring import Scored
from fwsim.messages import localised, say


def told_level(kept: KeptForecast) -> float:
    """Return with which chance the ranges of a forecast are to hold."""
    return min(kept.level, kept.holds)


def chance_in_words(share: float) -> str:
    """Return a chance as a person reads it: ``90 %``, ``84.6 %``."""
    return localised(f"{100 * share:.3g} %")


def few_runs(scored: Sequence[Scored]) -> Iterator[str]:
    """Yield of which forecasts the ranges are of too few runs to hold as often as they were to."""
    for one in scored:
        kept = one.forecast
        if kept.holds < kept.level:
            holds, level = chance_in_words(kept.holds), chance_in_words(kept.level)
            told = {"number": one.number, "holds": holds, "level": level}
            yield say("score.few_runs", count=kept.runs, **told)
