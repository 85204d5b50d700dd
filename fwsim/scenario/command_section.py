"""Commands as a scenario writes them: spelled out, or as an scmd line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    InstanceOf,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.commands.command import (
    DeliveryCommand,
    OptionsError,
    Sent,
    UefiUpdateCommand,
    UpdateCommand,
    common_options,
    options_of,
    own_options,
)
from fwsim.commands.schedule import Every, Now, Once, Schedule, Weekday
from fwsim.commands.scmd import ScmdLine, read_scmd, write_scmd
from fwsim.commands.targets import (
    ClientGroupTarget,
    DeviceListTarget,
    ListFileTarget,
    MacTarget,
    NamedTarget,
    Target,
    normal_mac,
)
from fwsim.fleet.week import HYPHENS, days_meant
from fwsim.messages import say
from fwsim.problems import InputError
from fwsim.scenario.as_far_as_readable import COMMAND_KINDS, ClashError, refuse
from fwsim.scenario.option_fields import with_options
from fwsim.scenario.section import Section
from fwsim.scenario.values import Clock, FileName, LocalTime, read_weekday

LAST_DAY = 31


def _read_day(value: Any) -> Weekday | int:
    if isinstance(value, Weekday):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= LAST_DAY:
            raise ValueError(say("entry_of_commands.day_of_month", value=value))
        return value
    return read_weekday(str(value))


Day = Annotated[
    Weekday | int,
    BeforeValidator(_read_day),
    PlainSerializer(lambda day: day.name.lower() if isinstance(day, Weekday) else day),
    WithJsonSchema({"anyOf": [{"enum": [d.name.lower() for d in Weekday]}, {"type": "integer"}]}),
]


def _days_in(entry: Any) -> list[Any]:
    """Return the days an entry stands for: ``mon-fri, 15`` are six."""
    if not isinstance(entry, str) or days_meant(entry):
        return [entry]
    days: list[Any] = []
    for part in entry.translate(HYPHENS).split(","):
        ends = [name.strip() for name in part.split("-")]
        if len(ends) == 2 and all(end.isdecimal() for end in ends):
            first_day, last_day = (int(end) for end in ends)
            if last_day < first_day:
                raise ValueError(say("entry_of_commands.backwards", text=part.strip()))
            days += range(first_day, min(last_day, LAST_DAY + 1) + 1)
        elif len(ends) == 2:
            first, last = (read_weekday(end) for end in ends)
            days += [Weekday((first + i) % 7) for i in range((last - first) % 7 + 1)]
        else:
            days.append(int(ends[0]) if ends[0].isdecimal() else part)
    return days


def _spread_days(value: Any) -> Any:
    if value is None or isinstance(value, dict):
        return value
    entries = value if isinstance(value, (list, tuple)) else [value]
    return [day for entry in entries for day in _days_in(entry)]


class _OneTextToo:
    """Tells editors that a text such as ``mon-fri`` does as well as a list."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        listed = handler(core_schema)
        listed["items"] = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
        return {"anyOf": [listed, {"type": "string", "examples": ["mon-fri"]}]}


class EverySection(Section):
    """A repeating schedule; weekdays and days of the month are a union."""

    days: Annotated[
        tuple[Day, ...], Field(min_length=1), BeforeValidator(_spread_days), _OneTextToo()
    ] = Field(description="mon to sun or ranges of them, and 1 to 31")
    at: Clock = Field(description="time of day, server's zone")


def clashes_of(
    error: OptionsError, keys: Mapping[str, str] = MappingProxyType({})
) -> Iterator[ClashError]:
    """Yield what is wrong with options, each with what it is about.

    Parameters
    ----------
    error
        What a command has raised.
    keys
        Under which the section has those options that have another name in it.
    """
    for names, text in error.others:
        yield ClashError(text, *(keys.get(name, name) for name in names))
    for name, text in error.too_early.items():
        yield ClashError(text, name, "once")


def _all_of(names: list[str]) -> str:
    """Return names with *and* between them."""
    several, *others = names
    for one in others:
        several = say("together.and", several=several, one=one)
    return several


class TargetSection(Section):
    """Targets other than an OU or a device by its name; exactly one of them."""

    group: str | None = Field(None, description="filter of a dynamic client group")
    devices: tuple[str, ...] | None = Field(None, description="names or MACs picked by hand")
    mac: str | None = Field(None, description="one device by its MAC")
    list: FileName | None = Field(None, description="text file with one MAC a line")

    @model_validator(mode="after")
    def _exactly_one(self) -> TargetSection:
        refuse(self._broken_rules())
        return self

    def _broken_rules(self) -> Iterator[ValueError]:
        kinds = ("group", "devices", "mac", "list")
        given = [name for name in kinds if getattr(self, name) is not None]
        if len(given) != 1:
            shown = ", ".join(given) or say("together.none")
            text = say("together.one_target", given=shown)
            yield ClashError(text, *(given or kinds), by_being_there=True)
        if self.mac is not None and normal_mac(self.mac) is None:
            yield ClashError(say("entry_of_commands.no_mac", mac=self.mac), "mac")

    def target(self) -> Target:
        """Return the target in the rulebook's form."""
        if self.group is not None:
            return ClientGroupTarget(self.group)
        if self.devices is not None:
            return DeviceListTarget(self.devices)
        if self.mac is not None:
            return MacTarget(normal_mac(self.mac) or "")
        return ListFileTarget(self.list or "")


@with_options(common_options())
class OptionsSection(Section):
    """The options that every command to devices has."""

    subordinate_units: bool = Field(False, description="include the OUs below")


