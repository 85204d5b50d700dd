"""How two plans differ when their runs come in pairs: run n of both meets the same luck.

What a person is told is the difference in the *next rollout*, if both plans met the same world: its
median, its range, and in how many pairs the plan was better. Whether a difference is *settled* is
said of the mean.

A. M. Law, *Simulation Modeling and Analysis*, 5th ed., sections 10.2.1 (paired-t interval) and
11.2 (common random numbers).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from fwsim.measures.amounts import is_nothing, shown_interval
from fwsim.measures.catalogue import Definition, Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.results.statistics.estimate import (
    USUAL_LEVEL,
    Method,
    mean_interval,
    median_interval,
    t_quantile,
)
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE, Forecast, forecast
from fwsim.results.statistics.in_words import apart

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
    pairs
        The difference in each pair; infinite where one alone got there, none where neither did.
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
    pairs: tuple[float, ...] = ()

    @property
    def next_one(self) -> Forecast | None:
        """The difference in the next rollout; None if neither ever got there."""
        return forecast(self.pairs) if self.pairs else None

    @property
    def better_in(self) -> int:
        """In how many pairs the first of the two was better."""
        sign = 1 if self.measure.more_is_better else -1
        return sum(sign * pair > 0 for pair in self.pairs)

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
        method, half = Method.DIFFERENCE, _independent_half(one, other, level)
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
        pairs=tuple(pairs),
    )


def narrower(ratio: float, times: str) -> str:
    """Return how many times narrower pairs make an interval; empty where that has no meaning."""
    if not math.isfinite(ratio):
        return ""
    if ratio < MOST_TIMES:
        return f"{localised(f'{ratio:.1f}')}{times}"
    return say("difference.over", number=f"{localised(f'{MOST_TIMES:,}')}{times}")


def saved_in_words(measure: Measure, found: Difference) -> str:
    """Return what pairs saved, as a sentence."""
    runs, times = found.runs_saved, narrower(found.narrower, say("difference.times"))
    if runs > MANY_RUNS:
        return say(
            "difference.saved_many", measure=measure_in_words(measure), times=times, count=MANY_RUNS
        )
    return say("difference.saved", measure=measure_in_words(measure), times=times, count=runs)


def signed(value: float, measure: Measure) -> str:
    """Return a finite difference with its sign and unit."""
    return _signed(value, measure.definition)


def _signed(
    value: float, definition: Definition, *, like: float | None = None, more: int = 0
) -> str:
    if not math.isfinite(value):
        return ""
    text = apart(abs(value), definition, like=like, more=more)
    if not text[0].isdigit() or not any(digit in text for digit in "123456789"):
        return text  # nothing, or less than can be told, has no sign
    return f"{'−' if value < 0 else '+'}{text}"


def _bare(text: str, definition: Definition) -> str:
    """Return an amount; a count without its noun, which stands beside it."""
    is_count = definition.unit is Unit.COUNT and any(digit in text for digit in "0123456789")
    return text.partition(" ")[0] if is_count else text


def _figures(found: Difference) -> tuple[str, str, str]:
    """Return the median and the ends of its range, all in one unit; empty if infinite."""
    definition, expected = found.measure.definition, found.next_one
    if expected is None:
        return "", "", ""
    ends = expected.middle.value, expected.low.value, expected.high.value
    return shown_interval(*ends, definition, _signed)


def signed_range(found: Difference, plain: str = "") -> str:
    """Return the range of the difference in the next rollout, with signs; empty if there is none.

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
            return say("measure.range", low=low, high=high)
        case True, False:
            return say("difference.at_least", low=low)
        case False, True:
            return say("difference.at_most", high=high)
    return ""


