"""Times of the week, as in ``mon-fri 08:00-17:30, sat 08:00-12:00``, on a wall clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fwsim.commands.schedule import Weekday, on_the_clock
from fwsim.fleet.spans import MILLISECOND, Spans, Stretch, merged, spans_of, without
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.slips import in_24_hours
from fwsim.quantities.weekdays import WORDS

_DAYS = {day.name.lower(): day for day in Weekday}
_PART = re.compile(
    r"(?:(?P<days>[a-z,\- ]*[a-z])\s+)?(?P<start>\d\d?:\d\d)\s*-\s*(?P<end>\d\d?:\d\d)"
)
_SPLIT = re.compile(r"(?<=\d)\s*[,;]")
_SEVERAL = {
    "mon-sun": r"daily|every\s?day|all days|täglich|taeglich|jeden tag|alle tage|\*",
    "mon-fri": r"(?:every )?(?:week|work|working |business )days?|(?:werk|arbeits)tag(?:e|s)?",
    "sat-sun": r"weekends?|wochenenden?",
}
"""What several days are called."""
_AT_ALL = {
    "always": r"24 ?[/x*] ?7|7 ?[/x*] ?24|24 ?(?:h|hours|std\.?|stunden)"
    r"|around the clock|rund um die uhr|all day|all the time|immer|ganztags|true|yes|on|ja|an|ein",
    "never": r"none|nie|niemals|false|no|off|nein|aus",
}
"""What always and never are called; yes and no of YAML, too."""
_TO = re.compile(r"\s*(?:\.\.\.?|…|\b(?:to|bis|through|thru)\b)\s*")
_AND = re.compile(r"\s*(?:[+&]|\b(?:and|und)\b)\s*")
_DAY = "|".join(_DAYS)
_ONE = rf"(?:{_DAY}|[12]?[0-9]|3[01])"
_TERM = re.compile(rf"{_ONE}(?:\s*-\s*{_ONE})?")
DASHES = "‐‑‒–—−"
"""What a word processor makes of a hyphen."""
HYPHENS = str.maketrans(dict.fromkeys(DASHES, "-"))
_CLOCK = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)(?!\d)"
_OVER_DAYS = re.compile(
    rf"(?P<first>{_DAY}) (?P<start>{_CLOCK}) ?- ?(?P<last>{_DAY}) (?P<end>{_CLOCK})"
)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch that comes back on some weekdays.

    Parameters
    ----------
    days
        The weekdays on which it starts.
    start, end
        Minutes after midnight, wall clock; an end not after the start lies on the next day.
    """

    days: tuple[Weekday, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Week:
    """A pattern that repeats every week; without windows it is never.

    Parameters
    ----------
    windows
        May overlap.
    text
        As it was written.
    days_off
        When it does not hold, whatever the weekday.
    """

    windows: tuple[Window, ...]
    text: str
    days_off: tuple[Stretch, ...] = ()

    @property
    def is_always(self) -> bool:
        """Whether every minute of every week belongs to it."""
        return self.text == "always" and not self.days_off


ALWAYS = Week((Window(tuple(Weekday), 0, DAY_MINUTES),), "always")
NEVER = Week((), "never")


def _folded(text: str) -> str:
    """Return a text in small letters, with plain hyphens and one blank between its words."""
    return " ".join(text.lower().translate(HYPHENS).split())


def _minutes(clock: str, text: str) -> int:
    hour, minute = (int(part) for part in clock.split(":"))
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise ValueError(say("value.no_clock_of_week", clock=clock, text=text))
    return hour * 60 + minute


def day_meant(name: str) -> str:
    """Return ``"; did you mean 'tue'?"`` for what is no weekday here, or an empty string."""
    folded = name.strip().lower()
    for number, words in enumerate(WORDS):
        if folded in words:
            return say("near.meant", name=Weekday(number).name.lower())
    return nearest(folded, _DAYS)


def _plain_days(folded: str) -> str:
    """Return a text in which days are called as they are here: *Mo bis Fr* is ``mon-fri``."""
    text = _AND.sub(", ", _TO.sub("-", folded))
    for name, several in _SEVERAL.items():
        text = re.sub(rf"(?<!\w)(?:{several})(?!\w)", name, text)
    for day, words in zip(_DAYS, WORDS, strict=True):
        text = re.sub(rf"\b(?:{'|'.join(words)})\b\.?", day, text)
    return text


def german_days(text: str) -> str:
    """Return times of the week with their days in English, with hours; empty if they have none.

    Of *Mo-Fr* alone ``mon-fri 08:00-18:00``, as an example of hours.
    """
    folded = re.sub(r"^(?:in|on|am|an|um|von|from)\s+", "", _folded(text))
    plain = _plain_days(folded)
    for times in (plain, f"{plain} 08:00-18:00") if plain != folded else ():
        try:
            return read_week(times).text
        except ValueError:
            continue
    return ""


def days_meant(text: str) -> str:
    """Return ``"; did you mean 'mon-fri'?"`` for what is nearly a few days, or an empty string."""
    folded = _folded(text)
    plain = re.sub(r"\b([0-9]+)(?:st|nd|rd|th|\.)(?!\w)", r"\1", _plain_days(folded))
    terms = [term.strip() for term in re.split(r"[,;]|(?<=[a-z]) (?=[a-z])", plain)]
    meant = ", ".join(terms)
    if meant == re.sub(r"\s*,\s*", ", ", folded):
        return ""
    return say("near.meant", name=meant) if all(map(_TERM.fullmatch, terms)) else ""


def _day(name: str, text: str) -> Weekday:
    if name not in _DAYS:
        near = _slip(_folded(text)) or day_meant(name)
        raise ValueError(say("value.no_weekday_of_week", name=name, text=text, near=near))
    return _DAYS[name]


def _slip(folded: str) -> str:
    """Return ``"; did you mean 'mon-fri 08:00-18:00'?"`` for times that are nearly such."""
    for name, words in _AT_ALL.items():
        if re.fullmatch(words, folded):
            return say("near.meant", name=name)
    text = in_24_hours(folded)
    text = re.sub(r"\s*\b(?:uhr|h)\b|\b(?:von|from)\s+", "", text)
    text = re.sub(r"(?<=[a-z]):(?=\s)", "", _plain_days(text))
    text = re.sub(r"(?<!\d)([01]\d|2[0-4])([0-5]\d)(?!\d)", r"\1:\2", text)
    text = re.sub(r"(?<=\d)[.h](?=\d\d\b)", ":", text)
    text = re.sub(r"(?<![\d:])([01]?\d|2[0-4])(?![\d:])", r"\1:00", text)
    each_day = _OVER_DAYS.sub(_on_each_day, text)
    text = _OVER_DAYS.sub(_day_by_day, text)
    parts = [_PART.fullmatch(part.strip()) for part in _SPLIT.split(text)]
    is_one = text != folded and all(part and _are_days(part["days"] or "daily") for part in parts)
    if is_one and each_day != text:
        return say("near.each_day_or_all", each=each_day, whole=text)
    return say("near.meant", name=text) if is_one else ""


def _on_each_day(stretch: re.Match[str]) -> str:
    """Return what may be meant as the same times on each of several days, if it may."""
    first, last, start, end = (stretch[name] for name in ("first", "last", "start", "end"))
    is_within = first != last and start.zfill(5) < end.zfill(5)
    return f"{first}-{last} {start}-{end}" if is_within else _day_by_day(stretch)


def _day_by_day(stretch: re.Match[str]) -> str:
    """Return what goes on over several days as one stretch a day: a week knows no other."""
    first, last = (_DAYS[stretch[name]] for name in ("first", "last"))
    start, end = stretch["start"], stretch["end"]
    if first == last:
        # Nearly a week, of which start-end would be the rest.
        is_within = start.zfill(5) < end.zfill(5)
        return f"{stretch['first']} {start}-{end}" if is_within else stretch[0]
    between = [Weekday((first + day) % 7).name.lower() for day in range(1, (last - first) % 7)]
    parts = [] if start == "24:00" else [f"{stretch['first']} {start}-24:00"]
    if between:
        parts.append(f"{'-'.join(dict.fromkeys([between[0], between[-1]]))} 00:00-24:00")
    if end.strip("0:"):
        parts.append(f"{stretch['last']} 00:00-{end}")
    return ", ".join(parts)


def _are_days(names: str) -> bool:
    return names == "daily" or all(name.strip() in _DAYS for name in re.split("[,-]", names))


def _days(names: str | None, text: str) -> tuple[Weekday, ...]:
    if not names or names.strip() == "daily":
        return tuple(Weekday)
    days: set[Weekday] = set()
    for term in names.split(","):
        first, *rest = (_day(name.strip(), text) for name in term.split("-"))
        last = rest[-1] if rest else first
        days.update(Weekday((first + i) % 7) for i in range((last - first) % 7 + 1))
    return tuple(sorted(days))


@lru_cache(maxsize=1024)
def read_week(text: str) -> Week:
    """Return the pattern a person wrote; a dash does for a hyphen.

    Raises
    ------
    ValueError
        If it is no pattern; says what was read and gives an example.
    """
    folded = _folded(text)
    if folded in {"always", "never"}:
        return ALWAYS if folded == "always" else NEVER
    windows = []
    for part in _SPLIT.split(folded):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise ValueError(say("value.no_week", text=text, near=_slip(folded)))
        start, end = _minutes(match["start"], text), _minutes(match["end"], text)
        if start == end:
            raise ValueError(say("value.no_length", text=part.strip()))
        windows.append(Window(_days(match["days"], text), start, end))
    return Week(tuple(windows), folded)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    later, rest = divmod(minute, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=later), time(rest // 60, rest % 60))
    return on_the_clock(wall, zone)


def intervals(week: Week, zone: ZoneInfo, start: datetime, end: datetime) -> Spans:
    """Return when the pattern holds, as (from, to) in milliseconds after `start`.

    Parameters
    ----------
    week
        The pattern.
    zone
        Whose wall clock it is written for.
    start, end
        Aware; intervals are cut to lie between them.

    Returns
    -------
    list of (int, int)
        Sorted, disjoint, not touching.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # so that differences are of instants
    if week.is_always:
        return [(0, round((end - start) / MILLISECOND))]
    spans: list[tuple[datetime, datetime]] = []
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = end.astimezone(zone).date()
    while day <= last:
        for window in week.windows:
            if Weekday(day.weekday()) in window.days:
                until = window.end if window.end > window.start else window.end + DAY_MINUTES
                spans.append((_instant(day, window.start, zone), _instant(day, until, zone)))
        day += timedelta(days=1)
    holds: Spans = []
    for since, until_instant in spans:
        a = max(0, round((since - start) / MILLISECOND))
        b = round((min(until_instant, end) - start) / MILLISECOND)
        if a < b:
            holds.append((a, b))
    return without(merged(holds), _closed(week, zone, start, end))


def _closed(week: Week, zone: ZoneInfo, start: datetime, end: datetime) -> Spans:
    """Return the days off between two moments, in milliseconds after the first."""
    length = round((end - start) / MILLISECOND)
    days = spans_of(week.days_off, zone, start)
    return merged([(first, last) for first, last in days if last > 0 and first < length])
