"""Durations, sizes, rates and shares as people write them: ``30 min``, ``350 MB``, ``60 %``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from fwsim.messages import say
from fwsim.quantities.counts import LARGEST_DURATION, LARGEST_RATE, LARGEST_SIZE
from fwsim.quantities.slips import both_readings, slip_in, two_readings, without_marks
from fwsim.quantities.unit_hints import RATE, SHARE, SIZE, TIME, meant, with_unit

if TYPE_CHECKING:
    import pint

_NUMBER = r"(?:[0-9]+(?:_[0-9]{3})*\.?[0-9]*|\.[0-9]+)"
_TERM = re.compile(rf"({_NUMBER})\s*(%|[A-Za-zµ]+(?:\s?/\s?[A-Za-zµ]+)?)(?![A-Za-zµ%/])\s*")
_DEFINITIONS = (
    "kilo- = 1e3 = k-",
    "mega- = 1e6 = M-",
    "giga- = 1e9 = G-",
    "tera- = 1e12 = T-",
    "peta- = 1e15 = P-",
    "exa- = 1e18 = E-",
    "kibi- = 1024 = Ki-",
    "mebi- = 1048576 = Mi-",
    "gibi- = 1073741824 = Gi-",
    "tebi- = 1099511627776 = Ti-",
    "pebi- = 1125899906842624 = Pi-",
    "exbi- = 1152921504606846976 = Ei-",
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
_UNITS = {
    TIME: ("ms", "s", "min", "minutes", "h", "hours", "d", "days"),
    SIZE: ("B", "kB", "MB", "GB", "MiB", "GiB"),
    RATE: ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "kB/s", "MB/s", "GB/s"),
    SHARE: ("%",),
}
_WRITTEN = "|".join(unit for units in _UNITS.values() for unit in units)
_BEFORE_UNIT = re.compile(rf"(?<=[0-9]) (?=(?:{_WRITTEN})(?![\w/]))")
_WITHIN_DURATION = re.compile("([0-9]\u00a0(?:d|h|min)) (?=[0-9.,]+\u00a0(?:h|min|s)(?![\\w/]))")
_NAMES = {TIME: "duration", SIZE: "size", RATE: "rate", SHARE: "share"}
"""As messages are called that are about one."""
_WITH_PREFIX = {"byte", "bit"}
_WHOLE = frozenset({"B", "byte", "bytes", "B/s", "byte/s", "bytes/s", "bit/s"})
"""Units that have no decimals, so that ``1.024 B`` is written by somebody who means thousands."""
_COUNTED_IN_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}\s*(?:k|K|M|Ki|Mi)(?:B|bit/s|B/s)")
_RATES_OF_LINES = ("Mbit/s", "MB/s", "Mibit/s", "MiB/s")
"""Such as ``1.544 Mbit/s``; a thousand times as much is no line's."""
_USUAL = {
    "ms": (Fraction(1), TIME),
    "s": (Fraction(1_000), TIME),
    "min": (Fraction(60_000), TIME),
    "h": (Fraction(3_600_000), TIME),
    "d": (Fraction(86_400_000), TIME),
    "%": (Fraction(1, 100), SHARE),
    "B": (Fraction(1), SIZE),
    "kB": (Fraction(10**3), SIZE),
    "MB": (Fraction(10**6), SIZE),
    "GB": (Fraction(10**9), SIZE),
    "kbit/s": (Fraction(1, 8), RATE),
    "Mbit/s": (Fraction(10**3, 8), RATE),
    "Gbit/s": (Fraction(10**6, 8), RATE),
    "MB/s": (Fraction(10**3), RATE),
}
"""What pint says of the units that nearly all files name: to import it takes half a second."""
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{0,18})?|\.\d{1,18}")
_IN_DOUBT = {"kB", "MB", "kbit/s"}
"""Units in which ``1.536`` may be read as a thousand."""
LONGEST_TEXT = 100
TOLERANCE = Fraction(1, 10**9)
"""By how much shares may miss 100 % for want of digits."""


@cache
def _registry() -> pint.UnitRegistry[float]:
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(None)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


def _is_plain(name: str) -> bool:
    """Tell whether a name is one unit, with a prefix only where people use one."""
    if name == "ms":
        return True
    readings = _registry().parse_unit_name(name)
    return any(not prefix or unit in _WITH_PREFIX for prefix, unit, _ in readings)


