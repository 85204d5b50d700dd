"""Values that are typed or picked: how each is read and written, and the usual ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fwsim.commands.command import LONGEST_DEVICES_WAIT_MS, LONGEST_NOTICE_SECONDS
from fwsim.messages import localised, say
from fwsim.quantities.units import read_duration, write_duration

SECOND, MINUTE = 1000, 60_000
UNTIL_ANSWERED = "until answered"
LONGEST_NOTICE = LONGEST_NOTICE_SECONDS
"""Seconds."""
LONGEST_WAIT = LONGEST_DEVICES_WAIT_MS
"""Milliseconds from one device to the next."""
LONGEST = 42
"""Characters of what was typed that are told back."""
MOST_DEFERMENTS = 100
MOST_RUNS = 100_000

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class Entry:
    """A kind of value in a field.

    Parameters
    ----------
    read
        From what is typed to the value; raises a `ValueError` that says what is expected.
    write
        From the value to what is shown.
    stops
        The usual values, ascending: what a slider stops at.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    stops: tuple[Any, ...] = ()


def _wrong(name: str, text: str, expected: str, **more: str) -> ValueError:
    return ValueError(say(f"entry.{name}", text=text[:LONGEST], expected=expected, **more))


def _whole(text: str, noun: str, least: int, most: int) -> int:
    """Read a whole number of something within bounds."""
    plain = "".join(text.split())
    if _GROUPED.fullmatch(plain) and localised(",") == ",":
        plain = plain.replace(",", "")
    last = localised(f"{most:,}")
    expected = say("entry.whole", noun=say(f"entry.of.{noun}"), first=least, last=last)
    if not _NUMBER.fullmatch(plain):
        raise _wrong("no_number", repr(text.strip()[:40]), expected)
    if plain.startswith("-") and least >= 0:
        raise _wrong("negative", plain, expected)
    if not plain.lstrip("+-").isdecimal() or not least <= int(plain) <= most:
        raise _wrong("out_of_range", plain, expected)
    return int(plain)


def _span(text: str, unit: int, most: int, *, one: str) -> int:
    """Read a duration, or a plain number of units, as milliseconds up to `most`."""
    plain = text.strip()
    example = say("entry.span", most=write_duration(most))
    not_whole = _wrong("not_whole", plain, example, noun=say(f"entry.of.{one}"))
    if plain.startswith(("-", "−")):
        raise _wrong("negative", plain, example)
    if _NUMBER.fullmatch(plain):
        if not plain.lstrip("+").isdecimal():
            raise not_whole
        duration = int(plain) * unit
    else:
        duration = read_duration(plain)
    if duration > most:
        raise _wrong("too_long", plain, example)
    if duration % unit:
        raise not_whole
    return duration


def _read_notice(text: str) -> int:
    spoken = (UNTIL_ANSWERED, say("front.until_answered"))
    if text.strip().casefold() in {word.casefold() for word in spoken}:
        return 0
    return _span(text, SECOND, LONGEST_NOTICE * SECOND, one="seconds") // SECOND


def _write_notice(seconds: int) -> str:
    return write_duration(seconds * SECOND) if seconds else say("front.until_answered")


def _read_share(text: str) -> float:
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    expected = say("entry.share")
    if not _NUMBER.fullmatch(plain):
        raise _wrong("no_share", repr(text.strip()[:40]), expected)
    if not 0 < float(plain) <= 100:
        raise _wrong("out_of_range", text.strip(), expected)
    return float(plain) / 100


def count(noun: str, least: int, most: int) -> Entry:
    """Return the entry for a whole number of something."""
    return Entry(lambda text: _whole(text, noun, least, most), str)


WAIT = Entry(
    lambda text: _span(text, 1, LONGEST_WAIT, one="milliseconds"),
    write_duration,
    (
        0,
        50,
        100,
        200,
        500,
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
    ),
)
NOTICE = Entry(
    _read_notice,
    _write_notice,
    (0, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 7200, 14_400, 28_800, 86_400),
)
SECONDS = Entry(_read_notice, str)
"""A notice in the console's dialog: seconds, 0 keeps it."""
DEFERMENTS = Entry(
    lambda text: _whole(text, "deferments", 0, MOST_DEFERMENTS),
    str,
    (*range(11), 15, 20),
)
SHARE = Entry(
    _read_share,
    lambda share: localised(f"{100 * share:.6g} %"),
    (0.01, 0.02, *(step / 20 for step in range(1, 21))),
)
RUNS = count("runs", 1, MOST_RUNS)
