"""A plan as a calendar file (iCalendar, RFC 5545): a window for each wave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from fwsim.measures.amounts import counted
from fwsim.planning.waves import USUAL_END, WORST, Wave, WaveEnd
from fwsim.rollout import Rollout

A_YEAR = timedelta(days=366)
SHORTEST = timedelta(minutes=15)
"""Of an entry, so that it can be seen and clicked."""


def calendar(rollout: Rollout, waves: Sequence[tuple[Wave, WaveEnd]], promise: str) -> bytes:
    """Return the calendar of a plan.

    Parameters
    ----------
    rollout
        The plan.
    waves
        Each with its end.
    promise
        How often the plan keeps its limits, in words; stands in every entry.
    """
    from icalendar import Calendar, Event

    scenario = rollout.scenario
    book = Calendar()
    book.add("prodid", "-//fwsim//rollout plan//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", scenario.name)
    name = hashlib.sha256(scenario.digest().encode()).hexdigest()[:16]
    for wave, end in waves:
        entry = Event()
        entry.add("uid", f"{name}-{wave.number}@fwsim")
        entry.add("dtstamp", rollout.start)  # the same plan is the same file, byte for byte
        start = wave.start.replace(tzinfo=rollout.zone)
        entry.add("dtstart", start)
        entry.add("dtend", max(_at(rollout, end.expected) or start, start + SHORTEST))
        kind = "Delivery" if wave.is_delivery else "Update"
        entry.add("summary", f"{kind}, wave {wave.number}: {counted(wave.devices, 'device')}")
        entry.add("description", "\n".join([*_ends(rollout, wave, end), promise]))
        entry.add("categories", [scenario.name])
        entry.add("transp", "TRANSPARENT")
        book.add_component(entry)
    first, last = rollout.start - A_YEAR, rollout.start + A_YEAR
    book.add_missing_timezones(first.date(), last.date())
    return bytes(book.to_ical())


def _at(rollout: Rollout, milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else rollout.local_time(milliseconds)


def _ends(rollout: Rollout, wave: Wave, end: WaveEnd) -> list[str]:
    if wave.is_delivery:
        return ["Packages are delivered; nobody is asked."]
    expected, worst = _at(rollout, end.expected), _at(rollout, end.worst)
    if expected is None or worst is None:
        return ["In most runs no device is successful."]
    return [
        f"Expected end: {expected:%a %Y-%m-%d %H:%M}, when {100 * USUAL_END:g} % of the devices "
        "that will be successful are (median of the runs).",
        f"Worst case: {worst:%a %Y-%m-%d %H:%M}, when the last one is, in {100 * WORST:g} % of "
        "the runs.",
    ]
