"""Values that are typed or picked: how each is read and written, and the stops of its slider."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fwsim.commands.command import LONGEST_DEVICES_WAIT_MS, LONGEST_NOTICE_SECONDS
from fwsim.quantities.units import read_duration, write_duration

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
AS_WRITTEN = "as written"
UNTIL_ANSWERED = "until answered"
LONGEST_NOTICE = LONGEST_NOTICE_SECONDS
"""Seconds."""
LONGEST_WAIT = LONGEST_DEVICES_WAIT_MS
"""Milliseconds from one device to the next."""
MOST_DEFERMENTS = 100
MOST_RUNS = 100_000
EARLIEST, LATEST = -168 * HOUR, 168 * HOUR

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_SHIFT = re.compile(r"([+-]?)(.+?)(?:\s+(later|earlier))?", re.IGNORECASE)


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
        What a slider stops at, ascending; None stands for *as written*.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    stops: tuple[Any, ...] = ()


def _whole(text: str, noun: str, least: int, most: int) -> int:
    """Read a whole number of something within bounds."""
    plain = text.strip().replace(" ", "")
    expected = f"expected a whole number of {noun} from {least:,} to {most:,}"
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{text.strip()[:40]!r} is no number; {expected}")
    if plain.startswith("-") and least >= 0:
        raise ValueError(f"{plain} is negative; {expected}")
    if not plain.lstrip("+-").isdecimal() or not least <= int(plain) <= most:
        raise ValueError(f"{plain[:40]} is out of range; {expected}")
    return int(plain)


def _span(text: str, unit: int, most: int, *, one: str) -> int:
    """Read a duration, or a plain number of units, as milliseconds up to `most`."""
    plain = text.strip()
    example = f"expected 0 to {write_duration(most)}, such as 300, 30 s or 5 min"
    if plain.startswith(("-", "−")):
        raise ValueError(f"{plain[:40]} is negative; {example}")
    if _NUMBER.fullmatch(plain):
        if not plain.lstrip("+").isdecimal():
            raise ValueError(f"{plain[:40]} is no whole number of {one}; {example}")
        duration = int(plain) * unit
    else:
        duration = read_duration(plain)
    if duration > most:
        raise ValueError(f"{plain[:40]} is too long; {example}")
    if duration % unit:
        raise ValueError(f"{plain[:40]} is no whole number of {one}; {example}")
    return duration


def _read_notice(text: str) -> int:
    if text.strip().casefold() == UNTIL_ANSWERED:
        return 0
    return _span(text, SECOND, LONGEST_NOTICE * SECOND, one="seconds") // SECOND


def _write_notice(seconds: int) -> str:
    return write_duration(seconds * SECOND) if seconds else UNTIL_ANSWERED


def _read_share(text: str) -> float:
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    expected = "expected more than 0 % and at most 100 %, such as 60 %"
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{text.strip()[:40]!r} is no share; {expected}")
    if not 0 < float(plain) <= 100:
        raise ValueError(f"{text.strip()[:40]} is out of range; {expected}")
    return float(plain) / 100


def _read_shift(text: str) -> int:
    plain = text.strip().replace("−", "-")
    if plain.casefold() in {AS_WRITTEN, "", "0"}:
        return 0
    match = _SHIFT.fullmatch(plain)
    sign, amount, way = match.groups() if match else ("", plain, None)
    if sign == "-" and way:
        raise ValueError(f"{plain[:40]}: a sign or a word, not both; such as -30 min, 2 h earlier")
    hours = amount.replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", hours):
        shift = round(float(hours) * HOUR) if len(hours) <= 10 else LATEST + 1
    else:
        shift = read_duration(amount)
    shift = -shift if sign == "-" or (way or "").casefold() == "earlier" else shift
    if not EARLIEST <= shift <= LATEST:
        raise ValueError(f"{plain[:40]} is too far; expected at most 7 d earlier or later")
    return shift


def _write_shift(milliseconds: int) -> str:
    if not milliseconds:
        return AS_WRITTEN
    return f"{write_duration(abs(milliseconds))} {'later' if milliseconds > 0 else 'earlier'}"


def _or_as_written(entry: Entry) -> Entry:
    """Return an entry that may also leave what the commands say: None."""
    return Entry(
        lambda text: None if text.strip().casefold() in {AS_WRITTEN, ""} else entry.read(text),
        lambda value: AS_WRITTEN if value is None else entry.write(value),
        (None, *entry.stops),
    )


def without_slider(entry: Entry, write: Callable[[Any], str] | None = None) -> Entry:
    """Return an entry without stops, by default written as before."""
    return Entry(entry.read, write or entry.write)


def count(noun: str, least: int, most: int) -> Entry:
    """Return the entry for a whole number of something."""
    return Entry(lambda text: _whole(text, noun, least, most), str)


SHIFT = Entry(
    _read_shift,
    _write_shift,
    tuple(
        round(hours * HOUR)
        for hours in (
            -24,
            -18,
            -12,
            -8,
            -6,
            -5,
            -4,
            -3,
            -2.5,
            -2,
            -1.5,
            -1,
            -0.5,
            -0.25,
            0,
            0.25,
            0.5,
            1,
            1.5,
            2,
            2.5,
            3,
            4,
            5,
            6,
            8,
            12,
            18,
            24,
            48,
            72,
        )
    ),
)
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
    lambda share: f"{100 * share:.6g} %",
    (0.01, 0.02, *(step / 20 for step in range(1, 21))),
)
WAIT_OR_AS_WRITTEN, NOTICE_OR_AS_WRITTEN, DEFERMENTS_OR_AS_WRITTEN = (
    _or_as_written(entry) for entry in (WAIT, NOTICE, DEFERMENTS)
)
RUNS = count("runs", 1, MOST_RUNS)
