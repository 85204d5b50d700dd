"""When a file was exported, as its name tells: ``states-2026-11-02T09-15.csv``."""

from __future__ import annotations

import re

EXAMPLE = "states-2026-11-02T09-15.csv"
_DATE = (
    r"(?:(?P<year{n}>20\d\d)(?P<mark{n}>[-_.]?)(?P<month{n}>[01]\d)(?P=mark{n})(?P<day{n}>[0-3]\d)"
    r"|(?P<day_{n}>[0-3]\d)\.(?P<month_{n}>[01]\d)\.(?P<year_{n}>20\d\d))"
)
_WHOLE = re.compile(
    rf"(?<!\d){_DATE.format(n='')}"
    rf"(?:T|[ _.,-]+(?:(?:at|um)[ _]+)?|)(?!{_DATE.format(n='2')}(?!\d))"
    r"(?P<hour>[0-2]\d|(?<=[T _])\d(?=[-:_.h]))(?P<colon>[-:_.h]?)"
    r"(?P<minute>[0-5]\d)(?:(?P=colon)(?P<second>[0-5]\d))?"
    r"(?!\d)"
)
_BEGUN = re.compile(rf"(?<!\d){_DATE.format(n='')}T\d")
_TAIL = re.compile(
    r"(?:[ _-]?(?P<half>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?(?:[ _-]?Uhr(?![A-Za-z]))?"
    r"(?:[ _-]?(?P<zone>(?:Z|UTC|GMT)(?![A-Za-z+-])|\+\d\d[-:_.]?[0-5]\d(?!\d)"
    r"|\+\d\d(?![-:_.]?\d)|(?:CET|CEST|MEZ|MESZ)(?![A-Za-z])))?"
)
_DOUBT = re.compile(
    rf"[+]|-(?!{_DATE.format(n='')})"
    r"\d\d(?:[-:_.]?\d\d)?(?!\d)"
    r"|[ _-]?(?:(?:UTC|GMT)[+-]|(?:WES?T|EES?T|[ECMP][SD]T|BST|IST|MSK|JST|AE[SD]T)(?![A-Za-z]))"
)
"""What stands behind a time and may be a zone, a second or a number of its own."""
_OF_CLOCK = {"CET": "+01:00", "MEZ": "+01:00", "CEST": "+02:00", "MESZ": "+02:00"}


def time_in_name(name: str) -> str | None:
    """Return the time that a file's name tells, in ISO 8601; None if it tells none.

    Of several the last one counts, if it is the latest: a name may tell from when to when.

    Parameters
    ----------
    name
        Of the file, without its folder.

    Raises
    ------
    ValueError
        If it may be read in several ways.
    """
    found = [_iso(name, match) for match in _WHOLE.finditer(name)]
    if not found:
        if _BEGUN.search(name):
            raise ValueError("tells a time that is none")
        return None
    clock, zone = found[-1]
    if any(other > clock or its_zone != zone for other, its_zone in found):
        raise ValueError("tells several times, and not plainly which is that of the export")
    return clock + zone


def _iso(name: str, match: re.Match[str]) -> tuple[str, str]:
    """Return what the clock showed, and its zone; empty for none."""
    tail = _TAIL.match(name, match.end())
    half, zone = (tail["half"], tail["zone"]) if tail else (None, None)
    end = tail.end() if tail else match.end()
    if _DOUBT.match(name, end):
        raise ValueError(
            f"tells a time that may be read in several ways, {name[match.start() :]!r}"
        )
    hour = int(match["hour"])
    if hour > 23 or (half and not 1 <= hour <= 12 and not (half in "Pp" and hour > 12)):
        raise ValueError(f"tells a time that is none, {name[match.start() : end]!r}")
    if half:
        hour = hour % 12 + 12 * (half in "Pp")
    day = "-".join(match[part] or match[f"{part}_"] for part in ("year", "month", "day"))
    clock = f"{day}T{hour:02d}:{match['minute']}:{match['second'] or '00'}"
    return clock, _offset(zone or "")


def _offset(zone: str) -> str:
    """Return a zone as ISO 8601 has it."""
    if zone.startswith("+"):
        digits = re.sub(r"\D", "", zone)
        return f"+{digits[:2]}:{digits[2:] or '00'}"
    return _OF_CLOCK.get(zone, "+00:00" if zone else "")
