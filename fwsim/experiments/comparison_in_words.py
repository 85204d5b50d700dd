"""What is settled between two plans, and which doubts could change the choice, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import say
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.difference_in_words import MANY_RUNS, in_words
from fwsim.results.statistics.in_words import apart
from fwsim.results.statistics.spread import DecisionValue

MOST_NAMED = 6
"""Measures that a sentence names."""
FEWEST_TO_KNOW = 30
"""Pairs below which nothing is said of what knowing an input could change."""
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
        found = [f for f in settled if f.tells_apart and f.is_better == wanted]
        parts = [_item(f) for f in found[:MOST_NAMED]]
        if len(found) > MOST_NAMED:
            parts.append(say("comparison.and_more", count=len(found) - MOST_NAMED))
        if not parts:
            continue
        named = {"plan": plan, "base": base, "what": "; ".join(parts)}
        if wanted:
            sentences.append(say("comparison.better", **named))
        else:
            sentences.append(say("comparison.worse", **named))
    if two_edged := [_item(f) for f in settled if f.is_two_edged]:
        what = "; ".join(two_edged)
        sentences.append(say("comparison.two_edged", plan=plan, base=base, what=what))
    if open_ones := [f for f in decisive if not f.settled and f.shows]:
        parts = [_with_runs_to_settle(f) for f in open_ones]
        sentences.append(say("comparison.not_settled", count=runs, what="; ".join(parts)))
    return sentences


def named_in_verdict(settled: Sequence[Difference]) -> list[Difference]:
    """Return what a verdict names of what is settled; the rest it counts."""
    left = Counter[bool]()
    found = []
    for one in settled:
        left[one.is_better] += one.tells_apart
        if not one.tells_apart or left[one.is_better] <= MOST_NAMED:
            found.append(one)
    return found


def _item(found: Difference) -> str:
    measure = measure_in_words(found.measure)
    return say("comparison.item", measure=measure, difference=in_words(found, of_plans=True))


def _with_runs_to_settle(found: Difference) -> str:
    runs, name = found.runs_to_settle, measure_in_words(found.measure)
    if runs is None:
        return name
    if runs <= MANY_RUNS:
        return say("comparison.more_runs_would", measure=name, count=runs)
    return say("comparison.no_number_would", measure=name)


def knowing_in_words(
    worth: Sequence[tuple[Measure, Sequence[DecisionValue]]], pairs: int, *, is_cut: bool
) -> list[str]:
    """Return what it is worth to know doubts beforehand, as far as a person reads.

    Parameters
    ----------
    worth
        By which measures a plan is chosen, and what each doubt is worth in it, most first.
    pairs
        Of how many that is.
    is_cut
        Whether one of the plans had too little time, so that nothing is said where none stands out.
    """
    sentences = [
        say(
            "comparison.worth_knowing",
            place=one.place,
            measure=measure_in_words(measure),
            value=apart(one.value, measure.definition),
        )
        for measure, values in worth
        for one in values[:MOST_WORTH_KNOWING]
    ]
    if sentences or is_cut:
        return sentences
    if pairs < FEWEST_TO_KNOW:
        return [say("comparison.too_few_to_know", count=pairs)]
    return [say("comparison.nothing_worth_knowing", count=pairs)]
