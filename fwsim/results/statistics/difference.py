"""How two plans differ when their runs come in pairs: run n of both meets the same luck.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., sections 10.2.1 (paired-t interval) and
11.2 (common random numbers).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import counted, is_nothing, shown, shown_interval
from fwsim.measures.catalogue import Definition, Unit
from fwsim.measures.measure import Measure
from fwsim.results.statistics.estimate import (
    USUAL_LEVEL,
    Method,
    mean_interval,
    median_interval,
    t_quantile,
)

MANY_RUNS = 10_000
"""More than anybody makes."""
MOST_TIMES = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """What a measure comes to under one plan, less what it comes to under another.

    Parameters
    ----------
    measure
        What is compared.
    value
        Mean of the paired differences; their median where a run never got there: infinite where
        mostly the second alone got there, minus infinite where mostly the first alone did, NaN
        where that is no number.
    low, high
        Its interval at `level`, over the same pairs; infinite where the runs do not bound it.
    level
        Confidence, 0 to 1.
    runs
        Pairs.
    method
        Mean or median.
    settled
        Whether the interval leaves no doubt which is larger.
    same
        Whether every pair agrees to the last digit; neither got there is agreement, too.
    scale
        What the measure comes to under the plan in which it is larger.
    independent_half
        Half of the interval that as many runs without common random numbers would give; NaN for
        a median.
    neither
        Pairs in which neither got there; they have no difference and are in no number here.
    only_first, only_second
        Pairs in which one alone got there: that with the measure, or that it is compared with.
    """

    measure: Measure
    value: float
    low: float
    high: float
    level: float
    runs: int
    method: Method
    settled: bool
    same: bool
    scale: float
    independent_half: float
    neither: int = 0
    only_first: int = 0
    only_second: int = 0

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2

    @property
    def narrower(self) -> float:
        """How many times narrower the pairs make the interval; NaN where that has no meaning."""
        half = self.half_width
        if not math.isfinite(self.independent_half) or not half > 0:
            return math.nan
        return self.independent_half / half

    @property
    def runs_saved(self) -> int:
        """How many more runs of each plan the same interval would take without pairs."""
        ratio = self.narrower
        return 0 if math.isnan(ratio) else max(0, round(self.runs * (ratio**2 - 1)))

    @property
    def runs_to_settle(self) -> int | None:
        """About how many pairs would settle it, if the difference is what it seems to be."""
        if self.settled or not math.isfinite(self.half_width) or abs(self.value) == 0:
            return None
        return math.ceil(self.runs * (self.half_width / abs(self.value)) ** 2)

    @property
    def weight(self) -> float:
        """How large it is in its own terms: against the larger of the two, or the whole."""
        if self.measure.definition.unit in {Unit.SHARE, Unit.CHANCE}:
            return abs(self.value)
        return abs(self.value) / self.scale if self.scale else 0.0

    @property
    def shows(self) -> bool:
        """Whether the difference is more than nothing in the digits people read."""
        return math.isfinite(self.value) and not is_nothing(self.value, self.measure.definition)

    @property
    def is_better(self) -> bool:
        """Whether the first of the two is better by what it seems to be."""
        if math.isnan(self.value) or self.value == 0:
            return False
        return (self.value > 0) == self.measure.more_is_better


def _independent_half(one: Sequence[float], other: Sequence[float], level: float) -> float:
    """Return half of Welch's interval."""
    squares = [statistics.variance(values) / len(values) for values in (one, other)]
    if not any(squares):
        return 0.0
    degrees = sum(squares) ** 2 / sum(square**2 / (len(one) - 1) for square in squares)
    return t_quantile(level, degrees) * math.sqrt(sum(squares))


def _is_settled_chance(differences: Sequence[float], level: float) -> bool:
    """Tell by McNemar's exact test whether two chances differ."""
    from scipy.stats import binomtest

    apart = [difference for difference in differences if difference]
    ups = sum(difference > 0 for difference in apart)
    return bool(apart) and bool(binomtest(ups, len(apart)).pvalue <= 1 - level)


def difference(
    measure: Measure, one: Sequence[float], other: Sequence[float], level: float = USUAL_LEVEL
) -> Difference:
    """Return how much more a measure comes to in the runs of one plan than in those of another.

    Parameters
    ----------
    measure
        What the values are of.
    one, other
        One value a run, in the same order and as many, at least two; infinite is *not reached*.
    level
        Confidence of the interval, 0 to 1.

    Raises
    ------
    ValueError
        If the runs do not come in pairs.
    """
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(f"{len(one)} and {len(other)} runs make no pairs; expected two or more")
    there = [(a, b) for a, b in zip(one, other, strict=True) if math.isfinite(min(a, b))]
    pairs = [a - b for a, b in there]
    neither = len(one) - len(pairs)
    only_first, only_second = pairs.count(-math.inf), pairs.count(math.inf)
    if not (neither or only_first or only_second):
        value, low, high = mean_interval(pairs, level)
        method, half = Method.MEAN, _independent_half(one, other, level)
    else:
        value, low, high = median_interval(pairs, level) if pairs else (math.nan,) * 3
        method, half = Method.MEDIAN, math.nan
    settled = low > 0 or high < 0
    if measure.definition.unit is Unit.CHANCE:
        settled = _is_settled_chance(pairs, level)
    means = [
        math.fsum(finite) / len(finite)
        for values in (one, other)
        if (finite := [v for v in values if math.isfinite(v)])
    ]
    return Difference(
        measure,
        value,
        low,
        high,
        level,
        len(one),
        method,
        settled,
        same=not any(pairs),
        scale=max(means, default=0.0),
        independent_half=half,
        neither=neither,
        only_first=only_first,
        only_second=only_second,
    )


