"""The sentences a person reads, by name: templates lie in `english.toml`, code fills them.

A template names what is put into it, as in ``{runs:,} runs``. Where a word depends on a number, a
message has a form for ``one`` and one for ``other``, chosen by what is called ``count``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FORMS = frozenset({"one", "other"})
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


def say(name: str, /, **values: object) -> str:
    """Return a message with its values filled in.

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
    message = messages()[name]
    if not isinstance(message, str):
        message = message["one" if values["count"] == 1 else "other"]
    return message.format_map(values)
