"""Slips of the pen in a number with its unit, and what it should have read."""

from __future__ import annotations

import re
from collections.abc import Callable

from fwsim.messages import say
from fwsim.quantities.unit_hints import SHARE, TIME

_COMMA = re.compile(r"\d+,\d+(?!\d*,)")
_UNCLEAR = re.compile(
    r"(?P<whole>[1-9]\d{0,2})(?P<mark>[.,])(?P<rest>\d{3})(?P<unit>\s*[^\d\s.,'’_].*)?"
)
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:([.,'’\s])\d{3})(?:\2\d{3})*)(?![\d.,'’_])(.*)")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d)")
_UNFINISHED = re.compile(r"(.*\d\s*)(?:h|std|hours?)\s*([0-5]?\d)", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<min>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
"""ISO 8601, in which months and years have no length."""
_IN_HALVES = re.compile(
    r"(?<![\d:.])(0?[1-9]|1[0-2])(?:[:.]([0-5]\d))?\s?([ap])\.?m\b\.?", re.IGNORECASE
)
_EXPONENT = re.compile(r"[\d.]+[eE][-+]?\d+")


def two_readings(text: str) -> tuple[str, str] | None:
    """Return both numbers that ``1.000 MB`` may be, plainly written; None if it is one only.

    In some countries the mark separates the decimals, in others the thousands. Behind a point
    nobody writes decimals that end in 0, and ``1.544 Mbit/s`` is the rate of a line.
    """
    match = _UNCLEAR.fullmatch(text.strip())
    if match is None or (match["mark"] == "." and match["rest"][-1] != "0"):
        return None
    return both_readings(text)


def both_readings(text: str) -> tuple[str, str] | None:
    """Return both numbers that ``1.536 MB`` is to two people; None if it has no such mark."""
    match = _UNCLEAR.fullmatch(text.strip())
    if match is None:
        return None
    whole, rest, unit = match["whole"], match["rest"], match["unit"] or ""
    # Four digits are decimals wherever one lives.
    decimals = f"{rest}0" if rest[-1] != "0" else rest.rstrip("0")
    return f"{whole}.{decimals}{unit}" if decimals else f"{whole}{unit}", f"{whole}{rest}{unit}"


def with_plain_point(text: str) -> str:
    """Return ``1.024 MB`` so that it can be one number only, where a point is of decimals."""
    readings = two_readings(text) if "." in text else None
    return readings[0] if readings else text


def without_marks(text: str) -> str | None:
    """Return a number without the marks between its thousands; None if it has none."""
    match = _GROUPED.fullmatch(text.strip())
    return re.sub(r"\D", "", match[1]) + match[3] if match else None


def slip_in(text: str, dimension: str, hint_at: Callable[[str], str]) -> str:
    """Return ``"; did you mean '60 %'?"`` for a text that is nearly one, or an empty string.

    Parameters
    ----------
    text
        What was read.
    dimension
        What was expected.
    hint_at
        Returns what is said of a text whose number is right: that it was meant, or that it is wrong
        all the same.
    """
    if _EXPONENT.match(text):
        return say("near.exponent")
    plain = without_marks(text)
    if plain is not None and dimension != SHARE and two_readings(text) is None:
        return hint_at(plain)
    if _COMMA.search(text):
        if "." in text:
            return say("near.thousands")
        return hint_at(text.replace(",", "."))
    once = _as_duration(text) if dimension == TIME else text
    once = _told_once(text, dimension) if once == text else once
    return hint_at(once) if once != text else ""


def _as_duration(text: str) -> str:
    """Return ``1:30``, ``1 h 30`` and ``PT1H30M`` as a duration, any other text as it is."""
    if iso := _ISO.fullmatch(text):
        given = iso.groupdict().items()
        return " ".join(f"{number} {unit}" for unit, number in given if number) or text
    match = _CLOCK.fullmatch(text) or _UNFINISHED.fullmatch(text)
    return f"{match[1].strip()} h {match[2]} min" if match else text


def _told_once(text: str, dimension: str) -> str:
    """Return the text with a unit that stands twice, or before its number, where it belongs."""
    if dimension == SHARE:
        number = re.sub(r"[%\s]+", "", text)
        return f"{number} %" if re.fullmatch(r"[\d.]+", number) and "%" in text else text
    once = re.sub(r"(?<=[\w])\s*(\b[^\W\d]+)(\s+\1)+$", r" \1", text)
    return re.sub(r"(/\w+)(\1)+$", r"\1", once)


def in_24_hours(text: str) -> str:
    """Return a text with 8am in it as 8:00, and 5pm as 17:00."""
    return _IN_HALVES.sub(_clock_of_half, text)


def _clock_of_half(clock: re.Match[str]) -> str:
    hour, minute, half = clock.groups()
    return f"{int(hour) % 12 + (12 if half in 'pP' else 0)}:{minute or '00'}"


_YES_AND_NO = {
    **dict.fromkeys(("on", "y", "ja", "an", "wahr", "ein"), "true"),
    **dict.fromkeys(("off", "n", "nein", "aus", "falsch"), "false"),
}
"""What people write for true and false."""


def truth_meant(text: object) -> str:
    """Return ``"; did you mean true?"`` for *ja*, *on* or *wahr*, or an empty string."""
    meant = _YES_AND_NO.get(text.casefold()) if isinstance(text, str) else None
    return say("near.meant_plain", name=meant) if meant else ""
