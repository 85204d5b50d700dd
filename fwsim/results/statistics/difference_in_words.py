"""How two plans differ, in words: with a sign, a range, and in how many pairs."""

from __future__ import annotations

import math
import statistics

from fwsim.measures.amounts import is_nothing, shown_interval
from fwsim.measures.catalogue import Definition, Unit
from fwsim.measures.in_words import measure_in_words
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.results.statistics.difference import Difference
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.in_words import apart, how_often

MANY_RUNS = 10_000
"""More than anybody makes."""
MOST_TIMES = 1000
_NOISE = 1e-9
"""Share of the far end of a range up to which the near one is nothing but rounding."""


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
    if not value or not any(digit in text for digit in "123456789"):
        return text  # nothing, or less than can be told, has no sign
    if not text[0].isdigit():  # *under 0.01 points* takes no sign before it
        name = "difference.less" if value < 0 else "difference.more"
        return say(name, amount=text)
    return f"{'−' if value < 0 else '+'}{text}"


def _bare(text: str, definition: Definition) -> str:
    """Return an amount; a count without its noun, which stands beside it."""
    is_count = definition.unit is Unit.COUNT and any(digit in text for digit in "0123456789")
    return text.partition(" ")[0] if is_count else text


def _figures(found: Difference) -> tuple[str, str, str]:
    """Return what is told and the ends of its range, all in one unit; empty if infinite."""
    numbers = _numbers(found)
    return shown_interval(*numbers, found.measure.definition, _signed) if numbers else ("", "", "")


def _numbers(found: Difference) -> tuple[float, float, float] | None:
    """Return the median and its range, of chances how far they are apart and the interval."""
    if found.is_of_chances:
        return found.value, found.low, found.high
    if (expected := found.next_one) is None:
        return None
    return expected.middle.value, expected.low.value, expected.high.value


def _at_level(found: Difference, span: str) -> str:
    """Return a range; the interval of chances with its level."""
    if not found.is_of_chances:
        return span
    return say("difference.at_level", range=span, level=localised(f"{100 * found.level:.4g}"))


