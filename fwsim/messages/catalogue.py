"""The sentences a person reads, by name: templates lie in `english.toml`, code fills them.

A template names what is put into it, as in ``{count} runs``. It says nothing of how that is
written: a whole number is one of things and has marks between its thousands, unless it has a name
of `WHICH`. Where a word depends on a number, a message has a form for ``one`` and one for
``other``, chosen by what is called ``count``. Other languages lie beside it as catalogues of
gettext: a message's name is the context, its English words are the id. What a language lacks, or
knows only as it once was, is said in English.
"""

from __future__ import annotations

import gettext
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any

from fwsim.messages.language import ENGLISH, language, localised

FORMS = frozenset({"one", "other"})
DOMAIN = "fwsim"
Message = str | Mapping[str, str]


def _named(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Message]]:
    for key, value in data.items():
        name = f"{before}{key}"
        if isinstance(value, Mapping) and set(value) != FORMS:
            yield from _named(value, f"{name}.")
        else:
            yield name, value


@cache
def messages() -> Mapping[str, Message]:
    """Return every message by its name, such as ``headline.sure``."""
    text = Path(__file__).with_name("english.toml").read_text(encoding="utf-8")
    return dict(_named(tomllib.loads(text)))


@cache
def _catalogue(spoken: str) -> gettext.NullTranslations:
    """Return what is compiled of a language; nothing is translated where nothing is."""
    return gettext.translation(DOMAIN, Path(__file__).parent, languages=[spoken], fallback=True)


WHICH = (
    *("column", "first", "last", "line", "number", "other", "port", "replication"),
    *("seed", "value", "year"),
)
"""What a template calls numbers that say which one it is, or that are typed: they have no marks."""


class _Count(int):
    """A number of things, as in ``3,477 runs``."""

    def __format__(self, spec: str) -> str:
        return format(int(self), spec or ",")


def _counted(name: str, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, Integral) or name in WHICH:
        return value
    return _Count(value)


class _Filled(string.Formatter):
    """Fills templates; numbers are written as the language writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text: str = super().format_field(value, format_spec)
        return localised(text) if isinstance(value, int | float) else text


_FILLED = _Filled()


def _template(message: Message, name: str, values: Mapping[str, object]) -> str:
    spoken = language()
    if isinstance(message, str):
        if spoken == ENGLISH:
            return message
        return _catalogue(spoken).pgettext(name, message)
    count = values["count"]
    if spoken == ENGLISH or not isinstance(count, int):
        return message["one" if count == 1 else "other"]
    return _catalogue(spoken).npgettext(name, message["one"], message["other"], count)


def say(name: str, /, **values: object) -> str:
    """Return a message with its values filled in, in the language that is spoken.

    Parameters
    ----------
    name
        Of the message.
    values
        What its template names; ``count`` also chooses between *one* and *other*.

    Raises
    ------
    KeyError
        If there is no such message, or its template names something else.
    """
    values = {key: _counted(key, value) for key, value in values.items()}
    template = _template(messages()[name], name, values)
    if language() == ENGLISH:
        return template.format_map(values)
    return _FILLED.vformat(template, (), values)


def translated(kind: str, english: str) -> str:
    """Return words that code holds in English, in the language that is spoken.

    Parameters
    ----------
    kind
        What they name, such as ``outcome``: their context in the catalogue.
    english
        The words.
    """
    spoken = language()
    return english if spoken == ENGLISH else _catalogue(spoken).pgettext(kind, english)


def noun(one: str, several: str, *, is_one: bool) -> str:
    """Return a noun in its singular or plural, in the language that is spoken."""
    spoken = language()
    if spoken == ENGLISH:
        return one if is_one else several
    return _catalogue(spoken).npgettext("noun", one, several, 1 if is_one else 2)
