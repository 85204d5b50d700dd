"""Numbers of measures as people read them, and as they write them in an expectation."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container
from typing import Protocol

from fwsim.measures.catalogue import Definition, Unit
from fwsim.messages import ENGLISH, localised, noun, say, speaking
from fwsim.quantities.units import read_duration, read_rate, read_share, read_size

NEVER = math.inf
REACHED_BEFORE = 1e-4
"""Of a time, milliseconds: it was reached before it counts; 0 is that no device needs it."""
_COUNTED = re.compile(r"(\d[\d,]*(?:\.\d+)?) (.+?)s?")
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")


MOST_DIGITS = 5
"""Decimals beyond the usual ones that are spent on telling two numbers apart."""
_NOISE = 1e-9
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_RATES = ((1e9, "Gbit/s"), (1e5, "Mbit/s"), (1e2, "kbit/s"))


_ALIKE = 60
"""Up to so many times another, a number is told in its unit."""
_ENDS = (60_000, 3_600_000, 360_000_000)
"""Up to which duration seconds are told, minutes, hours; up to twice that they read well."""
_LEAST = {
    Unit.DURATION: 50.0,
    Unit.SIZE: 50.0,
    Unit.RATE: 0.05e6 / 8,
    Unit.COUNT: 0.05,
    Unit.SHARE: 0.0005,
    Unit.CHANCE: 0.0005,
}
"""From here on a number is more than nothing in the digits that people usually read."""


def counted(number: float, of: str, *, more: int = 0) -> str:
    """Return a number with its noun, as in ``1 device`` and ``2 devices``."""
    whole = float(number).is_integer()
    shown = f"{number:,.0f}" if whole else _decimal(number, 1 + more)
    return f"{localised(shown)} {noun(of, f'{of}s', is_one=shown == '1')}"


def counted_again(text: str, nouns: Container[str] | None = None) -> str | None:
    """Return in the language spoken what `counted` wrote in English; None if it did not.

    Parameters
    ----------
    text
        As in ``1,600 devices``.
    nouns
        What may have been counted; None takes whatever stands behind the number.
    """
    match = _COUNTED.fullmatch(text)
    if match is None or (nouns is not None and match[2] not in nouns):
        return None
    return counted(float(match[1].replace(",", "")), match[2])


@speaking(ENGLISH)
def counted_in_english(number: float, of: str) -> str:
    """Return a number with its noun for a sentence that is English whoever asks."""
    return counted(number, of)


def _decimal(number: float, digits: int) -> str:
    """Return a number with so many decimals, and with more where it would read as nothing."""
    for more in range(MOST_DIGITS):
        text = f"{number:,.{digits + more}f}"
        if float(text.replace(",", "")) or abs(number) < _NOISE:
            return f"{number:,.{digits}f}" if abs(number) < _NOISE else text
    return f"{0:,.{digits}f}"


def shown_duration(milliseconds: float, *, like: float | None = None, more: int = 0) -> str:
    """Return a duration in the two units that matter: ``14 h 31 min``, ``41.2 s``.

    Parameters
    ----------
    milliseconds
        The duration.
    like
        Another one, whose units are taken.
    more
        How many digits more than usual.
    """
    seconds, scale = milliseconds / 1000, (like or milliseconds) / 1000
    if not seconds:
        return "0 s"
    if round(scale, 1) < 60:
        if 0 < round(seconds, 6) < 0.05 and not like:
            return f"{localised(_decimal(milliseconds, 0 if milliseconds >= 1 else 1))} ms"
        whole = seconds == round(seconds) and not more
        return f"{seconds:.0f} s" if whole else localised(f"{seconds:.{1 + more}f} s")
    digits = 0
    if round(scale) >= 3600:
        digits = max(0, more - 1)
        return _from_hours(round(seconds, digits), round(scale), more, digits)
    digits = more
    minutes, rest = divmod(round(seconds, digits), 60)
    return f"{minutes:.0f} min {_padded(rest, digits)} s"


def _from_hours(seconds: float, scale: float, more: int, digits: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    tail = f" {_padded(rest, digits)} s" if more else ""
    if scale < 100 * 3600:
        return f"{hours:.0f} h {minutes:02.0f} min{tail}"
    days, hours = divmod(hours, 24)
    below = f" {minutes:02.0f} min" if more else ""
    return f"{days:.0f} {say('amount.days')} {hours:02.0f} h{below}{tail if more > 1 else ''}"


def _padded(number: float, digits: int) -> str:
    return localised(f"{number:0{3 + digits if digits else 2}.{digits}f}")


def shown_size(size: float, *, like: float | None = None, more: int = 0) -> str:
    """Return a size in GB, or the unit that suits it, or another size."""
    scale = like or size
    for factor, unit in _SIZES:
        if scale >= factor * 0.9995:
            digits = (2 if factor >= 1e9 else 1) + more
            return localised(f"{size / factor:,.{digits}f} {unit}")
    return localised(f"{size:,.{more}f} B")


def shown_rate(rate: float, *, like: float | None = None, more: int = 0) -> str:
    """Return a rate given in bytes per second in Mbit/s, or the unit that suits it."""
    bits, scale = rate * 8, (like or rate) * 8
    for least, unit in _RATES:
        factor = {"G": 1e9, "M": 1e6, "k": 1e3}[unit[0]]
        if scale >= least * 0.9995:
            return localised(f"{bits / factor:,.{(2 if factor == 1e9 else 1) + more}f} {unit}")
    return localised(f"{bits:,.{more}f} bit/s")


def shown_share(share: float, *, more: int = 0) -> str:
    """Return a share in per cent with one decimal; none or all only if it is none or all."""
    percent = 100 * share
    for digits in (1 + more, 2 + more):
        text = f"{percent:.{digits}f} %"
        if not _NOISE < share < 1 - _NOISE:
            return localised(text)
        if text not in {f"{0:.{digits}f} %", f"{100:.{digits}f} %"}:
            return localised(text)
    least = 10.0 ** -(2 + more)
    digits = 2 + more
    if share < 0.5:
        return say("amount.under", share=localised(f"{least:.{digits}f} %"))
    return say("amount.over", share=localised(f"{100 - least:.{digits}f} %"))


def shown(value: float, definition: Definition, *, like: float | None = None, more: int = 0) -> str:
    """Return a measure's value with its unit; `NEVER` is *not reached*.

    Parameters
    ----------
    value
        The value.
    definition
        Of its measure.
    like
        Another value of it, whose unit is taken.
    more
        How many digits more than usual.
    """
    if math.isinf(value):
        return say("amount.not_reached")
    like = like if like is not None and math.isfinite(like) else None
    match definition.unit:
        case Unit.DURATION:
            return shown_duration(value, like=like, more=more)
        case Unit.SIZE:
            return shown_size(value, like=like, more=more)
        case Unit.RATE:
            return shown_rate(value, like=like, more=more)
        case Unit.COUNT:
            return counted(value, definition.noun, more=more)
        case Unit.SHARE | Unit.CHANCE:
            return shown_share(value, more=more)


class Writer(Protocol):
    """What writes a value of a measure, as `shown` does."""

    def __call__(
        self, value: float, definition: Definition, *, like: float | None = None, more: int = 0
    ) -> str:
        """Return a value as text."""


def shown_interval(
    value: float, low: float, high: float, definition: Definition, write: Writer = shown
) -> tuple[str, str, str]:
    """Return a value and its interval in one unit, with the digits that tell its ends apart.

    Parameters
    ----------
    value, low, high
        The value and the ends of its interval; none is NaN.
    definition
        Of the measure.
    write
        Writes each.
    """
    values = value, low, high
    like = _like(value, low, high, definition)
    apart = high - low > max(_LEAST[definition.unit] / 100, _NOISE * abs(value))
    for more in range(MOST_DIGITS if apart else 1):
        one, other, third = (write(v, definition, like=like, more=more) for v in values)
        if other != third:
            return one, other, third
    one, other, third = (write(v, definition, like=like) for v in values)
    return one, other, third


def _like(value: float, low: float, high: float, definition: Definition) -> float | None:
    """Return whose unit a value and its interval are told in: the value's, if that reads well."""
    sizes = [abs(v) for v in (value, high, low) if v and math.isfinite(v)]
    like = next(iter(sizes), None)
    if like is not None and definition.unit is Unit.DURATION:
        end = next((end for end in _ENDS if like < end), math.inf)
        return like if max(sizes) < 2 * end else end
    return like


