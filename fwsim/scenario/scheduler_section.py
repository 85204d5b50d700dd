"""Notifications and the eLux Command Scheduler, as a scenario writes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.commands.command import (
    Command,
    DeliveryCommand,
    OptionsError,
    Sent,
    UefiUpdateCommand,
    UpdateCommand,
    own_options,
)
from fwsim.commands.option import CommandOption, options_in
from fwsim.commands.targets import NamedTarget
from fwsim.messages import say
from fwsim.scenario.as_far_as_readable import ClashError, refuse
from fwsim.scenario.command_section import TargetSection, clashes_of
from fwsim.scenario.document import Path_
from fwsim.scenario.option_fields import with_options
from fwsim.scenario.section import Section
from fwsim.scenario.stand_ins import STANDS_IN
from fwsim.scenario.values import FileName, LocalTime


class SchedulerSection(Section):
    """Jobs that devices run by themselves."""

    file: FileName | None = Field(
        None, description="scheduler file, relative to the scenario's folder"
    )
    inherit: bool = Field(True, description="whether jobs from the OUs above apply, too")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that a plain file name will do."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "string", "examples": ["schedule.ini"]}, whole]}


_KINDS: dict[str, type[Sent]] = {
    "update": UpdateCommand,
    "delivery": DeliveryCommand,
    "uefi_update": UefiUpdateCommand,
}


def _from_name(value: Any) -> Any:
    return {"file": value} if isinstance(value, (str, int, float, list)) else value


Scheduler = Annotated[SchedulerSection, BeforeValidator(_from_name)]


def _fields_of(cls: type[Command]) -> dict[str, CommandOption]:
    """Return the options that a stored command has, by their fields."""
    return {
        o.notification or name: replace(o, meaning=o.notification_meaning or o.meaning)
        for name, o in own_options(cls).items()
    }


def _names_in(build: type[Sent]) -> dict[str, str]:
    """Return the options that a command has by the keys under which they are stored."""
    return {option.notification or name: name for name, option in options_in(build).items()}


@with_options(_fields_of(UpdateCommand))
class WaitingSection(Section):
    """What waits on the server, with its options."""

    update: str | TargetSection | None = Field(
        None, description="target of an update; one of update, delivery and uefi_update is given"
    )
    delivery: str | TargetSection | None = Field(None, description="target of a delivery")
    uefi_update: str | TargetSection | None = Field(None, description="target of a UEFI update")
    subordinate_units: bool = Field(False, description="include the OUs below")


class NotificationSection(WaitingSection):
    """An update or delivery that waits on the server for a device's next connection."""

    set: LocalTime | None = Field(None, description="when it is set; default: the start")

    @model_validator(mode="after")
    def _is_one_kind(self) -> NotificationSection:
        refuse(self._faults())
        return self

    def _faults(self) -> Iterator[ValueError]:
        given = [name for name in _KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            shown = ", ".join(given) or say("together.none")
            text = say("together.one_kind", known=", ".join(_KINDS), given=shown)
            instead: dict[Path_, Any] = {("update",): STANDS_IN}
            yield ClashError(text, *(given or _KINDS), instead=instead, by_being_there=True)
            return
        try:
            self.command()
        except OptionsError as error:
            keys = {name: key for key, name in _names_in(_KINDS[given[0]]).items()}
            yield from clashes_of(error, keys)
        except ClashError as error:
            yield error

    def command(self) -> Sent:
        """Return what is to be done, in the rulebook's form."""
        kind = next(kind for kind in _KINDS if getattr(self, kind) is not None)
        wanted = getattr(self, kind)
        if isinstance(wanted, TargetSection):
            target = wanted.target()
        else:
            target = NamedTarget(wanted, self.subordinate_units)
        build = _KINDS[kind]
        return build(target=target, **self._options(build))

    def _options(self, build: type[Sent]) -> dict[str, Any]:
        """Return what is wished, by the names of the command's options."""
        wished = {
            field: getattr(self, field)
            for field, option in _fields_of(UpdateCommand).items()
            if getattr(self, field) != option.default
        }
        names = _names_in(build)
        if lost := wished.keys() - names.keys():
            raise ClashError(say("together.delivery_asks"), *sorted(lost))
        return {names[field]: value for field, value in wished.items()}
