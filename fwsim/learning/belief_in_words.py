"""What a scenario's file says of a number, in words: ranges, shares, counts, laws."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fwsim.messages import localised, say

_SEVERAL = "; "
_MANY = 10
_COUNTS = re.compile(r"(\d+) of (\d+)")


def belief_in_words(value: Any) -> str:
    """Return a value of a scenario's file in words.

    Parameters
    ----------
    value
        As the file holds it: plain, or a belief, or a law of either.
    """
    if not isinstance(value, Mapping):
        return _number(value)
    told = next((tell(value) for key, tell in _FORMS.items() if key in value), "")
    text = told or _SEVERAL.join(f"{key} {belief_in_words(item)}" for key, item in value.items())
    return say("learn.each", text=text, place=value["each"]) if "each" in value else text


def _between(value: Mapping[str, Any]) -> str:
    low, high = map(_number, value["between"])
    return say("learn.between", low=low, high=high)


def _number(value: Any) -> str:
    """Return a number, with its unit where it has one, as the language writes it."""
    if isinstance(value, str) and (counts := _COUNTS.fullmatch(value)):
        return say("learn.of_all", seen=int(counts[1]), count=int(counts[2]))
    return localised(str(value))


def _about(value: Mapping[str, Any]) -> str:
    worth = float(value["worth"])
    shown = localised(f"{worth:,.0f}" if worth >= _MANY else f"{worth:.2g}")
    return say("learn.about", shares=_shares(value["about"]), worth=shown)


def _shares(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _number(value)
    return ", ".join(f"{name} {_number(share)}" for name, share in value.items())


def _seen(value: Mapping[str, Any]) -> str:
    counts = value["seen"]
    if not isinstance(counts, Mapping):
        return _number(counts)
    return ", ".join(say("learn.times", what=what, count=n) for what, n in counts.items())


def _lognormal(value: Mapping[str, Any]) -> str:
    law = value["lognormal"]
    parts = {name: belief_in_words(law[name]) for name in ("median", "p95") if name in law}
    if len(parts) < len(law) or len(parts) < 2:
        return ""
    return say("learn.law", **parts)


def _sample(value: Mapping[str, Any]) -> str:
    return say("learn.sample", count=len(value["sample"]))


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "between": _between,
    "about": _about,
    "seen": _seen,
    "lognormal": _lognormal,
    "sample": _sample,
}
