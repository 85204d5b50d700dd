"""How an event of a calendar comes round (RFC 5545, 3.3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import prod
from typing import Any

from fwsim.messages import say

MOST_DAYS_OFF = 5_000
_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_HOURLY = 24
MOST_STEPS = 5_000_000
MOST_SHOWN = 40
"""Letters of a rule, so that there is room for what is wrong with it."""
_PERIODS = {"DAILY": (1, 1), "WEEKLY": (7, 3), "MONTHLY": (30, 5), "YEARLY": (365, 20)}
"""Days, and steps that it takes to look at them."""
_STEPS_OF_A_POSITION = 3
"""That a period takes more for each BYSETPOS."""
_LIMITS = {
    "INTERVAL": (1, 2**31),
    "COUNT": (1, 2**31),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 60),
}
"""What its parts may be; where it may be less than 0, it may not be 0."""
_DAY = timedelta(1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOVABLE = {"FREQ", "UNTIL", "WKST", "BYDAY", *_LIMITS}
"""Parts of rules of which it is known what they leave to the first round."""
_CYCLE_YEARS, _CYCLE, _LAST_YEAR = 400, timedelta(146_097), 9990
"""Days and weekdays come again after it; what is looked for so late soon meets the last year."""


class TooOftenError(ValueError):
    """An event comes round oftener than a day off may."""


class TooLongError(ValueError):
    """To work out when all events of a file come round takes too long."""


@dataclass
class Span:
    """Between which moments events matter, and how many steps may be taken to find that out.

    Parameters
    ----------
    start, end
        Aware.
    steps
        What is left of them for all events of a file; one takes about a microsecond.
    """

    start: datetime
    end: datetime
    steps: int = MOST_STEPS

    def take(self, steps: int) -> None:
        """Take some steps.

        Raises
        ------
        TooLongError
            If there are not so many left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise TooLongError


def rounds(event: Any, begin: datetime, span: Span, *, lasts: timedelta) -> Iterator[datetime]:
    """Yield when an event begins, as far as it may matter between two moments.

    Parameters
    ----------
    event
        Read by icalendar.
    begin
        When it begins first; naive on the clock that looks at it.
    span
        The moments.
    lasts
        How long it does.

    Raises
    ------
    TooOftenError
        If it comes round oftener than daily.
    TooLongError
        If it takes too long to find that out.
    ValueError
        If its rule is none.
    """
    rule = event.get("RRULE")
    if rule is None:
        if begin.date() <= span.end.date() + _DAY:
            yield begin
        return
    _check(rule)
    first, last = _bounds(event, begin, span, lasts)
    if first <= last and begin <= last:
        yield from _all(rule, begin, (first, last), span)


def _bounds(event: Any, begin: datetime, span: Span, lasts: timedelta) -> tuple[datetime, datetime]:
    """Return between which moments rounds may matter, a day more on either side."""
    # A day off without an end in sight begins before all that a clock can count back to.
    low = span.start - min(lasts, span.start.replace(tzinfo=None) - datetime(1, 1, 5))
    high = span.end
    if begin.tzinfo is None:
        low, high = (at.astimezone(UTC).replace(tzinfo=None) for at in (low, high))
    is_day = not isinstance(event["DTSTART"].dt, datetime)
    until = _until(event["RRULE"], begin, span.start, is_day=is_day)
    return low - _DAY, high + _DAY if until is None else min(high + _DAY, until)


