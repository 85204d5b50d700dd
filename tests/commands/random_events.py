"""Random calendar events around the edges of what systemd takes, valid ones and others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONES = {
    "UTC": ["2026-03-01"],
    "Europe/Berlin": ["2026-03-28", "2026-10-24"],
    "Europe/London": ["2026-03-28", "2026-10-24"],
    "America/New_York": ["2026-03-07", "2026-10-31"],
    "America/Sao_Paulo": ["2018-02-16", "2018-11-02"],  # midnight is skipped
    "America/Santiago": ["2026-04-03", "2026-09-04"],
    "America/Havana": ["2026-03-07", "2026-10-30"],
    "Africa/Cairo": ["2026-04-22", "2026-10-28"],
    "Asia/Beirut": ["2026-03-27", "2026-10-23"],
    "Asia/Kolkata": ["2026-12-30"],
    "Australia/Lord_Howe": ["2026-04-03", "2026-10-02"],  # half an hour
    "Pacific/Apia": ["2011-12-28", "2012-03-30"],  # a day is skipped
    "Pacific/Auckland": ["2026-04-03", "2026-09-25"],
}
"""Each with days before its clock changes."""
_ENDS = {
    "year": (1970, 2199),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
}
_DAYS = ("Mon", "tue", "WED", "Thu", "fri", "Sat", "Sun", "Monday", "wednesday", "SUNDAY")
_WHOLE = (
    "minutely",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "annually",
    "anually",
    "quarterly",
    "semiannually",
    "semi-annually",
    "biannually",
    "bi-annually",
    "Daily",
    "WEEKLY",
    "fortnightly",
    "daily ",
    " daily",
    "",
    " ",
    "7",
    "*",
    "*-*",
    "*:*",
    "@0",
    "@1780000000",
    "@ 1780000000",
    "@+1780000000",
    "@-1",
    "@-0",
    "@",
    "@1780000000 12:00",
    "Mon @1780000000",
    "@88588582097858858",
    "@1780000000 Europe/Berlin",
    "24:00",
    "00:00:60",
    "02-30",
    "*-02-29",
    "*-02~29",
    "2026~11-22",
    "~1",
    "*~*",
    "*-*~*",
    "12:30:",
    ":30",
    "12",
    "12:30:15:00",
    "2026-11-22T12:00",
    "2026-11",
    "2026- 11- 22",
    "1-2-3-4",
    "test",
    "Mon Tue",
    "12:00 Mon",
    "12:00 2026-11-22",
    "0x5:00",
    "1e1:00",
    "+5:00",
    "-5:00",
    "*-*-* 12:00 x",
)
_ZONES = (
    "UTC",
    "utc",
    "Utc",
    "Europe/Berlin",
    "europe/berlin",
    "America/New_York",
    "CET",
    "cet",
    "EST5EDT",
    "GMT",
    "gmt",
    "Etc/GMT+5",
    "Zulu",
    "posix/Europe/Paris",
    "Europe/Berln",
    "Europe",
    "Z",
    "+01:00",
    "UTC UTC",
    "Asia/Kolkata",
    "Factory",
    "Pacific/Apia",
    "America/Santiago",
)


def random_base(rng: Random, zone: str) -> datetime:
    """Return a time from which to look: often just before the zone's clock changes."""
    if rng.random() < 0.2:
        return datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(800_000_000))
    day = datetime.fromisoformat(rng.choice(ZONES[zone])).replace(tzinfo=UTC)
    at = day + timedelta(minutes=rng.randrange(2 * 24 * 60))
    # From within the second of two equal hours systemd looks on in it: what is first to it is not
    # first to the clock.
    return at if at.astimezone(ZoneInfo(zone)).fold == 0 else at + timedelta(hours=1)


def _value(rng: Random, field: str, *, is_wild: bool) -> int:
    low, high = _ENDS[field]
    if field == "year":
        years = [1969, 1970, 2010, 2199, 2200, 0, 12, 69, 70, 99, 100]
        return rng.choice(years) if is_wild else rng.randint(2011, 2030)
    edges = [low - 1, low, high, high + 1, 28, 29, 30]
    return max(0, rng.choice(edges)) if is_wild else rng.randint(low, high)


