"""Measures, outcomes and reasons as a person reads them, in the language that is spoken.

Files, expectations and options have the words of `Measure.name` and of the tables, in English.
"""

from __future__ import annotations

from fwsim.measures.catalogue import Definition
from fwsim.measures.measure import Measure
from fwsim.messages import localised, translated


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
