"""From the values of the runs to words: the one place where a forecast becomes text.

A range told to a person is for the *next rollout*, 9 in 10 of which lie in it, unless the words say
otherwise; what is said of the mean says *mean*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fwsim.commands.schedule import offset_if_twice
from fwsim.measures.amounts import Writer, shown, shown_interval
from fwsim.measures.catalogue import TIMES, Definition, Unit
from fwsim.measures.measure import Measure
from fwsim.messages import localised, say
from fwsim.results.statistics.estimate import Estimate, Method, estimate
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE, Forecast, forecast

_MINUTE = timedelta(minutes=1)
_UNITLESS = Definition(Unit.COUNT, "", "", "")


@dataclass(frozen=True, slots=True)
class Cells:
    """What a table tells of a measure.

    Parameters
    ----------
    middle
        The median.
    range
        That of the next rollout; where both ends read alike, how many runs read so.
    exact
        How far median and ends may be off with this number of runs; empty where they read alike.
    """

    middle: str
    range: str = ""
    exact: str = ""


def first_due_in_words(judged: str, at: datetime) -> str:
    """Return when the first of what it is judged by is due: what times count from."""
    return say(f"report.begins.{judged or 'update'}", at=moment_in_words(at))


def moment_in_words(at: datetime) -> str:
    """Return a time of the wall clock with its date: ``Sat 25 Sep 2021 02:05``.

    Of two times that the clock of its zone shows alike the offset from UTC says which it is.
    """
    text = say(
        "clock.moment",
        weekday=say("clock.weekdays").split()[at.weekday()],
        day=at.day,
        month=say("clock.months").split()[at.month - 1],
        year=at.year,
        time=f"{at:%H:%M}",
    )
    offset = offset_if_twice(at)
    return say("clock.twice", moment=text, offset=offset) if offset else text


def minute_by(at: datetime) -> datetime:
    """Return the whole minute by which a time has come, on the same clock."""
    over = timedelta(seconds=at.second, microseconds=at.microsecond)
    if not over:
        return at
    # In UTC: on the wall clock the next minute may come before an hour that comes twice.
    return (at.astimezone(UTC) + (_MINUTE - over)).astimezone(at.tzinfo)


def none_needs_it(values: Sequence[float], measure: Measure) -> bool:
    """Tell whether no targeted device needs the update in any run, by a time to a share of them."""
    return measure.kind in TIMES and not measure.of_targeted and not any(values)


def apart(value: float, definition: Definition, *, like: float | None = None, more: int = 0) -> str:
    """Return how far two values are apart; shares by points of per cent."""
    text = shown(value, definition, like=like, more=more)
    if definition.unit in {Unit.SHARE, Unit.CHANCE} and text.endswith(" %"):
        return say("measure.points", number=text.removesuffix(" %"))
    return text


def median_head(runs: int) -> str:
    """Return what stands above a column of medians."""
    return say("table.one_run") if runs == 1 else say("table.median")


def range_head(runs: int) -> str:
    """Return what stands above a column of ranges; few runs say that it is theirs."""
    if runs >= FEWEST_FOR_RANGE:
        return say("table.range")
    return say("table.range_of_few", count=runs)


def _as_cells(values: Sequence[float], definition: Definition, write: Writer) -> Cells:
    found = forecast(values, counted=definition.is_counted)
    if not found.reached:
        return Cells(
            say("measure.never_in_one")
            if found.is_one_run
            else say("measure.never", count=found.runs)
        )
    if found.is_one_run:
        return Cells(write(found.middle.value, definition))
    if found.is_same:
        return Cells(write(found.middle.value, definition), say("table.in_every_run"))
    middle, span, is_told = _middle_and_range(found, definition, write)
    if not is_told:
        like = found.middle.value
        read = [write(value, definition, like=like) for value in values]
        return Cells(middle, how_often(read, write(like, definition, like=like), found.runs))
    if not math.isfinite(found.low.value):
        return Cells(middle)
    exact = say(
        "measure.exact",
        middle=_within(found.middle.within, definition, write),
        ends=_within(max(found.low.within, found.high.within), definition, write),
    )
    return Cells(middle, span, exact)


def _middle_and_range(
    found: Forecast, definition: Definition, write: Writer
) -> tuple[str, str, bool]:
    """Return the median, with how often it was not reached, the range, whether they differ."""
    ends = found.middle.value, found.low.value, found.high.value
    middle, low, high = shown_interval(*ends, definition, write)
    if definition.unit is Unit.COUNT and math.isfinite(found.high.value):
        low, high = low.partition(" ")[0], high.partition(" ")[0]
    if not math.isfinite(found.middle.value):
        middle = say("measure.missed", missed=found.missed, count=found.runs)
    elif found.missed:
        middle = say("measure.with_missed", text=middle, missed=found.missed, count=found.runs)
    if not math.isfinite(found.high.value):
        is_some = math.isfinite(found.low.value)
        return middle, say("measure.or_more", low=low) if is_some else "", True
    return middle, "" if low == high else say("measure.range", low=low, high=high), low != high


def how_often(read: Sequence[str], text: str, runs: int) -> str:
    """Return in how many of the runs a value reads as a text does."""
    often = read.count(text)
    if often == runs:
        return say("table.in_every_run")
    return say("table.in_most_runs", often=often, count=runs)


def _within(distance: float, definition: Definition, write: Writer) -> str:
    if not math.isfinite(distance):
        return say("measure.open")
    return apart(distance, definition) if write is shown else write(distance, definition)


def cells(values: Sequence[float], measure: Measure) -> Cells:
    """Return what a table tells of a measure.

    Parameters
    ----------
    values
        One a run; infinite is *not reached*.
    measure
        What they are of; a chance is a share of the runs with its interval at 95 %.
    """
    definition = measure.definition
    if none_needs_it(values, measure):
        return Cells(say("measure.none_needs_it"))
    if definition.unit is Unit.CHANCE and len(values) > 1:
        found = estimate(values, Unit.CHANCE)
        value, low, high = shown_interval(found.value, found.low, found.high, definition)
        return Cells(
            say("measure.share_of_runs", value=value), say("measure.interval", low=low, high=high)
        )
    return _as_cells(values, definition, shown)


def in_one_line(values: Sequence[float], measure: Measure, *, missed: bool = True) -> str:
    """Return what runs say of the next rollout: ``88.6 % (86.9 % to 90.2 %)``.

    Parameters
    ----------
    values
        One a run; infinite is *not reached*.
    measure
        What they are of.
    missed
        Whether to tell in how many runs it was not reached.
    """
    found = cells(values, measure)
    runs, never = len(values), sum(map(math.isinf, values))
    if runs == 1:
        return say("measure.one_run", value=found.middle)
    expected = forecast(values, counted=measure.definition.is_counted)
    is_chance = measure.definition.unit is Unit.CHANCE
    middle = expected.middle.value
    if 0 < never < runs and math.isinf(middle):
        low = shown(min(values), measure.definition)
        return say("measure.missed_else_from", missed=never, count=runs, low=low)
    if not found.range or found.range == say("table.in_every_run"):
        return found.middle
    span = found.range
    if runs < FEWEST_FOR_RANGE and not is_chance:
        span = say("measure.of_few_runs", range=span, count=runs)
    if not never:
        return say("measure.with_range", value=found.middle, range=span)
    text = say("measure.with_range", value=shown(middle, measure.definition), range=span)
    return say("measure.with_missed", text=text, missed=never, count=runs) if missed else text


def mean_in_words(found: Estimate, measure: Measure) -> str:
    """Return an estimate with its interval, saying of what: ``mean 88.6 % (88.4 % to 88.8 %)``."""
    text = with_interval(found, measure)
    if none_needs_it([found.least, found.most], measure):
        return text
    match found.method:
        case Method.ONE_RUN:
            return text
        case Method.CHANCE | Method.CHANCES_APART:
            return say("measure.chance", text=text)
        case Method.MEDIAN:
            return say("measure.median", text=text) if math.isfinite(found.value) else text
        case Method.MEAN | Method.DIFFERENCE:
            return say("measure.mean", text=text)


def with_interval(found: Estimate, measure: Measure) -> str:
    """Return an estimate with the interval of its mean, median or chance; for who asks for it."""
    definition = measure.definition
    if none_needs_it([found.least, found.most], measure):
        return say("measure.none_needs_it")
    if math.isnan(found.low):
        return say("measure.one_run", value=shown(found.value, definition))
    missed = found.runs - found.reached
    if not math.isfinite(found.value):
        never = "measure.missed" if found.reached else "measure.never"
        return say(never, missed=missed, count=found.runs)
    if found.low == found.high:
        return shown(found.value, definition)
    text = _reaching(found, definition)
    if not missed:
        return text
    return say("measure.with_missed", text=text, missed=missed, count=found.runs)


def _reaching(found: Estimate, definition: Definition) -> str:
    if found.is_open:
        return say("measure.without_range", value=shown(found.value, definition))
    value, low, high = shown_interval(found.value, found.low, found.high, definition)
    if definition.unit is Unit.COUNT and math.isfinite(found.high):
        low, high = low.partition(" ")[0], high.partition(" ")[0]
    span = say("measure.range", low=low, high=high)
    return value if low == high else say("measure.with_range", value=value, range=span)


def _bare(
    value: float,
    definition: Definition,  # noqa: ARG001 - a writer takes it
    *,
    like: float | None = None,  # noqa: ARG001
    more: int = 0,
) -> str:
    """Return a number that has no unit."""
    return localised(f"{value:.{6 + 3 * min(more, 2)}g}").replace("-", "−")


def own_cells(values: Sequence[float]) -> Cells:
    """Return what a table tells of a caller's own measure, which has no unit.

    Parameters
    ----------
    values
        One a run.
    """
    return _as_cells(values, _UNITLESS, _bare)
