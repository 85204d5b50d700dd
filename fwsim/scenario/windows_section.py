"""Windows that stop: when something may start on a device, as a scenario writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.fleet.week import ALWAYS
from fwsim.messages import say
from fwsim.scenario.as_far_as_readable import ClashError
from fwsim.scenario.excerpt import excerpt_of
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, FileName, LocalTime, WeekTimes, read_zone

_LETTERS = {
    "germany": "DE",
    "deutschland": "DE",
    "austria": "AT",
    "österreich": "AT",
    "switzerland": "CH",
    "schweiz": "CH",
}


def _read_whose(value: Any) -> Any:
    try:
        return read_zone(value, others=("device", "server"))
    except ValueError as error:
        raise ValueError(say("assignments.whose_clock", fault=error)) from None


WindowsZone = Annotated[str, BeforeValidator(_read_whose)]


class BlackoutSection(Section):
    """A stretch of time in which nothing starts and nothing may be under way."""

    start: LocalTime = Field(description="from when")
    end: LocalTime = Field(description="until when")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> BlackoutSection:
        if self.end <= self.start:
            raise ClashError(say("assignments.blackout_backwards"), "start", "end")
        return self


def _country(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch("[A-Z]{2}", value):
        return value
    if re.search(r"[./\\]", value):
        raise ValueError(say("assignments.no_country_file", text=value))
    letters = value.upper() if len(value) == 2 else _LETTERS.get(value.casefold(), "")
    near = say("near.meant", name=letters) if letters else ""
    raise ValueError(say("assignments.no_country", text=value, near=near))


def _subdivision(value: object) -> object:
    if not isinstance(value, str) or re.fullmatch("[A-Z0-9]{1,4}", value):
        return value
    letters = value.upper().rpartition("-")[2]  # as in DE-BY
    fits = len(letters) <= 3 and letters.isalnum() and letters.isascii()
    near = say("near.meant", name=letters) if fits else ""
    raise ValueError(say("assignments.no_subdivision", text=value, near=near))


class HolidaysSection(Section):
    """Days off: those of a calendar file, of a country, or both."""

    file: FileName | None = Field(
        None, description="iCalendar file (.ics); its events are days off"
    )
    country: Annotated[str | None, BeforeValidator(_country)] = Field(
        None,
        pattern="^[A-Z]{2}$",
        description="country, as in the package holidays: DE, AT, CH, US",
    )
    subdivision: Annotated[str | None, BeforeValidator(_subdivision)] = Field(
        None, pattern="^[A-Z0-9]{1,4}$", description="state or province, such as BW"
    )

    @model_validator(mode="after")
    def _has_some(self) -> HolidaysSection:
        if self.file is None and self.country is None:
            raise ValueError(say("assignments.holidays_of_what"))
        if self.subdivision is not None and self.country is None:
            raise ValueError(say("assignments.subdivision_of_what"))
        return self


def _from_country(value: object) -> object:
    if isinstance(value, str):
        return {"country": value}
    if isinstance(value, (list, tuple)) and len(value) > 1:
        raise ValueError(say("assignments.several_countries", value=_written(value)))
    if value is None or isinstance(value, (Mapping, HolidaysSection)):
        return value
    (only,) = value if isinstance(value, (list, tuple)) and value else (None,)
    near = say("near.meant_plain", name=only) if isinstance(only, str) else ""
    raise ValueError(say("assignments.one_country", value=_written(value), near=near))


def _written(value: object) -> str:
    """Return a value in short as a file has it."""
    return excerpt_of(json.dumps(value, ensure_ascii=False, default=str).replace('"', ""))


class _OrLetters:
    """Says to editors that the letters of a country will do."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "examples": ["DE"]}, handler(core_schema)]}


Holidays = Annotated[HolidaysSection, BeforeValidator(_from_country), _OrLetters]


class CommandWindowsSection(Section):
    """When a command may start on a device; times that overlap are one window."""

    times: WeekTimes = Field(ALWAYS, description="times of the week")
    run_time: Duration = Field(
        0,
        description="allowed run time: what would not end within the window does not start",
    )
    zone: WindowsZone = Field(
        "device", description="whose clock: device, server, or a zone such as UTC"
    )
    blackouts: tuple[BlackoutSection, ...] = Field(
        (), max_length=1000, description="times that count as closed, on the same clock"
    )
    holidays: Holidays | None = Field(
        None, description="days that count as closed, on the same clock"
    )


class WindowsSection(CommandWindowsSection):
    """When an assignment may start on a device; times that overlap are one window."""

    starts: Literal["at_opening", "at_check_in"] = Field(
        "at_opening",
        description="whether a device that knows of it starts when a window opens, or at its "
        "first check-in within one",
    )
