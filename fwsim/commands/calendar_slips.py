"""What people write in the place of a calendar event: German days, 6pm, 23.11.2026, Mon, Fri."""

from __future__ import annotations

import re

from fwsim.quantities.slips import in_24_hours
from fwsim.quantities.weekdays import WORDS

_WEEK = tuple(words[0].title() for words in WORDS)
_DAYS = {
    **{day: "|".join(words) for day, words in zip(_WEEK, WORDS, strict=True)},
    "Mon..Fri": "weekdays?|workdays?|werktags|werktage|arbeitstags|arbeitstage",
    "Sat..Sun": "weekends?|am wochenende|wochenende",
}
_HOUR = r"(?P<hour>[01]?\d|2[0-3])"
_MINUTE = r"(?P<minute>[0-5]\d)"
_STEPS: tuple[tuple[str, str], ...] = (
    (r"\s*[–—…]\s*", ".."),
    (r"\b(?:um|at|von|from)\s+(?=\d)", ""),
    (r"\s*\b(?:bis|to|through|thru)\b\s*", ".."),
    (r"(?<=[a-z])\s+-\s+(?=[a-z])", ".."),
    (r"\s*(?:,\s*|\b(?:and|und)\b\s*)(?=[a-z])", ","),
    (r"(?<=\d)T(?=\d)", " "),
    (r"(?<=\d)Z$", " UTC"),
    (r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b", r"\3-\2-\1"),
    (r"\b(\d{4})/(\d{1,2})/(\d{1,2})\b", r"\1-\2-\3"),
    (
        rf"(?<![\d:.-]){_HOUR}[.:]{_MINUTE}\s*(?:uhr|h)?(?![\w:.])",
        r"\g<hour>:\g<minute>",
    ),
    (rf"(?<![\d:.-]){_HOUR}(?:\s*uhr|\s?h)\b", r"\g<hour>:00"),
    (rf"(?<!\S){_HOUR}$", r"\g<hour>:00"),
    (r"^24:00$", "00:00"),
    (r"^(?:täglich|taeglich|jeden tag|every ?day|all days)$", "daily"),
    (r"^(?:daily|täglich|taeglich|jeden tag|every ?day) (?=[\d*])", ""),
    (r"^(?:weekly|wöchentlich|woechentlich)(?= [\d*])", "Mon"),
    (rf"^(?:weekly|wöchentlich|woechentlich) (?=(?:{'|'.join(_WEEK)})\b)", ""),
    (r"^(?:monthly|monatlich)(?= [\d*])", "*-*-01"),
    (r"^(?:wöchentlich|woechentlich)$", "weekly"),
    (r"^(?:monatlich)$", "monthly"),
    (r"^(?:stündlich|stuendlich|every hour)$", "hourly"),
    (r"^(?:minütlich|minuetlich|every minute)$", "minutely"),
    (r"^(?:vierteljährlich|vierteljaehrlich|every quarter)$", "quarterly"),
    (r"^(?:halbjährlich|halbjaehrlich|half-?yearly)$", "semiannually"),
    (r"^(?:jährlich|jaehrlich|every year)$", "yearly"),
)
_SEVERAL_CLOCKS = re.compile(r":\d+(?:,|\.\.)\d+:")
"""An event takes 18:00,20:00 for the minutes 00 and 20 of one hour, which nobody means by it."""

_RANGE = re.compile(rf"\b({'|'.join(_WEEK)})\.\.({'|'.join(_WEEK)})\b")


def _within_weeks(match: re.Match[str]) -> str:
    """Return a range of days as ranges that do not run over the week's end."""
    first, last = (_WEEK.index(name) for name in match.groups())
    return match[0] if first <= last else over_week_end(first, last)


def over_week_end(first: int, last: int) -> str:
    """Write a range of days over the week's end, Monday being 0, as two within weeks."""
    parts = [(first, 6), (0, last)]
    return ",".join(_WEEK[a] if a == b else f"{_WEEK[a]}..{_WEEK[b]}" for a, b in parts)


def plain_event(text: str) -> str:
    """Return what may be meant by what is no calendar event; it need not be one, either.

    Several times of day are no one event, so the text comes back as it is.
    """
    plain = in_24_hours(" ".join(text.split()))
    for day, words in _DAYS.items():
        plain = re.sub(rf"(?<![\w/])(?:{words})(?![\w/])\.?(?!\.)", day, plain, flags=re.IGNORECASE)
        plain = re.sub(rf"(?<![\w/])(?:{words})(?=\.\.)", day, plain, flags=re.IGNORECASE)
    for pattern, meant in _STEPS:
        plain = re.sub(pattern, meant, plain, flags=re.IGNORECASE)
    plain = _RANGE.sub(_within_weeks, plain)
    return text if _SEVERAL_CLOCKS.search(plain) else plain.strip()
