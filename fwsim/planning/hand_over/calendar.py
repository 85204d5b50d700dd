"""A plan as a calendar file (iCalendar, RFC 5545): a window for each wave."""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from fwsim.measures.amounts import counted
from fwsim.messages import say
from fwsim.model.rollout import Rollout
from fwsim.optional import needed
from fwsim.planning.hand_over.by_hand import held_back
from fwsim.planning.waves import USUAL_END, WORST, Wave, WaveEnd, in_words
from fwsim.quantities.units import write_share
from fwsim.results.statistics.forecast import FEWEST_FOR_RANGE
from fwsim.results.statistics.in_words import minute_by

SHORTEST = 15 * 60_000
"""Milliseconds of an entry, so that it can be seen and clicked."""
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_calendar() -> None:
    """Refuse to make a calendar without icalendar.

    Raises
    ------
    InputError
        If it is not installed.
    """
    needed("icalendar", "plan", say("optional.calendar"))


def calendar(
    rollout: Rollout, waves: Sequence[tuple[Wave, WaveEnd]], promise: Sequence[str]
) -> bytes:
    """Return the calendar of a plan; times in UTC, which no change of the clocks makes unclear.

    Parameters
    ----------
    rollout
        The plan.
    waves
        Each with its end.
    promise
        How often the plan keeps its limits, in words; stands in every entry.
    """
    check_calendar()  # before icalendar is asked for
    from icalendar import Calendar, Event, vText

    scenario = rollout.scenario
    book = Calendar()
    book.add("prodid", "-//fwsim//rollout plan//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", vText(_text(scenario.name)))  # icalendar knows no type for it
    name = hashlib.sha256(scenario.name.encode()).hexdigest()[:16]
    for wave, end in waves:
        entry = Event()
        # A changed plan takes the place of the one before.
        entry.add("uid", f"{name}-{wave.name.replace(' ', '-')}@fwsim")
        entry.add("dtstamp", rollout.start)  # the same plan is the same file, byte for byte
        last = max(end.expected if end.is_reached else 0, wave.at + SHORTEST)
        entry.add("dtstart", rollout.local_time(wave.at).astimezone(UTC))
        entry.add("dtend", rollout.local_time(round(last)).astimezone(UTC))
        count = counted(len(wave.devices), "device")
        entry.add("summary", _text(f"{wave.name.capitalize()}: {wave.kind} to {count}"))
        sentences = [*held_back(scenario), *ends_in_words(rollout, wave, end)]
        sentences += promise
        entry.add("description", "\n".join(map(_text, sentences)))
        entry.add("categories", [_text(scenario.name)])
        entry.add("transp", "TRANSPARENT")
        book.add_component(entry)
    return bytes(book.to_ical())


def _text(words: str) -> str:
    """Return a line that a calendar may hold: no control characters, and nothing that ends it."""
    return "".join(" " if unicodedata.category(c) in _NO_TEXT else c for c in words)


def ends_in_words(rollout: Rollout, wave: Wave, end: WaveEnd) -> list[str]:
    """Return when a wave is over, as sentences."""
    asks = "; nobody is asked" if wave.kind == "delivery" else ""
    if not end.is_reached:
        return [f"In most runs no device is successful{asks}."]
    expected = shown(rollout, end.expected)
    low, high = (shown(rollout, t, beside=end.expected) for t in (end.low, end.high))
    zone = rollout.scenario.zone
    return [
        f"Expected end: {expected} ({low} to {high}; {zone}), when {write_share(USUAL_END)} of the "
        f"devices that will be successful are; median of {end.runs} runs and its 95 % "
        f"interval{asks}.",
        *_how_many(wave, end),
        _late(rollout, wave, end),
    ]


def _is_partial(wave: Wave, end: WaveEnd) -> bool:
    """Tell whether in some of the usual runs not all devices of a wave are successful."""
    return end.successful is not None and end.successful[0] < len(wave.devices)


def _how_many(wave: Wave, end: WaveEnd) -> Iterator[str]:
    """Yield how many devices of a wave are successful, unless all are."""
    if end.successful is not None and _is_partial(wave, end):
        low, high = end.successful
        numbers = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        devices = counted(len(wave.devices), "device")
        are = "will be successful (9 rollouts in 10)"
        if end.runs < FEWEST_FOR_RANGE:
            are = f"were successful in {counted(end.runs, 'run')}"
        yield f"Of {devices} {numbers} {are}; the others have it already or do not get it."


def _late(rollout: Rollout, wave: Wave, end: WaveEnd) -> str:
    if math.isinf(end.worst):
        rare = write_share(round(1 - WORST, 9))
        return f"In more than {rare} of the runs no device is successful."
    at = f"{shown(rollout, end.worst)} ({rollout.scenario.zone})"
    last = "the last of these" if _is_partial(wave, end) else "the last one"
    return f"In {write_share(WORST)} of the runs {last} is successful by {at}."


def shown(rollout: Rollout, milliseconds: float, beside: float | None = None) -> str:
    """Return by when something is over on the server's wall clock; infinite is *never*.

    Parameters
    ----------
    rollout
        Whose clock.
    milliseconds
        After the start.
    beside
        A time it stands beside; on the same day the day is left out.
    """
    if milliseconds == math.inf:
        return "never"
    at = _minute(rollout, milliseconds)
    is_same_day = beside is not None and _minute(rollout, beside).date() == at.date()
    return in_words(at).split(maxsplit=2)[2] if is_same_day else in_words(at)


def _minute(rollout: Rollout, milliseconds: float) -> datetime:
    return minute_by(rollout.local_time(round(milliseconds)))