def _written(rng: Random, value: int) -> str:
    return f"{value:0{rng.choice([1, 1, 2, 2, 2, 3])}d}"


def _term(rng: Random, field: str) -> str:
    is_wild = rng.random() < 0.12
    start = _value(rng, field, is_wild=is_wild)
    text = _written(rng, start)
    kind = rng.random()
    low, high = _ENDS[field]
    if kind < 0.3:
        stop = start + rng.randint(-2 if rng.random() < 0.15 else 0, max(1, (high - low) // 3))
        text += f"..{_written(rng, max(0, stop if is_wild else min(stop, high)))}"
    if rng.random() < (0.5 if kind < 0.3 else 0.2):
        step = rng.choice([0, 1, 2, 3, 5, 7, 10, 15, high - low, high, high - start, high + 1])
        text += f"/{max(0, step)}"
    return text


def _chain(rng: Random, field: str, star: float) -> str:
    if rng.random() < star:
        return "*" + (rng.choice(["/2", ",5", "..5"]) if rng.random() < 0.04 else "")
    count = rng.choice([1, 1, 1, 1, 2, 3])
    return ",".join(_term(rng, field) for _ in range(count)) + ("," * (rng.random() < 0.01))


def _seconds(rng: Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(
            [
                "*",
                "0",
                "00.5",
                "30.25",
                "0/0.5",
                "5/7.5",
                "59.9999995",
                "59.999999",
                "0.0000004",
                "1.125..2.125",
                "1.0..3.8",
                "0.0..0.9",
                "1.",
                ".5",
                "0/20",
                "*/5",
                "58/1",
                "59/1",
                "0/0.00000001",
                "0..59/7",
                "1...3",
                "2147",
                "2148",
                "0/60",
                "0/59.999999",
                "5..3",
            ]
        )
    return _chain(rng, "minute", 0.1)


def _weekdays(rng: Random) -> str:
    terms = []
    for _ in range(rng.choice([1, 1, 2, 3])):
        term = rng.choice(_DAYS)
        if rng.random() < 0.35:
            term += rng.choice(["..", "..", "-"]) + rng.choice(_DAYS)
        terms.append(term)
    text = ",".join(terms)
    odd = ["..", "...Fri", ",", ",,Fri", "..Tue..Wed", "-", ".", "x", "nesday", ", "]
    return text + (rng.choice(odd) if rng.random() < 0.08 else "")


def _date(rng: Random) -> str:
    mark = rng.choice(["-", "-", "-", "~"])
    month = _chain(rng, "month", 0.6)
    day = _chain(rng, "day", 0.35)
    if rng.random() < 0.3:
        return f"{month}{mark}{day}"
    first = "~" if rng.random() < 0.02 else "-"
    return f"{_chain(rng, 'year', 0.75)}{first}{month}{mark}{day}"


def _clock(rng: Random) -> str:
    text = f"{_chain(rng, 'hour', 0.2)}:{_chain(rng, 'minute', 0.2)}"
    return text + (f":{_seconds(rng)}" if rng.random() < 0.4 else "")


def random_event(rng: Random) -> str:
    """Return a calendar event, or what nearly is one."""
    if rng.random() < 0.08:
        text = rng.choice(_WHOLE)
    else:
        parts = []
        if rng.random() < 0.35:
            parts.append(_weekdays(rng))
        if rng.random() < 0.6:
            parts.append(_date(rng))
        if rng.random() < 0.75 or not parts:
            parts.append(_clock(rng))
        text = rng.choice([" ", " ", " ", " ", "  "]).join(parts)
    if rng.random() < 0.15:
        text += f" {rng.choice(_ZONES)}"
    if rng.random() < 0.03:
        text = rng.choice([f" {text}", f"{text} ", text.replace(" ", "\t", 1), text.upper()])
    return text
