"""What is settled between two plans, and which doubts could change the choice, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.difference_in_words import MANY_RUNS, in_words, told
from fwsim.results.statistics.in_words import apart
from fwsim.results.statistics.spread import DecisionValue

MOST_NAMED = 6
"""Measures that a sentence names."""
MOST_WORTH_KNOWING = 2
"""Doubts that are told of a measure."""


def verdict_in_words(
    plan: str,
    base: str,
    settled: Sequence[Difference],
    decisive: Sequence[Difference],
    runs: int,
) -> list[str]:
    """Return in what a plan is better, in what it is worse, and what is not settled.

    Parameters
    ----------
    plan, base
        What to call it, and what it is compared with.
    settled
        What is settled, what weighs most first.
    decisive
        What a verdict speaks of, settled or not.
    runs
        Pairs.
    """
    sentences = []
    for wanted in (True, False):
        parts = [
            say("comparison.item", measure=measure_in_words(f.measure), difference=_told(f))
            for f in settled
            if f.is_better == wanted
        ]
        if len(parts) > MOST_NAMED:
            more = say("comparison.and_more", count=len(parts) - MOST_NAMED)
            parts = [*parts[:MOST_NAMED], more]
        if not parts:
            continue
        named = {"plan": plan, "base": base, "what": "; ".join(parts)}
        if wanted:
            sentences.append(say("comparison.better", **named))
        else:
            sentences.append(say("comparison.worse", **named))
    if open_ones := [f for f in decisive if not f.settled and f.shows]:
        parts = [_with_runs_to_settle(f) for f in open_ones]
        sentences.append(say("comparison.not_settled", count=runs, what="; ".join(parts)))
    return sentences


def _told(found: Difference) -> str:
    """Return a difference as the verdict tells it; who alone gets there as the table does."""
    return told(found) if math.isinf(found.value) else in_words(found)


def _with_runs_to_settle(found: Difference) -> str:
    runs, name = found.runs_to_settle, measure_in_words(found.measure)
    if runs is None:
        return name
    if runs <= MANY_RUNS:
        return say("comparison.more_runs_would", measure=name, count=runs)
    return say("comparison.no_number_would", measure=name)


def worth_in_words(measure: Measure, worth: Sequence[DecisionValue]) -> list[str]:
    """Return what it is worth to know doubts beforehand, as far as a person reads.

    Parameters
    ----------
    measure
        By which a plan is chosen.
    worth
        Of each doubt, what is worth most first.
    """
    return [
        say(
            "comparison.worth_knowing",
            place=one.place,
            measure=measure_in_words(measure),
            value=apart(one.value, measure.definition),
        )
        for one in worth[:MOST_WORTH_KNOWING]
    ]
