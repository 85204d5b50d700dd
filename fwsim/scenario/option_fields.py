"""The options of commands as fields of a scenario's sections, read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, create_model

from fwsim.commands.command import Command, options_of
from fwsim.commands.option import CommandOption, Kind
from fwsim.messages import say
from fwsim.quantities.units import read_duration, write_duration
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, LocalTime

SILENT = -1
"""In the place of the seconds of a notice: no user is asked."""


_NOBODY = frozenset(
    ("nobody", "none", "no", "no one", "never", "silent", "niemand", "keiner", "nie")
)
"""What people write for nobody, in small letters."""


def _read_turned(value: Any) -> int:
    if value == "nobody":
        return SILENT
    folded = value.casefold() if isinstance(value, str) else ""
    if not folded or folded in _NOBODY:
        near = say("near.meant_plain", name="nobody") if folded in _NOBODY else ""
        raise ValueError(say("search_range.no_notice", value=value) + near)
    return _read_notice(value)


def _read_notice(value: Any) -> int:
    if value == "until answered":
        return 0
    if value is False or (isinstance(value, str) and value.casefold() in _NOBODY):
        near = say("entry_of_commands.leave_out")
        raise ValueError(say("entry_of_commands.no_notice", value=value) + near)
    if isinstance(value, str):
        milliseconds = read_duration(value)
        if milliseconds % 1000:
            raise ValueError(say("entry_of_commands.whole_seconds", value=value))
        if milliseconds == 0:
            raise ValueError(say("entry_of_commands.for_ever"))
        return milliseconds // 1000
    raise ValueError(say("entry_of_commands.no_notice", value=value))


def write_notice(seconds: int) -> str:
    """Return how long a notice is shown, as a scenario writes it."""
    return write_duration(1000 * seconds) if seconds else "until answered"


Notice = Annotated[
    int,
    BeforeValidator(_read_notice),
    PlainSerializer(write_notice),
    WithJsonSchema({"type": "string", "examples": ["5 min", "until answered"]}),
]


def write_turned(seconds: int) -> str:
    """Return the notice of a plan that is searched, as a scenario writes it."""
    return "nobody" if seconds == SILENT else write_notice(seconds)


TurnedNotice = Annotated[
    int,
    BeforeValidator(_read_turned),
    PlainSerializer(write_turned),
    WithJsonSchema({"type": "string", "examples": ["5 min", "until answered", "nobody"]}),
]


def write_time(at: datetime) -> str:
    """Return a wall-clock time as a scenario writes it."""
    return at.isoformat(" ", "seconds" if at.second else "minutes")


_FIELDS: dict[Kind, Any] = {
    Kind.FLAG: bool,
    Kind.NOTICE: Notice | None,
    Kind.PAUSE: Duration,
    Kind.MOMENT: LocalTime | None,
}
_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.FLAG: bool,
    Kind.NOTICE: write_notice,
    Kind.PAUSE: write_duration,
    Kind.MOMENT: write_time,
}

S = TypeVar("S", bound=Section)


def with_options(options: Mapping[str, CommandOption]) -> Callable[[type[S]], type[S]]:
    """Return a decorator that gives a section a field for each option, behind its own fields."""

    def decorate(section: type[S]) -> type[S]:
        made: Any = {
            name: (_FIELDS[o.kind], Field(o.default, description=o.marked_meaning))
            for name, o in options.items()
        }
        model: Any = create_model(
            section.__name__,
            __base__=section,
            __doc__=section.__doc__,
            __module__=section.__module__,
            **made,
        )
        return model  # type: ignore[no-any-return]

    return decorate


def options_data(command: Command) -> dict[str, Any]:
    """Return a command's options as a scenario writes them; those at their default are left out."""
    return {
        name: _WRITERS[option.kind](getattr(command, name))
        for name, option in options_of(type(command)).items()
        if command.has_set(name)
    }
