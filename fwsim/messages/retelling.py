"""Sentences that are kept in English, as files of results hold them, told in another language."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from fwsim.messages.catalogue import messages, say


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    message = messages()[name]
    forms = (message,) if isinstance(message, str) else tuple(message.values())
    parsed = (map(_pattern, string.Formatter().parse(form)) for form in forms)
    return tuple(re.compile("".join(parts), re.DOTALL) for parts in parsed)


def _pattern(part: tuple[str, str | None, str | None, str | None]) -> str:
    text, field, _, _ = part
    return re.escape(text) + ("" if field is None else f"(?P<{field}>.+?)")


def filled(name: str, english: str) -> dict[str, str] | None:
    """Return what fills a message where a text is its English; None where it is another text."""
    for pattern in _patterns(name):
        if match := pattern.fullmatch(english):
            return match.groupdict()
    return None


def retold_as(names: Iterable[str], english: str, slots: Mapping[str, Callable[[str], str]]) -> str:
    """Return a text in the language spoken if one of some messages is its English, else as it is.

    Parameters
    ----------
    names
        Of the messages; what says more comes before what says less.
    english
        As it was kept.
    slots
        What tells again what fills a message, by the name it has there; else it stays as it is.
    """
    for name in names:
        if (found := filled(name, english)) is None:
            continue
        told: dict[str, object] = {slot: slots.get(slot, str)(text) for slot, text in found.items()}
        if not isinstance(messages()[name], str):  # of one it is not filled in how many
            told["count"] = int(found.get("count", "1").replace(",", ""))
        return say(name, **told)
    return english


def retold(name: str, english: str, again: Callable[[str], str]) -> str | None:
    """Return a message in the language spoken where a text is its English, else None.

    Parameters
    ----------
    name
        Of the message; one that has a single form.
    english
        As it was kept.
    again
        What tells again each thing that fills it.
    """
    found = filled(name, english)
    return None if found is None else say(name, **{slot: again(v) for slot, v in found.items()})


_WHY_SIMPY = ("engine.own_environment", "engine.watched", "engine.too_new", "engine.not_built")


def why_simpy_again(english: str) -> str:
    """Return why SimPy plays, as results keep it in English, in the language that is spoken."""
    return retold_as(_WHY_SIMPY, english, {})
