"""The options of commands as fields of the form, and what a draft holds of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field as dataclass_field
from dataclasses import make_dataclass
from typing import Any

import ipywidgets as w

from fwsim.commands.command import (
    SENT,
    Command,
    Sent,
    common_options,
    concerns_notice,
    options_of,
    own_options,
    values_of,
)
from fwsim.commands.option import CommandOption, Kind
from fwsim.messages import say, translated
from fwsim.notebook.entries import SECONDS, WAIT, Entry
from fwsim.notebook.field import ValueField, field, tick

KINDS: dict[str, type[Sent]] = dict(
    zip(("Update", "Delivery", "UEFI update"), SENT, strict=True),
)
"""What the form can send, by its name there."""
_LENGTH = "seconds"
_USUAL_LENGTH = 300


def _form_options() -> dict[str, CommandOption]:
    """Return every option by its field in the form, in the form's order."""
    by_field: dict[str, CommandOption] = {}
    for options in (*map(own_options, SENT), common_options()):
        for name, option in options.items():
            by_field.setdefault(option.field or name, option)
    return by_field


_OPTIONS = _form_options()


def _first_values() -> dict[str, Any]:
    """Return what each field holds at first; a new command asks its users."""
    values: dict[str, Any] = {}
    for name, option in _OPTIONS.items():
        if option.kind is Kind.NOTICE:
            values |= {name: True, _LENGTH: _USUAL_LENGTH}
        else:
            values[name] = option.default
    return values


DraftedOptions: Any = make_dataclass(
    "DraftedOptions",
    [(name, Any, dataclass_field(default=value)) for name, value in _first_values().items()],
    frozen=True,
    kw_only=True,
)
"""What a draft holds of the options: a value for each of their fields."""


def options_in_draft(draft: Any, cls: type[Sent]) -> dict[str, Any]:
    """Return a command's options as a draft has them; what lacks what it needs is left alone."""
    wished = {}
    for name, option in options_of(cls).items():
        value = getattr(draft, option.field or name)
        if option.kind is Kind.NOTICE:
            value = getattr(draft, _LENGTH) if value else None
        elif option.kind is Kind.MOMENT and value is not None:
            value = value.replace(microsecond=0)
        wished[name] = value
    return values_of(cls, wished)


def drafted(command: Command) -> dict[str, Any]:
    """Return the values of the fields that stand for a command's options."""
    fields: dict[str, Any] = {}
    for name, option in options_of(type(command)).items():
        value = getattr(command, name)
        if option.kind is Kind.NOTICE:
            fields |= {name: value is not None, _LENGTH: value or 0}
        else:
            fields[option.field or name] = value
    return fields


def _field(name: str, option: CommandOption) -> dict[str, Any]:
    label = translated("option", option.label)
    hint = translated("option hint", option.hint) if option.hint else ""
    match option.kind:
        case Kind.FLAG:
            return {name: tick(label, value=option.default, hint=hint)}
        case Kind.NOTICE:
            length = ValueField(say("form.seconds"), SECONDS, _USUAL_LENGTH, hint=hint)
            return {name: tick(label, value=True), _LENGTH: length}
        case Kind.PAUSE:
            milliseconds = Entry(WAIT.read, str)
            return {name: ValueField(label, milliseconds, option.default, hint=hint)}
        case Kind.MOMENT:
            marked = f"{hint} [{option.mark.value}]"
            return {name: field(w.NaiveDatetimePicker, label, tooltip=marked)}


def option_fields(*, of_notice: bool) -> dict[str, Any]:
    """Return the fields for the options that concern the notice, or for all others."""
    fields: dict[str, Any] = {}
    for name, option in _OPTIONS.items():
        if concerns_notice(name, option) is of_notice:
            fields |= _field(name, option)
    return fields


def applying(values: Mapping[str, Any]) -> dict[str, bool]:
    """Return which fields of options mean something, by what stands in the form."""
    offered = _names(KINDS[values["kind"]])
    applies: dict[str, bool] = {}
    for name, option in _OPTIONS.items():
        applies[name] = name in offered and bool(not option.needs or values[option.needs])
        if option.kind is Kind.NOTICE:
            applies[_LENGTH] = applies[name] and values[name]
    return applies


def _names(cls: type[Command]) -> Collection[str]:
    return {option.field or name for name, option in options_of(cls).items()}
