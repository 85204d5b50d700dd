"""The search parameters, and what the plan must keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    InstanceOf,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fwsim.measures.measure import Measure, read_measure
from fwsim.messages import say
from fwsim.problems import nearest
from fwsim.quantities.counts import MOST_SEARCH_RUNS, whole
from fwsim.quantities.units import read_duration, read_share, write_duration, write_share
from fwsim.scenario.as_far_as_readable import ClashError
from fwsim.scenario.option_fields import TurnedNotice
from fwsim.scenario.section import Section
from fwsim.scenario.values import Duration, Expected, LocalTime, Share, Whole, read_local_time

MOST_CHOICES = 1000
FEWEST_RUNS = 50
_RANGE = ("from", "to", "step")
Order = Literal["as listed", "fewest devices first", "most devices first", "thinnest line first"]


def _spread(value: Any, read: Callable[[Any], Any], write: Callable[[Any], Any]) -> Any:
    """Return the values a range stands for, as they would be written; anything else as it is."""
    if not isinstance(value, dict):
        return value if isinstance(value, (list, tuple)) else [value]
    for key in value:
        if key not in _RANGE:
            near = nearest(str(key), _RANGE)
            raise ValueError(say("key.of_range", name=key, near=near))
    if not {"from", "to"} <= value.keys():
        raise ValueError(say("search_range.ends"))
    low, high = read(value["from"]), read(value["to"])
    if "step" not in value and read is not _whole:  # times are whole numbers, too
        raise ValueError(say("search_range.step"))
    step = 1 if "step" not in value else _step(low, value["step"], read)
    if high < low:
        raise ValueError(say("search_range.order", first=value["from"], last=value["to"]))
    count = int((high - low) / step) + 1
    if count > MOST_CHOICES:
        raise ValueError(say("search_range.too_many", values=count, most=MOST_CHOICES))
    return [write(low + i * step) for i in range(count)]


def _step(low: Any, text: Any, read: Callable[[Any], Any]) -> Any:
    step = (
        timedelta(milliseconds=read_duration(str(text)))
        if isinstance(low, datetime)
        else read(text)
    )
    if step <= type(step)():
        raise ValueError(say("search_range.stands_still", text=text))
    return step


def _whole(value: Any) -> int:
    number = whole(value)
    if number is None:
        raise ValueError(say("search_range.whole", value=value))
    return number


def _range(read: Callable[[Any], Any], write: Callable[[Any], Any]) -> BeforeValidator:
    return BeforeValidator(lambda value: _spread(value, read, write))


class _ListOrRange:
    """Tells editors that one value or a range does as well as a list."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        values = handler(core_schema)
        ends = {key: {"type": ["string", "integer", "number"]} for key in _RANGE}
        span = {
            "type": "object",
            "properties": ends,
            "required": ["from", "to"],
            "additionalProperties": False,
        }
        return {"anyOf": [values, values.get("items", {}), span], "default": []}


def _text_share(value: Any) -> float:
    return read_share(str(value))


_DURATIONS = _range(lambda v: read_duration(str(v)), write_duration)
_MOST = Field(max_length=MOST_CHOICES)
Durations = Annotated[tuple[Duration, ...], _MOST, _DURATIONS, _ListOrRange()]
Notices = Annotated[tuple[TurnedNotice, ...], _MOST, _DURATIONS, _ListOrRange()]
Times = Annotated[
    tuple[LocalTime, ...],
    _MOST,
    _range(read_local_time, lambda at: at.isoformat(" ", "seconds")),
    _ListOrRange(),
]
Wholes = Annotated[
    tuple[Annotated[Whole, Field(ge=0)], ...], _MOST, _range(_whole, int), _ListOrRange()
]
Shares = Annotated[
    tuple[Annotated[Share, Field(gt=0)], ...],
    _MOST,
    _range(_text_share, lambda share: write_share(round(share, 9))),
    _ListOrRange(),
]
Wanted = Annotated[
    InstanceOf[Measure],
    BeforeValidator(
        lambda value: value if isinstance(value, Measure) else read_measure(str(value))
    ),
    PlainSerializer(lambda measure: measure.name),
    WithJsonSchema({"type": "string", "examples": ["time to 95 %", "devices prompted"]}),
]