def told(found: Difference, *, first: str = "", second: str = "") -> str:
    """Return a difference as a number with its sign; in words where it is none.

    Parameters
    ----------
    found
        The difference.
    first, second
        What to call the two in these words; by default *this* and *the first*.
    """
    one, other = first or say("difference.this"), second or say("difference.the_first")
    if math.isfinite(found.value):
        value = _figures(found)[0]
        if not found.neither:
            return value
        return say("difference.with_neither", value=value, often=found.neither, count=found.runs)
    if found.neither == found.runs:
        return say("difference.neither")
    if math.isnan(found.value):
        often = {"often": found.only_first, "others": found.only_second, "count": found.runs}
        return say("difference.each_alone", one=one, other=other, **often)
    who, often_alone = (other, found.only_second) if found.value > 0 else (one, found.only_first)
    if often_alone < found.runs:
        return say("difference.alone_in", who=who, often=often_alone, count=found.runs)
    return say("difference.alone", who=who)


def in_words(found: Difference) -> str:
    """Return what can be said of a difference in the next rollout.

    ``2 h 10 min less (1 h 50 min to 2 h 40 min in 9 rollouts of 10), less in 200 of 200 runs``.
    """
    if not math.isfinite(found.value):
        return _of_reaching(found)
    if found.same:
        return say("difference.same")
    span, words = signed_range(found), told(found)
    if not found.settled:
        text = words if not span or span == words else _ranged(found, words, span)
        return say("difference.not_settled", text=text)
    middle = found.pairs and forecast(found.pairs).middle.value
    definition = found.measure.definition
    if not middle or (middle > 0) != (found.value > 0):
        # The mean is settled, the median points the other way: told is what is settled.
        amount = apart(abs(found.value), definition)
        if found.value > 0:
            text = say("difference.more_on_average", amount=amount)
        else:
            text = say("difference.less_on_average", amount=amount)
    else:
        amount = words.removeprefix("+").removeprefix("−")
        if found.value > 0:
            text = say("difference.more", amount=amount)
        else:
            text = say("difference.less", amount=amount)
    if span and span != words:
        text = _ranged(found, text, _one_sided(found) or span)
    often = {"text": text, "often": _agreeing(found), "count": found.runs}
    return (
        say("difference.more_in", **often)
        if found.value > 0
        else say("difference.less_in", **often)
    )


def _one_sided(found: Difference) -> str:
    """Return the range without signs, for words that say *more* or *less*; empty if it has both."""
    expected, definition = found.next_one, found.measure.definition
    if expected is None or not math.isfinite(expected.low.value + expected.high.value):
        return ""
    ends = expected.low.value, expected.high.value
    if min(ends) * max(ends) <= 0 or (ends[0] > 0) != (found.value > 0):
        return ""
    least, most = sorted(map(abs, ends))
    _, low, high = shown_interval(abs(expected.middle.value), least, most, definition, apart)
    if low == high:
        return low
    return say("measure.range", low=_bare(low, definition), high=_bare(high, definition))


def _agreeing(found: Difference) -> int:
    """Return in how many pairs the difference has the sign of what is told."""
    return sum((pair > 0) == (found.value > 0) and pair != 0 for pair in found.pairs)


def _ranged(found: Difference, text: str, span: str) -> str:
    """Return words with the range of the next rollout; few pairs have only their own."""
    if found.runs < FEWEST_FOR_RANGE:
        return say("difference.of_few", text=text, range=span, count=found.runs)
    return say("difference.ranged", text=text, range=span)


def _of_reaching(found: Difference) -> str:
    """Return which of two reaches something at all, where that is the difference."""
    runs = found.runs
    if found.neither == runs:
        return say("difference.reached_by_none")
    without, with_it = found.only_second, found.only_first
    parts = []
    if without:
        text = say("difference.only_without")
        parts.append(text if without == runs else _in_runs(text, without, runs))
    if with_it:
        text = say("difference.only_with")
        parts.append(text if with_it == runs else _in_runs(text, with_it, runs))
    if found.value < 0:
        parts.reverse()
    words = say("difference.is_reached", how=", ".join(parts))
    return words if found.settled else say("difference.not_settled", text=words)


def _in_runs(text: str, often: int, runs: int) -> str:
    return say("difference.in_runs", text=text, often=often, count=runs)
