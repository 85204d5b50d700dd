"""Notifications and the eLux Command Scheduler, as a scenario writes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.commands.command import DeliveryCommand, UefiUpdateCommand, UpdateCommand
from fwsim.commands.targets import NamedTarget
from fwsim.scenario.command_section import TargetSection
from fwsim.scenario.option_fields import Notice
from fwsim.scenario.section import Section
from fwsim.scenario.values import LocalTime


class SchedulerSection(Section):
    """Jobs that devices run by themselves."""

    file: str | None = Field(None, description="scheduler file, seen from the scenario's folder")
    inherit: bool = Field(True, description="whether jobs from the OUs above apply, too")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that a plain file name will do."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "string", "examples": ["schedule.ini"]}, whole]}


_KINDS = ("update", "delivery", "uefi_update")


def _from_name(value: Any) -> Any:
    return {"file": value} if isinstance(value, str) else value


Scheduler = Annotated[SchedulerSection, BeforeValidator(_from_name)]


class NotificationSection(Section):
    """An update or delivery that waits on the server for a device's next connection."""

    update: str | TargetSection | None = Field(None, description="for whom; update or delivery")
    delivery: str | TargetSection | None = Field(None, description="for whom; update or delivery")
    uefi_update: str | TargetSection | None = Field(None, description="for whom; a UEFI update")
    subordinate_units: bool = Field(False, description="include the OUs below")
    inform_user: Notice | None = Field(None, description="how long the notice is shown")
    user_can_cancel: bool = Field(False, description="the notice has a cancel button")
    format: bool = Field(False, description="format the partition that is written to")
    set: LocalTime | None = Field(None, description="when it is set; default: the start")

    @model_validator(mode="after")
    def _is_one_kind(self) -> NotificationSection:
        given = [name for name in _KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"expected exactly one of {', '.join(_KINDS)}; got {', '.join(given) or 'none'}"
            )
        self.command()
        return self

    def command(self) -> UpdateCommand | DeliveryCommand:
        """Return what is to be done, in the rulebook's form."""
        wanted = next(w for kind in _KINDS if (w := getattr(self, kind)) is not None)
        if isinstance(wanted, TargetSection):
            target = wanted.target()
        else:
            target = NamedTarget(wanted, self.subordinate_units)
        if self.delivery is not None:
            if self.inform_user is not None or self.user_can_cancel:
                raise ValueError("a delivery asks nobody; inform_user goes with update")
            return DeliveryCommand(target=target, format_update_partition=self.format)
        build = UpdateCommand if self.uefi_update is None else UefiUpdateCommand
        return build(
            target=target,
            inform_user=self.inform_user,
            user_can_cancel=self.user_can_cancel,
            format_system_partition=self.format,
        )