class DispatchSection(OptionsSection):
    """What every command to devices has.

    Attributes
    ----------
    KEY
        Under which its target stands.
    SENDS
        The command it writes down.
    """

    KEY: ClassVar[str]
    SENDS: ClassVar[type[Sent]]

    now: Literal[True] | None = Field(None, description="run at the scenario's start")
    once: LocalTime | None = Field(None, description="run at this time")
    every: EverySection | None = Field(None, description="run on these days")

    @model_validator(mode="after")
    def _is_a_command(self) -> Self:
        refuse([*self._clashes(), *self._of_options()])
        return self

    def _clashes(self) -> Iterator[ClashError]:
        given = self._schedules_given()
        if len(given) > 1:
            text = say("together.one_schedule", given=_all_of(given))
            yield ClashError(text, *given, by_being_there=True)
        if self.subordinate_units and not isinstance(getattr(self, self.KEY), str):
            yield ClashError(say("together.only_units"), self.KEY, "subordinate_units")

    def _of_options(self) -> Iterator[ClashError]:
        is_clear = len(self._schedules_given()) <= 1
        try:
            self._sent(self._schedule() if is_clear else Now())
        except OptionsError as error:
            yield from clashes_of(error)

    def _schedules_given(self) -> list[str]:
        return [name for name in ("now", "once", "every") if getattr(self, name) is not None]

    def command(self) -> Sent:
        """Return the command in the rulebook's form.

        Raises
        ------
        ValueError
            If there are several schedules, or OUs below something that is no OU.
        """
        for clash in self._clashes():
            raise clash
        return self._sent(self._schedule())

    def _sent(self, schedule: Schedule) -> Sent:
        target: str | TargetSection = getattr(self, self.KEY)
        return self.SENDS(
            target=(
                NamedTarget(target, self.subordinate_units)
                if isinstance(target, str)
                else target.target()
            ),
            schedule=schedule,
            **{name: getattr(self, name) for name in options_of(self.SENDS)},
        )

    def _schedule(self) -> Schedule:
        if self.once is not None:
            return Once(self.once)
        if self.every is not None:
            weekdays = tuple(day for day in self.every.days if isinstance(day, Weekday))
            days = tuple(day for day in self.every.days if not isinstance(day, Weekday))
            return Every(self.every.at, weekdays, days)
        return Now()


@with_options(own_options(UpdateCommand))
class UpdateSection(DispatchSection):
    """An Update command with the options of the console's dialog."""

    KEY: ClassVar[str] = "update"
    SENDS: ClassVar[type[Sent]] = UpdateCommand

    update: str | TargetSection = Field(description="an OU, a device, or another kind of target")


@with_options(own_options(UefiUpdateCommand))
class UefiUpdateSection(DispatchSection):
    """A UEFI update; its state is a field of its own."""

    KEY: ClassVar[str] = "uefi_update"
    SENDS: ClassVar[type[Sent]] = UefiUpdateCommand

    uefi_update: str | TargetSection = Field(
        description="an OU, a device, or another kind of target"
    )


@with_options(own_options(DeliveryCommand))
class DeliverySection(DispatchSection):
    """A Delivery command: packages to the update partition ahead of the update."""

    KEY: ClassVar[str] = "delivery"
    SENDS: ClassVar[type[Sent]] = DeliveryCommand

    delivery: str | TargetSection = Field(description="an OU, a device, or another kind of target")


def _read_line(value: Any) -> ScmdLine:
    if isinstance(value, ScmdLine):
        return value
    if not isinstance(value, str):
        raise ValueError(say("entry_of_commands.no_line"))
    try:
        return read_scmd(value)
    except InputError as error:
        raise ValueError(
            "; ".join(
                say("entry_of_commands.column", fault=problem.message, column=problem.column)
                if problem.column
                else problem.message
                for problem in error.problems
            )
        ) from None


class ScmdSection(Section):
    """A command as a line for the Scout Command Interface."""

    scmd: Annotated[
        InstanceOf[ScmdLine],
        BeforeValidator(_read_line),
        PlainSerializer(write_scmd),
        WithJsonSchema({"type": "string"}),
    ]

    def command(self) -> Sent:
        """Return the command in the rulebook's form."""
        return self.scmd.command


def _kind(value: Any) -> str:
    keys = type(value).model_fields if isinstance(value, Section) else value
    known = keys if isinstance(keys, dict) else {}
    return next((kind for kind in COMMAND_KINDS if kind in known), "update")


def _is_entry(value: Any) -> Any:
    """Refuse an entry that is no map, with the map that it was meant to be."""
    if value is None:
        raise ValueError(say("entry_of_commands.empty"))
    if isinstance(value, str) and value.lstrip('"').lower().startswith(("scmd", "-")):
        raise ValueError(say("entry_of_commands.bare_line"))
    if isinstance(value, str) and value.partition(":")[0] in COMMAND_KINDS and ":" in value:
        raise ValueError(say("entry_of_commands.no_blank"))
    if isinstance(value, (str, int, float, list)):
        raise ValueError(say("entry_of_commands.none"))
    return value


CommandSection = Annotated[
    Annotated[UpdateSection, Tag("update")]
    | Annotated[DeliverySection, Tag("delivery")]
    | Annotated[UefiUpdateSection, Tag("uefi_update")]
    | Annotated[ScmdSection, Tag("scmd")],
    Discriminator(_kind),
    BeforeValidator(_is_entry),
]
