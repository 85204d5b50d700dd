"""Dates and zones with names in them: ``28-Nov-2026``, ``Nov 28, 2026``, ``28. Nov. 2026``, CET."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from fwsim.messages import say
from fwsim.quantities.weekdays import NAMES

_MONTHS = (
    ("january", "januar", "jänner"),
    ("february", "februar", "feber"),
    ("march", "märz", "maerz", "mrz"),
    ("april",),
    ("may", "mai"),
    ("june", "juni"),
    ("july", "juli"),
    ("august",),
    ("september",),
    ("october", "oktober"),
    ("november",),
    ("december", "dezember"),
)
_NAME = r"[^\W\d_]{3,9}"
_YEAR = r"(?:\d{4}|\d\d)(?!\d)"
_WEEKDAY = re.compile(r"(?P<name>[^\W\d_]{2,10})\.?,?\s+")
_DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?:\.?\s*|[-/])(?P<month>{_NAME})(?:\.?,?\s*|[-/])(?P<year>{_YEAR})"
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>{_NAME})\.?\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<year>{_YEAR})(?!:)"
)
_YEAR_LAST = re.compile(
    rf"(?P<month>{_NAME})\s+(?P<day>\d{{1,2}})\s+(?P<clock>[\d:.]+)(?P<zone>\s+[A-Z]{{3,4}})?\s+"
    r"(?P<year>\d{4})"
)
"""As C and Java print it: ``Sat Nov 28 09:15:00 CET 2026``."""
_CENTRAL_EUROPE = ZoneInfo("Europe/Berlin")
_HOURS = {"CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2}
_BESIDE_WHOLE_HOURS = frozenset(
    {-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825}
)
"""Minutes that clocks are from UTC where these are no whole hours; ``09:15-10:15`` is a span."""
NAMES_OF_ZONES = "|".join(sorted(_HOURS, key=len, reverse=True))


def _month_of(name: str) -> int | None:
    """Return a month by its English or German name, three letters of it at least."""
    folded = name.casefold()
    found = (
        number
        for number, names in enumerate(_MONTHS, 1)
        if len(folded) > 2 and any(each.startswith(folded) for each in names)
    )
    return next(found, None)


def weekday_before(text: str) -> tuple[str, frozenset[int]] | None:
    """Return the name of a weekday that a time begins with, and which days it may be, Monday 0."""
    found = _WEEKDAY.match(text)
    name = found["name"].casefold() if found else ""
    days = (i for i, names in enumerate(NAMES) if any(n.startswith(name) for n in names))
    which = frozenset(days) if name else frozenset()
    return (found["name"], which) if found and which else None


def with_month_in_digits(text: str) -> str:
    """Return a time without its weekday, and its month, if that has a name, in ISO 8601."""
    day = _WEEKDAY.match(text)
    rest = text[day.end() :] if day and weekday_before(text) else text
    if match := _YEAR_LAST.fullmatch(rest):
        behind = f" {match['clock']}{match['zone'] or ''}"
    elif match := _DAY_FIRST.match(rest) or _MONTH_FIRST.match(rest):
        behind = rest[match.end() :]
    else:
        return rest
    month = _month_of(match["month"])
    year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    return text if month is None else f"{year}-{month:02d}-{match['day']:0>2}{behind}"


def zone_named(name: str, local: datetime) -> timezone:
    """Return what a name such as CEST says of a time on the wall clock.

    Raises
    ------
    ValueError
        If the clocks do not show it then: who writes CET in July may mean either.
    """
    if name in {"Z", "UTC", "GMT"}:
        return UTC
    zone = timezone(timedelta(hours=_HOURS[name]))
    there = local.replace(tzinfo=zone).astimezone(_CENTRAL_EUROPE)
    if there.utcoffset() != zone.utcoffset(None):
        season = "summer" if _HOURS[name] == 1 else "winter"
        raise ValueError(say(f"log_time.not_in_{season}", zone=name))
    return zone


def zone_at(text: str) -> timezone:
    """Return the zone of an offset such as ``+0200``, ``+02:00`` or ``UTC+2``.

    Raises
    ------
    ValueError
        If no clock is so far from UTC.
    """
    sign = -1 if "-" in text else 1
    digits = re.sub(r"\D", "", text)
    digits = digits if len(digits) in {2, 4} else f"0{digits}"
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if sign * hours not in range(-12, 15):
        which = "too_far_behind" if sign < 0 else "too_far"
        raise ValueError(say(f"log_time.{which}", hours=digits[:2]))
    ahead = sign * (60 * hours + minutes)
    if minutes and ahead not in _BESIDE_WHOLE_HOURS:
        raise ValueError(say("log_time.no_offset", offset=text))
    return timezone(timedelta(minutes=ahead))