def narrower(ratio: float, times: str) -> str:
    """Return how many times narrower pairs make an interval; empty where that has no meaning."""
    if not math.isfinite(ratio):
        return ""
    return f"{ratio:.1f}{times}" if ratio < MOST_TIMES else f"over {MOST_TIMES:,}{times}"


def saved_in_words(measure: Measure, found: Difference) -> str:
    """Return what pairs saved, as a sentence."""
    runs = found.runs_saved
    more = counted(runs, "more run") if runs <= MANY_RUNS else f"over {MANY_RUNS:,} more runs"
    return (
        f"Pairs made the interval of {measure.name} {narrower(found.narrower, ' times')} narrower; "
        f"without them it takes {more} of each."
    )


def signed(value: float, measure: Measure) -> str:
    """Return a finite difference with its sign and unit."""
    return _signed(value, measure.definition)


def _signed(
    value: float, definition: Definition, *, like: float | None = None, more: int = 0
) -> str:
    if not math.isfinite(value):
        return ""
    text = _apart(abs(value), definition, like=like, more=more)
    if not text[0].isdigit() or not any(digit in text for digit in "123456789"):
        return text  # nothing, or less than can be told, has no sign
    return f"{'−' if value < 0 else '+'}{text}"


def _apart(
    value: float, definition: Definition, *, like: float | None = None, more: int = 0
) -> str:
    """Return the size of a difference; shares differ by points of per cent."""
    text = shown(value, definition, like=like, more=more)
    is_share = definition.unit in {Unit.SHARE, Unit.CHANCE}
    return text.replace(" %", " points") if is_share else text


def _bare(text: str, definition: Definition) -> str:
    """Return an amount; a count without its noun, which stands beside it."""
    is_count = definition.unit is Unit.COUNT and any(digit in text for digit in "0123456789")
    return text.partition(" ")[0] if is_count else text


def _figures(found: Difference) -> tuple[str, str, str]:
    """Return a difference and the ends of its interval, all in one unit; empty if infinite."""
    definition = found.measure.definition
    return shown_interval(found.value, found.low, found.high, definition, _signed)


def signed_interval(found: Difference, plain: str = "") -> str:
    """Return the interval of a difference with signs and units; empty if there is none.

    Parameters
    ----------
    found
        The difference.
    plain
        A sign that is left out.
    """
    if math.isnan(found.value):
        return ""
    _, *ends = _figures(found)
    if ends[0] == ends[1]:
        return ends[0].removeprefix(plain)
    low, high = (_bare(end.removeprefix(plain), found.measure.definition) for end in ends)
    match bool(low), bool(high):
        case True, True:
            return f"{low} to {high}"
        case True, False:
            return f"{low} or more"
        case False, True:
            return f"{high} or less"
    return ""


def told(found: Difference, *, first: str = "this", second: str = "the first") -> str:
    """Return a difference as a number with its sign; in words where it is none.

    Parameters
    ----------
    found
        The difference.
    first, second
        What to call the two in these words.
    """
    if math.isfinite(found.value):
        missed = f", neither in {found.neither} of {found.runs}" if found.neither else ""
        return _figures(found)[0] + missed
    if found.neither == found.runs:
        return "neither reaches it"
    if math.isnan(found.value):
        mine, other = found.only_first, found.only_second
        return f"only {first} reaches it in {mine} of {found.runs}, only {second} in {other}"
    alone = (second, found.only_second) if found.value > 0 else (first, found.only_first)
    who, often = alone
    return f"only {who} reaches it" + (f" in {often} of {found.runs}" if often < found.runs else "")


def in_words(found: Difference) -> str:
    """Return what can be said of a difference: ``2 h 10 min less (2 h 04 min to 2 h 16 min)``."""
    if not math.isfinite(found.value):
        return _of_reaching(found)
    if found.same:
        return "the same in every run"
    definition = found.measure.definition
    way = "more" if found.value > 0 else "less"
    least, most = sorted((abs(found.low), abs(found.high)))
    if not found.settled:
        span, words = signed_interval(found), told(found)
        return f"not settled: {words}" + (f" ({span})" if span and span != words else "")
    if math.isinf(most):
        return f"{_apart(abs(found.value), definition)} {way} in the median of the runs"
    amount, low, high = shown_interval(abs(found.value), least, most, definition, _apart)
    span = f" ({_bare(low, definition)} to {_bare(high, definition)})" if low != high else ""
    return f"{amount} {way}{span}"


def _of_reaching(found: Difference) -> str:
    """Return which of two reaches something at all, where that is the difference."""
    runs = found.runs
    if found.neither == runs:
        return "is reached in no run, neither with nor without it"
    parts = [
        f"is reached only {how} it" + (f" in {often} of {runs} runs" if often < runs else "")
        for how, often in (("without", found.only_second), ("with", found.only_first))
        if often
    ]
    if found.value < 0:
        parts.reverse()
    words = ", ".join([parts[0], *(part.removeprefix("is reached ") for part in parts[1:])])
    return words if found.settled else f"not settled: {words}"