Proxies = Annotated[
    bool | tuple[str, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "string", "examples": ["DE/Branches/*"]},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


class WavesSection(Section):
    """How the OUs of an update may be grouped into waves, one after the other."""

    of: tuple[str, ...] = Field(
        min_length=1,
        max_length=10_000,
        description="OUs that are kept together; DE/Branches/* is every OU right below",
    )
    number: Annotated[
        tuple[Annotated[Whole, Field(ge=1)], ...],
        _MOST,
        _range(_whole, int),
        _ListOrRange(),
        Field(min_length=1),
    ] = Field((1,), description="how many waves")
    order: tuple[Order, ...] = Field(
        ("as listed",),
        min_length=1,
        description="which OUs come first; a line is as thin as the thinnest on the way to the "
        "repository, the site's own or its hub's, and equal ones stay as listed",
    )
    apart: Annotated[Durations, Field(min_length=1)] = Field(
        (0,), description="from the start of a wave to the start of the next"
    )

    @model_validator(mode="after")
    def _in_seconds(self) -> WavesSection:
        for apart in self.apart:
            if apart % 1000:
                raise ValueError(say("search_range.seconds", time=write_duration(apart)))
        return self


class TurnSection(Section):
    """The search parameters; each a list of values, or a range from, to, step."""

    start: Times = Field(
        (),
        description="when the first command starts; the others, and each force_at, keep their "
        "distance",
    )
    devices_wait: Durations = Field((), description="pause from one device to the next")
    spread: Durations = Field(
        (), description="time over which a command's devices are sent, instead of devices_wait"
    )
    inform_user: Notices = Field(
        (), description="how long the notice is shown; nobody: no user is asked"
    )
    deferments: Wholes = Field((), description="number of allowed deferments")
    delays: tuple[tuple[Duration, ...], ...] = Field((), description="delays a user may choose")
    only_switched_on: tuple[bool, ...] = Field((), description="send only to devices shown as on")
    delivery_first: tuple[bool, ...] = Field((), description="deliver the packages ahead")
    proxies: tuple[Proxies, ...] = Field(
        (), description="one dynamic proxy for each subnet: all, none, or those of some OUs"
    )
    link_share: Shares = Field((), description="share of every line that updates may take")
    waves: WavesSection | None = Field(None, description="grouping of OUs into waves")

    @model_validator(mode="after")
    def _one_pace(self) -> TurnSection:
        if self.devices_wait and self.spread:
            raise ClashError(say("search_range.one_pace"), "devices_wait", "spread")
        return self


class SearchSection(Section):
    """The question turned round: which plan is best, of those that keep the limits."""

    goals: tuple[Wanted, ...] = Field(
        (), max_length=5, description="measures to optimise; the first one decides"
    )
    limits: tuple[Expected, ...] = Field(
        (), max_length=100, description="what a plan must keep, as under expect"
    )
    turn: TurnSection = Field(TurnSection(), description="the search parameters")
    runs: Whole = Field(
        600,
        ge=FEWEST_RUNS,
        le=MOST_SEARCH_RUNS,
        description="runs the search may spend, those that select and confirm the plan included",
    )
    screening: Whole = Field(5, ge=2, le=1000, description="runs for a first look at each plan")
    finalists: Whole = Field(6, ge=1, le=100, description="plans among which the best is selected")
    confidence: Share = Field(0.95, gt=0.5, lt=1, description="chance that the selection is right")
    indifference: str | None = Field(
        None,
        description="difference in the first goal too small to matter; default: 5 % of the best",
    )
