"""What fwsim says about an answer: every sentence by its name, in one catalogue a language."""

from __future__ import annotations

from fwsim.messages.catalogue import noun, say, translated
from fwsim.messages.door import by_door, typed
from fwsim.messages.language import (
    ENGLISH,
    GERMAN,
    LANGUAGES,
    begin_to_speak,
    language,
    language_of,
    localised,
    number_marks,
    speak,
    speaking,
)

__all__ = [
    "ENGLISH",
    "GERMAN",
    "LANGUAGES",
    "begin_to_speak",
    "by_door",
    "language",
    "language_of",
    "localised",
    "noun",
    "number_marks",
    "say",
    "speak",
    "speaking",
    "translated",
    "typed",
]
