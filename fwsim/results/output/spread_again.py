"""Where the spread comes from, as results keep it in English, in the language that is spoken."""

from __future__ import annotations

import re

from fwsim.measures.amounts import counted_again
from fwsim.measures.catalogue import DEFINITIONS
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import read_measure
from fwsim.messages import ENGLISH, language, localised
from fwsim.messages.retelling import retold_as
from fwsim.results.output.spread_files import ToldMeasure, ToldSpread

_SENTENCES = (
    "spread.parts_and_together_of_reaching",
    "spread.parts_of_reaching",
    "spread.parts_and_together",
    "spread.parts",
    "spread.seldom",
    "spread.measure_first_at_least",
    "spread.measure_first",
    "spread.narrower_at_least",
    "spread.narrower",
    "spread.only_rollouts",
    "spread.nothing_stands_out",
    "spread.none_to_measure",
    "spread.explained_in_part",
    "spread.explained",
    "spread.lucks_are_few",
)
"""What is told in more words before what is told in fewer."""
_NAMES = ("spread.luck_alone", "spread.doubt_alone", "spread.both", "spread.both_of_few")
_RANGES = ("measure.range", "measure.or_more", "spread.never")
_LIMITS = ("amount.under", "amount.over", "amount.not_reached", "measure.points")
_BEHIND = re.compile(r"(?<=luck stays\.) ")
"""Where one sentence ends that another may follow in one text."""
_NOUNS = {definition.noun for definition in DEFINITIONS.values()} - {""}


def spread_again(told: ToldSpread) -> ToldSpread:
    """Return what `told` said in English, as it is kept, in the language spoken."""
    if language() == ENGLISH:
        return told
    return told.model_copy(update={"measures": [_again(one) for one in told.measures]})


def _again(one: ToldMeasure) -> ToldMeasure:
    return ToldMeasure(
        measure=measure_again(one.measure),
        ranges=[(retold_as(_NAMES, name, {}), _range(span)) for name, span in one.ranges],
        sentences=[" ".join(map(_sentence, _BEHIND.split(text))) for text in one.sentences],
        inputs=one.inputs,
    )


def measure_again(text: str) -> str:
    """Return a measure as it is asked for in the words of the language spoken."""
    try:
        return measure_in_words(read_measure(text))
    except ValueError:  # the name of an OU may read as another measure's words
        return text


def _sentence(text: str) -> str:
    return retold_as(_SENTENCES, text, {"measure": measure_again, "reached": amount_again})


def _range(text: str) -> str:
    told = retold_as(_RANGES, text, {"low": amount_again, "high": amount_again})
    return told if told != text else amount_again(text)


def amount_again(text: str) -> str:
    """Return an amount of something, or a share, as the language spoken writes it."""
    if (told := counted_again(text, _NOUNS)) is not None:
        return told
    told = retold_as(_LIMITS, text, {"share": localised, "number": localised})
    return told if told != text else localised(text)
