"""Measures, outcomes and reasons as a person reads them, in the language that is spoken.

Files, expectations and options have the words of `Measure.name` and of the tables, in English.
"""

from __future__ import annotations

from fwsim.measures.amounts import counted
from fwsim.measures.catalogue import Definition
from fwsim.measures.expectation import Expectation, condition_parts
from fwsim.measures.measure import Measure
from fwsim.messages import ENGLISH, language, localised, say, translated


def measure_in_words(measure: Measure) -> str:
    """Return a measure's words: ``successful by 2018-08-21 06:00``."""
    return measure.written(translated("measure", measure.kind.value), _in_words)


def _in_words(slot: str, text: str) -> str:
    match slot:
        case "outcome":
            return outcome_in_words(text)
        case "detail":
            return reason_in_words(text)
        case "share":
            return localised(text)
    return text


def meaning_in_words(definition: Definition) -> str:
    """Return what a measure means, in one sentence."""
    return translated("meaning", definition.meaning)


def outcome_in_words(outcome: str) -> str:
    """Return how a device ended; where the manual has the console's word, that one."""
    return translated("outcome", outcome) if outcome else ""


def reason_in_words(detail: str) -> str:
    """Return why a device ended so."""
    return translated("reason", detail) if detail else ""


def expectation_in_words(expected: Expectation) -> str:
    """Return an expectation as it is written, or in the words of another language."""
    parts = None if language() == ENGLISH else condition_parts(expected.condition)
    if parts is None:
        return str(expected)
    quantile, comparison, limit, _ = parts
    noun = expected.measure.definition.noun
    is_of_things = bool(noun) and noun in limit
    limit = counted(expected.limit, noun) if is_of_things else localised(limit)
    runs = "" if expected.runs is None else say("expected.in_share", share=_share(expected.runs))
    level = "" if expected.level is None else say("expected.at_level", share=_share(expected.level))
    words = filter(None, (quantile, comparison, limit, runs, level))
    return f"{measure_in_words(expected.measure)}: {' '.join(words)}"


def _share(share: float) -> str:
    return localised(f"{100 * share:g} %")