@cache
def _unit(name: str) -> tuple[Fraction, str] | None:
    """Return how many base units (ms, byte, byte/ms) a unit is, and its dimension.

    A name is one unit, or two with a stroke; pint alone would take ``%%`` and ``min**2``, too.
    """
    return _USUAL.get(name) or _by_pint(name)


def _by_pint(name: str) -> tuple[Fraction, str] | None:
    import pint

    registry = _registry()
    try:
        if not all(_is_plain(part) for part in name.replace("%", "percent").split("/")):
            return None
        quantity = registry.Quantity(1, registry.parse_units(name)).to_base_units()
    except (pint.errors.PintError, AttributeError, ValueError):
        return None
    return Fraction(quantity.magnitude).limit_denominator(10**12), str(quantity.dimensionality)


def _terms(text: str, dimension: str) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield each number of a text with its unit's factor.

    Raises
    ------
    ValueError
        If the text is not made of numbers and units of this dimension.
    """
    unsigned = text.removeprefix("-").removeprefix("+").lstrip()
    end = 0
    while match := _TERM.match(unsigned, end):
        number, name = match[1], re.sub(r"\s", "", match[2])
        unit = _unit(name)
        if unit is None:
            near = say("unit.unknown", name=name, near=meant(name, dimension, _UNITS[dimension]))
            raise _no_quantity(text, dimension, _slip(text, dimension) or near)
        factor, found = unit
        if found != dimension:
            other = say(f"unit.of_{_NAMES.get(found, 'another')}", name=name)
            near = meant(name, dimension, ()) if {found, dimension} <= {SIZE, RATE} else ""
            raise _no_quantity(text, dimension, other + near)
        if (readings := two_readings(match[0])) and _is_in_doubt(text, match[0], dimension):
            raise unclear(text, readings)
        if name in _WHOLE and match[0] == text and (plain := without_marks(text)):
            raise _no_quantity(text, dimension, say("near.meant", name=plain))
        yield Fraction(number.replace("_", "")), factor
        end = match.end()
    is_plain = dimension != SHARE and end == 0 and text == unsigned
    if is_plain and (readings := two_readings(text)):
        raise unclear(text, readings)
    if end == 0 or end != len(unsigned):
        raise _no_quantity(text, dimension, _slip(text, dimension))


def _is_in_doubt(text: str, term: str, dimension: str) -> bool:
    """Tell whether what may be two numbers may be meant as either here.

    A share of a thousand per cent is none, nor is a minute with thousands of seconds behind it;
    and what is negative is refused for that.
    """
    if text.startswith("-") or dimension == SHARE:
        return False
    return dimension != TIME or (term == text.removeprefix("+").lstrip() and "ms" not in term)


def may_be_thousands(text: str) -> tuple[str, str] | None:
    """Return both numbers that ``1.536 MB`` may be, the first as it is read; None if it is one.

    Three digits behind the point are usual in neither reading: unlike in ``2.500 MB``, they are
    taken as decimals, but a person is told.
    """
    if not _COUNTED_IN_THOUSANDS.fullmatch(text.strip()) or text.rstrip().endswith(_RATES_OF_LINES):
        return None
    return both_readings(text)


def unclear(text: str, readings: tuple[str, str]) -> ValueError:
    """Return what is wrong with a number that may be two."""
    one, other = readings
    return ValueError(say("unit.unclear", text=text, one=one, other=other))


def _slip(text: str, dimension: str) -> str:
    return slip_in(text, dimension, lambda plain: _hint_at(plain, dimension))


def _hint_at(plain: str, dimension: str) -> str:
    """Return that a text was meant, with the unit that surely was; else what is wrong with it."""
    name = with_unit(plain, dimension, _UNITS[dimension])
    try:
        _READERS[dimension](name)
    except ValueError as error:
        told, refused = str(error), say(f"unit.not_{_NAMES[dimension]}", text=name)
        return told.removeprefix(refused) if told.startswith(refused) else ""
    return say("near.meant", name=name)


def _no_quantity(text: str, dimension: str, hint: str = "") -> ValueError:
    return ValueError(say(f"unit.not_{_NAMES[dimension]}", text=text) + hint)


def _read(text: str, dimension: str) -> Fraction:
    stripped = text.strip()
    if len(stripped) > LONGEST_TEXT:
        raise _no_quantity(f"{stripped[:20]}…", dimension)
    terms = list(_terms(stripped, dimension))
    units_used = {factor for _, factor in terms}
    if len(terms) > 1 and (dimension != TIME or len(units_used) < len(terms)):
        raise _no_quantity(text, dimension)
    total = sum((number * factor for number, factor in terms), Fraction(0))
    return -total if stripped.startswith("-") else total


def _whole(amount: Fraction, text: str, smallest: str) -> int:
    """Return a whole number; something is never rounded to nothing."""
    whole = round(amount)
    if amount and not whole:
        raise ValueError(say("unit.too_small", text=text, smallest=smallest))
    return whole


def read_duration(text: str) -> int:
    """Return whole milliseconds for a text such as ``1 h 30 min``.

    Raises
    ------
    ValueError
        If it is no duration, or negative.
    """
    duration = _read(text, TIME)
    if duration < 0:
        raise ValueError(say("unit.negative_duration", text=text))
    if duration > LARGEST_DURATION:
        raise ValueError(say("unit.too_long", text=text))
    return _whole(duration, text, "1 ms")


def read_size(text: str) -> int:
    """Return whole bytes for a text such as ``350 MB`` (1 MB = 1,000,000 bytes).

    Raises
    ------
    ValueError
        If it is no size, negative, more than 1 PB, or no whole bytes.
    """
    size = _read(text, SIZE)
    if size < 0:
        raise ValueError(say("unit.negative_size", text=text))
    if size > LARGEST_SIZE:
        raise ValueError(say("unit.too_large", text=text))
    return _whole(size, text, "1 B")


def read_rate(text: str) -> int:
    """Return whole bytes per second for a text such as ``20 Mbit/s``.

    Raises
    ------
    ValueError
        If it is no rate, negative, faster than any line, or no whole bytes per second.
    """
    rate = _read(text, RATE) * 1000
    if rate < 0:
        raise ValueError(say("unit.negative_rate", text=text))
    if rate > LARGEST_RATE:
        raise ValueError(say("unit.too_fast", text=text))
    return _whole(rate, text, "1 B/s (8 bit/s)")


def read_share(text: str) -> float:
    """Return a number from 0 to 1 for a text such as ``60 %`` or ``0.6``.

    Raises
    ------
    ValueError
        If it is no share, or below 0 or above 1.
    """
    plain = _PLAIN_NUMBER.fullmatch(text.strip())
    if plain:
        return plain_share(Fraction(plain[0]), text)
    share = _read(text, SHARE)
    if not 0 <= share <= 1:
        raise ValueError(say("unit.no_part", text=text, near=""))
    return float(share)


_READERS: dict[str, Callable[[str], float]] = {
    TIME: read_duration,
    SIZE: read_size,
    RATE: read_rate,
    SHARE: read_share,
}


def plain_share(share: float | Fraction, written: str) -> float:
    """Return a share that was written as a plain number; 60 is none, but may be meant as 60 %.

    Raises
    ------
    ValueError
        If it is below 0 or above 1.
    """
    if not 0 <= share <= 1:
        near = say("near.meant", name=f"{written} %") if 1 < share <= 100 else ""
        raise ValueError(say("unit.no_part", text=written, near=near))
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
            if thousandths % 10 and whole < 1000 and unit in _IN_DOUBT:
                continue
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
    """Return a share in per cent that reads back as the same number.

    One that is too small to be written out, below some 1e-95, is none.
    """
    percent = (Decimal(str(float(share))) * 100).normalize()
    text = f"{percent:f} %"
    return text if len(text) <= LONGEST_TEXT else "0 %"


def unbroken(text: str) -> str:
    """Return a text in which no line ends between a number and its unit, or within a duration."""
    return _WITHIN_DURATION.sub("\\1\u00a0", _BEFORE_UNIT.sub("\u00a0", text))


def sum_of_shares(shares: Iterable[float]) -> tuple[Fraction, str]:
    """Return what shares add up to, exactly as they were written, and as text."""
    total = sum((Decimal(str(share)) for share in shares), Decimal(0))
    return Fraction(total), f"{(total * 100).normalize():f} %"
