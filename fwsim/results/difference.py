"""How two plans differ when their runs come in pairs: run n of both meets the same luck.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., sections 10.2.1 (paired-t interval) and
11.2 (common random numbers).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import shown
from fwsim.measures.catalogue import Unit
from fwsim.measures.measure import Measure
from fwsim.results.estimate import USUAL_LEVEL, Method, mean_interval, median_interval, t_quantile


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
    def shows(self) -> bool:
        """Whether the difference is more than nothing in the digits people read."""
        definition = self.measure.definition
        if math.isnan(self.value):
            return False
        return shown(abs(self.value), definition) != shown(0.0, definition)

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
    same = not any(pairs)
    return Difference(
        measure, value, low, high, level, len(one), method, settled, same, half, neither,
        only_first, only_second,
    )  # fmt: skip


def signed(value: float, measure: Measure) -> str:
    """Return a finite difference with its sign and unit."""
    sign = "−" if value < 0 else "+" if value > 0 else "±"
    return f"{sign}{_apart(abs(value), measure)}"


def _apart(amount: float, measure: Measure) -> str:
    """Return the size of a difference; shares differ by points of per cent."""
    text = shown(amount, measure.definition)
    is_share = measure.definition.unit in {Unit.SHARE, Unit.CHANCE}
    return text.replace(" %", " points") if is_share else text


def _bare(value: float, measure: Measure) -> str:
    """Return an amount; a count without its noun, which stands beside it."""
    text = _apart(value, measure)
    is_count = measure.definition.unit is Unit.COUNT and math.isfinite(value)
    return text.partition(" ")[0] if is_count else text


def signed_interval(found: Difference, plain: str = "") -> str:
    """Return the interval of a difference with signs and units; empty if there is none.

    Parameters
    ----------
    found
        The difference.
    plain
        A sign that is left out.
    """
    is_count = found.measure.definition.unit is Unit.COUNT

    def bound(value: float) -> str:
        text = signed(value, found.measure).removeprefix(plain)
        return text.partition(" ")[0] if is_count else text

    match math.isfinite(found.low), math.isfinite(found.high):
        case True, True:
            return f"{bound(found.low)} to {bound(found.high)}"
        case True, False:
            return f"{bound(found.low)} or more"
        case False, True:
            return f"{bound(found.high)} or less"
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
        return signed(found.value, found.measure) + missed
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
    way = "more" if found.value > 0 else "less"
    low, high = sorted((found.low, found.high), key=abs)
    amount = _apart(abs(found.value), found.measure)
    if not found.settled:
        span = signed_interval(found)
        return f"not settled: {told(found)}" + (f" ({span})" if span else "")
    if math.isinf(high):
        return f"{amount} {way} in the median of the runs"
    least, most = (_bare(abs(bound), found.measure) for bound in (low, high))
    span = f" ({least} to {most})" if not least == most == amount else ""
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
