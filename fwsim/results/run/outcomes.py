"""How devices ended, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fwsim.commands.details import DETAIL_TEXTS, Detail
from fwsim.commands.lifecycle import State
from fwsim.measures.outcomes import ALL_OUTCOMES, OUTCOME_NAMES, STILL_IN_PROGRESS
from fwsim.results.run.record import FieldRecord

_NO_REASON = (Detail.URL, Detail.DEFERRED_FOR, Detail.CANCELLED_BY_USER)


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many targeted devices ended in one way.

    Parameters
    ----------
    outcome, detail
        What the console shows, and why.
    devices
        How many devices ended so.
    share
        Of all targeted devices, 0 to 1.
    """

    outcome: str
    detail: str
    devices: int
    share: float


def told_detail(detail: int) -> str:
    """Return the reason told beside an outcome; empty where the outcome says it all."""
    return "" if detail in _NO_REASON else DETAIL_TEXTS[Detail(detail)]


def outcome_counts(field: FieldRecord) -> tuple[OutcomeCount, ...]:
    """Return how many devices ended in each way, in the order of `ALL_OUTCOMES`."""
    log, lines = field.log, field.outcome_line
    pairs = Counter(zip(log.state[lines].tolist(), log.detail[lines].tolist(), strict=True))
    counts: Counter[tuple[str, str]] = Counter()
    for (state, detail), devices in pairs.items():
        counts[OUTCOME_NAMES.get(State(state), STILL_IN_PROGRESS), told_detail(detail)] += devices
    total = len(lines)
    return tuple(
        OutcomeCount(name, detail, devices, devices / total)
        for (name, detail), devices in sorted(
            counts.items(), key=lambda item: (ALL_OUTCOMES.index(item[0][0]), -item[1], item[0][1])
        )
    )
