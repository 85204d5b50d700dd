"""Calendar events held against systemd-analyze, which fwsim did not write."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

import pytest

from fwsim.commands.calendar_event import CalendarEvent, elapses
from fwsim.commands.calendar_reading import clock_names, read_calendar_event
from tests.commands import systemd
from tests.commands.random_events import ZONES, random_base, random_event
from tests.commands.systemd_table import REFUSED, TAKEN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(systemd.PROGRAM is None, reason="systemd-analyze is not on this machine"),
]
EVENTS, BATCH, TIMES, SEED = 2000, 25, 5, 20261125
FINE = {
    "same": "the same normal form and times",
    "refused": "by both",
    "lost": "systemd gets lost behind an open repetition (`repeats_openly`)",
    "second": "systemd takes the second of two equal times where its search jumps to a midnight",
}
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
END = datetime(2201, 1, 1, tzinfo=UTC)


def read(text: str, clocks: tuple[str, ...]) -> CalendarEvent | None:
    try:
        return read_calendar_event(text, clocks)
    except ValueError:
        return None


def test_its_own_table_is_what_it_says_here():
    found = systemd.verdicts([*TAKEN, *REFUSED], "UTC", NOON, 1)
    assert {text: verdict.normal for text, verdict in found.items() if verdict} == TAKEN


def clock_stays(zone: ZoneInfo, base: datetime) -> datetime:
    """Return until when a clock is called what it is called at a time, to a quarter of an hour."""
    name = base.astimezone(zone).tzname()
    quarters = (base + timedelta(minutes=15 * n) for n in range(400 * 96))
    return next((at for at in quarters if at.astimezone(zone).tzname() != name), END)


def repeats_openly(event: CalendarEvent) -> bool:
    """Tell whether days, months or hours repeat without an end.

    There systemd 252 looks beyond the end of the month or day, and loses what comes first in the
    next one when the month, the year or the offset changes with it.
    """
    return any(t.step and t.stop is None for t in (*event.months, *event.days, *event.hours))


def compared(text: str, zone: str, base: datetime, verdict: systemd.Verdict | None) -> str:
    """Return how an event compares; what is no word of `FINE` says what differs."""
    where = ZoneInfo(zone)
    event = read(text, clock_names(where, base))
    if event is None or verdict is None:
        return "refused" if event is verdict else f"taken by {'fwsim' if event else 'systemd'} only"
    if verdict.times is None:
        return "lost" if repeats_openly(event) else "systemd gets lost"
    if systemd.normal_form(event) != verdict.normal:
        return f"{systemd.normal_form(event)}, not {verdict.normal}"
    # Where an event names one of the clock's names systemd's search ends when the name changes.
    until = clock_stays(where, base) if event.clock else END
    theirs = [at for at in verdict.times if at < until]
    later = elapses(event, where, base + timedelta(microseconds=1), until)
    whole = (at.replace(microsecond=0) for at in later)
    ours = list(islice(whole, TIMES))
    if ours == theirs:
        return "same"
    walls = [
        [at.astimezone(where).replace(tzinfo=None) for at in times] for times in (ours, theirs)
    ]
    if walls[0] == walls[1]:
        return "second"
    missed = [at for at in theirs if at not in ours and at <= max(ours, default=until)]
    return "lost" if repeats_openly(event) and not missed else f"{ours}, not {theirs}"


def test_random_events_are_what_they_are_to_systemd():
    rng = Random(SEED)  # noqa: S311
    told: Counter[str] = Counter()
    differences = []
    for number in range(EVENTS // BATCH):
        zone = list(ZONES)[number % len(ZONES)]
        base = random_base(rng, zone)
        texts = {random_event(rng): None for _ in range(BATCH)}
        while len(texts) < BATCH:
            texts[random_event(rng)] = None
        found = systemd.verdicts([*texts], zone, base, TIMES)
        for text in texts:
            word = compared(text, zone, base, found[text])
            if word not in FINE:
                differences.append((text, zone, base.isoformat(), word))
            told[word] += 1
    print(f"tried {EVENTS}: {dict(told)}; differences {len(differences)}")  # noqa: T201
    assert not differences
    assert min(told["same"], told["refused"]) > EVENTS // 4
    assert told["lost"] + told["second"] < EVENTS // 100
