"""Which date and time a person meant who wrote them in another way than fwsim does."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from fwsim.messages import say

_CLOCK = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?)?"
_HALF = r"(?:\s*(?P<half>[ap])\.?m\.?)?(?:\s*(?:uhr|h))?"
_ZONE = r"(?P<zone>\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?"
_DATE = r"(?P<a>\d{1,4})(?P<mark>[-./])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})"
_TIME = re.compile(
    rf"{_DATE}(?:(?:,?\s+(?:um\s+|at\s+)?|t){_CLOCK}{_HALF}{_ZONE})?", re.IGNORECASE | re.ASCII
)
_OF_DAY = re.compile(rf"{_CLOCK}{_HALF}", re.IGNORECASE | re.ASCII)
_LONGEST = 60


def _date(match: re.Match[str]) -> datetime | None:
    """Return the day; of 3/4/2024 nobody knows whether it is in March or in April."""
    a, b, c = (int(match[name]) for name in "abc")
    if len(match["a"]) == 4:
        year, month, day = a, b, c
    elif len(match["c"]) != 4 or (match["mark"] == "/" and a <= 12 and b <= 12 and a != b):
        return None
    else:
        year, month, day = (c, a, b) if match["mark"] == "/" and b > 12 else (c, b, a)
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> timedelta | None:
    """Return the time of day, up to 24:00."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    at = timedelta(hours=hour, minutes=minute, seconds=second)
    return at if max(minute, second) < 60 and at <= timedelta(days=1) else None


def time_meant(text: object) -> str:
    """Return ``"; did you mean '2024-01-31 08:00'?"``, or an empty string.

    Parameters
    ----------
    text
        What stood where a date with its time belongs.
    """
    match = (
        _TIME.fullmatch(text.strip()) if isinstance(text, str) and len(text) < _LONGEST else None
    )
    if match is None:
        return ""
    if match["zone"]:
        return say("near.zone_once")
    day, clock = _date(match), _clock(match)
    if day is None or clock is None or day.year < 1000:
        return ""
    try:
        at = day + clock
    except OverflowError:
        return ""
    return say("near.meant", name=f"{at:%Y-%m-%d %H:%M}" + (f":{at:%S}" if at.second else ""))


def clock_meant(text: object) -> str:
    """Return ``"; did you mean 22:00?"`` for a time of day such as *10 pm*, or an empty string.

    Of 24:00 there is none: 00:00 would be a day earlier.
    """
    match = _OF_DAY.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 20 else None
    clock = None if match is None else _clock(match)
    if clock is None or clock.days:
        return ""
    at = datetime.min + clock
    name = f"{at:%H:%M}" + (f":{at:%S}" if at.second else "")
    return say("near.meant_plain", name=name)
