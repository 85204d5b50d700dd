"""What a plan changes, in the language that is spoken; files have it in English."""

from __future__ import annotations

from collections.abc import Mapping

from fwsim.messages import ENGLISH, language, say, translated
from fwsim.planning.search.candidate import Candidate
from fwsim.quantities.weekdays import STAMPED


def parameter_in_words(name: str) -> str:
    """Return what a search parameter is called."""
    return translated("axis", name)


def value_in_words(value: str) -> str:
    """Return the value of a search parameter, as a candidate has it."""
    day, _, rest = value.partition(" ")
    if language() != ENGLISH and rest and day in STAMPED:
        return f"{say('clock.weekdays').split()[STAMPED.index(day)]} {rest}"
    return translated("axis value", value)


def plan_in_words(trial: Candidate) -> str:
    """Return the value of each search parameter, in one line; empty for the plan as written."""
    return in_one_line(trial.words)


def in_one_line(words: Mapping[str, str]) -> str:
    """Return values of search parameters, by parameter, as a candidate has them."""
    return ", ".join(
        f"{parameter_in_words(name)} {value_in_words(value)}" for name, value in words.items()
    )
