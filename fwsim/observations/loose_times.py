"""One time as people and programs write it: with strokes, names of months, 12 hours, zones."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from fwsim.messages import say
from fwsim.observations.named_dates import (
    NAMES_OF_ZONES,
    weekday_before,
    with_month_in_digits,
    zone_at,
    zone_named,
)

LONGEST_TIME = 60
"""Characters of a time; a longer text is none, and no pattern is tried on it."""
_DAYS = re.compile(r"(?P<day>[3-6]\d{4})(?:[.,](?P<part>\d{1,12}))?")
"""A day as spreadsheets count them, of 1982 to 2091, with its part."""
_DAY_ZERO = datetime(1899, 12, 30)
_LOOSE = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})"
    r"(?:T|,?\s+)(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?|[Vv]orm\.?|[Nn]achm\.?)?\s*(?:Uhr)?\s*"
    rf"(?:(?P<named>Z|UTC|GMT|{NAMES_OF_ZONES})|"
    r"(?P<zone>[+-]\d\d(?::?\d\d)?|(?<=\s)(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?))?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEB = re.compile(r"(\d\d)/([A-Za-z]{3})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d):?(\d\d)")
_EXAMPLES = ("2021-09-24 15:30:05", "24.09.2021 15:30", "2021-09-24T15:30:05+02:00")


def iso_of_web(text: str) -> str:
    """Return ``10/Oct/2000:13:55:36 -0700`` in ISO 8601; any other text as it is."""
    match = _WEB.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return text
    month = _MONTHS.index(match[2].lower()) + 1
    return f"{match[3]}-{month:02d}-{match[1]}T{match[4]}{match[5]}:{match[6]}"


def datetime_of(text: str, day_first: bool | None) -> datetime:
    """Return a time; without a zone where it names none.

    Parameters
    ----------
    text
        The time.
    day_first
        How to read ``05/06/2021``; None refuses what may be two days.

    Raises
    ------
    ValueError
        If it is none, with why, as a clause that goes on from the text.
    """
    plain = with_month_in_digits(iso_of_web(text)) if len(text) <= LONGEST_TIME else ""
    match = _LOOSE.fullmatch(plain)
    if match is None:
        raise (
            _is_none(_as_days(text))
            if text
            else ValueError(say("log_time.missing", examples=_examples()))
        )
    year, month, day = _date_of(match, day_first)
    try:
        at = _on_calendar(match, year, month, day)
        if match["named"]:
            at = at.replace(tzinfo=zone_named(match["named"], at))
        elif match["zone"]:
            at = at.replace(tzinfo=zone_at(match["zone"]))
    except ValueError as error:
        raise _is_none(f": {error}") from None
    _check_weekday(text, at)
    return at


def _examples() -> str:
    return say("log_time.examples", examples=", ".join(_EXAMPLES[:-1]), last_one=_EXAMPLES[-1])


def _is_none(why: str) -> ValueError:
    return ValueError(say("log_time.none", why=why, examples=_examples()))


def _on_calendar(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    hour = _hour_of(hour, (match["half"] or "").casefold()[:1])
    at_midnight = (hour, minute, second) == (24, 0, 0) and not int(match["part"] or 0)
    if not at_midnight and (hour > 23 or minute > 59 or second > 59):
        raise ValueError(say("log_time.no_clock"))
    try:
        at = datetime(year, month, day)
    except ValueError:
        raise ValueError(say("log_time.no_calendar")) from None
    part = int(f"{match['part'] or '':0<6.6}")
    return at + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=part)


def _check_weekday(text: str, at: datetime) -> None:
    """Refuse a day of the week that is another than that of the date."""
    found = weekday_before(text)
    date = at - timedelta(days=1) if re.search(r"\b24[:.]00\b", text) else at
    if found is not None and date.weekday() not in found[1]:
        right = say("clock.weekdays").split()[date.weekday()]
        raise _is_none(
            f": {say('log_time.weekday', date=f'{date:%Y-%m-%d}', right=right, wrong=found[0])}"
        )


def _hour_of(hour: int, half: str) -> int:
    if half in {"a", "v"} and hour > 12:  # 15:30 PM is written, and plain
        raise ValueError(say("log_time.no_morning", number=hour))
    return hour % 12 + 12 * (half in {"p", "n"}) if half else hour


def _as_days(text: str) -> str:
    """Return what to say of a text that may be days as spreadsheets count them, or nothing."""
    match = _DAYS.fullmatch(text) if len(text) <= LONGEST_TIME else None
    if match is None:
        return ""
    at = _DAY_ZERO + timedelta(days=float(f"{match['day']}.{match['part'] or 0}"))
    return say("log_time.spreadsheet", at=f"{at:%Y-%m-%d %H:%M}")


def _date_of(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int]:
    """Return year, month and day; dots are day first, dashes begin with the year."""
    a, b, c, mark = int(match["a"]), int(match["b"]), int(match["c"]), match["mark"]
    if len(match["a"]) == 4:
        return a, b, c
    year = c + 2000 if c < 100 else c
    if mark == ".":
        return year, b, a
    if mark == "-":
        raise _is_none("")
    first = a > 12 if day_first is None else day_first
    if day_first is None and a <= 12 and b <= 12 and a != b:
        raise ValueError(say("log_time.two_days"))
    return (year, b, a) if first else (year, a, b)
