"""Numbers of measures as people read them, and as they write them in an expectation."""

from __future__ import annotations

import math
import re

from fwsim.measures.catalogue import Definition, Unit
from fwsim.quantities.units import read_duration, read_rate, read_share, read_size

NEVER = math.inf
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,9})?")


def counted(number: float, noun: str) -> str:
    """Return a number with its noun, as in ``1 device`` and ``2 devices``."""
    shown = f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
    return f"{shown} {noun}" if shown == "1" else f"{shown} {noun}s"


def shown_duration(milliseconds: float) -> str:
    """Return a duration in the two units that matter: ``14 h 31 min``, ``41.2 s``."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds and seconds != round(seconds) else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 100:
        days, hours = divmod(hours, 24)
        return f"{days} d {hours:02d} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def shown_size(size: float) -> str:
    """Return a size in GB, or the unit that suits it."""
    for factor, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= factor * 0.9995:
            return f"{size / factor:.2f} {unit}" if factor >= 1e9 else f"{size / factor:.1f} {unit}"
    return f"{size:.0f} B"


def shown_rate(rate: float) -> str:
    """Return a rate given in bytes per second in Mbit/s or Gbit/s."""
    mega = round(rate * 8e-6, 1)
    return f"{mega / 1000:.2f} Gbit/s" if mega >= 1000 else f"{mega:.1f} Mbit/s"


def shown_share(share: float) -> str:
    """Return a share in per cent with one decimal."""
    return f"{100 * share:.1f} %"


def shown(value: float, definition: Definition) -> str:
    """Return a measure's value with its unit; `NEVER` is *not reached*."""
    if math.isinf(value):
        return "not reached"
    match definition.unit:
        case Unit.DURATION:
            return shown_duration(value)
        case Unit.SIZE:
            return shown_size(value)
        case Unit.RATE:
            return shown_rate(value)
        case Unit.COUNT:
            return counted(value, definition.noun)
        case Unit.SHARE | Unit.CHANCE:
            return shown_share(value)


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
                expected = f"expected a number of {definition.noun}s"
                raise ValueError(f"{text!r} is not a number; {expected}, such as 20")
            return float(number)