def _all(
    rule: Any, begin: datetime, bounds: tuple[datetime, datetime], span: Span
) -> Iterator[datetime]:
    """Yield the rounds between two moments, and take the steps that all from the first on cost."""
    first, last = bounds
    near = _shown(first, begin) - _DAY
    rule, since = _begun_near(rule, begin.replace(tzinfo=None), near)
    later = _CYCLE * max(0, (_LAST_YEAR - last.year) // _CYCLE_YEARS)
    span.take(_steps(rule, since, last))
    try:
        for number, shown_later in enumerate(_endless(rule, since + later), 1):
            shown = shown_later - later
            if number > rule.get("COUNT", [number])[0]:
                return
            span.take(1)
            if shown < near:
                continue
            at = shown.replace(tzinfo=begin.tzinfo)
            if at > last:
                return
            if at >= first:
                yield at
    except IndexError:  # as of the ninth Monday of a month
        raise _none(rule, "BYDAY") from None
    # It does not come round any more: only the last of all days has told so.
    span.take(_steps(rule, since + later, datetime.max))


def _begun_near(rule: Any, begin: datetime, near: datetime) -> tuple[Any, datetime]:
    """Return a rule and a beginning that give the same rounds from a moment on, by fewer steps.

    It is the beginning of a period that is one of the rule's; what a rule leaves to its first
    round is put into it. With COUNT all rounds count, and a part that is not known may, too.
    """
    if "COUNT" in rule or not {*rule} <= _MOVABLE:
        return rule, begin
    freq, interval = str(rule["FREQ"][0]).upper(), int(rule.get("INTERVAL", [1])[0])
    start = _period_near(freq, interval, _week_start(rule), begin, near)
    if start is None:
        return rule, begin
    told = {"BYHOUR": begin.hour, "BYMINUTE": begin.minute, "BYSECOND": begin.second}
    if not {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"} & {*rule}:
        if freq == "YEARLY":
            told["BYMONTH"] = begin.month
        if freq in ("YEARLY", "MONTHLY"):
            told["BYMONTHDAY"] = begin.day
    parts: dict[str, Any] = {**{part: [value] for part, value in told.items()}, **rule}
    if freq == "WEEKLY" and not {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & {*rule}:
        parts["BYDAY"] = [_WEEKDAYS[begin.weekday()]]
    return type(rule)(parts), start


def _week_start(rule: Any) -> int:
    return _WEEKDAYS.index(str(rule.get("WKST", ["MO"])[0]).upper())


def _period_near(
    freq: str, interval: int, week_start: int, begin: datetime, near: datetime
) -> datetime | None:
    """Return where the last period of a rule begins before a moment; None if it is the first."""
    if freq in ("YEARLY", "MONTHLY"):
        months = interval * (12 if freq == "YEARLY" else 1)
        first = 12 * begin.year + (begin.month - 1 if freq == "MONTHLY" else 0)
        periods = (12 * near.year + near.month - 1 - first) // months
        year, month = divmod(first + months * periods, 12)
        return datetime(year, month + 1, 1) if periods > 0 else None
    day = datetime.combine(begin.date(), time.min)
    if freq == "WEEKLY":
        back = (begin.weekday() - week_start) % 7
        interval *= 7
        if back > (day - datetime.min).days:
            return None
        day -= back * _DAY
    periods = (near - day).days // interval
    return day + periods * interval * _DAY if periods > 0 else None


def _endless(rule: Any, begin: datetime) -> Iterator[datetime]:
    """Return all rounds that a rule would have without its end, as the clock of the event shows.

    What that is in a zone that a file describes takes a hundred times as long to find out.
    """
    from dateutil.rrule import rrulestr

    endless = type(rule)({part: rule[part] for part in rule if part not in {"COUNT", "UNTIL"}})
    return iter(rrulestr(endless.to_ical().decode(), dtstart=begin))


def _shown(at: datetime, begin: datetime) -> datetime:
    """Return what the clock of an event shows at a moment."""
    on_clock = at if begin.tzinfo is None else at.astimezone(begin.tzinfo)
    return on_clock.replace(tzinfo=None)


def _steps(rule: Any, begin: datetime, last: datetime) -> int:
    """Return how many steps it takes to go from one moment to another, whatever is found there."""
    days, steps = _PERIODS[str(rule["FREQ"][0]).upper()]
    periods = (last.date() - begin.date()).days // (days * int(rule.get("INTERVAL", [1])[0])) + 1
    return (steps + _STEPS_OF_A_POSITION * len(rule.get("BYSETPOS", []))) * periods


def _check(rule: Any) -> None:
    """Refuse what comes round too often for a day off, and what is no rule."""
    if isinstance(rule, list):
        raise ValueError(say("assignments.twice"))
    if "FREQ" not in rule:
        raise _none(rule, "FREQ")
    if {*map(str, rule["FREQ"])} & {*_OFTEN}:
        raise TooOftenError
    if "COUNT" in rule and "UNTIL" in rule:
        raise _none(rule, "COUNT, UNTIL")
    for part, limits in _LIMITS.items():
        _check_part(rule, part, *limits)
    if prod(len(rule.get(part, [0])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) >= _HOURLY:
        raise TooOftenError  # all of them would be counted from the first on


def _check_part(rule: Any, part: str, low: int, high: int) -> None:
    """Refuse what dateutil takes and nobody can mean: with an interval of 0 it would never end."""
    values = [int(value) for value in rule.get(part, [])]
    for value in values:
        if not low <= value <= high or (low < 0 and value == 0):
            raise _none(rule, f"{part}={value}")
    if len(values) > high - low + 1:  # the same again and again: each is looked at by itself
        raise _none(rule, part)


def _none(rule: Any, part: str) -> ValueError:
    text = rule.to_ical().decode()[:MOST_SHOWN]
    return ValueError(say("assignments.rule", rule=text, part=part))


def _until(rule: Any, begin: datetime, start: datetime, *, is_day: bool) -> datetime | None:
    """Return the end of a rule on the clock of the event; None if it has none."""
    until = rule.get("UNTIL", [None])[0]
    if until is None:
        return None
    if not isinstance(until, datetime):  # often written of moments, too: all of that day
        until = datetime.combine(until, time(23, 59, 59))
    elif begin.tzinfo is None and until.tzinfo is not None:
        # Often written of days, too. Midnight in UTC stands for that day; of others only the clock
        # of the place tells which is the last.
        is_midnight = is_day and until.tzname() == "UTC" and until.time() == time.min
        until = (until if is_midnight else until.astimezone(start.tzinfo)).replace(tzinfo=None)
    return until if begin.tzinfo is None or until.tzinfo else until.replace(tzinfo=begin.tzinfo)
