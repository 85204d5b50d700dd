"""How narrow an interval is asked to be: ``p90 of t95 ± 10 min``, ``successful ± 1 %``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fwsim.arguments import refused
from fwsim.measures.amounts import read_amount
from fwsim.measures.catalogue import Unit
from fwsim.measures.measure import Measure, read_measure
from fwsim.messages import say
from fwsim.problems import InputError, Problem
from fwsim.quantities.units import read_share

_PRECISION = re.compile(
    r"(?:p(?P<quantile>\d{1,2}(?:\.\d+)?)\s+of\s+)?(?P<measure>\S(?:.*\S)?)\s*(?:±|\+-|\+/-)\s*(?P<half_width>\S.*?)"
    r"(?:\s+at\s+(?P<level>[\d.]+\s*%)(?:\s+confidence)?)?",
    re.DOTALL,
)
EXAMPLES = "'p90 of t95 ± 10 min', 't95 ± 10 min at 95 %', 'successful ± 1 %'"
USUAL_LEVEL = 0.95
LONGEST_TEXT = 3000
"""Characters: the words of a measure, with a name as long as names may be, and what is behind."""


@dataclass(frozen=True, slots=True)
class Precision:
    """A measure whose interval must become narrow.

    Parameters
    ----------
    measure
        Its mean over the runs is estimated, or a quantile.
    half_width
        Largest allowed half of the interval, in the measure's unit.
    level
        Confidence of the interval, 0 to 1.
    text
        As it was written.
    quantile
        Which one, 0 to 1; None is the mean.
    """

    measure: Measure
    half_width: float
    level: float
    text: str
    quantile: float | None = None


def a_precision(value: Any) -> Precision:
    """Return a precision, or what its words ask for.

    Raises
    ------
    InputError
        If it is none.
    """
    if isinstance(value, Precision):
        return value
    if not isinstance(value, str):
        raise refused(value, say("argument.a.precision"))
    try:
        return read_precision(value)
    except ValueError as error:
        raise InputError([Problem(str(error))]) from None


def read_precision(text: str) -> Precision:
    """Return the precision a person asked for.

    Raises
    ------
    ValueError
        If it names no measure, or a half-width that does not fit it.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(say("asked.too_long", words=text[:40], most=LONGEST_TEXT))
    match = _PRECISION.fullmatch(text.strip())
    if match is None:
        raise ValueError(say("asked.no_precision", text=text, examples=EXAMPLES))
    measure = read_measure(match["measure"])
    if measure.definition.unit is Unit.CHANCE:
        raise ValueError(say("asked.precision_of_chance", text=text))
    half_width = read_amount(match["half_width"], measure.definition)
    if half_width <= 0:
        raise ValueError(say("asked.no_width", text=text, examples=EXAMPLES))
    level = read_share(match["level"]) if match["level"] else USUAL_LEVEL
    if not 0.5 <= level < 1:
        raise ValueError(say("asked.precision_level", text=text))
    quantile = float(match["quantile"]) / 100 if match["quantile"] else None
    if quantile == 0:
        raise ValueError(say("asked.p0", text=text, examples=EXAMPLES))
    written = _written(match, names_something=measure.names_something)
    return Precision(measure, half_width, level, written, quantile)


_GAP = re.compile(r"\s+")


def _written(match: re.Match[str], *, names_something: bool) -> str:
    """Return what was written, with one blank for several, but for those in a name."""
    text, (start, end) = match.string, match.span("measure")
    words = text[start:end] if names_something else _GAP.sub(" ", text[start:end])
    return f"{_GAP.sub(' ', text[:start])}{words}{_GAP.sub(' ', text[end:])}"
