"""What a scenario expects of a measure: ``>= 95 %``, ``<= 6 h in 90 % of the runs``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from fwsim.measures.amounts import read_amount
from fwsim.measures.catalogue import TIMES
from fwsim.measures.measure import Measure, read_measure
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.units import read_share

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_ROUNDING = 1e-12
_CONDITION = re.compile(
    r"(?:p(?P<quantile>\d{1,2}(?:\.\d+)?)\s+)?(?P<comparison>>=|<=|≥|≤|==|=|>|<)\s*(?P<limit>\S.*?)"
    r"(?:\s+in\s+(?P<runs>[\d.]+\s*%)\s+of\s+(?:the\s+)?(?:runs|replications))?"
    r"(?:\s+at\s+(?P<level>[\d.]+\s*%)(?:\s+confidence)?)?"
)
_WITHOUT_LIMIT = re.compile(r"(?:p[\d.]+\s+)?(?:>=|<=|≥|≤|==|=|>|<)\s*(?:(?:in|at)\s.*)?")
_SPELLINGS = {"≥": ">=", "≤": "<=", "==": "="}
EXAMPLES = "'>= 95 %', '<= 6 h in 90 % of the runs', '>= 95 % at 95 % confidence', 'p90 <= 6 h'"


@dataclass(frozen=True, slots=True)
class Expectation:
    """A measure and the condition it is expected to meet.

    Parameters
    ----------
    measure
        What is looked at; by default its mean over the runs.
    comparison
        One of `COMPARISONS`.
    limit
        In the measure's unit.
    condition
        Comparison, limit and all that follows, as it was written.
    quantile
        Look at this quantile over the runs instead of the mean, 0 to 1.
    runs
        The condition must hold in at least this share of the runs.
    level
        Not the estimate but the nearer bound of its interval at this confidence must meet the
        condition.
    """

    measure: Measure
    comparison: str
    limit: float
    condition: str
    quantile: float | None = None
    runs: float | None = None
    level: float | None = None

    def meets(self, value: float) -> bool:
        """Tell whether one value, as a run has it, meets the condition."""
        return COMPARISONS[self.comparison](value, self.limit)

    def meets_on_average(self, value: float) -> bool:
        """Tell whether an estimate meets the condition.

        Means and bounds are rounded on the way: what lies within that of the limit is at it.
        """
        is_at_it = math.isclose(value, self.limit, rel_tol=_ROUNDING)
        return self.meets(self.limit if is_at_it else value)

    @property
    def wants_more(self) -> bool:
        """Whether more is better."""
        return self.comparison in {">", ">="}

    @property
    def holds_back(self) -> bool:
        """Whether a rollout is to have got no further: at most a share, or no sooner than then."""
        if self.measure.kind in TIMES:
            return self.wants_more
        return self.comparison in {"<", "<="}

    def __str__(self) -> str:
        return f"{self.measure}: {self.condition}"


def _strictly_between(text: str, refused: str) -> float:
    """Return a share of some but not all; `refused` is the message if it is none."""
    share = read_share(text)
    if not 0 < share < 1:
        raise ValueError(say(f"asked.{refused}", text=text))
    return share


def condition_parts(condition: str) -> tuple[str, str, str, str] | None:
    """Return a condition taken apart; None if it is none.

    Parameters
    ----------
    condition
        Such as ``>= 95 % at 95 % confidence``.

    Returns
    -------
    tuple
        The quantile (``p90``, or nothing), one of `COMPARISONS`, the limit, and all that follows.
    """
    written = " ".join(condition.split())
    match = _CONDITION.fullmatch(written)
    if match is None:
        return None
    comparison = _SPELLINGS.get(match["comparison"], match["comparison"])
    quantile = written[: match.start("comparison")].strip()
    return quantile, comparison, match["limit"], written[match.end("limit") :].strip()


def read_expectation(words: str, condition: str) -> Expectation:
    """Return the expectation that words and a condition tell.

    Parameters
    ----------
    words
        Of the measure.
    condition
        Such as ``>= 95 %``.

    Raises
    ------
    ValueError
        If there is no such measure, or the condition does not fit it.
    """
    measure = read_measure(words)
    written = " ".join(condition.split())
    match = _CONDITION.fullmatch(written)
    if written[:2] in {"=<", "=>"}:
        near = say("near.meant", name=written[1::-1])
        raise ValueError(say("asked.other_condition", condition=condition, near=near))
    if _WITHOUT_LIMIT.fullmatch(written):
        raise ValueError(say("asked.without_value", condition=written, examples=EXAMPLES))
    if match is None:
        first = condition.split(maxsplit=1)[0] if condition.split() else ""
        near = nearest(first, COMPARISONS)
        text = say("asked.no_condition", condition=condition, near=near, examples=EXAMPLES)
        raise ValueError(text)
    if match["quantile"] and match["runs"]:
        raise ValueError(say("asked.two_ways", condition=condition))
    if match["quantile"] and match["level"]:
        raise ValueError(say("asked.no_confidence", condition=condition))
    quantile = match["quantile"] and _strictly_between(f"{match['quantile']} %", "no_quantile")
    return Expectation(
        measure,
        _SPELLINGS.get(match["comparison"], match["comparison"]),
        read_amount(match["limit"], measure.definition),
        written,
        quantile=quantile or None,
        runs=read_share(match["runs"]) if match["runs"] else None,
        level=_strictly_between(match["level"], "no_level") if match["level"] else None,
    )
