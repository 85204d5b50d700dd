"""How a command's option is declared: once, with its words for every place that has it.

A declaration is metadata of a dataclass field; scenario sections, scmd, the form and the docs read
it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from fwsim.commands.marks import Mark
from fwsim.messages import ENGLISH, language, translated

_KEY = "option"


class Kind(Enum):
    """What an option's value is."""

    FLAG = "true or false"
    NOTICE = "whole seconds; 0 until a button is clicked, None for no notice"
    PAUSE = "whole milliseconds"
    MOMENT = "a wall-clock time of the server, in whole seconds; None for none"


UNIT_OF_KIND = {Kind.NOTICE: ("s", "0 (until a button is clicked)"), Kind.PAUSE: ("ms", "0")}
"""For kinds that are amounts: the unit, and how the least is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOption:
    """An option of a command, with its words.

    Parameters
    ----------
    kind
        What its value is.
    meaning
        In the scenario file.
    default
        What holds where nobody says anything.
    most
        The largest amount.
    needs, needs_why
        Another option without which this one means nothing, and why.
    mark
        Whether the option is Scout's, or assumed to be.
    scmd, scmd_meaning, scmd_mark
        Its word in an scmd line, what the word does, and whose word it is. An option without a
        word is refused there: it would be lost.
    label, hint
        In the form.
    field
        The form's field, where it is not called like the option: one field may stand for the same
        option of several commands.
    notification, notification_meaning
        Likewise in a notification of the scenario file.
    told
        From a value to what the plan in words says; empty for nothing.
    """

    kind: Kind
    meaning: str
    default: Any = False
    most: int = 0
    needs: str = ""
    needs_why: str = ""
    mark: Mark = Mark.SEEN
    scmd: str = ""
    scmd_meaning: str = ""
    scmd_mark: Mark = Mark.ASSUMED
    label: str = ""
    hint: str = ""
    field: str = ""
    notification: str = ""
    notification_meaning: str = ""
    told: Callable[[Any], str] = lambda _: ""

    @property
    def marked_meaning(self) -> str:
        """What it means, and whether it is fwsim's own."""
        return self.meaning if self.mark is Mark.SEEN else f"{self.meaning} [{self.mark.value}]"


def declared(option: CommandOption) -> Any:
    """Return the dataclass field of an option."""
    return field(default=option.default, metadata={_KEY: option})


def options_in(cls: type) -> Mapping[str, CommandOption]:
    """Return the options of a dataclass by their names, those of its bases first."""
    return _options_in(cls)


@cache
def _options_in(cls: type) -> Mapping[str, CommandOption]:
    found = {f.name: f.metadata[_KEY] for f in fields(cls) if _KEY in f.metadata}
    return MappingProxyType(found)


def in_words(name: str) -> str:
    """Return an option's name as plain words."""
    return name.replace("_", " ")


def called(name: str, option: CommandOption) -> str:
    """Return what an option is called where something is wrong; in German by its label."""
    if language() == ENGLISH or not option.label:
        return in_words(name)
    return f"„{translated('option', option.label)}“"
