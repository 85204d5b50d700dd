"""The words of each kind of measure as patterns."""

from __future__ import annotations

import re
from functools import cache

from fwsim.fleet.week import DASHES
from fwsim.measures.catalogue import Kind
from fwsim.measures.outcomes import STILL_IN_PROGRESS
from fwsim.quantities.weekdays import KEYS

SLOT = re.compile(r"\{(\w+)\}")
"""What the words of a kind leave open, by its name."""
_ANYTHING = r"\S.*?"
_FIRST = rf"(?:(?:daily|{'|'.join(KEYS)})\b|\d\d?:\d\d)"
_WEEK = rf"(?:always|never|{_FIRST}).*?"
_WEEK_BEHIND = rf"(?:always|never|{_FIRST}(?=.*\d)(?=.*(?:[-{DASHES}]|\b(?:to|bis)\b)).*?)"
"""Times of the week behind a name, which may itself end like days: *Hotel Mon Repos*."""
_OUTCOME = rf"{STILL_IN_PROGRESS}|\S.*?"
_GROUP = r"(?:site|model|people)\s+\S.*?"


def _week_behind(kind: Kind) -> str:
    """Return the pattern of times of the week in words that may hold a name before them."""
    pattern = _WEEK_BEHIND
    for slot in ("group", "unit"):
        if f"{{{slot}}}" in kind.value:
            otherwise = _WEEK if pattern is _WEEK_BEHIND else pattern
            pattern = f"(?({slot}){_WEEK_BEHIND}|{otherwise})"
    return pattern


@cache
def pattern_of(kind: Kind) -> re.Pattern[str]:
    """Return the words of a kind as a pattern; each slot takes as little as it can."""
    pattern = ""
    for part in re.split(r"(\[[^\]]*\])", kind.value):
        inner = re.escape(part.strip("[]")).replace(r"\ ", r"\s+")
        slot_pattern = {"outcome": _OUTCOME, "group": _GROUP}
        if "{group}" in kind.value:
            slot_pattern["time"] = r"(?(group)\d.*?|\S.*?)"  # a name may hold "by"
        if re.search("{(site|unit)}", kind.value):
            slot_pattern["week"] = _week_behind(kind)
        for slot in SLOT.findall(part):
            accepted = slot_pattern.get(slot, _ANYTHING)
            inner = inner.replace(rf"\{{{slot}\}}", f"(?P<{slot}>{accepted})")
        if part.startswith("["):
            group = "(?P<of_targeted>" if "{" not in part else "(?:"
            inner = f"{group}{inner})?"
        pattern += inner
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
