"""Which unit a person meant: ``Mbps`` is Mbit/s, ``Std`` is h, ``Mo`` is MB."""

from __future__ import annotations

import re
from collections.abc import Collection

from fwsim.messages import say
from fwsim.problems import nearest

TIME, SIZE, RATE, SHARE = "[time]", "[information]", "[information] / [time]", "dimensionless"
_OF_TIME = {
    "ms": "ms milli millis msec msecs millisekunde millisekunden",
    "s": "s sek seks sekunde sekunden sc sec secs second seconds",
    "min": "m min mins mn minuts minute minuten minutes",
    "h": "h hs hr hrs st std stde stdn stunde stunden hour hours heures",
    "d": "d t tag tage tagen day days jour jours",
    "w": "w wk wks wo woche wochen week weeks semaine semaines",
}
_MEANT_TIME = {word: unit for unit, words in _OF_TIME.items() for word in words.split()}
_LONG_ONES = "mo mon mons mth mths month months monat monate y yr yrs year years jahr jahre"
_TOO_LONG = frozenset(_LONG_ONES.split(" "))
_TOO_SHORT = {"us", "µs", "μs", "ns", "usec", "nsec"}
_SHARE_WORDS = {"prozent", "percentage", "pct", "pc", "vh"}
_NUMBER_AND_UNIT = re.compile(r"(?P<number>[+-]?[\d.]+)\s*(?P<unit>[^\W\d].*)")
_AMOUNT = re.compile(
    r"(?P<prefix>[kmgtp]|kilo|megs?|mega|gigs?|giga|tera|peta)?(?P<binary>i|ibi)?"
    r"(?P<base>b|bits?|byte?s?|o|octets?)?(?P<per>ps|pbs|s|/(?P<time>[a-z]+))?",
    re.IGNORECASE,
)


def meant(name: str, dimension: str, usual: tuple[str, ...]) -> str:
    """Return ``"; did you mean 'Mbit/s'?"`` for a unit that is none here, or an empty string.

    Parameters
    ----------
    name
        What stood where a unit belongs.
    dimension
        `TIME`, `SIZE`, `RATE` or `SHARE`: what is expected.
    usual
        Units of it, to look for the nearest where nothing better is known.
    """
    if name.casefold() == "uhr":
        return say("near.clock")
    if dimension == TIME and name.casefold() in _TOO_LONG:
        return say("near.in_days")
    if dimension == TIME and name.casefold() in _TOO_SHORT:
        return ""  # no second is one
    found = _known(name, dimension)
    if len(found) > 1:
        return say("near.meant_either", one=found[0], other=found[1])
    if found:
        return say("near.meant", name=found[0])
    if dimension == RATE:  # no guess is to be eight times, or sixty times, what was meant
        usual = () if "/" in name and not name.endswith("s") else usual
        usual = tuple(unit for unit in usual if "bit" in unit)
    if dimension == TIME:
        usual = tuple(unit for unit in usual if len(name) > 2 and unit[0] == name[0].lower())
    return nearest(name, usual)


def with_unit(text: str, dimension: str, units: Collection[str]) -> str:
    """Return a number with the unit that was surely meant, where another stands: ``5 Mbps``.

    Parameters
    ----------
    text
        A number and what stands where a unit belongs.
    dimension
        What is expected.
    units
        Those that are right.
    """
    match = _NUMBER_AND_UNIT.fullmatch(text)
    if match is None or match["unit"] in units:
        return text
    found = _known(match["unit"], dimension)
    return f"{match['number']} {found[0]}" if len(found) == 1 else text


def _known(name: str, dimension: str) -> tuple[str, ...]:
    folded = name.casefold()
    if dimension == TIME:
        unit = _MEANT_TIME.get(folded)
        return (unit,) if unit else ()
    if dimension == SHARE:
        return ("%",) if folded in _SHARE_WORDS else ()
    return _amount(name, is_rate=dimension == RATE)


def _amount(name: str, *, is_rate: bool) -> tuple[str, ...]:
    """Return the size or rate that a name stands for; bit and byte where both may be meant."""
    match = _AMOUNT.fullmatch(name.replace(" ", ""))
    if match is None or not (match["prefix"] or match["base"]):
        return ()
    if is_rate and not match["base"] and match["prefix"] in {"p", "P"}:
        return ()  # packets
    time = _MEANT_TIME.get((match["time"] or "s").casefold())
    if time is None:
        return ()
    letter = (match["prefix"] or "")[:1].upper()
    decimal = "k" if letter == "K" else letter
    prefix = f"{letter}i" if match["binary"] else decimal
    per = f"/{time}" if is_rate else ""
    return tuple(f"{prefix}{base}{per}" for base in _bases(name, match, is_rate=is_rate))


def _bases(name: str, match: re.Match[str], *, is_rate: bool) -> tuple[str, ...]:
    base = match["base"] or ""
    if len(base) > 1 or base in {"o", "O"}:  # a word, or the French octet
        return ("bit",) if base.casefold().startswith("bit") else ("B",)
    if not base:
        return ("bit",) if is_rate else ("B",)
    if name.isupper() and (match["per"] or "").casefold() == "ps":
        return ("bit", "B")  # MBPS is written for either
    if base == "B":
        return ("B",)
    if is_rate:
        return ("bit",)
    # As a size, gb is a slip for GB; Gb is a gigabit to those who know, and a slip to all others.
    return ("B",) if name.islower() else ("B", "bit")