def signed_range(found: Difference, plain: str = "") -> str:
    """Return the range of the difference in the next rollout, with signs; empty if there is none.

    Of chances it is the interval of how far they are apart, with its level.

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
            return _at_level(found, say("measure.range", low=low, high=high))
        case True, False:
            return say("difference.at_least", low=low)
        case False, True:
            return say("difference.at_most", high=high)
    return ""


def range_cell(found: Difference, plain: str = "") -> str:
    """Return the range as a table tells it: with how many pairs it is of, if some have none.

    Parameters are those of `signed_range`.
    """
    span, pairs = signed_range(found, plain), len(found.pairs)
    if is_open(found):
        return say("difference.open")
    if span and span == _told(found).removeprefix(plain):
        return _how_often(found)
    if not span or pairs == found.runs:
        return span
    return say("difference.range_of_pairs", range=span, count=pairs, of=found.runs)


def is_open(found: Difference) -> bool:
    """Tell whether the range has no end: in some pairs only one gets there, in others the other."""
    return _has_alone(found) and not signed_range(found)


def tells_pairs(found: Difference) -> bool:
    """Tell whether the cell of the range says of how many pairs it is."""
    span = signed_range(found)
    return bool(span) and len(found.pairs) < found.runs and span != _told(found)


def _how_often(found: Difference) -> str:
    """Return in how many runs a difference reads as its median does."""
    middle, definition = statistics.median_low(found.pairs), found.measure.definition
    read = [_signed(pair, definition, like=abs(middle)) for pair in found.pairs]
    return how_often(read, _signed(middle, definition, like=abs(middle)), found.runs)


def settled_cell(found: Difference) -> str:
    """Return what of a difference is settled: by how much it is one at least.

    Nothing where what differs is nothing in the digits people read.
    """
    if math.isfinite(found.value) and not found.shows:
        return ""
    if not found.settled:
        return say("difference.no")
    if not math.isfinite(found.value):
        return say("difference.yes")
    nearest = found.low if found.value > 0 else found.high
    return _bare(signed(nearest, found.measure), found.measure.definition)


def told(found: Difference, *, first: str = "", second: str = "", with_alone: bool = True) -> str:
    """Return a difference as a number with its sign; in words where it is none.

    Parameters
    ----------
    found
        The difference.
    first, second
        What to call the two in these words; by default *this* and *the first*.
    with_alone
        Whether a number says in how many pairs only one of the two reaches it.
    """
    one, other = first or say("difference.this"), second or say("difference.the_first")
    text = _told(found, one, other)
    if with_alone and _has_alone(found):
        text = say("difference.and_alone", text=text, alone=_each_alone(found, one, other))
    return _with_gaps(found, text)


def _has_alone(found: Difference) -> bool:
    """Tell whether something else is told though in some pairs only one of the two reaches it."""
    return math.isfinite(found.value) and found.only_first + found.only_second > 0


def _each_alone(found: Difference, one: str, other: str) -> str:
    """Return in how many pairs only one of the two reaches it."""
    if not found.only_first or not found.only_second:
        who, often_alone = (
            (one, found.only_first) if found.only_first else (other, found.only_second)
        )
        return say("difference.alone_in", who=who, often=often_alone, count=found.runs)
    often = {"often": found.only_first, "others": found.only_second, "count": found.runs}
    return say("difference.each_alone", one=one, other=other, **often)


def _with_neither(found: Difference, text: str) -> str:
    return say("difference.with_neither", value=text, often=found.neither, count=found.runs)


def _with_gaps(found: Difference, text: str) -> str:
    """Return words about pairs with how many have no part in them."""
    often = {"count": found.runs}
    if found.neither and math.isfinite(found.value):
        text = _with_neither(found, text)
    if 0 < found.without_need < found.runs:
        text = say("difference.with_none_needs_it", text=text, often=found.without_need, **often)
    return text


def _told(found: Difference, one: str = "", other: str = "") -> str:
    """Return a difference, of the pairs that have one."""
    if found.without_need == found.runs:
        return say("measure.none_needs_it")
    if math.isfinite(found.value):
        return _figures(found)[0]
    if not found.pairs:
        return say("difference.neither")
    if math.isnan(found.value):
        return _each_alone(found, one, other)
    who, often_alone = (other, found.only_second) if found.value > 0 else (one, found.only_first)
    if often_alone < found.runs:
        return say("difference.alone_in", who=who, often=often_alone, count=found.runs)
    return say("difference.alone", who=who)


def in_words(
    found: Difference, *, of_plans: bool = False, first: str = "", second: str = ""
) -> str:
    """Return what can be said of a difference in the next rollout.

    ``2 h 10 min less (1 h 50 min to 2 h 40 min, 9 rollouts in 10), less in 200 of 200 runs``.

    Parameters
    ----------
    found
        The difference.
    of_plans
        Whether it is one of two plans, *this* and *the first*; else it is told with and without it.
    first, second
        What to call the two plans instead.
    """
    one, other = first or say("difference.this"), second or say("difference.the_first")
    if found.without_need == found.runs:
        return say("measure.none_needs_it")
    if not math.isfinite(found.value):
        if of_plans:
            return _reached_by_plans(found, one, other)
        return _with_gaps(found, _of_reaching(found))
    if found.same:
        return say("difference.same")
    text = _of_pairs(found)
    if _has_alone(found) and of_plans:
        text = say("difference.and_alone", text=text, alone=_each_alone(found, one, other))
    elif _has_alone(found):
        text = say("difference.and_reached", text=text, how=_how_reached(found))
    return _with_gaps(found, text)


def _of_pairs(found: Difference) -> str:
    """Return what can be said of a difference in the pairs that have one, and one at all."""
    span, words = signed_range(found), _told(found)
    if not found.settled:
        text = words if not span or span == words else _ranged(found, words, span)
        return say("difference.not_settled", text=text)
    numbers, definition = _numbers(found), found.measure.definition
    middle = numbers[0] if numbers else 0.0
    is_none = not middle or (is_nothing(middle, definition) and found.shows)
    if is_none or (middle > 0) != (found.value > 0):
        # The mean is settled, the median is none or points the other way: told is what is settled.
        amount = apart(abs(found.value), definition)
        if found.value > 0:
            text = say("difference.more_on_average", amount=amount)
        else:
            text = say("difference.less_on_average", amount=amount)
    else:
        has_sign = words.startswith(("+", "−"))
        amount = words[1:] if has_sign else apart(abs(middle), definition)
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
    numbers, definition = _numbers(found), found.measure.definition
    if numbers is None:
        return ""
    if not math.isfinite(numbers[1] + numbers[2]):
        return _at_least(found, numbers)
    least, most = sorted(end if found.value > 0 else -end for end in numbers[1:])
    if least < -_NOISE * most or most <= 0:
        return ""
    least = abs(max(least, 0.0))  # without the sign of nothing
    _, low, high = shown_interval(abs(numbers[0]), least, most, definition, apart)
    if low == high:
        return low
    span = say("measure.range", low=_bare(low, definition), high=_bare(high, definition))
    return _at_level(found, span)


def _at_least(found: Difference, numbers: tuple[float, float, float]) -> str:
    """Return the near end of a range whose far end is open, without signs; empty if it has both."""
    least = numbers[1] if found.value > 0 else -numbers[2]
    if not math.isfinite(least) or least <= 0:
        return ""
    middle, definition = abs(numbers[0]), found.measure.definition
    _, low, _ = shown_interval(middle, least, middle, definition, apart)
    return say("difference.at_least", low=_bare(low, definition))


def _agreeing(found: Difference) -> int:
    """Return in how many pairs the difference has the sign of what is told."""
    return sum((pair > 0) == (found.value > 0) and pair != 0 for pair in found.pairs)


def _ranged(found: Difference, text: str, span: str) -> str:
    """Return words with the range of the next rollout; few pairs have only their own.

    Where some pairs have no difference, it is said how many have one. Chances have an interval.
    """
    if found.is_of_chances:
        return say("measure.with_range", value=text, range=span)
    pairs = len(found.pairs)
    is_few = pairs < FEWEST_FOR_RANGE
    if pairs < found.runs:
        name = "difference.of_few_pairs" if is_few else "difference.ranged_of_pairs"
        if found.under_way and not is_few:
            name = "difference.ranged_of_ways"
        return say(name, text=text, range=span, count=pairs, of=found.runs)
    if is_few:
        return say("difference.of_few", text=text, range=span, count=pairs)
    name = "difference.ranged_in_ways" if found.under_way else "difference.ranged"
    return say(name, text=text, range=span)


def _reached_by_plans(found: Difference, one: str, other: str) -> str:
    """Return which of two plans reaches something, and in how many runs neither does."""
    text = told(found, first=one, second=other)
    return _with_neither(found, text) if found.pairs and found.neither else text


def _of_reaching(found: Difference) -> str:
    """Return which of two reaches something at all, where that is the difference."""
    if not found.pairs:
        return say("difference.reached_by_none")
    words = say("difference.is_reached", how=_how_reached(found))
    return words if found.settled else say("difference.not_settled", text=words)


def _how_reached(found: Difference) -> str:
    """Return in how many runs only one of the two reaches something."""
    runs = found.runs
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
    return ", ".join(parts)


def _in_runs(text: str, often: int, runs: int) -> str:
    return say("difference.in_runs", text=text, often=often, count=runs)