def beside_each_other(one: float, other: float, definition: Definition) -> tuple[str, str]:
    """Return two values of a measure, in one unit unless that would be odd."""
    low, high = sorted((one, other))
    are_alike = low > 0 and high < _ALIKE * low
    if definition.unit is Unit.DURATION and are_alike:
        are_alike = high < 2 * next((end for end in _ENDS if low < end), math.inf)
    like = low if are_alike else None
    return shown(one, definition, like=like), shown(other, definition, like=like)


def digits_apart(value: float, limit: float, definition: Definition) -> int:
    """Return how many digits more than usual tell a value from a limit; 0 if none do."""
    return _apart(
        lambda more: (shown(value, definition, more=more), shown(limit, definition, more=more))
    )


def sizes_apart(one: float, other: float) -> tuple[str, str]:
    """Return two sizes with as many digits as tell them apart."""

    def written(more: int) -> tuple[str, str]:
        return shown_size(one, more=more), shown_size(other, more=more)

    return written(_apart(written))


def _apart(written: Callable[[int], tuple[str, str]]) -> int:
    """Return with how many digits more two texts differ; 0 if they never do."""
    for more in range(MOST_DIGITS):
        one, other = written(more)
        if one != other:
            return more
    return 0


def is_nothing(value: float, definition: Definition) -> bool:
    """Tell whether a value is nothing in the digits that people usually read."""
    return abs(value) < _LEAST[definition.unit]


def read_amount(text: str, definition: Definition) -> float:
    """Return the number a person wrote for a measure.

    Raises
    ------
    ValueError
        If it has no unit, or one of another quantity.
    """
    match definition.unit:
        case Unit.DURATION:
            return float(read_duration(text))
        case Unit.SIZE:
            return float(read_size(text))
        case Unit.RATE:
            return float(read_rate(text))
        case Unit.SHARE | Unit.CHANCE:
            return read_share(text)
        case Unit.COUNT:
            number = text.strip().removesuffix(f"{definition.noun}s").removesuffix(definition.noun)
            if not _NUMBER.fullmatch(number.strip()):
                what = noun(definition.noun, f"{definition.noun}s", is_one=False)
                if _NUMBER.fullmatch(number.strip().removeprefix("-")):
                    raise ValueError(say("asked.less_than_none", text=text, what=what))
                raise ValueError(say("asked.no_amount", text=text, what=what))
            return float(number)
