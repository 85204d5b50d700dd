"""Durations, sizes, rates and shares as people write them: ``30 min``, ``350 MB``, ``60 %``."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from fwsim.problems import nearest

if TYPE_CHECKING:
    import pint

_TERM = re.compile(r"([+-]?(?:\d[\d_]*\.?\d*|\.\d+))\s*([A-Za-zµ%]+(?:/[A-Za-z]+)?)\s*")
_DEFINITIONS = (
    "kilo- = 1e3 = k-",
    "mega- = 1e6 = M-",
    "giga- = 1e9 = G-",
    "tera- = 1e12 = T-",
    "kibi- = 1024 = Ki-",
    "mebi- = 1048576 = Mi-",
    "gibi- = 1073741824 = Gi-",
    "millisecond = [time] = ms",
    "second = 1000 * millisecond = s = sec",
    "minute = 60 * second = min",
    "hour = 60 * minute = h",
    "day = 24 * hour = d",
    "week = 7 * day = w",
    "byte = [information] = B",
    "bit = byte / 8",
    "percent = 0.01 = %",
)
_WORDS = {
    "[time]": (
        "a duration", "30 s, 15 min, 2 h", ("ms", "s", "min", "minutes", "h", "hours", "d", "days"),
    ),
    "[information]": ("a size", "350 MB, 1.2 GB", ("B", "kB", "MB", "GB", "MiB", "GiB")),
    "[information] / [time]": (
        "a rate", "20 Mbit/s, 3.2 MB/s",
        ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "kB/s", "MB/s", "GB/s"),
    ),
    "dimensionless": ("a share", "60 %, 0.6", ("%",)),
}  # fmt: skip
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{0,18})?|\.\d{1,18}")
_MEANT = {"m": "min", "mins": "min", "M": "min"}
LONGEST_TEXT = 100


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@cache
def _unit(name: str) -> tuple[Fraction, str] | None:
    """Return how many base units (ms, byte, byte/ms) a unit is, and its dimension."""
    import pint

    registry = _registry()
    try:
        quantity = registry.Quantity(1, registry.parse_units(name)).to_base_units()
    except (pint.errors.PintError, AttributeError, ValueError):
        return None
    return Fraction(quantity.magnitude).limit_denominator(10**12), str(quantity.dimensionality)


def _read(text: str, dimension: str) -> Fraction:
    noun, examples, units = _WORDS[dimension]
    expected = f"{text!r} is not {noun}; write for example {examples}"
    total, end = Fraction(0), 0
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise ValueError(f"{stripped[:20]!r}… is not {noun}; write for example {examples}")
    while match := _TERM.match(stripped, end):
        number, name = match.groups()
        unit = _unit(name)
        if unit is None:
            raise ValueError(
                f"{expected}; {name!r} is no unit{nearest(_MEANT.get(name, name), units)}"
            )
        factor, found = unit
        if found != dimension:
            other = _WORDS.get(found, ("another quantity",))[0]
            raise ValueError(f"{expected}; {name!r} is the unit of {other}")
        total += Fraction(number.replace("_", "")) * factor
        end = match.end()
    if end == 0 or end != len(stripped):
        raise ValueError(expected)
    return total


def read_duration(text: str) -> int:
    """Return whole milliseconds for a text such as ``1 h 30 min``.

    Raises
    ------
    ValueError
        If it is no duration, or negative.
    """
    duration = _read(text, "[time]")
    if duration < 0:
        raise ValueError(f"{text!r} is negative; a duration is 0 s or more")
    return round(duration)


def read_size(text: str) -> int:
    """Return whole bytes for a text such as ``350 MB`` (1 MB = 1,000,000 bytes)."""
    size = _read(text, "[information]")
    if size < 0:
        raise ValueError(f"{text!r} is negative; a size is 0 B or more")
    return round(size)


def read_rate(text: str) -> int:
    """Return whole bytes per second for a text such as ``20 Mbit/s``."""
    rate = _read(text, "[information] / [time]") * 1000
    if rate < 0:
        raise ValueError(f"{text!r} is negative; a rate is 0 bit/s or more")
    return round(rate)


def read_share(text: str) -> float:
    """Return a number from 0 to 1 for a text such as ``60 %`` or ``0.6``."""
    plain = _PLAIN_NUMBER.fullmatch(text.strip())
    share = Fraction(plain[0]) if plain else _read(text, "dimensionless")
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is out of range; a share is 0 % to 100 %")
    return float(share)


def _write(value: int, scale: tuple[tuple[int, str], ...]) -> str:
    for factor, unit in scale:
        if value and value % factor == 0:
            return f"{value // factor} {unit}"
    return f"{value} {scale[-1][1]}"


def write_duration(milliseconds: int) -> str:
    """Return the shortest text that reads back as the same duration."""
    return _write(
        milliseconds,
        ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")),
    )


def _write_decimal(value: int, scale: tuple[tuple[int, str], ...]) -> str:
    for factor, unit in scale:
        if value >= factor and value * 1000 % factor == 0:
            whole, thousandths = divmod(value * 1000 // factor, 1000)
            return f"{whole}.{thousandths:03d}".rstrip("0").rstrip(".") + f" {unit}"
    return f"{value} {scale[-1][1]}"


def write_size(size: int) -> str:
    """Return the shortest text that reads back as the same size."""
    return _write_decimal(size, ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"), (1, "B")))


def write_rate(rate: int) -> str:
    """Return the shortest text that reads back as the same rate in bytes per second."""
    scale = ((10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s"), (1, "bit/s"))
    return _write_decimal(8 * rate, scale)


def write_share(share: float) -> str:
    """Return a share in per cent that reads back as the same number."""
    percent = Fraction(str(share)) * 100
    return f"{percent.numerator} %" if percent.denominator == 1 else f"{float(percent)} %"
