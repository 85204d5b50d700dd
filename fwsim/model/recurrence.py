"""How an event of a calendar comes round (RFC 5545, 3.3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any

from fwsim.messages import say

MOST_DAYS_OFF = 5_000
_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_HOURLY = 24
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


class TooOftenError(ValueError):
    """An event comes round oftener than a day off may."""


def rounds(
    event: Any, begin: datetime, start: datetime, end: datetime, lasts: timedelta
) -> Iterator[datetime]:
    """Yield when an event begins, as far as it may matter between two moments.

    Parameters
    ----------
    event
        Read by icalendar.
    begin
        When it begins first; naive on the clock that looks at it.
    start, end
        Aware.
    lasts
        How long it does.

    Raises
    ------
    TooOftenError
        If it comes round oftener than daily.
    ValueError
        If its rule is none.
    """
    rule = event.get("RRULE")
    if rule is None:
        if begin.date() <= end.date() + _DAY:
            yield begin
        return
    if {*map(str, rule.get("FREQ", []))} & {*_OFTEN}:
        raise TooOftenError
    _check(rule)
    if prod(len(rule.get(part, [0])) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) >= _HOURLY:
        raise TooOftenError  # all of them would be counted from the first on
    from dateutil.rrule import rrulestr

    # A day off without an end in sight begins before all that a clock can count back to.
    low, high = start - min(lasts, start.replace(tzinfo=None) - datetime(1, 1, 3)), end
    if begin.tzinfo is None:
        low, high = (at.astimezone(UTC).replace(tzinfo=None) for at in (low, high))
    is_day = not isinstance(event["DTSTART"].dt, datetime)
    on_clock = _on_clock(rule, begin, start, is_day=is_day)
    found = rrulestr(on_clock.to_ical().decode(), dtstart=begin)
    try:
        for number, at in enumerate(found.xafter(low - _DAY, inc=True)):
            if at > high + _DAY or number > MOST_DAYS_OFF:
                return
            yield at
    except IndexError:  # as of the ninth Monday of a month
        raise _none(rule, "BYDAY") from None


def _check(rule: Any) -> None:
    """Refuse what dateutil takes and nobody can mean: with an interval of 0 it would never end."""
    if isinstance(rule, list):
        raise ValueError(say("assignments.twice"))
    if "FREQ" not in rule:
        raise _none(rule, "FREQ")
    if "COUNT" in rule and "UNTIL" in rule:
        raise _none(rule, "COUNT, UNTIL")
    for part, (low, high) in _LIMITS.items():
        for value in map(int, rule.get(part, [])):
            if not low <= value <= high or (low < 0 and value == 0):
                raise _none(rule, f"{part}={value}")


def _none(rule: Any, part: str) -> ValueError:
    text = rule.to_ical().decode()[:80]
    return ValueError(say("assignments.rule", rule=text, part=part))


def _on_clock(rule: Any, begin: datetime, start: datetime, *, is_day: bool) -> Any:
    """Return a rule with its end on the clock of the event."""
    until = rule.get("UNTIL", [None])[0]
    if until is None:
        return rule
    if not isinstance(until, datetime):  # often written of moments, too: all of that day
        until = datetime.combine(until, time(23, 59, 59))
    elif begin.tzinfo is None and until.tzinfo is not None:
        # Often written of days, too. Midnight in UTC stands for that day; of others only the clock
        # of the place tells which is the last.
        is_midnight = is_day and until.tzname() == "UTC" and until.time() == time.min
        until = (until if is_midnight else until.astimezone(start.tzinfo)).replace(tzinfo=None)
    if begin.tzinfo is not None and until.tzinfo is None:
        until = until.replace(tzinfo=begin.tzinfo).astimezone(UTC)
    return _with_until(rule, until)


def _with_until(rule: Any, until: date) -> Any:
    return type(rule)({**rule, "UNTIL": [until]})
